"""Why a build does what it does: said beforehand without doing it, and afterwards."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from helpers import (
    DI,
    MORNING,
    PAGES,
    copy_of,
    papermart,
    put,
    small_build,
    small_raw,
    snapshot,
    table,
)

from pipeline.builds.dumps import plan_dumps, refresh_dumps
from pipeline.builds.run import BuildPlan, plan_build
from pipeline.builds.tables import refresh_model, refresh_overrides, why_due
from pipeline.contract.specs import CheckSpec
from pipeline.extraction.reader_version import reader_origin
from pipeline.models.catalogue import load_models
from pipeline.storage.stamps import Origin
from pipeline.storage.warehouse import Warehouse

NOTE = json.dumps({"captured_on": "2024-06-01"})
MODELS = load_models()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return copy_of(small_build()[0], tmp_path / "warehouse")


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    return Path(shutil.copytree(small_raw(), tmp_path / "raw"))


def reasons(plan: BuildPlan) -> dict[str, list[str]]:
    return plan.dumps.reasons


# ---------------------------------------------------------------- beforehand


def test_a_plan_of_nothing_says_so_and_changes_nothing(raw, root):
    before = snapshot(root)
    plan = plan_build(raw, Warehouse(root))
    assert (plan.dumps.due, plan.dumps.gone, len(plan.dumps.kept)) == ([], [], 3)
    assert (plan.sure, plan.perhaps) == ({}, {})
    said = papermart("build", "--explain", "--raw", raw, "--warehouse", root)
    assert said.stdout.splitlines() == [
        "raw: would read 0 dumps, leave out 0, keep 3",
        "tables: would rebuild 0, and 0 if their inputs change",
        "nothing to do",
    ]
    assert (said.returncode, said.stderr) == (0, "")
    assert snapshot(root) == before


def test_a_plan_of_the_first_build_makes_no_folder(raw, tmp_path):
    said = papermart("build", "--explain", "--raw", raw, "--warehouse", tmp_path / "w")
    lines = said.stdout.splitlines()
    assert lines[:2] == [
        "raw: would read 3 dumps, leave out 0, keep 0",
        "  new page: ann.txt, bo.txt, cy.txt",
    ]
    assert lines[2] == f"tables: would rebuild {len(MODELS) + 1}, and 0 if their inputs change"
    first = ", ".join(("raw.overrides", *MODELS)[:12])
    assert lines[3:] == [f"  never built: {first} and {len(MODELS) + 1 - 12} more"]
    assert not (tmp_path / "w").exists()


def test_a_build_does_what_was_said_and_says_why(raw, root):
    """A page comes, a page goes, and beside the third somebody puts a note."""
    put(raw, {"di.txt": DI, "cy.txt.meta.json": NOTE})
    (raw / "bo.txt").unlink()
    before = snapshot(root)
    arguments = ("--raw", raw, "--warehouse", root)
    said = papermart("build", "--explain", *arguments).stdout.splitlines()
    planned = [line for line in said if not line.startswith("time: ")]  # of a busy machine
    plan = plan_build(raw, Warehouse(root))
    assert snapshot(root) == before

    why = ["  new page: di.txt", "  note changed: cy.txt", "  page gone: bo.txt"]
    assert planned[0] == "raw: would read 2 dumps, leave out 1, keep 1"
    assert sorted(planned[1:4]) == why
    assert planned[4] == f"tables: would rebuild 0, and {len(plan.perhaps)} if their inputs change"
    assert planned[5:] == [
        f"  {name}: if rows change of {', '.join(inputs)}" for name, inputs in plan.perhaps.items()
    ]
    assert (
        "  linkage.author_keys: if rows change of staging.record_authors, staging.records"
        in planned
    )
    assert plan.sure == {}

    done = papermart("build", "--verbose", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "raw: 3 dumps (1 new, 1 read again, 1 gone, 0 set aside)"
    assert sorted(lines[1:4]) == why
    assert f"reference: 0 of {sum(n.startswith('reference.') for n in MODELS)} tables rebuilt" in (
        lines
    )
    changed = [line for line in lines if line.startswith("  input changed: ")]
    assert len(changed) == 3, "once for linkage, for people and for marts"
    rebuilt = {name for line in changed for name in line.partition(": ")[2].split(", ")}
    assert {"author_keys", "papers", "authorships", "yearly_topic_trends"} <= rebuilt
    assert rebuilt <= {name.partition(".")[2] for name in plan.perhaps}
    assert reasons(plan_build(raw, Warehouse(root))) == {}
    assert plan_build(raw, Warehouse(root)).perhaps == {}


def test_a_plan_to_do_everything(raw, root):
    before = snapshot(root)
    plan = plan_build(raw, Warehouse(root), full=True)
    assert reasons(plan) == {"asked for": ["ann.txt", "bo.txt", "cy.txt"]}
    assert {name: [*why] for name, why in plan.sure.items()} == {
        name: ["asked for"] for name, model in MODELS.items() if model.drift is None
    }
    said = papermart("build", "--full", "--explain", "--raw", raw, "--warehouse", root).stdout
    assert "raw: would read 3 dumps, leave out 0, keep 0\n  asked for: ann.txt, bo.txt" in said
    assert snapshot(root) == before


def test_corrections_are_planned(raw, root, tmp_path):
    file = put(tmp_path, {"overrides.csv": "left,right,decision,who,when,why\n"}) / "overrides.csv"
    plan = plan_build(raw, Warehouse(root), file)
    assert plan.sure == {"raw.overrides": ("input changed: the overrides file",)}
    assert plan.perhaps["linkage.override_lines"] == ["raw.overrides"]
    assert "reference.topics" not in plan.perhaps
    with Warehouse(root).lock():
        done = refresh_overrides(file, Warehouse(root), MORNING)
    assert done == ("input changed: the overrides file",)
    assert plan_build(raw, Warehouse(root), file).sure == {}


# ---------------------------------------------------------------- code and libraries


def reads_as(monkeypatch, **changed: Mapping[str, str]) -> Origin:
    """Let the code that reads dumps be another; its modules or libraries."""
    now = reader_origin()
    parts = {name: {**getattr(now, name), **values} for name, values in changed.items()}
    other = replace(now, **parts)
    monkeypatch.setattr("pipeline.extraction.reader_version.reader_origin", lambda: other)
    monkeypatch.setattr("pipeline.builds.dumps.reader_origin", lambda: other)
    return other


def test_another_reader_is_named_by_its_modules(raw, root, monkeypatch):
    reads_as(monkeypatch, code={"pipeline.text.keys": "another", "pipeline.text.dates": "too"})
    why = {"reader changed: pipeline.text.dates, pipeline.text.keys": [*PAGES]}
    assert plan_dumps(raw, Warehouse(root)).reasons == why
    assert refresh_dumps(raw, Warehouse(root), MORNING).reasons == why
    assert plan_dumps(raw, Warehouse(root)).reasons == {}


def test_many_changed_modules_are_not_all_named(raw, root, monkeypatch):
    reads_as(monkeypatch, code={f"pipeline.sources.sites.s{n}": "new" for n in range(5)})
    (why,) = plan_dumps(raw, Warehouse(root)).reasons
    sites = ", ".join(f"pipeline.sources.sites.s{n}" for n in range(3))
    assert why == f"reader changed: {sites} …"


def test_another_library_is_named_with_both_versions(raw, root, monkeypatch):
    was = reader_origin().libraries["ftfy"]
    reads_as(monkeypatch, libraries={"ftfy": "99.0"})
    why = f"library changed: ftfy {was} -> 99.0"
    assert plan_dumps(raw, Warehouse(root)).reasons == {why: [*PAGES]}
    said = papermart("build", "--explain", "--raw", raw, "--warehouse", root)
    assert f"  {why}: ann.txt, bo.txt, cy.txt" in said.stdout.splitlines()


def test_rows_that_come_out_the_same_rebuild_nothing(raw, root, monkeypatch):
    """The reader changed, what it reads did not: the tables made of it are not due."""
    reads_as(monkeypatch, code={"pipeline.text.keys": "another"})
    plan = plan_build(raw, Warehouse(root))
    assert plan.perhaps["linkage.author_keys"] == ["staging.record_authors", "staging.records"]
    refresh_dumps(raw, Warehouse(root), MORNING)
    assert not plan_build(raw, Warehouse(root)).perhaps
    assert [name for name, model in MODELS.items() if why_due(Warehouse(root), model)] == []


def test_a_changed_model_says_what_changed(root):
    model, warehouse = MODELS["marts.topics"], Warehouse(root)
    sql = model.selects[""]

    def due(**changed: object) -> tuple[str, ...]:
        return why_due(warehouse, replace(model, **changed))

    def described(**changed: object) -> tuple[str, ...]:
        return due(spec=model.spec.model_copy(update=changed))

    assert due() == due(selects={"": f"-- other words\n{sql}"}) == ()
    assert described(description="Other words of the table.") == ()
    assert due(selects={"": sql.replace("order by", "where true order by")}) == ("SQL changed",)
    assert described(key=("topic_id", "topic")) == ("columns changed",)
    assert due(recalls=frozenset({model.name})) == ("recalls changed",)
    python = MODELS["marts.paper_topics"]
    assert why_due(warehouse, replace(python, python="pipeline.transforms.topics.other")) == (
        "python changed",
    )


def test_a_changed_input_is_named_and_the_table_made_anew(root):
    warehouse, model = Warehouse(root), MODELS["marts.topics"]
    name = "reference.topics"
    stamp = warehouse.stamp(name)
    assert stamp is not None
    warehouse.put_stamp(MODELS[name].spec, replace(stamp, content="another"))
    assert why_due(warehouse, model) == ("input changed: reference.topics",)
    with warehouse.lock():
        done = refresh_model(warehouse, model, MORNING)
    assert done.reasons == ("input changed: reference.topics",)
    assert done.is_changed
    assert why_due(warehouse, model) == ()


def test_a_table_that_is_gone_is_made_anew(root):
    warehouse, model = Warehouse(root), MODELS["marts.topics"]
    rows = table(root, "marts.topics")
    (root / "tables/marts/topics/topics.parquet").unlink()
    assert why_due(warehouse, model) == ("never built",)
    with warehouse.lock():
        refresh_model(warehouse, model, MORNING)
    assert table(root, "marts.topics") == rows


def test_checks_that_changed_are_asked_again_and_nothing_is_rebuilt(root):
    warehouse, model = Warehouse(root), MODELS["marts.topics"]
    file = root / "tables/marts/topics/topics.parquet"
    before = file.stat().st_mtime_ns
    check = CheckSpec(name="another", description="a topic has a name", holds="topic <> ''")
    strict = replace(model, spec=model.spec.model_copy(update={"checks": (check,)}))
    with warehouse.lock():
        done = refresh_model(warehouse, strict, MORNING)
    assert (done.reasons, done.is_changed) == ((), False)
    assert "another" in {found.name for found in done.checks}
    assert file.stat().st_mtime_ns == before
    assert "another" in {found["name"] for found in warehouse.stamp(model.name).checks}
