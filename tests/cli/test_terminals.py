r"""What commands print when pages, names and questions hold signs that command a terminal."""

import json
import re
import sys
from pathlib import Path

import pytest
from helpers import DI, arrow_page, asked, made_once, papermart, put

from pipeline.cli import shared
from pipeline.cli.shared import ShownConsole, say, shown_progress, shown_stdout, warn

OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
NAME = "a\x1b[31mred\u202e\n\x07[bold].txt"


@pytest.fixture(scope="module")
def odd() -> Path:
    """A project whose names, notes, pages and corrections hold commands; built."""
    return made_once("terminals", _make_odd)[0]


def _make_odd(home: Path) -> None:
    raw = put(home / "raw", {NAME: DI, f"{NAME}.meta.json": '{"listing": "a \\u001b[2J list"}'})
    page = arrow_page("Bo Chen", [("Knots \x1b[31mof Rope", ["Bo Chen", "Eve \u202eFox"], 2022)])
    put(raw, {"b\x1b[2J.txt": "no page of \x1b[31ma site\n" * 3, "c.txt": page})
    put(raw, {"c.txt.meta.json": "{", "gone\x1b[5m.txt.meta.json": "{}"})
    put(raw / "dir\x1b[5m", {"p.txt": "x", "folder.meta.json": json.dumps({"listing": 3})})
    lines = "left,right,decision,who,when,why\nx\x1b[1m,y,same,\x1b[2Jme,2024-01-01,be\x07cause\n"
    put(home, {"overrides.csv": lines})
    done = build(home)
    assert done.returncode == 0, done.stderr
    assert_shown(done)
    assert r"a\x1b[31mred\u202e\n\x07[bold].txt" in done.stdout


def build(home: Path):
    overrides = ("--overrides", home / "overrides.csv")
    return papermart("build", "--raw", home / "raw", "--warehouse", home / "warehouse", *overrides)


def assert_shown(done) -> None:
    assert not OBEYED.findall(done.stdout)
    assert not OBEYED.findall(done.stderr)


@pytest.mark.parametrize(
    "command",
    [
        ("status",),
        ("versions",),
        ("query", "select * from dumps"),
        ("query", "select path, reason from dumps"),
        ("query", "select * from issues"),
        ("query", "select * from dumps", "--format", "json"),
        ("query", "select chr(27) || '[31m' as \"a\x1b[31m[/x]\", ['\u202e'] as b"),
        ("query", "select \x1b[31m"),
        ("query", "select title, abstract from papers", "--format", "csv"),
        ("query", "from papers", "--format", "bibtex"),
        ("explain", "Knots of Rope"),
        ("explain", "Knots of Rope", "--format", "json"),
        ("explain", "no \x1b[31m paper"),
        ("same", "x\x1b[31m", "y"),
        ("export", "pap\x1b[31mers"),
        ("build", "--plan"),
    ],
    ids=lambda command: command[0],
)
def test_no_command_of_a_page_reaches_the_terminal(odd, command):
    raw = ("--raw", odd / "raw") if command[0] in ("status", "build") else ()
    done = papermart(*command, *raw, "--warehouse", odd / "warehouse")
    assert done.stdout + done.stderr
    assert_shown(done)


def test_only_names_of_files_keep_such_signs_in_tables(odd):
    file = odd / "warehouse" / "warehouse.duckdb"
    columns = asked(
        file,
        "select table_name, column_name from duckdb_columns() where database_name <> 'system' "
        "and schema_name = 'main' and data_type like 'VARCHAR%'",
    )
    assert len(columns) > 100
    keeping = {
        (table, column)
        for table, column in columns
        for (text,) in asked(file, f"select distinct {column}::varchar from {table}")
        if text and OBEYED.search(text)
    }
    with_paths = ("dumps", "pages", "paper_records", "pages_to_check")
    assert keeping == {(table, "path") for table in with_paths} | {("build_info", "input_hashes")}


def test_a_terminal_gets_rows_written_out_and_a_file_as_they_are(monkeypatch, capsys):
    shown_stdout().write("a\x1b[31m\n")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    shown_stdout().write("a\x1b[31m\n")
    assert capsys.readouterr().out == "a\x1b[31m\na\\x1b[31m\n"


def test_a_message_is_on_one_line_but_for_lines_of_its_own(capsys):
    say("one\nother \x1b[31m[bold]")
    warn("error: a\nb may be any of\n  p0123")
    said = capsys.readouterr()
    assert said.out == "one\nother \\x1b[31m[bold]\n"
    assert said.err == "error: a\\nb may be any of\n  p0123\n"


def test_names_of_files_in_a_progress_bar_are_written_out(monkeypatch, capsys):
    class Terminal(ShownConsole):
        is_terminal = True

    monkeypatch.setattr(shared, "ShownConsole", Terminal)
    with shown_progress() as show:
        show(f"reading {NAME}[/nothing]", 1, 3)
        show("reading " + "long/" * 500 + "\x1b[5m.txt", 2, 3)
    said = capsys.readouterr().err
    assert "reading " in said
    own = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r", "", said)
    assert not OBEYED.findall(own)
    assert "\x1b[5m" not in said
    assert "\x1b[31mred" not in said


def test_the_report_shows_what_turns_text(odd, tmp_path):
    to = ("--to", tmp_path / "report.html")
    assert papermart("report", *to, "--warehouse", odd / "warehouse").returncode == 0
    page = (tmp_path / "report.html").read_text("utf-8").partition('<script type="module"')[0]
    assert not OBEYED.findall(page)
    assert r"b\x1b[2J.txt" in page
