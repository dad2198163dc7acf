"""One way to read a dump: as it stands, or undone; and which of the two is better.

What belongs here: letting the sites read the lines, judging what they found. What does not: what
becomes of it (`reading`), knowledge of a site (`sources`), of a form (`forms`), the rules
(`plausibility`).
"""

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from pipeline.contract.findings import Form as FormName
from pipeline.contract.findings import ParseResult, Record
from pipeline.extraction.card_lines import next_filled, several_texts
from pipeline.extraction.decoding import DumpFaultError
from pipeline.extraction.ledger import Ledger
from pipeline.extraction.other_files import text_kind
from pipeline.extraction.plausibility.gate import Broken, Judged, judge
from pipeline.extraction.plausibility.pages import Form, doubtful_cards, torn_cards, why_set_aside
from pipeline.extraction.renumbering import Spans, joined
from pipeline.extraction.repairs import repair_records
from pipeline.extraction.site_lines import known_lines
from pipeline.extraction.unknown_pages import describe_unknown, describe_unread, site_words
from pipeline.forms.marks import numbered
from pipeline.forms.signs import signs, still_wrapped
from pipeline.forms.site_lines import any_site
from pipeline.forms.undo import undo
from pipeline.forms.unpack import PACKINGS, address_in, unpack
from pipeline.sources.dump import Dump, guess_form
from pipeline.sources.page_address import remade
from pipeline.sources.plugins import PluginFaultError
from pipeline.sources.registry import divide
from pipeline.sources.sections import Section
from pipeline.sources.shown_text import shown_text
from pipeline.text.whitespace import split_lines

# A page is read only if most of its lines make sense; else the likeness is an accident.
_MIN_CLAIMED_SHARE = 0.5
# So many cards without a title, and such a share, are no accident.
_LEAST_TORN, _TORN_SHARE = 2, 0.2
# What may have put lines between a title and its text.
_PARTING = frozenset(("wrapping", "markers", "nodes"))
# Issues of cards that a site's reader did not read, since their lines seem to be torn.
_LEFT_OUT = frozenset(("torn_card", "missing_title"))
# Of the papers that a page says it lists, which its undone form has.
_FOUND_SHARE = 0.5
# What a page may be taken out of; that says nothing against its lines.
_TAKEN_OUT = PACKINGS | {"markup"}


class Page(NamedTuple):
    """A section of a dump, mostly all of it, and what its site's parser found, repaired."""

    section: Section
    result: ParseResult
    rare: str | None = None  # the rare characters of its cards' texts, where they are known

    @property
    def name(self) -> str:
        """The site."""
        return self.section.source.NAME


@dataclass(frozen=True)
class Reading:
    """What was read of a dump's lines.

    Attributes:
        dump: the lines that the sites were given.
        pages: its sections; the one with most cards comes first. Empty: see `fault`.
        fault: why it cannot be read.
        steps: what was undone before.
        spans: of which lines of the file each line is made; None: they are the file's.
        uncertain: numbers of lines of which it is not sure whether they end, or begin, there.
        signs: codes of steps that seemed to be due, from a look at the page as it stands.
    """

    dump: Dump
    pages: tuple[Page, ...] = ()
    fault: DumpFaultError | None = None
    steps: tuple[str, ...] = ()
    spans: Spans | None = None
    uncertain: Collection[int] = frozenset()
    signs: tuple[str, ...] = ()

    @property
    def undone(self) -> tuple[str, ...]:
        """What was undone of the form of the text, what it was taken out of aside."""
        return tuple(step for step in self.steps if step not in _TAKEN_OUT)

    @property
    def is_text(self) -> bool:
        """Whether the lines are text, no markup."""
        return self.dump.form != "html"

    @property
    def form_name(self) -> FormName:
        """The form of the page with most cards, as raw.dumps names it."""
        return self.pages[0].section.dump.form if self.pages else self.dump.form

    @cached_property
    def in_order(self) -> tuple[Page, ...]:
        """The sections in the order of the file."""
        return tuple(sorted(self.pages, key=lambda page: page.section.dump.first_line))

    @cached_property
    def records(self) -> tuple[Record, ...]:
        """All cards, in the order of the file, numbered by the lines that were read."""
        return tuple(chain.from_iterable(page.result.records for page in self.in_order))

    @cached_property
    def ledger(self) -> Ledger:
        """The owners of the lines that were read."""
        return Ledger(self.dump, *(page.result for page in self.pages))

    @cached_property
    def judged(self) -> Judged:
        """What the gate says of the cards."""
        parts = [page.rare for page in self.pages]
        return judge(self.records, None if None in parts else "\n".join(filter(None, parts)))

    @cached_property
    def form(self) -> Form:
        """How sure the lines are."""
        near, beside = self._near_unclaimed()
        spans = self.spans or ()
        joined_lines = {n for n, (first, last) in enumerate(spans, 1) if first < last}
        is_undone = bool(self.undone)
        return Form(
            is_undone,
            "wrapping" not in self.steps and self.is_text and still_wrapped(self.dump.stripped),
            frozenset(joined_lines | near) | frozenset(self.uncertain),
            frozenset(self.uncertain),
            frozenset(beside),
            is_printed="page_breaks" in (*self.steps, *self.signs),
            is_unmarked=self._is_unmarked,
            several=several_texts(self.records, self.dump.stripped)
            if "wrapping" in self.steps and self._is_unmarked
            else frozenset(),
            seems_wrapped="wrapping" in self.signs and "wrapping" not in self.steps,
        )

    @property
    def _is_unmarked(self) -> bool:
        """Whether neither blank lines nor a line that a site knows tells where cards begin."""
        is_compact = self.dump.form == "compact"
        is_unsure = bool(self.uncertain) or "wrapping" in self.steps
        return is_compact and is_unsure and not self._is_any_begun

    @property
    def _is_any_begun(self) -> bool:
        """Whether a card begins with a line that a site knows."""
        begins, texts = any_site(known_lines()).begins, self.dump.stripped
        return any(begins(texts[record.line_start - 1]) for record in self.records)

    def _near_unclaimed(self) -> tuple[set[int], set[int]]:
        """Return the numbers of the lines nearest to those that nobody understood.

        Returns:
            All, over blank lines; and those of which blank lines between say nothing: inside a
            card, and where lines were joined.
        """
        texts, starts = self.dump.stripped, [record.line_start for record in self.records]
        begins = any_site(known_lines()).begins
        near: set[int] = set()
        beside: set[int] = set()
        for number in self.ledger.not_understood():
            if not any(map(str.isalnum, texts[number - 1])):
                continue  # signs that images or bullets left
            # A title does not go on from a line that begins something else: a label, a date.
            sides = (-1,) if begins(texts[number - 1]) else (-1, 1)
            filled = {next_filled(texts, number, side) for side in sides}
            right_there = {number, *(number + side for side in sides)}
            near |= filled | right_there
            at = bisect_right(starts, number) - 1
            is_inside = at >= 0 and number <= self.records[at].line_end
            is_apart = not is_inside and "wrapping" not in self.steps
            beside |= right_there if is_apart else right_there | filled
        return near, beside

    @cached_property
    def held(self) -> dict[int, Broken]:
        """The cards that are held back, by their places."""
        is_odd = self.judged.soft or self.undone or self.uncertain
        torn = torn_cards(self.records, self.dump.stripped) if self.is_text else {}
        if not (is_odd or self.ledger.not_understood()):
            return {**torn, **self.judged.guessed, **self.judged.hard}
        doubtful = doubtful_cards(self.records, self.judged, self.dump.lines, self.form)
        return {**torn, **self.judged.guessed, **doubtful, **self.judged.hard}

    @cached_property
    def distrust(self) -> str | None:
        """Why the page as a whole is not to be trusted, or None."""
        if not (self.is_doubtful or self.held or self.undone or self.signs):
            return None
        why = why_set_aside(len(self.records), self.held, self.judged.soft, self.form)
        return why or self._shortfall() or self._torn()

    def _torn(self) -> str | None:
        """Say that many cards have no title, where only their order tells titles from texts.

        On a page that was saved plainly they are cards without a text, and name none wrongly.
        """
        if _PARTING.isdisjoint((*self.undone, *self.signs)):
            return None
        issues = chain.from_iterable(page.result.issues for page in self.pages)
        n_torn, n_cards = sum(issue.kind == "missing_title" for issue in issues), len(self.records)
        if n_torn < _LEAST_TORN or n_torn <= _TORN_SHARE * n_cards or self._is_any_begun:
            return None
        return f"{n_torn} parts of cards have no title, beside {n_cards} that may have another's"

    def _shortfall(self) -> str | None:
        """Say that a page that was wrapped lists far more papers than were found.

        Where nothing keeps its texts apart, some were joined to what stands above them.
        """
        if "wrapping" not in self.steps or self.dump.form != "compact":
            return None
        for page in self.pages:
            n_declared, n_found = page.result.page.declared_papers, len(page.result.records)
            if n_declared and n_found <= _FOUND_SHARE * n_declared:
                return f"says that it lists {n_declared} papers, of which {n_found} were found"
        return None

    @property
    def is_doubtful(self) -> bool:
        """The page cannot be read, or the gate complains of a card, or a reader left one out."""
        if self.fault is not None or self.judged.hard or self.judged.soft:
            return True
        issues = chain.from_iterable(page.result.issues for page in self.pages)
        return any(issue.kind in _LEFT_OUT for issue in issues)

    def cost(self, n_chars: int) -> float:
        """Return how much of it is wrong: the fewer, the better the reading.

        Args:
            n_chars: of what was saved. Lines would say little: wrapping makes many of few.
        """
        if self.fault or not self.records:
            return 10.0
        n_cards = len(self.records)
        n_nameless = sum(not record.authors for record in self.records)
        unclaimed = (self.dump.stripped[number - 1] for number in self.ledger.not_understood())
        return (len(self.judged.hard) + len(self.judged.soft) / 2 + n_nameless / 4) / n_cards + sum(
            map(len, unclaimed)
        ) / n_chars


def read(text: str, captured_on: date | None, lines: tuple[str, ...] | None = None) -> Reading:
    """Read a page: as it stands, and if that is doubtful undone, too; the better one counts.

    Args:
        text: the text of the file.
        captured_on: the day it was saved, where that is known.
        lines: its lines, where they are known already.
    """
    plain = _read_plain(text, captured_on, lines)
    if plain.dump.form != "html":
        return _read_text(plain)
    shown = _read_shown(plain) if plain.fault else None
    # Markup of which no site knows a mark may show the words of a known page.
    found = _read_text(shown) if shown else plain
    return plain if found.fault else found


def _read_text(plain: Reading) -> Reading:
    """Read a page of text that was read as it stands once more, where that is doubtful."""
    seen = signs(plain.dump.text, plain.dump.stripped)
    undone = _read_undone(plain) if seen or plain.is_doubtful else None
    if undone is None:
        return replace(plain, signs=seen) if seen else plain
    better = undone if _is_better(undone, plain, seen) else plain
    uncertain = better.uncertain
    if better is plain and "wrapping" in seen:
        uncertain = _joined_in(undone)
    return replace(better, signs=seen, uncertain=uncertain)


def _joined_in(undone: Reading) -> frozenset[int]:
    """Return the numbers of lines that seemed wrapped, of a page that is no better undone.

    Whether they are whole is uncertain then. Of a page that was taken out of something, none are.
    """
    if (
        undone.spans is None
        or "wrapping" not in undone.steps
        or len(undone.undone) < len(undone.steps)
    ):
        return frozenset()
    several = (range(first, last + 1) for first, last in undone.spans if first < last)
    return frozenset(chain.from_iterable(several))


def _is_better(undone: Reading, plain: Reading, seen: Sequence[str]) -> bool:
    """Tell whether a page is read better undone: of equals, where what was undone was seen.

    What was not seen is undone only where the gate complains of the page as it stands.
    """
    was_seen = not frozenset(seen).isdisjoint(undone.undone)
    n_chars = sum(map(len, plain.dump.stripped)) or 1
    if was_seen:
        return undone.cost(n_chars) <= plain.cost(n_chars)
    return plain.is_doubtful and undone.cost(n_chars) < plain.cost(n_chars)


def _read_plain(text: str, captured_on: date | None, known: tuple[str, ...] | None) -> Reading:
    page, packing = unpack(text)
    if packing is None:
        lines = known if known and page is text else split_lines(page)
        return _read(Reading(Dump(lines, guess_form(lines), captured_on, whole=page)))
    found = numbered(page)
    dump = Dump(
        found.lines, guess_form(found.lines), captured_on, address=address_in(text, packing)
    )
    reading = _read(Reading(dump, steps=(packing,), spans=found.spans))
    # What it was taken out of says more than what is left of it.
    around = text_kind(text) if reading.fault else None
    return replace(reading, fault=DumpFaultError.of(around)) if around else reading


def _read_shown(plain: Reading) -> Reading | None:
    """Read what a page of markup shows; None if it shows nothing."""
    shown = shown_text(plain.dump.text)
    if shown is None:
        return None
    dump = remade(plain.dump, shown.lines, shown.links)
    spans = joined(plain.spans, shown.spans) if plain.spans else shown.spans
    return _read(Reading(dump, steps=(*plain.steps, "markup"), spans=spans))


def _read_undone(plain: Reading) -> Reading | None:
    """Read a page once more, its form undone; None if there is nothing to undo."""
    undone = undo(plain.dump.text, known_lines())
    if not undone.steps:
        return None
    dump = remade(
        plain.dump,
        undone.lines,
        {place + 1: found for place, found in undone.links.items()},
        {place + 1: found for place, found in undone.pieces.items()},
    )
    reading = Reading(
        dump,
        steps=(*plain.steps, *undone.steps),
        spans=joined(plain.spans, undone.spans) if plain.spans else undone.spans,
        uncertain=frozenset(place + 1 for place in undone.uncertain),
    )
    return _read(reading)


def _read(reading: Reading) -> Reading:
    """Let the sites read the lines of a reading."""
    try:
        found = replace(reading, pages=_parse(reading.dump))
    except DumpFaultError as fault:
        return replace(reading, fault=fault)
    fault = _senseless(found)
    return replace(found, fault=fault) if fault else found


def _parse(dump: Dump) -> tuple[Page, ...]:
    """Let the sites read their sections; the one with most cards comes first.

    Raises:
        DumpFaultError: no site knows the page, or the plug-in that knows it fails.
    """
    sections = divide(dump)
    if not sections:
        raise DumpFaultError.of(describe_unknown(dump))
    try:
        pages = [_read_section(section) for section in sections]
    except PluginFaultError as fault:
        raise DumpFaultError(str(fault)) from None
    return tuple(sorted(pages, key=lambda page: -len(page.result.records)))


def _read_section(section: Section) -> Page:
    result = section.read()
    records, rare = repair_records(result.records)
    return Page(section, ParseResult(result.page, records, result.furniture, result.issues), rare)


def _senseless(reading: Reading) -> DumpFaultError | None:
    """Return why a page's likeness to a site's pages is an accident, or None."""
    name = reading.pages[0].name
    if not reading.pages[0].result.records:
        return DumpFaultError.of(describe_unread(reading.dump, name))
    n_claimed = reading.ledger.counts["n_lines_claimed"]
    n_text = len(reading.dump.lines) - reading.ledger.counts["n_lines_blank"]
    if n_claimed < _MIN_CLAIMED_SHARE * n_text:
        return DumpFaultError(
            f"looks like {site_words(name)}, but only {n_claimed} of {n_text} lines could be "
            "understood; save the page again",
            "save the page again",
        )
    return None
