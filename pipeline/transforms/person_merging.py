"""Joining groups of mentions of one name while more speaks for one person than against.

What belongs here: which groups join, in which order, and what keeps them apart. What does not: what
speaks for two being one (`person_evidence`).
"""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pipeline.transforms.person_evidence import Evidence, Pairs

if TYPE_CHECKING:
    from numpy import ndarray


def merge(evidence: Evidence, pairs: Pairs) -> None:
    """Join groups in place (`evidence.joined`) until no two are likelier one person than two.

    Groups join that are each other's best, all such pairs at once (reciprocal nearest neighbours,
    de Rham 1980); what their papers show is pooled, and compared anew. Ties go by the numbers of
    groups, so the result does not depend on the order of pairs.
    """
    scores = np.full(len(pairs.left), -np.inf)
    due = np.ones(len(pairs.left), bool)
    while due.any():
        scores[due] = evidence.scores(pairs.take(due)).total
        left, right = _best_pairs(pairs, scores)
        becomes = np.arange(len(evidence.block))
        becomes[right] = left
        evidence.follow(becomes)
        pairs, scores, due = _followed(pairs, scores, becomes, left)


def _best_pairs(pairs: Pairs, scores: "ndarray") -> tuple["ndarray", "ndarray"]:
    """Return the pairs of positive score that are the best of both their groups."""
    likely = np.flatnonzero(scores > 0)
    order = likely[np.lexsort((pairs.right[likely], pairs.left[likely], -scores[likely]))]
    left, right = pairs.left[order], pairs.right[order]
    place = np.arange(len(order))
    best = np.full(int(right.max()) + 1 if len(right) else 0, len(order))
    np.minimum.at(best, left, place)
    np.minimum.at(best, right, place)
    mutual = (best[left] == place) & (best[right] == place)
    return left[mutual], right[mutual]


def _followed(
    pairs: Pairs, scores: "ndarray", becomes: "ndarray", joined: "ndarray"
) -> tuple[Pairs, "ndarray", "ndarray"]:
    """Return the pairs between the groups of now, their scores, and which are to be scored anew."""
    one, other = becomes[pairs.left], becomes[pairs.right]
    followed = (
        pl.DataFrame(
            {
                "left": np.minimum(one, other),
                "right": np.maximum(one, other),
                "likeness": pairs.likeness,
                "coauthors": pairs.coauthors,
                "score": scores,
            }
        )
        .filter(pl.col("left") != pl.col("right"))
        .group_by("left", "right")
        .agg(pl.col("likeness").max(), pl.col("coauthors").sum(), pl.col("score").max())
        .sort("left", "right")
    )
    columns = [followed[name].to_numpy() for name in followed.columns]
    has_joined = np.zeros(len(becomes), bool)
    has_joined[joined] = True
    return Pairs(*columns[:4]), columns[4].copy(), has_joined[columns[0]] | has_joined[columns[1]]
