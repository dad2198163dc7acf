"""The commands as people use them: what they print, write and refuse.

Commands that only read run in this process (`run`), which is `papermart` with its exit code;
building, pipes and environment variables are tried in a process of their own (`papermart`).
"""

import csv
import io
import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from importlib import metadata
from pathlib import Path

import duckdb
import frictionless
import pyarrow.parquet as pq
import pytest
from helpers import (
    MORNING,
    PAGES,
    PUBLISHED,
    SAMPLE,
    arrow_page,
    copy_of,
    needs_sample,
    papermart,
    put,
    sample_warehouse,
    scratch,
    small_build,
    small_raw,
    table,
)

from pipeline import cli, publishing
from pipeline.build import build
from pipeline.export import export, exportable
from pipeline.sql_models import load_models
from pipeline.warehouse import Warehouse

FORMULAS = {
    "=SUM(A1:A9) Considered Harmful": "'=SUM(A1:A9) Considered Harmful",
    "+1 for Peer Review": "'+1 for Peer Review",
    "@Home Computing": "'@Home Computing",
    "-Log Likelihood Revisited": "'-Log Likelihood Revisited",
    "Costs = Benefits": "Costs = Benefits",
}


@dataclass(frozen=True)
class Run:
    """What a command did."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(monkeypatch, capsys) -> Callable[..., Run]:
    """Run a command in this process, through the entry point of the console script."""

    def run_command(*arguments: str | Path) -> Run:
        monkeypatch.setattr(sys, "argv", ["papermart", *map(str, arguments)])
        monkeypatch.setenv("COLUMNS", "200")
        code: object = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code or 0
        shown = capsys.readouterr()
        assert isinstance(code, int)
        return Run(code, shown.out, shown.err)

    return run_command


@pytest.fixture
def root(tmp_path) -> Path:
    return copy_of(small_build()[0], tmp_path / "warehouse")


@pytest.fixture(scope="module")
def two_versions() -> Path:
    """A warehouse published twice: first six papers, then eleven with odd titles; read only."""
    raw = put(scratch() / "odd-raw", PAGES)
    page = arrow_page("Ann Lee", [(title, ["Ann Lee", "=Cy"], 2020) for title in FORMULAS])
    put(raw, {"odd.txt": page})
    root = copy_of(small_build()[0], scratch() / "two-versions")
    build(raw, Warehouse(root), now=MORNING + timedelta(days=1))
    return root


# ---------------------------------------------------------------- build


def test_build_says_what_it_did_layer_by_layer_and_is_quick_when_nothing_is_new(tmp_path):
    arguments = ("build", "--raw", small_raw(), "--warehouse", tmp_path / "w")
    began = time.perf_counter()
    first = papermart(*arguments)
    first_took, began = time.perf_counter() - began, time.perf_counter()
    second = papermart(*arguments)
    second_took = time.perf_counter() - began

    assert (first.returncode, first.stderr) == (0, "")
    lines = first.stdout.splitlines()
    assert lines[0] == "raw: 3 dumps (3 new, 0 gone, 0 set aside)"
    assert lines[1] == "staging: 8 records"
    layers = ("reference", "linkage", "marts")
    n = {layer: sum(m.startswith(f"{layer}.") for m in load_models()) for layer in layers}
    assert lines[2] == f"reference: {n['reference']} of {n['reference']} tables rebuilt"
    assert lines[3] == f"linkage: {n['linkage']} of {n['linkage']} tables rebuilt"
    counts = "6 papers, 12 authorships, 6 authors"
    assert lines[4].startswith(f"marts: {n['marts']} of {n['marts']} tables rebuilt: {counts}")
    assert re.fullmatch(r"published \d{8}T\d{6}-[0-9a-f]{12}", lines[5])
    assert len(lines) == 6

    assert (second.returncode, second.stderr) == (0, "")
    lines = second.stdout.splitlines()
    assert lines[0] == "raw: 3 dumps (0 new, 0 gone, 0 set aside)"
    assert lines[4].startswith(f"marts: 0 of {n['marts']} tables rebuilt: 6 papers")
    assert lines[5].startswith("nothing new to publish, current is ")
    assert second_took < first_took / 2


def test_folders_may_come_from_the_environment(run, root, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PAPERMART_RAW", str(small_raw()))
    monkeypatch.setenv("PAPERMART_WAREHOUSE", str(root))
    built = run("build")
    assert built.code == 0, built.err
    assert "raw: 3 dumps (0 new" in built.out
    asked = run("query", "select count(*) as n from papers", "--format", "csv")
    assert asked.out == "n\n6\n"
    assert f"raw folder {small_raw()}: all pages are in the warehouse" in run("status").out
    other = run("query", "select 1", "--warehouse", tmp_path / "none")
    assert other.code == 1, "an option wins over the environment"


def test_a_pipe_gets_no_progress_and_no_colour(root, tmp_path):
    raw = put(tmp_path / "raw", PAGES | {"bad.txt": "Dear diary"})
    asked = ("query", "select title, year from papers order by title")
    for command in (
        ("build", "--raw", raw, "--warehouse", root),
        (*asked, "--warehouse", root),
        ("build", "--help"),
    ):
        run = papermart(*command)
        assert run.returncode == 0
        assert "\x1b" not in run.stdout + run.stderr
        assert "\r" not in run.stdout + run.stderr
        assert run.stderr == ""


def test_a_closed_pipe_is_no_error():
    sql = "select t1.title from papers as t1, range(200000)"
    command = ["-m", "pipeline.cli", "query", sql, "--format", "csv"]
    command += ["--warehouse", str(small_build()[0])]
    with subprocess.Popen(
        [sys.executable, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "title\n"
        process.stdout.close()
        error = process.stderr.read()
        assert process.wait(timeout=60) == 0
    assert "Traceback" not in error


# ---------------------------------------------------------------- query


def test_a_question_is_answered_as_a_table(run):
    sql = "select title, year from papers where year = 2024"
    shown = run("query", sql, "--warehouse", small_build()[0])
    assert shown.code == 0
    assert re.search(r"title.*year", shown.out)
    assert re.search(r"Sparse Attention on Small Devices.*2024", shown.out)


def test_a_long_table_says_that_it_is_cut(run):
    shown = run("query", "select * from range(150)", "--warehouse", small_build()[0])
    assert "the first 100 rows; --format csv writes all" in shown.out
    shown = run("query", "select * from range(100)", "--warehouse", small_build()[0])
    assert "first 100 rows" not in shown.out


def test_too_many_columns_for_a_table_are_shown_below_each_other(run):
    shown = run("query", "from papers order by title", "--warehouse", small_build()[0])
    assert [line.split("─")[0].strip() for line in shown.out.splitlines() if "──" in line] == [
        f"row {n}" for n in range(1, 7)
    ]
    assert re.search(r"^title +A Survey of Language Models in Law", shown.out, re.MULTILINE)


def test_square_brackets_in_titles_are_no_markup(run):
    shown = run(
        "query",
        "select '[bold]x[/bold]' as t, null as n, ['a', 'b'] as l",
        "--warehouse",
        small_build()[0],
    )
    assert "[bold]x[/bold]" in shown.out
    assert "a; b" in shown.out
    assert "None" not in shown.out


MIXED = """
select ['a', 'b; c'] as names, null as nothing, '=1+1' as formula, true as yes,
    date '2024-02-29' as day, timestamp '2024-02-29 12:00:00' as at, 0.5 as half,
    'two' || chr(10) || 'lines, "quoted"' as text, -1 as below
"""


def test_csv_joins_lists_leaves_null_empty_and_disarms_formulas(run):
    shown = run("query", MIXED, "--format", "csv", "--warehouse", small_build()[0])
    (row,) = csv.DictReader(io.StringIO(shown.out))
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


def test_json_keeps_lists_and_null(run):
    shown = run("query", MIXED, "--format", "json", "--warehouse", small_build()[0])
    (row,) = json.loads(shown.out)
    assert row["names"] == ["a", "b; c"]
    assert row["nothing"] is None
    assert row["formula"] == "=1+1"
    assert row["day"] == "2024-02-29"
    none = run("query", "select 1 where false", "--format", "json", "--warehouse", small_build()[0])
    assert json.loads(none.out) == []


def test_parquet_goes_through_a_pipe(tmp_path):
    with (tmp_path / "rows.parquet").open("wb") as file:
        subprocess.run(
            [
                sys.executable,
                "-m",
                "pipeline.cli",
                "query",
                "from papers",
                "--format",
                "parquet",
                "--warehouse",
                str(small_build()[0]),
            ],
            stdout=file,
            check=True,
            timeout=60,
        )
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
def test_a_question_can_neither_write_nor_read_other_files(sql, run, root, tmp_path):
    put(tmp_path, {"secret.csv": "a\n1\n"})
    before = (root / "warehouse.duckdb").read_bytes()
    shown = run("query", sql.format(folder=tmp_path), "--warehouse", root)
    assert shown.code == 1
    reads = sql.startswith("select * from ")
    wanted = "the query cannot be answered: " if reads else "the published warehouse is only read"
    assert shown.err.startswith(f"error: {wanted}")
    assert {path.name for path in tmp_path.iterdir()} == {"secret.csv", "warehouse"}
    assert (root / "warehouse.duckdb").read_bytes() == before


def test_a_question_that_is_none_is_told_so(run):
    shown = run("query", " ", "--warehouse", small_build()[0])
    assert (shown.code, shown.out) == (1, "")
    assert "there is no question" in shown.err


@pytest.mark.parametrize("sql", ["describe papers", "pivot papers on year using count(*)"])
def test_every_statement_that_only_reads_is_a_question(sql, run):
    assert run("query", sql, "--warehouse", small_build()[0]).code == 0


def test_an_older_version_answers_too(run, two_versions):
    sql = "select count(*) as n from papers"
    latest, first = [v.id for v in publishing.versions(Warehouse(two_versions))]
    ask = ("query", sql, "--format", "csv", "--warehouse", two_versions)
    assert run(*ask).out == "n\n11\n"
    assert run(*ask, "--version", latest).out == "n\n11\n"
    assert run(*ask, "--version", first).out == "n\n6\n"


# ---------------------------------------------------------------- export


@pytest.fixture(scope="module")
def exported(two_versions) -> Path:
    """All tables of the odd titles as CSV; read only."""
    target = scratch() / "exported"
    put(target, {"mine.txt": "left alone"})
    export(publishing.find_version(Warehouse(two_versions), None), target)
    return target


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_export_writes_every_table_and_names_the_files(run, tmp_path):
    shown = run("export", "--to", tmp_path / "out", "--warehouse", small_build()[0])
    assert shown.code == 0
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {f"{name}.csv" for name in PUBLISHED} | {"datapackage.json", "manifest.json"}
    assert f"{tmp_path / 'out' / 'papers.csv'}: 6 rows" in shown.out
    assert len(shown.out.splitlines()) == len(PUBLISHED) + 2


def test_export_of_some_tables_of_an_older_version_as_parquet(run, tmp_path, two_versions):
    first = publishing.versions(Warehouse(two_versions))[-1].id
    arguments = ("--format", "parquet", "--version", first, "--to", tmp_path / "out")
    shown = run("export", "papers", "topics", *arguments, "--warehouse", two_versions)
    assert shown.code == 0
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"papers.parquet", "topics.parquet", "datapackage.json", "manifest.json"}
    papers = pq.read_table(tmp_path / "out" / "papers.parquet")
    assert papers.num_rows == 6
    assert str(papers.schema.field("sources").type).startswith("list<")
    package = json.loads((tmp_path / "out" / "datapackage.json").read_text("utf-8"))
    assert [resource["title"] for resource in package["resources"]] == ["papers", "topics"]
    assert package["version"] == first


def test_export_leaves_other_files_and_no_traces(exported):
    assert (exported / "mine.txt").read_text("utf-8") == "left alone"
    assert not [path for path in exported.iterdir() if path.name.startswith(".")]


def test_exported_rows_are_the_published_rows(exported, two_versions):
    with duckdb.connect(str(two_versions / "warehouse.duckdb"), read_only=True) as con:
        for name in PUBLISHED:
            (n_rows,) = con.execute(f"select count(*) from {name}").fetchone()
            assert len(read_csv(exported / f"{name}.csv")) == n_rows, name
    papers = {row["title"]: row for row in read_csv(exported / "papers.csv")}
    lazy = papers["Federated Learning with Lazy Clients"]
    assert lazy["sources"] == "arrow; scholar_feed"
    assert lazy["published_date"] == "2022-03-03"
    assert lazy["doi"] == ""
    assert lazy["first_seen_at"] == "2026-03-01T08:00:00Z"
    names = {row["author_name"] for row in read_csv(exported / "authors.csv")}
    assert "José Peña" in names


def test_no_cell_is_a_formula_to_a_spreadsheet(exported):
    titles = {row["title"] for row in read_csv(exported / "papers.csv")}
    assert set(FORMULAS.values()) <= titles
    numbers = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?")
    for path in exported.glob("*.csv"):
        for row in read_csv(path):
            for column, cell in row.items():
                if cell[:1] in "=+-@\t\r" and cell and not numbers.fullmatch(cell):
                    pytest.fail(f"{path.name}, {column}: {cell}")


def test_the_data_dictionary_describes_every_column_of_every_table(exported):
    package = json.loads((exported / "datapackage.json").read_text("utf-8"))
    described = {resource["title"]: resource for resource in package["resources"]}
    assert set(described) == set(PUBLISHED) == set(exportable())
    for name, resource in described.items():
        header = read_header(exported / resource["path"])
        fields = resource["schema"]["fields"]
        assert [field["name"] for field in fields] == header, name
        assert "one row per" in resource["description"]
        for field in fields:
            assert len(field["description"]) >= 8, f"{name}.{field['name']}"
            assert field["type"] in {
                *("string", "integer", "number", "boolean", "date", "datetime")
            }


def read_header(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as stream:
        return next(csv.reader(stream))


def assert_valid(folder: Path) -> None:
    """Check package, hashes, types, constraints, keys and foreign keys with frictionless."""
    report = frictionless.validate(str(folder / "datapackage.json"))
    errors = report.flatten(["title", "type", "fieldName", "rowNumber", "message"])
    assert report.valid, errors[:10]
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    n_read = {task.name.replace("-", "_"): task.stats.get("rows", 0) for task in report.tasks}
    assert n_read == manifest["row_counts"]


def test_the_package_is_valid_by_the_standard(exported):
    assert_valid(exported)


@needs_sample
def test_the_package_of_the_sample_corpus_is_valid_by_the_standard(tmp_path):
    export(publishing.find_version(Warehouse(sample_warehouse()), None), tmp_path)
    assert_valid(tmp_path)


def test_a_wrong_cell_would_be_found(exported, tmp_path):
    """Guards the two tests above: frictionless must really read the cells."""
    broken = Path(shutil.copytree(exported, tmp_path / "broken"))
    text = (broken / "papers.csv").read_text("utf-8")
    (broken / "papers.csv").write_text(text.replace(",2022,", ",MMXXII,"), "utf-8")
    assert not frictionless.validate(str(broken / "datapackage.json")).valid


def test_the_manifest_names_build_inputs_and_counts(exported, two_versions):
    manifest = json.loads((exported / "manifest.json").read_text("utf-8"))
    current = publishing.versions(Warehouse(two_versions))[0]
    assert manifest["build_id"] == current.id
    assert manifest["built_at"] == "2026-03-02T08:00:00Z"
    assert manifest["content_hash"] == current.content
    dumps = {row["dump_id"]: row["path"] for row in table(two_versions, "raw.dumps")}
    assert manifest["input_hashes"] == dumps
    assert len(dumps) == 4
    assert manifest["row_counts"]["papers"] == 11
    assert set(manifest["row_counts"]) == set(PUBLISHED)
    assert {"papermart", "duckdb", "python"} <= set(manifest["versions"])
    assert sorted(manifest["files"]) == sorted(f"{name}.csv" for name in PUBLISHED)


# ---------------------------------------------------------------- status, versions, rollback


def test_status_before_anything_is_built(run, tmp_path):
    shown = run("status", "--raw", small_raw(), "--warehouse", tmp_path / "w")
    assert shown.code == 0
    assert "nothing published yet; run `papermart build`" in shown.out
    assert "3 files are new, moved or gone" in shown.out
    assert not (tmp_path / "w").exists()


def test_status_of_a_fresh_a_stale_and_an_orphaned_warehouse(run, root, tmp_path):
    fresh = run("status", "--raw", small_raw(), "--warehouse", root)
    assert f"published version {small_build()[1].version.id}" in fresh.out
    assert "all pages are in the warehouse" in fresh.out
    assert "dumps: 3, 8 records, 0 set aside, 0 lines not understood" in fresh.out
    raw = put(tmp_path / "raw", PAGES | {"new.txt": "new"})
    (raw / "bo.txt").unlink()
    stale = run("status", "--raw", raw, "--warehouse", root)
    assert "2 files are new, moved or gone since the last build" in stale.out
    orphaned = run("status", "--raw", tmp_path / "nowhere", "--warehouse", root)
    assert orphaned.code == 1, "a script that asks must notice"
    assert f"raw folder {tmp_path / 'nowhere'}: is not there" in orphaned.out


@needs_sample
def test_status_tells_of_checks_that_warn(run):
    shown = run("status", "--raw", SAMPLE, "--warehouse", sample_warehouse())
    assert "warning: papers: the year is unknown" in shown.out


def test_versions_are_listed_the_latest_first(run, two_versions, tmp_path):
    lines = run("versions", "--warehouse", two_versions).out.splitlines()
    assert [line[:2] for line in lines] == ["* ", "  "]
    assert lines[0][2:] > lines[1][2:]
    assert "nothing is published yet" in run("versions", "--warehouse", tmp_path / "w").out


def test_rollback_goes_back_and_survives_an_unchanged_build(run, two_versions, tmp_path):
    root = copy_of(two_versions, tmp_path / "w")
    latest, first = [v.id for v in publishing.versions(Warehouse(root))]
    ask = ("query", "select count(*) as n from papers", "--format", "csv", "--warehouse", root)
    assert run("rollback", "--warehouse", root).out == f"published is now {first}\n"
    assert run(*ask).out == "n\n6\n"

    unchanged = build(scratch() / "odd-raw", Warehouse(root), now=MORNING + timedelta(days=2))
    assert not unchanged.is_published
    assert run(*ask).out == "n\n6\n"
    assert run("versions", "--warehouse", root).out == f"  {latest}\n* {first}\n"

    beyond = run("rollback", "--warehouse", root)
    assert beyond.code == 1
    assert "there is no version before the published one" in beyond.err
    unknown = run("rollback", "20200101T000000-x", "--warehouse", root)
    assert (unknown.code, "no version 20200101T000000-x" in unknown.err) == (1, True)
    for command in ("build", "status"):
        said = run(command, "--raw", scratch() / "odd-raw", "--warehouse", root).out
        assert "rolled back" in said
        assert f"`papermart rollback {latest}` returns to it" in said

    assert run("rollback", latest, "--warehouse", root).code == 0
    assert run(*ask).out == "n\n11\n"
    run("rollback", "--warehouse", root)
    put(tmp_path / "raw", {"ann.txt": PAGES["ann.txt"]})
    changed = build(tmp_path / "raw", Warehouse(root), now=MORNING + timedelta(days=3))
    assert changed.is_published
    assert run(*ask).out == "n\n3\n"


# ---------------------------------------------------------------- help

HELP = {
    "build": ["--raw", "--warehouse", "PAPERMART_RAW"],
    "query": ["--format", "--warehouse", "--version", "table", "csv", "json", "parquet"],
    "export": ["--to", "--format", "--warehouse", "--version"],
    "status": ["--raw", "--warehouse"],
    "versions": ["--warehouse", "PAPERMART_WAREHOUSE"],
    "rollback": ["ID", "--warehouse"],
}


@pytest.mark.parametrize("command", HELP)
def test_help_names_every_option(command, run):
    shown = run(command, "--help")
    assert shown.code == 0
    for word in HELP[command]:
        assert word in shown.out, word


def test_the_version_is_that_of_the_package(run):
    assert run("--version").out == f"papermart {metadata.version('papermart')}\n"


def test_help_lists_every_command_and_no_arguments_mean_help(run):
    listed = run("--help")
    bare = run()
    for command in HELP:
        assert re.search(rf"^[│ ]*{command} ", listed.out, re.MULTILINE), command
        assert command in bare.out + bare.err
    assert listed.code == 0
    assert bare.code in {0, 2}
    registered = {info.name or info.callback.__name__ for info in cli.app.registered_commands}
    assert registered >= set(HELP)
