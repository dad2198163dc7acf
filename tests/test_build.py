"""Building again and again: only what is new is read, and nothing else ever changes.

The story runs on three small pages (`helpers.PAGES`): build, build again, add, remove, rename,
copy, kill, break. Values are compared without provenance (paths, times).
"""

import random
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
import yaml
from helpers import (
    MORNING,
    PAGES,
    PUBLISHED,
    copy_of,
    feed_page,
    mart_values,
    papermart,
    put,
    small_build,
    small_raw,
    snapshot,
    start,
    table,
    values,
)

from pipeline import build as build_module
from pipeline import cli, publishing, segments, sql_models
from pipeline.build import build, pending_dumps, refresh_dumps
from pipeline.errors import BlockingCheckError, PipelineError
from pipeline.warehouse import Warehouse

LATER = MORNING + timedelta(hours=3)
DI = feed_page([("Counting Birds from Space", ["Di Wu", "Ann Lee"], "May 5, 2024")])
STAGING = ("staging.pages", "staging.records", "staging.record_authors", "staging.issues")


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    return Path(shutil.copytree(small_raw(), tmp_path / "raw"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return copy_of(small_build()[0], tmp_path / "warehouse")


def staging_values(root: Path) -> dict[str, list]:
    return {name: values(root, name) for name in (*STAGING, "raw.dumps")}


def segment_names(root: Path) -> set[str]:
    return {file.stem for file in (root / "tables/staging/records").glob("*.parquet")}


def titles(root: Path) -> set[str]:
    return {row["title"] for row in table(root, "marts.papers")}


# ---------------------------------------------------------------- nothing new


def test_first_build_reads_all_links_and_publishes():
    root, report = small_build()
    assert (report.dumps.n_dumps, report.dumps.n_new, report.dumps.n_records) == (3, 3, 8)
    assert report.is_published
    assert all(table.is_changed for table in report.tables)
    seen = {row["title"]: row["n_records"] for row in table(root, "marts.papers")}
    assert len(seen) == 6
    assert seen["Federated Learning with Lazy Clients"] == 2
    assert seen["Deep Kernels for Graph Matching"] == 2


def test_second_build_reads_nothing_and_writes_nothing(raw, root):
    before = snapshot(root, "tables") | snapshot(root, "versions")
    link = (root / "warehouse.duckdb").readlink()
    began = time.perf_counter()
    report = build(raw, Warehouse(root), now=LATER)
    assert time.perf_counter() - began < 1
    assert (report.dumps.n_new, report.dumps.n_gone, report.dumps.is_changed) == (0, 0, False)
    assert [table.name for table in report.tables if table.is_changed] == []
    assert not report.is_published
    assert report.version.id == small_build()[1].version.id
    assert snapshot(root, "tables") | snapshot(root, "versions") == before
    assert (root / "warehouse.duckdb").readlink() == link


def test_an_untouched_folder_has_nothing_pending(raw, root):
    assert pending_dumps(raw, Warehouse(root)) == []
    put(raw, {"di.txt": DI})
    (raw / "bo.txt").rename(raw / "moved.txt")
    paths = set(pending_dumps(raw, Warehouse(root)))
    assert paths == {"di.txt", "bo.txt", "moved.txt"}


# ---------------------------------------------------------------- the folder changes


def test_adding_one_dump_reads_only_that_one(raw, root):
    before = snapshot(root, "tables/staging")
    put(raw, {"di.txt": DI})
    report = build(raw, Warehouse(root), now=LATER)
    assert (report.dumps.n_new, report.dumps.n_gone, report.dumps.n_records) == (1, 0, 9)
    old = {path: state for path, state in before.items() if path.endswith(".parquet")}
    assert {p: s for p, s in snapshot(root, "tables/staging").items() if p in old} == old
    assert len(segment_names(root)) == 2
    assert titles(root) == titles(small_build()[0]) | {"Counting Birds from Space"}
    assert report.is_published
    not_due = {table.name for table in report.tables if not table.is_changed}
    assert not_due >= {"reference.topics", "reference.venues", "marts.topics"}
    seen = {row["path"]: row["first_seen_at"] for row in table(root, "raw.dumps")}
    assert seen.pop("di.txt") == LATER
    assert set(seen.values()) == {MORNING}


def test_removing_one_dump_drops_its_records_and_nothing_else(raw, root):
    (raw / "bo.txt").unlink()
    report = build(raw, Warehouse(root), now=LATER)
    assert (report.dumps.n_new, report.dumps.n_gone, report.dumps.n_records) == (0, 1, 6)
    assert titles(root) == titles(small_build()[0]) - {"Sparse Attention on Small Devices"}
    kept = {row["dump_id"] for row in table(root, "raw.dumps")}
    for name in ("staging.pages", "staging.records"):
        assert {row["dump_id"] for row in table(root, name)} == kept
    record_ids = {row["record_id"] for row in table(root, "staging.records")}
    assert {row["record_id"] for row in table(root, "staging.record_authors")} == record_ids


def test_names_and_order_of_files_change_no_value(raw, root):
    (raw / "deep" / "er").mkdir(parents=True)
    (raw / "ann.txt").rename(raw / "zz last.txt")
    (raw / "cy.txt").rename(raw / "deep" / "er" / "0 first.html")
    (raw / "bo.txt").rename(raw / "deep" / "ann.txt")
    report = build(raw, Warehouse(root), now=LATER)
    assert (report.dumps.n_new, report.dumps.n_gone) == (0, 0)
    assert mart_values(root) == mart_values(small_build()[0])
    paths = {row["path"] for row in table(root, "marts.paper_records")}
    assert paths == {"zz last.txt", "deep/er/0 first.html", "deep/ann.txt"}


def test_a_copy_of_a_dump_adds_no_record(raw, root):
    (raw / "copies").mkdir()
    shutil.copy(raw / "bo.txt", raw / "copies" / "again.txt")
    report = build(raw, Warehouse(root), now=LATER)
    assert (report.dumps.n_dumps, report.dumps.n_new, report.dumps.n_records) == (3, 0, 8)
    assert mart_values(root) == mart_values(small_build()[0])
    n_files = {row["path"]: row["n_files"] for row in table(root, "raw.dumps")}
    assert n_files == {"ann.txt": 1, "bo.txt": 2, "cy.txt": 1}


def test_one_at_a_time_gives_the_same_as_all_at_once(tmp_path):
    raw, root = tmp_path / "raw", tmp_path / "warehouse"
    put(raw, {"cy.txt": PAGES["cy.txt"]})
    assert build(raw, Warehouse(root), now=MORNING).dumps.n_new == 1
    put(raw, {"ann.txt": PAGES["ann.txt"]})
    assert refresh_dumps(raw, Warehouse(root), MORNING + timedelta(hours=1)).n_new == 1
    put(raw, {"bo.txt": PAGES["bo.txt"]})
    assert build(raw, Warehouse(root), now=MORNING + timedelta(hours=2)).dumps.n_new == 1
    assert len(segment_names(root)) == 3
    assert mart_values(root) == mart_values(small_build()[0])
    (twice,) = [row for row in table(root, "marts.papers") if row["title"].startswith("Federated")]
    assert twice["first_seen_at"] == MORNING
    assert twice["last_seen_at"] == MORNING + timedelta(hours=1)


# ---------------------------------------------------------------- segments


def test_many_segments_are_joined_without_changing_a_row(tmp_path, monkeypatch):
    monkeypatch.setattr(segments, "MAX_SEGMENTS", 2)
    raw, root = tmp_path / "raw", tmp_path / "warehouse"
    pages = PAGES | {"di.txt": DI}
    n_segments = []
    for name, page in pages.items():
        put(raw, {name: page})
        refresh_dumps(raw, Warehouse(root), MORNING)
        n_segments.append(len(segment_names(root)))
    assert n_segments == [1, 2, 3, 2]
    monkeypatch.undo()
    refresh_dumps(raw, Warehouse(tmp_path / "at once"), MORNING)
    assert staging_values(root) == staging_values(tmp_path / "at once")
    assert refresh_dumps(raw, Warehouse(root), LATER).is_changed is False


def test_another_extractor_reads_all_dumps_again(raw, root, monkeypatch):
    before, names = staging_values(root), segment_names(root)
    monkeypatch.setattr("pipeline.build.extractor_version", lambda: "another")
    monkeypatch.setattr("pipeline.extraction.extractor_version", lambda: "another")
    assert refresh_dumps(raw, Warehouse(root), LATER).n_new == 3
    assert segment_names(root).isdisjoint(names)
    assert {row["extractor"] for row in table(root, "raw.dumps")} == {"another"}
    assert {row["first_seen_at"] for row in table(root, "raw.dumps")} == {MORNING}
    before["raw.dumps"] = [row | {"extractor": "another"} for row in before["raw.dumps"]]
    assert staging_values(root) == before


def test_what_a_killed_build_left_behind_is_swept(raw, root):
    before = staging_values(root)
    records = root / "tables/staging/records"
    left = [
        put(records, {"half.parquet.tmp": b"PAR1"}) / "half.parquet.tmp",
        put(root / "versions", {"x.duckdb.tmp": b"x"}) / "x.duckdb.tmp",
        put(root / "versions", {"x.duckdb.tmp.wal": b"x"}) / "x.duckdb.tmp.wal",
        records / "orphan.parquet",
    ]
    shutil.copy(next(records.glob("*.parquet")), records / "orphan.parquet")
    build(raw, Warehouse(root), now=LATER)
    assert [file for file in left if file.exists()] == []
    assert staging_values(root) == before


def test_a_readers_spill_folder_is_left_alone(raw, root):
    """DuckDB spills to `<file>.tmp/`; the sweep must neither fail on it nor empty it."""
    spill = put(root / "versions" / "v.duckdb.tmp", {"duckdb_temp_storage-0.tmp": b"x"})
    put(root / "warehouse.duckdb.tmp", {"duckdb_temp_storage-0.tmp": b"x"})
    put(raw, {"di.txt": DI})
    assert build(raw, Warehouse(root), now=LATER).is_published
    assert list(spill.iterdir())


@pytest.mark.parametrize("damage", ["manifest", "segment gone", "stamps"])
def test_a_damaged_warehouse_is_mended_from_the_dumps(damage, raw, root):
    before = staging_values(root)
    if damage == "manifest":
        (root / "tables/raw/dumps/dumps.parquet").write_bytes(b"PAR1 nothing more")
    elif damage == "segment gone":
        next((root / "tables/staging/pages").glob("*.parquet")).unlink()
    else:
        for stamp in root.rglob("_stamp.json"):
            stamp.write_text("{not json", "utf-8")
    refresh_dumps(raw, Warehouse(root), MORNING)
    assert staging_values(root) == before


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


def test_reading_dumps_can_be_killed_before_any_rename(tmp_path, raw, root, monkeypatch):
    monkeypatch.setattr(segments, "audit", lambda *_: [])  # half of the time, and not the point
    put(raw, {"di.txt": DI})
    (raw / "bo.txt").unlink()
    refresh_dumps(raw, Warehouse(tmp_path / "clean"), MORNING)
    wanted = staging_values(tmp_path / "clean")
    for step in range(1, 100):
        work = copy_of(root, tmp_path / f"killed-{step}")
        stamps = {name: Warehouse(root).stamp(name) for name in (*STAGING, "raw.dumps")}
        was_killed = killed_at(
            monkeypatch, step, lambda w=work: refresh_dumps(raw, Warehouse(w), MORNING)
        )
        with Warehouse(work).lock():
            refresh_dumps(raw, Warehouse(work), MORNING)
        assert staging_values(work) == wanted, f"killed before step {step}"
        for name, old in stamps.items():
            # Models look at stamps: one left unchanged would hide the new rows from them.
            assert Warehouse(work).stamp(name).content != old.content
        shutil.rmtree(work)
        if not was_killed:
            break
    assert 12 < step < 99


def test_publishing_can_be_killed_before_any_rename(tmp_path, root, monkeypatch):
    (root / "warehouse.duckdb").unlink()
    old = next((root / "versions").iterdir())
    older = old.rename(root / "versions" / "20200101T000000-000000000000.duckdb")
    (root / "warehouse.duckdb").symlink_to(f"versions/{older.name}")
    specs = sql_models.all_specs()
    for step in range(1, 30):
        work = copy_of(root, tmp_path / f"killed-{step}")
        warehouse = Warehouse(work)
        was_killed = killed_at(
            monkeypatch, step, lambda w=warehouse: publishing.publish(w, specs, MORNING)
        )
        with duckdb.connect(str(warehouse.published), read_only=True) as con:
            assert con.execute("select count(*) from papers").fetchone() == (6,)
        publishing.publish(warehouse, specs, LATER)
        current = [v for v in publishing.versions(warehouse) if v.is_current]
        assert current == publishing.versions(warehouse)[:1], f"killed before step {step}"
        assert current[0].id != older.stem
        if not was_killed:
            break
    assert 3 < step < 29


def test_a_build_killed_at_a_random_moment_can_be_done_again(raw, root):
    put(raw, {"di.txt": DI})
    moments = random.Random(7)
    for _ in range(4):
        process = start("build", "--raw", raw, "--warehouse", root)
        time.sleep(moments.uniform(0.5, 2.5))
        process.kill()
        process.communicate()
        with duckdb.connect(str(root / "warehouse.duckdb"), read_only=True) as con:
            assert con.execute("select count(*) from papers").fetchone() in {(6,), (7,)}
    run = papermart("build", "--raw", raw, "--warehouse", root)
    assert run.returncode == 0, run.stderr
    assert len(table(root, "staging.records")) == 9
    with duckdb.connect(str(root / "warehouse.duckdb"), read_only=True) as con:
        assert con.execute("select count(*) from papers").fetchone() == (7,)
    assert not list(root.rglob("*.tmp"))


# ---------------------------------------------------------------- a check fails


@pytest.fixture
def strict_models(tmp_path, monkeypatch) -> Path:
    """A copy of `sql/` in which no paper may be of 2024."""
    sql = Path(shutil.copytree(sql_models.SQL_DIR, tmp_path / "sql"))
    described = yaml.safe_load((sql / "marts/_models.yml").read_text("utf-8"))
    papers = next(model for model in described["models"] if model["name"] == "papers")
    papers["rules"].append(
        {"name": "not_2024", "holds": "year <> 2024", "message": "papers of 2024 are not allowed"}
    )
    (sql / "marts/_models.yml").write_text(yaml.safe_dump(described), "utf-8")
    monkeypatch.setattr(build_module, "load_models", lambda: sql_models.load_models(sql))
    monkeypatch.setattr(build_module, "all_specs", lambda: sql_models.all_specs(sql))
    return sql


@pytest.mark.usefixtures("strict_models")
def test_a_failed_check_keeps_the_last_good_table_and_names_the_rows(
    raw, root, monkeypatch, capsys
):
    (raw / "bo.txt").unlink()
    good = build(raw, Warehouse(root), now=LATER)
    papers = (root / "tables/marts/papers/papers.parquet").read_bytes()
    published = (root / "warehouse.duckdb").readlink()
    put(raw, {"bo.txt": PAGES["bo.txt"]})

    with pytest.raises(BlockingCheckError) as failure:
        build(raw, Warehouse(root), now=LATER + timedelta(hours=1))
    assert "marts.papers failed its check not_2024" in str(failure.value)
    assert "papers of 2024 are not allowed (1 rows" in str(failure.value)
    assert "title=Sparse Attention on Small Devices" in str(failure.value)
    assert (root / "tables/marts/papers/papers.parquet").read_bytes() == papers
    assert (root / "warehouse.duckdb").readlink() == published
    assert good.version.path.name == published.name

    monkeypatch.setattr(
        sys, "argv", ["papermart", "build", "--raw", str(raw), "--warehouse", str(root)]
    )
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("error: marts.papers failed its check not_2024")


def test_a_failed_check_of_extracted_rows_replaces_nothing(raw, root, monkeypatch):
    """A fault of a parser must not reach the tables either."""
    before = snapshot(root, "tables")
    put(raw, {"di.txt": DI})
    original = segments.extract_dump

    def faulty(*arguments):
        found = original(*arguments)
        first, *others = found.records
        return replace(found, records=(first._replace(line_end=0), *others))

    monkeypatch.setattr(segments, "extract_dump", faulty)
    with pytest.raises(BlockingCheckError, match=r"staging\.records failed its check"):
        build(raw, Warehouse(root), now=LATER)
    assert snapshot(root, "tables") == before


def test_a_model_that_does_not_run_is_named(raw, root, strict_models):
    file = strict_models / "marts" / "topics.sql"
    file.write_text(file.read_text("utf-8").replace("description", "descriptoin"), "utf-8")
    sql_models.load_models.cache_clear()
    before = snapshot(root, "tables")
    with pytest.raises(PipelineError, match=r"the model marts\.topics does not run: .*descriptoin"):
        build(raw, Warehouse(root), now=LATER)
    assert {p: s for p, s in snapshot(root, "tables").items() if "topics" in p} == {
        p: s for p, s in before.items() if "topics" in p
    }


# ---------------------------------------------------------------- two at once


def test_two_builds_at_once_both_succeed(raw, tmp_path):
    root = tmp_path / "warehouse"
    both = [start("build", "--raw", raw, "--warehouse", root) for _ in range(2)]
    outputs = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    said = sorted(out.splitlines()[-1].split()[0] for out, _ in outputs)
    assert said == ["nothing", "published"]
    assert mart_values(root) == mart_values(small_build()[0])
    with duckdb.connect(str(root / "warehouse.duckdb"), read_only=True) as con:
        tables = {
            name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()
        }
    assert tables == set(PUBLISHED)
