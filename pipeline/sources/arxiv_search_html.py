"""arXiv search results as HTML.

What belongs here: the elements of a card on arXiv's search pages. What does not: what the pages say
in words (`arxiv_words`), finding cards and their lines (`markup`), the text forms (`arxiv_search`).
"""

import re
from typing import Any

from selectolax.lexbor import LexborNode

from pipeline.contract.findings import Issue, PageFacts, ParseResult, Record
from pipeline.sources.arxiv_words import ARXIV, abs_url, read_authors, read_dates, read_showing
from pipeline.sources.dump import Dump
from pipeline.sources.markup import (
    Card,
    CardTag,
    children,
    find_cards,
    fold,
    headings,
    read_cards,
    text_of,
)
from pipeline.sources.reading import Findings
from pipeline.sources.reading import is_cut as has_ellipsis

MARK = "arxiv-result"  # the class of every card
_CARD = CardTag("li", MARK)
_VERSION = re.compile(r"v(\d{1,4})-abstract-")  # id="2512.03003v1-abstract-full"
_DOI = re.compile(r"10\.\d{4,9}/\S+")  # "10.1145/3773274.3774931"
_CUT = "The card ends early: save the page again if you can."


def detect(dump: Dump) -> int:
    """Return the number of cards, by their class."""
    return dump.text.count(MARK)


def parse(dump: Dump) -> ParseResult:
    """Read a page of search results; see `pipeline.sources.reading.Source`."""
    found = Findings()
    read_cards(dump, find_cards(dump.text, _CARD), _read_card, found)
    above = dump.text[: dump.text.find(MARK)]
    showing = (read_showing(text) for _, text in headings(above, "h1"))
    return found.result(PageFacts(**next(filter(None, showing), {})))


def _read_card(node: LexborNode, card: Card, found: Findings) -> Record | None:
    parts = _sort_parts(node)
    title = text_of(parts.get("title"))
    if not title:
        return None
    dates, wrong = read_dates(text_of(parts.get("is-size-7")))
    for shown in wrong:
        message = f"No such day: {shown}. The card is kept without it, look at the page."
        found.issues.append(Issue("bad_date", message, card.line_start, card.line_end, shown))
    if card.is_cut:
        found.issues.append(Issue("cut_card", _CUT, card.line_start, card.line_end, title))
    fields = (
        _read_head(parts.get("is-marginless"))
        | _read_authors(parts.get("authors"), is_uncut="abstract" in parts or not card.is_cut)
        | _read_abstract(parts.get("abstract"), is_cut=card.is_cut and "is-size-7" not in parts)
        | dates
    )
    flags = (
        ("no_author_line", not fields["authors"]),
        ("no_date", fields["published_date"] is None),
        ("no_abstract", fields["abstract"] is None),
        ("cut_abstract", fields["is_abstract_complete"] is False),
    )
    return Record(
        line_start=card.line_start,
        line_end=card.line_end,
        raw_title=parts["title"].text().strip(),
        title=title,
        record_type="preprint",
        comments=parts.get("Comments"),
        journal_ref=parts.get("Journal ref"),
        flags=tuple([flag for flag, holds in flags if holds]),
        **fields,
    )


def _sort_parts(node: LexborNode) -> dict[str, Any]:
    """Return the parts of a card by their first class; notes by their label, as text."""
    parts: dict[str, Any] = {}
    for classes, child in children(node):
        part = classes.partition(" ")[0]
        if part == "comments":
            part, _, child = text_of(child).partition(": ")
        parts.setdefault(part, child)
    return parts


def _read_head(head: LexborNode | None) -> dict[str, Any]:
    """Read the identifier, the categories (the first is the primary one) and the DOI."""
    fields: dict[str, Any] = {}
    for classes, part in children(head):
        text = part.text()
        if "tags" in classes:
            fields["categories"] = categories = tuple(text.split())
            fields["primary_category"] = categories[0] if categories else None
        elif arxiv := ARXIV.search(text):
            fields["arxiv_id"], fields["url"] = arxiv["id"], abs_url(arxiv["id"])
            fields["arxiv_version"] = int(arxiv["version"]) if arxiv["version"] else None
        elif doi := _DOI.search(text):
            fields["doi"] = doi[0]
    return fields


def _read_authors(line: LexborNode | None, *, is_uncut: bool) -> dict[str, Any]:
    """Read the names, each a link, and the note on authors not shown, the text beside them."""
    links = [link.text().strip() for link in line.iter() if link.tag == "a"] if line else []
    if links and line:
        _, et_al, note = line.text(deep=False).partition("et al.")
        text = ", ".join([*links, fold(et_al + note)] if et_al else links)
    else:  # saved without its links
        text = text_of(line).partition("Authors:")[2].strip()
    return read_authors(text, links, is_uncut=is_uncut) | {"raw_authors": text or None}


def _read_abstract(block: LexborNode | None, *, is_cut: bool) -> dict[str, Any]:
    """Read the abstract, whether it is whole, and the paper's version.

    A card holds a preview and the full text, one of them hidden; a saved page may lack the latter.
    """
    spans = {classes.partition(" ")[0]: span for classes, span in children(block)}
    span = spans.get("abstract-full") or spans.get("abstract-short")
    if span is None:
        return {"abstract": None, "is_abstract_complete": None}
    shown = span.text().strip()
    text = fold(shown.removesuffix("△ Less").removesuffix("▽ More"))
    is_preview = shown.endswith("▽ More") or has_ellipsis(text)
    is_whole = not is_cut and ("abstract-full" in spans or not is_preview)
    fields: dict[str, Any] = {
        "abstract": text or None,
        "is_abstract_complete": is_whole if text else None,
    }
    version = _VERSION.search(span.attributes.get("id") or "")
    return fields | ({"arxiv_version": int(version[1])} if version else {})
