"""Addresses in brackets behind the words of a link: evidence, and no part of names and titles."""

import re
import textwrap

import pytest
from form_pages import PAGES, SITES, read
from growth import assert_linear, repeated

from pipeline.forms.link_brackets import has_brackets, without_brackets
from pipeline.forms.undo import undo

_PAGE = PAGES["arxiv_search"]


def _with_addresses(page):
    page = re.sub(r"(arXiv:(\S+))", r"\1 [https://arxiv.org/abs/\2]", page)
    page = re.sub(r"\b(pdf|ps|other)\b", r"\1 [/\1/1]", page)
    lines = [
        re.sub(r"(?<=: |, )([^,:]+)(?=,|$)", r"\1 [/search/?query=\1]", line)
        if "Authors:" in line
        else line
        for line in page.split("\n")
    ]
    return "\n".join(lines)


def test_names_lose_their_addresses_and_ids_keep_them_as_evidence():
    undone = undo(_with_addresses(_PAGE), SITES)
    assert "links" in undone.steps
    assert read(undone.lines) == read(_PAGE.split("\n"))
    links = [found for line in undone.links.values() for found in line]
    assert "https://arxiv.org/abs/2405.10001" in links


@pytest.mark.parametrize("width", [78, 100])
def test_an_address_that_filled_its_line_goes_to_the_words_above(width):
    lines = _with_addresses(_PAGE).split("\n")
    cut = [
        piece
        for line in lines
        for piece in textwrap.wrap(line, width, subsequent_indent=" " * 4) or [""]
    ]
    undone = undo("\n".join(cut), SITES)
    titles = [title for title, _, _ in read(_PAGE.split("\n"))]
    assert [title for title, _, _ in read(undone.lines)] == titles


def test_a_title_may_hold_a_bracket_with_a_slash():
    text = "On [/INST] and other marks\n[1] A title\n" * 3 + "[see a/b] and [c]\n" * 20
    assert not has_brackets(text)
    assert undo(text, SITES).lines[0] == "On [/INST] and other marks"


@pytest.mark.parametrize(
    "junk", ["[/a", "[/a]", "\n[/a] ", "[https://", "[#", "pdf,\n", "[a, b,\n"]
)
def test_brackets_are_taken_off_long_junk_quickly(junk):
    for step in (has_brackets, without_brackets):
        assert_linear(lambda size, step=step: step(repeated(junk, size)), 200_000, step.__name__)
