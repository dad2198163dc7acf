"""What sites know of lines, asked as one."""

import re

import pytest

from pipeline.forms.site_lines import AnySite, SiteLines

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
def test_one_question_tells_what_two_tell(line: str, is_known: bool) -> None:
    site = AnySite(SITES)
    assert bool(site.begins_or_is_whole(line)) is is_known
    assert bool(site.begins(line) or site.is_whole(line)) is is_known
