"""Trend statistics against values computed by hand or by other programs, in closed form."""

import math
from itertools import permutations

import polars as pl
import pytest
from helpers import needs_sample, sample_warehouse, table

from pipeline.trends import (
    MIN_YEARS,
    add_trend_tests,
    growth_rate,
    mann_kendall_p,
    sen_slope,
    trend_test,
)


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


@pytest.mark.parametrize(
    ("values", "trend"),
    [
        ([0.1, 0.2, 0.3, 0.4], "too_few_years"),
        ([0.1, 0.2, 0.3, 0.4, 0.5], "rising"),
        ([0.5, 0.4, 0.3, 0.2, 0.1], "falling"),
        ([0.1, 0.3, 0.2, 0.3, 0.1], "flat"),
        ([0.2] * 8, "flat"),
        # A rise too rare to move the median slope is no trend.
        ([0, 0, 0, 0, 0, 0, 0, 0, 0.1, 0.2], "flat"),
        ([], "too_few_years"),
    ],
)
def test_trend(values, trend):
    assert trend_test(range(2010, 2010 + len(values)), values).trend == trend


def test_only_full_years_with_papers_enter_the_tests():
    """2022 has no papers at all, 2026 is not over: neither may turn the trend."""
    shares = {2020: 0.1, 2021: 0.2, 2022: None, 2023: 0.3, 2024: 0.4, 2025: 0.5, 2026: 0.0}
    counts = pl.DataFrame(
        {
            "topic_id": "t",
            "year": list(shares),
            "share": list(shares.values()),
            "is_partial_year": [year == 2026 for year in shares],
        }
    )
    alone = counts.filter(year=2026).with_columns(topic_id=pl.lit("u"))
    result = add_trend_tests(pl.concat([counts, alone]))
    (row,) = result.filter(topic_id="t").drop(*counts.columns[1:]).unique().to_dicts()
    assert row["trend"] == "rising"
    assert row["mann_kendall_p"] == pytest.approx(mann_kendall_p([1, 2, 3, 4, 5]))
    assert row["cagr"] == pytest.approx(5 ** (1 / 5) - 1)
    (row,) = result.filter(topic_id="u").to_dicts()
    assert (row["trend"], row["sen_slope"], row["cagr"]) == ("too_few_years", None, None)


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


def wilson(k: int, n: int) -> tuple[float, float]:
    z, p = 1.959963984540054, k / n
    centre, spread = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (centre - spread) / (1 + z * z / n), (centre + spread) / (1 + z * z / n)


@pytest.mark.parametrize("case", WILSON)
def test_the_wilson_formula_gives_the_known_values(case):
    assert wilson(*case) == pytest.approx(WILSON[case], abs=1e-6)


@needs_sample
def test_every_share_of_the_sample_corpus_has_its_wilson_interval():
    rows = table(sample_warehouse(), "marts.yearly_topic_trends")
    n_checked = 0
    for row in rows:
        if row["n_papers_in_year"] == 0:
            assert row["share"] is row["share_low"] is row["share_high"] is None
            continue
        low, high = wilson(row["n_papers"], row["n_papers_in_year"])
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
