"""Finding dumps: what is a page, what tells one from another, what changed since."""

import hashlib
import os
import time
from pathlib import Path

import pytest
from helpers import ANN, BO, nested, put

from pipeline.defs.raw_folder import folder_state
from pipeline.extraction.dump_files import find_dumps
from pipeline.extraction.reading import extract_dump
from pipeline.inputs import page_places


def test_dumps_are_listed_by_content_with_their_first_path(tmp_path):
    put(tmp_path / "b", {"two.txt": ANN})
    put(tmp_path / "a", {"three.txt": ANN, "one.txt": BO})
    put(tmp_path, {"z.txt": ANN})
    found = find_dumps(tmp_path)
    assert [file.dump_id for file in found] == sorted(file.dump_id for file in found)
    by_path = {file.path: file for file in found}
    assert set(by_path) == {"a/one.txt", "a/three.txt"}
    ann = by_path["a/three.txt"]
    assert ann.dump_id == hashlib.sha256(ANN.encode()).hexdigest()
    assert (ann.n_files, ann.n_bytes, ann.fault) == (3, len(ANN.encode()), None)
    assert by_path["a/one.txt"].n_files == 1


def test_an_empty_folder_has_no_dumps(tmp_path):
    assert find_dumps(tmp_path) == []


@pytest.mark.parametrize(
    "name", [".hidden", ".DS_Store", "page.txt~", "x.tmp", "x.part", "x.crdownload", "x.SWP"]
)
def test_files_that_are_never_a_page_are_passed_over(name, tmp_path):
    put(tmp_path, {name: ANN})
    put(tmp_path / ".git", {"page.txt": ANN})
    assert find_dumps(tmp_path) == []


def test_links_are_followed_and_a_file_reached_twice_is_one_dump(tmp_path):
    outside = put(tmp_path / "outside", {"page.txt": ANN})
    raw = put(tmp_path / "raw", {})
    (raw / "linked").symlink_to(outside, target_is_directory=True)
    (raw / "page.txt").symlink_to(outside / "page.txt")
    (file,) = find_dumps(raw)
    assert (file.path, file.n_files) == ("linked/page.txt", 2)


def test_the_same_fault_keeps_its_id(tmp_path):
    (tmp_path / "a.txt").symlink_to("nowhere")
    (tmp_path / "b.txt").symlink_to("nowhere")
    first, second = find_dumps(tmp_path), find_dumps(tmp_path)
    assert first == second
    assert len({file.dump_id for file in first}) == 2
    assert all(file.fault for file in first)


@pytest.mark.parametrize("tick", [0.0, 3600.0])
def test_a_change_that_keeps_size_and_time_is_noticed(tick, tmp_path, monkeypatch):
    """A file's own clock may be set back; just changed, it is known by its content alone."""
    monkeypatch.setattr(page_places, "_CLOCK_TICK", tick)
    page = put(tmp_path, {"page.txt": ANN}) / "page.txt"
    changed_at = page.stat().st_mtime_ns
    (file,) = find_dumps(tmp_path)
    assert (file.stamp is None) == (tick > 0)
    assert extract_dump(tmp_path, file).dump["status"] == "extracted"
    time.sleep(0.05)
    page.write_text(ANN.swapcase())
    os.utime(page, ns=(changed_at, changed_at))
    assert "changed while the build was running" in extract_dump(tmp_path, file).dump["reason"]


DEPTH = 1500


@pytest.fixture
def deep(tmp_path):
    """Folders in folders, more than Python calls go deep, with a page in the last."""
    with nested(tmp_path, DEPTH):
        Path("page.txt").write_text("x", "utf-8")
        os.chdir(tmp_path)
        yield tmp_path


def test_folders_may_lie_as_deep_as_a_path_is_long(deep):
    (found,) = find_dumps(deep)
    assert found.path == "d/" * DEPTH + "page.txt"
    assert found.fault is None


def test_whoever_waits_for_pages_sees_them_however_deep(deep):
    before, _ = folder_state(deep)
    assert folder_state(deep)[0] == before
    (deep / "other.txt").write_text("y", "utf-8")
    assert folder_state(deep)[0] != before
