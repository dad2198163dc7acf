"""What a build would take is told before it begins: time, and room on the disk."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from helpers import DI, MORNING, copy_of, papermart, put, small_build, small_raw

from pipeline.builds import expected
from pipeline.builds.expected import expected_lines, is_long
from pipeline.builds.run import build, plan_build
from pipeline.models.catalogue import load_models
from pipeline.storage.warehouse import Warehouse


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    return Path(shutil.copytree(small_raw(), tmp_path / "raw"))


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(copy_of(small_build()[0], tmp_path / "warehouse"))


def said(raw: Path, warehouse: Warehouse) -> list[str]:
    return list(expected_lines(plan_build(raw, warehouse), warehouse))


def took(warehouse: Warehouse, seconds: float | None) -> None:
    """Have every table say that it took so long."""
    for model in load_models().values():
        stamp = warehouse.stamp(model.name)
        assert stamp
        warehouse.put_stamp(model.spec, replace(stamp, seconds=seconds))


def test_a_first_build_takes_what_this_release_takes(raw, tmp_path):
    with (raw / "large.txt").open("wb") as file:
        file.truncate(100_000_000)
    shown = papermart("build", "--explain", "--raw", raw, "--warehouse", tmp_path / "new").stdout
    assert "time: about 1 min, as this release takes on two cores" in shown


def test_what_tables_took_here_counts_where_it_is_known(raw, warehouse):
    put(raw, {"di.txt": DI})
    took(warehouse, 6.0)
    (line,) = said(raw, warehouse)
    minutes = int(line.removeprefix("time: about ").split(" min or less for its tables")[0])
    # More pages, more time: by the size of the pages that came.
    assert 0.6 * len(load_models()) * 6 / 60 < minutes < 20


def test_what_one_table_took_is_not_known(raw, warehouse, monkeypatch):
    monkeypatch.setattr(expected, "_SHORT", 1)
    put(raw, {"di.txt": DI})
    took(warehouse, None)
    (line,) = said(raw, warehouse)
    assert line.startswith("time: about 10 s, as this release")


def test_a_server_takes_longer(raw, warehouse):
    put(raw, {"di.txt": DI})
    took(warehouse, 6.0)
    there = Warehouse(warehouse.root, spark_remote="sc://127.0.0.1:9")
    assert said(raw, there)[0].endswith("; on a server on one machine some twice that")


def test_little_is_not_told(raw, warehouse):
    assert said(raw, warehouse) == []  # nothing is due
    put(raw, {"di.txt": DI})
    took(warehouse, 0.01)
    assert said(raw, warehouse) == []


def test_a_page_more_does_not_change_how_long_a_whole_table_takes(raw, warehouse):
    put(raw, {"di.txt": DI})
    took(warehouse, 77.0)
    report = build(raw, warehouse, MORNING)
    by_keys = [table for table in report.tables if table.n_keys is not None]
    whole = [table for table in report.tables if table.is_changed and table.n_keys is None]
    assert by_keys
    assert whole
    assert {table.stamp.seconds for table in by_keys} == {77.0}
    assert all(0 < table.stamp.seconds < 77 for table in whole)


def test_too_little_room_is_told(raw, tmp_path, monkeypatch):
    least = shutil.disk_usage(tmp_path)._replace(free=1_000)
    monkeypatch.setattr(expected.shutil, "disk_usage", lambda _: least)
    warning = said(raw, Warehouse(tmp_path / "new" / "deep"))[-1]
    assert warning.startswith("  warning: about ")
    assert warning.endswith("and 1.0 kB are free there")


def test_much_room_is_told(raw, tmp_path, monkeypatch):
    monkeypatch.setattr(expected, "_MUCH_ROOM", 1)
    assert said(raw, Warehouse(tmp_path / "new"))[-1].startswith("disk: about ")


def test_much_to_read_is_seen_by_its_size(raw, warehouse):
    assert not is_long(raw, warehouse)
    assert not is_long(raw, warehouse, full=True)
    with (raw / "large.txt").open("wb") as file:
        file.truncate(100_000_000)
    assert is_long(raw, warehouse)
    assert is_long(raw, warehouse, full=True)


def test_a_page_that_cannot_be_looked_at_is_no_fault_here(raw, warehouse, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError

    monkeypatch.setattr(Path, "is_file", refuse)
    monkeypatch.setattr(expected, "read_manifest", lambda _: {})
    assert not is_long(raw, warehouse)


def test_a_long_build_tells_it_before_it_begins(raw, tmp_path):
    """Of many pages; a file too large to be one is set aside, and looked at all the same."""
    with (raw / "large.txt").open("wb") as file:
        file.truncate(100_000_000)
    shown = papermart("build", "--raw", raw, "--warehouse", tmp_path / "new").stdout.splitlines()
    assert shown[0].startswith("time: about 1 min, as this release")
