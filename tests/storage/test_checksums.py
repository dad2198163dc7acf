"""What a file was when it was written: noticed if it is another, believed if only copied."""

import os
from pathlib import Path

import pytest

from pipeline.storage.checksums import FileMark, distrust, read_sealed, write_sealed


@pytest.fixture
def file(tmp_path) -> Path:
    found = tmp_path / "papers.parquet"
    found.write_bytes(b"rows of papers" * 100)
    return found


def put_back_time(file: Path, mark: FileMark) -> None:
    os.utime(file, ns=(mark.mtime_ns, mark.mtime_ns))


def flip_a_bit(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[700] ^= 1
    file.write_bytes(content)


def test_a_file_fits_its_mark(file):
    mark = FileMark.of(file)
    assert mark.fits(file)
    assert mark.fits(file, deep=True)
    assert mark.n_bytes == 1400


@pytest.mark.parametrize(
    "damage",
    [
        flip_a_bit,
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(file.read_bytes()[:-1]),
        Path.unlink,
        lambda file: (file.unlink(), file.mkdir()),
    ],
    ids=["one bit", "emptied", "cut", "deleted", "a folder in its place"],
)
def test_a_file_that_was_damaged_does_not(damage, file):
    mark = FileMark.of(file)
    damage(file)
    if file.is_file():
        os.utime(file, ns=(1, 1))  # a writer leaves another time, however coarse the clock
    assert not mark.fits(file)
    assert not mark.fits(file, deep=True)
    assert mark.renewed(file) is None


def test_damage_with_size_and_time_put_back_shows_to_who_looks_deep(file):
    mark = FileMark.of(file)
    flip_a_bit(file)
    put_back_time(file, mark)
    assert mark.fits(file), "looking costs nothing and believes size and time"
    assert not mark.fits(file, deep=True)
    distrust(file)
    assert not mark.fits(file), "from then on its content is looked at"


def test_a_copy_is_believed_and_its_time_learned(file):
    mark = FileMark.of(file)
    os.utime(file, ns=(5, 5))
    assert mark.fits(file)
    renewed = mark.renewed(file)
    assert renewed is not None
    assert (renewed.mtime_ns, renewed.sha256) == (5, mark.sha256)
    assert renewed.renewed(file) is None


def test_sealed_values_are_as_they_were_written_or_none(tmp_path):
    file = tmp_path / "note.json"
    write_sealed(file, {"a": 1, "b": [None, "é"]})
    assert read_sealed(file) == {"a": 1, "b": [None, "é"]}
    whole = file.read_bytes()
    for place in range(len(whole)):
        for bit in (1, 32):
            damaged = bytearray(whole)
            damaged[place] ^= bit
            file.write_bytes(damaged)
            # A blank that became another one changes nothing.
            assert read_sealed(file) in (None, {"a": 1, "b": [None, "é"]}), (place, bit)
    for text in ("", "{", "null", "[]", "{}", '{"a": 1}'):
        file.write_text(text, "utf-8")
        assert read_sealed(file) is None
