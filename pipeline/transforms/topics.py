"""Which topics a paper has, and the words that say so.

What belongs here: finding phrases in texts and weighing them, as pure functions from frames to
frames. What does not: the phrases (`sql/reference/`), what must hold of them
(`topic_reference`), and counting (`sql/marts/`).
"""

import polars as pl

from pipeline.transforms.phrases import matched_texts, patterns_of, phrase_key, search_texts
from pipeline.transforms.word_topics import word_topics

# What `tag_papers` gets of papers' categories.
CATEGORY_COLUMNS = {
    "paper_id": pl.String,
    "topic_id": pl.String,
    "category": pl.String,
    "is_primary": pl.Boolean,
}
# A title says what the paper is about, a category is broad. In the abstract the first mention
# leaves doubt, and every further one halves it.
_TITLE, _CATEGORY, _DOUBT = 1.0, 0.25, 0.5
# Words that only go with a topic say at most as much as one mention of it.
_WORDS = 0.5
# From so many mentions on a topic is meant, whatever the other words are.
_SURELY_MEANT = 4
# A phrase in the title says as much of the field as so many mentions more.
_TITLE_MENTIONS = 2
# A field is likely if its log odds against the main field are no worse: about one to seven.
_MOST_BEHIND = 2.0
# Beside the main field one weak word alone says something of another field from so many mentions
# on; one in the title counts twice.
_MIN_BESIDE = 3


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
    said = weights.select("phrase", says=pl.col("weight") / 100)
    phrases = phrases.join(said, on="phrase", how="left").with_columns(pl.col("says").fill_null(1))
    texts = _texts(papers)
    mentions = _mentions(texts, phrases, exclusions)
    found = _weigh(mentions, texts, paths)
    categories = categories.join(numbers, on="paper_id")
    given = categories.group_by("paper", "topic_id").agg(
        evidence=pl.lit("category"),
        matched_text=pl.col("category").min(),
        n_mentions=pl.len().cast(pl.Int32),
        weight=pl.lit(_CATEGORY),
    )
    by_words, found = _by_words(papers, words, found, mentions, paths)
    main = _main_fields(found, by_words, categories, paths)
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


def _by_words(
    papers: pl.DataFrame,
    words: pl.DataFrame,
    found: pl.DataFrame,
    mentions: pl.DataFrame,
    paths: pl.DataFrame,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return what words say of topics no phrase has found, and of those found what they bear out.

    A topic that the abstract alone names a few times is spoken of in passing, and a field that its
    own words name is not the paper's, if all words of the paper say more of several other topics;
    it stays where nothing else is found.
    """
    ids = pl.col("topic_id", "field_id")
    fields = paths.select(ids.cast(pl.String)).unique()
    above = found.select("paper", "topic_id").join(paths, on="topic_id")
    words = words.join(fields, on="topic_id", how="semi")
    given, first = word_topics(
        papers.select("paper", "title", "abstract"),
        words,
        fields,
        above.select("paper", pl.col("above_id", "field_id").cast(pl.String)).rename(
            {"above_id": "topic_id"}
        ),
        mentions.select("paper", pl.col("topic_id").cast(pl.String)),
    )
    topic = pl.col("topic_id").cast(paths["topic_id"].dtype)
    # What the words say most of, with all that is above.
    first = first.with_columns(topic).join(paths, on="topic_id").select("paper", "above_id")
    first = first.unique().rename({"above_id": "topic_id"})
    has_words = pl.col("topic_id").is_in(words.select(topic.unique()).to_series().implode())
    is_few = (pl.col("evidence") == "abstract") & (pl.col("n_mentions") < _SURELY_MEANT)
    is_field = pl.col("topic_id") == pl.col("field_id")
    is_judged = pl.col("paper").is_in(first["paper"].unique().implode()) & (has_words | is_field)
    doubted = found.filter(is_judged & (is_few | is_field))
    doubted = doubted.join(first, on=["paper", "topic_id"], how="anti", maintain_order="left")
    keys = ["paper", "topic_id"]
    borne_out = found.join(doubted, on=keys, how="anti", maintain_order="left")
    alone = doubted.join(borne_out, on="paper", how="anti", maintain_order="left")
    by_words = given.select(
        "paper",
        topic,
        "matched_text",
        evidence=pl.lit("words"),
        n_mentions=pl.lit(1, pl.Int32),
        weight=_WORDS * pl.col("probability"),
    )
    return by_words, pl.concat([borne_out, alone])


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


def phrase_evidence(
    papers: pl.DataFrame, phrases: pl.DataFrame, exclusions: pl.DataFrame
) -> pl.DataFrame:
    """Return how much is made of each phrase in each paper; what it says of the field is left out.

    Args:
        papers: see `tag_papers`.
        phrases: see `tag_papers`.
        exclusions: see `tag_papers`.

    Returns:
        Columns `paper_id`, `topic_id`, `phrase`, `amount`.
    """
    texts = _texts(papers.with_row_index("paper"))
    mentions = _mentions(texts, phrases.with_columns(says=1.0), exclusions)
    found = _evidence(mentions)
    return found.select(
        papers["paper_id"].gather(found["paper"]),
        "topic_id",
        phrases["phrase"].gather(found["phrase_no"]),
        "amount",
    ).sort("paper_id", "phrase")


def phrase_places(
    papers: pl.DataFrame, phrases: pl.DataFrame, exclusions: pl.DataFrame
) -> pl.DataFrame:
    """Return where phrases stand in papers, those that count.

    Args:
        papers: columns `paper`, `title`, `abstract`.
        phrases: see `tag_papers`.
        exclusions: see `tag_papers`.

    Returns:
        Columns `paper`, `topic_id`, `is_abstract`, `place` and `size` in bytes.
    """
    mentions = _mentions(_texts(papers), phrases.with_columns(says=1.0), exclusions)
    return mentions.select("paper", "topic_id", "is_abstract", "place", "size")


def _texts(papers: pl.DataFrame) -> pl.DataFrame:
    """Return the texts to search: `paper`, `is_abstract`, `text`; titles before abstracts."""
    return pl.concat(
        papers.select("paper", is_abstract=pl.lit(field == "abstract"), text=field)
        for field in ("title", "abstract")
    ).drop_nulls("text")


def _mentions(texts: pl.DataFrame, phrases: pl.DataFrame, exclusions: pl.DataFrame) -> pl.DataFrame:
    """Return the mentions that count: acronyms as written, nothing that is excluded.

    Those in titles come before those in abstracts, there strong words before weak ones, and
    those of a paper in the order of their places, numbered as `mention`.
    """
    phrases = phrases.with_columns(key=_keys(phrases["phrase"])).with_row_index("phrase_no")
    exclusions = exclusions.select("phrase", key=_keys(exclusions["exclusion"]))
    patterns = patterns_of([*phrases["key"], *exclusions["key"]]).with_row_index("n")
    found = search_texts(texts["text"], patterns)
    found = found.with_columns(texts.select("paper", "is_abstract")[found["row"]])
    keys = patterns.select("n", "key")
    excluding = keys.join(exclusions, on="key").join(phrases, on="phrase").select("n", "phrase_no")
    excluded = found.join(excluding, on="n").select("paper", "phrase_no")
    mentions = found.join(
        keys.join(phrases, on="key").drop("key"), on="n", maintain_order="left"
    ).join(excluded, on=["paper", "phrase_no"], how="anti", maintain_order="left")
    # Each of the four kinds is in order already: putting them together is no sorting.
    kinds = [(is_abstract, is_weak) for is_abstract in (False, True) for is_weak in (False, True)]
    mentions = pl.concat(mentions.filter(is_abstract=a, is_weak=w) for a, w in kinds)
    mentions = mentions.with_row_index("mention")
    is_word = pl.col("mention").is_in(_word_like_acronyms(mentions, texts).implode())
    return (
        mentions.filter(~is_word)
        .drop("mention", "phrase", "is_case_sensitive", "n")
        .with_row_index("mention")
    )


def _keys(phrases: pl.Series) -> pl.Series:
    return pl.Series("key", [phrase_key(phrase) for phrase in phrases], dtype=pl.String)


def _word_like_acronyms(mentions: pl.DataFrame, texts: pl.DataFrame) -> pl.Series:
    """Tell which mentions are acronyms in other letters than theirs, without the long form."""
    acronyms = mentions.filter("is_case_sensitive")
    long_forms = mentions.filter(~pl.col("is_case_sensitive"))
    as_written = pl.col("matched_text").str.starts_with(pl.col("phrase"))
    others = acronyms.with_columns(matched_texts(texts["text"], acronyms)).filter(~as_written)
    return others.join(long_forms, on=["paper", "topic_id"], how="anti")["mention"]


def _weigh(mentions: pl.DataFrame, texts: pl.DataFrame, paths: pl.DataFrame) -> pl.DataFrame:
    """Return one row per paper and topic that is mentioned well enough."""
    found = _topics_mentioned(mentions, paths.select("topic_id", "field_id").unique())
    # What a narrow topic is called says enough; what is said of a field, or with weak words, is
    # weighed.
    is_named = (pl.col("topic_id") != pl.col("field_id")) & pl.col("is_strong")
    is_likely = pl.col("most") - pl.col("score") <= _MOST_BEHIND
    n_worth = pl.col("n_mentions") + pl.col("in_title").cast(pl.Int32)
    is_often = pl.col("has_words") | pl.col("is_strong") | (n_worth >= _MIN_BESIDE)
    is_weighed = pl.col("is_main") | (is_likely & is_often)
    names_title = is_named & pl.col("names_title")
    enough = names_title | (~pl.col("is_passing") & (is_named | is_weighed))
    found = found.with_columns(is_enough=enough)
    # Where the main field is only spoken of in passing, that is better than nothing.
    passing = (
        found.filter("is_main", ~pl.col("is_enough").any().over("paper", "field_id"))
        .sort("paper", "place", "topic_id")
        .unique("paper", keep="first", maintain_order=True)
    )
    kept = pl.concat([found.filter("is_enough"), passing])
    in_title = pl.when("in_title")
    doubt = 1 - pl.lit(_DOUBT).pow(pl.col("n_mentions"))
    return kept.with_columns(
        matched_texts(texts["text"], mentions[kept["mention"]]),
        evidence=in_title.then(pl.lit("title")).otherwise(pl.lit("abstract")),
        weight=in_title.then(_TITLE).otherwise(doubt),
    )


def _topics_mentioned(mentions: pl.DataFrame, fields: pl.DataFrame) -> pl.DataFrame:
    """Return one row per paper and topic mentioned, with what is said of its field.

    `mention` is the first one; `score` what all phrases say of the field, `most` what they say
    of the main one. Weak words in passing say nothing: they are left out.
    """
    found = (
        _evidence(mentions)
        .group_by("paper", "topic_id")
        .agg(
            pl.col("n_mentions").sum(),
            pl.col("mention", "place").min(),
            pl.col("in_title").any(),
            is_strong=~pl.col("is_weak").all(),
            has_words=pl.len() > 1,
            names_title=(pl.col("in_title") & ~pl.col("is_weak")).any(),
            said=(pl.col("amount") * pl.col("says")).sum(),
        )
        .join(fields, on="topic_id")
    )
    scores = found.group_by("paper", "field_id").agg(score=pl.col("said").sum().round(9))
    is_passing = ~pl.col("in_title") & (pl.col("n_mentions") == 1)
    found = (
        found.with_columns(is_passing=is_passing)
        .filter(pl.col("is_strong") | ~pl.col("is_passing"))
        .join(scores, on=["paper", "field_id"])
    )
    main = (
        found.select("paper", main_id="field_id", most="score")
        .sort("paper", "most", "main_id", descending=[False, True, False])
        .unique("paper", keep="first", maintain_order=True)
    )
    is_main = pl.col("field_id") == pl.col("main_id")
    return found.join(main, on="paper").with_columns(is_main=is_main)


def _evidence(mentions: pl.DataFrame) -> pl.DataFrame:
    """Return one row per paper and phrase; `amount`, the log of the mentions, is made of it."""
    in_title = pl.col("in_title").cast(pl.Int32)
    return (
        mentions.group_by("paper", "phrase_no")
        .agg(
            pl.col("topic_id", "is_weak", "says").first(),
            pl.col("mention", "place").min(),
            n_mentions=pl.len().cast(pl.Int32),
            in_title=~pl.col("is_abstract").all(),
        )
        .with_columns(amount=(1 + pl.col("n_mentions") + _TITLE_MENTIONS * in_title).log())
    )


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
