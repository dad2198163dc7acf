"""What lies in the raw folder that the warehouse does not know.

What belongs here: where pages lie, and looking there, cheaply enough for every question about
freshness. What does not: why a dump is due and reading it (`dumps`).
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from pipeline.builds.retention import stays, taken_paths
from pipeline.contract.errors import PipelineError
from pipeline.extraction.dump_files import DumpFile, find_dumps
from pipeline.inputs.page_places import FolderOfPages, PagePlace, RawPlace, folder_of
from pipeline.inputs.settings import RECORDS_GO
from pipeline.storage.manifest import read_manifest
from pipeline.storage.shared_manifest import is_within
from pipeline.storage.warehouse import Warehouse


def place_of(
    raw: RawPlace,
    warehouse: Warehouse,
    *,
    fetches: bool = False,
    on_look: Callable[[int, int], None] | None = None,
) -> PagePlace:
    """Return where pages lie, with what the warehouse knows of them.

    Args:
        raw: as the settings name it.
        warehouse: keeps what was found in a store.
        fetches: objects of a store that are new or changed are fetched to be looked at, which
            takes long; a folder's files always are.
        on_look: called while they are: how many were, and how many are to be.
    """
    if folder_of(raw) is not None:
        return FolderOfPages(raw)
    from pipeline.inputs.stored_pages import StoreOfPages
    from pipeline.storage.seen_objects import SeenObjects

    known = SeenObjects(warehouse.root, str(raw))
    return StoreOfPages(str(raw), known, fetches=fetches, on_look=on_look)


def list_dumps(place: PagePlace) -> list[DumpFile]:
    """Return the distinct dumps in a place.

    Raises:
        PipelineError: it is missing or cannot be opened.
    """
    place.need()
    return find_dumps(place)


def need_apart(raw: RawPlace, warehouse: Warehouse) -> None:
    """Raise PipelineError if warehouse and pages lie in each other: its files would be read."""
    root, folder = warehouse.root.resolve(), folder_of(raw)
    if folder and (root.is_relative_to(folder.resolve()) or warehouse.owns(folder.resolve())):
        raise PipelineError(
            f"the warehouse {warehouse.root} and the raw folder {raw} lie inside each other; "
            "the files of the one would be read as pages: name another with --warehouse"
        )
    url = f"file://{folder.resolve()}" if folder else _resolved(str(raw))
    if warehouse.store and is_within(_resolved(warehouse.store), url):
        raise PipelineError(
            f"the store {warehouse.store} and the pages in {raw} lie inside each other; the files "
            "of the one would be read as pages: name another store, or another folder there"
        )


def _resolved(url: str) -> str:
    """Return a URL; of a folder under its own name, whatever links lead there."""
    path = url.removeprefix("file://")
    return url if path == url else f"file://{Path(path).resolve()}"


def pending_dumps(
    raw: RawPlace,
    warehouse: Warehouse,
    known: Iterable[Mapping[str, Any]] | None = None,
    retention: str = RECORDS_GO,
) -> list[str]:
    """Return the paths of dumps that the warehouse does not know as they are now.

    These are new and changed dumps, dumps with another note, and those moved or gone.

    Args:
        raw: where dumps lie.
        warehouse: as the last build left it.
        known: the rows of raw.dumps, if they have been read already.
        retention: what becomes of the records of a page that is taken away, as in the settings.
            Where they stay, a page that is gone waits for nothing once a build has noted it.

    Raises:
        PipelineError: the raw folder is missing or cannot be opened.
    """
    need_apart(raw, warehouse)
    rows = read_manifest(warehouse).values() if known is None else known
    files = list_dumps(place_of(raw, warehouse))
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
