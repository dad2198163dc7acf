"""How much the words of a paper say of topics, beyond the phrases that name them.

What belongs here: counting words and pairs of words, and adding up their weights, as pure functions
from frames to frames. What does not: the weights (`sql/reference/topic_words.csv`, fitted by
`training/topic_words.py`), and which topics a paper gets (`topics`).
"""

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    import numpy as np

# The row of a topic that says what every paper has of it.
EVERY_PAPER = "*"
# Weights are kept in hundredths.
_UNIT = 100
# A word in the title counts as so many in the abstract.
_TITLE_WORDS = 3
# A title word weighs as so many words of an abstract in the length of a paper.
_TITLE_LENGTH = 4
# A title of one or two words says no more than so long a text.
_LEAST_LENGTH = 25
# A word that says less of the score of a topic is no reason of its own.
_LEAST_SHARE = 0.1


def singular(token: pl.Expr) -> pl.Expr:
    """Return words as they are counted: without the s of a plural."""
    is_plural = token.str.ends_with("s") & (token.str.len_bytes() > 3)
    is_plural &= ~token.str.tail(2).is_in(["ss", "us", "is"])
    return pl.when(is_plural).then(token.str.head(-1)).otherwise(token)


def tokens(papers: pl.DataFrame) -> pl.DataFrame:
    """Return the words of titles and abstracts in their order, lower-case and in the singular.

    Args:
        papers: columns `paper`, `title`, `abstract`.

    Returns:
        Columns `paper`, `is_title`, `text` (its number), `token`.

    >>> frame = pl.DataFrame({"paper": [0], "title": ["Graphs' 3D-Classes"], "abstract": [None]})
    >>> tokens(frame.with_columns(pl.col("abstract").cast(pl.String)))["token"].to_list()
    ['graph', '3d', 'classe']
    """
    return _spelled(_texts(papers)).with_columns(singular(pl.col("token")))


def _texts(papers: pl.DataFrame) -> pl.DataFrame:
    """Return each text as a list of its words as they are spelled, in lower case."""
    word = pl.col("text").str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]+", " ")
    texts = pl.concat(
        papers.select("paper", is_title=pl.lit(field == "title"), text=field)
        for field in ("title", "abstract")
    )
    return texts.with_columns(token=word.str.strip_chars(" ").str.split(" ")).drop_nulls("text")


def _spelled(texts: pl.DataFrame) -> pl.DataFrame:
    return texts.drop("text").with_row_index("text").explode("token").filter(pl.col("token") != "")


def word_amounts(papers: pl.DataFrame, words: pl.Series) -> pl.DataFrame:
    """Return how much is made of words and pairs of words in each paper.

    Args:
        papers: columns `paper`, `title`, `abstract`.
        words: what to count, each once: a word, or two with a space.

    Returns:
        Columns `paper`, `word` (its place in `words`), `amount`, in no order.
    """
    parts, pairs = _vocabulary(words)
    texts = _texts(papers)
    size = pl.col("token").list.len() * pl.when("is_title").then(_TITLE_LENGTH).otherwise(1)
    lengths = texts.group_by("paper").agg(length=size.sum())
    found = _spelled(texts).join(parts, on="token", how="left", maintain_order="left")
    is_next = pl.col("text") == pl.col("text").shift(1)
    found = found.drop("token").with_columns(before=pl.when(is_next).then(pl.col("part").shift(1)))
    ones = found.drop_nulls("word").select("paper", "is_title", "word")
    twos = found.drop("word").drop_nulls(["before", "part"]).join(pairs, on=["before", "part"])
    n = pl.when("is_title").then(_TITLE_WORDS).otherwise(1).sum()
    length = pl.max_horizontal(pl.col("length"), pl.lit(_LEAST_LENGTH))
    return (
        pl.concat([ones, twos.select(ones.columns)])
        .group_by("paper", "word")
        .agg(n=n)
        .join(lengths, on="paper")
        .select("paper", "word", amount=(1 + pl.col("n")).log(2) / length.sqrt())
    )


def _vocabulary(words: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the parts of words by their spellings, and the pairs that parts make.

    Both have `word`, its place; for a part it is NULL where it is counted in pairs only.
    """
    table = words.to_frame("word").with_row_index("n").with_columns(pl.col("word").str.split(" "))
    is_pair = pl.col("word").list.len() == 2
    single = table.filter(~is_pair).select(token=pl.col("word").list.first(), word="n")
    parts = table.select(token=pl.col("word").explode()).unique().sort("token")
    parts = parts.with_row_index("part").join(single, on="token", how="left")
    plurals = parts.with_columns(spelled=pl.col("token") + "s")
    plurals = plurals.filter(singular(pl.col("spelled")) == pl.col("token"))
    columns = ("token", "part", "word")
    spelled = pl.concat(
        [
            parts.filter(singular(pl.col("token")) == pl.col("token")).select(columns),
            plurals.drop("token").rename({"spelled": "token"}).select(columns),
        ]
    )
    pairs = (
        table.filter(is_pair)
        .select(word="n", left=pl.col("word").list.first(), right=pl.col("word").list.last())
        .join(parts.select(left="token", before="part"), on="left")
        .join(parts.select(right="token", part="part"), on="right")
    )
    return spelled, pairs.select("before", "part", "word")


def topic_scores(
    amounts: pl.DataFrame, n_papers: int, weights: pl.DataFrame, topics: list[str]
) -> "tuple[np.ndarray, np.ndarray]":
    """Return what the words of each paper say of each topic, and what every paper has of it.

    Args:
        amounts: what `word_amounts` returns of `words_of(weights)`, papers numbered from 0.
        n_papers: how many papers there are; few enough for a table of all topics.
        weights: columns `topic_id`, `word`, `weight` in hundredths.
        topics: the topics asked for, in the order of the columns.

    Returns:
        The sums of weights times amounts, one row for each paper and one column for each topic;
        the base of each topic, minus infinity for one without words.
    """
    import numpy as np
    from scipy.sparse import csr_array

    places = pl.DataFrame({"topic_id": topics}, schema={"topic_id": pl.String})
    known = weights.join(places.with_row_index("topic"), on="topic_id")
    bases = np.full(len(topics), -np.inf)
    base = known.filter(pl.col("word") == EVERY_PAPER)
    bases[base["topic"].to_numpy()] = base["weight"].to_numpy() / _UNIT
    words = words_of(weights)
    known = known.join(words.to_frame().with_row_index("n"), on="word")
    said = csr_array(
        (known["weight"].to_numpy() / _UNIT, (known["n"].to_numpy(), known["topic"].to_numpy())),
        (len(words), len(topics)),
    )
    found = csr_array(
        (amounts["amount"].to_numpy(), (amounts["paper"].to_numpy(), amounts["word"].to_numpy())),
        (n_papers, len(words)),
    )
    # In the order of the words, for sums of other orders differ in their last digits.
    found.sort_indices()
    return (found @ said).toarray().round(6), bases


def words_of(weights: pl.DataFrame) -> pl.Series:
    """Return the words that have weights, sorted."""
    return weights.filter(pl.col("word") != EVERY_PAPER)["word"].unique().sort()


def strongest_words(
    amounts: pl.DataFrame, given: pl.DataFrame, weights: pl.DataFrame, most: int = 3
) -> pl.DataFrame:
    """Return the words that say most of a topic in a paper, the strongest first.

    Args:
        amounts: see `topic_scores`.
        given: columns `paper`, `topic_id`.
        weights: see `topic_scores`.
        most: how many words are shown.

    Returns:
        Columns `paper`, `topic_id`, `matched_text`; `n_words`, how many different words say at
        least a tenth of it, those of pairs counted one by one.
    """
    words = words_of(weights)
    numbers = words.to_frame().with_row_index("n")
    said = weights.join(given.select("topic_id").unique(), on="topic_id", how="semi")
    said = said.join(numbers, on="word").select("topic_id", "weight", shown="word", word="n")
    shares = (
        amounts.join(given, on="paper")
        .join(
            said.with_columns(pl.col("word").cast(amounts["word"].dtype)), on=["topic_id", "word"]
        )
        .with_columns(share=(pl.col("amount") * pl.col("weight")).round(6))
        .filter(pl.col("share") > 0)
        .sort("paper", "topic_id", "share", "shown", descending=[False, False, True, False])
    )
    is_much = pl.col("share") >= _LEAST_SHARE * pl.col("share").sum()
    return shares.group_by("paper", "topic_id", maintain_order=True).agg(
        matched_text=pl.col("shown").head(most).str.join(", "),
        n_words=pl.col("shown").filter(is_much).str.split(" ").explode().n_unique(),
    )
