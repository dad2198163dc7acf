"""Every rule of plausibility, on both sides, from its own table."""

import pytest

from pipeline.extraction.plausibility.rule import Rule
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
