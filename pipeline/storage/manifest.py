"""The manifest: the rows of raw.dumps, which say what dumps the warehouse holds, and where.

What belongs here: reading it. What does not: writing it, with the segments it names (`segments`).
"""

from collections.abc import Mapping
from typing import Any

from pipeline.contract.tables import DUMPS, STAGING_TABLES
from pipeline.storage.engine import EngineError, EngineWriteError
from pipeline.storage.warehouse import Warehouse


def read_manifest(warehouse: Warehouse) -> dict[str, dict[str, Any]]:
    """Return the rows of raw.dumps by dump_id, none if there is no table yet.

    A manifest that is damaged or written by another version of the contract counts as none: all
    dumps are read anew. A dump whose rows are damaged or gone has a row that names no segment
    (`has_lost_rows`).
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
    whole = whole_segments(warehouse)
    return {
        row["dump_id"]: row if row["segment"] in whole else row | {"segment": None} for row in rows
    }


def whole_segments(warehouse: Warehouse) -> set[str]:
    """Return the names of the segments that are as they were written in every staging table."""
    found = []
    for spec in STAGING_TABLES:
        damaged = {file.stem for file in warehouse.damaged(spec.full_name)}
        found.append({file.stem for file in warehouse.files(spec.full_name)} - damaged)
    return set.intersection(*found)


def has_rows(dump: Mapping[str, Any]) -> bool:
    """Tell whether a dump has rows in staging tables: if it was read, or its cards held back."""
    return dump["status"] == "extracted" or bool(dump["n_held_back"])


def has_lost_rows(dump: Mapping[str, Any]) -> bool:
    """Tell whether a dump's rows in staging tables are damaged or gone."""
    return has_rows(dump) and dump["segment"] is None
