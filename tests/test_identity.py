"""Ids of papers stay: through new pages, renamed pages, merges, splits and a warehouse built anew.

The stories run on small pages. A wrong merge or split is brought about by overrides, since these
work whatever the linkage decides, and by pages whose records link others.
"""

import random
import shutil
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from helpers import (
    MARTS,
    MORNING,
    SAMPLE,
    arrow_page,
    copy_of,
    needs_sample,
    put,
    sample_warehouse,
    small_build,
    small_raw,
    table,
    values,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.build import build
from pipeline.identity import name_papers
from pipeline.publishing import rollback
from pipeline.warehouse import Warehouse

HEADER = "left,right,decision,who,when,why\n"
DAY = timedelta(days=1)


class Library:
    """A raw folder, an overrides file and a warehouse that is built day by day."""

    def __init__(self, folder: Path):
        self.raw = put(folder / "raw", {})
        self.file = folder / "overrides.csv"
        self.root = folder / "warehouse"
        self.day = MORNING

    def build(self, *overrides: str, pages: dict[str, str] | None = None):
        put(self.raw, pages or {})
        self.file.write_text(HEADER + "".join(f"{line}\n" for line in overrides), "utf-8")
        self.day += DAY
        return build(self.raw, Warehouse(self.root), now=self.day, overrides=self.file)

    def ids(self) -> dict[str, str]:
        """Title to paper id."""
        return {row["title"]: row["paper_id"] for row in table(self.root, "marts.papers")}

    def records(self, title: str) -> list[str]:
        paper_id = self.ids()[title]
        sightings = table(self.root, "marts.paper_records")
        return [row["record_id"] for row in sightings if row["paper_id"] == paper_id]

    def leads_to(self, paper_id: str) -> list[str]:
        """The titles of the papers an id leads to, most records first."""
        known = [r for r in table(self.root, "marts.paper_ids") if r["known_id"] == paper_id]
        titles = {r["paper_id"]: r["title"] for r in table(self.root, "marts.papers")}
        return [titles[r["paper_id"]] for r in sorted(known, key=lambda r: -r["n_records"])]

    def history(self) -> list[tuple[str, str, str, str]]:
        rows = table(self.root, "marts.paper_id_history", "changed_at, from_paper_id, to_paper_id")
        return [(r["from_paper_id"], r["to_paper_id"], r["change"], r["why"]) for r in rows]


@pytest.fixture
def library(tmp_path):
    return Library(tmp_path)


def page(subject: str, *titles: str) -> str:
    names = ["Ann Lee", "Bo Chen", "Cy Roy"]
    return arrow_page(subject, [(title, names, 2021) for title in titles])


ROBOTS, TALES = "Learning to Walk in Deep Snow", "A Snow Walker That Learns by Falling"
TIDES = "Forecasting Tides with Small Networks"


def test_pages_added_renamed_and_reordered_change_no_id(library):
    library.build(pages={"a.txt": page("Ann Lee", ROBOTS, TIDES)})
    first = library.ids()
    library.build(pages={"0.txt": page("Cy Roy", "Counting Birds from Space", TIDES)})
    (library.raw / "a.txt").rename(library.raw / "z.txt")
    library.build(pages={"1.txt": page("Ann Lee", TIDES)})
    assert {title: library.ids()[title] for title in first} == first
    assert library.history() == []


def test_a_page_that_goes_and_comes_back_brings_its_ids_back(library):
    library.build(pages={"a.txt": page("Ann Lee", ROBOTS), "b.txt": page("Cy Roy", TALES)})
    walk, tale = library.ids()[ROBOTS], library.ids()[TALES]
    one, other = library.records(ROBOTS)[0], library.records(TALES)[0]
    merge = f"{one},{other},same,ann,,"
    library.build(merge)
    assert set(library.ids().values()) < {walk, tale}
    (library.raw / "a.txt").rename(library.raw.parent / "a.txt")
    library.build(merge)
    kept = library.ids()
    (library.raw.parent / "a.txt").rename(library.raw / "a.txt")
    library.build(merge)
    assert set(library.ids().values()) == set(kept.values())
    library.build()
    assert library.ids() == {ROBOTS: walk, TALES: tale}


def test_a_page_saved_anew_in_place_of_the_old_one_keeps_the_ids(library):
    library.build(pages={"a.txt": page("Ann Lee", ROBOTS, TIDES)})
    first = library.ids()
    library.build(pages={"a.txt": page("Ann Lee", TALES, TIDES, ROBOTS)})
    assert {title: library.ids()[title] for title in first} == first


def test_merging_by_hand_keeps_one_id_and_the_other_leads_to_it(library):
    library.build(pages={"a.txt": page("Ann Lee", ROBOTS), "b.txt": page("Ann Lee", ROBOTS, TALES)})
    walk, tale = library.ids()[ROBOTS], library.ids()[TALES]
    library.build(f"{walk},{tale},same,ann,2026-03-01,retitled for the journal")
    assert list(library.ids().values()) == [walk]
    assert library.leads_to(tale) == library.leads_to(walk) == list(library.ids())
    why = "merged: one paper by line 2 of the overrides (ann): retitled for the journal"
    assert library.history() == [(tale, walk, "merged", why)]


def test_undoing_a_merge_restores_both_ids_and_is_logged(library):
    library.build(pages={"a.txt": page("Ann Lee", ROBOTS, TALES)})
    before = library.ids()
    one, other = library.records(ROBOTS)[0], library.records(TALES)[0]
    library.build(f"{one},{other},same,ann,,")
    library.build()
    assert library.ids() == before
    assert [change for *_, change, _ in library.history()] == ["merged", "split"]
    library.build(f"{one},{other},same,ann,,")
    library.build()
    assert library.ids() == before
    assert len(library.history()) == 4


def test_splitting_by_hand_leaves_the_id_with_the_larger_part(library):
    pages = {"a.txt": page("Ann Lee", TIDES), "b.txt": page("Bo Chen", TIDES)}
    pages["c.txt"] = page("Ann Lee", TIDES, ROBOTS)
    library.build(pages=pages)
    tides = library.ids()[TIDES]
    alone, *others = library.records(TIDES)
    library.build(
        *(f"{alone},{other},not_same,bo,2026-03-02,the demo of it" for other in others),
    )
    papers = {row["paper_id"]: row["n_records"] for row in table(library.root, "marts.papers")}
    (new,) = papers.keys() - {tides, library.ids()[ROBOTS]}
    assert papers[tides] == 2
    why = "split: two papers by line 2 of the overrides (bo): the demo of it"
    assert library.history()[0][:3] == (tides, new, "split")
    assert library.history()[0][3].startswith(why[:30])
    # The id is still that of a paper, so it leads there and nowhere else.
    assert len(library.leads_to(tides)) == 1


def test_a_record_is_taken_out_of_a_paper_by_the_papers_id(library):
    library.build(pages={"a.txt": page("Ann Lee", TIDES), "b.txt": page("Bo Chen", TIDES)})
    tides, (out, stays) = library.ids()[TIDES], library.records(TIDES)
    line = f"{tides},{out},not_same,bo,,another paper of that title"
    library.build(line)
    assert len(table(library.root, "marts.papers")) == 2
    library.build(line, pages={"c.txt": page("Cy Roy", TIDES)})
    sightings = {r["record_id"]: r["paper_id"] for r in table(library.root, "marts.paper_records")}
    assert sightings[out] != sightings[stays]


def test_a_new_page_that_links_two_papers_merges_them(library):
    """Without its arXiv identifier one sighting seems another paper; a third shows both."""
    arxiv = (
        "arXiv:2101.0000{n} [pdf, other] cs.LG\n{title}\nAuthors: Ann Lee, Bo Chen\n"
        "Abstract: We let a robot walk in deep snow.\n"
        "Submitted 3 January, 2021; originally announced January 2021.\n"
    )
    library.build(
        pages={
            "a.txt": arxiv.format(n=1, title=ROBOTS),
            "b.txt": page("Ann Lee", TALES),
        }
    )
    walk, tale = library.ids()[ROBOTS], library.ids()[TALES]
    assert walk != tale
    library.build(pages={"c.txt": arxiv.format(n=1, title=TALES)})
    (left,) = table(library.root, "marts.papers")
    assert left["paper_id"] in {walk, tale}
    ((gone, kept, change, why),) = library.history()
    assert {gone, kept} == {walk, tale}
    assert (change, kept) == ("merged", left["paper_id"])
    assert why.startswith("merged: ")
    assert library.leads_to(gone) == [left["title"]]


def test_ids_that_changed_twice_lead_to_where_the_records_are(library):
    library.build(pages={"a.txt": page("Ann Lee", ROBOTS, TALES, TIDES)})
    ids = library.ids()
    one, two, three = (library.records(title)[0] for title in (ROBOTS, TALES, TIDES))
    library.build(f"{one},{two},same,ann,,")
    library.build(f"{one},{two},same,ann,,", f"{two},{three},same,ann,,")
    ((title, current),) = library.ids().items()
    for paper_id in ids.values():
        assert library.leads_to(paper_id) == [title]
    latest = {frm: to for frm, to, *_ in library.history()}
    assert set(latest) == set(ids.values()) - {current}
    assert set(latest.values()) == {current}


def test_a_warehouse_built_anew_gives_the_same_ids(tmp_path):
    grown = Library(tmp_path / "grown")
    for file in sorted(small_raw().iterdir()):
        grown.build(pages={file.name: file.read_text("utf-8")})
    assert grown.ids() == {
        r["title"]: r["paper_id"] for r in table(small_build()[0], "marts.papers")
    }


def test_what_a_failed_build_had_begun_is_not_lost(library, monkeypatch):
    library.build(pages={"a.txt": page("Ann Lee", ROBOTS, TALES)})
    before = library.ids()
    published = (library.root / "warehouse.duckdb").readlink()
    one, other = library.records(ROBOTS)[0], library.records(TALES)[0]
    monkeypatch.setattr("pipeline.build.publish", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        library.build(f"{one},{other},same,ann,,")
    monkeypatch.undo()
    assert (library.root / "warehouse.duckdb").readlink() == published
    library.build()
    assert library.ids() == before
    for title, paper_id in before.items():
        assert library.leads_to(paper_id) == [title]


def test_going_back_to_an_earlier_version_loses_no_id(library):
    library.build(pages={"a.txt": page("Ann Lee", ROBOTS, TALES)})
    before = library.ids()
    one, other = library.records(ROBOTS)[0], library.records(TALES)[0]
    merge = f"{one},{other},same,ann,,"
    library.build(merge)
    merged = set(library.ids().values())
    rollback(Warehouse(library.root))
    library.build(merge, pages={"b.txt": page("Cy Roy", TIDES)})
    assert merged < set(library.ids().values())
    assert {title for id_ in before.values() for title in library.leads_to(id_)} < {*before}


# ---------------------------------------------------------------- many dumps


def hundred_pages() -> dict[str, str]:
    """Pages of people who share papers, some under the titles of the sample's papers."""
    chance = random.Random(4)
    words = ("deep", "sparse", "robust", "causal", "neural", "lazy", "tiny", "fast", "open", "fair")
    things = ("kernels", "graphs", "prompts", "agents", "codes", "cameras", "proteins", "rivers")
    titles = [f"{a} {b} for {c}".title() for a in words for b in words[:4] for c in things]
    people = [f"{a} {b}" for a in ("Ann", "Bo", "Cy", "Di", "Ed") for b in ("Lee", "Roy", "Wu")]
    return {
        f"p{n:03d}.txt": arrow_page(
            person, [(title, [person, "Fay Ito"], 2022) for title in chance.sample(titles, 3)]
        )
        for n, person in enumerate(chance.choices(people, k=100))
    }


@needs_sample
def test_after_a_hundred_more_dumps_every_earlier_id_still_leads_to_its_paper(tmp_path):
    root = copy_of(sample_warehouse(), tmp_path / "warehouse")
    raw = Path(shutil.copytree(SAMPLE, tmp_path / "raw"))
    before = {r["record_id"]: r["paper_id"] for r in table(root, "marts.paper_records")}
    put(raw, hundred_pages())
    report = build(raw, Warehouse(root), now=MORNING + DAY)
    assert report.dumps.n_new == 100
    after = {r["record_id"]: r["paper_id"] for r in table(root, "marts.paper_records")}
    known = {(r["known_id"], r["paper_id"]) for r in table(root, "marts.paper_ids")}
    assert {(old, after[record_id]) for record_id, old in before.items()} <= known
    assert set(before.values()) <= {known_id for known_id, _ in known}


def resolved(root: Path) -> dict[str, list[dict]]:
    """The marts with each paper named by its smallest record, so that two roots compare."""
    sightings = table(root, "marts.paper_records")
    names: dict[str, str] = {}
    for row in sightings:
        names[row["paper_id"]] = min(row["record_id"], names.get(row["paper_id"], "z"))
    own = {"paper_ids", "paper_id_history", "overrides", "yearly_topic_trends", "authors"}
    return {
        name: sorted(
            (
                {k: names.get(v, v) if k == "paper_id" else v for k, v in row.items()}
                for row in values(root, f"marts.{name}")
            ),
            key=str,
        )
        for name in MARTS
        if name not in own
    } | {name: values(root, f"marts.{name}") for name in ("yearly_topic_trends", "authors")}


@needs_sample
@pytest.mark.parametrize(("seed", "n_together"), [(1, 1), (2, 4)])
def test_dumps_added_in_any_order_and_batches_equal_the_one_shot_build(tmp_path, seed, n_together):
    """262 records in 17 dumps: clusters, values, and ids once resolved."""
    whole = sample_warehouse()
    order = sorted(SAMPLE.iterdir())
    random.Random(seed).shuffle(order)
    raw = put(tmp_path / "raw", {})
    root = tmp_path / "warehouse"
    for n in range(0, len(order), n_together):
        for file in order[n : n + n_together]:
            shutil.copy(file, raw)
        build(raw, Warehouse(root), now=MORNING + n * timedelta(hours=1))
    assert values(root, "linkage.clusters") == values(whole, "linkage.clusters")
    assert resolved(root) == resolved(whole)
    # An id of the one-shot build leads to the same records here.
    here = {(r["known_id"], r["paper_id"]) for r in table(root, "marts.paper_ids")}
    papers = {r["record_id"]: r["paper_id"] for r in table(root, "marts.paper_records")}
    for row in table(whole, "marts.paper_records"):
        assert (row["paper_id"], papers[row["record_id"]]) in here
    # A paper that never merged or split has the very same id.
    changed = {r["to_paper_id"] for r in table(root, "marts.paper_id_history")}
    for row in table(whole, "marts.paper_records"):
        paper_id = papers[row["record_id"]]
        assert paper_id in changed or paper_id == row["paper_id"]


# ---------------------------------------------------------------- the rules, in memory

RECORDS = [f"r{n}" for n in range(6)]
partitions = st.lists(st.integers(0, 3), min_size=6, max_size=6)


def clusters(groups: list[int]) -> pl.DataFrame:
    first: dict[int, str] = {}
    rows = [(r, first.setdefault(g, r)) for r, g in zip(RECORDS, groups, strict=True)]
    return pl.DataFrame(rows, schema=["record_id", "cluster_id"], orient="row").with_columns(
        is_title_whole=True,
        title_id="p" + pl.col("record_id").str.slice(1).cast(pl.Int64).floordiv(2).cast(pl.String),
        title_author_id="a" + pl.col("record_id"),
        title_record_id="b" + pl.col("record_id"),
    )


NOTHING = pl.DataFrame(
    schema={
        "record_id": pl.String,
        "paper_id": pl.String,
        "given_at": pl.Datetime("us"),
        "left_at": pl.Datetime("us"),
    }
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(partitions, min_size=1, max_size=5), st.sampled_from([timedelta(0), DAY]))
def test_whatever_merges_and_splits_ids_are_one_to_one_and_none_is_lost(days, pause):
    known, now, ever = NOTHING, MORNING, set()
    for groups in days:
        now += pause
        found = clusters(groups)
        known = name_papers(found, known, now)
        borne = known.filter(pl.col("left_at").is_null())
        assert borne["record_id"].sort().to_list() == RECORDS
        named = found.join(borne, on="record_id")
        pairs = named.select("cluster_id", "paper_id").unique()
        assert pairs["cluster_id"].n_unique() == pairs["paper_id"].n_unique() == len(pairs)
        ever |= set(borne["paper_id"])
        assert ever <= set(known["paper_id"])
        assert name_papers(found, known, now + DAY).equals(known)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(partitions, partitions, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_count(before, after, chance):
    def shuffled(frame: pl.DataFrame) -> pl.DataFrame:
        order = list(range(len(frame)))
        chance.shuffle(order)
        return frame[order]

    known = name_papers(clusters(before), NOTHING, MORNING)
    expected = name_papers(clusters(after), known, MORNING + DAY)
    found = name_papers(shuffled(clusters(after)), shuffled(known), MORNING + DAY)
    assert found.equals(expected)
