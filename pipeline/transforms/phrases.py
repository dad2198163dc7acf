"""Finding phrases in texts, as pure functions from frames to frames.

What belongs here: the search for any set of phrases. What does not: what a phrase says of a paper
(`topics`), which phrases there are (`sql/reference/`).
"""

import os
from collections.abc import Iterable

import polars as pl

_BATCH = 100_000  # texts searched in one go; bounds the memory
_MARK = "\x01"
# Two spaces separate the texts of a batch: no phrase has two.
_GAP = b"  "
_SIGNS = bytes(i for i in range(128) if not chr(i).isalnum())
_CAPITALS = bytes(range(ord("A"), ord("Z") + 1))
TO_WORDS = bytes.maketrans(_SIGNS + _CAPITALS, b" " * len(_SIGNS) + _CAPITALS.lower())
# Signs beyond ASCII become spaces of as many bytes, so that places stay: `LLM–based`.
_WIDE_SIGNS = (
    (r"[\x{80}-\x{7FF}&&[^\p{L}\p{N}\p{M}]]", "  "),
    (r"[\x{800}-\x{FFFF}&&[^\p{L}\p{N}\p{M}]]", "   "),
    (r"[\x{10000}-\x{10FFFF}&&[^\p{L}\p{N}\p{M}]]", "    "),
)


def phrase_key(phrase: str) -> str:
    """Return a phrase as it stands in a text cleaned for search: lower-case words.

    >>> phrase_key("In-Context Learning")
    'in context learning'
    """
    return phrase.lower().encode().translate(TO_WORDS).decode()


def spellings(phrase: str) -> set[str]:
    """Return the ways a phrase is written: singular and plural, spaces for all signs.

    >>> sorted(spellings("search-policy"))
    ['search policies', 'search policy', 'search policys']
    """
    text = phrase_key(phrase)
    endings = {text, text + "s"}
    if text.endswith("y"):
        return endings | {text[:-1] + "ies"}
    return endings | {text + "es"} if text.endswith(("s", "x", "z", "ch", "sh")) else endings


def find_phrases(texts: pl.DataFrame, phrases: Iterable[str]) -> pl.DataFrame:
    """Find phrases in texts (Aho-Corasick, through polars).

    Phrases match whole words, in singular or plural, with spaces or signs between the words, in
    capitals or not. Of phrases that overlap the first counts, of those that begin together the
    longest: "large language model" is no mention of "language model".

    Args:
        texts: columns `paper_id`, `evidence`, `text`; each paper and evidence once.
        phrases: what to look for.

    Returns:
        One row per match: `paper_id`, `evidence`, `key` (the phrase as lower-case words),
        `matched_text` and `place`, its first byte in the text.
    """
    patterns = patterns_of(phrases)
    found = search_texts(texts["text"], patterns)
    return pl.concat(
        [
            texts.select("paper_id", "evidence")[found["row"]],
            patterns.select("key")[found["n"]],
            matched_texts(texts["text"], found).to_frame(),
            found.select("place"),
        ],
        how="horizontal",
    )


def patterns_of(phrases: Iterable[str]) -> pl.DataFrame:
    """Return every spelling once, longer ones first, each led by the space before it."""
    keys = sorted({phrase_key(phrase) for phrase in phrases}, reverse=True)
    rows = {" " + spelling: key for key in keys for spelling in spellings(key)}
    # A phrase goes before the plural of another one.
    rows |= {" " + key: key for key in keys}
    ordered = sorted(rows.items(), key=lambda row: (-len(row[0]), row))
    schema = {"pattern": pl.String, "key": pl.String}
    found = pl.DataFrame(ordered, schema=schema, orient="row")
    return found.with_columns(size=pl.col("pattern").str.len_bytes().cast(pl.Int64))


def search_texts(texts: pl.Series, patterns: pl.DataFrame) -> pl.DataFrame:
    """Find patterns in texts: `row` of the text, `n` of the pattern, `place` and `size` in bytes.

    The matches come in the order of the texts and of their places.
    """
    found = [
        batch.with_columns(row=pl.col("row") + n * _BATCH)
        for n, part in enumerate(texts.to_frame("text").iter_slices(_BATCH))
        for batch in [_search_batch(part["text"], patterns)]
    ]
    return pl.concat(found or [_search_batch(texts, patterns)])


def _search_batch(texts: pl.Series, patterns: pl.DataFrame) -> pl.DataFrame:
    """Search one batch: a part for each core, for polars works on columns at the same time."""
    n_rows = max(1, -(-len(texts) // (os.cpu_count() or 1)))
    starts = range(0, max(1, len(texts)), n_rows)
    parts = [texts.slice(start, n_rows) for start in starts]
    words = pl.DataFrame([_words(part).alias(str(n)) for n, part in enumerate(parts)])
    marks = [f"{_MARK}{n:06x}" for n in range(len(patterns))]
    # With its type, for there may be no patterns at all.
    lists = [
        pl.lit(pl.Series([items], dtype=pl.List(pl.String)))
        for items in (patterns["pattern"].to_list(), marks)
    ]
    marked = words.select(pl.all().str.replace_many(*lists, leftmost=True))
    found = pl.collect_all(
        [_locate(part, marked[str(n)], patterns["size"]) for n, part in enumerate(parts)]
    )
    return pl.concat(
        part.with_columns(row=pl.col("row") + start)
        for part, start in zip(found, starts, strict=True)
    )


def matched_texts(texts: pl.Series, found: pl.DataFrame) -> pl.Series:
    """Return the words of each match as they stand in its text."""
    text = texts.gather(found["row"]).cast(pl.Binary).alias("text")
    matched = pl.col("text").bin.slice(pl.col("place"), pl.col("size")).cast(pl.String)
    return found.select("place", "size", text).select(matched_text=matched).to_series()


def _words(texts: pl.Series) -> pl.Series:
    """Return texts as one string of lower-case words, every byte in its place.

    >>> _words(pl.Series(["In-Context", "of “RAG”"])).item()
    '  in context  of    rag   '
    """
    is_wide = texts.str.len_bytes() > texts.str.len_chars()
    if is_wide.any():
        wide = texts.filter(is_wide)
        for signs, spaces in _WIDE_SIGNS:
            wide = wide.str.replace_all(signs, spaces)
        texts = texts.clone().scatter(is_wide.arg_true(), wide)
    joined = texts.str.join(_GAP.decode()).cast(pl.Binary).item()
    words = (_GAP + joined).translate(TO_WORDS)
    return pl.Series([words], dtype=pl.Binary).cast(pl.String)


def _locate(texts: pl.Series, marked: pl.Series, sizes: pl.Series) -> pl.LazyFrame:
    """Tell the text, the place in it and the pattern of every mark that stands for whole words."""
    pieces = marked.str.split(_MARK).explode().to_frame("piece").lazy()
    lengths = texts.str.len_bytes().cast(pl.Int64) + len(_GAP)
    begins = lengths.cum_sum() - lengths + len(_GAP)
    # A piece is the number of its pattern and the text up to the next; the first has no number.
    is_first = pl.int_range(pl.len()) == 0
    number = pl.col("piece").str.head(6).str.to_integer(base=16, dtype=pl.UInt32, strict=False)
    n = pl.when(~is_first).then(number)
    after = pl.col("piece").str.len_bytes().cast(pl.Int64) - pl.when(is_first).then(0).otherwise(6)
    size = pl.lit(sizes).gather(pl.col("n")).fill_null(0)
    # A phrase ends where no letter follows; another mark begins with the space before it.
    is_whole = (pl.col("after") == 0) | (pl.col("piece").str.slice(6, 1) == " ")
    return (
        pieces.with_columns(n=n, after=after)
        .with_columns(size=size)
        .with_columns(start=(pl.col("size") + pl.col("after")).cum_sum() - pl.col("after"))
        .filter(pl.col("n").is_not_null() & is_whole)
        .with_columns(size=pl.col("size") - 1)
        .with_columns(start=pl.col("start") - pl.col("size"))
        .with_columns(row=pl.lit(begins).search_sorted(pl.col("start"), side="right") - 1)
        .select(
            pl.col("row").cast(pl.UInt32),
            "n",
            place=pl.col("start") - pl.lit(begins).gather(pl.col("row")),
            size="size",
        )
    )
