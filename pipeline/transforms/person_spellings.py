"""Persons whose name is spelt in several ways: "Sinong Zhan", "Simon Sinong Zhan", "Zhan Sinong".

What belongs here: which persons of different names are one, because the names may be one person's
and their papers share coauthors. What does not: persons of one name (`person_merging`), the rule
whether two spellings may be one person's (`text.name_agreement`).
"""

from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pipeline.text.name_agreement import may_be_one
from pipeline.text.person_names import PersonName, read_names
from pipeline.transforms.coded_values import coded
from pipeline.transforms.shared_coauthors import Mentions, with_coauthors, worth_of
from pipeline.transforms.sparse_rows import meeting, spans

if TYPE_CHECKING:
    from numpy import ndarray

_MILLION = 1_000_000
# What shared coauthors must speak for one person beyond the bearers of the commoner name (log
# odds), by how the names agree.
_LEAST = {"same": 3.0, "fuller": 3.0, "turned": 3.0, "slip": 5.0}


@dataclass(slots=True)
class _Person:
    """What a person has been joined of: names, papers, whether a number tells it apart."""

    names: set[int] = field(default_factory=set)
    papers: set[int] = field(default_factory=set)
    has_number: bool = False


def join_spellings(
    mentions: Mentions, author: "ndarray", names: pl.DataFrame
) -> tuple["ndarray", "ndarray"]:
    """Join persons of different names.

    Two persons join if their names may be one person's, every spelling of the one with every one
    of the other, if coauthors on the papers of both speak for it enough, and no paper names both;
    two that homonym numbers name are two. The likeliest join first.

    Args:
        mentions: all mentions.
        author: the person of each.
        names: the names in the order of their numbers: columns `name_key`, `spelling`.

    Returns:
        For each person the one that it is now; for each, too, the name under which it joined
        another, -1 for those that are as they were.
    """
    n_people = int(author.max()) + 1 if len(author) else 0
    becomes, met_as = np.arange(n_people, dtype=np.int32), np.full(n_people, -1, np.int32)
    if not n_people:
        return becomes, met_as
    pairs = _pairs(mentions, author, names["name_key"])
    agreement = _Agreement(names["spelling"])
    people = _people(mentions, author, pairs)
    for left, right, score in pairs.select("left", "right", "score").iter_rows():
        one, other = _root(becomes, left), _root(becomes, right)
        if one != other and _may_join(people[one], people[other], score, agreement):
            # The one with more papers stays, then the one met first.
            sizes = len(people[one].papers), len(people[other].papers)
            if sizes[0] < sizes[1]:
                one, other = other, one
            met_as[other] = min(people[one].names)
            _absorb(people[one], people[other])
            becomes[other] = one
    while not np.array_equal(becomes, further := becomes[becomes]):
        becomes = further
    return becomes, met_as


def _pairs(mentions: Mentions, author: "ndarray", name_keys: pl.Series) -> pl.DataFrame:
    """Return the persons under one block key who share coauthors: left, right, score, best first.

    The score is what the coauthors speak for one person (summed in millionths of log odds, so that
    it does not depend on order), less what the bearers of the commoner name speak against.
    """
    met = _met(mentions, author, *_block_keys(name_keys)).unique()
    worth = np.rint(_MILLION * worth_of(mentions.bearers)).astype(np.int64)
    against = np.zeros(int(author.max()) + 1)
    np.maximum.at(against, author, np.log1p(mentions.bearers)[mentions.name])
    ends = [against[met[side].to_numpy()] for side in ("left", "right")]
    return (
        met.with_columns(
            worth=pl.Series(worth[met["coauthor"].to_numpy()], dtype=pl.Int64),
            against=pl.Series(np.maximum(*ends), dtype=pl.Float64),
        )
        .group_by("left", "right")
        .agg(score=pl.col("worth").sum() / _MILLION - pl.col("against").first())
        .filter(pl.col("score") >= min(_LEAST.values()))
        .sort("score", "left", "right", descending=[True, False, False])
    )


def _block_keys(name_keys: pl.Series) -> tuple["ndarray", "ndarray"]:
    """Return names and their keys: the family name behind an initial, whichever word it is."""
    words = (
        pl.DataFrame({"key": name_keys})
        .with_row_index("name")
        .select(
            pl.col("name").cast(pl.Int32),
            first=pl.col("key").str.extract("^([^ ]+) "),
            last=pl.col("key").str.extract(" ([^ ]+)$"),
        )
        .drop_nulls()
    )
    code, distinct = coded(pl.concat([words["first"], words["last"]]))
    initial = distinct.str.slice(0, 1).rank("dense").to_numpy()
    first, last = np.split(code.astype(np.int64), 2)
    n_initials = int(initial.max(initial=0)) + 1
    keys = pl.DataFrame(
        {
            "name": pl.concat([words["name"], words["name"]]),
            "key": np.r_[last * n_initials + initial[first], first * n_initials + initial[last]],
        }
    ).unique()
    several = keys.filter(pl.col("key").is_duplicated()).sort("name", "key")
    return several["name"].to_numpy(), several["key"].rank("dense").cast(pl.Int32).to_numpy() - 1


def _met(mentions: Mentions, author: "ndarray", names: "ndarray", keys: "ndarray") -> pl.DataFrame:
    """Return the persons of different names that meet under a key on papers with a coauthor.

    Args:
        mentions: see `join_spellings`.
        author: the person of each.
        names: names, ascending, once for each of their keys.
        keys: the key of each.

    Returns:
        Columns `left`, `right`, `coauthor`.
    """
    n_keys_of = np.bincount(names, minlength=len(mentions.bearers))
    first = (np.cumsum(n_keys_of) - n_keys_of)[mentions.name]
    n_keys = np.where(mentions.is_alone, 0, n_keys_of[mentions.name])
    asked = np.repeat(np.arange(len(mentions.name), dtype=np.int32), n_keys)
    block = keys[np.repeat(first, n_keys) + spans(n_keys)]
    parts = []
    for place, coauthor in with_coauthors(mentions, asked, block):
        group = block[place].astype(np.int64) * len(mentions.bearers) + coauthor
        met = meeting(group, mentions.name[asked[place]])
        mention = asked[place[met]]
        parts.append(
            _of_other_names(group[met], coauthor[met], author[mention], mentions.name[mention])
        )
    return pl.concat(parts)


def _of_other_names(
    group: "ndarray", coauthor: "ndarray", person: "ndarray", name: "ndarray"
) -> pl.DataFrame:
    """Return the pairs of persons of different names in a group: left, right, coauthor."""
    met = pl.DataFrame(
        {"group": group, "coauthor": coauthor, "person": person, "name": name}
    ).unique()
    return (
        met.join(met, on=["group", "coauthor"], suffix="_other")
        .filter(pl.col("person") < pl.col("person_other"))
        .filter(pl.col("name") != pl.col("name_other"))
        .select("coauthor", left="person", right="person_other")
        .unique()
    )


def _people(mentions: Mentions, author: "ndarray", pairs: pl.DataFrame) -> dict[int, _Person]:
    """Return what the persons of some pairs are made of."""
    asked = np.zeros(int(author.max()) + 1, bool)
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

    def __init__(self, spellings: pl.Series) -> None:
        self._spellings = spellings
        self._read: dict[int, PersonName] = {}
        self._least: dict[tuple[int, int], float] = {}

    def least(self, one: int, other: int) -> float:
        """Return what must speak for two names being one person's."""
        pair = (min(one, other), max(one, other))
        if pair not in self._least:
            found = may_be_one(*map(self._name, pair))
            self._least[pair] = _LEAST.get(found, np.inf)
        return self._least[pair]

    def _name(self, name: int) -> PersonName:
        if name not in self._read:
            (self._read[name],) = read_names([self._spellings[name]])
        return self._read[name]


def _may_join(one: _Person, other: _Person, score: float, agreement: _Agreement) -> bool:
    if (one.has_number and other.has_number) or not one.papers.isdisjoint(other.papers):
        return False
    return all(
        score >= agreement.least(name, another)
        for name, another in product(one.names, other.names)
        if name != another
    )


def _absorb(one: _Person, other: _Person) -> None:
    one.names |= other.names
    one.papers |= other.papers
    one.has_number |= other.has_number


def _root(becomes: "ndarray", person: int) -> int:
    while becomes[person] != person:
        person = int(becomes[person])
    return person
