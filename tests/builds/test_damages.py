"""A build makes anew what is damaged, whatever was damaged and how; see `damages`."""

from collections.abc import Generator
from pathlib import Path

import pytest
from damages import DAMAGES, HIDDEN, LATER, MADE, Damage, faults, make_before
from helpers import copy_of, make_only, new_scratch, papermart
from same_tables import differences, faults_of_version, leftovers

from pipeline.builds.health import deep_check
from pipeline.builds.run import build
from pipeline.storage.warehouse import Warehouse

# One of each kind, all on one day.
AT_ONCE = (
    *(("records", "cut"), ("corrections", "empty"), ("reference", "one bit"), ("mart", "zeros")),
    *(("linkage", "empty"), ("identities", "deleted"), ("build_info", "cut")),
    *(("stamp of pages", "one bit"), ("stamp of a reference", "empty")),
    *(("stamp of a mart", "cut"), ("version", "one bit"), ("mark of an old version", "deleted")),
)


@pytest.fixture(scope="module")
def made() -> Generator[tuple[Path, Path]]:
    """The raw folder and the warehouse that is damaged; builds make few tables here."""
    with pytest.MonkeyPatch.context() as patch:
        make_only(patch, *MADE)
        yield make_before(new_scratch())


def test_the_warehouse_that_is_damaged_is_that_of_one_build(made, tmp_path):
    raw, before = made
    build(raw, Warehouse(tmp_path / "fresh"), now=LATER)
    assert differences(before, tmp_path / "fresh") == []
    assert leftovers(before) == []
    assert faults_of_version(before / "warehouse.duckdb") == []


def test_twelve_damages_on_one_day_are_healed_by_one_build(made, tmp_path):
    raw, before = made
    root = copy_of(before, tmp_path / "warehouse")
    for file, way in AT_ONCE:
        Damage(file, way, is_hidden=way == "zeros").do(root)
    named = papermart("status", "--deep", "--raw", raw, "--warehouse", root)
    assert named.returncode == 1
    assert "damaged: tables/marts/papers/papers.parquet is damaged" in named.stdout
    assert "run `papermart build`: tables that are damaged are made anew" in named.stdout
    build(raw, Warehouse(root), now=LATER)
    assert differences(root, before) == []
    well = papermart("status", "--deep", "--raw", raw, "--warehouse", root)
    assert well.returncode == 0, well.stdout
    assert "every file of the warehouse is as it was written" in well.stdout


@pytest.mark.parametrize("notes", [False, True])
def test_damage_behind_an_old_size_and_time_is_named_file_by_file(notes, made, tmp_path):
    """What stands beside a file in turn: without it the file is not known."""
    root = copy_of(made[1], tmp_path / "warehouse")
    chosen = [d for d in HIDDEN if d.file.startswith(("stamp", "mark")) == notes]
    places = [str(d.do(root).relative_to(root)) for d in chosen if d.way == "one bit"]
    told = "\n".join(deep_check(Warehouse(root)))
    assert [place for place in places if place not in told] == []


@pytest.mark.slow
@pytest.mark.parametrize("damage", [*DAMAGES, *HIDDEN][::3], ids=str)  # all: tests/damages.py
def test_whatever_is_damaged_is_healed(damage, made, tmp_path):
    assert faults(damage, *made, tmp_path / "warehouse") == []
