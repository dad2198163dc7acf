"""Which topics a paper has, and the words that say so.

What belongs here: putting together what phrases (`topic_mentions`), words (`word_topics`) and
categories say, as pure functions from frames to frames. What does not: the phrases
(`sql/reference/`), what must hold of them (`topic_reference`), and counting (`sql/marts/`).
"""

from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from pipeline.transforms.main_fields import likely_fields
from pipeline.transforms.phrases import matched_texts
from pipeline.transforms.topic_mentions import Phrasebook, named_topics, texts_of, with_weights
from pipeline.transforms.topic_words import Vocabulary, WordWeights, words_of
from pipeline.transforms.word_topics import LEAST_WORDS, relevant_topics, topic_kinds

# What `tag_papers` gets of papers' categories.
CATEGORY_COLUMNS = {
    "paper_id": pl.String,
    "topic_id": pl.String,
    "category": pl.String,
    "is_primary": pl.Boolean,
}
_BATCH = 10_000  # papers whose words are weighed in one go; bounds the memory
# A category is broad.
_CATEGORY = 0.25
# Words that only go with a topic say at most as much as one mention of it.
_WORDS = 0.5
# From what probability on a field is the main one that none of the topics found is of.
_SURE_FIELD = 0.6


def tagged_papers(
    pieces: Iterable[Mapping[str, pl.DataFrame]],
    phrases: pl.DataFrame,
    exclusions: pl.DataFrame,
    topics: pl.DataFrame,
    weights: pl.DataFrame,
    words: pl.DataFrame,
    field_words: pl.DataFrame,
) -> Iterator[pl.DataFrame]:
    """Yield the topics of papers some at a time, see `tag_papers`.

    Args:
        pieces: `papers` and `categories` of some papers at a time.
        phrases: see `tag_papers`, as the others.
        exclusions: the same.
        topics: the same.
        weights: the same.
        words: the same.
        field_words: the same.
    """
    tagger = Tagger(phrases, exclusions, topics, weights, words, field_words)
    for piece in pieces:
        yield tagger.tag(piece["papers"], piece["categories"])


def tag_papers(
    papers: pl.DataFrame,
    phrases: pl.DataFrame,
    exclusions: pl.DataFrame,
    categories: pl.DataFrame,
    topics: pl.DataFrame,
    weights: pl.DataFrame,
    words: pl.DataFrame,
    field_words: pl.DataFrame,
) -> pl.DataFrame:
    """Return the topics of papers, each with its strongest evidence; see `Tagger`."""
    return Tagger(phrases, exclusions, topics, weights, words, field_words).tag(papers, categories)


class Tagger:
    """The reference of topics, made ready once for any number of papers.

    A paper of a topic is also one of the area and the field above it. A topic counts by its odds,
    in which phrases that name it and all words of the paper have their share. The main field is
    that of a primary category where one is known, else the likeliest one by phrases and words.
    """

    def __init__(
        self,
        phrases: pl.DataFrame,
        exclusions: pl.DataFrame,
        topics: pl.DataFrame,
        weights: pl.DataFrame,
        words: pl.DataFrame,
        field_words: pl.DataFrame,
    ) -> None:
        """Make the reference ready.

        Args:
            phrases: columns `topic_id`, `phrase`, `is_case_sensitive`, `is_weak`.
            exclusions: columns `phrase`, `exclusion`; a phrase does not count in a paper that has
                its exclusion.
            topics: columns `topic_id`, `parent_topic_id`.
            weights: columns `phrase`, `weight`, how much a phrase says of the field, in hundredths;
                100 for a phrase that is not there.
            words: columns `topic_id`, `word`, `weight`, how much a word says of a topic, in
                hundredths; without rows, the rules for phrases decide, see `topic_mentions`.
            field_words: the same of fields.
        """
        by_name = topic_paths(topics)
        # Whole numbers in the order of the ids, for texts are slow keys.
        self._topic = pl.Enum(by_name["topic_id"].unique().sort())
        self._paths = by_name.with_columns(pl.all().cast(self._topic))
        self._by_name = by_name
        self._phrasebook = Phrasebook(with_weights(self._known(phrases), weights), exclusions)
        words = words.join(by_name, on="topic_id", how="semi")
        self._with_words = words.select(pl.col("topic_id").unique().cast(self._topic)).to_series()
        known = pl.concat([words_of(words), words_of(field_words)])
        self._vocabulary = Vocabulary(known.unique().sort())
        kinds = topic_kinds(by_name)["topic_id"].to_list()
        self._words = WordWeights(words, kinds, self._vocabulary)
        fields = pl.concat([by_name["field_id"], field_words["topic_id"]]).unique().sort()
        self._field_words = WordWeights(field_words, fields.to_list(), self._vocabulary)

    def tag(self, papers: pl.DataFrame, categories: pl.DataFrame) -> pl.DataFrame:
        """Return the topics of papers, each with its strongest evidence.

        Args:
            papers: columns `paper_id`, `title`, `abstract`.
            categories: columns `paper_id`, `topic_id`, `category`, `is_primary`.

        Returns:
            One row per paper and topic, sorted by paper: `paper_id`, `topic_id`, `evidence`,
            `matched_text`, `n_mentions`, `weight`, `via_topic_id`, `is_main_field`.
        """
        # Whole numbers in the order of the ids, for texts are slow keys.
        ids = pl.concat([papers["paper_id"], categories["paper_id"]]).unique().sort()
        numbers = ids.to_frame().with_row_index("paper")
        papers = papers.join(numbers, on="paper_id").sort("paper")
        papers = papers.select("paper", "title", "abstract")
        categories = self._known(categories).join(numbers, on="paper_id")
        texts = texts_of(papers)
        mentions = self._phrasebook.mentions(texts)
        found = named_topics(mentions, self._paths)
        amounts, likely, fields = self._by_words(papers, found)
        by_words, found = self._relevant(likely, found)
        found = found.with_columns(matched_texts(texts["text"], mentions[found["mention"]]))
        given = categories.group_by("paper", "topic_id").agg(
            evidence=pl.lit("category"),
            matched_text=pl.col("category").min(),
            n_mentions=pl.len().cast(pl.Int32),
            weight=pl.lit(_CATEGORY),
        )
        direct = pl.concat([rows.select(given.columns) for rows in (found, given, by_words)])
        main, more = self._main_fields(amounts, direct, fields, categories)
        tagged = _roll_up(pl.concat([direct, more.select(given.columns)]), self._paths)
        tagged = tagged.join(main, on=["paper", "topic_id"], how="left", maintain_order="left")
        return tagged.select(
            ids.gather(tagged["paper"]).alias("paper_id"),
            pl.col("topic_id").cast(pl.String),
            "evidence",
            "matched_text",
            "n_mentions",
            "weight",
            pl.col("via_topic_id").cast(pl.String),
            pl.col("is_main_field").fill_null(value=False),
        )

    def _known(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of topics that there are."""
        is_known = pl.col("topic_id").is_in(self._topic.categories.implode())
        return rows.filter(is_known).with_columns(pl.col("topic_id").cast(self._topic))

    def _by_words(
        self, papers: pl.DataFrame, said: pl.DataFrame
    ) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        """Return the amounts of words, and by them the likely topics and fields of papers.

        Args:
            papers: columns `paper`, `title`, `abstract`.
            said: what phrases say, see `topic_mentions.named_topics`.
        """
        named = said.with_columns(pl.col("topic_id", "field_id").cast(pl.String))
        parts = []
        for part in list(papers.iter_slices(_BATCH)) or [papers]:
            numbers = part.select("paper").with_row_index("n")
            own = named.join(numbers, on="paper").drop("paper").rename({"n": "paper"})
            scores = own.select("paper", "field_id", "score").unique()
            amounts = self._vocabulary.amounts(part.with_columns(paper=numbers["n"]))
            likely = relevant_topics(amounts, len(part), self._words, self._by_name, own)
            fields = likely_fields(amounts, len(part), scores, self._field_words)
            found = (amounts, likely, fields)
            parts.append(
                [rows.with_columns(numbers["paper"].gather(rows["paper"])) for rows in found]
            )
        amounts, likely, fields = (pl.concat(rows) for rows in zip(*parts, strict=True))
        return amounts, likely, fields

    def _relevant(
        self, likely: pl.DataFrame, said: pl.DataFrame
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the topics that words alone say enough of, and those named that count.

        A topic counts by its odds, see `word_topics`. Of one that no words are known of, and of a
        paper of which nothing else is found, the rules for phrases decide.
        """
        likely = likely.with_columns(pl.col("topic_id").cast(self._topic))
        keys = ["paper", "topic_id"]
        said = said.join(
            likely.select(*keys, is_likely=True), on=keys, how="left", maintain_order="left"
        )
        has_words = pl.col("topic_id").is_in(self._with_words.implode())
        by_rules = pl.col("is_enough") | pl.col("is_last")
        is_likely = pl.col("is_likely").fill_null(value=False)
        found = said.filter(pl.when(has_words).then(is_likely).otherwise(by_rules))
        by_words = likely.filter(~pl.col("is_named"))
        alone = said.filter(by_rules)
        for others in (found, by_words):
            alone = alone.join(others, on="paper", how="anti", maintain_order="left")
        return _of_words(by_words), pl.concat([found, alone])

    def _main_fields(
        self,
        amounts: pl.DataFrame,
        direct: pl.DataFrame,
        likely: pl.DataFrame,
        categories: pl.DataFrame,
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the main field of each paper, and fields that only their words say.

        It is the field of the primary category, else the likeliest of those of the topics found. A
        likelier one that none of them has is the main one if it is likely enough, and its words say
        so.
        """
        topic = pl.col("topic_id").cast(self._topic)
        fields = self._paths.select("topic_id", "field_id").unique()
        given = (
            categories.filter("is_primary")
            .join(fields, on="topic_id")
            .group_by("paper")
            .agg(topic_id=pl.col("field_id").min())
        )
        keys = ["paper", "topic_id"]
        has = direct.join(fields, on="topic_id").select("paper", "evidence", topic_id="field_id")
        likely = likely.rename({"field_id": "topic_id"})
        likely = likely.filter(pl.col("topic_id").is_in(self._by_name["field_id"].implode()))
        likely = likely.with_columns(topic).join(given, on="paper", how="anti")
        lone = _first(likely).filter(pl.col("probability") >= _SURE_FIELD)
        lone = lone.join(has, on=keys, how="anti")
        asked = lone.select("paper", pl.col("topic_id").cast(pl.String))
        shown = self._field_words.strongest(amounts.join(asked, on="paper", how="semi"), asked)
        shown = shown.filter(pl.col("n_words") >= LEAST_WORDS).with_columns(topic)
        more = _of_words(lone.join(shown, on=keys))
        named = pl.concat([has.select(keys), more.select(keys)])
        best = _first(likely.join(named, on=keys, how="semi")).select(keys)
        main = pl.concat([given.select(keys), best])
        # Words of topics may say something where those of fields do not; other categories never do.
        others = has.filter(pl.col("evidence") != "category").join(main, on="paper", how="anti")
        others = others.sort(keys).unique("paper", keep="first", maintain_order=True).select(keys)
        return pl.concat([main, others]).with_columns(is_main_field=pl.lit(value=True)), more


def _of_words(likely: pl.DataFrame) -> pl.DataFrame:
    """Return as evidence what words alone say."""
    return likely.select(
        "paper",
        "topic_id",
        "matched_text",
        evidence=pl.lit("words"),
        n_mentions=pl.lit(1, pl.Int32),
        weight=_WORDS * pl.col("probability"),
    )


def _first(likely: pl.DataFrame) -> pl.DataFrame:
    """Return the likeliest row of each paper."""
    ordered = likely.sort("paper", "odds", "topic_id", descending=[False, True, False])
    return ordered.unique("paper", keep="first", maintain_order=True)


def topic_paths(topics: pl.DataFrame) -> pl.DataFrame:
    """Return each topic with every topic above it, itself included.

    Args:
        topics: columns `topic_id`, `parent_topic_id`.

    Returns:
        Columns `topic_id`, `above_id`, `field_id`.

    >>> tree = {"topic_id": ["a", "b"], "parent_topic_id": [None, "a"]}
    >>> topic_paths(pl.DataFrame(tree)).sort("topic_id", "above_id").rows()
    [('a', 'a', 'a'), ('b', 'a', 'a'), ('b', 'b', 'a')]
    """
    parents = dict(topics.select("topic_id", "parent_topic_id").iter_rows())
    rows = []
    for topic_id in parents:
        path = [topic_id]
        while (parent := parents.get(path[-1])) and parent not in path:
            path.append(parent)
        rows += [(topic_id, above, path[-1]) for above in path]
    schema = dict.fromkeys(("topic_id", "above_id", "field_id"), pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row")


def _roll_up(found: pl.DataFrame, paths: pl.DataFrame) -> pl.DataFrame:
    """Add the areas and fields above the topics found, with the strongest evidence below."""
    return (
        found.join(paths, on="topic_id")
        .sort(
            ["paper", "above_id", "weight", "n_mentions", "topic_id"],
            descending=[False, False, True, True, False],
        )
        .group_by("paper", "above_id", maintain_order=True)
        .agg(
            pl.col("evidence", "matched_text").first(),
            pl.col("n_mentions").sum(),
            pl.col("weight").first(),
            via_topic_id=pl.col("topic_id").first(),
        )
        .rename({"above_id": "topic_id"})
    )
