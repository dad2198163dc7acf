"""arXiv's lists: new, recent and past papers of a category, of a day to catch up, of an author.

What belongs here: the elements of arxiv.org/list pages, "recent" (several days), "new" (one day in
sections: new, cross-lists, replacements; with abstracts), those of a month or year, and of the
pages /catchup and /a that are built like them, in today's and older markup. What does not: these
pages as text (`arxiv_list_text`), what both forms say in the same words (`arxiv_list_words`).

What a list does not say stays unknown. Its headings are the days on which arXiv announced papers:
no paper's date, so `published_date` and `year` are None. `announced_month` is the month in which
a paper was first announced. The heading gives it for a paper new to arXiv; a cross-list or a
replacement, announced before, has it only if its identifier (`2512.01234`: submitted in December
2025) and the heading agree, as nothing is announced before it is submitted. The newest day shown
is the day the page was saved, as far as the page says.
"""

import re
from bisect import bisect
from datetime import date
from typing import Any

from selectolax.lexbor import LexborNode

from pipeline.contract.findings import Issue, PageFacts, ParseResult, Record
from pipeline.sources import arxiv_list_lines
from pipeline.sources import arxiv_list_text as text
from pipeline.sources.arxiv_elements import linked_names
from pipeline.sources.arxiv_list_words import (
    REPEATED,
    announced_month,
    count_shown,
    page_facts,
    read_author,
    read_catch_up,
    read_day,
    read_subjects,
)
from pipeline.sources.arxiv_listings import list_of
from pipeline.sources.arxiv_words import ARXIV, abs_url, read_authors
from pipeline.sources.dump import Dump, text_lines
from pipeline.sources.elements import fold, parts_of, text_of, words_of
from pipeline.sources.markup import Card, CardTag, find_cards, headings, read_cards
from pipeline.sources.reading import NUMBER, Findings, is_cut, read_number

_IDENTIFIER = re.compile(r"X(?<=arX)(?=iv:)")  # by its rarest letter
_MARK = "list-authors"  # the class of every card's list of authors

NAME = "arxiv_list"
TITLE = "arXiv lists"
BEGINS, WHOLE = arxiv_list_lines.BEGINS, arxiv_list_lines.WHOLE
NO_RESULTS = re.compile(
    r"\bNo updates today\b|\bNo (?:further )?updates for (?:this time period|[A-Z][a-z]{2}, \d)"
    r"|\bNo new submissions\b|\b[Tt]otal of 0 entries\b"
)
CARD_MARKUP = rf"""{_MARK}(?<![.\w-]{_MARK})["'\s>]"""  # a class, none in a style sheet

# Of two classes of one element the first listed counts: titles are of class "mathjax", too.
_PARTS = ("list-title", "list-authors", "list-comments", "list-journal-ref", "list-subjects")
_PARTS += ("mathjax",)
_CARD = CardTag("dt", last="dd", around="dl")
# "Total of 136 entries", "[ total of 136 entries ]": all of them, where the page divides them into
# no ranges ("... : 1-50")
_TOTAL = re.compile(rf"[Tt]otal of (?P<n>{NUMBER}) entries\s*(?:\]\s*)?<")
_VERSION = re.compile(r"/html/\S+v(\d{1,4})$")  # "https://arxiv.org/html/2606.28354v1"
_LABEL = re.compile(r"^(?:Title|Authors?|Comments|Journal-ref|Subjects)\s?:\s*")
_CUT = "The card ends early: save the page again if you can."


def detect(dump: Dump) -> int:
    """Return the number of cards: each has a list of authors. A style sheet's do not count."""
    if dump.form != "html":
        return len(marks(dump))
    n_said = dump.text.count(_MARK)
    return n_said and n_said - dump.text.count(f".{_MARK}")


def marks(dump: Dump) -> list[int]:
    """Return the numbers of the lines with a paper's identifier, above its title."""
    return text.find_marks(text_lines(dump)) if _IDENTIFIER.search(dump.text) else []


def parse(dump: Dump) -> ParseResult:
    """Read a list of papers; see `pipeline.sources.reading.Source`."""
    if dump.form != "html":
        return text.parse(dump)
    found = Findings()
    if not detect(dump):
        return found.result(PageFacts())
    shown = list(headings(dump.text, "h3"))
    days = [(at, day) for at, heading in shown if (day := read_day(heading))]
    pages = [heading for _, heading in headings(dump.text, "h1")]
    caught_up = next(filter(None, map(read_catch_up, pages)), None)

    def read_card(node: LexborNode, card: Card, found: Findings) -> Record | None:
        place = bisect(days, card.offset, key=lambda item: item[0])
        return _read_card(node, card, days[place - 1][1] if place else caught_up, found)

    read_cards(dump, find_cards(dump.text, _CARD), read_card, found)
    n_shown = count_shown(heading for _, heading in shown)
    total = _TOTAL.search(dump.text) if n_shown is None else None
    n_declared = read_number(total["n"]) if total else n_shown
    author = next(filter(None, map(read_author, pages)), None)
    category = None if author else list_of(dump, pages, found.records)
    facts = page_facts((day for _, day in days), n_declared, author, category)
    return found.result(PageFacts(**facts))


def _read_card(
    node: LexborNode, card: Card, listed_on: date | None, found: Findings
) -> Record | None:
    parts = _sort_parts(node)
    raw_title = _LABEL.sub("", words_of(parts.get("list-title")).strip())
    title = fold(raw_title)
    if not title:
        return None
    if card.is_cut:
        found.issues.append(Issue("cut_card", _CUT, card.line_start, card.line_end, title))
    abstract = _text(parts, "mathjax")
    head = text_of(node)
    fields = _read_identifier(node, head, listed_on) | _read_authors(parts, card)
    flags = (
        ("no_author_line", not fields["authors"]),
        ("no_date", True),
        ("no_abstract", abstract is None),
        ("cut_abstract", abstract is not None and card.is_cut),
        ("drawn_formula", card.is_drawn),
    )
    return Record(
        line_start=card.line_start,
        line_end=card.line_end,
        raw_title=raw_title,
        title=title,
        abstract=abstract,
        is_abstract_complete=None if abstract is None else not (card.is_cut or is_cut(abstract)),
        record_type="preprint",
        comments=_text(parts, "list-comments"),
        journal_ref=_text(parts, "list-journal-ref"),
        flags=tuple(flag for flag, holds in flags if holds),
        **fields,
        **_read_subjects(parts.get("list-subjects")),
    )


def _sort_parts(dt: LexborNode) -> dict[str, LexborNode]:
    """Return the parts of a card by their first class: they stand in the `dd` below its `dt`."""
    dd = dt.next
    while dd and dd.tag not in ("dd", "dt"):
        dd = dd.next
    return parts_of(dd if dd and dd.tag == "dd" else None, _PARTS)


def _text(parts: dict[str, LexborNode], part: str) -> str | None:
    return _LABEL.sub("", text_of(parts.get(part))) or None


def _read_identifier(dt: LexborNode, head: str, listed_on: date | None) -> dict[str, Any]:
    """Read the identifier, the version that the link to its HTML names, and the month."""
    arxiv = ARXIV.search(head)
    if arxiv is None:
        return {}
    versions = (_VERSION.search(link.attributes.get("href") or "") for link in dt.iter())
    version = next(filter(None, versions), None)
    return {
        "arxiv_id": arxiv["id"],
        "arxiv_version": int(version[1]) if version else None,
        "url": abs_url(arxiv["id"]),
        "announced_month": announced_month(
            arxiv["id"], listed_on, is_new=not REPEATED.search(head)
        ),
    }


def _read_authors(parts: dict[str, LexborNode], card: Card) -> dict[str, Any]:
    line = parts.get("list-authors")
    shown = _text(parts, "list-authors") or ""
    links, _ = linked_names(line)
    is_uncut = "list-subjects" in parts or not card.is_cut
    return {"raw_authors": shown or None} | read_authors(shown, links, is_uncut=is_uncut)


def _read_subjects(line: LexborNode | None) -> dict[str, Any]:
    """Read the codes in brackets; the primary subject is marked, and mostly the first."""
    if line is None:
        return {}
    marked = parts_of(line, ("primary-subject",)).get("primary-subject")
    return read_subjects(text_of(line), text_of(marked))
