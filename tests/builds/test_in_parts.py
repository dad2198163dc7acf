"""Tables that do not fit into memory are made part by part: their rows are those of a whole one."""

import weakref
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest
from helpers import (
    MORNING,
    SAMPLE,
    arrow_page,
    copy_of,
    make_only,
    needs_sample,
    put,
    sample_warehouse,
)
from same_tables import differences

from pipeline.builds import by_keys, in_parts, tables
from pipeline.builds.run import build
from pipeline.contract.checks import CheckResult
from pipeline.contract.errors import MemoryShortError, PipelineError
from pipeline.models.catalogue import load_models
from pipeline.models.keys import is_by_keys
from pipeline.models.runner import make_table
from pipeline.storage import spark_engine, spark_steps
from pipeline.storage.duckdb_engine import open_engine
from pipeline.storage.engine import EngineMemoryError
from pipeline.storage.warehouse import Warehouse

BIRDS = ("Owls", "Larks", "Rails", "Swifts", "Kites")
PAPERS = [(f"On the Counting of {bird}", ["Ann Lee"], 2021) for bird in BIRDS]
IDS = "linkage.content_ids"


@pytest.fixture
def short_of_memory(monkeypatch):
    """Of tables that hang together by a key none is made as a whole."""

    def make(engine, model, file, now: datetime) -> list[CheckResult]:
        if is_by_keys(model):
            raise MemoryShortError(f"{model.name} is too large")
        return make_table(engine, model, file, now)

    monkeypatch.setattr(tables, "make_table", make)


def test_an_engine_says_that_memory_is_short():
    huge = "select list(i || repeat('x', 100)) as all_of_them from range(9000000) as t(i)"
    with open_engine(memory_limit="10MB") as engine:
        for ask in (engine.arrow, engine.tuples):
            with pytest.raises(EngineMemoryError):
                ask(huge)


@pytest.mark.usefixtures("short_of_memory")
def test_a_table_that_does_not_fit_is_made_in_parts(tmp_path, monkeypatch):
    made: list[int] = []
    of_part = in_parts.of_part

    def noting(number, n_parts):
        made.append(n_parts)
        return of_part(number, n_parts)

    monkeypatch.setattr(in_parts, "of_part", noting)
    make_only(monkeypatch, IDS, publishes=False)
    raw = put(tmp_path / "raw", {"ann.txt": arrow_page("Ann Lee", PAPERS)})
    build(raw, Warehouse(tmp_path / "warehouse"), MORNING)
    stamp = Warehouse(tmp_path / "warehouse").stamp(IDS)
    assert stamp
    assert (stamp.n_rows, {check["passed"] for check in stamp.checks}) == (len(PAPERS), {True})
    assert made == [6] * made.count(6) != []


@pytest.mark.slow
@needs_sample
def test_a_server_that_is_short_makes_tables_in_parts_or_in_steps(sail, tmp_path, monkeypatch):
    """None fits as a whole: those by a key are cut, the others worked out step by step."""
    whole, in_steps = [], []

    def short(_engine, model, *_) -> list[CheckResult]:
        whole.append(model.name)
        raise MemoryShortError(f"{model.name} is too large")

    def noting(sql, prefix):
        found = spark_steps.in_steps(sql, prefix)
        in_steps.append(len(found.steps))
        return found

    monkeypatch.setattr(tables, "make_table", short)
    monkeypatch.setattr(spark_engine, "in_steps", noting)
    root = tmp_path / "warehouse"
    build(SAMPLE, Warehouse(root, spark_remote=sail), MORNING)
    assert set(whole) == set(load_models())
    assert any(in_steps)
    assert differences(root, sample_warehouse()) == []


@pytest.mark.usefixtures("short_of_memory")
def test_parts_that_do_not_fit_are_cut_smaller_and_at_last_it_is_said(tmp_path, monkeypatch):
    write_some, asked = in_parts.write_some, []

    def short(*arguments):
        asked.append(1)
        if len(asked) == 2:  # of the first six
            raise MemoryShortError("a part is too large")
        write_some(*arguments)

    monkeypatch.setattr(in_parts, "write_some", short)
    make_only(monkeypatch, IDS, publishes=False)
    raw = put(tmp_path / "raw", {"ann.txt": arrow_page("Ann Lee", PAPERS)})
    build(raw, Warehouse(tmp_path / "warehouse"), MORNING)
    assert Warehouse(tmp_path / "warehouse").stamp(IDS).n_rows == len(PAPERS)

    def never(*_):
        raise MemoryShortError(f"{IDS} does not fit; give it more memory")

    monkeypatch.setattr(in_parts, "write_some", never)
    with pytest.raises(PipelineError, match="give it more memory"):
        build(raw, Warehouse(tmp_path / "other"), MORNING)
    assert not list((tmp_path / "other").rglob("*.tmp"))


def test_what_workers_make_is_made_sparingly_first_and_then_in_parts(monkeypatch):
    """A part of it comes here as a whole, so that is the last resort."""
    tried: list[str] = []
    sparing = []

    class Short:
        workers = object()

        @contextmanager
        def sparing_memory(self):
            sparing.append(True)
            try:
                yield
            finally:
                sparing.pop()

        def write(self, *_: object) -> None:
            raise AssertionError

    def make(*_: object) -> None:
        tried.append(f"whole {bool(sparing)}")
        raise MemoryShortError("whole")

    def parts(*arguments: object) -> None:
        tried.append(f"{arguments[4]} {bool(sparing)}")
        raise EngineMemoryError("parts")

    monkeypatch.setattr(in_parts, "make_table", make)
    monkeypatch.setattr(in_parts, "_parts", parts)
    for name, ways in (
        ("marts.paper_topics", ["whole True", "40 True"]),
        ("linkage.comparisons", ["6 False", "40 True"]),
        ("linkage.clusters", ["whole True"]),
    ):
        with pytest.raises(MemoryShortError):
            in_parts.make_in_parts(None, Short(), load_models()[name], Path("t"), MORNING)  # ty: ignore[invalid-argument-type]
        assert tried == ways, name
        tried.clear()


@pytest.mark.usefixtures("short_of_memory")
def test_parts_whose_keys_do_not_fit_are_cut_smaller(tmp_path, monkeypatch):
    of_part, cut = in_parts.of_part, []

    def short(*part):
        cut.append(part)
        if part == (1, 6):
            raise EngineMemoryError("2 MB are wanted")
        return of_part(*part)

    monkeypatch.setattr(in_parts, "of_part", short)
    make_only(monkeypatch, IDS, publishes=False)
    raw = put(tmp_path / "raw", {"ann.txt": arrow_page("Ann Lee", PAPERS)})
    build(raw, Warehouse(tmp_path / "warehouse"), MORNING)
    assert cut[1:3] == [(1, 6), (0, 40)]
    assert Warehouse(tmp_path / "warehouse").stamp(IDS).n_rows == len(PAPERS)


def test_a_table_whose_rows_all_hang_together_is_made_on_one_thread(tmp_path, monkeypatch):
    name, n_threads = "linkage.candidate_pairs", "select current_setting('threads')"
    made: list[int] = []

    def short(engine, model, file, now: datetime) -> list[CheckResult]:
        if model.name == name:
            engine.execute("set threads = 2")
            raise MemoryShortError(f"{model.name} is too large")
        return make_table(engine, model, file, now)

    def noting(engine, *arguments):
        made.append(engine.scalar(n_threads))
        return make_table(engine, *arguments)

    monkeypatch.setattr(tables, "make_table", short)
    monkeypatch.setattr(in_parts, "make_table", noting)
    make_only(monkeypatch, name, publishes=False)
    raw = put(tmp_path / "raw", {"ann.txt": arrow_page("Ann Lee", PAPERS)})
    warehouse = Warehouse(tmp_path / "warehouse")
    build(raw, warehouse, MORNING)
    assert made == [1]
    assert warehouse.stamp(name)


def test_what_changed_may_not_fit_while_it_is_looked_for(tmp_path, monkeypatch):
    """Inputs of which some keys were shown already are whole again for the parts."""
    only_rows, asked = by_keys.only_rows, []

    @contextmanager
    def short(*arguments):
        with only_rows(*arguments):
            asked.append(1)
            raise EngineMemoryError("2 MB are wanted")
        yield

    make_only(monkeypatch, IDS, publishes=False)
    raw = put(tmp_path / "raw", {"ann.txt": arrow_page("Ann Lee", PAPERS)})
    build(raw, Warehouse(tmp_path / "warehouse"), MORNING)
    monkeypatch.setattr(by_keys, "only_rows", short)
    bo = arrow_page("Bo Chen", [("Counting Birds", ["Bo Chen"], 2021)])
    build(put(raw, {"bo.txt": bo}), Warehouse(tmp_path / "warehouse"), MORNING + timedelta(days=1))
    assert asked
    assert Warehouse(tmp_path / "warehouse").stamp(IDS).n_rows == len(PAPERS) + 1


def test_rows_that_did_not_fit_are_not_held_while_parts_are_made(tmp_path, monkeypatch):
    held, seen = [], []

    class Rows:
        """What a function has in memory when there is no more of it."""

    def make(engine, model, file, now: datetime) -> list[CheckResult]:
        if model.name != IDS:
            return make_table(engine, model, file, now)
        rows = Rows()
        held.append(weakref.ref(rows))
        raise MemoryShortError(f"{model.name} is too large")

    def in_parts_made(*asked):
        seen.extend(rows() for rows in held)
        return in_parts.make_in_parts(*asked)

    monkeypatch.setattr(tables, "make_table", make)
    monkeypatch.setattr(tables, "make_in_parts", in_parts_made)
    make_only(monkeypatch, IDS, publishes=False)
    raw = put(tmp_path / "raw", {"ann.txt": arrow_page("Ann Lee", PAPERS)})
    build(raw, Warehouse(tmp_path / "warehouse"), MORNING)
    assert seen == [None]


@pytest.mark.parametrize("order", list(permutations((0.38335, 0.4727, 0.42565, 0.41825))))
def test_what_is_added_up_does_not_depend_on_the_order_of_rows(order):
    """A part may come in another order than the whole, and as a sum of doubles end otherwise."""
    with open_engine() as engine:
        for name, columns in (
            ("authorships", "'a' as author_id"),
            ("papers", "2021 as year"),
            (
                "paper_topics",
                f"'t' as topic_id, 't' as via_topic_id, {[*order]}[i]::double as weight",
            ),
        ):
            made = f"select 'p' || i as paper_id, {columns} from range(1, 5) as papers(i)"
            engine.execute(f"create table marts.{name} as {made}")
        found = engine.tuples(load_models()["marts.author_topics"].selects[""])
    assert found == [("a", "t", 2021, 4, 4, 1.69995)]


@pytest.mark.slow
@pytest.mark.usefixtures("short_of_memory")
def test_all_tables_by_keys_are_the_same_in_parts(tmp_path):
    root = copy_of(sample_warehouse(), tmp_path / "warehouse")
    report = build(SAMPLE, Warehouse(root), MORNING, full=True)
    assert [table.name for table in report.tables if table.is_corrected] == []
    assert differences(root, sample_warehouse(), published=False) == []
