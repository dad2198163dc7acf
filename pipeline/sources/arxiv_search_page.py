"""The lines of arXiv's search pages that carry no paper: their heading and their furniture.

What belongs here: what such lines look like and say. What does not: the lines of cards
(`sites.arxiv_search`).
"""

import re
from collections.abc import Iterable

from pipeline.contract.findings import PageFacts
from pipeline.sources.arxiv_listings import of_query
from pipeline.sources.arxiv_words import read_showing
from pipeline.sources.dump import Line
from pipeline.sources.listings import as_facts
from pipeline.sources.reading import Findings

_FURNITURE = (
    ("navigation", re.compile(r"Skip to main content|Next|Previous|Login|Search|GO|Go")),
    ("navigation", re.compile(r"(?:Help \| )?Advanced Search|Help pages?|Help|About|All fields")),
    ("page_numbers", re.compile(r"\d+(?: \d+)*|…|\.")),
    ("search_form", re.compile(r"Show abstracts|Hide abstracts|Sort results by.*")),
    ("search_form", re.compile(r"\d+ results per page\..*|Search v\d.*")),
    ("footer", re.compile(r"Copyright|Privacy Policy|Web Accessibility Assistance|Contact")),
    ("footer", re.compile(r"arXiv Operational Status.*|Get status notifications.*|Subscribe")),
    ("footer", re.compile(r"(?:contact|subscribe to) arXiv.*")),
)


def read_loose(lines: Iterable[Line], found: Findings) -> PageFacts:
    """Read the heading and name the furniture; other lines stay for extraction to report."""
    facts: dict = {}
    for line in lines:
        if showing := read_showing(line.text):
            facts = showing
            found.furnish([line], "result_count")
            continue
        if name := furniture_name(line.text):
            found.furnish([line], name)
    return PageFacts(**facts, **as_facts(of_query(facts.get("query"))))


def furniture_name(text: str) -> str | None:
    """Return the name of a line of page furniture, None for any other line."""
    return next((name for name, rule in _FURNITURE if rule.fullmatch(text)), None)
