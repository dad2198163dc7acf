"""Which topics the words of a paper stand for, where no phrase names them.

What belongs here: weighing what `topic_words` adds up, beside what phrases have found. What does
not: the weights of words (`sql/reference/topic_words.csv`), phrases (`topics`).
"""

import polars as pl

from pipeline.transforms.topic_words import strongest_words, topic_scores

_BATCH = 10_000  # papers looked at in one go; bounds the memory
# So many topics of a paper are looked at, the ones that most is said of.
_MOST_LIKELY = 30
# From what probability on a topic counts, and how many of a paper at most.
_LEAST = 0.3
_MOST = 3
# The log odds that a topic without a phrase is central to a paper: a logistic model, fitted on
# labelled papers by `training/topic_words.py` on top of the weights of words, which prints it.
ODDS = {
    "base": -0.475,
    "score": 0.345,
    "log_score": 1.0,
    "rank": -0.754,
    "margin": 0.181,
    "is_mentioned": 0.58,
    "is_in_field": 0.559,
}
# Below this the log of a score says nothing more.
_LEAST_SCORE = 0.05


def word_topics(
    papers: pl.DataFrame,
    weights: pl.DataFrame,
    fields: pl.DataFrame,
    found: pl.DataFrame,
    mentioned: pl.DataFrame,
) -> pl.DataFrame:
    """Return the topics that words alone say enough of.

    A topic has the log odds of its base, its score and the log of it, how many topics of the paper
    have more, how far it is behind the first, whether a phrase of it is there in passing, and
    whether a phrase has found its field.

    Args:
        papers: columns `paper`, `title`, `abstract`.
        weights: columns `topic_id`, `word`, `weight` in hundredths.
        fields: columns `topic_id`, `field_id`.
        found: columns `paper`, `topic_id` (found by phrases), `field_id`.
        mentioned: columns `paper`, `topic_id` of all phrases.

    Returns:
        Columns `paper`, `topic_id`, `probability`, `matched_text`.
    """
    if weights.is_empty() or papers.is_empty():
        names = {"topic_id": pl.String, "probability": pl.Float64, "matched_text": pl.String}
        return (
            papers.select("paper")
            .clear()
            .with_columns(pl.lit(None, dtype).alias(name) for name, dtype in names.items())
        )
    parts = [
        _likely(part, weights, fields, found, mentioned) for part in papers.iter_slices(_BATCH)
    ]
    return pl.concat(parts)


def candidates(papers: pl.DataFrame, weights: pl.DataFrame, fields: pl.DataFrame) -> pl.DataFrame:
    """Return the topics below the fields that most is said of by words.

    Args:
        papers: columns `paper`, `title`, `abstract`.
        weights: see `word_topics`.
        fields: see `word_topics`.

    Returns:
        Columns `paper`, `topic_id`, `field_id`, `base`, `score`, `rank` (0 for the first),
        `margin` (to the first, at most 0).
    """
    import numpy as np

    below = fields.filter(pl.col("topic_id") != pl.col("field_id")).sort("topic_id")
    known = weights.select("topic_id").unique()
    below = below.join(known, on="topic_id", how="semi", maintain_order="left")
    scores, bases = topic_scores(papers, weights, below["topic_id"].to_list())
    n = min(_MOST_LIKELY, scores.shape[1])
    # Stable, so that of equals the first id goes first.
    order = np.argsort(-scores, axis=1, kind="stable")[:, :n]
    best = np.take_along_axis(scores, order, axis=1)
    return pl.DataFrame(
        {
            "paper": papers["paper"].to_numpy().repeat(n),
            "topic_id": below["topic_id"].gather(order.ravel()),
            "field_id": below["field_id"].gather(order.ravel()),
            "base": bases[order.ravel()],
            "score": best.ravel(),
            "rank": np.tile(np.arange(n), len(papers)),
            "margin": (best - best[:, :1]).ravel(),
        }
    ).filter(pl.col("score") > 0)


def marked(likely: pl.DataFrame, found: pl.DataFrame, mentioned: pl.DataFrame) -> pl.DataFrame:
    """Mark which candidates phrases have found, mentioned, and whose field they have found."""
    is_true = pl.lit(value=True)
    own = found.select("paper", "topic_id", is_found=is_true).unique()
    named = mentioned.select("paper", "topic_id", is_mentioned=is_true).unique()
    of_field = found.select("paper", "field_id", is_in_field=is_true).unique()
    marks = ("is_found", "is_mentioned", "is_in_field")
    return (
        likely.join(own, on=["paper", "topic_id"], how="left", maintain_order="left")
        .join(named, on=["paper", "topic_id"], how="left", maintain_order="left")
        .join(of_field, on=["paper", "field_id"], how="left", maintain_order="left")
        .with_columns(pl.col(marks).fill_null(value=False))
    )


def evidence() -> dict[str, pl.Expr]:
    """Return what speaks for a candidate, by its name in `ODDS`."""
    return {
        "base": pl.lit(1.0),
        "score": pl.col("score"),
        "log_score": pl.max_horizontal("score", pl.lit(_LEAST_SCORE)).log(),
        "rank": (1 + pl.col("rank")).log(),
        "margin": pl.col("margin"),
        "is_mentioned": pl.col("is_mentioned").cast(pl.Float64),
        "is_in_field": pl.col("is_in_field").cast(pl.Float64),
    }


def _likely(
    papers: pl.DataFrame,
    weights: pl.DataFrame,
    fields: pl.DataFrame,
    found: pl.DataFrame,
    mentioned: pl.DataFrame,
) -> pl.DataFrame:
    likely = marked(candidates(papers, weights, fields), found, mentioned)
    said = evidence()
    odds = pl.sum_horizontal("base", *(odd * said[name] for name, odd in ODDS.items()))
    kept = (
        likely.filter(~pl.col("is_found"))
        .with_columns(probability=(1 / (1 + (-odds).exp())).round(4))
        .filter(pl.col("probability") >= _LEAST)
        .sort("paper", "probability", "topic_id", descending=[False, True, False])
        .group_by("paper", maintain_order=True)
        .head(_MOST)
        .select("paper", "topic_id", "probability")
    )
    return kept.join(
        strongest_words(papers, kept, weights), on=["paper", "topic_id"], maintain_order="left"
    )
