"""What the report shows and says: charts and a table for each figure, in their order.

What belongs here: the order of all blocks; sites, years and listings. What does not: topics and
trends (`trend_blocks`, `verdict_blocks`), people (`people_blocks`), quality (`quality_blocks`), the
page they stand on (`page`).
"""

from collections.abc import Iterable, Sequence

from pipeline.outputs.report import charts
from pipeline.outputs.report.figures import Figure, Row, ask, ask_if_there
from pipeline.outputs.report.paper_links import lead, papers_of
from pipeline.outputs.report.parts import (
    Block,
    not_over,
    rows_by,
    site_name,
    with_site_names,
    year_over,
)
from pipeline.outputs.report.people_blocks import people_blocks
from pipeline.outputs.report.quality_blocks import quality_blocks
from pipeline.outputs.report.tables import Column, any_form, count, make_table, number, words
from pipeline.outputs.report.trend_blocks import topic_blocks
from pipeline.outputs.report.verdict_blocks import verdict_blocks
from pipeline.storage.duckdb_engine import DuckDB

_LISTING = {
    "author": "an author's papers",
    "search": "a search",
    "category": "a category",
    "daily": "days of the site",
    "page": "a page that does not say",
    "named": "named by a note",
}


def all_blocks(engine: DuckDB) -> list[Block]:
    """Return the blocks of a published file, in the order of the page."""
    parts = (_coverage, topic_blocks, verdict_blocks, people_blocks, quality_blocks, _inputs)
    return [block for part in parts for block in part(engine)]


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
            Column("coverage_note", "What changed in what was collected", with_site_names),
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
    summary = f"What was saved: {number(n, 'listing')}{rest}"
    return Block("listings", [], table, is_folded=True, summary=summary)


def _bars_in_words(site: str, rows: Sequence[Row]) -> str:
    most = max(rows, key=lambda row: row["n_papers"])
    text = (
        f"Papers by year on {site_name(site)}: {rows[0]['year']} to {rows[-1]['year']}, "
        f"most in {most['year']} with {count(most['n_papers'])}"
    )
    return text + not_over(rows)


def _inputs(engine: DuckDB) -> Iterable[Block]:
    """Yield the pages that the version was made from, for whoever wants to make it again."""
    figure = ask(engine, "inputs")
    columns = [
        Column("path", "Page"),
        Column("sha256", "SHA-256"),
        Column("n_bytes", "Bytes", count),
        Column("site", "Site", site_name),
    ]
    n, shown = next((row["n_inputs"] for row in figure.rows), 0), len(figure.rows)
    rest = f", the first {count(shown)} of {count(n)}" if n > shown else ""
    caption = f"The {number(n, 'saved page')} it was made from{rest}"
    table = make_table(figure, caption, columns)
    yield Block("inputs", [], table, is_folded=True, summary=caption)
