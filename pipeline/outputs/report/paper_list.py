"""The papers on the report's page: the newest in plain HTML, all as data that a script lists.

What belongs here: what the page shows of papers. What does not: how they are packed
(`packed_papers`), links to a choice of them (`paper_links`), searching, sorting and choosing
(`templates/papers.js`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.outputs.report.figures import Row, ask, question
from pipeline.outputs.report.packed_papers import is_address, packed
from pipeline.outputs.report.paper_links import choice
from pipeline.outputs.report.parts import site_name
from pipeline.outputs.strict_json import to_json
from pipeline.storage.duckdb_engine import DuckDB
from pipeline.text.shown import printable

# So many papers are on the page, the newest; older ones are only counted, since a page of all would
# open slowly.
MOST_PAPERS = 20_000
# So many stand in plain HTML, for readers without scripts; the script lists as many at a time.
AT_A_TIME = 25
# Of a paper's authors the first are named, the others counted.
FIRST_AUTHORS = 3


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads to a choice of papers."""

    text: str
    papers: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a paper stands: a saved page of a site, and the lines there."""

    site: str
    path: str
    lines: str


@dataclass(frozen=True, slots=True)
class ListedPaper:
    """A paper as the page shows it."""

    title: str
    link: str | None
    year: int | None
    venue: str | None
    authors: Sequence[Link]
    more_authors: str
    topics: Sequence[Link]
    places: Sequence[Place]


@dataclass(frozen=True, slots=True)
class PaperList:
    """The papers of a page.

    Attributes:
        n_all: how many papers the build has.
        n_listed: how many of them, the newest, are on the page.
        newest: those in plain HTML.
        oldest_year: the year of the last one on the page.
        data: those on the page as JSON, see `packed`.
        command: the command line that prints all.
    """

    n_all: int
    n_listed: int
    newest: Sequence[ListedPaper]
    oldest_year: int | None
    data: str
    command: str


def paper_list(engine: DuckDB) -> PaperList:
    """Return the papers of a published file for its page.

    Raises:
        PipelineError: the file lacks a table or column that tells of them.
    """
    n_all = engine.scalar("select count(*) from papers")
    rows = [_printable(row) for row in ask(engine, "papers", MOST_PAPERS).rows]
    names = {row["author_id"]: row["author_name"] for row in ask(engine, "people").rows}
    data = packed(rows, names) | {
        "sites": {site: site_name(site) for row in rows for site in _sites(row)},
        "listings": {row["listing_id"]: row["subject"] for row in ask(engine, "subjects").rows},
        "n_all": n_all,
        "at_a_time": AT_A_TIME,
        "first_authors": FIRST_AUTHORS,
    }
    return PaperList(
        n_all=n_all,
        n_listed=len(rows),
        newest=[_listed(row) for row in rows[:AT_A_TIME]],
        oldest_year=rows[-1]["year"] if rows else None,
        data=to_json(data, is_compact=True),
        command=f'papermart query "{question("papers_plain")}" --format csv',
    )


def _printable(row: Row) -> Row:
    """Write out what turns or hides text in what the page shows of a paper."""
    people = [one | {"name": printable(one["name"])} for one in row["people"] or ()]
    places = [one | {"path": printable(one["path"])} for one in row["places"] or ()]
    texts = {name: row[name] and printable(row[name]) for name in ("title", "venue")}
    return row | texts | {"people": people, "places": places}


def _sites(row: Row) -> list[str]:
    return [place["site"] for place in row["places"]]


def _listed(row: Row) -> ListedPaper:
    listed = [one for one in row["people"] if one["is_listed"]]
    return ListedPaper(
        title=row["title"],
        link=row["link"] if is_address(row["link"]) else None,
        year=row["year"],
        venue=row["venue"],
        authors=[
            Link(one["name"], choice({"person": one["id"]}))
            for one in row["people"][:FIRST_AUTHORS]
        ],
        more_authors=more_authors(len(listed), is_cut=row["list_cut"]) if row["people"] else "–",
        topics=[Link(topic, choice({"topic": topic})) for topic in row["topics"] or ()],
        places=[Place(site_name(one["site"]), one["path"], _lines(one)) for one in row["places"]],
    )


def more_authors(n_listed: int, *, is_cut: bool) -> str:
    """Say how many authors there are besides the first.

    >>> more_authors(8, is_cut=False), more_authors(8, is_cut=True), more_authors(0, is_cut=True)
    ('+ 5', '+ 5 or more', 'and others')
    """
    n_more = max(n_listed - FIRST_AUTHORS, 0)
    if is_cut:
        return f"+ {n_more} or more" if n_more else "and others"
    return f"+ {n_more}" if n_more else ""


def _lines(place: Mapping[str, Any]) -> str:
    first, last = place["line_start"], place["line_end"]
    return str(first) if first == last else f"{first}–{last}"
