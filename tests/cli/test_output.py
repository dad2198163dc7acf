"""Where output goes when it cannot: a full device, a reader that leaves, nowhere at all."""

import os
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest
from helpers import (
    DI,
    PAGES,
    ROOT,
    assert_clean_failure,
    copy_of,
    papermart,
    put,
    small_build,
    small_raw,
)

FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="there is no full device here")

COMMANDS = {
    "query": ["query", "from papers"],
    "query as CSV": ["query", "from papers", "--format", "csv"],
    "query as JSON": ["query", "from papers", "--format", "json"],
    "query as Parquet": ["query", "from papers", "--format", "parquet"],
    "query as BibTeX": ["query", "from papers", "--format", "bibtex"],
    "explain": ["explain", "Tiny Codes for Big Archives"],
    "explain as JSON": ["explain", "Tiny Codes for Big Archives", "--format", "json"],
    "versions": ["versions"],
    "topics": ["topics", "suggest", "--csv"],
    "status": ["status", "--raw", "RAW"],
    "build": ["build", "--raw", "RAW"],
}


def ended(stdout: str, *arguments: str | Path) -> "subprocess.CompletedProcess[bytes]":
    """Run a command as a shell does, with its output led somewhere."""
    command = 'exec "$0" -m pipeline.cli "$@" ' + stdout
    return subprocess.run(
        ["bash", "-c", command, sys.executable, *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=120,
        check=False,
    )


FAST = ("versions", "query as CSV")


@needs_full
@pytest.mark.parametrize(
    "what",
    [each if each in FAST else pytest.param(each, marks=pytest.mark.slow) for each in COMMANDS],
)
def test_a_full_device_behind_a_command_is_a_message(what, tmp_path):
    root = copy_of(small_build()[0], tmp_path / "w") if what == "build" else small_build()[0]
    arguments = [small_raw() if each == "RAW" else each for each in COMMANDS[what]]
    full = ended("> /dev/full", *arguments, "--warehouse", root)
    said = b"error: the output cannot be written: no space left on device\n"
    assert (full.returncode, full.stderr) == (1, said)


@needs_full
def test_errors_that_cannot_be_shown_are_still_errors(tmp_path):
    done = ended("> /dev/full 2> /dev/full", "query", "select 1", "--warehouse", tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"")


@pytest.mark.parametrize("what", ["query as CSV", "versions"])
def test_a_reader_that_leaves_is_no_fault(what):
    done = ended("| true; exit ${PIPESTATUS[0]}", *COMMANDS[what], "--warehouse", small_build()[0])
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_build_of_which_only_the_first_lines_are_read_does_all_it_has_to(tmp_path):
    """It ended with the reader, with code 1, and left the exports those of the build before."""
    root, raw = copy_of(small_build()[0], tmp_path / "w"), put(tmp_path / "raw", PAGES)
    places = {"PAPERMART_WAREHOUSE": root, "PAPERMART_EXPORTS": tmp_path / "lists"}
    assert papermart("export", "papers", **places).returncode == 0
    put(raw, {"di.txt": DI})
    with mock.patch.dict(os.environ, {name: str(place) for name, place in places.items()}):
        done = ended("| true; exit ${PIPESTATUS[0]}", "build", "--raw", raw)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "Counting Birds from Space" in (tmp_path / "lists" / "papers.csv").read_text("utf-8-sig")


def test_output_may_be_closed():
    done = ended(">&-", *COMMANDS["query as JSON"], "--warehouse", small_build()[0])
    assert (done.returncode, done.stderr) == (0, b"")


def test_names_of_files_that_are_no_text_are_shown(tmp_path):
    name = os.fsdecode(b"\xff\x1b[31m\n.csv")
    done = papermart("link", tmp_path / name, "--to", tmp_path / "out.csv")
    assert_clean_failure(done, "\\udcff\\x1b[31m\\n.csv cannot be read: no such file")


def test_what_no_command_foresees_of_the_system_is_a_message(tmp_path, monkeypatch):
    def refuse(_warehouse):
        raise PermissionError(13, "Permission denied", str(tmp_path / "some" / "file"))

    monkeypatch.setattr("pipeline.storage.versions.versions", refuse)
    done = papermart("versions", "--warehouse", small_build()[0])
    assert_clean_failure(done, "file cannot be used: permission denied")


# ---------------------------------------------------------------- odd names

ODD_NAMES = (
    "",
    " ",
    "../x",
    "a" * 300,
    "two\nlines",
    "\x1b[31m",
    os.fsdecode(b"\xff"),
    "loop",
    "%s",
)
PLACES = {
    "query": (["query", "select 1", "--warehouse", "HERE"], 1),
    "query a version": (["query", "select 1", "--version", "HERE"], 1),
    "versions": (["versions", "--warehouse", "HERE"], None),
    "explain": (["explain", "HERE"], 1),
    "question": (["query", "HERE"], 1),
    "rollback": (["rollback", "HERE"], 1),
    "export a table": (["export", "HERE", "--to", "out"], 1),
    "check-source": (["check-source", "HERE"], 1),
    "evaluate": (["evaluate", "title-split", "HERE"], 1),
    "link": (["link", "HERE", "--to", "out.csv"], 1),
    "link to": (["link", "sound.csv", "--to", "HERE"], 1),
    "identify": (["identify", "HERE", "--to", "out.csv"], 1),
    "same": (["same", "HERE", "x", "--overrides", "o.csv"], 1),
    "build": (["build", "--explain", "--raw", "HERE", "--warehouse", "w"], 1),
}


@pytest.mark.parametrize("what", PLACES)
@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_names_are_answered_in_one_line(what, name, tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "sound.csv").write_text("record_id,title\na,On Ropes\n", "utf-8")
    arguments, code = PLACES[what]
    said = [name if each == "HERE" else each for each in arguments]
    given = {} if "--warehouse" in said else {"PAPERMART_WAREHOUSE": small_build()[0]}
    done = papermart(*said, cwd=tmp_path, **given)
    assert "Traceback" not in done.stderr
    assert done.returncode in ({0, 1} if code is None else {1}), (done.stdout, done.stderr)
    if done.returncode:
        assert done.stderr.count("error: ") == 1
        assert all(line.isprintable() for line in done.stderr.split("\n"))
    left = {file.name for file in tmp_path.iterdir()} - {"loop", "sound.csv"}
    assert not left
