"""The field a paper belongs to first, by its phrases and by all its words together.

What belongs here: weighing what phrases and words say of fields. What does not: the weights of
words (`sql/reference/field_words.csv`), what phrases say (`topic_mentions`), known categories,
which go before both (`topics`).
"""

import polars as pl

from pipeline.transforms.topic_words import strongest_words, topic_scores, word_amounts, words_of

_BATCH = 10_000  # papers looked at in one go; bounds the memory
# What phrases say of a field counts so much beside its words: fitted by `training/field_words.py`.
PHRASES = 0.5


def likely_fields(papers: pl.DataFrame, said: pl.DataFrame, weights: pl.DataFrame) -> pl.DataFrame:
    """Return how likely each field is the main one of papers.

    Args:
        papers: columns `paper`, `title`, `abstract`.
        said: columns `paper`, `field_id`, `score`, what phrases say of fields.
        weights: columns `topic_id` (a field), `word`, `weight` in hundredths; without rows only
            fields of phrases are likely.

    Returns:
        Columns `paper`, `field_id`, `odds`, `probability`, sorted by paper, the likeliest first; of
        papers that neither phrases nor words say anything of there is no row.
    """
    fields = pl.concat([said["field_id"], weights["topic_id"]]).unique().sort().to_list()
    if not fields or papers.is_empty():
        return said.select("paper", "field_id", odds=pl.lit(0.0), probability=pl.lit(0.0)).clear()
    return pl.concat(_likely(part, said, weights, fields) for part in papers.iter_slices(_BATCH))


def _likely(
    papers: pl.DataFrame, said: pl.DataFrame, weights: pl.DataFrame, fields: list[str]
) -> pl.DataFrame:
    import numpy as np

    numbers = papers.select("paper").with_row_index("n")
    found = word_amounts(papers.with_columns(paper=numbers["n"]), words_of(weights))
    scores, bases = topic_scores(found, len(papers), weights, fields)
    odds = scores + np.where(np.isneginf(bases), 0, bases)
    places = pl.DataFrame({"field_id": fields}).with_row_index("field")
    by_phrases = said.join(numbers, on="paper").join(places, on="field_id")
    cells = by_phrases["n"].to_numpy(), by_phrases["field"].to_numpy()
    odds[cells] += PHRASES * by_phrases["score"].to_numpy()
    is_said = np.zeros(odds.shape, dtype=bool)
    is_said[cells] = True
    # Words that are known speak for every field that has words, if only by what they do not say of
    # the others; a field without them is one of papers whose phrases say it, whoever is beside.
    is_said[np.ix_(found["paper"].unique().to_numpy(), ~np.isneginf(bases))] = True
    odds = np.where(is_said, odds, -np.inf)
    likely = np.exp(odds - odds.max(axis=1, keepdims=True, initial=-1e9))
    share = likely / np.maximum(likely.sum(axis=1, keepdims=True), 1e-9)
    rows, columns = np.nonzero(is_said)
    return pl.DataFrame(
        {
            "paper": papers["paper"].gather(rows),
            "field_id": places["field_id"].gather(columns),
            "odds": odds[rows, columns].round(6),
            "probability": share[rows, columns].round(4),
        }
    ).sort("paper", "odds", "field_id", descending=[False, True, False])


def words_of_fields(
    papers: pl.DataFrame, given: pl.DataFrame, weights: pl.DataFrame
) -> pl.DataFrame:
    """Return the words that say most of fields: `paper`, `topic_id`, `matched_text`, `n_words`.

    Args:
        papers: columns `paper`, `title`, `abstract`.
        given: columns `paper`, `topic_id`, the fields asked for.
        weights: see `likely_fields`.
    """
    some = papers.join(given, on="paper", how="semi")
    return strongest_words(word_amounts(some, words_of(weights)), given, weights)
