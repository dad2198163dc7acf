"""What becomes of dumps whose page is no longer in the raw folder.

What belongs here: the choice, by `retention` in the settings. What does not: carrying their rows
over (`storage.remembered`, `storage.segments`).

A name stands for the last content it had. A page that was edited is another dump under the same
path: the one before it was replaced, and goes whatever the setting. A page that was moved is the
same dump under another path. What is left was taken away.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.contract.tables import DUMPS
from pipeline.extraction.dump_files import DumpFile
from pipeline.inputs.page_places import CHANGED
from pipeline.inputs.settings import RECORDS_STAY
from pipeline.storage.remembered import segments_that_fit
from pipeline.storage.warehouse import Warehouse

Row = Mapping[str, Any]
_LOST = "is gone, and so is what was read of it: that does not fit the tables of now, or is damaged"
_ADVICE = "put the page back and build again"
# What is still said of a dump whose records are lost.
_SAID = ("dump_id", "path", "n_bytes", "first_seen_at", "gone_at", "source", "note", "extractor")


@dataclass(frozen=True, slots=True)
class Away:
    """The dumps of the last build that no file of the raw folder holds.

    Attributes:
        gone: rows that leave, with their records.
        stay: rows that stay, with their records.
        lost: rows that stay without: their records cannot be carried over, nor read again.
    """

    gone: tuple[Row, ...]
    stay: tuple[Row, ...]
    lost: tuple[Row, ...]

    @property
    def new(self) -> list[Row]:
        """Those that stay or are lost since this build, in the order of their paths."""
        found = [row for row in (*self.stay, *self.lost) if row["gone_at"] is None]
        return sorted(found, key=lambda row: row["path"])

    def rows(self, now: datetime) -> dict[str, dict[str, Any]]:
        """Return the rows that stay, by dump_id, as raw.dumps has them from now on (UTC)."""
        stay = [{**row, **_since(row, now)} for row in self.stay]
        lost = [_lost_row({**row, **_since(row, now)}) for row in self.lost]
        return {row["dump_id"]: row for row in (*stay, *lost)}


def _since(row: Row, now: datetime) -> dict[str, Any]:
    return {"gone_at": row["gone_at"] or now, "n_files": 0}


def _lost_row(row: Row) -> dict[str, Any]:
    said = {name: row[name] for name in _SAID}
    fault = {"status": "quarantined", "reason": f"{_LOST}; {_ADVICE}", "advice": _ADVICE}
    counts = {"n_files": 0, "n_records": 0, "n_held_back": 0}
    return dict.fromkeys(column.name for column in DUMPS.columns) | said | fault | counts


def taken_paths(files: Iterable[DumpFile]) -> set[str]:
    """Return the paths below the raw folder that hold a content which can be read."""
    return {path for file in files if file.fault is None for path in (file.path, *file.copies)}


def stays(row: Row, taken: set[str], retention: str) -> bool:
    """Tell whether the row of a dump stays although no file holds it.

    Args:
        row: its row of raw.dumps.
        taken: what `taken_paths` says of the folder as it is now.
        retention: as in the settings.
    """
    is_worth_it = row["status"] == "extracted" or row["gone_at"] is not None
    return retention == RECORDS_STAY and is_worth_it and row["path"] not in taken


def sort_away(
    warehouse: Warehouse,
    rows: Mapping[str, Row],
    files: Iterable[DumpFile],
    retention: str,
    distrusted: str | None = None,
) -> Away:
    """Say of each dump that no file holds any more whether its row stays, and its records.

    Args:
        warehouse: as the last build left it.
        rows: the rows of raw.dumps, by dump_id.
        files: the dumps of the raw folder.
        retention: as in the settings.
        distrusted: the version of the reader of now, where rows by others do not pass the checks:
            these are lost; None: no such thing is known.
    """
    files = list(files)
    present, taken = {file.dump_id for file in files}, taken_paths(files)
    away = [row for dump_id, row in sorted(rows.items()) if dump_id not in present]
    gone = tuple(row for row in away if not stays(row, taken, retention))
    left = [row for row in away if stays(row, taken, retention)]
    trusted = [row for row in left if distrusted in (None, row["extractor"])]
    fit = segments_that_fit(warehouse, {row["segment"] for row in trusted if row["segment"]})
    fitting = {row["dump_id"] for row in trusted if row["segment"] in fit}
    return Away(
        gone,
        tuple(row for row in left if row["dump_id"] in fitting),
        tuple(row for row in left if row["dump_id"] not in fitting),
    )


def rows_of_vanished(
    warehouse: Warehouse,
    rows: Mapping[str, Row],
    remembered: Mapping[str, Row],
    due: Iterable[DumpFile],
    now: datetime,
) -> dict[str, dict[str, Any]]:
    """Return the rows, as they stay, of pages that vanished while they were to be read again.

    Args:
        warehouse: as the last build left it.
        rows: the rows of raw.dumps as they would be, by dump_id.
        remembered: those of the last build.
        due: what was to be read.
        now: when the pages are found gone (UTC).
    """
    replaced = {row["path"] for row in rows.values() if row["reason"] == CHANGED}
    before = [
        remembered[file.dump_id]
        for file in due
        if file.dump_id in remembered and file.dump_id not in rows and file.path not in replaced
    ]
    fit = segments_that_fit(warehouse, {row["segment"] for row in before if row["segment"]})
    found = [{**row, **_since(row, now)} for row in before if row["segment"] in fit]
    return {row["dump_id"]: row for row in found if row["status"] == "extracted"}


def kept_line(dumps: Iterable[Row], reader: str | None) -> str | None:
    """Say of how many dumps that are gone the records are kept; None if of none.

    Args:
        dumps: rows of raw.dumps.
        reader: the version of the code that read last, to tell what was read by an older one.
    """
    kept = [row for row in dumps if row["gone_at"] is not None and row["status"] == "extracted"]
    if not kept:
        return None
    n_records = sum(row["n_records"] for row in kept)
    n_older = sum(row["extractor"] != reader for row in kept)
    older = f"; {n_older} of them as an older reader read them" if n_older and reader else ""
    pages = f"{len(kept)} page{'' if len(kept) == 1 else 's'}"
    return f"gone and kept: {pages}, {n_records} records{older}"
