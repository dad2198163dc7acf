"""Files that people bring: ordinary ones are opened, what may never end is not waited for."""

import os
import socket
from pathlib import Path

import pytest
from helpers import ROOT, nested

from pipeline.contract.errors import PipelineError
from pipeline.extraction.dump_files import find_dumps
from pipeline.extraction.golden import check_pairs
from pipeline.inputs.given_files import open_given
from pipeline.inputs.notes import NoteFile, read_note
from pipeline.inputs.overrides import overrides_content, read_overrides
from pipeline.inputs.settings import read_folders

ENDLESS = Path("/dev/zero")


def a_pipe(file: Path) -> None:
    os.mkfifo(file)


def a_device(file: Path) -> None:
    if not ENDLESS.exists():
        pytest.skip("there is no endless device here")
    file.symlink_to(ENDLESS)


def a_socket(file: Path) -> None:
    # The name of a socket is short, wherever the test runs.
    with socket.socket(socket.AF_UNIX) as one:
        here = Path.cwd()
        os.chdir(file.parent)
        try:
            one.bind(file.name)
        finally:
            os.chdir(here)


def a_folder(file: Path) -> None:
    file.mkdir()


ODD = pytest.mark.parametrize("make", [a_pipe, a_device, a_socket, a_folder])


@ODD
def test_what_is_no_ordinary_file_is_refused_at_once(tmp_path, make):
    make(tmp_path / "odd")
    with pytest.raises(OSError, match=r"pipe or a device|folder|No such device"):
        open_given(tmp_path / "odd")


def test_an_ordinary_file_is_read_also_through_a_link(tmp_path):
    (tmp_path / "page.txt").write_bytes(b"a\r\nb")
    (tmp_path / "link.txt").symlink_to("page.txt")
    with open_given(tmp_path / "link.txt") as stream:
        assert stream.read() == b"a\r\nb"


@pytest.mark.parametrize("make", [a_pipe, a_device, a_socket])
def test_a_note_that_may_never_end_says_nothing_and_is_named(tmp_path, make):
    (tmp_path / "page.txt").write_text("x", "utf-8")
    make(tmp_path / "page.txt.meta.json")
    make(tmp_path / "folder.meta.json")
    said, fault = read_note(NoteFile.at(tmp_path / "page.txt.meta.json"))
    assert said.listing is None
    assert fault
    assert fault.startswith("the note page.txt.meta.json cannot be read: ")
    (page,) = (dump for dump in find_dumps(tmp_path) if dump.path == "page.txt")
    assert page.fault is None
    assert page.note_hash


def test_a_note_without_end_of_an_ordinary_file_is_not_read_whole(tmp_path):
    note = tmp_path / "page.txt.meta.json"
    with note.open("wb") as stream:
        stream.truncate(2**33)  # no space is taken: it is a hole
    _, fault = read_note(NoteFile.at(note))
    assert fault == "the note page.txt.meta.json is too large to be one; it was not read"
    (tmp_path / "page.txt").write_text("x", "utf-8")
    assert [dump.note_hash for dump in find_dumps(tmp_path)]


def test_corrections_without_end_of_an_ordinary_file_are_not_read_whole(tmp_path):
    with (tmp_path / "overrides.csv").open("wb") as stream:
        stream.truncate(2**33)
    with pytest.raises(PipelineError, match="cannot be opened: it is larger than 100,000,000 byte"):
        read_overrides(tmp_path / "overrides.csv")


@ODD
def test_settings_that_may_never_end_are_not_waited_for(tmp_path, make):
    make(tmp_path / "papermart.toml")
    assert read_folders({}, tmp_path).settings.keep_versions == 5


def test_settings_without_end_are_not_read_whole(tmp_path):
    with (tmp_path / "papermart.toml").open("wb") as stream:
        stream.truncate(2**33)
    with pytest.raises(PipelineError, match=r"papermart\.toml cannot be read: it is larger"):
        read_folders({}, tmp_path)


@ODD
@pytest.mark.parametrize("name", ["page.txt", "page.json"])
def test_golden_pairs_that_may_never_end_are_refused(tmp_path, make, name):
    page = ROOT / "tests/data/sources/arrow/compact.txt"
    if name == "page.json":
        (tmp_path / "page.txt").write_bytes(page.read_bytes())
    make(tmp_path / name)
    with pytest.raises(PipelineError, match=r"page.txt or page.json cannot be read|holds no page"):
        check_pairs(tmp_path)


def test_golden_pairs_may_lie_deep_and_links_may_lead_back(tmp_path):
    with nested(tmp_path, 1_200):
        Path("back").symlink_to(tmp_path)
        os.chdir(tmp_path)
        with pytest.raises(PipelineError, match="holds no page"):
            check_pairs(tmp_path)


@ODD
def test_corrections_that_may_never_end_are_refused(tmp_path, make):
    make(tmp_path / "overrides.csv")
    for read in (overrides_content, read_overrides):
        with pytest.raises(PipelineError, match=r"the overrides file .* cannot be opened: "):
            read(tmp_path / "overrides.csv")
