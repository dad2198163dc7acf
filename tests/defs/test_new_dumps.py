"""The sensor that starts builds: pages that come, go or change, and the overrides file."""

import os
import time
from pathlib import Path

import dagster as dg
import pytest
from helpers import DI, copy_of, put, small_build, small_raw, table
from s3 import put_objects

from pipeline.defs import raw_folder
from pipeline.defs.assets import extracted_tables, overrides_file
from pipeline.defs.automation import new_dumps
from pipeline.defs.recording import recordable_state
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
    put(Path(folders.raw), {"di.txt": DI})
    assert sensed(folders, cursor) == ("files are still arriving", cursor)
    os.utime(Path(folders.raw) / "di.txt", LONG_AGO)
    said, later = sensed(folders, cursor)
    assert said == "build 1"
    assert sensed(folders, later) == ("the raw folder has not changed", later)
    for page in ("ann.txt", "di.txt"):
        (Path(folders.raw) / page).unlink()
    assert sensed(folders, later)[0] == "build 1"


def test_a_page_that_is_gone_and_kept_asks_for_one_build(folders, monkeypatch):
    monkeypatch.setenv("PAPERMART_RETENTION", "kept")
    (Path(folders.raw) / "bo.txt").unlink()
    assert sensed(folders, None)[0] == "build 1"
    assert dg.materialize([extracted_tables], resources={"folders": folders}).success
    assert len(table(folders.open().root, "staging.records")) == 8
    assert sensed(folders, None)[0] == "all pages are in the warehouse"
    monkeypatch.setenv("PAPERMART_RETENTION", "gone")
    assert sensed(folders, None)[0] == "build 1"


def test_a_build_of_the_command_line_is_not_joined_by_another(folders):
    """It would wait for the lock, and fail after ten minutes."""
    put(Path(folders.raw), {"di.txt": DI})
    os.utime(Path(folders.raw) / "di.txt", LONG_AGO)
    with folders.open().lock():
        said, cursor = sensed(folders, None)
        assert said.startswith("a build is at work (process ")
        assert cursor is None, "it is looked at again"
    assert sensed(folders, cursor)[0] == "build 1"


def test_a_time_in_the_future_is_no_reason_to_wait(folders):
    put(Path(folders.raw), {"di.txt": DI})
    ahead = time.time() + 3600
    os.utime(Path(folders.raw) / "di.txt", (ahead, ahead))
    assert sensed(folders, None)[0] == "build 1"


def test_a_folder_that_is_not_there_is_named(folders):
    gone = Folders(raw="/nowhere/raw", warehouse=folders.warehouse, overrides=folders.overrides)
    assert sensed(gone, None) == ("the raw folder /nowhere/raw is not there", None)


def test_objects_of_a_store_that_come_and_go_ask_for_a_build(
    folders, bucket, tmp_path, monkeypatch
):
    monkeypatch.setattr(raw_folder, "_SECONDS_BETWEEN_LISTS", 1e-6)
    pages, raw = Path(folders.raw), f"{bucket}/{tmp_path.name}"
    there = Folders(raw=raw, warehouse=folders.warehouse, overrides=folders.overrides)
    put_objects(pages, raw)
    said, cursor = sensed(there, None)
    assert said == "build 3"  # nobody has looked at them there
    assert dg.materialize([extracted_tables], resources={"folders": there}).success
    assert sensed(there, None) == ("all pages are in the warehouse", cursor)
    assert sensed(there, cursor) == ("the raw folder has not changed", cursor)
    put_objects(put(pages, {"di.txt": DI}), raw)
    assert sensed(there, cursor)[0] == "build 1"
    metadata = raw_folder.folder_metadata(there)
    assert (metadata["n_files"], metadata["waiting for a build"]) == (4, 1)
    assert metadata["path"].value == raw


def test_a_store_is_listed_once_a_minute(folders, bucket, tmp_path, monkeypatch):
    monkeypatch.setattr(raw_folder, "_SECONDS_BETWEEN_LISTS", 1e9)
    raw = f"{bucket}/{tmp_path.name}"
    put_objects(Path(folders.raw), raw)
    before = raw_folder.folder_state(raw)
    put_objects(put(Path(folders.raw), {"di.txt": DI}), raw)
    assert raw_folder.folder_state(raw) == before


def test_a_store_that_cannot_be_asked_is_named(folders, bucket):  # noqa: ARG001 - the environment
    there = Folders(raw="s3://no-such-bucket/pages", warehouse=folders.warehouse)
    said, cursor = sensed(there, None)
    assert said.startswith("s3://no-such-bucket/pages cannot be listed: there is no such bucket")
    assert cursor is None
    assert recordable_state(there)
    assert raw_folder.folder_metadata(there)["waiting for a build"] == 1


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
