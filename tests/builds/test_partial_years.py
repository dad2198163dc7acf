"""From saved pages to listings and partial years, through a build."""

from helpers import arrow_page, feed_page, make_only, put, table

from pipeline.builds.run import build
from pipeline.storage.warehouse import Warehouse


def of(name, years):
    """Return the Arrow page of an author with a paper of her own in each year."""
    return arrow_page(name, [(f"{name} Counts the Geese of {y}", [name], y) for y in years])


def saved(day):
    return f'{{"captured_on": "{day}"}}'


def test_years_are_judged_by_the_listings_that_show_their_papers(tmp_path, monkeypatch):
    """Lee's page was saved twice, Roe's once and early: 2025 is over for Lee's papers alone."""
    make_only(monkeypatch, "marts.yearly_coverage", "marts.yearly_listing_coverage")
    raw = tmp_path / "raw"
    raw.mkdir()
    pages = {
        "lee-2024.txt": (of("Ann Lee", range(2021, 2025)), "2024-06-01"),
        "lee-2026.txt": (
            of("Ann  LEE", range(2021, 2026)).replace("Ann  LEE C", "Ann Lee C"),
            "2026-01-01",
        ),
        "roe.txt": (of("Kim Roe", range(2022, 2026)), "2025-12-31"),
        "poe.txt": (of("Edda Poe", [2025]), "2025-03-01"),
    }
    put(raw, {name: page for name, (page, _) in pages.items()})
    put(raw, {f"{name}.meta.json": saved(day) for name, (_, day) in pages.items()})
    warehouse = Warehouse(tmp_path / "warehouse")
    build(raw, warehouse)
    listings = {
        row["listing_id"]: (row["n_dumps"], row["n_papers"], row["last_full_year"])
        for row in table(warehouse.root, "marts.listings")
    }
    assert listings == {
        "arrow:author:ann-lee": (2, 5, 2025),
        "arrow:author:edda-poe": (1, 1, 2024),
        "arrow:author:kim-roe": (1, 4, 2024),
    }
    partial = {
        row["year"]: row["is_partial_year"]
        for row in table(warehouse.root, "marts.yearly_coverage")
    }
    assert partial == {2021: False, 2022: False, 2023: False, 2024: False, 2025: True}
    by_listing = {
        (row["listing_id"], row["year"]): row["is_partial_year"]
        for row in table(warehouse.root, "marts.yearly_listing_coverage")
    }
    assert by_listing["arrow:author:ann-lee", 2025] is False
    assert by_listing["arrow:author:kim-roe", 2025] is True
    assert by_listing["arrow:author:kim-roe", 2024] is False
    (found,) = {
        row["listing_id"]
        for row in table(warehouse.root, "marts.paper_records")
        if row["path"] == "roe.txt"
    }
    assert found == "arrow:author:kim-roe"


def test_a_file_with_pages_of_two_sites_is_a_page_of_each(tmp_path, monkeypatch):
    """What a site shows rests on no listing of another: its cards there are a page of its own."""
    make_only(monkeypatch, "marts.paper_records", "marts.listings")
    raw = tmp_path / "raw"
    (raw / "robots").mkdir(parents=True)
    feed = feed_page(
        [
            ("Boats That Wait", ["Bo Chen", "Cy Roy"], "May 2, 2021"),
            ("Learning to Bake Bread", ["Di Poe", "Mo Fay"], "June 3, 2019"),
        ]
    )
    put(raw, {"a.txt": of("Ann Lee", range(2021, 2025)) + "\n" + feed})
    other = feed.replace("Boats", "Trees").replace("Bread", "Bricks for Houses")
    put(raw / "robots", {"b.txt": of("Kim Roe", range(2021, 2025)) + "\n" + other})
    put(raw / "robots", {"folder.meta.json": '{"listing": "robots"}'})
    warehouse = Warehouse(tmp_path / "warehouse")
    build(raw, warehouse)
    dumps = {row["path"]: row for row in table(warehouse.root, "raw.dumps")}
    own = f"scholar_feed:page:{dumps['a.txt']['dump_id'][:16]}"
    assert dumps["a.txt"]["listing_id"] == "arrow:author:ann-lee"
    shown = {
        row["listing_id"]: (row["source"], row["kind"], row["n_dumps"], row["n_papers"])
        for row in table(warehouse.root, "marts.listings")
    }
    assert shown == {
        "arrow:author:ann-lee": ("arrow", "author", 1, 4),
        own: ("scholar_feed", "page", 1, 2),
        "arrow:named:robots": ("arrow", "author", 1, 4),
        "scholar_feed:named:robots": ("scholar_feed", "page", 1, 2),
    }
    for row in table(warehouse.root, "marts.paper_records"):
        assert row["listing_id"].split(":")[0] == row["source"]
