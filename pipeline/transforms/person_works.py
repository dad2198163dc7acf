"""What papers show that tells their authors from others of their names, as sparse rows.

What belongs here: titles, venues, years and affiliations of papers, and how much each word or venue
says. What does not: comparing (`person_evidence`), coauthors (`shared_coauthors`).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pipeline.text.keys import title_keys
from pipeline.transforms.coded_values import coded, ranked
from pipeline.transforms.headings import without_headings
from pipeline.transforms.sparse_rows import beside, columns_of, incidence, unit_rows

if TYPE_CHECKING:
    from numpy import ndarray
    from scipy.sparse import csr_array

# What the words of an affiliation say together (as the log of how few papers show them) for it to
# count in full.
_TELLING = 8.0
# Papers of other words and affiliations that a few pages do not show.
_UNSEEN = 200
# Words and venues that bring two groups together at all are those of at most this share of papers,
# or of so many.
_RARE_SHARE = 0.002
_RARE_PAPERS = 500
_GRAMMAR = (
    "a an and are as at be by can do for from how in into is it its not of on or over the to toward"
    " towards under using via we what when with"
)


@dataclass(frozen=True, slots=True)
class Works:
    """What papers show, one row each.

    Attributes:
        words: the words of titles, each with its weight (inverse document frequency).
        venues: the venue, if any.
        venue_weight: how much each venue says (inverse document frequency).
        year: the year of publication; NaN where unknown.
        affiliations: which of the distinct affiliations the paper names.
        is_placed: whether the paper names any.
        likeness: the distinct affiliations by their words, at length 1 or less.
        rare: the words of titles, and the venues, that few papers show.
        rare_likeness: the distinct affiliations by the words that few papers show.
    """

    words: "csr_array"
    venues: "csr_array"
    venue_weight: "ndarray"
    year: "ndarray"
    affiliations: "csr_array"
    is_placed: "ndarray"
    likeness: "csr_array"
    rare: "csr_array"
    rare_likeness: "csr_array"


def read_works(works: pl.DataFrame) -> Works:
    """Return papers as `Works`: columns `title`, `venue`, `year`, `affiliations`, a row each."""
    # Two editorials have no words in common that say who wrote them.
    titles = without_headings(pl.Series(title_keys(works["title"].to_list()), dtype=pl.String))
    venues = works["venue"].str.strip_chars().str.to_lowercase().replace("", None)
    paper, affiliation, distinct = _affiliations(works["affiliations"])
    named = incidence(paper, affiliation, np.ones(len(paper)), (works.height, len(distinct)))
    words, held = _title_words(titles), _values(venues)
    likeness = _affiliation_words(distinct, named)
    return Works(
        words=words,
        venues=held,
        venue_weight=_weights(held),
        year=works["year"].cast(pl.Float64).fill_null(float("nan")).to_numpy(),
        affiliations=named,
        is_placed=np.diff(named.indptr) > 0,
        likeness=likeness,
        rare=beside(_rare_columns(words, words), _rare_columns(held, held)),
        rare_likeness=_rare_columns(likeness, named @ likeness),
    )


def _rare_columns(matrix: "csr_array", of_papers: "csr_array") -> "csr_array":
    """Return the columns that few papers show."""
    fewest = max(_RARE_PAPERS, _RARE_SHARE * of_papers.shape[0])
    return matrix[:, np.flatnonzero(columns_of(of_papers) <= fewest)]


def _title_words(titles: pl.Series) -> "csr_array":
    """Return titles by their words, without those of grammar, rare ones counting more."""
    words = _words(titles, is_stemmed=True)
    n_titles = int((np.diff(words.indptr) > 0).sum())
    weight = np.log((n_titles + _UNSEEN) / np.maximum(columns_of(words), 1))
    words.data = weight[words.indices]
    return words


def _words(texts: pl.Series, *, is_stemmed: bool) -> "csr_array":
    """Return which text holds which words; words in alphabetical order.

    Args:
        texts: words with spaces between; single signs are none.
        is_stemmed: whether plurals count as singulars, and words of grammar not at all.
    """
    words = (
        pl.DataFrame({"word": texts})
        .with_row_index("row")
        .with_columns(pl.col("word").str.split(" "))
        .explode("word")
        .filter(pl.col("word").str.len_bytes() > 1)
    )
    row = words["row"].to_numpy().astype(np.int32)
    code, distinct = coded(words["word"])
    stems = distinct
    if is_stemmed:
        said = ~distinct.is_in(_GRAMMAR.split()).to_numpy()[code]
        row, code = row[said], code[said]
        stems = distinct.str.replace("^(...+[^s])s$", "$1")
    place, known = ranked(stems)
    return incidence(row, place[code], np.ones(len(row)), (len(texts), len(known)))


def _values(values: pl.Series) -> "csr_array":
    found = pl.DataFrame({"value": values}).with_row_index("row").drop_nulls("value")
    place, distinct = ranked(found["value"])
    shape = (len(values), len(distinct))
    return incidence(found["row"].to_numpy(), place, np.ones(len(place)), shape)


def _weights(held: "csr_array") -> "ndarray":
    """Return the weight of each column: the log of how few of the rows that hold any hold it."""
    n_rows = int((np.diff(held.indptr) > 0).sum())
    return np.log((n_rows + 1) / np.maximum(columns_of(held), 1))


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
    """Return affiliations by their words; words weigh by papers, not by spellings.

    At length 1 if the words are rare enough, else shorter: who shares what many papers show, as
    "MIT" on a page of MIT, shares little.
    """
    words = _words(pl.Series(title_keys(distinct.to_list()), dtype=pl.String), is_stemmed=False)
    spelt = columns_of(named)
    n_papers = np.bincount(
        words.indices,
        weights=np.repeat(spelt, np.diff(words.indptr)),
        minlength=words.shape[1],
    )
    n_all = max(1, int((np.diff(named.indptr) > 0).sum()))
    weight = np.log((n_all + _UNSEEN) / np.minimum(n_papers, n_all))
    words.data = weight[words.indices]
    return unit_rows(words, _TELLING)
