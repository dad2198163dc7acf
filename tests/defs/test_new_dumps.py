"""The sensor that starts builds: pages that come, go or change, and the overrides file."""

import os
import time

import dagster as dg
import pytest
from helpers import DI, copy_of, put, small_build, small_raw, table

from pipeline.defs.assets import extracted_tables, overrides_file
from pipeline.defs.automation import new_dumps
from pipeline.defs.resources import Folders

LONG_AGO = (1_700_000_000, 1_700_000_000)


@pytest.fixture
def folders(tmp_path):
    raw = put(tmp_path / "raw", {file.name: file.read_bytes() for file in small_raw().iterdir()})
    for file in raw.iterdir():
        os.utime(file, LONG_AGO)
    root = copy_of(small_build()[0], tmp_path / "warehouse")
    overrides = tmp_path / "overrides.csv"
    return Folders(raw=str(raw), warehouse=str(root), overrides=str(overrides))


def sensed(folders: Folders, cursor: str | None) -> tuple[str, str | None]:
    """What the sensor answers, and what it remembers."""
    context = dg.build_sensor_context(cursor=cursor, resources={"folders": folders})
    answer = new_dumps(context)
    if isinstance(answer, dg.RunRequest):
        return f"build {answer.tags['papermart/n_pending']}", context.cursor
    return str(answer.skip_message), context.cursor


def test_a_known_folder_asks_for_nothing(folders):
    said, cursor = sensed(folders, None)
    assert said == "all pages are in the warehouse"
    assert sensed(folders, cursor) == ("the raw folder has not changed", cursor)


def test_pages_that_come_and_go_ask_for_a_build_once_they_have_arrived(folders):
    cursor = sensed(folders, None)[1]
    put(folders.raw_dir, {"di.txt": DI})
    assert sensed(folders, cursor) == ("files are still arriving", cursor)
    os.utime(folders.raw_dir / "di.txt", LONG_AGO)
    said, later = sensed(folders, cursor)
    assert said == "build 1"
    assert sensed(folders, later) == ("the raw folder has not changed", later)
    for page in ("ann.txt", "di.txt"):
        (folders.raw_dir / page).unlink()
    assert sensed(folders, later)[0] == "build 1"


def test_a_page_that_is_gone_and_kept_asks_for_one_build(folders, monkeypatch):
    monkeypatch.setenv("PAPERMART_RETENTION", "kept")
    (folders.raw_dir / "bo.txt").unlink()
    assert sensed(folders, None)[0] == "build 1"
    assert dg.materialize([extracted_tables], resources={"folders": folders}).success
    assert len(table(folders.open().root, "staging.records")) == 8
    assert sensed(folders, None)[0] == "all pages are in the warehouse"
    monkeypatch.setenv("PAPERMART_RETENTION", "gone")
    assert sensed(folders, None)[0] == "build 1"


def test_a_build_of_the_command_line_is_not_joined_by_another(folders):
    """It would wait for the lock, and fail after ten minutes."""
    put(folders.raw_dir, {"di.txt": DI})
    os.utime(folders.raw_dir / "di.txt", LONG_AGO)
    with folders.open().lock():
        said, cursor = sensed(folders, None)
        assert said.startswith("a build is at work (process ")
        assert cursor is None, "it is looked at again"
    assert sensed(folders, cursor)[0] == "build 1"


def test_a_time_in_the_future_is_no_reason_to_wait(folders):
    put(folders.raw_dir, {"di.txt": DI})
    ahead = time.time() + 3600
    os.utime(folders.raw_dir / "di.txt", (ahead, ahead))
    assert sensed(folders, None)[0] == "build 1"


def test_a_folder_that_is_not_there_is_named(folders):
    gone = Folders(raw="/nowhere/raw", warehouse=folders.warehouse, overrides=folders.overrides)
    assert sensed(gone, None) == ("the raw folder /nowhere/raw is not there", None)


def test_dagster_builds_when_the_file_changes(folders):
    cursor = sensed(folders, None)[1]
    one, two = (row["record_id"] for row in table(small_build()[0], "staging.records")[:2])
    line = f"{one},{two},not_same,ann,,\n"
    put(
        folders.overrides_file.parent,
        {"overrides.csv": f"left,right,decision,who,when,why\n{line}"},
    )
    os.utime(folders.overrides_file, LONG_AGO)
    said, cursor = sensed(folders, cursor)
    assert said == "build 1"
    assert dg.materialize([overrides_file], resources={"folders": folders}).success
    assert sensed(folders, None)[0] == "all pages are in the warehouse"


def test_a_file_that_cannot_be_opened_is_named(folders):
    folders.overrides_file.mkdir()
    os.utime(folders.overrides_file, LONG_AGO)
    said, _ = sensed(folders, None)
    assert said.startswith(f"the overrides file {folders.overrides_file} cannot be opened: ")


def test_a_waiver_is_a_reason_to_build_while_a_version_is_withheld(folders, tmp_path, monkeypatch):
    monkeypatch.setenv("PAPERMART_WAIVERS", str(tmp_path / "waivers.csv"))
    cursor = sensed(folders, None)[1]
    put(tmp_path, {"waivers.csv": "guardrail,who,why,until\n"})
    os.utime(tmp_path / "waivers.csv", LONG_AGO)
    assert sensed(folders, cursor)[0] == "all pages are in the warehouse"
    monkeypatch.setattr("pipeline.defs.automation.is_withheld", lambda *_: True)
    assert sensed(folders, cursor)[0] == "build 1"
