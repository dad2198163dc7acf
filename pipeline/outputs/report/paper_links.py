"""Links from a figure to its papers: which of them the page's list of papers then shows.

What belongs here: how a choice of papers is spelled in the page's address. What does not: what is
in the list (`paper_list`), choosing among it (`templates/papers.js`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from urllib.parse import quote

from pipeline.outputs.report.drawings import Drawing
from pipeline.outputs.report.figures import Row
from pipeline.outputs.report.parts import when

# What stands for an absent value in a choice: papers without a year have `year=none`.
NONE = "none"
# What a figure calls the papers of all sites.
_ALL_SITES = "all sites"


def choice(filters: Mapping[str, object]) -> str:
    """Return a choice of papers as it stands behind `#papers?`.

    >>> choice({"topic": "Question answering", "year": 2024}), choice({"year": None})
    ('topic=Question%20answering&year=2024', 'year=none')
    """
    known = {name: NONE if value is None else when(value) for name, value in filters.items()}
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in known.items())


def papers_of(**columns: str) -> Callable[[Row], str]:
    """Return what says of a row of a figure which papers it counts.

    Args:
        columns: the column of the figure for each filter of the list.
    """

    def of_row(row: Row) -> str:
        filters = {name: row[column] for name, column in columns.items()}
        if filters.get("site") == _ALL_SITES:
            del filters["site"]
        return choice(filters)

    return of_row


def lead(drawing: Drawing, rows: Sequence[Row], mark: str, **columns: str) -> Drawing:
    """Return a chart whose marks lead to the papers they count.

    Args:
        drawing: the chart.
        rows: its rows.
        mark: the column that tells its marks apart: a label, year or month.
        columns: the column for each filter of the list; those that are the same in all rows are
            filters of the whole chart.
    """
    of_mark = papers_of(**columns)
    of_chart = {
        name: column
        for name, column in columns.items()
        if column != mark and len({row[column] for row in rows}) == 1
    }
    return replace(
        drawing,
        papers=papers_of(**of_chart)(rows[0]) if of_chart else "",
        marks={when(row[mark]): of_mark(row) for row in rows},
    )
