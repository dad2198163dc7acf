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

from pipeline.transforms.name_commonness import commonness
from pipeline.transforms.person_evidence import MILLION, Evidence, Pairs
from pipeline.transforms.person_levels import levelled, reasons_of_pairs
from pipeline.transforms.person_merging import merge
from pipeline.transforms.person_spellings import join_spellings
from pipeline.transforms.person_works import Works, read_works
from pipeline.transforms.shared_coauthors import Mentions, Ties, shared_coauthors, worth_of
from pipeline.transforms.sparse_rows import incidence

if TYPE_CHECKING:
    from numpy import ndarray

# A shared coauthor makes two mentions one person by himself if he speaks for it with such log odds
# more than the bearers of the name speak against.
_CERTAIN = 3.0


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
        Columns `mention_id`, `author_id` (`a` and 16 hex digits made of the author's first
        mention), `identity_level` (see `person_levels`), `identity_reason`, ordered by mention_id.
    """
    read = _Read.of(mentions.filter(pl.col("name_key").is_not_null()), works, name_parts)
    ties = shared_coauthors(read.mentions)
    seed = _seeds(read.mentions, ties)
    evidence, pairs, compared = _compared(read, ties, seed)
    before = evidence.scores(pairs)
    merge(evidence, pairs)
    author = np.arange(int(seed.max()) + 1 if len(seed) else 0)
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
        papers = named.select(pl.col("paper_id").unique().sort()).with_row_index("paper")
        numbers = named.select(pl.col("homonym_id").drop_nulls().unique().sort())
        frame = (
            named.join(papers, on="paper_id")
            .join(numbers.with_row_index("number"), on="homonym_id", how="left")
            # Only where there is no place do the mentions themselves say what comes first.
            .with_columns(tie=pl.when(pl.col("author_order").is_null()).then("mention_id"))
            .sort("paper", "author_order", "tie", nulls_last=True)
        )
        names = (
            frame.select("name_key", spelling="author_name")
            .unique("name_key", keep="first", maintain_order=True)
            .with_row_index("name")
        )
        frame = frame.join(names.drop("spelling"), on="name_key", maintain_order="left").select(
            "mention_id",
            "author_name",
            "homonym_id",
            pl.col("paper", "name", "number").cast(pl.Int64),
        )
        paper, name = frame["paper"].to_numpy(), frame["name"].to_numpy()
        on_paper = paper * names.height + name
        given = frame["number"].fill_null(-1).to_numpy()
        # A list that gives one number twice gives it to the first.
        number = np.where(_is_first(on_paper * (numbers.height + 1) + given), given, -1)
        is_alone = (number < 0) & _is_shared(on_paper)
        return _Read(
            frame.with_columns(number=pl.Series(number), is_alone=pl.Series(is_alone)),
            Mentions(paper, name, number, is_alone, commonness(names["name_key"], name_parts)),
            names,
            read_works(papers.join(works, on="paper_id", how="left", maintain_order="left")),
        )


def _is_first(values: "ndarray") -> "ndarray":
    """Mark the first of equal values."""
    is_first = np.zeros(len(values), bool)
    is_first[np.unique(values, return_index=True)[1]] = True
    return is_first


def _is_shared(values: "ndarray") -> "ndarray":
    """Mark the values that are there more than once."""
    order = np.argsort(values, kind="stable")
    is_again = np.diff(values[order]) == 0
    is_shared = np.zeros(len(values), bool)
    is_shared[order] = np.r_[False, is_again] | np.r_[is_again, False]
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
    return connected_components(graph, directed=False)[1].astype(np.int64)


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
    pairs = evidence.candidates(pl.concat([tied.drop("coauthor"), _of_only_numbers(evidence)]))
    return evidence, pairs, several


def _of_only_numbers(evidence: Evidence) -> pl.DataFrame:
    """Return the groups of names with one number, each beside the group that has it."""
    groups = pl.DataFrame(
        {"block": evidence.block, "number": evidence.number, "is_asked": evidence.has_one_number}
    )
    groups = groups.with_row_index("group").cast({"group": pl.Int64}).filter("is_asked")
    numbered = groups.filter(pl.col("number") >= 0).select("block", numbered="group")
    return (
        groups.filter(pl.col("number") < 0)
        .join(numbered, on="block")
        .select(
            left=pl.min_horizontal("group", "numbered"),
            right=pl.max_horizontal("group", "numbered"),
            coauthors=pl.lit(0, pl.Int64),
        )
    )


def _told(mentions: pl.DataFrame, levels: pl.DataFrame) -> pl.DataFrame:
    """Return all mentions, each with its author's id; a mention without a name is its own author.

    An id is made of the author's first mention (by paper and place): others may come and go.
    """
    first = levels.unique("author", keep="first", maintain_order=True)
    ids = pl.DataFrame({"author": first["author"], "author_id": _ids(first["mention_id"])})
    nameless = mentions.filter(pl.col("name_key").is_null())["mention_id"]
    alone = pl.DataFrame({"mention_id": nameless, "author_id": _ids(nameless)}).with_columns(
        identity_level=pl.lit("name_only"),
        identity_reason=pl.lit("no letter or digit of the name is left"),
    )
    named = levels.join(ids, on="author").select(alone.columns)
    return pl.concat([named, alone]).sort("mention_id")


def _ids(mentions: pl.Series) -> pl.Series:
    ids = [f"a{hashlib.md5(mention.encode()).hexdigest()[:16]}" for mention in mentions]
    return pl.Series(ids, dtype=pl.String)
