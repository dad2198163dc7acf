"""Headings, bullets, emphasis, tables, widgets: off where the page shows them, else a title's."""

import pytest

from pipeline.extraction.site_lines import known_lines
from pipeline.forms.markers import undo_markers


def plain(text):
    return undo_markers(text, known_lines())


SHOWN = {
    "headings": ("### Waiting Boxes\n\n### Bread Rises ##\n", "Waiting Boxes\n\nBread Rises\n"),
    "pandoc_headings": ("# A {#a .b}\n\n## B\n", "A\n\nB\n"),
    "setext": ("Showing 1–5\n===========\n", "Showing 1–5\n\n"),
    "bold": (
        "**Authors:** A\n**Abstract:** B\n**Comments:** C\n",
        "Authors: A\nAbstract: B\nComments: C\n",
    ),
    "wide_bullets": ("-   one\n-   two\n", "- one\n- two\n"),
    "plus": ("LG\n+ one\n" * 5, "LG\n• one\n" * 5),
    "all_bulleted": ("- • one\n- Title\n- LG\n- x\n- y\n- - z\n", "• one\nTitle\nLG\nx\ny\n- z\n"),
    "definitions": (":   Title: A\n\n:   Title: B\n", "Title: A\n\nTitle: B\n"),
    "table": ("| A | B |\n|---|---|\n| c\\|d | |\n", "A\ufdd1\nB\n\nc|d\n"),
    "widgets": ("[ ]\n94\n  (BUTTON)\n[____]\n[x] [ ]\n", "\n94\n\n\n\n"),
    "button": ("(BUTTON) Search\n", "Search\n"),
    "called": (
        "[ ] Select\nOne\n[ ] Select\n(BUTTON) Save this\nTwo\n[ ] Select\n[x] Three\n",
        "\nOne\n\nSave this\nTwo\n\n[x] Three\n",
    ),
    "called_as_a_site_does": ("(BUTTON) Next\n" * 3, "Next\n" * 3),
    "images": ("Image\nOne\nImage 2\nTwo\n  Image\nThree\n", "\nOne\n\nTwo\n\nThree\n"),
    "box_with_number": ("[ ] 94\nTitle\n[-] 1\n", "94\nTitle\n1\n"),
    "tasks": ("- [ ] One\n- [x] Two\n- [ ] Three\nend\n", "- One\n- Two\n- Three\nend\n"),
    "image_names": (
        "Submitted by [167] kari\n[24]\nSubmitted by [168] tua\n  • [be9]\n"
        "Submitted by [x] b\n[25]\n",
        "Submitted by kari\n\nSubmitted by tua\n\nSubmitted by b\n\n",
    ),
    # each begins a card; the title between two of them was lost
    "dashes_of_cards": ("-\nOne\n-\n-\nThree\n-\nFour\n-\nFive\n",) * 2,
    "dashes_of_images": ("-\n-\n-\nOne\n-\n-\nTwo\n-\n", "\n\n\nOne\n\n\nTwo\n\n"),
    "escaped_numbers": ("\\[1\\]\nA\\_b\n\\[2\\]\nC\n", "[1]\nA_b\n[2]\nC\n"),
    "formulas": ("\\[1 + x\\]\nA\\_b\n\\[2\\]\nC\n",) * 2,
    "items_are_no_images": ("[1]\nOne\n[2]\nTwo\n[2]\nTwo\n[3]\nThree\n",) * 2,
    "empty_bullets": ("*\n*\n\n* \n* ·\n4 authors\n", "\n\n\n\n* ·\n4 authors\n"),
    "escapes": ("## A\\_b\n\n## Sure \\-- c\\_d\n", "A_b\n\nSure -- c_d\n"),
    # brackets of a button are the writer's own
    "escaped_brackets": (
        "## \\[Re\\] A\n\n## B\n[More]\n[▽ More]\n",
        "[Re] A\n\nB\n[More]\n[▽ More]\n",
    ),
}


@pytest.mark.parametrize("case", SHOWN)
def test_marks_go(case):
    written, shown = SHOWN[case]
    assert plain(written) == shown
    assert plain(shown) == shown


@pytest.mark.parametrize("sign", ["[Re]", "[Reply]", "[COVID-19]", "[3D]", "[2024]", "• [Short]"])
def test_word_in_brackets_that_titles_begin_with_is_no_image(sign):
    images = "[24]\nSubmitted by [167] kari\n[be9]\nSubmitted by [168] tua\n[25]\n[26]\n"
    titles = f"{sign} Waiting Boxes\n\n{sign} Bread Rises\n\n{sign} Cranes\n"
    assert plain(images + titles).endswith(titles)


def test_image_before_a_line_that_also_stands_alone_goes():
    page = "[one]\n[one]\n[one]\n[one] Kari Moe\n[6d7688faba] Tua Roe\n"
    assert plain(page) == "\n\n\nKari Moe\nTua Roe\n"


TITLES = (
    "# of Boxes: a Count",
    "**Boxes** for All",
    "[x] marks the spot, or [ ] does not",
    "On [Re] and [18F] in Boxes",
    "A* and D* Search: $p^*$ against $q^*$",
    "s\\_t and $x_1$: rates of 5\\%",
    "What | means: P(A|B) | P(B|A)",
    "C++ and A+ + B",
    "_why the lucky stiff_ and the rest",
    "Boxes -- or Cranes",
    "-",
)


@pytest.mark.parametrize("title", TITLES)
def test_title_with_a_sign_stays(title):
    page = (
        f"arXiv:2405.10001\n{title}\nAuthors: Kari Moe\nAbstract: Boxes wait.\n\n{'Prose. ' * 9}\n"
    )
    assert plain(page) == page


def test_brackets_behind_a_label_are_no_images():
    """As `Title: [Re] Boxes` is none, however often it stands beside lines like `[12]`."""
    card = "[{n}]\narXiv:2405.1000{n}\nTitle: [Re] Boxes on {n} Ropes\nKari Moe\n"
    page = "\n".join(card.format(n=n) for n in range(1, 6))
    assert "Title: [Re] Boxes on 3 Ropes" in plain(page)
