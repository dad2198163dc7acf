"""A table that an engine was shown is not shown again, unless it is another one by then."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.contract.specs import TableSpec
from pipeline.storage.duckdb_engine import DuckDB, open_engine


def _spec(*names: str) -> TableSpec:
    return TableSpec.model_validate(
        {
            "layer": "marts",
            "name": "things",
            "description": "Things that are there.",
            "grain": "one row per thing",
            "key": names[:1],
            "columns": [
                {"name": name, "type": "BIGINT", "description": "A number."} for name in names
            ],
        }
    )


def _write(file: Path, **columns: list[int]) -> Path:
    pq.write_table(pa.table(columns), file.with_suffix(".new"))
    return file.with_suffix(".new").replace(file)


@pytest.fixture
def engine():
    with open_engine() as found:
        yield found


@pytest.fixture
def statements(monkeypatch):
    said: list[str] = []
    run = DuckDB._run

    def noting(self: DuckDB, sql: str, parameters: object = None) -> object:
        said.append(sql)
        return run(self, sql, parameters)

    monkeypatch.setattr(DuckDB, "_run", noting)
    return said


def test_the_same_file_is_opened_once_for_all_connections(engine, statements, tmp_path):
    file = _write(tmp_path / "things.parquet", a=[1, 2])
    engine.show(_spec("a"), [file])
    statements.clear()
    with engine.cursor() as other:
        other.show(_spec("a"), [file])
        assert statements == []
        assert other.tuples("select a from marts.things") == [(1,), (2,)]


def test_a_file_with_other_columns_in_its_place_is_seen(engine, tmp_path):
    file = _write(tmp_path / "things.parquet", a=[1])
    engine.show(_spec("a"), [file])
    _write(file, a=[1], b=[2])
    engine.show(_spec("a", "b"), [file])
    assert engine.tuples("select * from marts.things") == [(1, 2)]


def test_a_file_that_was_taken_away_and_came_back_is_seen(engine, tmp_path):
    file = _write(tmp_path / "things.parquet", a=[1])
    engine.show(_spec("a"), [file])
    file.unlink()
    engine.show(_spec("a"), [])
    assert engine.tuples("select * from marts.things") == []
    engine.show(_spec("a"), [_write(file, a=[3])])
    assert engine.tuples("select * from marts.things") == [(3,)]


def _show_some(engine: DuckDB, file: Path) -> None:
    engine.show(_spec("a"), [file], "a > 1")


def _show_a_view(engine: DuckDB, _: Path) -> None:
    engine.show_view("marts.things", "select 7 as a")


def _hide(engine: DuckDB, _: Path) -> None:
    engine.hide("marts.things")


def _show_rows(engine: DuckDB, _: Path) -> None:
    engine.hide("marts.things")
    engine.show_rows(_spec("a"), pa.table({"a": [9]}))
    engine.execute("drop table marts.things")


@pytest.mark.parametrize("meanwhile", [_show_some, _show_a_view, _hide, _show_rows])
def test_what_was_shown_meanwhile_goes_again(engine, tmp_path, meanwhile):
    file = _write(tmp_path / "things.parquet", a=[1, 2])
    engine.show(_spec("a"), [file])
    meanwhile(engine, file)
    engine.show(_spec("a"), [file])
    assert engine.tuples("select a from marts.things") == [(1,), (2,)]
