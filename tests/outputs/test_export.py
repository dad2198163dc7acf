"""`papermart export`: files for other tools, described by the standard they are read by."""

import csv
import json
import re
import shutil
from pathlib import Path

import duckdb
import frictionless
import pyarrow.parquet as pq
import pytest
from helpers import (
    FORMULAS,
    PUBLISHED,
    asked,
    made_once,
    needs_sample,
    papermart,
    put,
    sample_warehouse,
    small_build,
    table,
    two_versions,
)

from pipeline.contract.errors import PipelineError
from pipeline.models.views import load_views
from pipeline.outputs.export import export, exportable
from pipeline.storage.versions import find_version, versions
from pipeline.storage.warehouse import Warehouse

# ---------------------------------------------------------------- export


@pytest.fixture(scope="module")
def exported() -> Path:
    """All tables of the odd titles as CSV; read only."""
    version = find_version(Warehouse(two_versions()), None)

    def make(target: Path) -> None:
        put(target, {"mine.txt": "left alone"})
        export(version, target, PUBLISHED)

    return made_once("exported", make)[0]


# Tables that are exported without being named.
SHORT = {name for name, spec in exportable().items() if not spec.is_for_looking_up}


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_export_writes_every_short_table_and_names_the_files(tmp_path):
    shown = papermart("export", "--to", tmp_path / "out", "--warehouse", small_build()[0])
    assert shown.returncode == 0
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {f"{name}.csv" for name in SHORT} | {"datapackage.json", "manifest.json"}
    assert f"{tmp_path / 'out' / 'papers.csv'}: 6 rows" in shown.stdout
    assert len(shown.stdout.splitlines()) == len(SHORT) + 2


def test_export_of_some_tables_of_an_older_version_as_parquet(tmp_path):
    first = versions(Warehouse(two_versions()))[-1].id
    arguments = ("--format", "parquet", "--version", first, "--to", tmp_path / "out")
    shown = papermart("export", "papers", "topics", *arguments, "--warehouse", two_versions())
    assert shown.returncode == 0
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


def test_exported_rows_are_the_published_rows(exported):
    file = two_versions() / "warehouse.duckdb"
    for name in PUBLISHED:
        ((n_rows,),) = asked(file, f"select count(*) from {name}")
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
    assert set(described) == set(PUBLISHED)
    assert set(exportable()) == {*PUBLISHED, *load_views()}
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
    with path.open(encoding="utf-8-sig", newline="") as stream:
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
    export(find_version(Warehouse(sample_warehouse()), None), tmp_path)
    assert_valid(tmp_path)


def test_a_wrong_cell_would_be_found(exported, tmp_path):
    """Guards the two tests above: frictionless must really read the cells."""
    broken = Path(shutil.copytree(exported, tmp_path / "broken"))
    text = (broken / "papers.csv").read_text("utf-8")
    (broken / "papers.csv").write_text(text.replace(",2022,", ",MMXXII,"), "utf-8")
    assert not frictionless.validate(str(broken / "datapackage.json")).valid


def test_the_manifest_names_build_inputs_and_counts(exported):
    manifest = json.loads((exported / "manifest.json").read_text("utf-8"))
    current = versions(Warehouse(two_versions()))[0]
    assert manifest["build_id"] == current.id
    assert manifest["built_at"] == "2026-03-02T08:00:00Z"
    assert manifest["content_hash"] == current.content
    dumps = {row["dump_id"]: row["path"] for row in table(two_versions(), "raw.dumps")}
    assert manifest["input_hashes"] == dumps
    assert len(dumps) == 4
    assert manifest["row_counts"]["papers"] == 11
    assert set(manifest["row_counts"]) == set(PUBLISHED)
    assert {"papermart", "duckdb", "python"} <= set(manifest["versions"])
    assert sorted(manifest["files"]) == sorted(f"{name}.csv" for name in PUBLISHED)


def test_a_version_of_an_earlier_release_is_exported_without_later_tables(tmp_path):
    version = find_version(Warehouse(two_versions()), None)
    earlier = Path(shutil.copy(version, tmp_path / "version.duckdb"))
    with duckdb.connect(str(earlier)) as con:
        con.execute("drop table guardrails; drop table changes")
    written = export(earlier, tmp_path / "out")
    assert {file.table for file in written.files} == SHORT - {"guardrails", "changes"}
    with pytest.raises(PipelineError, match="before there was a table changes; run `papermart"):
        export(earlier, tmp_path / "other", ["papers", "changes"])
    assert not list((tmp_path / "other").iterdir())
