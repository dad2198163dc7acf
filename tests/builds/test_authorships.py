"""Who wrote what after all sightings of a paper: everybody once, in order, under one spelling."""

from collections import Counter
from pathlib import Path

import pytest
from helpers import MORNING, arrow_page, make_only, put, table

from pipeline.builds.run import build
from pipeline.storage.warehouse import Warehouse

RIVERS, TIDES, BIRDS, MOSS, WEEDS = (
    "How Rivers Remember Rain",
    "Forecasting Tides by Ear",
    "Do Birds Vote Often?",
    "Moss on Slow Machines",
    "Weeds That Count to Seven",
)
# The site shows eight authors and does not say whether there are more.
EIGHT = ["Ann Lee", "Ed Fox", "Di Wu", "Jo Day", "Al Paz", "Flo Roy", "Gus May", "Ida Lund"]
PAGES = {
    "simon.txt": arrow_page(
        "Simon Zhan",
        [
            (RIVERS, ["Bo Chen", "Simon Sinong Zhan", "Cy Roy"], 2021),
            (TIDES, ["Bo Chen", "Simon Zhan", "Cy Roy", "B. Chen", "Zhan Simon", "Cy Roy"], 2022),
            (BIRDS, ["Wei Wang", "Simon Zhan", "Wei Wang"], 2023),
            (MOSS, ["Simon Zhan", "Xuemin", "Shen", "Ed Fox"], 2024),
            (WEEDS, EIGHT, 2025),
        ],
    ),
    "sinong.txt": arrow_page("Sinong Zhan", [(RIVERS, ["B. Chen", "Zhan Sinong"], 2021)]),
}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("authorships")
    with pytest.MonkeyPatch.context() as patch:
        make_only(patch, "marts.author_mentions", "marts.authors", "marts.authorships")
        report = build(put(folder / "raw", PAGES), Warehouse(folder / "warehouse"), now=MORNING)
    failed = {
        (table.name, check.name)
        for table in report.tables
        for check in table.checks
        if not check.passed and "mention" in table.name
    }
    assert not failed
    return folder / "warehouse"


def authors_of(warehouse: Path, title: str) -> list[tuple[int | None, str, str]]:
    papers = {row["title"]: row["paper_id"] for row in table(warehouse, "marts.papers")}
    return [
        (row["author_order"], row["author_name"], row["evidence"])
        for row in table(warehouse, "marts.authorships", "author_order nulls last")
        if row["paper_id"] == papers[title]
    ]


@pytest.mark.parametrize(
    ("title", "names"),
    [
        # Two pages show him, each under a name of its own, and neither is added beside him.
        (RIVERS, ["Bo Chen", "Simon Sinong Zhan", "Cy Roy"]),
        # The list begins again, spelt otherwise.
        (TIDES, ["Bo Chen", "Simon Zhan", "Cy Roy"]),
        (BIRDS, ["Wei Wang", "Simon Zhan", "Wei Wang"]),
        # The list tears a name in two.
        (MOSS, ["Simon Zhan", "Xuemin Shen", "Ed Fox"]),
    ],
)
def test_everybody_stands_once_in_the_list(warehouse, title, names):
    assert authors_of(warehouse, title) == [
        (place, name, "listed") for place, name in enumerate(names, 1)
    ]


def test_whom_a_list_is_cut_before_the_page_names_and_nobody_else(warehouse):
    assert authors_of(warehouse, WEEDS) == [
        *((place, name, "listed") for place, name in enumerate(EIGHT, 1)),
        (None, "Simon Zhan", "page_subject"),
    ]


def test_two_of_one_name_on_a_paper_are_two_people(warehouse):
    people = Counter(row["author_name"] for row in table(warehouse, "marts.authors"))

    assert people["Wei Wang"] == 2
    assert people["Bo Chen"] == people["Cy Roy"] == 1  # of two papers
