"""What was collected of each year, and how that differs from the year before.

What belongs here: which years are over, notes on what was saved. What does not: which years are
over in a listing (`sql/marts/listings.sql`), trends (`trends`).
"""

from collections.abc import Container, Iterator, Mapping

import polars as pl

# A source's papers of a year are remarkable beside those of the year before from here on.
_JUMP, _JUMP_PAPERS = 2.0, 5


def coverage(totals: pl.DataFrame, sources: pl.DataFrame) -> pl.DataFrame:
    """Return what was collected of each year, and how that differs from the year before.

    A year is partial if it is over for fewer than half of its papers: for the listings that show
    them, pages were saved before its end. So one old page of another site does not make it partial,
    and one late page does not complete it. A year after the last that was over for any listing is
    partial, whether it has papers or not.

    Args:
        totals: for each year with papers `n_papers`; `n_papers_over`, of these those that a listing
            shows for which the year is over; `last_full_year`, the last that is over for a listing
            that shows any, None if not known.
        sources: the columns of `yearly_source_coverage`.

    Returns:
        One row per year, gaps filled: `year`, `n_papers`, `n_sources`, `is_partial_year`,
        `coverage_note`.
    """
    papers = dict(totals.select("year", "n_papers").iter_rows())
    if not papers:
        return pl.DataFrame(schema=_COVERAGE)
    is_over = dict(totals.select("year", 2 * pl.col("n_papers_over") >= pl.col("n_papers")).rows())
    last_over = max(totals["last_full_year"].drop_nulls(), default=min(papers) - 1)
    seen = _by_source(sources)
    source_years = pl.col("source"), pl.col("year")
    partial = set(sources.filter("is_partial_year").select(source_years).iter_rows())
    rows = [
        {
            "year": year,
            "n_papers": papers.get(year, 0),
            "n_sources": sum(year in years for years in seen.values()),
            "is_partial_year": year > last_over or not is_over.get(year, True),
            "coverage_note": "; ".join(_notes(year, seen, partial, min(papers))) or None,
        }
        for year in range(min(papers), max(papers) + 1)
    ]
    return pl.DataFrame(rows, schema=_COVERAGE)


_COVERAGE = {
    "year": pl.Int32,
    "n_papers": pl.Int32,
    "n_sources": pl.Int32,
    "is_partial_year": pl.Boolean,
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


def _notes(
    year: int,
    seen: Mapping[str, Mapping[int, int]],
    partial: Container[tuple[str, int]],
    first_year: int,
) -> Iterator[str]:
    for source, years in seen.items():
        now, before = years.get(year, 0), years.get(year - 1, 0)
        jump = (
            before
            and abs(now - before) >= _JUMP_PAPERS
            and max(now, before) >= _JUMP * min(now, before)
        )
        if now and (source, year) in partial:
            yield (
                f"{source}: most of its papers of {year} are on pages saved before its end, "
                "or not known to be saved later"
            )
        elif now and not before and year > first_year:
            yield f"{source} has papers of {year}, none of {year - 1}"
        elif before and not now:
            yield f"{source} has no papers of {year}"
        elif jump:
            papers = "paper" if now == 1 else "papers"
            yield f"{source} has {now} {papers} of {year} and {before} of {year - 1}"
