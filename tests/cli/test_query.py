"""`papermart query`: what it prints in each form, and what it refuses."""

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from helpers import ROOT, copy_of, on_terminal, papermart, put, small_build, two_versions

from pipeline.outputs.laid_out import n_cells
from pipeline.storage.versions import versions
from pipeline.storage.warehouse import Warehouse


@pytest.fixture
def root(tmp_path) -> Path:
    return copy_of(small_build()[0], tmp_path / "warehouse")


def test_a_closed_pipe_is_no_error():
    sql = "select t1.title from papers as t1, range(200000)"
    command = ["-m", "pipeline.cli", "query", sql, "--format", "csv"]
    command += ["--warehouse", str(small_build()[0])]
    with subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "title\n"
        process.stdout.close()
        error = process.stderr.read()
        assert process.wait(timeout=60) == 0
    assert "Traceback" not in error


# ---------------------------------------------------------------- query


def test_a_question_is_answered_as_a_table():
    sql = "select title, year from papers where year = 2024"
    shown = papermart("query", sql, "--warehouse", small_build()[0])
    assert shown.returncode == 0
    assert re.search(r"title.*year", shown.stdout)
    assert re.search(r"Sparse Attention on Small Devices.*2024", shown.stdout)


def test_a_long_table_says_that_it_is_cut():
    shown = papermart("query", "select * from range(150)", "--warehouse", small_build()[0])
    assert "the first 100 rows; --format csv writes all" in shown.stdout
    shown = papermart("query", "select * from range(100)", "--warehouse", small_build()[0])
    assert "first 100 rows" not in shown.stdout


def test_too_many_columns_for_a_table_are_shown_below_each_other():
    shown = papermart("query", "from papers order by title", "--warehouse", small_build()[0])
    assert [line.split("─")[0].strip() for line in shown.stdout.splitlines() if "──" in line] == [
        f"row {n}" for n in range(1, 7)
    ]
    assert re.search(r"^title +A Survey of Language Models in Law", shown.stdout, re.MULTILINE)


def test_square_brackets_in_titles_are_no_markup():
    shown = papermart(
        "query",
        "select '[bold]x[/bold]' as t, null as n, ['a', 'b'] as l",
        "--warehouse",
        small_build()[0],
    )
    assert "[bold]x[/bold]" in shown.stdout
    assert "a; b" in shown.stdout
    assert "None" not in shown.stdout


MIXED = """
select ['a', 'b; c'] as names, null as nothing, '=1+1' as formula, true as yes,
    date '2024-02-29' as day, timestamp '2024-02-29 12:00:00' as at, 0.5 as half,
    'two' || chr(10) || 'lines, "quoted"' as text, -1 as below
"""


def test_csv_joins_lists_leaves_null_empty_and_disarms_formulas():
    shown = papermart("query", MIXED, "--format", "csv", "--warehouse", small_build()[0])
    (row,) = csv.DictReader(io.StringIO(shown.stdout))
    assert row == {
        "names": "a; b; c",
        "nothing": "",
        "formula": "'=1+1",
        "yes": "true",
        "day": "2024-02-29",
        "at": "2024-02-29T12:00:00Z",
        "half": "0.5",
        "text": 'two\nlines, "quoted"',
        "below": "-1",
    }


def test_json_keeps_lists_and_null():
    shown = papermart("query", MIXED, "--format", "json", "--warehouse", small_build()[0])
    (row,) = json.loads(shown.stdout)
    assert row["names"] == ["a", "b; c"]
    assert row["nothing"] is None
    assert row["formula"] == "=1+1"
    assert row["day"] == "2024-02-29"
    none = papermart(
        "query", "select 1 where false", "--format", "json", "--warehouse", small_build()[0]
    )
    assert json.loads(none.stdout) == []


def test_parquet_goes_through_a_pipe(tmp_path):
    command = ["query", "from papers", "--format", "parquet", "--warehouse", small_build()[0]]
    with (tmp_path / "rows.parquet").open("wb") as file:
        done = subprocess.run(
            [sys.executable, "-m", "pipeline.cli", *map(str, command)],
            cwd=ROOT,
            stdout=file,
            stderr=subprocess.PIPE,
            check=True,
            timeout=60,
        )
    assert done.stderr == b""
    found = pq.read_table(tmp_path / "rows.parquet")
    assert found.num_rows == 6
    assert {"title", "year", "sources"} <= set(found.column_names)


FORBIDDEN = [
    "create table mine as select 1",
    "select 1; drop table papers",
    "insert into papers (title) values ('x')",
    "delete from papers",
    "drop table papers",
    "copy papers to '{folder}/out.csv'",
    "copy (select 1) to '{folder}/out.parquet'",
    "attach '{folder}/new.duckdb' as other",
    "select * from read_csv('{folder}/secret.csv')",
    "select * from '{folder}/secret.csv'",
    "install httpfs",
    "set enable_external_access = true",
]


@pytest.mark.parametrize("sql", FORBIDDEN)
def test_a_question_can_neither_write_nor_read_other_files(sql, root, tmp_path):
    put(tmp_path, {"secret.csv": "a\n1\n"})
    before = (root / "warehouse.duckdb").read_bytes()
    shown = papermart("query", sql.format(folder=tmp_path), "--warehouse", root)
    assert shown.returncode == 1
    reads = sql.startswith("select * from ")
    wanted = "the query cannot be answered: " if reads else "the published warehouse is only read"
    assert shown.stderr.startswith(f"error: {wanted}")
    assert {path.name for path in tmp_path.iterdir()} == {"secret.csv", "warehouse"}
    assert (root / "warehouse.duckdb").read_bytes() == before


def test_a_question_that_is_none_is_told_so():
    shown = papermart("query", " ", "--warehouse", small_build()[0])
    assert (shown.returncode, shown.stdout) == (1, "")
    assert "there is no question" in shown.stderr


@pytest.mark.parametrize("sql", ["describe papers", "pivot papers on year using count(*)"])
def test_every_statement_that_only_reads_is_a_question(sql):
    assert papermart("query", sql, "--warehouse", small_build()[0]).returncode == 0


def test_an_older_version_answers_too():
    sql = "select count(*) as n from papers"
    latest, first = [v.id for v in versions(Warehouse(two_versions()))]
    ask = ("query", sql, "--format", "csv", "--warehouse", two_versions())
    assert papermart(*ask).stdout == "n\n11\n"
    assert papermart(*ask, "--version", latest).stdout == "n\n11\n"
    assert papermart(*ask, "--version", first).stdout == "n\n6\n"


# ---------------------------------------------------------------- on a terminal


def shown_at(width: int, sql: str) -> str:
    code, shown = on_terminal(width, "query", sql, "--warehouse", small_build()[0])
    assert code == 0, shown
    return shown


@pytest.mark.parametrize("width", [40, 80, 200])
def test_a_terminal_shows_a_table_where_it_fits(width):
    shown = shown_at(width, "select year, n_authors as n from papers order by all limit 1")
    assert re.search("┃ year +┃ n +┃", shown)


def test_a_long_column_takes_what_room_there_is():
    sql = f"select 2024 as year, '{'word ' * 30}' as title"
    lines = shown_at(80, sql).splitlines()
    assert {len(line) for line in lines} == {80}
    assert [line.count("word") for line in lines[3:-1]] == [14, 14, 2]


def test_records_stand_below_each_other_where_columns_do_not_fit():
    sql = "select title, abstract, authors, year from papers order by title limit 2"
    for width in (40, 80):
        shown = shown_at(width, sql)
        assert max(map(len, shown.splitlines())) <= width
        rules = [line for line in shown.splitlines() if line.startswith("row ")]
        assert rules == [f"row {n} ".ljust(width, "─") for n in (1, 2)]
        assert re.search(r"^year +20\d\d$", shown, re.MULTILINE)
        assert "A Survey of Language Models in Law" in " ".join(shown.split())
    assert "┃ abstract" in shown_at(1000, sql)


def test_a_terminal_counts_cells_not_signs():
    sql = f"select '{'语言模型' * 15}' as title, '{'e' + chr(0x301)}' as mark, 'שלום' as word"
    lines = shown_at(80, sql).splitlines()
    assert {n_cells(line) for line in lines} == {80}
    assert "".join(re.findall("[语言模型]", "".join(lines))) == "语言模型" * 15


def test_no_rows_are_said():
    sql = "select title, year from papers where false"
    assert shown_at(80, sql).endswith("└───────┴──────┘\nno rows\n")
    assert shown_at(80, "select * from papers where false") == "no rows\n"
    for form in ("table", "csv", "json", "bibtex", "csl"):
        asked = ("query", f"select paper_id, {sql[7:]}", "--format", form)
        done = papermart(*asked, "--warehouse", small_build()[0])
        assert (done.returncode, done.stderr) == (0, "no rows\n"), form
    done = papermart("query", "select 1 as n", "--format", "csv", "--warehouse", small_build()[0])
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("from paper", "there is no table paper; near it: papers"),
        ("from marts.papers", "there is no table marts.papers; near it: papers"),
        ("from zzz", "there is no table zzz; there are author_id_history, author_ids"),
        ("select titel from papers", "there is no column titel in what it asks; near it: title"),
        ("select p.titel from papers as p", "there is no column titel in p; near it: title"),
        ("selec title", 'syntax error at or near "selec"'),
    ],
)
def test_what_is_not_there_is_said_with_what_is_near(sql, said):
    done = papermart("query", sql, "--warehouse", small_build()[0])
    first, line, mark = done.stderr.splitlines()
    assert first.startswith(f"error: the query cannot be answered: {said}")
    assert line == f"  LINE 1: {sql}"
    assert set(mark.strip()) == {"^"}
    assert "Error" not in first
