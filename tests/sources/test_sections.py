"""Files that hold several pages: each page is read by the rules of its own site.

The pages are those of the sample corpus, saved one below the other as people do who collect them
in one file.
"""

from itertools import permutations
from pathlib import Path

import pytest
from helpers import ROOT, SAMPLE, needs_sample, put

from pipeline.extraction.dump_files import find_dumps
from pipeline.extraction.reading import Extracted, extract_dump
from pipeline.extraction.staging_tables import rows_of

ARROW = "arrow-yelong-shen.txt"
ARXIV = "arxiv-search-language-model.txt"
FEED = "scholar-feed-yifei-wang.txt"  # compact, glued
FEED_SPACED = "scholar-feed-weijie-liu.txt"
DAILY = "hf-papers-daily.txt"
SEARCH = "hf-papers-search-efficient-training.txt"
UNMARKED = "hf-papers-search-language.txt"  # compact, only its opening marks it
HTML = "arxiv-search-abstract-language-model.html"
LISTED = (ARROW, ARXIV, FEED, FEED_SPACED, DAILY, SEARCH, UNMARKED, HTML)

pytestmark = needs_sample


def text_of(name: str) -> str:
    return (SAMPLE / name).read_text("utf-8")


def read(folder: Path, *texts: str) -> Extracted:
    """Read one file that holds some texts below each other."""
    (dump,) = find_dumps(put(folder / "raw", {"many.txt": "\n".join(texts)}))
    return extract_dump(folder / "raw", dump)


def cards(found: Extracted) -> list[tuple]:
    """What is read of each card, all but its place and what only its page says."""
    left_out = {"record_id", "dump_id", "record_index", "line_start", "line_end"}
    return [
        tuple(value for name, value in row.items() if name not in left_out)
        for row in rows_of(found)["records"]
    ]


def reported(found: Extracted) -> list[tuple[int | None, int | None]]:
    return [(i.line_start, i.line_end) for i in found.issues if i.kind == "several_sites"]


@pytest.mark.parametrize(("above", "below"), list(permutations(LISTED, 2)))
def test_two_pages_in_one_file_give_the_cards_of_both(above, below, tmp_path):
    first, second = (read(tmp_path / name, text_of(name)) for name in (above, below))
    both = read(tmp_path / "both", text_of(above), text_of(below))
    assert both.dump["status"] == "extracted"
    assert len(both.records) == len(first.records) + len(second.records)
    if first.dump["source"] != second.dump["source"]:
        assert cards(both) == cards(first) + cards(second)
        n_above = text_of(above).count("\n") + 1
        (begin, end), (next_line, last) = reported(both)
        assert (begin, last) == (1, both.dump["n_lines"])
        assert end + 1 == next_line <= n_above + 1
    lines = both.dump["n_lines_blank"], both.dump["n_lines_claimed"], both.dump["n_lines_unclaimed"]
    assert sum(lines) == both.dump["n_lines"]


ONE_PAPER = {
    "arxiv_abs": ROOT / "tests" / "data" / "sources" / "arxiv_abs" / "text_wrapped.txt",
    "huggingface_papers": (
        ROOT / "tests" / "data" / "sources" / "huggingface_papers" / "text_single_paper.txt"
    ),
}


@pytest.mark.parametrize(
    ("name", "site"),
    [
        (name, site)
        for name in (ARROW, ARXIV, FEED, DAILY, SEARCH)
        for site in ONE_PAPER
        if (name[:2], site[:2]) != ("hf", "hu")  # one site's pages are read as one
    ],
)
@pytest.mark.parametrize("is_above", [False, True])
def test_a_page_of_one_paper_in_a_file_with_a_list_is_read_as_what_it_is(
    name, site, is_above, tmp_path
):
    paper = ONE_PAPER[site].read_text("utf-8")
    alone, listed = read(tmp_path / "alone", paper), read(tmp_path / "listed", text_of(name))
    texts = (paper, text_of(name)) if is_above else (text_of(name), paper)
    both = read(tmp_path / "both", *texts)
    titles = [record.title for record in both.records]
    assert sorted(titles) == sorted(record.title for record in (*alone.records, *listed.records))
    assert not any(issue.kind == "torn_card" for issue in both.issues)


def test_a_page_between_two_halves_of_another_splits_neither(tmp_path):
    lines = text_of(ARXIV).splitlines()
    starts = [n for n, line in enumerate(lines) if "arXiv:" in line]
    halves = ["\n".join(lines[: starts[6]]), "\n".join(lines[starts[6] :])]
    whole = read(tmp_path / "whole", text_of(ARXIV), text_of(ARROW))
    mixed = read(tmp_path / "mixed", halves[0], text_of(ARROW), halves[1])
    assert sorted(map(str, cards(mixed))) == sorted(map(str, cards(whole)))
    assert len(reported(mixed)) == 3


def test_the_file_is_called_after_the_site_of_most_cards(tmp_path):
    found = read(tmp_path, text_of(ARROW), text_of(SEARCH))
    assert (found.dump["source"], found.dump["form"]) == ("huggingface_papers", "spaced")
    assert {row["source"] for row in rows_of(found)["records"]} == {"arrow", "huggingface_papers"}


def test_a_page_keeps_its_person_and_lends_it_to_no_other(tmp_path):
    found = read(tmp_path, text_of(FEED), text_of(ARXIV))
    (page,) = rows_of(found)["pages"]
    assert (page["source"], page["page_subject"]) == ("scholar_feed", "Yifei Wang")
    two = read(tmp_path / "two", text_of(FEED), text_of(ARXIV), text_of(FEED_SPACED))
    (page,) = rows_of(two)["pages"]
    assert page["page_subject"] is None, "two people's pages are no one person's"


def test_each_page_is_held_to_the_number_it_declares(tmp_path):
    cut = "\n".join(text_of(ARROW).splitlines()[:-30])
    found = read(tmp_path, text_of(ARXIV), cut)
    (short,) = [issue for issue in found.issues if issue.kind == "declared_count"]
    assert "15 papers" in short.message


@pytest.mark.parametrize("line", ["Authors: are not the point here.", "ICML 2020 Conference Paper"])
def test_a_line_like_another_sites_is_no_page(line, tmp_path):
    lines = text_of(FEED_SPACED).splitlines()
    at = next(n for n, text in enumerate(lines) if len(text) > 300) + 1
    sound = read(tmp_path / "sound", text_of(FEED_SPACED))
    hurt = read(tmp_path / "hurt", "\n".join([*lines[:at], line, *lines[at:]]))
    assert reported(hurt) == []
    assert len(hurt.records) == len(sound.records)


def test_markup_on_one_line_is_one_document(tmp_path):
    html = text_of(HTML)
    found = read(tmp_path, html.replace("\n", " "), text_of(ARROW))
    assert len(found.records) == len(read(tmp_path / "a", html).records) + 15


def test_markup_that_lost_its_ends_is_kept_apart_from_text(tmp_path):
    html = text_of(HTML)
    body = html[html.index("<ol") : html.rindex("</ol>")]
    found = read(tmp_path, body, text_of(ARROW))
    assert {row["source"] for row in rows_of(found)["records"]} == {"arxiv_search", "arrow"}
    assert len(found.records) == len(read(tmp_path / "a", html).records) + 15


def test_a_lone_line_like_another_sites_among_cards_of_one_parts_no_page(tmp_path):
    """Two lines of an abstract look like arXiv's search; below stands a page of that."""
    folder = ROOT / "tests" / "data" / "sources"
    listed = (folder / "arxiv_list" / "text_new_with_abstracts.txt").read_text("utf-8")
    _, _, results = text_of(ARXIV).partition("  1. arXiv:")
    alone = read(tmp_path / "alone", listed)
    both = read(tmp_path / "both", listed, "\n1\n", f"  1. arXiv:{results}")
    n_listed = len(alone.records)
    assert cards(both)[:n_listed] == cards(alone)
    assert not both.held


@pytest.mark.parametrize("order", [(FEED_SPACED, FEED), (FEED, FEED_SPACED)])
def test_a_feed_that_glues_its_lines_is_split_beside_one_that_does_not(order, tmp_path):
    both = read(tmp_path / "both", *map(text_of, order))
    alone = [read(tmp_path / name, text_of(name)) for name in order]
    titles = [record.title for found in alone for record in found.records]
    assert [record.title for record in both.records] == titles
