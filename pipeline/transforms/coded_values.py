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
    # What stands several times in a row, as papers do beside their authors, is looked at once.
    is_other = (texts != texts.shift()).fill_null(value=True)
    # Arrow numbers them as they come; Polars' categories are in an order of their own.
    runs = texts.filter(is_other).to_arrow(compat_level=pl.CompatLevel.oldest())
    found = runs.dictionary_encode()
    sizes = np.diff(is_other.arg_true().to_numpy(), append=len(texts))
    return np.repeat(found.indices.to_numpy(), sizes), pl.Series(pl.from_arrow(found.dictionary))


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
    places = np.arange(len(codes))
    first_of = np.empty(int(codes.max(initial=0)) + 1, np.int64)
    first_of[codes[::-1]] = places[::-1]  # the last to be written stays
    first = np.flatnonzero(first_of[codes] == places)
    number = np.empty(len(first_of), np.int32)
    number[codes[first]] = np.arange(len(first))
    return number[codes], first
