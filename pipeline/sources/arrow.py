"""Arrow author-name clusters: pages that list every paper under one exact spelling of a name.

What belongs here: the words and the card layout of Arrow, spaced or one block per line. A page
shows at most eight authors and never says that it cut the list, and it is no proof of identity.
"""

import re

from pipeline.schema import AuthorName, PageFacts, ParseResult, Record
from pipeline.sources.base import (
    NUMBER,
    YEARS,
    Dump,
    Findings,
    Line,
    cut_at,
    is_cut,
    join_text,
    raw_text,
    read_name,
    read_number,
    shared_author,
    text_lines,
)
from pipeline.text import fold_space

NAME = "arrow"
FORMS = ("spaced", "compact")

# "NeurIPS Conference 2025 Conference Paper", "TMLR Journal 2025 Journal Article"
_ANCHOR = re.compile(
    r"(?P<venue>\S.{0,120}?)\s+(?P<kind>[A-Z][a-z]+)\s+(?P<year>\d{4})"
    r"\s+(?P<type>[A-Z][a-z]+ (?:Paper|Article))"
)
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


def detect(dump: Dump) -> int:
    """Return the number of lines that open a card."""
    return len(_anchors(text_lines(dump)))


def marks(dump: Dump) -> list[int]:
    """Return the numbers of the lines that open a card."""
    lines = text_lines(dump)
    return [lines[index].number for index in _anchors(lines)]


def parse(dump: Dump) -> ParseResult:
    """Read an author-name cluster; see `pipeline.sources.base.Source`."""
    lines = text_lines(dump)
    starts = _anchors(lines)
    found = Findings()
    facts = _read_header(lines[: starts[0]] if starts else lines, found)
    for card in cut_at(lines, starts):
        _read_card(card, found)
    if facts["page_subject"] is None:
        facts["page_subject"] = shared_author(found.records)
        facts["page_subject_basis"] = "inferred" if facts["page_subject"] else None
    return found.result(PageFacts(**facts))


def _anchors(lines: list[Line]) -> list[int]:
    """Return the indexes of card openings; right below an opening, its like is a title."""
    starts: list[int] = []
    for index, line in enumerate(lines):
        if not line.text.endswith(("Paper", "Article")):
            continue  # seen at once, where the pattern would read all of an abstract
        if _ANCHOR.fullmatch(line.text) and (not starts or starts[-1] != index - 1):
            starts.append(index)
    return starts


def _read_header(lines: list[Line], found: Findings) -> dict:
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


def _read_card(card: list[Line], found: Findings) -> None:
    """Read one card: opening, title, a bullet for each author, paragraphs of abstract."""
    while len(card) > 1 and card[1].text == card[0].text:
        found.leave(card[:1], "The opening of a card stands twice; the second was read.")
        card = card[1:]
    anchor, rest = _ANCHOR.fullmatch(card[0].text), card[1:]
    if anchor is None or not rest or _BULLET.fullmatch(rest[0].text):
        found.report("missing_title", "The card has no title: look at the page.", card[:1])
        found.leave(card, "Card without a title: nothing of it was kept.")
        return
    bullets = _leading_bullets(rest[1:])
    paragraphs = rest[1 + len(bullets) :]
    authors = tuple(_author(line) for line in bullets)
    abstract = join_text(paragraphs)
    found.records.append(
        Record(
            line_start=card[0].number,
            line_end=card[-1].number,
            raw_title=rest[0].raw,
            title=fold_space(rest[0].text),
            raw_authors=raw_text(bullets),
            authors=authors,
            **_completeness(len(authors)),
            abstract=abstract,
            is_abstract_complete=None if abstract is None else not is_cut(abstract),
            **_read_anchor(anchor, card, found),
            flags=_flags(bullets, abstract),
        )
    )


def _leading_bullets(lines: list[Line]) -> list[Line]:
    """Return the bullets that come first; later ones belong to the abstract."""
    for index, line in enumerate(lines):
        if not _BULLET.fullmatch(line.text):
            return lines[:index]
    return lines


def _author(line: Line) -> AuthorName:
    match = _BULLET.fullmatch(line.text)
    return read_name(match["name"] if match else line.text)


def _completeness(n_listed: int) -> dict:
    """Say whether all authors are named: unknown from eight on, and nobody named is no list."""
    if n_listed == 0:
        return {"authors_complete": False}
    if n_listed >= _MOST_AUTHORS:
        return {"authors_complete": None}
    return {"authors_complete": True, "n_authors_total": n_listed}


def _read_anchor(anchor: re.Match[str], card: list[Line], found: Findings) -> dict:
    """Read venue, kind and year; a kind nobody has described is reported, never guessed."""
    venue_type = _VENUE_TYPES.get(anchor["kind"])
    record_type = _RECORD_TYPES.get(anchor["type"])
    if venue_type is None or record_type is None:
        message = "Unknown kind of venue or paper: add it to pipeline/sources/arrow.py."
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


def _flags(bullets: list[Line], abstract: str | None) -> tuple[str, ...]:
    flags = (
        ("no_author_line", not bullets),
        ("no_abstract", abstract is None),
        ("cut_abstract", abstract is not None and is_cut(abstract)),
    )
    return tuple(flag for flag, holds in flags if holds)
