"""What each paper shows that tells its authors from others of their names, as words.

What belongs here: what counts as a word of a title or of an affiliation, and as a venue, paper by
paper. What does not: how much each says (`person_works`), counting them (`sql/people`).
"""

from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from pipeline.text.keys import title_keys
from pipeline.transforms.headings import without_headings

_GRAMMAR = (
    "a an and are as at be by can do for from how in into is it its not of on or over the to toward"
    " towards under using via we what when with"
)


def work_words(pieces: Iterable[Mapping[str, pl.DataFrame]]) -> Iterator[pl.DataFrame]:
    """Yield what the papers of each piece show.

    Args:
        pieces: `works` of some papers at a time: columns `paper_id`, `title`, `venue`, `year`,
            `affiliations`.

    Yields:
        Columns `paper_id`, `words` (of the title, plurals as singulars, without those of grammar),
        `venue`, `year`, `affiliations`, `affiliation_words` and `repeated_words` (those once more
        for each further affiliation that has them). Lists are in order; an empty one is NULL.
    """
    for piece in pieces:
        yield _words_of(piece["works"])


def _words_of(works: pl.DataFrame) -> pl.DataFrame:
    names = _in_order(works["affiliations"])
    entries = pl.DataFrame({"name": names}).with_row_index("row").explode("name").drop_nulls()
    # Affiliations recur: each is read once.
    distinct = entries["name"].unique()
    spelt = affiliation_words(distinct)
    spelt = spelt.select(pl.Series("name", distinct.gather(spelt["row"])), "word")
    spelt = entries.join(spelt, on="name").sort("row", "word")
    return works.select(
        "paper_id",
        _in_order(_title_words(works["title"])).alias("words"),
        pl.col("venue").str.strip_chars().str.to_lowercase().replace("", None),
        "year",
        names.alias("affiliations"),
        _listed(spelt.filter(_is_other()), works.height).alias("affiliation_words"),
        _listed(spelt.filter(~_is_other()), works.height).alias("repeated_words"),
    )


def _title_words(titles: pl.Series) -> pl.Series:
    # Two editorials have no words in common that say who wrote them.
    keys = without_headings(pl.Series(title_keys(titles.to_list()), dtype=pl.String))
    word = pl.element()
    is_plural = word.str.ends_with("s") & ~word.str.ends_with("ss") & (word.str.len_chars() > 4)
    return (
        keys.str.split(" ")
        .list.eval(word.filter((word.str.len_bytes() > 1) & ~word.is_in(_GRAMMAR.split())))
        .list.eval(pl.when(is_plural).then(word.str.head(-1)).otherwise(word))
    )


def _in_order(lists: pl.Series) -> pl.Series:
    """Return what each list holds, each once, in order; NULL for those that hold nothing.

    >>> _in_order(pl.Series([["b", None, "a", "b"], [], None])).to_list()
    [['a', 'b'], None, None]
    """
    entries = pl.DataFrame({"word": lists}, schema={"word": pl.List(pl.String)})
    entries = entries.with_row_index("row").explode("word").drop_nulls().sort("row", "word")
    return _listed(entries.filter(_is_other()), len(lists))


def _is_other() -> pl.Expr:
    """Mark the entries, in order, that differ from the one before."""
    before = pl.struct("row", "word").shift()
    return (pl.struct("row", "word") != before) | before.is_null()


def _listed(entries: pl.DataFrame, size: int) -> pl.Series:
    """Return so many lists of the words of entries, which are in order of rows."""
    found = entries.group_by("row", maintain_order=True).agg("word")
    rows = pl.DataFrame({"row": pl.arange(size, dtype=pl.UInt32, eager=True)})
    return rows.join(found, on="row", how="left", maintain_order="left")["word"]


def split_words(texts: pl.Series) -> pl.DataFrame:
    """Return the words of texts, each as often as it stands there: `row`, `word`.

    Args:
        texts: words with spaces between; single signs are none.

    >>> split_words(pl.Series(["on a kite", None])).rows()
    [(0, 'on'), (0, 'kite')]
    """
    return (
        pl.DataFrame({"word": texts}, schema={"word": pl.String})
        .with_row_index("row")
        .with_columns(pl.col("word").str.split(" "))
        .explode("word")
        .filter(pl.col("word").str.len_bytes() > 1)
    )


def affiliation_words(names: pl.Series) -> pl.DataFrame:
    """Return the words of affiliations, each once: `row`, `word`.

    >>> affiliation_words(pl.Series(["?", "MIT, Media Lab (MIT)"])).sort("word").rows()
    [(1, 'lab'), (1, 'media'), (1, 'mit')]
    """
    return split_words(pl.Series(title_keys(names.to_list()), dtype=pl.String)).unique()
