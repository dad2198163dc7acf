"""How shares move over years and months: intervals, changes, bursts, and the verdict of a trend.

What belongs here: from counts per period to the rows of a trend mart. What does not: counting
papers (`sql/marts/*.counts.sql`), testing for a trend (`trend_tests`), saying in words what a
verdict lacks (`trend_notes`), statistics of one series (`statistics`).

Every trend mart has the same shape: something counted (a topic, a venue, a category; within a
source or over all), a period, its papers and all papers of the period, the share with its
interval. Those of years add the verdict, which is about listings compared with themselves, and
beside it how the collection moved as a whole. Months have seasons and are no independent draws:
they carry no test.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from pipeline.transforms.statistics import bursts, growth_rate, sen_slopes, share_interval
from pipeline.transforms.trend_notes import trend_note
from pipeline.transforms.trend_verdicts import VERDICT, overall_verdicts, verdicts

_SHOWN_MONTHS = 120  # ten years
# Growth from a year of fewer papers is growth from chance.
_MIN_FIRST = 5


def topic_trends(
    counts: pl.DataFrame, coverage: pl.DataFrame, sightings: pl.DataFrame, members: pl.DataFrame
) -> pl.DataFrame:
    """Return the yearly trends of topics; see `_yearly`."""
    return _yearly(counts, coverage, sightings, members, "topic_id")


def venue_trends(
    counts: pl.DataFrame,
    totals: pl.DataFrame,
    coverage: pl.DataFrame,
    sightings: pl.DataFrame,
    members: pl.DataFrame,
) -> pl.DataFrame:
    """Return the yearly trends of venues among the papers shown with one; see `_yearly`."""
    return _yearly(counts, _among(coverage, totals), sightings, members, "venue")


def category_trends(
    counts: pl.DataFrame,
    totals: pl.DataFrame,
    coverage: pl.DataFrame,
    sightings: pl.DataFrame,
    members: pl.DataFrame,
) -> pl.DataFrame:
    """Return the yearly trends of categories among the papers shown with one; see `_yearly`."""
    return _yearly(counts, _among(coverage, totals), sightings, members, "category")


def _among(coverage: pl.DataFrame, totals: pl.DataFrame) -> pl.DataFrame:
    """Replace the papers of each year by those that the totals count."""
    return (
        coverage.drop("n_papers")
        .join(totals, on="year", how="left")
        .with_columns(pl.col("n_papers").fill_null(0).cast(pl.Int32))
    )


def source_topic_trends(
    counts: pl.DataFrame, sources: pl.DataFrame, sightings: pl.DataFrame, members: pl.DataFrame
) -> pl.DataFrame:
    """Return the yearly trends of topics within each source, on its own listings.

    Args:
        counts: columns `source`, `topic_id`, `topic`, `level`, `year`, `n_papers`,
            `n_papers_fractional`.
        sources: columns `source`, `year`, `n_papers`, `is_partial_year`.
        sightings: see `trend_verdicts.verdicts`; and `source`.
        members: columns `paper_id`, `topic_id`.
    """
    parts = [
        _yearly(
            counts.filter(source=source),
            _source_coverage(own),
            sightings.filter(source=source),
            members,
            "topic_id",
        )
        for (source,), own in sources.group_by(["source"], maintain_order=True)
    ]
    empty = _source_coverage(sources.clear())
    result = pl.concat(parts or [_yearly(counts, empty, sightings, members, "topic_id")])
    return result.sort("source", "topic_id", "year")


def _source_coverage(own: pl.DataFrame) -> pl.DataFrame:
    """Return the years of one source, gaps filled; years after the last full one are partial."""
    years: list[int] = own["year"].to_list() or [0]
    partial: list[int] = own.filter("is_partial_year")["year"].to_list()
    return (
        pl.DataFrame({"year": range(min(years), max(years) + 1)}, schema={"year": pl.Int32})
        .filter(pl.lit(len(own) > 0))
        .join(own.select("year", "n_papers"), on="year", how="left")
        .with_columns(
            pl.col("n_papers").fill_null(0).cast(pl.Int32),
            is_partial_year=pl.col("year") >= min(partial, default=max(years) + 1),
            coverage_note=pl.lit(None, pl.String),
        )
    )


def monthly_topic_trends(
    counts: pl.DataFrame, totals: pl.DataFrame, sources: pl.DataFrame
) -> pl.DataFrame:
    """Return topics by month, among the papers with a date.

    Args:
        counts: columns `topic_id`, `topic`, `level`, `month`, `n_papers`, `n_papers_fractional`.
        totals: columns `month`, `n_papers`.
        sources: columns `source`, `last_covered_on`.
    """
    periods = _months(totals, sources) if len(totals) else pl.DataFrame(schema=_MONTH.schema)
    counts = counts.join(periods.select("month"), on="month", how="semi")
    series = _series(counts, periods, "topic_id", _MONTH)
    return _with_bursts(series, "topic_id", _MONTH).sort("topic_id", "month")


def _months(totals: pl.DataFrame, sources: pl.DataFrame) -> pl.DataFrame:
    """Return the months to show; the one of the last capture and later ones are partial."""
    months: list[date] = totals["month"].to_list()
    captures: list[date] = sources["last_covered_on"].drop_nulls().to_list()
    last = max(captures, default=max(months)).replace(day=1)
    shown = pl.date_range(min(months), max(months), "1mo", eager=True).alias("month")
    return (
        shown.to_frame()
        .tail(_SHOWN_MONTHS)
        .join(totals.rename({"n_papers": _MONTH.total}), on="month", how="left")
        .with_columns(
            pl.col(_MONTH.total).fill_null(0).cast(pl.Int32),
            is_partial_month=pl.col("month") >= last,
        )
    )


@dataclass(frozen=True, slots=True)
class _Period:
    """What a period is called, and how many of them make a year."""

    name: str
    type: pl.DataType | type[pl.DataType]
    per_year: int

    @property
    def total(self) -> str:
        return f"n_papers_in_{self.name}"

    @property
    def is_partial(self) -> str:
        return f"is_partial_{self.name}"

    @property
    def schema(self) -> dict[str, pl.DataType | type[pl.DataType]]:
        return {self.name: self.type, self.total: pl.Int32, self.is_partial: pl.Boolean}


_YEAR = _Period("year", pl.Int32, 1)
_MONTH = _Period("month", pl.Date, 12)


def _yearly(
    counts: pl.DataFrame,
    coverage: pl.DataFrame,
    sightings: pl.DataFrame,
    members: pl.DataFrame,
    key: str,
) -> pl.DataFrame:
    """Return yearly trends.

    Args:
        counts: the key and what describes it, `year`, `n_papers`, `n_papers_fractional`.
        coverage: `year`, `n_papers`, `is_partial_year`, `coverage_note`, gaps filled.
        sightings: see `trend_verdicts.verdicts`.
        members: `paper_id` and the key; with `listing_id` where it is what a listing shows.
        key: the column that names what is counted.

    Returns:
        One row per key and year, gaps filled with 0.
    """
    periods = coverage.select(
        "year", "is_partial_year", "coverage_note", n_papers_in_year="n_papers"
    )
    series = _with_bursts(_series(counts, periods, key, _YEAR), key, _YEAR)
    full = _full(series, _YEAR)
    judged = (
        series.select(key)
        .unique()
        .join(verdicts(sightings, members, key), on=key, how="left")
        .join(overall_verdicts(full, key), on=key, how="left")
        .with_columns(pl.col("n_listings", "n_years", "n_papers_tested").fill_null(0))
        .with_columns(pl.col("trend", "trend_overall").fill_null("too_few_papers"))
        .with_columns(note=trend_note())
    )
    return (
        series.join(_described(full, key), on=key, how="left")
        .join(judged.select(key, *VERDICT, "trend_overall", "note"), on=key, how="left")
        .with_columns(
            coverage_note=pl.concat_str(
                "coverage_note", "note", separator="; ", ignore_nulls=True
            ).replace("", None)
        )
        .drop("note")
        .sort(key, "year")
    )


def _described(full: pl.DataFrame, key: str) -> pl.DataFrame:
    """Return one row per key with what describes its full years: growth, slope."""
    names, years = _keys_and_periods(full, key, _YEAR)
    shape = len(names), len(years)
    shares = full["share"].to_numpy().reshape(shape)
    papers = full["n_papers"].to_numpy().reshape(shape)
    first = (papers > 0).argmax(axis=1) if len(years) else np.zeros(len(names), dtype=int)
    grows = papers[np.arange(len(names)), first] >= _MIN_FIRST if len(years) else first > 0
    return pl.DataFrame(
        {
            key: names,
            "cagr": [
                growth_rate(years.to_list(), row) if is_enough else None
                for row, is_enough in zip(shares.tolist(), grows, strict=True)
            ],
            "sen_slope": pl.Series(sen_slopes(years.to_numpy(), shares), nan_to_null=True),
        },
        schema={key: full.schema[key], "cagr": pl.Float64, "sen_slope": pl.Float64},
    )


def _keys_and_periods(full: pl.DataFrame, key: str, period: _Period) -> tuple[pl.Series, pl.Series]:
    """Return what is counted and the full periods, which are the same for all of it, in order."""
    return full[key].unique(maintain_order=True), full[period.name].unique(maintain_order=True)


def _series(counts: pl.DataFrame, periods: pl.DataFrame, key: str, period: _Period) -> pl.DataFrame:
    """Return one row per key and period with share, interval, rank and change of the year."""
    numbers = ("n_papers", "n_papers_fractional")
    what = counts.drop(period.name, *numbers).unique(key, maintain_order=True)
    filled = (
        what.join(periods, how="cross")
        .join(counts.select(key, period.name, *numbers), on=[key, period.name], how="left")
        .with_columns(
            pl.col("n_papers").fill_null(0).cast(pl.Int32),
            pl.col("n_papers_fractional").fill_null(0.0),
        )
        .sort(key, period.name)
    )
    of = pl.col(period.total)
    share = pl.when(of > 0).then(pl.col("n_papers") / of)
    peers = [period.name, *(c for c in ("level",) if c in what.columns)]
    place = pl.col("n_papers").rank("min", descending=True).over(peers)
    return filled.with_columns(
        *share_interval(pl.col("n_papers"), of),
        share=share,
        rank=pl.when(pl.col("n_papers") > 0).then(place).cast(pl.Int32),
    ).with_columns(yoy_change=_yearly_change(key, period))


def _yearly_change(key: str, period: _Period) -> pl.Expr:
    """Return the change against the last year with papers, or the same month a year ago."""
    known = pl.col("share")
    if period.per_year == 1:
        before = known.forward_fill().shift(1).over(key, order_by=period.name)
    else:
        before = known.shift(period.per_year).over(key, order_by=period.name)
    return pl.when(before > 0).then((known - before) / before)


def _full(series: pl.DataFrame, period: _Period) -> pl.DataFrame:
    return series.filter(~pl.col(period.is_partial) & pl.col("share").is_not_null())


def _with_bursts(series: pl.DataFrame, key: str, period: _Period) -> pl.DataFrame:
    """Tell of each full period whether it is part of a burst."""
    full = _full(series, period)
    names, periods = _keys_and_periods(full, key, period)
    totals = full[period.total].head(len(periods)).to_numpy().astype(np.int64)
    counts = full["n_papers"].to_numpy().astype(np.int64).reshape(len(names), len(periods))
    flags = pl.Series(bursts(counts, totals).ravel(), dtype=pl.Boolean)
    found = full.select(key, period.name).with_columns(is_burst=flags)
    return series.join(found, on=[key, period.name], how="left")
