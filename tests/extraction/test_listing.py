"""Which listing a dump is a part of: its page says it, or a note of it or of its folder."""

import json

import pytest
from helpers import MORNING, arrow_page, put, table

from pipeline.builds.dumps import plan_dumps, refresh_dumps
from pipeline.builds.freshness import listing_lines
from pipeline.extraction.dump_files import find_dumps
from pipeline.extraction.reading import extract_dump
from pipeline.extraction.staging_tables import rows_of
from pipeline.storage.warehouse import Warehouse

LEE = arrow_page("Ann Lee", [("Geese That Read", ["Ann Lee", "Bo Chen"], 2021)])
LEE_AGAIN = arrow_page("ANN  LEE", [("Geese That Write", ["Ann Lee"], 2023)])
ROE = arrow_page("Kim Roe", [("A Pond of Words", ["Kim Roe"], 2022)])
FEED = "LGMay 26, 2021\nWaiting Boxes\n\nAnn Lee, Bo Chen\n\nHarbour cranes lift boxes all night.\n"
NAMED = json.dumps({"listing": "robotics searches"})


def put_below(folder, pages):
    """Write files, in folders that are made."""
    for name in pages:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
    put(folder, pages)


def read(folder, pages):
    """Return the dumps of some files, by path."""
    put_below(folder, pages)
    return {file.path: extract_dump(folder, file) for file in find_dumps(folder)}


def ids(found):
    """Return the listing of each dump."""
    return {path: one.dump["listing_id"] for path, one in found.items()}


def test_pages_of_one_author_are_one_listing_and_a_page_that_says_nothing_is_its_own(tmp_path):
    found = read(tmp_path, {"a.txt": LEE, "b.txt": LEE_AGAIN, "c.txt": ROE, "d.txt": FEED})
    own = f"scholar_feed:page:{found['d.txt'].dump['dump_id'][:16]}"
    assert ids(found) == {
        "a.txt": "arrow:author:ann-lee",
        "b.txt": "arrow:author:ann-lee",
        "c.txt": "arrow:author:kim-roe",
        "d.txt": own,
    }
    assert found["a.txt"].dump["listing_basis"] == "page"
    assert found["d.txt"].dump["listing_basis"] is None
    (page,) = rows_of(found["b.txt"])["pages"]
    assert (page["listing_kind"], page["listing_subject"]) == ("author", "ANN LEE")


def test_two_authors_of_one_name_are_one_listing_unless_their_pages_tell_them_apart(tmp_path):
    """A name is all that such pages have in common, so a site's pages of it list both people."""
    first = arrow_page("Fan Yang", [("Reeds in the Wind", ["Fan Yang"], 2021)])
    second = arrow_page("Fan Yang", [("Rivers of Text", ["Fan Yang"], 2019)])
    numbered = arrow_page("Fan Yang 0024", [("Quiet Rivers", ["Fan Yang 0024"], 2019)])
    found = ids(read(tmp_path, {"a.txt": first, "b.txt": second, "c.txt": numbered}))
    assert found["a.txt"] == found["b.txt"] == "arrow:author:fan-yang"
    assert found["c.txt"] == "arrow:author:fan-yang-0024"


def test_the_pages_own_note_counts_then_the_nearest_folders_then_the_page(tmp_path):
    found = read(
        tmp_path,
        {
            "robots/folder.meta.json": NAMED,
            "robots/a.txt": LEE,
            "robots/deep/b.txt": ROE,
            "robots/deep/d.txt": FEED,
            "robots/other/folder.meta.json": '{"listing": "Other  Robots"}',
            "robots/other/c.txt": LEE_AGAIN,
            "robots/other/e.txt": LEE.replace("Geese", "Swans"),
            "robots/other/e.txt.meta.json": '{"listing": "swans", "captured_on": "2024-05-01"}',
            "f.txt": ROE.replace("Pond", "Lake"),
        },
    )
    assert ids(found) == {
        "robots/a.txt": "arrow:named:robotics-searches",
        "robots/deep/b.txt": "arrow:named:robotics-searches",
        "robots/deep/d.txt": "scholar_feed:named:robotics-searches",  # a listing is of one site
        "robots/other/c.txt": "arrow:named:other-robots",
        "robots/other/e.txt": "arrow:named:swans",
        "f.txt": "arrow:author:kim-roe",
    }
    one = found["robots/other/c.txt"].dump
    assert (one["listing_subject"], one["listing_kind"]) == ("Other Robots", "author")
    assert one["listing_basis"] == "given"
    assert not any(issue.kind == "bad_note" for x in found.values() for issue in x.issues)


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ('{"listing": 5}', "listing"),
        ('{"listing": " "}', "listing"),
        ('{"listing": "two\\nlines"}', "listing"),
        ('{"listing": "robots",\n "captured_on": "May 2024"}', "captured_on must be a day like"),
        ('{"listing": "robots",\n}', "line 2"),
    ],
)
def test_a_bad_note_of_a_folder_is_an_issue_of_its_pages_which_are_read(tmp_path, note, said):
    found = read(tmp_path, {"robots/folder.meta.json": note, "robots/a.txt": LEE, "b.txt": ROE})
    assert ids(found) == {"robots/a.txt": "arrow:author:ann-lee", "b.txt": "arrow:author:kim-roe"}
    (issue,) = [issue for x in found.values() for issue in x.issues if issue.kind == "bad_note"]
    assert "robots/folder.meta.json" in issue.message
    assert said in issue.message
    assert '"listing": "a name"}' in issue.message


def test_the_day_of_a_folders_note_is_that_of_its_pages_unless_their_own_gives_one(tmp_path):
    found = read(
        tmp_path,
        {
            "may/folder.meta.json": '{"captured_on": "2024-05-01"}',
            "may/a.txt": LEE,
            "may/deep/b.txt": ROE,
            "may/c.txt": LEE_AGAIN,
            "may/c.txt.meta.json": '{"captured_on": "2023-02-01"}',
            "may/d.txt": FEED,
            "may/d.txt.meta.json": '{"listing": "cranes"}',
            "e.txt": ROE.replace("Pond", "Lake"),
        },
    )
    days = {path: str(one.dump["captured_on"]) for path, one in found.items()}
    assert days == {
        "may/a.txt": "2024-05-01",
        "may/deep/b.txt": "2024-05-01",
        "may/c.txt": "2023-02-01",
        "may/d.txt": "2024-05-01",
        "e.txt": "None",
    }
    assert found["may/a.txt"].dump["captured_on_basis"] == "given"
    assert ids(found)["may/a.txt"] == "arrow:author:ann-lee"
    assert ids(found)["may/d.txt"] == "scholar_feed:named:cranes"


def test_a_folders_day_makes_the_pages_due_whose_own_notes_give_none(tmp_path):
    raw, warehouse = tmp_path / "raw", Warehouse(tmp_path / "warehouse")
    put_below(
        raw,
        {
            "may/a.txt": LEE,
            "may/a.txt.meta.json": '{"listing": "a"}',
            "may/b.txt": ROE,
            "may/b.txt.meta.json": '{"listing": "b", "captured_on": "2023-02-01"}',
            "may/c.txt": FEED,
            "may/c.txt.meta.json": '{"captured_on": "2023-02-01"}',
        },
    )
    with warehouse.lock():
        refresh_dumps(raw, warehouse, MORNING)
        (raw / "may/folder.meta.json").write_text('{"captured_on": "2024-05-01"}', "utf-8")
        assert plan_dumps(raw, warehouse).reasons == {"note changed": ["may/a.txt"]}
        refresh_dumps(raw, warehouse, MORNING)
        assert plan_dumps(raw, warehouse).is_empty
    rows = {row["path"]: str(row["captured_on"]) for row in table(warehouse.root, "raw.dumps")}
    assert rows == dict.fromkeys(["may/b.txt", "may/c.txt"], "2023-02-01") | {
        "may/a.txt": "2024-05-01"
    }


def test_a_changed_note_of_a_folder_makes_its_pages_due_and_no_other(tmp_path):
    raw, warehouse = tmp_path / "raw", Warehouse(tmp_path / "warehouse")
    pages = {
        "robots/a.txt": LEE,
        "robots/deep/b.txt": ROE,
        "robots/own/folder.meta.json": '{"listing": "own"}',
        "robots/own/c.txt": LEE_AGAIN,
        "robots/d.txt": FEED,
        "robots/d.txt.meta.json": '{"listing": "its own"}',
        "e.txt": ROE.replace("Pond", "Lake"),
    }
    put_below(raw, pages)
    with warehouse.lock():
        refresh_dumps(raw, warehouse, MORNING)
        assert plan_dumps(raw, warehouse).is_empty
        (raw / "robots/folder.meta.json").write_text(NAMED, "utf-8")
        changed = {"note changed": ["robots/a.txt", "robots/deep/b.txt"]}
        assert plan_dumps(raw, warehouse).reasons == changed
        refresh_dumps(raw, warehouse, MORNING)
        assert plan_dumps(raw, warehouse).is_empty
        (raw / "robots/folder.meta.json").unlink()
        assert plan_dumps(raw, warehouse).reasons == changed
    listed = {row["path"]: row["listing_id"] for row in table(warehouse.root, "raw.dumps")}
    assert listed["robots/a.txt"] == "arrow:named:robotics-searches"
    assert listed["e.txt"] == "arrow:author:kim-roe"


def test_the_note_of_a_page_called_folder_is_that_pages(tmp_path):
    found = read(tmp_path, {"folder": LEE, "folder.meta.json": NAMED, "a.txt": ROE})
    assert ids(found) == {
        "folder": "arrow:named:robotics-searches",
        "a.txt": "arrow:author:kim-roe",
    }


def test_a_file_with_several_pages_is_of_the_listing_of_the_page_with_most_cards(tmp_path):
    more = [(f"{word} in the Wind", ["Kim Roe"], 2020) for word in ("Reeds", "Kites", "Sails")]
    feeds = "\n".join(FEED.replace("Boxes", word) for word in ("Boxes", "Cranes"))
    found = read(tmp_path, {"a.txt": arrow_page("Kim Roe", more) + "\n" + feeds})
    assert ids(found) == {"a.txt": "arrow:author:kim-roe"}
    assert {source for source, _ in found["a.txt"].origins} == {"arrow", "scholar_feed"}


def feed_of(name, papers, year):
    """Return an author's page of Scholar Feed, with its heading."""
    cards = [
        f"LGMay 26, {year}\n{word} of {year}\n\n{name}, Bo Chen\n\nHarbour cranes lift boxes.\n"
        for word in papers
    ]
    return "\n".join([name, "Machine Learning", "h-index12", f"{len(papers)}papers", "", *cards])


WORDS = ("Slow Reeds", "Late Kites", "Wet Sails", "Tall Boats")


@pytest.mark.parametrize("site", ["arrow", "scholar_feed"])
def test_pages_of_two_authors_in_one_file_are_a_listing_of_nobody(tmp_path, site):
    """The heading of the second is no text of the paper above it; one author's pages are his."""

    def page(name, papers, year):
        if site == "scholar_feed":
            return feed_of(name, papers, year)
        return arrow_page(name, [(f"{word} of {year}", [name], year) for word in papers])

    of_ann, of_cy = page("Ann Lee", WORDS[:3], 2021), page("Cy Roe", WORDS, 2022)
    found = read(
        tmp_path, {"a.txt": of_ann + of_cy, "b.txt": of_ann + page("ANN LEE", WORDS, 2022)}
    )
    own = f"{site}:page:{found['a.txt'].dump['dump_id'][:16]}"
    assert ids(found) == {"a.txt": own, "b.txt": f"{site}:author:ann-lee"}
    for one, subject in ((found["a.txt"], None), (found["b.txt"], "Ann Lee")):
        assert (one.dump["n_records"], one.dump["n_declared"]) == (7, 7)
        assert one.page["page_subject"] == subject
        assert not one.issues
        assert len({record.abstract for record in one.records}) == (7 if site == "arrow" else 1)
        assert all(len(record.abstract) < 100 for record in one.records)


def test_two_searches_apart_in_one_file_are_a_listing_of_nobody(tmp_path):
    def search(query, first):
        heading = f"Showing 1–2 of 2 results for all: {query}"
        cards = [
            f"arXiv:2501.{first + n:05} [pdf] cs.LG\n{word}\nAuthors: Ann Lee, Bo Chen\n"
            "Abstract: Boxes wait.\nSubmitted 2 January, 2025; originally announced January 2025.\n"
            for n, word in enumerate(WORDS[:2])
        ]
        return "\n".join([heading, *cards])

    feeds = "\n".join(FEED.replace("Boxes", word) for word in ("Boxes", "Cranes"))
    pages = {
        f"{query}.txt": "\n".join([search("robots", 1), feeds, search(query, 9)])
        for query in ("geese", "Robots")
    }
    found = read(tmp_path, pages)
    assert found["geese.txt"].dump["source"] == "arxiv_search"
    assert ids(found)["geese.txt"].startswith("arxiv_search:page:")
    assert ids(found)["Robots.txt"].startswith("arxiv_search:search:all-robots")


def test_status_names_the_listings_that_wait_longest():
    rows = [
        {
            "listing_id": f"arrow:author:{n}",
            "source": "arrow",
            "listing_kind": "author",
            "listing_subject": f"Ann {n}",
            "path": f"{n}.txt",
            "captured_on": MORNING.date().replace(day=n),
        }
        for n in range(1, 9)
    ]
    again = rows[0] | {"captured_on": MORNING.date().replace(day=20)}
    undated = rows[0] | {"listing_id": "arrow:page:x", "captured_on": None}
    aside = rows[0] | {"listing_id": None}
    lines = list(listing_lines([*rows, again, undated, aside]))
    assert lines[0] == (
        "listings: 9, last saved from 2026-03-02 to 2026-03-20; of 1 no day is known"
    )
    assert lines[1] == "  last saved 2026-03-02: arrow, author Ann 2"
    assert len(lines) == 7
    assert "and 3 later" in lines[-1]
    assert list(listing_lines([aside])) == []


def test_names_that_look_the_same_are_one_listing(tmp_path):
    """Of two computers one writes an accent apart; a copied name brings marks that are not seen."""
    names = (
        "Caf\xe9 robots",
        "Cafe\u0301 Robots",
        "caf\xe9\u200b robots",
        "\u202acaf\xe9 robots\u202c",
    )
    pages = {f"{n}.txt": LEE.replace("2021", str(2010 + n)) for n in range(len(names))}
    notes = {f"{n}.txt.meta.json": json.dumps({"listing": name}) for n, name in enumerate(names)}
    assert len(set(ids(read(tmp_path, pages | notes)).values())) == 1
