"""How much more or less frequent something becomes each year, within the listings that show it.

What belongs here: the odds ratio per year, from sightings of papers. What does not: whether it is
more than chance, and its interval (`trend_tests`, `trend_verdicts`).

The odds ratio per year is that of a logistic model with an intercept for each listing, its slope
drawn very weakly towards none (log-F(1,1) prior over two standard deviations of a listing's years:
Greenland and Mansournia, 2015), so that it stays finite. An intercept for each of many small
listings makes a slope too steep, for listings of two papers twice as steep (Andersen, 1970); so it
is multiplied by the model's variance of the score over Mantel's. Its interval is the one that
agrees with the test (test-based: Miettinen, 1976).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.transforms.trend_tests import Sightings, sums

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from pipeline.transforms.trend_tests import Floats, Ints

_MOST_STEPS, _CLOSE = 100, 1e-12
_LONGEST = 5.0  # log-odds by which one step moves a cell


def log_odds_per_year(
    sightings: Sightings, members: "csr_array", asked: "NDArray[np.bool_] | None" = None
) -> "Floats":
    """Return the slope of the logistic model of each thing; NaN where no listing can tell.

    A listing that shows nothing else, or nothing of it, tells nothing: each thing is fitted on the
    listings that do, which are few for most.

    Args:
        sightings: see `trend_tests.Sightings`.
        members: see `trend_tests.mantel_haenszel`.
        asked: the things that are asked for, None for all; others are NaN.
    """
    slopes = np.full(members.shape[1], np.nan)
    if not len(sightings.year):
        return slopes
    cells = _Cells.of(sightings)
    counts = (sums(cells.of_sighting, len(cells.size)) @ members).tocsc()
    shown = (sums(cells.listing, len(cells.n_papers)) @ counts).tocsc()
    shown.sort_indices()
    for column in range(len(slopes)) if asked is None else np.flatnonzero(asked).tolist():
        counted = np.zeros(len(cells.size))
        of = slice(*counts.indptr[column : column + 2])
        counted[counts.indices[of]] = counts.data[of]
        of = slice(*shown.indptr[column : column + 2])
        listings, share = shown.indices[of], shown.data[of] / cells.n_papers[shown.indices[of]]
        slopes[column] = _slope(cells, counted, listings[share < 1], share[share < 1])
    return slopes


@dataclass(frozen=True, slots=True)
class _Cells:
    """The years of listings: those of a listing follow one another.

    Attributes:
        of_sighting: number of the cell of each sighting.
        listing: of each cell.
        size: its papers.
        year: less the mean of its listing.
        begin: the first cell of each listing, and where the last one's end.
        n_papers: of each listing.
        square: sum of squares of its years.
    """

    of_sighting: "Ints"
    listing: "Ints"
    size: "Floats"
    year: "Floats"
    begin: "Ints"
    n_papers: "Floats"
    square: "Floats"

    @staticmethod
    def of(sightings: Sightings) -> "_Cells":
        least = int(sightings.year.min())
        n_years = int(sightings.year.max()) - least + 1
        codes = sightings.listing * n_years + sightings.year.astype(np.int64) - least
        cells, cell = np.unique(codes, return_inverse=True)
        listing, year = cells // n_years, (cells % n_years + least).astype(float)
        size = np.bincount(cell, minlength=len(cells)).astype(float)
        n_papers = np.bincount(listing, size).astype(float)
        year = year - (np.bincount(listing, size * year) / np.maximum(n_papers, 1))[listing]
        begin = np.searchsorted(listing, np.arange(len(n_papers) + 1))
        square = np.bincount(listing, size * year**2).astype(float)
        return _Cells(cell, listing, size, year, begin, n_papers, square)

    def rows(self, listings: "Ints") -> "tuple[Ints, Ints]":
        """Return the cells of some listings, and which of these each is of."""
        n = self.begin[listings + 1] - self.begin[listings]
        which = np.repeat(np.arange(len(listings)), n)
        return np.arange(len(which)) + (self.begin[listings] - np.cumsum(n) + n)[which], which


def _slope(cells: _Cells, counted: "Floats", listings: "Ints", share: "Floats") -> float:
    """Fit the slope and an intercept for each listing by Newton's method.

    Args:
        cells: see `_Cells`.
        counted: papers of each cell that are counted.
        listings: some that show papers that are counted, and others.
        share: the share that is counted there.
    """
    spread, square = share * (1 - share), cells.square[listings]
    if not square.any():
        return np.nan
    n_papers = cells.n_papers[listings]
    # Two standard deviations of the years, as far apart as the halves of each listing would be.
    span = 2 * np.sqrt(spread @ square / (spread @ n_papers))
    excess = spread @ square / (spread @ (square * n_papers / np.maximum(n_papers - 1, 1)))
    rows, which = cells.rows(listings)
    level = np.log(share / (1 - share))
    slope = _fitted(which, cells.year[rows], cells.size[rows], counted[rows], level, span)
    return excess * slope


def _fitted(
    listing: "Ints", year: "Floats", size: "Floats", counts: "Floats", level: "Floats", span: float
) -> float:
    """Return the slope at which the penalised likelihood, which has one summit, is largest.

    Args:
        listing: of each cell, from 0; all have papers that are counted, and others.
        year: of each cell, less the mean of its listing.
        size: papers of the cell.
        counts: those of them that are counted.
        level: log-odds in each listing, to begin with.
        span: years over which the prior is spread.
    """

    def height(at: "Floats", slope: float) -> float:
        prior = slope * span / 2 - np.logaddexp(0, slope * span)
        return float(counts @ at - size @ np.logaddexp(0, at) + prior)

    slope, at = 0.0, level[listing] + year * 0.0
    reached = height(at, slope)
    for _ in range(_MOST_STEPS):
        expected = 1 / (1 + np.exp(-np.minimum(np.maximum(at, -40), 40)))
        here = size * expected
        weight, left = here * (1 - expected), counts - here
        leaning = weight * year
        flat, tilted = np.bincount(listing, weight), np.bincount(listing, leaning)
        rest, mean = np.bincount(listing, left), tilted / flat
        prior = 1 / (1 + np.exp(-slope * span))
        score = left @ year - mean @ rest + span * (0.5 - prior)
        information = weight @ year**2 - mean @ tilted + span**2 * prior * (1 - prior)
        step = score / information
        levels = (rest - tilted * step) / flat
        # Far from the summit a step of Newton's may lead too far.
        part = min(1.0, _LONGEST / max(abs(levels[listing] + year * step).max(), 1e-300))
        while part > _CLOSE:
            at = (level + part * levels)[listing] + year * (slope + part * step)
            risen = height(at, slope + part * step)
            if risen >= reached - _CLOSE * abs(reached):
                break
            part /= 2
        else:
            at = (level + part * levels)[listing] + year * (slope + part * step)
        slope, level, reached = slope + part * step, level + part * levels, risen
        if max(abs(step), abs(levels).max()) < _CLOSE:
            break
    return float(slope)
