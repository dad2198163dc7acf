"""Rows by ranges of a key: all rows together, and a model cannot tell how they were cut."""

from collections.abc import Iterator
from inspect import signature

import polars as pl
import pytest

from pipeline.models.catalogue import all_specs, load_models
from pipeline.models.functions import load_function
from pipeline.models.given_expect import run_unit_test
from pipeline.models.pieces import Pieces
from pipeline.storage.duckdb_engine import DuckDB, open_engine

KEYS = ["", "'; --", "a", "b", "b'c", "Ä", "文"]
SELECTS = {
    "texts": "select key, n from given;",
    "notes": "select key, 'of ' || key as note from given where n > 1 order by key -- the end",
}
ASKING = "pipeline.transforms.emerging_phrases.emerging_phrases"
IN_PIECES = {
    name: model
    for name, model in load_models().items()
    if model.by and model.python and "pieces" in signature(load_function(model.python)).parameters
}


@pytest.fixture
def engine() -> Iterator[DuckDB]:
    with open_engine() as engine:
        keys = pl.DataFrame({"key": [*KEYS, *KEYS, None], "n": range(2 * len(KEYS) + 1)})
        engine.create_table("given", keys.to_arrow())
        yield engine


@pytest.mark.parametrize("n_keys", [1, 2, len(KEYS) - 1, len(KEYS), 100])
def test_each_row_with_a_key_comes_once_beside_those_of_its_key(engine, monkeypatch, n_keys):
    monkeypatch.setattr("pipeline.models.pieces._KEYS", n_keys)
    pieces = Pieces(engine, SELECTS, "key", ASKING)
    for _ in ("once", "again"):
        found = list(pieces)
        assert len(found) == -(-len(KEYS) // n_keys)
        for argument, sql in SELECTS.items():
            rows = pl.concat(piece[argument] for piece in found).rows()
            wanted = [row for row in engine.tuples(sql) if row[0] is not None]
            assert sorted(rows) == sorted(wanted)
        keys = [{*piece["texts"]["key"], *piece["notes"]["key"]} for piece in found]
        assert all(len(of_piece) <= n_keys for of_piece in keys)
        assert sum(len(of_piece) for of_piece in keys) == len(KEYS)


def test_of_no_rows_there_is_one_empty_piece(engine):
    nothing = {"texts": "select key, n from given where n < 0"}
    (piece,) = Pieces(engine, nothing, "key", ASKING)
    assert piece["texts"].columns == ["key", "n"]
    assert piece["texts"].is_empty()


@pytest.mark.parametrize("name", IN_PIECES)
def test_a_model_gives_the_same_rows_however_they_are_cut(engine, monkeypatch, name):
    monkeypatch.setattr("pipeline.models.pieces._KEYS", 1)
    specs = all_specs()
    for test in IN_PIECES[name].unit_tests:
        assert run_unit_test(engine, IN_PIECES[name], test, specs) == []
