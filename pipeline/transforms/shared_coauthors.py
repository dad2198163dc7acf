"""Which papers of one name share coauthors, and what such a coauthor says.

What belongs here: pairs of mentions of one name whose papers name the same other author. What does
not: what else two papers have in common (`person_evidence`), what follows (`namesakes`).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.transforms.sparse_rows import meeting, run_starts, spans

if TYPE_CHECKING:
    from numpy import ndarray

# As a shared coauthor of a name that ten people bear speaks for one person, odds two to one.
_TELLING_BEARERS = 10.0
_FEWEST_BEARERS = 1e-3


@dataclass(frozen=True, slots=True)
class Mentions:
    """Names in the lists of papers as numbers, ordered by paper and place.

    All of them, or all those of some names (`at`); a name has the same number in both.

    Attributes:
        paper: the paper of each mention, ascending.
        name: its name.
        number: what tells equal names apart, -1 where unknown.
        is_alone: its paper names another one of its name, and no number tells them apart: which of
            the two a third paper means is not to be known.
        bearers: for each name how many people are expected to bear it (`people.bearers`).
    """

    paper: "ndarray"
    name: "ndarray"
    number: "ndarray"
    is_alone: "ndarray"
    bearers: "ndarray"

    def at(self, places: "ndarray") -> "Mentions":
        """Return the mentions in some places."""
        columns = (self.paper, self.name, self.number, self.is_alone)
        return Mentions(*(column[places] for column in columns), self.bearers)


@dataclass(frozen=True, slots=True)
class Ties:
    """Pairs of mentions of one name on papers that share a coauthor.

    Of all mentions that share one, as many pairs as connect them.

    Attributes:
        left, right: the mentions.
        coauthor: the name of the coauthor.
    """

    left: "ndarray"
    right: "ndarray"
    coauthor: "ndarray"


def worth_of(bearers: "ndarray") -> "ndarray":
    """Return what a shared coauthor speaks for one person, as log odds, by his name's bearers."""
    return np.log1p(_TELLING_BEARERS / (bearers + _FEWEST_BEARERS))


@dataclass(frozen=True, slots=True)
class Coauthors:
    """The names that speak for each paper (`people.coauthors`).

    Attributes:
        start, size: where the names of each paper begin, and how many they are.
        name: the names, paper after paper.
    """

    start: "ndarray"
    size: "ndarray"
    name: "ndarray"

    @staticmethod
    def of(paper: "ndarray", name: "ndarray", n_papers: int) -> "Coauthors":
        """Take names, paper after paper, for those that speak for it."""
        size = np.bincount(paper, minlength=n_papers).astype(np.int32)
        return Coauthors((np.cumsum(size) - size).astype(np.int32), size, name)

    def beside(self, paper: "ndarray", name: "ndarray") -> tuple["ndarray", "ndarray"]:
        """Return for names on papers the others there: places of the names, and the others."""
        size = self.size[paper]
        place = np.repeat(np.arange(len(paper), dtype=np.int32), size)
        other = self.name[np.repeat(self.start[paper], size) + spans(size)]
        is_other = name[place] != other
        return place[is_other], other[is_other]


def shared_coauthors(mentions: Mentions, coauthors: Coauthors) -> Ties:
    """Return the ties of mentions, all those of some names, but for those that are alone.

    Mentions without a number are connected among themselves, those of a number among themselves,
    and both where they share a coauthor; but where he wrote with several whom numbers tell apart,
    he says nothing of mentions without one.
    """
    asked = np.flatnonzero(~mentions.is_alone).astype(np.int32)
    place, coauthor = coauthors.beside(mentions.paper[asked], mentions.name[asked])
    return Ties(*_ties(mentions, asked[place], coauthor))


def _ties(mentions: Mentions, left: "ndarray", coauthor: "ndarray") -> tuple["ndarray", ...]:
    """Connect the mentions of one name that name a coauthor; mentions come in order."""
    key = mentions.name[left].astype(np.int64) * len(mentions.bearers) + coauthor
    met = meeting(key, np.arange(len(key), dtype=np.int32))
    met = met[np.lexsort((mentions.number[left[met]], key[met]))]
    left, key, coauthor = left[met], key[met], coauthor[met]
    number = mentions.number[left]
    group_start = run_starts(key)
    same_group = key[1:] == key[:-1]
    same_number = number[1:] == number[:-1]
    chained = np.flatnonzero(same_group & same_number)
    # Those without a number come first; the first of each number is tied to the first of them.
    turns = np.flatnonzero(same_group & ~same_number) + 1
    turns = turns[number[group_start[turns]] < 0]
    # Who wrote with several of the name does not tell whom a name without a number means.
    start = group_start[turns]
    is_open = np.bincount(start, minlength=len(key) + 1) > 1
    turns = turns[~is_open[start]]
    chained = chained[(number[chained] >= 0) | ~is_open[group_start[chained]]]
    from_ = np.r_[left[chained], left[group_start[turns]]]
    to = np.r_[left[chained + 1], left[turns]]
    return from_, to, np.r_[coauthor[chained], coauthor[turns]]
