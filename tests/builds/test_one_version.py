"""A paper's title, names, number of authors and abstract are of one version, the latest known."""

import pytest
from helpers import MORNING, arrow_page, feed_page, new_scratch, put, table

from pipeline.builds.run import build
from pipeline.storage.warehouse import Warehouse

FIRST = "Counting Wild Geese from the Air"
SECOND = "Counting Wild Geese and Ducks from the Air"
EARLY = "We count geese from planes over two winters and compare the counts with those on foot."
LATE = (
    "We count geese and ducks from planes over two winters, and compare them with rangers' counts."
)
DAMAGED = "Listening to Owls at Night"
TWICE = f"{DAMAGED} {DAMAGED}"


def arxiv_card(number: str, title: str, names: list[str], abstract: str, dates: str) -> str:
    lines = [f"arXiv:{number}  [pdf, ps, other]  cs.LG", title, f"Authors: {', '.join(names)}"]
    lines += [f"Abstract: {abstract[:60]}… ▽ More", f"{abstract} △ Less", dates]
    return "\n".join(lines) + "\n"


PAGES = {
    "first.txt": arxiv_card(
        "2401.00001",
        FIRST,
        ["Ann Lee", "Bo Chen"],
        EARLY,
        "Submitted 2 January, 2024; originally announced January 2024.",
    ),
    "second.txt": arxiv_card(
        "2401.00001",
        SECOND,
        ["Ann Lee", "Cy Roy", "Bo Chen"],
        LATE,
        "Submitted 5 June, 2024; v1 submitted 2 January, 2024; originally announced January 2024.",
    ),
    # Most sightings show the first version.
    "feed.txt": feed_page([(FIRST, ["Ann Lee", "Bo Chen"], "Jan 2, 2024")]),
    "other-feed.txt": feed_page(
        [
            (FIRST, ["Ann Lee", "Bo Chen"], "Jan 3, 2024"),
            (DAMAGED, ["Di Wu", "Ed Fox"], "Mar 3, 2022"),
        ]
    ),
    "arrow.txt": arrow_page("Di Wu", [(TWICE, ["Di Wu", "Ed Fox", "Di Wu", "Ed Fox"], 2022)]),
}


def papers_of(pages: dict[str, str]) -> dict[str, dict]:
    """Build a warehouse of pages and return its papers by first author, with their names."""
    folder = new_scratch()
    build(put(folder / "raw", pages), Warehouse(folder / "warehouse"), now=MORNING)
    found = {row["first_author"]: row for row in table(folder / "warehouse", "marts.papers")}
    for paper in found.values():
        own = [
            row
            for row in table(folder / "warehouse", "marts.authorships")
            if row["paper_id"] == paper["paper_id"]
        ]
        paper["names"] = [
            row["author_name"] for row in sorted(own, key=lambda r: r["author_order"])
        ]
    return found


@pytest.fixture(scope="module")
def papers() -> dict[str, dict]:
    return papers_of(PAGES)


def test_the_latest_version_known_speaks_though_more_pages_show_the_first(papers):
    paper = papers["Ann Lee"]
    assert paper["n_records"] == 4
    assert paper["title"] == SECOND
    assert paper["names"] == ["Ann Lee", "Cy Roy", "Bo Chen"]
    assert (paper["n_authors"], paper["authors_complete"]) == (3, True)
    assert paper["abstract"] == LATE


def test_what_repeats_itself_loses_to_what_does_not(papers):
    paper = papers["Di Wu"]
    assert paper["n_records"] == 2
    assert paper["title"] == DAMAGED
    assert paper["names"] == ["Di Wu", "Ed Fox"]
    assert (paper["n_authors"], paper["authors_complete"]) == (2, True)


def test_without_the_second_version_the_first_speaks():
    early = papers_of({name: text for name, text in PAGES.items() if name != "second.txt"})
    paper = early["Ann Lee"]
    assert (paper["title"], paper["n_authors"], paper["abstract"]) == (FIRST, 2, EARLY)


def test_names_of_files_tell_nothing(papers):
    renamed = papers_of({f"{9 - n}.txt": text for n, text in enumerate(PAGES.values())})
    kept = ("title", "abstract", "n_authors", "authors_complete", "names")
    assert {k: [p[c] for c in kept] for k, p in renamed.items()} == {
        k: [p[c] for c in kept] for k, p in papers.items()
    }
