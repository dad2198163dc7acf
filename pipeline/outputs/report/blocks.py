"""What the report shows and says: charts and a table for each figure, in their order.

What belongs here: which figures there are, under which headings, and their words. What does not:
topics and trends (`trend_blocks`), the questions (`figures`), the drawing (`charts`), the page they
stand on (`page`).
"""

from collections.abc import Iterable, Sequence

from pipeline.outputs.report import charts
from pipeline.outputs.report.figures import Figure, Row, ask, ask_if_there
from pipeline.outputs.report.paper_links import choice, lead, papers_of
from pipeline.outputs.report.parts import SHARE, Block, not_over, rows_by, site_name, year_over
from pipeline.outputs.report.tables import (
    Column,
    any_form,
    count,
    make_table,
    names,
    percent,
    words,
)
from pipeline.outputs.report.trend_blocks import intervals, topic_blocks, trends_block
from pipeline.storage.duckdb_engine import DuckDB

_IDENTITY = {
    "name_only": "by the name alone",
    "probable": "probably one person",
    "verified": "one person",
}


_MATCH = {"match": "one paper", "distinct": "two papers", "review": "undecided, for review"}


_LISTING = {
    "author": "an author's papers",
    "search": "a search",
    "category": "a category",
    "daily": "days of the site",
    "page": "a page that does not say",
    "named": "named by a note",
}


# Which papers a limit concerns, by what it is called before a semicolon.
_LIMITED = {
    "papers without a year": choice({"year": None}),
    "papers whose year was inferred from other dates of the page": choice({"is": "year_inferred"}),
    "papers whose author list is cut": choice({"is": "list_cut"}),
    "papers whose author list may have been cut in silence": choice({"is": "list_perhaps_cut"}),
    "papers without a known venue": choice({"venue": None}),
    "papers without an abstract": choice({"is": "without_abstract"}),
    "papers without a topic": choice({"topic": None}),
}


_PROFILE = {"sites": "sites known by name", "general": "any other source"}


def all_blocks(engine: DuckDB) -> list[Block]:
    """Return the blocks of a published file, in the order of the page."""
    return [*_coverage(engine), *topic_blocks(engine), *_people(engine), *_quality(engine)]


def _coverage(engine: DuckDB) -> Iterable[Block]:
    figure = ask(engine, "papers_by_site")
    columns = [
        Column("site", "Site", site_name, papers=papers_of(site="site")),
        Column("year", "Year"),
        Column("n_papers", "Papers", count, papers=papers_of(site="site", year="year")),
        Column("is_partial_year", "Year over", year_over),
    ]
    years = [row["year"] for row in figure.rows]
    drawings = [
        lead(
            charts.bar_chart(
                rows, (min(years), max(years)), _bars_in_words(site, rows), site_name(site)
            ),
            rows,
            "year",
            site="site",
            year="year",
        )
        for (site,), rows in rows_by(figure, "site")
    ]
    caption = "Papers by site and year"
    yield Block("papers-by-site", drawings, make_table(figure, caption, columns), is_folded=True)

    columns = [
        Column("site", "Site", site_name),
        Column("n_pages", "Pages", count),
        Column("n_papers", "Papers", count, papers=papers_of(site="site")),
        Column("first_year", "First year"),
        Column("last_year", "Last year"),
        Column("first_captured_on", "First known day", any_form),
        Column("last_captured_on", "Last known day", any_form),
    ]
    yield Block(
        "coverage", [], make_table(ask(engine, "coverage"), "What each site covers", columns)
    )

    yield _listings(ask(engine, "listings"))

    if figure := ask_if_there(engine, "coverage_by_year"):
        columns = [
            Column("year", "Year"),
            Column("n_papers", "Papers", count, papers=papers_of(year="year")),
            Column("n_sources", "Sites", count),
            Column("is_partial_year", "Year over", year_over),
            Column("coverage_note", "What changed in what was collected"),
        ]
        caption = "What was collected of each year"
        yield Block("years", [], make_table(figure, caption, columns))


def _listings(figure: Figure) -> Block:
    """Return the listings with most papers; those beyond the thirtieth are only counted."""
    columns = [
        Column("subject", "Listing"),
        Column("site", "Site", site_name),
        Column("kind", "Kind", lambda kind: _LISTING.get(kind, words(kind))),
        Column("n_pages", "Pages", count),
        Column("n_papers", "Papers", count, papers=papers_of(listing="listing_id")),
        Column("first_captured_on", "First known day", any_form),
        Column("last_captured_on", "Last known day", any_form),
        Column("last_full_year", "Last year that was over"),
    ]
    n, shown = next((row["n_listings"] for row in figure.rows), 0), len(figure.rows)
    rest = f", the {shown} with most papers of {count(n)}" if n > shown else ""
    table = make_table(figure, f"What was saved, by listing{rest}", columns)
    summary = f"What was saved: {count(n)} {'listing' if n == 1 else 'listings'}{rest}"
    return Block("listings", [], table, is_folded=True, summary=summary)


def _bars_in_words(site: str, rows: Sequence[Row]) -> str:
    most = max(rows, key=lambda row: row["n_papers"])
    text = (
        f"Papers by year on {site_name(site)}: {rows[0]['year']} to {rows[-1]['year']}, "
        f"most in {most['year']} with {count(most['n_papers'])}"
    )
    return text + not_over(rows)


def _people(engine: DuckDB) -> Iterable[Block]:
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
        yield trends_block(
            figure, "venue", caption, "venue_shown", of="the papers whose cards show a venue"
        )

    of_person = papers_of(person="author_id")
    columns = [
        Column("author_name", "Author", papers=of_person),
        Column("identity_level", "Who that is", lambda level: _IDENTITY.get(level, words(level))),
        Column("n_papers", "Papers", count, "n_papers_low", "n_papers_high", of_person),
        Column("n_first_author", "As first author", count),
        Column("n_papers_with_cut_list", "Lists cut", count),
        Column("first_year", "First year"),
        Column("last_year", "Last year"),
        Column("top_topics", "Topics", names),
        Column("told_apart_by", "Of those of the name"),
    ]
    caption = "The authors with most papers"
    yield Block("authors", [], make_table(ask(engine, "authors"), caption, columns))


def _papers_limited(row: Row) -> str:
    return _LIMITED.get(row["limitation"].partition(";")[0], "")


def _quality(engine: DuckDB) -> Iterable[Block]:
    columns = [
        Column("limitation", "What is limited"),
        Column("n", "Rows", count, papers=_papers_limited),
        Column("n_all", "Of", count),
        Column("share", "Share", percent),
    ]
    yield Block("limits", [], make_table(ask(engine, "limits"), "Known limits", columns))
    caption = "Known limits of the trends"
    yield Block("trend-limits", [], make_table(ask(engine, "trend_limits"), caption, columns))

    columns = [
        Column("site", "Site", site_name),
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
