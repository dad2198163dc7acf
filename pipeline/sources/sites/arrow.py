"""Arrow author-name clusters: pages that list every paper under one exact spelling of a name.

What belongs here: the words and the card layout of Arrow, spaced or one block per line. What does
not: what other sites have too (`reading`).

A page shows at most eight authors and never says that it cut the list, and it is no proof of
identity.
"""

import re
from functools import lru_cache
from itertools import takewhile

from pipeline.contract.findings import PageFacts, ParseResult, Record
from pipeline.sources.dump import Dump, Lines, text_lines
from pipeline.sources.listings import as_facts, author, one_page
from pipeline.sources.reading import (
    NUMBER,
    YEARS,
    Findings,
    cut_at,
    is_cut,
    join_texts,
    read_name,
    read_number,
    shared_author,
)
from pipeline.text.whitespace import fold_space

NAME = "arrow"
TITLE = "Arrow"
FORMS = ("spaced", "compact")

# "NeurIPS Conference 2025 Conference Paper", "TMLR Journal 2025 Journal Article"
_ANCHOR = re.compile(
    r"(?P<venue>\S.{0,120}?)\s+(?P<kind>[A-Z][a-z]+)\s+(?P<year>\d{4})"
    r"\s+(?P<type>[A-Z][a-z]+ (?:Paper|Article))"
)
# Lines that begin something, and lines that are whole. A long venue may be wrapped itself: its
# last line is whole all the same.
# A look at the end of a line comes first: the patterns would try every word of a long one.
_ENDS = r"(?=.*+(?:(?<=Paper)|(?<=Article)))"
BEGINS = re.compile(rf"{_ENDS}{_ANCHOR.pattern}$|[•‣◦]\s|Possible papers|Author name cluster$")
WHOLE = re.compile(
    rf"{_ENDS}(?:.{{0,120}}\s)?[A-Z][a-z]+\s+\d{{4}}\s+[A-Z][a-z]+ (?:Paper|Article)"
    r"|Author name cluster"
    rf"|Possible papers|Arrow Research search|{NUMBER}(?: papers?| author rows?)?"
)
# Lines with another end are none: seen at once, where the pattern would read all of an abstract.
_ANCHOR_ENDS = ("Paper", "Article")
_LAST_OF_ANCHOR = re.compile("[re]")
_MOST_ANCHOR_CHARS = 300
# "• Liliang Ren", "- Liliang Ren"
_BULLET = re.compile(r"[•‣◦*-]\s+(?P<name>\S.*)")
_DECLARED = re.compile(rf"({NUMBER}) papers?")  # "50 papers"
_AUTHOR_ROWS = re.compile(rf"({NUMBER}) author rows?")  # "2 author rows"
_COUNT = re.compile(NUMBER)  # the bare "50" below the heading "Possible papers"
_CLUSTER = "Author name cluster"
_CHROME = {
    "Arrow Research search": "site_header",
    _CLUSTER: "page_heading",
    "Possible papers": "list_heading",
}
_NOTE = re.compile(r"Possible papers associated with .*")

_VENUE_TYPES = {"Conference": "conference", "Journal": "journal"}
_RECORD_TYPES = {"Conference Paper": "conference_paper", "Journal Article": "journal_article"}

# The page cuts longer lists to this many names without a word.
_MOST_AUTHORS = 8
# What tools write for an image may stand between a title and its names.
_MOST_STRAYS, _LONGEST_STRAY = 3, 40


def detect(dump: Dump) -> int:
    """Return the number of lines that open a card."""
    return len(_anchors(text_lines(dump)))


def marks(dump: Dump) -> list[int]:
    """Return the numbers of the lines that open a card."""
    lines = text_lines(dump)
    return [lines.numbers[index] for index in _anchors(lines)]


def parse(dump: Dump) -> ParseResult:
    """Read an author-name cluster; see `pipeline.sources.reading.Source`."""
    lines = text_lines(dump)
    starts = _anchors(lines)
    found = Findings()
    headings = [lines[: starts[0]] if starts else lines]
    for part in cut_at(lines, starts):
        at = _next_page(part)
        _read_card(part[:at], found)
        if at < len(part):
            headings.append(part[at:])
    facts = one_page([_read_header(heading, found) for heading in headings])
    if facts["page_subject"] is None and len(headings) == 1:
        facts["page_subject"] = shared_author(found.records)
        facts["page_subject_basis"] = "inferred" if facts["page_subject"] else None
    return found.result(PageFacts(**facts, **as_facts(author(facts["page_subject"]))))


# A page has many cards of the same venue and year.
_match_anchor = lru_cache(maxsize=1024)(_ANCHOR.fullmatch)


def _anchors(lines: Lines) -> list[int]:
    """Return the indexes of card openings; right below an opening, its like is a title."""
    starts: list[int] = []
    for index in lines.ending_in(_LAST_OF_ANCHOR):
        text = lines.texts[index]
        may_be = len(text) <= _MOST_ANCHOR_CHARS and text.endswith(_ANCHOR_ENDS)
        is_below = starts[-1:] == [index - 1]
        if may_be and not is_below and _match_anchor(text):
            starts.append(index)
    return starts


def _next_page(card: Lines) -> int:
    """Return where the heading of another page begins that stands below a card, else its end."""
    if _CLUSTER not in card.texts[2:]:
        return len(card)
    at = card.texts.index(_CLUSTER, 2)
    return at - 1 if at > 2 and card.texts[at - 1] in _CHROME else at


def _read_header(lines: Lines, found: Findings) -> dict:
    """Read the lines above the first card; unknown ones stay for extraction to report."""
    facts: dict = {"page_subject": None, "page_subject_basis": None}
    above = ""
    for line in lines:
        name = _CHROME.get(line.text) or _read_figure(line.text, above, facts)
        if name is None and above == _CLUSTER:
            facts |= {"page_subject": line.text, "page_subject_basis": "stated"}
            name = "page_subject"
        if name:
            found.furnish([line], name)
        above = line.text
    return facts


def _read_figure(text: str, above: str, facts: dict) -> str | None:
    """Read a count into `facts`; return the name of the furniture, None for other lines."""
    if match := _DECLARED.fullmatch(text):
        facts["declared_papers"] = read_number(match[1])
        return "declared_papers"
    if match := _AUTHOR_ROWS.fullmatch(text):
        facts["n_author_rows"] = read_number(match[1])
        return "author_rows"
    if _COUNT.fullmatch(text) and above == "Possible papers":
        facts.setdefault("declared_papers", read_number(text))
        return "list_count"
    return "identity_note" if _NOTE.fullmatch(text) else None


def _read_card(card: Lines, found: Findings) -> None:
    """Read one card: opening, title, a bullet for each author, paragraphs of abstract."""
    while len(card) > 1 and card.texts[1] == card.texts[0]:
        found.leave(card[:1], "The opening of a card stands twice; the second was read.")
        card = card[1:]
    anchor = _match_anchor(card.texts[0])
    if anchor is None or len(card) == 1 or _BULLET.fullmatch(card.texts[1]):
        found.report("missing_title", "The card has no title: look at the page.", card[:1])
        found.leave(card, "Card without a title: nothing of it was kept.")
        return
    card = _without_strays(found.leave_counts(card), found)
    # Later bullets belong to the abstract.
    bullets = list(takewhile(bool, map(_BULLET.fullmatch, card.texts[2:])))
    authors = tuple([read_name(bullet["name"]) for bullet in bullets if bullet])
    below = 2 + len(bullets)
    abstract = join_texts(card.texts[below:])
    is_whole = None if abstract is None else not is_cut(abstract)
    found.records.append(
        Record(
            line_start=card.numbers[0],
            line_end=card.numbers[-1],
            raw_title=card.raws[1],
            title=fold_space(card.texts[1]),
            raw_authors="\n".join(card.raws[2:below]) or None,
            authors=authors,
            **_completeness(len(authors)),
            abstract=abstract,
            is_abstract_complete=is_whole,
            **_read_anchor(anchor, card, found),
            flags=_flags(len(authors), is_whole),
        )
    )


def _without_strays(card: Lines, found: Findings) -> Lines:
    """Return a card without short lines between its title and its names, which name nothing."""
    at = 2
    while at < min(len(card), 2 + _MOST_STRAYS) and not _BULLET.fullmatch(card.texts[at]):
        at += 1
    if at == 2:
        return card
    strays = card[2:at]
    is_below = at < len(card) and bool(_BULLET.fullmatch(card.texts[at]))
    if not is_below or max(map(len, strays.texts)) > _LONGEST_STRAY:
        return card
    found.leave(strays, "Lines between a title and its names, which may be the title's: look.")
    return Lines(
        card.numbers[:2] + card.numbers[at:],
        card.texts[:2] + card.texts[at:],
        card.raws[:2] + card.raws[at:],
    )


def _completeness(n_listed: int) -> dict:
    """Say whether all authors are named: unknown from eight on, and no name is no list."""
    if n_listed == 0:
        return {"authors_complete": False}
    if n_listed >= _MOST_AUTHORS:
        return {"authors_complete": None}
    return {"authors_complete": True, "n_authors_total": n_listed}


def _read_anchor(anchor: re.Match[str], card: Lines, found: Findings) -> dict:
    """Read venue, kind and year; an unknown kind is reported, never guessed."""
    venue_type = _VENUE_TYPES.get(anchor["kind"])
    record_type = _RECORD_TYPES.get(anchor["type"])
    if venue_type is None or record_type is None:
        message = "Unknown kind of venue or paper: add it to pipeline/sources/sites/arrow.py."
        found.report("unknown_kind", message, card[:1])
    year: int | None = int(anchor["year"])
    if year not in YEARS:
        message = "Impossible year: the card is kept without it, look at the page."
        found.report("bad_date", message, card[:1])
        year = None
    return {
        "venue": fold_space(anchor["venue"]),
        "venue_type": venue_type,
        "record_type": record_type,
        "year": year,
        "is_year_inferred": None if year is None else False,
    }


def _flags(n_authors: int, is_whole: bool | None) -> tuple[str, ...]:
    flags = (
        ("no_author_line", not n_authors),
        ("no_abstract", is_whole is None),
        ("cut_abstract", is_whole is False),
    )
    return tuple(flag for flag, holds in flags if holds)
