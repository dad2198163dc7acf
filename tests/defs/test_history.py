"""Dagster's history: a damaged one is moved aside and begins anew, a whole one is left alone."""

import logging
import os
import shutil

import pytest
from helpers import put

from pipeline.defs.history import History

MAIN = ("history/runs.db", "history/runs/index.db", "schedules/schedules.db")
DAMAGES = {
    "cut short": lambda old: old[: len(old) // 2],
    "cut to a few bytes": lambda old: old[:10],
    "garbage": lambda old: b"\xff" * len(old),
    "one page of garbage": lambda old: old[:4096] + b"\xff" * 4096 + old[8192:],
    "another file": lambda _: b"<html>Quota exceeded</html>",
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A history with one run, as a server leaves it."""
    place = tmp_path_factory.mktemp("history") / ".dagster"
    os.environ.pop("PAPERMART_HISTORY", None)
    history = History.from_local(str(place))
    history.event_log_storage.get_logs_for_run("a-run")
    history.dispose()
    put(place, {"history/runs/a-run.db": (place / MAIN[1]).read_bytes()})
    yield place
    os.environ.pop("PAPERMART_HISTORY", None)


@pytest.fixture
def place(whole, tmp_path, monkeypatch):
    monkeypatch.delenv("PAPERMART_HISTORY", raising=False)
    return shutil.copytree(whole, tmp_path / ".dagster")


def opened(place) -> list[str]:
    """Open a history and use it; what was moved aside, by name."""
    os.environ.pop("PAPERMART_HISTORY", None)
    history = History.from_local(str(place))
    assert history.run_storage.get_runs_count() == 0
    assert history.event_log_storage.get_logs_for_run("another-run") == []
    assert history.schedule_storage.all_instigator_state() == []
    history.dispose()
    aside = list(place.parent.glob(".dagster-damaged-*"))
    return sorted(str(file.relative_to(a)) for a in aside for file in a.rglob("*.db"))


def test_a_whole_history_is_left_alone(place):
    before = {file: file.read_bytes() for file in place.rglob("*.db")}
    assert opened(place) == []
    assert all(file.read_bytes()[:100] for file in before)


@pytest.mark.parametrize("name", MAIN)
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_history_is_moved_aside_whole_and_named(place, name, damage, caplog):
    old = (place / name).read_bytes()
    (place / name).write_bytes(DAMAGES[damage](old))
    with caplog.at_level(logging.WARNING, "dagster"):
        assert opened(place) == sorted([*MAIN, "history/runs/a-run.db"])
    assert f"{place / name}: " in caplog.text
    assert "the warehouse is no part of it" in caplog.text
    (aside,) = place.parent.glob(".dagster-damaged-*")
    assert (aside / name).read_bytes() == DAMAGES[damage](old)


def test_of_runs_only_those_that_cannot_be_opened_go(place):
    (place / "history/runs/a-run.db").write_bytes(b"\0" * 100)
    (place / "history/runs/.db").write_bytes(b"garbage")  # what belongs to no run
    assert opened(place) == ["history/runs/.db", "history/runs/a-run.db"]


def test_one_that_is_not_there_begins(place):
    shutil.rmtree(place)
    assert opened(place) == []
    assert (place / MAIN[0]).exists()


def test_a_file_in_its_place_is_kept_aside(place):
    shutil.rmtree(place)
    place.write_text("notes", "utf-8")
    opened(place)
    (aside,) = place.parent.glob(".dagster-damaged-*")
    assert aside.read_text("utf-8") == "notes"


def test_the_processes_of_one_server_look_once(place, monkeypatch):
    opened(place)
    (place / "history/runs/a-run.db").write_bytes(b"garbage")
    monkeypatch.setenv("PAPERMART_HISTORY", str(place))
    History.from_local(str(place)).dispose()
    assert not list(place.parent.glob(".dagster-damaged-*"))
