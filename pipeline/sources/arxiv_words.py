"""What arXiv's pages say in the same words, whatever their form: identifiers, dates, authors.

What belongs here: patterns and readers that both the text and the HTML readers of arXiv's sites
use. What does not: how a page lays out its cards.
"""

import re
from datetime import date
from functools import lru_cache
from typing import Any

from pipeline.contract.findings import AuthorName
from pipeline.sources.reading import NUMBER, YEARS, read_name, read_number
from pipeline.text.dates import MONTH, make_date, month_number
from pipeline.text.whitespace import fold_space

# "2512.03003v2", "math.GT/0309136"
ARXIV_ID = r"(?P<id>\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v(?P<version>\d{1,4}))?\b"
# "arXiv:2512.03003v2", "/abs/2512.03003"
ARXIV = re.compile(rf"(?:arXiv:\s?|/abs/){ARXIV_ID}")
# Archives that are no longer divided, or never were.
_ARCHIVES = (
    "astro-ph cond-mat gr-qc hep-ex hep-lat hep-ph hep-th math-ph nucl-ex nucl-th quant-ph "
    "acc-phys adap-org alg-geom ao-sci atom-ph bayes-an chao-dyn chem-ph cmp-lg comp-gas dg-ga "
    "funct-an mtrl-th patt-sol plasm-ph q-alg q-bio solv-int supr-con"
)
# "quant-ph", "cond-mat.stat-mech", "cs.LG": real archives, as any hyphenated word looks like one.
CATEGORY = (
    r"(?:(?:astro-ph|cs|econ|eess|math|nlin|q-bio|q-fin|stat)\.[A-Z]{2}"
    r"|(?:cond-mat|physics)\.[a-z]{2,12}(?:-[a-z]{2,8})?"
    rf"|{_ARCHIVES.replace(' ', '|')})"
)
# What of these has hyphens, which a line end may have taken or left a space behind.
_PARTS = {
    "cond-mat": "dis-nn mes-hall mtrl-sci quant-gas soft stat-mech str-el supr-con other",
    "physics": (
        "acc-ph ao-ph app-ph atm-clus atom-ph bio-ph chem-ph class-ph comp-ph data-an ed-ph flu-dyn"
        " gen-ph geo-ph hist-ph ins-det med-ph plasm-ph pop-ph soc-ph space-ph"
    ),
    "astro-ph": "CO EP GA HE IM SR",
    "q-bio": "BM CB GN MN NC OT PE QM SC TO",
    "q-fin": "CP EC GN MF PM PR RM ST TR",
}
_WITHOUT_HYPHENS = {
    code.replace("-", ""): code
    for code in (
        *_ARCHIVES.split(),
        *(f"{archive}.{part}" for archive, parts in _PARTS.items() for part in parts.split()),
    )
    if "-" in code
}
_CATEGORY = re.compile(CATEGORY)
# ", et al. (536 additional authors not shown)"
_HIDDEN = re.compile(
    rf",?\s?et\s{{1,9}}al\.\s{{0,9}}\((?P<n>{NUMBER})\s{{1,9}}additional\s{{1,9}}authors?"
    r"\s{1,9}not\s{1,9}shown\)$"
)
# A piece of a list of authors: commas inside brackets separate nothing.
_PIECE = re.compile(r"(?:[^,()]|\([^()]*\)|[()])+")
# "Jr." after a comma is no name of its own
_SUFFIXES = frozenset(("Jr", "Jr.", "Sr", "Sr.", "II", "III", "IV"))
# What a page says in the place of authors that it cannot tell.
_NO_AUTHORS = re.compile(r"\(?author list (?:is )?unavailable\)?", re.IGNORECASE)
# The colon after a group: "The Pines Group: Ann Lee"
_COLON = re.compile(r"\s*+:(?=\s|$)")
_LETTER = re.compile(r"[^\W\d_]")
_DAY = rf"(?P<day>\d{{1,2}}) (?P<month>{MONTH}),? (?P<year>\d{{4}})"
_SUBMITTED = re.compile(rf"^Submitted {_DAY}")  # "Submitted 28 May, 2025;"
_FIRST = re.compile(rf"v1 submitted {_DAY}")  # "v1 submitted 16 January, 2025;"
_ANNOUNCED = re.compile(rf"originally announced (?P<month>{MONTH}),? (?P<year>\d{{4}})")
# "Showing 1–200 of 77,800 results for abstract: distributed systems"
_SHOWING = re.compile(
    rf"Showing (?P<first>{NUMBER})[–-](?P<last>{NUMBER}) of {NUMBER} results"
    r"(?: for (?P<query>\S.*))?"
)


def read_category(shown: str) -> str | None:
    """Return the category that a page shows, whatever a line end did to it; None if it is none.

    >>> read_category("cond-mat.stat- mech"), read_category("astroph.GA"), read_category("cs.LG")
    ('cond-mat.stat-mech', 'astro-ph.GA', 'cs.LG')
    >>> read_category("a-b")
    """
    code = "".join(shown.split())
    known = _WITHOUT_HYPHENS.get(code.replace("-", ""))
    return known or (code if _CATEGORY.fullmatch(code) else None)


def abs_url(arxiv_id: str | None) -> str | None:
    """Return the address of a paper's page."""
    return f"https://arxiv.org/abs/{arxiv_id}" if arxiv_id else None


def read_showing(text: str) -> dict[str, Any] | None:
    """Read the heading of a page of results: its query, and how many papers this page lists.

    >>> read_showing("Showing 51–100 of 160 results for author: Roe, Kim")
    {'query': 'author: Roe, Kim', 'declared_papers': 50}
    """
    showing = _SHOWING.fullmatch(text)
    if showing is None:
        return None
    first, last = (read_number(showing[key]) for key in ("first", "last"))
    return {"query": showing["query"], "declared_papers": max(last - first + 1, 0)}


def read_authors(text: str, listed: list[str] | None = None, *, is_uncut: bool) -> dict[str, Any]:
    """Read the names, and the note on authors not shown.

    Args:
        text: the author lines; one name per line, or all on one line.
        listed: the names, where the page's markup separates them.
        is_uncut: whether the page goes on below the names, so that they are not cut.

    Returns:
        The record's fields authors, authors_complete and n_authors_total.
    """
    hidden = _HIDDEN.search(text) if "shown)" in text else None
    shown = text[: hidden.start()] if hidden else text
    if "navailable" in text and _NO_AUTHORS.fullmatch(text.strip()):
        shown, listed = "", None
    authors = _read_listed(listed) if listed else _split_names(shown)
    n_hidden = read_number(hidden["n"]) if hidden else 0
    is_known = bool(authors) and (hidden is not None or is_uncut)
    return {
        "authors": authors,
        "authors_complete": not n_hidden if is_known else (None if authors else False),
        "n_authors_total": len(authors) + n_hidden if is_known else None,
    }


def _read_listed(names: list[str]) -> tuple[AuthorName, ...]:
    """Read names that markup separates: the colon after a group is nobody, and in no name."""
    return tuple([author for author in map(_read_piece, names) if author])


def _split_names(text: str) -> tuple[AuthorName, ...]:
    # In compact text a line is a name, which may hold a comma of its own; not half of them do.
    lines = text.split("\n")
    n_commas = sum(["," in line.rstrip(", ") for line in lines]) if len(lines) > 1 else 0
    is_listed = len(lines) > 1 and n_commas < len(lines) / 2
    separator = "\n" if is_listed else ","
    text = _COLON.sub(separator, text) if ":" in text else text
    has_brackets = separator == "," and "(" in text
    pieces = _PIECE.findall(text) if has_brackets else text.split(separator)
    authors = tuple([author for author in map(_read_piece, pieces) if author])
    if _SUFFIXES.isdisjoint([author.raw_name for author in authors]):
        return authors
    names: list[str] = []
    for author in authors:
        if names and author.raw_name in _SUFFIXES:
            names[-1] += f", {author.raw_name}"
        else:
            names.append(author.raw_name)
    return tuple(map(read_name, names))


@lru_cache(maxsize=16_384)  # on a page, and on pages read together, names recur
def _read_piece(piece: str) -> AuthorName | None:
    """Read one of several names; a piece without a letter is none."""
    name = fold_space(piece.strip().rstrip(",:"))
    return read_name(name) if _LETTER.search(name) else None


@lru_cache(maxsize=1024)  # neighbours on a page mostly share their dates
def read_dates(text: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Read a card's dates: `Submitted` is the latest version's, `v1 submitted` the first's.

    Returns:
        The fields of a record, and the dates shown that do not exist.

    >>> read_dates("Submitted 30 February, 2024; originally announced March 2024.")[1]
    ('Submitted 30 February, 2024',)
    """
    wrong: list[str] = []
    text = fold_space(text)
    latest = _read_day(_SUBMITTED.search(text), wrong)
    first = _read_day(_FIRST.search(text), wrong) if "v1 submitted" in text else latest
    month = _ANNOUNCED.search(text)
    dates = {
        "published_date": first,
        "updated_date": latest,
        "announced_month": f"{month['year']}-{month_number(month['month']):02}" if month else None,
        "year": first.year if first else None,
        "is_year_inferred": False if first else None,
    }
    return dates, tuple(wrong)


def _read_day(match: re.Match[str] | None, wrong: list[str]) -> date | None:
    if match is None:
        return None
    day = make_date(int(match["year"]), month_number(match["month"]), int(match["day"]))
    if day is None or day.year not in YEARS:
        wrong.append(match[0])
        return None
    return day
