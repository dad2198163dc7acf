"""`papermart link`: any table of records, and what is wrong with it."""

import csv
import json
import random

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from helpers import papermart

from pipeline.cli import main
from pipeline.contract.errors import PipelineError
from pipeline.records.link import link, linked

ROWS = [
    ["r1", "Deep Nets for Tired Pets", "Ana Perez; Bo Lind", "2020"],
    ["r2", "Deep nets for tired pets", "A. Perez and B. Lind", "2021"],
    ["r3", "Deep Nets for Tired Pets II", "Ana Perez, Bo Lind", "2022"],
    ["r4", "Shallow Lakes", "Chen Wu et al.", ""],
]
HEADER = ["record_id", "title", "authors", "year"]


@pytest.fixture
def records(tmp_path):
    file = tmp_path / "records.csv"
    write(file, ROWS)
    return file


def write(file, rows, header=HEADER):
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])


def read(file):
    return duckdb.sql(f"select * from '{file}' order by 1").fetchall()


EXPECTED = [("r1", "r1"), ("r2", "r1"), ("r3", "r3"), ("r4", "r4")]


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_clusters_are_written_in_the_form_the_suffix_names(records, tmp_path, suffix):
    to, matches = tmp_path / f"clusters.{suffix}", tmp_path / "matches.csv"
    done = link(records, to, matches)
    assert read(to) == EXPECTED
    assert (done.n_records, done.n_clusters) == (4, 3)
    reasons = duckdb.sql(f"select match_status, match_reason from '{matches}'").fetchall()
    assert ("match", "same title of 5 words, 2 of 2 listed authors, years 2020 and 2021") in reasons
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(
        [f"clusters.{suffix}", "matches.csv", "records.csv"]
    )


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_lists_of_authors_and_typed_columns_say_the_same(tmp_path, suffix):
    file = tmp_path / f"records.{suffix}"
    rows = [
        {"record_id": a, "title": b, "authors": c.replace(" and ", "; ").split("; "), "year": 2020}
        for a, b, c, _ in ROWS
    ]
    lines = tmp_path / "rows.json"
    lines.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    form = "format json" if suffix == "jsonl" else "format parquet"
    duckdb.sql(f"copy (select * from read_json('{lines}')) to '{file}' ({form})")
    link(file, tmp_path / "out.csv")
    assert read(tmp_path / "out.csv") == EXPECTED


def test_a_parquet_file_of_texts_says_the_same_as_a_csv(records, tmp_path):
    file = tmp_path / "texts.parquet"
    duckdb.sql(f"copy (from read_csv('{records}', all_varchar = true)) to '{file}'")
    found = []
    for each in (records, file):
        with linked(each, "staging.records") as engine:
            shown = "record_id, title_key, n_authors_listed, authors_complete, year"
            found.append(engine.tuples(f"select {shown} from staging.records order by 1"))
            names = "from staging.record_authors order by record_id, author_order"
            found[-1] += engine.tuples(names)
    assert found[0] == found[1]
    assert found[0][3] == ("r4", "shallow lakes", 1, False, None)


def test_lists_of_names_are_cleaned_name_by_name(tmp_path):
    lists = [["Ana  P&eacute;rez", "", None, "et al."], [], None, ["Bo Lind", "Bo Lind"]]
    table = pa.table({"record_id": list("abcd"), "title": ["T"] * 4, "authors": lists})
    pq.write_table(table, tmp_path / "in.parquet")
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, table.to_pylist())), "utf-8")
    for name in ("in.parquet", "in.jsonl"):
        with linked(tmp_path / name, "staging.records") as engine:
            cut = engine.tuples(
                "select record_id, n_authors_listed, authors_complete"
                " from staging.records order by 1"
            )
            authors = engine.tuples(
                "select record_id, author_order, name, name_key"
                " from staging.record_authors order by 1, 2"
            )
        assert cut == [("a", 1, False), ("b", 0, None), ("c", 0, None), ("d", 2, None)]
        assert authors == [
            ("a", 1, "Ana Pérez", "ana perez"),
            ("d", 1, "Bo Lind", "bo lind"),
            ("d", 2, "Bo Lind", "bo lind"),
        ]


def test_titles_alone_are_enough(tmp_path):
    write(tmp_path / "in.csv", [row[:2] for row in ROWS], HEADER[:2])
    link(tmp_path / "in.csv", tmp_path / "out.csv")
    assert read(tmp_path / "out.csv") == EXPECTED


def test_shuffled_rows_give_the_same_clusters_and_pairs(tmp_path):
    chance = random.Random(4)
    rows = []
    for n in range(300):
        words = " ".join(
            chance.choices(("ab", "cd", "ef", "gh", "ij", "kl", "mn", "op", "qr", "st"), k=6)
        )
        authors = "; ".join(f"{chance.choice('ABC')}. Name{chance.randrange(40)}" for _ in range(3))
        for copy in range(chance.randint(1, 4)):
            title = words + " ii" if copy == 3 else words
            rows.append([f"r{n}-{copy}", title, authors if copy != 1 else "", str(2000 + n % 9)])
    found = []
    for _ in range(2):
        chance.shuffle(rows)
        write(tmp_path / "in.csv", rows)
        link(tmp_path / "in.csv", tmp_path / "out.csv", tmp_path / "pairs.csv")
        found.append(((tmp_path / "out.csv").read_text(), (tmp_path / "pairs.csv").read_text()))
    assert found[0] == found[1]


def test_candidates_are_at_most_three_per_record(tmp_path):
    rows = [[f"r{n}", f"Editorial {'x' * (n % 3)}", "Ana Perez", "2020"] for n in range(400)]
    write(tmp_path / "in.csv", rows)
    with linked(tmp_path / "in.csv") as engine:
        n_pairs = engine.scalar("select count(*) from linkage.candidate_pairs")
    assert n_pairs <= 5 * len(rows)


@pytest.mark.parametrize(
    ("rows", "header", "message"),
    [
        ([["r1", "T"]], ["id", "title"], "line 1: the column record_id is missing"),
        ([["r1", "T"]], ["Record_ID", "Title"], "record_id,title; there are Record_ID,Title"),
        ([["r1\tT"]], ["record_id\ttitle"], "its columns are separated by tabs"),
        ([["r1", "T"]], ["record_id", "name"], "line 1: the column title is missing"),
        (
            [["r1", "T"], ["r1", "U"]],
            HEADER[:2],
            "line 3, column record_id: 'r1' stands twice; give",
        ),
        ([["", "T"]], HEADER[:2], "line 2, column record_id: is empty; give"),
        ([["r1", "T", "A", "soon"]], HEADER, "line 2, column year: 'soon' is not a whole number"),
        ([["r1", "T", "A"]], HEADER, "line 2: 3 cells, there must be 4"),
        ([], HEADER, "holds no records"),
    ],
)
def test_wrong_input_is_named_by_line_and_column(tmp_path, rows, header, message):
    file, to = tmp_path / "in.csv", tmp_path / "out.csv"
    write(file, rows, header)
    to.write_text("as before")
    with pytest.raises(PipelineError) as error:
        link(file, to)
    assert message in str(error.value)
    assert to.read_text() == "as before"


def test_wrong_json_is_named_by_line_and_column(tmp_path):
    file = tmp_path / "in.jsonl"
    for text, message in (
        ('{"record_id": "a", "title": "T"}\n{"record_id"', "line 2: is no JSON object"),
        ('[{"record_id": "a", "title": "T"}]', "is no JSON object; write one object a line"),
        ('{"record_id": "a"} x', r"line 1: is no JSON object \(Extra data, column 20\); write"),
        ('{"record_id": "a", "title": 7}', "line 1, column title: 7 is not text"),
        ('{"record_id": "a"}', "line 1: the column title is missing"),
        (
            '{"record_id": "a", "title": "T", "authors": 3}',
            "line 1, column authors: 3 is neither text nor a list of names",
        ),
    ):
        file.write_text(text, "utf-8")
        with pytest.raises(PipelineError, match=message):
            link(file, tmp_path / "out.csv")


def test_files_that_cannot_be_are_refused(records, tmp_path):
    for arguments, message in (
        ((tmp_path / "none.csv", tmp_path / "out.csv"), "none.csv cannot be read"),
        ((records, tmp_path / "out.xlsx"), "out.xlsx: name a file that ends in"),
        ((records, tmp_path / "no" / "out.csv"), "is not there"),
    ):
        with pytest.raises(PipelineError, match=message):
            link(*arguments)
    (tmp_path / "book.xlsx").write_bytes(b"PK\x03\x04\xff")
    with pytest.raises(PipelineError, match="save the spreadsheet as CSV"):
        link(tmp_path / "book.xlsx", tmp_path / "out.csv")
    (tmp_path / "book.xlsx").rename(tmp_path / "book.csv")
    with pytest.raises(PipelineError, match="no text but a packed file, as spreadsheets are"):
        link(tmp_path / "book.csv", tmp_path / "out.csv")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(PipelineError, match="not a readable Parquet file"):
        link(tmp_path / "broken.parquet", tmp_path / "out.csv")


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_columns_of_other_names_are_named(tmp_path, suffix):
    file = tmp_path / f"in{suffix}"
    table = pl.DataFrame({"record_id": ["a"], "title": ["T"], "Year": ["2020"]})
    write_as = {".csv": table.write_csv, ".jsonl": table.write_ndjson}
    write_as.get(suffix, table.write_parquet)(file)
    assert link(file, tmp_path / "out.csv").unread == ["Year"]
    done = papermart("link", file, "--to", tmp_path / "out.csv")
    assert "has columns that are not compared: Year; " in done.stderr
    assert "1 row in 1 cluster" in done.stdout


def test_a_fault_ends_the_command_with_1_and_a_message(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["papermart", "link", "none.csv", "--to", "out.csv"])
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 1
    assert "error: none.csv cannot be read" in capsys.readouterr().err
