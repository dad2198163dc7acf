"""What the report shows and says: charts and a table for each figure, in their order.

What belongs here: which figures there are, under which headings, and their words. What does not:
the questions (`figures`), the drawing (`charts`), the page they stand on (`page`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from pipeline.outputs.report import charts
from pipeline.outputs.report.charts import Drawing
from pipeline.outputs.report.figures import Figure, Row, ask, ask_if_there
from pipeline.outputs.report.tables import (
    Column,
    Table,
    any_form,
    count,
    make_table,
    names,
    p_value,
    percent,
    plain_table,
    points,
    words,
)
from pipeline.sources.registry import display_names
from pipeline.storage.duckdb_engine import DuckDB

_TREND = {"rising": "▲ rising", "falling": "▼ falling", "flat": "■ none found"}


_IDENTITY = {
    "name_only": "a name only",
    "probable": "probably one person",
    "verified": "one person",
}


_MATCH = {"match": "one paper", "distinct": "two papers", "review": "undecided, for review"}


_PROFILE = {"sites": "sites known by name", "general": "any other source"}


@dataclass(frozen=True, slots=True)
class Block:
    """Charts and a table of one figure.

    Attributes:
        id: anchor on the page.
        drawings: its charts.
        table: its rows.
        is_folded: the table is shown on demand, because the charts say the same.
    """

    id: str
    drawings: Sequence[Drawing]
    table: Table
    is_folded: bool = False


def all_blocks(engine: DuckDB) -> list[Block]:
    """Return the blocks of a published file, in the order of the page."""
    return [*_coverage(engine), *_topics(engine), *_people(engine), *_quality(engine)]


def _coverage(engine: DuckDB) -> Iterable[Block]:
    figure = ask(engine, "papers_by_site")
    columns = [
        Column("site", "Site", _site),
        Column("year", "Year"),
        Column("n_papers", "Papers", count),
        Column("is_partial_year", "Year over", _over),
    ]
    years = [row["year"] for row in figure.rows]
    drawings = [
        charts.bar_chart(rows, (min(years), max(years)), _bars_in_words(site, rows), _site(site))
        for (site,), rows in rows_by(figure, "site")
    ]
    caption = "Papers by site and year"
    yield Block("papers-by-site", drawings, make_table(figure, caption, columns), is_folded=True)

    columns = [
        Column("site", "Site", _site),
        Column("n_pages", "Pages", count),
        Column("n_papers", "Papers", count),
        Column("first_year", "First year"),
        Column("last_year", "Last year"),
        Column("first_captured_on", "First page saved", any_form),
        Column("last_captured_on", "Last page saved", any_form),
    ]
    yield Block(
        "coverage", [], make_table(ask(engine, "coverage"), "What each site covers", columns)
    )

    if figure := ask_if_there(engine, "coverage_by_year"):
        columns = [
            Column("year", "Year"),
            Column("n_papers", "Papers", count),
            Column("n_sources", "Sites", count),
            Column("is_partial_year", "Year over", _over),
            Column("coverage_note", "What changed in what was collected"),
        ]
        caption = "What was collected of each year"
        yield Block("years", [], make_table(figure, caption, columns))


def _site(name: str) -> str:
    return display_names().get(name, words(name))


def _over(is_partial: bool) -> str:
    return "no" if is_partial else "yes"


def rows_by(figure: Figure, *columns: str) -> Iterable[tuple[tuple[str, ...], list[Row]]]:
    """Yield the rows that have the same in some columns, in the order of the figure."""
    for values, rows in groupby(figure.rows, key=lambda row: tuple(row[name] for name in columns)):
        yield values, list(rows)


def _bars_in_words(site: str, rows: Sequence[Row]) -> str:
    most = max(rows, key=lambda row: row["n_papers"])
    text = (
        f"Papers by year on {_site(site)}: {rows[0]['year']} to {rows[-1]['year']}, "
        f"most in {most['year']} with {count(most['n_papers'])}"
    )
    return text + _not_over(rows)


def _not_over(rows: Sequence[Row], period: str = "year") -> str:
    partial = [_when(row[period]) for row in rows if row[f"is_partial_{period}"]]
    listed = " and ".join(partial) if len(partial) < 3 else f"{partial[0]} to {partial[-1]}"
    return f"; {listed} not over." if partial else "."


def _when(period: int | date) -> str:
    return str(period) if isinstance(period, int) else f"{period:%Y-%m}"


def trend_in_words(trend: str) -> str:
    """Return a verdict as the report shows it."""
    return _TREND.get(trend, words(trend))


_SHARE = Column("share", "Share (95 % interval)", percent, "share_low", "share_high")


_LAST_SHARE = "Share in the last full year (95 % interval)"


def _topics(engine: DuckDB) -> Iterable[Block]:
    for level, heading in (("field", "Field"), ("topic", "Topic")):
        figure = ask(engine, f"largest_{level}s")
        columns = [Column(level, heading), Column("n_papers", "Papers", count), _SHARE]
        table = make_table(figure, f"The {level}s with most papers", columns)
        drawings = _intervals(figure, level, "papers")
        yield Block(f"largest-{level}s", drawings, table, is_folded=True)

    yield _trends(ask(engine, "topic_trends"), "topic", "The largest topics by year")
    if figure := ask_if_there(engine, "category_trends"):
        yield _trends(figure, "category", "The largest arXiv categories by year")
    if figure := ask_if_there(engine, "source_trends"):
        yield _trends(figure, "topic", "The largest topics by site and year", "site")
    if figure := ask_if_there(engine, "monthly_trends"):
        yield _trends(figure, "field", "The largest fields by month", period="month")
    movers = _trends(ask(engine, "mover_trends"), "topic", "Risers and fallers by year")
    yield replace(movers, id="mover-trends")

    columns = [
        Column("topic", "Topic"),
        Column("trend", "Trend", trend_in_words),
        Column("trend_common", "On sites to compare", trend_in_words),
        Column("sen_slope", "Points a year (Sen)", points),
        Column("mann_kendall_p", "p (Mann-Kendall)", p_value),
        Column("p_adjusted", "p (adjusted)", p_value),
        Column("n_papers", "Papers", count),
        Column("share_last", _LAST_SHARE, percent, "share_last_low", "share_last_high"),
    ]
    figure = movers_of(engine)
    columns = [column for column in columns if column.name in figure.columns]
    caption = "Topics with a trend, and those nearest to one"
    yield Block("movers", [], make_table(figure, caption, columns))
    yield from _emerging(engine)


def _intervals(figure: Figure, label: str, of_what: str) -> list[Drawing]:
    if not figure.rows:
        return []
    shares = [f"{row[label]} {percent(row['share'])}" for row in figure.rows[:5]]
    text = f"Share of {of_what} with 95 % intervals, the largest first: {', '.join(shares)}."
    return [charts.interval_chart(figure.rows, label, text)]


def movers_of(engine: DuckDB) -> Figure:
    """Return risers and fallers, after the strictest tests this version has."""
    return ask_if_there(engine, "movers_adjusted") or ask(engine, "movers")


def _trends(
    figure: Figure, label: str, caption: str, within: str | None = None, period: str = "year"
) -> Block:
    """Return a chart for each value of a label, within each site if that is asked for."""
    columns = [Column(label, label.capitalize())]
    if within:
        columns.append(Column(within, within.capitalize(), _site))
    drawings = []
    for (name, *places), rows in rows_by(figure, *(column.name for column in columns)):
        shown = " on ".join([name, *map(_site, places)])
        trend = rows[0]["trend"]
        mark = f"{_TREND[trend]}: " if trend in ("rising", "falling") else ""
        in_words = _series_in_words(shown, rows, period)
        drawings.append(charts.trend_chart(rows, in_words, mark + shown, period))
    columns += [
        Column(period, period.capitalize(), _when),
        Column("n_papers", "Papers", count),
        Column(f"n_papers_in_{period}", "All papers", count),
        _SHARE,
        Column(f"is_partial_{period}", f"{period.capitalize()} over", _over),
        Column("trend", "Trend", trend_in_words),
    ]
    table = make_table(figure, caption, columns)
    return Block(f"{within or label}-trends", drawings, table, is_folded=True)


def _series_in_words(topic: str, rows: Sequence[Row], period: str) -> str:
    full = [row for row in rows if not row[f"is_partial_{period}"]] or rows
    first, last = full[0], full[-1]
    return (
        f"Share of papers on {topic}: {percent(first['share'])} in {_when(first[period])}, "
        f"{percent(last['share'])} in {_when(last[period])} (95 % interval "
        f"{percent(last['share_low'])} to {percent(last['share_high'])})"
    ) + _not_over(rows, period)


def _emerging(engine: DuckDB) -> Iterable[Block]:
    """Yield the phrases that no topic covers yet, if this version has the mart."""
    if figure := ask_if_there(engine, "emerging_phrases", "emerging_phrases_by_odds"):
        caption = "Phrases whose share grows and that no topic holds yet"
        yield Block("emerging-phrases", [], plain_table(figure, caption))


def _people(engine: DuckDB) -> Iterable[Block]:
    figure = ask(engine, "venues")
    columns = [
        Column("venue", "Venue"),
        Column("venue_type", "Kind", words),
        Column("n_papers", "Papers", count),
        _SHARE,
        Column("first_year", "First year"),
        Column("last_year", "Last year"),
    ]
    table = make_table(figure, "The venues with most papers", columns)
    drawings = _intervals(figure, "venue", "papers with a known venue")
    yield Block("venues", drawings, table, is_folded=True)
    if figure := ask_if_there(engine, "venue_trends"):
        yield _trends(figure, "venue", "The largest venues by year")

    columns = [
        Column("author_name", "Author"),
        Column("identity_level", "Who that is", lambda level: _IDENTITY.get(level, words(level))),
        Column("n_papers", "Papers", count),
        Column("n_first_author", "As first author", count),
        Column("n_papers_with_cut_list", "Lists cut", count),
        Column("first_year", "First year"),
        Column("last_year", "Last year"),
        Column("top_topics", "Topics", names),
    ]
    caption = "The authors with most papers"
    yield Block("authors", [], make_table(ask(engine, "authors"), caption, columns))


def _quality(engine: DuckDB) -> Iterable[Block]:
    columns = [
        Column("limitation", "What is limited"),
        Column("n", "Rows", count),
        Column("n_all", "Of", count),
        Column("share", "Share", percent),
    ]
    yield Block("limits", [], make_table(ask(engine, "limits"), "Known limits", columns))

    columns = [
        Column("site", "Site", _site),
        Column("n_pages", "Pages", count),
        Column("n_set_aside", "Set aside", count),
        Column("n_records", "Records", count),
        Column("n_held_back", "Cards held back", count),
        Column("n_records_short", "Short of the page's count", count),
        Column("n_lines_not_understood", "Lines not understood", count),
        Column("n_undated", "Day of saving unknown", count),
    ]
    yield Block(
        "pages", [], make_table(ask(engine, "pages_by_site"), "Saved pages by site", columns)
    )

    columns = [
        Column("path", "Page"),
        Column("n_held_back", "Held back", count),
        Column("n_cards", "Of cards", count),
        Column("line_start", "First at line", count),
        Column("message", "Why"),
    ]
    caption = "Pages with cards that cannot be right; these are in no table of papers"
    yield Block("held-back", [], make_table(ask(engine, "held_back"), caption, columns))

    columns = [Column("path", "Page"), Column("reason", "Why")]
    yield Block("set-aside", [], make_table(ask(engine, "set_aside"), "Pages set aside", columns))

    columns = [
        Column("kind", "Kind", words),
        Column("n_issues", "Issues", count),
        Column("n_pages", "Pages", count),
        Column("example", "For example"),
    ]
    yield Block("issues", [], make_table(ask(engine, "issues"), "Issues by kind", columns))

    columns = [
        Column("match_status", "Taken as", lambda status: _MATCH.get(status, words(status))),
        Column("profile", "Weighed for", lambda profile: _PROFILE.get(profile, words(profile))),
        Column("n_pairs", "Pairs", count),
        Column("n_ruled", "By a rule or a person", count),
        Column("lowest_probability", "Lowest probability", any_form),
        Column("highest_probability", "Highest probability", any_form),
    ]
    figure = ask_if_there(engine, "matches_by_profile") or ask(engine, "matches")
    columns = [column for column in columns if column.name in figure.columns]
    yield Block("matches", [], make_table(figure, "Compared records", columns))
