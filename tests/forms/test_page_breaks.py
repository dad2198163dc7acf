"""Printed pages: what stands at page breaks is no part of a text, which goes on below them."""

import textwrap

from form_pages import PAGES, SITES, read

from pipeline.forms.signs import signs
from pipeline.forms.undo import undo


def printed(text, n_lines=17, *, layout=False):
    """Print a text: wrapped, with a form feed, an address, a page number and a day at each page."""
    lines = [part for line in text.split("\n") for part in textwrap.wrap(line, 90) or [""]]
    lines = lines if layout else [line.strip() for line in lines]
    pages = [lines[at : at + n_lines] for at in range(0, len(lines), n_lines)]
    gap = "      " if layout else "\n"
    shown = [
        [
            f"1/{n}/26, 10:1{n % 10} PM{gap}Results",
            "",
            *page,
            "",
            f"file:///boats.html{gap}{n}/9",
            "",
        ]
        for n, page in enumerate(pages, 1)
    ]
    return "\n\f".join("\n".join(page) for page in shown) + "\f"


def test_a_printed_page_is_read_as_the_page():
    for layout in (False, True):
        saved = printed(PAGES["arxiv_search"], layout=layout)
        assert saved.count("\f") > 3

        undone = undo(saved, SITES)

        plain = [(title, names) for title, names, _ in read(PAGES["arxiv_search"].split("\n"))]
        assert [(title, names) for title, names, _ in read(undone.lines)] == plain
        assert undone.steps[0] == "page_breaks"
        assert undone.spans[-1][1] == saved.count("\n") + 1
        assert "page_breaks" in signs(saved)


def test_a_line_that_took_in_the_next_is_uncertain():
    """A tool that takes a hyphen at a line end for its own puts the rest of the word above."""
    title = "Rowing with a Left-Leaning Model"
    saved = printed(PAGES["arxiv_search"].replace("On Ropes", title))
    glued = f"{title.replace('Left-L', 'LeftL')} {'of Boats and of Bays ' * 4}".strip()

    undone = undo(saved.replace(title, glued), SITES)

    assert [line for at in undone.uncertain if glued in (line := undone.lines[at])]
    assert not undo(saved, SITES).uncertain


def test_what_happens_to_stand_at_a_page_break_stays():
    text = "\f".join(
        f"Line {'abcdefgh'[n]} of a poem\n\nno line is like another {n}\n" for n in range(5)
    )
    shown = [line for line in undo(text, SITES).lines if line]
    assert len(shown) >= 5
    assert "Line a of a poem" in shown[0]


def test_lines_of_cards_that_come_last_on_each_sheet_are_no_printers():
    """Where cards are of one height, the same piece of a card ends every sheet."""
    titles = [f"{'abcdefghijkl'[n]} Boats That Turn in Bays".capitalize() for n in range(12)]
    cards = [
        f"Submitted by\n\nrower\n\n{n}\n\n{title}\n\n·\n{n} authors\n{n}\n"
        for n, title in enumerate(titles, 3)
    ]
    for cut in ("\n\nrower", "authors\n", "\n·\n"):
        sheets = "".join(cards).split(cut)
        printed_page = "".join(
            f"{sheet}{cut}" if n % 2 else f"{sheet}\n{n // 2 + 1}\n\f{cut}"
            for n, sheet in enumerate(sheets)
        ).removesuffix(cut)
        undone = undo(f"Daily Papers\n\nAug 1\n{printed_page}", SITES)
        assert [title for title, _, _ in read(undone.lines)] == titles
