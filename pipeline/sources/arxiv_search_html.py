"""arXiv search results as HTML.

What belongs here: the elements of a card on arXiv's search pages. What does not: what the pages say
in words (`arxiv_words`), finding cards and their lines (`markup`), the text forms (`arxiv_search`).
"""

import re
from collections.abc import Iterable
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.contract.findings import Issue, PageFacts, ParseResult, Record
from pipeline.sources.arxiv_elements import linked_names
from pipeline.sources.arxiv_hits import space_hits
from pipeline.sources.arxiv_listings import of_advanced, of_query, search_of
from pipeline.sources.arxiv_words import (
    ARXIV,
    CATEGORY,
    abs_url,
    read_authors,
    read_dates,
    read_showing,
)
from pipeline.sources.dump import Dump
from pipeline.sources.elements import all_parts, fold, parts_of, text_of, words_of
from pipeline.sources.listings import Listing, as_facts
from pipeline.sources.markup import Card, CardTag, find_cards, headings, read_cards
from pipeline.sources.reading import Findings
from pipeline.sources.reading import is_cut as has_ellipsis

MARK = "arxiv-result"  # the class of every card
_CARD = CardTag("li", MARK, around="ol")
_PARTS = ("is-marginless", "title", "authors", "abstract", "comments", "is-size-7")
_HEAD = ("tags",)
_SPANS = ("abstract-full", "abstract-short")
_NOTES = {"Comments": "comments", "Journal ref": "journal_ref"}  # labels, and their fields
_VERSION = re.compile(r"v(\d{1,4})-abstract-")  # id="2512.03003v1-abstract-full"
_DOI = re.compile(r"10\.\d{4,9}/\S+")  # "10.1145/3773274.3774931"
_CATEGORY = re.compile(CATEGORY)
_TERMS = "terms:"  # "Query: order: -announced_date_first; size: 50; terms: AND title=geese"
_MOST_TERMS = 2_000
_CUT = "The card ends early: save the page again if you can."


def detect(dump: Dump) -> int:
    """Return the number of cards, by their class; a style sheet's words for it do not count."""
    n_said = dump.text.count(MARK)
    return n_said and n_said - dump.text.count(f".{MARK}")


def parse(dump: Dump) -> ParseResult:
    """Read a page of search results; see `pipeline.sources.reading.Source`."""
    found = Findings()
    text = space_hits(dump.text)
    read_cards(dump, find_cards(text, _CARD), _read_card, found)
    first = _CARD.opening.search(text)
    above = text[: first.start()] if first else ""
    showing = (read_showing(shown) for _, shown in headings(above, "h1"))
    facts = next(filter(None, showing), {})
    listing = of_query(facts.get("query")) or _read_advanced(above) or search_of(dump)
    return found.result(PageFacts(**facts, **as_facts(listing)))


def _read_advanced(above: str) -> Listing | None:
    """Read the terms of an advanced search, which stand above the cards."""
    at = above.find(_TERMS)
    if at < 0:
        return None
    begin = max(above.rfind("Query:", max(0, at - _MOST_TERMS), at), 0)
    shown = LexborHTMLParser(above[begin : at + _MOST_TERMS].partition("</p")[0]).text()
    return of_advanced(fold(shown))


def _read_card(node: LexborNode, card: Card, found: Findings) -> Record | None:
    shown = all_parts(node, _PARTS)
    parts = dict(reversed(shown))
    raw_title = words_of(parts.get("title")).strip()
    title = fold(raw_title)
    if not title:
        return None
    # Label and date are elements of their own, between which savers may leave no space.
    dates, wrong = read_dates(text_of(parts.get("is-size-7"), " "))
    for day in wrong:
        message = f"No such day: {day}. The card is kept without it, look at the page."
        found.issues.append(Issue("bad_date", message, card.line_start, card.line_end, day))
    if card.is_cut:
        found.issues.append(Issue("cut_card", _CUT, card.line_start, card.line_end, title))
    fields = (
        _read_head(parts.get("is-marginless"))
        | _read_authors(parts.get("authors"), is_uncut="abstract" in parts or not card.is_cut)
        | _read_abstract(parts.get("abstract"), is_cut=card.is_cut and "is-size-7" not in parts)
        | _read_notes(part for name, part in shown if name == "comments")
        | dates
    )
    flags = (
        ("no_author_line", not fields["authors"]),
        ("no_date", fields["published_date"] is None),
        ("no_abstract", fields["abstract"] is None),
        ("cut_abstract", fields["is_abstract_complete"] is False),
        ("drawn_formula", card.is_drawn),
    )
    return Record(
        line_start=card.line_start,
        line_end=card.line_end,
        raw_title=raw_title,
        title=title,
        record_type="preprint",
        flags=tuple([flag for flag, holds in flags if holds]),
        **fields,
    )


def _read_notes(shown: Iterable[LexborNode]) -> dict[str, Any]:
    """Read comments and journal reference: each a label and what follows it."""
    notes: dict[str, Any] = dict.fromkeys(_NOTES.values())
    for note in shown:
        label, _, text = text_of(note).partition(":")
        if field := _NOTES.get(label):
            notes[field] = notes[field] or text.strip() or None
    return notes


def _read_head(head: LexborNode | None) -> dict[str, Any]:
    """Read the identifier, the categories (the first is the primary one) and the DOI."""
    fields: dict[str, Any] = {}
    if head is None:
        return fields
    tags = [tag for _, tag in all_parts(head, _HEAD)]
    shown = [tag.text().strip() for holder in tags for tag in holder.iter()]
    shown = shown or [word for holder in tags for word in holder.text().split()]
    codes = tuple([text for text in shown if _CATEGORY.fullmatch(text)])
    fields["categories"], fields["primary_category"] = codes, codes[0] if codes else None
    text = head.text(separator=" ")
    arxiv = ARXIV.search(text) or _linked_paper(head)
    if arxiv:
        fields["arxiv_id"], fields["url"] = arxiv["id"], abs_url(arxiv["id"])
        fields["arxiv_version"] = int(arxiv["version"]) if arxiv["version"] else None
    if doi := _DOI.search(text):
        fields["doi"] = doi[0]
    return fields


def _linked_paper(head: LexborNode) -> re.Match[str] | None:
    """Return the identifier that a link leads to, where it is saved without its words."""
    links = (ARXIV.search(link.attributes.get("href") or "") for link in head.css("a"))
    return next(filter(None, links), None)


def _read_authors(line: LexborNode | None, *, is_uncut: bool) -> dict[str, Any]:
    """Read the names, each a link, and the note on authors not shown, the text beside them."""
    links, beside = linked_names(line)
    if links:
        text = ", ".join(links)
        if "et al." in beside:
            _, et_al, note = beside.partition("et al.")
            text = f"{text}, {fold(et_al + note)}"
    else:  # saved without its links
        text = text_of(line).partition("Authors:")[2].strip()
    return read_authors(text, links, is_uncut=is_uncut) | {"raw_authors": text or None}


def _read_abstract(block: LexborNode | None, *, is_cut: bool) -> dict[str, Any]:
    """Read the abstract, whether it is whole, and the paper's version.

    A card holds a preview and the full text, one of them hidden; a saved page may lack the latter.
    """
    spans = parts_of(block, _SPANS)
    span = spans.get("abstract-full") or spans.get("abstract-short")
    if span is None:
        return {"abstract": None, "is_abstract_complete": None}
    shown = span.text().strip()
    less = max(shown.rfind("△"), 0) or len(shown)
    more = max(shown.rfind("▽"), 0) or len(shown)
    text = fold(shown[: min(less, more)])
    is_preview = more < less or has_ellipsis(text)
    is_whole = not is_cut and ("abstract-full" in spans or not is_preview)
    fields: dict[str, Any] = {
        "abstract": text or None,
        "is_abstract_complete": is_whole if text else None,
    }
    version = _VERSION.search(span.attributes.get("id") or "")
    return fields | ({"arxiv_version": int(version[1])} if version else {})
