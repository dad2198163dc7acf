"""What the blocks of the report have in common: the block itself, names of sites, years not over.

What belongs here: what both `blocks` and `trend_blocks` need. What does not: any figure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from pipeline.outputs.report.drawings import Drawing
from pipeline.outputs.report.figures import Figure, Row
from pipeline.outputs.report.tables import Column, Table, percent, words
from pipeline.sources.registry import display_names

SHARE = Column("share", "Share (95 % interval)", percent, "share_low", "share_high")


@dataclass(frozen=True, slots=True)
class Block:
    """Charts and a table of one figure.

    Attributes:
        id: anchor on the page.
        drawings: its charts.
        table: its rows.
        is_folded: the table is shown on demand, because the charts say the same.
        summary: what a folded table is called.
    """

    id: str
    drawings: Sequence[Drawing]
    table: Table
    is_folded: bool = False
    summary: str = "The figures as a table"


def site_name(name: str) -> str:
    """Return a site as people call it."""
    return display_names().get(name, words(name))


def year_over(is_partial: bool) -> str:
    """Say whether a year is over."""
    return "no" if is_partial else "yes"


def rows_by(figure: Figure, *columns: str) -> Iterable[tuple[tuple[str, ...], list[Row]]]:
    """Yield the rows that have the same in some columns, in the order of the figure."""
    for values, rows in groupby(figure.rows, key=lambda row: tuple(row[name] for name in columns)):
        yield values, list(rows)


def not_over(rows: Sequence[Row], period: str = "year") -> str:
    """Name the periods of rows that are not over, as the end of a sentence."""
    partial = [when(row[period]) for row in rows if row[f"is_partial_{period}"]]
    listed = " and ".join(partial) if len(partial) < 3 else f"{partial[0]} to {partial[-1]}"
    return f"; {listed} not over." if partial else "."


def when(period: object) -> str:
    """Show a year, a month, or what else a row is of."""
    return f"{period:%Y-%m}" if isinstance(period, date) else str(period)
