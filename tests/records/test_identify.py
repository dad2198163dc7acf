"""`papermart identify`: whose the names of any table of records are, and what is wrong with it."""

import csv
import json
import random

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from helpers import SHARED, assert_clean_failure, needs_shared, papermart

from pipeline.contract.errors import PipelineError
from pipeline.records.affiliations import read_affiliations
from pipeline.records.identify import MENTIONS, WORKS, identified, identify

HEADER = ["record_id", "title", "authors", "year"]
# Two bearers of one name, told apart by whom they write with; nothing ties r5 to either.
ROWS = [
    ["r1", "On Ropes", "Wei Wang; Mara Ilves", "2020"],
    ["r2", "Knots", "Ilves, Mara and Wang, Wei", "2021"],
    ["r3", "Do Gulls Read Maps?", "Wei Wang; Oto Kask", "2020"],
    ["r4", "Gulls at Sea", "Oto Kask; Wei Wang", ""],
    ["r5", "Lunch at Sea", "Wei Wang", "2022"],
]
COLUMNS = ["record_id", "author_order", "author_id", "identity_level", "identity_reason"]


def write(file, rows, header=HEADER):
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])


@pytest.fixture
def records(tmp_path):
    file = tmp_path / "records.csv"
    write(file, ROWS)
    return file


def read(file):
    return duckdb.sql(f"select * from '{file}'").pl().rows(named=True)


def people(file):
    """Return the groups of names that are one person, each name as record and place."""
    found = {}
    for row in read(file):
        name = f"{row['record_id']}#{row['author_order']}"
        found.setdefault(row["author_id"], []).append(name)
    return sorted(found.values())


def shown(file, table, columns):
    with identified(file) as engine:
        return engine.tuples(f"select {columns} from {table} order by all")


PEOPLE = [["r1#1", "r2#2"], ["r1#2", "r2#1"], ["r3#1", "r4#2"], ["r3#2", "r4#1"], ["r5#1"]]


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_every_name_is_somebodys_in_the_form_the_suffix_names(records, tmp_path, suffix):
    to = tmp_path / f"people.{suffix}"
    done = identify(records, to)
    rows = read(to)
    assert list(rows[0]) == COLUMNS
    places = [(row["record_id"], row["author_order"]) for row in rows]
    assert places == sorted(places)
    assert people(to) == PEOPLE
    assert (done.n_records, done.n_mentions, done.n_authors) == (5, 9, 5)
    assert done.n_on_level == {"verified": 8, "probable": 0, "name_only": 1}
    assert rows[0]["identity_reason"] == "shares the coauthor Mara Ilves"
    assert sorted(file.name for file in tmp_path.iterdir()) == [to.name, "records.csv"]


def test_the_command_says_what_it_found_and_what_it_did_not_look_at(tmp_path):
    write(tmp_path / "in.csv", [[*row, "x"] for row in ROWS], [*HEADER, "Keywords"])
    done = papermart("identify", tmp_path / "in.csv", "--to", tmp_path / "out.csv")
    assert done.returncode == 0
    assert "9 names in 5 records, 5 authors" in done.stdout
    assert "names by level: verified 8, probable 0, name_only 1" in done.stdout
    assert "has columns that are not looked at: Keywords; " in done.stderr
    helped = papermart("identify", "--help").stdout
    assert "papermart identify library.csv --to people.csv" in helped


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_lists_of_names_say_the_same_as_texts(records, tmp_path, suffix):
    lists = [["Wei Wang", "Mara Ilves"], ["Mara Ilves", "Wei Wang"], ["Wei Wang", "Oto Kask"]]
    lists += [["Oto Kask", "Wei Wang"], ["Wei Wang"]]
    table = pl.DataFrame({"record_id": [r[0] for r in ROWS], "title": "T", "authors": lists})
    file = tmp_path / f"lists.{suffix}"
    (table.write_ndjson if suffix == "jsonl" else table.write_parquet)(file)
    identify(file, tmp_path / "a.csv")
    identify(records, tmp_path / "b.csv")
    assert (tmp_path / "a.csv").read_text() == (tmp_path / "b.csv").read_text()


def test_the_order_of_rows_does_not_matter(tmp_path):
    chance = random.Random(7)
    names = [f"{first} {last}" for first in ("Wei", "Ana", "Bo") for last in ("Li", "Wang", "Ito")]
    rows = [[f"r{n}", "T", "; ".join(chance.choices(names, k=3)), ""] for n in range(200)]
    found = []
    for _ in range(2):
        chance.shuffle(rows)
        write(tmp_path / "in.csv", rows)
        identify(tmp_path / "in.csv", tmp_path / "out.csv")
        found.append((tmp_path / "out.csv").read_text())
    assert found[0] == found[1]


# ---------------------------------------------------------------- what the model is given


def test_homonym_numbers_tell_apart_and_join(tmp_path):
    rows = [
        ["r1", "T", "Wei Wang 0001; Mara Ilves", ""],
        ["r2", "T", "Wei Wang 0001 and Oto Kask", ""],
        ["r3", "T", "Wei Wang 0002, Mara Ilves", ""],
        ["r4", "T", "Wei Wang 0001, Wei Wang 0002", ""],
        ["r5", "T", "Wei Wang 0001, Wei Wang", ""],
    ]
    write(tmp_path / "in.csv", rows)
    identify(tmp_path / "in.csv", tmp_path / "out.csv")
    found = people(tmp_path / "out.csv")
    assert ["r1#1", "r2#1", "r4#1", "r5#1"] in found
    assert ["r3#1", "r4#2"] in found
    assert ["r5#2"] in found, "who stands beside a namesake may be anybody"


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        (["Wei Wang 0001", None, "Mara Ilves"], ["0001", None]),
        (["Wang, Wei 0001", "Ilves, Mara"], ["0001", None]),
        ("Wang, Wei 0001 and Ilves, Mara", ["0001", None]),
        ("Wei Wang, Wei Wang 0002, Mara Ilves 0031", [None, "0002", "0031"]),
        (["Wei Wang (0000-0002-1825-0097)", "Mara Ilves 1999"], [None, None]),
    ],
)
@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_homonym_numbers_are_read_in_any_spelling_of_a_list(tmp_path, suffix, cell, numbers):
    row = {"record_id": "a", "title": "T", "authors": cell}
    file = tmp_path / f"in.{suffix}"
    if suffix == "jsonl":
        file.write_text(json.dumps(row), "utf-8")
    else:
        pq.write_table(pa.Table.from_pylist([row]), file)
    found = shown(file, MENTIONS, "author_order, name_key, homonym_id")
    assert [number for *_, number in found] == numbers
    assert {key for _, key, _ in found} == {"wei wang", "mara ilves"}


def test_a_record_is_a_work_with_all_that_is_known(tmp_path):
    row = ["r1", "On &amp; Off", "Mara Ilves", "2020", "ICRA", "ETH; MIT", "ETH", "We pull."]
    header = [*HEADER, "venue", "affiliations", "organization", "abstract"]
    write(tmp_path / "in.csv", [row], header)
    columns = "paper_id, title, venue, year, affiliations, abstract"
    found = shown(tmp_path / "in.csv", WORKS, columns)
    assert found == [("r1", "On & Off", "ICRA", 2020, ["ETH", "MIT"], "We pull.")]
    write(tmp_path / "in.csv", [["r1", "T", "Mara Ilves"]], HEADER[:3])
    assert shown(tmp_path / "in.csv", WORKS, columns) == [("r1", "T", None, None, None, None)]


AFFILIATIONS = {
    "a list": (["ETH", " MIT ", "", None, "ETH"], ["ETH", "MIT"]),
    "a list for each author": ([["ETH"], [], None, ["MIT", "ETH"]], ["ETH", "MIT"]),
    "semicolons": ("ETH, Zurich; MIT;", ["ETH, Zurich", "MIT"]),
    "bars": ("ETH | MIT", ["ETH", "MIT"]),
    "lines": ("ETH\nMIT", ["ETH", "MIT"]),
    "JSON": ('["ETH", null, "M\\u00fcnchen"]', ["ETH", "München"]),
    "a list of Python": ("['ETH', \"King's\", None]", ["ETH", "King's"]),
    "an array of NumPy": ("['ETH'\n 'MIT']", ["ETH", "MIT"]),
    "a semicolon of an entity": ("Children&#x2019;s Hospital", ["Children’s Hospital"]),
    "whose they are": ("[Lund, A; Kask, O] Univ Tartu; [Petri, J] MIT", ["Univ Tartu", "MIT"]),
    "nothing": (" ; n/a", None),
    "no list after all": ("[ETH] [MIT", ["[MIT"]),
    "deep brackets": ("[" * 5_000 + "]" * 5_000, None),
}


@pytest.mark.parametrize("kind", AFFILIATIONS)
def test_affiliations_are_read_in_the_spellings_of_tools(kind):
    raw, expected = AFFILIATIONS[kind]
    assert read_affiliations(raw) == expected


@pytest.mark.parametrize("raw", [7, {"name": "ETH"}, [{"name": "ETH"}], [[["ETH"]]], b"ETH"])
def test_what_is_no_affiliation_is_named(raw):
    with pytest.raises(ValueError, match="is neither text nor a list of texts"):
        read_affiliations(raw)


# ---------------------------------------------------------------- odd tables


def test_names_that_are_none_and_lists_that_are_empty_are_nobody(tmp_path):
    rows = [{"record_id": "a", "title": "T", "authors": None}]
    rows += [{"record_id": "b", "title": None, "authors": ["", "..."]}]
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    done = identify(tmp_path / "in.jsonl", tmp_path / "out.csv")
    assert done.n_records == 2
    assert (tmp_path / "out.csv").read_text().startswith(",".join(COLUMNS))
    assert done.n_mentions == len(read(tmp_path / "out.csv"))


@pytest.mark.parametrize(
    ("authors", "places"),
    [
        (["Bo Lind", "", "Cy Ito"], [1, 3]),
        (["Bo Lind", None, "Ito, Cy"], [1, 3]),
        (["Anonymous", "Bo Lind", "et al.", "Cy Ito"], [2, 4]),
        (["Bo Lind", "Cy Ito (2)", "…"], [1, 2]),
        # Who of several in an item has which place of the list cannot be said.
        (["Bo Lind and Cy Ito", "", "Di Kask"], [1, 2, 3]),
    ],
)
def test_a_name_stands_where_its_list_has_it(tmp_path, authors, places):
    file = tmp_path / "in.jsonl"
    file.write_text(json.dumps({"record_id": "a", "title": "T", "authors": authors}), "utf-8")
    assert [order for (order,) in shown(file, MENTIONS, "author_order")] == places


def test_a_list_that_names_somebody_twice_makes_two(tmp_path):
    write(tmp_path / "in.csv", [["a", "T", "Bo Lind; Bo Lind", ""], ["b", "U", "Bo Lind", ""]])
    identify(tmp_path / "in.csv", tmp_path / "out.csv")
    assert people(tmp_path / "out.csv") == [["a#1"], ["a#2"], ["b#1"]]


def test_ids_with_the_sign_between_id_and_place_are_not_mixed_up(tmp_path):
    write(tmp_path / "in.csv", [["a", "T", "Bo Lind; Cy Ito", ""], ["a#1", "U", "Di Kask", ""]])
    identify(tmp_path / "in.csv", tmp_path / "out.csv")
    assert people(tmp_path / "out.csv") == [["a#1"], ["a#1#1"], ["a#2"]]


@pytest.mark.parametrize(
    ("rows", "header", "message"),
    [
        ([["r1", "T"]], HEADER[:2], "line 1: the column authors is missing"),
        ([["r1", "T", "A"]], ["id", *HEADER[1:3]], "line 1: the column record_id is missing"),
        ([["", "T", "A"]], HEADER[:3], "line 2, column record_id: is empty; give"),
        (
            [["r1", "T", "A"], ["r1", "U", "B"]],
            HEADER[:3],
            "line 3, column record_id: 'r1' stands twice",
        ),
        ([["r1", "T", "A", "soon"]], HEADER, "line 2, column year: 'soon' is not a whole number"),
        ([["r1", "T", "A"]], HEADER, "line 2: 3 cells, there must be 4"),
        ([], HEADER, "holds no records"),
    ],
)
def test_wrong_input_is_named_by_line_and_column(tmp_path, rows, header, message):
    file, to = tmp_path / "in.csv", tmp_path / "out.csv"
    write(file, rows, header)
    to.write_text("as before")
    assert_clean_failure(papermart("identify", file, "--to", to), "in.csv", message)
    assert to.read_text() == "as before"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"authors": 3}, "line 1, column authors: 3 is neither text nor a list of names"),
        ({"authors": [1]}, "line 1, column authors: [1] is not a list of names"),
        ({"affiliations": 3}, "line 1, column affiliations: 3 is neither text nor a list of texts"),
        ({"organization": {"a": 1}}, "column organization: {'a': 1} is neither text nor a list"),
        ({"venue": ["ICRA"]}, "line 1, column venue: ['ICRA'] is not text"),
        ({"abstract": 1}, "line 1, column abstract: 1 is not text"),
    ],
)
def test_wrong_json_is_named_by_line_and_column(tmp_path, row, message):
    whole = {"record_id": "a", "title": "T", "authors": "A"} | row
    (tmp_path / "in.jsonl").write_text(json.dumps(whole), "utf-8")
    done = papermart("identify", tmp_path / "in.jsonl", "--to", tmp_path / "out.csv")
    assert_clean_failure(done, "in.jsonl", message)
    assert not (tmp_path / "out.csv").exists()


def test_files_that_cannot_be_are_refused(records, tmp_path):
    for arguments, message in (
        ((tmp_path / "none.csv", tmp_path / "out.csv"), "none.csv cannot be read"),
        ((records, tmp_path / "out.xlsx"), "out.xlsx: name a file that ends in"),
        ((records, tmp_path / "no" / "out.csv"), "is not there"),
        ((records, records), "is the table itself"),
    ):
        with pytest.raises(PipelineError, match=message):
            identify(*arguments)


@needs_shared
def test_real_names_of_a_list_stand_where_the_truth_says(tmp_path):
    bench = SHARED / "bench" / "author_identity_ieee"
    identify(bench / "ieee.records.parquet", tmp_path / "out.parquet")
    truth = pl.read_parquet(bench / "ieee.truth.parquet")
    found = pl.read_parquet(tmp_path / "out.parquet").cast({"author_order": pl.Int64})
    assert truth.join(found, on=["record_id", "author_order"], how="anti").is_empty()
