"""Reading tables that people bring: Parquet, CSV, JSON lines, each row with its place.

What belongs here: from a file to columns of raw values, and messages that name file and row.
What does not: what the values mean (`linking`, `evaluate`).
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.contract.errors import PipelineError, cause_of
from pipeline.inputs.csv_lines import (
    need_cells,
    need_columns,
    not_utf8,
    open_csv,
    refuse_doubles,
)
from pipeline.inputs.given_files import open_given

_T = TypeVar("_T")

_BATCH_ROWS = 20_000
_SPREADSHEETS = {".xlsx", ".xls", ".ods"}
# Types, and the wider ones that may hold the same values: polars writes large strings, int64.
_WIDER: tuple[tuple[pa.DataType, pa.DataType], ...] = (
    (pa.string(), pa.large_string()),
    (pa.list_(pa.string()), pa.list_(pa.large_string())),
    (pa.list_(pa.string()), pa.large_list(pa.large_string())),
    (pa.int32(), pa.int64()),
)
# Half of a sign, which JSON can spell (a lone "\\ud83d") and no text can hold.
_HALF_SIGN = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a file, column by column, and where each row stands in it (`line 7`).

    Columns that the caller takes as they lie in a Parquet file are Arrow arrays, others Python
    values.
    """

    columns: "Mapping[str, Sequence[Any] | pa.Array]"
    places: Sequence[str]


def read_column(
    file: Path, batch: Batch, column: str, read: Callable[[object], _T]
) -> list[_T | None]:
    """Return the values of a column, read one by one; None for a column that is not there.

    Raises:
        PipelineError: `read` finds fault with a value (ValueError); names file, row and column.
    """
    values: list[_T | None] = []
    try:
        for raw in batch.columns.get(column, [None] * len(batch.places)):
            value = read(raw)
            values.append(value)
    except ValueError as error:
        place = batch.places[len(values)]
        raise PipelineError(f"{file}, {place}, column {column}: {error}") from None
    return values


def read_batches(
    file: Path,
    columns: Sequence[str],
    needed: Sequence[str] = (),
    as_arrow: Mapping[str, pa.DataType] | None = None,
) -> Iterator[Batch]:
    """Yield the rows of a Parquet, CSV or JSON-lines file, some at a time.

    Args:
        file: the file; its suffix says what it is.
        columns: the columns to read, those that are there; others are passed over.
        needed: of these, the ones that must be there.
        as_arrow: of these, the ones to leave as Arrow arrays, for speed, where a Parquet file
            holds them in the type named or in a wider one, and every value fits.

    Raises:
        PipelineError: the file cannot be read, a needed column is missing, a row cannot be
            parsed; names file, row and what is wrong.
    """
    readers = {".parquet": _read_parquet, ".csv": _read_csv, ".jsonl": _read_jsonl}
    suffix = file.suffix.lower()
    read = readers.get(suffix)
    if read is None:
        advice = "; save the spreadsheet as CSV (UTF-8)" if suffix in _SPREADSHEETS else ""
        raise PipelineError(f"{file}: name a file that ends in {', '.join(readers)}{advice}")
    try:
        open_given(file).close()
        for batch in read(file, columns, needed):
            shown = {
                name: _values(column, (as_arrow or {}).get(name), _Column(file, name, batch.places))
                for name, column in batch.columns.items()
            }
            yield Batch(shown, batch.places)
    except OSError as error:
        raise PipelineError(f"{file} cannot be read: {_cause(error)}") from None
    except UnicodeDecodeError:
        raise not_utf8(file) from None
    except pa.ArrowException as error:
        cause = " ".join(str(error).split())
        raise PipelineError(f"{file} is not a readable Parquet file: {cause}") from None


def _cause(error: OSError) -> str:
    """Return what the system, or Arrow (in several lines), says of a file."""
    return " ".join(cause_of(error).split())


def column_names(file: Path) -> list[str]:
    """Return the columns of a file that `read_batches` has read; of JSON lines the first one's."""
    match file.suffix.lower():
        case ".parquet":
            return list(pq.read_schema(file).names)
        case ".csv":
            with open_csv(file) as lines:
                return lines.header
        case _:
            with file.open(encoding="utf-8-sig") as stream:
                return list(json.loads(next(line for line in stream if line.strip())))


def _read_parquet(file: Path, columns: Sequence[str], needed: Sequence[str]) -> Iterator[Batch]:
    with pq.ParquetFile(file) as parquet:
        found = parquet.schema_arrow.names
        need_columns(file, "row 1", found, needed)
        refuse_doubles(file, "row 1", found, columns)
        names = [name for name in found if name in columns]
        first = 1
        for rows in parquet.iter_batches(_BATCH_ROWS, columns=names):
            places = [f"row {n}" for n in range(first, first + len(rows))]
            yield Batch({name: rows[name] for name in names}, places)
            first += len(rows)


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of some rows of a Parquet file, as messages name it."""

    file: Path
    name: str
    places: Sequence[str]

    def fault(self, row: int | None, what: str) -> PipelineError:
        place = "" if row is None else f" {self.places[row]},"
        return PipelineError(f"{self.file},{place} column {self.name}: {what}")


def _values(
    column: "Sequence[Any] | pa.Array", left_as: pa.DataType | None, where: _Column
) -> "Sequence[Any] | pa.Array":
    if not isinstance(column, pa.Array):
        return column
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        row = next((n for n in range(len(column)) if not _is_valid(column.slice(n, 1))), None)
        what = "holds what is no UTF-8 text; write it anew, or leave it out"
        raise where.fault(row, what) from None
    if column.type == left_as:
        return column
    if (left_as, column.type) in _WIDER:
        with suppress(pa.ArrowInvalid):  # a value does not fit
            return column.cast(left_as)
    try:
        return column.to_pylist()
    # Days and times that Python has not, types that Arrow cannot show.
    except (pa.ArrowException, ValueError, OverflowError, TypeError):
        what = f"holds values that cannot be read ({column.type}); write texts or numbers"
        raise where.fault(None, what) from None


def _is_valid(column: pa.Array) -> bool:
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _read_csv(file: Path, columns: Sequence[str], needed: Sequence[str]) -> Iterator[Batch]:
    with open_csv(file) as lines:
        need_columns(file, "line 1", lines.header, needed)
        refuse_doubles(file, "line 1", lines.header, columns)

        def rows() -> Iterator[tuple[str, dict[str, Any]]]:
            for line, cells in lines.rows:
                need_cells(file, line, cells, len(lines.header))
                values = zip(lines.header, cells, strict=True)
                yield f"line {line}", {name: cell for name, cell in values if cell != ""}

        yield from _batches(rows(), [name for name in lines.header if name in columns])


def _read_jsonl(file: Path, columns: Sequence[str], needed: Sequence[str]) -> Iterator[Batch]:
    with TextIOWrapper(open_given(file), encoding="utf-8-sig") as stream:

        def rows() -> Iterator[tuple[str, dict[str, Any]]]:
            for number, line in enumerate(stream, 1):
                if not line.strip():
                    continue
                place = f"line {number}"
                try:
                    row = json.loads(line)
                except (ValueError, RecursionError) as error:
                    raise PipelineError(f"{file}, {place}: {_json_fault(error)}") from None
                if not isinstance(row, dict):
                    raise PipelineError(f"{file}, {place}: {_json_fault()}")
                need_columns(file, place, list(row), needed)
                if "\\ud" in line or "\\uD" in line:
                    _need_whole_signs(file, place, {name: row.get(name) for name in columns})
                yield place, row

        yield from _batches(rows(), columns)


def _json_fault(error: ValueError | RecursionError | None = None) -> str:
    """Say what is wrong with a line that is no JSON object, and where in it."""
    match error:
        case None:
            cause = ""
        case json.JSONDecodeError():
            cause = f" ({error.msg}, column {error.pos + 1})"
        case RecursionError():
            cause = " that can be read (it is nested too deeply)"
        case _:
            cause = f" ({error})"
    return f"is no JSON object{cause}; write one object a line"


def _need_whole_signs(file: Path, place: str, row: Mapping[str, Any]) -> None:
    for name, value in row.items():
        if half := _HALF_SIGN.search(json.dumps(value, ensure_ascii=False)):
            raise PipelineError(
                f"{file}, {place}, column {name}: holds half of a sign (\\u{ord(half[0]):04x}), "
                "which no text can; write the whole sign, or leave it out"
            )


def _batches(rows: Iterator[tuple[str, dict[str, Any]]], columns: Sequence[str]) -> Iterator[Batch]:
    while taken := list(islice(rows, _BATCH_ROWS)):
        yield Batch(
            {name: [row.get(name) for _, row in taken] for name in columns},
            [place for place, _ in taken],
        )
