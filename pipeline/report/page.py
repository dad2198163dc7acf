"""The report as one HTML page: figures, charts and tables put in their places.

What belongs here: what is shown and said, in which order. What does not: the questions
(`figures`), the drawing (`charts`), the look (`templates/`).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from pathlib import Path

import duckdb
from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.bibliography import bibtex_entry
from pipeline.errors import PipelineError
from pipeline.report import charts
from pipeline.report.charts import Drawing
from pipeline.report.figures import Figure, Row, ask, ask_if_there, measured_accuracy
from pipeline.report.tables import (
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
from pipeline.warehouse import open_published, write_whole

_SITES = {
    "arrow": "Arrow",
    "arxiv_list": "arXiv lists",
    "arxiv_search": "arXiv search",
    "huggingface_papers": "Hugging Face",
    "scholar_feed": "Scholar Feed",
}
_TREND = {"rising": "▲ rising", "falling": "▼ falling", "flat": "■ none found"}
_IDENTITY = {
    "name_only": "a name only",
    "probable": "probably one person",
    "verified": "one person",
}
_MATCH = {"match": "one paper", "distinct": "two papers", "review": "undecided, for review"}


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


@dataclass(frozen=True, slots=True)
class BuildInfo:
    """What a report is quoted by."""

    build_id: str
    built_at: datetime
    content_hash: str
    versions: Mapping[str, str]
    checks: Sequence[Row]
    n_checks: int


def write_report(file: Path, target: Path) -> int:
    """Write the report of a published version as one HTML file that needs no network.

    The same version gives the same bytes. The file appears whole or not at all.

    Args:
        file: a published version.
        target: the HTML file.

    Returns:
        The size of the file in bytes.

    Raises:
        PipelineError: the version lacks a table, or the file cannot be written.
    """
    if target.is_dir():
        raise PipelineError(f"{target} is a folder; name a file, e.g. {target / 'report.html'}")
    with open_published(file) as con:
        page = render(con)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, page)
    except OSError as error:
        cause = (error.strerror or str(error)).lower()
        raise PipelineError(f"the report {target} cannot be written: {cause}") from None
    finally:
        with suppress(OSError):
            target.with_name(f"{target.name}.tmp").unlink(missing_ok=True)
    return len(page.encode())


def render(con: duckdb.DuckDBPyConnection) -> str:
    """Return the report of a published file as HTML."""
    info = read_build_info(con)
    blocks = [*_coverage(con), *_topics(con), *_people(con), *_quality(con)]
    environment = Environment(
        loader=PackageLoader("pipeline.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"count": count, "percent": percent, "p_value": p_value}
    movers = movers_of(con)
    return environment.get_template("report.html.j2").render(
        info=info,
        headline=ask(con, "headline"),
        blocks={block.id: block for block in blocks},
        risers=[row for row in movers.rows if row["trend"] == "rising"],
        fallers=[row for row in movers.rows if row["trend"] == "falling"],
        p_is_adjusted="p_adjusted" in movers.columns,
        partial_years=_partial_years(con),
        accuracy=measured_accuracy(),
        citation=_citation(info),
        config=json.dumps(charts.CONFIG),
        javascript=charts.javascript(),
    )


def read_build_info(con: duckdb.DuckDBPyConnection) -> BuildInfo:
    """Return what a published file says of its build."""
    cursor = con.execute(
        "select build_id, built_at, content_hash, versions, checks from build_info"
    )
    build_id, built_at, content_hash, versions, checks = cursor.fetchall()[0]
    found = json.loads(checks)
    failed = [
        {"table": table, **{name: check[name] for name in ("message", "n_failed")}}
        for table, result in found.items()
        for check in result["failed"]
    ]
    n_checks = sum(result["n_checks"] for result in found.values())
    return BuildInfo(build_id, built_at, content_hash, json.loads(versions), failed, n_checks)


def _partial_years(con: duckdb.DuckDBPyConnection) -> list[int]:
    sql = "select distinct year from yearly_topic_trends where is_partial_year order by year"
    return [year for (year,) in con.execute(sql).fetchall()]


def _citation(info: BuildInfo) -> str:
    fields = {
        "author": "{papermart}",
        "title": f"{{papermart}}: papers, authorships and topic trends, build {info.build_id}",
        "year": f"{info.built_at:%Y}",
        "note": f"Built {info.built_at:%Y-%m-%d} with papermart {info.versions['papermart']}, "
        f"content {info.content_hash}",
    }
    return bibtex_entry("misc", f"papermart-{info.build_id}", fields).strip()


# ---------------------------------------------------------------- what was collected


def _coverage(con: duckdb.DuckDBPyConnection) -> Iterable[Block]:
    figure = ask(con, "papers_by_site")
    columns = [
        Column("site", "Site", _site),
        Column("year", "Year"),
        Column("n_papers", "Papers", count),
        Column("is_partial_year", "Year over", _over),
    ]
    years = [row["year"] for row in figure.rows]
    drawings = [
        charts.bar_chart(rows, (min(years), max(years)), _bars_in_words(site, rows), _site(site))
        for (site,), rows in _by(figure, "site")
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
    yield Block("coverage", [], make_table(ask(con, "coverage"), "What each site covers", columns))

    if figure := ask_if_there(con, "coverage_by_year"):
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
    return _SITES.get(name, words(name))


def _over(is_partial: bool) -> str:
    return "no" if is_partial else "yes"


def _by(figure: Figure, *columns: str) -> Iterable[tuple[tuple[str, ...], list[Row]]]:
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
    told = " and ".join(partial) if len(partial) < 3 else f"{partial[0]} to {partial[-1]}"
    return f"; {told} not over." if partial else "."


def _when(period: int | date) -> str:
    return str(period) if isinstance(period, int) else f"{period:%Y-%m}"


# ---------------------------------------------------------------- topics


def _trend(trend: str) -> str:
    return _TREND.get(trend, words(trend))


_SHARE = Column("share", "Share (95 % interval)", percent, "share_low", "share_high")
_LAST_SHARE = "Share in the last full year (95 % interval)"


def _topics(con: duckdb.DuckDBPyConnection) -> Iterable[Block]:
    for level, heading in (("field", "Field"), ("topic", "Topic")):
        figure = ask(con, f"largest_{level}s")
        columns = [Column(level, heading), Column("n_papers", "Papers", count), _SHARE]
        table = make_table(figure, f"The {level}s with most papers", columns)
        drawings = _intervals(figure, level, "papers")
        yield Block(f"largest-{level}s", drawings, table, is_folded=True)

    yield _trends(ask(con, "topic_trends"), "topic", "The largest topics by year")
    if figure := ask_if_there(con, "category_trends"):
        yield _trends(figure, "category", "The largest arXiv categories by year")
    if figure := ask_if_there(con, "source_trends"):
        yield _trends(figure, "topic", "The largest topics by site and year", "site")
    if figure := ask_if_there(con, "monthly_trends"):
        yield _trends(figure, "field", "The largest fields by month", period="month")
    movers = _trends(ask(con, "mover_trends"), "topic", "Risers and fallers by year")
    yield replace(movers, id="mover-trends")

    columns = [
        Column("topic", "Topic"),
        Column("trend", "Trend", _trend),
        Column("trend_common", "On sites to compare", _trend),
        Column("sen_slope", "Points a year (Sen)", points),
        Column("mann_kendall_p", "p (Mann-Kendall)", p_value),
        Column("p_adjusted", "p (adjusted)", p_value),
        Column("n_papers", "Papers", count),
        Column("share_last", _LAST_SHARE, percent, "share_last_low", "share_last_high"),
    ]
    figure = movers_of(con)
    columns = [column for column in columns if column.name in figure.columns]
    caption = "Topics with a trend, and those nearest to one"
    yield Block("movers", [], make_table(figure, caption, columns))
    yield from _emerging(con)


def _intervals(figure: Figure, label: str, of_what: str) -> list[Drawing]:
    if not figure.rows:
        return []
    shares = [f"{row[label]} {percent(row['share'])}" for row in figure.rows[:5]]
    text = f"Share of {of_what} with 95 % intervals, the largest first: {', '.join(shares)}."
    return [charts.interval_chart(figure.rows, label, text)]


def movers_of(con: duckdb.DuckDBPyConnection) -> Figure:
    """Return risers and fallers, after the strictest tests this version has."""
    return ask_if_there(con, "movers_adjusted") or ask(con, "movers")


def _trends(
    figure: Figure, label: str, caption: str, within: str | None = None, period: str = "year"
) -> Block:
    """Return a chart for each value of a label, within each site if that is asked for."""
    columns = [Column(label, label.capitalize())]
    if within:
        columns.append(Column(within, within.capitalize(), _site))
    drawings = []
    for (name, *places), rows in _by(figure, *(column.name for column in columns)):
        told = " on ".join([name, *map(_site, places)])
        trend = rows[0]["trend"]
        mark = f"{_TREND[trend]}: " if trend in ("rising", "falling") else ""
        in_words = _trend_in_words(told, rows, period)
        drawings.append(charts.trend_chart(rows, in_words, mark + told, period))
    columns += [
        Column(period, period.capitalize(), _when),
        Column("n_papers", "Papers", count),
        Column(f"n_papers_in_{period}", "All papers", count),
        _SHARE,
        Column(f"is_partial_{period}", f"{period.capitalize()} over", _over),
        Column("trend", "Trend", _trend),
    ]
    table = make_table(figure, caption, columns)
    return Block(f"{within or label}-trends", drawings, table, is_folded=True)


def _trend_in_words(topic: str, rows: Sequence[Row], period: str) -> str:
    full = [row for row in rows if not row[f"is_partial_{period}"]] or rows
    first, last = full[0], full[-1]
    return (
        f"Share of papers on {topic}: {percent(first['share'])} in {_when(first[period])}, "
        f"{percent(last['share'])} in {_when(last[period])} (95 % interval "
        f"{percent(last['share_low'])} to {percent(last['share_high'])})"
    ) + _not_over(rows, period)


def _emerging(con: duckdb.DuckDBPyConnection) -> Iterable[Block]:
    """Yield the phrases that no topic covers yet, if this version has the mart."""
    if figure := ask_if_there(con, "emerging_phrases", "emerging_phrases_by_odds"):
        caption = "Phrases whose share grows and that no topic holds yet"
        yield Block("emerging-phrases", [], plain_table(figure, caption))


# ---------------------------------------------------------------- venues and authors


def _people(con: duckdb.DuckDBPyConnection) -> Iterable[Block]:
    figure = ask(con, "venues")
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
    if figure := ask_if_there(con, "venue_trends"):
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
    yield Block("authors", [], make_table(ask(con, "authors"), caption, columns))


# ---------------------------------------------------------------- quality


def _quality(con: duckdb.DuckDBPyConnection) -> Iterable[Block]:
    columns = [
        Column("limitation", "What is limited"),
        Column("n", "Rows", count),
        Column("n_all", "Of", count),
        Column("share", "Share", percent),
    ]
    yield Block("limits", [], make_table(ask(con, "limits"), "Known limits", columns))

    columns = [
        Column("site", "Site", _site),
        Column("n_pages", "Pages", count),
        Column("n_set_aside", "Set aside", count),
        Column("n_records", "Records", count),
        Column("n_records_short", "Short of the page's count", count),
        Column("n_lines_not_understood", "Lines not understood", count),
        Column("n_undated", "Day of saving unknown", count),
    ]
    yield Block("pages", [], make_table(ask(con, "pages_by_site"), "Saved pages by site", columns))

    columns = [Column("path", "Page"), Column("reason", "Why")]
    yield Block("set-aside", [], make_table(ask(con, "set_aside"), "Pages set aside", columns))

    columns = [
        Column("kind", "Kind", words),
        Column("n_issues", "Issues", count),
        Column("n_pages", "Pages", count),
        Column("example", "For example"),
    ]
    yield Block("issues", [], make_table(ask(con, "issues"), "Issues by kind", columns))

    columns = [
        Column("match_status", "Taken as", lambda status: _MATCH.get(status, words(status))),
        Column("n_pairs", "Pairs", count),
        Column("lowest_probability", "Lowest probability", any_form),
        Column("highest_probability", "Highest probability", any_form),
    ]
    yield Block("matches", [], make_table(ask(con, "matches"), "Compared records", columns))


@dataclass(frozen=True, slots=True)
class Preview:
    """What a glance at a report shows."""

    build_id: str
    markdown: str


def preview(file: Path) -> Preview:
    """Return headline figures and the largest topics of a published version, as Markdown."""
    with open_published(file) as con:
        info = read_build_info(con)
        (headline,) = ask(con, "headline").rows
        trends = ask(con, "topic_trends")
    lines = ["| figure | value |", "|---|---|"]
    lines += [
        f"| {words(name.removeprefix('n_'))} | {'–' if value is None else value} |"
        for name, value in headline.items()
    ]
    lines += ["", "| topic | by year | last share | trend |", "|---|---|---|---|"]
    for (topic,), rows in _by(trends, "topic"):
        last = rows[-1]
        span = f"{rows[0]['year']} {_sparkline([row['share'] for row in rows])} {last['year']}"
        trend = _trend(last["trend"])
        title = topic.replace("|", r"\|")
        lines.append(f"| {title} | {span} | {percent(last['share'])} | {trend} |")
    return Preview(info.build_id, "\n".join(lines))


def _sparkline(values: Sequence[float]) -> str:
    """Draw values as blocks of text.

    >>> _sparkline([0.0, 0.5, 1.0])
    '▁▄█'
    """
    top = max(values) or 1.0
    return "".join("▁▂▃▄▅▆▇█"[round(value / top * 7 - 0.01)] for value in values)
