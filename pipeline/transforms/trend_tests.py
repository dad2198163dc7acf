"""Is something more or less frequent from year to year within the listings that show it?

What belongs here: the test, from sightings of papers to what it comes to for each thing counted.
What does not: how steep a trend is (`trend_slopes`), its verdict (`trend_verdicts`), shares and
tables of years (`trends`), judging the test (`evaluate.trends`).

What changes in a collection is what somebody saved, so each listing is compared with itself: the
listings are the strata of an extended Mantel-Haenszel test for trend (Mantel, 1963). A paper
counts once in every listing that shows it. Papers are no independent draws, for those of a page
are alike: the variance is Mantel's or, if that is larger, the one clustered by page (Liang and
Zeger, 1986) of what the trend leaves unexplained; papers of several listings add their covariance
(two-way clusters: Cameron, Gelbach and Miller, 2011). p is of Student's t with as many degrees of
freedom as clusters carry the information, less one (Carter, Schnepel and Steigerwald, 2017).
Where fewer than five pages do, their papers of one year are clusters, too, and the larger variance
counts: the verdict is about these pages then, and says nothing of others.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.transforms.distributions import normal_above, student_above

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

SIGNIFICANT = 0.05
# Series of fewer papers show nothing, and would cost the others power when p is adjusted
# (independent filtering: Bourgon, Gentleman and Huber, 2010); two years are no trend.
MIN_PAPERS, MIN_YEARS = 5, 3
# The smallest change that matters: odds 5 % higher or lower each year, by half in eight years.
SMALLEST_CHANGE = 1.05
# With fewer clusters their variance is not known (Cameron and Miller, 2015).
_MIN_CLUSTERS = 5
_CELLS = 1_000_000  # numbers held at once in one matrix


@dataclass(frozen=True, slots=True)
class Sightings:
    """Papers in listings, as arrays of one length.

    Attributes:
        listing: number of the listing, from 0.
        page: number of the page of the listing that shows the paper.
        paper: number of the paper.
        year: of the paper.
    """

    listing: "Ints"
    page: "Ints"
    paper: "Ints"
    year: "Floats"


@dataclass(frozen=True, slots=True)
class Scores:
    """What the test comes to, an entry for each thing counted.

    Attributes:
        score: papers in later years than expected, weighed by the years; its sign is the trend's.
        variance: of the score where there is no trend.
        freedom: degrees of freedom of that variance.
        p: two-sided; NaN where it cannot be tested.
        parts: score and plain variance by listing (listings by things).
    """

    score: "Floats"
    variance: "Floats"
    freedom: "Floats"
    p: "Floats"
    parts: "tuple[Floats, Floats]"


def mantel_haenszel(sightings: Sightings, members: "csr_array") -> Scores:
    """Return the extended Mantel-Haenszel test as Mantel (1963) has it: papers are independent.

    Args:
        sightings: see `Sightings`.
        members: a row for each sighting, a column for each thing counted, 1 where the paper is
            one of it.
    """
    strata = _Strata.of(sightings)
    parts = [strata.moments(columns) for columns in _blocks(members, strata.n_listings)]
    score, variance = (_side_by_side(part) for part in zip(*parts, strict=True))
    total, spread = score.sum(axis=0), variance.sum(axis=0)
    p = 2 * normal_above(_ratio(abs(total), np.sqrt(spread)))
    free = np.full(len(total), np.inf)
    return Scores(total, spread, free, np.where(spread > 0, p, np.nan), (score, variance))


def stratified_trends(sightings: Sightings, members: "csr_array") -> Scores:
    """Return the test of this module; arguments as of `mantel_haenszel`."""
    strata = _Strata.of(sightings)
    blocks = _blocks(members, max(strata.n_cells, strata.n_shared, strata.n_listings))
    parts = [_scores(strata, columns) for columns in blocks]
    score, variance, freedom, by_listing, spread = (
        _side_by_side(part) for part in zip(*parts, strict=True)
    )
    is_tested = (variance > 0) & (freedom >= 1)
    with np.errstate(invalid="ignore"):
        p = 2 * student_above(_ratio(abs(score), np.sqrt(variance)), np.maximum(freedom, 1))
    return Scores(score, variance, freedom, np.where(is_tested, p, np.nan), (by_listing, spread))


@dataclass(frozen=True, slots=True)
class _Strata:
    """Listings and what of them does not depend on the thing counted.

    `centred` is the year of a sighting less the mean of its listing; `shared` the sightings of
    papers that are seen several times, which `by_shared_paper` adds up.
    """

    sightings: Sightings
    n_listings: int
    size: "Floats"
    centred: "Floats"
    square: "Floats"
    cell: "Ints"
    n_cells: int
    shared: "Ints"
    by_shared_paper: "csr_array"

    @classmethod
    def of(cls, sightings: Sightings) -> "_Strata":
        n_listings = int(sightings.listing.max(initial=-1)) + 1
        size = np.bincount(sightings.listing, minlength=n_listings).astype(float)
        total = np.bincount(sightings.listing, sightings.year, n_listings)
        centred = sightings.year - (total / np.maximum(size, 1))[sightings.listing]
        square = np.bincount(sightings.listing, centred**2, n_listings).astype(float)
        years = sightings.year.astype(np.int64)
        cells = sightings.page * (years.max(initial=0) + 1) + years
        cell = np.unique(cells, return_inverse=True)[1].astype(np.int64)
        often = np.bincount(sightings.paper)[sightings.paper] > 1 if len(cell) else cell > 0
        n_cells = int(cell.max(initial=-1)) + 1
        shared = np.flatnonzero(often)
        paper = np.unique(sightings.paper[shared], return_inverse=True)[1]
        by_paper = sums(paper, int(paper.max(initial=-1)) + 1)
        return cls(sightings, n_listings, size, centred, square, cell, n_cells, shared, by_paper)

    @property
    def n_shared(self) -> int:
        return len(self.shared)

    def share(self, columns: "csr_array") -> "Floats":
        """Return the share of each thing in each listing."""
        counts = sums(self.sightings.listing, self.n_listings) @ columns
        return counts.toarray() / np.maximum(self.size, 1)[:, None]

    def moments(self, columns: "csr_array") -> "tuple[Floats, Floats]":
        """Return the score of each thing in each listing, and Mantel's variance of it."""
        share = self.share(columns)
        score = (sums(self.sightings.listing, self.n_listings, self.centred) @ columns).toarray()
        correction = self.size / np.maximum(self.size - 1, 1)
        return score, share * (1 - share) * (self.square * correction)[:, None]


def _scores(strata: _Strata, columns: "csr_array") -> "tuple[Floats, ...]":
    by_listing, plain = strata.moments(columns)
    share = strata.share(columns)
    information = (share * (1 - share) * strata.square[:, None]).sum(axis=0)
    score = by_listing.sum(axis=0)
    slope = _ratio(score, information)
    sightings, listings = strata.sightings, _effective(plain)
    pages = _clustered(strata, columns, share, slope, sightings.page)
    cells = _clustered(strata, columns, share, slope, strata.cell)
    has_pages = pages[1] >= _MIN_CLUSTERS
    clustered = np.where(has_pages, pages[0], np.maximum(pages[0], cells[0]))
    freedom = np.where(has_pages, pages[1] - 1, cells[1] - listings - 1)
    variance = np.maximum(plain.sum(axis=0), clustered)
    variance += np.maximum(_overlap(strata, columns, share, slope), 0)
    return score, variance, freedom, by_listing, plain


def _clustered(
    strata: _Strata, columns: "csr_array", share: "Floats", slope: "Floats", cluster: "Ints"
) -> "tuple[Floats, Floats]":
    """Return the variance clustered so, and how many clusters carry the information."""
    n = int(cluster.max(initial=-1)) + 1
    listing = np.zeros(n, dtype=np.int64)
    listing[cluster] = strata.sightings.listing
    shares = share[listing]
    score = (sums(cluster, n, strata.centred) @ columns).toarray()
    score -= shares * np.bincount(cluster, strata.centred, n)[:, None]
    information = shares * (1 - shares) * np.bincount(cluster, strata.centred**2, n)[:, None]
    left = ((score - slope * information) ** 2).sum(axis=0)
    n_used = (information > 0).sum(axis=0)
    return left * n_used / np.maximum(n_used - 1, 1), _effective(information)


def _overlap(strata: _Strata, columns: "csr_array", share: "Floats", slope: "Floats") -> "Floats":
    """Return what papers that several listings show add to the variance."""
    rows = strata.shared
    listing, centred = strata.sightings.listing[rows], strata.centred[rows][:, None]
    # In one place, for each of these tables is large.
    left = columns[rows].toarray()
    left -= share[listing]
    expected = (slope * share * (1 - share))[listing]
    expected *= centred
    left -= expected
    left *= centred
    together = strata.by_shared_paper @ left
    return (together**2).sum(axis=0) - (left**2).sum(axis=0)


def _effective(information: "Floats") -> "Floats":
    """Return how many rows there would be if each told as much (Kish, 1965)."""
    return _ratio(information.sum(axis=0) ** 2, (information**2).sum(axis=0))


def _ratio(part: "Floats", of: "Floats") -> "Floats":
    return np.divide(part, of, out=np.zeros_like(part, dtype=float), where=of > 0)


def sums(group: "Ints", n_groups: int, weight: "Floats | None" = None) -> "csr_array":
    """Return the matrix that adds the rows of each group, weighed."""
    from scipy.sparse import csr_array

    values = np.ones(len(group)) if weight is None else weight
    return csr_array((values, (group, np.arange(len(group)))), (n_groups, len(group)))


def _blocks(members: "csr_array", n_rows: int) -> "Iterator[csr_array]":
    """Yield columns of a matrix, as many as can be held when each has so many rows."""
    width = max(1, _CELLS // max(n_rows, 1))
    by_column = members.tocsc()
    for first in range(0, max(members.shape[1], 1), width):
        yield by_column[:, first : first + width].tocsr()


def _side_by_side(parts: "tuple[Floats, ...]") -> "Floats":
    return np.concatenate(parts, axis=-1)


def holds_without_any(
    scores: Scores, most_p: float, asked: "NDArray[np.bool_] | None" = None
) -> "NDArray[np.bool_]":
    """Tell of each trend whether it stays when any one listing is left out.

    It stays where what is left goes the same way, at a p no larger than `most_p`, up to which
    trends are flagged. The variance shrinks as Mantel's does, and the clusters with it.

    Args:
        scores: of all trends.
        most_p: the largest p that is flagged.
        asked: the trends that are asked for, None for all; of others it is false.
    """
    holds = np.zeros(len(scores.score), dtype=bool)
    columns = np.flatnonzero(np.ones(len(holds)) if asked is None else asked)
    by_listing, plain = (part[:, columns] for part in scores.parts)
    score, variance, of = scores.score[columns], scores.variance[columns], plain.sum(axis=0)
    spread = (of - plain) * _ratio(variance, of)
    # Clusters go with what they told.
    part = 1 - _ratio(plain, np.broadcast_to(of, plain.shape))
    freedom = np.maximum((scores.freedom[columns] + 1) * part - 1, 1)
    # Listings that do not tell of a trend are most.
    tells = plain > 0
    rest, left = (score - by_listing)[tells], spread[tells]
    p = 2 * student_above(_ratio(abs(rest), np.sqrt(left)), freedom[tells])
    stays = np.ones(plain.shape, dtype=bool)
    same_way = np.sign(rest) == np.broadcast_to(np.sign(score), plain.shape)[tells]
    stays[tells] = same_way & (p <= most_p) & (left > 0)
    holds[columns] = stays.all(axis=0) & (tells.sum(axis=0) > 1)
    return holds
