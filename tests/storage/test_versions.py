"""The published file: a link to a version that holds everything, described, and never torn."""

import json
import os
import shutil
import struct
from datetime import timedelta
from inspect import signature
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from helpers import (
    DI,
    MORNING,
    PAGES,
    PUBLISHED,
    asked,
    copy_of,
    publish_again,
    published,
    put,
    rows,
    small_build,
    small_raw,
    table,
)

from pipeline.builds.dumps import refresh_dumps
from pipeline.builds.run import build
from pipeline.contract.errors import PipelineError
from pipeline.contract.version_tables import VERSION_TABLES
from pipeline.inputs.settings import Settings
from pipeline.models.catalogue import all_specs
from pipeline.models.views import load_views, published_views
from pipeline.storage.manifest import read_manifest
from pipeline.storage.publishing import publish
from pipeline.storage.rollback import rollback
from pipeline.storage.versions import (
    KEEP_VERSIONS,
    find_version,
    published_tables,
    switch,
    versions,
)
from pipeline.storage.warehouse import Warehouse


@pytest.fixture
def warehouse(tmp_path) -> Warehouse:
    return Warehouse(copy_of(small_build()[0], tmp_path / "warehouse"))


def republish(warehouse: Warehouse, day: int) -> str:
    return publish_again(warehouse, day)


def n_papers(file: Path) -> int:
    return asked(file, "select count(*) from papers")[0][0]


# ---------------------------------------------------------------- what is in the file


def test_the_published_file_is_a_relative_link_to_a_version():
    root, report = small_build()
    link = root / "warehouse.duckdb"
    assert link.is_symlink()
    assert link.readlink() == Path("versions") / f"{report.version.id}.duckdb"
    assert report.version.id.startswith("20260301T080000-")
    assert [file.name for file in (root / "versions").iterdir()] == [link.readlink().name]


def test_a_moved_warehouse_still_opens(tmp_path):
    root = copy_of(small_build()[0], tmp_path / "before")
    root.rename(tmp_path / "after")
    assert n_papers(tmp_path / "after" / "warehouse.duckdb") == 6


@pytest.mark.parametrize("name", ["[b]", "b*", "year=2031", 'it\'s "ü"; {b},\n b'])
def test_a_folder_of_any_name_is_read_and_not_the_one_beside_it(name, tmp_path):
    """Engines take some names for patterns, and others for columns."""
    odd = Warehouse(copy_of(small_build()[0], tmp_path / name))
    for full_name in ("marts.papers", "raw.dumps"):
        beside = tmp_path / "b" / odd.table_dir(full_name).relative_to(odd.root)
        shutil.copytree(odd.table_dir(full_name), beside)
        for file in beside.glob("*.parquet"):
            pq.write_table(pq.read_table(file)[:0], file)
        spec = all_specs()[full_name]
        with odd.engine([spec]) as engine:
            assert tuple(engine.shape(full_name)) == spec.shape
            assert engine.scalar(f"select count(*) from {full_name}") > 0
    assert len(read_manifest(odd)) == len(PAGES)
    assert build(small_raw(), odd, now=MORNING).dumps.n_read == 0


def test_it_holds_every_table_of_the_contract_in_its_main_schema():
    with published(small_build()[0] / "warehouse.duckdb") as con:
        found = con.execute("select schema_name, table_name from duckdb_tables()").fetchall()
        views = con.execute("select view_name from duckdb_views() where not internal").fetchall()
    assert {name for (name,) in views} == set(load_views())
    assert set(found) == {("main", name) for name in PUBLISHED}


def test_every_table_and_every_column_has_a_comment():
    specs = {spec.name: spec for spec in published_tables(all_specs())}
    with published(small_build()[0] / "warehouse.duckdb") as con:
        tables = dict(con.execute("select table_name, comment from duckdb_tables()").fetchall())
        columns = con.execute(
            "select table_name, column_name, comment, data_type from duckdb_columns()"
            " where not internal order by table_oid, column_index"
        ).fetchall()
    for name, comment in tables.items():
        assert comment, name
        assert "Grain: one row per " in comment
    for name, column, comment, _ in columns:
        assert comment, f"{name}.{column}"
        assert len(comment) >= 8
    for name, spec in specs.items():
        found = [(column, comment, type_) for n, column, comment, type_ in columns if n == name]
        assert found == [(c.name, c.description, c.type) for c in spec.columns]


def test_published_rows_are_those_of_the_parquet_files():
    root = small_build()[0]
    places = {name: f"marts.{name}" for name in PUBLISHED}
    places |= {"matches": "linkage.matches", "dumps": "raw.dumps", "issues": "staging.issues"}
    with published(root / "warehouse.duckdb") as con:
        for name, place in places.items():
            n_rows = con.execute(f"select count(*) from {name}").fetchall()[0][0]
            assert n_rows == len(table(root, place)), name


def test_build_info_tells_what_the_build_was_made_of():
    root, report = small_build()
    with published(root / "warehouse.duckdb") as con:
        (info,) = con.sql("from build_info").to_arrow_table().to_pylist()
    assert info["build_id"] == report.version.id
    assert info["built_at"] == MORNING
    assert info["content_hash"] == report.version.content
    dumps = {row["dump_id"]: row["path"] for row in table(root, "raw.dumps")}
    assert json.loads(info["input_hashes"]) == dumps
    counts = json.loads(info["row_counts"])
    assert (counts["marts.papers"], counts["staging.records"]) == (6, 8)
    assert json.loads(info["versions"])["duckdb"] == duckdb.__version__
    checks = json.loads(info["checks"])
    assert checks["marts.papers"]["n_checks"] > 10
    assert checks["marts.papers"]["failed"] == []


def test_tools_of_duckdb_1_2_can_read_the_file():
    """The header names the storage version: 64 for 0.9-1.1 readers, 65 for 1.2; not 2.0's."""
    file = (small_build()[0] / "warehouse.duckdb").resolve()
    with file.open("rb") as stream:
        head = stream.read(24)
    assert head[8:12] == b"DUCK"
    (storage,) = struct.unpack("<Q", head[12:20])
    assert storage <= 65
    with published(file) as con:
        (tags,) = con.execute(
            "select tags from duckdb_databases() where path is not null"
        ).fetchall()[0]
    assert "v1.2.0" in tags["storage_version"]


# ---------------------------------------------------------------- readers


@pytest.mark.slow
def test_readers_open_the_file_at_every_moment_of_a_build(warehouse, tmp_path):
    raw = put(tmp_path / "raw", PAGES | {"di.txt": DI})
    seen: list[tuple[str, int]] = []

    def look(what: str, *_) -> None:
        with published(warehouse.published) as con:
            papers, authorships = con.execute(
                "select (select count(*) from papers),"
                " (select count(distinct paper_id) from authorships)"
            ).fetchall()[0]
        assert papers == authorships
        seen.append((what, papers))

    build(raw, warehouse, now=MORNING + timedelta(days=1), progress=look)
    assert len(seen) > 15
    assert {papers for _, papers in seen} == {6}
    assert seen[-1][0] == "publishing"
    assert n_papers(warehouse.published) == 7


def test_a_reader_keeps_the_version_it_opened(warehouse):
    with published(warehouse.published) as con:
        comment = "select comment from duckdb_tables() where table_name = 'papers'"
        before = con.execute(comment).fetchall()
        for day in range(1, KEEP_VERSIONS + 3):
            republish(warehouse, day)
        assert con.execute(comment).fetchall() == before
        assert con.execute("select count(title) from papers").fetchall() == [(6,)]
    assert asked(warehouse.published, comment) != before


# ---------------------------------------------------------------- versions


def test_what_a_killed_program_wrote_beside_the_link_is_no_part_of_the_next_version(warehouse):
    """DuckDB 1.x keeps its log there, and reads it with whatever the link leads to then."""
    log = warehouse.root / "warehouse.duckdb.wal"
    for act in (
        lambda: build(small_raw(), warehouse, now=MORNING),
        lambda: republish(warehouse, 1),
        lambda: rollback(warehouse),
    ):
        log.write_bytes(b"rows of another version")
        act()
        assert not log.exists()
    warehouse.published.unlink()
    warehouse.published.write_text("mine", "utf-8")
    log.write_text("mine, too", "utf-8")
    with pytest.raises(PipelineError, match="no build made it"):
        build(small_raw(), warehouse, now=MORNING)
    assert log.read_text("utf-8") == "mine, too"


def test_only_the_latest_versions_are_kept(warehouse):
    first = versions(warehouse)[0].id
    ids = [republish(warehouse, day) for day in range(1, KEEP_VERSIONS + 3)]
    kept = [version.id for version in versions(warehouse)]
    assert kept == ids[::-1][:KEEP_VERSIONS]
    assert first not in kept
    assert [version.is_current for version in versions(warehouse)] == [
        True,
        *[False] * (KEEP_VERSIONS - 1),
    ]


def test_five_versions_are_kept_unless_somebody_says_otherwise():
    assert KEEP_VERSIONS == Settings().keep_versions == 5
    for function, argument in ((publish, "keep"), (build, "keep_versions")):
        assert signature(function).parameters[argument].default == KEEP_VERSIONS


def test_publishing_the_same_rows_again_does_nothing(warehouse):
    before = versions(warehouse)
    later = MORNING + timedelta(days=9)
    shown = [*published_tables(all_specs()), *VERSION_TABLES]
    again, is_new = publish(warehouse, all_specs(), later, views=published_views(shown))
    assert not is_new
    assert again.id == before[0].id
    assert versions(warehouse) == before


def test_the_current_version_is_never_pruned(warehouse, monkeypatch):
    """After a rollback to the oldest, a publication that fails to switch must not lose it."""
    for day in range(1, KEEP_VERSIONS):
        republish(warehouse, day)
    oldest = versions(warehouse)[-1]
    rollback(warehouse, oldest.id)
    monkeypatch.setattr("pipeline.storage.publishing.switch", lambda *_: None)
    for day in range(KEEP_VERSIONS, KEEP_VERSIONS + 3):
        republish(warehouse, day)
    kept = versions(warehouse)
    assert len(kept) == KEEP_VERSIONS + 1
    assert kept[-1].id == oldest.id
    assert kept[-1].is_current
    assert n_papers(warehouse.published) == 6


def test_a_version_is_found_by_its_id_and_missing_ones_are_told(warehouse, tmp_path):
    first = versions(warehouse)[0].id
    second = republish(warehouse, 1)
    assert find_version(warehouse, None) == find_version(warehouse, second)
    assert find_version(warehouse, first).stem == first
    with pytest.raises(PipelineError, match="no version nonsense"):
        find_version(warehouse, "nonsense")
    with pytest.raises(PipelineError, match="run `papermart build`"):
        find_version(Warehouse(tmp_path / "none"), None)


def test_publishing_needs_every_table(warehouse):
    shutil.rmtree(warehouse.table_dir("marts.authors"))
    with pytest.raises(PipelineError, match=r"marts\.authors has not been built yet"):
        publish(warehouse, all_specs(), MORNING)


# ---------------------------------------------------------------- no links here


@pytest.fixture
def without_links(monkeypatch):
    """A platform or a disk that knows no symbolic links."""

    def refuse(*_):
        raise OSError("symbolic links are not supported")

    monkeypatch.setattr(Path, "symlink_to", refuse)


@pytest.mark.usefixtures("without_links")
def test_without_links_the_published_file_is_a_copy(tmp_path):
    warehouse = Warehouse(tmp_path / "warehouse")
    shutil.copytree(small_build()[0] / "tables", warehouse.tables)
    warehouse.versions.mkdir()
    first, is_new = publish(warehouse, all_specs(), MORNING)
    assert is_new
    assert not warehouse.published.is_symlink()
    assert n_papers(warehouse.published) == 6
    assert [(v.id, v.is_current) for v in versions(warehouse)] == [(first.id, True)]
    assert not publish(warehouse, all_specs(), MORNING)[1]

    second = republish(warehouse, 1)
    assert [v.id for v in versions(warehouse) if v.is_current] == [second]
    assert asked(warehouse.published, "select build_id from build_info") == [(second,)]
    rollback(warehouse)
    assert [v.id for v in versions(warehouse) if v.is_current] == [first.id]
    assert asked(warehouse.published, "select build_id from build_info") == [(first.id,)]


@pytest.mark.usefixtures("without_links")
def test_a_copy_cut_off_before_its_note_is_known_by_its_bytes(tmp_path, monkeypatch):
    warehouse = Warehouse(tmp_path / "warehouse")
    shutil.copytree(small_build()[0] / "tables", warehouse.tables)
    warehouse.versions.mkdir()
    first, _ = publish(warehouse, all_specs(), MORNING)
    republish(warehouse, 1)

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("pipeline.storage.versions.write_whole", killed)
    with pytest.raises(KeyboardInterrupt):
        switch(warehouse, first.path)
    assert asked(warehouse.published, "select build_id from build_info") == [(first.id,)]
    assert [v.id for v in versions(warehouse) if v.is_current] == [first.id]


def test_links_that_come_back_replace_the_copy(warehouse, monkeypatch):
    first = versions(warehouse)[0].id
    with monkeypatch.context() as patch:
        patch.setattr(Path, "symlink_to", lambda *_: (_ for _ in ()).throw(OSError("no links")))
        republish(warehouse, 1)
    third = republish(warehouse, 2)
    assert warehouse.published.is_symlink()
    assert [v.id for v in versions(warehouse) if v.is_current] == [third]
    rollback(warehouse, first)
    assert [v.id for v in versions(warehouse) if v.is_current] == [first]


def test_a_rollback_does_not_cut_into_a_build(warehouse, monkeypatch):
    republish(warehouse, 1)
    current = next(v.id for v in versions(warehouse) if v.is_current)
    monkeypatch.setattr("pipeline.storage.warehouse._LOCK_SECONDS", 0.1)
    with warehouse.lock(), pytest.raises(PipelineError, match="another build is at work"):
        rollback(Warehouse(warehouse.root))
    assert [v.id for v in versions(warehouse) if v.is_current] == [current]


def test_a_rollback_where_nothing_is_makes_nothing(tmp_path):
    with pytest.raises(PipelineError, match="there is no warehouse"):
        rollback(Warehouse(tmp_path / "none"))
    assert not (tmp_path / "none").exists()


def test_the_raw_folder_is_never_written(tmp_path):
    raw = Path(shutil.copytree(small_raw(), tmp_path / "raw"))
    for file in raw.iterdir():
        file.chmod(0o444)
    raw.chmod(0o555)
    before = {file.name: (file.stat().st_mtime_ns, file.read_bytes()) for file in raw.iterdir()}
    build(raw, Warehouse(copy_of(small_build()[0], tmp_path / "w")), now=MORNING)
    assert refresh_dumps(raw, Warehouse(tmp_path / "another"), MORNING).n_read == 3
    after = {file.name: (file.stat().st_mtime_ns, file.read_bytes()) for file in raw.iterdir()}
    assert after == before
    os.chmod(raw, 0o755)  # noqa: PTH101 - so that pytest can clean up


def test_parquet_files_carry_the_types_of_the_contract():
    root = small_build()[0]
    for name, spec in all_specs().items():
        glob = root / "tables" / name.replace(".", "/") / "*.parquet"
        found = rows(f"describe select * from read_parquet('{glob}')")
        have = [(row["column_name"], row["column_type"]) for row in found]
        assert have == [(c.name, c.type) for c in spec.columns], name
