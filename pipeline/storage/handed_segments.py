"""Segments that workers of a server write, and how they come into the warehouse of a build.

What belongs here: a folder that the workers see, or a store in which they hand segments over. What
does not: what is read into them (`extraction.batches`), putting them in place (`segments`).
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple

from pipeline.contract.tables import STAGING_TABLES
from pipeline.storage.files import scratch_folder, temporary
from pipeline.storage.remembered import segment_file
from pipeline.storage.segments import Batch
from pipeline.storage.shared_manifest import SCRATCH
from pipeline.storage.store import Store, StoreError, in_parts
from pipeline.storage.warehouse import Warehouse


class Given(NamedTuple):
    """A batch that was read elsewhere: what came of it, and the objects that hold its segment."""

    batch: Batch
    objects: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class HandedSegments:
    """Where workers write segments: into the warehouse, or into a store if there is one.

    Attributes:
        root: the warehouse of the build, which workers see where there is no store.
        url: of the store; empty: there is none.
        folder: the folder in the store that is this build's alone.
    """

    root: Path
    url: str = ""
    folder: str = ""

    @property
    def shown(self) -> str:
        """What messages call it."""
        return self.url or str(self.root)

    def is_there(self) -> bool:
        """Tell at no cost whether a worker may see it."""
        return bool(self.url) or self.root.is_dir()

    @contextmanager
    def there(self) -> Generator[Warehouse]:
        """Give a worker a warehouse to write a segment to."""
        if not self.url:
            yield Warehouse(self.root)
            return
        with scratch_folder() as scratch:
            yield Warehouse(scratch)

    def given(self, warehouse: Warehouse, batch: Batch) -> Given:
        """Hand a segment over, by the worker that wrote it.

        Names are new by chance: a server may have a batch read twice at a time.
        """
        objects = {}
        for spec in STAGING_TABLES if self.url and batch.segment else ():
            objects[spec.full_name] = f"{self.folder}/{token_hex(8)}.parquet"
            written = temporary(segment_file(warehouse, spec, str(batch.segment)))
            Store(self.url).put(objects[spec.full_name], written)
        return Given(batch, objects)

    def taken(self, warehouse: Warehouse, given: Given) -> Batch:
        """Bring a segment to where the build's warehouse would have written it."""
        for spec in STAGING_TABLES if given.objects else ():
            place = temporary(segment_file(warehouse, spec, str(given.batch.segment)))
            with warehouse.writing(spec.full_name):
                place.parent.mkdir(parents=True, exist_ok=True)
                Store(self.url).fetch(given.objects[spec.full_name], place)
        return given.batch

    def remove(self) -> None:
        """Remove what was handed over in the store."""
        for names in in_parts(Store(self.url).objects(self.folder)) if self.url else ():
            Store(self.url).delete(names)


@contextmanager
def handing(warehouse: Warehouse) -> Generator[HandedSegments]:
    """Have segments handed over while pages are read; what lay in a store for that is removed."""
    root = warehouse.root.resolve()
    url = warehouse.store if warehouse.copies else ""
    segments = HandedSegments(root, url, f"{SCRATCH}/{token_hex(8)}" if url else "")
    try:
        yield segments
    finally:
        with suppress(StoreError):  # a later build sweeps it
            segments.remove()
