"""What belongs together without being the same: from pages to the published file."""

import json
import re
from pathlib import Path

import pytest
from helpers import MORNING, arrow_page, made_once, papermart, put, table

from pipeline.builds.run import build
from pipeline.storage.warehouse import Warehouse

THREE = ["Mara Ilves", "Jonas Petri", "Oto Kask"]
SORTING = "Slow Sorting of Fast Streams"
STARS = "Counting Stars by Ear Alone"
PAPERS = [
    (SORTING, THREE, 2012),
    (f"Erratum: {SORTING}", ["M. Ilves", "Jonas Petri"], 2020),
    (f"Comment on {SORTING}", ["Rita Sorm"], 2021),
    (STARS, THREE, 2011),
    (f'Retraction notice to "{STARS}"', THREE, 2020),
    ("RETRACTED: Hearing Colours in Noisy Rooms", ["Rita Sorm"], 2019),
    ("Bounds for Lazy Sampling, Part I", THREE, 2015),
    ("Bounds for Lazy Sampling, Part II", THREE, 2016),
    ("Bounds for Lazy Sampling, Part III", THREE, 2017),
    ("Response to Treatment in Noisy Rooms", ["Rita Sorm"], 2018),
    ("Segmenting Everything in 3D", THREE, 2019),
]


def _build(folder: Path) -> None:
    raw = put(folder / "raw", {"ilves.txt": arrow_page("Mara Ilves", PAPERS)})
    build(raw, Warehouse(folder / "warehouse"), now=MORNING)


@pytest.fixture(scope="module")
def root() -> Path:
    return made_once("paper-relations", _build)[0] / "warehouse"


def titles(root: Path) -> dict[str, str]:
    return {row["paper_id"]: row["title"] for row in table(root, "marts.papers")}


def test_each_leads_to_the_paper_it_belongs_to(root: Path):
    named = titles(root)
    assert len(named) == len(PAPERS)
    found = {
        (row["relation"], named[row["paper_id"]], named[row["related_paper_id"]])
        for row in table(root, "marts.paper_relations")
    }
    assert found == {
        ("correction", f"Erratum: {SORTING}", SORTING),
        ("comment", f"Comment on {SORTING}", SORTING),
        ("retraction", f'Retraction notice to "{STARS}"', STARS),
        ("part", "Bounds for Lazy Sampling, Part II", "Bounds for Lazy Sampling, Part I"),
        ("part", "Bounds for Lazy Sampling, Part III", "Bounds for Lazy Sampling, Part II"),
    }


def test_reasons_say_what_was_counted(root: Path):
    named = titles(root)
    for row in table(root, "marts.paper_relations"):
        told = re.findall(r'"([^"]+)"', row["reason"])
        assert told[0] == row["marker"]
        assert row["marker"] in named[row["paper_id"]]
        assert all(words in named[row["related_paper_id"]] for words in told[1:])
        counts = re.findall(r"(\d+) of (\d+) authors listed agree", row["reason"])
        if row["n_authors_shared"]:
            assert counts == [(str(row["n_authors_shared"]), str(row["n_authors_compared"]))]
        else:
            assert counts == []
            assert "no listed author agrees" in row["reason"]
        assert row["n_authors_compared"] == min(
            len(authors) for title, authors, _ in PAPERS
            if title in (named[row["paper_id"]], named[row["related_paper_id"]])
        )  # fmt: skip


def test_a_retracted_paper_says_so_and_a_notice_does_not(root: Path):
    papers = {row["title"]: row for row in table(root, "marts.papers")}
    withdrawn = {title for title, row in papers.items() if row["is_withdrawn"]}
    assert withdrawn == {STARS, "RETRACTED: Hearing Colours in Noisy Rooms"}
    notice = papers[f'Retraction notice to "{STARS}"']["paper_id"]
    assert papers[STARS]["withdrawn_reason"] == (
        f'the title of the paper {notice} says "Retraction notice to" of it'
    )
    assert {row["is_withdrawn"] for row in papers.values()} == {True, None}


def test_explain_shows_it(root: Path):
    shown = papermart("explain", STARS, "--warehouse", root).stdout
    assert "\nwithdrawn or retracted: the title of the paper p" in shown
    assert "\nRelated papers (1)\n" in shown
    assert "has retraction" in shown
    later = papermart("explain", "Sampling, Part II", "--format", "json", "--warehouse", root)
    sides = {
        row["other_title"]: row["is_of_other"] for row in json.loads(later.stdout)["relations"]
    }
    assert sides == {
        "Bounds for Lazy Sampling, Part I": False,
        "Bounds for Lazy Sampling, Part III": True,
    }
