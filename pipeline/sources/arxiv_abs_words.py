"""What arXiv's page of one paper says in the same words as HTML and as text.

What belongs here: the history of its versions, the identifiers, names with their affiliations. What
does not: elements (`sites.arxiv_abs`), lines (`arxiv_abs_text`).
"""

import re
from datetime import date
from typing import Any

from pipeline.contract.findings import Record
from pipeline.sources.arxiv_words import ARXIV_ID, abs_url, read_authors
from pipeline.sources.reading import YEARS, is_cut
from pipeline.text.dates import MONTH, make_date, month_number
from pipeline.text.identifiers import find_doi
from pipeline.text.whitespace import fold_space

_DAY = rf"(?P<day>\d{{1,2}}) (?P<month>{MONTH}) (?P<year>\d{{4}})"
# "[v1] Mon, 3 Jun 2024 17:59:59 UTC (123 KB)"; a mark of bold type may stand around the version
_VERSION = re.compile(rf"\[v(?P<n>\d{{1,3}})\\?\]\W{{0,12}}[A-Z][a-z]{{2}},\s{{1,4}}{_DAY}")
# "[Submitted on 3 Jun 2024 (v1), last revised 5 Jul 2024 (this version, v2)]"
SUBMITTED = re.compile(rf"[\[(]\s?Submitted on {_DAY}")
_REVISED = re.compile(rf"(?:last revised|latest version) {_DAY}")
_NAMED_VERSION = re.compile(r"\bv(\d{1,3})\b")
_HAS_OTHERS = re.compile(r"\(\s?v1\s?\)|this version")
_THIS_VERSION = re.compile(rf"\(or\s{{1,40}}arXiv:{ARXIV_ID}")  # "(or arXiv:2406.01234v2 [cs.CL]"
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s|<>\"]{1,200}")
_ARXIV_DOI = "10.48550/"  # what arXiv gives every paper; not the publisher's
UNREAD_NAMES = "The names cannot be told from affiliations: the card is kept without them."
_LONGEST_HISTORY = 40_000  # characters; a paper has some versions, not thousands

# "et al. (32 additional authors not shown)", what stands below is for the reader of the page
_HIDDEN = re.compile(r",?\s?et al\.\s?\(\d[\d,]{0,6} additional authors? not shown\)")
# "View a PDF of the paper titled ..." and the like: what stands below the names, or behind them.
AFTER_NAMES = re.compile(
    r"\s*(?:View a PDF of the paper titled|View PDF|Download(?: a)? PDF|Download:"
    r"|HTML \(experimental|TeX Source|Other [Ff]ormats|You must enable JavaScript"
    r"|[\[(]Submitted on )"
)
_BRACKETS = re.compile(r"\([^()]{0,2000}\)")
_MOST_DEPTH = 4
_UNLIKE_NAMES = frozenset("()[]<>|")


def read_history(history: str, dateline: str) -> dict[str, Any]:
    """Read when a paper was first submitted and last revised, as fields of a record.

    Args:
        history: the text below "Submission history", which names every version's day.
        dateline: "[Submitted on ...]", for where the history is missing.

    >>> read_history("[v1] Mon, 3 Jun 2024 17:59:59 UTC (9 KB)", "")["updated_date"]
    datetime.date(2024, 6, 3)
    """
    found = _VERSION.finditer(history[:_LONGEST_HISTORY])
    days = {int(match["n"]): _read_day(match) for match in found}
    first, latest = days.get(1), days.get(max(days, default=0))
    submitted, revised = SUBMITTED.search(dateline), _REVISED.search(dateline)
    newest = max(map(int, _NAMED_VERSION.findall(dateline)), default=0)
    if days and newest > max(days):  # the history is cut
        latest = _read_day(revised) if revised else None
    if not days:
        first = _read_day(submitted) if submitted else None
        latest = _read_day(revised) if revised else None
        if revised is None and not _HAS_OTHERS.search(dateline):
            latest = first
    return {
        "published_date": first,
        "updated_date": latest,
        "year": first.year if first else None,
        "is_year_inferred": False if first else None,
    }


def _read_day(match: re.Match[str]) -> date | None:
    day = make_date(int(match["year"]), month_number(match["month"]), int(match["day"]))
    return day if day and day.year in YEARS else None


def read_version(text: str) -> int | None:
    """Return which version a page shows: "(or arXiv:2406.01234v2 [cs.CL] for this version)"."""
    match = _THIS_VERSION.search(text)
    return int(match["version"]) if match and match["version"] else None


def read_doi(text: str) -> str | None:
    """Return the publisher's DOI, if a text names one and no other.

    >>> read_doi("https://doi.org/10.48550/arXiv.2406.1 https://doi.org/10.1000/geese.7")
    '10.1000/geese.7'
    """
    shown = {find_doi(doi) for doi in _DOI.findall(text) if not doi.startswith(_ARXIV_DOI)}
    found = {doi for doi in shown if doi}
    return found.pop() if len(found) == 1 else None


def read_shown_names(text: str, *, is_uncut: bool) -> dict[str, Any] | None:
    """Read the line of authors, without affiliations, as fields of a record.

    Args:
        text: "Mara Ilves (1), Jonas Petri (1 and 2) ((1) Goose Institute, (2) Pond University)".
        is_uncut: whether the page goes on below.

    Returns:
        None where affiliations or addresses cannot be told from the names.
    """
    hidden = _HIDDEN.search(text)
    below = AFTER_NAMES.search(text)
    ends = [match.start() for match in (hidden, below) if match]
    names = text[: min(ends, default=len(text))]
    for _ in range(_MOST_DEPTH):
        names = _BRACKETS.sub(" ", names)
    if not _UNLIKE_NAMES.isdisjoint(names):
        return None
    names = re.sub(r"\s,", ",", fold_space(names).strip(" ,:"))
    note = hidden[0] if hidden and not (below and below.start() < hidden.start()) else ""
    return read_authors(names + note, is_uncut=is_uncut)


def make_record(
    lines: tuple[int, int],
    raw_title: str,
    title: str,
    arxiv_id: str,
    *,
    is_drawn: bool = False,
    **fields: Any,  # noqa: ANN401
) -> Record:
    """Make the record of a page, with its flags.

    Args:
        lines: the first and the last line of what the page says of the paper.
        raw_title: as it stands there.
        title: with white space folded.
        arxiv_id: without version.
        is_drawn: whether formulas on the page lost their TeX.
        **fields: other fields of the record, `abstract`, `authors` and the dates among them.
    """
    abstract = fields["abstract"]
    flags = (
        ("no_author_line", not fields["authors"]),
        ("no_date", fields["published_date"] is None),
        ("no_abstract", abstract is None),
        ("cut_abstract", abstract is not None and is_cut(abstract)),
        ("drawn_formula", is_drawn),
    )
    return Record(
        line_start=lines[0],
        line_end=lines[1],
        raw_title=raw_title,
        title=title,
        arxiv_id=arxiv_id,
        url=abs_url(arxiv_id),
        is_abstract_complete=None if abstract is None else not is_cut(abstract),
        record_type="preprint",
        flags=tuple(flag for flag, holds in flags if holds),
        **fields,
    )
