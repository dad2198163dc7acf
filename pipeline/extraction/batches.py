"""Reading a batch of dumps into a new segment; may run in a process of its own.

What belongs here: the loop over dumps. What does not: what becomes of one (`reading`), where
segments lie (`storage.segments`), which dumps are new (`builds`).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from pipeline.contract.errors import PipelineError
from pipeline.extraction.dump_files import DumpFile
from pipeline.extraction.extracted import Extracted
from pipeline.extraction.reader_version import extractor_version
from pipeline.extraction.reading import extract_dump
from pipeline.extraction.staging_tables import to_tables
from pipeline.inputs.page_places import PagePlace
from pipeline.storage.handed_segments import Given, HandedSegments
from pipeline.storage.segments import Batch, write_segment
from pipeline.storage.warehouse import Warehouse

# So much raw text becomes columns at once: as cards it takes several times the memory.
_PART_BYTES = 1024 * 1024


def read_batch(
    place: PagePlace,
    files: Sequence[DumpFile],
    warehouse: Warehouse,
    extractor: str,
    on_file: Callable[[DumpFile], None] | None = None,
) -> Batch:
    """Read dumps and write their records to a new segment; may run in a process of its own.

    Args:
        place: where the dumps lie.
        files: the dumps, at least one.
        warehouse: where the segment goes; `SegmentWriter.commit` puts it in place.
        extractor: version of the code that reads (`reader_version`), kept with each dump.
        on_file: called with each dump before it is read.
    """
    place.expect([file.name for file in files if file.name and not file.fault])
    rows: list[dict[str, Any]] = []
    parts: list[dict[str, pa.Table]] = []
    for some in in_parts(files, _PART_BYTES):
        found = list(_extracted(place, some, on_file))
        rows += [extracted.dump | {"extractor": extractor} for extracted in found]
        parts.append(to_tables(found))
    tables = {
        name: pa.concat_tables([part.pop(name) for part in parts]).combine_chunks()
        for name in list(parts[0])
    }
    return write_segment(warehouse, tables, rows)


@dataclass(frozen=True, slots=True)
class BatchReader:
    """Reads batches wherever it is sent to.

    Attributes:
        place: where the dumps lie, as it is seen there.
        segments: where segments go, as it is seen there.
        extractor: version of the code that reads, here.
    """

    place: PagePlace
    segments: HandedSegments
    extractor: str

    def __call__(self, files: Sequence[DumpFile]) -> Given:
        """Read dumps, see `read_batch`.

        Raises:
            PipelineError: another papermart works there, or folders are not seen there.
        """
        if extractor_version() != self.extractor:
            raise PipelineError("another papermart reads there: install the one that builds")
        if not (self.place.is_there() and self.segments.is_there()):
            raise PipelineError(
                f"{self.place.shown} or {self.segments.shown} is not seen there: share both "
                "folders under the same paths"
            )
        with self.segments.there() as warehouse:
            batch = read_batch(self.place, files, warehouse, self.extractor)
            return self.segments.given(warehouse, batch)


def _extracted(
    place: PagePlace, files: Iterable[DumpFile], on_file: Callable[[DumpFile], None] | None
) -> Iterator[Extracted]:
    for file in files:
        if on_file:
            on_file(file)
        yield extract_dump(place, file)


def in_parts(
    files: Iterable[DumpFile], most_bytes: int, most_files: int | None = None
) -> Iterator[list[DumpFile]]:
    """Yield dumps in their order, as many together as have no more bytes, but at least one."""
    part: list[DumpFile] = []
    size = 0
    for file in files:
        n_bytes = file.n_bytes or 0
        if part and (size + n_bytes > most_bytes or len(part) == most_files):
            yield part
            part, size = [], 0
        part.append(file)
        size += n_bytes
    if part:
        yield part
