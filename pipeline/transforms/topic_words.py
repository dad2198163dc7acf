"""How much the words of a paper say of topics, beyond the phrases that name them.

What belongs here: counting words and pairs of words, and adding up their weights, as pure functions
from frames to frames. What does not: the weights (`sql/reference/topic_words.csv`, fitted by
`training/topic_words.py`), and which topics a paper gets (`topics`).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from pipeline.transforms.phrases import TO_WORDS

if TYPE_CHECKING:
    import numpy as np

# Stands before each text among its words: no word, and no plain ASCII.
_BREAK = "\ue000"
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
    texts = _texts(papers)
    found = _spelled(texts["text"]).filter(pl.col("token") != _BREAK)
    kinds = texts.select("paper", "is_title")[found["text"]]
    return kinds.with_columns(found["text"], found.select(singular(pl.col("token"))).to_series())


def _texts(papers: pl.DataFrame) -> pl.DataFrame:
    """Return the texts of papers, titles before abstracts: `paper`, `is_title`, `text`."""
    return pl.concat(
        papers.select("paper", is_title=pl.lit(field == "title"), text=field)
        for field in ("title", "abstract")
    ).drop_nulls("text")


def _spelled(texts: pl.Series) -> pl.DataFrame:
    """Return the words of texts as they are spelled, in lower case, a break before each text.

    A word is a run of letters and digits. In plain ASCII, as most texts are, bytes tell them, in
    all texts as one string; other texts are cleaned beforehand.

    Returns:
        Columns `text` (its number), `token`.
    """
    is_wide = texts.str.len_bytes() > texts.str.len_chars()
    if is_wide.any():
        wide = texts.filter(is_wide).str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]+", " ")
        texts = texts.clone().scatter(is_wide.arg_true(), wide)
    joined = (f"{_BREAK} " + texts).str.join(" ").cast(pl.Binary).item() or b""
    words = pl.Series("token", [joined.translate(TO_WORDS)], dtype=pl.Binary).cast(pl.String)
    found = words.str.split(" ").explode().to_frame().filter(pl.col("token") != "")
    number = (pl.col("token") == _BREAK).cum_sum() - 1
    return found.select(number.cast(pl.UInt32).alias("text"), "token")


class Vocabulary:
    """Words and pairs of words to count, made ready once for any number of papers.

    Attributes:
        words: what is counted, each once: a word, or two with a space. Frames name a word by its
            place here.
    """

    def __init__(self, words: pl.Series) -> None:
        """Take the words apart."""
        self.words = words
        self._parts, self._pairs = _parts_of(words)

    def amounts(self, papers: pl.DataFrame) -> pl.DataFrame:
        """Return how much is made of words in each paper.

        Args:
            papers: columns `paper`, `title`, `abstract`.

        Returns:
            Columns `paper`, `word`, `amount`, in no order.
        """
        texts = _texts(papers)
        spelled = _spelled(texts.drop_in_place("text"))
        n_words = spelled["text"].rle().struct.field("len").alias("n_words")
        # The break is no word, and a text without any counts as one.
        size = (pl.col("n_words").cast(pl.UInt32) - 1).clip(1)
        size = size * pl.when("is_title").then(_TITLE_LENGTH).otherwise(1)
        lengths = texts.with_columns(n_words).group_by("paper").agg(length=size.sum())
        found = spelled.join(self._parts, on="token", how="left", maintain_order="left")
        # A break is no part: no pair reaches over it.
        found = found.select("text", "part", "word", before=pl.col("part").shift(1))
        ones = found.drop_nulls("word").select("text", "word")
        twos = found.drop("word").drop_nulls().join(self._pairs, on=["before", "part"])
        found = pl.concat([ones, twos.select(ones.columns)])
        n = pl.when("is_title").then(_TITLE_WORDS).otherwise(1).sum()
        length = pl.max_horizontal(pl.col("length"), pl.lit(_LEAST_LENGTH))
        return (
            texts[found["text"]]
            .with_columns(found["word"])
            .group_by("paper", "word")
            .agg(n=n)
            .join(lengths, on="paper")
            .select("paper", "word", amount=(1 + pl.col("n")).log(2) / length.sqrt())
        )


def _parts_of(words: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
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


class WordWeights:
    """What words say of topics, made ready once for any number of papers.

    Attributes:
        topics: the topics asked for, in the order of the columns of scores.
        bases: what every paper has of each topic; minus infinity for one without words.
        is_known: of each word of the vocabulary, whether it says something of a topic.
    """

    def __init__(
        self, weights: pl.DataFrame, topics: Sequence[str], vocabulary: Vocabulary
    ) -> None:
        """Lay the weights out as a table.

        Args:
            weights: columns `topic_id`, `word`, `weight` in hundredths.
            topics: the topics asked for.
            vocabulary: counts at least the words that have weights.
        """
        import numpy as np
        from scipy.sparse import csr_array

        self.topics = topics
        places = pl.DataFrame({"topic_id": topics}, schema={"topic_id": pl.String})
        known = weights.join(places.with_row_index("topic"), on="topic_id")
        self.bases = np.full(len(topics), -np.inf)
        base = known.filter(pl.col("word") == EVERY_PAPER)
        self.bases[base["topic"].to_numpy()] = base["weight"].to_numpy() / _UNIT
        numbers = vocabulary.words.alias("word").to_frame().with_row_index("n")
        known = known.join(numbers, on="word")
        cells = known["n"].to_numpy(), known["topic"].to_numpy()
        shape = (len(vocabulary.words), len(topics))
        # Narrow enough to be full of zeros, with which a product takes half the time.
        self._said = csr_array((known["weight"].to_numpy() / _UNIT, cells), shape).toarray()
        words = weights.join(numbers, on="word")
        self._words = words.select("topic_id", "weight", shown="word", word="n")
        self.is_known = np.zeros(len(vocabulary.words), dtype=bool)
        self.is_known[self._words["word"].to_numpy()] = True

    def scores(self, amounts: pl.DataFrame, n_papers: int) -> "np.ndarray":
        """Return what the words of each paper say of each topic: sums of weights times amounts.

        Args:
            amounts: what `Vocabulary.amounts` returns, papers numbered from 0.
            n_papers: how many papers there are; few enough for a table of all topics.
        """
        from scipy.sparse import csr_array

        cells = amounts["paper"].to_numpy(), amounts["word"].to_numpy()
        found = csr_array((amounts["amount"].to_numpy(), cells), (n_papers, len(self._said)))
        # In the order of the words, for sums of other orders differ in their last digits.
        found.sort_indices()
        scores = found @ self._said
        return scores.round(6, out=scores)

    def strongest(self, amounts: pl.DataFrame, given: pl.DataFrame, most: int = 3) -> pl.DataFrame:
        """Return the words that say most of a topic in a paper, the strongest first.

        Args:
            amounts: what `Vocabulary.amounts` returns.
            given: columns `paper`, `topic_id`.
            most: how many words are shown.

        Returns:
            Columns `paper`, `topic_id`, `matched_text`; `n_words`, how many different words say at
            least a tenth of it, those of pairs counted one by one.
        """
        said = self._words.join(given.select("topic_id").unique(), on="topic_id", how="semi")
        shares = (
            amounts.join(given, on="paper")
            .join(said, on=["topic_id", "word"])
            .with_columns(share=(pl.col("amount") * pl.col("weight")).round(6))
            .filter(pl.col("share") > 0)
            .sort("paper", "topic_id", "share", "shown", descending=[False, False, True, False])
        )
        is_much = pl.col("share") >= _LEAST_SHARE * pl.col("share").sum()
        return shares.group_by("paper", "topic_id", maintain_order=True).agg(
            matched_text=pl.col("shown").head(most).str.join(", "),
            n_words=pl.col("shown").filter(is_much).str.split(" ").explode().n_unique(),
        )


def words_of(weights: pl.DataFrame) -> pl.Series:
    """Return the words that have weights, sorted."""
    return weights.filter(pl.col("word") != EVERY_PAPER)["word"].unique().sort()
