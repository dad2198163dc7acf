"""How shares move over years and months: intervals, trend tests, bursts, and what was collected.

What belongs here: statistics of counts per period, as pure functions from frames to frames. What
does not: counting papers (`sql/marts/*.counts.sql`).

Every trend mart has the same shape: something counted (a topic, a venue, a category; within a
source or over all), a period, its papers and all papers of the period, the share with its
interval, and the tests of the whole series, which only full periods enter.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from statistics import median

import polars as pl

# With fewer periods the Mann-Kendall test cannot reach 5 %, whatever the data (n = 4: p >= 0.08).
MIN_YEARS = 5
# Series of fewer papers show nothing, and would cost the others power when p is adjusted
# (independent filtering: Bourgon, Gentleman and Huber, 2010).
MIN_PAPERS = 5
_SIGNIFICANT = 0.05
_Z95 = 1.959963984540054  # the normal quantile of a two-sided 95 % interval
# A burst doubles the share of papers, and costs so much to begin (Kleinberg, 2002: s and gamma).
_BURST_RATIO, _BURST_COST = 2.0, 1.0
# Months are tested over the last five full years, and shown for ten.
_TESTED_MONTHS, _SHOWN_MONTHS = 60, 120
# A source's papers of a year are remarkable beside those of the year before from here on.
_JUMP, _JUMP_PAPERS = 2.0, 5


# ---------------------------------------------------------------- one series


@dataclass(frozen=True, slots=True)
class TrendTest:
    """What the tests say of one series; None where it is too short to say anything."""

    cagr: float | None
    sen_slope: float | None
    mann_kendall_p: float | None
    n_periods: int = 0


def sen_slope(years: Sequence[float], values: Sequence[float]) -> float | None:
    """Return the median of the slopes between all pairs of points, per year (Sen, 1968).

    >>> sen_slope([2020, 2021, 2023], [0.1, 0.2, 0.4])
    0.1
    """
    points = list(zip(years, values, strict=True))
    slopes = [(v2 - v1) / (y2 - y1) for (y1, v1), (y2, v2) in combinations(points, 2)]
    return median(slopes) if slopes else None


def mann_kendall_p(values: Sequence[float]) -> float | None:
    """Return the two-sided p-value of the Mann-Kendall test, ties allowed for.

    Normal approximation with continuity correction (Mann, 1945; Kendall, 1975).

    >>> round(mann_kendall_p([1, 2, 3, 4, 5]), 6)
    0.027486
    """
    n = len(values)
    if n < 2:
        return None
    s = sum((b > a) - (b < a) for a, b in combinations(values, 2))
    ties = sum(t * (t - 1) * (2 * t + 5) for t in Counter(values).values())
    variance = (n * (n - 1) * (2 * n + 5) - ties) / 18
    if s == 0 or variance == 0:
        return 1.0
    z = (abs(s) - 1) / math.sqrt(variance)
    return math.erfc(z / math.sqrt(2))


def growth_rate(years: Sequence[float], values: Sequence[float]) -> float | None:
    """Return the compound annual growth from the first to the last non-zero value, or None.

    >>> round(growth_rate([2020, 2022], [0.1, 0.4]), 9)
    1.0
    """
    points = [(y, v) for y, v in zip(years, values, strict=True) if v > 0]
    if len(points) < 2:
        return None
    (first_year, first), (last_year, last) = points[0], points[-1]
    return (last / first) ** (1 / (last_year - first_year)) - 1


def trend_test(years: Sequence[float], values: Sequence[float]) -> TrendTest:
    """Test one series of shares; the years are ascending and none is partial."""
    return TrendTest(
        growth_rate(years, values), sen_slope(years, values), mann_kendall_p(values), len(values)
    )


def adjusted_p(p_values: Sequence[float]) -> list[float]:
    """Return p-values adjusted for their number (Benjamini and Hochberg, 1995).

    >>> [round(p, 3) for p in adjusted_p([0.01, 0.04, 0.03])]
    [0.03, 0.04, 0.04]
    """
    n = len(p_values)
    order = sorted(range(n), key=lambda i: p_values[i], reverse=True)
    adjusted, least = [1.0] * n, 1.0
    for rank, i in zip(range(n, 0, -1), order, strict=True):
        least = min(least, p_values[i] * n / rank)
        adjusted[i] = least
    return adjusted


def wilson_interval(n: int, of: int) -> tuple[float, float]:
    """Return the 95 % score interval of a share (Wilson, 1927).

    >>> [round(end, 4) for end in wilson_interval(98, 100)]
    [0.93, 0.9945]
    """
    spread = _Z95**2 / of
    share = n / of
    width = math.sqrt(share * (1 - share) * spread + spread**2 / 4)
    # At the ends the interval is exact; rounding would leave 1e-17 there.
    low = (share + spread / 2 - width) / (1 + spread) if n else 0.0
    high = (share + spread / 2 + width) / (1 + spread) if n < of else 1.0
    return low, high


def bursts(counts: Sequence[int], totals: Sequence[int]) -> list[bool]:
    """Tell the periods in which a topic has unusually many papers.

    Kleinberg's automaton of two states for batches (Kleinberg, 2002, section 4): in a burst the
    share is twice the one of the whole series; the cheapest way through the states is taken.

    >>> bursts([1, 1, 1, 8, 9, 1], [50, 50, 50, 50, 50, 50])
    [False, False, False, True, True, False]
    """
    n_relevant, n_all = sum(counts), sum(totals)
    if not n_relevant or n_relevant == n_all:
        return [False] * len(counts)
    base = n_relevant / n_all
    shares = (base, min(base * _BURST_RATIO, 0.9999))
    begin = _BURST_COST * math.log(max(len(counts), 2))
    cost, ways = (0.0, math.inf), ([], [])
    for n, of in zip(counts, totals, strict=True):
        # The binomial coefficient is the same for both states and left out.
        fit = [-(n * math.log(p) + (of - n) * math.log(1 - p)) for p in shares]
        calm = min((cost[0], 0), (cost[1], 1))
        busy = min((cost[0] + begin, 0), (cost[1], 1))
        cost = (calm[0] + fit[0], busy[0] + fit[1])
        ways = ([*ways[calm[1]], False], [*ways[busy[1]], True])
    return ways[0] if cost[0] <= cost[1] else ways[1]


# ---------------------------------------------------------------- what was collected


def coverage(totals: pl.DataFrame, sources: pl.DataFrame) -> pl.DataFrame:
    """Return what was collected of each year, and how that differs from the year before.

    A year is partial if the pages were saved before its end: all of them, or those of the
    sources that held at least half of the papers of the year before.

    Args:
        totals: columns `year`, `n_papers`.
        sources: the columns of `yearly_source_coverage`.

    Returns:
        One row per year, gaps filled: `year`, `n_papers`, `n_sources`, `is_partial_year`,
        `is_common`, `coverage_note`.
    """
    papers = dict(totals.select("year", "n_papers").iter_rows())
    if not papers:
        return pl.DataFrame(schema=_COVERAGE)
    seen = _by_source(sources)
    last_full = _last_full_years(sources)
    common = common_sources(sources)
    rows = []
    for year in range(min(papers), max(papers) + 1):
        before = {s: years.get(year - 1, 0) for s, years in seen.items()}
        rows.append(
            {
                "year": year,
                "n_papers": papers.get(year, 0),
                "n_sources": sum(year in years for years in seen.values()),
                "is_partial_year": _is_partial(year, before, last_full),
                "is_common": year in common.years,
                "coverage_note": "; ".join(_notes(year, seen, last_full, min(papers))) or None,
            }
        )
    return pl.DataFrame(rows, schema=_COVERAGE)


_COVERAGE = {
    "year": pl.Int32,
    "n_papers": pl.Int32,
    "n_sources": pl.Int32,
    "is_partial_year": pl.Boolean,
    "is_common": pl.Boolean,
    "coverage_note": pl.String,
}


def _by_source(sources: pl.DataFrame) -> dict[str, dict[int, int]]:
    seen: dict[str, dict[int, int]] = {}
    for source, year, n in sources.select("source", "year", "n_papers").sort("source").iter_rows():
        seen.setdefault(source, {})[year] = n
    return seen


def _last_full_years(sources: pl.DataFrame) -> dict[str, int]:
    last = sources.select("source", "last_full_year").unique().sort("source")
    return dict(last.iter_rows())


def _is_partial(year: int, before: Mapping[str, int], last_full: Mapping[str, int]) -> bool:
    if year > max(last_full.values(), default=year - 1):
        return True
    n_over = sum(n for source, n in before.items() if last_full[source] >= year)
    return 2 * n_over < sum(before.values())


def _notes(
    year: int,
    seen: Mapping[str, Mapping[int, int]],
    last_full: Mapping[str, int],
    first_year: int,
) -> Iterator[str]:
    for source, years in seen.items():
        now, before = years.get(year, 0), years.get(year - 1, 0)
        jump = abs(now - before) >= _JUMP_PAPERS and max(now, before) >= _JUMP * min(now, before)
        if now and last_full[source] < year:
            yield f"{source} was saved before the end of {year}"
        elif now and not before and year > first_year:
            yield f"{source} has papers of {year}, none of {year - 1}"
        elif before and not now:
            yield f"{source} has no papers of {year}"
        elif jump:
            yield f"{source} has {now} papers of {year} and {before} of {year - 1}"


@dataclass(frozen=True, slots=True)
class CommonSources:
    """The sources that can be compared over a run of years.

    Attributes:
        years: the run, empty if there is none.
        weights: each source's part of all papers that these sources hold in the run.
    """

    years: range
    weights: Mapping[str, float]


def common_sources(sources: pl.DataFrame) -> CommonSources:
    """Return the run of full years whose common sources hold the most papers.

    A source is common to a run that has papers of its every year and was saved after the last.

    Args:
        sources: columns `source`, `year`, `n_papers`, `last_full_year`.
    """
    seen, last_full = _by_source(sources), _last_full_years(sources)
    full = {s: {y: n for y, n in years.items() if y <= last_full[s]} for s, years in seen.items()}
    all_years = sorted({year for years in full.values() for year in years})
    best, most = CommonSources(range(0), {}), 0
    for first, last in combinations(all_years, 2):
        run = range(first, last + 1)
        if len(run) < MIN_YEARS:
            continue
        held = {s: sum(y[n] for n in run) for s, y in full.items() if all(n in y for n in run)}
        total = sum(held.values())
        if total > most:
            best, most = CommonSources(run, {s: n / total for s, n in held.items()}), total
    return best


# ---------------------------------------------------------------- tables of trends


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
        *_interval(pl.col("n_papers"), of),
        share=share,
        rank=pl.when(pl.col("n_papers") > 0).then(place).cast(pl.Int32),
    ).with_columns(yoy_change=_yearly_change(key, period))


def _interval(n: pl.Expr, of: pl.Expr) -> list[pl.Expr]:
    """Return the Wilson interval of a share as expressions; see `wilson_interval`."""
    spread = _Z95**2 / of
    share = n / of
    width = (share * (1 - share) * spread + spread**2 / 4).sqrt()
    low = pl.when(n == 0).then(0.0).otherwise((share + spread / 2 - width) / (1 + spread))
    high = pl.when(n == of).then(1.0).otherwise((share + spread / 2 + width) / (1 + spread))
    return [
        pl.when(of > 0).then(low).alias("share_low"),
        pl.when(of > 0).then(high).alias("share_high"),
    ]


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
    if p is None or p >= _SIGNIFICANT or not test.sen_slope:
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
