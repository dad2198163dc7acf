"""Is a topic rising? Tests of yearly series that SQL says badly.

What belongs here: statistics of one topic's yearly shares, as pure functions. What does not:
counting papers and shares (`sql/marts/yearly_topic_trends.counts.sql`).
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

import polars as pl

# With fewer years the Mann-Kendall test cannot reach 5 %, whatever the data (n = 4: p >= 0.08).
MIN_YEARS = 5
_SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True)
class TrendTest:
    """What the tests say of one series; None where it is too short to say anything."""

    cagr: float | None
    sen_slope: float | None
    mann_kendall_p: float | None
    trend: str


def sen_slope(years: Sequence[int], values: Sequence[float]) -> float | None:
    """Return the median of the slopes between all pairs of points, per year (Sen, 1968).

    >>> sen_slope([2020, 2021, 2023], [0.1, 0.2, 0.4])
    0.1
    """
    points = list(zip(years, values, strict=True))
    slopes = [(v2 - v1) / (y2 - y1) for (y1, v1), (y2, v2) in combinations(points, 2)]
    return median(slopes) if slopes else None


def mann_kendall_p(values: Sequence[float]) -> float | None:
    """Return the two-sided p-value of the Mann-Kendall test, ties allowed for.

    Normal approximation with continuity correction (Mann, 1945; Kendall, 1975).

    >>> round(mann_kendall_p([1, 2, 3, 4, 5]), 6)
    0.027486
    """
    n = len(values)
    if n < 2:
        return None
    s = sum((b > a) - (b < a) for a, b in combinations(values, 2))
    ties = sum(t * (t - 1) * (2 * t + 5) for t in Counter(values).values())
    variance = (n * (n - 1) * (2 * n + 5) - ties) / 18
    if s == 0 or variance == 0:
        return 1.0
    z = (abs(s) - 1) / math.sqrt(variance)
    return math.erfc(z / math.sqrt(2))


def growth_rate(years: Sequence[int], values: Sequence[float]) -> float | None:
    """Return the compound annual growth from the first to the last non-zero value, or None.

    >>> round(growth_rate([2020, 2022], [0.1, 0.4]), 9)
    1.0
    """
    points = [(y, v) for y, v in zip(years, values, strict=True) if v > 0]
    if len(points) < 2:
        return None
    (first_year, first), (last_year, last) = points[0], points[-1]
    return (last / first) ** (1 / (last_year - first_year)) - 1


def trend_test(years: Sequence[int], values: Sequence[float]) -> TrendTest:
    """Test one topic's yearly shares; the years are ascending and none is partial.

    >>> trend_test([1, 2, 3, 4, 5], [0.1, 0.2, 0.3, 0.4, 0.5]).trend
    'rising'
    """
    p, slope = mann_kendall_p(values), sen_slope(years, values)
    if len(values) < MIN_YEARS or p is None or slope is None:
        trend = "too_few_years"
    elif p >= _SIGNIFICANT or slope == 0:
        trend = "flat"
    else:
        trend = "rising" if slope > 0 else "falling"
    return TrendTest(growth_rate(years, values), slope, p, trend)


def add_trend_tests(counts: pl.DataFrame) -> pl.DataFrame:
    """Add each topic's trend tests to its yearly rows.

    Only full years in which papers were collected enter the tests.

    Args:
        counts: the columns of `yearly_topic_trends.counts.sql`, ordered by topic_id, year.

    Returns:
        The same rows with `cagr`, `sen_slope`, `mann_kendall_p`, `trend`.
    """
    full_years = counts.filter(~pl.col("is_partial_year") & pl.col("share").is_not_null())
    series = {
        topic_id: (group["year"].to_list(), group["share"].to_list())
        for (topic_id,), group in full_years.group_by(["topic_id"], maintain_order=True)
    }
    topic_ids = counts["topic_id"].unique().sort().to_list()
    tests = [trend_test(*series.get(topic_id, ([], []))) for topic_id in topic_ids]
    results = pl.DataFrame(
        {
            "topic_id": topic_ids,
            "cagr": [test.cagr for test in tests],
            "sen_slope": [test.sen_slope for test in tests],
            "mann_kendall_p": [test.mann_kendall_p for test in tests],
            "trend": [test.trend for test in tests],
        },
        schema={
            "topic_id": pl.String,
            "cagr": pl.Float64,
            "sen_slope": pl.Float64,
            "mann_kendall_p": pl.Float64,
            "trend": pl.String,
        },
    )
    return counts.join(results, on="topic_id", how="left").sort("topic_id", "year")
