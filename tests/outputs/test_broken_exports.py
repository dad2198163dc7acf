"""Exports that are killed, done over others, or done by two at once: the tables are of one build.

The folder is its user's: what no export wrote there is as it was after everything.
"""

import json
import os
import random
import shutil
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest
from helpers import (
    assert_clean_failure,
    made_once,
    papermart,
    put,
    start,
    two_versions,
)

from pipeline.contract.errors import PipelineError
from pipeline.outputs.export import export, exportable
from pipeline.outputs.export_folder import held
from pipeline.storage.duckdb_engine import DuckDB
from pipeline.storage.versions import versions
from pipeline.storage.warehouse import Warehouse

FOREIGN = {
    "notes.csv": "my,own\n",
    "papers.csv.tmp": "an editor's",
    "manifest.json.bak": "{}",
    ".papermart-export-plans/plan.txt": "of a user who likes our name",
    ".papermart-export-abcd1234/thesis.txt": "in what looks like a folder of ours",
    ".papermart-mine.tmp": "",
    "old/papers.csv": "of last year",
}


def version(n: int) -> Path:
    """The published file of the older (0) or newer (1) of two builds."""
    return versions(Warehouse(two_versions()))[1 - n].path


@cache
def whole(n: int, form: str = "csv") -> dict[str, bytes]:
    """The files of an undisturbed export of a build."""
    folder, _ = made_once(f"whole-{n}-{form}", lambda f: export(version(n), f, (), form))  # ty: ignore[invalid-argument-type]
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def tables(folder: Path) -> dict[str, bytes]:
    """The tables in a folder by file name."""
    names = {f"{name}.{form}" for name in exportable() for form in ("csv", "parquet")}
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name in names}


def builds_of(folder: Path) -> set[int]:
    """The builds that all tables in a folder can be of."""
    found = tables(folder)
    return {n for n in (0, 1) if all(whole(n)[name] == rows for name, rows in found.items())}


def home(folder: Path) -> Path:
    """A folder of a user's own things."""
    for name in FOREIGN:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
    return put(folder, FOREIGN)


def assert_as_left(folder: Path, *, strict: bool = False) -> None:
    """Check that a folder holds tables of one build, and everything of its user's.

    With `strict` also that nothing of ours is left but an export.
    """
    assert builds_of(folder)
    if (folder / "manifest.json").exists():
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        (n,) = [n for n in (0, 1) if version(n).stem == manifest["build_id"]]
        assert n in builds_of(folder)
        assert {*manifest["files"]} == {*tables(folder)}
    for name, text in FOREIGN.items():
        assert (folder / name).read_text("utf-8") == text
    if strict:
        files = {str(f.relative_to(folder)) for f in folder.rglob("*") if f.is_file()}
        assert files == {*FOREIGN, *tables(folder), "manifest.json", "datapackage.json"}


# ---------------------------------------------------------------- killed


class Killed(BaseException):
    """Stands for the end of the process: from then on nothing reaches the disk."""


def killed_at(monkeypatch, step: int, work: Callable[[], object]) -> bool:
    """Do some work, ending before the given step that changes a file; tell if it ended."""
    steps = 0

    def counted(original):
        def call(*arguments, **options):
            nonlocal steps
            steps += 1
            if steps >= step:
                raise Killed
            return original(*arguments, **options)

        return call

    changing = ("replace", "rename", "unlink", "rmdir", "mkdir", "write_text", "write_bytes")
    with monkeypatch.context() as patch:
        for name in changing:
            patch.setattr(Path, name, counted(getattr(Path, name)))
        patch.setattr(DuckDB, "copy", counted(DuckDB.copy))
        patch.setattr(tempfile, "mkdtemp", counted(tempfile.mkdtemp))
        patch.setattr(os, "fsync", counted(os.fsync))
        try:
            work()
        except Killed:
            return True
    return False


BEFORE = ["nothing", "another build", "the same build", "a killed one"]


def test_an_export_can_be_killed_before_some_changes_of_files(tmp_path, monkeypatch):
    kill_everywhere(tmp_path, "another build", monkeypatch, range(2, 200, 7))


@pytest.mark.slow
@pytest.mark.parametrize("before", BEFORE)
def test_an_export_can_be_killed_before_any_change_of_a_file(tmp_path, before, monkeypatch):
    kill_everywhere(tmp_path, before, monkeypatch, range(1, 200))


def kill_everywhere(tmp_path: Path, before: str, monkeypatch, steps: range) -> None:
    """Export over what was there before, killed at each step, then once more, to the end."""
    some = ("papers", "authors", "topics")
    monkeypatch.setattr(os, "fsync", lambda _: None)  # takes long, and shows in no test
    for step in steps:
        folder = home(tmp_path / str(step))
        if before != "nothing":
            n = 1 if before == "the same build" else 0
            export(version(n), folder, (*some, "authorships"))
        if before == "a killed one":
            (folder / "manifest.json").replace(folder / ".papermart-export.json")
        was_killed = killed_at(monkeypatch, step, lambda f=folder: export(version(1), f, some))
        assert_as_left(folder)
        if was_killed and step % 2:  # by one who wants other tables, of the older build
            export(version(0), folder, ("dumps",))
            assert builds_of(folder) == {0}
        else:
            export(version(1), folder, some)
            assert 1 in builds_of(folder)
        assert_as_left(folder, strict=True)
        shutil.rmtree(folder)
        if not was_killed:
            break
    assert 20 < step < 190


@pytest.mark.slow
def test_an_export_killed_at_a_random_moment_can_be_done_again(tmp_path):
    folder = home(tmp_path / "out")
    export(version(0), folder)
    moments = random.Random(14)
    for n in range(6):
        to = ("--to", folder, "--warehouse", two_versions(), "--version", version(n % 2).stem)
        process = start("export", *to)
        time.sleep(moments.uniform(0.3, 1.5))
        process.kill()
        process.communicate()
        assert_as_left(folder)
    export(version(1), folder)
    assert builds_of(folder) == {1}
    assert_as_left(folder, strict=True)


# ---------------------------------------------------------------- over others


def test_two_exports_at_once_do_not_mix(tmp_path):
    folder = home(tmp_path / "out")
    wanted = [(n, names) for names in (("papers", "dumps"), ("authors", "dumps")) for n in (0, 1)]
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda one: export(version(one[0]), folder, one[1]), wanted))
    assert len(done) == 4
    assert_as_left(folder, strict=True)
    assert len(builds_of(folder)) == 1


def test_an_export_at_work_is_waited_for_but_not_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.outputs.export_folder._LOCK_SECONDS", 0.1)
    with held(tmp_path / "out"), pytest.raises(PipelineError, match=r"another export .* at work"):
        export(version(0), tmp_path / "out")
    export(version(0), tmp_path / "out", ("papers",))
    assert "papers.csv" in tables(tmp_path / "out")


def test_tables_exported_before_are_written_anew_and_named(tmp_path):
    folder = home(tmp_path / "out")
    export(version(0), folder, ("papers", "authors"))
    arguments = ("--to", folder, "--warehouse", two_versions())
    shown = papermart("export", "papers", "topics", *arguments)
    assert shown.returncode == 0
    assert f"{folder / 'papers.csv'}: 11 rows\n" in shown.stdout
    (line,) = [line for line in shown.stdout.splitlines() if "authors.csv" in line]
    assert line.endswith("rows; exported here before, so written anew with the others")
    assert builds_of(folder) == {1}
    assert {*tables(folder)} == {"papers.csv", "authors.csv", "topics.csv"}
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    assert {resource["path"] for resource in package["resources"]} == {*tables(folder)}
    assert_as_left(folder, strict=True)


def test_files_of_another_format_go_with_their_build_and_stay_with_it(tmp_path):
    folder = home(tmp_path / "out")
    export(version(0), folder, ("papers",), "parquet")
    assert export(version(0), folder, ("topics",)).taken_away == ()
    assert {*tables(folder)} == {"papers.parquet", "topics.csv"}
    to = ("--to", folder, "--warehouse", two_versions())
    shown = papermart("export", "topics", *to)
    assert f"{folder / 'papers.parquet'} was of another build" in shown.stderr
    assert {*tables(folder)} == {"topics.csv"}
    assert_as_left(folder, strict=True)


@pytest.mark.parametrize("name", ["papers.csv", "manifest.json", "datapackage.json"])
def test_a_users_own_file_of_a_name_of_ours_is_not_written_over(tmp_path, name):
    folder = put(tmp_path, {name: '{"manifest_version": 3, "name": "mine"}'})
    done = papermart("export", "papers", "--to", folder, "--warehouse", two_versions())
    assert_clean_failure(done, f"{folder / name} is there already and no export wrote it")
    assert [path.name for path in folder.iterdir()] == [name]
    assert "mine" in (folder / name).read_text("utf-8")


@pytest.mark.parametrize("text", ["{", "[]", '{"files": 7, "build_id": 1}', "\x00", '"' * 9])
def test_a_damaged_manifest_of_ours_is_made_anew(tmp_path, text):
    export(version(0), tmp_path, ("papers", "topics"))
    (tmp_path / "manifest.json").write_text(text, "utf-8")
    export(version(1), tmp_path, ("papers",))
    assert builds_of(tmp_path) == {1}
    assert {*tables(tmp_path)} == {"papers.csv", "topics.csv"}
    assert "build_id" in json.loads((tmp_path / "manifest.json").read_text("utf-8"))


def test_a_manifest_leads_to_no_file_of_another_folder(tmp_path):
    put(tmp_path, {"mine.csv": "mine", "venues.csv": "a link leads here"})
    folder = tmp_path / "out"
    export(version(0), folder, ("papers",))
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["files"] += ["../mine.csv", str(tmp_path / "mine.csv"), "..", "x/../../mine.csv", 7]
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    (folder / "papers.csv").unlink()
    (folder / "papers.csv").symlink_to(tmp_path / "venues.csv")
    export(version(1), folder, ("papers",))
    assert (tmp_path / "mine.csv").read_text("utf-8") == "mine"
    assert (tmp_path / "venues.csv").read_text("utf-8") == "a link leads here"
    assert not (folder / "papers.csv").is_symlink()
