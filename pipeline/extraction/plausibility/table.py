"""The one table of rules of plausibility.

What belongs here: putting the parts together. What does not: the rules themselves.
"""

from pipeline.extraction.plausibility.abstracts import ABSTRACT_RULES
from pipeline.extraction.plausibility.cards import CARD_RULES, SPLIT_RULES
from pipeline.extraction.plausibility.cut_titles import CUT_TITLE_RULES
from pipeline.extraction.plausibility.names import LIST_RULES, NAME_RULES
from pipeline.extraction.plausibility.rule import About, Rule
from pipeline.extraction.plausibility.titles import TITLE_RULES
from pipeline.extraction.plausibility.values import VALUE_RULES

RULES: tuple[Rule, ...] = (
    *TITLE_RULES,
    *CUT_TITLE_RULES,
    *NAME_RULES,
    *LIST_RULES,
    *ABSTRACT_RULES,
    *VALUE_RULES,
    *SPLIT_RULES,
    *CARD_RULES,
)


def rules_about(*fields: About) -> tuple[Rule, ...]:
    """Return the rules about some fields, in the order of the table."""
    return tuple(rule for rule in RULES if rule.about in fields)
