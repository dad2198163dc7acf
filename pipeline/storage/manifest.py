"""The manifest: the rows of raw.dumps, which say what dumps the warehouse holds, and where.

What belongs here: reading it. What does not: writing it, with the segments it names (`segments`).
"""

from typing import Any

from pipeline.contract.tables import DUMPS, STAGING_TABLES
from pipeline.storage.engine import EngineError, EngineWriteError
from pipeline.storage.parquet import ends_whole
from pipeline.storage.warehouse import Warehouse


def read_manifest(warehouse: Warehouse) -> dict[str, dict[str, Any]]:
    """Return the rows of raw.dumps by dump_id, none if there is no table yet.

    A manifest that is damaged or written by another version of the contract, or one whose
    segments are not all there, counts as none: all dumps are read anew.
    """
    if not warehouse.is_whole(DUMPS.full_name):
        return {}
    try:
        with warehouse.engine([DUMPS]) as engine:
            if tuple(engine.shape(DUMPS.full_name)) != DUMPS.shape:
                return {}
            rows = engine.rows(f"select * from {DUMPS.full_name} order by dump_id")
    except (EngineError, EngineWriteError):
        return {}
    segments = {row["segment"] for row in rows if row["segment"]}
    for spec in STAGING_TABLES:
        files = {file.stem: file for file in warehouse.files(spec.full_name)}
        if not all(name in files and ends_whole(files[name]) for name in segments):
            return {}
    return {row["dump_id"]: row for row in rows}
