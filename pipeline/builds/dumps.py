"""Bringing the extracted tables up to date with the raw folder.

What belongs here: which dumps are due and why, and reading them, here or in a process for each
core. What does not: what becomes of one (`extraction`), where rows lie (`storage.segments`).
"""

import multiprocessing
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import count
from typing import Any

from pipeline.builds.pending import list_dumps, need_apart, place_of
from pipeline.builds.retention import Away, rows_of_vanished, sort_away
from pipeline.contract.checks import CheckResult
from pipeline.contract.errors import BlockingCheckError, PipelineError, memory_advice
from pipeline.contract.tables import DUMPS, EXTRACTED_TABLES
from pipeline.extraction.dump_files import DumpFile
from pipeline.extraction.reader_version import extractor_version, reader_origin
from pipeline.inputs.page_places import PagePlace, RawPlace
from pipeline.inputs.settings import RECORDS_GO, RECORDS_STAY
from pipeline.models.keys import linked
from pipeline.models.runner import raise_if_blocked
from pipeline.storage.audit import checks_version
from pipeline.storage.engine import EngineError, EngineMemoryError
from pipeline.storage.manifest import has_lost_rows, read_manifest
from pipeline.storage.processes import n_processors
from pipeline.storage.remembered import remembered_dumps
from pipeline.storage.segments import Batch, SegmentWriter
from pipeline.storage.stamps import changes
from pipeline.storage.warehouse import Warehouse

# How much raw text one segment holds; bounds the memory of a build.
_BATCH_BYTES = 16 * 1024 * 1024
_BATCH_DUMPS = 500
# From this much raw text on, a second process gains more than it costs to start.
_PARALLEL_BYTES = 16 * 1024 * 1024

KEPT = "The last good table was kept and nothing was published."
# Reasons why a dump is read or left out.
NEW, GONE, MOVED, NOTE_CHANGED = "new page", "page gone", "file moved", "note changed"
GONE_AND_KEPT, BACK = "page gone, its records kept", "page back"
ASKED, FILE_CHANGED, UNKNOWN_READER = "asked for", "file changed", "reader changed"
ROWS_LOST = "its rows were damaged"

# (what is being done, steps done, steps in all)
Progress = Callable[[str, int, int], None]


def silent(what: str, done: int, total: int) -> None:  # noqa: ARG001
    """Show no progress."""
    return


@dataclass(frozen=True, slots=True)
class DumpsPlan:
    """What there is to do for the dumps of a raw folder.

    Attributes:
        due: dumps to read, each with the reason.
        kept: rows of raw.dumps that stay, by dump_id.
        gone: paths of dumps that were in the last build and are no longer in the folder.
        moved: new paths of dumps that are known by another one, or have other copies now.
        away: what becomes of all dumps of the last build that are no longer in the folder.
        back: paths of dumps that were gone, and need not be read.
    """

    due: Sequence[tuple[DumpFile, str]]
    kept: Mapping[str, dict[str, Any]]
    gone: Sequence[str]
    moved: Sequence[str]
    away: Away
    back: Sequence[str] = ()

    @property
    def is_empty(self) -> bool:
        """There is nothing to do."""
        return not (self.due or self.reasons)

    @property
    def reasons(self) -> dict[str, list[str]]:
        """Why dumps are read or left out: the paths concerned by reason, each in order."""
        found: dict[str, list[str]] = {}
        for file, reason in self.due:
            found.setdefault(reason, []).append(file.path)
        if self.gone:
            found[GONE] = list(self.gone)
        if self.moved:
            found[MOVED] = list(self.moved)
        if self.back:
            found[BACK] = list(self.back)
        if kept := [row["path"] for row in self.away.new]:
            found[GONE_AND_KEPT] = kept
        return {reason: sorted(paths) for reason, paths in found.items()}


@dataclass(frozen=True, slots=True)
class DumpsReport:
    """What happened to the dumps in one build.

    Attributes:
        n_dumps: distinct dumps in the raw folder.
        n_new: of these, read in this build for the first time.
        n_read: of these, read in this build.
        n_gone: dumps that were in the folder at the last build and are no longer.
        n_kept: dumps that are gone, at this build or before, whose records are kept.
        n_records: records in the warehouse now, those held back aside.
        n_held_back: cards that are held back.
        quarantined: (path, reason) of the dumps set aside.
        reasons: why dumps were read or left out: paths by reason.
        is_changed: the extracted tables were written.
        checks: what the checks found, by table.
    """

    n_dumps: int
    n_new: int
    n_read: int
    n_gone: int
    n_kept: int
    n_records: int
    n_held_back: int
    quarantined: tuple[tuple[str, str], ...]
    reasons: Mapping[str, Sequence[str]]
    is_changed: bool
    checks: Mapping[str, Sequence[CheckResult]]


def plan_dumps(
    raw: RawPlace,
    warehouse: Warehouse,
    *,
    full: bool = False,
    retention: str = RECORDS_GO,
) -> DumpsPlan:
    """Say which dumps are to be read and why; nothing is read or written.

    Of a store nothing is fetched: what is new or changed there counts as a new page.

    Args:
        raw: where dumps lie.
        warehouse: as the last build left it.
        full: read all of them.
        retention: what becomes of the records of a page that is taken away, as in the settings.

    Raises:
        PipelineError: the raw folder is missing or cannot be opened.
    """
    need_apart(raw, warehouse)
    files = list_dumps(place_of(raw, warehouse))
    return _planned(files, warehouse, full, retention)


def _planned(
    files: Sequence[DumpFile],
    warehouse: Warehouse,
    full: bool,
    retention: str,
    distrusted: str | None = None,
) -> DumpsPlan:
    old_rows = read_manifest(warehouse)
    remembered = old_rows or remembered_dumps(warehouse)
    away = sort_away(warehouse, remembered, files, retention, distrusted)
    another_reader = _another_reader(warehouse)
    due, kept = [], {}
    for file in files:
        old = old_rows.get(file.dump_id)
        reason = ASKED if full and old else _why_due(file, old, another_reader)
        if reason:
            due.append((file, reason))
        elif old:
            place = {"path": file.path, "n_files": file.n_files, "gone_at": None}
            kept[file.dump_id] = old | place
    gone = sorted(row["path"] for row in away.gone)
    back = {dump_id for dump_id in kept if old_rows[dump_id]["gone_at"]}
    moved = sorted(
        row["path"]
        for dump_id, row in kept.items()
        if dump_id not in back
        and any(row[name] != old_rows[dump_id][name] for name in ("path", "n_files"))
    )
    return DumpsPlan(due, kept, gone, moved, away, [kept[dump_id]["path"] for dump_id in back])


def _why_due(file: DumpFile, old: Mapping[str, Any] | None, another_reader: str) -> str | None:
    """Return why a dump must be read, or None."""
    if old is None:
        return NEW
    if file.note_hash != old["note"]:
        return NOTE_CHANGED
    if has_lost_rows(old):
        return ROWS_LOST
    if old["extractor"] != extractor_version():
        return another_reader
    return FILE_CHANGED if file.fault not in (None, old["reason"]) else None


def _another_reader(warehouse: Warehouse) -> str:
    """Say what differs between the code that read the dumps and the code that reads now."""
    stamp = warehouse.stamp(DUMPS.full_name)
    found = changes(stamp.origin, reader_origin()) if stamp else []
    libraries = [reason for reason in found if reason.startswith("library")]
    modules = [reason.removesuffix(" changed") for reason in found if reason not in libraries]
    if modules:
        return f"reader changed: {', '.join(modules[:3])}{' …' if len(modules) > 3 else ''}"
    return "; ".join(libraries) or UNKNOWN_READER


def refresh_dumps(
    raw: RawPlace,
    warehouse: Warehouse,
    now: datetime,
    progress: Progress = silent,
    *,
    full: bool = False,
    retention: str = RECORDS_GO,
    most_processes: int | None = None,
) -> DumpsReport:
    """Read the dumps that are new, drop those that are gone, and note moved ones.

    Where `retention` keeps the records of pages that were taken away, these are carried over as
    they were read. If what another release read does not pass the checks of this one, it is lost,
    and raw.dumps says so.

    Args:
        raw: where dumps lie; never written.
        warehouse: where the extracted tables lie.
        now: the time that new rows carry (UTC).
        progress: called at each step.
        full: read all dumps anew.
        retention: what becomes of the records of a page that is taken away, as in the settings.
        most_processes: how many processes may read; one for each core by default.

    Raises:
        BlockingCheckError: an extracted table failed its checks; nothing was replaced.
        PipelineError: the raw folder is missing or cannot be opened.
    """
    need_apart(raw, warehouse)
    on_look = partial(progress, "looking at new pages")
    place = place_of(raw, warehouse, fetches=True, on_look=on_look)
    files = _looked_at(place, warehouse)
    plan = _planned(files, warehouse, full, retention)
    n_processes = most_processes or n_processors()
    try:
        return _carry_out(plan, place, warehouse, now, progress, n_processes, retention)
    except BlockingCheckError:
        if all(row["extractor"] == extractor_version() for row in plan.away.stay):
            raise
    older_lost = _planned(files, warehouse, full, retention, extractor_version())
    return _carry_out(older_lost, place, warehouse, now, progress, n_processes, retention)


def _looked_at(place: PagePlace, warehouse: Warehouse) -> list[DumpFile]:
    """Return the distinct dumps in a place; what was found is kept, however that ends."""
    try:
        return list_dumps(place)
    finally:
        with warehouse.writing("what is known of the pages"):
            place.remember()


def _carry_out(
    plan: DumpsPlan,
    place: PagePlace,
    warehouse: Warehouse,
    now: datetime,
    progress: Progress,
    n_processes: int,
    retention: str,
) -> DumpsReport:
    old_rows = read_manifest(warehouse)
    remembered = old_rows or remembered_dumps(warehouse)
    writer = SegmentWriter(warehouse, {**plan.kept, **plan.away.rows(now)})
    seen = {dump_id: row["first_seen_at"] for dump_id, row in remembered.items()}
    due = [file for file, _ in plan.due]
    for batch in _read(place, due, warehouse, progress, n_processes):
        writer.accept(batch, now, seen)
    vanished = {}
    if retention == RECORDS_STAY:
        vanished = rows_of_vanished(warehouse, writer.rows, remembered, due, now)
        writer.rows.update(vanished)
    writer.rewrite(remembered)
    is_changed = writer.rows != old_rows or not writer.is_settled() or _asks_anew(warehouse)
    checks: Mapping[str, Sequence[CheckResult]] = {}
    if is_changed:
        checks = writer.commit(reader_origin(), now, linked())
        for name, found in checks.items():
            raise_if_blocked(name, found, KEPT)
    else:
        writer.discard()
    rows = writer.rows.values()
    return DumpsReport(
        n_dumps=sum(row["gone_at"] is None for row in rows),
        n_new=sum(reason == NEW for _, reason in plan.due),
        n_read=len(plan.due),
        n_gone=len(plan.gone) + len(plan.away.new) + len(vanished),
        n_kept=len(plan.away.stay) + len(vanished),
        n_records=sum(row["n_records"] for row in rows),
        n_held_back=sum(row["n_held_back"] for row in rows),
        quarantined=tuple(
            sorted((row["path"], row["reason"]) for row in rows if row["reason"] is not None)
        ),
        reasons=plan.reasons,
        is_changed=is_changed,
        checks=checks,
    )


def _asks_anew(warehouse: Warehouse) -> bool:
    """Tell whether an extracted table was checked by other checks than there are now."""
    stamps = {spec: warehouse.stamp(spec.full_name) for spec in EXTRACTED_TABLES}
    return any(stamp and stamp.asked != checks_version(spec) for spec, stamp in stamps.items())


def _read(
    place: PagePlace,
    files: Sequence[DumpFile],
    warehouse: Warehouse,
    progress: Progress,
    most_processes: int,
) -> Iterator[Batch]:
    """Read dumps batch by batch: here if they are few, else in several processes."""
    if not files:
        return
    from pipeline.extraction.batches import in_parts, read_batch  # sites: a third of an idle build

    n_bytes = sum(file.n_bytes or 0 for file in files)
    # A server that need not see this machine's disk does not see a folder on it.
    is_seen_there = place.is_shared or not warehouse.copies
    if warehouse.spark_remote and is_seen_there and n_bytes >= _PARALLEL_BYTES:
        yield from _read_there(place, files, warehouse, progress)
        return
    n_workers = min(most_processes, n_bytes // _PARALLEL_BYTES + 1)
    extractor = extractor_version()
    done = count()

    def show(file: DumpFile) -> None:
        progress(f"reading {file.path}", next(done), len(files))

    if n_workers == 1:
        for batch in in_parts(files, _BATCH_BYTES, _BATCH_DUMPS):
            yield read_batch(place, batch, warehouse, extractor, show)
        return
    most_bytes = min(_BATCH_BYTES, n_bytes // (2 * n_workers) + 1)
    batches = list(in_parts(files, most_bytes, _BATCH_DUMPS))
    # Spawned, not forked: the libraries' threads do not survive a fork.
    with ProcessPoolExecutor(n_workers, multiprocessing.get_context("spawn")) as pool:
        tasks = [pool.submit(read_batch, place, b, warehouse, extractor) for b in batches]
        try:
            for n, task in enumerate(tasks):
                progress("reading dumps", n, len(tasks))
                yield task.result()
        except BrokenProcessPool:
            raise PipelineError(
                "a process that read dumps was killed, perhaps for lack of memory; build again"
            ) from None
        finally:
            pool.shutdown(cancel_futures=True)


def _read_there(
    place: PagePlace, files: Sequence[DumpFile], warehouse: Warehouse, progress: Progress
) -> Iterator[Batch]:
    """Have the workers of a server read dumps: they see the place, and a folder or a store."""
    from pipeline.extraction.batches import BatchReader, in_parts
    from pipeline.storage.handed_segments import handing

    batches = list(in_parts(files, _BATCH_BYTES, _BATCH_DUMPS))
    progress("reading dumps on the server", 0, len(batches))
    with handing(warehouse) as segments, warehouse.maker() as engine:
        reader = BatchReader(place, segments, extractor_version())
        read = {}
        try:
            for number, given in engine.workers.each(reader, batches) if engine.workers else ():
                read[number] = given
                progress("reading dumps on the server", len(read), len(batches))
            for number in sorted(read):
                yield segments.taken(warehouse, read[number])
        except EngineMemoryError as error:
            told = memory_advice("what pages hold", str(error), error.more)
            raise PipelineError(told) from None
        except EngineError as error:
            raise PipelineError(f"the pages could not be read on the server: {error}") from None
