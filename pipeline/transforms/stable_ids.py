"""Which id a thing bears: given once by its content, kept for as long as the thing lives.

What belongs here: pure functions from clusters and earlier ids to ids, and the log of changes, for
whatever is a cluster of bearers: papers of records (`paper_ids`), authors of their names in lists
(`author_ids`).
What does not: which bearers are one thing, the ids content gives.

The rules:

1. **Birth.** A new thing is named after its content: the id that most of its bearers give (those
   that are sure of it first, then the smallest id). If that id is taken, or several new things
   claim it, the fuller id its bearers give; if that fails too, a bearer's own. No name of a file,
   no order and no clock enters, so a warehouse built anew gives the same ids, but for things that
   had merged or split, or that share their content with another.
2. **Life.** An id stands for its bearers. A cluster takes the id with which it shares most (Jaccard
   index of the bearers that are still there); a borne id comes before a retired one, then the one
   its content gives, then the smallest. So new pages change no id.
3. **Merge.** One id is kept, that of most bearers, then the smallest. The others retire; each
   remembers the bearers it stood for last.
4. **Split.** The largest part keeps the id. Each other part takes back the retired id whose bearers
   it holds, else it is born. A merge that is undone restores both ids.
5. **Absence.** Bearers whose page is taken away keep their id in memory: if the page comes back, so
   does the id. An id none of whose bearers is left can be born again by the same content.

Nothing is ever forgotten while the tables stand: an id that was given once leads to the things its
bearers are in now.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pyarrow as pa

from pipeline.contract.rows import Rows
from pipeline.transforms.coded_values import coded

_FOREVER = datetime(9999, 1, 1)  # noqa: DTZ001 - UTC without zone, as everywhere
# Inside, ids are the numbers that their hex digits spell, in the same order: of millions of bearers
# they take a quarter of what texts take.
_ID = pl.UInt64
_COUNTED = 2_000_000  # bearers at a time


def name_clusters(clusters: Rows, known: Rows, latest: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Give every cluster its id, and remember all ids that bearers bore before.

    The rules are those of the module's docstring. Applied twice with the same clusters, nothing
    changes the second time. What leads from a cluster to no id of another, neither one that its
    bearers bore nor one that their content gives, can be named apart from that one.

    Args:
        clusters: `bearer_id` (every one once), `cluster_id`, the ids that the bearer's content
            gives: `content_id`, `fuller_id`, `own_id` (a letter and 16 hex digits, one letter for
            all), and `is_sure`: its word on `content_id` counts before that of others.
        known: `bearer_id`, `stable_id`, `given_at`, `left_at` as the last build left them.
        latest: `changed_at`, when any id changed last, in one row; NULL if none ever did.
        now: the time of the build, at which ids change (UTC); if the clock went back, they change
            a second after the last change.

    Returns:
        The columns of `known` (`left_at` NULL: borne now), one row per bearer and stretch of time
        under one id, bearers no longer there included.
    """
    letter = _letter(clusters, "content_id") or _letter(known, "stable_id")
    found = _numbered(_in_numbers(clusters, "content_id", "fuller_id", "own_id"))
    changes = _name_in_numbers(found, _in_numbers(known, "stable_id"), _never_before(latest, now))
    return changes.with_columns(_texts(letter, changes["stable_id"]))


def _letter(rows: Rows, column: str) -> str:
    """Return what ids begin with; nothing where there are none."""
    first = rows.lazy().select(pl.col(column).first().str.slice(0, 1)).collect().item()
    return first or ""


def _in_numbers(rows: Rows, *columns: str) -> pl.DataFrame:
    """Return rows with the numbers that the hex digits of their ids spell."""
    digits = pl.col(columns).str.slice(1).str.decode("hex")
    numbers = digits.bin.reinterpret(dtype=_ID, endianness="big")
    return rows.lazy().with_columns(numbers).collect(engine="streaming")


def _numbered(clusters: pl.DataFrame) -> pl.DataFrame:
    """Return clusters by numbers, in the order of their first bearers.

    Numbers take a tenth of the memory of texts, and decide where two claims are alike.
    """
    if not clusters["bearer_id"].is_sorted():
        clusters = clusters.sort("bearer_id")
    return clusters.with_columns(cluster_id=pl.Series(coded(clusters["cluster_id"])[0]))


def _texts(letter: str, numbers: pl.Series) -> pl.Series:
    """Return the ids that numbers spell.

    >>> _texts("p", pl.Series([16], dtype=pl.UInt64)).to_list()
    ['p0000000000000010']
    """
    big_endian = pa.py_buffer(numbers.to_numpy().astype(">u8").tobytes())
    eights = pa.FixedSizeBinaryArray.from_buffers(pa.binary(8), len(numbers), [None, big_endian])
    digits = pl.Series(numbers.name, eights.cast(pa.large_binary())).bin.encode("hex")
    return (letter + digits).alias(numbers.name)


def _name_in_numbers(clusters: pl.DataFrame, known: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Apply the rules; see `name_clusters`."""
    owners = _keep(clusters, known) if len(known) else _owners(clusters)
    born = _give_birth(_without(clusters, owners), clusters, known)
    named = clusters.select("bearer_id", "cluster_id").join(
        pl.concat([owners, born]), on="cluster_id", maintain_order="left"
    )
    del clusters, owners, born  # of millions none is held longer than needed
    return _record_changes(named.drop("cluster_id"), known, now)


def _never_before(latest: pl.DataFrame, now: datetime) -> datetime:
    """Return a time that is not before any change so far, whatever the clock says.

    Which id a bearer bore last is told by these times.
    """
    changed_at = latest["changed_at"].max()
    is_behind = isinstance(changed_at, datetime) and now < changed_at
    return changed_at + timedelta(seconds=1) if is_behind else now


def _keep(clusters: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Return the clusters that take an id that was given before."""
    settled, contested = _settle(clusters, known)
    return pl.concat([settled, _inherit(contested, _last_held(clusters, known, contested))])


def _settle(clusters: pl.DataFrame, known: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Separate the clusters about which there is no question from the few others.

    If the bearers of a cluster have one id, new ones aside, and no other cluster has bearers that
    have it, no other claim can be as good: the general rule need not be asked.
    """
    pairs = (
        known.filter(pl.col("left_at").is_null())
        .join(clusters.select("bearer_id", "cluster_id"), on="bearer_id")
        .select("cluster_id", "stable_id")
        .unique()
    )
    is_alone = (pl.len().over("cluster_id") == 1) & (pl.len().over("stable_id") == 1)
    settled = pairs.filter(is_alone)
    return settled, _without(clusters, settled)


def _without(clusters: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """Return the clusters that are not among others; no copy where there are none."""
    return clusters.join(others, on="cluster_id", how="anti") if len(others) else clusters


def _last_held(
    clusters: pl.DataFrame, known: pl.DataFrame, contested: pl.DataFrame
) -> pl.DataFrame:
    """Return the bearers, of those still there, that each id stands for or stood for last.

    Only of ids that some bearer in a contested cluster bears or bore.
    """
    asked = known.join(contested.select("bearer_id"), on="bearer_id", how="semi")
    present = known.join(asked.select("stable_id").unique(), on="stable_id", how="semi").join(
        clusters.select("bearer_id", "cluster_id"), on="bearer_id"
    )
    until = pl.col("left_at").fill_null(_FOREVER)
    return present.filter(until == until.max().over("stable_id")).unique(["bearer_id", "stable_id"])


def _inherit(clusters: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """Give clusters the ids of the bearers they hold, each id to one cluster."""
    if not len(held):
        return _owners(clusters)
    content = _content_names(clusters, "content_id").rename({"stable_id": "expected_id"})
    n_shared, n_held, n_bearers = pl.col("n_shared"), pl.col("n_held"), pl.col("n_bearers")
    claims = (
        held.group_by("cluster_id", "stable_id")
        .agg(n_shared=pl.len(), is_borne=pl.col("left_at").is_null().any())
        .join(held.group_by("stable_id").agg(n_held=pl.len()), on="stable_id")
        .join(clusters.group_by("cluster_id").agg(n_bearers=pl.len()), on="cluster_id")
        .join(content, on="cluster_id", how="left")
        .with_columns(
            likeness=n_shared / (n_held + n_bearers - n_shared),
            is_expected=pl.col("stable_id") == pl.col("expected_id"),
        )
        .sort(
            ["likeness", "is_borne", "is_expected", "stable_id", "cluster_id"],
            descending=[True, True, True, False, False],
        )
    )
    owners: dict[Any, int] = {}
    given: set[int] = set()
    for cluster_id, stable_id in claims.select("cluster_id", "stable_id").iter_rows():
        if cluster_id not in owners and stable_id not in given:
            owners[cluster_id] = stable_id
            given.add(stable_id)
    return _owners(clusters, owners)


def _owners(clusters: pl.DataFrame, owners: Mapping[Any, int] | None = None) -> pl.DataFrame:
    """Return which cluster has which id, as a table."""
    schema = {"cluster_id": clusters.schema["cluster_id"], "stable_id": _ID}
    return pl.DataFrame([*(owners or {}).items()], schema=schema, orient="row")


def _content_names(clusters: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return the id that most bearers of each cluster give, the sure ones first."""
    # Counting takes more memory than all that is counted: some clusters at a time.
    part = pl.col("cluster_id").hash() % (len(clusters) // _COUNTED + 1)
    parts = clusters.select("cluster_id", "is_sure", stable_id=column, part=part)
    return pl.concat(
        [
            _most_given(parts.filter(pl.col("part") == n))
            for n in range(len(clusters) // _COUNTED + 1)
        ]
    )


def _most_given(clusters: pl.DataFrame) -> pl.DataFrame:
    counted = clusters.group_by("cluster_id", "stable_id").agg(
        n_sure=pl.col("is_sure").sum(), n=pl.len()
    )
    # Of most clusters all bearers give one: only the others are sorted.
    is_alone = counted["cluster_id"].is_unique()
    several = counted.filter(~is_alone).sort(
        ["n_sure", "n", "stable_id"], descending=[True, True, False]
    )
    several = several.unique("cluster_id", keep="first", maintain_order=True)
    return pl.concat(
        [rows.select("cluster_id", "stable_id") for rows in (counted.filter(is_alone), several)]
    )


def _give_birth(newborn: pl.DataFrame, clusters: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Name clusters after their content, by ids that nobody bears and nobody else claims."""
    parts = [_owners(clusters)]
    taken = pl.DataFrame(schema={"stable_id": _ID})
    for column in ("content_id", "fuller_id"):
        names = _content_names(newborn, column)
        claimed = known.join(names, on="stable_id", how="semi")
        borne = claimed.join(clusters, on="bearer_id", how="semi").select("stable_id")
        part = (
            names.filter(pl.len().over("stable_id") == 1)
            .join(borne, on="stable_id", how="anti")
            .join(taken, on="stable_id", how="anti")
        )
        # What several claim is given to none, in this build and so in every order of pages.
        taken = pl.concat([taken, names.select("stable_id")])
        newborn = _without(newborn, part)
        parts.append(part)
    if len(newborn):
        parts.append(_name_after_bearers(newborn, {*known["stable_id"], *taken["stable_id"]}))
    return pl.concat(parts)


def _name_after_bearers(newborn: pl.DataFrame, taken: set[int]) -> pl.DataFrame:
    names = {}
    for cluster_id, own in newborn.sort("bearer_id").group_by("cluster_id", maintain_order=True):
        names[cluster_id[0]] = next(id_ for id_ in _last_names(own) if id_ not in taken)
        taken.add(names[cluster_id[0]])
    return _owners(newborn, names)


def _last_names(own: pl.DataFrame) -> Iterator[int]:
    """Yield the ids of single bearers, then numbered ones: some id is always free."""
    yield from own["own_id"]
    first = own["own_id"][0]
    number = 0
    while True:
        number += 1
        yield (first + number) % 16**16


def _record_changes(named: pl.DataFrame, known: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Close the stretches that have ended, open those that begin."""
    if not len(known):  # of millions no copy more than needed
        return _begin(named, now)
    current = named.select("bearer_id", current_id="stable_id")
    rows = known.join(current, on="bearer_id", how="left")
    is_open = pl.col("left_at").is_null()
    has_changed = is_open & (pl.col("current_id") != pl.col("stable_id")).fill_null(value=False)
    changed = rows.filter(has_changed)["stable_id"].unique()
    is_borne_on = is_open & (pl.col("current_id") == pl.col("stable_id"))
    borne_on = rows.lazy().filter(is_borne_on).select("bearer_id").collect()
    # An id that has passed to another leaves nobody behind, or its merge would not be one.
    still_borne = named.join(changed.to_frame(), on="stable_id", how="semi")["stable_id"].unique()
    retired = changed.filter(~changed.is_in(still_borne.to_list())).to_list()
    is_over = has_changed | (is_open & pl.col("stable_id").is_in(retired))
    stamp = pl.lit(now, pl.Datetime("us"))
    left_at = pl.when(is_over).then(stamp).otherwise(pl.col("left_at"))
    rows = rows.select("bearer_id", "stable_id", "given_at", left_at=left_at)
    begun = _begin(named.join(borne_on, on="bearer_id", how="anti"), now)
    # Given back within one second: the new row stands for both.
    is_now = pl.col("given_at") == stamp
    key = ["bearer_id", "stable_id", "given_at"]
    kept = [rows.filter(~is_now), rows.filter(is_now).join(begun, on=key, how="anti")]
    del rows
    return pl.concat([begun, *kept]).sort("bearer_id", "given_at", "stable_id")


def _begin(named: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Open the stretches that begin now, in the order of the bearers."""
    begun = named if named["bearer_id"].is_sorted() else named.sort("bearer_id")
    return begun.select(
        "bearer_id",
        "stable_id",
        given_at=pl.lit(now, pl.Datetime("us")),
        left_at=pl.lit(None, pl.Datetime("us")),
    )


def log_changes(
    changes: pl.DataFrame, known: pl.DataFrame, key: tuple[str, str, str]
) -> pl.DataFrame:
    """Add what has changed to the log; what it says already stands as it was written.

    Args:
        changes: the columns of the log: all changes, with `change` and `why` worded as of now.
        known: the log as the last build left it.
        key: its columns of the id before, the id since, and the time.

    Returns:
        All changes, ordered by time and ids, each with the words of the day it was first met.
    """
    words = known.select(*key, "change", "why")
    before, since, changed_at = key
    return (
        changes.join(words, on=key, how="left", suffix="_then")
        .with_columns(
            change=pl.coalesce("change_then", "change"), why=pl.coalesce("why_then", "why")
        )
        .select(changes.columns)
        .sort(changed_at, before, since)
    )
