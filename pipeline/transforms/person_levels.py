"""How sure it is whose a mention is, and why, in words.

What belongs here: the level and the reason of each mention, once it is known whose it is. What does
not: finding that out (`persons`).
"""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pipeline.transforms.person_evidence import Pairs, Scores
from pipeline.transforms.shared_coauthors import Ties

if TYPE_CHECKING:
    from numpy import ndarray

# The surest first.
LEVELS = ("verified", "probable", "name_only")
# Coauthors that a reason names; more would not fit on a line.
_MOST_NAMED = 3
# What a kind of evidence speaks (log odds) to be named in a reason.
_NAMED_FROM = 0.5


def levelled(found: pl.DataFrame, ties: Ties, alike: pl.DataFrame) -> pl.DataFrame:
    """Return how sure each mention is, and why.

    Args:
        found: the mentions in the order that ties speak of: columns `mention_id`, `author_name`,
            `name`, `homonym_id`, `number` (-1: none), `is_alone`, `seed` (whom numbers and sure
            coauthors tie together) and `author`.
        ties: the pairs of mentions that share coauthors.
        alike: columns `seed`, `alike`: in words, what a group has in common with another one of
            its author.

    Returns:
        Columns `mention_id`, `author`, `identity_level`, `identity_reason`:

        - `verified`: a homonym number, or coauthors that tie the mention to the largest group of
          its author (one with a number before all others);
        - `probable`: the mention is in another group of its author;
        - `name_only`: the author has no other mention.
    """
    core = (
        found.group_by("author", "seed")
        .agg(n=pl.len(), has_number=pl.col("number").max() >= 0)
        .sort("author", "has_number", "n", "seed", descending=[False, True, True, False])
        .unique("author", keep="first", maintain_order=True)
        .select("author", core="seed", n_core="n")
    )
    is_numbered = pl.col("number") >= 0
    is_core = (pl.col("seed") == pl.col("core")) & (pl.col("n_core") > 1)
    return (
        found.join(core, on="author", maintain_order="left")
        .with_columns(
            n_author=pl.len().over("author"),
            n_name=pl.len().over("name"),
            shared=_shared_names(found, ties),
        )
        .join(alike, on="seed", how="left")
        .select(
            "mention_id",
            "author",
            identity_level=pl.when(is_numbered | is_core)
            .then(pl.lit("verified"))
            .when(pl.col("n_author") > 1)
            .then(pl.lit("probable"))
            .otherwise(pl.lit("name_only")),
            identity_reason=pl.when(is_numbered)
            .then(pl.format("number {} of the name", "homonym_id"))
            .when(is_core & pl.col("shared").is_not_null())
            .then("shared")
            .when(pl.col("n_author") > 1)
            .then(pl.coalesce("alike", "shared", pl.lit("like other papers of the author")))
            .when("is_alone")
            .then(pl.lit("the paper names two of that name"))
            .when(pl.col("n_name") > 1)
            .then(pl.lit("too little in common with other papers of that name"))
            .otherwise(pl.lit("the only paper of that name")),
        )
    )


def _shared_names(found: pl.DataFrame, ties: Ties) -> pl.Series:
    """Return for each mention in words which coauthors tie it to others of its author."""
    seed = found["seed"].to_numpy()
    within = np.flatnonzero(seed[ties.left] == seed[ties.right])
    spelt = found.group_by("name").agg(coauthor=pl.col("author_name").min())
    shared = (
        pl.DataFrame(
            {
                "row": np.r_[ties.left[within], ties.right[within]],
                "name": np.r_[ties.coauthor[within], ties.coauthor[within]],
            }
        )
        .unique()
        .sort("row", "name")
    )
    words = (
        shared.group_by("row", maintain_order=True)
        .agg(name=pl.col("name").head(_MOST_NAMED), n=pl.len())
        .explode("name")
        .join(spelt, on="name", maintain_order="left")
        .group_by("row", maintain_order=True)
        .agg(pl.col("coauthor"), pl.col("n").first().cast(pl.Int64))
        .with_columns(more=pl.col("n") - _MOST_NAMED)
        .select(
            "row",
            shared=pl.format(
                "shares the coauthor{} {}{}",
                pl.when(pl.col("n") > 1).then(pl.lit("s")).otherwise(pl.lit("")),
                pl.col("coauthor").list.join(", "),
                pl.when(pl.col("more") > 0)
                .then(pl.format(" and {} more", "more"))
                .otherwise(pl.lit("")),
            ),
        )
    )
    rows = pl.DataFrame({"row": np.arange(found.height)})
    return rows.join(words, on="row", how="left", maintain_order="left")["shared"]


def reasons_of_pairs(
    scores: Scores, pairs: Pairs, joined: "ndarray", numbered: "ndarray"
) -> pl.DataFrame:
    """Return for each group that joined another what the two most alike have in common.

    Args:
        scores: of the pairs, before any group joined another.
        pairs: pairs of groups.
        joined: the group that each group is in at the end.
        numbered: what `seed` says of each group.

    Returns:
        Columns `seed`, `alike`.
    """
    within = np.flatnonzero(joined[pairs.left] == joined[pairs.right])
    kinds = {
        "coauthors": scores.coauthors,
        "titles": scores.titles,
        "affiliations": scores.affiliations,
        "venue": scores.venues,
    }
    both = pl.DataFrame(
        {"evidence": scores.evidence[within]} | {kind: of[within] for kind, of in kinds.items()}
    )
    said = pl.concat_list(
        pl.when(pl.col(kind) >= _NAMED_FROM).then(pl.lit(kind)) for kind in kinds
    ).list.drop_nulls()
    both = both.with_columns(said=said).select(
        "evidence",
        alike=pl.when(pl.col("said").list.len() > 0).then(
            pl.format("like other papers of the author: {}", pl.col("said").list.join(", "))
        ),
    )
    ends = [
        both.with_columns(seed=pl.Series(numbered[side[within]]), other=pl.Series(other[within]))
        for side, other in ((pairs.left, pairs.right), (pairs.right, pairs.left))
    ]
    return (
        pl.concat(ends)
        .sort("seed", "evidence", "other", descending=[False, True, False])
        .unique("seed", keep="first", maintain_order=True)
        .select("seed", "alike")
    )
