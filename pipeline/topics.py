"""Which topics a paper has, and the words that say so.

What belongs here: finding phrases in texts, as pure functions from frames to frames. What does
not: the phrases (`sql/reference/topic_phrases.csv`) and counting (`sql/marts/`).
"""

import polars as pl

# What counts more: a phrase in the title is what the paper is about, in the abstract it may be
# mentioned in passing, a category is broad.
_WEIGHTS = {"title": 1.0, "abstract": 0.5, "category": 0.25}
# Signs that stand between words become spaces of the same number of bytes, so that places in
# the cleaned text are places in the original: `in-context`, `LLM–based`, `“agents”`.
_SEPARATORS = (
    (r"[\t\n\r -]", " "),
    (r"[\x{80}-\x{7FF}&&[^\p{L}\p{N}\p{M}]]", "  "),
    (r"[\x{800}-\x{FFFF}&&[^\p{L}\p{N}\p{M}]]", "   "),
)


def _spellings(phrase: str) -> set[str]:
    """Return the ways a phrase is written: singular and plural, spaces for hyphens.

    >>> sorted(_spellings("search policy"))
    ['search policies', 'search policy', 'search policys']
    """
    text = phrase.replace("-", " ")
    endings = {text, text + "s"}
    if text.endswith("y"):
        return endings | {text[:-1] + "ies"}
    return endings | {text + "es"} if text.endswith(("s", "x", "z", "ch", "sh")) else endings


def _patterns(phrases: pl.DataFrame, *, is_case_sensitive: bool) -> pl.DataFrame:
    rows = [
        (topic_id, spelling if is_case_sensitive else spelling.lower())
        for topic_id, phrase, is_exact in phrases.select(
            "topic_id", "phrase", "is_case_sensitive"
        ).iter_rows()
        if is_exact == is_case_sensitive
        for spelling in sorted(_spellings(phrase))
    ]
    schema = {"topic_id": pl.String, "pattern": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row").unique("pattern", keep="first")


def _is_inside_word(text: pl.Expr, place: pl.Expr) -> pl.Expr:
    """Tell whether the byte of a text at a place belongs to a word."""
    byte = text.cast(pl.Binary).bin.slice(place, 1).bin.encode("hex")
    is_word = byte.str.contains("^(?:3[0-9]|[46][1-9a-f]|[57][0-9a]|[89a-f].)$")
    return (place >= 0) & is_word


def find_phrases(texts: pl.DataFrame, phrases: pl.DataFrame) -> pl.DataFrame:
    """Find phrases in texts (Aho-Corasick, through polars).

    Phrases match whole words, in singular or plural, with spaces or hyphens between the words;
    acronyms (`is_case_sensitive`) as written. A phrase inside a longer one does not count:
    "large language model" is no mention of "language model".

    Args:
        texts: columns `paper_id`, `evidence`, `text`; each paper and evidence once.
        phrases: columns `topic_id`, `phrase`, `is_case_sensitive`.

    Returns:
        One row per match: `paper_id`, `evidence`, `topic_id`, `matched_text`.
    """
    cleaned = pl.col("text")
    for signs, spaces in _SEPARATORS:
        cleaned = cleaned.str.replace_all(signs, spaces)
    texts = texts.with_columns(clean=cleaned)
    found = pl.concat(
        _find(texts, _patterns(phrases, is_case_sensitive=exact), is_case_sensitive=exact)
        for exact in (False, True)
    )
    text = ["paper_id", "evidence"]
    ordered = found.sort(*text, "start", -pl.col("end"), "topic_id")
    reached = pl.col("end").cum_max().shift(1).over(text).fill_null(-1)
    return ordered.filter(pl.col("end") > reached).select(*text, "topic_id", "matched_text")


def _find(texts: pl.DataFrame, patterns: pl.DataFrame, *, is_case_sensitive: bool) -> pl.DataFrame:
    options = {"ascii_case_insensitive": not is_case_sensitive, "overlapping": True}
    # With its type, for a list without acronyms leaves one of the two kinds empty.
    words = pl.lit(pl.Series([patterns["pattern"].to_list()], dtype=pl.List(pl.String)))
    matches = (
        texts.with_columns(
            start=pl.col("clean").str.find_many(words, **options).cast(pl.List(pl.Int64)),
            pattern=pl.col("clean").str.extract_many(words, **options),
        )
        .explode("start", "pattern")
        .drop_nulls("start")
        .with_columns(end=pl.col("start") + pl.col("pattern").str.len_bytes())
    )
    whole_words = matches.filter(
        ~_is_inside_word(pl.col("clean"), pl.col("start") - 1)
        & ~_is_inside_word(pl.col("clean"), pl.col("end"))
    )
    if not is_case_sensitive:
        whole_words = whole_words.with_columns(pl.col("pattern").str.to_lowercase())
    original = (
        pl.col("text").cast(pl.Binary).bin.slice(pl.col("start"), pl.col("end") - pl.col("start"))
    )
    return whole_words.join(patterns, on="pattern").select(
        "paper_id", "evidence", "topic_id", "start", "end", matched_text=original.cast(pl.String)
    )


def tag_papers(
    papers: pl.DataFrame, phrases: pl.DataFrame, categories: pl.DataFrame
) -> pl.DataFrame:
    """Return the topics of papers, each with its strongest evidence.

    Args:
        papers: columns `paper_id`, `title`, `abstract`.
        phrases: columns `topic_id`, `phrase`, `is_case_sensitive`.
        categories: columns `paper_id`, `topic_id`, `category`.

    Returns:
        One row per paper and topic: `paper_id`, `topic_id`, `evidence`, `matched_text`,
        `n_mentions`, `weight`.
    """
    texts = pl.concat(
        papers.select("paper_id", evidence=pl.lit(field), text=field).drop_nulls("text")
        for field in ("title", "abstract")
    )
    columns = ["paper_id", "topic_id", "evidence", "matched_text"]
    mentions = pl.concat(
        [
            find_phrases(texts, phrases).select(columns),
            categories.select(
                "paper_id", "topic_id", evidence=pl.lit("category"), matched_text="category"
            ),
        ]
    )
    weight = pl.col("evidence").replace_strict(_WEIGHTS, return_dtype=pl.Float64)
    return (
        mentions.with_columns(weight=weight)
        .with_columns(n_mentions=pl.len().over("paper_id", "topic_id").cast(pl.Int32))
        .sort(
            ["paper_id", "topic_id", "weight", "matched_text"],
            descending=[False, False, True, False],
        )
        .unique(["paper_id", "topic_id"], keep="first", maintain_order=True)
    )
