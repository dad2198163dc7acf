"""What sites know of lines, asked as one."""

import re

import pytest

from pipeline.extraction.site_lines import known_lines
from pipeline.forms.site_lines import AnySite, SiteLines, any_site

SITES = (
    SiteLines(begins=re.compile(r"Authors:"), whole=re.compile(r"\d+|View|View PDF")),
    SiteLines(begins=re.compile(r"by\b", re.I), whole=re.compile(r"up vote # s", re.X)),
)


@pytest.mark.parametrize(
    ("line", "is_known"),
    [
        ("Authors: A. B", True),
        ("BY whom", True),
        ("View PDF", True),
        ("12", True),
        ("upvote", True),
        ("12 papers", False),
        ("12\n", False),
        ("View PDFs", False),
        ("upvotes", False),
        ("of Authors:", False),
    ],
)
def test_sites_are_asked_as_one(line: str, is_known: bool) -> None:
    site = AnySite(SITES)
    assert (site.begins(line) or site.is_whole(line)) is is_known


LINES = (
    *("", " ", "-", "•", "· 3", "[", "[12]", "1.", "12", "1,204 papers", "2019.", "3 authors"),
    *("Authors:", "**Abstract:**", "Abstracts:", ": Title: A", "Total of 3 entries", "Monthly"),
    *("arXiv:2405.10001 [cs.LG]", "- arXiv:2405.10001", "cs.LG stat.ML", "hep-th", "q-bio.NC"),
    *("March 5, 2024", "Mar 5 7", "Marching", "Sat, 5 May 2024", "Friday, 3 May 24", "Novelty9"),
    *("NeurIPS Conference 2023 Conference Paper", "ACL 2023 Long Paper", "A Paper", "view pdf"),
    *("65.3CVNov 26Code", "RODec 17, 2022", "softMay 6, 2024", "Bo Li et al.", "Bo Li · mit, nyu"),
    *("▽ More", "[△ Less]", "Submitted 3 May, 2024; originally announced May 2024.", "View PDF"),
    *("GitHub 1.2k", "Upvote 3", "Submitted by", "Submitted by ann", "h-index: 3", "É.", "数"),
)


@pytest.mark.parametrize("end", ["", " ", "\n", "."])
@pytest.mark.parametrize("line", LINES)
def test_end_signs_rule_out_nothing_that_a_site_knows(line: str, end: str) -> None:
    sites, text = known_lines(), line + end
    site = any_site(sites)
    assert site.begins(text) is any(one.begins.match(text) is not None for one in sites)
    assert site.is_whole(text) is any(one.whole.fullmatch(text) is not None for one in sites)
