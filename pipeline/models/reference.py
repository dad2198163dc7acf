"""Reference tables: CSV files that people edit, typed and checked by their description.

What belongs here: from such a file to rows, or a message that names file, line and column. What
does not: what must hold of one table alone (`transforms.topic_reference`).
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.contract.errors import PipelineError
from pipeline.contract.specs import ColumnSpec, TableSpec
from pipeline.inputs.csv_lines import need_cells, open_csv
from pipeline.models.plain_csv import plain_columns

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

# One row of a reference table: its line in the file, its cells by column.
ReferenceRow = tuple[int, dict[str, Any]]


def read_reference(
    file: Path, spec: TableSpec, check: "Callable[[list[ReferenceRow]], Any] | None" = None
) -> "pa.Table":
    """Read a CSV that people edit, typed by its description, ordered by its key.

    Empty cells are NULL. A file that is plain CSV and sound is read column by column, another one
    row by row: only so can be said where it is wrong.

    Args:
        file: the CSV file; tables that its columns refer to lie beside it.
        spec: the table's description.
        check: takes the rows and yields (line, fault).

    Raises:
        PipelineError: a wrong header, a row of the wrong length, a value of the wrong type, a
            value that is missing, not allowed, or refers to nothing, a key that stands twice,
            or what `check` finds; names file, line and column.
    """
    from pipeline.contract.arrow import table_of_frame, table_of_rows

    if check is None and (plain := _plain_rows(file, spec)) is not None:
        return table_of_frame(spec, plain)
    rows = reference_rows(file, spec)
    found = list(_faults(rows, spec, file)) or list(check(rows) if check else ())
    if found:
        line, fault = min(found)
        raise PipelineError(f"{file}, line {line}: {fault}")
    ordered = sorted((row for _, row in rows), key=lambda row: [str(row[key]) for key in spec.key])
    return table_of_rows(spec, ordered)


def _plain_rows(file: Path, spec: TableSpec) -> "pl.DataFrame | None":
    """Return the rows of a sound and plain file; None of another one, whatever is wrong with it."""
    try:
        known = {c.name: _known_values(c, spec, [], file) for c in spec.columns if c.references}
        return plain_columns(file, spec, known)
    except (OSError, ValueError, PipelineError):
        return None


def reference_rows(file: Path, spec: TableSpec) -> list[ReferenceRow]:
    """Return the rows of a reference table in the order of the file, each with its line.

    Raises:
        PipelineError: header, length or type are wrong; see `read_reference`.
    """
    names = [column.name for column in spec.columns]
    rows: list[ReferenceRow] = []
    with open_csv(file) as lines:
        if lines.header != names:
            raise PipelineError(f"{file}, line 1: the columns must be {','.join(names)}")
        for line, cells in lines.rows:
            need_cells(file, line, cells, len(names))
            values = _read_cells(cells, spec, f"{file}, line {line}")
            rows.append((line, dict(zip(names, values, strict=True))))
    return rows


def _faults(rows: list[ReferenceRow], spec: TableSpec, file: Path) -> Iterator[tuple[int, str]]:
    """Yield what the description forbids, with the line it stands in."""
    first_line: dict[tuple[Any, ...], int] = {}
    known = {c.name: _known_values(c, spec, rows, file) for c in spec.columns if c.references}
    for line, row in rows:
        key = tuple(row[name] for name in spec.key)
        if (first := first_line.setdefault(key, line)) != line:
            words = ", ".join(map(str, key))
            yield line, f"{words} stands in line {first} already"
        for column in spec.columns:
            value = row[column.name]
            if value is None and (column.required or column.name in spec.key):
                yield line, f"column {column.name} is empty"
            if value is not None and column.values and value not in column.values:
                yield line, f"column {column.name}: {value!r} is none of {', '.join(column.values)}"
            if value is not None and column.references and value not in known[column.name]:
                yield line, f"column {column.name}: {value!r} is not found in {column.references}"


def _known_values(
    column: ColumnSpec, spec: TableSpec, rows: list[ReferenceRow], file: Path
) -> set[str]:
    """Return the values that a column may refer to, of this table or one beside it."""
    table, _, target = (column.references or "").rpartition(".")
    if table == spec.full_name:
        return {row[target] for _, row in rows}
    other = file.parent / f"{table.rpartition('.')[2]}.csv"
    with open_csv(other) as lines:
        if target not in lines.header:
            raise PipelineError(f"{other}, line 1: there is no column {target}")
        place, known = lines.header.index(target), set()
        for line, cells in lines.rows:
            need_cells(other, line, cells, len(lines.header))
            known.add(cells[place].strip())
        return known


_READERS: dict[str, Callable[[str], Any]] = {
    "VARCHAR": str,
    "INTEGER": int,
    "BIGINT": int,
    "DOUBLE": float,
    "BOOLEAN": {"true": True, "false": False}.__getitem__,
    "VARCHAR[]": lambda text: [part.strip() for part in text.split(";") if part.strip()],
    "DATE": date.fromisoformat,
    "TIMESTAMP": datetime.fromisoformat,
}


def _read_cells(cells: list[str], spec: TableSpec, place: str) -> tuple[Any, ...]:
    values = []
    for cell, column in zip(cells, spec.columns, strict=True):
        try:
            text = cell.strip()
            empty = [] if column.type == "VARCHAR[]" else None
            values.append(_READERS[column.type](text) if text else empty)
        except (ValueError, KeyError):
            raise PipelineError(
                f"{place}, column {column.name}: {cell!r} is not of type {column.type}"
            ) from None
    return tuple(values)
