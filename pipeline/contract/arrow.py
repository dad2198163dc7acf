"""Rows, columns and frames as Arrow tables: the only place that makes one from a description.

What belongs here: the Arrow twin of every type, and tables with exactly the columns that a
description names. What does not: files (`storage`).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from pipeline.contract.specs import TableSpec

if TYPE_CHECKING:
    import polars as pl

ARROW_TYPES: dict[str, pa.DataType] = {
    "VARCHAR": pa.string(),
    "VARCHAR[]": pa.list_(pa.string()),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
}


def schema_of(spec: TableSpec) -> pa.Schema:
    """Return the Arrow schema that the table's Parquet files have."""
    return pa.schema([(column.name, ARROW_TYPES[column.type]) for column in spec.columns])


def table_of_rows(spec: TableSpec, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Return rows as a table; keys that a row lacks are NULL, others are passed over."""
    rows = list(rows)
    columns = {column.name: [row.get(column.name) for row in rows] for column in spec.columns}
    return table_of_columns(spec, columns, len(rows))


def table_of_columns(
    spec: TableSpec, columns: "Mapping[str, Sequence[Any] | pa.Array]", n_rows: int
) -> pa.Table:
    """Return columns as a table; those that are not given are NULL, others are passed over.

    Args:
        spec: the table.
        columns: Python values or Arrow arrays by column name, each of `n_rows` values.
        n_rows: rows of the table.
    """
    arrays = [
        _array(columns.get(column.name), ARROW_TYPES[column.type], n_rows)
        for column in spec.columns
    ]
    return pa.Table.from_arrays(arrays, schema=schema_of(spec))


def _array(values: "Sequence[Any] | pa.Array | None", type_: pa.DataType, n_rows: int) -> pa.Array:
    if values is None:
        return pa.nulls(n_rows, type_)
    return values.cast(type_) if isinstance(values, pa.Array) else pa.array(values, type_)


def table_of_frame(spec: TableSpec, frame: "pl.DataFrame") -> pa.Table:
    """Return a frame as a table: its columns of the description's names, in that order.

    The frame is used up, so that whoever has no other one holds no column twice.
    """
    columns = [
        pa.chunked_array([frame.drop_in_place(column.name).to_arrow()]).cast(
            ARROW_TYPES[column.type]
        )
        for column in spec.columns
    ]
    return pa.Table.from_arrays(columns, schema=schema_of(spec))
