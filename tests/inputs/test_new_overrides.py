"""A decision is one line more in the overrides file, whatever the file looks like."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from helpers import ROOT, nobody, open_to_all
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.contract.errors import PipelineError
from pipeline.inputs.new_overrides import Decision, add_decision, overrides_lock
from pipeline.inputs.overrides import read_overrides
from pipeline.storage.files import written_whole

HEADER = b"left,right,decision,who,when,why\n"
A, B, P = "4b4fcbdbc598f512-0007", "a698d019c829556c-0003", "p0123456789abcdef"
DAY = date(2026, 3, 1)
LINE = f"{A},{P},not_same,Ann,2026-03-01,sequel".encode()


@pytest.fixture
def file(tmp_path):
    return tmp_path / "my overrides.csv"


def decided(why: str | None = "sequel", who: str | None = "Ann") -> Decision:
    return Decision(left=A, right=P, decision="not_same", who=who, when=DAY, why=why)


def add(file: Path, decision: Decision | None = None) -> int:
    with overrides_lock(file):
        return add_decision(file, decision or decided())


OLD = f"{A},{B},same,bo,2025-01-01,".encode()
FORMS = {
    "as documented": (HEADER + OLD + b"\n", LINE + b"\n"),
    "no final line end": (HEADER + OLD, b"\n" + LINE + b"\n"),
    "Windows": (HEADER.replace(b"\n", b"\r\n") + OLD + b"\r\n", LINE + b"\r\n"),
    "Windows, no final line end": (
        HEADER.replace(b"\n", b"\r\n") + OLD,
        b"\r\n" + LINE + b"\r\n",
    ),
    "old Macintosh": (HEADER.replace(b"\n", b"\r") + OLD + b"\r", LINE + b"\r"),
    "byte order mark": (b"\xef\xbb\xbf" + HEADER, LINE + b"\n"),
    "nothing but the header": (HEADER[:-1], b"\n" + LINE + b"\n"),
    "blank lines at the end": (HEADER + OLD + b"\n\n\n", LINE + b"\n"),
    "columns in another order, and others": (
        b'Why, Decision ,seen,right,LEFT,when,who\n"a, b",same,yes,' + f"{A},{B},,\n".encode(),
        f"sequel,not_same,,{P},{A},2026-03-01,Ann\n".encode(),
    ),
    "a line that cannot be read": (HEADER + b"what,is,this\n", LINE + b"\n"),
    "a cell over several lines": (HEADER + OLD + b'"one\r\ntwo"\n', LINE + b"\n"),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_byte_stays_and_the_line_looks_like_the_others(file, form):
    before, added = FORMS[form]
    file.write_bytes(before)
    rows = read_overrides(file)
    line = add(file)
    assert file.read_bytes() == before + added
    *kept, new = read_overrides(file)
    assert kept == rows
    assert (new["line"], new["fault"]) == (line, None)
    assert (new["left_id"], new["right_id"], new["decision"]) == (A, P, "not_same")
    assert (new["who"], new["decided_on"], new["why"]) == ("Ann", DAY, "sequel")


@pytest.mark.parametrize("content", [None, b"", b"\n", b"\xef\xbb\xbf"])
def test_a_file_that_is_not_there_or_empty_gets_a_header(file, content):
    if content is not None:
        file.write_bytes(content)
    add(file)
    assert file.read_bytes().endswith(HEADER + LINE + b"\n")
    assert [row["fault"] for row in read_overrides(file)] == [None]


def test_its_folder_is_made_but_not_a_whole_path(tmp_path):
    add(tmp_path / "data" / "overrides.csv")
    with pytest.raises(PipelineError, match="cannot be written: no such file or directory"):
        add(tmp_path / "no" / "such" / "folder" / "overrides.csv")


REFUSED = {
    "other columns": (b"a,b\n1,2\n", "line 1: the column left is missing"),
    "not text": (HEADER + b"\xff\n", "line 2: is not UTF-8"),
    "a quote without end": (HEADER + b'"' + OLD + b"\n", "is no CSV"),
    "semicolons": (HEADER.replace(b",", b";"), "save it with commas"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_overrides_file_is_left_alone(file, what):
    content, message = REFUSED[what]
    file.write_bytes(content)
    with pytest.raises(PipelineError, match=message):
        add(file)
    assert file.read_bytes() == content
    assert not list(file.parent.glob("*.tmp"))


def test_a_file_made_read_only_and_a_folder_are_left_alone(file, tmp_path):
    file.write_bytes(HEADER)
    file.chmod(0o444)
    with pytest.raises(PipelineError, match="is read-only"):
        add(file)
    assert file.read_bytes() == HEADER
    with pytest.raises(PipelineError, match="is no file; name another"):
        add(tmp_path)


def test_what_is_no_ordinary_file_is_never_replaced(tmp_path):
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    with pytest.raises(PipelineError, match="is no file; name another"):
        add(pipe)
    with pytest.raises(OSError, match="is no ordinary file"), written_whole(pipe):
        pass
    assert pipe.is_fifo()


def test_a_folder_that_cannot_be_written_is_said_at_once(tmp_path):
    folder = tmp_path / "theirs"
    folder.mkdir()
    open_to_all(tmp_path)
    folder.chmod(0o555)
    with nobody(), pytest.raises(PipelineError, match="cannot be written: permission denied"):
        add(folder / "overrides.csv")


def test_a_link_is_followed_and_rights_stay(file, tmp_path):
    place = tmp_path / "elsewhere" / "real.csv"
    place.parent.mkdir()
    place.write_bytes(HEADER)
    place.chmod(0o664)
    file.symlink_to(place)
    add(file)
    assert file.is_symlink()
    assert place.read_bytes() == HEADER + LINE + b"\n"
    assert place.stat().st_mode & 0o777 == 0o664


@settings(max_examples=40)
@given(st.lists(st.tuples(st.text(max_size=40), st.none() | st.text(max_size=20)), max_size=8))
def test_what_was_decided_is_what_is_read(tmp_path_factory, said):
    file = tmp_path_factory.mktemp("said") / "overrides.csv"
    for why, who in said:
        add(file, decided(why, who))
    rows = read_overrides(file)
    assert [row["fault"] for row in rows] == [None] * len(said)
    for row, (why, who) in zip(rows, said, strict=True):
        assert row["why"] == shown(why)
        assert row["who"] == shown(who or "")


def shown(text: str) -> str | None:
    """On one line, without what cannot be shown."""
    line = "".join(c for c in " ".join(text.split()) if c.isprintable())
    return line.strip() or None


_WRITER = f"""
import sys
from datetime import date
from pathlib import Path
from pipeline.inputs.new_overrides import Decision, add_decision, overrides_lock
file, who = Path(sys.argv[1]), sys.argv[2]
for n in range(10):
    with overrides_lock(file):
        day = date(2026, 3, 1)
        add_decision(file, Decision({A!r}, {P!r}, "same", who, day, str(n)))
"""


def test_of_several_who_decide_at_once_none_loses_a_line(file):
    names = ("ann", "bo", "cy")
    writers = [
        subprocess.Popen([sys.executable, "-c", _WRITER, file, name], cwd=ROOT, env=os.environ)
        for name in names
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    rows = read_overrides(file)
    assert len(rows) == 30
    for name in names:
        assert [row["why"] for row in rows if row["who"] == name] == [str(n) for n in range(10)]
    assert file.read_bytes().startswith(HEADER)
