"""Which rows of a table differ from those before it was last written.

What belongs here: finding the rows that are gone and those that are new, and keeping of them the
columns by which other tables hang on them. What does not: which columns these are, and what follows
(`models.keys`).

They lie in `.changes/<layer>.<table>.parquet`; the JSON beside says between which two contents of
the table they stand, and what the file was when it was written: where that is not what somebody
asks for, or not what is there, nothing is known, and he takes all rows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.storage.checksums import FileMark, read_sealed, write_sealed
from pipeline.storage.files import put_in_place, temporary
from pipeline.storage.parquet import batches, content_hashes, row_hashes, write_arrow

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

FOLDER = ".changes"
# With more of its rows changed than this, a table is made anew in less time.
MOST_CHANGED = 0.25


@dataclass(frozen=True, slots=True)
class RowChanges:
    """What differs between two contents of a table.

    Attributes:
        before: version of the rows before.
        after: version of the rows now.
        rows: the rows that are gone and those that are new: some of their columns.
    """

    before: str
    after: str
    rows: "pa.Table"


def changed_rows(
    old: Sequence[Path],
    new: Sequence[Path],
    columns: Sequence[str],
    kept: Sequence[str],
    new_hashes: "pa.Array | None" = None,
    n_rows: int | None = None,
) -> "pa.Table | None":
    """Return the rows that stand in some files and not in others.

    Args:
        old: Parquet files of the rows before.
        new: those of the rows now.
        columns: what makes a row what it is.
        kept: the columns to return, as texts.
        new_hashes: the hashes of the rows now, where they are known (`parquet.content_hashes`).
        n_rows: of how many these are some; all by default.

    Returns:
        The rows of both that the other lacks; None if they are too many to be of use, or the old
        files are of other columns.
    """
    import polars as pl
    import pyarrow as pa
    import pyarrow.parquet as pq

    needed = {*columns, *kept}
    if any(needed - set(pq.read_schema(file).names) for file in (*old, *new)):
        return None
    before = pl.Series(pl.from_arrow(content_hashes(old, columns)))
    after = pl.Series(pl.from_arrow(new_hashes or content_hashes(new, columns)))
    gone, come = ~before.is_in(after.implode()), ~after.is_in(before.implode())
    if too_many(int(gone.sum()) + int(come.sum()), len(before) if n_rows is None else n_rows):
        return None
    none = pa.table({name: pa.array([], pa.string()) for name in kept})
    parts = [none, *_picked(old, kept, gone), *_picked(new, kept, come)]
    return pa.concat_tables(parts, promote_options="permissive")


def differing(
    gone: "pa.Table", come: "pa.Table", columns: Sequence[str]
) -> "tuple[pa.Table, pa.Array, pa.Array]":
    """Return the rows of two tables that the other lacks, and the hashes of all rows of both.

    Args:
        gone: rows that were taken out of a table.
        come: rows that were put in.
        columns: what makes a row what it is.
    """
    import polars as pl
    import pyarrow as pa

    hashes = [row_hashes(rows.select(columns)) for rows in (gone, come)]
    before, after = (pl.Series(pl.from_arrow(found)) for found in hashes)
    parts = [
        rows.filter((~own.is_in(others.implode())).to_arrow())
        for rows, own, others in ((gone, before, after), (come, after, before))
    ]
    return pa.concat_tables(parts, promote_options="permissive"), *hashes


def too_many(n_changed: int, n_rows: int) -> bool:
    """Tell whether so many rows of so many have changed that it is better to take all."""
    return n_changed > MOST_CHANGED * n_rows


def _picked(files: Iterable[Path], kept: Sequence[str], chosen: "pl.Series") -> "list[pa.Table]":
    """Return some columns of the chosen rows of files, as texts."""
    import pyarrow as pa

    texts = pa.schema([(name, pa.string()) for name in kept])
    parts, begin = [], 0
    for batch in batches(files, kept):
        mask = chosen.slice(begin, len(batch)).to_arrow()
        begin += len(batch)
        parts.append(pa.Table.from_batches([batch]).filter(mask).select(kept).cast(texts))
    return parts


# ---------------------------------------------------------------- keeping


def keep_changes(root: Path, full_name: str, changes: RowChanges) -> None:
    """Keep what changed of a table in a warehouse's folder, in place of what changed before.

    Raises:
        OSError: it cannot be written.
    """
    file = _file(root, full_name)
    file.parent.mkdir(exist_ok=True)
    write_arrow(changes.rows, temporary(file))
    put_in_place(file)
    # Written last: until then what is said is of the file before.
    said = {"before": changes.before, "after": changes.after, "file": asdict(FileMark.of(file))}
    write_sealed(file.with_suffix(".json"), said)


def read_changes(root: Path, full_name: str, before: str, after: str) -> RowChanges | None:
    """Return what changed of a table between two contents; None if that is not known."""
    import pyarrow.parquet as pq

    file = _file(root, full_name)
    said = read_sealed(file.with_suffix(".json"))
    if not said or (said["before"], said["after"]) != (before, after):
        return None
    # A bit that flipped within a key would leave its rows as they were.
    if not FileMark.read(said["file"]).fits(file, deep=True):
        return None
    return RowChanges(before, after, pq.read_table(file))


def _file(root: Path, full_name: str) -> Path:
    return root / FOLDER / f"{full_name}.parquet"
