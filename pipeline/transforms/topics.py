"""Which topics a paper has, and the words that say so.

What belongs here: putting together what phrases (`topic_mentions`), words (`word_topics`) and
categories say, as pure functions from frames to frames. What does not: the phrases
(`sql/reference/`), what must hold of them (`topic_reference`), and counting (`sql/marts/`).
"""

import polars as pl

from pipeline.transforms.main_fields import likely_fields, words_of_fields
from pipeline.transforms.phrases import matched_texts
from pipeline.transforms.topic_mentions import mentions_of, named_topics, texts_of, with_weights
from pipeline.transforms.word_topics import LEAST_WORDS, relevant_topics

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
# From what probability on a field is the main one that none of the topics found is of.
_SURE_FIELD = 0.6


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
    """Return the topics of papers, each with its strongest evidence.

    A paper of a topic is also one of the area and the field above it. A topic counts by its odds,
    in which phrases that name it and all words of the paper have their share. The main field is
    that of a primary category where one is known, else the likeliest one by phrases and words.

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
            hundredths; without rows, the rules for phrases decide, see `topic_mentions`.
        field_words: the same of fields.

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
    scores = found.select("paper", pl.col("field_id").cast(pl.String), "score").unique()
    by_words, found = _relevant(papers, words, found, paths)
    found = found.with_columns(matched_texts(texts["text"], mentions[found["mention"]]))
    direct = pl.concat([rows.select(given.columns) for rows in (found, given, by_words)])
    main, more = _main_fields(papers, direct, scores, categories, field_words, paths)
    tagged = _roll_up(pl.concat([direct, more.select(given.columns)]), paths)
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

    A topic counts by its odds, see `word_topics`. Of one that no words are known of, and of a paper
    of which nothing else is found, the rules for phrases decide.
    """
    topic = pl.col("topic_id").cast(paths["topic_id"].dtype)
    by_name = paths.cast(pl.String)
    known = words.join(by_name, on="topic_id", how="semi")
    likely = relevant_topics(
        papers.select("paper", "title", "abstract"),
        known,
        by_name,
        said.with_columns(pl.col("topic_id", "field_id").cast(pl.String)),
    ).with_columns(topic)
    keys = ["paper", "topic_id"]
    said = said.join(
        likely.select(*keys, is_likely=True), on=keys, how="left", maintain_order="left"
    )
    has_words = pl.col("topic_id").is_in(known.select(topic.unique()).to_series().implode())
    by_rules = pl.col("is_enough") | pl.col("is_last")
    counts = pl.when(has_words).then(pl.col("is_likely").fill_null(value=False)).otherwise(by_rules)
    found = said.filter(counts)
    by_words = likely.filter(~pl.col("is_named"))
    alone = said.filter(by_rules)
    for others in (found, by_words):
        alone = alone.join(others, on="paper", how="anti", maintain_order="left")
    by_words = by_words.select(
        *keys,
        "matched_text",
        evidence=pl.lit("words"),
        n_mentions=pl.lit(1, pl.Int32),
        weight=_WORDS * pl.col("probability"),
    )
    return by_words, pl.concat([found, alone])


def _main_fields(
    papers: pl.DataFrame,
    direct: pl.DataFrame,
    scores: pl.DataFrame,
    categories: pl.DataFrame,
    words: pl.DataFrame,
    paths: pl.DataFrame,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the main field of each paper, and fields that only their words say.

    It is the field of the primary category, else the likeliest of those of the topics found. A
    likelier one that none of them has is the main one if it is likely enough, and its words say so.
    """
    topic = pl.col("topic_id").cast(paths["topic_id"].dtype)
    fields = paths.select("topic_id", "field_id").unique()
    given = (
        categories.filter("is_primary")
        .join(fields, on="topic_id")
        .group_by("paper")
        .agg(topic_id=pl.col("field_id").min())
    )
    keys = ["paper", "topic_id"]
    has = direct.join(fields, on="topic_id").select("paper", "evidence", topic_id="field_id")
    likely = likely_fields(papers.select("paper", "title", "abstract"), scores, words).rename(
        {"field_id": "topic_id"}
    )
    likely = likely.filter(pl.col("topic_id").is_in(paths["field_id"].cast(pl.String).implode()))
    likely = likely.with_columns(topic).join(given, on="paper", how="anti")
    first = likely.sort("paper", "odds", "topic_id", descending=[False, True, False]).unique(
        "paper", keep="first", maintain_order=True
    )
    lone = first.filter(pl.col("probability") >= _SURE_FIELD).join(has, on=keys, how="anti")
    shown = words_of_fields(papers, lone.select("paper", pl.col("topic_id").cast(pl.String)), words)
    more = lone.join(
        shown.filter(pl.col("n_words") >= LEAST_WORDS).with_columns(topic), on=keys
    ).select(
        *keys,
        "matched_text",
        evidence=pl.lit("words"),
        n_mentions=pl.lit(1, pl.Int32),
        weight=_WORDS * pl.col("probability"),
    )
    best = (
        likely.join(pl.concat([has.select(keys), more.select(keys)]), on=keys, how="semi")
        .sort("paper", "odds", "topic_id", descending=[False, True, False])
        .unique("paper", keep="first", maintain_order=True)
        .select(keys)
    )
    main = pl.concat([given.select(keys), best])
    # Words of topics may say something where those of fields do not; other categories never do.
    others = has.filter(pl.col("evidence") != "category").join(main, on="paper", how="anti")
    others = others.sort(keys).unique("paper", keep="first", maintain_order=True).select(keys)
    return pl.concat([main, others]).with_columns(is_main_field=pl.lit(value=True)), more


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
