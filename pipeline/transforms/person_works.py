"""What papers show that tells their authors from others of their names, as sparse rows.

What belongs here: titles, venues, years and affiliations of some papers, and how much each word or
venue says, by how many of all papers show it. What does not: what counts as a word (`work_words`),
comparing (`person_evidence`), coauthors (`shared_coauthors`).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pipeline.transforms.coded_values import ranked
from pipeline.transforms.sparse_rows import beside, incidence, unit_rows
from pipeline.transforms.work_words import affiliation_words

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


def read_works(papers: "ndarray", works: pl.DataFrame, counts: pl.DataFrame) -> Works:
    """Return what some papers show.

    Columns of words are in alphabetical order, so that the words of a paper are added up alike
    whichever other papers are read.

    Args:
        papers: their numbers.
        works: `people.work_words` of these papers, and perhaps of others, by `paper_no`; a paper
            may be there several times, or not at all.
        counts: `people.word_counts`.
    """
    shown = pl.DataFrame({"paper_no": papers}, schema={"paper_no": pl.Int64}).join(
        works.unique("paper_no"), on="paper_no", how="left", maintain_order="left"
    )
    counted = _Counts(counts)
    fewest = max(_RARE_PAPERS, _RARE_SHARE * counted.of_all("paper"))
    words, on_papers = _title_words(shown["words"], counted)
    venues, in_venue = _venues(shown["venue"], counted)
    named, distinct = _listed(shown["affiliations"])
    likeness, with_word = _affiliation_words(distinct, counted)
    return Works(
        words=words,
        venues=venues,
        venue_weight=np.log((counted.of_all("venue") + 1) / in_venue),
        year=shown["year"].cast(pl.Float64).fill_null(float("nan")).to_numpy(),
        affiliations=named,
        is_placed=np.diff(named.indptr) > 0,
        likeness=likeness,
        rare=beside(words[:, on_papers <= fewest], venues[:, in_venue <= fewest]),
        rare_likeness=likeness[:, with_word <= fewest],
    )


class _Counts:
    """On how many of all papers something stands; what was not counted stands on one."""

    def __init__(self, counts: pl.DataFrame) -> None:
        parts = counts.partition_by("kind", as_dict=True)
        self._counts = {str(kind): part for (kind,), part in parts.items()}

    def of(self, kind: str, texts: pl.Series) -> "ndarray":
        """Return on how many papers each of distinct texts stands."""
        asked = pl.DataFrame({"word": texts}, schema={"word": pl.String})
        if kind not in self._counts:
            return np.ones(asked.height, np.int64)
        found = asked.join(self._counts[kind], on="word", how="left", maintain_order="left")
        return found["n_papers"].fill_null(1).to_numpy()

    def of_all(self, kind: str) -> int:
        """Return how many papers show any."""
        return int(self.of(kind, pl.Series([""], dtype=pl.String))[0])


def _title_words(lists: pl.Series, counts: _Counts) -> tuple["csr_array", "ndarray"]:
    """Return titles by their words, rare ones counting more, and on how many papers each stands."""
    words, distinct = _listed(lists)
    n_papers = counts.of("title", distinct)
    words.data = np.log((counts.of_all("title") + _UNSEEN) / n_papers)[words.indices]
    return words, n_papers


def _venues(names: pl.Series, counts: _Counts) -> tuple["csr_array", "ndarray"]:
    """Return papers by their venues, and how many papers are in each of these."""
    found = pl.DataFrame({"name": names}).with_row_index("row").drop_nulls("name")
    place, distinct = ranked(found["name"])
    shape = (len(names), len(distinct))
    held = incidence(found["row"].to_numpy(), place, np.ones(len(place)), shape)
    return held, counts.of("venue", distinct)


def _listed(lists: pl.Series) -> tuple["csr_array", pl.Series]:
    """Return rows by the distinct texts that they list, which are in alphabetical order."""
    found = pl.DataFrame({"text": lists}, schema={"text": pl.List(pl.String)})
    found = found.with_row_index("row").explode("text").drop_nulls("text")
    place, distinct = ranked(found["text"])
    row = found["row"].to_numpy().astype(np.int32)
    return incidence(row, place, np.ones(len(row)), (len(lists), len(distinct))), distinct


def _affiliation_words(distinct: pl.Series, counts: _Counts) -> tuple["csr_array", "ndarray"]:
    """Return affiliations by their words, and on how many papers each word stands.

    Words weigh by papers, not by spellings. At length 1 if the words are rare enough, else shorter:
    who shares what many papers show, as "MIT" on a page of MIT, shares little.
    """
    entries = affiliation_words(distinct)
    place, words = ranked(entries["word"])
    shape = (len(distinct), len(words))
    found = incidence(entries["row"].to_numpy(), place, np.ones(len(place)), shape)
    n_all = max(1, counts.of_all("affiliation"))
    weight = np.log((n_all + _UNSEEN) / np.minimum(counts.of("named", words), n_all))
    found.data = weight[found.indices]
    return unit_rows(found, _TELLING), counts.of("affiliation", words)
