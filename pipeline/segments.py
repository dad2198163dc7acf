"""Segments: the Parquet files that hold the records of a batch of dumps.

What belongs here: writing a batch's segment, leaving out dumps that are gone, joining small
segments, and putting all of it in place in one go. What does not: which dumps are new (`build`).

`raw.dumps` is the manifest: a segment is current because a dump's row names it. It is written
last, so a build that is killed leaves files nobody names, which the next build sweeps.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.audit import audit
from pipeline.extraction import DumpFile, Extracted, extract_dump, to_table, to_tables
from pipeline.schema import DUMPS, EXTRACTED_TABLES, STAGING_TABLES, TableSpec
from pipeline.warehouse import (
    CheckResult,
    Stamp,
    Warehouse,
    copy_query,
    fingerprint,
    quote,
    scalar,
    sync,
    write_arrow,
)

_DUMP_COLUMNS = tuple(column.name for column in DUMPS.columns)
# A build joins small segments into one when there are more than this.
MAX_SEGMENTS = 24
_SMALL_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Batch:
    """What came of a batch of dumps.

    Attributes:
        segment: the segment written for it, not yet in place; None if no dump could be read.
        rows: the rows of raw.dumps, all but when they were first seen.
    """

    segment: str | None
    rows: tuple[dict[str, Any], ...]


def read_batch(
    raw_dir: Path,
    files: Sequence[DumpFile],
    warehouse: Warehouse,
    on_file: Callable[[DumpFile], None] | None = None,
) -> Batch:
    """Read dumps and write their records to a new segment; may run in a process of its own.

    Args:
        raw_dir: the folder the dumps are in.
        files: the dumps, at least one.
        warehouse: where the segment goes; `SegmentWriter.commit` puts it in place.
        on_file: told of each dump before it is read.
    """
    found: list[Extracted] = []
    for file in files:
        if on_file:
            on_file(file)
        found.append(extract_dump(raw_dir, file))
    extracted = sorted(_identity(e.dump) for e in found if e.dump["status"] == "extracted")
    segment = fingerprint(extracted) if extracted else None
    tables = to_tables(found) if segment else {}
    for spec in STAGING_TABLES if segment else ():
        target = warehouse.table_dir(spec.full_name) / f"{segment}.parquet.tmp"
        with warehouse.writing(spec.full_name):
            target.parent.mkdir(parents=True, exist_ok=True)
            write_arrow(tables[spec.name], target)
    return Batch(segment, tuple(_dump_row(e, segment) for e in found))


def _dump_row(extracted: Extracted, segment: str | None) -> dict[str, Any]:
    is_kept = extracted.dump["status"] == "extracted"
    place = {"segment": segment if is_kept else None}
    return dict.fromkeys(_DUMP_COLUMNS) | extracted.dump | place


class SegmentWriter:
    """The segments of one build: written beside the current ones, then put in place together.

    Args:
        warehouse: where to write.
        rows: the rows of raw.dumps that stay, by dump_id.
    """

    def __init__(self, warehouse: Warehouse, rows: dict[str, dict[str, Any]]) -> None:
        """Start from the dumps that stay."""
        self.warehouse = warehouse
        self.rows = dict(rows)
        self._new: list[str] = []

    def accept(self, batch: "Batch", now: datetime, first_seen: Mapping[str, datetime]) -> None:
        """Take in a batch that was read.

        Args:
            batch: what came of it.
            now: when its dumps are seen.
            first_seen: for dumps read before, when that was, by dump_id.
        """
        if batch.segment:
            self._new.append(batch.segment)
        for row in batch.rows:
            dump_id = row["dump_id"]
            self.rows[dump_id] = row | {"first_seen_at": first_seen.get(dump_id, now)}

    def rewrite(self, old_rows: dict[str, dict[str, Any]]) -> None:
        """Rewrite segments that hold dumps which are gone; join the small ones if they are many.

        Args:
            old_rows: the rows of raw.dumps before this build, by dump_id.
        """
        current = {row["segment"] for row in self.rows.values() if row["segment"]}
        stale = {
            row["segment"]
            for dump_id, row in old_rows.items()
            if row["segment"]
            and self.rows.get(dump_id, {}).get("segment") != row["segment"]
            and row["segment"] in current
        }
        small = {s for s in current - set(self._new) if self._raw_bytes(s) < _SMALL_BYTES}
        joined = stale | small if len(small) > MAX_SEGMENTS else stale
        kept = sorted(d for d, row in self.rows.items() if row["segment"] in joined)
        if kept:
            with self.warehouse.writing("the extracted tables"):
                self._join(joined, kept)

    def _raw_bytes(self, segment: str) -> int:
        return sum(row["n_bytes"] or 0 for row in self.rows.values() if row["segment"] == segment)

    def _join(self, segments: set[str], dump_ids: list[str]) -> None:
        name = fingerprint(dump_ids, *sorted(segments))
        keep = pa.table({"dump_id": dump_ids})
        with self.warehouse.connect() as con:
            con.register("keep", keep)
            for spec in STAGING_TABLES:
                files = ", ".join(quote(self._file(spec, s)) for s in sorted(segments))
                owner = "left(record_id, 16)" if spec.name == "record_authors" else "dump_id"
                wanted = owner.replace("record_id", "dump_id")
                sql = (
                    f"select * from read_parquet([{files}]) where {owner} in"
                    f" (select {wanted} from keep) order by {', '.join(spec.key)}"
                )
                copy_query(con, sql, self._file(spec, name, ".parquet.tmp"))
        for dump_id in dump_ids:
            self.rows[dump_id] = self.rows[dump_id] | {"segment": name}
        self._new.append(name)

    def _file(self, spec: TableSpec, segment: str, suffix: str = ".parquet") -> Path:
        return self.warehouse.table_dir(spec.full_name) / f"{segment}{suffix}"

    # ------------------------------------------------------------ put in place

    def is_settled(self) -> bool:
        """Tell whether the last commit came to its end: stamped, and no file too many."""
        names = {row["segment"] for row in self.rows.values()}
        files = (file for spec in STAGING_TABLES for file in self.warehouse.files(spec.full_name))
        is_stamped = self.warehouse.stamp(DUMPS.full_name) is not None
        return is_stamped and all(file.stem in names for file in files)

    def commit(self, made_from: str, now: datetime) -> dict[str, list[CheckResult]]:
        """Check the tables as they would be, and put them in place if nothing blocks.

        Returns:
            What the checks of each extracted table found, by full name. If one with severity
            `error` failed, nothing was put in place.

        Raises:
            PipelineError: the disk is full or the folder cannot be written.
        """
        with self.warehouse.writing("the extracted tables"):
            return self._commit(made_from, now)

    def _commit(self, made_from: str, now: datetime) -> dict[str, list[CheckResult]]:
        manifest = self.warehouse.table_dir(DUMPS.full_name) / "dumps.parquet.tmp"
        manifest.parent.mkdir(parents=True, exist_ok=True)
        ordered = [self.rows[dump_id] for dump_id in sorted(self.rows)]
        write_arrow(to_table(DUMPS, ordered), manifest)
        candidates = self._candidates(manifest)
        checks = self._audit(candidates)
        if any(check.blocks for found in checks.values() for check in found):
            for files in candidates.values():
                for file in files:
                    if file.suffix == ".tmp":
                        file.unlink(missing_ok=True)
            return checks
        # The stamp goes first and comes back last: a build killed in between leaves none, and
        # the next one finishes the job.
        self.warehouse.remove_stamp(DUMPS.full_name)
        for spec in STAGING_TABLES:
            for file in candidates[spec.full_name]:
                _put_in_place(file)
        _put_in_place(manifest)
        self._sweep()
        self._stamp(made_from, now, checks)
        return checks

    def _candidates(self, manifest: Path) -> dict[str, list[Path]]:
        names = sorted({row["segment"] for row in self.rows.values() if row["segment"]})
        files = {
            spec.full_name: [
                self._file(spec, name, ".parquet.tmp" if name in self._new else ".parquet")
                for name in names
            ]
            for spec in STAGING_TABLES
        }
        return files | {DUMPS.full_name: [manifest]}

    def _audit(self, candidates: dict[str, list[Path]]) -> dict[str, list[CheckResult]]:
        with self.warehouse.connect(EXTRACTED_TABLES, candidates) as con:
            return {spec.full_name: audit(con, spec.full_name, spec) for spec in EXTRACTED_TABLES}

    def _sweep(self) -> None:
        names = {row["segment"] for row in self.rows.values()}
        for spec in STAGING_TABLES:
            for file in self.warehouse.files(spec.full_name):
                if file.stem not in names:
                    file.unlink()

    def _stamp(self, made_from: str, now: datetime, checks: dict[str, list[CheckResult]]) -> None:
        extracted = sorted(_identity(row) for row in self.rows.values() if row["segment"])
        with self.warehouse.connect(EXTRACTED_TABLES) as con:
            for spec in EXTRACTED_TABLES:
                rows = sorted(self.rows.items()) if spec is DUMPS else extracted
                stamp = Stamp(
                    made_from=made_from,
                    content=fingerprint(spec.full_name, rows),
                    n_rows=scalar(con, f"select count(*) from {spec.full_name}"),
                    built_at=now.isoformat(timespec="seconds"),
                    checks=tuple(check.summary() for check in checks[spec.full_name]),
                )
                self.warehouse.write_stamp(spec.full_name, stamp)


def read_manifest(warehouse: Warehouse) -> dict[str, dict[str, Any]]:
    """Return the rows of raw.dumps by dump_id, none if there is no table yet.

    A manifest that is damaged or written by another version of the contract, or one whose
    segments are not all there, counts as none: all dumps are read anew.
    """
    file = warehouse.table_dir(DUMPS.full_name) / "dumps.parquet"
    try:
        table = pq.read_table(file)
    except (FileNotFoundError, pa.ArrowInvalid):
        return {}
    if table.schema != DUMPS.arrow_schema():
        return {}
    rows = {row["dump_id"]: row for row in table.to_pylist()}
    segments = {row["segment"] for row in rows.values() if row["segment"]}
    for spec in STAGING_TABLES:
        found = {file.stem for file in warehouse.files(spec.full_name)}
        if not segments <= found:
            return {}
    return rows


def _identity(row: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return what decides the records of a dump: its content, the note, the code that reads it."""
    return row["dump_id"], row.get("note") or "", row["extractor"]


def _put_in_place(file: Path) -> None:
    if file.suffix == ".tmp":
        sync(file)
        file.replace(file.with_suffix(""))
