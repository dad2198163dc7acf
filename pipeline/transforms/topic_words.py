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
_BATCH = 10_000  # papers looked at in one go; bounds the memory
# A word in the title counts as so many in the abstract.
_TITLE_WORDS = 3
# A title word weighs as so many words of an abstract in the length of a paper.
_TITLE_LENGTH = 4
# A title of one or two words says no more than so long a text.
_LEAST_LENGTH = 25


def tokens(papers: pl.DataFrame) -> pl.DataFrame:
    """Return the words of titles and abstracts in their order, lower-case and in the singular.

    Args:
        papers: columns `paper`, `title`, `abstract`.

    Returns:
        Columns `paper`, `is_title`, `token`, `is_first` (of its text).

    >>> frame = pl.DataFrame({"paper": [0], "title": ["Graphs' 3D-Classes"], "abstract": [None]})
    >>> tokens(frame.with_columns(pl.col("abstract").cast(pl.String)))["token"].to_list()
    ['graph', '3d', 'classe']
    """
    texts = pl.concat(
        papers.select("paper", is_title=pl.lit(field == "title"), text=field)
        for field in ("title", "abstract")
    ).drop_nulls("text")
    words = (
        texts.with_columns(
            token=pl.col("text")
            .str.to_lowercase()
            .str.replace_all(r"[^\p{L}\p{N}]+", " ")
            .str.strip_chars(" ")
            .str.split(" ")
        )
        .drop("text")
        .with_row_index("n")
        .explode("token")
        .filter(pl.col("token") != "")
    )
    token = pl.col("token")
    is_plural = token.str.ends_with("s") & (token.str.len_bytes() > 3)
    is_plural &= ~token.str.tail(2).is_in(["ss", "us", "is"])
    return words.select(
        "paper",
        "is_title",
        token=pl.when(is_plural).then(token.str.head(-1)).otherwise(token),
        is_first=pl.col("n") != pl.col("n").shift(1).fill_null(2**32 - 1),
    )


def word_amounts(papers: pl.DataFrame, words: pl.Series) -> pl.DataFrame:
    """Return how much is made of words and pairs of words in each paper.

    Args:
        papers: columns `paper`, `title`, `abstract`.
        words: what to count, each once: a word, or two with a space.

    Returns:
        Columns `paper`, `word` (its place in `words`), `amount`.
    """
    split = words.str.split(" ")
    sizes = split.list.len()
    numbers = pl.int_range(len(words), dtype=pl.UInt32, eager=True)
    single = pl.DataFrame({"token": words.filter(sizes == 1), "word": numbers.filter(sizes == 1)})
    parts = split.explode().unique().sort() if len(words) else pl.Series([], dtype=pl.String)
    known = pl.DataFrame({"token": parts}).with_row_index("part")
    known = known.join(single, on="token", how="left", maintain_order="left")
    pairs = pl.DataFrame({"pair": split.filter(sizes == 2), "word": numbers.filter(sizes == 2)})
    pairs = (
        pairs.select("word", left=pl.col("pair").list.first(), right=pl.col("pair").list.last())
        .join(known.select(left="token", before="part"), on="left")
        .join(known.select(right="token", part="part"), on="right")
        .select("before", "part", "word")
    )
    all_words = tokens(papers)
    length = pl.when("is_title").then(_TITLE_LENGTH).otherwise(1).sum()
    lengths = all_words.group_by("paper").agg(length=length)
    found = all_words.join(known, on="token", how="left", maintain_order="left")
    found = found.with_columns(before=pl.when(~pl.col("is_first")).then(pl.col("part").shift(1)))
    ones = found.drop_nulls("word").select("paper", "is_title", "word")
    twos = (
        found.drop("word")
        .drop_nulls("before")
        .drop_nulls("part")
        .join(pairs, on=["before", "part"])
    ).select("paper", "is_title", "word")
    n = pl.when("is_title").then(_TITLE_WORDS).otherwise(1).sum()
    return (
        pl.concat([ones, twos])
        .group_by("paper", "word")
        .agg(n=n)
        .join(lengths, on="paper")
        .select(
            "paper",
            "word",
            amount=(1 + pl.col("n")).log(2)
            / pl.max_horizontal(pl.col("length"), pl.lit(_LEAST_LENGTH)).sqrt(),
        )
        .sort("paper", "word")
    )


def topic_scores(
    papers: pl.DataFrame, weights: pl.DataFrame, topics: list[str]
) -> "tuple[np.ndarray, np.ndarray]":
    """Return what the words of each paper say of each topic, and what every paper has of it.

    Args:
        papers: columns `paper`, `title`, `abstract`; few enough for a table of all topics.
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
    is_base = pl.col("word") == EVERY_PAPER
    bases = np.full(len(topics), -np.inf)
    base = known.filter(is_base)
    bases[base["topic"].to_numpy()] = base["weight"].to_numpy() / _UNIT
    known = known.filter(~is_base)
    words = known["word"].unique().sort()
    known = known.join(words.to_frame().with_row_index("n"), on="word").sort("n", "topic")
    amounts = word_amounts(papers, words)
    rows = pl.DataFrame({"paper": papers["paper"]}).with_row_index("row")
    amounts = amounts.join(rows, on="paper").sort("row", "word")
    said = csr_array(
        (known["weight"].to_numpy() / _UNIT, (known["n"].to_numpy(), known["topic"].to_numpy())),
        (len(words), len(topics)),
    )
    found = csr_array(
        (amounts["amount"].to_numpy(), (amounts["row"].to_numpy(), amounts["word"].to_numpy())),
        (len(papers), len(words)),
    )
    return np.asarray((found @ said).todense()).round(6), bases


def strongest_words(
    papers: pl.DataFrame, given: pl.DataFrame, weights: pl.DataFrame, most: int = 3
) -> pl.DataFrame:
    """Return the words that say most of a topic in a paper, the strongest first.

    Args:
        papers: see `topic_scores`.
        given: columns `paper`, `topic_id`.
        weights: see `topic_scores`.
        most: how many words are shown.

    Returns:
        Columns `paper`, `topic_id`, `matched_text`; a word that is part of a pair shown is not
        shown again.
    """
    weights = weights.filter(pl.col("word") != EVERY_PAPER)
    weights = weights.join(given.select("topic_id").unique(), on="topic_id", how="semi")
    words = weights["word"].unique().sort()
    amounts = word_amounts(papers.join(given, on="paper", how="semi"), words)
    shares = (
        amounts.join(given, on="paper")
        .with_columns(word=words.gather(amounts.join(given, on="paper")["word"]))
        .join(weights, on=["topic_id", "word"])
        .with_columns(share=(pl.col("amount") * pl.col("weight")).round(6))
        .filter(pl.col("share") > 0)
        .sort("paper", "topic_id", "share", "word", descending=[False, False, True, False])
    )
    return shares.group_by("paper", "topic_id", maintain_order=True).agg(
        matched_text=pl.col("word").head(most).str.join(", ")
    )
