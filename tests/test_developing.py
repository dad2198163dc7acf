"""The examples of docs/developing.md run."""

import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from helpers import MORNING, ROOT, asked, copy_of, small_build, small_raw, use_models

from pipeline.builds.run import build, plan_build
from pipeline.models.catalogue import SQL_DIR, all_specs, load_models
from pipeline.models.given_expect import run_unit_test
from pipeline.storage.duckdb_engine import open_engine
from pipeline.storage.warehouse import Warehouse

DOCS = (ROOT / "docs/developing.md").read_text("utf-8")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", DOCS, re.DOTALL)


@pytest.fixture
def models(tmp_path, monkeypatch) -> Path:
    """A copy of `sql/` with the mart of the docs, and their checks of papers."""
    sql = Path(shutil.copytree(SQL_DIR, tmp_path / "sql"))
    (select,) = blocks("sql")
    described, checks = blocks("yaml")
    (sql / "marts/venues.sql").write_text(select, "utf-8")
    (sql / "marts/venues.yml").write_text(described, "utf-8")
    papers = yaml.safe_load((sql / "marts/papers.yml").read_text("utf-8"))
    papers["checks"] += yaml.safe_load(checks)["checks"]
    (sql / "marts/papers.yml").write_text(yaml.safe_dump(papers), "utf-8")
    use_models(monkeypatch, sql)
    return sql


def test_the_mart_and_the_checks_of_the_docs_are_built(tmp_path, models):
    root = copy_of(small_build()[0], tmp_path / "warehouse")
    plan = plan_build(small_raw(), Warehouse(root))
    assert list(plan.sure) == ["marts.venues"]
    assert plan.asked_again == ["marts.papers"]
    report = build(small_raw(), Warehouse(root), now=MORNING + timedelta(hours=1))
    assert asked(root / "warehouse.duckdb", "select * from venues") == [("ICML", 4)]
    (papers,) = [table for table in report.tables if table.name == "marts.papers"]
    found = {check.name: check.passed for check in papers.checks}
    assert found["title_is_long"]
    assert found["no_paper_is_lost"]
    venues = load_models(models)["marts.venues"]
    with open_engine() as engine:
        for test in venues.unit_tests:
            assert run_unit_test(engine, venues, test, all_specs(models)) == []
    assert venues.unit_tests
