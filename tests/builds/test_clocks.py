"""A clock that goes back, or runs years ahead, changes no order: builds follow each other."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from helpers import MORNING, PAGES, asked, feed_page, make_only, papermart, put, table
from same_tables import differences

from pipeline.builds.run import build
from pipeline.storage.versions import versions
from pipeline.storage.warehouse import Warehouse

AHEAD = MORNING.replace(year=2041)
BEFORE = MORNING.replace(year=1999)
# As the clock of a machine might say after a flat battery, a wrong year, and its repair.
TIMES = (MORNING, AHEAD, BEFORE, MORNING + timedelta(hours=1), AHEAD, MORNING + timedelta(hours=2))


TITLES = (
    "Counting Owls from the Air",
    "Sparse Codes for Old Archives",
    "How Glaciers Remember Summers",
    "Proofs That Fit on a Postcard",
    "A Grammar of Bus Timetables",
    "Soft Robots in Hard Places",
    "What Compilers Owe to Knitting",
)


def page(n: int) -> str:
    return feed_page([(TITLES[n], ["Di Wu", "Ann Lee"], "May 5, 2024")])


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    """A folder for builds that make few tables."""
    make_only(monkeypatch, "marts.topics", "marts.pages", "marts.paper_id_history")
    put(tmp_path / "raw", PAGES)
    return tmp_path


def n_pages(house: Warehouse) -> int:
    return asked(house.published, "select count(*) from pages")[0][0]


def build_at(place: Path, n: int, now: datetime, keep: int = 5) -> str:
    """Add a page, build, and return the id of what was published."""
    put(place / "raw", {f"page-{n}.txt": page(n)})
    house = Warehouse(place / "warehouse")
    report = build(place / "raw", house, now=now, keep_versions=keep)
    assert report.dumps.n_new == (4 if n == 0 else 1), "what was read before is never new"
    assert report.is_published
    return report.version.id


@pytest.mark.slow
def test_order_rollback_pruning_and_status_do_not_depend_on_the_clock(place):
    house, ids = Warehouse(place / "warehouse"), []
    for n, now in enumerate(TIMES):
        ids.append(build_at(place, n, now, keep=3))
        kept = [version.id for version in versions(house)]
        assert kept[: 3 if n < 3 else 4] == ids[::-1][: len(kept)], "in the order of publishing"
        assert kept[0] == ids[-1]
        assert n_pages(house) == 4 + n
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)

    raw, root = place / "raw", house.root
    shown = papermart("status", "--raw", raw, "--warehouse", root)
    assert f"published version {ids[-1]}" in shown.stdout
    assert "all pages are in the warehouse" in shown.stdout
    lines = papermart("versions", "--warehouse", root).stdout.splitlines()
    listed = [line for line in lines if not line.startswith("    ")]  # below: counts, changes
    assert [line[2:].split()[0] for line in listed] == [v.id for v in versions(house)]
    assert listed[0].startswith("*")

    assert papermart("rollback", "--warehouse", root).stdout == f"published is now {ids[-2]}\n"
    assert n_pages(house) == 8
    assert not build(raw, house, now=BEFORE).is_published, "nothing new: people went back"
    assert n_pages(house) == 8
    latest = build_at(place, 6, BEFORE)
    assert versions(house)[0].id == latest > ids[-1]
    assert n_pages(house) == 10


@pytest.mark.slow
def test_tables_are_those_of_one_build_by_a_clock_that_is_right(place):
    for n, now in enumerate(TIMES[:4]):
        build_at(place, n, now)
    build(place / "raw", Warehouse(place / "fresh"), now=MORNING)
    assert differences(place / "warehouse", place / "fresh") == []
    seen = {row["path"]: row["first_seen_at"] for row in table(place / "warehouse", "raw.dumps")}
    assert seen["ann.txt"] == MORNING
    assert [seen[f"page-{n}.txt"] for n in range(4)] == list(TIMES[:4]), "as the clock said"
