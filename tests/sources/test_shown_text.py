"""Markup without the marks of its site: what it shows is read, line by line of the source."""

import re

import pytest
from growth import assert_linear, repeated
from helpers import ROOT

from pipeline.extraction.readings import read
from pipeline.sources.shown_text import shown_text

_FOLDER = ROOT / "tests" / "data" / "pages"
_ATTRIBUTES = re.compile(r"(<[a-z][a-z0-9]*)\b(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.IGNORECASE)
_NO_TEXT = re.compile(r"<head>.*?</head>|<script.*?</script>", re.DOTALL)
_READER = '<!DOCTYPE html><html><head><style>{}</style></head><body><div class="reader">{}</div>'


def _bare(name: str) -> str:
    """Return a page as readers and word processors leave it: its elements without attributes."""
    page = (_FOLDER / f"{name}.html").read_text("utf-8")
    words = _NO_TEXT.sub("", page).partition("<body")[2].partition(">")[2]
    return _READER.format("p { margin: 1em }\n" * 200, _ATTRIBUTES.sub(r"\1>", words))


def _facts(reading):
    return [
        (record.title, [author.name for author in record.authors], record.published_date)
        for record in reading.records
    ]


@pytest.mark.parametrize("name", ["arxiv_search", "arxiv_list_recent"])
def test_a_page_without_its_marks_is_read_by_its_words(name):
    page = _bare(name)
    found, usual = read(page, None), read((_FOLDER / f"{name}.html").read_text("utf-8"), None)
    assert found.fault is None
    assert found.steps[0] == "markup"
    assert _facts(found) == _facts(usual)
    lines = page.split("\n")
    for record in found.records:
        first, last = (
            found.spans[number - 1][end]
            for number, end in ((record.line_start, 0), (record.line_end, 1))
        )
        shown = " ".join(" ".join(lines[first - 1 : last]).split())
        assert record.title.split()[0] in shown


def test_markup_that_shows_no_known_page_is_still_called_a_page():
    found = read(_READER.format("", "<p>Owls</p><p>They fly.</p>"), None)
    assert found.dump.form == "html"
    assert "HTML page" in str(found.fault)


def test_blocks_cells_and_line_breaks_end_lines_and_line_ends_of_the_source_do_not():
    source = (
        "<!DOCTYPE html>\n<html><head><title>no</title></head>\n<body><p>One\n<b>two</b>\nthree</p>"
        "<p>four<br>five &amp; six</p>\n<table><tr>\n<td>Comments:</td>\n<td>12 pages</td></tr>"
        "</table>"
        "<div hidden>no</div><script>no()</script><pre>a\n  b</pre><ul><li>c</ul>"
    )
    found = shown_text(source)
    assert found.lines == (
        *("One two three", "", "four", "five & six", "", "Comments:\t12 pages", "a", "b", "c"),
    )
    assert found.spans == (
        *((3, 5), (5, 5), (5, 5), (5, 5), (7, 7), (7, 8), (8, 8), (9, 9), (9, 9)),
    )


def test_addresses_of_links_stay_with_their_lines():
    found = shown_text(
        "<p><a href=\"/abs/2405.10001\">arXiv</a> <a href='/a&amp;b'>x</a></p><p>y</p>"
    )
    assert found.links == {1: ("/abs/2405.10001", "/a&b")}


def test_text_below_a_page_of_markup_keeps_its_lines():
    page = "<html><p>a\nb</p></html>\n[1] Title\nAnn Lee\n\n<html><p>c\nd</p></html>"
    assert shown_text(page).lines == ("a b", "", "[1] Title", "Ann Lee", "", "c d")


def test_signs_of_ours_in_a_page_are_spaces():
    assert shown_text("<p>a\ufdd45\ufdd4b\ufdd5c</p>").lines == ("a 5 b c",)


@pytest.mark.parametrize(
    "junk",
    [
        "<",
        "<a ",
        '<a b="',
        "<a b='",
        "<!--",
        "<script>",
        "</p>",
        "\ufdd4",
        "<td>",
        "<p",
        "&",
        "x\n",
    ],
)
def test_half_a_megabyte_of_anything_costs_little(junk):
    assert_linear(lambda size: shown_text("<p>" + repeated(junk, size)), 500_000)
