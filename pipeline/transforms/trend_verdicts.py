"""From papers in listings to the verdict on each thing counted: rising, falling, steady or unknown.

What belongs here: frames to the arrays of the test and back, p adjusted for the number of tests,
the words of a verdict. What does not: the test itself (`trend_tests`), what is missing in words
(`trend_notes`).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pipeline.transforms.distributions import (
    adjusted_p,
    normal_above,
    normal_quantile,
    student_quantile,
)
from pipeline.transforms.trend_slopes import log_odds_per_year
from pipeline.transforms.trend_tests import (
    MIN_PAPERS,
    MIN_YEARS,
    SIGNIFICANT,
    SMALLEST_CHANGE,
    Scores,
    Sightings,
    holds_without_any,
    stratified_trends,
)

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from pipeline.transforms.trend_tests import Floats

# Of a smaller part of its standard error a score is what rounding left of none.
_NO_SCORE = 1e-6
TRENDS = ("rising", "falling", "steady", "inconclusive", "too_few_papers")
# The columns of a verdict, in the order of the marts.
VERDICT = {
    "trend": pl.String,
    "odds_ratio_per_year": pl.Float64,
    "odds_ratio_low": pl.Float64,
    "odds_ratio_high": pl.Float64,
    "trend_p": pl.Float64,
    "trend_p_adjusted": pl.Float64,
    "n_papers_tested": pl.Int32,
    "n_years": pl.Int32,
    "n_listings": pl.Int32,
    "holds_without_any_listing": pl.Boolean,
}


@dataclass(frozen=True, slots=True)
class Tested:
    """What is tested, as arrays.

    Attributes:
        names: of the things counted, sorted.
        sightings: the papers in listings.
        members: a row for each sighting, a column for each name; 1 where the paper is one of it.
        n_papers: papers of each, however many listings show them.
        n_years: years with papers in the listings that tell something of it.
        is_enough: whether there is enough of it to test.
    """

    names: pl.Series
    sightings: Sightings
    members: "csr_array"
    n_papers: "Floats"
    n_years: "Floats"
    is_enough: "np.ndarray"


def verdicts(sightings: pl.DataFrame, members: pl.DataFrame, key: str) -> pl.DataFrame:
    """Return the verdict on each thing counted, each listing compared with itself.

    Args:
        sightings: one row per listing and paper, of years that are over in the listing: columns
            `listing_id`, `dump_id` (one page of the listing that shows it), `paper_id`, `year`.
        members: what each paper is one of: columns `paper_id` and the key; and `listing_id`
            where a listing shows it.
        key: the column that names what is counted.

    Returns:
        The key and the columns of `VERDICT`; one row for each key with a sighting.
    """
    tested = as_arrays(sightings, members, key)
    scores = stratified_trends(tested.sightings, tested.members)
    p = np.where(tested.is_enough, scores.p, np.nan)
    # Of what is not tested nothing is said, and to fit takes longer than to test.
    slope = log_odds_per_year(tested.sightings, tested.members, ~np.isnan(p))
    adjusted = adjusted_p(p)
    low, high = _interval(scores, slope)
    trend = _words(tested.n_papers, adjusted, slope, low, high)
    moves = np.isin(trend, ("rising", "falling"))
    known = ~np.isnan(p)
    # The largest p that Benjamini and Hochberg flag where so many are.
    holds = holds_without_any(scores, SIGNIFICANT * moves.sum() / max(known.sum(), 1), moves)
    telling = scores.parts[1] > 0
    return pl.DataFrame(
        {
            key: tested.names,
            "trend": pl.Series(trend, dtype=pl.String),
            **{
                name: pl.Series(np.where(known, values, np.nan), nan_to_null=True)
                for name, values in (
                    ("odds_ratio_per_year", np.exp(slope)),
                    ("odds_ratio_low", np.exp(low)),
                    ("odds_ratio_high", np.exp(high)),
                    ("trend_p", p),
                    ("trend_p_adjusted", adjusted),
                )
            },
            "n_papers_tested": tested.n_papers.astype(np.int32),
            "n_years": tested.n_years.astype(np.int32),
            "n_listings": telling.sum(axis=0).astype(np.int32),
            "holds_without_any_listing": [
                bool(stays) if moving else None for stays, moving in zip(holds, moves, strict=True)
            ],
        },
        schema={key: members.schema[key], **VERDICT},
    )


def as_arrays(sightings: pl.DataFrame, members: pl.DataFrame, key: str) -> Tested:
    """Return frames as the arrays of the test; see `verdicts`."""
    from scipy.sparse import csr_array

    rows = sightings.sort("listing_id", "paper_id").with_row_index("row")
    on = ["paper_id", *(["listing_id"] if "listing_id" in members.columns else [])]
    of = members.unique().join(rows.select("row", *on), on=on)
    names = of[key].unique().sort()
    column = of.join(names.to_frame().with_row_index("column"), on=key)
    shape = (len(rows), len(names))
    places = (column["row"].to_numpy(), column["column"].to_numpy())
    matrix = csr_array((np.ones(len(column)), places), shape)
    arrays = Sightings(
        listing=_numbered(rows.select("listing_id")),
        page=_numbered(rows.select("listing_id", "dump_id")),
        paper=_numbered(rows.select("paper_id")),
        year=rows["year"].to_numpy().astype(np.float64),
    )
    counted = names.to_frame().join(
        of.group_by(key).agg(n=pl.col("paper_id").n_unique()), on=key, maintain_order="left"
    )
    n_papers = counted["n"].to_numpy().astype(np.float64)
    n_years = _years(arrays, matrix)
    is_enough = (n_papers >= MIN_PAPERS) & (n_years >= MIN_YEARS)
    return Tested(names, arrays, matrix, n_papers, n_years, is_enough)


def _numbered(columns: pl.DataFrame) -> "np.ndarray":
    """Return the number of each row's values among all, from 0."""
    values = columns.unique(maintain_order=True).with_row_index("number")
    found = columns.join(values, on=columns.columns, how="left", maintain_order="left")
    return found["number"].to_numpy().astype(np.int64)


def _years(sightings: Sightings, members: "csr_array") -> "Floats":
    """Return how many years the listings that show each thing have papers of."""
    from scipy.sparse import csr_array

    n = len(sightings.year)
    if not n:
        return np.zeros(members.shape[1])
    years, year = np.unique(sightings.year, return_inverse=True)
    by_listing = csr_array((np.ones(n), (sightings.listing, np.arange(n)))) @ members
    has_year = csr_array((np.ones(n), (sightings.listing, year)), (by_listing.shape[0], len(years)))
    return ((has_year.T @ (by_listing > 0).astype(float)).toarray() > 0).sum(axis=0).astype(float)


def _interval(scores: Scores, slope: "Floats") -> "tuple[Floats, Floats]":
    """Return the 95 % interval of a slope that leaves out 0 where p is below 0.05."""
    spread = np.sqrt(scores.variance)
    with np.errstate(divide="ignore", invalid="ignore"):
        # The standard error with which the slope is as far from 0 as the score is.
        error = spread * abs(slope / scores.score)
        flat = spread / scores.parts[1].sum(axis=0)
    error = np.where(abs(scores.score) < _NO_SCORE * spread, flat, error)
    width = student_quantile(1 - SIGNIFICANT / 2, np.maximum(scores.freedom, 1)) * error
    return slope - width, slope + width


def _words(
    n_papers: "Floats", adjusted: "Floats", slope: "Floats", low: "Floats", high: "Floats"
) -> "np.ndarray":
    most = np.log(SMALLEST_CHANGE)
    known, moves = ~np.isnan(adjusted), adjusted < SIGNIFICANT
    cases = (
        (n_papers < MIN_PAPERS, "too_few_papers"),
        (moves & (slope > 0), "rising"),
        (moves & (slope < 0), "falling"),
        (known & (low > -most) & (high < most), "steady"),
    )
    return np.select([case for case, _ in cases], [word for _, word in cases], "inconclusive")


def overall_verdicts(full: pl.DataFrame, key: str) -> pl.DataFrame:
    """Return how the collection moved as a whole, as if it were one listing of no pages.

    That may be the collecting: a page more of one person's moves it. The test is that of Cochran
    (1954) and Armitage (1955), p adjusted as that of `verdicts`.

    Args:
        full: one row per key and full year: the key, `year`, `n_papers`, `n_papers_in_year`.
        key: the column that names what is counted.

    Returns:
        The key and `trend_overall`.
    """
    size, counts = pl.col("n_papers_in_year"), pl.col("n_papers")
    mean = (pl.col("year") * size).sum() / size.sum()
    away = pl.col("year") - mean
    share = counts.sum() / size.sum()
    found = (
        full.group_by(key, maintain_order=True)
        .agg(
            n_papers=counts.sum(),
            n_years=(size > 0).sum(),
            score=(counts * away).sum(),
            # Variance of a sample from all papers.
            variance=share * (1 - share) * (size * away**2).sum() * size.sum() / (size.sum() - 1),
            information=share * (1 - share) * (size * away**2).sum(),
        )
        .with_columns(pl.col("variance", "information").fill_nan(0))
    )
    score, variance = found["score"].to_numpy(), found["variance"].to_numpy()
    is_tested = (variance > 0) & (found["n_papers"].to_numpy() >= MIN_PAPERS)
    is_tested &= found["n_years"].to_numpy() >= MIN_YEARS
    error = np.sqrt(np.where(is_tested, variance, 1))
    p = np.where(is_tested, 2 * normal_above(abs(score) / error), np.nan)
    information = np.where(is_tested, found["information"].to_numpy(), 1)
    slope, width = score / information, normal_quantile(1 - SIGNIFICANT / 2) * error / information
    trend = _words(found["n_papers"].to_numpy(), adjusted_p(p), slope, slope - width, slope + width)
    return found.select(key).with_columns(trend_overall=pl.Series(trend, dtype=pl.String))
