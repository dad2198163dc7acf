"""How shares move over years and months: intervals, trend tests, bursts, and what was collected.

What belongs here: statistics of counts per period, as pure functions from frames to frames. What
does not: counting papers (`sql/marts/*.counts.sql`).

Every trend mart has the same shape: something counted (a topic, a venue, a category; within a
source or over all), a period, its papers and all papers of the period, the share with its
interval, and the tests of the whole series, which only full periods enter.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from pipeline.transforms.coverage import MIN_YEARS, CommonSources, common_sources
from pipeline.transforms.statistics import (
    SIGNIFICANT,
    TrendTest,
    adjusted_p,
    bursts,
    share_interval,
    trend_test,
)

# Series of fewer papers show nothing, and would cost the others power when p is adjusted
# (independent filtering: Bourgon, Gentleman and Huber, 2010).
MIN_PAPERS = 5
# Months are tested over the last five full years, and shown for ten.
_TESTED_MONTHS, _SHOWN_MONTHS = 60, 120


def topic_trends(
    counts: pl.DataFrame,
    source_counts: pl.DataFrame,
    coverage: pl.DataFrame,
    sources: pl.DataFrame,
) -> pl.DataFrame:
    """Return the yearly trends of topics; see `_trends`."""
    return _trends(counts, source_counts, coverage, sources, ["topic_id"])


def venue_trends(
    counts: pl.DataFrame,
    totals: pl.DataFrame,
    source_counts: pl.DataFrame,
    coverage: pl.DataFrame,
    sources: pl.DataFrame,
) -> pl.DataFrame:
    """Return the yearly trends of venues among the papers with a venue; see `_trends`."""
    return _trends(counts, source_counts, _among(coverage, totals), sources, ["venue"])


def category_trends(
    counts: pl.DataFrame,
    totals: pl.DataFrame,
    source_counts: pl.DataFrame,
    coverage: pl.DataFrame,
    sources: pl.DataFrame,
) -> pl.DataFrame:
    """Return the yearly trends of categories among the papers with one; see `_trends`."""
    return _trends(counts, source_counts, _among(coverage, totals), sources, ["category"])


def _among(coverage: pl.DataFrame, totals: pl.DataFrame) -> pl.DataFrame:
    """Replace the papers of each year by those that the totals count."""
    return (
        coverage.drop("n_papers")
        .join(totals, on="year", how="left")
        .with_columns(pl.col("n_papers").fill_null(0).cast(pl.Int32))
    )


def source_topic_trends(counts: pl.DataFrame, sources: pl.DataFrame) -> pl.DataFrame:
    """Return the yearly trends of topics within each source.

    Args:
        counts: columns `source`, `topic_id`, `topic`, `level`, `year`, `n_papers`.
        sources: the columns of `yearly_source_coverage`.
    """
    parts = []
    for (source,), own in sources.group_by(["source"], maintain_order=True):
        years: list[int] = own["year"].to_list()
        periods = (
            pl.DataFrame({"year": range(min(years), max(years) + 1)}, schema={"year": pl.Int32})
            .join(own.select("year", n_papers_in_year="n_papers"), on="year", how="left")
            .with_columns(
                pl.col("n_papers_in_year").fill_null(0).cast(pl.Int32),
                is_partial_year=pl.col("year") > own["last_full_year"][0],
            )
        )
        series = _series(counts.filter(source=source), periods, ["topic_id"], _YEAR)
        parts.append(_with_tests(series, ["topic_id"], _YEAR))
    empty = _series(counts.clear(), pl.DataFrame(schema=_YEAR.schema), ["topic_id"], _YEAR)
    result = pl.concat(parts or [_with_tests(empty, ["topic_id"], _YEAR)])
    return result.sort("source", "topic_id", "year")


def monthly_topic_trends(
    counts: pl.DataFrame, totals: pl.DataFrame, sources: pl.DataFrame
) -> pl.DataFrame:
    """Return the monthly trends of topics, among the papers with a date.

    Args:
        counts: columns `topic_id`, `topic`, `level`, `month`, `n_papers`.
        totals: columns `month`, `n_papers`.
        sources: columns `source`, `last_covered_on`.
    """
    periods = _months(totals, sources) if len(totals) else pl.DataFrame(schema=_MONTH.schema)
    counts = counts.join(periods.select("month"), on="month", how="semi")
    return _with_tests(_series(counts, periods, ["topic_id"], _MONTH), ["topic_id"], _MONTH).sort(
        "topic_id", "month"
    )


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
    """What a period is called, and how many of them make a year and a test."""

    name: str
    type: pl.DataType | type[pl.DataType]
    per_year: int
    n_tested: int

    @property
    def total(self) -> str:
        return f"n_papers_in_{self.name}"

    @property
    def is_partial(self) -> str:
        return f"is_partial_{self.name}"

    @property
    def schema(self) -> dict[str, pl.DataType | type[pl.DataType]]:
        return {self.name: self.type, self.total: pl.Int32, self.is_partial: pl.Boolean}


_YEAR = _Period("year", pl.Int32, 1, 10_000)
_MONTH = _Period("month", pl.Date, 12, _TESTED_MONTHS)


def _trends(
    counts: pl.DataFrame,
    source_counts: pl.DataFrame,
    coverage: pl.DataFrame,
    sources: pl.DataFrame,
    key: list[str],
) -> pl.DataFrame:
    """Return yearly trends over all sources, and beside them those on common sources.

    Args:
        counts: the key and what describes it, `year`, `n_papers`.
        source_counts: the key, `source`, `year`, `n_papers`.
        coverage: the columns of `yearly_coverage`.
        sources: the columns of `yearly_source_coverage`; `n_papers` is what shares are of.
        key: the columns that name what is counted.

    Returns:
        One row per key and year, gaps filled with 0.
    """
    periods = coverage.select(
        "year", "is_partial_year", "coverage_note", n_papers_in_year="n_papers"
    )
    tested = _with_tests(_series(counts, periods, key, _YEAR), key, _YEAR)
    shares = _standardised(source_counts, common_sources(sources), sources, key)
    tested = tested.join(shares, on=[*key, "year"], how="left")
    # A year may be partial over all sources and over on the common ones.
    alike = tested.with_columns(share="share_common", is_partial_year=pl.lit(False))
    common = _tests(alike, key, _YEAR).drop("cagr")
    return (
        tested.join(common.rename({c: f"{c}_common" for c in common.columns[len(key) :]}), on=key)
        .with_columns(coverage_note=_trend_note())
        .sort(*key, "year")
    )


def _trend_note() -> pl.Expr:
    """Say beside what was collected where the trend is not seen on common sources."""
    moves = pl.col("trend").is_in(["rising", "falling"])
    differs = moves & (pl.col("trend") != pl.col("trend_common"))
    note = pl.format("{} over all sources, {} on common ones", "trend", "trend_common")
    return pl.concat_str(
        "coverage_note", pl.when(differs).then(note), separator="; ", ignore_nulls=True
    ).replace("", None)


def _standardised(
    source_counts: pl.DataFrame, common: CommonSources, sources: pl.DataFrame, key: list[str]
) -> pl.DataFrame:
    """Return shares on common sources, each source weighing the same in every year.

    Direct standardisation: what changes is what the sources hold, never how much of which.
    """
    weights = pl.DataFrame(
        {"source": list(common.weights), "part": list(common.weights.values())},
        schema={"source": pl.String, "part": pl.Float64},
    )
    years = pl.DataFrame({"year": common.years}, schema={"year": pl.Int32})
    grid = source_counts.select(key).unique().join(years, how="cross").join(weights, how="cross")
    return (
        grid.join(
            source_counts.select(*key, "source", "year", "n_papers"),
            on=[*key, "source", "year"],
            how="left",
        )
        .join(sources.select("source", "year", of="n_papers"), on=["source", "year"])
        .group_by(*key, "year")
        .agg(
            share_common=(pl.col("part") * pl.col("n_papers").fill_null(0) / pl.col("of"))
            .sort_by("source")
            .sum()
            .round(12)  # equal shares must tie, whatever the order of sums
        )
    )


def _series(
    counts: pl.DataFrame, periods: pl.DataFrame, key: list[str], period: _Period
) -> pl.DataFrame:
    """Return one row per key and period with share, interval, rank and change of the year."""
    what = counts.drop(period.name, "n_papers").unique(key, maintain_order=True)
    filled = (
        what.join(periods, how="cross")
        .join(counts.select(*key, period.name, "n_papers"), on=[*key, period.name], how="left")
        .with_columns(pl.col("n_papers").fill_null(0).cast(pl.Int32))
        .sort(*key, period.name)
    )
    of = pl.col(period.total)
    share = pl.when(of > 0).then(pl.col("n_papers") / of)
    place = pl.col("n_papers").rank("min", descending=True).over(period.name)
    return filled.with_columns(
        *share_interval(pl.col("n_papers"), of),
        share=share,
        rank=pl.when(pl.col("n_papers") > 0).then(place).cast(pl.Int32),
    ).with_columns(yoy_change=_yearly_change(key, period))


def _yearly_change(key: list[str], period: _Period) -> pl.Expr:
    """Return the change against the last year with papers, or the same month a year ago."""
    known = pl.col("share")
    if period.per_year == 1:
        before = known.forward_fill().shift(1).over(key, order_by=period.name)
    else:
        before = known.shift(period.per_year).over(key, order_by=period.name)
    return pl.when(before > 0).then((known - before) / before)


def _with_tests(series: pl.DataFrame, key: list[str], period: _Period) -> pl.DataFrame:
    """Add the tests of each key's series, and its bursts."""
    tests = _tests(series, key, period)
    return series.join(tests, on=key, how="left").join(
        _bursts(series, key, period), on=[*key, period.name], how="left"
    )


_TESTS = {
    "cagr": pl.Float64,
    "sen_slope": pl.Float64,
    "mann_kendall_p": pl.Float64,
    "p_adjusted": pl.Float64,
    "trend": pl.String,
}


def _full(series: pl.DataFrame, period: _Period) -> pl.DataFrame:
    return series.filter(~pl.col(period.is_partial) & pl.col("share").is_not_null())


def _tests(series: pl.DataFrame, key: list[str], period: _Period) -> pl.DataFrame:
    """Return one row per key: the tests of its full periods, adjusted over all keys."""
    names = series.select(key).unique(maintain_order=True)
    tests: dict[tuple[object, ...], TrendTest] = {}
    papers: dict[tuple[object, ...], int] = {}
    for name, group in _full(series, period).group_by(key, maintain_order=True):
        tail = group.tail(period.n_tested)
        tests[name] = trend_test(_numbers(tail[period.name]), tail["share"].to_list())
        papers[name] = int(tail["n_papers"].sum())
    order = [tuple(row) for row in names.iter_rows()]
    least = MIN_YEARS * period.per_year
    testable = [
        name
        for name in order
        if name in tests and tests[name].n_periods >= least and papers[name] >= MIN_PAPERS
    ]
    p_values = [p for name in testable if (p := tests[name].mann_kendall_p) is not None]
    adjusted = dict(zip(testable, adjusted_p(p_values), strict=True))
    rows = []
    for name in order:
        test = tests.get(name, TrendTest(None, None, None))
        p = adjusted.get(name)
        trend = _trend(test, p, least, period)
        rows.append((*name, test.cagr, test.sen_slope, test.mann_kendall_p, p, trend))
    schema = {column: series.schema[column] for column in key} | _TESTS
    return pl.DataFrame(rows, schema=schema, orient="row")


def _numbers(periods: pl.Series) -> list[float]:
    """Return periods in years."""
    if periods.dtype == pl.Date:
        return [month.year + (month.month - 1) / 12 for month in periods.to_list()]
    return periods.to_list()


def _trend(test: TrendTest, p: float | None, least: int, period: _Period) -> str:
    if test.n_periods < least:
        return f"too_few_{period.name}s"
    if p is None or p >= SIGNIFICANT or not test.sen_slope:
        return "flat"
    return "rising" if test.sen_slope > 0 else "falling"


def _bursts(series: pl.DataFrame, key: list[str], period: _Period) -> pl.DataFrame:
    """Return one row per key and full period: is it part of a burst?"""
    parts = [
        group.select(*key, period.name).with_columns(
            is_burst=pl.Series(
                bursts(group["n_papers"].to_list(), group[period.total].to_list()),
                dtype=pl.Boolean,
            )
        )
        for _, group in _full(series, period).group_by(key, maintain_order=True)
    ]
    empty = series.clear().select(*key, period.name).with_columns(is_burst=pl.lit(False))
    return pl.concat(parts or [empty])
