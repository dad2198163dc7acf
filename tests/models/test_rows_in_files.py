"""Rows that a function asks for as it needs them lie in a file meanwhile, and are the same rows."""

from dataclasses import replace
from datetime import datetime

import polars as pl
import pytest
from helpers import MORNING

from pipeline.contract.errors import PipelineError
from pipeline.contract.rows import Rows
from pipeline.models.catalogue import load_models
from pipeline.models.functions import takes_rows
from pipeline.models.runner import make_table, rows_of
from pipeline.storage.duckdb_engine import open_engine

IDENTITIES = load_models()["linkage.identities"]
KNOWN = "select 'r' as record_id, 'p1' as paper_id, cast(null as timestamp) as left_at"
seen: list[object] = []


def told(clusters: Rows, known: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Make a row of each record, and note how the records were given."""
    seen.append(clusters)
    return (
        clusters.lazy()
        .select("record_id", paper_id=pl.lit("p1"), given_at=now, left_at=pl.lit(None, pl.Datetime))
        .collect()
        .filter(pl.col("record_id") != known["record_id"][0])
    )


def stumbling(clusters: Rows, **_: object) -> pl.DataFrame:
    raise ValueError(clusters.lazy().collect()["record_id"][0])


def model(function: str, clusters: str):
    selects = {"clusters": clusters, "known": KNOWN}
    return replace(IDENTITIES, python=f"{__name__}.{function}", selects=selects)


@pytest.fixture
def engine():
    seen.clear()
    with open_engine() as engine:
        yield engine


RECORDS = "select unnest(['q', 'r', 's']) as record_id"


def test_they_lie_in_a_file_that_is_gone_afterwards(engine, tmp_path):
    file = tmp_path / "made.parquet"
    make_table(engine, model("told", RECORDS), file, MORNING)
    assert isinstance(seen[0], pl.LazyFrame)
    assert list(tmp_path.iterdir()) == [file]
    made = pl.read_parquet(file)
    assert made["record_id"].to_list() == ["q", "s"]
    assert made.equals(
        pl.DataFrame(pl.from_arrow(rows_of(engine, model("told", RECORDS), MORNING)))
    )


def test_no_rows_are_rows_too(engine, tmp_path):
    make_table(engine, model("told", f"{RECORDS} limit 0"), tmp_path / "made.parquet", MORNING)
    assert pl.read_parquet(tmp_path / "made.parquet").is_empty()


def test_nothing_is_left_of_a_function_that_stumbles(engine, tmp_path):
    with pytest.raises(PipelineError, match="ValueError: q"):
        make_table(engine, model("stumbling", RECORDS), tmp_path / "made.parquet", MORNING)
    assert not list(tmp_path.iterdir())


def test_only_what_asks_for_it_is_given_rows_so():
    assert takes_rows(model("told", RECORDS), "clusters")
    assert not takes_rows(model("told", RECORDS), "known")
    assert takes_rows(load_models()["linkage.clusters"], "matches")
    assert not takes_rows(load_models()["linkage.clusters"], "records")
