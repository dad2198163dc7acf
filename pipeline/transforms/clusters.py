"""The step of linkage that SQL says badly: from matching pairs to clusters.

What belongs here: pure functions from frames to frames. What does not: blocking, comparison and
decision, which are SQL (`sql/linkage/`); running them on a file (`linking`).
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import NamedTuple

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pipeline.contract.rows import Rows

# Margins are summed as whole millionths: sums must not depend on the order of rows. Clusters join
# while their pairs are on average as likely as a match, and down to a margin of -1 where one of
# them has no better match elsewhere: one weak pair beside a strong one does not part them.
_MILLION = 1_000_000

_Pair = tuple[str, str]


class _Link(NamedTuple):
    """What links two clusters: sums of millionths and numbers of the pairs between them.

    Attributes:
        telling, n_telling: of pairs whose texts could be compared.
        others, n_others: of the other pairs, of unlike titles without abstracts: they say little.
        in_source, n_in_source: of telling pairs of one source that lists a paper once.
        best: the likeliest pair.
    """

    telling: int = 0
    n_telling: int = 0
    others: int = 0
    n_others: int = 0
    in_source: int = 0
    n_in_source: int = 0
    best: int = -_MILLION

    def and_(self, more: "_Link") -> "_Link":
        """Return what links them with more pairs."""
        *sums, best = map(sum, zip(self, more, strict=True))
        del best
        return _Link(*sums, max(self.best, more.best))

    @property
    def score(self) -> int:
        """By how much two clusters are likelier one paper than need be."""
        total, n_pairs = (
            (self.telling, self.n_telling) if self.n_telling else (self.others, self.n_others)
        )
        average = total // n_pairs
        return min(average, self.in_source // self.n_in_source) if self.n_in_source else average


# What is asked of a compared pair.
_SAID = {
    "is_likely": pl.col("margin") >= 0,
    "millionths": (pl.col("margin") * _MILLION).round().cast(pl.Int64),
    "is_telling": pl.col("is_telling"),
    "match_rule": pl.col("match_rule").cast(pl.Categorical),
}
# Two records, what links them, and the rule that decided (`linkage.pair_scores`).
_Compared = tuple[str, str, _Link, str]
# Rules by which records certainly are one paper, and the one by which they show the same values.
_IDENTIFIED = ("same_arxiv_id",)
_EQUAL = "same_values"


def cluster_records(records: pl.DataFrame, matches: Rows, overrides: pl.DataFrame) -> pl.DataFrame:
    """Return the clusters of records that are the same paper.

    Average linkage (Sokal and Michener, 1958), best pair first: two clusters join while the
    compared pairs between them are on average as likely as a match, so a chain of near-equal
    titles does not run away. They join at a lower average, too, if a matching pair links them and
    one of them has no better one elsewhere, so no single weak pair parts what belongs together.
    Pairs that say little (unlike titles without abstracts) count only where no others link the two.
    Where both clusters hold records of one source that lists a paper once, those pairs alone can
    part them. What people decided comes first: `same` joins whatever the evidence,
    `not_same` parts for good, and records of different arXiv identifiers are never one paper.
    Records that are certainly one paper (so decided, or of one arXiv identifier) count as one
    record, and what is nearest to any of them is near: a paper keeps its sightings under both its
    titles.

    A cluster is named after its smallest record_id. Ties go by what records say, so the result
    depends neither on the order of rows nor on how they are named.

    Args:
        records: columns `record_id` (every record once), `single_source` (the source, NULL
            unless it lists a paper once), `arxiv_id` (NULL: unknown) and `sort_key` (what the
            record says: ties go by it, not by how records are named).
        matches: columns `record_id_l`, `record_id_r`, `margin` (how likely the two are one paper: 0
            as likely as a match, -1 just likely enough to join beside a match), `is_telling`
            (their texts could be compared), `match_rule`: the compared pairs, of records that
            show the same values at least a spanning tree.
        overrides: columns `record_id_l`, `record_id_r`, `decision` (`same` or `not_same`),
            free of contradictions.

    Returns:
        Columns `record_id`, `cluster_id`, ordered by record_id.

    >>> records = pl.DataFrame(
    ...     {"record_id": ["a", "b", "c"], "single_source": ["x", "y", "z"], "arxiv_id": [None] * 3}
    ... ).with_columns(sort_key=pl.col("record_id"))
    >>> matches = pl.DataFrame(
    ...     {"record_id_l": ["a", "b"], "record_id_r": ["b", "c"], "margin": [0.4, 0.3]}
    ... ).with_columns(match_rule=pl.lit("evidence"), is_telling=True)
    >>> overrides = pl.DataFrame(
    ...     {"record_id_l": ["a"], "record_id_r": ["c"], "decision": ["not_same"]}
    ... )
    >>> cluster_records(records, matches, overrides)["cluster_id"].to_list()
    ['a', 'a', 'c']
    """
    numbered = records.sort("record_id").with_row_index("n")
    compared = _numbered(matches, numbered).select("l", "r", **_SAID).collect(engine="streaming")
    decided = _numbered(overrides, numbered).select("l", "r", "decision").collect()
    joining = [compared.filter("is_likely"), decided.filter(pl.col("decision") == "same")]
    labels = _labels(len(numbered), pl.concat([pairs.select("l", "r") for pairs in joining]))
    # Where every compared pair is likely, every average of them is, and all join.
    names = labels.to_numpy().copy()
    for component in _contested(numbered.with_columns(labels), compared, decided):
        for cluster in component.clusters():
            names[cluster] = min(cluster)
    ids = numbered["record_id"]
    return pl.DataFrame({"record_id": ids, "cluster_id": ids.gather(pl.Series(names))})


def _numbered(pairs: Rows, numbered: pl.DataFrame) -> pl.LazyFrame:
    """Return pairs with the numbers of their records, which take a tenth of what ids take."""
    rows = pairs.lazy()
    for side in "lr":
        ids = numbered.lazy().select(pl.col("n").alias(side), record_id="record_id")
        rows = rows.join(ids, left_on=f"record_id_{side}", right_on="record_id")
    return rows


def _labels(n_records: int, pairs: pl.DataFrame) -> pl.Series:
    """Return for each record the smallest number in its connected component."""
    ends = (pairs["l"].to_numpy(), pairs["r"].to_numpy())
    graph = coo_array((np.ones(len(pairs), bool), ends), shape=(n_records, n_records))
    _, components = connected_components(graph, directed=False)
    _, smallest = np.unique(components, return_index=True)
    return pl.Series("label", smallest[components], dtype=pl.UInt32)


class _Component(NamedTuple):
    """Records that hang together, but not by likely pairs alone.

    Attributes:
        numbers: its records, in the order in which ties are broken.
        arxiv_ids: their identifiers, NULL where unknown.
        links: its compared pairs: two records, what links them, the rule that decided.
        decided: what people said of its records: two records, and `same` or `not_same`.
    """

    numbers: list[int]
    arxiv_ids: list[str | None]
    links: list[tuple[int, int, _Link, str]]
    decided: list[tuple[int, int, str]]

    def clusters(self) -> list[list[int]]:
        """Return the numbers of the records of each paper."""
        name = {number: f"{place:09}" for place, number in enumerate(self.numbers)}
        same, apart = (
            [(name[left], name[right]) for left, right, said in self.decided if said == wanted]
            for wanted in ("same", "not_same")
        )
        found = _agglomerate(
            list(name.values()),
            [(name[left], name[right], link, rule) for left, right, link, rule in self.links],
            (same, apart),
            {
                name[number]: arxiv_id
                for number, arxiv_id in zip(self.numbers, self.arxiv_ids, strict=True)
                if arxiv_id is not None
            },
        )
        return [[self.numbers[int(each)] for each in cluster] for cluster in found]


def _contested(
    records: pl.DataFrame, compared: pl.DataFrame, decided: pl.DataFrame
) -> Iterator[_Component]:
    """Yield the components that people part, or that hold an unlikely pair or two identifiers.

    Args:
        records: columns `n` (ascending from 0), `label` of the component and what is known.
        compared: the pairs of all components, and those between them.
        decided: the same of what people said.
    """
    near, said = (_within(pairs, records) for pairs in (compared, decided))
    source = records["single_source"]
    identifiers = records.drop_nulls("arxiv_id").group_by("label")
    mixed = identifiers.agg(n=pl.col("arxiv_id").n_unique()).filter(pl.col("n") > 1)
    parted = said.filter(pl.col("decision") == "not_same")
    unlikely = near.filter(pl.col("millionths") < 0)
    labels = pl.concat([rows.select("label") for rows in (mixed, parted, unlikely)]).unique()
    records, near, said = (
        rows.join(labels, on="label", how="semi", maintain_order="left")
        for rows in (records, near, said)
    )
    left, right = (source.gather(near[side]) for side in "lr")
    near = near.with_columns(is_one_source=(left == right).fill_null(value=False))
    links: dict[int, list[tuple[int, int, _Link, str]]] = defaultdict(list)
    for label, left, right, millionths, is_telling, is_one_source, rule in near.select(
        "label", "l", "r", "millionths", "is_telling", "is_one_source", "match_rule"
    ).iter_rows():
        link = _link_of(millionths, is_telling=is_telling, is_one_source=is_one_source)
        links[label].append((left, right, link, rule))
    decisions: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
    for label, left, right, decision in said.select("label", "l", "r", "decision").iter_rows():
        decisions[label].append((left, right, decision))
    members = records.sort("label", "sort_key", "record_id")
    for (label,), ids in members.group_by("label", maintain_order=True):
        numbers, arxiv_ids = ids["n"].to_list(), ids["arxiv_id"].to_list()
        yield _Component(numbers, arxiv_ids, links[label], decisions[label])


def _within(pairs: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs of which both records are in one component, with its `label`."""
    left, right = (records["label"].gather(pairs[side]) for side in "lr")
    return pairs.with_columns(label=left).filter(left == right)


def _agglomerate(
    members: list[str],
    links: list[_Compared],
    decided: tuple[list[_Pair], ...],
    identified: dict[str, str],
) -> list[list[str]]:
    """Return the clusters of one component.

    Args:
        members: its records, under names in whose order ties are broken.
        links: its compared pairs.
        decided: what people decided of its records: pairs of one paper, and of two.
        identified: the arXiv identifiers of its records.
    """
    same, apart = decided
    certain = [(left, right) for left, right, _, rule in links if rule in _IDENTIFIED]
    if apart:
        # What people part must not come together again through identifiers, nor equal records
        # fall apart because the one that held them together was taken out.
        certain, links = [], _all_equal_pairs(links)
    unit = {record_id: record_id for record_id in members} | _components([*same, *certain])
    clusters = _Clusters(unit, _nearest_links(unit, links))
    for left, right in apart:
        clusters.keep_apart(unit[left], unit[right])
    for record_id, arxiv_id in identified.items():
        clusters.arxiv_ids[unit[record_id]].add(arxiv_id)
    clusters.join_all()
    return list(clusters.members.values())


class _Clusters:
    """Clusters that join, the best linked ones first, as long as any two may."""

    def __init__(self, unit: dict[str, str], links: dict[_Pair, _Link]) -> None:
        """Begin with one cluster for each unit.

        Args:
            unit: the unit of each record.
            links: what links two units.
        """
        self.members = _members(unit)
        self.links: dict[str, dict[str, _Link]] = {cluster: {} for cluster in self.members}
        self.apart: dict[str, set[str]] = {cluster: set() for cluster in self.members}
        self.arxiv_ids: dict[str, set[str]] = {cluster: set() for cluster in self.members}
        # What could join, the best first; what has changed since stands in it anew.
        self.heap: list[tuple[int, str, str, _Link]] = []
        for (one, other), link in links.items():
            self._link(one, other, link)

    def keep_apart(self, one: str, other: str) -> None:
        """Part two clusters for good."""
        self.apart[one].add(other)
        self.apart[other].add(one)

    def join_all(self) -> None:
        """Join clusters until no two may."""
        while self.heap:
            _, one, other, link = heapq.heappop(self.heap)
            if self.links.get(one, {}).get(other) == link and self._may_join(one, other, link):
                # The one with fewer links moves: else a hub of thousands would move as often.
                if len(self.links[one]) < len(self.links[other]):
                    one, other = other, one
                self._join(one, other)

    def _may_join(self, one: str, other: str, link: _Link) -> bool:
        if other in self.apart[one]:
            return False
        ours, theirs = self.arxiv_ids[one], self.arxiv_ids[other]
        if ours and theirs and ours.isdisjoint(theirs):
            return False
        return link.score >= 0 or self._is_nearest(one, other, link)

    def _is_nearest(self, one: str, other: str, link: _Link) -> bool:
        """Return whether one of two clusters has no likelier pair with any third one."""
        return any(
            all(near.best <= link.best for third, near in self.links[this].items() if third != that)
            for this, that in ((one, other), (other, one))
        )

    def _join(self, one: str, other: str) -> None:
        """Put all that is of the other cluster to the first."""
        self.members[one] += self.members.pop(other)
        self.arxiv_ids[one] |= self.arxiv_ids.pop(other)
        for third, link in self.links.pop(other).items():
            del self.links[third][other]
            if third != one:
                self._link(one, third, link)
        for third in self.apart.pop(other):
            self.apart[third].remove(other)
            self.keep_apart(one, third)

    def _link(self, one: str, other: str, link: _Link) -> None:
        """Add to what links two clusters, and let them join if that is likely."""
        both = self.links[one].get(other, _Link()).and_(link)
        self.links[one][other] = self.links[other][one] = both
        if both.score >= (-_MILLION if both.best >= 0 else 0):
            heapq.heappush(self.heap, (-both.score, min(one, other), max(one, other), both))


def _components(pairs: Iterable[_Pair]) -> dict[str, str]:
    """Return the connected component of every name in a pair, named after its smallest.

    Union-find with path halving (Tarjan and van Leeuwen, 1984).
    """
    parent: dict[str, str] = {}

    def root(record_id: str) -> str:
        while parent.setdefault(record_id, record_id) != record_id:
            parent[record_id] = parent[parent[record_id]]
            record_id = parent[record_id]
        return record_id

    for left, right in pairs:
        low, high = sorted((root(left), root(right)))
        parent[high] = low
    return {record_id: root(record_id) for record_id in list(parent)}


def _members(components: dict[str, str]) -> dict[str, list[str]]:
    members: dict[str, list[str]] = defaultdict(list)
    for record_id, component in components.items():
        members[component].append(record_id)
    return members


def _all_equal_pairs(links: list[_Compared]) -> list[_Compared]:
    """Return the links with one for every pair of records that show the same values."""
    known = {(left, right) for left, right, _, _ in links}
    equal = {(left, right): link for left, right, link, rule in links if rule == _EQUAL}
    link = max(equal.values(), default=_Link())
    groups = _members(_components(equal))
    pairs = (pair for ids in groups.values() for pair in combinations(sorted(ids), 2))
    missing = [(left, right, link, _EQUAL) for left, right in pairs if (left, right) not in known]
    return [*links, *missing]


def _nearest_links(name: dict[str, str], links: list[_Compared]) -> dict[_Pair, _Link]:
    """Return the likeliest link between any records of two units, by the names of the units."""
    nearest: dict[_Pair, _Link] = {}
    for left, right, link, _ in links:
        low, high = sorted((name[left], name[right]))
        if low != high:
            old = nearest.get((low, high), link)
            nearest[low, high] = _link_of(
                max(old.best, link.best),
                is_telling=bool(old.n_telling or link.n_telling),
                is_one_source=bool(old.n_in_source or link.n_in_source),
            )
    return nearest


def _link_of(millionths: int, *, is_telling: bool, is_one_source: bool) -> _Link:
    """Return what one pair says."""
    telling, others = (millionths, 0) if is_telling else (0, millionths)
    in_source = (millionths, 1) if is_one_source and is_telling else (0, 0)
    return _Link(telling, int(is_telling), others, int(not is_telling), *in_source, millionths)
