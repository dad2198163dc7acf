"""What persons of different names that might be one person's have in common.

What belongs here: which persons meet under a key of their names, and what their papers say for one
person. What does not: whether two names may be one person's, and who joins (`person_spellings`).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pipeline.transforms.coded_values import coded
from pipeline.transforms.person_evidence import MILLION, TIED, Evidence, Pairs
from pipeline.transforms.person_works import Works
from pipeline.transforms.shared_coauthors import Coauthors, Mentions, worth_of
from pipeline.transforms.sparse_rows import batches, distinct, meeting, recurring, spans

if TYPE_CHECKING:
    from numpy import ndarray

_ALIKE = {"left": pl.Int32, "right": pl.Int32, "likeness": pl.Float64}
_MET = {"coauthor": pl.Int32, "left": pl.Int32, "right": pl.Int32}


def spelling_pairs(
    mentions: Mentions,
    coauthors: Coauthors,
    author: "ndarray",
    name_keys: pl.Series,
    works: Works,
) -> pl.DataFrame:
    """Return the persons of different names who have something in common, the likeliest first.

    They share coauthors and the family name behind an initial, whichever word of the name it is;
    or their papers are alike, and they share two whole words of the name, or the family name
    behind an initial that is all one of them says.

    Args:
        mentions: all mentions.
        coauthors: the names on each paper.
        author: the person of each; all mentions of a person have one name.
        name_keys: the names in the order of their numbers.
        works: what the papers show.

    Returns:
        Columns `left`, `right`, `score` (log odds that they are one person, if the names are no
        reason against it), `in_common` (kinds of evidence, in words).
    """
    people = _People.of(mentions, author, name_keys)
    tied = _tied(mentions, coauthors, author, name_keys)
    both = (
        tied.join(_alike(people, works), on=["left", "right"], how="full", coalesce=True)
        .with_columns(pl.col("likeness").fill_null(0.0), pl.col("coauthors").fill_null(0))
        .sort("left", "right")
    )
    columns = ("left", "right", "likeness", "coauthors")
    pairs = Pairs(*(both[column].to_numpy() for column in columns))
    scores = people.evidence(works).scores(pairs)
    return both.select(
        "left", "right", score=pl.Series(scores.total), in_common=scores.in_common().list.join(", ")
    ).sort("score", "left", "right", descending=[True, False, False])


@dataclass(frozen=True, slots=True)
class _People:
    """Persons by what they are called, and their mentions.

    Attributes:
        paper, person: of each mention, person after person.
        start, size: where the mentions of each person begin, and how many they are.
        name: the name of each person.
        name_keys: the names in the order of their numbers.
        number: what tells a person from others of the name, -1 where unknown.
        is_alone: a paper names another one of the person's name.
        bearers: how many are expected to bear the name of each person.
    """

    paper: "ndarray"
    person: "ndarray"
    start: "ndarray"
    size: "ndarray"
    name: "ndarray"
    name_keys: pl.Series
    number: "ndarray"
    is_alone: "ndarray"
    bearers: "ndarray"

    @staticmethod
    def of(mentions: Mentions, author: "ndarray", name_keys: pl.Series) -> "_People":
        """Take persons for what their mentions are."""
        n_people = int(author.max()) + 1 if len(author) else 0
        name, number = np.zeros(n_people, np.int64), np.full(n_people, -1)
        is_alone = np.zeros(n_people, bool)
        name[author], is_alone[author] = mentions.name, mentions.is_alone
        np.maximum.at(number, author, mentions.number)
        order = np.argsort(author, kind="stable")
        size = np.bincount(author, minlength=n_people)
        return _People(
            *(mentions.paper[order], author[order], np.cumsum(size) - size, size),
            *(name, name_keys, number, is_alone, mentions.bearers[name]),
        )

    def evidence(self, works: Works) -> Evidence:
        """Return the persons as groups to be compared."""
        return Evidence(
            works=works,
            paper=self.paper,
            group=self.person,
            block=self.name,
            number=self.number,
            has_one_number=np.zeros(len(self.name), bool),
            bearers=self.bearers,
            joined=np.arange(len(self.name)),
        )

    def copies(self, works: Works, person: "ndarray", block: "ndarray") -> Evidence:
        """Return persons as groups to be compared, each in every one of its blocks."""
        size = self.size[person]
        place = np.repeat(self.start[person], size) + spans(size)
        return Evidence(
            works=works,
            paper=self.paper[place],
            group=np.repeat(np.arange(len(person)), size),
            block=block,
            number=np.full(len(person), -1),
            has_one_number=np.zeros(len(person), bool),
            bearers=self.bearers[person],
            joined=np.arange(len(person)),
        )


def _alike(people: _People, works: Works) -> pl.DataFrame:
    """Return the persons whose papers share something rare: left, right, likeness."""
    names, keys, meets_all = _name_blocks(people.name_keys)
    first = np.searchsorted(names, people.name)
    n_keys = np.searchsorted(names, people.name, side="right") - first
    n_keys[people.is_alone] = 0
    person = np.repeat(np.arange(len(people.name), dtype=np.int32), n_keys)
    of_key = np.repeat(first, n_keys) + spans(n_keys)
    parts = [pl.DataFrame(schema=_ALIKE)]
    for batch in batches(keys[of_key]):
        copied, key = person[batch], of_key[batch]
        found = people.copies(works, copied, keys[key]).candidates(
            pl.DataFrame(schema=TIED), meets_all[key]
        )
        left, right = copied[found.left], copied[found.right]
        pairs = {
            "left": np.minimum(left, right),
            "right": np.maximum(left, right),
            "likeness": found.likeness,
        }
        parts.append(
            pl.DataFrame(pairs, schema=_ALIKE).filter(
                pl.Series(people.name[left] != people.name[right])
            )
        )
    return pl.concat(parts).group_by("left", "right").agg(pl.col("likeness").max())


def _name_blocks(name_keys: pl.Series) -> tuple["ndarray", "ndarray", "ndarray"]:
    """Return names, the keys under which they meet, and whether a name may meet all others there.

    A key is the last word with another whole one, in alphabetical order; or the last word behind
    an initial, where a name begins with no more than an initial: with it, all others meet, and no
    two others do.
    """
    words = (
        pl.DataFrame({"key": name_keys})
        .with_row_index("name")
        .select(pl.col("name").cast(pl.Int64), word=pl.col("key").str.split(" "))
        .filter(pl.col("word").list.len() > 1)
        .select(
            "name", first=pl.col("word").list.first(), last=pl.col("word").list.last(), word="word"
        )
    )
    given = (
        words.with_columns(pl.col("word").list.head(pl.col("word").list.len() - 1))
        .explode("word")
        .filter(pl.col("word").str.len_chars() > 1)
    )
    pair = pl.min_horizontal("word", "last"), pl.max_horizontal("word", "last")
    whole = given.select("name", key=pl.concat_str(pair, separator=" "))
    initial = words.select(
        "name",
        key=pl.concat_str(pl.col("first").str.slice(0, 1), pl.lit(". "), "last"),
        is_all=pl.col("first").str.len_chars() == 1,
    ).filter(pl.col("is_all").any().over("key"))
    both = pl.concat([whole, initial.drop("is_all")])
    key, _ = coded(both["key"])
    n_whole = int(key[: whole.height].max(initial=-1)) + 1
    says_no_more = np.zeros(len(name_keys), bool)
    says_no_more[initial.filter("is_all")["name"].to_numpy()] = True
    name, key = _shared_keys(both["name"].to_numpy(), key)
    return name, key, (key < n_whole) | says_no_more[name]


def _shared_keys(name: "ndarray", key: "ndarray") -> tuple["ndarray", "ndarray"]:
    """Return names beside the keys that others have, too; by name, each once."""
    n_names = int(name.max(initial=0)) + 1
    key, name = np.divmod(distinct(key.astype(np.int64) * n_names + name), n_names)
    several = np.flatnonzero(recurring(key))
    several = several[np.argsort(name[several], kind="stable")]
    return name[several], key[several]


def _tied(
    mentions: Mentions, coauthors: Coauthors, author: "ndarray", name_keys: pl.Series
) -> pl.DataFrame:
    """Return the persons who share coauthors: left, right, coauthors (millionths of log odds)."""
    met = _met(mentions, coauthors, author, *_coauthor_blocks(name_keys)).unique()
    worth = np.rint(MILLION * worth_of(mentions.bearers)).astype(np.int64)
    return (
        met.with_columns(coauthors=pl.Series(worth[met["coauthor"].to_numpy()], dtype=pl.Int64))
        .group_by("left", "right")
        .agg(pl.col("coauthors").sum())
    )


def _coauthor_blocks(name_keys: pl.Series) -> tuple["ndarray", "ndarray"]:
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
    name = words["name"].to_numpy()
    name, key = _shared_keys(
        np.r_[name, name],
        np.r_[last * n_initials + initial[first], first * n_initials + initial[last]],
    )
    return name, np.unique(key, return_inverse=True)[1].astype(np.int32)


def _met(
    mentions: Mentions,
    coauthors: Coauthors,
    author: "ndarray",
    names: "ndarray",
    keys: "ndarray",
) -> pl.DataFrame:
    """Return the persons of different names that meet under a key on papers with a coauthor.

    Args:
        mentions: all mentions.
        coauthors: the names on each paper.
        author: the person of each.
        names: names, ascending, once for each of their keys.
        keys: the key of each.

    Returns:
        Columns `left`, `right`, `coauthor`.
    """
    n_keys_of = np.bincount(names, minlength=len(mentions.bearers)).astype(np.int32)
    first = (np.cumsum(n_keys_of, dtype=np.int32) - n_keys_of)[mentions.name]
    n_keys = np.where(mentions.is_alone, 0, n_keys_of[mentions.name])
    asked = np.repeat(np.arange(len(mentions.name), dtype=np.int32), n_keys)
    block = keys[np.repeat(first, n_keys) + spans(n_keys)]
    parts = [pl.DataFrame(schema=_MET)]
    for batch in batches(block):
        mention = asked[batch]
        name = mentions.name[mention]
        place, coauthor = coauthors.beside(mentions.paper[mention], name)
        group = block[batch][place].astype(np.int64) * len(mentions.bearers) + coauthor
        met = meeting(group, name[place])
        place = place[met]
        parts.append(
            _of_other_names(group[met], coauthor[met], author[mention[place]], name[place])
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
