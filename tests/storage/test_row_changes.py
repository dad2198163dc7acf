"""What changed of a table: the rows of two states that the other lacks, and between which two."""

from collections.abc import Mapping

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.storage.parquet import (
    content_hashes,
    row_hashes,
    version_after,
    version_of,
    write_arrow,
)
from pipeline.storage.row_changes import (
    FOLDER,
    RowChanges,
    changed_rows,
    differing,
    keep_changes,
    read_changes,
)

COLUMNS = ["key", "value"]


def frame(rows: Mapping[str, int | None]) -> pl.DataFrame:
    return pl.DataFrame({"key": list(rows), "value": list(rows.values())}, schema_overrides=SCHEMA)


SCHEMA = {"key": pl.String, "value": pl.Int64}
MANY = {f"k{n}": n for n in range(100)}


@pytest.fixture
def file_of(tmp_path):
    def write(name, rows):
        write_arrow(frame(rows).to_arrow(), tmp_path / name)
        return tmp_path / name

    return write


def test_rows_that_are_gone_new_or_others_are_found(file_of):
    old = file_of("old", MANY)
    new = file_of("new", {**MANY, "k3": 33, "k100": 1} | {"k4": None})
    found = changed_rows([old], [new], COLUMNS, ["key"])
    assert sorted(found["key"].to_pylist()) == ["k100", "k3", "k3", "k4", "k4"]


def test_the_order_of_rows_and_the_cut_into_files_change_nothing(file_of):
    old = file_of("old", MANY)
    backwards = dict(reversed(MANY.items()))
    parts = [
        file_of("a", dict(list(backwards.items())[:30])),
        file_of("b", dict(list(backwards.items())[30:])),
    ]
    assert changed_rows([old], parts, COLUMNS, ["key"]).num_rows == 0


def test_too_many_changes_are_as_good_as_none_known(file_of):
    old, new = file_of("old", MANY), file_of("new", {f"k{n}": n for n in range(30, 100)})
    assert changed_rows([old], [new], COLUMNS, ["key"]) is None
    assert changed_rows([old], [new], COLUMNS, ["key"], n_rows=1000).num_rows == 30
    quarter = file_of("quarter", {f"k{n}": n for n in range(25, 100)})
    assert changed_rows([old], [quarter], COLUMNS, ["key"]).num_rows == 25


def test_files_of_other_columns_cannot_be_compared(file_of):
    old = file_of("old", MANY)
    assert changed_rows([old], [old], [*COLUMNS, "another"], ["key"]) is None


def test_no_files_before_and_no_rows_now_are_no_changes(file_of):
    assert changed_rows([], [file_of("new", {})], COLUMNS, ["key"], n_rows=100).num_rows == 0


ROWS = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 2) | st.none())


@given(ROWS, ROWS, st.sets(st.sampled_from("abcdef")))
def test_putting_rows_in_the_place_of_others_gives_the_version_of_the_whole(before, after, keys):
    """Of some keys the rows of `before` go and those of `after` come."""
    gone = {key: value for key, value in before.items() if key in keys}
    come = {key: value for key, value in after.items() if key in keys}
    whole = {key: value for key, value in before.items() if key not in keys} | come
    rows, *hashes = differing(frame(gone).to_arrow(), frame(come).to_arrow(), COLUMNS)
    was, _ = version_of(row_hashes(frame(before).to_arrow()))
    assert version_after(was, *hashes) == version_of(row_hashes(frame(whole).to_arrow()))
    wanted = {
        key for key in keys if (key in gone) != (key in come) or gone.get(key) != come.get(key)
    }
    assert set(rows["key"].to_pylist()) == wanted


def test_changes_are_known_between_the_two_states_they_stand_between_only(tmp_path):
    keep_changes(tmp_path, "marts.papers", RowChanges("a", "b", frame({"k": 1}).to_arrow()))
    assert read_changes(tmp_path, "marts.papers", "a", "b").rows["key"].to_pylist() == ["k"]
    for before, after in (("a", "c"), ("b", "b"), ("b", "a")):
        assert read_changes(tmp_path, "marts.papers", before, after) is None
    assert read_changes(tmp_path, "marts.topics", "a", "b") is None


@pytest.mark.parametrize("content", [b"", b"PAR1 and then something else PAR1", b"PAR1"])
def test_a_damaged_file_of_changes_is_as_good_as_none(tmp_path, content):
    keep_changes(tmp_path, "marts.papers", RowChanges("a", "b", frame({"k": 1}).to_arrow()))
    (tmp_path / FOLDER / "marts.papers.parquet").write_bytes(content)
    assert read_changes(tmp_path, "marts.papers", "a", "b") is None


def test_a_bit_that_flipped_in_a_file_of_changes_is_noticed_wherever_it_is(tmp_path):
    changes = RowChanges("a", "b", frame({"k": 1, "l": 2}).to_arrow())
    keep_changes(tmp_path, "marts.papers", changes)
    for file in sorted((tmp_path / FOLDER).iterdir()):
        content = file.read_bytes()
        for place in range(len(content)):
            flipped = bytes([content[place] ^ 4])
            file.write_bytes(content[:place] + flipped + content[place + 1 :])
            assert read_changes(tmp_path, "marts.papers", "a", "b") is None
        file.write_bytes(content)
    assert read_changes(tmp_path, "marts.papers", "a", "b").rows.equals(changes.rows)


def test_hashes_of_files_are_those_of_their_rows(file_of):
    hashes = content_hashes([file_of("a", MANY)], COLUMNS)
    assert hashes.equals(row_hashes(frame(MANY).to_arrow()))
