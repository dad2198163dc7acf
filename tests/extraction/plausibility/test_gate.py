"""Judging the cards of a page by the table, a column at a time."""

from typing import Any

import pytest
from growth import assert_linear, repeated

from pipeline.contract.findings import AuthorName, Record
from pipeline.extraction.plausibility.gate import judge
from pipeline.extraction.plausibility.rule import Rule
from pipeline.extraction.plausibility.table import RULES

ANN, BOB = AuthorName("Ann Lee", "Ann Lee"), AuthorName("Bob Roe", "Bob Roe")


def _card(title: str = "Nets of rope for the deep blue sea", **more: Any) -> Record:
    made: dict[str, Any] = {"authors": (ANN, BOB), **more}
    return Record(1, 4, title, title)._replace(**made)


def _cards(rule: Rule, value: Any) -> list[Record]:
    """Return a page on which one card holds a value."""
    if rule.about == "title":
        return [_card(str(value), authors=() if rule.kind == "unnamed" else (ANN,))]
    if rule.about == "last line":
        return [_card()._replace(raw_title=f"Nets of rope\n{value}")]
    if rule.about == "name":
        return [_card(authors=(ANN, AuthorName(str(value), str(value))))]
    if rule.about == "list":
        return [_card(authors=tuple(AuthorName(name, name) for name in value))]
    if rule.about == "abstract":
        return [_card(abstract=value.text), _card(value.next_title or "Anchors of iron for all")]
    return [value if isinstance(value, Record) else _card(categories=value)]


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        pytest.param(rule, value, id=f"{rule.code}-{n}")
        for rule in RULES
        if rule.about != "card"
        for n, value in enumerate(rule.wrong)
    ],
)
def test_the_look_at_all_cards_at_once_misses_nothing(rule: Rule, value: Any):
    judged = judge([_card(), *_cards(rule, value)])
    found = judged.soft if rule.kind == "soft" else judged.hard
    assert 1 in found or 1 in judged.hard or 1 in judged.guessed
    assert 0 not in judged.hard


@pytest.mark.parametrize(
    "title",
    [
        *("1984", "GPT-4", "C++", "Introduction", "Search", "Help", "Why?", "Plato: a life"),
        *("深度学习综述", "Wait... What?", "What is a net? On ropes", "Comments on Roe et al."),
        *("3D", "X", "May 1968", "A, B, C"),
    ],
)
def test_short_and_odd_titles_pass_where_the_card_names_its_authors(title: str):
    assert not judge([_card(title)]).hard


@pytest.mark.parametrize("title", ["1984", "Search", "Aug 12", "94", "Ann Lee, Bob Roe, Cy Poe"])
def test_the_same_titles_do_not_pass_on_a_card_without_authors(title: str):
    assert judge([_card(title, authors=())]).hard


@pytest.mark.parametrize(
    "name",
    [
        *("Plato", "ATLAS Collaboration", "the LIGO Scientific Collaboration", "Roe, Jr."),
        *("王小明", "Иван Петров", "P. Christian van der Sande", "D'Arcy Lee", "J. O'Neil"),
        *("GPT-5", "DeepSeek-AI", "H. Lee-Roe", "Ma. de los Ángeles Roe", "Thomas More"),
    ],
)
def test_names_of_people_and_groups_pass(name: str):
    assert not judge([_card(authors=(AuthorName(name, name),))]).hard


def test_the_gate_names_the_rule_and_the_value():
    broken = judge([_card(), _card("### Nets")]).hard[1]
    assert (broken.rule.code, broken.text) == ("title_markup", "### Nets")


def test_a_page_without_cards_passes():
    assert judge([]) == judge([_card(authors=(), abstract=None)])


@pytest.mark.parametrize(
    "junk",
    ["a", "(", "[", "<p", "http", "Ann Lee, ", "A ", " ,", "**", "\\_", "a. A", "…", "1", "-"],
)
def test_long_junk_takes_no_longer_than_its_length(junk: str):
    def judge_card(size: int):
        text = repeated(junk, size)
        judge([_card(text, authors=(AuthorName(text, text),), abstract=text, categories=(text,))])

    assert_linear(judge_card, 200_000)


def test_one_tag_in_the_middle_of_a_long_abstract_is_found():
    prose = "We knit nets of rope, and rest. Then all of us go on for another while. " * 9
    tag = '<span id="a-full"\nstyle="display: none;">'
    cards = [_card(), _card(abstract=f"Once. {prose}{tag} {prose}End.")]
    assert judge(cards).hard[1].rule.code == "abstract_markup"
