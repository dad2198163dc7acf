"""A page is read as it stands and, where that is doubtful, once more with its form undone."""

import pytest
from helpers import arrow_page

from pipeline.extraction import readings
from pipeline.extraction.readings import read
from pipeline.forms.undo import Undone

PAGE = arrow_page("Ann Lee", [(f"Nets of rope, part {n}", ["Ann Lee"], 2020) for n in range(8)])
QUOTED = "".join(f"> {line}\n" for line in PAGE.splitlines())


def test_a_plain_page_is_read_once(monkeypatch):
    monkeypatch.setattr(readings, "undo", lambda *_: pytest.fail("undone without need"))
    assert not read(PAGE, None).steps


def test_a_page_that_nobody_knows_as_it_stands_is_undone():
    found = read(QUOTED, None)
    assert found.fault is None
    assert found.steps == ("quotes",)
    assert [record.title for record in found.records] == [
        record.title for record in read(PAGE, None).records
    ]


def test_the_better_reading_counts(monkeypatch):
    """A step that does harm is not taken."""

    def harm(text: str, _: object) -> Undone:
        lines = tuple(line.replace("Nets", "### Nets") for line in text.split("\n"))
        return Undone(lines, tuple((n, n) for n in range(1, len(lines) + 1)), ("markers",))

    monkeypatch.setattr(readings, "signs", lambda *_: ("markers",))
    monkeypatch.setattr(readings, "undo", harm)
    found = read(PAGE, None)
    assert not found.steps
    assert not found.held


def test_a_card_in_doubt_is_held_back_where_a_join_touches_it(monkeypatch):
    """`and` at the end of a title: whole on a plain page, cut on one that was wrapped."""
    cut = PAGE.replace("Nets of rope, part 3", "Nets of rope and")
    plain = read(cut, None)
    assert list(plain.judged.soft) == [3]
    assert not plain.held

    def joining(text: str, _: object) -> Undone:
        lines = tuple(text.split("\n"))
        place = lines.index("Nets of rope and")
        spans = [(n, n) for n in range(1, place + 1)] + [(place + 1, place + 2)]
        spans += [(n + 2, n + 2) for n in range(place + 1, len(lines))]
        return Undone(lines, tuple(spans), ("wrapping",))

    monkeypatch.setattr(readings, "signs", lambda *_: ("wrapping",))
    monkeypatch.setattr(readings, "undo", joining)
    found = read(cut, None)
    assert {at: broken.rule.code for at, broken in found.held.items()} == {3: "title_cut_end"}


@pytest.mark.parametrize("gap", ["", "\n", "\n\n"])
def test_a_line_nobody_understood_beside_a_title_holds_the_card_back(gap):
    """What stands there may be the title's end, blank lines or not: here a number."""
    odd = PAGE.replace("Nets of rope, part 3\n", f"Nets of rope, part\n{gap}3\n")
    found = read(odd, None)
    assert {at: broken.rule.code for at, broken in found.held.items()} == {3: "card_goes_on"}


def test_a_card_without_authors_is_held_back_where_others_have_some_and_the_form_was_undone():
    lost = QUOTED.replace("> • Ann Lee\n", "", 1)
    found = read(lost, None)
    assert [broken.rule.code for broken in found.held.values()] in ([], ["card_nameless"])
    assert all(record.authors for at, record in enumerate(found.records) if at not in found.held)


def test_a_card_below_the_last_label_of_one_that_was_lost_is_not_held_back():
    """A date that nobody understood is no beginning of the title below it."""
    cards = [
        f"Boats of {n} Bays\n\nThey turn to the left in each of {n} bays, we find, and are lost."
        f"\n\n  • {n} authors\n·\nMay {n}, 2024\n"
        for n in range(2, 12)
    ]
    head = "Daily Papers\n\nbyAK and the research community\n\n"
    lost = "\n\n  • 7 authors\n·\nMay 3, 2024\n"
    found = read(f"{head}{cards[0]}{lost}{''.join(cards[1:])}", None)
    assert found.ledger.not_understood()
    assert len(found.records) == len(cards)
    assert not found.held
