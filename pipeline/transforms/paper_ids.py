"""Which id a paper bears: that of its records, by the rules of `stable_ids`.

What belongs here: the names that records and papers have in those rules. What does not: the rules,
which records are one paper (`linkage`), the ids content gives (`sql/linkage/content_ids.sql`): the
title most records bear (titles that stood alone before titles split from names), then title and
first author, then the record itself.

An id that was given once leads to the papers its records are in now (`marts.paper_ids`).
"""

from datetime import datetime

import polars as pl

from pipeline.contract.rows import Rows
from pipeline.transforms import stable_ids

_BEARERS = {
    "record_id": "bearer_id",
    "title_id": "content_id",
    "title_author_id": "fuller_id",
    "title_record_id": "own_id",
    "is_title_whole": "is_sure",
}
_NAMES = {"bearer_id": "record_id", "stable_id": "paper_id"}


def name_papers(clusters: Rows, known: Rows, latest: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Give every cluster its paper id, and remember all ids that records bore before.

    Args:
        clusters: `record_id`, `cluster_id` and what `linkage.content_ids` says of the record.
        known: the columns of `linkage.identities` as the last build left them.
        latest: `changed_at`, when any id changed last, in one row; NULL if none ever did.
        now: the time of the build, at which ids change (UTC); if the clock went back, they change
            a second after the last change.

    Returns:
        `record_id`, `paper_id`, `given_at`, `left_at` (NULL: borne now), one row per record and
        stretch of time under one id, records no longer there included.
    """
    borne = known.rename({"record_id": "bearer_id", "paper_id": "stable_id"})
    return stable_ids.name_clusters(clusters.rename(_BEARERS), borne, latest, now).rename(_NAMES)


def log_changes(changes: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Add what has changed to the log; what it says already stands as it was written.

    Args:
        changes: the columns of `marts.paper_id_history`: all changes, worded as of now.
        known: the log as the last build left it.

    Returns:
        All changes, ordered by time and ids, each with the words of the day it was first met.
    """
    key = ("from_paper_id", "to_paper_id", "changed_at")
    return stable_ids.log_changes(changes, known, key)
