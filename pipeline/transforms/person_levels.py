"""How sure it is whose a mention is, and why, in words.

What belongs here: the level and the reason of each mention, once it is known whose it is. What does
not: finding that out (`persons`).
"""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pipeline.transforms.person_evidence import Pairs, Scores
from pipeline.transforms.shared_coauthors import Ties
from pipeline.transforms.sparse_rows import distinct, run_starts

if TYPE_CHECKING:
    from numpy import ndarray

# The surest first.
LEVELS = ("verified", "probable", "name_only")
# Coauthors that a reason names; more would not fit on a line.
_MOST_NAMED = 3
# What papers must speak in all (log odds) to be more than the name.
_LEAST_EVIDENCE = 0.5
# Mentions whose reasons are put into words at a time: what this bounds is memory.
_SLICE = 500_000


def levelled(found: pl.DataFrame, ties: Ties, alike: pl.DataFrame) -> pl.DataFrame:
    """Return how sure each mention is, and why.

    Args:
        found: the mentions in the order that ties speak of: columns `mention_id`, `paper_id`,
            `author_order`, `author_name`,
            `name` (numbered as they come), `homonym_id`, `number` (-1: none), `is_alone`, `seed`
            (whom numbers and sure coauthors tie together), `author`, and where the author spells
            the name otherwise, `met_as` (how) and `in_common` (kinds of evidence).
        ties: the pairs of mentions that share coauthors.
        alike: columns `seed`, `alike`: in words, what a group has in common with another one of
            its author.

    Returns:
        Columns `mention_id`, `paper_id`, `author_order`, `author`, `identity_level`,
        `identity_reason`:

        - `verified`: a homonym number, or coauthors that tie the mention to the largest group of
          its author (one with a number before all others);
        - `probable`: the mention is in another group of its author, and their papers are alike;
        - `name_only`: little but the name says whose it is, or the author has no other mention.
    """
    name, number, seed, author = (
        found[column].to_numpy() for column in ("name", "number", "seed", "author")
    )
    shown = found.with_columns(
        is_core=pl.Series(_is_core(number, seed, author)),
        has_more=pl.Series(np.bincount(author)[author] > 1) if len(author) else False,
        is_shared=pl.Series(np.bincount(name)[name] > 1) if len(name) else False,
        shared=_shared_names(found["author_name"], name, seed, ties),
        by_number=pl.format(
            "number {} is the only one of the name, and nothing speaks against it",
            pl.col("homonym_id").max().over("author"),
        ),
    ).join(alike, on="seed", how="left", maintain_order="left")
    return pl.concat([_worded(part) for part in shown.iter_slices(_SLICE)] or [_worded(shown)])


def _worded(shown: pl.DataFrame) -> pl.DataFrame:
    """Return level and reason of mentions, by all that is known of each."""
    is_numbered = pl.col("number") >= 0
    is_respelt = pl.col("in_common").list.len() > 0
    return shown.select(
        "mention_id",
        "paper_id",
        "author_order",
        "author",
        identity_level=pl.when(is_numbered | pl.col("is_core"))
        .then(pl.lit("verified"))
        .when(is_respelt | pl.col("alike").is_not_null())
        .then(pl.lit("probable"))
        .otherwise(pl.lit("name_only")),
        identity_reason=pl.when(is_numbered)
        .then(pl.format("number {} of the name", "homonym_id"))
        .when(pl.col("is_core") & pl.col("shared").is_not_null())
        .then("shared")
        .when(is_respelt)
        .then(
            pl.format(
                "{} in common with {}, which may be the same name",
                pl.col("in_common").list.join(", "),
                "met_as",
            )
        )
        .when("has_more")
        .then(
            pl.coalesce(
                "alike",
                "by_number",
                pl.lit("little but the name, which is rare, ties it to the author's other papers"),
            )
        )
        .when("is_alone")
        .then(pl.lit("the paper names two of that name"))
        .when("is_shared")
        .then(pl.lit("too little in common with other papers of that name"))
        .otherwise(pl.lit("the only paper of that name")),
    )


def _is_core(number: "ndarray", seed: "ndarray", author: "ndarray") -> "ndarray":
    """Mark the mentions in the largest group of their author, if it is of more than one."""
    n_seeds = int(seed.max()) + 1 if len(seed) else 0
    size = np.bincount(seed, minlength=n_seeds)
    has_number, of_author = np.zeros(n_seeds, bool), np.zeros(n_seeds, np.int64)
    has_number[seed[number >= 0]] = True
    of_author[seed] = author
    order = np.lexsort((np.arange(n_seeds), -size, ~has_number, of_author))
    is_first = run_starts(of_author[order]) == np.arange(n_seeds)
    is_largest = np.zeros(n_seeds, bool)
    is_largest[order[is_first]] = True
    return (is_largest & (size > 1))[seed]


def _shared_names(spelling: pl.Series, name: "ndarray", seed: "ndarray", ties: Ties) -> pl.Series:
    """Return for each mention in words which coauthors tie it to others of its group."""
    within = np.flatnonzero(seed[ties.left] == seed[ties.right])
    n_names = int(name.max()) + 1 if len(name) else 1
    ends = np.r_[ties.left[within], ties.right[within]].astype(np.int64)
    shared = distinct(ends * n_names + np.r_[ties.coauthor[within], ties.coauthor[within]])
    row, coauthor = shared // n_names, shared % n_names
    place = np.arange(len(row)) - run_starts(row)
    n_shared = np.bincount(row, minlength=len(name))
    # A name is spelt as it was met first.
    first_met = np.full(n_names, 0)
    first_met[name[::-1]] = np.arange(len(name))[::-1]
    rows = distinct(row)
    columns = {"n": pl.Series(n_shared[rows], dtype=pl.Int64)}
    for n in range(_MOST_NAMED):
        met = np.full(len(name), -1)
        met[row[place == n]] = first_met[coauthor[place == n]]
        columns[f"name_{n}"] = _spelt(spelling, met[rows])
    parts = pl.DataFrame(columns).iter_slices(_SLICE)
    words = pl.concat([_words_of(part) for part in parts] or [pl.Series([], dtype=pl.String)])
    place_of = np.full(len(name), -1)
    place_of[rows] = np.arange(len(rows))
    return _spelt(words, place_of)


def _words_of(shared: pl.DataFrame) -> pl.Series:
    """Say which coauthors are shared: `n`, and the names of the first ones."""
    more = pl.col("n") - _MOST_NAMED
    return shared.select(
        pl.format(
            "shares the coauthor{} {}{}",
            pl.when(pl.col("n") > 1).then(pl.lit("s")).otherwise(pl.lit("")),
            pl.concat_str(pl.exclude("n"), separator=", ", ignore_nulls=True),
            pl.when(more > 0).then(pl.format(" and {} more", more)).otherwise(pl.lit("")),
        )
    ).to_series()


def _spelt(texts: pl.Series, places: "ndarray") -> pl.Series:
    """Return the texts in some places; NULL for -1."""
    known = pl.DataFrame({"place": places}).select(pl.when(pl.col("place") >= 0).then("place"))
    return texts.gather(known.to_series())


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
    both = pl.DataFrame(
        {"evidence": scores.evidence[within], "said": scores.in_common().gather(within)}
    ).select(
        "evidence",
        alike=pl.when(pl.col("said").list.len() > 0)
        .then(pl.format("like other papers of the author: {}", pl.col("said").list.join(", ")))
        .when(pl.col("evidence") >= _LEAST_EVIDENCE)
        .then(pl.lit("like other papers of the author, a little in several ways")),
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
