"""Building again and again: only what is new is read, and nothing else ever changes.

The story runs on three small pages (`helpers.PAGES`): build, build again, add, remove, rename,
copy. Values are compared without provenance (paths, times).
"""

import shutil
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from helpers import (
    DI,
    MORNING,
    PAGES,
    copy_of,
    make_only,
    mart_values,
    put,
    small_build,
    small_raw,
    snapshot,
    staging_values,
    table,
)

from pipeline.builds.dumps import refresh_dumps
from pipeline.builds.pending import pending_dumps
from pipeline.builds.run import build
from pipeline.storage import segments
from pipeline.storage.warehouse import Warehouse

LATER = MORNING + timedelta(hours=3)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    return Path(shutil.copytree(small_raw(), tmp_path / "raw"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return copy_of(small_build()[0], tmp_path / "warehouse")


def segment_names(root: Path) -> set[str]:
    return {file.stem for file in (root / "tables/staging/records").glob("*.parquet")}


def titles(root: Path) -> set[str]:
    return {row["title"] for row in table(root, "marts.papers")}


# ---------------------------------------------------------------- nothing new


def test_first_build_reads_all_links_and_publishes():
    root, report = small_build()
    assert (report.dumps.n_dumps, report.dumps.n_new, report.dumps.n_records) == (3, 3, 8)
    assert report.is_published
    assert report.dumps.reasons == {"new page": ["ann.txt", "bo.txt", "cy.txt"]}
    assert {table.reasons for table in report.tables} == {("never built",)}
    assert all(table.is_changed for table in report.tables)
    seen = {row["title"]: row["n_records"] for row in table(root, "marts.papers")}
    assert len(seen) == 6
    assert seen["Federated Learning with Lazy Clients"] == 2
    assert seen["Deep Kernels for Graph Matching"] == 2


def test_second_build_reads_nothing_and_writes_nothing(raw, root):
    before = snapshot(root, "tables") | snapshot(root, "versions")
    link = (root / "warehouse.duckdb").readlink()
    report = build(raw, Warehouse(root), now=LATER)
    assert (report.dumps.n_new, report.dumps.n_gone, report.dumps.is_changed) == (0, 0, False)
    assert [table.name for table in report.tables if table.is_changed] == []
    assert report.dumps.reasons == {}
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
    assert report.dumps.reasons == {"new page": ["di.txt"]}
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
    assert report.dumps.reasons == {"page gone": ["bo.txt"]}
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


def test_one_at_a_time_gives_the_same_as_all_at_once(tmp_path, monkeypatch):
    whole = small_build()[0]
    raw, root = tmp_path / "raw", tmp_path / "warehouse"
    put(raw, {"cy.txt": PAGES["cy.txt"]})
    with monkeypatch.context() as patch:
        make_only(patch, "linkage.identities", publishes=False)
        assert build(raw, Warehouse(root), now=MORNING).dumps.n_new == 1
    put(raw, {"ann.txt": PAGES["ann.txt"]})
    assert refresh_dumps(raw, Warehouse(root), MORNING + timedelta(hours=1)).n_new == 1
    put(raw, {"bo.txt": PAGES["bo.txt"]})
    assert build(raw, Warehouse(root), now=MORNING + timedelta(hours=2)).dumps.n_new == 1
    assert len(segment_names(root)) == 3
    assert mart_values(root) == mart_values(whole)
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
    monkeypatch.setattr("pipeline.builds.dumps.extractor_version", lambda: "another")
    report = refresh_dumps(raw, Warehouse(root), LATER)
    assert (report.n_read, report.n_new) == (3, 0)
    assert segment_names(root).isdisjoint(names)
    assert {row["extractor"] for row in table(root, "raw.dumps")} == {"another"}
    assert {row["first_seen_at"] for row in table(root, "raw.dumps")} == {MORNING}
    before["raw.dumps"] = [row | {"extractor": "another"} for row in before["raw.dumps"]]
    assert staging_values(root) == before


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


def test_rows_written_before_there_was_a_column_are_read_anew(raw, root):
    before = staging_values(root)
    for file in (root / "tables/staging/records").glob("*.parquet"):
        pq.write_table(pq.read_table(file).drop_columns(["volume", "issue", "pages"]), file)
    manifest = root / "tables/raw/dumps/dumps.parquet"
    rows = pq.read_table(manifest)
    older = pa.array(["older"] * len(rows))
    at = rows.column_names.index("extractor")
    pq.write_table(rows.set_column(at, rows.field(at), older), manifest)
    assert table(root, "staging.records")  # nothing that only looks at it fails meanwhile
    assert refresh_dumps(raw, Warehouse(root), LATER).n_read == 3
    assert staging_values(root) == before
    assert {row["volume"] for row in table(root, "staging.records")} == {None}


def test_reading_all_anew_leaves_nothing_beside_the_tables(raw, root):
    build(raw, Warehouse(root), now=LATER, full=True)
    assert not list((root / "tables").rglob(".papermart-*"))
