"""Rows of sparse matrices side by side: which share a column, and how alike they are.

What belongs here: what `scipy.sparse` has no name for, in whole arrays. What does not: what rows
and columns stand for (`person_evidence`).
"""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy import ndarray
    from scipy.sparse import csr_array

# Entries whose groups are looked at together: few enough for what is near the processor.
_BATCH = 100_000
# Pairs of rows that are looked at together: what this bounds is memory.
_CHUNK = 200_000
# By what numbers are multiplied so that their first bits tell nothing of them (Knuth, 6.4): by the
# golden ratio, and by another odd number, under which others fall together.
_STREWING = (0x9E3779B97F4A7C15, 0xD1B54A32D192ED03)


def spans(sizes: "ndarray") -> "ndarray":
    """Return 0, 1, … for each size, one after the other.

    >>> spans(np.array([2, 0, 3])).tolist()
    [0, 1, 0, 1, 2]
    """
    ends = np.cumsum(sizes)
    total = int(ends[-1]) if len(ends) else 0
    narrow = np.int32 if total < 2**31 else np.int64  # half the memory
    return np.arange(total, dtype=narrow) - np.repeat((ends - sizes).astype(narrow), sizes)


def run_starts(values: "ndarray") -> "ndarray":
    """Return for each of ordered values where the run of its equals begins.

    >>> run_starts(np.array([4, 4, 7, 9, 9])).tolist()
    [0, 0, 2, 3, 3]
    """
    places = np.arange(len(values))
    return np.maximum.accumulate(
        np.where(np.r_[True, values[1:] != values[:-1]][: len(values)], places, 0)
    )


def recurring(values: "ndarray") -> "ndarray":
    """Mark the ordered values that are there several times.

    >>> recurring(np.array([4, 4, 7, 9, 9])).tolist()
    [True, True, False, True, True]
    """
    is_again = np.r_[False, values[1:] == values[:-1]][: len(values)]
    return is_again | np.r_[is_again[1:], False][: len(values)]


def batches(groups: "ndarray") -> "list[ndarray]":
    """Return the places of entries, but for those alone in their group, a batch at a time.

    A batch holds whole groups, its places ascend, and it is about as large as the others: what
    fits into caches is several times as fast, and memory that is given back is at hand again.

    Args:
        groups: whole numbers from 0, the group of each entry.

    >>> [batch.tolist() for batch in batches(np.array([0, 1, 2, 1, 0]))]
    [[0, 1, 3, 4]]
    """
    size = np.bincount(groups, minlength=1)
    size[size < 2] = 0
    batch_of = ((np.cumsum(size) - size) // _BATCH).astype(np.uint16)
    chosen = np.flatnonzero((size > 0)[groups]).astype(np.int32)
    batch = batch_of[groups[chosen]]
    ends = np.cumsum(np.bincount(batch, minlength=1))
    parts = np.split(chosen[np.argsort(batch, kind="stable")], ends[:-1])
    return [part for part in parts if len(part)]


def pairs_within(
    groups: "ndarray", members: "ndarray", asks: "ndarray | None" = None
) -> tuple["ndarray", "ndarray"]:
    """Return all pairs of members of the same group, the smaller first, each once.

    Args:
        groups: whole numbers from 0, the group of each entry.
        members: whole numbers from 0, who it is; a member may be in many groups, in each of them
            once. So many times the groups must stay below 2^63.
        asks: for each member whether pairs with it are asked for; None: all pairs are.

    >>> [pair.tolist() for pair in pairs_within(np.array([7, 7, 8, 7]), np.array([0, 1, 1, 2]))]
    [[0, 0, 1], [1, 2, 2]]
    >>> asks = np.array([False, True, False])
    >>> found = pairs_within(np.array([7, 7, 8, 7]), np.array([0, 1, 1, 2]), asks)
    >>> [pair.tolist() for pair in found]
    [[0, 1], [1, 2]]
    """
    if asks is None:
        return _pairs_within(groups, members)
    hole, n_holes = _strewn(groups, _STREWING[0])
    is_asked = np.zeros(n_holes, bool)
    is_asked[hole[asks[members]]] = True
    chosen = np.flatnonzero(is_asked[hole])
    left, right = _pairs_within(groups[chosen], members[chosen])
    is_pair = asks[left] | asks[right]
    return left[is_pair], right[is_pair]


def _pairs_within(groups: "ndarray", members: "ndarray") -> tuple["ndarray", "ndarray"]:
    # Sorting numbers takes a tenth of the time of finding their order.
    size = int(members.max(initial=0)) + 1
    codes = np.sort(groups * size + members)
    codes = codes[recurring(codes // size)]  # most are alone in their group
    groups, members = np.divmod(codes, size)
    place = np.arange(len(groups)) - run_starts(groups)
    later = np.repeat(np.arange(len(groups)), place)
    earlier = later - np.repeat(place, place) + spans(place)
    return distinct_pairs(members[earlier], members[later])


def distinct_pairs(left: "ndarray", right: "ndarray") -> tuple["ndarray", "ndarray"]:
    """Return each pair once, ordered; a pair of one with itself is none."""
    left, right = np.minimum(left, right).astype(np.int64), np.maximum(left, right).astype(np.int64)
    size = int(right.max()) + 1 if len(right) else 1
    codes = distinct((left * size + right)[left != right])
    return codes // size, codes % size


def distinct(values: "ndarray") -> "ndarray":
    """Return the distinct values in order; sorting takes a third of the time of `numpy.unique`."""
    values = np.sort(values)
    return values[np.r_[True, values[1:] != values[:-1]][: len(values)]]


def meeting(groups: "ndarray", members: "ndarray") -> "ndarray":
    """Return the places of entries whose group may have another member: a sieve, for most have not.

    None is left out whose group has one; a few are left in whose group has not. To look twice is
    several times as fast as to sort.

    Args:
        groups: whole numbers from 0, the group of each entry.
        members: whole numbers of 32 bits, who it is.

    >>> meeting(np.array([7, 8, 7, 9, 9]), np.array([0, 1, 2, 3, 3])).tolist()
    [0, 2]
    """
    places = np.arange(len(groups))
    for factor in _STREWING:
        hole, n_holes = _strewn(groups[places], factor)
        member = members[places]
        last = np.zeros(n_holes, np.int32)
        last[hole] = member
        is_shared = np.zeros(n_holes, bool)
        is_shared[hole[last[hole] != member]] = True
        places = places[is_shared[hole]]
    return places


def _strewn(groups: "ndarray", factor: int) -> tuple["ndarray", int]:
    """Return numbers below twice as many as there are or a few more, equal ones for equals."""
    n_bits = max(1, int(2 * len(groups)).bit_length())
    hole = groups.astype(np.uint64) * np.uint64(factor) >> np.uint64(64 - n_bits)
    return hole.astype(np.int64), 1 << n_bits


def incidence(
    row: "ndarray", column: "ndarray", value: "ndarray", shape: tuple[int, int]
) -> "csr_array":
    """Return a matrix by its entries; those in one place are added up."""
    from scipy.sparse import csr_array

    return csr_array((value, (row, column)), shape=shape)


def pooled(matrix: "csr_array", rows: "ndarray", ends: "ndarray") -> "csr_array":
    """Return the sums of rows that stand one after the other: as `incidence @ matrix`, but faster.

    A product looks at every column of the matrix; most sums are of one row.

    Args:
        matrix: some rows.
        rows: the rows of each sum, sum after sum.
        ends: where in `rows` each sum ends; from 0, so that there is one more than sums.

    >>> from scipy.sparse import csr_array
    >>> matrix = csr_array(np.array([[1, 0], [2, 3]]))
    >>> pooled(matrix, np.array([1, 0, 1]), np.array([0, 1, 3])).toarray().tolist()
    [[2, 3], [3, 3]]
    """
    from scipy.sparse import csr_array

    taken = matrix[rows]
    sums = csr_array(
        (taken.data, taken.indices, taken.indptr[ends]), shape=(len(ends) - 1, matrix.shape[1])
    )
    sums.sum_duplicates()
    return sums


def beside(left: "csr_array", right: "csr_array") -> "csr_array":
    """Return a matrix of the columns of two."""
    from scipy.sparse import csr_array, hstack

    return csr_array(hstack([left, right], format="csr"))


def columns_of(matrix: "csr_array") -> "ndarray":
    """Return in how many rows each column is."""
    return np.bincount(matrix.indices, minlength=matrix.shape[1])


def unit_rows(matrix: "csr_array", least: float = 0.0) -> "csr_array":
    """Return the rows at length 1; rows shorter than `least` in proportion less, zeros as zeros."""
    from scipy.sparse import csr_array

    lengths = np.sqrt(np.asarray(matrix.power(2).sum(axis=1)).ravel())
    # So that the product of two rows that are shorter alike falls in proportion.
    full = np.sqrt(np.maximum(lengths, least) * lengths)
    full[full == 0] = 1
    scaled = matrix.data / np.repeat(full, np.diff(matrix.indptr))
    return csr_array((scaled, matrix.indices, matrix.indptr), shape=matrix.shape)


def products(matrix: "csr_array", left: "ndarray", right: "ndarray") -> "ndarray":
    """Return the scalar product of each two rows: their cosine, if rows are of length 1."""
    parts = [np.zeros(0)]
    for start in range(0, len(left), _CHUNK):
        here = slice(start, start + _CHUNK)
        parts.append(
            np.asarray(matrix[left[here]].multiply(matrix[right[here]]).sum(axis=1)).ravel()
        )
    return np.concatenate(parts)


def largest_shared(matrix: "csr_array", left: "ndarray", right: "ndarray") -> "ndarray":
    """Return of each two rows the largest value in a column that both have; 0 if there is none.

    A column has one value, or none, in every row.
    """
    if not matrix.nnz:
        return np.zeros(len(left))
    parts = [np.zeros(0)]
    for start in range(0, len(left), _CHUNK):
        here = slice(start, start + _CHUNK)
        shared = matrix[left[here]].minimum(matrix[right[here]])
        parts.append(shared.max(axis=1).toarray().ravel())
    return np.concatenate(parts)
