"""Text of others on a terminal and in cells: nothing commands, nothing hides, nothing is run."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.storage.duckdb_engine import open_parser
from pipeline.storage.sql_text import quote
from pipeline.text.shown import (
    FORMULA,
    cell_text,
    harmless_cell,
    printable,
    printable_lines,
    printable_path,
)

AS_THEY_ARE = [
    "“It’s late” – Štěpán, 深い 学習, Ελλάς",
    "شبكات\u200f (GNN) می\u200cخواهم",
    "רשתות \u200e[a]",
    "👩\u200d👩\u200d👧 ❤\ufe0f",
    "one\xa0two\u3000three",
]


@pytest.mark.parametrize("text", AS_THEY_ARE)
def test_scripts_are_shown_as_they_are(text):
    assert printable(text) == printable_lines(text) == text


def test_what_commands_or_hides_is_written_out():
    assert printable("a\x1b[31m\n\tb\x07\x9b") == r"a\x1b[31m\n\tb\x07\x9b"
    assert printable("a\u202egpj.exe\u2066\u200b\ufeff") == r"a\u202egpj.exe\u2066\u200b\ufeff"
    assert printable("\U000e0041\ud800\u2028") == r"\U000e0041\ud800\u2028"
    assert printable_lines("a\nb\tc\r") == "a\nb\tc\\r"


@given(st.text(alphabet=st.characters(exclude_categories=[])))
def test_no_control_sign_and_no_half_sign_is_left(text):
    shown = printable(text)
    assert printable(shown) == shown
    assert not {unicodedata.category(sign) for sign in shown} & {"Cc", "Cs", "Zl", "Zp"}
    assert shown.encode("utf-8").decode("utf-8") == shown


def test_a_long_path_keeps_both_its_ends():
    shown = printable_path("a/" * 3000 + "\x1b[2J.txt")
    assert len(shown) <= 200
    assert shown.startswith("a/a/")
    assert shown.endswith(r"\x1b[2J.txt")


FORMULAS = [
    *("=1+1", "+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "\nplain", " =1", "\xa0=1"),
    *(
        "\u200b=1",
        "\ufeff@x",
        "\uff1d1+1",
        "\uff0b1",
        "\uff0d1",
        "\uff20x",
        "'=1",
        "''=1",
        "\u202e=1",
    ),
]
TEXTS = ["1+1", "a=b", "'tis", "''", "", "(=1)", "–1", "«=»", "0-1", "a\n=1", "'a=1"]


def test_cells_that_a_spreadsheet_runs_begin_with_an_apostrophe():
    assert [harmless_cell(text) for text in FORMULAS] == [f"'{text}" for text in FORMULAS]
    assert [harmless_cell(text) for text in TEXTS] == TEXTS


@given(st.text() | st.text("'=+-@ \ta"))
def test_the_apostrophe_can_be_taken_off_again(text):
    assert cell_text(harmless_cell(text)) == text


def test_duckdb_finds_the_same_formulas():
    with open_parser() as engine:
        for text in (*FORMULAS, *TEXTS):
            found = engine.scalar(f"select regexp_matches(?, {quote(FORMULA)})", text)
            assert found == bool(re.match(FORMULA, text)), text
