"""Files written whole: old or new wherever the writer is killed, and what it leaves is swept."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import MORNING, ROOT, copy_of, put, small_build

from pipeline.inputs.new_overrides import Decision, add_decision, overrides_lock
from pipeline.inputs.overrides import read_overrides
from pipeline.outputs.report.page import write_report
from pipeline.storage.files import write_whole, written_whole

KILLED = """
import os, sys
from pathlib import Path
from pipeline.storage.files import written_whole

with written_whole(Path(sys.argv[1])) as file:
    file.write_text("half")
    os._exit(9)
"""
FOREIGN = {
    ".papermart-mine.html.tmp": "a user's",
    ".papermart-report.html-1-2-3.tmp": "a user's",
    ".papermart-report.html-notes.tmp": "a user's",
    "report.html.tmp": "an editor's",
}


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {*FOREIGN, "report.html"}


def test_what_a_killed_writer_left_goes_with_the_next(tmp_path):
    report = put(tmp_path, FOREIGN | {"report.html": "old"}) / "report.html"
    command = [sys.executable, "-c", KILLED, str(report)]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 9
    (name,) = left(tmp_path)
    assert report.read_text() == "old"
    number, start, boot, chance = name.removesuffix(".tmp").split("-")[-4:]
    living = name.replace(f"-{number}-{start}-", "-{}-{}-".format(*own()))
    elsewhere = name.replace(boot, "0" * 8)
    put(tmp_path, {living: "at work", elsewhere: "of another machine", f"{name}x": "a user's"})
    write_whole(report, "new")
    assert report.read_text() == "new"
    assert left(tmp_path) == {living, elsewhere, f"{name}x"}
    assert {name: (tmp_path / name).read_text() for name in FOREIGN} == FOREIGN
    assert len(chance) == 12


def own() -> tuple[str, str]:
    """Number and start of this process."""
    stat = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    return str(os.getpid()), stat[19]


@pytest.mark.parametrize("call", ["replace", "write_text", "write_bytes", "sync"])
def test_a_file_is_old_or_new_wherever_its_writer_ends(tmp_path, monkeypatch, call):
    class Killed(BaseException):
        pass

    def killed(*_, **__):
        raise Killed

    report, overrides = tmp_path / "report.html", tmp_path / "overrides.csv"
    report.write_text("old")
    version = copy_of(small_build()[0], tmp_path / "warehouse") / "warehouse.duckdb"
    decision = Decision("p" + "0" * 16, "p" + "1" * 16, "same", "me", MORNING.date(), None)
    add_decision(overrides, decision)
    before = overrides.read_bytes()
    with monkeypatch.context() as patch:
        if call == "sync":
            patch.setattr("pipeline.storage.files.sync", killed)
        else:
            patch.setattr(Path, call, killed)
        for work in (
            lambda: write_report(version, report),
            lambda: add_decision(overrides, decision),
        ):
            try:
                work()
            except Killed:
                pass
            else:  # this way of writing is not its
                assert call in ("write_text", "write_bytes")
    assert report.read_text() == "old" or call == "write_bytes"
    assert overrides.read_bytes() == before or call == "write_text"
    with overrides_lock(overrides):
        add_decision(overrides, decision)
    assert not any(row["fault"] for row in read_overrides(overrides))


def test_a_name_that_is_no_file_is_refused_and_nothing_is_left(tmp_path):
    (tmp_path / "report.html").mkdir()
    with pytest.raises(OSError, match="no ordinary file"), written_whole(tmp_path / "report.html"):
        pass
    assert left(tmp_path) == set()
