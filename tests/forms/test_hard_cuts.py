"""Lines that a program cut inside words are put together; other lines are left to `wrapping`."""

import pytest
from form_pages import PAGES, SITES, read
from growth import assert_linear, repeated

from pipeline.forms.hard_cuts import join_cuts
from pipeline.forms.undo import undo


def _cut(page, width, *, stripped=False):
    pieces = [
        line[at : at + width]
        for line in page.split("\n")
        for at in range(0, max(1, len(line)), width)
    ]
    return "\n".join(piece.rstrip() if stripped else piece for piece in pieces)


@pytest.mark.parametrize("width", [40, 61, 80])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_was_cut_is_read_as_it_was(name, width):
    page = PAGES[name]
    cut = _cut(page, width)
    undone = undo(cut, SITES)
    assert "wrapping" in undone.steps
    assert [card[0] for card in read(undone.lines)] == [card[0] for card in read(page.split("\n"))]
    assert undone.spans[-1][1] == cut.count("\n") + 1


def test_a_few_titles_that_were_cut_are_whole():
    title = "Counting the turns of a boat, seven of them, in a bay without a Lighthouse {}, and "
    titles = [title.format(sign * 9) + "more than the others do" for sign in "abcde"]
    page = "\n\n".join(titles)
    assert undo(_cut(page, 77), SITES).lines == tuple(page.split("\n"))


def test_spaces_that_were_lost_at_the_cut_are_put_back():
    cut = _cut(PAGES["arxiv_search"], 40, stripped=True)
    assert read(undo(cut, SITES).lines) == read(PAGES["arxiv_search"].split("\n"))


def test_text_that_was_filled_between_words_is_left_alone():
    words = (
        "We follow a small boat through a wide bay and count how often it turns. " * 40
    ).split()
    lines, line = [], ""
    for word in words:
        if len(line) + len(word) >= 60:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    page = "\n".join(lines)
    assert join_cuts(page, SITES) == page
    # Lines of one length that a program has spaced out are not cut either.
    justified = "\n".join(line.replace(" ", "  ", 60 - len(line)).ljust(60, ".") for line in lines)
    assert join_cuts(justified, SITES) == justified


@pytest.mark.parametrize(
    "junk", ["a" * 80 + "\n", " " * 80 + "\n", "a" * 79 + " \n", "\n", "é" * 40 + "\n "]
)
def test_cuts_are_looked_for_quickly_in_long_junk(junk):
    assert_linear(lambda size: join_cuts(repeated(junk, size), SITES), 400_000)
