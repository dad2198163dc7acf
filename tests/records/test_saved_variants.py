"""One page saved again and again: however often, its papers stay what they are."""

import csv
import json
import random
from itertools import product

import pytest
from helpers import MORNING, arrow_page, put, table

from pipeline.builds.run import build
from pipeline.records.link import linked
from pipeline.storage.warehouse import Warehouse

HEADER = ["record_id", "title", "authors", "year", "abstract", "source"]


def clusters(folder, rows):
    """The cluster of each record, linked as one table."""
    file = folder / "in.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([HEADER, *rows])
    with linked(file, "linkage.clusters") as engine:
        return dict(engine.tuples("select record_id, cluster_id from linkage.clusters"))


# Three papers as a page shows them; it is saved again and again, each time with an id of its own.
PAGE = [
    ["Deep Kernels for Graph Matching", "Ann Lee; Bo Chen", "2021"],
    ["Federated Learning with Lazy Clients", "Ann Lee; Cy Roy; Bo Chen", "2022"],
    ["A Survey of Language Models in Law", "Ann Lee", "2023"],
]
ABSTRACTS = {
    "none": "",
    "the same": "We look at {title} in most of its cases.",
    "another word": "We look at {title} in most of its cases, and word{n} was one.",
    "other": "Word{n} of note{n} by hand{n}: {title} seen{n}.",
}


# Dozens of savings of a page are a usual folder, thousands are left to the slow tests.
SAVED = [
    *((n, how) for n in (10, 60) for how in ABSTRACTS),
    *((n, "another word") for n in (1, 56, 200, 600)),
    pytest.param(6000, "another word", marks=pytest.mark.slow),
]


@pytest.mark.parametrize("source", ["arrow", "a library"])
@pytest.mark.parametrize(("n_saved", "abstract"), SAVED)
def test_any_number_of_saved_variants_of_a_page_gives_its_three_papers(
    n_saved, abstract, source, tmp_path
):
    """60 variants gave 180 papers: a block of equal titles that grew too large was not compared."""
    rows = [
        [
            f"{n:04}-{place}",
            title,
            authors,
            year,
            ABSTRACTS[abstract].format(title=title.lower(), n=n),
            source,
        ]
        for n in range(n_saved)
        for place, (title, authors, year) in enumerate(PAGE)
    ]
    assert clusters(tmp_path, rows) == {each: f"0000-{each[-1]}" for each, *_ in rows}


@pytest.mark.parametrize("n_papers", [2, 60, 200])
def test_any_number_of_papers_of_one_title_by_others_stay_apart(n_papers, tmp_path):
    """What keeps variants of a page together must not join what only has a title in common."""
    syllables = ("ba", "ko", "ti", "mu", "le", "fo", "ri", "du", "sa", "ne", "pi", "zo")
    names = [
        f"{given.title()} {''.join(rest).title()}"
        for given, *rest in product(syllables, repeat=3)
        if given not in rest
    ]
    random.Random(7).shuffle(names)
    rows = [
        [
            f"{n:03}-{copy}",
            "An Introduction to the Issue",
            "; ".join(names[2 * n :][:2]),
            "2021",
            f"What we write about {names[n]} is nothing new.",
            "arrow",
        ]
        for n in range(n_papers)
        for copy in "ab"
    ]
    assert clusters(tmp_path, rows) == {each: f"{each[:-1]}a" for each, *_ in rows}


def test_sixty_saved_variants_of_a_page_are_built_into_its_three_papers(tmp_path):
    """Half of them have another word, half the same cards, saved on another day."""
    papers = [(title, names.split("; "), int(year)) for title, names, year in PAGE]
    page = arrow_page("Ann Lee", papers)
    pages = {}
    for n in range(30):
        pages[f"words{n}.txt"] = page.replace("in most of the cases", f"in {n + 2} of the cases")
        pages[f"days{n}.txt"] = page + "\n" * n
        pages[f"days{n}.txt.meta.json"] = json.dumps({"captured_on": f"2026-01-{n + 1:02}"})
    raw = put(tmp_path / "raw", pages)
    build(raw, Warehouse(tmp_path / "warehouse"), now=MORNING)
    found = table(tmp_path / "warehouse", "marts.papers", "year")
    assert [(row["title"], row["n_records"]) for row in found] == [
        (title, 60) for title, *_ in papers
    ]
    assert {row["status"] for row in table(tmp_path / "warehouse", "raw.dumps")} == {"extracted"}
    assert len(table(tmp_path / "warehouse", "raw.dumps")) == 60


# ---------------------------------------------------------------- what is not one page


def linked_rows(folder, rows):
    """The cluster of each record of a table with identifiers."""
    file = folder / "in.jsonl"
    lines = [json.dumps({"record_id": f"r{n:04d}"} | row) for n, row in enumerate(rows)]
    file.write_text("\n".join(lines), "utf-8")
    with linked(file, "linkage.clusters") as engine:
        found = engine.tuples("select cluster_id from linkage.clusters order by record_id")
    return [cluster for (cluster,) in found]


@pytest.mark.parametrize("n", [58, 59, 120])
def test_one_title_with_other_identifiers_is_many_papers(n, tmp_path):
    """A weekly column: one title, one author, one year, each week with a DOI of its own."""
    column = {"title": "Highlights of the Week", "authors": ["The Editors"], "year": 2021}
    rows = [column | {"source": "x", "doi": f"10.1000/{week}"} for week in range(n)]
    assert len(set(linked_rows(tmp_path, rows))) == n


@pytest.mark.parametrize("field", ["doi", "arxiv_id"])
@pytest.mark.parametrize("n", [29, 30, 60])
def test_equal_identifiers_meet_under_a_title_that_very_many_bear(field, n, tmp_path):
    start = {"doi": "10.1000/ed.", "arxiv_id": "2001."}[field]
    rows = [
        {"title": "Editorial", "source": source, field: f"{start}{10000 + paper}"}
        for paper in range(n)
        for source in "xy"
    ]
    found = linked_rows(tmp_path, rows)
    assert found[::2] == found[1::2]
    assert len(set(found)) == n


@pytest.mark.parametrize("n", [29, 30, 60])
def test_equal_abstracts_meet_under_a_title_that_very_many_bear(n, tmp_path):
    """Each paper is seen twice, in two sources, without authors: the abstract says which it is."""
    draw = random.Random(4)
    words = ["".join(draw.choices("bdfgklmnprst", k=6)) for _ in range(400)]
    title = "On the Long Title That Very Many Papers of a Series Bear Alike"
    rows = []
    for _ in range(n):
        abstract = " ".join(draw.choices(words, k=50))
        rows += [{"title": title, "source": source, "abstract": abstract} for source in "xy"]
    found = linked_rows(tmp_path, rows)
    assert found[::2] == found[1::2]
