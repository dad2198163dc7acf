"""The field a paper belongs to first, by its phrases and by all its words together.

What belongs here: weighing what phrases and words say of fields. What does not: the weights of
words (`sql/reference/field_words.csv`), what phrases say (`topic_mentions`), known categories,
which go before both (`topics`).
"""

import polars as pl

from pipeline.transforms.topic_words import WordWeights

# What phrases say of a field counts so much beside its words: fitted by `training/field_words.py`.
PHRASES = 0.5


def likely_fields(
    amounts: pl.DataFrame, n_papers: int, said: pl.DataFrame, weights: WordWeights
) -> pl.DataFrame:
    """Return how likely each field is the main one of papers.

    Args:
        amounts: see `topic_words.WordWeights.scores`.
        n_papers: how many papers there are, numbered from 0.
        said: columns `paper`, `field_id`, `score`, what phrases say of fields.
        weights: what words say of fields; of one without words only phrases say something.

    Returns:
        Columns `paper`, `field_id`, `odds`, `probability`, sorted by paper, the likeliest first; of
        papers that neither phrases nor words say anything of there is no row.
    """
    import numpy as np

    has_words = ~np.isneginf(weights.bases)
    odds = weights.scores(amounts, n_papers) + np.where(has_words, weights.bases, 0)
    places = pl.DataFrame({"field_id": weights.topics}, schema={"field_id": pl.String})
    by_phrases = said.join(places.with_row_index("field"), on="field_id")
    cells = by_phrases["paper"].to_numpy(), by_phrases["field"].to_numpy()
    odds[cells] += PHRASES * by_phrases["score"].to_numpy()
    is_said = np.zeros(odds.shape, dtype=bool)
    is_said[cells] = True
    # Words that are known speak for every field that has words, if only by what they do not say of
    # the others; a field without them is one of papers whose phrases say it, whoever is beside.
    has_known = amounts["paper"].to_numpy()[weights.is_known[amounts["word"].to_numpy()]]
    is_said[np.ix_(np.unique(has_known), has_words)] = True
    odds = np.where(is_said, odds, -np.inf)
    likely = np.exp(odds - odds.max(axis=1, keepdims=True, initial=-1e9))
    share = likely / np.maximum(likely.sum(axis=1, keepdims=True), 1e-9)
    rows, columns = np.nonzero(is_said)
    return pl.DataFrame(
        {
            "paper": rows.astype(np.uint32),
            "field_id": places["field_id"].gather(columns),
            "odds": odds[rows, columns].round(6),
            "probability": share[rows, columns].round(4),
        }
    ).sort("paper", "odds", "field_id", descending=[False, True, False])
