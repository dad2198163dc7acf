"""Odd spaces, line ends and signs of no width become usual where a page is full of them."""

import pytest
from form_pages import PAGES, SITES, read

from pipeline.forms.odd_signs import with_usual_signs
from pipeline.forms.undo import undo
from pipeline.text.rare import rare_characters

ODD = {
    "no-break spaces": lambda page: page.replace(" ", "\xa0"),
    "thin spaces here and there": lambda page: (
        page.replace(" a ", "\u2009a\u202f") + "\u2009" * 400
    ),
    "signs of no width": lambda page: page.replace(". ", "\u200b. \u2060").replace(",", "\ufeff,"),
    "soft hyphens": lambda page: page.replace("o", "o\xad"),
    "vertical tabs": lambda page: page.replace("\n", "\x0b"),
    "line separators": lambda page: page.replace("\n", "\u2028"),
    "signs by name": lambda page: page.replace("i", "&#105;").replace("?", "&#x3f;"),
    "wide gaps": lambda page: page.replace(" ", "  "),
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
@pytest.mark.parametrize("change", ODD.values(), ids=ODD)
def test_a_page_with_odd_signs_is_read_as_it_was(page, change):
    changed = change(page)
    undone = undo(changed, SITES)
    assert "odd_signs" in undone.steps
    assert read(undone.lines) == read(page.split("\n"))
    assert undone.spans[-1][1] == changed.count("\n") + 1


@pytest.mark.parametrize(
    "text",
    [
        "On\xa0a box of Fig.\xa03, " * 4,
        "A\u200bword and all the others " * 9,
        "A line\u2028and its end\n" * 9,
        "Marks &amp; Spencer & Sons, B&O &c; R&D " * 9,
        "Two spaces.  Behind the end of a sentence alone. " * 9,
    ],
)
def test_what_few_words_have_stays(text):
    assert with_usual_signs(text, ()) == text


def test_printed_hyphens_and_dots_go_back_to_their_words():
    text = "Three\ufffefingered hands are mod\ufffeels of models. Y . Lee, W . -X. Roe, A. Moe\n"
    shown = with_usual_signs(text, ())
    assert shown == "Three-fingered hands are models of models. Y. Lee, W. -X. Roe, A. Moe\n"


def test_letters_in_one_sign_come_apart():
    """Where a page has them throughout: in a text or two they are mended with a flag."""
    line = "(physics.\ufb02u-dyn), e\ufb03cient\n"
    assert with_usual_signs(line * 6, ()) == "(physics.flu-dyn), efficient\n" * 6
    assert with_usual_signs(line, ()) == line


def test_all_odd_signs_are_rare_characters():
    # They are sought among those of a page.
    odd = "\xa0\u2009\u3000\u200b\xad\x0b\x0c\x1c\x1f\x85\u2028\ufffe\ufb01"

    assert rare_characters(f"a{odd} b\t\r\n") == odd
