"""Where texts meet at a full line of a compact page: titles are found there, or held back."""

import textwrap

import pytest
from form_pages import SITES

from pipeline.extraction.readings import read
from pipeline.forms.looks import ends_sentence
from pipeline.forms.undo import undo

WIDTH = 60
PROSE = textwrap.wrap(
    "Words of an abstract follow each other here and there for quite a while, so that a width is "
    "to be seen. After some lines of that kind there is an end to it, and no more is said.",
    WIDTH,
)
# Its last line is full: the next word had no room in it.
FULL_PROSE = [*PROSE[:2], "there is an end of it, and all is said that was to be said."]
FULL_TITLE = "Knotted Ropes: Longer Nets for Deeper Water in Wider Bays"
TITLES = [f"{word} Are Told Apart by Little" for word in ("Gulls", "Boats", "Oars", "Sails")]


def page(*cards):
    """Return a compact page of wrapped lines: ordinary cards, then some."""
    ordinary = [[title, *PROSE] for title in TITLES]
    lines = [line for card in [*ordinary, *cards] for line in card]
    assert all(len(line) <= WIDTH for line in lines if "](" not in line)
    return "Get trending papers in your email inbox!\nSubscribe" + "\n".join(lines)


def is_full(line, below):
    return len(line) + 1 + len(below.partition(" ")[0]) > WIDTH


LAST = ["Seagulls Return at Last", *PROSE]
LINKED = ["[Knotted Ropes: Longer Nets for Deeper", "Water](https://example.org/6)"]
QUESTION = "Do Longer Ropes Hold Deeper Nets in All of Our Wide Bays?"
# Pages, and what of their titles must be a line.
SHOWN = {
    "title_above_prose_above_title": ([[FULL_TITLE, *FULL_PROSE], LAST], FULL_TITLE),
    "question": ([[QUESTION, *PROSE], LAST], QUESTION),
    "question_below_prose": (
        [["Oars", *FULL_PROSE], ["Anchorage for Longer Ropes?", *PROSE], LAST],
        "Anchorage for Longer Ropes?",
    ),
    "link_below_prose": (
        [["Oars", *FULL_PROSE], [*LINKED, *PROSE], LAST],
        "[Knotted Ropes: Longer Nets for Deeper Water](https://example.org/6)",
    ),
}


@pytest.mark.parametrize("case", SHOWN)
def test_a_title_is_no_part_of_the_text_above_or_below_it(case):
    cards, title = SHOWN[case]
    lines = undo(page(*cards), SITES).lines
    assert title in lines
    assert LAST[0] in lines


def test_the_cases_are_what_they_say():
    assert is_full(FULL_TITLE, PROSE[0])
    assert is_full(QUESTION, PROSE[0])
    assert all(is_full(FULL_PROSE[-1], below) for below in (LAST[0], "Anchorage", LINKED[0]))


@pytest.mark.parametrize(
    "title", [FULL_TITLE, "Knotted Ropes: Longer-Lasting Nets Are in Use, with Aids"]
)
def test_a_title_between_two_full_lines_is_held_back(title):
    assert is_full(title, PROSE[0])
    found = read(page(["Oars", *FULL_PROSE], [title, *PROSE], LAST), None)
    places = {record.title: place for place, record in enumerate(found.records)}
    assert places.keys() >= {*TITLES[1:], "Oars", LAST[0]}
    assert "card_unsure" in {found.held[place].rule.code for place in found.held}
    assert title not in places or places[title] in found.held
    published = [r.abstract for place, r in enumerate(found.records) if place not in found.held]
    assert not [abstract for abstract in published if title in (abstract or "")]


def test_prose_that_ends_in_a_question_stays_whole():
    prose = [*FULL_PROSE, "Anchors hold, but what holds the anchors?"]
    undone = undo(page(["Oars", *prose], LAST), SITES)
    assert " ".join(prose) in undone.lines


def test_long_junk_is_looked_at_in_a_moment():
    for junk in ("](" + "(" * 50_000, "](a" * 30_000, "](<" + "a(" * 30_000, "?" * 90_000):
        ends_sentence(junk)
