"""Bringing a warehouse up to date: which tables are due, in which order.

What belongs here: the decision what has to be done, and doing it table by table; the command
line and Dagster both call these functions. What does not: how a page is read (`extraction`), how
a file is written (`segments`, `warehouse`), how progress is shown (`cli`).
"""

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from pipeline.audit import audit
from pipeline.errors import BlockingCheckError, PipelineError
from pipeline.extraction import DumpFile, extractor_version, find_dumps, to_table
from pipeline.overrides import overrides_version, read_overrides
from pipeline.publishing import Version, publish
from pipeline.schema import OVERRIDES
from pipeline.segments import Batch, SegmentWriter, read_batch, read_manifest
from pipeline.sql_models import Model, all_specs, load_models
from pipeline.warehouse import (
    CheckResult,
    Stamp,
    Warehouse,
    fingerprint,
    quote,
    write_arrow,
)

# How much raw text one segment holds; bounds the memory of a build.
_BATCH_BYTES = 64 * 1024 * 1024
_BATCH_DUMPS = 500
# From this much raw text on, a second process gains more than it costs to start.
_PARALLEL_BYTES = 16 * 1024 * 1024

# (what is being done, steps done, steps in all)
Progress = Callable[[str, int, int], None]


def _silent(what: str, done: int, total: int) -> None:  # noqa: ARG001
    return None


@dataclass(frozen=True, slots=True)
class DumpsReport:
    """What happened to the dumps in one build.

    Attributes:
        n_dumps: distinct dumps in the raw folder.
        n_new: of these, read in this build.
        n_gone: dumps that were in the last build and are no longer in the folder.
        n_records: records in the warehouse now.
        quarantined: (path, reason) of the dumps set aside.
        is_changed: the extracted tables were written.
        checks: what the checks found, by table.
    """

    n_dumps: int
    n_new: int
    n_gone: int
    n_records: int
    quarantined: tuple[tuple[str, str], ...]
    is_changed: bool
    checks: Mapping[str, Sequence[CheckResult]]


@dataclass(frozen=True, slots=True)
class TableReport:
    """What happened to one table: rebuilt or found up to date, its rows and checks."""

    name: str
    is_changed: bool
    stamp: Stamp
    checks: tuple[CheckResult, ...] = ()


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What one build did."""

    dumps: DumpsReport
    tables: tuple[TableReport, ...]
    version: Version
    is_published: bool


def utc_now() -> datetime:
    """Return the time, UTC, to the second; the only clock of a build."""
    return datetime.now(UTC).replace(microsecond=0, tzinfo=None)


def build(
    raw_dir: Path,
    warehouse: Warehouse,
    now: datetime | None = None,
    progress: Progress = _silent,
    overrides: Path | None = None,
) -> BuildReport:
    """Bring everything up to date and publish it.

    Args:
        raw_dir: the folder of dumps; never written.
        warehouse: the warehouse; made if it is not there.
        now: the time that new rows carry (UTC), the clock's by default.
        progress: told of each step.
        overrides: the file by which people correct the linkage; None, or one that is not
            there: no corrections.

    Raises:
        BlockingCheckError: a table failed its checks; the last good tables and the last
            published version stay.
        PipelineError: the raw folder is missing, the overrides file is none, the warehouse
            cannot be written, a model is wrong.
    """
    now = now or utc_now()
    _need_folder(raw_dir)
    with warehouse.lock():
        models = load_models()
        refresh_overrides(overrides, warehouse, now)
        dumps = refresh_dumps(raw_dir, warehouse, now, progress)
        tables = []
        for n, model in enumerate(models.values()):
            progress(f"building {model.name}", n, len(models))
            tables.append(refresh_model(warehouse, model, now))
        progress("publishing", len(models), len(models))
        version, is_new = publish(warehouse, all_specs(), now)
    return BuildReport(dumps, tuple(tables), version, is_new)


# ---------------------------------------------------------------- dumps


def refresh_dumps(
    raw_dir: Path, warehouse: Warehouse, now: datetime, progress: Progress = _silent
) -> DumpsReport:
    """Read the dumps that are new, drop those that are gone, and note moved ones.

    Raises:
        BlockingCheckError: an extracted table failed its checks; nothing was replaced.
        PipelineError: the raw folder is missing or cannot be opened.
    """
    files = _list_dumps(raw_dir)
    old_rows = read_manifest(warehouse)
    version = extractor_version()
    due, kept = [], {}
    for file in files:
        old = old_rows.get(file.dump_id)
        if old is None or _is_due(file, old, version):
            due.append(file)
        else:
            kept[file.dump_id] = old | {"path": file.path, "n_files": file.n_files}
    writer = SegmentWriter(warehouse, kept)
    seen = {dump_id: row["first_seen_at"] for dump_id, row in old_rows.items()}
    for batch in _read(raw_dir, due, warehouse, progress):
        writer.accept(batch, now, seen)
    writer.rewrite(old_rows)
    is_changed = writer.rows != old_rows or not writer.is_settled()
    checks: Mapping[str, Sequence[CheckResult]] = {}
    if is_changed:
        checks = writer.commit(fingerprint(version, sorted(writer.rows)), now)
        for name, found in checks.items():
            raise_if_blocked(name, found)
    rows = writer.rows.values()
    return DumpsReport(
        n_dumps=len(rows),
        n_new=len(due),
        n_gone=len(old_rows.keys() - writer.rows.keys()),
        n_records=sum(row["n_records"] for row in rows),
        quarantined=tuple(
            sorted((row["path"], row["reason"]) for row in rows if row["reason"] is not None)
        ),
        is_changed=is_changed,
        checks=checks,
    )


def _is_due(file: DumpFile, old: Mapping[str, Any], version: str) -> bool:
    """Tell whether a dump that was read before must be read again."""
    is_same = (file.note_hash, version) == (old["note"], old["extractor"])
    return not is_same or file.fault not in (None, old["reason"])


def _list_dumps(raw_dir: Path) -> list[DumpFile]:
    _need_folder(raw_dir)
    return find_dumps(raw_dir)


def _need_folder(raw_dir: Path) -> None:
    if not raw_dir.is_dir():
        what = "is not a folder" if raw_dir.exists() else "is not there"
        raise PipelineError(
            f"the raw folder {raw_dir} {what}; name the folder of saved pages with --raw"
        )
    try:
        next(raw_dir.iterdir(), None)
    except OSError as error:
        cause = (error.strerror or str(error)).lower()
        raise PipelineError(f"the raw folder {raw_dir} cannot be opened: {cause}") from None


def _read(
    raw_dir: Path, files: Sequence[DumpFile], warehouse: Warehouse, progress: Progress
) -> Iterator[Batch]:
    """Read dumps batch by batch: here if they are few, else in a process for each core."""
    n_bytes = sum(file.n_bytes or 0 for file in files)
    n_workers = min(os.cpu_count() or 1, n_bytes // _PARALLEL_BYTES + 1)
    done = count()
    if n_workers == 1:
        for batch in _batches(files, _BATCH_BYTES):
            yield read_batch(
                raw_dir,
                batch,
                warehouse,
                lambda file: progress(f"reading {file.path}", next(done), len(files)),
            )
        return
    batches = list(_batches(files, min(_BATCH_BYTES, n_bytes // (2 * n_workers) + 1)))
    # Spawned, not forked: the libraries' threads do not survive a fork.
    with ProcessPoolExecutor(n_workers, multiprocessing.get_context("spawn")) as pool:
        tasks = [pool.submit(read_batch, raw_dir, batch, warehouse) for batch in batches]
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


def _batches(files: Iterable[DumpFile], most_bytes: int) -> Iterator[list[DumpFile]]:
    batch: list[DumpFile] = []
    size = 0
    for file in files:
        n_bytes = file.n_bytes or 0
        if batch and (size + n_bytes > most_bytes or len(batch) == _BATCH_DUMPS):
            yield batch
            batch, size = [], 0
        batch.append(file)
        size += n_bytes
    if batch:
        yield batch


# ---------------------------------------------------------------- overrides


def refresh_overrides(file: Path | None, warehouse: Warehouse, now: datetime) -> bool:
    """Read the overrides file if it has changed since the last build.

    Args:
        file: the file; None, or one that is not there: no corrections.
        warehouse: where `raw.overrides` is written.
        now: kept in the stamp (UTC).

    Returns:
        Whether the table was written.

    Raises:
        PipelineError: the file as a whole cannot be read as overrides; nothing was written.
            A line that cannot be read is a row with its fault.
    """
    if not is_overrides_pending(file, warehouse):
        return False
    made_from = overrides_version(file)
    table = to_table(OVERRIDES, read_overrides(file))

    def check(candidate: Path) -> list[CheckResult]:
        with warehouse.connect() as con:
            return audit(con, f"read_parquet({quote(candidate)})", OVERRIDES)

    checks = warehouse.replace_table(
        OVERRIDES, lambda path: write_arrow(table, path), check, made_from, now
    )
    raise_if_blocked(OVERRIDES.full_name, checks)
    return True


def is_overrides_pending(file: Path | None, warehouse: Warehouse) -> bool:
    """Tell whether the overrides file has changed since the last build.

    Raises:
        PipelineError: the file is there and cannot be opened.
    """
    old = warehouse.stamp(OVERRIDES.full_name)
    is_known = old and old.made_from == overrides_version(file)
    return not (is_known and warehouse.files(OVERRIDES.full_name))


# ---------------------------------------------------------------- models


def refresh_model(warehouse: Warehouse, model: Model, now: datetime) -> TableReport:
    """Rebuild one table if its code or the rows it reads have changed.

    Raises:
        BlockingCheckError: the new table failed its checks; the last good one was kept.
        PipelineError: the model does not run or cannot be written.
    """
    made_from = _made_from(warehouse, model)
    old = warehouse.stamp(model.name)
    if old and old.made_from == made_from and warehouse.files(model.name):
        return TableReport(model.name, is_changed=False, stamp=old)
    specs = all_specs()
    needed = [specs[name] for name in sorted(model.needs | model.recalls)]
    with warehouse.connect(needed) as con:

        def check(file: Path) -> list[CheckResult]:
            relation = f"read_parquet({quote(file)})"
            # Under its own name, for columns that refer to the table itself.
            con.execute(f"create or replace view {model.name} as select * from {relation}")
            return audit(con, model.name, model.spec)

        checks = warehouse.replace_table(
            model.spec, lambda file: model.write(con, file, now), check, made_from, now
        )
    raise_if_blocked(model.name, checks)
    stamp = warehouse.stamp(model.name)
    if stamp is None:
        raise PipelineError(f"{model.name} was written but its stamp cannot be read")
    return TableReport(model.name, is_changed=True, stamp=stamp, checks=tuple(checks))


def _made_from(warehouse: Warehouse, model: Model) -> str:
    inputs: list[Any] = []
    for name in sorted(model.needs):
        stamp = warehouse.stamp(name)
        inputs.append((name, stamp.content if stamp else None))
    return fingerprint(model.code_version, inputs)


def raise_if_blocked(name: str, checks: Sequence[CheckResult]) -> None:
    """Raise if a check with severity `error` failed, naming the rows.

    Raises:
        BlockingCheckError: with the check, the number of rows, and the first of them.
    """
    for check in checks:
        if check.blocks:
            rows = "; ".join(_show_row(row) for row in check.rows[:3])
            message = (
                f"{name} failed its check {check.name}: {check.message} "
                f"({check.n_failed} rows{', e.g. ' + rows if rows else ''}). "
                "The last good table was kept and nothing was published."
            )
            raise BlockingCheckError(message, name, checks)


def _show_row(row: Mapping[str, Any]) -> str:
    shown = {k: v for k, v in list(row.items())[:6] if v is not None}
    return ", ".join(f"{k}={str(v)[:60]}" for k, v in shown.items())


def pending_dumps(raw_dir: Path, warehouse: Warehouse) -> list[str]:
    """Return the paths of dumps that the warehouse does not know as they are now.

    These are new and changed dumps, dumps with another note, and those moved or gone.
    """
    rows = read_manifest(warehouse).values()
    old = {(row["path"], row["dump_id"], row["note"]) for row in rows}
    now = {(file.path, file.dump_id, file.note_hash) for file in _list_dumps(raw_dir)}
    return sorted({path for path, _, _ in old ^ now})
