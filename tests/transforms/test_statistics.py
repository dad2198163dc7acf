"""Trend statistics: cases worked by hand, other programs, and what holds of any numbers."""

import math
import random
from itertools import groupby, pairwise
from operator import itemgetter

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from pipeline.transforms.statistics import (
    bursts,
    growth_rate,
    sen_slopes,
    share_interval,
    wilson_interval,
)


def sen_slope(years, values) -> float | None:
    """Of one series; None where there is none."""
    slope = sen_slopes(np.array(years), np.array([values], dtype=float))[0]
    return None if np.isnan(slope) else slope


def bursts_of(counts, totals) -> list[bool]:
    """Of one series."""
    return bursts(np.array([counts], dtype=int), np.array(totals, dtype=int))[0].tolist()


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
        slope = stats.theilslopes(values, years).slope
        assert sen_slope(years, values) == pytest.approx(slope, abs=1e-9)
    assert 200 < n_ties < 900


def test_a_thousand_intervals_are_those_of_scipy():
    chance = random.Random(7)
    for _ in range(1000):
        of = chance.choice([1, 2, 10, chance.randint(1, 100_000)])
        n = chance.choice([0, of, chance.randint(0, of)])
        interval = stats.binomtest(n, of).proportion_ci(method="wilson")
        assert wilson_interval(n, of) == pytest.approx((interval.low, interval.high), abs=1e-9)


def test_statsmodels_says_the_same_where_it_is_installed():
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    chance = random.Random(8)
    for _ in range(1000):
        of = chance.randint(1, 10_000)
        n = chance.randint(0, of)
        expected = proportion.proportion_confint(n, of, method="wilson")
        assert wilson_interval(n, of) == pytest.approx(expected, abs=1e-9)


# ---------------------------------------------------------------- bursts


def test_a_burst_is_a_run_of_periods_with_twice_the_share():
    assert bursts_of([2, 2, 2, 9, 8, 2, 2], [50] * 7) == [False] * 3 + [True] * 2 + [False] * 2
    assert bursts_of([3, 2, 4, 3, 2, 4, 3], [50] * 7) == [False] * 7
    assert not any(bursts_of([0, 0, 0], [5, 5, 5]))
    assert not any(bursts_of([5, 5], [5, 5]))
    assert bursts_of([], []) == []


def test_more_papers_of_all_kinds_are_no_burst():
    assert not any(bursts_of([2, 2, 2, 20, 2], [50, 50, 50, 500, 50]))


def test_series_side_by_side_are_as_each_by_itself(monkeypatch):
    chance = random.Random(5)
    for n_periods in (0, 1, 2, 9, 40):
        totals = [chance.choice([0, 3, 50, 400]) for _ in range(n_periods)]
        shares = [chance.choice([0, 0.02, 0.3, 1]) for _ in range(60)]
        counts = [[min(of, int(of * p * chance.random() * 2)) for of in totals] for p in shares]
        table = np.array(counts, dtype=int).reshape(60, n_periods)
        found = bursts(table, np.array(totals, dtype=int)).tolist()
        assert found == [bursts_of(row, totals) for row in counts]
        years = np.arange(n_periods) * 2
        monkeypatch.setattr("pipeline.transforms.statistics._CELLS", 100)
        slopes = sen_slopes(years, table.astype(float))
        expected = [sen_slope(years, row) for row in counts]
        assert [None if np.isnan(slope) else slope for slope in slopes] == expected


# ---------------------------------------------------------------- intervals

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


# ---------------------------------------------------------------- any valid numbers

any_input = settings(max_examples=100)
MOST = 10**12  # papers: more than there will ever be

# A share as papers of papers; both ends, one paper, and no papers at all come often.
totals = st.one_of(st.sampled_from([1, 2, 3, MOST]), st.integers(1, 1000), st.integers(1, MOST))
parts = totals.flatmap(
    lambda of: st.tuples(
        st.one_of(st.sampled_from([0, 1, of - 1, of]), st.integers(0, of)), st.just(of)
    )
)
periods = st.lists(st.one_of(parts, st.just((0, 0))), max_size=25)


@st.composite
def series(draw):
    """Ascending years, gaps among them, each with a share."""
    drawn = draw(st.lists(parts, max_size=25))
    steps = draw(st.lists(st.integers(1, 9), min_size=len(drawn), max_size=len(drawn)))
    years = [1900 + sum(steps[: n + 1]) for n in range(len(steps))]
    return years, [n / of for n, of in drawn]


@any_input
@given(parts)
def test_any_share_lies_in_its_interval(part):
    n, of = part
    low, high = wilson_interval(n, of)
    assert 0 <= low <= n / of <= high <= 1
    assert low < high
    assert (low == 0) == (n == 0)
    assert (high == 1) == (n == of)


def test_of_nothing_any_share_is_possible():
    assert wilson_interval(0, 0) == (0, 1)


@any_input
@given(parts, st.integers(1, 1000))
def test_an_interval_moves_with_the_share_and_narrows_with_the_papers(part, step):
    n, of = part
    low, high = wilson_interval(n, of)
    more_low, more_high = wilson_interval(min(n + step, of), of)
    assert more_low >= low * (1 - 1e-12)
    assert more_high >= high * (1 - 1e-12)
    mirrored = wilson_interval(of - n, of)
    assert (1 - mirrored[1], 1 - mirrored[0]) == pytest.approx((low, high), abs=1e-9)
    far_low, far_high = wilson_interval(n * 4, of * 4)
    assert far_high - far_low < high - low


@any_input
@given(periods)
def test_intervals_of_a_table_are_those_of_its_rows(found):
    rows = pl.DataFrame(found, schema={"n": pl.Int64, "of": pl.Int64}, orient="row")
    ends = rows.select(share_interval(pl.col("n"), pl.col("of"))).rows()
    assert ends == [wilson_interval(n, of) if of else (None, None) for n, of in found]


@any_input
@given(series())
def test_any_slope_lies_between_those_of_neighbours(drawn):
    years, values = drawn
    slope = sen_slope(years, values)
    if len(years) < 2:
        assert slope is None
        return
    points = list(zip(years, values, strict=True))
    steps = [(b - a) / (y2 - y1) for (y1, a), (y2, b) in pairwise(points)]
    assert slope is not None
    assert min(steps) - 1e-12 <= slope <= max(steps) + 1e-12
    # Upside down it falls as it rose, and where it begins does not count.
    assert sen_slope(years, [1 - value for value in values]) == pytest.approx(-slope, abs=1e-9)
    assert sen_slope([year + 100 for year in years], values) == slope


@any_input
@given(series())
def test_any_growth_leads_from_the_first_share_to_the_last(drawn):
    years, values = drawn
    rate = growth_rate(years, values)
    shown = [(year, value) for year, value in zip(years, values, strict=True) if value]
    if len(shown) < 2:
        assert rate is None
        return
    (first_year, first), (last_year, last) = shown[0], shown[-1]
    assert rate is not None
    assert math.isfinite(rate)
    assert rate > -1
    assert first * (1 + rate) ** (last_year - first_year) == pytest.approx(last, rel=1e-6)
    assert (rate > 0) == (last > first) or rate == pytest.approx(0, abs=1e-12)


@any_input
@given(periods)
def test_any_burst_has_more_than_the_usual_share(found):
    counts, totals = [n for n, _ in found], [of for _, of in found]
    flags = bursts_of(counts, totals)
    assert len(flags) == len(found)
    if not any(counts) or counts == totals:
        assert not any(flags)
    for is_burst, run in groupby(zip(flags, found, strict=True), key=itemgetter(0)):
        n, of = (sum(column) for column in zip(*(part for _, part in run), strict=True))
        # In whole numbers: n / of > sum(counts) / sum(totals).
        assert not is_burst or n * sum(totals) > of * sum(counts)
