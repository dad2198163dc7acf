"""Which topics a paper is about, by its phrases and by all its words together.

What belongs here: weighing what `topic_words` adds up beside what phrases say. What does not: the
weights of words (`sql/reference/topic_words.csv`), finding phrases (`topic_mentions`).
"""

import math
from typing import TYPE_CHECKING

import polars as pl

from pipeline.transforms.topic_words import WordWeights

if TYPE_CHECKING:
    import numpy as np

# So many topics of a paper are looked at, the ones that its words say most of.
_MOST_LIKELY = 30
# From what probability on a topic counts, and how many of a paper at most without a phrase.
_LEAST = 0.7
_MOST = 4
# One word alone may mean anything: letters to editors are no words of formal languages.
LEAST_WORDS = 2
# The log odds that a topic is rightly given to a paper: a logistic model, fitted on labelled papers
# by `training/topic_words.py` on top of the weights of words, which prints it.
ODDS = {
    "score": 0.181,
    "margin": 0.079,
    "behind": -0.265,
    "is_named": -0.402,
    "is_strong": 1.045,
    "in_title": 0.684,
    "is_sure": 0.073,
    "is_field": 1.357,
    "is_area": 0.949,
    "rank": -1.307,
    "n_below": 1.257,
    "score_named": 0.091,
    "rank_named": 0.746,
    "area_named": -0.514,
}
# What phrases say of a topic; without one none of it is so.
_MARKS = ("is_named", "is_strong", "in_title", "is_sure")
# What a topic is, whatever is said of it.
_KINDS = ("is_field", "is_area")
# Scores beyond, and what is farther behind the first topic or the main field, say no more.
_MOST_SCORE, _MOST_MARGIN, _MOST_BEHIND = 12.0, 12.0, 4.0
# More topics named below one say no more of it.
_MOST_BELOW = 3


def topic_kinds(paths: pl.DataFrame) -> pl.DataFrame:
    """Return the field of each topic, and whether there are topics below it.

    Args:
        paths: what `topics.topic_paths` returns.

    Returns:
        Columns `topic_id`, `field_id`, `is_area`, sorted.
    """
    above = paths.filter(pl.col("topic_id") != pl.col("above_id"))["above_id"]
    is_area = pl.col("topic_id").is_in(above.unique().implode())
    kinds = paths.select("topic_id", "field_id").unique().sort("topic_id")
    return kinds.with_columns(is_area=is_area)


def candidates(
    amounts: pl.DataFrame,
    n_papers: int,
    weights: WordWeights,
    paths: pl.DataFrame,
    mentioned: pl.DataFrame,
    least: float = -math.inf,
) -> pl.DataFrame:
    """Return the topics that words or phrases say something of.

    Args:
        amounts: see `topic_words.WordWeights.scores`.
        n_papers: how many papers there are, numbered from 0.
        weights: what words say of topics, those of `topic_kinds(paths)` in that order.
        paths: what `topics.topic_paths` returns.
        mentioned: columns `paper`, `topic_id`, `field_id`, `behind`, `is_strong`, `in_title`,
            `is_sure`, of the topics that phrases name, see `topic_mentions.named_topics`.
        least: topics that no phrase names and whose odds cannot be so much may be left out.

    Returns:
        Columns `paper`, `topic_id`, `base`, and what `evidence` is made of: `score`, `rank` (0 for
        the first), `margin` (to the first, at most 0), `behind`, `is_named`, what else `mentioned`
        has, `n_below` (how many topics below it phrases name), `is_field`, `is_area`; sorted by
        paper and rank.
    """
    import numpy as np

    topics = topic_kinds(paths).with_columns(is_field=pl.col("topic_id") == pl.col("field_id"))
    topics = topics.with_row_index("topic")
    has_words = ~np.isneginf(weights.bases)
    bases = np.where(has_words, weights.bases, 0)
    scores = weights.scores(amounts, n_papers)
    scores[:, ~has_words] = 0
    np.clip(scores, 0, _MOST_SCORE, out=scores)
    named = mentioned.join(topics.select("topic_id", "topic"), on="topic_id")
    below = _named_below(named, paths).join(topics.select("topic_id", "topic"), on="topic_id")
    kept = np.zeros(scores.shape, dtype=bool)
    for rows in (named, below):
        kept[rows["paper"].to_numpy(), rows["topic"].to_numpy()] = True
    marks = named.select("paper", "topic", *_MARKS[1:], is_named=pl.lit(value=True))
    found = (
        _likely(scores, _most_odds(topics, bases), kept, least)
        .join(marks, on=["paper", "topic"], how="full", coalesce=True)
        .with_columns(
            pl.col("rank").fill_null(min(_MOST_LIKELY, len(topics))),
            pl.col(_MARKS).fill_null(value=False),
        )
    )
    places = found["paper"].to_numpy(), found["topic"].to_numpy()
    found = found.with_columns(
        base=bases[places[1]],
        score=scores[places],
        margin=(scores[places] - scores.max(axis=1, initial=0)[places[0]]).clip(-_MOST_MARGIN, 0),
    )
    found = pl.concat([found, topics.drop("topic")[found["topic"]]], how="horizontal")
    fields = named.select("paper", "field_id", "behind").unique().drop_nulls()
    behind = pl.col("behind").fill_null(_MOST_BEHIND).clip(0, _MOST_BEHIND)
    return (
        found.join(fields, on=["paper", "field_id"], how="left")
        .join(below.select("paper", "topic", "n_below"), on=["paper", "topic"], how="left")
        .with_columns(pl.col("n_below").fill_null(0), behind=behind)
        .sort("paper", "rank", "topic")
        .drop("topic")
    )


def _likely(
    scores: "np.ndarray", most: "np.ndarray", kept: "np.ndarray", least: float
) -> pl.DataFrame:
    """Return the topics that the words of papers say most of: `paper`, `topic`, `rank`.

    Args:
        scores: what words say, papers by topics.
        most: of each topic what all else may say of one that no phrase names.
        kept: the topics that are not left out.
        least: the odds that others must be able to have.
    """
    import numpy as np

    first = _first_topics(scores)
    said = np.take_along_axis(scores, first, axis=1)
    odds = most[first] + ODDS["score"] * said
    odds += ODDS["margin"] * (said - said[:, :1]).clip(-_MOST_MARGIN, 0)
    odds += ODDS["rank"] * np.log(1 + np.arange(first.shape[1]))
    is_asked = (said > 0) & ((odds >= least) | np.take_along_axis(kept, first, axis=1))
    papers, ranks = np.nonzero(is_asked)
    topics = first[is_asked].astype(np.uint32)
    return pl.DataFrame({"paper": papers.astype(np.uint32), "topic": topics, "rank": ranks})


def _first_topics(scores: "np.ndarray") -> "np.ndarray":
    """Return the topics of the highest scores, the first first; of equals the first id goes first.

    Scores are whole millionths: with the topic behind them, a number tells the order.
    """
    import numpy as np

    n_topics = scores.shape[1]
    keys = np.rint((_MOST_SCORE - scores) * 1e6).astype(np.int64)
    keys = keys * n_topics + np.arange(n_topics)
    if n_topics > _MOST_LIKELY:
        keys = np.partition(keys, _MOST_LIKELY - 1, axis=1)[:, :_MOST_LIKELY]
    return np.sort(keys, axis=1) % max(n_topics, 1)


def _most_odds(topics: pl.DataFrame, bases: "np.ndarray") -> "np.ndarray":
    """Return what may speak for topics that no phrase names, beyond what words say of them."""
    behind = max(0, ODDS["behind"] * _MOST_BEHIND)
    return bases + behind + sum(ODDS[name] * topics[name].to_numpy() for name in _KINDS)


def _named_below(named: pl.DataFrame, paths: pl.DataFrame) -> pl.DataFrame:
    """Return how many topics below others are named: `paper`, `topic_id`, `n_below`."""
    above = paths.filter(pl.col("topic_id") != pl.col("above_id")).select("topic_id", "above_id")
    return (
        named.join(above, on="topic_id")
        .group_by("paper", topic_id="above_id")
        .agg(n_below=pl.len().clip(0, _MOST_BELOW))
    )


def evidence() -> dict[str, pl.Expr]:
    """Return what speaks for a candidate, by its name in `ODDS`."""
    said = {name: pl.col(name).cast(pl.Float64) for name in ("score", "margin", "behind")}
    said |= {name: pl.col(name).cast(pl.Float64) for name in (*_MARKS, *_KINDS)}
    rank = (1 + pl.col("rank")).log()
    return {
        **said,
        "rank": rank,
        "n_below": pl.col("n_below").cast(pl.Float64),
        "score_named": said["score"] * said["is_named"],
        "rank_named": rank * said["is_named"],
        "area_named": said["is_area"] * said["is_named"],
    }


def relevant_topics(
    amounts: pl.DataFrame,
    n_papers: int,
    weights: WordWeights,
    paths: pl.DataFrame,
    mentioned: pl.DataFrame,
) -> pl.DataFrame:
    """Return the topics that papers are likely about.

    Args:
        amounts: see `candidates`.
        n_papers: see `candidates`; few enough for a table of all topics.
        weights: see `candidates`.
        paths: see `candidates`.
        mentioned: see `candidates`.

    Returns:
        Columns `paper`, `topic_id`, `probability`, `is_named` (by a phrase), `matched_text` (of
        others: the words that say most of it), in the order of the papers.
    """
    # A probability is rounded.
    least = math.log(_LEAST / (1 - _LEAST)) - 0.001
    found = candidates(amounts, n_papers, weights, paths, mentioned, least)
    said = evidence()
    odds = pl.sum_horizontal("base", *(odd * said[name] for name, odd in ODDS.items()))
    likely = (
        found.select("paper", "topic_id", "is_named", odds=odds)
        .with_columns(probability=(1 / (1 + (-pl.col("odds")).exp())).round(4))
        .filter(pl.col("probability") >= _LEAST)
        .drop("odds")
    )
    alone = likely.filter(~pl.col("is_named"))
    shown = weights.strongest(amounts, alone.select("paper", "topic_id"))
    alone = (
        alone.join(shown.filter(pl.col("n_words") >= LEAST_WORDS), on=["paper", "topic_id"])
        .sort("paper", "probability", "topic_id", descending=[False, True, False])
        .group_by("paper", maintain_order=True)
        .head(_MOST)
        .select(*likely.columns, "matched_text")
    )
    likely = likely.filter("is_named").with_columns(matched_text=pl.lit(None, pl.String))
    return pl.concat([likely, alone]).sort("paper", "topic_id")
