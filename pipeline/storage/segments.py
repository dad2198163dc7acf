"""Segments: the Parquet files that hold the records of a batch of dumps.

What belongs here: writing a batch's segment, leaving out dumps that are gone, joining small
segments, and putting all of it in place in one go. What does not: which dumps are new (`builds`).

`raw.dumps` is the manifest: a segment is current because a dump's row names it. It is written
last, so a build that is killed leaves files that no row names, which the next build sweeps.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from pipeline.contract.checks import CheckResult
from pipeline.contract.errors import PipelineError
from pipeline.contract.ids import DUMP_PREFIX, fingerprint
from pipeline.contract.specs import TableSpec
from pipeline.contract.tables import DUMPS, EXTRACTED_TABLES, STAGING_TABLES
from pipeline.storage.audit import audit, checks_version
from pipeline.storage.checksums import FileMark
from pipeline.storage.files import put_in_place, temporary
from pipeline.storage.manifest import has_rows
from pipeline.storage.parquet import data_version, row_hashes, spell_version, write_arrow
from pipeline.storage.remembered import carried_rows, is_of_now, segment_file
from pipeline.storage.row_changes import RowChanges, changed_rows, keep_changes
from pipeline.storage.sql_text import quote
from pipeline.storage.stamps import Origin, Stamp
from pipeline.storage.warehouse import Warehouse

if TYPE_CHECKING:
    import pyarrow as pa

_DUMP_COLUMNS = tuple(column.name for column in DUMPS.columns)
# A build joins small segments into one when there are more than this.
MAX_SEGMENTS = 24
_SMALL_BYTES = 8 * 1024 * 1024  # of raw text: half a batch of dumps
_HASHED_ROWS = 20_000  # at once


@dataclass(frozen=True, slots=True)
class Batch:
    """What came of a batch of dumps.

    Attributes:
        segment: the segment written for it, not yet in place; None if no dump could be read.
        rows: the rows of raw.dumps, all but when they were first seen.
    """

    segment: str | None
    rows: tuple[dict[str, Any], ...]


def write_segment(
    warehouse: Warehouse, tables: "Mapping[str, pa.Table]", rows: Sequence[Mapping[str, Any]]
) -> Batch:
    """Write the rows of some dumps to a new segment, beside the current ones.

    Args:
        warehouse: where to write; `SegmentWriter.commit` puts the segment in place.
        tables: the dumps' rows in the staging tables, by table name.
        rows: the dumps' rows in raw.dumps, all but where their rows are and when they were seen.

    Raises:
        PipelineError: the disk is full or the folder cannot be written.
    """
    kept = sorted(_identity(row) for row in rows if has_rows(row))
    segment = fingerprint(kept) if kept else None
    for spec in STAGING_TABLES if segment else ():
        target = temporary(warehouse.table_dir(spec.full_name) / f"{segment}.parquet")
        with warehouse.writing(spec.full_name):
            target.parent.mkdir(parents=True, exist_ok=True)
            # A server may have the same batch read twice at a time, where it gave one worker up.
            own = temporary(target.with_name(f"{segment}-{token_hex(4)}.parquet"))
            write_arrow(tables[spec.name], own)
            own.replace(target)
    versions = _rows_versions(tables) if segment else {}
    empty = dict.fromkeys(_DUMP_COLUMNS)
    return Batch(segment, tuple(empty | dict(row) | _place(row, segment, versions) for row in rows))


def _place(
    row: Mapping[str, Any], segment: str | None, versions: Mapping[str, str]
) -> dict[str, str | None]:
    is_kept = has_rows(row)
    version = versions.get(row["dump_id"][:DUMP_PREFIX])
    return {"segment": segment if is_kept else None, "rows_version": version if is_kept else None}


def _rows_versions(tables: "Mapping[str, pa.Table]") -> dict[str, str]:
    """Return the version of each dump's rows in all staging tables, by the start of its id."""
    import polars as pl

    schema = {"dump": pl.String, "table": pl.String, "hash": pl.UInt64}
    parts = [
        pl.DataFrame(
            {
                "dump": pl.Series(pl.from_arrow(some[_owner(spec)])).str.head(DUMP_PREFIX),
                "table": pl.Series([spec.name]).new_from_index(0, some.num_rows),
                "hash": pl.from_arrow(row_hashes(some)),
            },
            schema=schema,
        )
        for spec in STAGING_TABLES
        for some in _slices(tables[spec.name])
    ]
    sums = pl.concat(parts).group_by("dump", "table").agg(pl.col("hash").sum(), n=pl.len())
    spelled: dict[str, list[str]] = {}
    for dump, table, total, n_rows in sums.sort("dump", "table").iter_rows():
        spelled.setdefault(dump, []).append(f"{table} {spell_version(total, n_rows)}")
    return {dump: fingerprint(*found) for dump, found in spelled.items()}


def _slices(table: "pa.Table") -> "Iterator[pa.Table]":
    """Yield a table in parts: to hash rows takes a copy of them."""
    for begin in range(0, max(table.num_rows, 1), _HASHED_ROWS):
        yield table.slice(begin, _HASHED_ROWS)


def _owner(spec: TableSpec) -> str:
    """Return the column of a staging table that begins with the id of the row's dump."""
    return "record_id" if spec.name == "record_authors" else "dump_id"


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

    def rewrite(self, old_rows: Mapping[str, Mapping[str, Any]]) -> None:
        """Rewrite segments that hold dumps which are gone; join the small ones if they are many.

        So are those in the columns of another release.

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
        stale |= self._of_another_shape(current - set(self._new) - stale)
        small = {s for s in current - set(self._new) if self._raw_bytes(s) < _SMALL_BYTES}
        joined = stale | small if len(small) > MAX_SEGMENTS else stale
        kept = sorted(d for d, row in self.rows.items() if row["segment"] in joined)
        if kept:
            with self.warehouse.writing("the extracted tables"):
                self._join(joined, kept)

    def _of_another_shape(self, segments: set[str]) -> set[str]:
        """Return those in the columns of another release, which read pages that are gone now."""
        asked = segments & {row["segment"] for row in self.rows.values() if row["gone_at"]}
        if not asked:
            return set()
        with self.warehouse.engine() as engine:
            return {s for s in asked if not is_of_now(engine, self.warehouse, s)}

    def _raw_bytes(self, segment: str) -> int:
        return sum(row["n_bytes"] or 0 for row in self.rows.values() if row["segment"] == segment)

    def _join(self, segments: set[str], dump_ids: list[str]) -> None:
        self._need_whole(segments)
        name = fingerprint(dump_ids, *sorted(segments))
        starts = ", ".join(quote(dump_id[:DUMP_PREFIX]) for dump_id in dump_ids)
        with self.warehouse.engine() as engine:
            for spec in STAGING_TABLES:
                files = [self._file(spec, s) for s in sorted(segments)]
                sql = (
                    f"select * from ({carried_rows(engine, spec, files)}) as carried"
                    f" where left({_owner(spec)}, {DUMP_PREFIX}) in ({starts})"
                    f" order by {', '.join(spec.key)}"
                )
                engine.write(sql, temporary(self._file(spec, name)))
        for dump_id in dump_ids:
            self.rows[dump_id] = self.rows[dump_id] | {"segment": name}
        self._new.append(name)

    def _need_whole(self, segments: set[str]) -> None:
        """Raise PipelineError if a segment is damaged: what is joined of it would pass as sound.

        Whoever builds looks for damage then, and reads the pages anew.
        """
        for spec in STAGING_TABLES:
            for file in self.warehouse.damaged(spec.full_name, deep=True):
                if file.stem in segments:
                    place = file.relative_to(self.warehouse.root)
                    raise PipelineError(f"{place} is damaged; build again")

    def _file(self, spec: TableSpec, segment: str) -> Path:
        return segment_file(self.warehouse, spec, segment)

    # ------------------------------------------------------------ put in place

    def is_settled(self) -> bool:
        """Tell whether the last commit came to its end: stamped, and no file too many."""
        names = {row["segment"] for row in self.rows.values()}
        files = (file for spec in STAGING_TABLES for file in self.warehouse.files(spec.full_name))
        is_stamped = all(self.warehouse.stamp(spec.full_name) for spec in EXTRACTED_TABLES)
        return is_stamped and all(file.stem in names for file in files)

    def discard(self) -> None:
        """Remove what was written beside the current segments: read again, it is the same."""
        for spec in STAGING_TABLES:
            for name in self._new:
                temporary(self._file(spec, name)).unlink(missing_ok=True)

    def commit(
        self, origin: Origin, now: datetime, linking: Mapping[str, Sequence[str]]
    ) -> dict[str, list[CheckResult]]:
        """Check the tables as they would be, and put them in place if nothing blocks.

        Args:
            origin: what the tables are made from, kept in their stamps.
            now: kept in the stamps (UTC).
            linking: the columns by which others hang on a table's rows, by full name.

        Returns:
            What the checks of each extracted table found, by full name. If one with severity
            `error` failed, nothing was put in place.

        Raises:
            PipelineError: the disk is full or the folder cannot be written.
        """
        with self.warehouse.writing("the extracted tables"):
            return self._commit(origin, now, linking)

    def _commit(
        self, origin: Origin, now: datetime, linking: Mapping[str, Sequence[str]]
    ) -> dict[str, list[CheckResult]]:
        from pipeline.contract.arrow import table_of_rows

        manifest = self._manifest()
        manifest.parent.mkdir(parents=True, exist_ok=True)
        ordered = [self.rows[dump_id] for dump_id in sorted(self.rows)]
        write_arrow(table_of_rows(DUMPS, ordered), temporary(manifest))
        new = [self._file(spec, name) for spec in STAGING_TABLES for name in self._new]
        checks = self._audit({DUMPS.full_name: [temporary(manifest)]} | self._staging_files())
        if any(check.blocks for found in checks.values() for check in found):
            for file in (*new, manifest):
                temporary(file).unlink(missing_ok=True)
            return checks
        # The stamp goes first and comes back last: a build killed in between leaves none, and
        # the next one finishes the job.
        marks = self._marks()
        changed = self._changes(linking)
        self.warehouse.remove_stamp(DUMPS.full_name)
        for file in (*new, manifest):
            put_in_place(file)
        self._sweep()
        self._stamp(origin, now, marks, checks)
        self._keep_changes(changed)
        return checks

    def _changes(self, linking: Mapping[str, Sequence[str]]) -> "dict[str, tuple[str, pa.Table]]":
        """Return what changes of the tables that others hang on: the version before, the rows."""
        current = self._staging_files() | {DUMPS.full_name: [temporary(self._manifest())]}
        found = {}
        for spec in EXTRACTED_TABLES:
            name = spec.full_name
            old = self.warehouse.stamp(name)
            if old and name in linking and self.warehouse.is_sound(name):
                # Not the files that lie there: a commit cut off has put some in place, unstamped.
                before = [self.warehouse.table_dir(name) / file for file in sorted(old.files)]
                now = [file for file in current[name] if file not in before]
                gone = [file for file in before if file not in current[name]]
                columns = spec.content_columns
                rows = changed_rows(gone, now, columns, linking[name], n_rows=old.n_rows)
                if rows is not None:
                    found[name] = (old.content, rows)
        return found

    def _keep_changes(self, changed: "Mapping[str, tuple[str, pa.Table]]") -> None:
        for name, (before, rows) in changed.items():
            if stamp := self.warehouse.stamp(name):
                keep_changes(self.warehouse.root, name, RowChanges(before, stamp.content, rows))

    def _manifest(self) -> Path:
        return self.warehouse.table_dir(DUMPS.full_name) / "dumps.parquet"

    def _marks(self) -> dict[str, dict[str, FileMark]]:
        """Return the marks of the files of each table as it will be, by full name.

        Those of segments that stay are kept as they are, so that damage since does not pass.
        """
        current = {row["segment"] for row in self.rows.values() if row["segment"]}
        marks = {}
        for spec in STAGING_TABLES:
            old = self.warehouse.stamp(spec.full_name)
            known = dict(old.files) if old else {}
            files = [self._file(spec, name) for name in sorted(current)]
            new = {file.name for file in files if file.stem in self._new}
            marks[spec.full_name] = {
                file.name: FileMark.of(temporary(file) if file.name in new else file)
                if file.name in new or file.name not in known
                else known[file.name]
                for file in files
            }
        manifest = self._manifest()
        return marks | {DUMPS.full_name: {manifest.name: FileMark.of(temporary(manifest))}}

    def _staging_files(self) -> dict[str, list[Path]]:
        """Return where the rows of each staging table lie now, some not in place yet."""
        names = sorted({row["segment"] for row in self.rows.values() if row["segment"]})
        return {
            spec.full_name: [
                temporary(file) if name in self._new else file
                for name in names
                for file in [self._file(spec, name)]
            ]
            for spec in STAGING_TABLES
        }

    def _audit(self, files: Mapping[str, Sequence[Path]]) -> dict[str, list[CheckResult]]:
        with self.warehouse.engine(EXTRACTED_TABLES, files) as engine:
            return {spec.full_name: audit(engine, spec) for spec in EXTRACTED_TABLES}

    def _sweep(self) -> None:
        names = {row["segment"] for row in self.rows.values()}
        for spec in STAGING_TABLES:
            for file in self.warehouse.files(spec.full_name):
                if file.stem not in names:
                    file.unlink()

    def _stamp(
        self,
        origin: Origin,
        now: datetime,
        marks: Mapping[str, Mapping[str, FileMark]],
        checks: Mapping[str, list[CheckResult]],
    ) -> None:
        kept = sorted((d, row["rows_version"]) for d, row in self.rows.items() if row["segment"])
        with self.warehouse.engine(EXTRACTED_TABLES) as engine:
            for spec in EXTRACTED_TABLES:
                n_rows = engine.scalar(f"select count(*) from {spec.full_name}")
                content = fingerprint(kept), n_rows
                if spec is DUMPS:
                    content = data_version(
                        self.warehouse.files(DUMPS.full_name), DUMPS.content_columns
                    )
                asked, files = checks_version(spec), marks[spec.full_name]
                stamp = Stamp.of(origin, content, asked, files, checks[spec.full_name], now)
                self.warehouse.put_stamp(spec, stamp)


def _identity(row: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return what decides the records of a dump: its content, the note, the code that reads it."""
    return row["dump_id"], row.get("note") or "", row["extractor"]
