"""How good the data are: known limits, what pages gave, what was set aside, compared records.

What belongs here: the tables of the section on quality. What does not: what needs a look first
(`alerts`), which takes its figures from the same rows.
"""

from collections.abc import Iterable

from pipeline.outputs.report.figures import Row, ask, ask_if_there
from pipeline.outputs.report.paper_links import choice
from pipeline.outputs.report.parts import Block, site_name
from pipeline.outputs.report.tables import Column, any_form, count, make_table, percent, words
from pipeline.storage.duckdb_engine import DuckDB

_MATCH = {"match": "one paper", "distinct": "two papers", "review": "undecided, for review"}
_PROFILE = {"sites": "sites known by name", "general": "any other source"}
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


def quality_blocks(engine: DuckDB) -> Iterable[Block]:
    """Yield the blocks on the quality of the data, in the order of the page."""
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


def _papers_limited(row: Row) -> str:
    return _LIMITED.get(row["limitation"].partition(";")[0], "")
