"""Rows of any query as CSV, JSON or Parquet, for other tools.

What belongs here: how a value is written. What does not: which query (`cli`), whole tables
(`export`).
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, BinaryIO, TextIO

from pipeline.outputs.strict_json import to_json
from pipeline.storage.duckdb_engine import DuckDB
from pipeline.storage.parquet import write_arrow
from pipeline.text.shown import harmless_cell

_ROWS = 10_000


def write_csv(engine: DuckDB, sql: str, stream: TextIO) -> int:
    """Write a query's rows as CSV, lists joined by `; `, formula cells made harmless.

    Returns:
        How many rows, without the head.
    """
    n_rows = 0
    writer = csv.writer(stream, lineterminator="\n")
    for n, (names, rows) in enumerate(engine.pages(sql, _ROWS)):
        writer.writerows([] if n else [map(harmless_cell, names)])
        writer.writerows([[_csv_cell(value) for value in row] for row in rows])
        n_rows += len(rows)
    return n_rows


def csv_text(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return rows as CSV as `write_csv` writes them."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(map(harmless_cell, names))
    writer.writerows([_csv_cell(value) for value in row] for row in rows)
    return stream.getvalue()


def _csv_cell(value: object) -> object:
    if isinstance(value, list):
        value = "; ".join(str(item) for item in value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, bool):
        return str(value).lower()
    return harmless_cell(value) if isinstance(value, str) else value


def write_json(engine: DuckDB, sql: str, stream: TextIO) -> int:
    """Write a query's rows as one JSON array of objects, a row a line; return how many."""
    separator, n_rows = "[\n", 0
    for names, rows in engine.pages(sql, _ROWS):
        for row in rows:
            values = dict(zip(names, row, strict=True))
            stream.write(separator + to_json(values))
            separator = ",\n"
        n_rows += len(rows)
    stream.write("\n]\n" if n_rows else "[]\n")
    return n_rows


def write_parquet(engine: DuckDB, sql: str, stream: BinaryIO) -> int:
    """Write a query's rows as one Parquet file; return how many."""
    rows = engine.arrow(sql)
    write_arrow(rows, stream)
    return rows.num_rows
