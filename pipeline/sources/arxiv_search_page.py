"""The lines of arXiv's search pages that carry no paper: their heading and their furniture.

What belongs here: what such lines look like and say. What does not: the lines of cards
(`sites.arxiv_search`).
"""

import re
from collections.abc import Iterable

from pipeline.contract.findings import PageFacts
from pipeline.sources.arxiv_listings import ADVANCED, of_advanced, of_query, search_of
from pipeline.sources.arxiv_words import read_showing
from pipeline.sources.dump import Dump, Line
from pipeline.sources.listings import Listing, agreed, as_facts
from pipeline.sources.reading import Findings

_FURNITURE = (
    ("navigation", re.compile(r"Skip to main content|Next|Previous|Login|Search|GO|Go")),
    ("navigation", re.compile(r"(?:Help \| )?Advanced Search|Help pages?|Help|About|All fields")),
    ("page_numbers", re.compile(r"\d+(?: \d+)*|…|\.")),
    ("search_form", re.compile(r"Show abstracts|Hide abstracts|Sort results by.*")),
    ("query", ADVANCED),
    ("search_form", re.compile(r"\d+ results per page\..*|Search v\d.*")),
    ("footer", re.compile(r"Copyright|Privacy Policy|Web Accessibility Assistance|Contact")),
    ("footer", re.compile(r"arXiv Operational Status.*|Get status notifications.*|Subscribe")),
    ("footer", re.compile(r"(?:contact|subscribe to) arXiv.*")),
)


def read_loose(lines: Iterable[Line], found: Findings, dump: Dump) -> PageFacts:
    """Read the heading and name the furniture; other lines stay for extraction to report.

    Where several pages stand below each other, the last heading counts; what they list only where
    they agree.
    """
    facts: dict = {}
    searches: list[Listing | None] = []
    for line in lines:
        if showing := read_showing(line.text):
            facts = showing
            searches.append(of_query(showing["query"]))
            found.furnish([line], "result_count")
            continue
        if name := furniture_name(line.text):
            found.furnish([line], name)
        if name == "query":
            searches.append(of_advanced(line.text))
    listing = agreed(searches) if any(searches) else search_of(dump)
    return PageFacts(**facts, **as_facts(listing))


def furniture_name(text: str) -> str | None:
    """Return the name of a line of page furniture, None for any other line."""
    return next((name for name, rule in _FURNITURE if rule.fullmatch(text)), None)
