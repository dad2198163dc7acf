"""Where phrases name topics in papers, and how well.

What belongs here: finding phrases in titles and abstracts and weighing them by rules, as pure
functions from frames to frames. What does not: which topics a paper gets (`topics`), the search
itself (`phrases`).
"""

import polars as pl

from pipeline.transforms.phrases import PhraseSearch, matched_texts, patterns_of, phrase_keys

# A title says what the paper is about. In the abstract the first mention leaves doubt, and every
# further one halves it.
_TITLE, _DOUBT = 1.0, 0.5
# A phrase in the title says as much of the field as so many mentions more.
_TITLE_MENTIONS = 2
# A field is likely if its log odds against the main field are no worse: about one to seven.
_MOST_BEHIND = 2.0
# Beside the main field one weak word alone says something of another field from so many mentions
# on; one in the title counts twice.
_MIN_BESIDE = 3


def with_weights(phrases: pl.DataFrame, weights: pl.DataFrame) -> pl.DataFrame:
    """Add to phrases what they say of the field, as `says`.

    Args:
        phrases: column `phrase`.
        weights: columns `phrase`, `weight` in hundredths; 1 for a phrase that is not there.
    """
    said = weights.select("phrase", says=pl.col("weight") / 100)
    found = phrases.join(said, on="phrase", how="left", maintain_order="left")
    return found.with_columns(pl.col("says").fill_null(1))


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
    texts = texts_of(papers.with_row_index("paper"))
    mentions = Phrasebook(phrases.with_columns(says=1.0), exclusions).mentions(texts)
    found = _evidence(mentions)
    return found.select(
        papers["paper_id"].gather(found["paper"]),
        "topic_id",
        phrases["phrase"].gather(found["phrase_no"]),
        "amount",
    ).sort("paper_id", "phrase")


def texts_of(papers: pl.DataFrame) -> pl.DataFrame:
    """Return the texts to search, titles before abstracts.

    Args:
        papers: columns `paper`, `title`, `abstract`.

    Returns:
        Columns `paper`, `is_abstract`, `text`.
    """
    return pl.concat(
        papers.select("paper", is_abstract=pl.lit(field == "abstract"), text=field)
        for field in ("title", "abstract")
    ).drop_nulls("text")


class Phrasebook:
    """Phrases to look for, made ready once for any number of texts."""

    def __init__(self, phrases: pl.DataFrame, exclusions: pl.DataFrame) -> None:
        """Spell the phrases out.

        Args:
            phrases: columns `topic_id`, `phrase`, `is_case_sensitive`, `is_weak`, `says`.
            exclusions: columns `phrase`, `exclusion`.
        """
        phrases = phrases.with_columns(key=phrase_keys(phrases["phrase"])).with_row_index(
            "phrase_no"
        )
        exclusions = exclusions.select("phrase", key=phrase_keys(exclusions["exclusion"]))
        self._search = PhraseSearch(patterns_of(pl.concat([phrases["key"], exclusions["key"]])))
        keys = self._search.patterns.select("key").with_row_index("n")
        self._meant = keys.join(phrases, on="key").drop("key")
        excluding = keys.join(exclusions, on="key").join(phrases, on="phrase")
        self._excluding = excluding.select("n", "phrase_no")

    def mentions(self, texts: pl.DataFrame) -> pl.DataFrame:
        """Return the mentions that count: acronyms as written, nothing that is excluded.

        Args:
            texts: what `texts_of` returns.

        Returns:
            Columns `mention`, `paper`, `topic_id`, `phrase_no`, `is_weak`, `says`, `is_abstract`,
            `row` of the text, `place` and `size` in bytes.

        Those in titles come before those in abstracts, there strong words before weak ones, and
        those of a paper in the order of their places, numbered as `mention`.
        """
        found = self._search.find(texts["text"])
        found = found.with_columns(texts.select("paper", "is_abstract")[found["row"]])
        excluded = found.join(self._excluding, on="n").select("paper", "phrase_no")
        mentions = found.join(self._meant, on="n", maintain_order="left").join(
            excluded, on=["paper", "phrase_no"], how="anti", maintain_order="left"
        )
        # Each of the four kinds is in order already: putting them together is no sorting.
        kinds = [(abstract, weak) for abstract in (False, True) for weak in (False, True)]
        mentions = pl.concat(mentions.filter(is_abstract=a, is_weak=w) for a, w in kinds)
        mentions = mentions.with_row_index("mention")
        is_word = pl.col("mention").is_in(_word_like_acronyms(mentions, texts).implode())
        return (
            mentions.filter(~is_word)
            .drop("mention", "phrase", "is_case_sensitive", "n")
            .with_row_index("mention")
        )


def _word_like_acronyms(mentions: pl.DataFrame, texts: pl.DataFrame) -> pl.Series:
    """Tell which mentions are acronyms in other letters than theirs, without the long form."""
    acronyms = mentions.filter("is_case_sensitive")
    long_forms = mentions.filter(~pl.col("is_case_sensitive"))
    as_written = pl.col("matched_text").str.starts_with(pl.col("phrase"))
    others = acronyms.with_columns(matched_texts(texts["text"], acronyms)).filter(~as_written)
    return others.join(long_forms, on=["paper", "topic_id"], how="anti")["mention"]


def named_topics(mentions: pl.DataFrame, paths: pl.DataFrame) -> pl.DataFrame:
    """Return one row per paper and topic mentioned, with what the rules for phrases say of it.

    Args:
        mentions: what `Phrasebook.mentions` returns.
        paths: what `topics.topic_paths` returns.

    Returns:
        Columns `paper`, `topic_id`, `field_id`, the first `mention`, `n_mentions`, `in_title`,
        `is_strong` (by a phrase that is not weak), `is_main` (of the main field), `behind` (how
        much less is said of its field than of the main one; NULL where none is), `evidence`,
        `weight`, and whether it counts: `is_enough`, `is_sure`, `is_last`; sorted by paper, topic.

    `is_enough` if it is mentioned well enough; `is_last` for what is better than nothing: the
    first that is named in passing of a main field of which nothing else is said.
    """
    found = _topics_mentioned(mentions, paths.select("topic_id", "field_id").unique())
    # What a narrow topic is called says enough; what is said of a field, or with weak words, is
    # weighed.
    is_named = (pl.col("topic_id") != pl.col("field_id")) & pl.col("is_strong")
    is_likely = pl.col("behind") <= _MOST_BEHIND
    n_worth = pl.col("n_mentions") + pl.col("in_title").cast(pl.Int32)
    is_often = pl.col("has_words") | pl.col("is_strong") | (n_worth >= _MIN_BESIDE)
    is_weighed = pl.col("is_main") | (is_likely & is_often)
    names_title = is_named & pl.col("names_title")
    enough = names_title | (~pl.col("is_passing") & (is_named | is_weighed))
    found = found.with_columns(is_enough=enough, is_sure=names_title & pl.col("is_main"))
    passing = (
        found.filter("is_main", ~pl.col("is_enough").any().over("paper", "field_id"))
        .filter(pl.col("is_strong") | ~pl.col("is_passing"))
        .sort("paper", "place", "topic_id")
        .unique("paper", keep="first", maintain_order=True)
        .select("paper", "topic_id", is_last=True)
    )
    found = found.join(passing, on=["paper", "topic_id"], how="left", maintain_order="left")
    in_title = pl.when("in_title")
    doubt = 1 - pl.lit(_DOUBT).pow(pl.col("n_mentions"))
    return found.with_columns(
        pl.col("is_last").fill_null(value=False),
        evidence=in_title.then(pl.lit("title")).otherwise(pl.lit("abstract")),
        weight=in_title.then(_TITLE).otherwise(doubt),
    )


def _topics_mentioned(mentions: pl.DataFrame, fields: pl.DataFrame) -> pl.DataFrame:
    """Return one row per paper and topic mentioned, with what is said of its field.

    `mention` is the first one; `score` what all phrases say of the field, `behind` how much less
    that is than what they say of the main one. Weak words in passing make no main field.
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
    found = found.with_columns(is_passing=is_passing).join(scores, on=["paper", "field_id"])
    main = (
        found.filter(pl.col("is_strong") | ~pl.col("is_passing"))
        .select("paper", main_id="field_id", most="score")
        .sort("paper", "most", "main_id", descending=[False, True, False])
        .unique("paper", keep="first", maintain_order=True)
    )
    return (
        found.join(main, on="paper", how="left")
        .with_columns(
            is_main=(pl.col("field_id") == pl.col("main_id")).fill_null(value=False),
            behind=pl.col("most") - pl.col("score"),
        )
        .sort("paper", "topic_id")
    )


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
