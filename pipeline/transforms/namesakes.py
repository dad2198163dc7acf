"""Which mentions of a name are one person's, by coauthors, numbers and what papers show.

What belongs here: the groups that numbers and shared coauthors make of some names' mentions, who of
these is compared, and what is told of them (`people.namesakes`). What does not: numbering mentions
(`numbered_mentions`), persons of several names (`person_spellings`), what two groups have in common
(`person_evidence`), joining them (`person_merging`), words (`person_levels`).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pipeline.transforms.coded_values import as_they_come
from pipeline.transforms.numbered_mentions import NumberedMentions
from pipeline.transforms.person_evidence import MILLION, Evidence, Pairs
from pipeline.transforms.person_levels import GroupReasons, reasons_of_pairs, shared_names
from pipeline.transforms.person_merging import merge
from pipeline.transforms.person_works import Works, read_works
from pipeline.transforms.shared_coauthors import (
    Coauthors,
    Mentions,
    Ties,
    shared_coauthors,
    worth_of,
)
from pipeline.transforms.sparse_rows import batches, incidence

if TYPE_CHECKING:
    from numpy import ndarray

# A shared coauthor makes two mentions one person by himself if he speaks for it with such log odds
# more than the bearers of the name speak against.
_CERTAIN = 3.0


def namesakes(
    mentions: pl.DataFrame,
    coauthors: pl.DataFrame,
    names: pl.DataFrame,
    works: pl.DataFrame,
    word_counts: pl.DataFrame,
) -> pl.DataFrame:
    """Return whose the mentions of some names are, of each name by itself.

    Mentions of one homonym number are one person, and so are those whose papers share a coauthor of
    a name that is rare enough for theirs. The groups that this makes join while what their papers
    show (titles, venues, affiliations, years, other shared coauthors) speaks for one person more
    than the commonness of the name speaks against (`person_merging`). Two numbers, and papers more
    than seventy years apart, are never one person; where a paper names two of one name, each is a
    person of its own.

    Args:
        mentions: all mentions of these names: columns `place`, `paper_no`, `name_no`, `name_key`,
            `homonym_id` (NULL: none).
        coauthors: who speaks for their papers: see `NumberedMentions`.
        names: of all these: the same.
        works: what their papers show: `people.work_words` by `paper_no`.
        word_counts: `people.word_counts`.

    Returns:
        Mentions of persons with several, and those whose paper names two of the name: columns
        `name_key`, `place`, `seed` (the group that numbers and sure coauthors put it in, by the
        place of its first mention), `person` (the same), `is_alone`, `shared` (which coauthors tie
        it to others of its group, in words), `alike` (what its group has in common with another
        one of its person).
    """
    read = NumberedMentions.of(mentions, coauthors, names)
    named = read.of_names()
    shown = read_works(read.papers, works, word_counts)
    seed = np.arange(len(named.name), dtype=np.int32)
    person = seed.copy()
    reasons: list[GroupReasons] = []
    for place in batches(named.name):
        found = told_apart(place, named, read.coauthors, shown, read.spellings)
        seed[place], person[place] = found.seed, found.author
        reasons.append(found.reasons)
    said = GroupReasons.of(reasons)
    has_more = np.bincount(person, minlength=1)[person] > 1
    told = np.flatnonzero(has_more | named.is_alone).astype(np.int32)
    of_place = read.rows["place"]
    return (
        pl.DataFrame({"at": told, "seed": seed[told]})
        .join(said.shared, left_on="at", right_on="place", how="left", maintain_order="left")
        .join(said.alike, on="seed", how="left", maintain_order="left")
        .select(
            read.rows["name_key"].gather(told),
            of_place.gather(told),
            of_place.gather(seed[told]).alias("seed"),
            of_place.gather(person[told]).alias("person"),
            pl.Series("is_alone", named.is_alone[told]),
            "shared",
            "alike",
        )
    )


@dataclass(frozen=True, slots=True)
class Namesakes:
    """Whose the mentions of some names are. Places are those among all mentions.

    Attributes:
        place: of each mention.
        seed: the place of the first mention of its group: of those whom numbers and sure coauthors
            tie together.
        author: the place of the first mention of its author.
        reasons: what ties mentions to groups, and groups to authors.
    """

    place: "ndarray"
    seed: "ndarray"
    author: "ndarray"
    reasons: GroupReasons


def told_apart(
    place: "ndarray", mentions: Mentions, coauthors: Coauthors, works: Works, spellings: pl.Series
) -> Namesakes:
    """Tell whose the mentions of some names are.

    Args:
        place: of all mentions of these names, ascending.
        mentions: all mentions.
        coauthors: the names on each paper.
        works: what the papers show.
        spellings: how each name is spelt, in the order of their numbers.
    """
    mine = mentions.at(place)
    ties = shared_coauthors(mine, coauthors)
    seed = _seeds(mine, ties)
    _, first = as_they_come(seed)
    evidence, pairs, compared = _compared(mine, ties, seed, works)
    before = evidence.scores(pairs)
    merge(evidence, pairs)
    author = np.arange(len(first))
    author[compared] = compared[evidence.joined]
    of_seed = place[first]
    return Namesakes(
        place=place,
        seed=of_seed[seed],
        author=of_seed[author[seed]],
        reasons=GroupReasons(
            shared_names(spellings, place, seed, ties),
            reasons_of_pairs(before, pairs, evidence.joined, of_seed[compared]),
        ),
    )


def _seeds(mentions: Mentions, ties: Ties) -> "ndarray":
    """Return for each mention the group that numbers and sure coauthors put it in."""
    worth = worth_of(mentions.bearers[ties.coauthor])
    against = np.log1p(mentions.bearers[mentions.name[ties.left]])
    is_certain = (worth - against >= _CERTAIN) & (
        mentions.number[ties.left] == mentions.number[ties.right]
    )
    numbered = np.flatnonzero(mentions.number >= 0)
    numbered = numbered[np.lexsort((mentions.number[numbered], mentions.name[numbered]))]
    is_same = (np.diff(mentions.name[numbered]) == 0) & (np.diff(mentions.number[numbered]) == 0)
    left = np.r_[ties.left[is_certain], numbered[:-1][is_same]]
    right = np.r_[ties.right[is_certain], numbered[1:][is_same]]
    return _components(left, right, len(mentions.name))


def _components(left: "ndarray", right: "ndarray", size: int) -> "ndarray":
    """Return for each of so many the component that pairs put it in, numbered by first members."""
    from scipy.sparse.csgraph import connected_components

    graph = incidence(left, right, np.ones(len(left), np.int8), (size, size))
    # SciPy looks at one member after the other: the first new one gets the next number.
    return connected_components(graph, directed=False)[1]


def _compared(
    mentions: Mentions, ties: Ties, seed: "ndarray", works: Works
) -> tuple[Evidence, Pairs, "ndarray"]:
    """Return the groups of names with several, and which pairs of them are compared.

    Last, for each of these groups its number among all.
    """
    n_seeds = int(seed.max()) + 1 if len(seed) else 0
    # The names of a batch are a few neighbours of all.
    least = int(mentions.name.min())
    bearers = mentions.bearers[least : int(mentions.name.max()) + 1]
    name = np.zeros(n_seeds, np.int64)
    number = np.full(n_seeds, -1)
    name[seed] = mentions.name - least
    np.maximum.at(number, seed, mentions.number)
    is_alone = np.zeros(n_seeds, bool)
    is_alone[seed] = mentions.is_alone
    several = np.flatnonzero(
        ~is_alone & (np.bincount(name[~is_alone], minlength=len(bearers))[name] > 1)
    )
    n_numbers = np.bincount(name[number >= 0], minlength=len(bearers))
    has_one_number = n_numbers[name] == 1
    place = np.full(n_seeds, -1)
    place[several] = np.arange(len(several))
    group = place[seed]
    mine = np.flatnonzero(group >= 0)
    evidence = Evidence(
        works=works,
        paper=mentions.paper[mine],
        group=group[mine],
        block=name[several],
        number=number[several],
        has_one_number=has_one_number[several],
        bearers=bearers[name[several]],
        joined=np.arange(len(several)),
    )
    one, other = group[ties.left], group[ties.right]
    # Of other groups than their own; a name without a second group has none.
    across = np.flatnonzero(one != other)
    one, other = one[across], other[across]
    coauthor = ties.coauthor[across]
    spoken = np.rint(MILLION * worth_of(mentions.bearers[coauthor])).astype(np.int64)
    tied = pl.DataFrame(
        {
            "left": np.minimum(one, other),
            "right": np.maximum(one, other),
            "coauthor": coauthor,
            "coauthors": spoken,
        }
    ).unique()
    pairs = evidence.candidates(pl.concat([tied.drop("coauthor"), evidence.by_name()]))
    return evidence, pairs, several
