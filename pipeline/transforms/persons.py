"""Whose the names in lists of authors are: mentions into persons.

What belongs here: pure functions from frames to a frame. What does not: what a mention and a work
are (`sql/people`), running on somebody's table (`records.identify`), judging it (`evaluate`).
"""

import hashlib
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from numpy import ndarray

LEVELS = ("verified", "probable", "name_only")
# Coauthors that a reason names; more would not fit on a line.
_MOST_NAMED = 3
_TWO = "the paper names two of that name"
_NONE = "no coauthor is shared with another paper of that name"


def persons(mentions: pl.DataFrame, works: pl.DataFrame) -> pl.DataFrame:  # noqa: ARG001
    """Return whose each mention is.

    Within one name: mentions with one homonym number are one author (`verified`); the others are
    one author if they are connected by coauthors that papers share (`probable`), and belong to a
    number if the papers of just one share coauthors with theirs. What no coauthor ties to another
    paper is an author of its own (`name_only`), and so are two of a name on one paper.

    Args:
        mentions: columns `mention_id` (every one once), `paper_id`, `author_order` (NULL: in no
            list), `author_name`, `name_key` (NULL: no name), `homonym_id` (NULL: none).
        works: columns `paper_id`, `title`, `venue`, `year`, `affiliations`, `abstract`; not yet
            looked at.

    Returns:
        Columns `mention_id`, `author_id` (`a` and 16 hex digits made of the author's smallest
        mention_id), `identity_level` (see `LEVELS`), `identity_reason`, ordered by mention_id.
    """
    marked = _marked(mentions)
    shared = _shared(marked)
    grouped = _grouped(marked, shared)
    return (
        grouped.join(_reasons(grouped, shared), on="mention_id", how="left")
        .select(
            "mention_id",
            author_id=_author_ids(grouped),
            identity_level=pl.when(pl.col("number").is_not_null())
            .then(pl.lit("verified"))
            .when(pl.col("reason").is_not_null())
            .then(pl.lit("probable"))
            .otherwise(pl.lit("name_only")),
            identity_reason=pl.when(pl.col("number").is_not_null())
            .then("number " + pl.col("number") + " of the name")
            .otherwise(
                pl.col("reason").fill_null(
                    pl.when(pl.col("is_alone") & pl.col("name_key").is_not_null())
                    .then(pl.lit(_TWO))
                    .otherwise(pl.lit(_NONE))
                )
            ),
        )
        .sort("mention_id")
    )


def _marked(mentions: pl.DataFrame) -> pl.DataFrame:
    """Return the mentions with `number`, the homonym number that counts, and `is_alone`.

    Where a list gives one number twice it counts for the first; a mention without a number that
    counts is alone if another of the name stands on the paper.
    """
    is_first = pl.int_range(pl.len()).over("paper_id", "name_key", "homonym_id") == 0
    has_number = pl.col("homonym_id").is_not_null() & pl.col("name_key").is_not_null()
    return (
        mentions.sort("author_order", "mention_id", nulls_last=True)
        .with_columns(number=pl.when(has_number & is_first).then("homonym_id"))
        .with_columns(
            is_alone=pl.col("number").is_null()
            & (pl.col("name_key").is_null() | (pl.len().over("paper_id", "name_key") > 1))
        )
        .sort("mention_id")
        .with_row_index("row")
    )


def _shared(marked: pl.DataFrame) -> pl.DataFrame:
    """Return the coauthors that two or more papers of a name share, a row for each mention."""
    others = (
        marked.filter(pl.col("name_key").is_not_null())
        .group_by("paper_id", coauthor_key="name_key")
        .agg(coauthor=pl.col("author_name").min())
    )
    found = (
        marked.filter(~pl.col("is_alone"))
        .select("row", "mention_id", "paper_id", "name_key", "number")
        .join(others, on="paper_id")
        .filter(pl.col("name_key") != pl.col("coauthor_key"))
    )
    return found.filter(pl.col("paper_id").n_unique().over("name_key", "coauthor_key") > 1)


def _grouped(marked: pl.DataFrame, shared: pl.DataFrame) -> pl.DataFrame:
    """Return the mentions with `group`, equal for those of one author."""
    free = shared.filter(pl.col("number").is_null())
    marked = marked.with_columns(part=_components(free, marked.height)).with_columns(
        smallest=pl.col("mention_id").min().over("part"),
        numbered=pl.struct("name_key", "number"),
    )
    near = (
        shared.filter(pl.col("number").is_not_null())
        .select("name_key", "coauthor_key", near="number")
        .unique()
    )
    owners = (
        free.join(marked.select("row", "part"), on="row")
        .join(near, on=["name_key", "coauthor_key"])
        .group_by("part")
        .agg(pl.col("near").unique())
        .filter(pl.col("near").list.len() == 1)
        .select("part", near=pl.col("near").list.first())
    )
    belongs = pl.coalesce("number", "near")
    return marked.join(owners, on="part", how="left").with_columns(
        group=pl.when(belongs.is_not_null())
        .then(pl.concat_str("name_key", pl.lit("#"), belongs))
        .otherwise("#" + pl.col("smallest"))
    )


def _components(free: pl.DataFrame, n_rows: int) -> "ndarray":
    """Return for each row the connected component that shared coauthors put it in."""
    import numpy as np
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    nodes = free.select("row", node=pl.struct("name_key", "coauthor_key").rank("dense") - 1)
    left = nodes["row"].to_numpy().astype(np.int64)
    right = nodes["node"].to_numpy().astype(np.int64) + n_rows
    size = int(right.max()) + 1 if len(right) else n_rows
    graph = csr_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(size, size))
    return connected_components(graph, directed=False)[1][:n_rows]


def _reasons(grouped: pl.DataFrame, shared: pl.DataFrame) -> pl.DataFrame:
    """Return for each mention that coauthors tie to others of its author what they are."""
    ties = (
        shared.join(grouped.select("row", "group"), on="row")
        .with_columns(n=pl.len().over("group", "coauthor_key"))
        .filter(pl.col("n") > 1)
    )
    papers = ties.join(
        ties.select("group", "coauthor_key", other="paper_id"), on=["group", "coauthor_key"]
    )
    counts = papers.group_by("mention_id").agg(
        n_papers=pl.col("other").filter(pl.col("other") != pl.col("paper_id")).n_unique()
    )
    named = (
        ties.sort("n", "coauthor_key", descending=[True, False])
        .group_by("mention_id", maintain_order=True)
        .agg(names=pl.col("coauthor").head(_MOST_NAMED), n_names=pl.len().cast(pl.Int64))
    )
    more = pl.col("n_names") - _MOST_NAMED
    return named.join(counts, on="mention_id").select(
        "mention_id",
        reason=pl.format(
            "shares the coauthor{} {}{} with {} other paper{}",
            _plural("n_names"),
            pl.col("names").list.join(", "),
            pl.when(more > 0).then(pl.format(" and {} more", more)).otherwise(pl.lit("")),
            "n_papers",
            _plural("n_papers"),
        ),
    )


def _plural(column: str) -> pl.Expr:
    return pl.when(pl.col(column) > 1).then(pl.lit("s")).otherwise(pl.lit(""))


def _author_ids(grouped: pl.DataFrame) -> pl.Series:
    first = grouped.select(pl.col("mention_id").min().over("group")).to_series()
    known = {one: f"a{hashlib.md5(one.encode()).hexdigest()[:16]}" for one in first.unique()}
    return first.replace_strict(known, return_dtype=pl.String)
