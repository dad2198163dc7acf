"""Which years and sources can be compared."""

import polars as pl

from pipeline.transforms.coverage import common_sources


def test_common_sources_are_those_of_the_run_with_the_most_papers():
    rows = [("old", y, 5, 2030) for y in range(2000, 2026)]
    rows += [("big", y, 100, 2024) for y in range(2018, 2026)]
    rows += [("late", y, 100, 2030) for y in range(2023, 2026)]
    sources = pl.DataFrame(
        rows, schema=["source", "year", "n_papers", "last_full_year"], orient="row"
    )
    common = common_sources(sources)
    assert common.years == range(2018, 2025)
    assert common.weights == {"big": 700 / 735, "old": 35 / 735}
    assert not common_sources(sources.clear()).years
