"""What saved pages lack that people can add: the day they were saved, the end of their list.

What belongs here: which pages these are, and what to do, in words. What does not: pages set aside
and cards held back (`status`), when each listing was saved (`freshness`).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pipeline.inputs.notes import FOLDER_NOTE, SUFFIX
from pipeline.text.shown import printable_path

_MOST_NAMED = 12
# As the view `pages_to_check` says it.
LOAD_ALL = (
    "load the list to its end, save the page again and build; if the count stays, the site counts "
    "otherwise, and nothing is lost"
)


def undated_lines(dumps: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Say of how many pages that are read nobody knows the day, what that means, and what to do.

    Args:
        dumps: rows of raw.dumps; of pages that are gone no note can tell the day any more.
    """
    read = [row for row in dumps if row["status"] == "extracted" and row["gone_at"] is None]
    undated = sorted(row["path"] for row in read if row["captured_on"] is None)
    if not undated:
        return
    name = printable_path(undated[0])
    pages = "1 page" if len(read) == 1 else f"{len(read)} pages"
    yield (
        f"days: of {len(undated)} of {pages} nobody knows the day of saving, so the latest year of "
        f"each counts as not over; say it in a note beside each, such as {name}{SUFFIX}: "
        f'{{"captured_on": "2026-03-01"}}, or for all of a folder in its {FOLDER_NOTE}'
    )


def short_list_lines(dumps: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Name the pages that list fewer papers than they say, and what to do.

    Args:
        dumps: rows of raw.dumps; pages set aside are told of as such.

    >>> page = {"path": "a.txt", "status": "extracted", "n_declared": 5}
    >>> next(short_list_lines([page | {"n_records": 2, "n_held_back": 1}]))
    '  fewer papers: a.txt: 3 found of 5 that the page says it lists'
    """
    short = sorted(
        (row["path"], row["n_records"] + row["n_held_back"], row["n_declared"])
        for row in dumps
        if row["status"] == "extracted"
        and row["n_declared"] is not None
        and row["n_records"] + row["n_held_back"] < row["n_declared"]
    )
    for path, n_found, n_declared in short[:_MOST_NAMED]:
        yield (
            f"  fewer papers: {printable_path(path)}: {n_found} found of {n_declared} that the "
            "page says it lists"
        )
    if len(short) > _MOST_NAMED:
        yield f"  and {len(short) - _MOST_NAMED} more pages; see them with"
        yield f'    papermart query "{_SHORT}"'
    if short:
        yield f"    {LOAD_ALL}"


_SHORT = "select path, message from pages_to_check where trouble = 'declared count'"
