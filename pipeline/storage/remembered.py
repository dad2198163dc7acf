"""What an earlier build left of dumps, whatever the tables looked like then.

What belongs here: the rows of raw.dumps of another release or of a damaged warehouse, and carrying
the rows of a segment over to the columns of now. What does not: which dumps stay (`builds`).

Pages can be read anew, those that were taken away cannot: of these is kept what fits.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pipeline.contract.specs import LAST_VERSION, TableSpec
from pipeline.contract.tables import DUMPS, STAGING_TABLES
from pipeline.storage.duckdb_engine import DuckDB
from pipeline.storage.engine import EngineError, EngineWriteError
from pipeline.storage.manifest import whole_segments
from pipeline.storage.sql_text import relation_of
from pipeline.storage.versions import last_intact
from pipeline.storage.warehouse import Warehouse

# Without these nothing can be said of a dump.
_NEEDED = ("dump_id", "path", "first_seen_at", "status", "extractor")


def remembered_dumps(warehouse: Warehouse) -> dict[str, dict[str, Any]]:
    """Return the rows of raw.dumps by dump_id, in the columns of now, as far as they are known.

    Where the table is damaged, those of the last published version; none if there is neither.
    """
    with warehouse.engine() as engine:
        rows = _rows_of_table(engine, warehouse) or _rows_of_version(engine, warehouse)
    found = [row for row in rows if all(row[name] is not None for name in _NEEDED)]
    return {row["dump_id"]: row for row in found}


def _rows_of_table(engine: DuckDB, warehouse: Warehouse) -> list[dict[str, Any]]:
    if not warehouse.is_whole(DUMPS.full_name):
        return []
    try:
        return engine.rows(carried_rows(engine, DUMPS, warehouse.files(DUMPS.full_name)))
    except (EngineError, EngineWriteError):
        return []


def _rows_of_version(engine: DuckDB, warehouse: Warehouse) -> list[dict[str, Any]]:
    try:
        with engine.last_version(last_intact(warehouse), [DUMPS]):
            return engine.rows(f"select * from {LAST_VERSION}.{DUMPS.name} order by dump_id")
    except (EngineError, EngineWriteError):
        return []


def segments_that_fit(warehouse: Warehouse, segments: Iterable[str]) -> set[str]:
    """Return the segments that are there, whole, and can be carried over to the columns of now.

    They can where each column is there as it is now, or is new and may be NULL: not known.
    """
    asked = set(segments)
    if not asked:
        return set()
    with warehouse.engine() as engine:
        return {
            segment
            for segment in asked & whole_segments(warehouse)
            if all(
                _fits(engine, spec, segment_file(warehouse, spec, segment))
                for spec in STAGING_TABLES
            )
        }


def _fits(engine: DuckDB, spec: TableSpec, file: Path) -> bool:
    try:
        shape = dict(engine.shape(relation_of(file)))
    except (EngineError, EngineWriteError):
        return False
    return all(
        shape[column.name] == column.type
        if column.name in shape
        else not (column.required or column.name in spec.key)
        for column in spec.columns
    )


def segment_file(warehouse: Warehouse, spec: TableSpec, segment: str) -> Path:
    """Return where the rows of a segment lie in a staging table."""
    return warehouse.table_dir(spec.full_name) / f"{segment}.parquet"


def is_of_now(engine: DuckDB, warehouse: Warehouse, segment: str) -> bool:
    """Tell whether a segment's files have the columns of now, in their order."""
    return all(
        tuple(engine.shape(relation_of(segment_file(warehouse, spec, segment)))) == spec.shape
        for spec in STAGING_TABLES
    )


def carried_rows(engine: DuckDB, spec: TableSpec, files: Iterable[Path]) -> str:
    """Return a SELECT of the rows of some files in the columns of now; what is new is NULL."""
    return " union all ".join(_carried(engine, spec, file) for file in files)


def _carried(engine: DuckDB, spec: TableSpec, file: Path) -> str:
    relation = relation_of(file)
    known = {name for name, _ in engine.shape(relation)}
    shown = ", ".join(
        f"cast({column.name} as {column.type}) as {column.name}"
        if column.name in known
        else f"cast(null as {column.type}) as {column.name}"
        for column in spec.columns
    )
    return f"select {shown} from {relation}"
