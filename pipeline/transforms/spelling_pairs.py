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
from pipeline.transforms.shared_coauthors import Mentions, with_coauthors, worth_of
from pipeline.transforms.sparse_rows import meeting, spans

if TYPE_CHECKING:
    from numpy import ndarray


def spelling_pairs(
    mentions: Mentions, author: "ndarray", name_keys: pl.Series, works: Works
) -> pl.DataFrame:
    """Return the persons of different names who have something in common, the likeliest first.

    They share coauthors and the family name behind an initial, whichever word of the name it is;
    or their papers are alike, and they share two whole words of the name, or the family name
    behind an initial that is all one of them says.

    Args:
        mentions: all mentions.
        author: the person of each; all mentions of a person have one name.
        name_keys: the names in the order of their numbers.
        works: what the papers show.

    Returns:
        Columns `left`, `right`, `score` (log odds that they are one person, if the names are no
        reason against it), `in_common` (kinds of evidence).
    """
    people = _People.of(mentions, author, name_keys)
    tied = _tied(mentions, author, name_keys)
    both = (
        tied.join(_alike(people, works), on=["left", "right"], how="full", coalesce=True)
        .with_columns(pl.col("likeness").fill_null(0.0), pl.col("coauthors").fill_null(0))
        .sort("left", "right")
    )
    columns = ("left", "right", "likeness", "coauthors")
    pairs = Pairs(*(both[column].to_numpy() for column in columns))
    scores = people.evidence(works).scores(pairs)
    return both.select(
        "left", "right", score=pl.Series(scores.total), in_common=scores.in_common()
    ).sort("score", "left", "right", descending=[True, False, False])


@dataclass(frozen=True, slots=True)
class _People:
    """Persons by what they are called, and their mentions.

    Attributes:
        paper, person: of each mention.
        name: the name of each person.
        name_keys: the names in the order of their numbers.
        number: what tells a person from others of the name, -1 where unknown.
        is_alone: a paper names another one of the person's name.
        bearers: how many are expected to bear the name of each person.
    """

    paper: "ndarray"
    person: "ndarray"
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
        return _People(
            *(mentions.paper, author, name, name_keys, number, is_alone, mentions.bearers[name])
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
        order = np.argsort(self.person, kind="stable")
        size = np.bincount(self.person, minlength=len(self.name))
        place = np.repeat((np.cumsum(size) - size)[person], size[person]) + spans(size[person])
        return Evidence(
            works=works,
            paper=self.paper[order[place]],
            group=np.repeat(np.arange(len(person)), size[person]),
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
    person = np.repeat(np.arange(len(people.name)), n_keys)
    of_key = np.repeat(first, n_keys) + spans(n_keys)
    found = people.copies(works, person, keys[of_key]).candidates(pl.DataFrame(schema=TIED))
    left, right = person[found.left], person[found.right]
    may_meet = meets_all[of_key[found.left]] | meets_all[of_key[found.right]]
    return (
        pl.DataFrame(
            {
                "left": np.minimum(left, right),
                "right": np.maximum(left, right),
                "likeness": found.likeness,
            }
        )
        .filter(pl.Series(people.name[left] != people.name[right]) & pl.Series(may_meet))
        .group_by("left", "right")
        .agg(pl.col("likeness").max())
    )


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
    whole = given.select("name", key=pl.concat_str(pair, separator=" "), meets_all=True)
    initial = words.select(
        "name",
        key=pl.concat_str(pl.col("first").str.slice(0, 1), pl.lit(". "), "last"),
        meets_all=pl.col("first").str.len_chars() == 1,
    ).filter(pl.col("meets_all").any().over("key"))
    several = (
        pl.concat([whole.unique(), initial]).filter(pl.len().over("key") > 1).sort("name", "key")
    )
    code = several["key"].rank("dense").cast(pl.Int64).to_numpy() - 1
    return several["name"].to_numpy(), code, several["meets_all"].to_numpy()


def _tied(mentions: Mentions, author: "ndarray", name_keys: pl.Series) -> pl.DataFrame:
    """Return the persons who share coauthors: left, right, coauthors (millionths of log odds)."""
    met = _met(mentions, author, *_coauthor_blocks(name_keys)).unique()
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
        mentions: all mentions.
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
