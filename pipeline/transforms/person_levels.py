"""How sure it is whose a mention is, and why, in words.

What belongs here: the level and the reason of each mention, once it is known whose it is. What does
not: finding that out (`persons`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pipeline.transforms.coded_values import as_they_come
from pipeline.transforms.person_evidence import Pairs, Scores
from pipeline.transforms.shared_coauthors import Ties
from pipeline.transforms.sparse_rows import distinct, run_starts

if TYPE_CHECKING:
    from numpy import ndarray

# The surest first.
LEVELS = ("verified", "probable", "name_only")
LEVEL = pl.Enum(LEVELS)
# Coauthors that a reason names; more would not fit on a line.
_MOST_NAMED = 3
_SHARED = {"place": pl.Int32, "shared": pl.String}
_ALIKE = {"seed": pl.Int32, "alike": pl.String}
# What papers must speak in all (log odds) to be more than the name.
_LEAST_EVIDENCE = 0.5
# Mentions whose reasons are put into words at a time: what this bounds is memory.
_SLICE = 500_000


@dataclass(frozen=True, slots=True)
class GroupReasons:
    """What puts mentions together, in words.

    Attributes:
        shared: columns `place` (of a mention among all), `shared`: which coauthors tie it to others
            of its group.
        alike: columns `seed` (a group), `alike`: what it has in common with another one of its
            author.
    """

    shared: pl.DataFrame
    alike: pl.DataFrame

    @staticmethod
    def of(parts: "Sequence[GroupReasons]") -> "GroupReasons":
        """Put the reasons of several parts of all mentions together."""
        return GroupReasons(
            pl.concat([pl.DataFrame(schema=_SHARED), *(part.shared for part in parts)]),
            pl.concat([pl.DataFrame(schema=_ALIKE), *(part.alike for part in parts)]),
        )


def levelled(found: pl.DataFrame, reasons: GroupReasons, met: pl.DataFrame) -> pl.DataFrame:
    """Return how sure each mention is, and why.

    Args:
        found: all mentions by paper and place: columns `mention_id`, `paper_id`, `author_order`,
            `name` (numbered as they come), `homonym_id`, `number` (-1: none), `is_alone`, `seed`
            (whom numbers and sure coauthors tie together: the place of the first), `before` (the
            author among those of the name) and `author`.
        reasons: what ties mentions to groups, and groups to authors.
        met: authors who spell the name otherwise than those they joined: columns `before`,
            `met_as` (how these spell it) and `in_common` (kinds of evidence).

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
        has_more=pl.Series(_are_several(author)),
        is_shared=pl.Series(_are_several(name)),
        shared=_places_among(reasons.shared["place"], found.height),
    )
    texts = {
        "seed": reasons.alike,
        "before": _met_otherwise(met),
        "author": _by_number(found),
    }
    return pl.concat(
        _worded(part, reasons.shared["shared"], texts)
        for part in (shown.iter_slices(_SLICE) if found.height else [shown])
    )


def _are_several(values: "ndarray") -> "ndarray":
    return (np.bincount(values, minlength=1) > 1)[values]


def _met_otherwise(met: pl.DataFrame) -> pl.DataFrame:
    """Return why authors joined those who spell the name otherwise: before, met."""
    said = pl.format("{} in common with {}, which may be the same name", "in_common", "met_as")
    # Little of many kinds is none that could be named.
    named = met.filter(pl.col("in_common") != "")
    return named.select(pl.col("before").cast(pl.Int32), met=said)


def _by_number(found: pl.DataFrame) -> pl.DataFrame:
    """Return why mentions without a number are those of authors with one: author, by_number."""
    said = "number {} is the only one of the name, and nothing speaks against it"
    return (
        found.filter(pl.col("homonym_id").is_not_null())
        .group_by("author")
        .agg(by_number=pl.format(said, pl.col("homonym_id").cast(pl.String).max()))
    )


def _worded(
    shown: pl.DataFrame, shared: pl.Series, texts: "Mapping[str, pl.DataFrame]"
) -> pl.DataFrame:
    """Return level and reason of mentions, by all that is known of each.

    Args:
        shown: mentions; their column `shared` says where in the next one theirs stands.
        shared: which coauthors tie mentions to others.
        texts: reasons, by the column that says whose they are.
    """
    shown = shown.with_columns(shared=shared.gather(shown["shared"]))
    for on, said in texts.items():
        shown = shown.join(said, on=on, how="left", maintain_order="left")
    is_numbered = pl.col("number") >= 0
    is_respelt = pl.col("met").is_not_null()
    return shown.select(
        "mention_id",
        "paper_id",
        "author_order",
        "author",
        identity_level=pl.when(is_numbered | pl.col("is_core"))
        .then(pl.lit("verified", LEVEL))
        .when(is_respelt | pl.col("alike").is_not_null())
        .then(pl.lit("probable", LEVEL))
        .otherwise(pl.lit("name_only", LEVEL)),
        identity_reason=pl.when(is_numbered)
        .then(pl.format("number {} of the name", pl.col("homonym_id").cast(pl.String)))
        .when(pl.col("is_core") & pl.col("shared").is_not_null())
        .then("shared")
        .when(is_respelt)
        .then("met")
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
    seed, first = as_they_come(seed)
    n_seeds = len(first)
    size = np.bincount(seed, minlength=n_seeds)
    has_number, of_author = np.zeros(n_seeds, bool), author[first]
    has_number[seed[number >= 0]] = True
    order = np.lexsort((np.arange(n_seeds), -size, ~has_number, of_author))
    is_first = run_starts(of_author[order]) == np.arange(n_seeds)
    is_largest = np.zeros(n_seeds, bool)
    is_largest[order[is_first]] = True
    return (is_largest & (size > 1))[seed]


def shared_names(
    spellings: pl.Series, places: "ndarray", seed: "ndarray", ties: Ties
) -> pl.DataFrame:
    """Return for mentions in words which coauthors tie them to others of their group.

    Args:
        spellings: how each name is spelt.
        places: of each mention among all.
        seed: the group of each.
        ties: the pairs of mentions that share coauthors.

    Returns:
        Columns `place`, `shared`; mentions that nothing ties are left out.
    """
    within = np.flatnonzero(seed[ties.left] == seed[ties.right])
    ends = np.r_[ties.left[within], ties.right[within]].astype(np.int64)
    shared = distinct(ends * len(spellings) + np.r_[ties.coauthor[within], ties.coauthor[within]])
    row, coauthor = np.divmod(shared, max(1, len(spellings)))
    first = np.flatnonzero(np.diff(row, prepend=-1))
    n_shared = np.diff(first, append=len(row))
    columns = {"n": pl.Series(n_shared)}
    for n in range(_MOST_NAMED):
        named = np.where(n < n_shared, coauthor[np.minimum(first + n, len(row) - 1)], -1)
        columns[f"name_{n}"] = _spelt(spellings, named)
    return pl.DataFrame(
        {"place": places[row[first]], "shared": _words_of(pl.DataFrame(columns))}, schema=_SHARED
    )


def _places_among(places: pl.Series, height: int) -> pl.Series:
    """Return for each of so many rows where in a list of places its own stands; NULL: nowhere."""
    place_of = np.full(height, -1, np.int32)
    place_of[places.to_numpy()] = np.arange(len(places))
    return pl.Series(place_of).replace(-1, None)


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
        both.with_columns(
            seed=pl.Series(numbered[side[within]], dtype=pl.Int32), other=pl.Series(other[within])
        )
        for side, other in ((pairs.left, pairs.right), (pairs.right, pairs.left))
    ]
    return (
        pl.concat(ends)
        .sort("seed", "evidence", "other", descending=[False, True, False])
        .unique("seed", keep="first", maintain_order=True)
        .select("seed", "alike")
    )
