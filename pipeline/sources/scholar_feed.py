"""Scholar Feed author pages: a heading with figures, then one card per paper.

What belongs here: the words and the card layout of Scholar Feed. In spaced text title and
authors stand on lines of their own; in compact text nothing parts them (see `glued`).
"""

import re
from dataclasses import dataclass

from pipeline.schema import AuthorName, PageFacts, ParseResult, Record
from pipeline.sources.base import (
    NUMBER,
    Dump,
    Findings,
    Line,
    cut_at,
    infer_year,
    is_cut,
    join_text,
    read_date,
    read_name,
    read_number,
    shared_author,
    text_lines,
)
from pipeline.sources.glued import SURE, Glued, Split, split_page
from pipeline.text import MONTH, fold_space, name_key

NAME = "scholar_feed"
FORMS = ("spaced", "compact")

# "83.3LGMay 26Code", "CLSep 12, 2022Code", "hep-thFeb 12": score, arXiv code, date, code badge.
_ANCHOR = re.compile(
    r"(?P<score>\d{1,3}(?:\.\d+)?)?\s*"
    r"(?P<category>(?:[a-z-]+\.)?(?:[A-Z]{2}|[a-z]+-[a-z]+|soft|other|optics))\s*"
    rf"(?P<month>{MONTH})\s+(?P<day>\d{{1,2}})(?:,\s*(?P<year>\d{{4}}))?\s*(?P<code>Code)?"
)
# "Xu Wu, Li Ma et al. · pku, mit": what follows the names on an author line.
_ET_AL = re.compile(r"\set al\.?$")
_ET_AL_CHARS = 8
_SLUGS = re.compile(r"\s·\s+(?P<slugs>[a-z0-9][\w-]*(?:,\s*[a-z0-9][\w-]*)*)$")
# "h-index34", "46papers", "4,915citations", "Novelty52%", "AI Score60": one line or several.
_FIGURE = re.compile(
    rf"h-index\s*:?\s*(?P<h_index>{NUMBER})"
    rf"|(?P<declared_papers>{NUMBER})\s*[Pp]apers?"
    rf"|(?P<citations>{NUMBER})\s*[Cc]itations?"
    r"|Novelty\s*:?\s*(?P<novelty_pct>\d{1,4})\s*%"
    r"|AI Score\s*:?\s*(?P<ai_score>\d{1,4})"
)
_BETWEEN_FIGURES = re.compile(r"[\s·|•,]*")
# A person's name as a heading or on an author line: few words, no sentence.
_NAME_LIKE = re.compile(r"[^\W\d_][^\d,;:?!()\[\]{}$\"]{0,59}(?: \d{4})?")
_MOST_WORDS_IN_NAME = 7
_MOST_AUTHORS = 3
_MOST_CATEGORY_CHARS = 80
_MOST_FIGURE_CHARS = 120
_MOST_ANCHOR_CHARS = 60


@dataclass(frozen=True, slots=True)
class _Authors:
    """An author line, read."""

    raw: str
    names: tuple[str, ...]
    et_al: bool
    slugs: tuple[str, ...]


@dataclass
class _Card:
    """The lines of one card, sorted by what they are."""

    lines: list[Line]
    anchor: re.Match[str]
    title: str
    authors: _Authors | None
    paragraphs: list[Line]
    split: Split | None = None


def detect(dump: Dump) -> int:
    """Return the number of lines that open a card."""
    return len(marks(dump))


def marks(dump: Dump) -> list[int]:
    """Return the numbers of the lines that open a card."""
    return [line.number for line in text_lines(dump) if _read_anchor(line.text)]


def parse(dump: Dump) -> ParseResult:
    """Read an author page; see `pipeline.sources.base.Source`."""
    lines = text_lines(dump)
    starts = [index for index, line in enumerate(lines) if _read_anchor(line.text)]
    found = Findings()
    cards = _sort_cards([_cut_before_figures(card, found) for card in cut_at(lines, starts)], found)
    years = [int(card.anchor["year"]) for card in cards if card.anchor["year"]]
    page_year = infer_year(years, dump.captured_on)
    found.records = [_make_record(card, page_year, found) for card in cards]
    if cards and cards[-1].lines[-1] is lines[-1] and not cards[-1].paragraphs:
        message = "The page ends inside this card: save the page again if you can."
        found.report("cut_card", message, cards[-1].lines)
    facts = _read_header(lines[: starts[0]] if starts else lines, found)
    return found.result(PageFacts(**facts))


# ---------- cards


def _read_anchor(text: str) -> re.Match[str] | None:
    """Read the line that opens a card; None for any other line."""
    # Most lines are seen to be too long, which is cheaper than to try the pattern on them.
    return _ANCHOR.fullmatch(text) if len(text) <= _MOST_ANCHOR_CHARS else None


def _cut_before_figures(card: list[Line], found: Findings) -> list[Line]:
    """End a card where figures begin: a second page's heading may stand between cards."""
    figures = [index for index, line in enumerate(card) if index > 1 and _read_figures(line.text)]
    found.furnish([card[index] for index in figures], "page_figures")
    return card[: figures[0]] if figures else card


def _sort_cards(cards: list[list[Line]], found: Findings) -> list[_Card]:
    """Tell titles, author lines and abstracts apart; part the glued lines of the whole page."""
    titled = []
    for card in cards:
        if len(card) > 1:
            titled.append(card)
            continue
        message = "The card has no title: look at the page, a line may be missing."
        found.report("missing_title", message, card)
        found.leave(card, "Card without a title: nothing of it was kept.")
    with_line = [len(card) > 2 and _read_authors(card[2].text) is not None for card in titled]
    is_glued_page = sum(with_line) * 2 < len(titled)
    sorted_cards = [
        _sort_card(card, own_line) for card, own_line in zip(titled, with_line, strict=True)
    ]
    glued = [
        card
        for card, own_line in zip(sorted_cards, with_line, strict=True)
        if not own_line and (is_glued_page or _ends_like_authors(card.title))
    ]
    _part_glued(glued, [card for card in sorted_cards if card.authors])
    return sorted_cards


def _sort_card(card: list[Line], has_author_line: bool) -> _Card:
    anchor = _read_anchor(card[0].text)
    assert anchor is not None, "cards are cut at anchors"
    authors = _read_authors(card[2].text) if has_author_line else None
    return _Card(card, anchor, fold_space(card[1].text), authors, card[3 if authors else 2 :])


def _ends_like_authors(text: str) -> bool:
    return bool(_SLUGS.search(text) or _ET_AL.search(text))


def _part_glued(glued: list[_Card], unglued: list[_Card]) -> None:
    """Part the glued title and author lines, with all the page knows of names and words."""
    known = [name for card in unglued if card.authors for name in card.authors.names]
    lines = [Glued(card.title, join_text(card.paragraphs)) for card in glued]
    for card, split in zip(glued, split_page(lines, known_names=known), strict=True):
        card.split = split
        card.title = split.title
        if split.names:
            card.authors = _Authors(split.raw_authors, split.names, split.et_al, split.slugs)


def _read_authors(text: str) -> _Authors | None:
    """Read a line that holds nothing but authors; None if it is something else.

    >>> _read_authors("Xu Wu, Li Ma et al. · pku").names
    ('Xu Wu', 'Li Ma')
    >>> _read_authors("We study names, words, and lines.") is None
    True
    """
    rest, slugs = text, ()
    if "·" in text and (match := _SLUGS.search(text)):
        slugs = tuple(slug.strip() for slug in match["slugs"].split(","))
        rest = text[: match.start()].rstrip()
    if rest.count(",") >= _MOST_AUTHORS:
        return None
    et_al = _ET_AL.search(rest[-_ET_AL_CHARS:])
    if et_al:
        rest = rest[: et_al.start() - len(et_al.string)]
    names = tuple(fold_space(name) for name in rest.split(","))
    if not all(_is_name_like(name) for name in names):
        return None
    return _Authors(text, names, et_al is not None, slugs)


def _is_name_like(text: str) -> bool:
    """Tell whether a text may be a name: it has few words, at most initials end in a dot."""
    words = text.split()
    return (
        bool(_NAME_LIKE.fullmatch(text))
        and len(words) <= _MOST_WORDS_IN_NAME
        and not (text.endswith(".") and len(words[-1]) > len("Jr."))
    )


def _make_record(card: _Card, page_year: int | None, found: Findings) -> Record:
    anchor, authors = card.anchor, card.authors
    dated = read_date(anchor["month"], anchor["day"], anchor["year"], page_year)
    abstract = join_text(card.paragraphs)
    record = Record(
        line_start=card.lines[0].number,
        line_end=card.lines[-1].number,
        raw_title=card.lines[1].raw,
        title=card.title,
        abstract=abstract,
        is_abstract_complete=None if abstract is None else not is_cut(abstract),
        primary_category=anchor["category"],
        published_date=dated.day,
        year=dated.year,
        is_year_inferred=dated.is_year_inferred,
        has_code=anchor["code"] is not None,
        ai_score=_read_score(card, found),
        split_confidence=card.split.confidence if card.split else None,
        **_author_fields(authors),
    )
    flags = _flags(record, dated.flag)
    _report(card, flags, found)
    return record._replace(flags=flags)


def _author_fields(authors: _Authors | None) -> dict:
    """Return the record's fields about authors; without `et al.` the list is complete."""
    if authors is None:
        return {"authors_complete": False}
    names: tuple[AuthorName, ...] = tuple(read_name(name) for name in authors.names)
    return {
        "raw_authors": authors.raw,
        "authors": names,
        "authors_complete": not authors.et_al,
        "n_authors_total": None if authors.et_al else len(names),
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


def _flags(record: Record, date_flag: str | None) -> tuple[str, ...]:
    confidence = record.split_confidence
    flags = (
        ("no_author_line", not record.authors),
        ("no_date", record.published_date is None),
        ("no_abstract", record.abstract is None),
        ("cut_abstract", record.is_abstract_complete is False),
        ("guessed_split", confidence is not None and confidence < SURE),
        (date_flag, date_flag is not None),
    )
    return tuple(flag for flag, holds in flags if flag and holds)


def _report(card: _Card, flags: tuple[str, ...], found: Findings) -> None:
    """List what a person should look at."""
    if "bad_date" in flags:
        message = "The date does not exist: the card is kept without it, look at the page."
        found.report("bad_date", message, card.lines[:1])
    if "guessed_split" in flags and card.split:
        message = (
            f"Title and authors are glued and the parting is a guess ({card.split.confidence:.2f}):"
            f" '{card.split.title}' | '{card.split.raw_authors}'. Check it."
        )
        found.report("uncertain_split", message, card.lines[1:2])


# ---------- heading


def _read_figures(text: str) -> dict[str, int]:
    """Read a line of figures and nothing else; an empty dict for any other line.

    >>> _read_figures("h-index34 4,915citations")
    {'h_index': 34, 'citations': 4915}
    """
    figures: dict[str, int] = {}
    end = 0
    if len(text) > _MOST_FIGURE_CHARS:
        return {}
    for match in _FIGURE.finditer(text):
        if not _BETWEEN_FIGURES.fullmatch(text, end, match.start()):
            return {}
        figures |= {key: read_number(value) for key, value in match.groupdict().items() if value}
        end = match.end()
    return figures if _BETWEEN_FIGURES.fullmatch(text, end) else {}


def _read_header(lines: list[Line], found: Findings) -> dict:
    """Read the lines above the first card; unknown ones stay for extraction to report."""
    facts: dict = {}
    others: list[Line] = []
    for line in lines:
        if figures := _read_figures(line.text):
            facts = figures | facts
            found.furnish([line], "page_figures")
        elif not facts:
            others.append(line)
    subject = _find_subject(others, found.records)
    if subject is None:
        inferred = shared_author(found.records)
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
    known = {name_key(author.name) for record in records for author in record.authors}
    for index, line in enumerate(lines):
        if name_key(line.text) in known:
            return index
    for index, line in enumerate(lines):
        if len(line.text.split()) > 1 and _is_name_like(line.text) and line.text.istitle():
            return index
    return None
