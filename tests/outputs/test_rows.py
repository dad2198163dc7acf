"""Rows of any query for other tools: JSON that every reader takes, cells that nothing runs."""

import csv
import io
import json

import pytest
from helpers import papermart, small_build

from pipeline.outputs.rows import write_csv, write_json
from pipeline.outputs.strict_json import to_json
from pipeline.storage.duckdb_engine import open_parser


def refuse(constant: str) -> None:
    pytest.fail(f"{constant} is no JSON")


def as_json(sql: str) -> object:
    stream = io.StringIO()
    with open_parser() as engine:
        write_json(engine, sql, stream)
    assert stream.getvalue().replace("\n", " ").isprintable()
    return json.loads(stream.getvalue(), parse_constant=refuse)


def as_csv(sql: str) -> list[list[str]]:
    stream = io.StringIO(newline="")
    with open_parser() as engine:
        write_csv(engine, sql, stream)
    return list(csv.reader(io.StringIO(stream.getvalue(), newline="")))


def test_numbers_that_are_none_are_null():
    sql = """
        select
            'nan'::double as a, 'inf'::double as b, '-inf'::double as c, 0.5::double as d,
            ['nan'::double, 1] as e, {'x': 'inf'::double, 'y': ['nan'::float]} as f,
            map {1: 'nan'::double} as g"""
    (row,) = as_json(sql)
    none = dict.fromkeys("abc")
    assert row == none | {
        "d": 0.5,
        "e": [None, 1],
        "f": {"x": None, "y": [None]},
        "g": {"1": None},
    }


def test_what_commands_a_terminal_is_escaped_and_the_same_to_a_reader():
    (row,) = as_json("select chr(27) || '[31m' || chr(155) || chr(127) as a, chr(8238) as b")
    assert row == {"a": "\x1b[31m\x9b\x7f", "b": "\u202e"}
    assert json.loads(to_json("\ud800\U000e0041é")) == "\ud800\U000e0041é"
    assert to_json("Šé深") == '"Šé深"'


@pytest.mark.parametrize("command", ["query", "explain", "csl"])
def test_commands_write_strict_json(command, monkeypatch):
    root = small_build()[0]
    sql = "select 'nan'::double as x, paper_id, title from papers limit 1"
    arguments = {
        "query": ("query", sql, "--format", "json"),
        "csl": ("query", sql, "--format", "csl"),
        "explain": ("explain", "Federated Learning with Lazy Clients", "--format", "json"),
    }
    if command == "explain":
        monkeypatch.setattr(
            "pipeline.outputs.explain.explain_paper", lambda *_: {"p": float("nan"), "q": {1: 2}}
        )
    shown = papermart(*arguments[command], "--warehouse", root)
    assert shown.returncode == 0
    assert "NaN" not in shown.stdout
    json.loads(shown.stdout, parse_constant=refuse)


def test_names_of_columns_and_first_items_of_lists_are_no_formulas():
    sql = """
        select
            1 as "=cmd()", ['=1', 'b'] as "+b", chr(10) || '=1' as "\uff1dc", '\uff0d1' as d,
            'x' as "a=b", -1 as e"""
    head, row = as_csv(sql)
    assert head == ["'=cmd()", "'+b", "'\uff1dc", "d", "a=b", "e"]
    assert row == ["1", "'=1; b", "'\n=1", "'\uff0d1", "x", "-1"]
