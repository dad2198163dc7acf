"""Ids of papers stay: through new pages, renamed pages, merges, splits and a warehouse built anew.

The stories run on small pages, with the tables that ids need (`make_only`). They are told side by
side in one library, since a build takes as long for ten papers as for one: each story has pages and
titles of its own, says what happens on a day, and looks at what the build of that day has made of
it. A wrong merge or split is brought about by overrides, since these work whatever the linkage
decides, and by pages whose records link others.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from helpers import (
    MORNING,
    PAGES,
    arrow_page,
    copy_of,
    made_once,
    make_only,
    put,
    small_build,
    table,
)

from pipeline.builds.run import build
from pipeline.storage.rollback import rollback
from pipeline.storage.warehouse import Warehouse

HEADER = "left,right,decision,who,when,why\n"
DAY = timedelta(days=1)
SHOWN = ("marts.papers", "marts.paper_records", "marts.paper_ids", "marts.paper_id_history")


class Day(NamedTuple):
    """What happens on a day: pages are saved, and corrections stand in the file."""

    pages: Mapping[str, str] = {}
    overrides: Sequence[str] = ()


class Library:
    """A raw folder, an overrides file and a warehouse that is built day by day."""

    def __init__(self, folder: Path):
        self.raw = put(folder / "raw", {})
        self.file = folder / "overrides.csv"
        self.root = folder / "warehouse"
        self.day = MORNING

    def build(self, *overrides: str) -> None:
        self.file.write_text(HEADER + "".join(f"{line}\n" for line in overrides), "utf-8")
        self.day += DAY
        build(self.raw, Warehouse(self.root), now=self.day, overrides=self.file)


class Shelf:
    """What one story has in a library: the pages of a folder, and the papers on them.

    Attributes:
        raw: its folder of pages.
        line: where its corrections begin in the file.
    """

    def __init__(self, library: Library, name: str):
        self.library = library
        self.raw = put(library.raw / name, {})
        self.line = 2
        self._ever: set[str] = set()

    def build(self, *overrides: str, pages: Mapping[str, str] | None = None) -> None:
        """Build the library with nothing but this story."""
        put(self.raw, pages or {})
        self.library.build(*overrides)

    def sightings(self) -> list[dict[str, Any]]:
        rows = table(self.library.root, "marts.paper_records", "record_id")
        return [row for row in rows if row["path"].startswith(f"{self.raw.name}/")]

    def papers(self) -> list[dict[str, Any]]:
        here = {row["paper_id"] for row in self.sightings()}
        self._ever |= here
        return [row for row in table(self.library.root, "marts.papers") if row["paper_id"] in here]

    def ids(self) -> dict[str, str]:
        """Title to paper id."""
        return {row["title"]: row["paper_id"] for row in self.papers()}

    def records(self, title: str) -> list[str]:
        paper_id = self.ids()[title]
        return [row["record_id"] for row in self.sightings() if row["paper_id"] == paper_id]

    def leads_to(self, paper_id: str) -> list[str]:
        """The titles of the papers an id leads to, most records first."""
        rows = table(self.library.root, "marts.paper_ids")
        known = [row for row in rows if row["known_id"] == paper_id]
        titles = {row["paper_id"]: row["title"] for row in self.papers()}
        return [titles[row["paper_id"]] for row in sorted(known, key=lambda r: -r["n_records"])]

    def history(self) -> list[tuple[str, str, str, str]]:
        self.papers()
        order = "changed_at, from_paper_id, to_paper_id"
        rows = table(self.library.root, "marts.paper_id_history", order)
        return [
            (row["from_paper_id"], row["to_paper_id"], row["change"], row["why"])
            for row in rows
            if row["from_paper_id"] in self._ever
        ]


def page(subject: str, *titles: str) -> str:
    names = ["Ann Lee", "Bo Chen", "Cy Roy"]
    return arrow_page(subject, [(title, names, 2021) for title in titles])


# ---------------------------------------------------------------- stories side by side


def pages_added_renamed_and_reordered_change_no_id(shelf: Shelf) -> Iterator[Day]:
    rivers, tides = "How Rivers Remember Rain", "Forecasting Tides with Small Networks"
    yield Day({"a.txt": page("Ann Lee", rivers, tides)})
    first = shelf.ids()
    (shelf.raw / "a.txt").rename(shelf.raw / "z.txt")
    yield Day({"0.txt": page("Cy Roy", "Counting Birds from Space", tides)})
    assert first.items() < shelf.ids().items()
    yield Day({"1.txt": page("Ann Lee", tides)})
    assert first.items() < shelf.ids().items()
    assert shelf.history() == []


def a_page_that_goes_and_comes_back_brings_its_ids_back(shelf: Shelf) -> Iterator[Day]:
    walk, tale = "Learning to Walk in Deep Snow", "A Snow Walker That Learns by Falling"
    yield Day({"a.txt": page("Ann Lee", walk), "b.txt": page("Cy Roy", tale)})
    before = shelf.ids()
    merge = f"{shelf.records(walk)[0]},{shelf.records(tale)[0]},same,ann,,"
    yield Day({}, [merge])
    assert set(shelf.ids().values()) < set(before.values())
    assert len(shelf.ids()) == 1
    away = (shelf.raw / "a.txt").rename(shelf.raw / ".away")
    yield Day({}, [merge])
    kept = shelf.ids()
    away.rename(shelf.raw / "a.txt")
    yield Day({}, [merge])
    assert set(shelf.ids().values()) == set(kept.values())
    yield Day()
    assert shelf.ids() == before


def a_page_saved_anew_in_place_of_the_old_one_keeps_the_ids(shelf: Shelf) -> Iterator[Day]:
    maps, bees, mills = "Maps of Moving Cities", "Do Bees Vote?", "Old Mills as Batteries"
    yield Day({"a.txt": page("Ann Lee", maps, bees)})
    first = shelf.ids()
    yield Day({"a.txt": page("Ann Lee", mills, bees, maps)})
    assert first.items() < shelf.ids().items()


def merging_by_hand_keeps_one_id_and_undoing_it_restores_both(shelf: Shelf) -> Iterator[Day]:
    glass, sand = "Reading Glass by Its Cracks", "What Sand Knows of Windows"
    yield Day({"a.txt": page("Ann Lee", glass), "b.txt": page("Ann Lee", glass, sand)})
    before = shelf.ids()
    one, other = shelf.records(glass)[0], shelf.records(sand)[0]
    why = "retitled for the journal"
    yield Day({}, [f"{before[glass]},{before[sand]},same,ann,2026-03-01,{why}"])
    assert list(shelf.ids().values()) == [before[glass]]
    assert shelf.leads_to(before[sand]) == shelf.leads_to(before[glass]) == list(shelf.ids())
    why = f"merged: one paper by line {shelf.line} of the overrides (ann): {why}"
    assert shelf.history() == [(before[sand], before[glass], "merged", why)]
    yield Day()
    assert shelf.ids() == before
    assert [change for *_, change, _ in shelf.history()] == ["merged", "split"]
    yield Day({}, [f"{one},{other},same,ann,,"])
    assert len(shelf.ids()) == 1
    yield Day()
    assert shelf.ids() == before
    assert len(shelf.history()) == 4


def splitting_by_hand_leaves_the_id_with_the_larger_part(shelf: Shelf) -> Iterator[Day]:
    clocks, moss = "Clocks for Very Slow Processes", "Moss Grows on Benchmarks"
    pages = {"a.txt": page("Ann Lee", clocks), "b.txt": page("Bo Chen", clocks)}
    yield Day(pages | {"c.txt": page("Ann Lee", clocks, moss)})
    before = shelf.ids()
    alone, *others = shelf.records(clocks)
    assert len(others) == 2
    yield Day({}, [f"{alone},{other},not_same,bo,2026-03-02,the demo of it" for other in others])
    papers = {row["paper_id"]: row["n_records"] for row in shelf.papers()}
    (new,) = papers.keys() - set(before.values())
    assert papers[before[clocks]] == 2
    (change,) = shelf.history()
    assert change[:3] == (before[clocks], new, "split")
    assert change[3].startswith("split: two papers by line")
    assert change[3].endswith("of the overrides (bo): the demo of it")
    # The id is still that of a paper, so it leads there and nowhere else.
    assert len(shelf.leads_to(before[clocks])) == 1


def a_record_is_taken_out_of_a_paper_by_the_papers_id(shelf: Shelf) -> Iterator[Day]:
    kites = "Kites as Antennas"
    yield Day({"a.txt": page("Ann Lee", kites), "b.txt": page("Bo Chen", kites)})
    paper_id, (out, stays) = shelf.ids()[kites], shelf.records(kites)
    line = f"{paper_id},{out},not_same,bo,,another paper of that title"
    yield Day({}, [line])
    assert len(shelf.papers()) == 2
    yield Day({"c.txt": page("Cy Roy", kites)}, [line])
    sightings = {row["record_id"]: row["paper_id"] for row in shelf.sightings()}
    assert len(sightings) == 3
    assert sightings[out] != sightings[stays]


def a_new_page_that_links_two_papers_merges_them(shelf: Shelf) -> Iterator[Day]:
    """Without its arXiv identifier one sighting seems another paper; a third shows both."""
    frost, thaw = "A Robot Crosses a Frozen Lake", "When the Ice Is Gone the Boat Must Swim"
    arxiv = (
        "arXiv:2101.00001 [pdf, other] cs.LG\n{title}\nAuthors: Ann Lee, Bo Chen\n"
        "Abstract: We let a robot walk over ice.\n"
        "Submitted 3 January, 2021; originally announced January 2021.\n"
    )
    yield Day({"a.txt": arxiv.format(title=frost), "b.txt": page("Ann Lee", thaw)})
    before = set(shelf.ids().values())
    assert len(before) == 2
    yield Day({"c.txt": arxiv.format(title=thaw)})
    (left,) = shelf.papers()
    ((gone, kept, change, why),) = shelf.history()
    assert {gone, kept} == before
    assert (change, kept) == ("merged", left["paper_id"])
    assert why.startswith("merged: ")
    assert shelf.leads_to(gone) == [left["title"]]


def ids_that_changed_twice_lead_to_where_the_records_are(shelf: Shelf) -> Iterator[Day]:
    titles = ("Bread as a Sensor", "Proofs in the Kitchen", "Yeast Counts Differently")
    yield Day({"a.txt": page("Ann Lee", *titles)})
    ids = shelf.ids()
    one, two, three = (shelf.records(title)[0] for title in titles)
    yield Day({}, [f"{one},{two},same,ann,,"])
    yield Day({}, [f"{one},{two},same,ann,,", f"{two},{three},same,ann,,"])
    ((title, current),) = shelf.ids().items()
    for paper_id in ids.values():
        assert shelf.leads_to(paper_id) == [title]
    latest = {frm: to for frm, to, *_ in shelf.history()}
    assert set(latest) == set(ids.values()) - {current}
    assert set(latest.values()) == {current}


def a_warehouse_built_anew_gives_the_same_ids(shelf: Shelf) -> Iterator[Day]:
    """Page by page here, all of them at once in `small_build`."""
    for name, text in PAGES.items():
        yield Day({name: text})
    anew = {row["title"]: row["paper_id"] for row in table(small_build()[0], "marts.papers")}
    assert shelf.ids() == anew


STORIES = {
    story.__name__: story
    for story in (
        pages_added_renamed_and_reordered_change_no_id,
        a_page_that_goes_and_comes_back_brings_its_ids_back,
        a_page_saved_anew_in_place_of_the_old_one_keeps_the_ids,
        merging_by_hand_keeps_one_id_and_undoing_it_restores_both,
        splitting_by_hand_leaves_the_id_with_the_larger_part,
        a_record_is_taken_out_of_a_paper_by_the_papers_id,
        a_new_page_that_links_two_papers_merges_them,
        ids_that_changed_twice_lead_to_where_the_records_are,
        a_warehouse_built_anew_gives_the_same_ids,
    )
}


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> Mapping[str, Exception | None]:
    """How each story ended: None, or with what it did not find."""
    library = Library(tmp_path_factory.mktemp("library"))
    shelves = {name: Shelf(library, name) for name in STORIES}
    going = {name: story(shelves[name]) for name, story in STORIES.items()}
    ended: dict[str, Exception | None] = {}
    with pytest.MonkeyPatch.context() as patch:
        make_only(patch, *SHOWN)
        while going:
            lines: list[str] = []
            for name, story in list(going.items()):
                try:
                    day = next(story)
                except Exception as end:
                    ended[name] = None if isinstance(end, StopIteration) else end
                    del going[name]
                    continue
                shelves[name].line = len(lines) + 2
                lines += day.overrides
                put(shelves[name].raw, day.pages)
            if going:
                library.build(*lines)
    return ended


@pytest.mark.parametrize("story", STORIES)
def test_ids_stay_while(story, told):
    if told[story] is not None:
        raise told[story]


# ---------------------------------------------------------------- builds that go wrong

WALK, TALE = "Learning to Walk in Deep Snow", "A Snow Walker That Learns by Falling"


@pytest.fixture
def shelf(tmp_path, monkeypatch) -> Shelf:
    """A library of two papers, built once."""
    make_only(monkeypatch, *SHOWN)
    pages = {"a.txt": page("Ann Lee", WALK, TALE)}
    built, _ = made_once("snow", lambda folder: Shelf(Library(folder), "snow").build(pages=pages))
    library = Library(copy_of(built, tmp_path / "snow"))
    library.day += DAY
    return Shelf(library, "snow")


def test_what_a_failed_build_had_begun_is_not_lost(shelf, monkeypatch):
    before = shelf.ids()
    link = shelf.library.root / "warehouse.duckdb"
    published = link.readlink()
    one, other = shelf.records(WALK)[0], shelf.records(TALE)[0]
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.builds.run.publish_set", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            shelf.build(f"{one},{other},same,ann,,")
    assert len(shelf.ids()) == 1
    assert link.readlink() == published
    shelf.build()
    assert shelf.ids() == before
    for title, paper_id in before.items():
        assert shelf.leads_to(paper_id) == [title]


def test_going_back_to_an_earlier_version_loses_no_id(shelf):
    before = shelf.ids()
    one, other = shelf.records(WALK)[0], shelf.records(TALE)[0]
    merge = f"{one},{other},same,ann,,"
    shelf.build(merge)
    merged = set(shelf.ids().values())
    rollback(Warehouse(shelf.library.root))
    shelf.build(merge, pages={"b.txt": page("Cy Roy", "Forecasting Tides with Small Networks")})
    assert merged < set(shelf.ids().values())
    assert {title for id_ in before.values() for title in shelf.leads_to(id_)} < {*before}
