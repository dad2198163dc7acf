"""`papermart explain NAME`: the people who bear a name, on one screen, by any spelling of it."""

import json

import pytest
from helpers import (
    SHARED,
    assert_clean_failure,
    copy_of,
    feed_page,
    made_once,
    needs_shared,
    papermart,
    put,
    written,
)

from pipeline.builds.run import build
from pipeline.outputs.short_ids import short_id
from pipeline.storage.warehouse import Warehouse

KERNELS, MATCHING = "Deep Kernels for Graph Matching", "Graph Matching by Sparse Kernels"
YEAST = "Yeast under Salt Stress"
# Twelve papers that have nothing but a name in common.
SUBJECTS = (
    *("Glaciers of Svalbard", "Medieval Tax Rolls", "Honeybee Dances", "Turbine Blade Cracks"),
    *(
        "Baroque Organ Pipes",
        "Soil Fungi",
        "Lunar Dust",
        "Tidal Locks",
        "Paper Mills",
        "Whale Song",
    ),
    *("Volcanic Lightning", "Urban Foxes"),
)
FIRST = ("Abe", "Bea", "Cal", "Dot", "Eli", "Fay", "Gus", "Hal", "Ivy", "Jon", "Kim", "Lou")
PAPERS = [
    (KERNELS, ["Wei Wáng", "Brunhilde Kask"], "Mar 3, 2021"),
    (MATCHING, ["WEI WANG", "Brunhilde Kask", "José Peña"], "Mar 3, 2022"),
    (YEAST, ["Wei Wang", "Ida Quist"], "Jun 1, 2019"),
    ("What Wei Wang Taught Us", ["Ed Fox"], "Jan 9, 2020"),
    ("A Report on Models", ["Grolsch Team"], "Jan 9, 2023"),
    *(
        (subject, ["Ming Li", f"{first} Ostrander"], f"May {n}, {2009 + n}")
        for n, (subject, first) in enumerate(zip(SUBJECTS, FIRST, strict=True), 1)
    ),
]


@pytest.fixture(scope="module")
def house():
    """A warehouse of papers by people who share names."""

    def make(root):
        raw = put(root.parent / "people-raw", {"all.txt": feed_page(PAPERS)})
        return build(raw, Warehouse(root))

    return made_once("people-warehouse", make)[0]


def shown(root, *wanted: str) -> str:
    run = papermart("explain", *wanted, "--warehouse", root)
    assert (run.returncode, run.stderr) == (0, "")
    return run.stdout


def told(root, wanted: str) -> dict:
    return json.loads(shown(root, wanted, "--format", "json"))


def test_the_people_of_a_name_are_told_with_what_they_did_and_why(house):
    found = told(house, "wei wang")
    one, other = found["people"]
    assert found["n_papers"] == 3
    assert one["author"]["author_name"] == "Wei Wáng", "the spelling with its diacritics"
    assert [row["title"] for row in one["papers"]] == [MATCHING, KERNELS]
    assert [row["year"] for row in one["years"]] == [2021, 2022]
    company = [(row["author_name"], row["n_papers"]) for row in one["coauthors"]]
    assert company == [("Brunhilde Kask", 2), ("José Peña", 1)]
    assert one["author"]["identity_level"] == "verified"
    assert {row["identity_reason"] for row in one["papers"]} == {
        "shares the coauthor Brunhilde Kask"
    }
    bounds = [one["author"][column] for column in ("n_papers_low", "n_papers", "n_papers_high")]
    assert bounds == [2, 2, 3], "the yeast paper may be of the same Wei Wang"
    assert other["author"]["identity_level"] == "name_only"
    assert other["author"]["n_papers_high"] == 1, "two surely somebody's are not of the yeast's"
    assert one["apart"] == other["apart"] == ["no coauthor in common with the others"]


def test_the_screen_says_the_same_in_words(house):
    text = shown(house, "Wei Wang")
    head, also, first, *rest = text.splitlines()
    assert head == "Wei Wang, Wei Wáng: 2 persons bear the name, on 3 papers"
    assert also.startswith("also in a title: What Wei Wang Taught Us; `papermart explain p")
    assert first.startswith(" 1  Wei Wáng  a")
    assert first.endswith("one person: 2 papers (2 to 3), 2 first, 2021–2022")
    assert rest[0] == "    also    WEI WANG"
    assert rest[1] == f"    wrote   2022  {MATCHING}"
    assert "    with    Brunhilde Kask 2, José Peña 1" in rest
    assert "    because shared coauthors (2)" in rest
    assert "by the name alone: 1 paper, 1 first, 2019" in text
    assert "\x1b" not in text


@pytest.mark.parametrize("wanted", ["WEI-WANG", "Wáng, Wei", "WeiWang", " wei  wang "])
def test_a_name_is_found_in_any_spelling(house, wanted):
    names = [row["author"]["author_name"] for row in told(house, wanted)["people"]]
    assert names == ["Wei Wáng", "Wei Wang"]


def test_an_earlier_id_leads_to_whom_it_stands_for_now(house, tmp_path):
    one, other = (person["author"]["author_id"] for person in told(house, "wei wang")["people"])
    raw = put(tmp_path / "raw", {"all.txt": feed_page(PAPERS)})
    root, lines = copy_of(house, tmp_path / "warehouse"), tmp_path / "overrides.csv"
    lines.write_text(f"left,right,decision,who,when,why\n{one},{other},same,ann,,his page\n")
    build(raw, Warehouse(root), overrides=lines)
    head, *text = shown(root, other).splitlines()
    assert head == f"Wei Wáng: the earlier id {other} leads to 1 person, on 3 papers"
    why = "merged: one person by line 2 of the overrides (ann): his page"
    (change,) = [line for line in text if line.startswith("    changed ")]
    assert change.endswith(f"  {short_id(other)} to {short_id(one)}, {why}")
    assert shown(root, one).startswith(f"Wei Wáng: the id {one} leads to 1 person, on 3 papers")
    (row,) = told(root, other)["people"][0]["history"]
    assert (row["from_author_id"], row["to_author_id"], row["why"]) == (other, one, why)
    lines.unlink()
    build(raw, Warehouse(root), overrides=lines)
    (row, _) = told(root, other)["people"][0]["history"]
    assert (row["change"], row["from_author_id"], row["to_author_id"]) == ("split", one, other)
    assert row["why"] == "split: too little in common with other papers of that name"


def test_an_author_id_is_one_person_and_a_title_is_still_a_paper(house):
    author = told(house, "wei wang")["people"][1]["author"]["author_id"]
    assert [row["title"] for row in told(house, author)["people"][0]["papers"]] == [YEAST]
    assert told(house, author)["titles"] == []
    assert told(house, YEAST)["paper"]["title"] == YEAST
    paper = told(house, "wei wang")["titles"][0]["paper_id"]
    assert told(house, paper)["paper"]["title"] == "What Wei Wang Taught Us"


def test_a_piece_of_a_name_will_do_if_one_name_has_it(house):
    assert told(house, "quist")["people"][0]["author"]["author_name"] == "Ida Quist"
    run = papermart("explain", "ostrander", "--warehouse", house)
    assert run.returncode == 1
    head, *names = run.stderr.splitlines()
    assert head == (
        "error: no paper is 'ostrander', and these authors have the words in their names; give one:"
    )
    assert names == [f"  {first} Ostrander" for first in FIRST]


def test_a_group_is_no_person(house):
    assert shown(house, "grolsch team").startswith(
        "Grolsch Team: 1 group bears the name, on 1 paper"
    )


def test_ten_fit_on_a_screen_and_the_rest_is_counted(house):
    text = shown(house, "Ming Li")
    lines = text.splitlines()
    assert lines[0] == "Ming Li: 12 persons bear the name, on 12 papers"
    assert lines[-1] == "… and 2 more with 2 papers; --format json shows all"
    assert len(lines) <= 50
    assert all(len(line) <= 160 for line in lines), "what is too long for a line is cut"
    assert len(told(house, "Ming Li")["people"]) == 12


def test_nobody_is_said(house, tmp_path):
    run = papermart("explain", "a0123456789abcdef", "--warehouse", house)
    assert_clean_failure(run, "nothing here has the id a0123456789abcdef")
    run = papermart("explain", "Nobody Atall", "--warehouse", house)
    assert_clean_failure(run, "no paper is 'Nobody Atall'; give a paper id")
    assert "or an author's name" in run.stderr
    root = copy_of(house, tmp_path / "before")
    written((root / "warehouse.duckdb").resolve(), "drop table author_mentions")
    run = papermart("explain", "Wei Wang", "--warehouse", root)
    assert_clean_failure(run, "published before authors could be explained; run `papermart build`")


@needs_shared
def test_the_people_of_real_pages_are_apart(tmp_path):
    build(SHARED / "raw", Warehouse(tmp_path))
    many = told(tmp_path, "Yifei Wang")
    assert many["n_papers"] == 50, "no paper of the page is lost"
    assert len(many["people"]) >= 8
    assert len(shown(tmp_path, "Yifei Wang").splitlines()) <= 50
    assert told(tmp_path, "Weizhu Chen")["n_papers"] == 49
