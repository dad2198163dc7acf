"""Trend statistics against other programs, and trends that only seem to be some."""

import json
import math
import random
from datetime import date
from itertools import permutations, product

import polars as pl
import pymannkendall
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
from scipy import stats

from pipeline.build import build
from pipeline.trends import (
    MIN_YEARS,
    adjusted_p,
    bursts,
    common_sources,
    coverage,
    growth_rate,
    mann_kendall_p,
    monthly_topic_trends,
    sen_slope,
    topic_trends,
    wilson_interval,
)
from pipeline.warehouse import Warehouse


def normal_two_sided(z: float) -> float:
    """2 * (1 - Phi(z)), as scipy.stats.norm.sf(z) * 2."""
    return math.erfc(z / math.sqrt(2))


# Gilbert (1987), "Statistical Methods for Environmental Pollution Monitoring", ch. 16, works
# such sums by hand: S, and the variance n(n-1)(2n+5)/18 less t(t-1)(2t+5)/18 for each tie.
MANN_KENDALL = {
    "five rising": ([1, 2, 3, 4, 5], 10, 50 / 3),
    "five falling": ([5, 4, 3, 2, 1], -10, 50 / 3),
    "one step back": ([1, 3, 2, 4, 5], 8, 50 / 3),
    "ten rising": (list(range(10)), 45, 125),
    "a tie of two": ([1, 1, 2, 3, 4], 9, (5 * 4 * 15 - 2 * 1 * 9) / 18),
    "a tie of three": ([1, 1, 1, 2, 3, 4], 12, (6 * 5 * 17 - 3 * 2 * 11) / 18),
    "two ties": ([0, 0, 1, 1, 2], 8, (5 * 4 * 15 - 2 * (2 * 1 * 9)) / 18),
    "up and down": ([1, 2, 3, 2.5, 1.5], 2, 50 / 3),
}


@pytest.mark.parametrize("case", MANN_KENDALL)
def test_mann_kendall(case):
    values, s, variance = MANN_KENDALL[case]
    expected = normal_two_sided((abs(s) - 1) / math.sqrt(variance))
    assert mann_kendall_p(values) == pytest.approx(expected, rel=1e-12)


def test_mann_kendall_known_p_values():
    """z = 9 / sqrt(50/3) = 2.2045408; z = 44 / sqrt(125) = 3.9354796."""
    assert mann_kendall_p([1, 2, 3, 4, 5]) == pytest.approx(0.0274863361, abs=1e-9)
    assert mann_kendall_p(list(range(10))) == pytest.approx(8.303071e-05, rel=1e-5)


def test_mann_kendall_of_nothing_to_say():
    assert mann_kendall_p([]) is None
    assert mann_kendall_p([1.0]) is None
    assert mann_kendall_p([2.0, 2.0, 2.0, 2.0, 2.0]) == 1.0
    assert mann_kendall_p([1.0, 3.0, 2.0, 2.0, 3.0, 1.0]) == 1.0


def test_four_years_can_never_be_significant():
    assert min(mann_kendall_p(order) for order in permutations(range(MIN_YEARS - 1))) > 0.05
    assert min(mann_kendall_p(order) for order in permutations(range(MIN_YEARS))) < 0.05


@pytest.mark.parametrize(
    ("years", "values", "slope"),
    [
        ([1, 2], [0.0, 0.5], 0.5),
        ([2020, 2021, 2023], [0.1, 0.2, 0.4], 0.1),
        # Slopes 1, 1, 1/3 (10 pairs of a line with one wild point): the median stays.
        ([1, 2, 3, 4, 5], [1.0, 2.0, 3.0, 4.0, 100.0], 1.0),
        ([1, 2, 3, 4], [4.0, 3.0, 2.0, 1.0], -1.0),
        # Slopes of (1,1) (2,3) (4,2): 2, 1/3, -1/2; the median is 1/3.
        ([1, 2, 4], [1.0, 3.0, 2.0], 1 / 3),
        ([1, 2, 3], [0.2, 0.2, 0.2], 0.0),
    ],
)
def test_sen_slope(years, values, slope):
    assert sen_slope(years, values) == pytest.approx(slope, abs=1e-12)


def test_sen_slope_needs_two_points():
    assert sen_slope([], []) is None
    assert sen_slope([2020], [0.5]) is None


@pytest.mark.parametrize(
    ("years", "values", "rate"),
    [
        ([2020, 2021], [0.1, 0.2], 1.0),
        ([2020, 2021, 2022], [0.1, 0.9, 0.4], 1.0),
        ([2019, 2020, 2021, 2022, 2023], [0, 0.1, 0, 0.4, 0], 1.0),
        ([2020, 2022], [0.4, 0.1], -0.5),
        ([2020, 2023], [0.2, 0.2], 0.0),
    ],
)
def test_growth_rate(years, values, rate):
    assert growth_rate(years, values) == pytest.approx(rate, abs=1e-12)


def test_growth_rate_needs_two_years_with_papers():
    assert growth_rate([], []) is None
    assert growth_rate([2020, 2021, 2022], [0, 0.3, 0]) is None


# ---------------------------------------------------------------- other programs


def random_series(n: int) -> list[tuple[list[int], list[float]]]:
    """Years with gaps and values of which many tie."""
    chance = random.Random(2026)
    series = []
    for _ in range(n):
        length = chance.randint(3, 30)
        years = sorted(chance.sample(range(1980, 2030), length))
        drift = chance.choice([0, 0, 0.01, -0.02])
        digits = chance.choice([1, 2, 9])
        series.append((years, [round(chance.random() + drift * y, digits) for y in range(length)]))
    return series


def test_a_thousand_series_are_tested_as_other_programs_test_them():
    n_ties = 0
    for years, values in random_series(1000):
        n_ties += len(set(values)) < len(values)
        assert mann_kendall_p(values) == pytest.approx(
            pymannkendall.original_test(values).p, abs=1e-9
        )
        slope = stats.theilslopes(values, years).slope
        assert sen_slope(years, values) == pytest.approx(slope, abs=1e-9)
    assert 200 < n_ties < 900


def test_a_thousand_intervals_and_adjustments_are_those_of_scipy():
    chance = random.Random(7)
    for _ in range(1000):
        of = chance.choice([1, 2, 10, chance.randint(1, 100_000)])
        n = chance.choice([0, of, chance.randint(0, of)])
        interval = stats.binomtest(n, of).proportion_ci(method="wilson")
        assert wilson_interval(n, of) == pytest.approx((interval.low, interval.high), abs=1e-9)
        p_values = [round(chance.random(), 3) ** 3 for _ in range(chance.randint(1, 60))]
        expected = stats.false_discovery_control(p_values, method="bh")
        assert adjusted_p(p_values) == pytest.approx(list(expected), abs=1e-9)


def test_statsmodels_says_the_same_where_it_is_installed():
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    multitest = pytest.importorskip("statsmodels.stats.multitest")
    chance = random.Random(8)
    for _ in range(1000):
        of = chance.randint(1, 10_000)
        n = chance.randint(0, of)
        expected = proportion.proportion_confint(n, of, method="wilson")
        assert wilson_interval(n, of) == pytest.approx(expected, abs=1e-9)
        p_values = [chance.random() ** 3 for _ in range(chance.randint(1, 60))]
        expected = multitest.multipletests(p_values, method="fdr_bh")[1]
        assert adjusted_p(p_values) == pytest.approx(list(expected), abs=1e-9)


def test_nothing_is_adjusted_to_nothing():
    assert adjusted_p([]) == []


# ---------------------------------------------------------------- bursts


def test_a_burst_is_a_run_of_periods_with_twice_the_share():
    assert bursts([2, 2, 2, 9, 8, 2, 2], [50] * 7) == [False] * 3 + [True] * 2 + [False] * 2
    assert bursts([3, 2, 4, 3, 2, 4, 3], [50] * 7) == [False] * 7
    assert not any(bursts([0, 0, 0], [5, 5, 5]))
    assert not any(bursts([5, 5], [5, 5]))
    assert bursts([], []) == []


def test_more_papers_of_all_kinds_are_no_burst():
    assert not any(bursts([2, 2, 2, 20, 2], [50, 50, 50, 500, 50]))


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
_WORDS = map("".join, product(_SYLLABLES, repeat=3))


def titles(n: int, topic: str = "") -> list[str]:
    """New titles of words that stand in no other, about a topic or about nothing known."""
    made = [f"{next(_WORDS).title()} {next(_WORDS).title()}" for _ in range(n)]
    return [f"{topic} of {title}" if topic else title for title in made]


def yearly(n_about: dict[int, int], n_others: dict[int, int]) -> list[tuple[str, list[str], int]]:
    """Papers per year, about graph neural networks and about nothing."""
    return [
        (title, [title, "Ann Lee"], year)  # each has a first author of its own
        for counts, topic in ((n_about, "Graph Neural Networks"), (n_others, ""))
        for year, n in counts.items()
        for title in titles(n, topic)
    ]


def gnn_trend(folder, pages: dict[str, str], captured_on: str) -> dict[int, dict]:
    """The yearly rows of graph neural networks in a warehouse of pages saved on a day."""
    notes = {f"{name}.meta.json": json.dumps({"captured_on": captured_on}) for name in pages}
    build(put(folder / "raw", pages | notes), Warehouse(folder / "warehouse"), now=MORNING)
    rows = table(folder / "warehouse", "marts.yearly_topic_trends", "topic_id, year")
    return {row["year"]: row for row in rows if row["topic_id"] == "graph_learning"}


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


# Wilson (1927) at 95 %: known values, e.g. statsmodels.stats.proportion.proportion_confint(
# k, n, method="wilson").
WILSON = {
    (0, 1): (0.0, 0.793451),
    (1, 1): (0.206549, 1.0),
    (1, 2): (0.094531, 0.905469),
    (0, 10): (0.0, 0.277533),
    (5, 10): (0.236593, 0.763407),
    (10, 10): (0.722467, 1.0),
}


@pytest.mark.parametrize("case", WILSON)
def test_the_wilson_formula_gives_the_known_values(case):
    assert wilson_interval(*case) == pytest.approx(WILSON[case], abs=1e-6)


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
