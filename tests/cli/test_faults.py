"""Faults of folders, disk and questions: exit code 1, one line on stderr, nothing half-written."""

import resource
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from helpers import (
    ACCENTS,
    BO,
    MORNING,
    PAGES,
    assert_clean_failure,
    copy_of,
    make_only,
    nobody,
    open_to_all,
    papermart,
    put,
    small_build,
    small_raw,
    snapshot,
    table,
)

from pipeline.builds.dumps import refresh_dumps
from pipeline.outputs.export import exportable
from pipeline.storage.warehouse import Warehouse

# ---------------------------------------------------------------- folders and disk


@pytest.fixture
def root(tmp_path) -> Path:
    return copy_of(small_build()[0], tmp_path / "warehouse")


def test_a_missing_raw_folder_ends_the_build_before_it_writes(tmp_path):
    run = papermart("build", "--raw", tmp_path / "nowhere", "--warehouse", tmp_path / "w")
    assert_clean_failure(run, f"the raw folder {tmp_path / 'nowhere'} is not there", "--raw")
    assert list(tmp_path.iterdir()) == []


def test_a_raw_folder_that_is_a_file_ends_the_build_before_it_writes(tmp_path):
    put(tmp_path, {"raw": BO})
    run = papermart("build", "--raw", tmp_path / "raw", "--warehouse", tmp_path / "w")
    assert_clean_failure(run, "is not a folder")
    assert [path.name for path in tmp_path.iterdir()] == ["raw"]


def test_a_missing_raw_folder_does_not_empty_the_warehouse(root, tmp_path):
    before = snapshot(root)
    run = papermart("build", "--raw", tmp_path / "not mounted", "--warehouse", root)
    assert_clean_failure(run, "is not there")
    assert snapshot(root) == before


def test_a_warehouse_below_a_file_cannot_be_written(tmp_path):
    put(tmp_path, {"file": b"kept"})
    run = papermart("build", "--raw", small_raw(), "--warehouse", tmp_path / "file" / "w")
    assert_clean_failure(run, "cannot be written: not a directory", "--warehouse")
    assert (tmp_path / "file").read_bytes() == b"kept"


def test_a_read_only_warehouse_cannot_be_written(root, tmp_path):
    before = snapshot(root)
    open_to_all(tmp_path)
    root.chmod(0o555)
    with nobody():
        run = papermart("build", "--raw", small_raw(), "--warehouse", root)
    root.chmod(0o755)
    assert_clean_failure(run, "cannot be written: permission denied")
    assert run.stdout == ""
    assert snapshot(root) == before


# What is too large for the disk: at how many bytes, and what is said of it.
LIMITS = {
    "the first rows": (100, "the warehouse {root} cannot be written"),
    "a table": (20_000, "marts.topics could not be written to {root}"),
    "the published file's log": (100_000, "the published file could not be written to {root}"),
    "the published file": (600_000, "the published file could not be written to {root}"),
}


@pytest.mark.parametrize("what", LIMITS)
def test_a_full_disk_keeps_what_was_published(what, root, tmp_path, monkeypatch):
    limit, message = LIMITS[what]
    make_only(monkeypatch, "marts.papers", "marts.topics")
    raw = put(tmp_path / "raw", PAGES | {"more.txt": ACCENTS})
    (root / "tables/marts/topics/topics.parquet").unlink()
    link = (root / "warehouse.duckdb").readlink()
    published = (root / "warehouse.duckdb").read_bytes()
    with limited(limit):
        run = papermart("build", "--raw", raw, "--warehouse", root)
    assert_clean_failure(run, f"error: {message.format(root=root)}")
    assert (root / "warehouse.duckdb").readlink() == link
    assert (root / "warehouse.duckdb").read_bytes() == published
    assert not list(root.rglob("*.tmp*"))
    refresh_dumps(raw, Warehouse(root), MORNING)
    assert len(table(root, "staging.records")) == 9


def test_a_full_disk_leaves_no_export(root, tmp_path):
    target = put(tmp_path / "out", {"mine.txt": b"kept"})
    with limited(1000):
        run = papermart("export", "--to", target, "--warehouse", root)
    assert_clean_failure(run, f"the export to {target} failed")
    assert [path.name for path in target.iterdir()] == ["mine.txt"]


@contextmanager
def limited(n_bytes: int) -> Generator[None]:
    """Let no file grow beyond a size: write() fails, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


# ---------------------------------------------------------------- questions and exports


def test_a_question_before_anything_is_built(tmp_path):
    run = papermart("query", "select 1", "--warehouse", tmp_path / "w")
    assert_clean_failure(run, "nothing is published", "papermart build")
    assert list(tmp_path.iterdir()) == []


WRONG_SQL = {
    "syntax": ("selec 1", "syntax error"),
    "table": ("select * from paper", "paper"),
    "column": ("select titel from papers", "titel"),
    "value": ("select title::integer from papers", "Could not convert"),
}


@pytest.mark.parametrize("kind", WRONG_SQL)
@pytest.mark.parametrize("form", ["table", "csv", "json", "parquet"])
def test_sql_errors_are_told_without_traceback(kind, form):
    sql, word = WRONG_SQL[kind]
    run = papermart("query", sql, "--format", form, "--warehouse", small_build()[0])
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith("error: the query cannot be answered: ")
    assert word in run.stderr
    assert "Traceback" not in run.stderr


def test_an_unknown_table_is_not_exported(root, tmp_path):
    run = papermart("export", "papers", "payers", "--to", tmp_path / "out", "--warehouse", root)
    assert_clean_failure(
        run, "there is no table 'payers'; near it: papers", '"show tables"` names all'
    )
    assert "yearly_coverage" not in run.stderr, "those that are meant by nobody are not listed"
    far = papermart("export", "zzz", "--to", tmp_path / "out", "--warehouse", root)
    assert_clean_failure(far, "no table 'zzz'; `papermart query \"show tables\"` names all")
    none = papermart("export", "", "--to", tmp_path / "out", "--warehouse", root)
    assert_clean_failure(none, "there is no table ''; ")
    named = papermart("query", "show tables", "--format", "csv", "--warehouse", root).stdout
    assert {*named.split()[1:]} == exportable().keys(), "and what it names can be exported"
    assert not (tmp_path / "out").exists()


def test_an_export_folder_that_cannot_be_made(root, tmp_path):
    put(tmp_path, {"out": b"kept"})
    run = papermart("export", "--to", tmp_path / "out" / "deep", "--warehouse", root)
    assert_clean_failure(run, "failed: not a directory")
    assert (tmp_path / "out").read_bytes() == b"kept"


def test_a_file_in_the_place_of_the_export_folder(root, tmp_path):
    put(tmp_path, {"out": b"kept"})
    run = papermart("export", "--to", tmp_path / "out", "--warehouse", root)
    assert_clean_failure(run, "failed: file exists")
    assert (tmp_path / "out").read_bytes() == b"kept"


@pytest.mark.parametrize("command", [["query", "select 1"], ["export"]])
def test_an_unknown_version_is_told(command, root):
    run = papermart(*command, "--version", "20200101T000000-x", "--warehouse", root)
    assert_clean_failure(run, "no version 20200101T000000-x", "papermart versions")


WRONG_USAGE = {
    "no such command": ["biuld"],
    "no such option": ["build", "--rwa", "x"],
    "no such format": ["query", "select 1", "--format", "xml"],
    "no question": ["query"],
    "option without value": ["build", "--raw"],
}


@pytest.mark.parametrize("kind", WRONG_USAGE)
def test_wrong_usage_exits_with_2(kind):
    run = papermart(*WRONG_USAGE[kind])
    assert (run.returncode, run.stdout) == (2, "")
    assert "Error" in run.stderr
    assert "Traceback" not in run.stderr
