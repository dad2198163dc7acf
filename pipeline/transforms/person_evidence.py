"""How much speaks for two groups of mentions of one name being one person.

What belongs here: which groups have anything in common, and the log odds that titles, venues,
affiliations, years, coauthors and the name itself give. What does not: reading what papers show
(`person_works`), joining groups (`person_merging`).

Weights are round numbers, chosen by hand where two labelled collections of different kind agree; no
method fitted them to labels (`benchmarks/identity.py`).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pipeline.transforms.coded_values import as_they_come
from pipeline.transforms.person_works import Works
from pipeline.transforms.sparse_rows import (
    distinct_pairs,
    largest_shared,
    pairs_within,
    pooled,
    products,
    unit_rows,
)

if TYPE_CHECKING:
    from numpy import ndarray
    from scipy.sparse import csr_array

# Two bearers of a name are one person: log odds where nothing else is known, at `_USUAL` bearers,
# and how fast they fall with the log of the bearers, of commoner names and of rarer ones: of the
# rarest the name alone suffices, if nothing speaks against it.
_PRIOR = -1.5
_COMMON_WEIGHT, _RARE_WEIGHT = 0.5, 0.8
_USUAL_BEARERS = 0.02
_FEWEST_BEARERS = 1e-3
# A name with more groups that nothing has joined is not as rare as it seems.
_MOST_BY_NAME = 30
# For one of them being the only one that has a number: who meets the name means that one, unless it
# is common or something speaks against.
_ONLY_NUMBER = 1.5
# For titles of equal words, log odds of that much; for a shared venue, by the log of how few papers
# are in it.
_TITLES = 14.0
_VENUE = 0.4
# The length of a title's words for it to count in full: one word in common says little of two short
# titles.
_TELLING_TITLE = 10.0
# For affiliations, by how much their likeness (cosine) is above or below this one.
_AFFILIATIONS = 5.0
_ALIKE = 0.5
# A year between the papers of one and of the other, after the first few, speaks against.
_YEAR = 0.2
_YEARS_FREE = 2
# The more papers both have, the more would have to be in common: by the log of the fewer.
_SIZE = 0.3
# Affiliations less alike than this count as unlike.
_LEAST_ALIKE = 0.3
# Nobody publishes for longer.
_LONGEST_CAREER = 70
MILLION = 1_000_000
# Groups that share coauthors, and what these speak for one person.
TIED = {"left": pl.Int64, "right": pl.Int64, "coauthors": pl.Int64}
# What a kind of evidence speaks (log odds) to be named in a reason.
_NAMED_FROM = 0.5


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of groups of one name, the smaller number first, each once.

    Attributes:
        left, right: the groups.
        likeness: of their affiliations, the two most alike (cosine); 0 where unlike or unknown.
        coauthors: what coauthors that they share speak for one person, in whole millionths of log
            odds: sums must not depend on the order of rows.
    """

    left: "ndarray"
    right: "ndarray"
    likeness: "ndarray"
    coauthors: "ndarray"

    def take(self, chosen: "ndarray") -> "Pairs":
        """Return some of the pairs."""
        return Pairs(
            self.left[chosen], self.right[chosen], self.likeness[chosen], self.coauthors[chosen]
        )


@dataclass(slots=True)
class Scores:
    """Log odds that pairs of groups are one person, by what gives them; `total` is their sum."""

    name: "ndarray"
    titles: "ndarray"
    venues: "ndarray"
    affiliations: "ndarray"
    coauthors: "ndarray"
    against: "ndarray"

    @property
    def evidence(self) -> "ndarray":
        """What speaks for one person beside the name."""
        return self.titles + self.venues + np.maximum(self.affiliations, 0) + self.coauthors

    @property
    def total(self) -> "ndarray":
        """All together."""
        return (
            self.name
            + self.titles
            + self.venues
            + self.affiliations
            + self.coauthors
            - self.against
        )

    def in_common(self) -> pl.Series:
        """Return for each pair the kinds of evidence that speak for one person, in words."""
        kinds = {
            "coauthors": self.coauthors,
            "titles": self.titles,
            "affiliations": self.affiliations,
            "venue": self.venues,
        }
        said = pl.concat_list(
            pl.when(pl.col(kind) >= _NAMED_FROM).then(pl.lit(kind)) for kind in kinds
        )
        return pl.DataFrame(kinds).select(said.list.drop_nulls()).to_series()


@dataclass(frozen=True, slots=True)
class _Papers:
    """The papers of groups, group after group.

    Attributes:
        paper: the papers.
        ends: where those of each group end; from 0, so that there is one more than groups.
    """

    paper: "ndarray"
    ends: "ndarray"

    def pooled(self, of_papers: "csr_array") -> "csr_array":
        """Return what the papers of each group show together."""
        return pooled(of_papers, self.paper, self.ends)

    def any_of(self, of_papers: "ndarray") -> "ndarray":
        """Tell whether any paper of a group is marked."""
        return np.logical_or.reduceat(of_papers[self.paper], self.ends[:-1])

    def spans_of(self, year: "ndarray") -> tuple["ndarray", "ndarray"]:
        """Return the first and the last year of each group; infinite where none is known."""
        years = year[self.paper]
        first = np.fmin.reduceat(years, self.ends[:-1])
        last = np.fmax.reduceat(years, self.ends[:-1])
        is_dated = ~np.isnan(first)
        return np.where(is_dated, first, np.inf), np.where(is_dated, last, -np.inf)


@dataclass(slots=True)
class Evidence:
    """The mentions whose groups are compared, and what their papers show.

    Attributes:
        works: what papers show.
        paper: the paper of each mention.
        group: the group it is in now.
        block: what the groups that are compared have in common: their name.
        number: what tells a group from others of its block, -1 where unknown.
        has_one_number: whether no more than one group of its block has a number.
        bearers: how many people are expected to bear the name of each group.
        joined: for each group of the beginning the one it is in now.
    """

    works: Works
    paper: "ndarray"
    group: "ndarray"
    block: "ndarray"
    number: "ndarray"
    has_one_number: "ndarray"
    bearers: "ndarray"
    joined: "ndarray"

    def follow(self, becomes: "ndarray") -> None:
        """Take groups for those they have become."""
        self.group, self.joined = becomes[self.group], becomes[self.joined]
        number = self.number.copy()
        np.maximum.at(number, becomes, self.number)
        self.number = number

    def scores(self, pairs: Pairs) -> Scores:
        """Compare groups as they are now."""
        asked, place = np.unique(np.r_[pairs.left, pairs.right], return_inverse=True)
        left, right = place[: len(pairs.left)], place[len(pairs.left) :]
        papers = self._papers(asked)
        words = unit_rows(papers.pooled(self.works.words), _TELLING_TITLE)
        venues = papers.pooled(self.works.venues)
        venues.data = self.works.venue_weight[venues.indices]
        named = papers.any_of(self.works.is_placed)
        both_named = named[left] & named[right]
        spans = papers.spans_of(self.works.year)
        dated = np.isfinite(spans[0])
        against = self._against(papers, spans, left, right)
        return Scores(
            name=self._by_name(pairs, can_differ=both_named | (dated[left] & dated[right])),
            titles=_TITLES * products(words, left, right),
            venues=_VENUE * largest_shared(venues, left, right),
            affiliations=np.where(both_named, _AFFILIATIONS * (pairs.likeness - _ALIKE), 0.0),
            coauthors=pairs.coauthors / MILLION,
            against=np.where(self._are_two(pairs), np.inf, against),
        )

    def _by_name(self, pairs: Pairs, *, can_differ: "ndarray") -> "ndarray":
        """Return what the names of groups say; where nothing else could differ, none suffices."""
        bearers = np.maximum(self.bearers[pairs.left], self.bearers[pairs.right])
        name = _by_bearers(bearers)
        is_numbered = self.number >= 0
        is_only = self.has_one_number[pairs.left] & (
            is_numbered[pairs.left] != is_numbered[pairs.right]
        )
        return np.where(can_differ, name, np.minimum(name, 0)) + _ONLY_NUMBER * is_only

    def _are_two(self, pairs: Pairs) -> "ndarray":
        """Mark the pairs that numbers tell apart."""
        one, other = self.number[pairs.left], self.number[pairs.right]
        return (one >= 0) & (other >= 0) & (one != other)

    def _papers(self, asked: "ndarray") -> "_Papers":
        """Return the papers of some groups, which are given in order."""
        if len(asked) < len(self.block):
            is_asked = np.zeros(len(self.block), bool)
            is_asked[asked] = True
            mine = np.flatnonzero(is_asked[self.group])
        else:
            mine = np.arange(len(self.group))
        group = self.group[mine]
        order = np.argsort(group, kind="stable")
        return _Papers(
            self.paper[mine[order]], np.r_[np.searchsorted(group[order], asked), len(group)]
        )

    @staticmethod
    def _against(
        papers: "_Papers", spans: tuple["ndarray", "ndarray"], left: "ndarray", right: "ndarray"
    ) -> "ndarray":
        """Return what the years between two groups, and their sizes, speak against one person."""
        first, last = spans
        gap = np.maximum(first[left], first[right]) - np.minimum(last[left], last[right])
        gap = np.where(np.isfinite(gap), gap, 0.0)
        career = np.maximum(last[left], last[right]) - np.minimum(first[left], first[right])
        size = np.diff(papers.ends)
        against = _YEAR * np.maximum(0, gap - _YEARS_FREE)
        against += _SIZE * np.log(np.minimum(size[left], size[right]))
        return np.where(career > _LONGEST_CAREER, np.inf, against)

    def candidates(self, tied: pl.DataFrame, asks: "ndarray | None" = None) -> Pairs:
        """Return the groups of one name that have something rare in common.

        Args:
            tied: columns `left`, `right`, `coauthors`: groups that share coauthors, the smaller
                first, and what each coauthor speaks (millionths of log odds); a pair may be there
                several times.
            asks: for each group whether it meets all others; two that do not ask are no pair
                but for what ties them. None: all meet all.
        """
        papers = self._papers(np.arange(len(self.block)))
        among, _ = as_they_come(self.block)
        sharing = _sharing(among, papers.pooled(self.works.rare), asks)
        alike = _alike(among, papers.pooled(self.works.affiliations), self.works, asks)
        ends = [sharing, *((found["left"], found["right"]) for found in (alike, tied))]
        left, right = distinct_pairs(*(np.concatenate(side) for side in zip(*ends, strict=True)))
        pairs = (
            pl.DataFrame({"left": left, "right": right})
            .join(alike, on=["left", "right"], how="left", maintain_order="left")
            .join(
                tied.group_by("left", "right").agg(pl.col("coauthors").sum()),
                on=["left", "right"],
                how="left",
                maintain_order="left",
            )
            .with_columns(pl.col("likeness").fill_null(0.0), pl.col("coauthors").fill_null(0))
        )
        return Pairs(
            *(pairs[column].to_numpy() for column in ("left", "right", "likeness", "coauthors"))
        )

    def by_name(self) -> pl.DataFrame:
        """Return the groups that their name alone may join, as `TIED`: rare, or with one number."""
        groups = (
            pl.DataFrame(
                {
                    "block": self.block,
                    "is_rare": _by_bearers(self.bearers) > 0,
                    "is_numbered": self.number >= 0,
                    "has_one": self.has_one_number,
                }
            )
            .with_row_index("group")
            .cast({"group": pl.Int64})
        )
        rare = groups.filter("is_rare").filter(pl.len().over("block") <= _MOST_BY_NAME)
        asked = groups.filter("has_one")
        return pl.concat(
            one.join(other, on="block").select(
                left=pl.min_horizontal("group", "group_right"),
                right=pl.max_horizontal("group", "group_right"),
                coauthors=pl.lit(0, pl.Int64),
            )
            for one, other in (
                (rare, rare),
                (asked.filter("is_numbered"), asked.filter(~pl.col("is_numbered"))),
            )
        ).filter(pl.col("left") != pl.col("right"))


def _by_bearers(bearers: "ndarray") -> "ndarray":
    """Return the log odds that two who bear a name are one person, by how many bear it."""
    usual = (bearers + _FEWEST_BEARERS) / _USUAL_BEARERS
    return _PRIOR - np.where(usual > 1, _COMMON_WEIGHT, _RARE_WEIGHT) * np.log(usual)


def _sharing(
    block: "ndarray", held: "csr_array", asks: "ndarray | None"
) -> tuple["ndarray", "ndarray"]:
    """Return the groups of one block that hold the same column."""
    held = held.tocoo()
    row = held.row.astype(np.int64)
    return pairs_within(block[row].astype(np.int64) * held.shape[1] + held.col, row, asks)


def _alike(
    block: "ndarray", named: "csr_array", works: Works, asks: "ndarray | None"
) -> pl.DataFrame:
    """Return the groups of one block with affiliations alike: left, right, likeness."""
    held = named.tocoo()
    holders = pl.DataFrame(
        {
            "block": block[held.row],
            "affiliation": held.col.astype(np.int64),
            "group": held.row.astype(np.int64),
            "asks": np.ones(len(held.row), bool) if asks is None else asks[held.row],
        }
    )
    spelt = holders.group_by("block", "affiliation").agg(pl.col("asks").any())
    spelt = spelt.sort("block", "affiliation")
    spelt = spelt.with_row_index("spelling").cast({"spelling": pl.Int64})
    holders = holders.join(spelt, on=["block", "affiliation"]).select("spelling", "group", "asks")
    affiliation = spelt["affiliation"].to_numpy()
    left, right = _sharing(
        spelt["block"].to_numpy(),
        works.rare_likeness[affiliation],
        None if asks is None else spelt["asks"].to_numpy(),
    )
    same = np.arange(len(spelt))
    left, right = np.r_[left, same], np.r_[right, same]
    both = pl.DataFrame(
        {
            "left": left,
            "right": right,
            "likeness": products(works.likeness[affiliation], left, right),
        }
    )
    both = both.filter(pl.col("likeness") >= _LEAST_ALIKE)
    ends = both.join(holders, left_on="left", right_on="spelling").rename(
        {"group": "one", "asks": "one_asks"}
    )
    ends = ends.join(holders, left_on="right", right_on="spelling").rename({"group": "other"})
    return (
        ends.filter((pl.col("one") != pl.col("other")) & (pl.col("one_asks") | pl.col("asks")))
        .select(
            "likeness",
            left=pl.min_horizontal("one", "other"),
            right=pl.max_horizontal("one", "other"),
        )
        .group_by("left", "right")
        .agg(pl.col("likeness").max())
    )
