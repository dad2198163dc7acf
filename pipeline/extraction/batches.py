"""Reading a batch of dumps into a new segment; may run in a process of its own.

What belongs here: the loop over dumps. What does not: what becomes of one (`reading`), where
segments lie (`storage.segments`), which dumps are new (`builds`).
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.extraction.dump_files import DumpFile
from pipeline.extraction.extracted import Extracted
from pipeline.extraction.reading import extract_dump
from pipeline.extraction.staging_tables import to_tables
from pipeline.storage.segments import Batch, write_segment
from pipeline.storage.warehouse import Warehouse


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
    found: list[Extracted] = []
    for file in files:
        if on_file:
            on_file(file)
        found.append(extract_dump(raw_dir, file))
    rows = [extracted.dump | {"extractor": extractor} for extracted in found]
    return write_segment(warehouse, to_tables(found), rows)
