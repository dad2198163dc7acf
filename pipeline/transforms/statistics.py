"""Statistics of one series and of a share: intervals, slopes, growth, bursts.

What belongs here: what describes numbers, each with its source. What does not: tests for a trend
(`trend_tests`), tables (`trends`).
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy import ndarray

_Z95 = 1.959963984540054  # the normal quantile of a two-sided 95 % interval
# A burst doubles the share of papers, and costs so much to begin (Kleinberg, 2002: s and gamma).
_BURST_RATIO, _BURST_COST = 2.0, 1.0
_CELLS = 4_000_000  # numbers held at once
_MOST_SHARE = 0.9999  # of a state: at 1 a single other paper would be impossible


def sen_slopes(years: "ndarray", values: "ndarray") -> "ndarray":
    """Return the median of the slopes between all pairs of points, per year (Sen, 1968).

    Args:
        years: ascending.
        values: a row for each series, a column for each year.

    Returns:
        One slope for each series; NaN of fewer than two years.

    >>> sen_slopes(np.array([2020, 2021, 2023]), np.array([[0.1, 0.2, 0.4]])).tolist()
    [0.1]
    """
    first, last = np.triu_indices(len(years), 1)
    slopes = np.full(len(values), np.nan)
    height = max(1, _CELLS // max(len(first), 1))
    for begin in range(0, len(values) if len(first) else 0, height):
        some = values[begin : begin + height]
        pairs = (some[:, last] - some[:, first]) / (years[last] - years[first])
        slopes[begin : begin + height] = np.median(pairs, axis=1)
    return slopes


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


def bursts(counts: "ndarray", totals: "ndarray") -> "ndarray":
    """Tell the periods in which topics have unusually many papers.

    Kleinberg's automaton of two states for batches (Kleinberg, 2002, section 4): in a burst the
    share is twice the one of the whole series; the cheapest way through the states is taken.

    Args:
        counts: a row for each series, a column for each period: papers of it.
        totals: all papers of each period.

    Returns:
        Rows and columns as of `counts`, true in a burst.

    >>> bursts(np.array([[1, 1, 1, 8, 9, 1]]), np.array([50] * 6)).tolist()
    [[False, False, False, True, True, False]]
    """
    n_series, n_periods = counts.shape
    base = counts.sum(axis=1) / max(totals.sum(), 1)
    # Where all papers are of it there is no larger share that could burst.
    can_burst = (base > 0) & (base < _MOST_SHARE)
    share = np.where(can_burst, base, 0.5)
    begin = _BURST_COST * math.log(max(n_periods, 2))
    cost_calm, cost_busy = np.zeros(n_series), np.full(n_series, np.inf)
    logs = [
        (np.log(p), np.log(1 - p)) for p in (share, np.minimum(share * _BURST_RATIO, _MOST_SHARE))
    ]
    came = np.zeros((2, n_periods, n_series), dtype=bool)
    for place, of in enumerate(totals):
        n = counts[:, place]
        # The binomial coefficient is the same for both states and left out.
        calm, busy = (-(n * yes + (of - n) * no) for yes, no in logs)
        came[0, place] = cost_busy < cost_calm
        came[1, place] = cost_busy < cost_calm + begin
        cost_calm, cost_busy = (
            np.minimum(cost_calm, cost_busy) + calm,
            np.minimum(cost_calm + begin, cost_busy) + busy,
        )
    # From the last state back: `came` tells of each whether a burst went before it.
    is_burst, is_busy = np.zeros(counts.shape, dtype=bool), cost_busy < cost_calm
    for place in reversed(range(n_periods)):
        is_burst[:, place] = is_busy
        is_busy = np.where(is_busy, came[1, place], came[0, place])
    return is_burst & can_burst[:, None]
