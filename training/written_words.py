"""What people wrote down for topics: terms and made-up titles in, what words say of topics out.

What belongs here: reading `topic_titles.csv` and weighing its words. What does not: what papers say
of words (`topic_words`). The file is written from general knowledge of each field: titles such as
papers of the topic might bear, half of them without its name, and terms that go with it; none is
taken from a paper.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from pipeline.transforms.topic_words import tokens

# How much it says that a term of a topic is the word, that terms have it, and made-up titles do.
TERM, PART, TITLE, MOST_TITLES = 1.5, 0.5, 0.7, 2


def written_words(file: Path) -> pl.DataFrame:
    """Return the words of what was written down for topics, and how often they stand there.

    Args:
        file: CSV with `topic_id`, `kind` (`title`, or `terms` joined by `; `), `text`.

    Returns:
        Columns `topic_id`, `word` (or a pair), `n_terms` that are it, `n_parts` terms of several
        words that have it, `n_titles` that have it; sorted.
    """
    rows = (
        pl.read_csv(file, schema=dict.fromkeys(("topic_id", "kind", "text"), pl.String))
        .with_columns(title=pl.col("text").str.split("; "))
        .explode("title")
        .with_row_index("paper")
        .with_columns(abstract=pl.lit(None, pl.String))
    )
    before = pl.col("token").shift(1).over("paper")
    found = tokens(rows).with_columns(pair=pl.concat_str(before, "token", separator=" "))
    size = pl.col("token").len().over("paper")
    found = pl.concat(
        found.select("paper", size=size, word=word, n_words=pl.lit(n))
        for n, word in ((1, "token"), (2, "pair"))
    ).drop_nulls("word")
    is_title = pl.col("kind") == "title"
    is_term = ~is_title & (pl.col("n_words") == pl.min_horizontal("size", 2))
    return (
        found.unique(["paper", "word"])
        .join(rows.select("paper", "topic_id", "kind"), on="paper")
        .group_by("topic_id", "word")
        .agg(
            n_terms=is_term.sum(),
            n_parts=(~is_title & ~is_term).sum(),
            n_titles=is_title.sum(),
        )
        .sort("topic_id", "word")
    )


def said_of_topics(written: pl.DataFrame, words: pl.Series, topics: Sequence[str]) -> np.ndarray:
    """Return how much the words written down for topics say of them, words by topics.

    Args:
        written: see `written_words`.
        words: those that are counted.
        topics: all topics.
    """
    cells = written.join(words.to_frame("word").with_row_index("row"), on="word").join(
        pl.DataFrame({"topic_id": topics}).with_row_index("topic"), on="topic_id"
    )
    places = cells["row"].to_numpy(), cells["topic"].to_numpy()
    of_titles = pl.min_horizontal("n_titles", MOST_TITLES)
    amounts = {
        TERM: pl.min_horizontal("n_terms", 1),
        PART: (1 + pl.col("n_parts")).log(2),
        TITLE: (1 + of_titles).log(2),
    }
    said = np.zeros((len(words), len(topics)))
    for much, amount in amounts.items():
        given = np.zeros(said.shape)
        given[places] = cells.select(amount.alias("amount"))["amount"].to_numpy()
        n_topics = np.maximum((given > 0).sum(axis=1, keepdims=True), 1)
        said += much * given * np.log(len(topics) / n_topics) / 3
    return said
