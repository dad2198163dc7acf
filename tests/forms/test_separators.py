"""A sign between all nodes of a page is no part of it; tables and quotes have other steps."""

import pytest
from form_pages import SITES

from pipeline.forms.marks import ADDED
from pipeline.forms.separators import cut_at_separators


@pytest.mark.parametrize("sign", ["|", "\t", "¦", "||"])
def test_a_page_is_cut_at_the_sign_between_its_nodes(sign):
    nodes = [
        "Authors:",
        "Ann Lee",
        ", ",
        "Bo Roe",
        "Abstract",
        ": ",
        "We look at small boats.",
    ] * 20
    one_line = sign.join(nodes)
    assert cut_at_separators(one_line, SITES).replace(ADDED, "").split("\n") == nodes
    lines = one_line.replace(f"Abstract{sign}", f"Abstract{sign}\n{sign}")
    cut = cut_at_separators(lines, SITES).replace(ADDED, "").split("\n")
    assert [node for node in cut if node] == nodes


@pytest.mark.parametrize(
    "text",
    [
        "| a | b |\n|---|---|\n" + "| c | d |\n" * 90,
        "| a quoted line of text\n" * 90,
        "\n".join(f"{n:6}\t{'A line' if n % 2 else ''}" for n in range(1, 90)),
        "\tAn indented line\n\t\tof text\n" * 90,
        "On P(A|B) and the many words that stand between two such signs, as in all of prose\n" * 45
        + "and some more words that have none, as most lines of a page have none. " * 90,
    ],
)
def test_tables_quotes_and_formulas_are_not_cut(text):
    assert cut_at_separators(text, SITES) == text
