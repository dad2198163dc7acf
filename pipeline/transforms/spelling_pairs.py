"""What persons of different names that might be one person's have in common.

What belongs here: which persons meet under a key of their names (`people.name_blocks`), and what
their papers say for one person. What does not: whether two names may be one person's, and who joins
(`person_spellings`).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pipeline.transforms.coded_values import coded, numbered
from pipeline.transforms.numbered_mentions import NumberedMentions, named
from pipeline.transforms.person_evidence import MILLION, TIED, Evidence, Pairs
from pipeline.transforms.person_works import Works, read_works
from pipeline.transforms.shared_coauthors import worth_of
from pipeline.transforms.sparse_rows import batches, meeting, spans

if TYPE_CHECKING:
    from numpy import ndarray

_ALIKE = {"block": pl.Int32, "left": pl.Int32, "right": pl.Int32, "likeness": pl.Float64}
_MET = {"block": pl.Int64, "coauthor": pl.Int32, "left": pl.Int32, "right": pl.Int32}
# Less than this speaks for no two, however their names agree (log odds).
_LEAST = 0.0


def tied_persons(
    blocks: pl.DataFrame, mentions: pl.DataFrame, coauthors: pl.DataFrame, names: pl.DataFrame
) -> pl.DataFrame:
    """Return the persons of different names who meet under a key and share coauthors.

    Args:
        blocks: columns `block` (a key), `name_no`.
        mentions: all mentions of these names, and perhaps of others, but for those whose paper
            names two of the name: columns `place`, `paper_no`, `name_no`, `person`.
        coauthors: who speaks for their papers: see `NumberedMentions`.
        names: of all these: the same.

    Returns:
        Columns `block`, `person_l`, `person_r`, `coauthors` (what those that they share speak for
        one person, in whole millionths of log odds).
    """
    read = NumberedMentions.of(mentions, coauthors, names)
    keys = _NameKeys.of(blocks, read.names)
    people, (person,) = numbered(read.rows["person"].to_numpy())
    worth = np.rint(MILLION * worth_of(read.bearers)).astype(np.int64)
    met = _met(read, person, keys).unique()
    tied = (
        met.with_columns(coauthors=pl.Series(worth[met["coauthor"].to_numpy()]))
        .group_by("block", "left", "right")
        .agg(pl.col("coauthors").sum())
    )
    return _named(tied, keys.texts, people).select("block", "person_l", "person_r", "coauthors")


def alike_persons(
    blocks: pl.DataFrame, mentions: pl.DataFrame, works: pl.DataFrame, word_counts: pl.DataFrame
) -> pl.DataFrame:
    """Return the persons of different names who meet under a key and whose papers are alike.

    Args:
        blocks: columns `block` (a key), `name_no`, `asks` (two that do not are no pair).
        mentions: see `tied_persons`.
        works: what their papers show: `people.work_words` by `paper_no`.
        word_counts: `people.word_counts`.

    Returns:
        Columns `block`, `person_l`, `person_r`, `likeness` (of their affiliations).
    """
    names, (mine, keyed) = numbered(mentions["name_no"].to_numpy(), blocks["name_no"].to_numpy())
    is_keyed = np.zeros(len(names), bool)
    is_keyed[keyed] = True
    people = _People.of(mentions.filter(pl.Series(is_keyed[mine])))
    shown = read_works(people.papers, works, word_counts)
    keys = _NameKeys.of(blocks, people.names)
    first, n_keys = keys.first[people.name], keys.size[people.name]
    person = np.repeat(np.arange(len(people.name), dtype=np.int32), n_keys)
    of_key = np.repeat(first, n_keys) + spans(n_keys)
    parts = [pl.DataFrame(schema=_ALIKE)]
    for batch in batches(keys.block[of_key]):
        copied, key = person[batch], of_key[batch]
        block = keys.block[key]
        found = people.copies(shown, copied, block).candidates(
            pl.DataFrame(schema=TIED), keys.asks[key]
        )
        left, right = copied[found.left], copied[found.right]
        pairs = {
            "block": block[found.left],
            "left": np.minimum(left, right),
            "right": np.maximum(left, right),
            "likeness": found.likeness,
        }
        parts.append(
            pl.DataFrame(pairs, schema=_ALIKE).filter(
                pl.Series(people.name[left] != people.name[right])
            )
        )
    alike = _named(pl.concat(parts), keys.texts, people.numbers)
    return alike.select("block", "person_l", "person_r", "likeness")


def spelling_pairs(
    pairs: pl.DataFrame,
    mentions: pl.DataFrame,
    names: pl.DataFrame,
    works: pl.DataFrame,
    word_counts: pl.DataFrame,
) -> pl.DataFrame:
    """Return the persons of different names for whose being one more speaks than against.

    Args:
        pairs: persons who have anything in common: columns `name_key` (of the first),
            `person_l`, `person_r`, `coauthors`, `likeness` (see above).
        mentions: all mentions of these: columns `place`, `paper_no`, `name_no`, `person`,
            `homonym_id` (NULL: none).
        names: how many people may bear their names: columns `name_no`, `n_bearers`.
        works: what their papers show: `people.work_words` by `paper_no`.
        word_counts: `people.word_counts`.

    Returns:
        Columns `name_key`, `person_l`, `person_r`, `score` (log odds that they are one person, if
        the names are no reason against it), `in_common` (kinds of evidence, in words).
    """
    people = _People.of(mentions)
    ends = (pairs["person_l"].to_numpy(), pairs["person_r"].to_numpy())
    met = Pairs(
        *(np.searchsorted(people.numbers, end) for end in ends),
        *(pairs[column].to_numpy() for column in ("likeness", "coauthors")),
    )
    evidence = people.evidence(
        read_works(people.papers, works, word_counts),
        mentions.group_by("person").agg(pl.col("homonym_id").max()).sort("person")["homonym_id"],
        named(people.names, names)["n_bearers"].to_numpy(),
    )
    scores = evidence.scores(met)
    return pairs.select(
        "name_key",
        "person_l",
        "person_r",
        score=pl.Series(scores.total, dtype=pl.Float64),
        in_common=scores.in_common().list.join(", "),
    ).filter(pl.col("score") >= _LEAST)


def _named(pairs: pl.DataFrame, texts: pl.Series, people: "ndarray") -> pl.DataFrame:
    """Return pairs with the keys under which they meet, and the numbers of the persons."""
    return pairs.with_columns(
        block=texts.gather(pairs["block"]),
        person_l=pl.Series(people[pairs["left"].to_numpy()]),
        person_r=pl.Series(people[pairs["right"].to_numpy()]),
    )


@dataclass(frozen=True, slots=True)
class _NameKeys:
    """The keys of names, name after name.

    Attributes:
        first, size: of each name, where its keys begin, and how many they are.
        block: the keys, as numbers.
        asks: whether the name meets all others under the key.
        texts: the keys.
    """

    first: "ndarray"
    size: "ndarray"
    block: "ndarray"
    asks: "ndarray"
    texts: pl.Series

    @staticmethod
    def of(blocks: pl.DataFrame, names: "ndarray") -> "_NameKeys":
        """Take the keys of some names, which are given by their numbers, in order."""
        known = pl.DataFrame({"name_no": names}, schema={"name_no": pl.Int64})
        mine = blocks.join(known, on="name_no", how="semi").sort("name_no", "block")
        name = np.searchsorted(names, mine["name_no"].to_numpy())
        size = np.bincount(name, minlength=len(names)).astype(np.int32)
        block, texts = coded(mine["block"])
        asks = mine["asks"].to_numpy()
        return _NameKeys(np.cumsum(size, dtype=np.int32) - size, size, block, asks, texts)


@dataclass(frozen=True, slots=True)
class _People:
    """Persons by what they are called, and their mentions.

    Attributes:
        numbers, names, papers: of persons, names and papers, in order.
        paper, person: of each mention, person after person.
        start, size: where the mentions of each person begin, and how many they are.
        name: the name of each person.
    """

    numbers: "ndarray"
    names: "ndarray"
    papers: "ndarray"
    paper: "ndarray"
    person: "ndarray"
    start: "ndarray"
    size: "ndarray"
    name: "ndarray"

    @staticmethod
    def of(mentions: pl.DataFrame) -> "_People":
        """Take persons for what their mentions are."""
        rows = mentions.unique("place").sort("person", "place")
        numbers, (person,) = numbered(rows["person"].to_numpy())
        names, (of_name,) = numbered(rows["name_no"].to_numpy())
        papers, (paper,) = numbered(rows["paper_no"].to_numpy())
        name = np.zeros(len(numbers), np.int64)
        name[person] = of_name
        size = np.bincount(person, minlength=len(numbers))
        return _People(
            *(numbers, names, papers, paper, person),
            *(np.cumsum(size) - size, size, name),
        )

    def evidence(self, works: Works, homonyms: pl.Series, bearers: "ndarray") -> Evidence:
        """Return the persons as groups to be compared.

        Args:
            works: what their papers show.
            homonyms: the homonym number of each person; NULL: none.
            bearers: how many people are expected to bear each name.
        """
        numbers = homonyms.rank("dense").cast(pl.Int64) - 1
        return Evidence(
            works=works,
            paper=self.paper,
            group=self.person,
            block=self.name,
            number=numbers.fill_null(-1).to_numpy(),
            has_one_number=np.zeros(len(self.name), bool),
            bearers=bearers[self.name],
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
            bearers=np.zeros(len(person)),
            joined=np.arange(len(person)),
        )


def _met(read: NumberedMentions, person: "ndarray", keys: _NameKeys) -> pl.DataFrame:
    """Return the persons of different names that meet under a key on papers with a coauthor.

    Args:
        read: mentions.
        person: of each.
        keys: of names.

    Returns:
        Columns `block`, `left`, `right`, `coauthor`.
    """
    n_keys = keys.size[read.name]
    asked = np.repeat(np.arange(len(read.name), dtype=np.int32), n_keys)
    block = keys.block[np.repeat(keys.first[read.name], n_keys) + spans(n_keys)]
    parts = [pl.DataFrame(schema=_MET)]
    for batch in batches(block):
        mention = asked[batch]
        name = read.name[mention]
        place, coauthor = read.coauthors.beside(read.paper[mention], name)
        group = block[batch][place].astype(np.int64) * len(read.names) + coauthor
        met = meeting(group, name[place])
        place = place[met]
        parts.append(_of_other_names(group[met], person[mention[place]], name[place], read))
    return pl.concat(parts)


def _of_other_names(
    group: "ndarray", person: "ndarray", name: "ndarray", read: NumberedMentions
) -> pl.DataFrame:
    """Return the pairs of persons of different names in groups of a key and a coauthor."""
    met = pl.DataFrame({"group": group, "person": person, "name": name}).unique()
    return (
        met.join(met, on="group", suffix="_other")
        .filter(pl.col("person") < pl.col("person_other"))
        .filter(pl.col("name") != pl.col("name_other"))
        .select(
            block=pl.col("group") // len(read.names),
            coauthor=(pl.col("group") % len(read.names)).cast(pl.Int32),
            left="person",
            right="person_other",
        )
        .unique()
    )
