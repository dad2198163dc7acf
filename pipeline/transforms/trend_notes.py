"""What a verdict lacks, in words: why nothing can be said, and what would be needed.

What belongs here: sentences beside the verdict of a trend, from its columns. What does not: the
verdict (`trend_verdicts`), what was collected of a year (`coverage`), the report's own words
(`outputs.report`).
"""

import polars as pl

from pipeline.transforms.trend_tests import MIN_PAPERS, MIN_YEARS, SIGNIFICANT

_MOVES = ("rising", "falling")


def trend_note() -> pl.Expr:
    """Return the note on a verdict; NULL where there is nothing to add.

    Columns used: those of `trend_verdicts.VERDICT` and `trend_overall`.
    """
    return pl.concat_str(_missing(), _collected(), separator="; ", ignore_nulls=True).replace(
        "", None
    )


def _missing() -> pl.Expr:
    is_open = pl.col("trend") == "inconclusive"
    return (
        pl.when(pl.col("trend") == "too_few_papers")
        .then(
            pl.format(
                f"{{}} in full years: a trend needs {MIN_PAPERS}",
                _counted("n_papers_tested", "paper"),
            )
        )
        .when(is_open & (pl.col("n_years") < MIN_YEARS))
        .then(
            pl.format(
                f"{{}} where it is seen: a trend needs {MIN_YEARS}; "
                "save the same pages again when a year is over",
                _counted("n_years", "full year"),
            )
        )
        .when(is_open & pl.col("trend_p").is_null())
        .then(
            pl.format(
                "it is seen in {}, too little to know a trend from chance: "
                "it needs more pages or more years",
                _counted("n_listings", "listing"),
            )
        )
        .when(is_open & (pl.col("trend_p") < SIGNIFICANT))
        .then(
            pl.format(
                "its odds changed by a factor of {} a year (p = {}), which is not enough beside "
                "all that is tested: it needs more pages or more years",
                pl.col("odds_ratio_per_year").round(2),
                pl.col("trend_p").round_sig_figs(2),
            )
        )
        .when(is_open)
        .then(
            pl.format(
                "its odds may have changed by a factor from {} to {} a year: "
                "to know, it needs more pages or more years",
                pl.col("odds_ratio_low").round(2),
                pl.col("odds_ratio_high").round(2),
            )
        )
        .when(~pl.col("holds_without_any_listing"))
        .then(
            pl.when(pl.col("n_listings") == 1)
            .then(pl.lit("it rests on one listing"))
            .otherwise(pl.format("without one of its {} listings it is not shown", "n_listings"))
        )
    )


def _counted(column: str, what: str) -> pl.Expr:
    """Return a number and what it counts: 1 paper, 2 papers."""
    ending = pl.when(pl.col(column) == 1).then(pl.lit("")).otherwise(pl.lit("s"))
    return pl.format(f"{{}} {what}{{}}", column, ending)


def _collected() -> pl.Expr:
    moves = pl.col("trend_overall").is_in(_MOVES)
    return pl.when(moves & (pl.col("trend") != pl.col("trend_overall"))).then(
        pl.format(
            "the collection as a whole is {}, listings compared with themselves are not shown to "
            "be: what was collected may have changed, or its pages are too few to show it",
            "trend_overall",
        )
    )
