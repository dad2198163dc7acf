"""The overrides file: what its lines may say, and what is wrong with those that say it badly."""

import re
from datetime import date
from pathlib import Path

import pytest
from helpers import ROOT

from pipeline.contract.errors import PipelineError
from pipeline.inputs.overrides import read_overrides

HEADER = "left,right,decision,who,when,why\n"
A, B, P = "4b4fcbdbc598f512-0007", "a698d019c829556c-0003", "p0123456789abcdef"


@pytest.fixture
def file(tmp_path):
    return tmp_path / "overrides.csv"


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
    "no id": (
        f"abc,{B},same,,,",
        "column left: 'abc' is no id; write a record_id, paper_id or author_id",
    ),
    "empty id": (f"{A},,same,,,", "column right: '' is no id"),
    "decision": (f"{A},{B},maybe,,,", "column decision: 'maybe' is no decision; write same or not"),
    "day": (f"{A},{B},same,ann,1.3.2026,", "column when: '1.3.2026' is no day; write it as YYYY-"),
    "cells": (f"{A},{B},same,ann,,one, two", "7 cells, there must be 6; put texts with commas"),
    "two kinds": (f"{A},a0123456789abcdef,same,,,", "columns left and right: name an author and"),
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


def test_the_example_of_the_readme_is_sound(file):
    example = re.search(
        r"```csv\n(left,.*?)```", (ROOT / "docs/linkage.md").read_text("utf-8"), re.S
    )
    file.write_text(example[1], "utf-8")
    assert faults(file) == {2: None, 3: None}
