"""DuckDB and a server answer alike whatever models may ask (`tests/both_engines.py`)."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from both_engines import SELECTS, TABLES

from pipeline.storage.duckdb_engine import DuckDB, open_engine
from pipeline.storage.engine import Engine
from pipeline.storage.handover import SharedFolder
from pipeline.storage.spark_engine import Spark
from pipeline.storage.spark_server import open_spark


@pytest.fixture(scope="module")
def duckdb() -> Iterator[DuckDB]:
    with open_engine() as engine:
        for name, rows in TABLES.items():
            engine.create_table(name, rows)
        yield engine


@pytest.fixture(scope="module")
def spark(sail: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spark]:
    engine = open_spark(sail, SharedFolder(tmp_path_factory.mktemp("spark") / "here"))
    for name, rows in TABLES.items():
        engine.create_table(name, rows)
    yield engine
    engine.close()


def _kind(type_: pa.DataType) -> str:
    """Return what a description tells apart; how wide a number is it says itself."""
    if pa.types.is_list(type_):
        return f"{_kind(type_.value_type)}[]"
    is_whole = pa.types.is_integer(type_) or (pa.types.is_decimal(type_) and type_.scale == 0)
    return "whole number" if is_whole else str(type_)


def _answer(engine: Engine, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    found = engine.arrow(sql)
    rows = [tuple(map(_value, row.values())) for row in found.to_pylist()]
    return [_kind(field.type) for field in found.schema], rows


def _value(value: object) -> object:
    # What DuckDB sums up is wider than 64 bits, which Arrow calls a decimal.
    return int(value) if isinstance(value, Decimal) and value == int(value) else value


@pytest.mark.parametrize("sql", SELECTS)
def test_both_engines_answer_alike(duckdb, spark, sql):
    kinds, rows = _answer(duckdb, sql)
    other_kinds, other_rows = _answer(spark, sql)
    assert sorted(other_rows, key=str) == sorted(rows, key=str)
    # DuckDB gives no type to what is NULL whatever the rows.
    assert [k for k, kind in zip(other_kinds, kinds, strict=True) if kind != "null"] == [
        kind for kind in kinds if kind != "null"
    ]
