"""Builds that end badly, or two at once: readers always find what was published last.

Killed at any step, stopped by a check that fails, by a model that does not run: the last good
tables and the last version stay, and the next build finishes the job.
"""

import random
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from helpers import (
    DI,
    MORNING,
    PUBLISHED,
    asked,
    assert_clean_failure,
    copy_of,
    feed_page,
    few_specs,
    mart_values,
    papermart,
    put,
    small_build,
    small_raw,
    snapshot,
    staging_values,
    start,
    table,
    use_models,
)
from same_tables import differences

from pipeline.builds.dumps import refresh_dumps
from pipeline.builds.run import build
from pipeline.contract.errors import BlockingCheckError, PipelineError
from pipeline.contract.tables import EXTRACTED_TABLES
from pipeline.extraction import batches
from pipeline.models.catalogue import SQL_DIR
from pipeline.models.keys import linked
from pipeline.storage import segments
from pipeline.storage.publishing import publish
from pipeline.storage.row_changes import read_changes
from pipeline.storage.versions import versions
from pipeline.storage.warehouse import Warehouse

LATER = MORNING + timedelta(hours=3)
N_PAPERS = "select count(*) from papers"


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    return Path(shutil.copytree(small_raw(), tmp_path / "raw"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return copy_of(small_build()[0], tmp_path / "warehouse")


# ---------------------------------------------------------------- killed


class Killed(BaseException):
    """Stands for the end of the process."""


def killed_at(monkeypatch, step: int, work: Callable[[], object]) -> bool:
    """Do some work, ending at the given step that changes a file's name; tell if it ended."""
    steps = 0

    def counted(original):
        def call(*arguments, **options):
            nonlocal steps
            steps += 1
            if steps == step:
                raise Killed
            return original(*arguments, **options)

        return call

    with monkeypatch.context() as patch:
        for name in ("replace", "unlink", "symlink_to"):
            patch.setattr(Path, name, counted(getattr(Path, name)))
        try:
            work()
        except Killed:
            return True
    return False


@pytest.mark.slow
def test_reading_dumps_can_be_killed_before_any_rename(tmp_path, raw, root, monkeypatch):
    monkeypatch.setattr(segments, "audit", lambda *_: [])  # takes long, and is not the point
    for other in ("versions", "tables/reference", "tables/linkage", "tables/marts"):
        shutil.rmtree(root / other)
    put(raw, {"di.txt": DI})
    (raw / "bo.txt").unlink()
    refresh_dumps(raw, Warehouse(tmp_path / "clean"), MORNING)
    wanted = staging_values(tmp_path / "clean")
    for step in range(1, 100):
        work = copy_of(root, tmp_path / f"killed-{step}")
        stamps = {spec: Warehouse(root).stamp(spec.full_name) for spec in EXTRACTED_TABLES}
        was_killed = killed_at(
            monkeypatch, step, lambda w=work: refresh_dumps(raw, Warehouse(w), MORNING)
        )
        with Warehouse(work).lock():
            refresh_dumps(raw, Warehouse(work), MORNING)
        assert staging_values(work) == wanted, f"killed before step {step}"
        for spec, old in stamps.items():
            # Models look at stamps: one left unchanged would hide the new rows from them.
            assert Warehouse(work).stamp(spec.full_name).content != old.content
        shutil.rmtree(work)
        if not was_killed:
            break
    assert 12 < step < 99


@pytest.mark.slow
def test_what_changed_is_told_rightly_or_not_at_all_after_a_kill(tmp_path, raw, root, monkeypatch):
    """Models take only rows that are told to have changed: one left out would be lost to them."""
    monkeypatch.setattr(segments, "audit", lambda *_: [])
    put(raw, {"di.txt": DI})
    names = [spec.full_name for spec in EXTRACTED_TABLES if spec.full_name in linked()]
    before = {name: Warehouse(root).stamp(name).content for name in names}
    for step in range(1, 100):
        work = copy_of(root, tmp_path / f"killed-{step}")
        warehouse = Warehouse(work)
        was_killed = killed_at(
            monkeypatch, step, lambda w=warehouse: refresh_dumps(raw, w, MORNING)
        )
        with warehouse.lock():
            refresh_dumps(raw, warehouse, MORNING)
        for name in names:
            told = read_changes(work, name, before[name], warehouse.stamp(name).content)
            assert told is None or told.rows.num_rows, f"{name}, killed before step {step}"
        shutil.rmtree(work)
        if not was_killed:
            break
    assert 5 < step < 99


@pytest.fixture(scope="module")
def merged(tmp_path_factory) -> tuple[Path, Path]:
    """A raw folder and a warehouse in which papers had been merged, as the memory of ids knows."""
    folder = tmp_path_factory.mktemp("merged")
    raw = Path(shutil.copytree(small_raw(), folder / "raw"))
    root = copy_of(small_build()[0], folder / "warehouse")
    one, other, *_ = sorted(row["paper_id"] for row in table(root, "marts.papers"))
    line = f"{one},{other},same,somebody,2026-03-01,retitled"
    put(folder, {"overrides.csv": f"left,right,decision,who,when,why\n{line}\n"})
    build(raw, Warehouse(root), MORNING + timedelta(hours=1), overrides=folder / "overrides.csv")
    put(raw, {"di.txt": DI})
    return raw, root


@pytest.mark.slow
@pytest.mark.parametrize("name", ["linkage.identities", "marts.paper_id_history"])
def test_what_later_builds_recall_outlives_a_kill_before_its_stamp(
    name, merged, tmp_path, monkeypatch
):
    """Ids that were given once, and why they changed, are known from the table itself alone."""
    raw, root = merged[0], copy_of(merged[1], tmp_path / "warehouse")
    never_killed = copy_of(root, tmp_path / "never killed")
    put_stamp = Warehouse.put_stamp

    def killed(warehouse, spec, stamp):
        if spec.full_name == name:
            raise Killed
        put_stamp(warehouse, spec, stamp)

    with monkeypatch.context() as patch:
        patch.setattr(Warehouse, "put_stamp", killed)
        with pytest.raises(Killed):
            build(raw, Warehouse(root), LATER)
    for folder in (root, never_killed):
        build(raw, Warehouse(folder), LATER)
    assert table(root, "marts.paper_id_history") != []
    assert differences(root, never_killed, published=False) == []


@pytest.mark.slow
def test_publishing_can_be_killed_before_any_rename(tmp_path, root, monkeypatch):
    (root / "warehouse.duckdb").unlink()
    old = next((root / "versions").iterdir())
    older = old.rename(root / "versions" / "20200101T000000-000000000000.duckdb")
    (root / "warehouse.duckdb").symlink_to(f"versions/{older.name}")
    specs = few_specs()
    for step in range(1, 50):
        work = copy_of(root, tmp_path / f"killed-{step}")
        warehouse = Warehouse(work)
        was_killed = killed_at(monkeypatch, step, lambda w=warehouse: publish(w, specs, MORNING))
        assert asked(warehouse.published, N_PAPERS) == [(6,)]
        publish(warehouse, specs, LATER)
        current = [v for v in versions(warehouse) if v.is_current]
        assert current == versions(warehouse)[:1], f"killed before step {step}"
        assert current[0].id != older.stem
        if not was_killed:
            break
    assert 3 < step < 49


@pytest.mark.slow
def test_a_build_killed_at_a_random_moment_can_be_done_again(raw, root):
    put(raw, {"di.txt": DI})
    moments = random.Random(7)
    for _ in range(4):
        process = start("build", "--raw", raw, "--warehouse", root)
        time.sleep(moments.uniform(0.5, 2.5))
        process.kill()
        process.communicate()
        assert asked(root / "warehouse.duckdb", N_PAPERS) in ([(6,)], [(7,)])
    run = papermart("build", "--raw", raw, "--warehouse", root)
    assert run.returncode == 0, run.stderr
    assert len(table(root, "staging.records")) == 9
    assert asked(root / "warehouse.duckdb", N_PAPERS) == [(7,)]
    assert not list(root.rglob("*.tmp*"))


# ---------------------------------------------------------------- a check fails


@pytest.fixture
def strict_models(tmp_path, monkeypatch) -> Path:
    """A copy of `sql/` in which no paper may be of 2019."""
    sql = Path(shutil.copytree(SQL_DIR, tmp_path / "sql"))
    described = yaml.safe_load((sql / "marts/papers.yml").read_text("utf-8"))
    described["checks"].append(
        {"name": "not_2019", "holds": "year <> 2019", "description": "no paper is of 2019"}
    )
    (sql / "marts/papers.yml").write_text(yaml.safe_dump(described), "utf-8")
    use_models(monkeypatch, sql)
    return sql


@pytest.mark.usefixtures("strict_models")
def test_a_failed_check_keeps_the_last_good_table_and_names_the_rows(raw, root):
    papers = (root / "tables/marts/papers/papers.parquet").read_bytes()
    published = (root / "warehouse.duckdb").readlink()
    put(raw, {"old.txt": feed_page([("A Paper Too Old", ["Di Wu", "Ann Lee"], "May 5, 2019")])})

    with pytest.raises(BlockingCheckError) as failure:
        build(raw, Warehouse(root), now=LATER)
    assert "marts.papers failed its check not_2019" in str(failure.value)
    assert "that no paper is of 2019 (1 rows" in str(failure.value)
    assert "title=A Paper Too Old" in str(failure.value)
    assert "The last good table was kept and nothing was published." in str(failure.value)
    assert (root / "tables/marts/papers/papers.parquet").read_bytes() == papers
    assert (root / "warehouse.duckdb").readlink() == published
    assert small_build()[1].version.path.name == published.name
    assert asked(root / "warehouse.duckdb", N_PAPERS) == [(6,)]

    run = papermart("build", "--raw", raw, "--warehouse", root)
    assert_clean_failure(run, "error: marts.papers failed its check not_2019")
    assert run.stdout == ""


def test_a_failed_check_of_extracted_rows_replaces_nothing(raw, root, monkeypatch):
    """A fault of a parser must not reach the tables either."""
    before = snapshot(root, "tables")
    put(raw, {"di.txt": DI})
    original = batches.extract_dump

    def faulty(*arguments):
        found = original(*arguments)
        first, *others = found.records
        return replace(found, records=(first._replace(line_end=0), *others))

    monkeypatch.setattr(batches, "extract_dump", faulty)
    with pytest.raises(BlockingCheckError, match=r"staging\.records failed its check"):
        build(raw, Warehouse(root), now=LATER)
    assert snapshot(root, "tables") == before


def test_a_model_that_does_not_run_is_named(raw, root, strict_models):
    file = strict_models / "marts" / "topics.sql"
    file.write_text(file.read_text("utf-8").replace("description", "descriptoin"), "utf-8")
    before = snapshot(root, "tables")
    with pytest.raises(PipelineError, match=r"the model marts\.topics does not run: .*descriptoin"):
        build(raw, Warehouse(root), now=LATER)
    assert {p: s for p, s in snapshot(root, "tables").items() if "topics" in p} == {
        p: s for p, s in before.items() if "topics" in p
    }


# ---------------------------------------------------------------- two at once


@pytest.mark.slow
def test_two_builds_at_once_both_succeed(raw, tmp_path):
    root = tmp_path / "warehouse"
    both = [start("build", "--raw", raw, "--warehouse", root) for _ in range(2)]
    outputs = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    told = [error for _, error in outputs if error]
    assert all(error.startswith("waiting for another build") for error in told), "one waits"
    said = sorted(out.splitlines()[-1].split()[0] for out, _ in outputs)
    assert said == ["nothing", "published"]
    assert mart_values(root) == mart_values(small_build()[0])
    tables = asked(root / "warehouse.duckdb", "select table_name from duckdb_tables()")
    assert {name for (name,) in tables} == set(PUBLISHED)
