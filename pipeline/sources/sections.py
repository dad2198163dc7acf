"""Files that hold pages of several sites: cutting them, so that each page is read by its rules.

What belongs here: finding where the page of one site ends and that of another begins, from what
the sites' modules say of the lines. What does not: any site's words, reading cards, and pages of
one site below each other, which the site's own reader takes as one page.

How it works. Sites mark the lines that only their cards have (`marks`). Neighbouring marks of one
site are a run; of the lines between two runs as many go to either site as both understand best,
which their readers show on the few cards around.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby, pairwise
from typing import Any, NamedTuple

from pipeline.contract.findings import UNCLAIMED, Furniture, Issue, ParseResult, Record
from pipeline.sources.dump import Dump, guess_form
from pipeline.sources.plugins import PluginFaultError
from pipeline.sources.reading import Source, reads

# A line or two like another site's may stand in an abstract; a page has more.
_LEAST_MARKS = 2
# Of more cards, all of one kind by accident are as many as all of another.
_MOST_TIED = 20
# How many lines above the next site's first card may be its heading.
_MOST_BETWEEN = 120
_TAG = re.compile(r"</?[a-z][^<>]*>?", re.IGNORECASE)
_OPENS_MARKUP = re.compile(r"\s*<(?:!doctype html|html)\b", re.IGNORECASE)
_CLOSES_MARKUP = re.compile(r"</html\s*>", re.IGNORECASE)
_HTML_TAG = re.compile(r"<(?:!doctype html|/?html)\b", re.IGNORECASE)


# The number of a line, and the name of the site that marks it.
_Mark = tuple[int, str]


class Section(NamedTuple):
    """A piece of a file that holds cards of one site only."""

    source: Source
    dump: Dump

    def read(self) -> ParseResult:
        """Let the site read its section; the lines it names are numbered as in the file."""
        result, above = self.source.parse(self.dump), self.dump.first_line - 1
        if not above:
            return result
        return ParseResult(
            result.page,
            tuple(_moved(record, above) for record in result.records),
            tuple(_moved(part, above) for part in result.furniture),
            tuple(_moved(issue, above) for issue in result.issues),
        )


def _moved(found: Any, above: int) -> Any:  # noqa: ANN401 - each kind of finding stays what it is
    """Return a record, furniture or issue with its lines, if it names any, further down."""
    if found.line_start is None:
        return found
    return found._replace(line_start=found.line_start + above, line_end=found.line_end + above)


class _Run(NamedTuple):
    """Neighbouring marks of one site; `is_sure` says that no other line looks like them."""

    source: Source
    lines: list[int]
    is_sure: bool = True


def divide(dump: Dump, sources: Mapping[str, Source]) -> list[Section]:
    """Return a file as sections of one site each.

    Where more than one site has cards but their pages cannot be distinguished, the site with most
    cards has all of them.

    Args:
        dump: the whole file.
        sources: the sites that may be in it, by name.

    Returns:
        The sections in the order of the file, with all its lines; none if no site has cards in it.
    """
    found = [section for part in _documents(dump) for section in _sites(part, sources)]
    if len(found) < 2:
        return [section._replace(dump=dump) for section in found]
    # What holds no cards goes to the page above it, at the top of the file to the one below.
    begins = [1, *(section.dump.first_line for section in found[1:])]
    ends = [*begins[1:], len(dump.lines) + 1]
    return [
        Section(section.source, _part(dump, begin, end))
        for section, begin, end in zip(found, begins, ends, strict=True)
    ]


def most_likely(dump: Dump, sources: Mapping[str, Source]) -> Source | None:
    """Return the site that sees most cards in a page; None: no site sees any.

    Of several the one that understands it best: a page of one paper has one card, and one line of
    it may look like another site's.
    """
    counts = _count_cards(dump, sources)
    return _most(dump, counts, sources) if counts else None


def _count_cards(dump: Dump, sources: Mapping[str, Source]) -> dict[str, int]:
    """Return how many cards each site sees, of those that see any."""
    counts = {
        name: source.detect(dump) for name, source in sources.items() if reads(source, dump.form)
    }
    return {name: n_cards for name, n_cards in counts.items() if n_cards > 0}


def _most(dump: Dump, counts: Mapping[str, int], sources: Mapping[str, Source]) -> Source:
    """Return the site with most cards; of several, the one that understands the page best."""
    most = max(counts.values())
    likely = [sources[name] for name, n_cards in counts.items() if n_cards == most]
    if len(likely) == 1 or most > _MOST_TIED:
        return likely[0]

    def understood(source: Source) -> tuple[int, int]:
        try:
            n_cards, n_left = _understood(source, dump)
        except PluginFaultError:
            return -len(dump.lines), 0
        return n_cards, -n_left

    return max(likely, key=understood)


def _sites(part: Dump, sources: Mapping[str, Source]) -> list[Section]:
    """Return the sections of a piece that is all text or one document of markup."""
    counts = _count_cards(part, sources)
    if len(counts) > 1 and part.form != "html":
        sections = _cut(part, {name: sources[name] for name in counts})
        if sections:
            return sections
    return [Section(_most(part, counts, sources), part)] if counts else []


# ---------- markup


def _documents(dump: Dump) -> list[Dump]:
    """Cut a file where markup begins and ends."""
    begins = [1, *_turns(dump)]
    ends = [*begins[1:], len(dump.lines) + 1]
    # Blank lines below the end of a page make no second one.
    filled = [
        (begin, end)
        for begin, end in zip(begins, ends, strict=True)
        if any(map(str.strip, dump.lines[begin - 1 : end - 1]))
    ]
    return [dump] if len(filled) < 2 else [_part(dump, begin, end) for begin, end in filled]


def _turns(dump: Dump) -> Iterator[int]:
    """Yield the numbers of the lines from which on a file is markup, or no longer is.

    Markup whose end was cut off ends with its last tag.
    """
    begin, is_markup, is_opened = 1, dump.form == "html", False
    for number in _lines_with_html_tag(dump):
        line = dump.lines[number - 1]
        if not is_opened and _OPENS_MARKUP.match(line):
            if number > begin:
                yield number
            begin, is_markup, is_opened = number, True, True
        if is_markup and _CLOSES_MARKUP.search(line):
            begin, is_markup, is_opened = number + 1, False, False
            yield begin
    if is_markup:
        below = range(len(dump.lines), begin, -1)
        yield next((n for n in below if _TAG.search(dump.lines[n - 1])), begin) + 1


def _lines_with_html_tag(dump: Dump) -> Iterator[int]:
    if "<" not in dump.text:
        return
    number, at, last = 1, 0, 0
    for found in _HTML_TAG.finditer(dump.text):
        number += dump.text.count("\n", at, found.start())
        at = found.start()
        if number != last:
            yield number
        last = number


# ---------- text


def _cut(part: Dump, sources: Mapping[str, Source]) -> list[Section]:
    """Cut text into sections, each of another site than its neighbours; none: it is one page."""
    runs = _fill_gaps(part, _runs(part, sources), sources)
    if len(runs) < 2:
        return []
    bounds = [_bound(part, above, below) for above, below in pairwise(runs)]
    begins = [part.first_line, *bounds]
    ends = [*bounds, part.first_line + len(part.lines)]
    return [
        Section(run.source, _part(part, begin, end))
        for run, begin, end in zip(runs, begins, ends, strict=True)
    ]


def _marks(source: Source, dump: Dump) -> list[int]:
    return _ask(getattr(source, "marks", None), dump)


def _likely(source: Source, dump: Dump) -> list[int]:
    return _ask(getattr(source, "likely", None), dump)


def _sure(source: Source, dump: Dump) -> list[int]:
    """Return the first and the last line of pages about one paper, which have one mark each."""
    return _ask(getattr(source, "sure", None), dump)


def _ask(which: Callable[[Dump], list[int]] | None, dump: Dump) -> list[int]:
    above = dump.first_line - 1
    return [line + above for line in which(dump)] if which else []


def _runs(dump: Dump, sources: Mapping[str, Source]) -> list[_Run]:
    """Return the runs of marks; runs too short to be a page are no marks at all."""
    marked = sorted((line, name) for name in sources for line in _marks(sources[name], dump))
    marked = list(_without_strays(marked))
    sure = {(line, name) for name in sources for line in _sure(sources[name], dump)}
    long = [
        run
        for run in _neighbours(sorted({*marked, *sure}))
        if len(run) >= _LEAST_MARKS or not sure.isdisjoint(run)
    ]
    kept = _neighbours(mark for run in long for mark in run)
    return [_Run(sources[run[0][1]], [line for line, _ in run]) for run in kept]


def _without_strays(marked: list[_Mark]) -> Iterator[_Mark]:
    """Yield all marks but those of lines in an abstract that look like another site's.

    Such a one stands alone, and nearer to marks of the site above and below than to one of its own.
    """
    runs = _neighbours(marked)
    lines: dict[str, list[int]] = {}
    for line, name in marked:
        lines.setdefault(name, []).append(line)
    around: list[list[_Mark]] = [[], *runs, []]
    for above, run, below in zip(around, runs, around[2:], strict=False):
        line, name = run[0]
        own, at = lines[name], bisect_left(lines[name], line)
        others = own[max(at - 1, 0) : at] + own[at + 1 : at + 2]
        nearest = min((abs(line - other) for other in others), default=line)
        is_inside = len(run) == 1 and above and below and above[-1][1] == below[0][1]
        if not is_inside or nearest <= max(line - above[-1][0], below[0][0] - line):
            yield from run


def _neighbours(marked: Iterable[_Mark]) -> list[list[_Mark]]:
    return [list(run) for _, run in groupby(marked, key=lambda mark: mark[1])]


def _fill_gaps(dump: Dump, runs: list[_Run], sources: Mapping[str, Source]) -> list[_Run]:
    """Add the pages without marks, which stand above, between and below those with marks."""
    begins = [dump.first_line, *(run.lines[-1] + 1 for run in runs)]
    ends = [*(run.lines[0] for run in runs), dump.first_line + len(dump.lines)]
    found = list(runs)
    for begin, end in zip(begins, ends, strict=True):
        gap = _part(dump, begin, end)
        for source in sources.values():
            lines = _likely(source, gap)
            if len(lines) >= _LEAST_MARKS:
                found.append(_Run(source, lines, is_sure=False))
    return sorted(found, key=lambda run: run.lines[0])


def _bound(dump: Dump, above: _Run, below: _Run) -> int:
    """Return the line where the lower of two neighbouring pages begins.

    It is the first one from which on both sites read the most cards, and leave the fewest lines,
    of what stands around: the last cards of the one and the first of the other. The reader of a
    page without marks takes anything for a card; below such a page the lower one decides alone.
    """
    first = below.lines[0]
    last = above.lines[-1] if above.is_sure else above.lines[0]
    last = max(last, first - _MOST_BETWEEN)
    begin = above.lines[-2:][0]
    end = below.lines[2] if len(below.lines) > 2 else dump.first_line + len(dump.lines)

    def understood(at: int) -> tuple[int, int]:
        n_cards, n_left = _understood(below.source, _part(dump, at, end))
        if above.is_sure:
            more_cards, more_left = _understood(above.source, _part(dump, begin, at))
            return n_cards + more_cards, -n_left - more_left
        return n_cards, -n_left

    between = _part(dump, last + 1, first + 1)
    filled = [last + line.number for line in between.text_lines]
    return max(filled, key=understood, default=first)


def _understood(source: Source, part: Dump) -> tuple[int, int]:
    """Return how much of some lines a site understands: (cards, lines left).

    A card without any mark counts against the site: it makes cards of what is none of its own.
    """
    result = Section(source, part).read()
    marks = _marks(source, part) or _likely(source, part)
    n_marked = sum(
        bisect_left(marks, record.line_start) < bisect_right(marks, record.line_end)
        for record in result.records
    )
    left = [issue for issue in result.issues if issue.kind == UNCLAIMED]
    claimed = {*_lines_of(result.records), *_lines_of(result.furniture)}
    filled = {part.first_line - 1 + line.number for line in part.text_lines}
    n_left = len(filled) - len(filled & claimed.difference(_lines_of(left)))
    return 2 * n_marked - len(result.records), n_left


def _lines_of(found: Iterable[Record | Furniture | Issue]) -> Iterator[int]:
    for item in found:
        if item.line_start and item.line_end:
            yield from range(item.line_start, item.line_end + 1)


def _part(dump: Dump, begin: int, end: int) -> Dump:
    """Return some lines of a file, by their numbers in it; `end` is the first one left out."""
    above = begin - dump.first_line
    lines = dump.lines[above : end - dump.first_line]
    links, pieces = (
        {
            number - above: found
            for number, found in of_lines.items()
            if 0 < number - above <= len(lines)
        }
        for of_lines in (dump.links, dump.pieces)
    )
    # The address of a file is that of the page at its top.
    address = dump.address if begin <= 1 else None
    return Dump(lines, guess_form(lines), dump.captured_on, begin, links, pieces, address=address)
