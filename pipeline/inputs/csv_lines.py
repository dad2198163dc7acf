"""CSV files that people edit, row by row, each with the line it begins on.

What belongs here: the one reader of CSV, and its messages. What does not: what the cells mean.
"""

import csv
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from pipeline.contract.errors import PipelineError, cause_of
from pipeline.inputs.given_files import open_given, read_given

_LARGEST_CELL = 2**30
_MOST_BYTES = 100_000_000  # of a file that people keep
# What files that are no text begin with, and what to do with them.
_NO_TEXTS = {
    b"PK\x03\x04": "a packed file, as spreadsheets are; open it and save it as CSV (UTF-8)",
    b"\x1f\x8b": "a packed file (gzip); unpack it",
    b"PAR1": "a Parquet file; let its name end in .parquet",
}
# Of the columns that are there, so many are named, each by so much of its name.
_MOST_NAMES, _MOST_NAME = 20, 40


@dataclass(frozen=True, slots=True)
class CsvLines:
    """The rows of a CSV file.

    Attributes:
        header: the cells of the first row, as written; empty for an empty file.
        rows: (line it begins on, cells) of each further row that holds anything, read as it is
            asked for. A quoted cell may go over several lines.
    """

    header: list[str]
    rows: Iterator[tuple[int, list[str]]]


@contextmanager
def open_csv(file: Path) -> Generator[CsvLines]:
    """Open a CSV file: UTF-8, with or without byte order mark, cells apart by commas.

    Raises:
        PipelineError: here or while rows are read: the file cannot be opened, is no UTF-8, or a
            quote in it does not end; names file, line and what to do.
    """
    before = csv.field_size_limit(_LARGEST_CELL)
    try:
        with TextIOWrapper(open_given(file), encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            try:
                header = [cell.removeprefix("\ufeff") for cell in next(reader, [])]
                yield CsvLines(header, _numbered(reader))
            except csv.Error as error:
                what = f"is no CSV ({error}); correct or remove the line"
                raise PipelineError(f"{file}, line {reader.line_num}: {what}") from None
    except OSError as error:
        raise PipelineError(f"{file} cannot be read: {cause_of(error)}") from None
    except UnicodeDecodeError:
        raise not_utf8(file) from None
    finally:
        csv.field_size_limit(before)


def csv_bytes(file: Path, what: str) -> bytes:
    """Return what stands in a file that people keep; nothing where there is none.

    Args:
        file: the file.
        what: what messages call it: `overrides file`.

    Raises:
        PipelineError: the file is there and cannot be opened.
    """
    try:
        if not (file.exists() or file.is_symlink()):
            return b""
        return read_given(file, _MOST_BYTES)
    except OSError as error:
        raise PipelineError(f"the {what} {file} cannot be opened: {cause_of(error)}") from None


def _numbered(reader: Any) -> Iterator[tuple[int, list[str]]]:  # noqa: ANN401 - csv's own type
    begins = reader.line_num + 1
    for cells in reader:
        if any(map(str.strip, cells)):
            yield begins, cells
        begins = reader.line_num + 1


def not_utf8(file: Path) -> PipelineError:
    """Return what to say of a file that is no UTF-8 text: its line, or that it is a spreadsheet."""
    with file.open("rb") as stream:
        begins = stream.read(4)
    for sign, what in _NO_TEXTS.items():
        if begins.startswith(sign):
            return PipelineError(f"{file} is no text but {what}")
    line = _first_line_not_utf8(file)
    return PipelineError(f"{file}, line {line}: is not UTF-8 text; save it as UTF-8")


def _first_line_not_utf8(file: Path) -> int:
    """Return the number of the first line of a file that is no UTF-8; 1 if all are."""
    with file.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return 1


def need_cells(file: Path, line: int, cells: Sequence[str], n_cells: int) -> None:
    """Raise PipelineError if a row has not as many cells as the header."""
    if len(cells) != n_cells:
        raise PipelineError(f"{file}, line {line}: {cells_fault(cells, n_cells)}")


def cells_fault(cells: Sequence[str], n_cells: int) -> str:
    """Say what is wrong with a row that has not as many cells as the header."""
    advice = "; put texts with commas between double quotes" if len(cells) > n_cells else ""
    return f"{len(cells)} cells, there must be {n_cells}{advice}"


def need_columns(file: Path, place: str, found: Sequence[str], needed: Sequence[str]) -> None:
    """Raise PipelineError naming the first needed column that is not there.

    Args:
        file: the file.
        place: where its columns are named: `line 1`.
        found: the columns there are.
        needed: those that must be.
    """
    for column in needed:
        if column not in found:
            raise PipelineError(
                f"{file}, {place}: the column {column} is missing; "
                f"needed are {','.join(needed)}{_columns_advice(found)}"
            )


def refuse_doubles(file: Path, place: str, found: Sequence[str], read: Sequence[str]) -> None:
    """Raise PipelineError naming the first column that stands twice: which of them counts?

    Args:
        file: the file.
        place: where its columns are named: `line 1`.
        found: the columns there are.
        read: those that are read; others may stand as often as they like.
    """
    for column in read:
        if found.count(column) > 1:
            raise PipelineError(
                f"{file}, {place}: the column {column} stands twice; keep one, or rename one"
            )


def _columns_advice(found: Sequence[str]) -> str:
    r"""Say which columns there are, or why they were not told apart.

    >>> _columns_advice(["Record_ID", "Title"])
    '; there are Record_ID,Title'
    >>> _columns_advice(["record_id;title"])
    '; its columns are separated by semicolons, save it with commas'
    >>> _columns_advice(["record_id\ttitle"])
    '; its columns are separated by tabs, save it with commas'
    >>> _columns_advice([])
    '; there are none'
    """
    if len(found) == 1:
        for sign, name in ((";", "semicolons"), ("\t", "tabs")):
            if sign in found[0]:
                return f"; its columns are separated by {name}, save it with commas"
    names = [name if len(name) <= _MOST_NAME else f"{name[:_MOST_NAME]}…" for name in found]
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return f"; there are {','.join(names[:_MOST_NAMES]) or 'none'}{more}"
