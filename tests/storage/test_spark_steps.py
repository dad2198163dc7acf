"""A SELECT in steps: what it reads more than once is worked out once, and its rows are the same."""

from collections.abc import Iterator

import pyarrow as pa
import pytest

from pipeline.models.catalogue import load_models
from pipeline.storage import spark_engine
from pipeline.storage.engine import EngineError
from pipeline.storage.handover import SharedFolder
from pipeline.storage.spark_engine import Spark
from pipeline.storage.spark_server import open_spark
from pipeline.storage.spark_steps import in_steps

# What is given, what is a step, and what is left to ask.
STEPS = {
    "read once": (
        "with n as (select t, count(*) as n from a.b group by t) select * from n",
        {},
        "WITH n AS (SELECT t, COUNT(*) AS n FROM a__b AS b GROUP BY t) SELECT * FROM n",
    ),
    "read twice": (
        "with n as (select t, count(*) as n from a.b group by t)"
        " select n.t from n inner join n as m on n.n = m.n",
        {"s_n": "SELECT t, COUNT(*) AS n FROM a__b AS b GROUP BY t"},
        "SELECT n.t FROM s_n AS n INNER JOIN s_n AS m ON n.n = m.n",
    ),
    "no work": (
        "with n as (select * from a.b) select * from n union all select * from n",
        {},
        "WITH n AS (SELECT * FROM a__b AS b) SELECT * FROM n UNION ALL SELECT * FROM n",
    ),
    "a step of a step": (
        "with r as (select * from a.b), n as (select distinct t from r),"
        " m as (select n.t from n inner join r on n.t = r.t)"
        " select m.t from m inner join n on m.t = n.t inner join m as o on o.t = n.t",
        {
            "s_n": "WITH r AS (SELECT * FROM a__b AS b) SELECT DISTINCT t FROM r",
            "s_m": "WITH r AS (SELECT * FROM a__b AS b)"
            " SELECT n.t FROM s_n AS n INNER JOIN r ON n.t = r.t",
        },
        "SELECT m.t FROM s_m AS m INNER JOIN s_n AS n ON m.t = n.t"
        " INNER JOIN s_m AS o ON o.t = n.t",
    ),
    "values with the names of their columns": (
        "with v (k) as (values (1), (2)) select l.k from v as l inner join v as r on l.k = r.k",
        {},
        None,
    ),
    "parts within parts": (
        "with n as (with i as (select distinct t from a.b) select * from i)"
        " select l.t from n as l inner join n as r on l.t = r.t",
        {},
        None,
    ),
    "a part that reads itself": (
        "with recursive n as (select 1 as k union all select k + 1 from n where k < 3)"
        " select l.k from n as l inner join n as r on l.k = r.k",
        {},
        None,
    ),
    "a table of the name of a part": (
        "with b as (select distinct t from a.b)"
        " select l.t from b as l inner join b as r on l.t = r.t",
        {"s_b": "SELECT DISTINCT t FROM a__b AS b"},
        "SELECT l.t FROM s_b AS l INNER JOIN s_b AS r ON l.t = r.t",
    ),
}


@pytest.mark.parametrize("case", STEPS)
def test_what_is_read_more_than_once_is_a_step(case):
    sql, steps, select = STEPS[case]
    found = in_steps(sql, "s_")
    assert found.steps == steps
    if select is not None:
        assert found.select == select


def test_every_model_can_be_said_in_steps():
    selects = [sql for model in load_models().values() for sql in model.selects.values()]
    assert sum(bool(in_steps(sql, "s_").steps) for sql in selects) > 10


# ---------------------------------------------------------------- on a server

_ROWS = pa.table({"t": ["x", "y", "y", None], "n": pa.array([1, 2, 3, 4], pa.int64())})
_TWICE = """
    with counts as (select t, count(*) as k, sum(n) as total from a.b group by t)
    select l.t, l.k, r.total from counts as l inner join counts as r on l.k = r.k
    order by l.t, r.total"""


@pytest.fixture
def engine(sail: str, tmp_path) -> Iterator[Spark]:
    found = open_spark(sail, SharedFolder(tmp_path / "here"))
    found.create_table("a.b", _ROWS)
    yield found
    found.close()


def test_rows_made_in_steps_are_the_same_and_no_step_is_left(engine, tmp_path, monkeypatch):
    import pyarrow.parquet as pq

    engine.write(_TWICE, tmp_path / "whole.parquet")
    monkeypatch.setattr(spark_engine, "_LEAST_BYTES_IN_STEPS", 0)
    engine.write(_TWICE, tmp_path / "steps.parquet")
    read = (pq.read_table(tmp_path / f"{name}.parquet") for name in ("whole", "steps"))
    whole, steps = (sorted(map(str, rows.to_pylist())) for rows in read)  # Sail keeps no order
    assert steps == whole
    assert len(whole) == 5
    assert [v.name for v in engine.session.catalog.listTables() if "step" in v.name] == []
    assert list((tmp_path / "here").rglob("*.parquet")) == []


def test_a_step_that_does_not_run_is_told_as_the_whole_is(engine, tmp_path, monkeypatch):
    monkeypatch.setattr(spark_engine, "_LEAST_BYTES_IN_STEPS", 0)
    sql = _TWICE.replace("sum(n)", "sum(nothing_like_it)")
    with pytest.raises(EngineError, match="nothing_like_it"):
        engine.write(sql, tmp_path / "x.parquet")
    assert not (tmp_path / "x.parquet").exists()
