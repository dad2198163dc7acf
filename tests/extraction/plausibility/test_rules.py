"""Every rule of plausibility, on both sides, from its own table."""

import pytest

from pipeline.extraction.plausibility.cards import CARD_RULES
from pipeline.extraction.plausibility.rule import CardIn, Rule
from pipeline.extraction.plausibility.table import RULES


def _cases(side: str) -> list:
    return [
        pytest.param(rule, value, id=f"{rule.code}-{n}")
        for rule in RULES
        for n, value in enumerate(getattr(rule, side), 1)
    ]


@pytest.mark.parametrize(("rule", "value"), _cases("wrong"))
def test_a_rule_finds_what_is_wrong(rule: Rule, value: object):
    assert rule.breaks(value)


@pytest.mark.parametrize(("rule", "value"), _cases("right"))
def test_a_rule_leaves_alone_what_is_right(rule: Rule, value: object):
    assert not rule.breaks(value)


@pytest.mark.parametrize("rule", CARD_RULES, ids=lambda rule: rule.code)
def test_a_card_of_which_its_page_says_nothing_breaks_no_rule(rule: Rule):
    """So that cards that bear no sign need not be looked at (`pages.doubtful_cards`)."""
    for card in (*rule.wrong, *rule.right):
        assert not rule.breaks(CardIn(card.record, named_share=1.0))
