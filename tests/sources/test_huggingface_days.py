"""A day of Hugging Face: what stands below a title is an organisation, or the rest of the title."""

import pytest

from pipeline.extraction.readings import read

LONG = "Gulls That Look at Maps: Evidence from Nine Harbours and Seasons"
LONGER = f"{LONG}, with Remarks on Lunch at Sea and on All That Follows from It for Boats and Crews"
TITLES = ("Ropes", "Boats That Turn", "Lunch at Sea", "Harbours", "Sails of Cloth", "Fog")


def day(card, titles, below):
    """Return a day's page: below the titles (by place) stand lines."""
    cards = [
        card.format(n=n + 2, title=title, below=below.get(n, "")) for n, title in enumerate(titles)
    ]
    return "Daily Papers\nby AK and the research community\nAug 1\n" + "".join(cards)


PRINTED = "Submitted by\n\nrower\n\n{n}\n\n{title}\n{below}·\n{n} authors\n{n}\n"
COMPACT = "Submitted by\nrower\n{n}\n{title}\n{below}·\n{n} authors\n{n}\n"


@pytest.mark.parametrize("below", ["Sails", "and Sails", "-- and Fog", "Sails of Cloth"])
def test_the_end_of_a_title_is_no_organisation(below):
    """Printed lines are as wide as their letters: a longer one proves nothing."""
    page = day(PRINTED, (*TITLES, LONG, f"{LONG} of Gulls"), {6: f"{below}\n"})
    found = read(page, None)
    place = next(at for at, record in enumerate(found.records) if record.title.startswith(LONG))
    assert place in found.held or found.records[place].title == f"{LONG} {below}"


def test_a_blank_line_below_each_line_sets_nothing_apart():
    """The end of the only title that was wrapped is no organisation, then either."""
    page = day(COMPACT, (*TITLES, LONG), {6: "Gulls\n"}).replace("\n", "\n\n")
    found = read(page, None)
    place = next(at for at, record in enumerate(found.records) if record.title.startswith(LONG))
    assert place in found.held
    assert len(found.held) == 1


def test_a_name_below_its_short_form_is_an_organisation_however_long_the_title():
    for below in ("tern-lab Tern Lab", "Terns Terns", "TWBU The West Bay University"):
        found = read(day(PRINTED, (*TITLES, LONG, LONGER), {6: f"{below}\n"}), None)
        assert not found.held
        assert found.records[6].title == LONG
        assert found.records[6].organization == below.partition(" ")[2]


def test_below_the_longest_title_of_all_stands_an_organisation_where_others_have_some():
    below = dict.fromkeys((0, 2, 4, 6), "Tern\n")
    found = read(day(COMPACT, (*TITLES, LONGER), below), None)
    assert not found.held
    assert [record.organization for record in found.records][::2] == ["Tern"] * 4


def test_where_short_texts_stand_below_titles_one_below_a_full_line_is_uncertain():
    """Nobody can tell whether a printed title went on, or an organisation stood below it."""
    titles = [f"{word} That Look at Maps: Evidence from {word} and of Many" for word in TITLES]
    below = {
        0: "harbours\n",
        1: "and of all boats\n",
        2: "of seas\n",
        3: "with crews\n",
        4: "harbours and seas\n",
        5: "and seasons\n",
        7: "Tern Lab\n",
        8: "Tern Lab\n",
        9: "Tern Lab\n",
    }
    full = f"{LONG} of G"
    others = ["Harbours, Ropes and Small Boats at Sea in Fog"] * 3
    found = read(day(PRINTED, (*titles, full, *others, full), {**below, 10: "Terns\n"}), None)
    assert 10 in found.held or found.fault
