"""arXiv's lists of new, recent and past papers of a category, as HTML.

What belongs here: the elements of arxiv.org/list pages, "recent" (several days), "new" (one day in
sections: new, cross-lists, replacements; with abstracts) and those of a month or year. What does
not: what all of arXiv's pages say in the same words (`arxiv_words`).

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
from pipeline.sources.arxiv_elements import linked_names
from pipeline.sources.arxiv_words import ARXIV, CATEGORY, abs_url, read_authors
from pipeline.sources.dump import Dump
from pipeline.sources.elements import fold, parts_of, text_of, words_of
from pipeline.sources.markup import Card, CardTag, find_cards, headings, read_cards
from pipeline.sources.reading import NUMBER, Findings, is_cut, read_number
from pipeline.text.dates import MONTH, make_date, month_number

_MARK = "list-authors"  # the class of every card's list of authors

NAME = "arxiv_list"
TITLE = "arXiv lists"
FORMS = ("html",)
CARD_MARKUP = rf"""{_MARK}(?<![.\w-]{_MARK})["'\s>]"""  # a class, none in a style sheet

# In text: lines that begin something, and lines that are whole.
BEGINS = re.compile(
    r"(?:\[\d{1,5}\]\s*)?\[?arXiv:\s?[\w-]{2,9}|\[\d{1,5}\]"
    r"|[*_]{0,2}(?:Title|Authors?|Comments|Subjects|Abstract|Journal-ref|Report-no|DOI"
    r"|(?:MSC|ACM)-class)\s?:|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d|Total of \d|\(?[Ss]howing \d"
)
WHOLE = re.compile(
    r"(?:\[\d{1,5}\]\s*)?\[?arXiv:\s?\S{5,24}(?:\s+\([a-z]+[^()]{0,60}\))?"
    r"(?:\s+\[[a-z, ]{2,60}\]?)?|Total of .{0,40}"
    rf"|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{{1,2}} {MONTH} \d{{4}}(?: \(.{{0,80}}\))?"
)

# Of two classes of one element the first listed counts: titles are of class "mathjax", too.
_PARTS = ("list-title", "list-authors", "list-comments", "list-journal-ref", "list-subjects")
_PARTS += ("mathjax",)
_CARD = CardTag("dt", last="dd", around="dl")
# "Tue, 30 Jun 2026 (showing 136 of 136 entries )", "Showing new listings for Friday, 3 July 2026"
_DAY = re.compile(rf"\b(?P<day>\d{{1,2}}) (?P<month>{MONTH}) (?P<year>\d{{4}})\b")
# "(showing first 50 of 128 entries )", "(continued, showing last 25 of 81 entries )"
_SHOWING = re.compile(rf"showing (?:first |last )?(?P<n>{NUMBER}) of {NUMBER} entries")
# "Total of 136 entries": all of them, where the page divides them into no ranges ("... : 1-50")
_TOTAL = re.compile(rf"Total of (?P<n>{NUMBER}) entries\s*<")
_REPEATED = re.compile(r"\((?:cross-list|replaced)\b")  # "(cross-list from cs.AI)"
_SUBJECT = re.compile(rf"\(({CATEGORY})\)")  # "Computation and Language (cs.CL)"
_VERSION = re.compile(r"/html/\S+v(\d{1,4})$")  # "https://arxiv.org/html/2606.28354v1"
_LABEL = re.compile(r"^(?:Title|Authors?|Comments|Journal-ref|Subjects):\s*")
_CUT = "The card ends early: save the page again if you can."


def detect(dump: Dump) -> int:
    """Return the number of cards: each has a list of authors. A style sheet's do not count."""
    n_said = dump.text.count(_MARK) if dump.form == "html" else 0
    return n_said and n_said - dump.text.count(f".{_MARK}")


def parse(dump: Dump) -> ParseResult:
    """Read a list of papers; see `pipeline.sources.reading.Source`."""
    found = Findings()
    if not detect(dump):
        return found.result(PageFacts())
    shown = list(headings(dump.text, "h3"))
    days = [(at, day) for at, text in shown if (day := _read_day(text))]

    def read_card(node: LexborNode, card: Card, found: Findings) -> Record | None:
        place = bisect(days, card.offset, key=lambda item: item[0])
        return _read_card(node, card, days[place - 1][1] if place else None, found)

    read_cards(dump, find_cards(dump.text, _CARD), read_card, found)
    counts = [match["n"] for _, text in shown if (match := _SHOWING.search(text))]
    counts = counts or _TOTAL.findall(dump.text)[:1]
    newest = max((day for _, day in days), default=None)
    return found.result(
        PageFacts(
            declared_papers=sum(map(read_number, counts)) if counts else None,
            captured_on=newest,
            captured_on_basis="page" if newest else None,
        )
    )


def _read_day(text: str) -> date | None:
    match = _DAY.search(text)
    if match is None:
        return None
    return make_date(int(match["year"]), month_number(match["month"]), int(match["day"]))


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
        "announced_month": _announced_month(
            arxiv["id"], listed_on, is_new=not _REPEATED.search(head)
        ),
    }


def _announced_month(arxiv_id: str, listed_on: date | None, *, is_new: bool) -> str | None:
    """Return the month in which a paper was first announced, as far as a list says.

    >>> _announced_month("2511.20001", date(2025, 12, 1), is_new=True)
    '2025-12'
    >>> _announced_month("2511.20001", date(2025, 12, 1), is_new=False)
    """
    if listed_on is None or not arxiv_id[:4].isdecimal():
        return None
    submitted = (int(arxiv_id[:2]) + 2000) * 12 + int(arxiv_id[2:4])
    months_later = listed_on.year * 12 + listed_on.month - submitted
    is_known = months_later == 0 or (is_new and months_later == 1)
    return f"{listed_on:%Y-%m}" if is_known else None


def _read_authors(parts: dict[str, LexborNode], card: Card) -> dict[str, Any]:
    line = parts.get("list-authors")
    text = _text(parts, "list-authors") or ""
    links, _ = linked_names(line)
    is_uncut = "list-subjects" in parts or not card.is_cut
    return {"raw_authors": text or None} | read_authors(text, links, is_uncut=is_uncut)


def _read_subjects(line: LexborNode | None) -> dict[str, Any]:
    """Read the codes in brackets; the primary subject is marked, and mostly the first."""
    if line is None:
        return {}
    marked = parts_of(line, ("primary-subject",)).get("primary-subject")
    primary = _SUBJECT.findall(text_of(marked))[:1]
    codes = tuple(dict.fromkeys([*primary, *_SUBJECT.findall(text_of(line))]))
    return {"categories": codes, "primary_category": codes[0] if codes else None}
