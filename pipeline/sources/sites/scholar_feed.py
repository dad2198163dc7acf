"""Scholar Feed author pages: a heading with figures, then one card per paper.

What belongs here: the words and the card layout of Scholar Feed. In spaced text title and authors
stand on lines of their own; in compact text nothing separates them. What does not: where such a
line ends its title (`title_split`), author lines (`scholar_feed_names`).
"""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from pipeline.contract.findings import PageFacts, ParseResult, Record
from pipeline.sources.dump import Dump, Line, Lines, text_lines
from pipeline.sources.listings import as_facts, author, one_page
from pipeline.sources.reading import (
    NUMBER,
    CardDate,
    Findings,
    cut_at,
    infer_year,
    is_cut,
    join_texts,
    read_date,
    read_name,
    shared_author,
)
from pipeline.sources.scholar_feed_figures import read_figures
from pipeline.sources.scholar_feed_names import (
    Authors,
    ends_like_authors,
    is_heading,
    is_like_names,
    is_name_like,
    read_authors,
    read_many,
)
from pipeline.sources.title_split import SURE, Glued, Split, split_page
from pipeline.text.dates import MONTH
from pipeline.text.keys import name_key, name_keys
from pipeline.text.whitespace import fold_space

NAME = "scholar_feed"
TITLE = "Scholar Feed"
FORMS = ("spaced", "compact")

# "83.3LGMay 26Code", "CLSep 12, 2022Code", "hep-thFeb 12": score, arXiv code, date, code badge.
_ANCHOR = re.compile(
    r"(?P<score>\d{1,3}(?:\.\d+)?)?\s*"
    r"(?P<category>(?:[a-z-]+\.)?(?:[A-Z]{2}|[a-z]+-[a-z]+|soft|other|optics))\s*"
    rf"(?P<month>{MONTH})\s+(?P<day>\d{{1,2}})(?:,\s*(?P<year>\d{{4}}))?\s*(?P<code>Code)?"
)
# Lines that begin something, and lines that are whole: nothing stands behind affiliations and
# "et al." in a line.
BEGINS = re.compile(rf"{_ANCHOR.pattern}$")
WHOLE = re.compile(
    # What the second ends with, or holds, is sought first: it would try every word of a long line.
    rf"{_ANCHOR.pattern}|(?=.*·|.*+(?<=al\.))"
    r"(?:.{0,400}\s)?(?:al\.|·\s+[a-z0-9][\w-]*(?:, [a-z0-9][\w-]*){0,9})"
    rf"|(?:h-index\s*:?\s*)?{NUMBER}(?:\s*[Pp]apers?|\s*[Cc]itations?)?"
    r"|(?:Novelty|AI Score).{0,9}"
)
_MOST_CUT_CHARS = 20
# "... OverlapK. P.", "... Sam B.": a title that was cut inside a name.
_CUT_NAME = re.compile(r"[^\W_],?\s?[^\W\d_]\.(?:[ -]{0,2}[^\W\d_]\.){0,3}$")
# "h-index34", "46papers", "4,915citations", "Novelty52%", "AI Score60": one line or several.
_MOST_CATEGORY_CHARS = 80
_MOST_ANCHOR_CHARS = 60
_LAST_OF_ANCHOR = re.compile("[0-9e]")


@dataclass
class _Card:
    """The lines of one card, sorted by what they are."""

    lines: Lines
    anchor: re.Match[str]
    title: str
    authors: Authors | None
    paragraphs: list[str]
    split: Split | None = None

    @cached_property
    def abstract(self) -> str | None:
        """The paragraphs as one text."""
        return join_texts(self.paragraphs)


def detect(dump: Dump) -> int:
    """Return the number of lines that open a card."""
    return len(marks(dump))


def marks(dump: Dump) -> list[int]:
    """Return the numbers of the lines that open a card."""
    lines = text_lines(dump)
    return [lines.numbers[index] for index in _find_anchors(lines)]


def parse(dump: Dump) -> ParseResult:
    """Read an author page; see `pipeline.sources.reading.Source`."""
    lines = text_lines(dump)
    anchors = _find_anchors(lines)
    starts, found = list(anchors), Findings()
    whole = list(cut_at(lines, starts))
    ends = list(map(_next_page, whole))
    uncut = [found.leave_counts(card[:at]) for card, at in zip(whole, ends, strict=True)]
    cards = _sort_cards(list(anchors.values()), uncut, found)
    years = [int(card.anchor["year"]) for card in cards if card.anchor["year"]]
    page_year = infer_year(years, dump.captured_on)
    found.records = [_make_record(card, page_year, found) for card in cards]
    if cards and cards[-1].lines.numbers[-1] == lines.numbers[-1] and not cards[-1].paragraphs:
        message = "The page ends inside this card: save the page again if you can."
        found.report("cut_card", message, cards[-1].lines)
    below = [card[at:] for card, at in zip(whole, ends, strict=True) if at < len(card)]
    facts = _read_headers([lines[: starts[0]] if starts else lines, *below], found)
    return found.result(PageFacts(**facts, **as_facts(author(facts["page_subject"]))))


# ---------- cards


# A page is searched twice: to find its site, and to read it.
_match_anchor = lru_cache(maxsize=4096)(_ANCHOR.fullmatch)


def _find_anchors(lines: Lines) -> dict[int, re.Match[str]]:
    """Return the lines that open a card, by index."""
    # Most lines are seen to be none at once, which is cheaper than to try the pattern on them.
    return {
        index: anchor
        for index in lines.ending_in(_LAST_OF_ANCHOR)
        if len(text := lines.texts[index]) <= _MOST_ANCHOR_CHARS and (anchor := _match_anchor(text))
    }


def _next_page(card: Lines) -> int:
    """Return where another page's heading begins that stands below a card, else the card's end.

    It has figures; above them a name, and the name's categories.
    """
    texts = card.texts
    at = next((at for at in range(2, len(texts)) if read_figures(texts[at])), None)
    if at is None:
        return len(card)
    names = (above for above in (at - 2, at - 1) if above > 2 and is_heading(texts[above]))
    return next(names, at)


def _sort_cards(anchors: list[re.Match[str]], cards: list[Lines], found: Findings) -> list[_Card]:
    """Find titles, author lines and abstracts; split the glued lines of the whole page."""
    titled = []
    for anchor, card in zip(anchors, cards, strict=True):
        if len(card) > 1:
            titled.append(_sort_card(anchor, card, found))
            continue
        message = "The card has no title: look at the page, a line may be missing."
        found.report("missing_title", message, card)
        found.leave(card, "Card without a title: nothing of it was kept.")
    with_line = [card for card in titled if card.authors]
    is_glued_page = len(with_line) * 2 < len(titled)
    for card in with_line if is_glued_page else ():
        _rejoin(card)
    with_line = [card for card in with_line if card.authors]
    # Below a page that keeps its lines apart may stand one that glues some.
    are_apart = with_line and 2 * sum(map(_is_tight, with_line)) < len(with_line)
    glued = [
        card
        for card in titled
        if not card.authors
        and (is_glued_page or ends_like_authors(card.title) or (are_apart and _is_tight(card)))
    ]
    if glued:
        _split_glued(glued, with_line)
    return titled


def _is_tight(card: _Card) -> bool:
    """Tell whether no blank line stands below the title of a card."""
    numbers = card.lines.numbers
    return len(numbers) > 2 and numbers[2] == numbers[1] + 1


def _sort_card(anchor: re.Match[str], card: Lines, found: Findings) -> _Card:
    below = card.texts[2] if len(card) > 2 else ""
    authors = read_many(below, has_more=len(card) > 3) or read_authors(below)
    is_odd = authors is None and is_like_names(below)
    if is_odd:
        found.leave(card[2:3], "Names, or words? Taken neither for authors nor for the abstract.")
    paragraphs = card.texts[3 if authors or is_odd else 2 :]
    return _Card(card, anchor, fold_space(card.texts[1]), authors, paragraphs)


def _rejoin(card: _Card) -> None:
    """Put a title that was cut inside a name and the line below it together."""
    if card.authors and _CUT_NAME.search(card.title[-_MOST_CUT_CHARS:]):
        card.title = f"{card.title} {card.authors.raw}"
        card.authors = None


def _split_glued(glued: list[_Card], with_line: list[_Card]) -> None:
    """Split the glued title and author lines, with all the page knows of names and words."""
    known = [name for card in with_line if card.authors for name in card.authors.names]
    lines = [Glued(card.title, card.abstract) for card in glued]
    for card, split in zip(glued, split_page(lines, known_names=known), strict=True):
        card.split = split
        card.title = split.title
        if split.names:
            card.authors = Authors(split.raw_authors, split.names, split.et_al, split.slugs)


def _make_record(card: _Card, page_year: int | None, found: Findings) -> Record:
    anchor, lines = card.anchor, card.lines
    dated = read_date(anchor["month"], anchor["day"], anchor["year"], page_year)
    abstract = card.abstract
    is_whole = None if abstract is None else not is_cut(abstract)
    score = _read_score(card, found)
    flags = _flags(card, is_whole, dated)
    _report(card, flags, found)
    return Record(
        line_start=lines.numbers[0],
        line_end=lines.numbers[-1],
        raw_title=lines.raws[1],
        title=card.title,
        abstract=abstract,
        is_abstract_complete=is_whole,
        primary_category=anchor["category"],
        published_date=dated.day,
        year=dated.year,
        is_year_inferred=dated.is_year_inferred,
        has_code=anchor["code"] is not None,
        ai_score=score,
        split_confidence=card.split.confidence if card.split else None,
        flags=flags,
        **_author_fields(card.authors),
    )


def _author_fields(authors: Authors | None) -> dict:
    """Return the record's fields about authors; without `et al.` the list is complete."""
    if authors is None:
        return {"authors_complete": False}
    return {
        "raw_authors": authors.raw,
        "authors": tuple(map(read_name, authors.names)),
        "authors_complete": not authors.et_al,
        "n_authors_total": None if authors.et_al else len(authors.names),
        "affiliations": authors.slugs,
    }


def _read_score(card: _Card, found: Findings) -> float | None:
    """Return the card's score, which goes from 0 to 100; other figures are reported."""
    if card.anchor["score"] is None:
        return None
    score = float(card.anchor["score"])
    if score <= 100:
        return score
    message = "The score is above 100: the card is kept without it, look at the page."
    found.report("bad_score", message, card.lines[:1])
    return None


def _flags(card: _Card, is_whole: bool | None, dated: CardDate) -> tuple[str, ...]:
    flags = (
        ("no_author_line", card.authors is None or not card.authors.names),
        ("no_date", dated.day is None),
        ("no_abstract", is_whole is None),
        ("cut_abstract", is_whole is False),
        ("guessed_split", card.split is not None and card.split.confidence < SURE),
        (dated.flag, True),
    )
    return tuple([flag for flag, holds in flags if flag and holds])


def _report(card: _Card, flags: tuple[str, ...], found: Findings) -> None:
    """List what a person should look at."""
    if "bad_date" in flags:
        message = "The date does not exist: the card is kept without it, look at the page."
        found.report("bad_date", message, card.lines[:1])
    if "guessed_split" in flags and card.split:
        message = (
            f"Title and authors are glued and the split is a guess ({card.split.confidence:.2f}):"
            f" '{card.split.title}' | '{card.split.raw_authors}'. Check it."
        )
        found.report("uncertain_split", message, card.lines[1:2])


# ---------- heading


def _read_headers(headings: list[Lines], found: Findings) -> dict:
    """Read the headings of pages below each other: whose they are is known if they agree."""
    if len(headings) == 1:
        return _read_header(headings[0], found.records, found)
    begins = [0, *(heading.numbers[0] for heading in headings[1:])]
    ends: list[float] = [*begins[1:], float("inf")]
    pages = [
        _read_header(
            heading, [card for card in found.records if begin <= card.line_start < end], found
        )
        for heading, begin, end in zip(headings, begins, ends, strict=True)
    ]
    return one_page(pages)


def _read_header(lines: Lines, records: list[Record], found: Findings) -> dict:
    """Read the lines above a page's first card; unknown ones stay for extraction to report."""
    facts: dict = {}
    others: list[Line] = []
    for line in lines:
        if figures := read_figures(line.text):
            facts = figures | facts
            found.furnish([line], "page_figures")
        elif not facts:
            others.append(line)
    subject = _find_subject(others, records)
    if subject is None:
        inferred = shared_author(records)
        return facts | {
            "page_subject": inferred,
            "page_subject_basis": "inferred" if inferred else None,
        }
    found.furnish([others[subject]], "page_subject")
    below = others[subject + 1 : subject + 2]
    if facts and below and len(below[0].text) <= _MOST_CATEGORY_CHARS:
        found.furnish(below, "subject_categories")
    return facts | {"page_subject": others[subject].text, "page_subject_basis": "stated"}


def _find_subject(lines: list[Line], records: list[Record]) -> int | None:
    """Return which heading line is the author's name: one that cards know, else the first name."""
    known = set(name_keys({author.name for record in records for author in record.authors}))
    for index, line in enumerate(lines):
        if name_key(line.text) in known:
            return index
    for index, line in enumerate(lines):
        if len(line.text.split()) > 1 and is_name_like(line.text) and line.text.istitle():
            return index
    return None
