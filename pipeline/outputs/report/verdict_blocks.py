"""The verdicts of the report side by side: how surely, by how much, and in short what moves.

What belongs here: the table and the charts of odds ratios, the counts of verdicts, the findings of
the overview. What does not: the words of one verdict (`sentences`), charts by year
(`trend_blocks`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline.outputs.report import interval_charts
from pipeline.outputs.report.drawings import Drawing
from pipeline.outputs.report.figures import Figure, Row, ask
from pipeline.outputs.report.paper_links import lead, papers_of
from pipeline.outputs.report.parts import SHARES_BY_YEAR, Block, rows_by
from pipeline.outputs.report.sentences import course_between, evidence, trend_sentence
from pipeline.outputs.report.tables import Column, count, make_table, p_value, percent, ratio, words
from pipeline.outputs.report.trend_words import place_in_words, trend_in_words
from pipeline.storage.duckdb_engine import DuckDB

# A chart of odds ratios holds so many of a level and verdict; more stand in the table.
_MOST_ODDS = 10
_LEVELS = {"field": "Fields", "area": "Areas", "topic": "Topics"}
_ODDS_ENDS = ("odds_ratio_low", "odds_ratio_high")


def verdict_blocks(engine: DuckDB) -> Iterable[Block]:
    """Yield the blocks of verdicts, in the order of the page."""
    yield _movers(ask(engine, "movers"))
    yield _verdicts(ask(engine, "verdicts"))


def _movers(figure: Figure) -> Block:
    """Return what rises, falls, is steady, and what is nearest to a verdict, level by level."""
    columns = [
        Column("topic", "Name", papers=papers_of(topic="topic")),
        Column("place", "Level"),
        Column("trend", "Verdict", trend_in_words),
        SHARES_BY_YEAR,
        Column("odds_ratio_per_year", "Odds ratio per year (95 % interval)", ratio, *_ODDS_ENDS),
        Column("trend_p", "p", p_value),
        Column("trend_p_adjusted", "p adjusted", p_value),
        Column("n_papers_tested", "Papers (full years, listings)", count, more=_years_and_listings),
        Column("holds_without_any_listing", "Holds without any one listing", _yes_or_no),
        Column("trend_overall", "As a whole", trend_in_words),
        # Their intervals are drawn above; here they would push columns off the page.
        Column("share_first", "Share in the first full year", percent),
        Column("share_last", "Share in the last full year", percent),
    ]
    rows = [row | {"place": place_in_words(row["level"], row["parent"])} for row in figure.rows]
    caption = "Verdicts, fields, areas and topics apart; of each level the surest first"
    drawings = [_odds(level, rows) for (level,), rows in rows_by(figure, "level")]
    table = make_table(replace(figure, rows=rows), caption, columns)
    return Block("movers", [drawing for drawing in drawings if drawing], table)


def _odds(level: str, rows: Sequence[Row]) -> Drawing | None:
    """Return the chart of a level: no field stands beside an area of its own."""
    shown, n_of_trend = [], dict.fromkeys((row["trend"] for row in rows), 0)
    for row in filter(interval_charts.fits_odds_chart, rows):
        n_of_trend[row["trend"]] += 1
        if n_of_trend[row["trend"]] <= _MOST_ODDS:
            shown.append(row)
    if not shown:
        return None
    name, first = _LEVELS.get(level, words(level)), shown[0]
    text = (
        f"{name}: odds ratio per year with 95 % interval of {count(len(shown))}, 1 being no "
        f"change; the first: {first['topic']} {evidence(first)}."
    )
    return lead(
        interval_charts.odds_chart(shown, "topic", text, name), shown, "topic", topic="topic"
    )


def _years_and_listings(row: Row) -> str:
    return f"({count(row['n_years'])}, {count(row['n_listings'])})"


def _yes_or_no(value: bool) -> str:
    return "yes" if value else "no"


def _verdicts(figure: Figure) -> Block:
    columns = [
        Column("trend", "Verdict", trend_in_words),
        Column("n_fields", "Fields", count),
        Column("n_areas", "Areas", count),
        Column("n_topics", "Topics", count),
        Column("n_rising_overall", "As a whole rising", count),
        Column("n_falling_overall", "As a whole falling", count),
    ]
    return Block("verdicts", [], make_table(figure, "How many have which verdict", columns))


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict in short: the name, where it lies, its sentence and what that rests on."""

    name: str
    place: str
    sentence: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Movement:
    """What the report says in short of what moves.

    Attributes:
        n_tested: fields, areas and topics with enough papers of years that are over.
        n_levels: how many of these are fields, areas and topics.
        n_rising: how many rise.
        n_falling: how many fall.
        surest: the surest of these.
        unproven: what moved most without a verdict that says so.
        n_unproven: how many shares climbed, and how many fell, without one.
    """

    n_tested: int
    n_levels: tuple[int, int, int]
    n_rising: int
    n_falling: int
    surest: Sequence[Finding]
    unproven: Sequence[Finding]
    n_unproven: tuple[int, int]


def movement(engine: DuckDB) -> Movement:
    """Return what moves in a published file, in short."""
    verdicts = ask(engine, "verdicts").rows
    n = {row["trend"]: row["n_all_levels"] for row in verdicts}
    tested = [row for row in verdicts if row["trend"] != "too_few_papers"]
    fields, areas, topics = (
        sum(row[name] for row in tested) for name in ("n_fields", "n_areas", "n_topics")
    )
    movers, unproven = ask(engine, "movers").rows, ask(engine, "unproven").rows
    climbed = [row for row in unproven if row["climbed"]]
    fell = [row for row in unproven if not row["climbed"]]
    of_trend = {
        trend: sorted((row for row in movers if row["trend"] == trend), key=_sureness)
        for trend in ("rising", "falling")
    }
    n_climbed = 1 if of_trend["rising"] else 2
    return Movement(
        n_tested=sum(row["n_all_levels"] for row in tested),
        n_levels=(fields, areas, topics),
        n_rising=n.get("rising", 0),
        n_falling=n.get("falling", 0),
        surest=[_said(row) for rows in of_trend.values() for row in _no_kin(rows, 3)],
        unproven=[_said(row) for row in (*_no_kin(climbed, n_climbed), *_no_kin(fell, 1))],
        n_unproven=(_n_topics(climbed), _n_topics(fell)),
    )


def _sureness(row: Row) -> tuple[float, int, str]:
    """Sort by p; what has the papers of what lies in it has its p, and comes after that."""
    depth = list(_LEVELS).index(row["level"]) if row["level"] in _LEVELS else 0
    return round(row["trend_p"], 12), -depth, row["topic"]


def _no_kin(rows: Sequence[Row], most: int) -> list[Row]:
    """Return the first rows of which none lies in another: a field would but repeat its area."""
    kept: list[Row] = []
    for row in rows:
        around = {row["parent"], row["field"]}
        if not any(row["topic"] in (k["parent"], k["field"]) or k["topic"] in around for k in kept):
            kept.append(row)
    return kept[:most]


def _said(row: Row) -> Finding:
    place = place_in_words(row["level"], row["parent"])
    return Finding(row["topic"], place, trend_sentence(row, course_between(row)), evidence(row))


def _n_topics(rows: Sequence[Row]) -> int:
    return rows[0]["n_topics"] if rows else 0
