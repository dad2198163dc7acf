"""`papermart changes`: what differs between two versions, in words and as rows."""

import csv
import io
import json
import subprocess
import sys
from datetime import timedelta

import pytest
from helpers import (
    MORNING,
    PAGES,
    asked,
    assert_clean_failure,
    copy_of,
    papermart,
    put,
    small_build,
    two_versions,
    written,
)

from pipeline.builds.run import build
from pipeline.outputs.changes import change_line
from pipeline.storage.versions import versions
from pipeline.storage.warehouse import Warehouse


def test_the_current_version_is_compared_with_the_one_before():
    root = two_versions()
    new, old = (version.id for version in versions(Warehouse(root)))
    shown = papermart("changes", "--warehouse", root)
    assert (shown.returncode, shown.stderr) == (0, "")
    lines = shown.stdout.splitlines()
    assert lines[:3] == [f"from {old} to {new}", "papers: 5 new", "authors: 2 new"]
    assert any(line.endswith(" Costs = Benefits") for line in lines)

    def rows(*arguments: str) -> list[dict[str, str]]:
        done = papermart("changes", *arguments, "--format", "csv", "--warehouse", root)
        assert done.returncode == 0, done.stderr
        return list(csv.DictReader(io.StringIO(done.stdout)))

    # The table of the version says the same.
    told = asked(root / "warehouse.duckdb", "select kind, change, id from changes order by all")
    assert sorted((r["kind"], r["change"], r["id"]) for r in rows()) == told == sorted(told)
    assert rows() == rows(old) == rows(old, new)
    # And it can be asked backwards: what is new then goes.
    back = [row for row in rows(new, old) if row["kind"] == "paper"]
    assert {row["change"] for row in back} == {"gone"}
    assert len(back) == 5
    as_json = papermart("changes", old, new, "--format", "json", "--warehouse", root)
    assert len(json.loads(as_json.stdout)) == len(told)
    same = papermart("changes", new, new, "--warehouse", root).stdout
    assert same.splitlines() == [f"from {new} to {new}", "nothing differs"]


def test_a_correction_is_told_as_what_it_did(tmp_path):
    house = Warehouse(copy_of(small_build()[0], tmp_path / "warehouse"))
    raw, lines = put(tmp_path / "raw", PAGES), tmp_path / "overrides.csv"
    titles = dict(asked(house.published, "select title, paper_id from papers"))
    one, other = titles["Tiny Codes for Big Archives"], titles["Sparse Attention on Small Devices"]
    lines.write_text(f"left,right,decision,who,when,why\n{one},{other},same,ann,,x\n", "utf-8")
    build(raw, house, now=MORNING + timedelta(days=1), overrides=lines)
    shown = papermart("changes", "--warehouse", house.root).stdout
    (kept,) = {one, other} & {
        id_ for (id_,) in asked(house.published, "select paper_id from papers")
    }
    (left,) = {one, other} - {kept}
    assert f"  paper merged: {left[:9]} " in shown
    assert f", into {kept[:9]}\n" in shown
    assert f"  decision new: {one[:9]} {other[:9]} ann, decision: unknown -> 'same'" in shown
    assert "papers: 1 changed, 1 merged\n" in shown

    lines.write_text("left,right,decision,who,when,why\n", "utf-8")
    build(raw, house, now=MORNING + timedelta(days=2), overrides=lines)
    shown = papermart("changes", "--warehouse", house.root).stdout
    assert f"  paper split: {left[:9]} " in shown
    assert f", from {kept[:9]}\n" in shown
    assert "paper new: " not in shown
    assert f"  decision gone: {one[:9]} {other[:9]} ann" in shown


def test_ids_are_cut_short_in_words_and_what_is_no_id_is_not():
    """A line of the overrides file may name anything, and the name of a topic has no digits."""
    root = two_versions()
    rows = papermart("changes", "--format", "json", "--warehouse", root).stdout
    papers = [row for row in json.loads(rows) if row["kind"] == "paper"]
    shown = papermart("changes", "--warehouse", root).stdout
    for row in papers:
        assert row["id"] not in shown
        assert f"  paper new: {row['id'][:9]} {row['name']}" in shown
    assert papermart("explain", papers[0]["id"][:9], "--warehouse", root).returncode == 0
    odd = {"kind": "decision", "change": "new", "name": "ann", "other_id": None, "field": None}
    line = change_line(odd | {"id": "10.1145/3292500.3330 4b4fcbdbc598f512-0007"})
    assert line == "  decision new: 10.1145/3292500.3330 4b4fcbdb-0007 ann"


def test_what_cannot_be_compared_is_said(tmp_path):
    root = small_build()[0]
    (only,) = versions(Warehouse(root))
    first = papermart("changes", "--warehouse", root)
    assert_clean_failure(first, f"there is no version before {only.id}")
    assert_clean_failure(papermart("changes", "x", "--warehouse", root), "no version x")
    nothing = papermart("changes", "--warehouse", tmp_path / "none")
    assert_clean_failure(nothing, "nothing is published")
    house = Warehouse(copy_of(root, tmp_path / "warehouse"))
    old = house.versions / "20250101T000000-0123456789ab.duckdb"
    written(old, "create table papers (paper_id varchar)")
    bare = papermart("changes", "--warehouse", house.root)
    assert_clean_failure(bare, f"version {old.stem} was published by a papermart that kept too")


@pytest.mark.parametrize("form", ["table", "parquet"])
def test_rows_come_in_other_forms(form):
    command = (sys.executable, "-m", "pipeline.cli", "changes")
    done = subprocess.run(
        [*command, "--format", form, "--warehouse", str(two_versions())],
        capture_output=True,
        check=True,
    )
    assert done.stdout.startswith(b"PAR1" if form == "parquet" else "┏".encode())
