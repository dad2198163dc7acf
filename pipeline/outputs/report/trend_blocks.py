"""What the report shows and says of topics and trends: each chart with its verdict in words.

What belongs here: the figures of topics, of shares by year and month, of what moves. What does not:
the words of a verdict (`sentences`), other figures (`blocks`), the drawing (`charts`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.outputs.report import charts, interval_charts
from pipeline.outputs.report.drawings import Drawing
from pipeline.outputs.report.figures import Figure, Row, ask, ask_if_there
from pipeline.outputs.report.paper_links import lead, papers_of
from pipeline.outputs.report.parts import (
    SHARE,
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
    course_between,
    course_of,
    evidence,
    trend_sentence,
)
from pipeline.outputs.report.tables import (
    Column,
    count,
    make_table,
    p_value,
    percent,
    plain_table,
    ratio,
    words,
)
from pipeline.storage.duckdb_engine import DuckDB

_TREND = {"rising": "▲ rising", "falling": "▼ falling", "steady": "■ steady"}
# A chart of odds ratios holds so many topics of each verdict; more stand in the table.
_MOST_ODDS = 10


def trend_in_words(trend: str) -> str:
    """Return a verdict as the report shows it."""
    return _TREND.get(trend, words(trend))


def topic_blocks(engine: DuckDB) -> Iterable[Block]:
    """Yield the blocks of topics and their trends, in the order of the page."""
    for level, heading in (("field", "Field"), ("topic", "Topic")):
        figure = ask(engine, f"largest_{level}s")
        papers = papers_of(topic=level)
        columns = [
            Column(level, heading),
            Column("n_papers", "Papers", count, papers=papers),
            SHARE,
        ]
        table = make_table(figure, f"The {level}s with most papers", columns)
        drawings = intervals(figure, level, "papers", topic=level)
        yield Block(f"largest-{level}s", drawings, table, is_folded=True)

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
    yield _movers(ask(engine, "movers"))
    yield _verdicts(ask(engine, "verdicts"))
    if figure := ask_if_there(engine, "emerging_phrases", "emerging_phrases_by_odds"):
        caption = "Phrases whose share grows and that no topic holds yet"
        yield Block("emerging-phrases", [], plain_table(figure, caption))


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
        sentence = trend_sentence(verdict, course, of)
        if places:
            site = site_name(places[0])
            sentence = trend_sentence(
                verdict, course, f"the papers of {site}", f"{site} as a whole"
            )
        drawing = charts.trend_chart(
            rows, _series_in_words(shown, rows, "year"), _marked(verdict, course, shown)
        )
        drawing = lead(drawing, rows, "year", **filters, year="year")
        drawings.append(replace(drawing, sentence=sentence, evidence=evidence(verdict)))
    columns += [*_period_columns("year", filters), Column("trend", "Trend", trend_in_words)]
    table = make_table(figure, caption, columns)
    return Block(f"{within or label}-trends", drawings, table, is_folded=True)


def _marked(verdict: Row, course: Course | None, shown: str) -> str:
    """Head a chart with its verdict; one that goes another way says what the verdict is about."""
    trend = verdict["trend"]
    if trend not in ("rising", "falling"):
        return shown
    where = "" if agrees(trend, course) else " within listings"
    return f"{_TREND[trend]}{where}: {shown}"


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


# ---------------------------------------------------------------- what moves


def _movers(figure: Figure) -> Block:
    """Return risers, fallers and those nearest to a verdict, with their odds ratios."""
    columns = [
        Column("topic", "Topic", papers=papers_of(topic="topic")),
        Column("trend", "Trend", trend_in_words),
        Column("odds_ratio_per_year", "Odds ratio per year (95 % interval)", ratio, *_ODDS_ENDS),
        Column("trend_p", "p", p_value),
        Column("trend_p_adjusted", "p (adjusted)", p_value),
        Column("n_papers_tested", "Papers", count),
        Column("n_years", "Full years", count),
        Column("n_listings", "Listings", count),
        Column("holds_without_any_listing", "Holds without any one listing", _yes_or_no),
        Column("trend_overall", "As a whole", trend_in_words),
        Column("share_first", "Share in the first full year", percent, *_ends("share_first")),
        Column("share_last", "Share in the last full year", percent, *_ends("share_last")),
    ]
    caption = "Topics that rise or fall, and those nearest to a verdict, the surest first"
    rows = [row for _, of_trend in rows_by(figure, "trend") for row in of_trend[:_MOST_ODDS]]
    drawings = []
    if rows:
        first = rows[0]
        text = (
            f"Odds ratio per year with 95 % interval of {len(rows)} topics, 1 being no change; "
            f"the first: {first['topic']} {evidence(first)}."
        )
        drawing = interval_charts.odds_chart(rows, "topic", text)
        drawings = [lead(drawing, rows, "topic", topic="topic")]
    return Block("movers", drawings, make_table(figure, caption, columns))


_ODDS_ENDS = ("odds_ratio_low", "odds_ratio_high")


def _ends(column: str) -> tuple[str, str]:
    return f"{column}_low", f"{column}_high"


def _yes_or_no(value: bool) -> str:
    return "yes" if value else "no"


def _verdicts(figure: Figure) -> Block:
    columns = [
        Column("trend", "Verdict", trend_in_words),
        Column("n_topics", "Topics", count),
        Column("n_rising_overall", "As a whole rising", count),
        Column("n_falling_overall", "As a whole falling", count),
    ]
    return Block("verdicts", [], make_table(figure, "Topics by verdict", columns))


@dataclass(frozen=True, slots=True)
class Movement:
    """What the report says in short of what moves.

    Attributes:
        n_tested: topics with enough papers of years that are over.
        n_rising: topics that rise.
        n_falling: topics that fall.
        surest: the surest of these, each with its sentence and what that rests on.
        unproven: topics that moved most without a verdict that says so, likewise.
        n_unproven: how many shares climbed, and how many fell, without one.
    """

    n_tested: int
    n_rising: int
    n_falling: int
    surest: Sequence[tuple[str, str, str]]
    unproven: Sequence[tuple[str, str, str]]
    n_unproven: tuple[int, int]


def movement(engine: DuckDB) -> Movement:
    """Return what moves in a published file, in short."""
    n = {row["trend"]: row["n_topics"] for row in ask(engine, "verdicts").rows}
    movers, unproven = ask(engine, "movers").rows, ask(engine, "unproven").rows
    climbed = [row for row in unproven if row["climbed"]]
    fell = [row for row in unproven if not row["climbed"]]
    of_trend = {
        trend: [row for row in movers if row["trend"] == trend] for trend in ("rising", "falling")
    }
    shown = [*climbed[: 1 if of_trend["rising"] else 2], *fell[:1]]
    return Movement(
        n_tested=sum(number for trend, number in n.items() if trend != "too_few_papers"),
        n_rising=n.get("rising", 0),
        n_falling=n.get("falling", 0),
        surest=[_said(row) for rows in of_trend.values() for row in rows[:3]],
        unproven=[_said(row) for row in shown],
        n_unproven=(_topics(climbed), _topics(fell)),
    )


def _said(row: Row) -> tuple[str, str, str]:
    return row["topic"], trend_sentence(row, course_between(row)), evidence(row)


def _topics(rows: Sequence[Row]) -> int:
    return rows[0]["n_topics"] if rows else 0
