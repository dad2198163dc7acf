"""CSV files that people edit, row by row, each with the line it begins on.

What belongs here: the one reader of CSV, and its messages. What does not: what the cells mean.
"""

import csv
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.contract.errors import PipelineError, cause_of

_LARGEST_CELL = 2**30


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
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            try:
                header = next(reader, [])
                yield CsvLines(header, _numbered(reader))
            except csv.Error as error:
                what = f"is no CSV ({error}); correct or remove the line"
                raise PipelineError(f"{file}, line {reader.line_num}: {what}") from None
    except OSError as error:
        raise PipelineError(f"{file} cannot be read: {cause_of(error)}") from None
    except UnicodeDecodeError:
        line = first_line_not_utf8(file)
        raise PipelineError(f"{file}, line {line}: is not UTF-8 text; save it as UTF-8") from None
    finally:
        csv.field_size_limit(before)


def _numbered(reader: Any) -> Iterator[tuple[int, list[str]]]:  # noqa: ANN401 - csv's own type
    begins = reader.line_num + 1
    for cells in reader:
        if any(map(str.strip, cells)):
            yield begins, cells
        begins = reader.line_num + 1


def first_line_not_utf8(file: Path) -> int:
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
                f"needed are {','.join(needed)}{semicolon_advice(found)}"
            )


def semicolon_advice(header: Sequence[str]) -> str:
    """Return advice for a CSV file as spreadsheets of many countries write it, else nothing.

    >>> semicolon_advice(["record_id;title"])
    '; its columns are separated by semicolons, save it with commas'
    """
    is_one = len(header) == 1 and ";" in header[0]
    return "; its columns are separated by semicolons, save it with commas" if is_one else ""
