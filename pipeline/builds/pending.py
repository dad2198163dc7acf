"""What lies in the raw folder that the warehouse does not know.

What belongs here: looking, cheaply enough for every question about freshness. What does not: why
a dump is due and reading it (`dumps`).
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pipeline.contract.errors import PipelineError, cause_of
from pipeline.extraction.dump_files import DumpFile, find_dumps
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
    raw_dir: Path, warehouse: Warehouse, known: Iterable[Mapping[str, Any]] | None = None
) -> list[str]:
    """Return the paths of dumps that the warehouse does not know as they are now.

    These are new and changed dumps, dumps with another note, and those moved or gone.

    Args:
        raw_dir: the folder of dumps.
        warehouse: as the last build left it.
        known: the rows of raw.dumps, if they have been read already.

    Raises:
        PipelineError: the raw folder is missing or cannot be opened.
    """
    need_apart(raw_dir, warehouse)
    rows = read_manifest(warehouse).values() if known is None else known
    old = {(row["path"], row["dump_id"], row["note"]) for row in rows}
    now = {(file.path, file.dump_id, file.note_hash) for file in list_dumps(raw_dir)}
    return sorted({path for path, _, _ in old ^ now})
