"""A table as a workbook for spreadsheets: rows with types, and a sheet that explains them.

What belongs here: sheets, formats and limits of workbooks. What does not: which tables and values
(`export`).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeGuard

from pipeline.contract.errors import PipelineError
from pipeline.contract.specs import ColumnSpec, TableSpec

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

# What a sheet and a cell of it hold (Excel's limits).
MOST_ROWS = 1_048_575
_LONGEST_CELL = 32_767
_MOST_LINKS, _LONGEST_LINK = 65_530, 2_079
_ADDRESS = re.compile(r"https?://[^\s\"<>]+")
# Spreadsheets know days from here on, and so many digits of a number; others are texts.
_FIRST_MONTH, _LARGEST_NUMBER = (1900, 3), 10**15
_CUT = " … (cut; the Parquet file has it whole)"
# A file is the same for the same rows: its own day is that of no build.
_NO_DAY = datetime(1980, 1, 1)  # noqa: DTZ001
_WIDTHS = {"INTEGER": 10, "BIGINT": 10, "DOUBLE": 10, "BOOLEAN": 9, "DATE": 12, "TIMESTAMP": 18}
_NARROW, _WIDE = 24, 60
_WIDE_COLUMNS = ("title", "abstract", "authors", "description")


def write_workbook(
    file: Path,
    spec: TableSpec,
    pages: Iterable[Sequence[Sequence[object]]],
    about: Mapping[str, str],
) -> int:
    """Write a table as a workbook of two sheets, and return how many rows it has.

    `Start here` says what the table is, what its build covers and what each column means; the
    other sheet, named after the table, has a row for each row. Texts stay texts, also those that
    look like numbers or formulas; lists are joined by `; `; times are UTC; unknown is an empty
    cell. Addresses of the web can be clicked, as many as a sheet may have; the others are texts.

    Args:
        file: where to write.
        spec: the table.
        pages: its rows, some at a time, values in the order of its columns.
        about: what is to be known of the build, a line each.

    Raises:
        PipelineError: there are more rows than a sheet holds.
    """
    from xlsxwriter import Workbook

    options = {
        # Rows are written as they come; texts are what they are, whatever they look like.
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": True,
    }
    with Workbook(str(file), options) as book:
        book.set_properties({"title": spec.name, "created": _NO_DAY})
        formats = _formats(book)
        _write_start(book.add_worksheet("Start here"), spec, about, formats)
        return _write_rows(book.add_worksheet(spec.name[:31]), spec, pages, formats)


def _formats(book: "Workbook") -> "dict[str, Format]":
    plain = {"valign": "top"}
    return {
        "bold": book.add_format({"bold": True, **plain}),
        "head": book.add_format({"bold": True, "bg_color": "#E7ECF2", "bottom": 1}),
        "wrapped": book.add_format({"text_wrap": True, **plain}),
        "text": book.add_format({"num_format": "@", **plain}),
        "DATE": book.add_format({"num_format": "yyyy-mm-dd", **plain}),
        "TIMESTAMP": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", **plain}),
        "link": book.add_format({"font_color": "#0B5C8A", "underline": 1, **plain}),
        "other": book.add_format(plain),
    }


def _write_start(
    sheet: "Worksheet", spec: TableSpec, about: Mapping[str, str], formats: "dict[str, Format]"
) -> None:
    sheet.set_column(0, 0, 24, formats["other"])
    sheet.set_column(1, 1, 100, formats["wrapped"])
    lines = {
        "table": spec.name,
        "what it is": spec.description,
        "a row": spec.grain.removeprefix("one row per "),
        **about,
    }
    row = -1
    for row, (what, text) in enumerate(lines.items()):
        sheet.write_string(row, 0, what, formats["bold"])
        sheet.write_string(row, 1, text, formats["wrapped"])
    sheet.write_string(row + 2, 0, "column", formats["head"])
    sheet.write_string(row + 2, 1, "what it says", formats["head"])
    for n, column in enumerate(spec.columns, row + 3):
        sheet.write_string(n, 0, column.name, formats["bold"])
        sheet.write_string(n, 1, column.description, formats["wrapped"])


def _write_rows(
    sheet: "Worksheet",
    spec: TableSpec,
    pages: Iterable[Sequence[Sequence[object]]],
    formats: "dict[str, Format]",
) -> int:
    for n, column in enumerate(spec.columns):
        sheet.set_column(n, n, _width(column))
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, [column.name for column in spec.columns], formats["head"])
    n_rows = n_links = 0
    for values in _numbered(spec, pages):
        n_rows += 1
        for n, (column, value) in enumerate(zip(spec.columns, values, strict=True)):
            if n_links < _MOST_LINKS and _is_link(value):
                n_links += 1
                sheet.write_url(n_rows, n, value, formats["link"], value)
            elif value is not None:
                _write_cell(sheet, n_rows, n, value, formats.get(column.type, formats["other"]))
    sheet.autofilter(0, 0, n_rows, len(spec.columns) - 1)
    return n_rows


def _numbered(
    spec: TableSpec, pages: Iterable[Sequence[Sequence[object]]]
) -> Iterator[Sequence[object]]:
    n_rows = 0
    for page in pages:
        n_rows += len(page)
        if n_rows > MOST_ROWS:
            raise PipelineError(
                f"{spec.name} has more rows than a sheet holds ({MOST_ROWS:,}); export it with "
                "--format csv or parquet"
            )
        yield from page


def _width(column: ColumnSpec) -> int:
    wide = _WIDE if column.name in _WIDE_COLUMNS else _NARROW
    return max(len(column.name) + 3, _WIDTHS.get(column.type, wide))


def _write_cell(
    sheet: "Worksheet", row: int, column: int, value: object, shown_as: "Format"
) -> None:
    if isinstance(value, list):
        value = "; ".join(map(str, value))
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value, shown_as)
    elif isinstance(value, int | float) and abs(value) < _LARGEST_NUMBER:
        sheet.write_number(row, column, value, shown_as)
    elif isinstance(value, date) and (value.year, value.month) >= _FIRST_MONTH:
        # A time is a date, too; a day begins at midnight.
        at = value if isinstance(value, datetime) else datetime(*value.timetuple()[:3])  # noqa: DTZ001
        sheet.write_datetime(row, column, at, shown_as)
    else:
        sheet.write_string(row, column, _fitting(str(value)), shown_as)


def _is_link(value: object) -> TypeGuard[str]:
    """Tell whether a value is an address of the web, and nothing but that."""
    is_text = isinstance(value, str) and len(value) <= _LONGEST_LINK
    return is_text and _ADDRESS.fullmatch(value) is not None


def _fitting(text: str) -> str:
    """Return a text that a cell can hold."""
    return text if len(text) <= _LONGEST_CELL else text[: _LONGEST_CELL - len(_CUT)] + _CUT
