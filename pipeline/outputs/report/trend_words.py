"""What verdicts and levels are called on the page.

What belongs here: one word for each. What does not: sentences (`sentences`).
"""

from pipeline.outputs.report.tables import words

TRENDS = {"rising": "▲ rising", "falling": "▼ falling", "steady": "■ steady"}


def trend_in_words(trend: str) -> str:
    """Return a verdict as the report shows it."""
    return TRENDS.get(trend, words(trend))


def place_in_words(level: str, parent: str | None) -> str:
    """Say the level of a topic and what it lies in, so that none is taken for a rival of its own.

    >>> place_in_words("field", None), place_in_words("area", "Robotics")
    ('Field', 'Area in Robotics')
    """
    shown = words(level).capitalize()
    return f"{shown} in {parent}" if parent else shown
