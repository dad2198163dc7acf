"""Tables that hold what no table of records should: a message, or what is right."""

import json
import os
import resource
from contextlib import contextmanager
from datetime import date, datetime

import fuzz_tables
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from helpers import assert_clean_failure, papermart

from pipeline.records import link as linking

TITLES = ["On Ropes", "Lunch at Sea", "Do Gulls Read Maps?"]


@pytest.mark.parametrize("batch", range(3))
def test_odd_tables(batch):
    tally = fuzz_tables.run_batch(range(batch * 10, batch * 10 + 10))
    assert tally.n_tables == 10
    assert not tally.faults, "\n".join(tally.faults)
    assert tally.codes["link 0"] > 0
    assert tally.codes["link 1"] > 0
    assert tally.codes["identify 0"] > 0
    assert tally.codes["identify 1"] > 0


@pytest.mark.parametrize("seed", [3336, 4392])
def test_tables_that_once_went_wrong(seed):
    """A whole number too large for a float as a page; a column whose name fills the screen."""
    assert fuzz_tables.run_batch([seed]).faults == []


def test_equal_seeds_give_equal_tables():
    assert [fuzz_tables.table(n) for n in range(40)] == [fuzz_tables.table(n) for n in range(40)]


def test_a_command_that_loses_a_row_or_leaves_a_half_is_found_out(monkeypatch):
    """Guards the checks themselves."""

    def losing(_engine, outputs):
        for file in outputs:
            file.write_text("record_id,cluster_id\n", "utf-8")

    monkeypatch.setattr(linking, "write_all", losing)
    faults = "\n".join(fuzz_tables.run_batch(range(12)).faults)
    assert "rows in, " in faults


# ---------------------------------------------------------------- columns


def linked(tmp_path, table):
    file = tmp_path / "in.parquet"
    pq.write_table(table, file)
    return papermart("link", file, "--to", tmp_path / "out.csv")


def clusters(tmp_path):
    rows = (tmp_path / "out.csv").read_text("utf-8").split("\n")[1:-1]
    return sorted(row.partition(",")[0] for row in rows)


IDS = {
    "texts": (pa.array(["a", "b", "c"]), ["a", "b", "c"]),
    "large texts": (pa.array(["a", "b", "c"], pa.large_string()), ["a", "b", "c"]),
    "views of texts": (pa.array(["a", "b", "c"], pa.string_view()), ["a", "b", "c"]),
    "a dictionary": (pa.array(["a", "b", "c"]).dictionary_encode(), ["a", "b", "c"]),
    "numbers": (pa.array([7, 8, 9], pa.uint64()), ["7", "8", "9"]),
    "days": (pa.array([date(2020, 1, n) for n in (1, 2, 3)]), [f"2020-01-0{n}" for n in (1, 2, 3)]),
}


@pytest.mark.parametrize("kind", IDS)
def test_ids_of_any_type_that_is_one_word_are_taken(kind, tmp_path):
    ids, shown = IDS[kind]
    done = linked(tmp_path, pa.table({"record_id": ids, "title": TITLES}))
    assert done.returncode == 0, done.stderr
    assert clusters(tmp_path) == shown


NO_IDS = {
    "lists": (pa.array([["a"], ["b"], ["c"]]), "row 1, column record_id: ['a'] is no id"),
    "bytes": (pa.array([b"a", b"b", b"\xff"]), "row 1, column record_id: b'a' is no id"),
    "flags": (pa.array([True, False, None]), "row 1, column record_id: True is no id"),
    "not a number": (pa.array([1.5, float("nan"), 2]), "row 2, column record_id: is empty"),
    "nothing": (pa.nulls(3), "row 1, column record_id: is empty"),
    "equal": (pa.array(["a", "b", "a"]), "row 3, column record_id: 'a' stands twice"),
    "equal when trimmed": (pa.array(["a", "b", " a "]), "row 3, column record_id: 'a' stands"),
    "a long time": (pa.array([2**60] * 3, pa.duration("s")), "column record_id: holds values that"),
}


@pytest.mark.parametrize("kind", NO_IDS)
def test_what_is_no_id_is_named(kind, tmp_path):
    ids, message = NO_IDS[kind]
    done = linked(tmp_path, pa.table({"record_id": ids, "title": TITLES}))
    assert_clean_failure(done, "in.parquet", message)
    assert not (tmp_path / "out.csv").exists()


NO_TEXTS = {
    "lists": [["a"], None, None],
    "nested": [[["a"]], None, None],
    "structures": [{"a": "b"}, None, None],
    "bytes": [b"a\xff", None, None],
    "times": [datetime(2020, 1, 1), None, None],  # noqa: DTZ001
}


@pytest.mark.parametrize("column", ["title", "source", "abstract", "venue", "volume", "arxiv_id"])
@pytest.mark.parametrize("kind", NO_TEXTS)
def test_what_is_no_text_is_named_where_text_is_due(kind, column, tmp_path):
    table = {"record_id": ["a", "b", "c"], "title": TITLES} | {column: NO_TEXTS[kind]}
    done = linked(tmp_path, pa.table(table))
    assert_clean_failure(done, f"row 1, column {column}: ", "is not text")
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize("column", ["title", "abstract", "venue", "authors"])
def test_bytes_that_a_program_called_text_are_named_with_their_row(column, tmp_path):
    texts = pa.array([b"sound", b"half \xed\xa0\xbd", b"\xff"], pa.binary()).view(pa.string())
    table = {"record_id": ["a", "b", "c"], "title": TITLES} | {column: texts}
    done = linked(tmp_path, pa.table(table))
    assert_clean_failure(done, f"row 2, column {column}: holds what is no UTF-8 text")


def test_not_a_number_says_nothing_where_a_number_is_due(tmp_path):
    nan = float("nan")
    numbers = {"year": [2020.0, nan, None], "n_authors_total": [nan] * 3, "volume": [1.0, nan, nan]}
    done = linked(tmp_path, pa.table({"record_id": ["a", "b", "c"], "title": TITLES} | numbers))
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_column_that_stands_twice_is_named_if_it_counts(suffix, tmp_path):
    def write(names):
        file = tmp_path / f"in{suffix}"
        if suffix == ".csv":
            file.write_text(f"{','.join(names)}\na,On Ropes,Bo,Cy\n", "utf-8")
        else:
            columns = [pa.array([value]) for value in ("a", "On Ropes", "Bo", "Cy")]
            pq.write_table(pa.Table.from_arrays(columns, names), file)
        return papermart("link", file, "--to", tmp_path / "out.csv")

    twice = write(["record_id", "title", "title", "notes"])
    assert_clean_failure(twice, "the column title stands twice; keep one, or rename one")
    assert write(["record_id", "title", "notes", "notes"]).returncode == 0


def test_names_of_columns_are_shown_on_one_line(tmp_path):
    row = {"record_id": "a", "title": "On Ropes", "two\nlines \x1b[31m": 1}
    (tmp_path / "in.jsonl").write_text(json.dumps(row), "utf-8")
    done = papermart("link", tmp_path / "in.jsonl", "--to", tmp_path / "out.csv")
    assert done.returncode == 0
    assert "not compared: two\\nlines \\x1b[31m; " in done.stderr
    assert len(done.stderr.splitlines()) == 1


# ---------------------------------------------------------------- files

TEXTS = {
    "Parquet": b"PAR1\xff\xfe",
    "gzip": b"\x1f\x8b\x08\xff",
    "UTF-16": "record_id,title\na,é\n".encode("utf-16"),
}


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
@pytest.mark.parametrize("kind", TEXTS)
def test_files_of_another_kind_than_their_names_say_are_named(kind, suffix, tmp_path):
    file = tmp_path / f"in{suffix}"
    file.write_bytes(TEXTS[kind])
    done = papermart("link", file, "--to", tmp_path / "out.csv")
    words = {"Parquet": "a Parquet file; let", "gzip": "(gzip); unpack it", "UTF-16": "as UTF-8"}
    assert_clean_failure(done, str(file), words[kind])


def test_a_mark_that_two_programs_set_before_a_table_is_no_part_of_it(tmp_path):
    (tmp_path / "in.csv").write_bytes(b"\xef\xbb\xbf" * 2 + b"record_id,title\na,On Ropes\n")
    done = papermart("link", tmp_path / "in.csv", "--to", tmp_path / "out.csv")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
@pytest.mark.parametrize("command", ["link", "linkage", "topics", "title-split"])
def test_a_pipe_or_device_is_refused_at_once(command, suffix, tmp_path):
    pipe, device = tmp_path / f"pipe{suffix}", tmp_path / f"device{suffix}"
    os.mkfifo(pipe)
    device.symlink_to("/dev/zero")
    sound = tmp_path / "sound.csv"
    sound.write_text("record_id,title,entity_id\na,On Ropes,e\n", "utf-8")
    for file in (pipe, device):
        runs = {
            "link": [("link", file, "--to", tmp_path / "out.csv")],
            "linkage": [
                ("evaluate", "linkage", file, sound),
                ("evaluate", "linkage", sound, file),
            ],
        }.get(command, [("evaluate", command, file)])
        for arguments in runs:
            assert_clean_failure(papermart(*arguments), "it is a pipe or a device")


def test_what_is_nested_without_end_is_named(tmp_path):
    row = '{"record_id": "a", "title": "On Ropes", "notes": '
    (tmp_path / "in.jsonl").write_text(row + "[" * 200_000, "utf-8")
    done = papermart("link", tmp_path / "in.jsonl", "--to", tmp_path / "out.csv")
    assert_clean_failure(done, "line 1: is no JSON object that can be read (it is nested too deep")


# ---------------------------------------------------------------- room to work in


@contextmanager
def limited(n_bytes):
    """Let no file grow beyond a size: write() fails, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def records(tmp_path):
    (tmp_path / "in.csv").write_text(
        "record_id,title\n" + "".join(f"r{n},{TITLES[n % 3]} {n}\n" for n in range(2_000)), "utf-8"
    )
    return tmp_path / "in.csv"


@pytest.mark.parametrize("general", [[], ["--general"]])
def test_no_folder_to_work_in_is_a_message(general, records, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr("tempfile._candidate_tempdir_list", lambda: [str(tmp_path / "nowhere")])
    done = papermart("link", records, "--to", tmp_path / "out.csv")
    assert_clean_failure(done, "there is no temporary folder that can be written", "TMPDIR")
    (tmp_path / "truth.csv").write_text("record_id,entity_id\nr1,e\n", "utf-8")
    done = papermart("evaluate", "linkage", records, tmp_path / "truth.csv", *general)
    assert_clean_failure(done, "there is no temporary folder that can be written")


@pytest.mark.parametrize("n_bytes", [100, 5_000, 30_000])
def test_a_full_folder_to_work_in_is_a_message_and_leaves_nothing(n_bytes, records, tmp_path):
    with limited(n_bytes):
        done = papermart("link", records, "--to", tmp_path / "out.csv")
    assert_clean_failure(done, "the temporary folder", "cannot be written", "TMPDIR")
    assert [file.name for file in tmp_path.iterdir()] == ["in.csv"]


def test_a_full_place_for_what_is_written_keeps_what_was_there(records, tmp_path):
    (tmp_path / "out.csv").symlink_to("/dev/full")
    done = papermart("link", records, "--to", tmp_path / "out.csv")
    assert_clean_failure(done, "out.csv cannot be written: is no ordinary file")


# ---------------------------------------------------------------- labels, and texts to tag

NO_LABELS = {
    "a list": [["e"], ["f"]],
    "a structure": [{"e": 1}, None],
    "bytes": [b"e", b"f"],
    "a flag": [True, False],
}


@pytest.mark.parametrize("column", ["record_id", "entity_id", "dataset"])
@pytest.mark.parametrize("kind", NO_LABELS)
def test_labels_that_are_no_words_are_named(kind, column, tmp_path):
    table = {"record_id": ["a", "b"], "entity_id": ["e", "f"]} | {column: NO_LABELS[kind]}
    pq.write_table(pa.table(table), tmp_path / "truth.parquet")
    (tmp_path / "in.csv").write_text("record_id,title\na,On Ropes\nb,At Sea\n", "utf-8")
    done = papermart("evaluate", "linkage", tmp_path / "in.csv", tmp_path / "truth.parquet")
    assert_clean_failure(done, f"truth.parquet, row 1, column {column}: ", "is no id")


@pytest.mark.parametrize("column", ["title", "abstract", "primary_category"])
@pytest.mark.parametrize("value", [["a"], {"a": 1}, 7, True])
def test_texts_to_tag_that_are_none_are_named(value, column, tmp_path):
    row = {"title": "On Ropes", column: value}
    (tmp_path / "in.jsonl").write_text(json.dumps(row), "utf-8")
    done = papermart("evaluate", "topics", tmp_path / "in.jsonl")
    assert_clean_failure(done, f"in.jsonl, line 1, column {column}: ", "is not text")
