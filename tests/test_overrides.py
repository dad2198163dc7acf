"""Corrections people write down: read with line numbers, obeyed before every match, never lost."""

import json
import os
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from helpers import (
    MORNING,
    ROOT,
    assert_clean_failure,
    copy_of,
    papermart,
    rows,
    small_build,
    small_raw,
    snapshot,
    table,
)

from pipeline.build import build
from pipeline.defs.assets import overrides_file
from pipeline.defs.automation import new_dumps
from pipeline.defs.resources import Folders
from pipeline.errors import PipelineError
from pipeline.overrides import read_overrides
from pipeline.warehouse import Warehouse

HEADER = "left,right,decision,who,when,why\n"
A, B, P = "4b4fcbdbc598f512-0007", "a698d019c829556c-0003", "p0123456789abcdef"


@pytest.fixture
def file(tmp_path):
    return tmp_path / "overrides.csv"


@pytest.fixture
def root(tmp_path):
    return copy_of(small_build()[0], tmp_path / "warehouse")


def write(file: Path, *lines: str) -> Path:
    file.write_text(HEADER + "".join(f"{line}\n" for line in lines), "utf-8")
    return file


def faults(file: Path) -> dict[int, str]:
    return {row["line"]: row["fault"] for row in read_overrides(file)}


# ---------------------------------------------------------------- the file


def test_no_file_and_an_empty_one_are_no_corrections(file):
    assert read_overrides(None) == read_overrides(file) == []
    file.write_text("\n", "utf-8")
    assert read_overrides(file) == []
    assert read_overrides(write(file)) == []


def test_a_line_is_read_with_its_number_whatever_the_order_of_columns(file):
    file.write_text(
        "\ufeffWhy, decision,left,right,when,who,seen\n"
        f'"retitled,\nin print",Same,{A},{P},2026-03-01,ann,yes\n'.replace("Same", "same")
        + f"\n,not_same,{A},{B},,,\n",
        "utf-8",
    )
    first, second = read_overrides(file)
    assert (first["line"], second["line"]) == (2, 5)
    assert first["why"] == "retitled,\nin print"
    assert (first["left_id"], first["right_id"], first["decision"]) == (A, P, "same")
    assert (first["decided_on"], first["who"]) == (date(2026, 3, 1), "ann")
    assert (second["who"], second["decided_on"], second["why"]) == (None, None, None)


LINE_FAULTS = {
    "no id": (f"abc,{B},same,,,", "column left: 'abc' is no id; write a record_id or a paper_id"),
    "empty id": (f"{A},,same,,,", "column right: '' is no id"),
    "decision": (f"{A},{B},maybe,,,", "column decision: 'maybe' is no decision; write same or not"),
    "day": (f"{A},{B},same,ann,1.3.2026,", "column when: '1.3.2026' is no day; write it as YYYY-"),
    "cells": (f"{A},{B},same,ann,,one, two", "7 cells, there must be 6; put texts with commas"),
    "itself": (f"{A},{A},same,,,", "columns left and right: name the same id"),
}


@pytest.mark.parametrize("fault", LINE_FAULTS)
def test_a_wrong_line_is_named_and_the_others_are_read(file, fault):
    line, message = LINE_FAULTS[fault]
    found = faults(write(file, f"{A},{B},same,,,", line, f"{A},{P},not_same,,,"))
    assert found[2] is found[4] is None
    assert message in found[3]


FILE_FAULTS = {
    "other columns": (b"record,other,decision\n", "line 1: the column left is missing"),
    "no header": (f"{A},{B},same,ann,2026-03-01,why\n".encode(), "line 1: the column left"),
    "semicolons": (HEADER.replace(",", ";").encode(), "line 1: the column left is missing"),
    "not text": (HEADER.encode() + b"\n\xff\xfe,b", "line 3: is not UTF-8 text; save it as UTF-8"),
    "open quote": (HEADER.encode() + b'a,"b', "line 2: is no CSV"),
}


@pytest.mark.parametrize("fault", FILE_FAULTS)
def test_a_file_that_is_none_is_refused_as_a_whole(file, fault):
    content, message = FILE_FAULTS[fault]
    file.write_bytes(content)
    with pytest.raises(PipelineError, match=message) as error:
        read_overrides(file)
    assert str(file) in str(error.value)


def test_a_wrong_file_stops_the_build_before_anything_is_written(file, root):
    file.write_text("one,two\n", "utf-8")
    before = snapshot(root, "tables") | snapshot(root, "versions")
    run = papermart("build", "--raw", small_raw(), "--warehouse", root, "--overrides", file)
    assert_clean_failure(run, "overrides.csv, line 1", "left,right,decision,who,when,why")
    assert snapshot(root, "tables") | snapshot(root, "versions") == before


# ---------------------------------------------------------------- what follows from it


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
        f"{one},{P},same,ann,,",
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
        assert f"column right: no page in the warehouse has {P}; correct it" in told[2]
        assert "warning: overrides: a line of the overrides file is not obeyed (4 rows)" in (
            run.stdout
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


def test_the_example_of_the_readme_is_sound(file):
    example = re.search(r"```csv\n(left,.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
    file.write_text(example[1], "utf-8")
    assert faults(file) == {2: None, 3: None}


def test_dagster_builds_when_the_file_changes(file, root):
    folders = Folders(raw=str(small_raw()), warehouse=str(root), overrides=str(file))

    def sensed(cursor: str | None) -> tuple[str, str | None]:
        context = dg.build_sensor_context(cursor=cursor, resources={"folders": folders})
        return type(new_dumps(context)).__name__, context.cursor

    assert sensed(None)[0] == "SkipReason"
    cursor = sensed(None)[1]
    one, two = records(root, TWICE)
    write(file, f"{one},{two},not_same,ann,,")
    os.utime(file, (1_700_000_000, 1_700_000_000))
    assert sensed(cursor)[0] == "RunRequest"
    assert dg.materialize([overrides_file], resources={"folders": folders}).success
    assert sensed(cursor)[0] == "SkipReason"
