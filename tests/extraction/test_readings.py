"""A page is read as it stands and, where that is doubtful, once more with its form undone."""

import pytest
from helpers import ROOT, arrow_page

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


def test_bullets_of_nothing_beside_a_title_say_nothing_of_it():
    odd = PAGE.replace("Nets of rope, part 3\n", "Nets of rope, part 3\n* *   *\n")
    assert not read(odd, None).held


@pytest.mark.parametrize("gap", ["", "\n", "\n\n"])
def test_a_line_nobody_understood_beside_a_title_holds_the_card_back(gap):
    """What stands there may be the title's end, blank lines or not: here a number."""
    odd = PAGE.replace("Nets of rope, part 3\n", f"Nets of rope, part\n{gap}3\n")
    found = read(odd, None)
    assert {at: broken.rule.code for at, broken in found.held.items()} == {3: "card_goes_on"}


def test_a_page_that_seems_wrapped_and_is_no_better_undone_is_in_doubt_where_lines_were_joined(
    monkeypatch,
):
    """Both readings are wrong somewhere: what one of them joins is not sure to be whole."""
    odd = PAGE.replace("Nets of rope, part 3", "see https://nets.example.org/3")
    lines = odd.split("\n")
    at = lines.index("Nets of rope, part 5")

    def joining(*_: object) -> Undone:
        kept = [*lines[:at], f"{lines[at]} {lines[at + 1]}", *lines[at + 2 :]]
        spans = [(n, n) for n in range(1, at + 1)] + [(at + 1, at + 2)]
        spans += [(n, n) for n in range(at + 3, len(lines) + 1)]
        return Undone(tuple(kept), tuple(spans), ("wrapping",))

    monkeypatch.setattr(readings, "signs", lambda *_: ("wrapping",))
    monkeypatch.setattr(readings, "undo", joining)
    found = read(odd, None)
    assert not found.steps
    codes = {place: broken.rule.code for place, broken in found.held.items()}
    assert codes == {3: "title_address", 5: "card_unsure"}


def test_where_only_order_tells_titles_from_texts_many_cards_without_one_set_a_page_aside():
    """A line of a tool between title and text: the text is the next card's title then."""
    folder = ROOT / "tests" / "data" / "sources" / "huggingface_papers"
    plain = (folder / "text_search_with_odd_lines.txt").read_text("utf-8")
    wrong = plain
    ends = ("Pond of Words", "for Fish", "community", "Dec 11", "day.", "thought.", "zed", "17")
    for end in ends:
        wrong = wrong.replace(f"{end}\n", f"{end}\n\n[-] 1\n")
    found = read(wrong, None)
    titles = {record.title for record in read(plain, None).records}
    published = {r.title for at, r in enumerate(found.records) if at not in found.held}
    assert found.fault or found.distrust or published <= titles
    assert not read(plain, None).distrust


def _paired(n_cards):
    """Titles and texts in turn, with nothing to tell them apart."""
    prose = "Words of an abstract follow each other here and there for quite a while. " * 4
    pages = [f"{n} Short Titles Are Told Apart by Their Last Line\n{prose}" for n in range(n_cards)]
    return "Get trending papers in your email inbox!\nSubscribe" + "\n".join(pages)


def test_where_nothing_tells_titles_from_texts_an_uncertain_end_holds_the_card_back(monkeypatch):
    """A title that was joined to the text above it would be lost without a word."""
    lines = _paired(8).split("\n")

    def unsure(*_: object) -> Undone:
        spans = tuple((n, n) for n in range(1, len(lines) + 1))
        return Undone(tuple(lines), spans, ("wrapping",), uncertain=frozenset({6}))

    monkeypatch.setattr(readings, "signs", lambda *_: ("wrapping",))
    monkeypatch.setattr(readings, "undo", unsure)
    found = read("\n".join(lines), None)
    (place,) = found.held
    assert found.records[place].line_start <= 7 <= found.records[place].line_end
    assert found.held[place].rule.code == "card_unsure"


def test_where_nothing_tells_titles_from_texts_two_texts_of_one_card_hold_it_back(monkeypatch):
    """A title that was joined to the text above leaves its own text behind, to another card."""
    lines = _paired(30).split("\n")
    at = lines.index(next(line for line in lines if line.startswith("7 Short")))
    lines[at - 1 : at + 1] = [" ".join(lines[at - 1 : at + 1])]
    spans = tuple((n, n) for n in range(1, len(lines) + 1))
    monkeypatch.setattr(readings, "signs", lambda *_: ("wrapping",))
    monkeypatch.setattr(readings, "undo", lambda *_: Undone(tuple(lines), spans, ("wrapping",)))
    found = read("\n".join(lines), None)
    (place,) = found.held
    assert found.records[place].title.startswith("6 Short")
    assert found.held[place].rule.code == "card_several"
    assert found.distrust is None


def test_of_a_page_in_lines_as_of_one_that_was_wrapped_the_same_share_is_not_understood():
    """One line of many is less than one of few, but not more of what was saved."""
    odd = PAGE.replace("• Ann Lee", "[-] 7\n\n• Ann Lee", 1)
    once, twice = read(odd, None), read(odd.replace("Nets of rope,", "Nets of  rope,"), None)
    assert once.cost(1000) == twice.cost(1000)


@pytest.mark.parametrize(("n_declared", "is_set_aside"), [(8, False), (30, True)])
def test_a_wrapped_page_that_lists_far_more_papers_is_set_aside(
    n_declared, is_set_aside, monkeypatch
):
    lines = tuple(PAGE.replace("8 papers", f"{n_declared} papers").split("\n"))
    spans = tuple((n, n) for n in range(1, len(lines) + 1))
    monkeypatch.setattr(readings, "signs", lambda *_: ("wrapping",))
    monkeypatch.setattr(readings, "undo", lambda *_: Undone(lines, spans, ("wrapping",)))
    found = read("\n".join(lines), None)
    assert found.steps == ("wrapping",)
    assert bool(found.distrust and "lists 30 papers" in found.distrust) is is_set_aside


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
