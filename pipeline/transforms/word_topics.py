"""Which topics a paper is about, by its phrases and by all its words together.

What belongs here: weighing what `topic_words` adds up beside what phrases say. What does not: the
weights of words (`sql/reference/topic_words.csv`), finding phrases (`topic_mentions`).
"""

import polars as pl

from pipeline.transforms.topic_words import (
    strongest_words,
    topic_scores,
    word_amounts,
    words_of,
)

_BATCH = 10_000  # papers looked at in one go; bounds the memory
# So many topics of a paper are looked at, the ones that its words say most of.
_MOST_LIKELY = 30
# From what probability on a topic counts, and how many of a paper at most without a phrase.
_LEAST = 0.16
_MOST = 4
# One word alone may mean anything: letters to editors are no words of formal languages.
_LEAST_WORDS = 2
# How many topics of a paper its words say most of.
_FIRST = 4
# The log odds that a topic is central to a paper: a logistic model, fitted on labelled papers by
# `training/topic_words.py` on top of the weights of words, which prints it.
ODDS = {
    "base": -0.318,
    "score": 0.272,
    "log_score": 0.32,
    "rank": -1.036,
    "margin": 0.146,
    "behind": -0.104,
    "is_named": 0.274,
    "is_strong": 0.797,
    "in_title": 0.674,
    "rank_named": 0.651,
    "rivals_named": -0.364,
    "area_named": -1.092,
    "area": 0.154,
}
# What phrases say of a topic: without one none of it is so.
_MARKS = ("is_named", "is_strong", "in_title")
# Below this the log of a score says nothing more; farther behind the main field none is.
_LEAST_SCORE = 0.05
_MOST_BEHIND = 4.0


def topic_kinds(paths: pl.DataFrame) -> pl.DataFrame:
    """Return the field of each topic, and whether there are topics below it.

    Args:
        paths: what `topics.topic_paths` returns.

    Returns:
        Columns `topic_id`, `field_id`, `is_area`, sorted.
    """
    ids = pl.col("topic_id", "field_id").cast(pl.String)
    above = paths.filter(pl.col("topic_id") != pl.col("above_id"))["above_id"].cast(pl.String)
    is_area = pl.col("topic_id").is_in(above.unique().implode())
    return paths.select(ids).unique().sort("topic_id").with_columns(is_area=is_area)


def candidates(
    amounts: pl.DataFrame,
    n_papers: int,
    weights: pl.DataFrame,
    topics: pl.DataFrame,
    mentioned: pl.DataFrame,
    fields: pl.DataFrame,
) -> pl.DataFrame:
    """Return the topics below the fields that words or phrases say something of.

    Args:
        amounts: see `topic_words.topic_scores`.
        n_papers: how many papers there are, numbered from 0.
        weights: columns `topic_id`, `word`, `weight` in hundredths.
        topics: what `topic_kinds` returns.
        mentioned: columns `paper`, `topic_id`, `is_strong`, `in_title`, of topics
            that phrases name.
        fields: columns `paper`, `field_id`, `behind` (the main one, which is 0 behind).

    Returns:
        Columns `paper`, `topic_id`, `base`, and what `evidence` is made of: `score`, `rank` (0 for
        the first), `margin` (to the first, at most 0), `behind`, what `mentioned` has, `rivals`
        (how many topics phrases name), `is_named`, `is_area`; sorted by paper and rank.
    """
    import numpy as np

    below = topics.filter(pl.col("topic_id") != pl.col("field_id")).sort("topic_id")
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
    most = best.max(axis=1, initial=0)
    numbers = below.with_row_index("topic")
    fields = fields.join(numbers.select("field_id").unique(), on="field_id", how="semi")
    keys = ["paper", "topic"]
    likely = pl.DataFrame(
        {
            "paper": np.arange(n_papers, dtype=np.uint32).repeat(n),
            "topic": first.ravel().astype(np.uint32),
            "rank": np.tile(np.arange(n), n_papers),
        }
    ).filter(pl.Series(best.ravel() > 0))
    named = mentioned.join(numbers.select("topic_id", "topic"), on="topic_id").drop("topic_id")
    named = named.with_columns(rivals=pl.len().over("paper"), is_named=pl.lit(value=True))
    found = likely.join(named, on=keys, how="full", coalesce=True).with_columns(
        pl.col("rank").fill_null(n)
    )
    places = found["paper"].to_numpy(), found["topic"].to_numpy()
    found = found.with_columns(
        base=bases[places[1]], score=scores[places], margin=scores[places] - most[places[0]]
    )
    area = numbers.select("topic_id", "field_id", "is_area")[found["topic"]]
    found = pl.concat([found, area], how="horizontal")
    behind = pl.col("behind").fill_null(_MOST_BEHIND).clip(0, _MOST_BEHIND)
    return (
        found.join(fields, on=["paper", "field_id"], how="left")
        .with_columns(
            pl.col("rivals").fill_null(0), pl.col(_MARKS).fill_null(value=False), behind=behind
        )
        .sort("paper", "rank", "topic")
        .drop("topic")
    )


def evidence() -> dict[str, pl.Expr]:
    """Return what speaks for a candidate, by its name in `ODDS`."""
    named = pl.col("is_named").cast(pl.Float64)
    rank = (1 + pl.col("rank")).log()
    return {
        "base": pl.lit(1.0),
        "score": pl.col("score"),
        "log_score": pl.max_horizontal("score", pl.lit(_LEAST_SCORE)).log(),
        "rank": rank,
        "margin": pl.col("margin"),
        "behind": pl.col("behind"),
        "is_named": named,
        "is_strong": pl.col("is_strong").cast(pl.Float64),
        "in_title": pl.col("in_title").cast(pl.Float64),
        "rank_named": rank * named,
        "rivals_named": (1 + pl.col("rivals")).log() * named,
        "area_named": pl.col("is_area") * named,
        "area": pl.col("is_area").cast(pl.Float64),
    }


def relevant_topics(
    papers: pl.DataFrame,
    weights: pl.DataFrame,
    topics: pl.DataFrame,
    mentioned: pl.DataFrame,
    fields: pl.DataFrame,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the topics that papers are likely about, and those their words say most of.

    Args:
        papers: columns `paper`, `title`, `abstract`.
        weights: columns `topic_id`, `word`, `weight` in hundredths.
        topics: see `candidates`.
        mentioned: see `candidates`.
        fields: see `candidates`.

    Returns:
        Columns `paper`, `topic_id`, `probability`, `is_named` (by a phrase), `matched_text` (of
        others: the words that say most of it), in the order of the papers; columns `paper`,
        `topic_id` of the first topics of each paper by its words.
    """
    if weights.is_empty() or papers.is_empty():
        kinds = {"topic_id": pl.String, "probability": pl.Float64, "is_named": pl.Boolean}
        kinds["matched_text"] = pl.String
        nothing = papers.select("paper").clear()
        nothing = nothing.with_columns(pl.lit(None, kinds[name]).alias(name) for name in kinds)
        return nothing, nothing.select("paper", "topic_id")
    parts = [
        _relevant(part, weights, topics, mentioned, fields) for part in papers.iter_slices(_BATCH)
    ]
    likely, first = zip(*parts, strict=True)
    return pl.concat(likely), pl.concat(first)


def _relevant(
    papers: pl.DataFrame,
    weights: pl.DataFrame,
    topics: pl.DataFrame,
    mentioned: pl.DataFrame,
    fields: pl.DataFrame,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the topics of some papers, see `relevant_topics`."""
    numbers = papers.select("paper").with_row_index("n")
    papers = papers.with_columns(paper=numbers["n"])
    mentioned, fields = (
        rows.join(numbers, on="paper").drop("paper").rename({"n": "paper"})
        for rows in (mentioned, fields)
    )
    amounts = word_amounts(papers, words_of(weights))
    found = candidates(amounts, len(papers), weights, topics, mentioned, fields)
    said = evidence()
    odds = pl.sum_horizontal("base", *(odd * said[name] for name, odd in ODDS.items()))
    first = found.filter(pl.col("rank") < _FIRST, pl.col("score") > 0).select("paper", "topic_id")
    likely = (
        found.select("paper", "topic_id", "is_named", odds=odds)
        .with_columns(probability=(1 / (1 + (-pl.col("odds")).exp())).round(4))
        .filter(pl.col("probability") >= _LEAST)
        .drop("odds")
    )
    alone = likely.filter(~pl.col("is_named"))
    shown = strongest_words(amounts, alone.select("paper", "topic_id"), weights)
    alone = (
        alone.join(shown.filter(pl.col("n_words") >= _LEAST_WORDS), on=["paper", "topic_id"])
        .sort("paper", "probability", "topic_id", descending=[False, True, False])
        .group_by("paper", maintain_order=True)
        .head(_MOST)
        .select(*likely.columns, "matched_text")
    )
    likely = pl.concat(
        [likely.filter("is_named").with_columns(matched_text=pl.lit(None, pl.String)), alone]
    ).sort("paper", "topic_id")
    of_paper = numbers["paper"]
    return (
        likely.with_columns(paper=of_paper.gather(likely["paper"])),
        first.with_columns(paper=of_paper.gather(first["paper"])),
    )
