"""Which topics a paper has, and the words that say so.

What belongs here: putting together what phrases (`topic_mentions`), words (`word_topics`) and
categories say, as pure functions from frames to frames. What does not: the phrases
(`sql/reference/`), what must hold of them (`topic_reference`), and counting (`sql/marts/`).
"""

import polars as pl

from pipeline.transforms.phrases import matched_texts
from pipeline.transforms.topic_mentions import mentions_of, named_topics, texts_of, with_weights
from pipeline.transforms.word_topics import relevant_topics, topic_kinds

# What `tag_papers` gets of papers' categories.
CATEGORY_COLUMNS = {
    "paper_id": pl.String,
    "topic_id": pl.String,
    "category": pl.String,
    "is_primary": pl.Boolean,
}
# A category is broad.
_CATEGORY = 0.25
# Words that only go with a topic say at most as much as one mention of it.
_WORDS = 0.5


def tag_papers(
    papers: pl.DataFrame,
    phrases: pl.DataFrame,
    exclusions: pl.DataFrame,
    categories: pl.DataFrame,
    topics: pl.DataFrame,
    weights: pl.DataFrame,
    words: pl.DataFrame,
) -> pl.DataFrame:
    """Return the topics of papers, each with its strongest evidence.

    A paper of a topic is also one of the area and the field above it. Every phrase found says
    something of the field of the paper; the field that most is said of is its main one, but for
    a paper whose primary category is known: its field is the main one. A topic
    below the fields counts where the title names it, or the abstract more than once; the words
    of a field as a whole, and weak words, where that field is likely beside the main one, too.

    Args:
        papers: columns `paper_id`, `title`, `abstract`.
        phrases: columns `topic_id`, `phrase`, `is_case_sensitive`, `is_weak`.
        exclusions: columns `phrase`, `exclusion`; a phrase does not count in a paper that has
            its exclusion.
        categories: columns `paper_id`, `topic_id`, `category`, `is_primary`.
        topics: columns `topic_id`, `parent_topic_id`.
        weights: columns `phrase`, `weight`, how much a phrase says of the field, in hundredths;
            100 for a phrase that is not there.
        words: columns `topic_id`, `word`, `weight`, how much a word says of a topic, in
            hundredths; without rows, phrases and categories alone count.

    Returns:
        One row per paper and topic: `paper_id`, `topic_id`, `evidence`, `matched_text`,
        `n_mentions`, `weight`, `via_topic_id`, `is_main_field`.
    """
    paths = topic_paths(topics)
    # Whole numbers in the order of the ids, for texts are slow keys.
    known = pl.concat([papers["paper_id"], categories["paper_id"]]).unique().sort()
    numbers = known.to_frame().with_row_index("paper")
    topic = pl.Enum(paths["topic_id"].unique().sort())
    paths = paths.with_columns(pl.all().cast(topic))
    papers = papers.join(numbers, on="paper_id").sort("paper")
    is_known = pl.col("topic_id").is_in(topic.categories.implode())
    phrases, categories = (
        rows.filter(is_known).with_columns(pl.col("topic_id").cast(topic))
        for rows in (phrases, categories)
    )
    texts = texts_of(papers)
    mentions = mentions_of(texts, with_weights(phrases, weights), exclusions)
    found = named_topics(mentions, paths)
    categories = categories.join(numbers, on="paper_id")
    given = categories.group_by("paper", "topic_id").agg(
        evidence=pl.lit("category"),
        matched_text=pl.col("category").min(),
        n_mentions=pl.len().cast(pl.Int32),
        weight=pl.lit(_CATEGORY),
    )
    by_words, found = _relevant(papers, words, found, paths)
    main = _main_fields(found, by_words, categories, paths)
    found = found.with_columns(matched_texts(texts["text"], mentions[found["mention"]]))
    found = found.select(given.columns)
    tagged = _roll_up(pl.concat([found, given, by_words.select(given.columns)]), paths)
    tagged = tagged.join(main, on=["paper", "topic_id"], how="left", maintain_order="left")
    return tagged.select(
        known.gather(tagged["paper"]).alias("paper_id"),
        pl.col("topic_id").cast(pl.String),
        "evidence",
        "matched_text",
        "n_mentions",
        "weight",
        pl.col("via_topic_id").cast(pl.String),
        pl.col("is_main_field").fill_null(value=False),
    )


def _relevant(
    papers: pl.DataFrame, words: pl.DataFrame, said: pl.DataFrame, paths: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the topics that words alone say enough of, and those named that count.

    A topic that phrases name counts by its odds, see `word_topics`; where the title names it in
    the main field, without more. Of a paper, or of a topic, that words say nothing of, the rules
    for phrases decide, and they do of fields: one that its own words name is not the paper's if
    all words of the paper say more of several topics of others. What they find stays where
    nothing else is found.
    """
    topics = topic_kinds(paths)
    words = words.join(topics, on="topic_id", how="semi")
    likely, first = relevant_topics(
        papers.select("paper", "title", "abstract"),
        words,
        topics,
        said.select("paper", pl.col("topic_id").cast(pl.String), "is_strong", "in_title"),
        said.select("paper", pl.col("field_id").cast(pl.String), "behind").unique().drop_nulls(),
    )
    topic = pl.col("topic_id").cast(paths["topic_id"].dtype)
    keys = ["paper", "topic_id"]
    likely = likely.with_columns(topic)
    # What the words say most of, with all that is above.
    above = (
        first.with_columns(topic).join(paths, on="topic_id").select("paper", topic_id="above_id")
    )
    said = (
        said.join(likely.select(*keys, is_likely=True), on=keys, how="left", maintain_order="left")
        .join(
            above.unique().with_columns(is_first=True), on=keys, how="left", maintain_order="left"
        )
        .with_columns(pl.col("is_likely", "is_first").fill_null(value=False))
    )
    has_words = pl.col("topic_id").is_in(words.select(topic.unique()).to_series().implode())
    is_field = pl.col("topic_id") == pl.col("field_id")
    is_judged = pl.col("paper").is_in(first["paper"].unique().implode())
    by_rules = pl.col("is_enough") | pl.col("is_last")
    counts = (
        pl.when(is_judged & is_field)
        .then(by_rules & pl.col("is_first"))
        .when(is_judged & has_words)
        .then(pl.col("is_likely") | pl.col("is_sure"))
        .otherwise(by_rules)
    )
    found = said.filter(counts)
    alone = said.filter(by_rules).join(found, on="paper", how="anti", maintain_order="left")
    by_words = likely.filter(~pl.col("is_named")).select(
        *keys,
        "matched_text",
        evidence=pl.lit("words"),
        n_mentions=pl.lit(1, pl.Int32),
        weight=_WORDS * pl.col("probability"),
    )
    return by_words, pl.concat([found, alone])


def _main_fields(
    found: pl.DataFrame, by_words: pl.DataFrame, categories: pl.DataFrame, paths: pl.DataFrame
) -> pl.DataFrame:
    """Return the main field of each paper: its primary category's, else what its phrases say.

    Where there are none it is the field of the likeliest topic of its words.
    """
    fields = paths.select("topic_id", "field_id").unique()
    given = (
        categories.filter("is_primary")
        .join(fields, on="topic_id")
        .group_by("paper")
        .agg(pl.col("field_id").min())
    )
    said = found.select("paper", "field_id", said="score")
    meant = by_words.join(fields, on="topic_id").select("paper", "field_id", said="weight")
    for rows in (said, meant):
        first = rows.sort("paper", "said", "field_id", descending=[False, True, False]).unique(
            "paper", keep="first", maintain_order=True
        )
        first = first.join(given, on="paper", how="anti").select("paper", "field_id")
        given = pl.concat([given, first])
    return given.select("paper", topic_id="field_id", is_main_field=True)


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
