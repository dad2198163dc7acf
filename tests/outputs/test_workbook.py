"""`papermart export` for spreadsheets: what a person sees who opens the file."""

import codecs
import csv
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from helpers import (
    FORMULAS,
    ODD,
    PAGES,
    asked,
    made_once,
    needs_sample,
    papermart,
    put,
    sample_warehouse,
    two_versions,
)

from pipeline.contract.errors import PipelineError
from pipeline.contract.specs import ColumnSpec, TableSpec
from pipeline.outputs import workbook
from pipeline.outputs.export import export, exportable
from pipeline.outputs.workbook import write_workbook
from pipeline.storage.versions import find_version
from pipeline.storage.warehouse import Warehouse

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
pytestmark = needs_sample
needs_office = pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")


@pytest.fixture(scope="module")
def exported() -> Path:
    """The papers of the sample, as CSV and as a workbook."""
    version = find_version(Warehouse(sample_warehouse()), None)

    def make(target: Path) -> None:
        export(version, target, ["papers"])
        export(version, target, ["papers"], "xlsx")

    return made_once("for-spreadsheets", make)[0]


def rows_of(file: Path, sheet: str) -> Iterator[dict[str, object]]:
    """Yield the rows of a sheet by the names in its first line."""
    names, *rows = openpyxl.load_workbook(file)[sheet].iter_rows(values_only=True)
    for row in rows:
        yield dict(zip(map(str, names), row, strict=True))


def day_of(cell: object) -> date | None:
    """Return the day of a cell; a spreadsheet knows times only."""
    return cell.date() if isinstance(cell, datetime) else None


def published(columns: str) -> list[tuple]:
    """Return what the published file says of the papers, by title."""
    file = sample_warehouse() / "warehouse.duckdb"
    return asked(file, f"select {columns} from papers order by title")


# ---------------------------------------------------------------- a workbook


def test_identifiers_dates_and_numbers_are_what_they_are(exported):
    papers = sorted(rows_of(exported / "papers.xlsx", "papers"), key=lambda row: str(row["title"]))
    known = published("title, arxiv_id, year, published_date, link, authors")
    assert len(papers) == len(known) > 3
    for paper, (title, arxiv_id, year, day, link, authors) in zip(papers, known, strict=True):
        assert (paper["title"], paper["arxiv_id"], paper["year"]) == (title, arxiv_id, year)
        assert day_of(paper["published_date"]) == day
        assert (paper["link"], paper["authors"]) == (link, authors and "; ".join(authors))
    assert any(arxiv_id for _, arxiv_id, *_ in known)


def test_links_can_be_clicked_and_nothing_else_becomes_one(exported):
    sheet = openpyxl.load_workbook(exported / "papers.xlsx")["papers"]
    names = [cell.value for cell in sheet[1]]
    clicked = sorted(
        (names[cell.column - 1], cell.value)
        for row in sheet.iter_rows(min_row=2)
        for cell in row
        if cell.hyperlink and cell.hyperlink.target == cell.value
    )
    known = ((name, value) for name in ("link", "url") for (value,) in published(name))
    assert clicked == sorted((name, value) for name, value in known if value)


@pytest.mark.parametrize(
    ("value", "is_link"),
    [
        ("https://arxiv.org/abs/2106.01540", True),
        ("http://a.example/b?c=d#e", True),
        ("see https://a.example", False),
        ("https://a.example and more", False),
        ("javascript:alert(1)", False),
        ("file:///etc/passwd", False),
        ("internal:Sheet2!A1", False),
        ("https://a.example/" + "x" * 3000, False),
    ],
)
def test_only_an_address_of_the_web_is_a_link(value, is_link, tmp_path):
    """A text of a page cannot open a file or another sheet."""
    write_workbook(tmp_path / "t.xlsx", ODD_TABLE, [[[1, value, None]]], {})
    cell = openpyxl.load_workbook(tmp_path / "t.xlsx")[ODD_TABLE.name]["B2"]
    assert (cell.value, cell.hyperlink is not None) == (value, is_link)


def test_no_cell_of_a_workbook_is_a_formula(tmp_path):
    export(find_version(Warehouse(two_versions()), None), tmp_path, ["papers"], "xlsx")
    cells = openpyxl.load_workbook(tmp_path / "papers.xlsx")["papers"].iter_rows()
    types = {str(cell.value): cell.data_type for row in cells for cell in row}
    assert {types[title] for title in FORMULAS} == {"s"}


def test_the_first_sheet_explains_the_other_one(exported):
    book = openpyxl.load_workbook(exported / "papers.xlsx")
    assert book.sheetnames == ["Start here", "papers"]
    said = {row[0]: row[1] for row in book["Start here"].iter_rows(values_only=True)}
    ((build_id,),) = asked(
        sample_warehouse() / "warehouse.duckdb", "select build_id from build_info"
    )
    assert str(said["build"]).startswith(build_id)
    spec = exportable()["papers"]
    assert said["what it is"] == spec.description
    assert all(said[column.name] == column.description for column in spec.columns)


def test_the_most_recent_papers_come_first(exported):
    with (exported / "papers.csv").open(encoding="utf-8-sig", newline="") as stream:
        years = [row["year"] for row in csv.DictReader(stream)]
    known = [year for year in years if year]
    assert known == sorted(known, reverse=True)
    assert years[: len(known)] == known  # those without a year last


def test_the_same_rows_give_the_same_file(exported, tmp_path):
    export(find_version(Warehouse(sample_warehouse()), None), tmp_path, ["papers"], "xlsx")
    again = (tmp_path / "papers.xlsx").read_bytes()
    assert again == (exported / "papers.xlsx").read_bytes()


ODD_TABLE = TableSpec(
    layer="marts",
    name="odd",
    description="Values that a spreadsheet cannot hold as they are.",
    grain="one row per value",
    key=("n",),
    columns=(
        ColumnSpec(name="n", type="BIGINT", description="A number."),
        ColumnSpec(name="text", type="VARCHAR", description="Some text."),
        ColumnSpec(name="day", type="DATE", description="Some day."),
    ),
)


def test_what_a_cell_cannot_hold_stands_as_text_or_says_that_it_is_cut(tmp_path):
    rows = [
        (2**60, "x" * 40_000, date(1873, 5, 1)),
        (1, "=1+1", date(2026, 2, 28)),
        (2, "_x0041_ and <tags> & \u200eÉ 山", None),
    ]
    assert write_workbook(tmp_path / "odd.xlsx", ODD_TABLE, [rows], {}) == 3
    first, second, third = rows_of(tmp_path / "odd.xlsx", "odd")
    assert first["n"] == str(2**60)
    assert len(str(first["text"])) == 32_767
    assert str(first["text"]).endswith("the Parquet file has it whole)")
    assert first["day"] == "1873-05-01"
    assert (second["n"], second["text"]) == (1, "=1+1")
    assert day_of(second["day"]) == date(2026, 2, 28)
    assert str(third["text"]).endswith("and <tags> & \u200eÉ 山")


def test_more_rows_than_a_sheet_holds_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "MOST_ROWS", 2)
    pages = [[(n, "x", None) for n in range(2)], [(2, "x", None)]]
    with pytest.raises(PipelineError, match=r"odd has more rows than a sheet holds \(2\).* csv"):
        write_workbook(tmp_path / "odd.xlsx", ODD_TABLE, pages, {})


# ---------------------------------------------------------------- CSV


def test_csv_begins_with_a_mark_that_excel_knows_unless_told_otherwise(exported, tmp_path):
    assert (exported / "papers.csv").read_bytes().startswith(codecs.BOM_UTF8)
    arguments = ("export", "papers", "--no-bom", "--to", tmp_path)
    assert papermart(*arguments, "--warehouse", sample_warehouse()).returncode == 0
    marked = (exported / "papers.csv").read_bytes()
    assert (tmp_path / "papers.csv").read_bytes() == marked.removeprefix(codecs.BOM_UTF8)


def test_long_tables_are_exported_when_they_are_named(tmp_path):
    arguments = ("--to", tmp_path, "--warehouse", two_versions())
    assert papermart("export", *arguments).returncode == 0
    assert (tmp_path / "papers.csv").exists()
    assert not (tmp_path / "paper_values.csv").exists()
    assert papermart("export", "paper_values", *arguments).returncode == 0
    assert (tmp_path / "paper_values.csv").exists()


# ---------------------------------------------------------------- a real spreadsheet


# Comma, quote, UTF-8; on writing: cells as shown, every sheet (-1) or the first one.
_CSV = "Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false"


def opened(file: Path, folder: Path) -> list[dict[str, str]]:
    """Return the rows that LibreOffice shows of the papers in a file."""
    profile = f"-env:UserInstallation=file://{folder}/profile"
    read = ["--infilter=CSV:44,34,76,1"] if file.suffix == ".csv" else []
    command = [str(OFFICE), "--headless", profile, *read, "--convert-to", f"csv:{_CSV},-1"]
    subprocess.run([*command, "--outdir", folder, file], capture_output=True, check=True)
    (found,) = (path for path in folder.glob("papers*.csv") if "Start" not in path.name)
    with found.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@needs_office
@pytest.mark.slow
def test_libreoffice_keeps_every_identifier_of_a_workbook(exported, tmp_path):
    shown = {row["title"]: row for row in opened(exported / "papers.xlsx", tmp_path)}
    for title, arxiv_id, paper_id, doi in published("title, arxiv_id, paper_id, doi"):
        row = shown[title]
        assert (row["arxiv_id"], row["paper_id"]) == (arxiv_id or "", paper_id)
        assert row["doi"] == (doi or "")


@needs_office
@pytest.mark.slow
def test_libreoffice_keeps_every_link_of_a_csv_file_and_its_accents(exported, tmp_path):
    shown = {row["paper_id"]: row for row in opened(exported / "papers.csv", tmp_path)}
    for paper_id, link, first_author in published("paper_id, link, first_author"):
        assert (shown[paper_id]["link"], shown[paper_id]["first_author"]) == (
            link or "",
            first_author or "",
        )


# ---------------------------------------------------------------- kept up to date


def test_a_build_that_publishes_writes_the_exports_anew(tmp_path):
    """Tables, formats and marks stay as they were asked for; other files are left alone."""
    raw, root, out = put(tmp_path / "raw", PAGES), tmp_path / "warehouse", tmp_path / "out"

    def run(*arguments: str | Path) -> str:
        return papermart(*arguments, "--warehouse", root, PAPERMART_EXPORTS=out).stdout

    assert "exports:" not in run("build", "--raw", raw)
    assert not out.exists()
    run("export", "papers", "--no-bom")
    run("export", "topics", "--format", "xlsx")
    put(out, {"mine.txt": "left alone"})
    assert "exports:" not in run("build", "--raw", raw)  # nothing is new
    put(raw, {"odd.txt": ODD})
    assert f"exports: 2 files in {out} written anew" in run("build", "--raw", raw)
    assert {file.name for file in out.iterdir()} == {
        *("papers.csv", "topics.xlsx", "mine.txt", "manifest.json", "datapackage.json")
    }
    assert not (out / "papers.csv").read_bytes().startswith(codecs.BOM_UTF8)
    ((n_papers,),) = asked(root / "warehouse.duckdb", "select count(*) from papers")
    with (out / "papers.csv").open(encoding="utf-8", newline="") as stream:
        assert len(list(csv.DictReader(stream))) == n_papers > 6


def test_exports_of_another_warehouse_are_left_alone(tmp_path):
    raw, out = put(tmp_path / "raw", PAGES), tmp_path / "out"
    papermart("export", "papers", "--to", out, "--warehouse", two_versions())
    before = (out / "papers.csv").read_bytes()
    arguments = ("build", "--raw", raw, "--warehouse", tmp_path / "warehouse")
    assert papermart(*arguments, PAPERMART_EXPORTS=out).returncode == 0
    assert (out / "papers.csv").read_bytes() == before
