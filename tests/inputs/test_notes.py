"""Notes beside dumps: the day a page was saved, given by the person who saved it."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from helpers import MORNING, make_only, table

from pipeline.builds.dumps import refresh_dumps
from pipeline.builds.run import build
from pipeline.extraction.dump_files import find_dumps
from pipeline.extraction.reading import extract_dump
from pipeline.extraction.staging_tables import rows_of
from pipeline.inputs.notes import NoteFile, read_note
from pipeline.storage.warehouse import Warehouse

PAGE = """LGMay 26Code
A Paper Without a Year

Ann Lee, Bo Chen

It says what it says.

CLMar 3, 2021
A Paper With a Year

Cy Roy

It says more.
"""


def _read(folder, note=None, name="page.txt"):
    (folder / name).write_text(PAGE, "utf-8")
    if note is not None:
        (folder / f"{name}.meta.json").write_text(note, "utf-8")
    (dump,) = [f for f in find_dumps(folder) if f.path == name]
    return extract_dump(folder, dump)


def test_without_a_note_the_other_dates_bound_the_year(tmp_path):
    found = _read(tmp_path)
    assert [r["year"] for r in rows_of(found)["records"]] == [2022, 2021]
    assert found.dump["captured_on_basis"] is None


def test_a_note_gives_the_day_and_with_it_the_year(tmp_path):
    found = _read(tmp_path, json.dumps({"captured_on": "2024-06-01"}))
    assert [r["year"] for r in rows_of(found)["records"]] == [2024, 2021]
    assert [r["is_year_inferred"] for r in rows_of(found)["records"]] == [True, False]
    assert found.dump["captured_on"] == date(2024, 6, 1)
    assert found.dump["captured_on_basis"] == "given"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_note_may_be_written_as_editors_of_windows_do(tmp_path, encoding):
    note = tmp_path / "page.txt.meta.json"
    note.write_bytes('{"captured_on": "2024-06-01", "listing": "Möwen"}'.encode(encoding))
    said, fault = read_note(NoteFile.at(note))
    assert (said.captured_on, said.listing, fault) == (date(2024, 6, 1), "Möwen", None)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "a name has letters or digits"),
        ("\N{NO-BREAK SPACE}", "a name has letters or digits"),
        ("\N{ZERO WIDTH SPACE}", "a name has letters or digits"),
        ("two\nlines", "a name stands on one line"),
        ("x" * 201, "at most 200 characters"),
    ],
)
def test_a_name_that_is_none_is_refused_with_words_and_an_example(tmp_path, name, said):
    note = tmp_path / "page.txt.meta.json"
    note.write_text(json.dumps({"listing": name}), "utf-8")
    found, fault = read_note(NoteFile.at(note))
    assert found.listing is None
    assert said in fault
    assert '"listing": "a name"' in fault


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("not json", "Invalid JSON"),
        ('{"captured_on": "May 2024"}', "captured_on"),
        ('{"saved": "2024-06-01"}', "saved"),
        ("[]", "note"),
    ],
)
def test_a_bad_note_is_an_issue_and_the_page_is_read(tmp_path, note, said):
    found = _read(tmp_path, note)
    assert found.dump["n_records"] == 2
    (issue,) = [i for i in rows_of(found)["issues"] if i["kind"] == "bad_note"]
    assert said in issue["message"]
    assert "page.txt.meta.json" in issue["message"]


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2099-01-01", "captured_on must be a day that has been"),
        (
            str(datetime.now(UTC).date() + timedelta(days=3)),
            "captured_on must be a day that has been",
        ),
        ("0024-06-01", "captured_on must be the day on which the page was saved"),
        (2025, "captured_on must be a day like 2025-12-11"),
        (1717200000, "captured_on must be a day like 2025-12-11"),
        ("2025", "captured_on must be a day like 2025-12-11"),
        ("2025-02-30", "captured_on must be a day like 2025-12-11"),
        ("20250211", "captured_on must be a day like 2025-12-11"),
        (True, "captured_on must be a day like 2025-12-11"),
    ],
)
def test_a_day_on_which_no_page_was_saved_is_said_and_not_believed(tmp_path, day, said):
    found = _read(tmp_path, json.dumps({"captured_on": day}))
    assert [r["year"] for r in rows_of(found)["records"]] == [2022, 2021]
    assert found.dump["captured_on"] is None
    (issue,) = [i for i in rows_of(found)["issues"] if i["kind"] == "bad_note"]
    assert said in issue["message"]
    assert "pydantic" not in issue["message"].lower()


def test_today_is_a_day_and_no_day_is_none(tmp_path):
    today = str(datetime.now(UTC).date())
    note = tmp_path / "page.txt.meta.json"
    for day in (today, None):
        note.write_text(json.dumps({"captured_on": day}), "utf-8")
        said, fault = read_note(NoteFile.at(note))
        assert (said.captured_on and str(said.captured_on), fault) == (day, None)


def test_a_note_is_no_dump_and_one_without_its_dump_is_named(tmp_path):
    _read(tmp_path, "{}")
    assert [f.path for f in find_dumps(tmp_path)] == ["page.txt"]
    (tmp_path / "gone.txt.meta.json").write_text("{}", "utf-8")
    (orphan,) = [f for f in find_dumps(tmp_path) if f.path != "page.txt"]
    assert "gone.txt, which is not there" in orphan.fault


def test_a_new_note_has_the_dump_read_again(tmp_path, monkeypatch):
    make_only(monkeypatch, "marts.papers")
    raw = tmp_path / "raw"
    raw.mkdir()
    _read(raw)
    warehouse = Warehouse(tmp_path / "warehouse")
    with warehouse.lock():
        assert refresh_dumps(raw, warehouse, MORNING).n_new == 1
        assert refresh_dumps(raw, warehouse, MORNING).n_read == 0
    (raw / "page.txt.meta.json").write_text('{"captured_on": "2024-06-01"}', "utf-8")
    again = build(raw, warehouse)
    assert (again.dumps.n_new, again.dumps.n_read) == (0, 1)
    assert again.dumps.reasons == {"note changed": ["page.txt"]}
    assert [row["year"] for row in table(warehouse.root, "marts.papers", "year")] == [2021, 2024]


def test_a_note_too_large_to_be_one_is_not_read(tmp_path):
    found = _read(tmp_path, " " * 100_001)
    (issue,) = [i for i in rows_of(found)["issues"] if i["kind"] == "bad_note"]
    assert issue["message"] == (
        "the note page.txt.meta.json is too large to be one; it was not read"
    )
