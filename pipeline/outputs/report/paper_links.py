"""Links from a figure to its papers: which of them the page's list of papers then shows.

What belongs here: how a choice of papers is spelled in the page's address. What does not: what is
in the list (`paper_list`), choosing among it (`templates/papers.js`).
"""

from collections.abc import Callable, Mapping
from urllib.parse import quote

from pipeline.outputs.report.figures import Row

# What stands for an absent value in a choice: papers without a year have `year=none`.
NONE = "none"
# What a figure calls the papers of all sites.
_ALL_SITES = "all sites"


def choice(filters: Mapping[str, object]) -> str:
    """Return a choice of papers as it stands behind `#papers?`.

    >>> choice({"topic": "Question answering", "year": 2024}), choice({"year": None})
    ('topic=Question%20answering&year=2024', 'year=none')
    """
    known = {name: NONE if value is None else str(value) for name, value in filters.items()}
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
        return choice(
            {
                name: f"{value:%Y-%m}" if name == "month" else value
                for name, value in filters.items()
            }
        )

    return of_row
