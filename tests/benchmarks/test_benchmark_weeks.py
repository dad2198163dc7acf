"""A warehouse that was kept for days, with pages edited, moved and taken away, is as a new one."""

import random
import sys

import pytest
from helpers import ROOT, put, table

from pipeline.builds.run import build
from pipeline.storage.duckdb_engine import open_engine
from pipeline.storage.warehouse import Warehouse

sys.path.append(str(ROOT / "benchmarks"))  # as Python finds them when one of them runs
import weeks


def test_days_bring_what_they_should(tmp_path):
    raw = weeks.RawFolder(put(tmp_path / "raw", {}), random.Random(1), weeks.made_pages(40))
    seen: set[str] = set()
    for _ in range(8):
        before = {file: file.read_text() for file in raw.files()}
        raw.a_day(5, 2)
        after = {file: file.read_text() for file in raw.files()}
        if before.keys() - after.keys():
            seen.add("gone or moved")
        if any(before[file] != after[file] for file in before.keys() & after.keys()):
            seen.add("edited")
        if {file for file in after if file.name.startswith("r")}:
            seen.add("moved")
    assert seen == {"gone or moved", "edited", "moved"}
    assert raw.n_saved == 40
    assert raw.away


def test_how_a_series_grows_is_told_by_its_middles():
    assert weeks.growth([1, 1, 9, 2, 2, 2]) == 1
    assert weeks.growth([3, 3, 3, 3]) == 0


@pytest.mark.slow
def test_eight_days_end_in_the_same_tables_as_one_build(tmp_path):
    days = list(weeks.live(tmp_path, 64, 8, together=True))
    assert days[-1].n_pages < 64
    assert days[-1].n_records == sum(1 for _ in table(tmp_path / "grown", "staging.records"))
    assert weeks.not_as_made_anew(tmp_path / "raw", tmp_path / "grown", 7) == []
    weeks.count_anew(tmp_path / "raw", tmp_path / "grown", 7)
    weeks.build_day(tmp_path / "raw", tmp_path / "whole", 7, together=True)
    with open_engine() as engine:
        assert list(weeks.differences(engine, tmp_path / "grown", tmp_path / "whole")) == []
        ids = weeks.other_ids(engine, tmp_path / "grown")
    assert ids.n_papers > 100
    assert (ids.n_other < 5, ids.n_unexplained) == (True, 0)
    # And the comparison can fail.
    next((tmp_path / "raw").rglob("*.txt")).unlink()
    build(tmp_path / "raw", Warehouse(tmp_path / "grown"))
    with open_engine() as engine:
        assert any(weeks.differences(engine, tmp_path / "grown", tmp_path / "whole"))
