"""Which process holds the build lock: named while it lives, never once it is dead."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pipeline.contract.errors import PipelineError
from pipeline.storage.processes import holder_of, lives, n_processors, process_id
from pipeline.storage.warehouse import Warehouse

LOCK = ".build.lock"


@pytest.fixture
def other():
    """Another process, which waits until it is told to end."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


@pytest.fixture
def warehouse(tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.storage.warehouse._LOCK_SECONDS", 0.1)
    monkeypatch.setattr("pipeline.storage.warehouse._PATIENCE_SECONDS", 0.05)
    return Warehouse(tmp_path)


def test_a_process_lives_until_it_ends_even_if_nobody_asks_how(other):
    known = process_id(other.pid) or ""
    assert lives(known)
    assert known != process_id()
    other.kill()
    os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)  # it stays as a zombie
    assert not lives(known)
    other.wait()
    assert process_id(other.pid) is None


@pytest.mark.parametrize("change", [("/", "/1"), ("/", "/x/")])
def test_a_number_given_again_is_another_process(change):
    assert not lives(process_id().replace(*change, 1))


@pytest.mark.parametrize("nonsense", ["", "x", "-1/2/3", "99999999999999999999/1/b"])
def test_nonsense_is_no_process(nonsense):
    assert not lives(nonsense)


def test_who_waits_is_told_who_builds(warehouse, caplog):
    with warehouse.lock():
        with pytest.raises(PipelineError, match=rf"\(process {os.getpid()}, `.*`, since 2.*\); w"):
            held_by_another_thread(warehouse)
        assert f"waiting for another build in {warehouse.root} (process" in caplog.text
    assert (warehouse.root / LOCK).read_bytes() == b""


def held_by_another_thread(warehouse: Warehouse):
    """Ask for the lock where this thread does not count as its holder."""
    raised = []

    def ask():
        try:
            with warehouse.lock():
                pass
        except PipelineError as error:
            raised.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]


def test_what_a_killed_build_left_names_nobody_and_holds_nothing(warehouse, other):
    said = {"process": process_id(other.pid), "command": "papermart build", "since": "2026"}
    lock = warehouse.root / LOCK
    lock.write_text(json.dumps(said), "utf-8")
    assert holder_of(lock) == f" (process {other.pid}, `papermart build`, since 2026)"
    other.kill()
    other.wait()
    assert holder_of(lock) == ""
    with warehouse.lock():
        assert f"(process {os.getpid()}, " in holder_of(lock)


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"process": 3}', "\x00", "\ud800"])
def test_a_lock_file_of_anything_names_nobody(tmp_path, content):
    lock = Path(tmp_path, LOCK)
    lock.write_bytes(content.encode("utf-8", "surrogatepass"))
    assert holder_of(lock) == ""


def test_a_command_cannot_write_to_the_terminal(tmp_path):
    lock = Path(tmp_path, LOCK)
    said = {"process": process_id(), "command": "papermart \x1b[2J", "since": "now"}
    lock.write_text(json.dumps(said), "utf-8")
    assert "`papermart ?[2J`" in holder_of(lock)


@pytest.mark.parametrize(
    ("said", "n"),
    [("max 100000", 64), ("200000 100000", 2), ("150000 100000", 2), ("50000 100000", 1), ("", 64)],
)
def test_a_container_uses_as_many_processors_as_it_is_given_the_time_of(
    said, n, tmp_path, monkeypatch
):
    (tmp_path / "cpu.max").write_text(f"{said}\n")
    monkeypatch.setattr("pipeline.storage.processes._CPU_MAX", tmp_path / "cpu.max")
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(64)), raising=False)
    assert n_processors() == n
