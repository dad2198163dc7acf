"""What lies in the raw folder that the warehouse does not know.

What belongs here: looking, cheaply enough for every question about freshness. What does not: why
a dump is due and reading it (`dumps`).
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pipeline.builds.retention import stays, taken_paths
from pipeline.contract.errors import PipelineError, cause_of
from pipeline.extraction.dump_files import DumpFile, find_dumps
from pipeline.inputs.settings import RECORDS_GO
from pipeline.storage.manifest import read_manifest
from pipeline.storage.warehouse import Warehouse


def list_dumps(raw_dir: Path) -> list[DumpFile]:
    """Return the distinct dumps of a raw folder.

    Raises:
        PipelineError: it is missing or cannot be opened.
    """
    need_folder(raw_dir)
    return find_dumps(raw_dir)


def need_folder(raw_dir: Path) -> None:
    """Raise PipelineError if there is no raw folder, or one that cannot be opened."""
    if not raw_dir.is_dir():
        what = "is not a folder" if raw_dir.exists() else "is not there"
        raise PipelineError(
            f"the raw folder {raw_dir} {what}; name the folder of saved pages with --raw"
        )
    try:
        next(raw_dir.iterdir(), None)
    except OSError as error:
        cause = cause_of(error)
        raise PipelineError(f"the raw folder {raw_dir} cannot be opened: {cause}") from None


def need_apart(raw_dir: Path, warehouse: Warehouse) -> None:
    """Raise PipelineError if the warehouse lies in the raw folder: its files would be read."""
    root, raw = warehouse.root.resolve(), raw_dir.resolve()
    if root.is_relative_to(raw) or warehouse.owns(raw):
        raise PipelineError(
            f"the warehouse {warehouse.root} and the raw folder {raw_dir} lie inside each other; "
            "the files of the one would be read as pages: name another with --warehouse"
        )


def pending_dumps(
    raw_dir: Path,
    warehouse: Warehouse,
    known: Iterable[Mapping[str, Any]] | None = None,
    retention: str = RECORDS_GO,
) -> list[str]:
    """Return the paths of dumps that the warehouse does not know as they are now.

    These are new and changed dumps, dumps with another note, and those moved or gone.

    Args:
        raw_dir: the folder of dumps.
        warehouse: as the last build left it.
        known: the rows of raw.dumps, if they have been read already.
        retention: what becomes of the records of a page that is taken away, as in the settings.
            Where they stay, a page that is gone waits for nothing once a build has noted it.

    Raises:
        PipelineError: the raw folder is missing or cannot be opened.
    """
    need_apart(raw_dir, warehouse)
    rows = read_manifest(warehouse).values() if known is None else known
    files = list_dumps(raw_dir)
    now = {(file.path, file.dump_id, file.note_hash) for file in files}
    present, taken = {file.dump_id for file in files}, taken_paths(files)
    old = {
        # A page that was gone and is back is known by what it was, and waits for being noted.
        (row["path"], row["dump_id"], row["note"], row["gone_at"] is not None)
        for row in rows
        if not (row["gone_at"] and row["dump_id"] not in present and stays(row, taken, retention))
    }
    waiting = old ^ {(*known_by, False) for known_by in now}
    return sorted({path for path, *_ in waiting})
