"""A build removes what builds made and is no longer needed, and never anything else."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from helpers import (
    DI,
    MORNING,
    PAGES,
    asked,
    copy_of,
    publish_again,
    put,
    small_build,
    snapshot,
    staging_values,
)

from pipeline.builds.dumps import refresh_dumps
from pipeline.builds.run import build
from pipeline.storage.rollback import rollback
from pipeline.storage.versions import versions
from pipeline.storage.warehouse import Warehouse

LATER = MORNING + timedelta(hours=3)

# Files of other people below a warehouse folder that holds the raw folder too.
OF_OTHERS = (
    *("notes.tmp", "x.tmp.wal", "x.duckdb.tmp", "my.duckdb", ".papermart-notes.txt", ".x.tmp"),
    *("versions/my.duckdb", "versions/old.duckdb.tmp", "versions/old.duckdb.tmp.wal"),
    *("versions/papermart.tmp", "versions/20260301T080000-copy.duckdb"),
    *("tables/notes.tmp", "tables/.papermart-x.tmp", "tables/marts/notes.tmp"),
    *("tables/marts/papers/mine.parquet", "tables/marts/papers/half.parquet.tmp"),
    *("tables/staging/records/mine.parquet", "tables/staging/records/half.parquet.tmp"),
    *("tables/raw/dumps/mine.parquet", "tables/mine/deep/notes.parquet"),
    *("mine/deep/er/notes.tmp", "mine/deep/er/x.tmp.wal", "mine/.papermart-x.tmp"),
    *("raw/notes.tmp", "raw/x.tmp.wal", "raw/.papermart-x.tmp", "raw/deep/notes.tmp"),
)


def test_files_of_others_survive_a_build_and_a_rollback(tmp_path):
    root = copy_of(small_build()[0], tmp_path / "data")
    put(root / "raw", PAGES | {"di.txt": DI})
    for name in OF_OTHERS:
        put((root / name).parent, {Path(name).name: f"not yours: {name}"})
    report = build(root / "raw", Warehouse(root), now=LATER, keep_versions=1)
    assert report.is_published
    assert [path for path, _ in report.dumps.quarantined] == ["x.tmp.wal"]
    assert report.dumps.n_dumps == 4 + 1
    assert asked(root / "warehouse.duckdb", "select count(*) from papers") == [(7,)]
    assert [version.id for version in versions(Warehouse(root))] == [report.version.id]
    publish_again(Warehouse(root), day=1, keep=2)
    assert rollback(Warehouse(root)).id == report.version.id
    for name in OF_OTHERS:
        assert (root / name).read_text("utf-8") == f"not yours: {name}", name


def test_what_a_killed_build_left_behind_is_swept(tmp_path):
    root = copy_of(small_build()[0], tmp_path / "warehouse")
    before = staging_values(root)
    records = root / "tables/staging/records"
    orphan = records / f"{'0' * 20}.parquet"
    left = [
        root / ".papermart-probe.tmp",
        root / ".papermart-.rolled_back.tmp",
        root / "versions/.papermart-20260301T080000-0123456789ab.duckdb.tmp",
        root / "versions/.papermart-20260301T080000-0123456789ab.duckdb.tmp.wal",
        root / "tables/marts/papers/.papermart-papers.parquet.tmp",
        root / "tables/marts/papers/.papermart-_stamp.json.tmp",
        records / f".papermart-{'1' * 20}.parquet.tmp",
        root / ".papermart-spill/duckdb_temp_4469_0_owner",
        root / ".papermart-spill/duckdb_temp_4469_0_storage_DEFAULT-0.tmp",
        orphan,
    ]
    for file in left:
        put(file.parent, {file.name: b"PAR1"})
    shutil.copy(next(file for file in records.glob("*.parquet") if file != orphan), orphan)
    build(put(tmp_path / "raw", PAGES), Warehouse(root), now=LATER)
    assert [file for file in left if file.exists()] == []
    assert not (root / ".papermart-spill").exists()
    assert staging_values(root) == before


def test_a_readers_spill_folder_is_left_alone(tmp_path):
    """DuckDB spills to `<file>.tmp/`; the sweep must neither fail on it nor empty it."""
    root = copy_of(small_build()[0], tmp_path / "warehouse")
    folders = ("versions/v.duckdb.tmp", "warehouse.duckdb.tmp", "versions/.papermart-v.duckdb.tmp")
    for folder in folders:
        put(root / folder, {"duckdb_temp_storage-0.tmp": b"x"})
    with Warehouse(root).lock():
        refresh_dumps(put(tmp_path / "raw", PAGES | {"di.txt": DI}), Warehouse(root), LATER)
    for folder in folders:
        assert list((root / folder).iterdir())


@pytest.mark.parametrize("name", ["papers", "versions"])
def test_a_folder_that_is_no_warehouse_is_left_alone(name, tmp_path):
    """Building into a folder of one's own adds a warehouse and changes nothing else."""
    root = put(tmp_path / name, {"notes.tmp": "mine", "x.duckdb": "mine", "a.parquet": "mine"})
    put(root / "versions", {"x.duckdb": "mine", "x.tmp": "mine"})
    before = snapshot(root)
    refresh_dumps(put(tmp_path / "raw", PAGES), Warehouse(root), MORNING)
    with Warehouse(root).lock():
        pass
    assert {path: state for path, state in snapshot(root).items() if path in before} == before
