"""Persons are told by some keys at a time as they are told all at once, stage by stage."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime
from functools import cache
from zlib import crc32

import polars as pl
import pytest
from made_mentions import made_mentions

from pipeline.contract.arrow import table_of_columns
from pipeline.models.catalogue import SQL_DIR, Model, models_for
from pipeline.models.functions import together_of
from pipeline.models.pieces import frame_of
from pipeline.models.runner import make_table, rows_of, show_made
from pipeline.storage.duckdb_engine import DuckDB, open_engine
from pipeline.storage.engine import Together
from pipeline.storage.handover import SharedFolder
from pipeline.storage.spark_server import open_spark

NOW = datetime(2026, 7, 1)  # noqa: DTZ001 - UTC without zone, as everywhere
PERSONS = "people.persons"
NAME_PARTS = pl.read_csv(SQL_DIR / "reference" / "name_parts.csv")
GIVEN = ("people.mentions", "people.works", "reference.name_parts")
MODELS = models_for((PERSONS,), GIVEN)
STAGES = [name for name, model in MODELS.items() if model.python]


@cache
def told(seed: int) -> DuckDB:
    """Return an engine that sees all tables of persons, made of some mentions all at once."""
    engine = open_engine()
    given = dict(zip(GIVEN, (*made_mentions(seed), NAME_PARTS), strict=True))
    show_made(engine, MODELS, given, NOW)
    return engine


def keyed(model: Model, engine: DuckDB) -> dict[str, str]:
    """Return the SELECTs whose rows have the key of a model, as a runner finds them."""
    shapes = {name: frame_of(engine, sql).columns for name, sql in model.selects.items()}
    return {name: model.by for name, columns in shapes.items() if model.by and model.by in columns}


def hanging_together(together: Together, engine: DuckDB) -> dict[str, pl.DataFrame]:
    """Return the rows of SELECTs with the key by which they go, as `key`."""
    rows = {name: frame_of(engine, sql) for name, sql in together.selects.items()}
    label = labels([pair for sql in together.edges for pair in frame_of(engine, sql).rows()])
    found = {
        argument: rows[argument].with_columns(
            key=pl.Series([str(label.get(k, k)) for k in rows[argument][column]], dtype=pl.String)
        )
        for argument, column in together.columns.items()
    }
    for argument, ways in together.beside.items():
        led = [
            found[way.argument].select(pl.col(way.leading).alias(way.column), "key").unique()
            for way in ways
        ]
        parts = [
            rows[argument].join(one, on=way.column) for way, one in zip(ways, led, strict=True)
        ]
        found[argument] = pl.concat(parts)
    return found


def labels(pairs: list[tuple[int, int]]) -> dict[int, int]:
    label = {member: member for pair in pairs for member in pair}
    while any(label[one] != label[other] for one, other in pairs):
        for one, other in pairs:
            label[one] = label[other] = min(label[one], label[other])
    return label


def in_buckets(found: Mapping[str, pl.DataFrame], n: int) -> Iterator[dict[str, pl.DataFrame]]:
    """Yield the rows of some keys at a time, as workers get them: in any order, some twice."""
    bucket_of = {
        argument: pl.Series([crc32(key.encode()) % n for key in rows["key"]], dtype=pl.Int64)
        for argument, rows in found.items()
    }
    for bucket in range(n):
        some = {name: rows.filter(bucket_of[name] == bucket) for name, rows in found.items()}
        yield {
            name: rows.drop("key").sample(fraction=1, shuffle=True, seed=bucket)
            for name, rows in some.items()
        }


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", STAGES)
def test_a_stage_makes_of_some_keys_what_it_makes_of_all(name, seed):
    engine, model = told(seed), MODELS[name]
    together = together_of(model, keyed(model, engine), NOW)
    assert together
    shared = {argument: engine.arrow(sql) for argument, sql in together.shared.items()}
    made = []
    for some in in_buckets(hanging_together(together, engine), 7):
        rows = shared | {argument: frame.to_arrow() for argument, frame in some.items()}
        made.append(together.work(rows, {*some}))
    found = pl.concat([pl.DataFrame(pl.from_arrow(rows)) for rows in made])
    order = list(model.spec.key)
    whole = pl.DataFrame(pl.from_arrow(rows_of(engine, model, NOW)))
    assert found.sort(order).equals(whole.sort(order))
    assert whole.height


def test_what_is_made_up_has_all_kinds():
    """Guards the tests above: each level, and each kind of reason, is told of some mention."""
    reasons, levels = set(), set()
    for seed in range(4):
        found = frame_of(told(seed), f"select * from {PERSONS}")
        reasons |= {" ".join(reason.split()[:2]) for reason in found["identity_reason"]}
        levels |= {*found["identity_level"]}
    assert levels == {"verified", "probable", "name_only"}
    assert {"number 0001", "shares the", "the paper", "no letter", "like other"} <= reasons
    joined = [frame_of(told(seed), "select * from people.joined_spellings") for seed in range(4)]
    assert sum(each.height for each in joined) > 4


@pytest.mark.slow
def test_the_workers_of_a_server_make_the_same_tables(sail, tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.storage.spark_workers._ROWS_AT_ONCE", 40)
    given = dict(zip(GIVEN, (*made_mentions(3), NAME_PARTS), strict=True))
    with closing(open_spark(sail, SharedFolder(tmp_path / "server"))) as server:
        for name, frame in given.items():
            columns = {column.name: column.to_arrow() for column in frame}
            spec = MODELS[name].spec
            server.show_rows(spec, table_of_columns(spec, columns, frame.height))
        for name, model in MODELS.items():
            if name not in given:
                file = tmp_path / f"{name}.parquet"
                checks = make_table(server, model, file, NOW)
                assert all(check.passed for check in checks), name
                here = frame_of(told(3), f"select * from {name}")
                order = list(model.spec.key)
                assert pl.read_parquet(file).sort(order).equals(here.sort(order)), name
