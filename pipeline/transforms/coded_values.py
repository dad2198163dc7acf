"""Texts as numbers, so that what repeats is hashed once and then compared as numbers.

What belongs here: the numbering. What does not: what the texts are (`persons`, `person_works`).
"""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy import ndarray


def coded(texts: pl.Series) -> tuple["ndarray", pl.Series]:
    """Return a number for each text, in the order in which they come, and the distinct texts.

    Args:
        texts: without NULL.

    >>> [found.to_list() for found in map(pl.Series, coded(pl.Series(["b", "a", "b"])))]
    [[0, 1, 0], ['b', 'a']]
    """
    codes = texts.cast(pl.Categorical(pl.Categories.random())).to_physical().to_numpy()
    codes, first = as_they_come(codes)
    return codes, texts.gather(first)


def ranked(texts: pl.Series) -> tuple["ndarray", pl.Series]:
    """Return the place of each text in the alphabet of all, from 0, and these in order.

    >>> [found.to_list() for found in map(pl.Series, ranked(pl.Series(["b", "a", "b"])))]
    [[1, 0, 1], ['a', 'b']]
    """
    codes, distinct = coded(texts)
    order = distinct.arg_sort()
    place = np.empty(len(distinct), np.int32)
    place[order.to_numpy()] = np.arange(len(distinct))
    return place[codes], distinct.gather(order)


def as_they_come(codes: "ndarray") -> tuple["ndarray", "ndarray"]:
    """Return numbers anew, in the order in which they come, and where each comes first.

    >>> [found.tolist() for found in as_they_come(np.array([7, 2, 7, 3]))]
    [[0, 1, 0, 2], [0, 1, 3]]
    """
    first = np.flatnonzero(pl.Series(codes).is_first_distinct().to_numpy())
    number = np.empty(int(codes.max(initial=0)) + 1, np.int32)
    number[codes[first]] = np.arange(len(first))
    return number[codes], first
