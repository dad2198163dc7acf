"""Whose the names in lists of authors are, of frames and in memory.

What belongs here: running the models of persons on frames. What does not: how they tell it
(`sql/people` and the functions that it names), on a file (`identify`).
"""

from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.models.catalogue import models_for
from pipeline.models.pieces import frame_of
from pipeline.models.runner import show_made
from pipeline.storage.duckdb_engine import open_engine

if TYPE_CHECKING:
    import polars as pl

MENTIONS, WORKS, PERSONS = "people.mentions", "people.works", "people.persons"
_NAME_PARTS = "reference.name_parts"
_NOW = datetime(1970, 1, 1)  # noqa: DTZ001 - no model here asks for it


def persons(
    mentions: "pl.DataFrame", works: "pl.DataFrame", name_parts: "pl.DataFrame"
) -> "pl.DataFrame":
    """Return whose each mention is, as `people.persons`.

    Args:
        mentions: `people.mentions`, or those of its columns that are looked at: `mention_id`
            (every one once), `paper_id`, `author_order` (NULL: in no list), `author_name`,
            `name_key` (NULL: no name), `homonym_id` (NULL: none).
        works: `people.works`: `paper_id`, `title`, `venue`, `year`, `affiliations`; a paper at
            most once.
        name_parts: how common parts of names are, `reference.name_parts`.

    Returns:
        The rows of `people.persons`, ordered by paper and place.
    """
    given = {MENTIONS: mentions, WORKS: works, _NAME_PARTS: name_parts}
    with open_engine() as engine:
        show_made(engine, models_for((PERSONS,), given), given, _NOW)
        return frame_of(engine, f"select * from {PERSONS}")
