"""The step of linkage that SQL says badly: from matching pairs to clusters.

What belongs here: pure functions from frames to frames. What does not: blocking, comparison and
decision, which are SQL (`sql/linkage/`); running them on a file (`linking`).
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations
from typing import NamedTuple

import polars as pl

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


# Two records, what links them, and the rule that decided (`linkage.pair_scores`).
_Compared = tuple[str, str, _Link, str]
# Rules by which records certainly are one paper, and the one by which they show the same values.
_IDENTIFIED = ("same_arxiv_id",)
_EQUAL = "same_values"


def cluster_records(
    records: pl.DataFrame, matches: pl.DataFrame, overrides: pl.DataFrame
) -> pl.DataFrame:
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
    same = _pairs(overrides.filter(pl.col("decision") == "same"))
    apart = _pairs(overrides.filter(pl.col("decision") == "not_same"))
    likely = _pairs(matches.filter(pl.col("margin") >= 0))
    components = _components([*likely, *same])
    decided: dict[str, tuple[list[_Pair], list[_Pair]]] = defaultdict(lambda: ([], []))
    for place, pairs in enumerate((same, apart)):
        for left, right in pairs:
            if components.get(left, left) == components.get(right, right):
                decided[components.get(left, left)][place].append((left, right))
    kept_apart = [component for component, (_, pairs) in decided.items() if pairs]
    # Where every compared pair is likely, every average of them is, and all join.
    names = dict(components)
    members = _members(components)
    identified = dict(records.select("record_id", "arxiv_id").drop_nulls().iter_rows())
    mixed = [
        component
        for component, ids in members.items()
        if len({identified[record_id] for record_id in ids if record_id in identified}) > 1
    ]
    contested = _contested_links(components, records, matches, [*kept_apart, *mixed])
    ordered = records.sort("sort_key", "record_id")["record_id"]
    places = {record_id: place for place, record_id in enumerate(ordered)}
    for component in {*contested, *kept_apart}:
        links = contested.get(component, [])
        ids = sorted(members[component], key=places.__getitem__)
        label = {record_id: f"{place:09}" for place, record_id in enumerate(ids)}
        clusters = _agglomerate(
            list(label.values()),
            [(label[left], label[right], link, rule) for left, right, link, rule in links],
            tuple(
                [(label[left], label[right]) for left, right in pairs]
                for pairs in decided[component]
            ),
            {label[each]: identified[each] for each in ids if each in identified},
        )
        for cluster in clusters:
            joined = [ids[int(each)] for each in cluster]
            names |= dict.fromkeys(joined, min(joined))
    ids = records["record_id"].sort().to_list()
    return pl.DataFrame(
        {"record_id": ids, "cluster_id": [names.get(record_id, record_id) for record_id in ids]},
        schema={"record_id": pl.String, "cluster_id": pl.String},
    )


def _pairs(frame: pl.DataFrame) -> list[_Pair]:
    return list(frame.select("record_id_l", "record_id_r").iter_rows())


def _components(pairs: Iterable[_Pair]) -> dict[str, str]:
    """Return the connected component of every record in a pair, named after its smallest id.

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


def _contested_links(
    components: dict[str, str], records: pl.DataFrame, matches: pl.DataFrame, kept_apart: list[str]
) -> dict[str, list[_Compared]]:
    """Return all compared pairs of each component that is kept apart or holds an unlikely one."""
    schema = {"record_id": pl.String, "component": pl.String}
    rows = {"record_id": list(components), "component": list(components.values())}
    placed = records.select("record_id", "single_source").join(
        pl.DataFrame(rows, schema=schema), on="record_id"
    )
    left, right = (
        placed.rename({"record_id": f"record_id_{side}", "single_source": f"source_{side}"})
        for side in "lr"
    )
    near = (
        matches.select("record_id_l", "record_id_r", "margin", "is_telling", "match_rule")
        .join(left, on="record_id_l")
        .join(right, on=["record_id_r", "component"])
        .select(
            "component",
            "record_id_l",
            "record_id_r",
            (pl.col("margin") * _MILLION).round().cast(pl.Int64).alias("millionths"),
            (pl.col("source_l") == pl.col("source_r")).fill_null(value=False).cast(pl.Int64),
            "is_telling",
            "match_rule",
        )
    )
    unlikely = near.filter(pl.col("millionths") < 0)["component"]
    contested = pl.concat([unlikely, pl.Series(kept_apart, dtype=pl.String)]).unique()
    near = near.filter(pl.col("component").is_in(contested.implode()))
    found: dict[str, list[_Compared]] = defaultdict(list)
    for component, low, high, millionths, is_one_source, is_telling, rule in near.iter_rows():
        link = _link_of(millionths, is_telling=is_telling, is_one_source=bool(is_one_source))
        found[component].append((low, high, link, rule))
    return found


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
