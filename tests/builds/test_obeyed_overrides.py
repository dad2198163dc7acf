"""Corrections are obeyed before every match, and a line that is not obeyed is named."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from helpers import (
    MORNING,
    assert_clean_failure,
    copy_of,
    make_only,
    papermart,
    rows,
    small_build,
    small_raw,
    snapshot,
    table,
)

from pipeline.builds.run import build
from pipeline.storage.warehouse import Warehouse

HEADER = "left,right,decision,who,when,why\n"
NOWHERE = "p0123456789abcdef"  # the id of no paper


@pytest.fixture
def file(tmp_path):
    return tmp_path / "overrides.csv"


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A warehouse whose builds make what corrections show in, and no more."""
    root = copy_of(small_build()[0], tmp_path / "warehouse")
    make_only(monkeypatch, "marts.paper_records", "marts.review_queue", "marts.overrides")
    monkeypatch.setattr("pipeline.cli.build._COUNTED", ("papers",))
    return root


def write(file: Path, *lines: str) -> Path:
    file.write_text(HEADER + "".join(f"{line}\n" for line in lines), "utf-8")
    return file


def test_a_wrong_file_stops_the_build_before_anything_is_written(file, root):
    file.write_text("one,two\n", "utf-8")
    before = snapshot(root, "tables") | snapshot(root, "versions")
    run = papermart("build", "--raw", small_raw(), "--warehouse", root, "--overrides", file)
    assert_clean_failure(run, "overrides.csv, line 1", "left,right,decision,who,when,why")
    assert snapshot(root, "tables") | snapshot(root, "versions") == before


def records(root: Path, title: str) -> list[str]:
    found = rows(
        f"select record_id from '{root}/tables/staging/records/*.parquet' where title = ?"
        " order by record_id",
        title,
    )
    return [row["record_id"] for row in found]


def pair_of(row: dict[str, Any]) -> set[str]:
    return {row["record_id_l"], row["record_id_r"]}


TWICE, DRIFT = "Federated Learning with Lazy Clients", "Measuring Drift in Recommender Systems"


def test_not_same_parts_what_matches_and_same_joins_what_does_not(file, root):
    one, two = records(root, TWICE)
    (drift,) = records(root, DRIFT)
    write(file, f"{two},{one},not_same,ann,2026-03-01,", f"{drift},{one},same,ann,,")
    warehouse = Warehouse(root)
    report = build(small_raw(), warehouse, now=MORNING + timedelta(days=1), overrides=file)
    assert report.is_published
    papers = {r["record_id"]: r["paper_id"] for r in table(root, "marts.paper_records")}
    assert papers[one] == papers[drift] != papers[two]
    pairs = table(root, "linkage.overrides")
    assert {(p["record_id_l"], p["record_id_r"], p["decision"], p["line"]) for p in pairs} == {
        (*sorted((one, two)), "not_same", 2),
        (*sorted((one, drift)), "same", 3),
    }
    # The evidence stays as it was, the decision counts; what is decided waits for nobody.
    (match,) = [m for m in table(root, "linkage.matches") if pair_of(m) == {one, two}]
    assert match["match_probability"] > 0.6
    assert (match["match_status"], match["match_rule"]) == ("distinct", "decided_not_same")
    assert {papers[one], papers[two]} not in [
        {near["paper_id_l"], near["paper_id_r"]} for near in table(root, "marts.review_queue")
    ]
    # The same file again is nothing new; nor is its place.
    before = snapshot(root, "tables")
    moved = file.rename(file.with_name("moved.csv"))
    again = build(small_raw(), warehouse, now=MORNING + timedelta(days=2), overrides=moved)
    assert not again.is_published
    assert [t.name for t in again.tables if t.is_changed] == []
    assert snapshot(root, "tables") == before
    # Without it all is as it was.
    build(small_raw(), warehouse, now=MORNING + timedelta(days=3))
    first = {r["record_id"]: r["paper_id"] for r in table(small_build()[0], "marts.paper_records")}
    after = {r["record_id"]: r["paper_id"] for r in table(root, "marts.paper_records")}
    assert after == first


def test_lines_not_obeyed_are_told_by_build_status_and_query(file, root):
    one, two = records(root, TWICE)
    (drift,) = records(root, DRIFT)
    write(
        file,
        f"{one},{drift},same,ann,,",
        f"{drift},{one},not_same,bo,,",
        f"{one},{NOWHERE},same,ann,,",
        f"{one},{two},maybe,ann,,",
        f"{one},{two},not_same,cy,,",
    )
    arguments = ["--raw", small_raw(), "--warehouse", root, "--overrides", file]
    for command in ("build", "status"):
        run = papermart(command, *arguments)
        assert run.returncode == 0, run.stderr
        told = [line.strip() for line in run.stdout.splitlines() if "not obeyed: " in line]
        assert [line.partition(", column")[0] for line in told] == [
            f"not obeyed: overrides.csv, line {n}" for n in (2, 3, 4, 5)
        ]
        assert "contradict line 3: together they say both same and not_same" in told[0]
        assert f"column right: no page in the warehouse has {NOWHERE}; correct it" in told[2]
        (line,) = [line for line in run.stdout.splitlines() if "warning: overrides: " in line]
        assert line == (
            "  warning: overrides: 4 rows fail the check that every line of the overrides file "
            "is obeyed"
        )
    papers = {r["record_id"]: r["paper_id"] for r in table(root, "marts.paper_records")}
    assert len({papers[one], papers[two], papers[drift]}) == 3
    sql = "select line, is_applied from overrides order by line"
    asked = papermart("query", sql, "--format", "json", "--warehouse", root)
    obeyed = [row["line"] for row in json.loads(asked.stdout) if row["is_applied"]]
    assert obeyed == [6]


def test_the_file_is_found_by_the_environment(file, root):
    one, two = records(root, TWICE)
    write(file, f"{one},{two},not_same,ann,,")
    run = papermart(
        "build", PAPERMART_RAW=small_raw(), PAPERMART_WAREHOUSE=root, PAPERMART_OVERRIDES=file
    )
    assert run.returncode == 0, run.stderr
    assert len(table(root, "linkage.overrides")) == 1
