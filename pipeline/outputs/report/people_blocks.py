"""Where papers appear, who writes them and with whom, and whether there is code.

What belongs here: venues, authors, coauthors, code. What does not: topics (`trend_blocks`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pipeline.outputs.report import charts
from pipeline.outputs.report.figures import Figure, Row, ask, ask_if_there
from pipeline.outputs.report.paper_links import papers_of
from pipeline.outputs.report.parts import SHARE, Block, not_over, year_over
from pipeline.outputs.report.tables import (
    Column,
    Sparkline,
    count,
    make_table,
    names,
    number,
    percent,
    words,
)
from pipeline.outputs.report.trend_blocks import intervals, trends_block
from pipeline.storage.duckdb_engine import DuckDB

_IDENTITY = {
    "name_only": "by the name alone",
    "probable": "probably one person",
    "verified": "one person",
}
_OF_PERSON = papers_of(person="author_id")


def people_blocks(engine: DuckDB) -> Iterable[Block]:
    """Yield the blocks of venues, authors and code, in the order of the page."""
    yield from _venues(engine)
    yield _authors(ask(engine, "authors"))
    if figure := ask_if_there(engine, "coauthors"):
        yield _coauthors(figure)
    if figure := ask_if_there(engine, "code_by_year"):
        yield _code(figure)


def _venues(engine: DuckDB) -> Iterable[Block]:
    figure = ask(engine, "venues")
    of_venue = {"venue": "venue", "venue_type": "venue_type"}
    columns = [
        Column("venue", "Venue"),
        Column("venue_type", "Kind", words),
        Column("n_papers", "Papers", count, papers=papers_of(**of_venue)),
        SHARE,
        Column("first_year", "First year"),
        Column("last_year", "Last year"),
    ]
    table = make_table(figure, "The venues with most papers", columns)
    drawings = intervals(figure, "venue", "papers with a known venue", **of_venue)
    yield Block("venues", drawings, table, is_folded=True)
    if figure := ask_if_there(engine, "venue_trends"):
        caption = "The largest venues by year"
        of = "the papers whose cards show a venue"
        yield trends_block(figure, "venue", caption, "venue_shown", of=of)


def identity(level: str) -> str:
    """Say how sure it is that the papers of an author are one person's."""
    return _IDENTITY.get(level, words(level))


def _authors(figure: Figure) -> Block:
    columns = [
        Column("author_name", "Author", papers=_OF_PERSON),
        Column("identity_level", "Who that is", identity),
        Column("n_papers", "Papers", count, "n_papers_low", "n_papers_high", _OF_PERSON),
        Sparkline("n_papers_by_year", "By year", count),
        Column("n_first_author", "As first author", count),
        Column("n_papers_with_cut_list", "Lists cut", count),
        Column("first_year", "First year"),
        Column("last_year", "Last year"),
        Column("top_topics", "Topics", names),
        Column("told_apart_by", "Of those of the name"),
    ]
    return Block("authors", [], make_table(figure, "The authors with most papers", columns))


def _coauthors(figure: Figure) -> Block:
    """Return the people with most papers, and with whom they wrote most."""
    rows = [row | {"wrote_with": _wrote_with(row)} for row in figure.rows]
    columns = [
        Column("author_name", "Author", papers=_OF_PERSON),
        Column("identity_level", "Who that is", identity),
        Column("n_papers", "Papers", count, papers=_OF_PERSON),
        Column("n_coauthors", "Coauthors", count),
        Column("wrote_with", "Wrote most with", names),
    ]
    table = make_table(replace(figure, rows=rows), "Who writes with whom", columns)
    return Block("coauthors", [], table)


def _wrote_with(row: Row) -> list[str]:
    found = zip(
        row["coauthors"] or [],
        row["n_papers_together"] or [],
        row["coauthor_levels"] or [],
        strict=True,
    )
    return [f"{name} ({count(n)}, {identity(level)})" for name, n, level in found]


# ---------------------------------------------------------------- code


@dataclass(frozen=True, slots=True)
class Code:
    """What the report says of code in a sentence; empty where no version tells."""

    told: str = ""
    command: str = ""


def code(engine: DuckDB) -> Code:
    """Say of how many papers it is known whether there is code, and of how many there is."""
    figure = ask_if_there(engine, "code")
    if figure is None:
        return Code()
    (row,) = figure.rows
    n_all, n_unknown = row["n_papers_in_all"], row["n_unknown"]
    if not row["n_all"]:
        told = f"Of none of {number(n_all, 'paper')} does a page say whether there is code."
        return Code(told, figure.command)
    told = (
        f"Of {count(row['n_all'])} of {number(n_all, 'paper')} a page says whether there is code: "
        f"{number(row['n_papers'], 'has', 'have')} it, {percent(row['share'])} of these (95 % "
        f"interval {percent(row['share_low'])} to {percent(row['share_high'])})."
    )
    if n_unknown:
        told += f" Of the other {count(n_unknown)} nothing is known, which does not mean none."
    return Code(told, figure.command)


def _code(figure: Figure) -> Block:
    """Return papers with code by year, drawn where enough of them are known."""
    columns = [
        Column("year", "Year"),
        Column("n_papers_in_year", "Papers", count, papers=papers_of(year="year")),
        Column("n_all", "Known", count),
        Column("n_papers", "With code", count),
        SHARE,
        Column("n_unknown", "Unknown", count),
        Column("is_partial_year", "Year over", year_over),
    ]
    table = make_table(figure, "Papers with code by year", columns)
    drawn = [
        row | {"n_papers_in_year": row["n_all"]} for row in figure.rows if row["share"] is not None
    ]
    if len(drawn) < 2:
        return Block("code", [], table)
    ends = (f"{percent(row['share'])} in {row['year']}" for row in (drawn[0], drawn[-1]))
    text = (
        f"Share of papers with code among those of which it is known: {', '.join(ends)}"
        f"{not_over(drawn)}"
    )
    return Block("code", [charts.trend_chart(drawn, text, "With code, where known")], table)
