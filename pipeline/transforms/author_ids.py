"""Which id an author bears: that of the author's names on sightings, by the rules of `stable_ids`.

What belongs here: the names that sightings and authors have in those rules. What does not: the
rules, which names are one person (`sql/people`), the ids content gives there (`sightings.sql`):
name and homonym number, then these and the title of a paper, then the sighting itself.

What bears the id is the name on one sighting of a paper, not the name in the paper's list: where
papers merge and split, sightings stay what they are.
"""

from datetime import datetime

import polars as pl

from pipeline.contract.rows import Rows
from pipeline.transforms import stable_ids

_BEARERS = {
    "sighting_id": "bearer_id",
    "person_id": "cluster_id",
    "name_id": "content_id",
    "name_title_id": "fuller_id",
    "name_sighting_id": "own_id",
    "is_shown": "is_sure",
}
_NAMES = {"bearer_id": "sighting_id", "stable_id": "author_id"}


def name_authors(sightings: Rows, known: Rows, latest: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Give every person an author id, and remember all ids that sightings bore before.

    Args:
        sightings: `sighting_id`, `person_id`, and the ids and `is_shown` of
            `people.sightings`.
        known: the columns of `people.identities` as the last build left them.
        latest: `changed_at`, when any id changed last, in one row; NULL if none ever did.
        now: the time of the build, at which ids change (UTC); if the clock went back, they change
            a second after the last change.

    Returns:
        `sighting_id`, `author_id`, `given_at`, `left_at` (NULL: borne now), one row per sighting
        and stretch of time under one id, sightings no longer there included.
    """
    borne = known.rename({"sighting_id": "bearer_id", "author_id": "stable_id"})
    return stable_ids.name_clusters(sightings.rename(_BEARERS), borne, latest, now).rename(_NAMES)


def log_changes(changes: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Add what has changed to the log; what it says already stands as it was written.

    Args:
        changes: the columns of `marts.author_id_history`: all changes, worded as of now.
        known: the log as the last build left it.

    Returns:
        All changes, ordered by time and ids, each with the words of the day it was first met.
    """
    key = ("from_author_id", "to_author_id", "changed_at")
    return stable_ids.log_changes(changes, known, key)
