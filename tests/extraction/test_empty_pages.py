"""Pages of known sites that list nothing are named as such, and no page with papers is one."""

import pytest
from helpers import ROOT, put

from pipeline.extraction.dump_files import find_dumps
from pipeline.extraction.reading import extract_dump

_SEARCH = "Search\nSorry, your query for all: geese that read {} no results.\nAbout\nHelp\n"
_DAY = (
    '<!doctype html><html><body><div data-target="DailyPapers" data-props="{&quot;date&quot;:'
    '&quot;2026-03-27&quot;,&quot;dailyPapers&quot;:[]}"><h1>Daily Papers</h1><p>{}</p></div>'
    "</body></html>"
)
_LIST = (
    "<!doctype html><html><body><h1>Computation and Language</h1><h3>Showing new listings for "
    "Friday, 3 May 2024</h3><div class='paging'>Total of 0 entries</div><p>{}</p></body></html>"
)
EMPTY = {
    "search": (_SEARCH.format("produced"), "arXiv search"),
    "search-older": (_SEARCH.format("returned"), "arXiv search"),
    "list": ("Computation and Language\nNo updates today.\nAbout\n", "arXiv lists"),
    "list-html": (_LIST.replace("{}", "No updates today."), "arXiv lists"),
    "catch-up": ("Catchup results\nNo updates for Mon, 03 Jun 2024\n", "arXiv lists"),
    "day": ("Hugging Face\nDaily Papers\nNo papers found\n", "Hugging Face"),
    "day-html": (_DAY.replace("{}", "No papers for this day"), "Hugging Face"),
}


def _read(folder, text, name="page.txt"):
    (dump,) = find_dumps(put(folder / "raw", {name: text}))
    return extract_dump(folder / "raw", dump)


@pytest.mark.parametrize("case", EMPTY)
def test_a_page_without_results_is_called_so_and_can_be_removed(case, tmp_path):
    text, site = EMPTY[case]
    found = _read(tmp_path, text)
    assert found.dump["status"] == "quarantined"
    assert f"is a page of {site} without results" in found.dump["reason"]
    assert "can be removed" in found.dump["reason"]


def test_a_list_with_an_empty_section_is_read(tmp_path):
    page = ROOT / "tests" / "data" / "sources" / "arxiv_list" / "text_recent.txt"
    found = _read(tmp_path, f"{page.read_text('utf-8')}\nNo updates for this time period.\n")
    assert found.dump["status"] == "extracted"
    assert found.dump["n_records"] == 5


@pytest.mark.parametrize(
    "text",
    [
        "No papers were lost.\nDear all,\nsee you.\n",
        "No results yet, says the cook.\nBread rises.\n",
    ],
)
def test_other_texts_are_no_sites_empty_pages(text, tmp_path):
    assert "without results" not in _read(tmp_path, text).dump["reason"]
