"""Rows of names on papers as the numbers that whose a name is is told with.

What belongs here: some names' mentions, and the coauthors on their papers, numbered among
themselves in the order of `people.places`. What does not: comparing them (`namesakes`,
`spelling_pairs`), what papers show (`person_works`).

Some names are numbered in the same order as all are: what is made of some is what is made of them
among all.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pipeline.transforms.coded_values import numbered
from pipeline.transforms.shared_coauthors import Coauthors, Mentions
from pipeline.transforms.sparse_rows import meeting

if TYPE_CHECKING:
    from numpy import ndarray


@dataclass(frozen=True, slots=True)
class NumberedMentions:
    """Some names' mentions, and the coauthors on their papers.

    Attributes:
        rows: the mentions in the order of places.
        papers, names: by their numbers, in order.
        paper, name: of each mention.
        coauthors: who speaks for these papers.
        bearers: for each name how many people are expected to bear it.
        spellings: for each name how it is spelt.
    """

    rows: pl.DataFrame
    papers: "ndarray"
    names: "ndarray"
    paper: "ndarray"
    name: "ndarray"
    coauthors: Coauthors
    bearers: "ndarray"
    spellings: pl.Series

    @staticmethod
    def of(
        mentions: pl.DataFrame, coauthors: pl.DataFrame, names: pl.DataFrame
    ) -> "NumberedMentions":
        """Number the names and papers of both.

        Args:
            mentions: columns `place`, `paper_no`, `name_no`.
            coauthors: who speaks for these papers, and perhaps for others: the same columns.
            names: of both, and perhaps others: columns `name_no`, `author_name`, `n_bearers`; a
                name may be there several times.
        """
        rows, beside = mentions.sort("place"), coauthors.unique("place").sort("place")
        both = [[frame[n].to_numpy() for frame in (rows, beside)] for n in ("paper_no", "name_no")]
        papers, (paper, on_paper) = numbered(*both[0])
        name_nos, (name, other) = numbered(*both[1])
        known = named(name_nos, names)
        return NumberedMentions(
            *(rows, papers, name_nos, paper, name),
            coauthors=Coauthors.of(on_paper, other, len(papers)),
            bearers=known["n_bearers"].to_numpy(),
            spellings=known["author_name"],
        )

    def of_names(self) -> Mentions:
        """Return mentions of whole names, with what numbers tell: there is `homonym_id`, too.

        A list that gives one number twice gives it to the first.
        """
        numbers = self.rows["homonym_id"].rank("dense").cast(pl.Int64) - 1
        number = numbers.fill_null(-1).to_numpy(writable=True)
        on_paper = self.paper.astype(np.int64) * max(1, len(self.bearers)) + self.name
        given = pl.DataFrame({"on": on_paper, "number": number}).with_row_index("at")
        again = given.filter(pl.col("number") >= 0).filter(
            ~pl.struct("on", "number").is_first_distinct()
        )
        number[again["at"].to_numpy()] = -1
        is_alone = (number < 0) & _is_shared(on_paper)
        return Mentions(self.paper, self.name, number, is_alone, self.bearers)


def named(name_nos: "ndarray", names: pl.DataFrame) -> pl.DataFrame:
    """Return what is known of names, which are given by their numbers, in this order."""
    asked = pl.DataFrame({"name_no": name_nos}, schema={"name_no": pl.Int64})
    return asked.join(names.unique("name_no"), on="name_no", how="left", maintain_order="left")


def _is_shared(values: "ndarray") -> "ndarray":
    """Mark the values that are there more than once."""
    is_shared = np.zeros(len(values), bool)
    met = meeting(values, np.arange(len(values), dtype=np.int32))
    is_shared[met] = pl.Series(values[met]).is_duplicated().to_numpy()
    return is_shared
