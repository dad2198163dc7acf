"""Statistics of one series and of a share: intervals, slopes, growth, bursts.

What belongs here: what describes numbers, each with its source. What does not: tests for a trend
(`trend_tests`), tables (`trends`).
"""

import math
from collections.abc import Sequence
from itertools import combinations
from statistics import median

import polars as pl

_Z95 = 1.959963984540054  # the normal quantile of a two-sided 95 % interval
# A burst doubles the share of papers, and costs so much to begin (Kleinberg, 2002: s and gamma).
_BURST_RATIO, _BURST_COST = 2.0, 1.0
_MOST_SHARE = 0.9999  # of a state: at 1 a single other paper would be impossible


def sen_slope(years: Sequence[float], values: Sequence[float]) -> float | None:
    """Return the median of the slopes between all pairs of points, per year (Sen, 1968).

    >>> sen_slope([2020, 2021, 2023], [0.1, 0.2, 0.4])
    0.1
    """
    points = list(zip(years, values, strict=True))
    slopes = [(v2 - v1) / (y2 - y1) for (y1, v1), (y2, v2) in combinations(points, 2)]
    return median(slopes) if slopes else None


def growth_rate(years: Sequence[float], values: Sequence[float]) -> float | None:
    """Return the compound annual growth from the first to the last non-zero value, or None.

    >>> round(growth_rate([2020, 2022], [0.1, 0.4]), 9)
    1.0
    """
    points = [(y, v) for y, v in zip(years, values, strict=True) if v > 0]
    if len(points) < 2:
        return None
    (first_year, first), (last_year, last) = points[0], points[-1]
    return (last / first) ** (1 / (last_year - first_year)) - 1


def share_interval(n: pl.Expr, of: pl.Expr) -> list[pl.Expr]:
    """Return the Wilson interval of a share as expressions; NULL of nothing.

    Args:
        n: papers of something.
        of: all papers.

    Returns:
        `share_low` and `share_high`, both from 0 to 1.
    """
    spread = _Z95**2 / of
    share = n / of
    width = (share * (1 - share) * spread + spread**2 / 4).sqrt()
    # At the ends the interval is exact; rounding would leave 1e-17 there.
    low = pl.when(n == 0).then(0.0).otherwise((share + spread / 2 - width) / (1 + spread))
    high = pl.when(n == of).then(1.0).otherwise((share + spread / 2 + width) / (1 + spread))
    return [
        pl.when(of > 0).then(low).alias("share_low"),
        pl.when(of > 0).then(high).alias("share_high"),
    ]


def wilson_interval(n: int, of: int) -> tuple[float, float]:
    """Return the 95 % score interval of a share (Wilson, 1927); 0 to 1 of nothing.

    >>> [round(end, 4) for end in wilson_interval(98, 100)]
    [0.93, 0.9945]
    """
    ends = share_interval(pl.lit(n), pl.lit(of))
    low, high = pl.select(*ends).row(0)
    return (low, high) if of else (0.0, 1.0)


def bursts(counts: Sequence[int], totals: Sequence[int]) -> list[bool]:
    """Tell the periods in which a topic has unusually many papers.

    Kleinberg's automaton of two states for batches (Kleinberg, 2002, section 4): in a burst the
    share is twice the one of the whole series; the cheapest way through the states is taken.

    >>> bursts([1, 1, 1, 8, 9, 1], [50, 50, 50, 50, 50, 50])
    [False, False, False, True, True, False]
    """
    n_relevant, n_all = sum(counts), sum(totals)
    if not n_relevant or n_relevant == n_all:
        return [False] * len(counts)
    base = n_relevant / n_all
    if base >= _MOST_SHARE:
        return [False] * len(counts)  # there is no larger share that could burst
    shares = (base, min(base * _BURST_RATIO, _MOST_SHARE))
    begin = _BURST_COST * math.log(max(len(counts), 2))
    cost, ways = (0.0, math.inf), ([], [])
    for n, of in zip(counts, totals, strict=True):
        # The binomial coefficient is the same for both states and left out.
        fit = [-(n * math.log(p) + (of - n) * math.log(1 - p)) for p in shares]
        calm = min((cost[0], 0), (cost[1], 1))
        busy = min((cost[0] + begin, 0), (cost[1], 1))
        cost = (calm[0] + fit[0], busy[0] + fit[1])
        ways = ([*ways[calm[1]], False], [*ways[busy[1]], True])
    return ways[0] if cost[0] <= cost[1] else ways[1]
