"""`papermart review` on a real terminal: what is shown, what each key does, what stays."""

import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from helpers import ROOT, assert_clean_failure, copy_of, papermart, small_build, table, written

from pipeline.inputs.overrides import read_overrides

pty = pytest.importorskip("pty", reason="this system has no terminals of its own")

LAZY = "Federated Learning with Lazy Clients"
DRIFT = "Measuring Drift in Recommender Systems"
TINY = "Tiny Codes for Big Archives"
SURVEY = "A Survey of Language Models in Law"
QUEUE = ((LAZY, DRIFT), (DRIFT, TINY), (LAZY, TINY), (SURVEY, TINY))
PROMPT = b"same? [s/n/Enter/w/q] "
CTRL_C, CTRL_D = b"\x03", b"\x04"
_STYLE = re.compile(r"\x1b\[[0-9;]*m")
_ROW = """
    insert into review_queue by name
    select
        {rank} as queue_rank, l.paper_id as paper_id_l, r.paper_id as paper_id_r,
        l.title as title_l, r.title as title_r, 'x' as record_id_l, 'y' as record_id_r,
        0.4 as match_probability, 'little but [b]the authors[/b]' as match_reason,
        0.3 as same_probability, l.n_records as n_records_l, r.n_records as n_records_r,
        2 as n_changes, 0.6 as expected_change
    from papers as l, papers as r where l.title = '{one}' and r.title = '{other}'
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """The small warehouse with a queue of four pairs put into its published file; read only."""
    root = copy_of(small_build()[0], tmp_path_factory.mktemp("review") / "my warehouse")
    published = (root / "warehouse.duckdb").resolve()
    published.chmod(0o644)
    rows = [_ROW.format(rank=n, one=one, other=other) for n, (one, other) in enumerate(QUEUE, 1)]
    longer = f"update papers set title = title || ' {'and more ' * 300}' where title = '{SURVEY}'"
    control = f"update papers set abstract = 'Red \x1b[31m alert' where title = '{DRIFT}'"
    written(published, *rows, longer, control)
    return root


@pytest.fixture
def file(tmp_path):
    return tmp_path / "my overrides.csv"


@pytest.fixture(scope="module")
def ids():
    return {row["title"]: row["paper_id"] for row in table(small_build()[0], "marts.papers")}


def on_terminal(
    root: Path, file: Path, keys: Sequence[bytes], *options: str, width: int = 100, **env: str
) -> tuple[int, str]:
    """Run the command on a terminal of its own, answer its questions; return code and screen."""
    ours, theirs = pty.openpty()
    # Whoever starts the tests in the background has them not hear Ctrl-C.
    heard = signal.signal(signal.SIGINT, signal.default_int_handler)
    places = ("--warehouse", str(root), "--overrides", str(file))
    # setsid makes the terminal the process's own, so that Ctrl-C reaches it.
    first = (
        "import fcntl, os, struct, sys, termios; os.setsid(); "
        "fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
        f"fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 40, {width}, 0, 0)); "
        "from pipeline.cli import main; sys.argv = ['papermart', *sys.argv[1:]]; main()"
    )
    kept = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "NO_COLOR", "FORCE_COLOR")}
    try:
        process = subprocess.Popen(
            [sys.executable, "-c", first, "review", *places, *options],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=ROOT,
            env=kept | {"PYTHONPATH": str(ROOT), "TERM": "xterm-256color"} | env,
        )
    finally:
        signal.signal(signal.SIGINT, heard)
        os.close(theirs)
    screen = _answered(process, ours, list(keys))
    return process.wait(20), screen.decode("utf-8", "replace").replace("\r\n", "\n")


def _answered(process: "subprocess.Popen[bytes]", ours: int, keys: list[bytes]) -> bytes:
    screen, n_asked, end, last = b"", 0, time.monotonic() + 60, b""
    try:
        while time.monotonic() < end:
            if not select.select([ours], [], [], 2)[0]:
                # A signal between the prompt and the wait for a key ends no wait: who presses
                # Ctrl-C within that microsecond presses it again.
                if last == CTRL_C:
                    os.write(ours, last)
                continue
            try:
                piece = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            screen += piece
            if screen.count(PROMPT) > n_asked and keys:
                n_asked += 1
                last = keys.pop(0)
                os.write(ours, last)
        else:
            process.kill()
    finally:
        os.close(ours)
    return screen


def decided(file: Path) -> list[tuple[str, str, str, str | None, str | None]]:
    rows = read_overrides(file)
    assert [row["fault"] for row in rows] == [None] * len(rows)
    return [
        (row["left_id"], row["right_id"], row["decision"], row["who"], row["why"]) for row in rows
    ]


def test_each_key_does_what_it_says(root, file, ids):
    keys = [b"w\n", b"what\n", b"s retitled, in print\n", b"\n", b"Not same\n", b"q\n"]
    code, screen = on_terminal(root, file, keys, "--who", "Ann")
    shown = _STYLE.sub("", screen)
    assert code == 0, screen
    assert decided(file) == [
        (ids[LAZY], ids[DRIFT], "same", "Ann", "retitled, in print"),
        (ids[LAZY], ids[TINY], "not_same", "Ann", None),
    ]
    assert "4 of 4 pairs; s same, n not same, Enter skip" in shown
    assert "pairs of records came near" in shown
    assert "little but [b]the authors[/b]" in shown
    assert "cy.txt:" in shown
    # That Drift is not Tiny, which was skipped, follows from the two.
    assert "decided: 2 (1 same, 1 not same)" in shown
    assert "left in the queue: 1" in shown
    assert f"{file}, line 2; `papermart build` makes one paper of them" in shown


def test_decisions_stand_when_ctrl_c_stops_the_walk_and_what_is_decided_is_not_asked_again(
    root, file, ids
):
    code, screen = on_terminal(root, file, [b"n\n", CTRL_C])
    assert code == 130
    assert "Traceback" not in screen
    assert "decided: 1 (0 same, 1 not same)" in screen
    assert "left in the queue: 3. `papermart build` applies" in screen
    code, screen = on_terminal(root, file, [b"\n", CTRL_D])
    assert code == 0
    assert "3 of 3 pairs" in screen
    assert "nothing decided; left in the queue: 3" in screen
    assert [line[:3] for line in decided(file)] == [(ids[LAZY], ids[DRIFT], "not_same")]


def test_what_follows_from_decisions_is_not_asked(root, file):
    # A is B, and B is C: that A is C follows.
    code, screen = on_terminal(root, file, [b"s\n", b"s\n", b"q\n"])
    assert code == 0
    assert " 3 of 4 " not in screen
    assert " 4 of 4 " in screen
    assert "left in the queue: 1" in screen


def test_nothing_but_text_reaches_the_terminal_however_narrow_and_plain_it_is(root, file):
    code, screen = on_terminal(root, file, [b"\n"] * 4, width=60, NO_COLOR="1")
    assert code == 0
    assert "\x1b[31m" not in screen
    assert max(map(len, _STYLE.sub("", screen).splitlines()[2:40])) <= 60
    code, screen = on_terminal(root, file, [b"\n", b"s caf\xe9\n", b"q\n"], TERM="dumb",
                               PYTHONIOENCODING="ascii", PYTHONUTF8="0")  # fmt: skip
    assert code == 0, screen
    assert "\x1b[1" not in screen
    assert "Traceback" not in screen
    assert len(decided(file)) == 1


def test_a_decision_that_cannot_be_written_is_asked_for_again(root, file):
    file.write_text("left,right,decision,who,when,why\n", "utf-8")
    file.chmod(0o444)
    code, screen = on_terminal(root, file, [b"s\n", b"q\n"])
    assert code == 0
    assert "error: the overrides file" in screen
    assert "nothing decided" in screen


def test_limit_and_an_empty_queue(root, file):
    _, screen = on_terminal(root, file, [b"\n", b"\n"], "--limit", "1")
    assert "1 of 4 pairs" in screen
    assert "left in the queue: 4" in screen
    code, screen = on_terminal(small_build()[0], file, [])
    assert code == 0
    assert "there is nothing to decide" in screen


def test_in_a_pipe_it_asks_nothing(root, file, tmp_path):
    done = papermart("review", "--warehouse", root, "--overrides", file)
    assert done.returncode == 2
    assert "`papermart review --list` prints the queue" in done.stderr
    listed = papermart("review", "--list", "--limit", "2", "--warehouse", root, "--overrides", file)
    assert listed.returncode == 0
    assert not listed.stderr
    first, *titles, reason = listed.stdout.splitlines()[:4]
    assert first.startswith("1. p 0.30, p")
    assert [title.strip() for title in titles] == [LAZY, DRIFT]
    assert reason.strip() == "little but [b]the authors[/b]"
    assert len(listed.stdout.splitlines()) == 8
    none = papermart("review", "--list", "--warehouse", tmp_path / "none")
    assert_clean_failure(none, "papermart build")


def test_a_version_without_a_queue_says_to_build(file, tmp_path):
    old = copy_of(small_build()[0], tmp_path / "old")
    published = (old / "warehouse.duckdb").resolve()
    published.chmod(0o644)
    written(published, "drop table review_queue")
    done = papermart("review", "--list", "--warehouse", old, "--overrides", file)
    assert_clean_failure(done, "run `papermart build`")
