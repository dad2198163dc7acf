"""arXiv's page of one paper, as HTML: its elements, and what it says of itself for other programs.

What belongs here: arxiv.org/abs pages, today's and older ones. What does not: the page as text
(`arxiv_abs_text`), what both forms say in the same words (`arxiv_abs_words`).

The page says most things twice: as elements, and in its head as `citation_...` for search engines.
The elements come first, as they show names and accents as people write them. The head has every
author and stands in for what a page has lost; it is no proof of the site, as other sites have it.
"""

import re
from typing import Any

from selectolax.lexbor import LexborNode

from pipeline.contract.findings import Issue, PageFacts, ParseResult, Record
from pipeline.sources import arxiv_abs_text as text
from pipeline.sources.arxiv_abs_words import (
    UNREAD_NAMES,
    make_record,
    read_doi,
    read_history,
    read_shown_names,
    read_version,
)
from pipeline.sources.arxiv_list_words import read_subjects
from pipeline.sources.arxiv_words import ARXIV_ID, read_authors
from pipeline.sources.dump import Dump, text_lines
from pipeline.sources.elements import fold, text_of, words_of
from pipeline.sources.markup import Card, parse_whole, read_cards
from pipeline.sources.reading import NUMBER, Findings
from pipeline.text.dates import make_date

NAME = "arxiv_abs"
TITLE = "arXiv paper page"
BEGINS, WHOLE = text.BEGINS, text.WHOLE

# What only this page has, each once: two of them are a page, one may be quoted anywhere.
_SIGNS = (
    re.compile(r"""<blockquote\s[^<>]{0,80}class=["']?abstract\b""", re.IGNORECASE),
    re.compile(r"""<div\s[^<>]{0,80}class=["']?submission-history\b""", re.IGNORECASE),
    re.compile(r"""<td\s[^<>]{0,80}class=["']?tablecell arxivid\b""", re.IGNORECASE),
    re.compile(r"""<h1\s[^<>]{0,80}class=["']?title mathjax\b""", re.IGNORECASE),
    re.compile(r"""<meta\s[^<>]{0,80}citation_arxiv_id\b""", re.IGNORECASE),
    re.compile(r"""<meta\s[^<>]{0,80}content=["']?(?:arXiv\.org|@arxiv)\b""", re.IGNORECASE),
)
_LEAST_SIGNS = 2
# Of these words one stands on every such page; to look for them is quicker.
_WORDS = ("submission-history", "citation_arxiv_id", "arxivid")
# Where what the page says of the paper begins and ends in the source.
_PLACES = re.compile(
    r"""citation_(?:title|abstract)\b|class=["']?(?:title|abstract|tablecell|submission-history)\b"""
    r"|\[v\d{1,3}\]",
    re.IGNORECASE,
)
_ID = re.compile(ARXIV_ID)
_LABEL = re.compile(r"(?:Title|Authors?|Abstract|Comments|Subjects)\s?:\s*")
_AUTHOR_LINK = re.compile(r"searchtype=author|/a/[a-z]|/find/|au:")
_META = (
    *("citation_title", "citation_author", "citation_abstract", "citation_arxiv_id"),
    *("citation_doi", "citation_date", "citation_online_date"),
)
_META_DAY = re.compile(r"(?P<year>\d{4})/(?P<month>\d\d)/(?P<day>\d\d)")
# "et al. (32 additional authors not shown)"
_HIDDEN = re.compile(rf"et al\.\s?\({NUMBER} additional authors? not shown\)")
_LETTER = re.compile(r"[^\W\d_]")
# In text; to look for the whole word takes far longer than for its rare first letter.
_TITLE = re.compile(r"T(?=itle)")


def detect(dump: Dump) -> int:
    """Return the number of papers: one in HTML, mostly one in text."""
    if dump.form != "html":
        return len(marks(dump))
    if not any(map(dump.text.__contains__, _WORDS)):
        return 0
    return int(sum(bool(sign.search(dump.text)) for sign in _SIGNS) >= _LEAST_SIGNS)


def marks(dump: Dump) -> list[int]:
    """Return the numbers of the lines with a paper's title."""
    return text.find_marks(text_lines(dump)) if _TITLE.search(dump.text) else []


def sure(dump: Dump) -> list[int]:
    """Return the numbers of the first and the last line of every paper: see `sections`."""
    return text.find_ends(text_lines(dump)) if "Title" in dump.text else []


def parse(dump: Dump) -> ParseResult:
    """Read a page; see `pipeline.sources.reading.Source`."""
    if dump.form != "html":
        return text.parse(dump)
    found = Findings()
    parsed = parse_whole(dump.text) if detect(dump) else None
    if parsed and parsed[0].root is not None:
        card = _find_card(dump.text, parsed[0].root, is_drawn=parsed[1])
        read_cards(dump, [card], _read_card, found)
    return found.result(PageFacts())


def _find_card(text: str, root: LexborNode, *, is_drawn: bool) -> Card:
    places = [match.start() for match in _PLACES.finditer(text)] or [0]
    first, last = (text.count("\n", 0, place) + 1 for place in (places[0], places[-1]))
    return Card(root, places[0], first, last, is_cut=False, is_drawn=is_drawn)


def _read_card(root: LexborNode, card: Card, found: Findings) -> Record | None:
    head = _read_head(root)
    heading = root.css_first("h1.title")
    title = _words(heading) or fold(next(iter(head["citation_title"]), ""))
    arxiv_id = _read_id(root, head)
    if not title or arxiv_id is None:
        return None
    fields = _read_names(root, head, card, found) | _read_table(root, head)
    abstract = _shown(root.css_first("blockquote.abstract"))
    history = text_of(root.css_first("div.submission-history"))
    dates = read_history(history, text_of(root.css_first("div.dateline")))
    fields |= dates if dates["published_date"] else _read_meta_dates(head)
    return make_record(
        (card.line_start, card.line_end),
        _words(heading, is_raw=True) or title,
        title,
        arxiv_id,
        is_drawn=card.is_drawn,
        abstract=abstract or fold(next(iter(head["citation_abstract"]), "")) or None,
        **fields,
    )


def _read_meta_dates(head: dict[str, list[str]]) -> dict[str, Any]:
    """Read the first version's day; when the latest one came, the head does not say."""
    match = _META_DAY.match(next(iter(head["citation_date"]), ""))
    day = make_date(*map(int, match.groups())) if match else None
    return {
        "published_date": day,
        "year": day.year if day else None,
        "is_year_inferred": False if day else None,
    }


def _words(node: LexborNode | None, *, is_raw: bool = False) -> str:
    shown = words_of(node).strip()
    label = _LABEL.match(shown)
    shown = shown[label.end() :] if label else shown
    return shown if is_raw else fold(shown)


def _shown(node: LexborNode | None) -> str:
    shown = text_of(node)
    label = _LABEL.match(shown)
    return shown[label.end() :] if label else shown


def _read_head(root: LexborNode) -> dict[str, list[str]]:
    """Return what the page's head says of the paper, by the names of its tags."""
    head: dict[str, list[str]] = {name: [] for name in _META}
    for tag in root.css("meta[name][content]"):
        name = (tag.attributes["name"] or "").lower()
        if name in head and (content := (tag.attributes["content"] or "").strip()):
            head[name].append(content)
    return head


def _read_id(root: LexborNode, head: dict[str, list[str]]) -> str | None:
    shown = text_of(root.css_first("td.arxivid")).removeprefix("arXiv:")
    for content in (shown, *head["citation_arxiv_id"]):
        if match := _ID.match(content.removeprefix("arXiv:")):
            return match["id"]
    return None


def _read_names(
    root: LexborNode, head: dict[str, list[str]], card: Card, found: Findings
) -> dict[str, Any]:
    """Read the names: those shown, or the head's where it has more of them."""
    line = root.css_first("div.authors")
    shown = _shown(line)
    raw = {"raw_authors": shown or "; ".join(head["citation_author"]) or None}
    of_head = list(map(_turn, head["citation_author"]))
    listed = _linked_names(line)
    names = listed if len(listed) >= len(of_head) else of_head
    if names:
        hidden = _HIDDEN.search(shown)
        is_cut = hidden and not of_head and root.css_first("#long-author-list a") is None
        note = f", {hidden[0]}" if hidden and is_cut else ""
        return raw | read_authors(", ".join(names) + note, names, is_uncut=True)
    fields = read_shown_names(shown, is_uncut=True)
    if fields is None:
        found.issues.append(
            Issue("unread_authors", UNREAD_NAMES, card.line_start, card.line_end, shown)
        )
    return raw | (fields or {"authors_complete": False, "authors": ()})


def _linked_names(line: LexborNode | None) -> list[str]:
    links = line.css("a[href]") if line else []
    targets = [link.attributes["href"] or "" for link in links]
    return [
        name
        for link, target in zip(links, targets, strict=True)
        if _AUTHOR_LINK.search(target) and _LETTER.search(name := text_of(link))
    ]


def _turn(name: str) -> str:
    """Turn a name of the head round.

    >>> _turn("van der Sande, Pieter"), _turn("GOOSE Collaboration")
    ('Pieter van der Sande', 'GOOSE Collaboration')
    """
    family, _, given = fold(name).partition(", ")
    return f"{given} {family}" if given else family


def _read_table(root: LexborNode, head: dict[str, list[str]]) -> dict[str, Any]:
    """Read comments, subjects, journal, DOI and version from the table below the abstract."""
    subjects = root.css_first("td.subjects")
    marked = text_of(subjects.css_first("span.primary-subject")) if subjects else ""
    doi = root.css_first("td.doi")
    return {
        "comments": text_of(root.css_first("td.comments")) or None,
        "journal_ref": text_of(root.css_first("td.jref")) or None,
        "doi": read_doi(text_of(doi)) or read_doi(" ".join(head["citation_doi"])),
        "arxiv_version": read_version(text_of(root.css_first("td.arxividv"))),
        **read_subjects(text_of(subjects), marked),
    }
