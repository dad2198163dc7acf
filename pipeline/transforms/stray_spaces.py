"""The repair of stray spaces in chosen titles and abstracts, frame to frame (`text.spacing`).

Texts whose only sign is a hyphen before a space are many where pages cut words, and few of them are
torn. So what stands around the hyphens is judged first, each wording once.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

import polars as pl

from pipeline.text.spacing import SpaceRepair

# Letters, numbers that are no digits among them, and hyphens between.
_LETTERS = r"[\p{L}\p{Nl}\p{No}]+"
_WORD = f"{_LETTERS}(?:-{_LETTERS})*"
_AROUND_HYPHENS = r"[^ ]+- [^ ]+"


def mended_texts(
    pieces: Iterable[Mapping[str, pl.DataFrame]], tokens: pl.DataFrame
) -> Iterator[pl.DataFrame]:
    """Yield the repaired texts of some papers at a time.

    Args:
        pieces: `texts` of some papers at a time, see `mend_texts`.
        tokens: token, n_times: what stands between spaces in all texts.
    """
    mender = _mender(tokens)
    for piece in pieces:
        yield mend_texts(piece["texts"], mender)


def _mender(tokens: pl.DataFrame) -> SpaceRepair:
    return SpaceRepair(cache(lambda: dict(counted_words(tokens).iter_rows())))


def counted_words(tokens: pl.DataFrame) -> pl.DataFrame:
    """Return how often each word stands in texts, in lower case.

    Args:
        tokens: `token`, what stands between the spaces of texts, and `n_times`, how often.

    Returns:
        Columns `word`, `n_times`, in no order.

    >>> tokens = {"token": ["(Self-made,", "self-MADE", "x2y"], "n_times": [1, 2, 3]}
    >>> sorted(counted_words(pl.DataFrame(tokens)).rows())
    [('self-made', 3), ('x', 3), ('y', 3)]
    """
    words = tokens.select(
        "n_times", word=pl.col("token").str.to_lowercase().str.extract_all(_WORD)
    ).explode("word")
    return words.drop_nulls("word").group_by("word").agg(pl.col("n_times").sum())


def mend_texts(texts: pl.DataFrame, mender: SpaceRepair) -> pl.DataFrame:
    """Repair texts.

    Args:
        texts: paper_id, field, value of the texts that may need it; has_sign: they show another
            sign than a hyphen before a space.
        mender: repairs one.

    Returns:
        The rows of the texts that were repaired, in the same order, with `repairs`.
    """
    doubtful = texts.filter(pl.col("has_sign") | _may_be_torn(texts["value"], mender))
    repaired = [mender.repair(value) for value in doubtful["value"].to_list()]
    return doubtful.select(
        "paper_id",
        "field",
        pl.Series("value", [text for text, _ in repaired], dtype=pl.String),
        pl.Series("repairs", [repairs for _, repairs in repaired], dtype=pl.List(pl.String)),
    ).filter(pl.col("repairs").list.len() > 0)


def _may_be_torn(texts: pl.Series, mender: SpaceRepair) -> pl.Series:
    """Tell of each text whether a word around one of its hyphens would be repaired by itself.

    Less stands there than in the text, so more may look torn, but nothing less.
    """
    around = texts.str.extract_all(_AROUND_HYPHENS)
    wordings = around.explode(empty_as_null=False).unique().drop_nulls().to_list()
    # Of "a- b- c" the second pair stands in no wording of its own.
    torn = [text for text in wordings if text.endswith("-") or mender.is_torn(text)]
    return around.list.eval(pl.element().is_in(torn)).list.any()
