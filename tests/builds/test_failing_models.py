"""A table that fails stops no other: it keeps its last rows, what needs it waits, the rest is made.

Nothing is published while a table is behind, and the next build that can finishes the job.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from helpers import DI, MORNING, PAGES, make_only, put
from same_tables import differences

from pipeline.builds import run
from pipeline.builds.run import build
from pipeline.builds.status import read_status
from pipeline.contract.errors import PipelineError
from pipeline.models import runner
from pipeline.storage.versions import versions
from pipeline.storage.warehouse import Warehouse

LATER = MORNING + timedelta(hours=3)


@pytest.fixture
def house(tmp_path, monkeypatch) -> Warehouse:
    """A warehouse of few tables, and a page that it does not know."""
    make_only(monkeypatch, "marts.topics", "marts.pages")
    house = Warehouse(tmp_path / "warehouse")
    build(put(tmp_path / "raw", PAGES), house, now=MORNING)
    put(tmp_path / "raw", {"di.txt": DI})
    return house


def break_sql(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Let some models ask for a column that is not there."""
    models = dict(run.load_models())
    for name in names:
        selects = dict.fromkeys(models[name].selects, f"select owls_of_{name[6:]} from raw.dumps")
        models[name] = replace(models[name], selects=selects)
    monkeypatch.setattr(run, "load_models", lambda: models)


def break_functions(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Let some functions stumble over a value."""
    load = runner.load_function

    def stumbling(path: str) -> Callable[..., object]:
        def stumble(**_: object) -> None:
            raise ValueError(f"odd owls in {path}")

        return stumble if path.rpartition(".")[2] in names else load(path)

    monkeypatch.setattr(runner, "load_function", stumbling)


def failure(house: Warehouse) -> str:
    """Build, see that nothing is published, and return why."""
    before = house.published.readlink(), versions(house)
    with pytest.raises(PipelineError) as failed:
        build(house.root.parent / "raw", house, now=LATER)
    assert (house.published.readlink(), versions(house)) == before
    return str(failed.value)


def built_at(house: Warehouse, name: str) -> str:
    return house.stamp(name).built_at


def assert_finished(house: Warehouse, tmp_path: Path) -> None:
    """The next build makes what is missing, and all is as if none had failed."""
    raw = tmp_path / "raw"
    assert build(raw, house, now=LATER + timedelta(hours=1)).is_published
    build(raw, Warehouse(tmp_path / "fresh"), now=LATER)
    assert differences(house.root, tmp_path / "fresh") == []


def test_two_tables_that_fail_are_both_named_and_all_others_are_made(house, tmp_path, monkeypatch):
    topics = house.files("marts.topics")[0].read_bytes()
    with monkeypatch.context() as patch:
        break_sql(patch, "marts.topics", "marts.pages")
        told = failure(house)
    assert "the model marts.topics does not run" in told
    assert "the model marts.pages does not run" in told
    assert "owls_of_pages" in told
    assert "the others are up to date." in told, "nothing waits for a leaf"
    assert house.files("marts.topics")[0].read_bytes() == topics
    assert built_at(house, "linkage.record_features") == LATER.isoformat()
    assert built_at(house, "marts.pages") == MORNING.isoformat()
    assert_finished(house, tmp_path)


def test_a_function_that_stumbles_is_named_and_what_needs_it_waits(house, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        break_functions(patch, "mark_titles")
        told = failure(house)
    stumbled = "the model linkage.title_marks does not run: ValueError: odd owls in pipeline."
    assert f"{stumbled}transforms.title_marks.mark_titles. Nothing is published" in told
    waiting = told.partition("but for those that wait for it: ")[2]
    assert "linkage.comparisons, " in waiting
    assert built_at(house, "marts.pages") == LATER.isoformat()
    assert built_at(house, "linkage.title_marks") == MORNING.isoformat()
    assert_finished(house, tmp_path)


def test_a_table_that_goes_on_failing_goes_on_being_named(house, monkeypatch):
    break_sql(monkeypatch, "marts.pages")
    assert failure(house) == failure(house)


def test_ctrl_c_while_a_select_is_worked_out_is_no_fault_of_the_model(house, monkeypatch):
    def interrupted(*_: object) -> None:
        raise RuntimeError("Query interrupted")  # as DuckDB says it

    monkeypatch.setattr(runner, "load_function", lambda _: interrupted)
    with pytest.raises(KeyboardInterrupt):
        build(house.root.parent / "raw", house, now=LATER, full=True)


# ---------------------------------------------------------------- what is said meanwhile


def told(house: Warehouse) -> list[str]:
    status = read_status(house.root.parent / "raw", house, now=LATER)
    return [*status.lines(), *status.next_lines()]


def test_the_status_says_that_what_was_read_has_not_arrived(house, monkeypatch):
    raw = house.root.parent / "raw"
    with monkeypatch.context() as patch:
        break_sql(patch, "marts.pages")
        failure(house)
    lines = told(house)
    assert f"raw folder {raw}: all pages have been read" in lines
    assert any("  warning: 1 table is behind what was read" in line for line in lines)
    assert lines[-1] == "next: `papermart build`"
    build(raw, house, now=LATER)
    lines = told(house)
    assert f"raw folder {raw}: all pages are in the warehouse" in lines
    assert not any("is behind" in line or "not published" in line for line in lines)
    assert lines[-1] == "next: `papermart new` shows what came, `papermart report` draws it"


def test_the_status_says_that_a_build_is_at_work(house):
    with house.lock():
        lines = told(house)
    assert any(line.startswith("a build is at work (process ") for line in lines)
    assert lines[-1] == "next: wait for the build that is at work"


def test_the_status_says_that_what_was_made_has_not_been_published(house, monkeypatch):
    raw = house.root.parent / "raw"
    with monkeypatch.context() as patch:
        patch.setattr(run, "publish_set", lambda *_: pytest.fail("stopped", pytrace=False))
        with pytest.raises(pytest.fail.Exception):
            build(raw, house, now=LATER)
    lines = told(house)
    assert f"raw folder {raw}: all pages have been read" in lines
    assert any("all tables are made, and not published yet" in line for line in lines)
    assert lines[-1] == "next: `papermart build`"
    build(raw, house, now=LATER)
    assert f"raw folder {raw}: all pages are in the warehouse" in told(house)
