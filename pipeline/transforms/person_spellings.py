"""Persons whose name is spelt in several ways: "Sinong Zhan", "Simon Sinong Zhan", "Zhan Sinong".

What belongs here: which persons of different names are one, because the names may be one person's
and their papers have enough in common. What does not: which have anything in common
(`spelling_pairs`), persons of one name (`person_merging`), the rule whether two spellings may be
one person's (`text.name_agreement`).
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pipeline.text.name_agreement import may_be_one
from pipeline.text.person_names import read_names
from pipeline.transforms.person_works import Works
from pipeline.transforms.shared_coauthors import Coauthors, Mentions
from pipeline.transforms.spelling_pairs import spelling_pairs

if TYPE_CHECKING:
    from numpy import ndarray

# By how the names agree, what must speak for one person beyond what equal names would need (log
# odds).
_LEAST = {"same": 0.0, "fuller": 1.0, "turned": 1.0, "slip": 4.0}
# So much more must speak for one of two whom a name may mean, if these cannot be one person.
_CLEARLY = 3.0
_CERTAIN = 1e9  # is enough for all names that may be one person's
_MET = {"before": pl.Int64, "met_as": pl.Int64, "in_common": pl.String}


@dataclass(slots=True)
class _Person:
    """What a person has been joined of: names, papers, whether a number tells it apart."""

    names: set[int] = field(default_factory=set)
    papers: set[int] = field(default_factory=set)
    has_number: bool = False


def join_spellings(
    mentions: Mentions,
    coauthors: Coauthors,
    author: "ndarray",
    names: pl.DataFrame,
    works: Works,
) -> tuple["ndarray", pl.DataFrame]:
    """Join persons of different names.

    Two persons join if their names may be one person's, every spelling of the one with every one
    of the other, if what their papers show speaks for it enough, and no paper names both; two that
    homonym numbers name are two. The likeliest join first. A "J. Smith" who may be John as well as
    Jane is neither, unless clearly more speaks for one of them.

    Args:
        mentions: all mentions.
        coauthors: the names on each paper.
        author: the person of each; all mentions of a person have one name.
        names: the names in the order of their numbers: columns `name_key`, `spelling`.
        works: what the papers show.

    Returns:
        For each person the one that it is now; and for those that are now another one, columns
        `before`, `met_as` (the name under which that one was met), `in_common` (kinds of evidence).
    """
    n_people = int(author.max()) + 1 if len(author) else 0
    becomes = np.arange(n_people, dtype=np.int32)
    met: list[tuple[int, int, str]] = []
    pairs = spelling_pairs(mentions, coauthors, author, names["name_key"], works)
    likely = pairs.filter(pl.col("score") >= min(_LEAST.values()))
    people = _people(mentions, author, likely)
    agreement = _Agreement({name for person in people.values() for name in person.names}, names)
    rivals = _Rivals(likely, people, becomes, agreement)
    for left, right, score, in_common in likely.iter_rows():
        one, other = _root(becomes, left), _root(becomes, right)
        if one == other or not _may_join(people[one], people[other], score, agreement):
            continue
        if score >= rivals.score(left, right) + _CLEARLY:
            # The one with more papers stays, then the one met first.
            sizes = len(people[one].papers), len(people[other].papers)
            if sizes[0] < sizes[1]:
                one, other = other, one
            met.append((other, min(people[one].names), in_common))
            _absorb(people[one], people[other])
            becomes[other] = one
    while not np.array_equal(becomes, further := becomes[becomes]):
        becomes = further
    shown = pl.DataFrame(met, schema=_MET, orient="row")
    return becomes, shown.with_columns(met_as=names["spelling"].gather(shown["met_as"]))


def _people(mentions: Mentions, author: "ndarray", pairs: pl.DataFrame) -> dict[int, _Person]:
    """Return what the persons of some pairs are made of."""
    asked = np.zeros(int(author.max()) + 1 if len(author) else 0, bool)
    asked[pairs["left"].to_numpy()] = asked[pairs["right"].to_numpy()] = True
    people: dict[int, _Person] = {}
    mine = np.flatnonzero(asked[author])
    of_mentions = (author, mentions.name, mentions.paper, mentions.number >= 0)
    for who, name, paper, has_number in zip(
        *(of[mine].tolist() for of in of_mentions), strict=True
    ):
        person = people.setdefault(who, _Person())
        person.names.add(name)
        person.papers.add(paper)
        person.has_number |= has_number
    return people


class _Agreement:
    """How names agree; each name is read once, each pair compared once."""

    def __init__(self, asked: Collection[int], names: pl.DataFrame) -> None:
        spellings = names["spelling"].gather(sorted(asked)).to_list()
        self._read = dict(zip(sorted(asked), read_names(spellings), strict=True))
        self._least: dict[tuple[int, int], float] = {}

    def least(self, one: int, other: int) -> float:
        """Return what must speak for two names being one person's."""
        pair = (min(one, other), max(one, other))
        if pair not in self._least:
            found = may_be_one(*map(self._read.__getitem__, pair))
            self._least[pair] = _LEAST.get(found, np.inf)
        return self._least[pair]


def _may_join(one: _Person, other: _Person, score: float, agreement: _Agreement) -> bool:
    if (one.has_number and other.has_number) or not one.papers.isdisjoint(other.papers):
        return False
    return all(
        score >= agreement.least(name, another)
        for name, another in product(one.names, other.names)
        if name != another
    )


class _Rivals:
    """Whom else a person may be."""

    def __init__(
        self,
        pairs: pl.DataFrame,
        people: dict[int, _Person],
        becomes: "ndarray",
        agreement: _Agreement,
    ) -> None:
        self._people, self._becomes, self._agreement = people, becomes, agreement
        self._met: dict[int, list[tuple[int, float]]] = {}
        for left, right, score in pairs.select("left", "right", "score").iter_rows():
            self._met.setdefault(left, []).append((right, score))
            self._met.setdefault(right, []).append((left, score))

    def score(self, left: int, right: int) -> float:
        """Return what speaks for one of two being somebody whom the other one cannot be."""
        return max(self._score(left, right), self._score(right, left))

    def _score(self, person: int, other: int) -> float:
        mine, others = (self._people[_root(self._becomes, each)] for each in (person, other))
        for rival, score in self._met[person]:  # the likeliest first
            its = self._people[_root(self._becomes, rival)]
            if self._may_be_one(mine, its) and not self._may_be_one(others, its):
                return score
        return -np.inf

    def _may_be_one(self, one: _Person, other: _Person) -> bool:
        return one is other or _may_join(one, other, _CERTAIN, self._agreement)


def _absorb(one: _Person, other: _Person) -> None:
    one.names |= other.names
    one.papers |= other.papers
    one.has_number |= other.has_number


def _root(becomes: "ndarray", person: int) -> int:
    while becomes[person] != person:
        person = int(becomes[person])
    return person
