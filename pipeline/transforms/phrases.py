"""Finding phrases in texts, as pure functions from frames to frames.

What belongs here: the search for any set of phrases. What does not: what a phrase says of a paper
(`topics`), which phrases there are (`sql/reference/`).
"""

from collections.abc import Iterable

import polars as pl

from pipeline.transforms.phrase_tree import PhraseTree
from pipeline.transforms.word_places import Words

_BATCH = 4_000  # texts searched in one go; bounds the memory
_SIGNS = bytes(i for i in range(128) if not chr(i).isalnum())
_SIGN = r"[\x00-\x7F&&[^0-9A-Za-z]]"
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
    """Find phrases in texts (`phrase_tree`).

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
    search = PhraseSearch(patterns_of(pl.Series(list(phrases), dtype=pl.String)))
    found = search.find(texts["text"])
    return pl.concat(
        [
            texts.select("paper_id", "evidence")[found["row"]],
            search.patterns.select("key")[found["n"]],
            matched_texts(texts["text"], found).to_frame(),
            found.select("place"),
        ],
        how="horizontal",
    )


def phrase_keys(phrases: pl.Series) -> pl.Series:
    """Return the `phrase_key` of each phrase."""
    return phrases.str.to_lowercase().str.replace_all(_SIGN, " ")


def patterns_of(phrases: pl.Series) -> pl.DataFrame:
    """Return every spelling once (see `spellings`): `pattern`, and the `key` of its phrase."""
    keys = phrase_keys(phrases.alias("key")).unique()
    key = pl.col("key")
    ends_in_y, hisses = key.str.ends_with("y"), key.str.contains("(?:s|x|z|ch|sh)$")
    parts = [
        keys.to_frame().filter(applies).select("key", pattern=pattern)
        for applies, pattern in (
            (pl.lit(value=True), key),
            (pl.lit(value=True), key + "s"),
            (ends_in_y, key.str.head(-1) + "ies"),
            (hisses, key + "es"),
        )
    ]
    # A phrase goes before the plural of another one.
    ordered = pl.concat(parts).sort("pattern", key != pl.col("pattern"), "key")
    return ordered.unique("pattern", keep="first", maintain_order=True).select("pattern", "key")


class PhraseSearch:
    """Patterns to find in texts, made ready once for any number of texts.

    Attributes:
        patterns: what to find, each once: `pattern` (words as they stand in cleaned texts), `key`.
    """

    def __init__(self, patterns: pl.DataFrame) -> None:
        """Lay the patterns out."""
        self.patterns = patterns
        self._tree = PhraseTree(patterns["pattern"])

    def find(self, texts: pl.Series) -> pl.DataFrame:
        """Find patterns in texts: `row` of the text, `n` of the pattern, `place`, `size` in bytes.

        The matches come in the order of the texts and of their places.
        """
        parts = []
        for start in range(0, max(1, len(texts)), _BATCH):
            words = Words.of(_cleaned(texts.slice(start, _BATCH)), TO_WORDS)
            found = self._tree.find(words)
            parts.append(found.with_columns(row=pl.col("row") + pl.lit(start, pl.UInt32)))
        return pl.concat(parts)


def matched_texts(texts: pl.Series, found: pl.DataFrame) -> pl.Series:
    """Return the words of each match as they stand in its text."""
    text = texts.gather(found["row"]).cast(pl.Binary).alias("text")
    matched = pl.col("text").bin.slice(pl.col("place"), pl.col("size")).cast(pl.String)
    return found.select("place", "size", text).select(matched_text=matched).to_series()


def _cleaned(texts: pl.Series) -> pl.Series:
    """Return texts in which signs beyond ASCII are spaces, every byte in its place."""
    is_wide = texts.str.len_bytes() > texts.str.len_chars()
    if not is_wide.any():
        return texts
    wide = texts.filter(is_wide)
    for signs, spaces in _WIDE_SIGNS:
        wide = wide.str.replace_all(signs, spaces)
    return texts.clone().scatter(is_wide.arg_true(), wide)
