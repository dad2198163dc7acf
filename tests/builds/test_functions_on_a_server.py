"""What a server's workers make of the rows that descriptions give is what is made of them here."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from helpers import MORNING

from pipeline.contract.arrow import table_of_rows
from pipeline.models.catalogue import Model, UnitTest, all_specs, load_models
from pipeline.models.functions import takes, together_of
from pipeline.models.runner import make_table, rows_of
from pipeline.storage.duckdb_engine import open_engine
from pipeline.storage.engine import Engine
from pipeline.storage.handover import SharedFolder
from pipeline.storage.spark_engine import Spark
from pipeline.storage.spark_server import open_spark

SPECS = all_specs()
ELSEWHERE = [
    pytest.param(model, test, id=f"{model.name}.{test.name}")
    for model in load_models().values()
    if model.python
    and (
        takes(model, "pieces")
        or together_of(model, dict.fromkeys(model.selects, model.by or ""), MORNING)
    )
    for test in model.unit_tests
]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(sail: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spark]:
    found = open_spark(sail, SharedFolder(tmp_path_factory.mktemp("spark") / "here"))
    yield found
    found.close()


def show(engine: Engine, model: Model, test: UnitTest) -> None:
    for table in sorted({*model.reads, *model.needs}):
        engine.show_rows(SPECS[table], table_of_rows(SPECS[table], test.given.get(table, [])))


@pytest.mark.parametrize(("model", "test"), ELSEWHERE)
def test_workers_make_the_rows_that_are_made_here(server, model, test, tmp_path: Path):
    with open_engine() as here:
        show(here, model, test)
        expected = pl.DataFrame(pl.from_arrow(rows_of(here, model, MORNING)))
    show(server, model, test)
    make_table(server, model, tmp_path / "rows.parquet", MORNING)
    found = pl.read_parquet(tmp_path / "rows.parquet")
    assert found.sort(model.spec.key).to_dicts() == expected.sort(model.spec.key).to_dicts()
