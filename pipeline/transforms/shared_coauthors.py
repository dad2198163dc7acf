"""Which papers of one name share coauthors, and what such a coauthor says.

What belongs here: pairs of mentions of one name whose papers name the same other author. What does
not: what else two papers have in common (`person_evidence`), what follows (`persons`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.transforms.sparse_rows import meeting, run_starts, spans

if TYPE_CHECKING:
    from numpy import ndarray

# Of longer lists the names borne by the fewest papers speak: a collaboration of thousands says
# little with each, and pairs of its members would be millions.
_MOST_NAMES = 50
# Mentions whose coauthors are compared at a time: few enough for what is near the processor.
_BATCH = 100_000
# As a shared coauthor of a name that ten people bear speaks for one person, odds two to one.
_TELLING_BEARERS = 10.0
_FEWEST_BEARERS = 1e-3


@dataclass(frozen=True, slots=True)
class Mentions:
    """Names in the lists of papers as numbers, ordered by paper and place.

    Attributes:
        paper: the paper of each mention, ascending.
        name: its name.
        number: what tells equal names apart, -1 where unknown.
        is_alone: its paper names another one of its name, and no number tells them apart: which of
            the two a third paper means is not to be known.
        bearers: for each name how many people are expected to bear it (`name_commonness`).
    """

    paper: "ndarray"
    name: "ndarray"
    number: "ndarray"
    is_alone: "ndarray"
    bearers: "ndarray"


@dataclass(frozen=True, slots=True)
class Ties:
    """Pairs of mentions of one name on papers that share a coauthor.

    Of all mentions that share one, as many pairs as connect them.

    Attributes:
        left, right: the mentions.
        coauthor: the name of the coauthor.
    """

    left: "ndarray"
    right: "ndarray"
    coauthor: "ndarray"


def worth_of(bearers: "ndarray") -> "ndarray":
    """Return what a shared coauthor speaks for one person, as log odds, by his name's bearers."""
    return np.log1p(_TELLING_BEARERS / (bearers + _FEWEST_BEARERS))


def shared_coauthors(mentions: Mentions) -> Ties:
    """Return the ties of all mentions but those that are alone.

    Mentions without a number are connected among themselves, those of a number among themselves,
    and both where they share a coauthor.
    """
    asked = np.flatnonzero(~mentions.is_alone).astype(np.int32)
    parts = [
        _ties(mentions, asked[place], coauthor)
        for place, coauthor in with_coauthors(mentions, asked, mentions.name[asked])
    ]
    return Ties(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def with_coauthors(
    mentions: Mentions, asked: "ndarray", block: "ndarray"
) -> Iterator[tuple["ndarray", "ndarray"]]:
    """Yield mentions beside the names of their coauthors, a pair for each.

    Only mentions in blocks of several, and coauthors that stand on several papers.

    Args:
        mentions: all mentions.
        asked: some of them.
        block: the block of each of these; every part that is yielded holds whole blocks.

    Yields:
        Places in `asked`, and the name of a coauthor for each.
    """
    counts = np.bincount(mentions.name, minlength=len(mentions.bearers))
    several = np.flatnonzero(counts[mentions.name] > 1)
    speaking = several[_speaks(mentions.paper[several], counts[mentions.name[several]])]
    on_paper = np.bincount(
        mentions.paper[speaking], minlength=int(mentions.paper.max(initial=0)) + 1
    )
    start = np.cumsum(on_paper) - on_paper
    name = mentions.name[speaking]
    for mine in _parts(block):
        paper = mentions.paper[asked[mine]]
        place = np.repeat(mine, on_paper[paper])
        coauthor = name[np.repeat(start[paper], on_paper[paper]) + spans(on_paper[paper])]
        is_other = mentions.name[asked[place]] != coauthor
        yield place[is_other], coauthor[is_other]


def _parts(block: "ndarray") -> "list[ndarray]":
    """Return the places of blocks of several in parts that hold whole blocks."""
    chosen = np.flatnonzero(np.bincount(block, minlength=1)[block] > 1).astype(np.int32)
    n_parts = len(chosen) // _BATCH + 1
    part = (block[chosen] % n_parts).astype(np.uint16)
    chosen = chosen[np.argsort(part, kind="stable")]
    return np.split(chosen, np.cumsum(np.bincount(part, minlength=n_parts))[:-1])


def _speaks(paper: "ndarray", count: "ndarray") -> "ndarray":
    """Mark the names that speak for their paper: of long lists those on the fewest papers."""
    speaks = np.ones(len(paper), bool)
    long = np.flatnonzero(np.bincount(paper, minlength=1)[paper] > _MOST_NAMES)
    order = long[np.lexsort((count[long], paper[long]))]
    speaks[order] = np.arange(len(order)) - run_starts(paper[order]) < _MOST_NAMES
    return speaks


def _ties(mentions: Mentions, left: "ndarray", coauthor: "ndarray") -> tuple["ndarray", ...]:
    """Connect the mentions of one name that name a coauthor; mentions come in order."""
    key = mentions.name[left].astype(np.int64) * len(mentions.bearers) + coauthor
    met = meeting(key, np.arange(len(key), dtype=np.int32))
    met = met[np.lexsort((mentions.number[left[met]], key[met]))]
    left, key, coauthor = left[met], key[met], coauthor[met]
    number = mentions.number[left]
    group_start = run_starts(key)
    same_group = key[1:] == key[:-1]
    same_number = number[1:] == number[:-1]
    chained = np.flatnonzero(same_group & same_number)
    # Those without a number come first; the first of each number is tied to the first of them.
    turns = np.flatnonzero(same_group & ~same_number) + 1
    turns = turns[number[group_start[turns]] < 0]
    from_ = np.r_[left[chained], left[group_start[turns]]]
    to = np.r_[left[chained + 1], left[turns]]
    return from_, to, np.r_[coauthor[chained], coauthor[turns]]
