"""Why mentions are one person's, in words, and the levels of how sure it is whose they are.

What belongs here: the words for what ties mentions to groups, and groups to persons. What does not:
the level and the reason of each mention (`sql/people/persons.sql`), finding out whose it is
(`namesakes`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pipeline.transforms.person_evidence import Pairs, Scores
from pipeline.transforms.shared_coauthors import Ties
from pipeline.transforms.sparse_rows import distinct

if TYPE_CHECKING:
    from numpy import ndarray

# The surest first.
LEVELS = ("verified", "probable", "name_only")
# Coauthors that a reason names; more would not fit on a line.
_MOST_NAMED = 3
_SHARED = {"place": pl.Int32, "shared": pl.String}
_ALIKE = {"seed": pl.Int32, "alike": pl.String}
# What papers must speak in all (log odds) to be more than the name.
_LEAST_EVIDENCE = 0.5


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
