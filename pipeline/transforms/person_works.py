"""What papers show that tells their authors from others of their names, as sparse rows.

What belongs here: titles, venues, years and affiliations of papers, and how much each word or venue
says. What does not: comparing (`person_evidence`), coauthors (`shared_coauthors`).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pipeline.text.keys import fold_ascii, title_keys
from pipeline.transforms.sparse_rows import incidence, unit_rows

if TYPE_CHECKING:
    from numpy import ndarray
    from scipy.sparse import csr_array


@dataclass(frozen=True, slots=True)
class Works:
    """What papers show, one row each.

    Attributes:
        words: the words of titles, each with its weight (inverse document frequency).
        venues: the venue, if any.
        venue_weight: how much each venue says (inverse document frequency).
        year: the year of publication; NaN where unknown.
        affiliations: which of the distinct affiliations the paper names.
        likeness: the distinct affiliations by their words, at length 1.
    """

    words: "csr_array"
    venues: "csr_array"
    venue_weight: "ndarray"
    year: "ndarray"
    affiliations: "csr_array"
    likeness: "csr_array"


def read_works(works: pl.DataFrame) -> Works:
    """Return papers as `Works`: columns `title`, `venue`, `year`, `affiliations`, a row each."""
    titles = pl.Series("text", title_keys(works["title"].to_list()), dtype=pl.String)
    venues = works["venue"].str.strip_chars().str.to_lowercase().replace("", None)
    paper, affiliation, distinct = _affiliations(works["affiliations"])
    named = incidence(paper, affiliation, np.ones(len(paper)), (works.height, len(distinct)))
    row_of_word, word = _words(titles, is_stemmed=True)
    row_of_venue, venue = _values(venues)
    weight, venue_weight = _weights(row_of_word, word), _weights(row_of_venue, venue)
    return Works(
        words=incidence(row_of_word, word, weight[word], (works.height, len(weight))),
        venues=incidence(
            row_of_venue, venue, np.ones(len(venue)), (works.height, len(venue_weight))
        ),
        venue_weight=venue_weight,
        year=works["year"].cast(pl.Float64).fill_null(float("nan")).to_numpy(),
        affiliations=named,
        likeness=_affiliation_words(distinct, named),
    )


def _words(texts: pl.Series, *, is_stemmed: bool) -> tuple["ndarray", "ndarray"]:
    """Return row and word of each word of the texts, each once a row; plurals as singulars."""
    words = (
        pl.DataFrame({"word": texts})
        .with_row_index("row")
        .with_columns(pl.col("word").str.split(" "))
        .explode("word")
        .filter(pl.col("word").str.len_bytes() > 1)
    )
    known = words.select(pl.col("word").unique().sort())
    stem = pl.col("word").str.replace("^(...+[^s])s$", "$1") if is_stemmed else pl.col("word")
    known = known.with_columns(code=stem.rank("dense").cast(pl.Int64) - 1)
    found = words.join(known, on="word").select("row", "code").unique()
    return found["row"].to_numpy().astype(np.int64), found["code"].to_numpy()


def _values(values: pl.Series) -> tuple["ndarray", "ndarray"]:
    found = pl.DataFrame({"value": values}).with_row_index("row").drop_nulls("value")
    code = found["value"].rank("dense").cast(pl.Int64) - 1
    return found["row"].to_numpy().astype(np.int64), code.to_numpy()


def _weights(row: "ndarray", code: "ndarray") -> "ndarray":
    """Return the weight of each code: the log of how few of the rows that hold any hold it."""
    return np.log((len(np.unique(row)) + 1) / np.maximum(np.bincount(code), 1))


def _affiliations(lists: pl.Series) -> tuple["ndarray", "ndarray", pl.Series]:
    """Return row and affiliation of each entry, and the distinct affiliations."""
    found = (
        pl.DataFrame({"name": lists})
        .with_row_index("row")
        .explode("name")
        .drop_nulls("name")
        .unique()
        .sort("row", "name")
    )
    distinct = found["name"].unique().sort()
    code = found["name"].rank("dense").cast(pl.Int64) - 1
    return found["row"].to_numpy().astype(np.int64), code.to_numpy(), distinct


def _affiliation_words(distinct: pl.Series, named: "csr_array") -> "csr_array":
    """Return affiliations by their words at length 1; words weigh by papers, not by spellings."""
    keys = pl.Series([" ".join(_letters(text)) for text in distinct], dtype=pl.String)
    row, code = _words(keys, is_stemmed=False)
    n_papers = np.bincount(code, weights=np.asarray(named.sum(axis=0)).ravel()[row])
    n_all = max(1, len(np.unique(named.nonzero()[0])))
    weight = np.log((n_all + 1) / np.minimum(n_papers, n_all)) + 0.1
    return unit_rows(incidence(row, code, weight[code], (len(distinct), len(n_papers))))


def _letters(text: str) -> list[str]:
    return "".join(sign if sign.isalnum() else " " for sign in fold_ascii(text)).split()
