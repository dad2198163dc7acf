"""arXiv search results: the site, and its pages as text, spaced or one block per line.

What belongs here: the labels and the card layout of arXiv's search pages. Both forms are read
by their labels (`Authors:`, `Abstract:`, `Submitted`, `Comments:`), so one reader serves both.
"""

import re
from dataclasses import dataclass, field
from itertools import takewhile

from pipeline.schema import PageFacts, ParseResult, Record
from pipeline.sources import arxiv_search_html as html
from pipeline.sources.arxiv_words import (
    ARXIV_ID,
    CATEGORY,
    abs_url,
    read_authors,
    read_dates,
    read_showing,
)
from pipeline.sources.base import Dump, Findings, Line, is_cut, join_text, raw_text, text_lines
from pipeline.text import fold_space

NAME = "arxiv_search"

# Labels that open a part of a card, and the part's name.
_LABELS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("authors", re.compile(r"Authors?:(?P<rest>.*)")),
    ("abstract", re.compile(r"Abstract:(?P<rest>.*)")),
    ("more", re.compile(r"▽ More$(?P<rest>)")),
    ("less", re.compile(r"△ Less$(?P<rest>)")),
    ("dates", re.compile(r"(?P<rest>(?:v1 s|S)ubmitted \d.*|originally announced .*)")),
    ("comments", re.compile(r"Comments:(?P<rest>.*)")),
    ("journal_ref", re.compile(r"Journal ref:(?P<rest>.*)")),
    ("doi", re.compile(r"(?:DOI:?|doi:?)\s+(?P<rest>10\.\d{4,}/\S+)")),
    ("classes", re.compile(r"(?:ACM|MSC) Class:(?P<rest>.*)")),
    ("report_number", re.compile(r"Report number:(?P<rest>.*)")),
)
# The first signs of labels: most lines begin otherwise and need not be tried.
_LABEL_SIGNS = frozenset("A▽△vSoCJDdMR")
_STRUCTURE = ("authors", "abstract", "more", "less", "dates")
_AFTER_DATES = ("comments", "journal_ref", "doi", "classes", "report_number")
# Where a label is no label: "Comments: none." may well be a paragraph of a full abstract.
_NOT_INSIDE: dict[str, tuple[str, ...]] = {
    "authors": ("authors",),
    "abstract": ("authors", "abstract"),
    "more": ("authors", "abstract", *_AFTER_DATES),
    "less": ("authors", "abstract"),
}
# "1. arXiv:2512.03003  [pdf, ps, other", "21. A title whose id line the page lost", "-"
_NUMBERED = re.compile(r"(?P<number>\d{1,6})\.\s+(?P<rest>\S.*)")
_ARXIV = re.compile(rf"arXiv:{ARXIV_ID}.*")
_BULLET = re.compile(r"[-•*]")
_MOST_HEAD_LINES = 4  # number, DOI, categories, title
# "quant-ph cond-mat.stat-mech", "cs.LG cs.AI"
_CATEGORIES = re.compile(rf"{CATEGORY}(?: {CATEGORY})*")
_MORE = re.compile(r"\s?(?:▽ More|△ Less)$")  # at the end of a spaced abstract
_FURNITURE = (
    ("navigation", re.compile(r"Skip to main content|Next|Previous|Login|Search|GO|Go")),
    ("navigation", re.compile(r"(?:Help \| )?Advanced Search|Help pages?|Help|About|All fields")),
    ("page_numbers", re.compile(r"\d+(?: \d+)*|…|\.")),
    ("search_form", re.compile(r"Show abstracts|Hide abstracts|Sort results by.*")),
    ("search_form", re.compile(r"\d+ results per page\..*|Search v\d.*")),
    ("footer", re.compile(r"Copyright|Privacy Policy|Web Accessibility Assistance|Contact")),
    ("footer", re.compile(r"arXiv Operational Status.*|Get status notifications.*|Subscribe")),
    ("footer", re.compile(r"(?:contact|subscribe to) arXiv.*")),
)


@dataclass
class _Card:
    """The lines of one card by part; `rest` holds what stands on a label's own line."""

    lines: list[Line] = field(default_factory=list)
    title: Line | None = None
    title_text: str = ""
    arxiv: re.Match[str] | None = None
    categories: tuple[str, ...] = ()
    parts: dict[str, list[Line]] = field(default_factory=dict)
    left: list[Line] = field(default_factory=list)

    def texts(self, part: str) -> list[str]:
        """Return the texts of a part, blank ones left out."""
        return [line.text for line in self.parts.get(part, []) if line.text]

    def joined(self, part: str) -> str | None:
        """Return a part as one text; None where the card lacks it."""
        return join_text(self.parts.get(part, []))


def detect(dump: Dump) -> int:
    """Return the number of `Authors:` labels: every card has one."""
    if dump.form == "html":
        return html.detect(dump)
    return len(marks(dump))


def marks(dump: Dump) -> list[int]:
    """Return the numbers of the lines with an `Authors:` label."""
    return [
        line.number for line in text_lines(dump) if line.text.startswith(("Authors:", "Author:"))
    ]


def parse(dump: Dump) -> ParseResult:
    """Read a page of search results; see `pipeline.sources.base.Source`."""
    if dump.form == "html":
        return html.parse(dump)
    found = Findings()
    loose, cards = _cut_cards(text_lines(dump))
    for card in cards:
        _read_card(card, found)
    return found.result(_read_loose(loose, found))


# ---------- from lines to cards


def _label(text: str) -> tuple[str | None, str]:
    """Return the part that a line opens, and what else it says.

    >>> _label("Comments: 6 pages"), _label("A title")
    (('comments', '6 pages'), (None, 'A title'))
    """
    if text[:1] in _LABEL_SIGNS:
        for name, pattern in _LABELS:
            if match := pattern.match(text):
                return name, match["rest"].strip()
    return None, text


def _cut_cards(lines: list[Line]) -> tuple[list[Line], list[_Card]]:
    """Cut a page at its `Authors:` labels; a card's head stands above, its parts below."""
    labels = [_label(line.text) for line in lines]
    authors_at = _find_cards([label for label, _ in labels])
    heads = _find_heads(lines, labels, authors_at)
    if not heads:
        return lines, []
    ends = [*(head for head, _ in heads[1:]), len(lines)]
    loose = lines[: heads[0][0]]
    cards = []
    for (begin, at), end in zip(heads, ends, strict=True):
        card = _Card()
        _read_head(card, lines[begin:at])
        below = _read_parts(card, lines[at:end], labels[at:end])
        card.lines = lines[begin : at + below]
        cards.append(card)
        loose += lines[at + below : end]
    return loose, cards


def _find_cards(labels: list[str | None]) -> list[int]:
    """Return the indexes of `Authors:` labels, but for lines of an abstract that look like one.

    Such a line stands below `Abstract:` and has no `Abstract:` of its own.
    """
    found = [(index, label) for index, label in enumerate(labels) if label in _STRUCTURE]
    names = ["", *(label for _, label in found), "abstract"]
    return [
        index
        for (index, label), above, below in zip(found, names, names[2:], strict=False)
        if label == "authors" and (above not in ("abstract", "more") or below == "abstract")
    ]


def _find_heads(
    lines: list[Line], labels: list[tuple[str | None, str]], authors_at: list[int]
) -> list[tuple[int, int]]:
    """Return for each `Authors:` label where its card begins: at a bullet or number above it.

    Where both are missing, the title (and a line of categories above it) is all of the head.
    """
    heads = []
    floor = 0
    for at in authors_at:
        above = range(at - 1, max(floor, at - _MOST_HEAD_LINES) - 1, -1)
        free = list(takewhile(lambda index: labels[index][0] in (None, "doi"), above))
        begin = next((index for index in free if _opens_card(lines[index].text)), None)
        if begin is None:
            has_categories = len(free) > 1 and _CATEGORIES.fullmatch(lines[free[1]].text)
            begin = at - min(len(free), 2 if has_categories else 1)
        heads.append((begin, at))
        floor = at + 1
    return heads


def _opens_card(text: str) -> bool:
    return bool(_BULLET.fullmatch(text) or _NUMBERED.fullmatch(text) or _ARXIV.fullmatch(text))


def _read_head(card: _Card, head: list[Line]) -> None:
    """Read number, identifier, categories and title from the lines above `Authors:`."""
    texts: list[tuple[Line, str]] = []
    for line in head:
        numbered = _NUMBERED.fullmatch(line.text)
        text = numbered["rest"] if numbered and line is head[0] else line.text
        arxiv = _ARXIV.fullmatch(text)
        if arxiv and card.arxiv is None:
            card.arxiv = arxiv
        elif _label(text)[0] == "doi":
            card.parts["doi"] = [line._replace(text=_label(text)[1])]
        elif not _BULLET.fullmatch(text):
            texts.append((line, text))
    if len(texts) > 1 and _CATEGORIES.fullmatch(texts[0][1]):
        card.categories = tuple(texts.pop(0)[1].split())
    if texts:
        card.title, card.title_text = texts.pop()
    card.left += [line for line, _ in texts]


def _read_parts(card: _Card, lines: list[Line], labels: list[tuple[str | None, str]]) -> int:
    """Sort the lines from `Authors:` on into parts; return how many belong to the card."""
    part, is_closed = "authors", False
    for index, (line, (label, rest)) in enumerate(zip(lines, labels, strict=True)):
        if index and label in _NOT_INSIDE.get(part, ()):
            label, rest = None, line.text
        if label is None and is_closed and _is_outside(part, line, lines[index - 1]):
            return index
        if label is None and part == "less":
            card.left.append(line)
            continue
        part = label or part
        is_closed = is_closed or part == "dates"
        kept = line if label is None else Line(line.number, rest, line.raw)
        card.parts.setdefault(part, []).append(kept)
    return len(lines)


def _is_outside(part: str, line: Line, above: Line) -> bool:
    """Tell whether an unlabelled line after the dates ends the card or goes on with a comment."""
    return part == "dates" or line.number != above.number + 1 or _furniture(line) is not None


# ---------- from cards to records


def _read_card(card: _Card, found: Findings) -> None:
    if card.title is None:
        found.report("missing_title", "The card has no title: look at the page.", card.lines[:1])
        found.leave(card.lines, "Card without a title: nothing of it was kept.")
        return
    found.leave(card.left, "Line above a title that no rule knows: look at the page.")
    abstract, is_complete, abstract_flag = _read_abstract(card)
    authors = _read_authors(card)
    dates = _read_dates(card, found)
    flags = (
        ("no_author_line", not authors["authors"]),
        ("no_date", dates["published_date"] is None),
        ("no_abstract", abstract is None),
        (abstract_flag, True),
    )
    if "dates" not in card.parts or abstract is None:
        message = "The card ends early: save the page again if you can."
        found.report("cut_card", message, card.lines)
    found.records.append(
        Record(
            line_start=card.lines[0].number,
            line_end=card.lines[-1].number,
            raw_title=card.title.raw,
            title=fold_space(card.title_text),
            **authors,
            abstract=abstract,
            is_abstract_complete=is_complete,
            **_read_identifiers(card),
            **dates,
            record_type="preprint",
            comments=card.joined("comments"),
            journal_ref=card.joined("journal_ref"),
            flags=tuple(flag for flag, holds in flags if flag and holds),
        )
    )


def _read_identifiers(card: _Card) -> dict:
    arxiv_id = card.arxiv["id"] if card.arxiv else None
    version = card.arxiv["version"] if card.arxiv else None
    return {
        "arxiv_id": arxiv_id,
        "arxiv_version": int(version) if version else None,
        "url": abs_url(arxiv_id),
        "doi": card.joined("doi"),
        "primary_category": card.categories[0] if card.categories else None,
        "categories": card.categories,
    }


def _read_authors(card: _Card) -> dict:
    """Read the names, on one line or one per line, and the note on authors not shown."""
    # A page that ends before the abstract may have cut the names as well.
    return {
        "raw_authors": raw_text(line for line in card.parts["authors"] if line.text),
        **read_authors("\n".join(card.texts("authors")), is_told="abstract" in card.parts),
    }


def _read_abstract(card: _Card) -> tuple[str | None, bool | None, str | None]:
    """Return the abstract, whether it is whole, and a flag: the page may show it twice."""
    preview, full = card.texts("abstract"), card.texts("more")
    if full:
        return fold_space(" ".join(full)), True, None
    half = len(preview) // 2
    if half and preview[:half] == preview[half:]:
        return fold_space(" ".join(preview[:half])), True, "doubled_abstract"
    shown = " ".join(preview)
    text = fold_space(_MORE.sub("", shown.strip()))
    if not text:
        return None, None, None
    is_whole = not (is_cut(text) or "more" in card.parts or shown.endswith("▽ More"))
    return text, is_whole, None if is_whole else "cut_abstract"


def _read_dates(card: _Card, found: Findings) -> dict:
    dates, wrong = read_dates(fold_space(" ".join(card.texts("dates"))))
    for shown in wrong:
        message = f"No such day: {shown}. The card is kept without it, look at the page."
        found.report("bad_date", message, card.parts["dates"])
    return dates


# ---------- lines outside cards


def _read_loose(lines: list[Line], found: Findings) -> PageFacts:
    """Read the heading and name the furniture; other lines stay for extraction to report."""
    facts: dict = {}
    for line in lines:
        if showing := read_showing(line.text):
            facts = showing
            found.furnish([line], "result_count")
            continue
        if name := _furniture(line):
            found.furnish([line], name)
    return PageFacts(**facts)


def _furniture(line: Line) -> str | None:
    """Return the name of a line of page furniture, None for any other line."""
    return next((name for name, rule in _FURNITURE if rule.fullmatch(line.text)), None)
