"""What dates, identifiers and categories of a card may not be.

What belongs here: the rules about short values that readers have already understood as such. What
does not: texts (`titles`, `names`, `abstracts`).
"""

import re
from datetime import date, timedelta

from pipeline.contract.findings import Record
from pipeline.extraction.plausibility.rule import Rule

_ARXIV_ID = re.compile(
    r"(?P<year>\d\d)(?P<month>0[1-9]|1[0-2])\.\d{4,5}|[a-z-]{2,12}(?:\.[A-Z]{2})?/\d{7}"
)
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d{1,9}){0,4}/[^\s\"<>]{1,300}(?<![,;])")
_URL = re.compile(r"https?://[^\s\"<>\\^`{|}]{1,2000}\Z")
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
# "cs.CLcs.LG", a list in one, an address, a sentence
_BAD_CATEGORY = re.compile(r"\.[A-Z]{2}[a-z]|[\[\]()<>{}|*#:;,\n]|\S{41}|(?:\S+\s+){6}")
# A first version has its number within days; other places print a paper before it has one.
_SLACK = timedelta(days=62)
_CARD = Record(1, 1, "Nets", "Nets")


def _is_bad_id(record: Record) -> bool:
    return bool(
        (record.arxiv_id and not _ARXIV_ID.fullmatch(record.arxiv_id))
        or (record.doi and not _DOI.fullmatch(record.doi))
        or (record.url and not _URL.match(record.url))
    )


def _is_before_id(record: Record) -> bool:
    """Tell whether a preprint is dated long before the month of its own number."""
    if not (record.arxiv_id and record.published_date) or record.venue or record.journal_ref:
        return False
    found = _ARXIV_ID.fullmatch(record.arxiv_id)
    if not found or not found["year"]:
        return False
    numbered = date(2000 + int(found["year"]), int(found["month"]), 1)
    return record.published_date < numbered - _SLACK


def _is_out_of_order(record: Record) -> bool:
    first, last = record.published_date, record.updated_date
    return first is not None and last is not None and last < first


def _is_bad_month(record: Record) -> bool:
    return bool(record.announced_month and not _MONTH.fullmatch(record.announced_month))


def _is_bad_category(categories: tuple[str, ...]) -> bool:
    return any(map(_BAD_CATEGORY.search, categories)) or len(categories) > 40


_USUAL_ID = re.compile(r"\d\d(?:0[1-9]|1[0-2])\.\d{4,5}\Z")


def _is_usual_url(url: str) -> bool:
    return url.startswith("https://arxiv.org/abs/") or _URL.match(url) is not None


def is_suspicious(record: Record) -> bool:
    """Tell at one look whether ids and dates of a card deserve a closer one; most do not."""
    number, first, last = record.arxiv_id, record.published_date, record.updated_date
    if number is not None:
        if not _USUAL_ID.match(number):
            return True
        # 2000 and later have such numbers; an earlier paper is the closer look's.
        if first is not None and (first.year - 2000) * 100 + first.month < int(number[:4]):
            return True
    return bool(
        record.doi
        or (record.url and not _is_usual_url(record.url))
        or (last and first and last < first)
        or (record.announced_month and not _MONTH.fullmatch(record.announced_month))
    )


VALUE_RULES = (
    Rule(
        "id_form",
        "id",
        "an identifier or an address does not look like one",
        _is_bad_id,
        (
            _CARD._replace(arxiv_id="2413.00001"),
            _CARD._replace(doi="doi 10.1000"),
            _CARD._replace(url="/abs/1"),
            _CARD._replace(arxiv_id="2406.00001 [pdf]"),
        ),
        (
            _CARD._replace(arxiv_id="2406.00001"),
            _CARD._replace(arxiv_id="math.GT/0309136"),
            _CARD._replace(doi="10.1000/182(3)a_b"),
            _CARD._replace(url="https://example.org/n?a=1&b=[2]"),
        ),
    ),
    Rule(
        "date_before_id",
        "date",
        "the date is months before the paper had its number on arXiv",
        _is_before_id,
        (_CARD._replace(arxiv_id="2406.00001", published_date=date(2023, 6, 1)),),
        (
            _CARD._replace(arxiv_id="2406.00001", published_date=date(2024, 5, 30)),
            _CARD._replace(arxiv_id="2406.00001", published_date=date(2019, 5, 30), venue="Nets"),
            _CARD._replace(arxiv_id="2406.00001", published_date=date(2025, 1, 1)),
        ),
        kind="soft",  # made-up pages, and journals before arXiv, break it
    ),
    Rule(
        "date_order",
        "date",
        "the latest version is older than the first",
        _is_out_of_order,
        (_CARD._replace(published_date=date(2024, 6, 1), updated_date=date(2023, 6, 1)),),
        (_CARD._replace(published_date=date(2024, 6, 1), updated_date=date(2024, 6, 1)),),
    ),
    Rule(
        "date_month",
        "date",
        "the month of the announcement is none",
        _is_bad_month,
        (_CARD._replace(announced_month="2024-13", url="https://example.org/1"),),
        (_CARD._replace(announced_month="2024-12"),),
    ),
    Rule(
        "category_form",
        "category",
        "a category does not look like one",
        _is_bad_category,
        (("cs.CLcs.LG",), ("Machine Learning (cs.LG)",), ("cs.LG, cs.CL",)),
        (("cs.LG", "stat.ML"), ("cond-mat.mtrl-sci",), ("LG",), ("Computer Vision",)),
    ),
)
