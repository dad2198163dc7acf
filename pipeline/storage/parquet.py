"""Parquet files as the warehouse writes them: the only place that names their options.

What belongs here: writing, reading piece by piece, and the version of the rows in a file. What
does not: where files lie (`warehouse`).
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from os import SEEK_END
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from pipeline.contract.specs import TableSpec

# Small row groups keep memory flat: the default took 3.5 GB for a million records.
ROW_GROUP = 20_480
# Options of DuckDB's COPY, and those for files that live for one run only.
COPY_OPTIONS = f"format parquet, compression zstd, compression_level 1, row_group_size {ROW_GROUP}"
SCRATCH_OPTIONS = f"format parquet, compression lz4_raw, row_group_size {ROW_GROUP}"


def write_arrow(
    rows: "pa.Table | Iterable[pa.Table]", file: "Path | BinaryIO", *, is_kept: bool = True
) -> None:
    """Write Arrow tables to one Parquet file, byte for byte the same for the same tables.

    Args:
        rows: the rows, at once or some at a time; of tables at least one, all of the same columns.
        file: where to write.
        is_kept: whether the file lives on; packing it takes longer than writing.
    """
    import pyarrow as pa

    tables = iter([rows] if isinstance(rows, pa.Table) else rows)
    first = next(tables)
    schema, tables = first.schema, chain([first], tables)
    del first  # once it is written nobody needs it
    opened = kept_writer if is_kept else scratch_writer
    try:
        with opened(file, schema) as writer:
            for table in tables:
                writer.write_table(table, ROW_GROUP)
    except BaseException:
        if isinstance(file, Path):  # nothing half-written stays, as of Arrow's own `write_table`
            file.unlink(missing_ok=True)
        raise


def kept_writer(file: "Path | BinaryIO", schema: "pa.Schema") -> "pq.ParquetWriter":
    """Open a writer of a file that lives on, for rows that come piece by piece.

    Args:
        file: where to write.
        schema: the file's columns.
    """
    import pyarrow.parquet as pq

    return pq.ParquetWriter(file, schema, compression="zstd", compression_level=1)


def scratch_writer(
    file: "Path | BinaryIO", schema: "pa.Schema", repeating: Sequence[str] = ()
) -> "pq.ParquetWriter":
    """Open a writer of a file that lives for one run only: packing it takes longer than writing.

    Args:
        file: where to write.
        schema: the file's columns.
        repeating: columns whose values recur.
    """
    import pyarrow.parquet as pq

    return pq.ParquetWriter(
        file,
        schema,
        compression="none",
        use_dictionary=list(repeating),
        write_statistics=False,
    )


def ends_whole(file: Path) -> bool:
    """Tell whether a file begins and ends as a Parquet file does: one that was cut does not."""
    try:
        with file.open("rb") as stream:
            begins = stream.read(4)
            stream.seek(-4, SEEK_END)
            return begins == stream.read(4) == b"PAR1"
    except OSError:
        return False


def batches(files: Iterable[Path], columns: Sequence[str]) -> "Iterator[pa.RecordBatch]":
    """Yield some columns of Parquet files, a row group at a time."""
    import pyarrow.parquet as pq

    for file in files:
        with pq.ParquetFile(file) as parquet:
            yield from parquet.iter_batches(ROW_GROUP, columns=list(columns))


def typed_rows(files: Sequence[Path], spec: "TableSpec | None") -> "Iterator[pa.Table]":
    """Yield the rows of files a row group at a time, in the types of a description."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from pipeline.contract.arrow import schema_of

    schema = schema_of(spec) if spec else pq.read_schema(files[0]).remove_metadata()
    yield schema.empty_table()
    for batch in batches(files, schema.names):
        yield pa.Table.from_batches([batch]).cast(schema)


def row_hashes(batch: "pa.RecordBatch | pa.Table") -> "pa.Array":
    """Return a 64-bit hash of each row: the same values in the same columns have the same."""
    import polars as pl

    return pl.DataFrame(pl.from_arrow(batch)).hash_rows().to_arrow()


def data_version(files: Iterable[Path], columns: Sequence[str]) -> tuple[str, int]:
    """Return the version of the rows in some files, and their number.

    It comes from the rows alone: neither their order, nor the cut into files, nor who wrote them
    changes it. It is the sum of their hashes; rows of a table have a key, so none cancel out.
    """
    return version_of(content_hashes(files, columns))


def version_of(hashes: "pa.Array") -> tuple[str, int]:
    """Return the version of rows with these hashes, and their number."""
    return spell_version(sum_of(hashes), len(hashes)), len(hashes)


def version_after(before: str, gone: "pa.Array", come: "pa.Array") -> tuple[str, int]:
    """Return the version of rows, and their number, once some are gone and others have come.

    Args:
        before: the version of the rows before.
        gone: hashes of rows among them.
        come: hashes of other rows.
    """
    n_before, _, total = before.partition("-")
    n_rows = int(n_before) - len(gone) + len(come)
    return spell_version(int(total, 16) - sum_of(gone) + sum_of(come), n_rows), n_rows


def content_hashes(files: Iterable[Path], columns: Sequence[str]) -> "pa.Array":
    """Return a hash of each row of some files, made of some columns."""
    import pyarrow as pa

    parts = [row_hashes(batch) for batch in batches(files, columns)]
    return pa.concat_arrays(parts) if parts else pa.array([], pa.uint64())


def sum_of(hashes: "pa.Array") -> int:
    """Return the sum of hashes modulo 2^64."""
    import polars as pl

    return int(pl.Series(pl.from_arrow(hashes)).sum())


def n_rows_of(version: str) -> int | None:
    """Return the number of rows that a version of rows tells; None where it tells none.

    >>> n_rows_of("12-00000000000000ff"), n_rows_of("00000000000000ff")
    (12, None)
    """
    n_rows, between, _ = version.partition("-")
    return int(n_rows) if between else None


def spell_version(total: int, n_rows: int) -> str:
    """Return a sum of hashes as the text that stamps keep."""
    return f"{n_rows}-{total % 2**64:016x}"
