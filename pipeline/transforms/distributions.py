"""Tails and quantiles of the distributions that tests compare with, and p adjusted for many tests.

What belongs here: what `scipy.stats` would be asked for. It takes longer to import than the trends
of a small warehouse take to count; what it asks itself (`scipy.special`) takes a part of that. What
does not: the tests (`trend_tests`).
"""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def normal_above(z: "Floats") -> "Floats":
    """Return how likely a standard normal variable is above some values.

    >>> normal_above(np.array([0.0])).tolist()
    [0.5]
    """
    from scipy.special import ndtr

    return ndtr(-z)


def normal_quantile(share: float) -> float:
    """Return below which value a share of the standard normal distribution lies.

    >>> round(normal_quantile(0.975), 6)
    1.959964
    """
    from scipy.special import ndtri

    return float(ndtri(share))


def student_above(t: "Floats", freedom: "Floats") -> "Floats":
    """Return how likely a variable of Student's distribution is above some values.

    >>> student_above(np.array([0.0]), np.array([3.0])).tolist()
    [0.5]
    """
    from scipy.special import stdtr

    return stdtr(freedom, -t)


def student_quantile(share: float, freedom: "Floats") -> "Floats":
    """Return below which values a share of Student's distributions lies.

    >>> student_quantile(0.975, np.array([10.0])).round(6).tolist()
    [2.228139]
    """
    from scipy.special import stdtrit

    return stdtrit(freedom, share)


def adjusted_p(p: "Floats") -> "Floats":
    """Return p-values adjusted for how many there are (Benjamini and Hochberg, 1995).

    >>> adjusted_p(np.array([0.01, np.nan, 0.04, 0.03])).round(3).tolist()
    [0.03, nan, 0.04, 0.04]
    """
    adjusted, known = np.full_like(p, np.nan), np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known])]
    scaled = p[order] * (len(order) / np.arange(1, len(order) + 1))
    # What is flagged at one p is at a larger one, too.
    least = np.minimum.accumulate(scaled[::-1])[::-1]
    adjusted[order] = np.clip(least, 0, 1)
    return adjusted
