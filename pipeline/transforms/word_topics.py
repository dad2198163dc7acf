"""Which topics the words of a paper stand for, where no phrase names them.

What belongs here: weighing what `topic_words` adds up, beside what phrases have found. What does
not: the weights of words (`sql/reference/topic_words.csv`), phrases (`topics`).
"""

import math

import polars as pl

from pipeline.transforms.topic_words import (
    strongest_words,
    topic_scores,
    word_amounts,
    words_of,
)

_BATCH = 10_000  # papers looked at in one go; bounds the memory
# So many topics of a paper are looked at, the ones that most is said of.
_MOST_LIKELY = 30
# From what probability on a topic counts, and how many of a paper at most.
_LEAST = 0.2
_LEAST_ODDS = math.log(_LEAST / (1 - _LEAST))
_MOST = 3
# One word alone may mean anything: letters to editors are no words of formal languages.
_LEAST_WORDS = 2
# How many topics of a paper its words say most of.
_FIRST = 4
# The log odds that a topic without a phrase is central to a paper: a logistic model, fitted on
# labelled papers by `training/topic_words.py` on top of the weights of words, which prints it.
ODDS = {
    "base": -0.439,
    "score": 0.345,
    "log_score": 0.696,
    "rank": -0.901,
    "margin": 0.204,
    "is_mentioned": 1.07,
    "is_in_field": 0.421,
}
# Of these what phrases say of the paper.
MARKS = ("is_mentioned", "is_in_field")
# Below this the log of a score says nothing more.
_LEAST_SCORE = 0.05


def word_topics(
    papers: pl.DataFrame,
    weights: pl.DataFrame,
    fields: pl.DataFrame,
    found: pl.DataFrame,
    mentioned: pl.DataFrame,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the topics that words alone say enough of, and those that they say most of.

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
        Columns `paper`, `topic_id`, `probability`, `matched_text` of topics not found; columns
        `paper`, `topic_id` of the first topics of each paper, found or not.
    """
    if weights.is_empty() or papers.is_empty():
        names = {"topic_id": pl.String, "probability": pl.Float64, "matched_text": pl.String}
        nothing = papers.select("paper").clear()
        nothing = nothing.with_columns(pl.lit(None, names[name]).alias(name) for name in names)
        return nothing, nothing.select("paper", "topic_id")
    parts = [
        _likely(part, weights, fields, found, mentioned) for part in papers.iter_slices(_BATCH)
    ]
    likely, first = zip(*parts, strict=True)
    return pl.concat(likely), pl.concat(first)


def candidates(
    amounts: pl.DataFrame, n_papers: int, weights: pl.DataFrame, fields: pl.DataFrame
) -> pl.DataFrame:
    """Return the topics below the fields that most is said of by words.

    Args:
        amounts: see `topic_words.topic_scores`.
        n_papers: how many papers there are, numbered from 0.
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
    scores, bases = topic_scores(amounts, n_papers, weights, below["topic_id"].to_list())
    n = min(_MOST_LIKELY, scores.shape[1])
    first = np.arange(n) + np.zeros((n_papers, 1), dtype=int)
    if n < scores.shape[1]:
        first = np.sort(np.argpartition(-scores, n - 1, axis=1)[:, :n], axis=1)
    best = np.take_along_axis(scores, first, axis=1)
    # Stable, so that of equals the first id goes first.
    order = np.argsort(-best, axis=1, kind="stable")
    best, first = (np.take_along_axis(table, order, axis=1) for table in (best, first))
    return pl.DataFrame(
        {
            "paper": np.arange(n_papers, dtype=np.uint32).repeat(n),
            "topic_id": below["topic_id"].gather(first.ravel()),
            "field_id": below["field_id"].gather(first.ravel()),
            "base": bases[first.ravel()],
            "score": best.ravel(),
            "rank": np.tile(np.arange(n), n_papers),
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
    } | {name: pl.col(name).cast(pl.Float64) for name in MARKS}


def _likely(
    papers: pl.DataFrame,
    weights: pl.DataFrame,
    fields: pl.DataFrame,
    found: pl.DataFrame,
    mentioned: pl.DataFrame,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the topics of some papers, see `word_topics`."""
    numbers = papers.select("paper").with_row_index("n")
    papers = papers.with_columns(paper=numbers["n"])
    found, mentioned = (
        rows.join(numbers, on="paper").drop("paper").rename({"n": "paper"})
        for rows in (found, mentioned)
    )
    amounts = word_amounts(papers, words_of(weights))
    said = evidence()
    odds = pl.sum_horizontal(
        "base", *(odd * said[name] for name, odd in ODDS.items() if name not in MARKS)
    )
    likely = candidates(amounts, len(papers), weights, fields).with_columns(odds=odds)
    first = likely.filter(pl.col("rank") < _FIRST).select("paper", "topic_id")
    # The marks cost time: what cannot become likely by them goes first.
    most = sum(max(ODDS[name], 0) for name in MARKS)
    likely = marked(likely.filter(pl.col("odds") + most >= _LEAST_ODDS), found, mentioned)
    odds = pl.sum_horizontal("odds", *(ODDS[name] * said[name] for name in MARKS))
    likely = (
        likely.filter(~pl.col("is_found"))
        .with_columns(probability=(1 / (1 + (-odds).exp())).round(4))
        .filter(pl.col("probability") >= _LEAST)
        .select("paper", "topic_id", "probability")
    )
    shown = strongest_words(amounts, likely, weights).filter(pl.col("n_words") >= _LEAST_WORDS)
    kept = (
        likely.join(shown.drop("n_words"), on=["paper", "topic_id"])
        .sort("paper", "probability", "topic_id", descending=[False, True, False])
        .group_by("paper", maintain_order=True)
        .head(_MOST)
    )
    of_paper = numbers["paper"]
    return (
        kept.with_columns(paper=of_paper.gather(kept["paper"])),
        first.with_columns(paper=of_paper.gather(first["paper"])),
    )
