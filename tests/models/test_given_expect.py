"""The models' given/expect tests hold, whatever the order of the given rows."""

from collections.abc import Iterator

import pytest

from pipeline.contract.errors import PipelineError
from pipeline.models.catalogue import Model, UnitTest, all_specs, load_models
from pipeline.models.given_expect import run_unit_test
from pipeline.storage.duckdb_engine import DuckDB, open_engine

MODELS = load_models()
SPECS = all_specs()
CASES = [(model, test) for model in MODELS.values() for test in model.unit_tests]
CASE_IDS = [f"{model.name}-{test.name}" for model, test in CASES]
MADE_BY_SQL = [name for name, model in MODELS.items() if model.selects]


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDB]:
    with open_engine() as engine:
        yield engine


@pytest.mark.parametrize(("model", "test"), CASES, ids=CASE_IDS)
def test_given_rows_give_the_expected_rows(engine: DuckDB, model: Model, test: UnitTest):
    assert run_unit_test(engine, model, test, SPECS) == []


@pytest.mark.parametrize(("model", "test"), CASES, ids=CASE_IDS)
def test_the_order_of_given_rows_does_not_count(engine: DuckDB, model: Model, test: UnitTest):
    backwards = {table: rows[::-1] for table, rows in test.given.items()}
    assert run_unit_test(engine, model, test.model_copy(update={"given": backwards}), SPECS) == []


@pytest.mark.parametrize("name", MADE_BY_SQL)
def test_every_model_has_a_given_expect_test(name):
    assert MODELS[name].unit_tests, f"{name} has no unit_tests in its description"


def test_a_wrong_expectation_is_found(engine):
    model = MODELS["marts.topics"]
    given = {"reference.topics": [{"topic_id": "a", "topic": "A"}]}

    def differences(expect, given=given):
        return run_unit_test(engine, model, UnitTest(name="x", given=given, expect=expect), SPECS)

    assert differences([{"topic_id": "a", "topic": "A"}]) == []
    assert differences([{"topic": "B"}]) == ["row 1: topic is 'A', expected 'B'"]
    assert differences([])[0].startswith("1 rows, expected 0")
    unread = {"marts.papers": []}
    assert differences([], unread) == ["given marts.papers, which marts.topics does not read"]
    with pytest.raises(PipelineError, match=r"reference\.topics has no column topci"):
        differences([], {"reference.topics": [{"topci": "A"}]})
