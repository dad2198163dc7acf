"""The views of the published file: given rows give the expected ones, and each is as described."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from helpers import asked, published, small_build, written

from pipeline.contract.version_tables import VERSION_TABLES
from pipeline.models.catalogue import Model, UnitTest, all_specs
from pipeline.models.given_expect import run_unit_test
from pipeline.models.views import as_published, load_views
from pipeline.storage.duckdb_engine import DuckDB, open_engine
from pipeline.storage.versions import published_tables

SPECS = as_published([*published_tables(all_specs()), *VERSION_TABLES])
VIEWS = load_views()


def ordered(view: Model) -> Model:
    """Return a view whose rows come by its key, as whoever asks for them would have them."""
    select = f"select * from ({view.selects['']}) as found order by {', '.join(view.spec.key)}"
    return replace(view, selects={"": select})


CASES = [(view, test) for view in VIEWS.values() for test in view.unit_tests]
CASE_IDS = [f"{view.spec.name}-{test.name}" for view, test in CASES]


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDB]:
    with open_engine() as engine:
        yield engine


@pytest.mark.parametrize(("view", "test"), CASES, ids=CASE_IDS)
def test_given_rows_give_the_expected_rows(engine: DuckDB, view: Model, test: UnitTest):
    view = ordered(view)
    assert run_unit_test(engine, view, test, SPECS) == []
    backwards = {table: rows[::-1] for table, rows in test.given.items()}
    assert run_unit_test(engine, view, test.model_copy(update={"given": backwards}), SPECS) == []


@pytest.mark.parametrize("name", VIEWS)
def test_a_query_reaches_the_tables_through_it(name):
    """Nothing is made whole, or sorted, before the engine knows which rows are asked for.

    A name that stands in two places is kept as rows; an order costs as much as the answer.
    """
    some = VIEWS[name].spec.key[0]
    plan = asked(
        small_build()[0] / "warehouse.duckdb", f"explain select * from {name} where {some} > ''"
    )[0][1]
    assert "Seq Scan" in plan
    assert "CTE" not in plan
    assert "Order By" not in plan


@pytest.mark.parametrize("name", VIEWS)
def test_each_has_a_given_expect_test(name):
    assert VIEWS[name].unit_tests, name


@pytest.mark.parametrize("name", VIEWS)
def test_the_published_file_has_it_as_described(name):
    spec = VIEWS[name].spec
    file = small_build()[0] / "warehouse.duckdb"
    with published(file) as con:
        columns = con.execute(
            "select column_name, data_type, comment from duckdb_columns()"
            f" where table_name = '{name}' order by column_index"
        ).fetchall()
        comments = con.execute(
            f"select comment from duckdb_views() where view_name = '{name}'"
        ).fetchall()
    assert columns == [(c.name, c.type, c.description) for c in spec.columns]
    assert comments == [(f"{spec.description} Grain: {spec.grain}.",)]
    key = ", ".join(spec.key)
    assert asked(file, f"select {key} from {name} group by {key} having count(*) > 1") == []
    for column in spec.columns:
        if column.required or column.name in spec.key:
            assert asked(file, f"select * from {name} where {column.name} is null") == []


def test_a_program_that_attaches_the_file_reads_the_views(tmp_path):
    """Their tables are found in the file itself, whatever it is attached as."""
    file = small_build()[0] / "warehouse.duckdb"
    with published(file) as con:
        expected = con.execute("select count(*) from authorships").fetchall()
    with published(written(tmp_path / "own.duckdb", "create table own as select 1")) as con:
        con.execute(f"attach '{file}' as w (read_only)")
        assert con.execute("select count(*) from w.author_papers").fetchall() == expected
