"""Tests of stamps: held in memory, and read anew where they are others."""

import os
from dataclasses import replace
from datetime import UTC, datetime

from pipeline.storage import stamps
from pipeline.storage.stamps import Origin, Stamp, read_stamp, remove_stamp, write_stamp

STAMP = Stamp.of(Origin({}, {}, {}), ("aaaa", 1), "asked", {}, [], datetime(2026, 1, 1, tzinfo=UTC))


def test_a_stamp_is_read_once_and_anew_when_it_is_another(tmp_path, monkeypatch):
    write_stamp(tmp_path, STAMP)
    assert read_stamp(tmp_path) == STAMP
    monkeypatch.setattr(stamps, "read_sealed", lambda _: 1 / 0)
    assert read_stamp(tmp_path) == STAMP
    monkeypatch.undo()

    before = (tmp_path / stamps.FILE).stat()
    other = replace(STAMP, content="bbbb")
    write_stamp(tmp_path, other)
    os.utime(tmp_path / stamps.FILE, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert read_stamp(tmp_path) == other, "of the same size and time"

    remove_stamp(tmp_path)
    assert read_stamp(tmp_path) is None


def test_a_stamp_that_was_damaged_is_none(tmp_path):
    write_stamp(tmp_path, STAMP)
    assert read_stamp(tmp_path) == STAMP
    file = tmp_path / stamps.FILE
    file.write_text(file.read_text("utf-8").replace("aaaa", "aaab"), "utf-8")
    assert read_stamp(tmp_path) is None
