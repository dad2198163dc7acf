"""What arXiv's lists say in the same words as HTML and as text: days, numbers, labels, subjects.

What belongs here: the words of lists of new, recent and past papers, of catch-up pages and of one
author's papers. What does not: elements (`sites.arxiv_list`), lines (`arxiv_list_text`), words that
arXiv's other pages use too (`arxiv_words`).
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from pipeline.sources.arxiv_words import CATEGORY, read_category
from pipeline.sources.listings import Listing, as_facts
from pipeline.sources.listings import author as by_author
from pipeline.sources.reading import NUMBER, read_number
from pipeline.text.dates import MONTH, make_date, month_number

_WEEKDAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}"
# "Tue, 30 Jun 2026 (showing 136 of 136 entries )", "Showing new listings for Friday, 3 July 2026"
_DAY = re.compile(rf"\b(?P<day>\d{{1,2}}) (?P<month>{MONTH}) (?P<year>\d{{4}})\b")
# "New submissions for Fri, 25 Feb 22", as older pages write it
_SHORT_DAY = re.compile(
    rf"\bfor {_WEEKDAY}, (?P<day>\d{{1,2}}) (?P<month>{MONTH}) (?P<year>\d\d)(?!\d)"
)
_FIRST_YEAR = 91  # arXiv began in 1991
# "(showing first 50 of 128 entries )", "(continued, showing last 25 of 81 entries )"
_SHOWING = re.compile(rf"showing (?:first |last )?(?P<n>{NUMBER}) of {NUMBER} entries")
# "Mara Ilves's articles on arXiv", the heading of an author's list
_AUTHOR = re.compile(r"(?P<name>\S.{0,99}?)['’]s articles on arXiv")
_CATCH_UP = re.compile(r"Catch-?up results for \S.{0,99}")
# "Computation and Language (cs.CL)", "High Energy Physics - Theory (hep-th)"
SUBJECT = re.compile(rf"\(({CATEGORY})\)")
_SHOWN_CODE = re.compile(r"\(([a-z][a-zA-Z.\s-]{1,40}+)\)")
REPEATED = re.compile(r"\((?:cross-list|replaced)\b")  # "(cross-list from cs.AI)"


def read_day(text: str) -> date | None:
    """Return the day that a heading names, None if it names none that exists.

    >>> read_day("Cross-lists for Fri, 25 Feb 22"), read_day("Fri, 3 May 2024 (showing 3 of 3)")
    (datetime.date(2022, 2, 25), datetime.date(2024, 5, 3))
    """
    match = _DAY.search(text)
    if match:
        return make_date(int(match["year"]), month_number(match["month"]), int(match["day"]))
    match = _SHORT_DAY.search(text)
    if match is None:
        return None
    short = int(match["year"])
    year = short + (1900 if short >= _FIRST_YEAR else 2000)
    return make_date(year, month_number(match["month"]), int(match["day"]))


def read_catch_up(text: str) -> date | None:
    """Return the day whose list a catch-up page repeats: not the day on which it was saved."""
    return read_day(text) if _CATCH_UP.fullmatch(text) else None


def read_author(text: str) -> str | None:
    """Return whose papers an author's list has, by its heading.

    >>> read_author("Mara Ilves's articles on arXiv")
    'Mara Ilves'
    """
    match = _AUTHOR.fullmatch(text)
    return match["name"] if match else None


def count_shown(headings: Iterable[str]) -> int | None:
    """Return how many papers the headings of a page's sections say they show; None: nothing."""
    counts = [match["n"] for text in headings if (match := _SHOWING.search(text))]
    return sum(map(read_number, counts)) if counts else None


def page_facts(
    days: Iterable[date],
    n_declared: int | None,
    author: str | None = None,
    category: Listing | None = None,
) -> dict[str, Any]:
    """Return what a page says of itself, as fields of `PageFacts`.

    Args:
        days: the days whose papers it shows. As far as the page says, it was saved on the newest.
        n_declared: how many papers it says it lists.
        author: whose papers it lists.
        category: of which category they are.
    """
    newest = max(days, default=None)
    return {
        "declared_papers": n_declared,
        "captured_on": newest,
        "captured_on_basis": "page" if newest else None,
        "page_subject": author,
        "page_subject_basis": "stated" if author else None,
        **as_facts(by_author(author) or category),
    }


def announced_month(arxiv_id: str, listed_on: date | None, *, is_new: bool) -> str | None:
    """Return the month in which a paper was first announced, as far as a list says.

    >>> announced_month("2511.20001", date(2025, 12, 1), is_new=True)
    '2025-12'
    >>> announced_month("2511.20001", date(2025, 12, 1), is_new=False)
    """
    if listed_on is None or not arxiv_id[:4].isdecimal():
        return None
    submitted = (int(arxiv_id[:2]) + 2000) * 12 + int(arxiv_id[2:4])
    months_later = listed_on.year * 12 + listed_on.month - submitted
    is_known = months_later == 0 or (is_new and months_later == 1)
    return f"{listed_on:%Y-%m}" if is_known else None


def read_subjects(text: str, primary: str = "") -> dict[str, Any]:
    """Read the codes in brackets; the primary one is marked, or else the first.

    Args:
        text: "Computation and Language (cs.CL); Machine Learning (cs.LG)".
        primary: the one that the page marks, in the same words.

    >>> read_subjects("Statistical Mechanics (cond-mat.stat- mech); Methods (qbio.QM)")
    {'categories': ('cond-mat.stat-mech', 'q-bio.QM'), 'primary_category': 'cond-mat.stat-mech'}
    """
    shown = (*_SHOWN_CODE.findall(primary)[:1], *_SHOWN_CODE.findall(text))
    codes = tuple(dict.fromkeys(filter(None, map(read_category, shown))))
    return {"categories": codes, "primary_category": codes[0] if codes else None}
