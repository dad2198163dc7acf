"""How much the words of a paper say of topics, beyond the phrases that name them.

What belongs here: counting words and pairs of words, and adding up their weights, as pure functions
from frames to frames. What does not: the weights (`sql/reference/topic_words.csv`, fitted by
`training/topic_words.py`), and which topics a paper gets (`topics`).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from pipeline.transforms.phrases import TO_WORDS
from pipeline.transforms.word_places import KnownWords, NumberTable, Words

if TYPE_CHECKING:
    import numpy as np

_NO_WORD = r"[^\p{L}\p{N}]+"
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
# A word that says something of more topics is broad.
_FEW_TOPICS = 32
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
    texts = _texts(papers).with_row_index("text_no")
    words = texts["text"].str.to_lowercase().str.replace_all(_NO_WORD, " ").str.split(" ")
    found = texts.select("paper", "is_title", text="text_no", token=words).explode("token")
    return found.filter(pl.col("token") != "").with_columns(singular(pl.col("token")))


def _texts(papers: pl.DataFrame) -> pl.DataFrame:
    """Return the texts of papers, titles before abstracts: `paper`, `is_title`, `text`."""
    return pl.concat(
        papers.select("paper", is_title=pl.lit(field == "title"), text=field)
        for field in ("title", "abstract")
    ).drop_nulls("text")


def _cleaned(texts: pl.Series) -> pl.Series:
    """Return texts in which bytes tell the words, runs of letters and digits, but for capitals.

    In plain ASCII, as most texts are, they do so as they are.
    """
    is_wide = texts.str.len_bytes() > texts.str.len_chars()
    if not is_wide.any():
        return texts
    wide = texts.filter(is_wide).str.to_lowercase().str.replace_all(_NO_WORD, " ")
    return texts.clone().scatter(is_wide.arg_true(), wide)


class Vocabulary:
    """Words and pairs of words to count, made ready once for any number of papers.

    Attributes:
        words: what is counted, each once: a word, or two with a space. Frames name a word by its
            place here.
    """

    def __init__(self, words: pl.Series) -> None:
        """Take the words apart."""
        self.words = words
        parts, pairs = _parts_of(words)
        self._spellings = KnownWords(parts["token"])
        # The part that a spelling is of, and the word that is counted for it alone; -1 for none,
        # and at the end for what is no spelling.
        numbers = pl.concat([parts.select("part", "word"), parts.clear(1).select("part", "word")])
        numbers = numbers.cast(pl.Int64).fill_null(-1)
        self._part, self._single = numbers["part"].to_numpy(), numbers["word"].to_numpy()
        left, right, self._pair = (pairs[name].to_numpy() for name in ("before", "part", "word"))
        self._pairs = NumberTable(_pair_code(left, right))

    def amounts(self, papers: pl.DataFrame) -> pl.DataFrame:
        """Return how much is made of words in each paper.

        Args:
            papers: columns `paper`, `title`, `abstract`.

        Returns:
            Columns `paper`, `word`, `amount`, sorted by both.
        """
        import numpy as np

        texts = _texts(papers)
        words = Words.of(_cleaned(texts["text"]), TO_WORDS)
        is_title, paper = texts["is_title"].to_numpy(), texts["paper"].to_numpy().astype(np.int64)
        # A text without any word counts as one.
        size = np.maximum(np.bincount(words.text, minlength=len(texts)), 1)
        length = np.bincount(paper, size * np.where(is_title, _TITLE_LENGTH, 1))
        text, word = self._counted(words)
        times = np.where(is_title, _TITLE_WORDS, 1)[text]
        found = np.sort(np.repeat(paper[text] * len(self.words) + word, times))
        begin = np.flatnonzero(np.diff(found, prepend=-1))
        paper, word = np.divmod(found[begin], max(len(self.words), 1))
        counted = pl.DataFrame(
            {
                "paper": paper.astype(np.uint32),
                "word": word.astype(np.uint32),
                "n": np.diff(begin, append=len(found)),
                "length": np.maximum(length[paper], _LEAST_LENGTH),
            }
        )
        amount = (1 + pl.col("n")).log(2) / pl.col("length").sqrt()
        return counted.select("paper", "word", amount=amount)

    def _counted(self, words: Words) -> "tuple[np.ndarray, np.ndarray]":
        """Return the text and the number of each word and pair of words that is counted."""
        import numpy as np

        spelling = self._spellings.find(words, words.start, words.size)
        part, single = self._part[spelling], self._single[spelling]
        ones = np.flatnonzero(single >= 0)
        is_pair = (part[1:] >= 0) & (part[:-1] >= 0) & (words.text[1:] == words.text[:-1])
        twos = np.flatnonzero(is_pair)
        pair = self._pairs.find(_pair_code(part[twos], part[twos + 1]))
        twos, pair = twos[pair >= 0], pair[pair >= 0]
        text = np.concatenate((words.text[ones], words.text[twos]))
        return text, np.concatenate((single[ones], self._pair[pair]))


def _pair_code(left: "np.ndarray", right: "np.ndarray") -> "np.ndarray":
    return (left.astype("uint64") << 32) | right.astype("uint64")


def _parts_of(words: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the parts of words by their spellings, and the pairs that parts make.

    Both have `word`, its place; for a part it is NULL where it is counted in pairs only.
    """
    table = words.to_frame("word").with_row_index("n").with_columns(pl.col("word").str.split(" "))
    is_pair = pl.col("word").list.len() == 2
    single = table.filter(~is_pair).select(token=pl.col("word").list.first(), word="n")
    parts = table.select(token=pl.col("word").explode()).unique().sort("token")
    # Nothing between two spaces is no word.
    parts = parts.filter(pl.col("token") != "").with_row_index("part")
    parts = parts.join(single, on="token", how="left")
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
        places = places.with_row_index("topic")
        base = weights.filter(pl.col("word") == EVERY_PAPER).join(places, on="topic_id")
        self.bases = np.full(len(topics), -np.inf)
        self.bases[base["topic"].to_numpy()] = base["weight"].to_numpy() / _UNIT
        numbers = vocabulary.words.alias("word").to_frame().with_row_index("n")
        words = weights.join(numbers, on="word")
        known = words.join(places, on="topic_id")
        cells = known["n"].to_numpy(), known["topic"].to_numpy()
        self._n_words = len(vocabulary.words)
        shape = (self._n_words, len(topics))
        said = csr_array((known["weight"].to_numpy() / _UNIT, cells), shape)
        # The words that say something of many topics are few and make up most of texts: full of
        # zeros, their rows are multiplied in a third of the time, and stay near the processor.
        is_broad = np.diff(said.indptr) > _FEW_TOPICS
        self._broad, self._narrow = np.flatnonzero(is_broad), np.flatnonzero(~is_broad)
        self._broad_said = said[self._broad].toarray()
        self._narrow_said = said[self._narrow]
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
        found = csr_array((amounts["amount"].to_numpy(), cells), (n_papers, self._n_words))
        # In the order of the words, for sums of other orders differ in their last digits.
        found.sort_indices()
        scores = found[:, self._broad] @ self._broad_said
        scores += (found[:, self._narrow] @ self._narrow_said).toarray()
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
