"""How fresh and how healthy a warehouse is, in words.

What belongs here: putting together what `papermart status` says. What does not: changing it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline.builds.corrections import Waiting, waiting_corrections
from pipeline.builds.freshness import listing_lines
from pipeline.builds.page_gaps import short_list_lines, undated_lines
from pipeline.builds.pending import pending_dumps
from pipeline.builds.publication import is_set_published, tables_behind
from pipeline.builds.retention import kept_line
from pipeline.contract.errors import PipelineError
from pipeline.contract.tables import DUMPS
from pipeline.contract.version_tables import GUARDRAILS
from pipeline.extraction.page_files import NOTHING_TO_DO
from pipeline.inputs.page_places import RawPlace
from pipeline.inputs.settings import RECORDS_GO
from pipeline.storage.manifest import read_manifest
from pipeline.storage.publishing import is_withheld
from pipeline.storage.retention import version_ages
from pipeline.storage.versions import shown_name, versions
from pipeline.storage.warehouse import Warehouse
from pipeline.text.ages import age_words
from pipeline.text.shown import printable_path

_QUEUE = "marts.review_queue"


@dataclass(frozen=True, slots=True)
class Status:
    """The state of a warehouse.

    Attributes:
        raw: where saved pages lie.
        root: the warehouse.
        now: the time of looking (UTC).
        dumps: the rows of raw.dumps.
        n_pending: dumps that are new, moved or gone since the last build; None: not known.
        raw_fault: why it is not known: what is wrong with the raw folder.
        version: id of the published version, or None.
        latest: id of the latest version; another than `version` after a rollback.
        age: how old the published version is; None: there is none.
        failed_checks: (table, what should hold, rows) of checks that failed without blocking.
        corrections: those that wait for the next build.
        is_withheld: the last build published nothing, for too much would have been lost.
        n_behind: tables that are not made of what lies there now, or not by this papermart.
        is_unpublished: all tables are made, and no version holds them.
        builder: who builds now, in words to stand behind a noun; empty: nobody.
        n_undecided: pairs of papers that wait for somebody to decide whether they are one.
        held_back: pages with cards that are held back.
        kept: a line about pages that are gone while their records are kept, or None.
    """

    raw: RawPlace
    root: Path
    now: datetime
    dumps: tuple[dict[str, Any], ...]
    n_pending: int | None
    raw_fault: str | None
    version: str | None
    latest: str | None
    age: timedelta | None
    failed_checks: tuple[tuple[str, str, int], ...]
    corrections: Waiting
    is_withheld: bool = False
    n_behind: int = 0
    is_unpublished: bool = False
    builder: str = ""
    n_undecided: int = 0
    held_back: tuple["HeldBack", ...] = ()
    kept: str | None = None

    def lines(self) -> Iterator[str]:
        """Yield the status, line by line."""
        if self.version is None or self.age is None:
            yield f"warehouse {self.root}: nothing published yet; run `papermart build`"
        else:
            yield (
                f"warehouse {self.root}: published version {self.version}, {age_words(self.age)}"
            )
        if self.version != self.latest:
            yield rollback_line(self.version, self.latest)
        yield self._raw_line()
        yield from self._unfinished_lines()
        yield from self.corrections.lines()
        here = [row for row in self.dumps if row["gone_at"] is None]
        n_records = sum(row["n_records"] for row in self.dumps)
        n_odd = sum(row["n_lines_unclaimed"] or 0 for row in self.dumps)
        yield (
            f"dumps: {len(here)}, {n_records} records, {len(self._aside())} set aside, "
            f"{n_odd} lines not understood"
        )
        if self.kept:
            yield self.kept
        yield from listing_lines(self.dumps, self.now.date())
        yield from undated_lines(self.dumps)
        if self.version:
            yield self._trust_line()
        for row in self._aside():
            yield aside_line(row["path"], row["reason"])
        yield from held_back_lines(self.held_back)
        if self.version and not n_records:
            yield "  warning: no page was read, so all tables are empty"
        for failed in self.failed_checks:
            yield warning_line(*failed)
        yield from short_list_lines(self.dumps)

    def _raw_line(self) -> str:
        if self.raw_fault:
            return self.raw_fault
        if not self.n_pending:
            are = "have been read" if self._is_unfinished() else "are in the warehouse"
            return f"raw folder {self.raw}: all pages {are}"
        are = "file is" if self.n_pending == 1 else "files are"
        return (
            f"raw folder {self.raw}: {self.n_pending} {are} new, moved or gone "
            "since the last build; run `papermart build`"
        )

    def _is_unfinished(self) -> bool:
        return bool(self.n_behind or self.is_unpublished)

    def _unfinished_lines(self) -> Iterator[str]:
        """Yield what a build at work, one that ended early, or another papermart has left to do."""
        if self.builder:
            yield f"a build is at work{self.builder}"
        elif self.n_behind:
            are = "table is" if self.n_behind == 1 else "tables are"
            yield (
                f"  warning: {self.n_behind} {are} behind what was read, or made by another "
                "papermart; nothing new is published: run `papermart build`"
            )
        elif self.is_unpublished:
            yield "  warning: all tables are made, and not published yet: run `papermart build`"

    def _aside(self) -> list[dict[str, Any]]:
        aside = [row for row in self.dumps if row["status"] == "quarantined"]
        return sorted(aside, key=lambda row: row["path"])

    def _trust_line(self) -> str:
        """Say in one line of what not all is sure; the lines below it say more."""
        n_cards = sum(page.n_held_back for page in self.held_back)
        # What browsers save beside a page is set aside, too, and nothing is wrong with that.
        aside = [row for row in self._aside() if not _is_in_order(row)]
        counts = (
            (len(aside), "page", "set aside"),
            (n_cards, "card", "held back"),
            (self.n_undecided, "pair", "of papers undecided"),
            (len(self.failed_checks), "check", "not met"),
        )
        told = [f"{_count(n, what)} {how}" for n, what, how in counts if n]
        return f"trust: {', '.join(told) or 'nothing is set aside, held back or undecided'}"

    def next_lines(self) -> Iterator[str]:
        """Yield what to do next, the most urgent first."""
        if self.n_pending is None or self.corrections.fault:
            return  # the line about the raw folder, or the corrections, says what to do
        is_due = self.n_pending or self._is_unfinished() or self.corrections.is_due
        if self.builder:
            yield "next: wait for the build that is at work"
        elif self.version is None or is_due:
            yield "next: `papermart build`"
        elif self.is_withheld:
            yield (
                "next: put back what is missing, or `papermart waive` what is meant, and "
                "`papermart build`"
            )
        elif self.version != self.latest:
            yield f"next: `papermart rollback {self.latest}`, or save pages and build"
        elif self.n_undecided:
            pairs = _count(self.n_undecided, "pair")
            yield f"next: `papermart review`, which asks about the {pairs} that may be one paper"
        else:
            yield "next: `papermart new` shows what came, `papermart report` draws it"


def _is_in_order(row: Mapping[str, Any]) -> bool:
    return (row["advice"] or "").startswith(NOTHING_TO_DO)


def warning_line(table: str, description: str, n_rows: int) -> str:
    """Say of a check that it failed without blocking: what should hold, and how often it does not.

    >>> warning_line("papers", "the year is known", 6)
    '  warning: papers: 6 rows fail the check that the year is known'
    """
    fail = "row fails" if n_rows == 1 else "rows fail"
    return f"  warning: {table}: {n_rows} {fail} the check that {description}"


def rollback_line(current: str | None, latest: str | None) -> str:
    """Say that the published version is not that of the tables."""
    return (
        f"rolled back: what follows is of the latest version {latest}, queries answer from "
        f"{current}; `papermart rollback {latest}` returns to it"
    )


def failed_checks(warehouse: Warehouse) -> list[tuple[str, str, int]]:
    """Return (table, what should hold, rows) of the checks that the tables fail as they are now.

    A table is called what queries call it; one that is not published keeps its layer.
    """
    return [
        (shown_name(name), check["description"], check["n_failed"])
        for name in warehouse.stamped()
        if (stamp := warehouse.stamp(name))
        for check in stamp.checks
        if not check["passed"]
    ]


def aside_line(path: str, reason: str) -> str:
    r"""Say of a dump that it was set aside, on one line whatever its name holds.

    >>> print(aside_line("two\nlines.txt", "is empty"))
      set aside: two\nlines.txt is empty
    """
    return f"  set aside: {printable_path(path)} {reason}"


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A page that is read, with cards that are not believed.

    Attributes:
        path: the page.
        n_held_back: its cards that are held back.
        n_cards: all its cards.
        rules: the rules they break, by which most are held back first.
    """

    path: str
    n_held_back: int
    n_cards: int
    rules: tuple[str, ...]


def held_back_pages(warehouse: Warehouse) -> list[HeldBack]:
    """Return the pages with cards that are held back, in order; those set aside say so themselves.

    Args:
        warehouse: as the last build left it.
    """
    dumps = {
        dump_id: row
        for dump_id, row in read_manifest(warehouse).items()
        if row["n_held_back"] and row["status"] == "extracted"
    }
    if not dumps:
        return []
    from pipeline.contract.tables import RECORDS

    with warehouse.engine([RECORDS]) as engine:
        counted = engine.tuples(
            "select dump_id, held_back_by, count(*) from staging.records where is_held_back "
            "group by dump_id, held_back_by order by dump_id, count(*) desc, held_back_by"
        )
    rules: dict[str, list[str]] = {}
    for dump_id, rule, _ in counted:
        rules.setdefault(dump_id, []).append(rule)
    found = [
        HeldBack(
            row["path"],
            row["n_held_back"],
            row["n_records"] + row["n_held_back"],
            tuple(rules.get(dump_id, ())),
        )
        for dump_id, row in dumps.items()
    ]
    return sorted(found, key=lambda page: page.path)


def held_back_lines(pages: Sequence[HeldBack]) -> Iterator[str]:
    """Say of pages how many of their cards are held back and by which rules, and where to look.

    >>> list(held_back_lines([HeldBack("a.txt", 2, 50, ("title_markup",))]))[-1]
    '  held back: a.txt: 2 of 50 cards (title_markup)'
    """
    if not pages:
        return
    n_cards = sum(page.n_held_back for page in pages)
    yield (
        f"  warning: {_count(n_cards, 'card')} of {_count(len(pages), 'page')} cannot be right and "
        f"reach no table of papers; see them with"
    )
    yield f'    papermart query "{_WHERE_TO_LOOK}"'
    for page in pages:
        rules = ", ".join(page.rules)
        name = printable_path(page.path)
        yield f"  held back: {name}: {page.n_held_back} of {page.n_cards} cards ({rules})"


_WHERE_TO_LOOK = (
    "select path, line_start, message, text from issues join dumps using (dump_id) "
    "where kind = 'held_back'"
)


def _count(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def read_status(
    raw: RawPlace,
    warehouse: Warehouse,
    retention: str = RECORDS_GO,
    now: datetime | None = None,
    overrides: Path | None = None,
) -> Status:
    """Read the state of a warehouse; nothing is written.

    Args:
        raw: where dumps lie, to see what is new.
        warehouse: the warehouse, which may not be there yet.
        retention: what becomes of the records of a page that is taken away, as in the settings.
        now: the time (UTC); None: that of the clock.
        overrides: the file of corrections, to see what is new.
    """
    now = now or datetime.now(UTC).replace(microsecond=0, tzinfo=None)
    dumps = tuple(read_manifest(warehouse).values())
    n_pending, raw_fault = None, None
    try:
        n_pending = len(pending_dumps(raw, warehouse, dumps, retention))
    except PipelineError as error:
        raw_fault = str(error)
    known = versions(warehouse)
    stamp = warehouse.stamp(DUMPS.full_name)
    reader = stamp.origin.code_version[:12] if stamp else None
    ages = zip(known, version_ages(known, now), strict=True)
    queue = warehouse.stamp(_QUEUE)
    n_behind = len(tables_behind(warehouse)) if warehouse.stamped() else 0
    withheld = is_withheld(warehouse, GUARDRAILS)
    is_made = bool(warehouse.stamped()) and not n_behind
    return Status(
        raw=raw,
        root=warehouse.root,
        now=now,
        dumps=dumps,
        n_pending=n_pending,
        raw_fault=raw_fault,
        version=next((v.id for v in known if v.is_current), None),
        latest=known[0].id if known else None,
        age=next((age for version, age in ages if version.is_current), None),
        failed_checks=tuple(failed_checks(warehouse)),
        n_behind=n_behind,
        builder=warehouse.builder(),
        is_unpublished=is_made and not withheld and not is_set_published(warehouse),
        n_undecided=queue.n_rows if queue else 0,
        held_back=tuple(held_back_pages(warehouse)),
        kept=kept_line(dumps, reader),
        corrections=waiting_corrections(warehouse, overrides),
        is_withheld=withheld,
    )
