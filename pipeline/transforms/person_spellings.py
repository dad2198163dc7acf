"""Persons whose name is spelt in several ways: "Sinong Zhan", "Simon Sinong Zhan", "Zhan Sinong".

What belongs here: which persons of different names are one, because the names may be one person's
and their papers have enough in common. What does not: which have anything in common
(`spelling_pairs`), persons of one name (`person_merging`), the rule whether two spellings may be
one person's (`text.name_agreement`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pipeline.text.name_agreement import may_be_one
from pipeline.text.person_names import read_names
from pipeline.transforms.coded_values import numbered

if TYPE_CHECKING:
    from numpy import ndarray

# By how the names agree, what must speak for one person beyond what equal names would need (log
# odds).
_LEAST = {"same": 0.0, "fuller": 1.0, "turned": 1.0, "slip": 4.0}
# So much more must speak for one of two whom a name may mean, if these cannot be one person.
_CLEARLY = 3.0
_CERTAIN = 1e9  # is enough for all names that may be one person's
_MET = {"person": pl.Int64, "met_as": pl.String, "in_common": pl.String}


@dataclass(slots=True)
class _Person:
    """What a person has been joined of: names, papers, whether a number tells it apart."""

    names: set[int] = field(default_factory=set)
    papers: set[int] = field(default_factory=set)
    has_number: bool = False


def joined_spellings(pairs: pl.DataFrame, mentions: pl.DataFrame) -> pl.DataFrame:
    """Return which persons of different names are one.

    Two persons join if their names may be one person's, every spelling of the one with every one
    of the other, if what their papers show speaks for it enough, and no paper names both; two that
    homonym numbers name are two. The likeliest join first. A "J. Smith" who may be John as well as
    Jane is neither, unless clearly more speaks for one of them.

    Args:
        pairs: persons who have enough in common (`people.spelling_pairs`): columns `person_l`,
            `person_r`, `score`, `in_common`.
        mentions: all mentions of these, and perhaps of others: columns `person`, `name_no`,
            `author_name` (how the name is spelt where it is met first), `paper_no`, `homonym_id`
            (NULL: none).

    Returns:
        Persons that are one with others: columns `person`, `author` (the first of these), `met_as`
        (the name under which it met the one it joined), `in_common` (kinds of evidence); the
        last two are NULL for the one that the others joined.
    """
    likely = pairs.sort("score", "person_l", "person_r", descending=[True, False, False])
    ends = (likely[column].to_numpy() for column in ("person_l", "person_r"))
    numbers, (left, right) = numbered(*ends)
    people, spellings = _people(mentions, numbers)
    becomes = np.arange(len(numbers))
    met: list[tuple[int, int, str]] = []
    agreement = _Agreement(spellings)
    scores = likely["score"].to_list()
    met_pairs = list(zip(left.tolist(), right.tolist(), scores, strict=True))
    rivals = _Rivals(met_pairs, people, becomes, agreement)
    for (one, other, score), in_common in zip(met_pairs, likely["in_common"], strict=True):
        joined = _joined(_root(becomes, one), _root(becomes, other), score, people, agreement)
        if joined and score >= rivals.score(one, other) + _CLEARLY:
            stays, goes = joined
            met.append((goes, min(people[stays].names), in_common))
            _absorb(people[stays], people[goes])
            becomes[goes] = stays
    while not np.array_equal(becomes, further := becomes[becomes]):
        becomes = further
    return _told(numbers, becomes, met, spellings)


def _told(
    numbers: "ndarray",
    becomes: "ndarray",
    met: list[tuple[int, int, str]],
    spellings: Mapping[int, str],
) -> pl.DataFrame:
    """Return the persons that are one with others."""
    first = np.full(len(numbers), len(numbers))
    np.minimum.at(first, becomes, np.arange(len(numbers)))
    is_joined = (np.bincount(becomes, minlength=len(numbers)) > 1)[becomes]
    shown = [(int(numbers[goes]), spellings[name], said) for goes, name, said in met]
    return pl.DataFrame(
        {"person": numbers[is_joined], "author": numbers[first[becomes[is_joined]]]},
        schema={"person": pl.Int64, "author": pl.Int64},
    ).join(
        pl.DataFrame(shown, schema=_MET, orient="row"),
        on="person",
        how="left",
        maintain_order="left",
    )


def _joined(
    one: int, other: int, score: float, people: Mapping[int, _Person], agreement: "_Agreement"
) -> tuple[int, int] | None:
    """Return which of two persons stays and which joins it, if so much lets them be one."""
    if one == other or not _may_join(people[one], people[other], score, agreement):
        return None
    # The one with more papers stays, then the one met first.
    is_less = len(people[one].papers) < len(people[other].papers)
    return (other, one) if is_less else (one, other)


def _people(
    mentions: pl.DataFrame, numbers: "ndarray"
) -> tuple[dict[int, _Person], dict[int, str]]:
    """Return what persons are made of, and how their names are spelt."""
    asked = pl.DataFrame({"person": numbers}, schema={"person": pl.Int64}).with_row_index("at")
    rows = mentions.join(asked, on="person").select(
        "at", "name_no", "author_name", "paper_no", pl.col("homonym_id").is_not_null()
    )
    people: dict[int, _Person] = {}
    spellings: dict[int, str] = {}
    for who, name, spelt, paper, has_number in rows.iter_rows():
        person = people.setdefault(who, _Person())
        person.names.add(name)
        person.papers.add(paper)
        person.has_number |= has_number
        spellings[name] = spelt
    return people, spellings


class _Agreement:
    """How names agree; each name is read once, each pair compared once."""

    def __init__(self, spellings: Mapping[int, str]) -> None:
        self._read = dict(zip(spellings, read_names([*spellings.values()]), strict=True))
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
        pairs: Iterable[tuple[int, int, float]],
        people: Mapping[int, _Person],
        becomes: "ndarray",
        agreement: _Agreement,
    ) -> None:
        self._people, self._becomes, self._agreement = people, becomes, agreement
        self._met: dict[int, list[tuple[int, float]]] = {}
        for left, right, score in pairs:
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
