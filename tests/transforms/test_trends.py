"""Trends of topics: verdicts, partial years, and trends that only seem to be some."""

import json
from datetime import date
from itertools import product

import polars as pl
import pytest
from helpers import (
    MORNING,
    arrow_page,
    feed_page,
    needs_sample,
    put,
    sample_warehouse,
    table,
)

from pipeline.builds.dumps import refresh_dumps
from pipeline.contract.tables import EXTRACTED_TABLES, OVERRIDES
from pipeline.models.catalogue import all_specs, load_models
from pipeline.models.runner import make_tables
from pipeline.storage.warehouse import Warehouse
from pipeline.transforms.coverage import coverage
from pipeline.transforms.statistics import wilson_interval
from pipeline.transforms.trends import monthly_topic_trends, topic_trends

# ---------------------------------------------------------------- tables


def trends_of(shares: dict[str, list[int]], of: int = 100, partial: int | None = None) -> dict:
    """The first row of each topic, from its papers per year of one source."""
    years = range(2010, 2010 + len(next(iter(shares.values()))))
    rows = [
        {"topic_id": t, "topic": t, "level": "topic", "source": "x", "year": y, "n_papers": n}
        for t, counts in shares.items()
        for y, n in zip(years, counts, strict=True)
        if n
    ]
    counts = pl.DataFrame(rows, schema_overrides={"year": pl.Int32, "n_papers": pl.Int32})
    last_full = (partial or 3000) - 1
    sources = pl.DataFrame(
        {"source": "x", "year": years, "n_papers": of, "last_full_year": last_full},
        schema_overrides={"year": pl.Int32},
    )
    found = coverage(sources.select("year", "n_papers"), sources)
    result = topic_trends(counts.drop("source"), counts, found, sources)
    return {row["topic_id"]: row for row in result.unique("topic_id", keep="first").to_dicts()}


@pytest.mark.parametrize(
    ("counts", "trend"),
    [
        ([10, 20, 30, 40], "too_few_years"),
        ([10, 20, 30, 40, 50, 60], "rising"),
        ([60, 50, 40, 30, 20, 10], "falling"),
        ([10, 30, 20, 30, 10], "flat"),
        ([20] * 8, "flat"),
        # A rise too rare to move the median slope is no trend.
        ([0, 0, 0, 0, 0, 0, 0, 0, 10, 20], "flat"),
        # Too few papers to say anything.
        ([0, 0, 0, 1, 1, 2], "flat"),
    ],
)
def test_trend(counts, trend):
    row = trends_of({"t": counts})["t"]
    assert row["trend"] == row["trend_common"] == trend


def test_one_small_p_among_many_topics_is_no_trend():
    """A p of 0.027 is what one of forty topics has by chance."""
    noise = {f"t{n}": [20, 22, 19, 21, 20] for n in range(40)}
    alone = trends_of({"t": [10, 20, 30, 40, 50]})["t"]
    among = trends_of({"t": [10, 20, 30, 40, 50]} | noise)["t"]
    assert (alone["trend"], among["trend"]) == ("rising", "flat")
    assert alone["mann_kendall_p"] == among["mann_kendall_p"] < 0.05 < among["p_adjusted"]


def test_a_partial_year_does_not_turn_a_trend():
    rising = [10, 20, 30, 40, 50, 60, 0]
    assert trends_of({"t": rising}, partial=2016)["t"]["trend"] == "rising"
    assert trends_of({"t": rising})["t"]["trend"] == "flat"


def test_months_are_compared_with_the_same_month_of_the_year_before():
    months = pl.date_range(date(2020, 1, 1), date(2025, 3, 1), "1mo", eager=True)
    counts = pl.DataFrame({"topic_id": "t", "topic": "T", "level": "topic", "month": months})
    counts = counts.with_columns(n_papers=pl.int_range(1, pl.len() + 1, dtype=pl.Int32))
    totals = pl.DataFrame(
        {"month": months, "n_papers": 100}, schema_overrides={"n_papers": pl.Int32}
    )
    sources = pl.DataFrame({"source": ["x"], "last_covered_on": [months[-1]]})
    result = monthly_topic_trends(counts, totals, sources)
    row = result.row(24, named=True)
    assert row["yoy_change"] == pytest.approx((25 - 13) / 13)
    assert row["trend"] == "rising"
    assert row["sen_slope"] == pytest.approx(12 / 100)
    assert result["is_partial_month"].to_list() == [False] * 62 + [True]


# ---------------------------------------------------------------- what was collected

_SYLLABLES = ("ba", "ko", "ti", "mu", "le", "fo", "ri", "du", "sa", "ne", "pi", "zo")
_WORDS = map("".join, product(_SYLLABLES, repeat=4))


def titles(n: int, topic: str = "") -> list[str]:
    """New titles of words that stand in no other, about a topic or about nothing known."""
    made = [" ".join(next(_WORDS).title() for _ in range(4)) for _ in range(n)]
    return [f"{topic} of {title}" if topic else title for title in made]


def yearly(n_about: dict[int, int], n_others: dict[int, int]) -> list[tuple[str, list[str], int]]:
    """Papers per year, about graph neural networks and about nothing."""
    return [
        (
            title,
            [" ".join(title.split()[-2:]), "Ann Lee"],
            year,
        )  # each has a first author of its own
        for counts, topic in ((n_about, "Graph Neural Networks"), (n_others, ""))
        for year, n in counts.items()
        for title in titles(n, topic)
    ]


def gnn_trend(folder, pages: dict[str, str], captured_on: str) -> dict[int, dict]:
    """The yearly rows of graph neural networks in a warehouse of pages saved on a day."""
    notes = {f"{name}.meta.json": json.dumps({"captured_on": captured_on}) for name in pages}
    raw, warehouse = put(folder / "raw", pages | notes), Warehouse(folder / "warehouse")
    with warehouse.lock():
        refresh_dumps(raw, warehouse, MORNING)
    models, target = load_models(), "marts.yearly_topic_trends"
    given = {spec.full_name: spec for spec in (*EXTRACTED_TABLES, OVERRIDES)}
    recalled = {name: all_specs()[name] for model in models.values() for name in model.recalls}
    with warehouse.engine((given | recalled).values()) as engine:
        make_tables(engine, models, [target], given, folder, MORNING)
        rows = engine.rows(f"from {target} where topic_id = 'graph_learning' order by year")
    return {row["year"]: row for row in rows}


def test_a_year_of_two_months_shows_no_fall(tmp_path):
    full = dict.fromkeys(range(2018, 2026), 2)
    page = arrow_page("Ann Lee", yearly(full, dict.fromkeys([*full, 2026], 2)))
    rows = gnn_trend(tmp_path, {"ann.txt": page}, "2026-02-28")
    assert [year for year, row in rows.items() if row["is_partial_year"]] == [2026]
    assert rows[2026]["share"] == 0
    assert {(row["trend"], row["sen_slope"]) for row in rows.values()} == {("flat", 0)}
    assert (rows[2025]["is_burst"], rows[2026]["is_burst"]) == (False, None)
    assert rows[2026]["coverage_note"] == "arrow was saved before the end of 2026"


def feed(papers: list[tuple[str, list[str], int]]) -> str:
    return feed_page([(title, names, f"Jun 3, {year}") for title, names, year in papers])


def test_more_pages_of_one_source_are_no_trend_on_common_sources(tmp_path):
    """Arrow holds the topic in every second paper, Scholar Feed never; Arrow's pages grow."""
    years = range(2018, 2026)
    growing = {year: year - 2016 for year in years}
    pages = {
        "arrow.txt": arrow_page("Ann Lee", yearly(growing, growing)),
        "feed.txt": feed(yearly({}, dict.fromkeys(years, 6))),
    }
    rows = gnn_trend(tmp_path, pages, "2026-01-05")
    assert {row["trend"] for row in rows.values()} == {"rising"}
    assert {row["trend_common"] for row in rows.values()} == {"flat"}
    assert {row["sen_slope_common"] for row in rows.values()} == {0}
    assert rows[2025]["coverage_note"] == "rising over all sources, flat on common ones"


def test_a_source_doubled_in_one_year_raises_no_flag(tmp_path):
    years = range(2018, 2026)
    doubled = dict.fromkeys(years, 3) | {2025: 6}
    pages = {
        "arrow.txt": arrow_page("Ann Lee", yearly(doubled, doubled)),
        "feed.txt": feed(yearly({}, dict.fromkeys(years, 6))),
    }
    rows = gnn_trend(tmp_path, pages, "2026-01-05")
    assert rows[2025]["share"] > rows[2024]["share"]
    assert rows[2025]["share_common"] == rows[2024]["share_common"]
    assert {row["trend_common"] for row in rows.values()} == {"flat"}
    assert rows[2025]["coverage_note"] == "arrow has 12 papers of 2025 and 6 of 2024"


@needs_sample
def test_every_share_of_the_sample_corpus_has_its_wilson_interval():
    rows = table(sample_warehouse(), "marts.yearly_topic_trends")
    n_checked = 0
    for row in rows:
        if row["n_papers_in_year"] == 0:
            assert row["share"] is row["share_low"] is row["share_high"] is None
            continue
        low, high = wilson_interval(row["n_papers"], row["n_papers_in_year"])
        assert row["share"] == pytest.approx(row["n_papers"] / row["n_papers_in_year"])
        assert row["share_low"] == pytest.approx(max(low, 0), abs=1e-9)
        assert row["share_high"] == pytest.approx(min(high, 1), abs=1e-9)
        n_checked += 1
    assert n_checked > 500


@needs_sample
def test_years_have_no_gaps_and_ranks_follow_the_counts():
    rows = table(sample_warehouse(), "marts.yearly_topic_trends", "topic_id, year")
    years = sorted({row["year"] for row in rows})
    assert years == list(range(years[0], years[-1] + 1))
    topics = {row["topic_id"] for row in rows}
    assert len(rows) == len(years) * len(topics)
    for year in years:
        counts = [row["n_papers"] for row in rows if row["year"] == year]
        for row in rows:
            if row["year"] == year and row["n_papers"]:
                assert row["rank"] == 1 + sum(count > row["n_papers"] for count in counts)
