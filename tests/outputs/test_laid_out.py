"""Rows and papers on screens of any width: nothing is wider than the screen, nothing is lost."""

import re

import pytest
from helpers import small_build

from pipeline.outputs.explain import explain_paper, find_paper
from pipeline.outputs.explain_layout import explanation_text
from pipeline.outputs.laid_out import as_text, broken, n_cells, row_lines
from pipeline.storage.published_file import open_published

WIDTHS = [20, 40, 80, 200]
TITLES = {
    "long": "On " + "Very " * 60 + "Long Titles",
    "one word": "Donau" + "dampfschiff" * 30,
    "Chinese": "关于语言模型与注意力机制的研究" * 12,
    "Hebrew": "שלום עולם " * 20,
    "marks": "Ze\u0301ro\u0302 " * 40,
    "emoji": "👩‍👩‍👧 " * 40,
}


def letters(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("what", TITLES)
def test_any_text_is_broken_to_fit_and_kept(what, width):
    lines = broken(TITLES[what].strip(), width, 2, 6)
    assert letters("".join(lines)) == letters(TITLES[what])
    assert max(map(n_cells, lines)) <= max(width, 26), "only what no screen shows may be wider"


def test_lines_begin_where_they_should_and_use_the_width():
    lines = broken("word " * 40, 40, 2, 6)
    assert {line[: len(line) - len(line.lstrip())] for line in lines[1:]} == {" " * 6}
    assert lines[0].startswith("  word")
    assert all(len(line) > 40 - len("word ") - 1 for line in lines[:-1])


def test_a_command_stays_on_one_line():
    lines = broken("so say it twice, then " * 2 + "`papermart explain p01234567` tells", 40)
    assert any("`papermart explain p01234567`" in line for line in lines)


def test_rows_that_fit_are_aligned():
    shown = as_text(row_lines(["a", "name"], [("1", "深い"), (None, "b")], 1, 80))
    assert shown == "  a  name\n  1  深い\n     b\n"


def test_a_long_cell_stands_below_its_row_over_the_whole_width():
    value = "all of this is one value that needs some room " * 3
    rows = [("title", 3, value, "a.txt:1"), ("year", 2, 2024, "a.txt:2")]
    shown = as_text(row_lines(["field", "agree", "value", "from"], rows, 2, 60))
    head, title, *below, year = shown.splitlines()
    assert (head, title) == ("  field  agree  value  from", "  title  3")
    assert all(re.match(r" {6}\S", line) for line in below)
    assert max(map(len, below)) > 50
    assert " ".join(" ".join(below).split()) == f"{value.strip()} a.txt:1"
    assert below[-1] == "      a.txt:1", "what follows does not hide behind its last line"
    assert year == "  year   2      2024  a.txt:2"


@pytest.fixture(scope="module")
def found() -> dict:
    with open_published(small_build()[0] / "warehouse.duckdb") as engine:
        return explain_paper(engine, find_paper(engine, "Lazy Clients"))


@pytest.mark.parametrize("width", WIDTHS[1:])
@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES)
def test_a_paper_fits_any_screen(found, width, title):
    authors = [
        {**found["authors"][0], "author_name": f"Ann {n} Lee", "author_order": n}
        for n in range(1, 562)
    ]
    paper = {**found["paper"], "title": title}
    values = [{**row, "value": title} for row in found["values"]]
    shown = explanation_text({**found, "paper": paper, "values": values, "authors": authors}, width)
    assert max(map(n_cells, shown.splitlines())) <= width
    assert letters(shown).startswith(letters(title))
    assert "Authors (561)" in shown


def test_the_words_are_the_same_on_every_screen(found):
    narrow, wide = (letters(explanation_text(found, width)) for width in (40, 200))
    assert sorted(narrow) == sorted(wide)
