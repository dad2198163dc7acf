"""Previews and one-line cards: buttons and labels are put on lines of their own again."""

import pytest
from form_pages import SITES, read

from pipeline.forms.marks import ADDED, ENDED, without_signs
from pipeline.forms.previews import part_previews
from pipeline.forms.undo import undo

WHOLE = "We sail and count our turns. There are more of them than anybody had thought of."
CARD = (
    "1. arXiv:2405.10001 [pdf, other]\n\ncs.CL\n\nOn Boats\n\nAuthors: Ann Lee, Bo Quist\n\n{}\n\n"
    "Submitted 3 May, 2024; originally announced May 2024.\n"
)
ONE_LINE = (
    "1. arXiv:2405.10001 [pdf, other] cs.CL cs.LG {title} Authors: Ann Lee, Bo Quist "
    f"Abstract: {WHOLE} Submitted 3 May, 2024; originally announced May 2024. Comments: 3 pages"
)


@pytest.mark.parametrize(
    "shown",
    [
        "Abstract: We sail and cou… ▽ More {} △ Less",
        "Abstract: We sail and cou… [▽ More] {} [△ Less]",
        "Abstract: We sail and cou… ▽ More\n\n{} △ Less",
        "Abstract: We sail and cou… ▽\nMore {} △\n Less",
        "Abstract: …more of them than anyb… ▽ More {} △ Less",
        "Abstract: We sail and cou… More {} Less",
        "Abstract: We sail and cou… ? More {} ? Less",
        "Abstract: {0} {0}",
    ],
)
def test_the_full_text_is_told_from_its_preview(shown):
    page = CARD.format(shown.format(WHOLE))

    undone = undo(page, SITES)

    assert read(undone.lines) == [("On Boats", ("Ann Lee", "Bo Quist"), WHOLE)]
    assert undone.steps == ("previews",)
    assert undone.spans[-1][1] == page.count("\n") + 1


@pytest.mark.parametrize(
    "shown",
    [
        "Abstract: We sail and count our turns, and we could say a lot … ▽ More",
        "Abstract: The less is more. More is less than we thought it was, and we said so. Less",
        "Abstract: We sail. We sail. We sail.",
    ],
)
def test_prose_and_pages_of_previews_are_left_alone(shown):
    assert undo(CARD.format(shown), SITES).steps == ()


def test_a_text_that_stands_twice_in_a_wrapped_line_is_cut_wherever_it_was_joined():
    once = f"We steer well-known boats, and say so. {WHOLE}"
    again = once.replace("of them", f"of{ENDED} them").replace("well-known", f"well-{ENDED}known")
    line = f"Abstract: {once} {again}{ADDED}"

    assert part_previews(line, ()) == f"Abstract: {once}{ADDED}\n{again}{ADDED}"


@pytest.mark.parametrize("title", ["On Boats", "quasi-static boats in wide-open bays"])
def test_a_card_on_one_line_is_cut_at_its_labels(title):
    one, two = (
        ONE_LINE.format(title=title),
        ONE_LINE.format(title="On Ropes").replace("1.", "2.", 1),
    )

    undone = undo(f"Showing 1–2 of 2 results for all: boats {one} {two}", SITES)

    names = ("Ann Lee", "Bo Quist")
    assert read(undone.lines) == [(title, names, WHOLE), ("On Ropes", names, WHOLE)]
    assert undone.steps == ("one_line",)
    assert set(undone.spans) == {(1, 1)}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            "We sail by wind and well-\nbeing of a crew",
            "We sail by wind and well-being\n of a crew",
        ),
        (
            "We sail to https://example.org/sea at once",
            "We sail to https:// example.org/sea at once",
        ),
    ],
)
def test_a_text_stands_twice_wherever_a_tool_broke_it(first, second):
    rest = ", and we count all of the turns that boats make there on a day without any wind."
    shown = f"{first}{rest} {second}{rest}".replace("\n", ENDED)
    parted = part_previews(f"Abstract: {shown}", SITES)
    page = CARD.format(without_signs(parted))
    said = f"{second}{rest}".replace("https:// ", "https://").replace("\n", "")
    assert read(page.split("\n")) == [("On Boats", ("Ann Lee", "Bo Quist"), said)]
