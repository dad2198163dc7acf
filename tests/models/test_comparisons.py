"""What compares a version with the one before: given rows give the expected figures and changes."""

from collections.abc import Iterator

import pytest

from pipeline.models.catalogue import Model, UnitTest, all_specs
from pipeline.models.comparisons import last_specs, load_changes, load_guardrails
from pipeline.models.given_expect import run_unit_test
from pipeline.storage.duckdb_engine import DuckDB, open_engine

SPECS = all_specs() | last_specs(all_specs().values())
MODELS = [load_changes(), *(guardrail.model for guardrail in load_guardrails().values())]
CASES = [(model, test) for model in MODELS for test in model.unit_tests]
CASE_IDS = [f"{model.name}-{test.name}" for model, test in CASES]


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDB]:
    with open_engine() as engine:
        yield engine


@pytest.mark.parametrize(("model", "test"), CASES, ids=CASE_IDS)
def test_given_rows_give_the_expected_rows(engine: DuckDB, model: Model, test: UnitTest):
    assert run_unit_test(engine, model, test, SPECS) == []
    backwards = {table: rows[::-1] for table, rows in test.given.items()}
    assert run_unit_test(engine, model, test.model_copy(update={"given": backwards}), SPECS) == []


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_each_has_a_given_expect_test(model: Model):
    assert model.unit_tests, model.name
