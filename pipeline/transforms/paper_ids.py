"""Which id a paper bears: given once by its content, kept for as long as the paper lives.

What belongs here: pure functions from clusters and earlier ids to ids, and the log of changes.
What does not: which records are one paper (`linkage`), the ids content gives
(`sql/linkage/content_ids.sql`).

The rules:

1. **Birth.** A new paper is named after its content: the title most of its records bear (titles
   that stood alone before titles split from names, then the smallest id). If that id is taken, or
   several new papers claim it, title and first author; if that fails too, the record itself. No
   name of a file, no order and no clock enters, so a warehouse built anew gives the same ids, but
   for papers that had merged or split, or that share their title with another paper.
2. **Life.** An id stands for the records that bear it. A cluster takes the id with which it shares
   most (Jaccard index of the records that are still there); a borne id comes before a retired one,
   then the one its content gives, then the smallest. So new pages change no id.
3. **Merge.** One id is kept, that of most records, then the smallest. The others retire; each
   remembers the records it stood for last.
4. **Split.** The largest part keeps the id. Each other part takes back the retired id whose records
   it holds, else it is born. A merge that is undone restores both ids.
5. **Absence.** Records whose page is taken away keep their id in memory: if the page comes back, so
   does the id. An id none of whose records is left can be born again by the same title.

Nothing is ever forgotten while the tables stand: an id that was given once leads to the papers its
records are in now (`marts.paper_ids`).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import polars as pl

_FOREVER = datetime(9999, 1, 1)  # noqa: DTZ001 - UTC without zone, as everywhere
_OWNERS = {"cluster_id": pl.String, "paper_id": pl.String}


def name_papers(clusters: pl.DataFrame, known: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Give every cluster its paper id, and remember all ids that records bore before.

    The rules are those of the module's docstring. Applied twice with the same clusters, nothing
    changes the second time.

    Args:
        clusters: `record_id`, `cluster_id` and what `linkage.content_ids` says of the record.
        known: the columns of `linkage.identities` as the last build left them.
        now: the time of the build, at which ids change (UTC); if the clock went back, they change
            a second after the last change.

    Returns:
        `record_id`, `paper_id`, `given_at`, `left_at` (NULL: borne now), one row per record and
        stretch of time under one id, records no longer there included.
    """
    now = _never_before(known, now)
    settled, contested = _settle(clusters, known)
    owners = pl.concat([settled, _inherit(contested, _last_held(clusters, known, contested))])
    newborn = contested.join(owners, on="cluster_id", how="anti")
    born = _give_birth(newborn, clusters, known)
    named = clusters.select("record_id", "cluster_id").join(
        pl.concat([owners, born]), on="cluster_id"
    )
    return _record_changes(named, known, now)


def _never_before(known: pl.DataFrame, now: datetime) -> datetime:
    """Return a time that is not before any change so far, whatever the clock says.

    Which id a record bore last is told by these times.
    """
    times = pl.concat([known["given_at"], known["left_at"].alias("given_at")]).drop_nulls()
    latest = times.max()
    is_behind = isinstance(latest, datetime) and now < latest
    return latest + timedelta(seconds=1) if is_behind else now


def _settle(clusters: pl.DataFrame, known: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Separate the clusters about which there is no question from the few others.

    If the records of a cluster bear one id, new ones aside, and no other cluster has records that
    bear it, no other claim can be as good: the general rule need not be asked.
    """
    pairs = (
        known.filter(pl.col("left_at").is_null())
        .join(clusters.select("record_id", "cluster_id"), on="record_id")
        .select("cluster_id", "paper_id")
        .unique()
    )
    is_alone = (pl.len().over("cluster_id") == 1) & (pl.len().over("paper_id") == 1)
    settled = pairs.filter(is_alone)
    return settled, clusters.join(settled, on="cluster_id", how="anti")


def _last_held(
    clusters: pl.DataFrame, known: pl.DataFrame, contested: pl.DataFrame
) -> pl.DataFrame:
    """Return the records, of those still there, that each id stands for or stood for last.

    Only of ids that some record in a contested cluster bears or bore.
    """
    asked = known.join(contested.select("record_id"), on="record_id", how="semi")
    present = known.join(asked.select("paper_id").unique(), on="paper_id", how="semi").join(
        clusters.select("record_id", "cluster_id"), on="record_id"
    )
    until = pl.col("left_at").fill_null(_FOREVER)
    return present.filter(until == until.max().over("paper_id")).unique(["record_id", "paper_id"])


def _inherit(clusters: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """Give clusters the ids of the records they hold, each id to one cluster."""
    if not len(held):
        return pl.DataFrame(schema=_OWNERS)
    content = _content_names(clusters, "title_id").rename({"paper_id": "content_id"})
    n_shared, n_held, n_records = pl.col("n_shared"), pl.col("n_held"), pl.col("n_records")
    claims = (
        held.group_by("cluster_id", "paper_id")
        .agg(n_shared=pl.len(), is_borne=pl.col("left_at").is_null().any())
        .join(held.group_by("paper_id").agg(n_held=pl.len()), on="paper_id")
        .join(clusters.group_by("cluster_id").agg(n_records=pl.len()), on="cluster_id")
        .join(content, on="cluster_id", how="left")
        .with_columns(
            likeness=n_shared / (n_held + n_records - n_shared),
            is_content=pl.col("paper_id") == pl.col("content_id"),
        )
        .sort(
            ["likeness", "is_borne", "is_content", "paper_id", "cluster_id"],
            descending=[True, True, True, False, False],
        )
    )
    owners: dict[str, str] = {}
    given: set[str] = set()
    for cluster_id, paper_id in claims.select("cluster_id", "paper_id").iter_rows():
        if cluster_id not in owners and paper_id not in given:
            owners[cluster_id] = paper_id
            given.add(paper_id)
    return pl.DataFrame(list(owners.items()), schema=_OWNERS, orient="row")


def _content_names(clusters: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return the id that most records of each cluster give, whole titles first."""
    return (
        clusters.group_by("cluster_id", pl.col(column).alias("paper_id"))
        .agg(n_whole=pl.col("is_title_whole").sum(), n=pl.len())
        .sort(["n_whole", "n", "paper_id"], descending=[True, True, False])
        .unique("cluster_id", keep="first", maintain_order=True)
        .select("cluster_id", "paper_id")
    )


def _give_birth(newborn: pl.DataFrame, clusters: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Name clusters after their content, by ids that nobody bears and nobody else claims."""
    parts = [pl.DataFrame(schema=_OWNERS)]
    taken = pl.DataFrame(schema={"paper_id": pl.String})
    for column in ("title_id", "title_author_id"):
        names = _content_names(newborn, column)
        claimed = known.join(names, on="paper_id", how="semi")
        borne = claimed.join(clusters, on="record_id", how="semi").select("paper_id")
        part = (
            names.filter(pl.len().over("paper_id") == 1)
            .join(borne, on="paper_id", how="anti")
            .join(taken, on="paper_id", how="anti")
        )
        # What several claim is given to none, in this build and so in every order of pages.
        taken = pl.concat([taken, names.select("paper_id")])
        newborn = newborn.join(part, on="cluster_id", how="anti")
        parts.append(part)
    if len(newborn):
        parts.append(_name_after_records(newborn, {*known["paper_id"], *taken["paper_id"]}))
    return pl.concat(parts)


def _name_after_records(newborn: pl.DataFrame, taken: set[str]) -> pl.DataFrame:
    names = {}
    for cluster_id, own in newborn.sort("record_id").group_by("cluster_id", maintain_order=True):
        names[cluster_id[0]] = next(id_ for id_ in _last_names(own) if id_ not in taken)
        taken.add(names[cluster_id[0]])
    return pl.DataFrame(list(names.items()), schema=_OWNERS, orient="row")


def _last_names(own: pl.DataFrame) -> Iterator[str]:
    """Yield the ids of single records, then numbered ones: some id is always free."""
    yield from own["title_record_id"]
    first = own["title_record_id"][0]
    number = 0
    while True:
        number += 1
        yield f"p{(int(first[1:], 16) + number) % 16**16:016x}"


def _record_changes(named: pl.DataFrame, known: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Close the stretches that have ended, open those that begin."""
    current = named.select("record_id", current_id="paper_id")
    rows = known.join(current, on="record_id", how="left")
    is_open = pl.col("left_at").is_null()
    has_changed = is_open & (pl.col("current_id") != pl.col("paper_id")).fill_null(value=False)
    changed = rows.filter(has_changed)["paper_id"].unique()
    borne_on = rows.filter(is_open & (pl.col("current_id") == pl.col("paper_id")))
    # An id that has passed to another leaves nobody behind, or its merge would not be one.
    still_borne = named.join(changed.to_frame(), on="paper_id", how="semi")["paper_id"].unique()
    retired = changed.filter(~changed.is_in(still_borne.to_list())).to_list()
    is_over = has_changed | (is_open & pl.col("paper_id").is_in(retired))
    stamp = pl.lit(now, pl.Datetime("us"))
    rows = rows.with_columns(left_at=pl.when(is_over).then(stamp).otherwise(pl.col("left_at")))
    begun = named.join(borne_on, on="record_id", how="anti").select(
        "record_id",
        "paper_id",
        given_at=stamp,
        left_at=pl.lit(None, pl.Datetime("us")),
    )
    # Given back within one second: the new row stands for both.
    is_now = pl.col("given_at") == stamp
    key = ["record_id", "paper_id", "given_at"]
    kept = [rows.filter(~is_now), rows.filter(is_now).join(begun, on=key, how="anti")]
    return pl.concat([begun, *(part.select(begun.columns) for part in kept)]).sort(
        "record_id", "given_at", "paper_id"
    )


def log_changes(changes: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Add what has changed to the log; what it says already stands as it was written.

    Args:
        changes: the columns of `marts.paper_id_history`: all changes, worded as of now.
        known: the log as the last build left it.

    Returns:
        All changes, ordered by key, each with the words of the day it was first met.
    """
    key = ["from_paper_id", "to_paper_id", "changed_at"]
    words = known.select(*key, "change", "why")
    return (
        changes.join(words, on=key, how="left", suffix="_then")
        .with_columns(
            change=pl.coalesce("change_then", "change"), why=pl.coalesce("why_then", "why")
        )
        .select(changes.columns)
        .sort("changed_at", "from_paper_id", "to_paper_id")
    )
