"""Pages on one line: which lines are asked for the places where lines began."""

import re

import pytest
from form_pages import search_page

from pipeline.forms.one_line import cut_lines
from pipeline.forms.site_lines import SiteLines, any_site
from pipeline.sources.arxiv_search_lines import INSIDE, INSIDE_WORDS

NEVER = re.compile(r"(?!)")
PARTS = (
    "1. arXiv:2405.10001 [pdf, other] cs.LG doi 10.1000/abc Title",
    "arXiv:2405.10001v2 [pdf] Title",
    "Authors: ",
    "Author : ",
    "Abstract: ",
    "Submitted 3 May",
    "Comments: ",
    "Journal ref: ",
    "ACM Class: ",
    "MSC Class : ",
    "Report number: ",
)


@pytest.mark.parametrize("part", PARTS)
def test_a_site_names_the_words_of_all_that_it_finds_inside_a_line(part: str):
    found = INSIDE.search(f"We wait. {part}")

    assert found is not None
    assert any(word in found[0] for word in INSIDE_WORDS)


def test_each_alternative_of_the_pattern_is_tried_above():
    matched = [found for part in PARTS if (found := INSIDE.search(part))]

    tried = {n for found in matched for n in range(1, INSIDE.groups + 1) if found[n] is not None}
    assert tried == set(range(1, INSIDE.groups + 1))


@pytest.mark.parametrize("words", [(), INSIDE_WORDS])
def test_a_page_on_one_line_is_cut_with_words_and_without(words: tuple[str, ...]):
    site = SiteLines(NEVER, NEVER, INSIDE, words)
    page = " ".join(search_page().split())

    lines = cut_lines(page, [site]).split("\n")

    begins = [line.split()[0] for line in lines]
    assert begins.count("Authors:") == begins.count("Abstract:") == 4


def test_flags_of_a_pattern_hold_among_those_of_other_sites():
    sites = (
        SiteLines(re.compile("card", re.IGNORECASE), NEVER),
        SiteLines(re.compile("Page  # of a site", re.VERBOSE), NEVER),
    )

    begins = any_site(sites).begins

    assert begins("CARD 1")
    assert begins("Page 1")
    assert not begins("PAGE 1")
