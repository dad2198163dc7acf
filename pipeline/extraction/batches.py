"""Reading a batch of dumps into a new segment; may run in a process of its own.

What belongs here: the loop over dumps. What does not: what becomes of one (`reading`), where
segments lie (`storage.segments`), which dumps are new (`builds`).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.contract.errors import PipelineError
from pipeline.extraction.dump_files import DumpFile
from pipeline.extraction.extracted import Extracted
from pipeline.extraction.reader_version import extractor_version
from pipeline.extraction.reading import extract_dump
from pipeline.extraction.staging_tables import to_tables
from pipeline.storage.segments import Batch, write_segment
from pipeline.storage.warehouse import Warehouse

# So much raw text becomes columns at once: as cards it takes several times the memory.
_PART_BYTES = 1024 * 1024


def read_batch(
    raw_dir: Path,
    files: Sequence[DumpFile],
    warehouse: Warehouse,
    extractor: str,
    on_file: Callable[[DumpFile], None] | None = None,
) -> Batch:
    """Read dumps and write their records to a new segment; may run in a process of its own.

    Args:
        raw_dir: the folder the dumps are in.
        files: the dumps, at least one.
        warehouse: where the segment goes; `SegmentWriter.commit` puts it in place.
        extractor: version of the code that reads (`reader_version`), kept with each dump.
        on_file: called with each dump before it is read.
    """
    rows: list[dict[str, Any]] = []
    parts: list[dict[str, pa.Table]] = []
    for some in in_parts(files, _PART_BYTES):
        found = list(_extracted(raw_dir, some, on_file))
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
        raw_dir: the folder the dumps are in, as it is seen there.
        warehouse: where segments go, as it is seen there.
        extractor: version of the code that reads, here.
    """

    raw_dir: Path
    warehouse: Warehouse
    extractor: str

    def __call__(self, files: Sequence[DumpFile]) -> Batch:
        """Read dumps, see `read_batch`.

        Raises:
            PipelineError: another papermart works there, or folders are not seen there.
        """
        if extractor_version() != self.extractor:
            raise PipelineError("another papermart reads there: install the one that builds")
        if not (self.raw_dir.is_dir() and self.warehouse.root.is_dir()):
            raise PipelineError(
                f"{self.raw_dir} or {self.warehouse.root} is not seen there: share both folders "
                "under the same paths"
            )
        return read_batch(self.raw_dir, files, self.warehouse, self.extractor)


def _extracted(
    raw_dir: Path, files: Iterable[DumpFile], on_file: Callable[[DumpFile], None] | None
) -> Iterator[Extracted]:
    for file in files:
        if on_file:
            on_file(file)
        yield extract_dump(raw_dir, file)


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
