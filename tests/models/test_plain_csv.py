"""Reference files read column by column: the same rows as row by row, and the same messages."""

import pytest

from pipeline.contract.errors import PipelineError
from pipeline.contract.specs import TableSpec
from pipeline.models import reference
from pipeline.models.plain_csv import plain_columns
from pipeline.models.reference import read_reference

SPEC = TableSpec.model_validate(
    {
        "layer": "reference",
        "name": "things",
        "description": "Something to test with.",
        "grain": "one row per number and word",
        "key": ["i", "word"],
        "columns": [
            {"name": "i", "type": "INTEGER", "description": "A number of something."},
            {"name": "word", "type": "VARCHAR", "description": "A word of it."},
            {"name": "is_new", "type": "BOOLEAN", "description": "It is new."},
            {
                "name": "kind",
                "type": "VARCHAR",
                "description": "The kind.",
                "required": True,
                "values": ["a", "b"],
            },
            {
                "name": "of",
                "type": "VARCHAR",
                "description": "What it is of.",
                "references": "reference.others.other_id",
            },
        ],
    }
)
HEADER = "i,word,is_new,kind,of\n"
PLAIN = {
    "one row": "1,x,true,a,o\n",
    "no last line break": "1,x,true,a,o",
    "keys as texts": "10,x,true,a,o\n9,x,false,a,\n9,É,,b,o\n9,Z,,b,o\n-1,z,,b,p\n",
    "blanks": " 1 , x y\t,true , a,o\n2,\u00a0x,, b ,\u2003o\n",
}
# What is right but not plain, or wrong.
OTHERS = {
    "quotes": '1,"x, y",true,a,o\n',
    "breaks of Windows": "1,x,true,a,o\r\n2,x,true,a,o\r\n",
    "a blank line": "1,x,true,a,o\n\n2,y,true,a,o\n",
    "blank cells": "1,x,true,a,o\n,, ,,\n2,y,true,a,o\n",
    "a sign that is blank to Python": "1,x\x1f,true,a,o\n",
    "a number with a sign between": "1_0,x,true,a,o\n",
    "no rows": "",
    "a wrong number": "1,x,true,a,o\n2.5,y,true,a,o\n",
    "a number too large": "1,x,true,a,o\n99999999999,y,true,a,o\n",
    "a wrong truth": "1,x,True,a,o\n",
    "a cell too few": "1,x,true,a,o\n2,y,true,a\n",
    "a cell too many": "1,x,true,a,o\n2,y,true,a,o,o\n",
    "too few and too many": "1,x,true,a\n2,y,true,a,o,o\n",
    "no key": "1,x,true,a,o\n1,,true,a,o\n",
    "no value": "1,x,true,,o\n",
    "a value not allowed": "1,x,true,c,o\n",
    "a reference to nothing": "1,x,true,a,q\n",
    "a key twice": "1,x,true,a,o\n1,y,true,a,o\n1, x,false,b,o\n",
    "a wrong header": None,
}


def _result(file):
    try:
        return read_reference(file, SPEC)
    except (PipelineError, ArithmeticError, ValueError) as error:
        return str(error)


@pytest.mark.parametrize("case", [*PLAIN, *OTHERS])
def test_a_file_read_by_columns_has_the_same_rows_or_the_same_fault(case, tmp_path, monkeypatch):
    text = (PLAIN | OTHERS)[case]
    file = tmp_path / "things.csv"
    file.write_bytes((HEADER + text if text is not None else "i,word\n1,x\n").encode())
    (tmp_path / "others.csv").write_text("other_id,name\no,O\np,P\n", "utf-8")
    found = _result(file)
    by_columns = plain_columns(file, SPEC, {"of": {"o", "p"}})
    assert (by_columns is not None) == (case in PLAIN)
    monkeypatch.setattr(reference, "_plain_rows", lambda *_: None)
    assert found == _result(file)


def test_a_byte_order_mark_is_no_part_of_the_header(tmp_path):
    file = tmp_path / "things.csv"
    file.write_text("\ufeff" + HEADER + "1,x,true,a,o\n", "utf-8")
    assert plain_columns(file, SPEC, {"of": {"o"}}).rows() == [(1, "x", True, "a", "o")]


def test_a_file_that_is_no_utf8_is_left_to_who_can_say_so(tmp_path):
    file = tmp_path / "things.csv"
    file.write_bytes(HEADER.encode() + b"1,\xff,true,a,o\n")
    assert plain_columns(file, SPEC, {"of": {"o"}}) is None


def test_a_fault_is_told_before_those_of_the_table_that_a_column_refers_to(tmp_path):
    file = tmp_path / "things.csv"
    file.write_text(HEADER + "x,x,true,a,o\n", "utf-8")
    (tmp_path / "others.csv").write_text("name,other_id\nO\n", "utf-8")
    with pytest.raises(PipelineError, match="line 2, column i: 'x' is not of type INTEGER"):
        read_reference(file, SPEC)


REFERRED_TO = {
    "name,other_id\nO\n": "others.csv, line 2: 1 cells, there must be 2",
    "name\nO\n": "others.csv, line 1: there is no column other_id",
}


@pytest.mark.parametrize("others", REFERRED_TO)
def test_a_fault_of_the_table_that_a_column_refers_to_is_told_with_its_file(others, tmp_path):
    file = tmp_path / "things.csv"
    file.write_text(HEADER + "1,x,true,a,o\n", "utf-8")
    (tmp_path / "others.csv").write_text(others, "utf-8")
    with pytest.raises(PipelineError, match=REFERRED_TO[others]):
        read_reference(file, SPEC)
