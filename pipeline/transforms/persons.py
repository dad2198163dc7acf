"""Whose the names in lists of authors are: mentions into persons.

What belongs here: pure functions from frames to a frame: mentions as numbers, a batch of names at a
time, ids of authors. What does not: what a mention and a work are (`sql/people`), whose the
mentions of a name are (`namesakes`), persons of several names (`person_spellings`), how sure a
mention is (`person_levels`), running on somebody's table (`records.identify`), judging it
(`evaluate`).
"""

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pipeline.transforms.coded_values import as_they_come, coded, ranked
from pipeline.transforms.name_commonness import commonness
from pipeline.transforms.namesakes import told_apart
from pipeline.transforms.person_levels import LEVEL, GroupReasons, levelled
from pipeline.transforms.person_spellings import join_spellings
from pipeline.transforms.person_works import Works, read_works
from pipeline.transforms.shared_coauthors import Coauthors, Mentions
from pipeline.transforms.sparse_rows import batches, meeting

if TYPE_CHECKING:
    from numpy import ndarray

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
        ordered by paper and place.
    """
    # Where all have one, as in most lists, they need not be held twice.
    is_named = mentions["name_key"].is_not_null()
    named = mentions if is_named.all() else mentions.filter(is_named)
    return _told(mentions, levelled(*_whose(_Read.of(named, works, name_parts))))


def _whose(read: "_Read") -> tuple[pl.DataFrame, GroupReasons, pl.DataFrame]:
    """Return whose each mention of a name is, and what puts it there (see `levelled`)."""
    coauthors = Coauthors.of(read.mentions)
    # Nobody else has the name of who is in no batch.
    seed = np.arange(read.frame.height, dtype=np.int32)
    author = seed.copy()
    reasons: list[GroupReasons] = []
    for place in batches(read.mentions.name):
        found = told_apart(place, read.mentions, coauthors, read.works, read.names["spelling"])
        seed[place], author[place] = found.seed, found.author
        reasons.append(found.reasons)
    author, _ = as_they_come(author)
    becomes, met = join_spellings(read.mentions, coauthors, author, read.names, read.works)
    told = read.frame.with_columns(
        seed=pl.Series(seed), before=pl.Series(author), author=pl.Series(becomes[author])
    )
    return told, GroupReasons.of(reasons), met


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
        # Numbers recur, and few names have one: as codes they take a twentieth of the memory.
        numbers = pl.Enum(named["homonym_id"].drop_nulls().unique().sort())
        frame = named.select(*_SHOWN, pl.col("homonym_id").cast(numbers))[order]
        names = named.select("name_key", spelling="author_name")[order[first]]
        number = (
            frame["homonym_id"].to_physical().cast(pl.Int32).fill_null(-1).to_numpy(writable=True)
        )
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
        bearers = np.maximum(
            commonness(names["name_key"], name_parts), _counted(frame, names.height)
        )
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


def _counted(frame: pl.DataFrame, n_names: int) -> "ndarray":
    """Return for each name how many others bear it by its numbers: who has 0003 is not the first.

    What is no such number, as a year that somebody wrote behind the name, says nothing.
    """
    numbers = (
        frame.select("name", "homonym_id").drop_nulls("homonym_id").cast({"homonym_id": pl.String})
    )
    number = numbers["homonym_id"].str.extract(r"^0(\d{3})$").cast(pl.Int64).fill_null(1)
    others = np.zeros(n_names)
    np.maximum.at(others, numbers["name"].to_numpy(), number.to_numpy() - 1)
    return others


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


def _told(mentions: pl.DataFrame, levels: pl.DataFrame) -> pl.DataFrame:
    """Return all mentions, each with its author's id; a mention without a name is its own author.

    An id is made of the author's first mention (by paper and place): others may come and go.
    """
    nameless = mentions.filter(pl.col("name_key").is_null()).sort("mention_id")
    alone = nameless.select(
        *_SHOWN,
        author_id=_ids(nameless["mention_id"]),
        identity_level=pl.lit("name_only", LEVEL),
        identity_reason=pl.lit("no letter or digit of the name is left"),
    )
    author, first = as_they_come(levels["author"].to_numpy())
    ids = _ids(levels["mention_id"].gather(first)).gather(author)
    told = levels.with_columns(author_id=ids).select(alone.columns)
    if not alone.height:
        return told
    return pl.concat([told, alone]).sort(
        "paper_id", "author_order", nulls_last=True, maintain_order=True
    )


def _ids(mentions: pl.Series) -> pl.Series:
    texts = mentions.cast(pl.Binary).to_list()
    digests = pl.Series([hashlib.md5(each).digest()[:8] for each in texts], dtype=pl.Binary)
    return pl.select("a" + digests.bin.encode("hex")).to_series()
