"""What sites share when they read a page: names, year-less dates, findings.

What belongs here: helpers that at least two sites use, and the `Source` protocol. What does
not: anything that knows one site's words.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Protocol

from pipeline.contract.findings import (
    FORMS,
    UNCLAIMED,
    AuthorName,
    Form,
    Furniture,
    Issue,
    PageFacts,
    ParseResult,
    Record,
)
from pipeline.sources.dump import Dump, Line, Lines
from pipeline.text.dates import make_date, month_number
from pipeline.text.keys import name_keys
from pipeline.text.whitespace import fold_space

# "Fan Yang 0024": DBLP distinguishes people of one name by four digits.
_HOMONYM = re.compile(r"^(?P<name>.*\S)\s+(?P<homonym>\d{4})$")
# Signs that a page puts where it cuts a text: "…of the mass distribution", "while these…".
_ELLIPSES = ("…", "...")
_WORD_AND_HYPHEN = re.compile(r"\w-$")
# "46", "4,915": a number as pages write it, small enough for any column.
NUMBER = r"(?:\d{1,3}(?:,\d{3}){1,2}|\d{1,9})"
# "1", "[-] 1", "1.2k", "____", "[ ] Select": what says nothing of a paper; "…" says that a text is
# cut.
_LONE_COUNT = re.compile(
    r"(?!(?:…|\.\.\.)$)[\W_]{0,40}(?:\d[\d.,]{0,11}[KkM]?)?"
    r"|(?:\\?\[[ xX_-]?\\?\]|\(BUTTON\))\s.{0,40}"
)
_HEAD_LINES, _PROSE_CHARS = 2, 60
# Other years are slips of the page or of whoever saved it.
YEARS = range(1800, 2201)


class Source(Protocol):
    """What a site's module offers; a module in `sites` or named by a plug-in is found by itself.

    A module may also offer, if it has something to say:

    * `TITLE: str`: what people call the site, e.g. `Hugging Face`; else they are shown its name.
    * `FORMS: tuple[Form, ...]`: the forms it reads, if not all: it is not asked about others.

    * `BEGINS: re.Pattern` and `WHOLE: re.Pattern`, both or none: of its pages as text, whatever
      tool saved them, what matches at the start of a line that begins something (a card, a label,
      a list item), and what matches all of a line that is whole. Lines that a tool wrapped are
      joined by width; these say which lines are none of its work (`forms.site_lines`).
    * `INSIDE: re.Pattern`: with a group at each place where a line began, for cards that a tool put
      on one line; only where the site's labels make those places certain.
    * `INSIDE_WORDS: tuple[str, ...]`: words of which all that `INSIDE` matches holds one; lines
      without any are not asked, which takes a tenth of asking.

    and a module of this package also:

    * `NO_RESULTS: re.Pattern`: finds, in what a page shows, the words that stand in the place of
      papers where there are none. Only pages on which no paper was read are asked.
    * `CARD_MARKUP: str`: a pattern for what its cards have in the source of an HTML page. Where any
      site's stands outside of the cards that were read, something was not read and is reported.
    * `marks(dump) -> list[int]`: the numbers of the lines that only its cards have, in text;
      `sure(dump) -> list[int]`: the first and the last line of each page about one paper;
      `likely(dump) -> list[int]`: of a page without marks, the lines that look like titles. Its
      pages are then found in files that hold pages of several sites (`sections`).

    Attributes:
        NAME: the site in `source` columns: lower-case letters, digits and underscores.
    """

    NAME: str

    def detect(self, dump: Dump) -> int:
        """Return how many cards of this site the dump seems to hold; 0 for another site's."""
        ...

    def parse(self, dump: Dump) -> ParseResult:
        """Read the dump: pure, no clock, no files; never raises on bad text."""
        ...


def reads(source: Source, form: Form) -> bool:
    """Tell whether a site reads pages of a form: all sites do but those that name their forms."""
    return form in getattr(source, "FORMS", FORMS)


def cut_at(lines: Lines, starts: Iterable[int]) -> Iterator[Lines]:
    """Cut lines into pieces, each beginning at one of the indexes `starts` (ascending)."""
    bounds = [*starts, len(lines)]
    for begin, end in pairwise(bounds):
        yield lines[begin:end]


@lru_cache(maxsize=16_384)  # on a page, and on pages read together, names recur
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

    A page without a heading still belongs to a person: the name on at least half of the cards, and
    on at least three, if no other name is on as many.
    """
    n_records, names_shown = 0, Counter[str]()
    for record in records:
        n_records += 1
        names_shown.update({author.name for author in record.authors})
    spellings: dict[str, Counter[str]] = {}
    for name, key in zip(names_shown, name_keys(names_shown), strict=True):
        spellings.setdefault(key or name, Counter())[name] = names_shown[name]
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


def join_texts(texts: list[str]) -> str | None:
    """Fold texts of lines into one, paragraphs joined by a space; None where there are none."""
    return fold_space(" ".join(texts)) or None


def join_lines(texts: Iterable[str]) -> str:
    """Join lines; where one ends in a word and a hyphen, the word goes on in the next.

    >>> join_lines(["Energy-", "efficient nets -", "a survey"])
    'Energy-efficient nets - a survey'
    """
    joined = ""
    for text in texts:
        joined += text if not joined or _WORD_AND_HYPHEN.search(joined[-2:]) else f" {text}"
    return fold_space(joined)


def raw_text(lines: Iterable[Line]) -> str | None:
    """Return lines verbatim, one per line; None where there are none."""
    return "\n".join([line.raw for line in lines]) or None


def is_cut(text: str) -> bool:
    """Tell whether a text starts or ends with the ellipsis of a page that shows only a part.

    >>> is_cut("of the mass…"), is_cut("one ... two")
    (True, False)
    """
    return text.startswith(_ELLIPSES) or text.endswith(_ELLIPSES)


@lru_cache(maxsize=4096)  # lines that begin with a sign are counts, or names behind bullets
def _is_lone_count(text: str) -> bool:
    return _LONE_COUNT.fullmatch(text) is not None


@dataclass
class Findings:
    """What a parser has found so far on a page."""

    records: list[Record] = field(default_factory=list)
    furniture: list[Furniture] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)

    def furnish(self, lines: Iterable[Line], name: str) -> None:
        """Name each of some lines as page furniture."""
        self.furniture += [Furniture(line.number, line.number, name) for line in lines]

    def report(self, kind: str, message: str, lines: Sequence[Line]) -> None:
        """Report something about some (at least one) lines, with their text.

        Args:
            kind: short code of what it is, kept as `staging.issues.kind`.
            message: what people should know, and do.
            lines: what it is about.
        """
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

    def leave_counts(self, card: Lines) -> Lines:
        """Leave lone numbers and boxes below a card's opening and title; return the other lines.

        What a page counts, or draws for a button, says nothing of a paper, and hides its names. In
        the middle of prose a number may be a piece of that, and without a box one of the title.
        """
        texts = card.texts
        others = [text for text in texts[_HEAD_LINES:] if not text[0].isalpha()]
        if not any(map(_is_lone_count, others)):
            return card
        kept: list[int] = []
        for at, text in enumerate(texts):
            if len(kept) < _HEAD_LINES or text[0].isalpha() or not _is_lone_count(text):
                kept.append(at)
                continue
            above = card.texts[kept[-1]]
            if len(above) >= _PROSE_CHARS and above[-1] not in ".!?…" and len(kept) > _HEAD_LINES:
                kept.append(at)
        if len(kept) == len(card):
            return card
        known = set(kept)
        odd = [line for at, line in enumerate(card) if at not in known]
        numbers = [line for line in odd if line.text[0].isdigit()]
        self.leave(numbers, "A number that belongs to no part of the card: it was left out.")
        below = card.numbers[kept[-1]]
        self.furnish(
            (line for line in odd if line.number > below and not line.text[0].isdigit()), "button"
        )
        return Lines(
            [card.numbers[at] for at in kept],
            [card.texts[at] for at in kept],
            [card.raws[at] for at in kept],
        )

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
        day: None where the day does not exist or nothing says its year.
        year: also known where only the day is wrong.
        is_year_inferred: None where the year is unknown.
        flag: short code of what was odd, or None.
    """

    day: date | None
    year: int | None
    is_year_inferred: bool | None
    flag: str | None = None


@lru_cache(maxsize=1024)  # many cards of a page share a day
def read_date(month: str, day: str, year: str | None, page_year: int | None) -> CardDate:
    """Read a date that may lack its year.

    Args:
        month: its English name, full or three letters.
        day: digits.
        year: digits, None where the page omits it.
        page_year: the year of dates without one, as `infer_year` gives it.

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
