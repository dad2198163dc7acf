"""What every site's module shares: the dump as it comes in, blocks, year-less dates, names.

What belongs here: helpers that at least two sites use, and the `Source` protocol. What does
not: anything that knows one site's words.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import compress, count, pairwise
from typing import NamedTuple, Protocol

from pipeline.schema import (
    UNCLAIMED,
    AuthorName,
    Form,
    Furniture,
    Issue,
    PageFacts,
    ParseResult,
    Record,
)
from pipeline.text import fold_space, make_date, month_number, name_key

# "Fan Yang 0024": DBLP tells people of one name apart by four digits.
_HOMONYM = re.compile(r"^(?P<name>.*\S)\s+(?P<homonym>\d{4})$")

# Signs that a page puts where it cuts a text: "…of the mass distribution", "while these…".
_ELLIPSES = ("…", "...")

# "46", "4,915": a number as pages write it, small enough for any column.
NUMBER = r"(?:\d{1,3}(?:,\d{3}){1,2}|\d{1,9})"

# Other years are slips of the page or of whoever saved it.
YEARS = range(1800, 2201)

# Saved markup may have lost its head; a text may quote a tag or two, but not so many.
_CLOSING_TAG = re.compile(r"</(?:a|article|dd|div|dl|dt|h\d|li|ol|p|span|ul)>")
_MARKUP_TAGS = 6

# A spaced dump keeps blocks apart by blank lines, a compact one has hardly any.
_SPACED_SHARE = 0.15


@dataclass(frozen=True)
class Dump:
    """One saved page, decoded and split.

    Attributes:
        lines: all lines, blank ones included; line n of the file is `lines[n - 1]`.
        form: how the page was saved.
        captured_on: the day it was saved, where somebody said so.
        first_line: where `lines[0]` stands in the file, of which this may be a section; readers
            count lines from 1 all the same.
    """

    lines: tuple[str, ...]
    form: Form
    captured_on: date | None = None
    first_line: int = 1

    @cached_property
    def text(self) -> str:
        """All lines as one text, for readers of markup."""
        return "\n".join(self.lines)

    @cached_property
    def text_lines(self) -> "list[Line]":
        """The non-blank lines, in order; made once, for every site that looks at the page."""
        texts = [raw.strip().strip("\ufeff") for raw in self.lines]
        lines = map(Line._make, zip(count(1), texts, self.lines, strict=False))
        return list(compress(lines, texts))


class Line(NamedTuple):
    """A non-blank line: its 1-based number, its text without outer white space, the raw text."""

    number: int
    text: str
    raw: str


class Source(Protocol):
    """What a site's module offers; the registry in `pipeline.sources` lists the modules.

    A module that reads some forms only names them in `FORMS`: it is not asked about others. A
    site of this package may also have `marks(dump)`, the numbers of the lines that only its cards
    have, or `likely(dump)` for pages without such lines: its pages are then found in files that
    hold pages of several sites (`sections`).
    """

    NAME: str

    def detect(self, dump: Dump) -> int:
        """Return how many cards of this site the dump seems to hold; 0 for another site's."""
        ...

    def parse(self, dump: Dump) -> ParseResult:
        """Read the dump: pure, no clock, no files; never raises on bad text."""
        ...


def guess_form(lines: tuple[str, ...]) -> Form:
    """Tell the form of a page from its text alone.

    >>> guess_form(("<!doctype html>", "<html>"))
    'html'
    >>> guess_form(("a", "", "b", "", "c"))
    'spaced'
    """
    head = "\n".join(lines[:50])[:5000].lstrip("\ufeff \n\t").lower()
    if "<html" in head or "<body" in head or head.startswith("<!doctype html"):
        return "html"
    if len(_CLOSING_TAG.findall(head)) >= _MARKUP_TAGS:
        return "html"
    n_text = sum(map(bool, map(str.strip, lines)))
    # Blank lines at the ends say nothing about how blocks are kept apart.
    n_blank = "\n".join(lines).strip().count("\n") + 1 - n_text
    return "spaced" if n_text and n_blank / (n_text + n_blank) >= _SPACED_SHARE else "compact"


def text_lines(dump: Dump) -> list[Line]:
    """Return the non-blank lines of a dump, in order."""
    return dump.text_lines


def cut_at(lines: list[Line], starts: Iterable[int]) -> Iterator[list[Line]]:
    """Cut lines into pieces, each beginning at one of the indexes `starts` (ascending)."""
    bounds = [*starts, len(lines)]
    for begin, end in pairwise(bounds):
        yield lines[begin:end]


def read_name(raw: str) -> AuthorName:
    """Read one author name, taking DBLP's homonym number off.

    >>> read_name("Fan Yang 0024")
    AuthorName(raw_name='Fan Yang 0024', name='Fan Yang', homonym_id='0024')
    """
    name = fold_space(raw)
    found = _HOMONYM.match(name) if name[-1:].isdecimal() else None
    if found:
        return AuthorName(raw, found["name"], found["homonym"])
    return AuthorName(raw, name)


def infer_year(explicit_years: Iterable[int], captured_on: date | None) -> int | None:
    """Return the year that year-less dates of a page belong to, or None if nothing bounds it.

    A page omits the year when it is the year the page was saved: the capture year if known,
    else the smallest year later than every year the page's dates spell out.

    >>> infer_year([2019, 2024], None), infer_year([2019], date(2022, 1, 1)), infer_year([], None)
    (2025, 2022, None)
    """
    if captured_on is not None:
        return captured_on.year
    latest = max((year for year in explicit_years if year in YEARS), default=None)
    return None if latest is None else latest + 1


def shared_author(records: Iterable[Record]) -> str | None:
    """Return the name that most cards of an author's page share, or None if none stands out.

    A page without a heading is still somebody's: a name on at least half of the cards, and on
    at least three, that no other name equals.
    """
    spellings: dict[str, Counter[str]] = {}
    n_records = 0
    for record in records:
        n_records += 1
        for name in {author.name for author in record.authors}:
            spellings.setdefault(name_key(name) or name, Counter())[name] += 1
    ranked = sorted(
        ((sum(names.values()), key) for key, names in spellings.items()),
        key=lambda item: (-item[0], item[1]),
    )
    if not ranked or ranked[0][0] < max(3, n_records / 2):
        return None
    if len(ranked) > 1 and ranked[1][0] == ranked[0][0]:
        return None
    names = spellings[ranked[0][1]]
    return min(names, key=lambda name: (-names[name], name))


def join_text(lines: Iterable[Line]) -> str | None:
    """Fold lines into one text, paragraphs joined by a space; None where there are none."""
    return fold_space(" ".join(line.text for line in lines)) or None


def raw_text(lines: Iterable[Line]) -> str | None:
    """Return lines verbatim, one per line; None where there are none."""
    return "\n".join(line.raw for line in lines) or None


def is_cut(text: str) -> bool:
    """Tell whether a text starts or ends with the ellipsis of a page that shows only a part.

    >>> is_cut("of the mass…"), is_cut("one ... two")
    (True, False)
    """
    return text.startswith(_ELLIPSES) or text.endswith(_ELLIPSES)


@dataclass
class Findings:
    """What a parser has found so far on a page."""

    records: list[Record] = field(default_factory=list)
    furniture: list[Furniture] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)

    def furnish(self, lines: Iterable[Line], name: str) -> None:
        """Name each of some lines as page furniture."""
        self.furniture += [Furniture(line.number, line.number, name) for line in lines]

    def report(self, kind: str, message: str, lines: list[Line]) -> None:
        """Report something about some (at least one) lines, with their text."""
        self.issues.append(Issue(kind, message, lines[0].number, lines[-1].number, raw_text(lines)))

    def leave(self, lines: Iterable[Line], why: str) -> None:
        """Report lines that no rule could use, one issue for each run of neighbours."""
        runs: list[list[Line]] = []
        for line in lines:
            if runs and line.number == runs[-1][-1].number + 1:
                runs[-1].append(line)
            else:
                runs.append([line])
        for run in runs:
            self.report(UNCLAIMED, why, run)

    def result(self, page: PageFacts) -> ParseResult:
        """Return all findings as the value that leaves the parser."""
        return ParseResult(page, tuple(self.records), tuple(self.furniture), tuple(self.issues))


def read_number(text: str) -> int:
    """Read what `NUMBER` matches.

    >>> read_number("4,915")
    4915
    """
    return int(text.replace(",", ""))


@dataclass(frozen=True, slots=True)
class CardDate:
    """A card's date and what had to be done for it.

    Attributes:
        day: None where the day does not exist or nothing tells its year.
        year: also known where only the day is wrong.
        is_year_inferred: None where the year is unknown.
        flag: short code of what was odd, or None.
    """

    day: date | None
    year: int | None
    is_year_inferred: bool | None
    flag: str | None = None


def read_date(month: str, day: str, year: str | None, page_year: int | None) -> CardDate:
    """Read a date that may lack its year; `page_year` is what `infer_year` says.

    >>> read_date("Feb", "12", None, 2026).day, read_date("Feb", "30", "2024", None).flag
    (datetime.date(2026, 2, 12), 'bad_date')
    """
    known = int(year) if year else page_year
    if known is None:
        return CardDate(None, None, None, "year_unknown")
    if known not in YEARS:
        return CardDate(None, None, None, "bad_date")
    found = make_date(known, month_number(month), int(day))
    if found is None:
        return CardDate(None, known if year else None, False if year else None, "bad_date")
    return CardDate(found, known, not year, None if year else "year_inferred")
