"""Texts, and numbers far apart, as numbers from 0: what repeats is looked at once.

What belongs here: the numbering. What does not: what is numbered (`numbered_mentions`,
`person_works`).
"""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy import ndarray

# How many times as many numbers there could be as there are, for these to count as far apart.
_SPARSE = 20


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


def numbered(*columns: "ndarray") -> "tuple[ndarray, list[ndarray]]":
    """Return the distinct numbers of all columns in order, and each column as places among these.

    Args:
        *columns: whole numbers from 0.

    >>> distinct, columns = numbered(np.array([70, 20]), np.array([20, 30]))
    >>> distinct.tolist(), [column.tolist() for column in columns]
    ([20, 30, 70], [[2, 0], [0, 1]])
    """
    size = max((int(column.max(initial=-1)) + 1 for column in columns), default=0)
    if size > _SPARSE * sum(map(len, columns)):
        distinct = np.unique(np.concatenate(columns))
        return distinct, [np.searchsorted(distinct, each).astype(np.int32) for each in columns]
    # Where numbers are close together, to mark each is several times as fast as to sort them.
    is_there = np.zeros(size, bool)
    for column in columns:
        is_there[column] = True
    place = np.cumsum(is_there, dtype=np.int32) - 1
    return np.flatnonzero(is_there), [place[column] for column in columns]


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
