"""Whose the names in lists of authors are: mentions into persons.

What belongs here: pure functions from frames to a frame: mentions as numbers, and the groups that
numbers and shared coauthors make. What does not: what a mention and a work are (`sql/people`), what
two groups have in common (`person_evidence`), joining them (`person_merging`), how sure a mention
is (`person_levels`), running on somebody's table (`records.identify`), judging it (`evaluate`).
"""

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pipeline.transforms.coded_values import as_they_come, coded, ranked
from pipeline.transforms.name_commonness import commonness
from pipeline.transforms.person_evidence import MILLION, Evidence, Pairs
from pipeline.transforms.person_levels import levelled, reasons_of_pairs
from pipeline.transforms.person_merging import merge
from pipeline.transforms.person_spellings import join_spellings
from pipeline.transforms.person_works import Works, read_works
from pipeline.transforms.shared_coauthors import Mentions, Ties, shared_coauthors, worth_of
from pipeline.transforms.sparse_rows import incidence, meeting

if TYPE_CHECKING:
    from numpy import ndarray

# A shared coauthor makes two mentions one person by himself if he speaks for it with such log odds
# more than the bearers of the name speak against.
_CERTAIN = 3.0
# What of a mention its author stands beside.
_SHOWN = ("mention_id", "paper_id", "author_order")


def persons(mentions: pl.DataFrame, works: pl.DataFrame, name_parts: pl.DataFrame) -> pl.DataFrame:
    """Return whose each mention is.

    Within one name, mentions of one homonym number are one person, and so are those whose papers
    share a coauthor of a name that is rare enough for theirs. The groups that this makes join while
    what their papers show (titles, venues, affiliations, years, other shared coauthors) speaks
    for one person more than the commonness of the name speaks against (`person_merging`). Two
    numbers, and papers more than seventy years apart, are never one person; where a paper names two
    of one name, each is a person of its own. Last, persons whose names are spelt otherwise but may
    be one's join if their papers say so (`person_spellings`).

    A mention is `verified` by a number, or by coauthors that tie it to the largest group of its
    author; `probable` if what papers show joined it; `name_only` if nothing did.

    Args:
        mentions: columns `mention_id` (every one once), `paper_id`, `author_order` (NULL: in no
            list), `author_name`, `name_key` (NULL: no name), `homonym_id` (NULL: none).
        works: columns `paper_id`, `title`, `venue`, `year`, `affiliations`; a paper at most once.
        name_parts: how common parts of names are, `reference.name_parts`.

    Returns:
        Columns `mention_id`, `paper_id`, `author_order`, `author_id` (`a` and 16 hex digits made of
        the author's first mention), `identity_level` (see `person_levels`), `identity_reason`,
        ordered by paper and place, those without a name last.
    """
    read = _Read.of(mentions.filter(pl.col("name_key").is_not_null()), works, name_parts)
    ties = shared_coauthors(read.mentions)
    seed = _seeds(read.mentions, ties)
    evidence, pairs, compared = _compared(read, ties, seed)
    before = evidence.scores(pairs)
    merge(evidence, pairs)
    author = np.arange(int(seed.max()) + 1 if len(seed) else 0, dtype=np.int32)
    author[compared] = compared[evidence.joined]
    becomes, met = join_spellings(read.mentions, author[seed], read.names, read.works)
    found = read.frame.with_columns(seed=pl.Series(seed), author=pl.Series(author[seed]))
    found = found.join(met, on="author", how="left", maintain_order="left").with_columns(
        author=pl.Series(becomes[author[seed]])
    )
    alike = reasons_of_pairs(before, pairs, evidence.joined, compared)
    return _told(mentions, levelled(found, ties, alike))


@dataclass(frozen=True, slots=True)
class _Read:
    """Mentions of named authors as numbers, beside what they are called and what papers show."""

    frame: pl.DataFrame
    mentions: Mentions
    names: pl.DataFrame
    works: Works

    @staticmethod
    def of(named: pl.DataFrame, works: pl.DataFrame, name_parts: pl.DataFrame) -> "_Read":
        """Number papers by their ids, names as they come on papers: no number depends on rows."""
        paper, paper_ids = ranked(named["paper_id"])
        key, _ = coded(named["name_key"])
        order = _order(named, paper)
        paper, (name, first) = paper[order], as_they_come(key[order])
        frame = named.select(*_SHOWN, "author_name", "homonym_id")[order]
        names = named[order[first]].select("name_key", spelling="author_name")
        number = frame["homonym_id"].rank("dense").cast(pl.Int32).fill_null(0).to_numpy() - 1
        on_paper = paper.astype(np.int64) * names.height + name
        # A list that gives one number twice gives it to the first.
        numbered = np.flatnonzero(number >= 0)
        given = pl.DataFrame({"on": on_paper[numbered], "number": number[numbered]})
        again = given.select(~pl.struct(pl.all()).is_first_distinct()).to_series()
        number[numbered[again.to_numpy()]] = -1
        is_alone = (number < 0) & _is_shared(on_paper)
        frame = frame.with_columns(
            name=pl.Series(name), number=pl.Series(number), is_alone=pl.Series(is_alone)
        )
        bearers = np.maximum(commonness(names["name_key"], name_parts), _counted(frame))
        return _Read(
            frame,
            Mentions(paper, name, number, is_alone, bearers),
            names,
            read_works(
                pl.DataFrame({"paper_id": paper_ids}).join(
                    works, on="paper_id", how="left", maintain_order="left"
                )
            ),
        )


def _counted(frame: pl.DataFrame) -> "ndarray":
    """Return for each name how many others bear it by its numbers: who has 0003 is not the first.

    What is no such number, as a year that somebody wrote behind the name, says nothing.
    """
    number = pl.col("homonym_id").str.extract(r"^0(\d{3})$").cast(pl.Int64).fill_null(1)
    numbers = frame.group_by("name").agg((number - 1).max().clip(0)).sort("name")
    return numbers["homonym_id"].to_numpy()


def _order(named: pl.DataFrame, paper: "ndarray") -> "ndarray":
    """Return the places of mentions by paper and place in its list; those without one come last."""
    place = named["author_order"].fill_null(np.iinfo(np.int32).max).to_numpy()
    # Only where there is no place do the mentions themselves say what comes first.
    tie = named.select(pl.when(pl.col("author_order").is_null()).then("mention_id"))
    rank = tie.to_series().rank("ordinal").fill_null(0).to_numpy()
    return np.lexsort((rank, place, paper))


def _is_shared(values: "ndarray") -> "ndarray":
    """Mark the values that are there more than once."""
    is_shared = np.zeros(len(values), bool)
    met = meeting(values, np.arange(len(values), dtype=np.int32))
    is_shared[met] = pl.Series(values[met]).is_duplicated().to_numpy()
    return is_shared


def _seeds(mentions: Mentions, ties: Ties) -> "ndarray":
    """Return for each mention the group that numbers and sure coauthors put it in."""
    worth = worth_of(mentions.bearers)[ties.coauthor]
    against = np.log1p(mentions.bearers)[mentions.name[ties.left]]
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


def _compared(read: _Read, ties: Ties, seed: "ndarray") -> tuple[Evidence, Pairs, "ndarray"]:
    """Return the groups of names with several, and which pairs of them are compared.

    Last, for each of these groups its number among all.
    """
    mentions = read.mentions
    n_seeds = int(seed.max()) + 1 if len(seed) else 0
    name = np.zeros(n_seeds, np.int64)
    number = np.full(n_seeds, -1)
    name[seed] = mentions.name
    np.maximum.at(number, seed, mentions.number)
    is_alone = np.zeros(n_seeds, bool)
    is_alone[seed] = mentions.is_alone
    several = np.flatnonzero(
        ~is_alone & (np.bincount(name[~is_alone], minlength=len(mentions.bearers))[name] > 1)
    )
    n_numbers = np.bincount(name[number >= 0], minlength=len(mentions.bearers))
    has_one_number = n_numbers[name] == 1
    place = np.full(n_seeds, -1)
    place[several] = np.arange(len(several))
    group = place[seed]
    mine = np.flatnonzero(group >= 0)
    evidence = Evidence(
        works=read.works,
        paper=mentions.paper[mine],
        group=group[mine],
        block=name[several],
        number=number[several],
        has_one_number=has_one_number[several],
        bearers=mentions.bearers[name[several]],
        joined=np.arange(len(several)),
    )
    one, other = group[ties.left], group[ties.right]
    # Of other groups than their own; a name without a second group has none.
    across = np.flatnonzero(one != other)
    one, other = one[across], other[across]
    spoken = np.rint(MILLION * worth_of(mentions.bearers)).astype(np.int64)[ties.coauthor[across]]
    tied = pl.DataFrame(
        {
            "left": np.minimum(one, other),
            "right": np.maximum(one, other),
            "coauthor": ties.coauthor[across],
            "coauthors": spoken,
        }
    ).unique()
    pairs = evidence.candidates(pl.concat([tied.drop("coauthor"), evidence.by_name()]))
    return evidence, pairs, several


def _told(mentions: pl.DataFrame, levels: pl.DataFrame) -> pl.DataFrame:
    """Return all mentions, each with its author's id; a mention without a name is its own author.

    An id is made of the author's first mention (by paper and place): others may come and go.
    """
    nameless = mentions.filter(pl.col("name_key").is_null()).sort("mention_id")
    alone = nameless.select(
        *_SHOWN,
        author_id=_ids(nameless["mention_id"]),
        identity_level=pl.lit("name_only"),
        identity_reason=pl.lit("no letter or digit of the name is left"),
    )
    author, first = as_they_come(levels["author"].to_numpy())
    ids = _ids(levels["mention_id"].gather(first)).gather(author)
    return pl.concat([levels.with_columns(author_id=ids).select(alone.columns), alone])


def _ids(mentions: pl.Series) -> pl.Series:
    texts = mentions.cast(pl.Binary).to_list()
    return pl.Series([f"a{hashlib.md5(each).hexdigest()[:16]}" for each in texts], dtype=pl.String)
