"""arXiv search results: the site, and its pages as text, spaced or one block per line.

What belongs here: the labels and the card layout of arXiv's search pages. Both forms are read
by their labels (`Authors:`, `Abstract:`, `Submitted`, `Comments:`), so one reader serves both. What
does not: the pages as HTML (`arxiv_search_html`).
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, compress, pairwise

from pipeline.contract.findings import ParseResult, Record
from pipeline.sources import arxiv_search_html as html
from pipeline.sources import arxiv_search_lines as arxiv_lines
from pipeline.sources import linked
from pipeline.sources.arxiv_search_page import furniture_name, read_loose
from pipeline.sources.arxiv_words import (
    ARXIV_ID,
    CATEGORY,
    abs_url,
    read_authors,
    read_dates,
)
from pipeline.sources.dump import Dump, Lines, text_lines
from pipeline.sources.reading import Findings, is_cut, join_texts
from pipeline.text.dates import MONTH
from pipeline.text.whitespace import fold_space

NAME = "arxiv_search"
TITLE = "arXiv search"
BEGINS, WHOLE = arxiv_lines.BEGINS, arxiv_lines.WHOLE
INSIDE, INSIDE_WORDS = arxiv_lines.INSIDE, arxiv_lines.INSIDE_WORDS
NO_RESULTS = re.compile(r"\bSorry, your query\b.{0,400}?\b(?:produced|returned) no results\b")
CARD_MARKUP = rf"""{html.MARK}(?<![.\w-]{html.MARK})["'\s>]"""  # a class, none in a style sheet

# Labels that open a part of a card; the group is named after the part and holds what follows.
_LABEL = re.compile(
    r"Authors?:(?P<authors>.*)"
    r"|Abstract:(?P<abstract>.*)"
    r"|▽ More(?P<more>)$"
    r"|△ Less(?P<less>)$"
    rf"|(?P<dates>(?:v1 s|S)ubmitted \d{{1,2}} (?:(?:{MONTH})\b.*|\w{{0,8}}$)"
    rf"|originally announced (?:(?:{MONTH})\b.*|\w{{0,8}}$))"
    r"|Comments:(?P<comments>.*)"
    r"|Journal ref:(?P<journal_ref>.*)"
    r"|(?:DOI:?|doi:?)\s+(?P<doi>10\.\d{4,}/\S+)"
    r"|(?:ACM|MSC) Class:(?P<classes>.*)"
    r"|Report number:(?P<report_number>.*)"
)
# The first characters of labels: most lines begin otherwise and need not be tried.
_LABEL_BEGINNINGS = frozenset("A▽△vSoCJDdMR")
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
_NUMBERED = re.compile(r"\d{1,6}\.\s+(?P<rest>\S.*)")
_ARXIV = re.compile(rf"arXiv:{ARXIV_ID}.*")
_BULLETS = frozenset("-•*")
_MOST_HEAD_LINES = 4  # number, DOI, categories, title
_MOST_SLIGHT_LINES = 24
_FORMATS = re.compile(r"\[\s?[a-z]{2,9}(?:\s?,\s?[a-z]{2,9}){0,9}\s?\]?")  # "[pdf, ps, other]"
# "quant-ph cond-mat.stat-mech", "cs.LG cs.AI"
_CATEGORIES = re.compile(rf"{CATEGORY}(?: {CATEGORY})*")
_ABSTRACT = re.compile(r"Abstract\s?:")
_FIRST_OF_LABELS = re.compile("A")  # of "Authors:" and "Abstract:"
_OTHERS_TITLE = re.compile(r"Title\s?:")  # above the names on arXiv's pages of one paper, and lists


class _Page:
    """The lines of a page, and which of them begin with a label.

    Attributes:
        labels: what `_LABEL` finds, by the indexes of lines, ascending.
        shown: the texts of all lines; of a label that opens a part, what follows it.
        links: the addresses in them.
    """

    def __init__(self, lines: Lines, links: linked.Links) -> None:
        """Find the labels."""
        self.lines, self.shown, self.links = lines, list(lines.texts), links
        self.labels: dict[int, re.Match[str]] = {}
        for index, text in enumerate(lines.texts):
            if text[0] in _LABEL_BEGINNINGS and (label := _LABEL.match(text)):
                self.labels[index] = label

    def is_head(self, index: int) -> bool:
        """Tell whether a line may stand above `Authors:`: it has no label but a DOI's."""
        label = self.labels.get(index)
        return label is None or label.lastgroup == "doi"


@dataclass
class _Card:
    """One card, by the indexes of lines on its page.

    Attributes:
        head: the numbers of the lines above its names.
        title_text: the title without a number before it.
        parts: the lines of each part, from one label to the next.
        left: lines that no rule knows.
    """

    page: _Page
    begin: int
    end: int
    head: list[int] = field(default_factory=list)
    title: int | None = None
    title_text: str = ""
    arxiv: re.Match[str] | None = None
    categories: tuple[str, ...] = ()
    parts: dict[str, list[slice]] = field(default_factory=dict)
    left: list[int] = field(default_factory=list)

    @property
    def lines(self) -> Lines:
        """All lines of the card."""
        return self.page.lines[self.begin : self.end]

    def texts(self, part: str) -> list[str]:
        """Return the texts of a part, blank ones left out."""
        shown = self.page.shown
        return [text for lines in self.parts.get(part, ()) for text in shown[lines] if text]

    def joined(self, part: str) -> str | None:
        """Return a part as one text; None where the card lacks it."""
        return join_texts(self.texts(part)) if part in self.parts else None


def detect(dump: Dump) -> int:
    """Return the number of `Authors:` labels: every card has one."""
    if dump.form == "html":
        return html.detect(dump)
    return len(marks(dump))


def marks(dump: Dump) -> list[int]:
    """Return the numbers of the lines with an `Authors:` label; others follow a `Title:`.

    A page on which no abstract has its label is none of arXiv's: other sites name authors, too.
    """
    lines = text_lines(dump)
    labels = [(at, lines.texts[at]) for at in lines.beginning_in(_FIRST_OF_LABELS)]
    if not any(_ABSTRACT.match(text) for _, text in labels):
        return []
    return [
        lines.numbers[at]
        for at, text in labels
        if text.startswith(("Authors:", "Author:"))
        and not any(map(_OTHERS_TITLE.match, lines.texts[max(at - 2, 0) : at]))
    ]


def parse(dump: Dump) -> ParseResult:
    """Read a page of search results; see `pipeline.sources.reading.Source`."""
    if dump.form == "html":
        return html.parse(dump)
    found = Findings()
    lines = text_lines(dump)
    cards = list(_cut_cards(_Page(lines, dump.links)))
    for card in cards:
        _read_card(card, found)
    ends = [0, *(end for card in cards for end in (card.begin, card.end)), len(lines)]
    outside = (lines[begin:end] for begin, end in zip(ends[::2], ends[1::2], strict=True))
    return found.result(read_loose(chain.from_iterable(outside), found, dump))


# ---------- from lines to cards


def _cut_cards(page: _Page) -> Iterator[_Card]:
    """Cut a page at its `Authors:` labels; a card's head stands above, its parts below."""
    authors_at = _find_cards(page)
    begins = _find_begins(page, authors_at)
    labels, limits = list(page.labels), [*begins, len(page.shown)][1:]
    for begin, at, limit in zip(begins, authors_at, limits, strict=True):
        card = _Card(page, begin, limit)
        _read_head(card, at)
        own_labels = labels[bisect_left(labels, at) : bisect_left(labels, limit)]
        card.end = _read_parts(card, own_labels)
        yield card


def _find_cards(page: _Page) -> list[int]:
    """Return the indexes of `Authors:` labels, but for lines of an abstract that look like one.

    Such a line stands below `Abstract:` and has no `Abstract:` of its own.
    """
    labels = [(index, label.lastgroup) for index, label in page.labels.items()]
    found = [(index, part) for index, part in labels if part in _STRUCTURE]
    parts = ["", *(part for _, part in found), "abstract"]
    return [
        index
        for (index, part), above, below in zip(found, parts, parts[2:], strict=False)
        if part == "authors" and (above not in ("abstract", "more") or below == "abstract")
    ]


def _find_begins(page: _Page, authors_at: list[int]) -> list[int]:
    """Return for each `Authors:` label where its card begins: at a bullet or number above it.

    Where both are missing, the title (and a line of categories above it) is all of the head.
    """
    texts = page.lines.texts
    begins = []
    floor = 0
    for at in authors_at:
        top, n_lines = at, 0
        while top > floor and n_lines < _MOST_HEAD_LINES and page.is_head(top - 1):
            top -= 1
            # Of these a page may have a line for each word.
            n_lines += not _is_slight(texts[top])
            if _opens_card(texts[top]):
                break
        else:
            top = at - (at > top)
            while top > floor and at - top < _MOST_SLIGHT_LINES and _is_slight(texts[top - 1]):
                top -= 1
        begins.append(top)
        floor = at + 1
    return begins


def _is_slight(text: str) -> bool:
    """Tell whether a line of a head holds but categories or the formats of the paper."""
    if text[0] == "[":
        return bool(_FORMATS.fullmatch(text))
    return text[0].islower() and bool(_CATEGORIES.fullmatch(text))


def _opens_card(text: str) -> bool:
    return text in _BULLETS or bool(_NUMBERED.fullmatch(text) or _ARXIV.fullmatch(text))


def _read_head(card: _Card, at: int) -> None:
    """Read number, identifier, categories and title from the lines above `Authors:`."""
    card.head = card.page.lines.numbers[card.begin : at]
    texts: list[tuple[int, str]] = []
    for index in range(card.begin, at):
        text = card.page.lines.texts[index]
        if index == card.begin and (numbered := _NUMBERED.fullmatch(text)):
            text = numbered["rest"]
        if text in _BULLETS or (text[0] == "[" and _FORMATS.fullmatch(text)):
            continue
        if card.arxiv is None and (arxiv := _ARXIV.fullmatch(text)):
            card.arxiv = arxiv
        elif (label := _LABEL.match(text)) and label["doi"]:
            card.parts["doi"] = [slice(index, index + 1)]
            card.page.shown[index] = label["doi"]
        else:
            texts.append((index, text))
    while len(texts) > 1 and _CATEGORIES.fullmatch(texts[0][1]):
        card.categories += tuple(texts.pop(0)[1].split())
    if texts:
        card.title, card.title_text = texts.pop()
    card.left += [index for index, _ in texts]


def _read_parts(card: _Card, labels: list[int]) -> int:
    """Sort the lines from `Authors:` on into parts; return where the card ends.

    Args:
        card: its `end` is where the next card begins.
        labels: the indexes of its labels.
    """
    page, parts, part = card.page, card.parts, "authors"
    is_closed = False
    for index, below in pairwise([*labels, card.end]):
        label, plain = page.labels[index], index
        if index == labels[0] or label.lastgroup not in _NOT_INSIDE.get(part, ()):
            part, plain = label.lastgroup or part, index + 1
            is_closed = is_closed or part == "dates"
            page.shown[index] = label[part].strip()
        end = _find_end(page.lines, part, range(plain, below)) if is_closed else below
        if part == "less":
            card.left.extend(range(plain, end))
        parts.setdefault(part, []).append(slice(index, end))
        if end < below:
            return end
    return card.end


def _find_end(lines: Lines, part: str, plain: range) -> int:
    """Return which line after the dates ends a card, where it does not go on with a comment."""
    for index in plain:
        is_next = lines.numbers[index] == lines.numbers[index - 1] + 1
        if part == "dates" or not is_next or furniture_name(lines.texts[index]):
            return index
    return plain.stop


# ---------- from cards to records


def _read_card(card: _Card, found: Findings) -> None:
    page = card.page.lines
    if card.title is None:
        _report_untitled(card.lines, found)
        return
    left = (page[index] for index in card.left)
    found.leave(left, "Line above a title that no rule knows: look at the page.")
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
            line_start=page.numbers[card.begin],
            line_end=page.numbers[card.end - 1],
            raw_title=page.raws[card.title],
            title=fold_space(card.title_text),
            **authors,
            abstract=abstract,
            is_abstract_complete=is_complete,
            **_read_identifiers(card),
            **dates,
            record_type="preprint",
            comments=card.joined("comments"),
            journal_ref=card.joined("journal_ref"),
            flags=tuple([flag for flag, holds in flags if flag and holds]),
        )
    )


def _report_untitled(lines: Lines, found: Findings) -> None:
    found.report("missing_title", "The card has no title: look at the page.", lines[:1])
    found.leave(lines, "Card without a title: nothing of it was kept.")


def _read_identifiers(card: _Card) -> dict:
    links = card.page.links
    linked_id = linked.arxiv_id(links, card.head, is_arxiv=True) if links else None
    arxiv_id = card.arxiv["id"] if card.arxiv else linked_id
    version = card.arxiv["version"] if card.arxiv else None
    return {
        "arxiv_id": arxiv_id,
        "arxiv_version": int(version) if version else None,
        "url": abs_url(arxiv_id),
        "doi": card.joined("doi") or (linked.doi(links, card.head) if links else None),
        "primary_category": card.categories[0] if card.categories else None,
        "categories": card.categories,
    }


def _read_authors(card: _Card) -> dict:
    """Read the names, on one line or one per line, and the note on authors not shown."""
    page = card.page
    raws = [
        raw
        for lines in card.parts["authors"]
        for raw in compress(page.lines.raws[lines], page.shown[lines])
    ]
    # A page that ends before the abstract may have cut the names as well.
    is_uncut = "abstract" in card.parts
    authors = read_authors("\n".join(card.texts("authors")), is_uncut=is_uncut)
    return authors | {"raw_authors": "\n".join(raws) or None}


def _read_abstract(card: _Card) -> tuple[str | None, bool | None, str | None]:
    """Return the abstract, whether it is whole, and a flag: the page may show it twice."""
    preview, full = card.texts("abstract"), card.texts("more")
    if full:
        return fold_space(" ".join(full)), True, None
    half = len(preview) // 2
    twice = " ".join(preview[:half]), " ".join(preview[half:])
    if half and twice[0].replace(" ", "") == twice[1].replace(" ", ""):
        # A tool that broke lines may have put a space into an address, or a formula.
        return fold_space(min(twice, key=len)), True, "doubled_abstract"
    shown = " ".join(preview)
    text = fold_space(shown.removesuffix("△ Less").removesuffix("▽ More"))
    if not text:
        return None, None, None
    is_whole = not (is_cut(text) or "more" in card.parts or shown.endswith("▽ More"))
    return text, is_whole, None if is_whole else "cut_abstract"


def _read_dates(card: _Card, found: Findings) -> dict:
    dates, wrong = read_dates(" ".join(card.texts("dates")))
    for shown in wrong:
        message = f"No such day: {shown}. The card is kept without it, look at the page."
        lines = [line for part in card.parts["dates"] for line in card.page.lines[part]]
        found.report("bad_date", message, lines)
    return dates
