"""All steps that take links and signs off: idempotent, quick on junk, lines of the file kept."""

import pytest
from growth import assert_linear, repeated
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipeline.extraction.site_lines import known_lines
from pipeline.forms.addresses import take_addresses
from pipeline.forms.labels import undo_labels
from pipeline.forms.link_lists import undo_link_lists
from pipeline.forms.links import undo_links
from pipeline.forms.markers import undo_markers
from pipeline.forms.marks import ADDED, ENDED, numbered
from pipeline.forms.nodes import undo_nodes
from pipeline.forms.undo import undo

STEPS = (undo_link_lists, undo_links, undo_markers, undo_labels, undo_nodes)

PIECES = (
    "[", "](/a)", "](", "![", "]", "\\", "[1]", "[1][2]", "(/a b)", '<a href="/k">', "</a>",
    "</div>", "**", "*", "_", "# ", "- ", "* ", "+ ", "• ", "[ ]", "[x] ", "(BUTTON) ", "---",
    "===", "| a |", "|---|", ":   ", ":", " :", "Abstract", "Authors:", "Title:", ",", "doi",
    "10.1000/a", "Submitted", "3 May, 2024;", "1. ", "1. https://a.example", "[1]: /a",
    "[Kari Moe]: /k", "Kari Moe", "systems", "References", "::: {.a}", "{.b}", "]{.c}", "\n",
    "\n", "\n\n", " ", "  ", "a", "A title of boxes",
)  # fmt: skip
PAGES = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


@pytest.mark.parametrize("step", STEPS)
@settings(max_examples=150)
@given(page=PAGES, n_times=st.integers(1, 3))
def test_steps_are_idempotent_and_keep_the_lines_of_the_file(step, page, n_times):
    text = page * n_times
    # An escaped escape is one escape less each time; tags and braces of two dialects in one word
    # are nobody's. A page is given to each step once.
    assume("\\\\" not in text)
    assume('">:::' not in text and '">(/a' not in text and '">[' not in text)
    once, _ = take_addresses(step(text, known_lines()))
    twice, found = take_addresses(step(once, known_lines()))
    assert twice == once
    assert not found
    assert numbered(once).spans[-1][1] == text.count("\n") + 1


JUNK = (
    "[", "](", "![", "\\", "[a](", "](/", '<a "', "<div ", "**a", "[ ]", "[1]", "[1]: /a\n",
    "| a ", "|\n|---|\n", "Abstract\n", ",\n", "]\n", "a\n,\n", "\n", "  \n", "*\n", "# ",
    "a ,  b ", "[a][", "{.a}", "]{.", "::: {", "References\n", "1. https://a\n", " ", "_",
    "Authors:\n", "\\_", "(/a b",
)  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
def test_steps_are_quick_on_long_junk(step):
    for junk in JUNK:
        assert_linear(
            lambda size, junk=junk: step(repeated(junk, size), known_lines()), 200_000, junk
        )


def test_links_are_told_by_the_lines_of_the_plain_form():
    page = (
        "[Help](/help) [Log in](/login)\n\n"
        "### [Waiting Boxes](/papers/2405.10001)\n\n- [Kari\nMoe](/kari)\n### [Bread](/papers/2)\n"
    )
    found = undo(page, known_lines())
    links = {found.lines[index].strip(): shown for index, shown in found.links.items()}
    assert links["Waiting Boxes"] == ("/papers/2405.10001",)
    assert found.spans[found.lines.index("Bread")] == (7, 7)
    assert {"links", "markers"} <= set(found.steps)


def test_signs_that_a_file_holds_are_no_marks():
    assert undo(f"a{ENDED}b{ADDED}\nc", ()).spans == ((1, 1), (2, 2))
