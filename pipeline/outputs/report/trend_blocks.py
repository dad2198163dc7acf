"""What the report shows and says of topics and trends: each chart with its verdict in words.

What belongs here: the figures of topics, of shares by year and month. What does not: verdicts side
by side (`verdict_blocks`), the words of one (`sentences`), the drawing (`charts`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pipeline.outputs.report import charts, interval_charts
from pipeline.outputs.report.drawings import Drawing
from pipeline.outputs.report.figures import Figure, Row, ask, ask_if_there
from pipeline.outputs.report.paper_links import lead, papers_of
from pipeline.outputs.report.parts import (
    SHARE,
    SHARES_BY_YEAR,
    Block,
    not_over,
    rows_by,
    site_name,
    when,
    year_over,
)
from pipeline.outputs.report.sentences import (
    Course,
    agrees,
    course_of,
    evidence,
    trend_sentence,
)
from pipeline.outputs.report.tables import (
    Column,
    any_form,
    count,
    make_table,
    number,
    percent,
    words,
)
from pipeline.outputs.report.trend_words import TRENDS, place_in_words, trend_in_words
from pipeline.storage.duckdb_engine import DuckDB

# What a line of months needs; `monthly_trends.sql` and `months.sql` ask for the same.
_MIN_PAPERS_OF_MONTH, _MIN_MONTHS = 30, 12
_LARGEST = {
    "field": ("largest_fields", "Field", "The fields with most papers"),
    "area": ("largest_areas", "Area", "The areas with most papers"),
    "topic": ("largest_topics", "Topic", "The topics with most papers"),
}


def topic_blocks(engine: DuckDB) -> Iterable[Block]:
    """Yield the blocks of topics and their trends, in the order of the page."""
    for level, (name, heading, caption) in _LARGEST.items():
        yield _largest(ask(engine, name), level, heading, caption)

    caption = "The largest areas by year"
    yield replace(
        trends_block(ask(engine, "area_trends"), "topic", caption, "topic"), id="area-trends"
    )
    yield trends_block(ask(engine, "topic_trends"), "topic", "The largest topics by year", "topic")
    if figure := ask_if_there(engine, "category_trends"):
        caption = "The largest arXiv categories by year"
        yield trends_block(
            figure, "category", caption, "category", of="the papers whose cards show a category"
        )
    if figure := ask_if_there(engine, "source_trends"):
        caption = "The largest topics by site and year"
        yield trends_block(figure, "topic", caption, "topic", within="site")
    if figure := ask_if_there(engine, "monthly_trends"):
        yield _months_block(figure)
    caption = "What rises, falls, or moved most without a verdict that says so, by year"
    yield replace(
        trends_block(ask(engine, "mover_trends"), "topic", caption, "topic"), id="mover-trends"
    )
    if figure := ask_if_there(engine, "emerging_phrases"):
        yield _phrases(figure)


def _largest(figure: Figure, level: str, heading: str, caption: str) -> Block:
    columns = [
        Column(level, heading),
        Column("n_papers", "Papers", count, papers=papers_of(topic=level)),
        SHARE,
        SHARES_BY_YEAR,
    ]
    if "parent" in figure.columns:
        columns.insert(1, Column("parent", "In"))
    table = make_table(figure, caption, columns)
    drawings = intervals(figure, level, "papers", topic=level)
    return Block(f"largest-{level}s", drawings, table, is_folded=True)


def _phrases(figure: Figure) -> Block:
    columns = [
        Column("spelling", "Phrase"),
        Column("n_recent", "Papers of the last two years", count),
        Column("share_recent", "Share of these", percent),
        Column("n_earlier", "Papers of the five years before", count),
        Column("share_earlier", "Share of those", percent),
        Column("z_score", "How surely (z)", any_form),
        Column("first_year", "First year"),
        Column("nearest_topic", "Nearest topic"),
        Column("example", "For example"),
    ]
    caption = "Phrases whose share grows and that no topic holds yet"
    return Block("emerging-phrases", [], make_table(figure, caption, columns))


def intervals(figure: Figure, label: str, of_what: str, **papers: str) -> list[Drawing]:
    """Return the chart of shares with their intervals; none without rows.

    Args:
        figure: the shares.
        label: the column that names each.
        of_what: what they are shares of.
        papers: the column for each filter of the list of papers.
    """
    if not figure.rows:
        return []
    shares = [f"{row[label]} {percent(row['share'])}" for row in figure.rows[:5]]
    text = f"Share of {of_what} with 95 % intervals, the largest first: {', '.join(shares)}."
    drawing = interval_charts.interval_chart(figure.rows, label, text)
    return [lead(drawing, figure.rows, label, **papers)]


# ---------------------------------------------------------------- by year and month


def trends_block(
    figure: Figure,
    label: str,
    caption: str,
    filter_name: str,
    of: str = "all papers",
    within: str | None = None,
) -> Block:
    """Return a chart with its verdict in words for each value of a label.

    Args:
        figure: rows by label and year, with the columns of a verdict.
        label: the column that names what is counted.
        caption: of the table.
        filter_name: the filter of the list of papers that the label is a value of.
        of: what the shares are of.
        within: the column of the site, if each has charts of its own.
    """
    columns = [Column(label, label.capitalize(), papers=papers_of(**{filter_name: label}))]
    filters = {filter_name: label}
    if within:
        filters |= {"site": within}
        columns.append(Column(within, within.capitalize(), site_name))
    drawings = []
    for (name, *places), rows in rows_by(figure, *(column.name for column in columns)):
        shown = " on ".join([name, *map(site_name, places)])
        course, verdict = course_of(rows), rows[0]
        names = (of,)
        if places:
            site = site_name(places[0])
            names = (f"the papers of {site}", f"{site} as a whole")
        sentence = trend_sentence(verdict, course, *names, says_what_is_needed=False)
        drawing = charts.trend_chart(
            rows, _series_in_words(shown, rows, "year"), _marked(verdict, course, shown)
        )
        drawing = lead(drawing, rows, "year", **filters, year="year")
        place = place_in_words(verdict["level"], verdict["parent"]) if "level" in verdict else ""
        said = {"sentence": sentence, "evidence": evidence(verdict), "place": place}
        drawings.append(replace(drawing, **said))
    if "level" in figure.columns:
        columns.append(Column("level", "Level", words))
    columns += [*_period_columns("year", filters), Column("trend", "Trend", trend_in_words)]
    table = make_table(figure, caption, columns)
    return Block(f"{within or label}-trends", drawings, table, is_folded=True)


def _marked(verdict: Row, course: Course | None, shown: str) -> str:
    """Head a chart with its verdict; one that goes another way says what the verdict is about."""
    trend = verdict["trend"]
    if trend not in ("rising", "falling"):
        return shown
    where = "" if agrees(trend, course) else " within listings"
    return f"{TRENDS[trend]}{where}: {shown}"


def _months_block(figure: Figure) -> Block:
    """Return a chart for each field by month; months carry no test."""
    drawings = [
        lead(
            charts.trend_chart(rows, _series_in_words(field, rows, "month"), field, "month"),
            rows,
            "month",
            topic="field",
            month="month",
        )
        for (field,), rows in rows_by(figure, "field")
    ]
    columns = [Column("field", "Field"), *_period_columns("month", {"topic": "field"})]
    table = make_table(figure, "The largest fields by month", columns)
    return Block("field-trends", drawings, table, is_folded=True)


def months(engine: DuckDB) -> str:
    """Say of how many months shares are drawn, or why of none; empty where no version tells."""
    figure = ask_if_there(engine, "months")
    if figure is None or not figure.rows:
        return ""
    (row,) = figure.rows
    n, n_all = row["n_months_with_enough"], row["n_months"]
    if not n_all:
        return "Of no paper is the month known, so no line of months is drawn."
    told = (
        f"{count(n)} of the last {number(n_all, 'month')} {'has' if n == 1 else 'have'} "
        f"{_MIN_PAPERS_OF_MONTH} papers or more; the fullest has {count(row['most_papers'])}."
    )
    if n < _MIN_MONTHS:
        told += f" A line of months needs {_MIN_MONTHS} such months, so none is drawn."
    return told


def _period_columns(period: str, filters: Mapping[str, str]) -> list[Column]:
    papers = papers_of(**filters, **{period: period})
    return [
        Column(period, period.capitalize(), when),
        Column("n_papers", "Papers", count, papers=papers),
        Column(f"n_papers_in_{period}", "All papers", count),
        SHARE,
        Column(f"is_partial_{period}", f"{period.capitalize()} over", year_over),
    ]


def _series_in_words(topic: str, rows: Sequence[Row], period: str) -> str:
    full = [row for row in rows if not row[f"is_partial_{period}"]] or rows
    first, last = full[0], full[-1]
    return (
        f"Share of papers on {topic}: {percent(first['share'])} in {when(first[period])}, "
        f"{percent(last['share'])} in {when(last[period])} (95 % interval "
        f"{percent(last['share_low'])} to {percent(last['share_high'])})"
    ) + not_over(rows, period)
