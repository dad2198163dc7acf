"""The step of linkage that SQL says badly: from matching pairs to clusters.

What belongs here: pure functions from frames to frames. What does not: blocking, comparison and
decision, which are SQL (`sql/linkage/`); running them on a file (`linking`).
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations

import polars as pl

# A pair at least this likely is a match, and clusters join while they are on average.
MATCH_FROM = 0.6
# Probabilities are summed as whole millionths: sums must not depend on the order of rows.
_MILLION = 1_000_000
_FLOOR = round(MATCH_FROM * _MILLION)

_Pair = tuple[str, str]
# Of the pairs between two clusters: sum of millionths and number, of all pairs and of those in
# which both records are from one source.
_Link = tuple[int, int, int, int]
# Two records, what links them, and the rule that decided (`linkage.pair_scores`).
_Compared = tuple[str, str, _Link, str]
# Rules by which records certainly are one paper, and the one by which they show the same values.
_IDENTIFIED = ("same_arxiv_id", "same_doi")
_EQUAL = "same_values"


def cluster_records(
    records: pl.DataFrame, matches: pl.DataFrame, overrides: pl.DataFrame
) -> pl.DataFrame:
    """Return the clusters of records that are the same paper.

    Average linkage (Sokal and Michener, 1958), best pair first: two clusters join while the
    compared pairs between them are on average as likely as a match, so a chain of near-equal
    titles does not run away. Where both clusters hold records of one source, those pairs alone
    can part them, too: a source that lists two papers apart knows best. What people decided
    comes first: `same` joins whatever the evidence, `not_same` parts for good. Records that are
    certainly one paper (so decided, or of one identifier) count as one record, and what is
    nearest to any of them is near: a paper keeps its sightings under both its titles.

    A cluster is named after its smallest record_id, and ties go to the smaller ids, so the
    result does not depend on the order of rows.

    Args:
        records: columns `record_id` (every record once) and `source`.
        matches: columns `record_id_l`, `record_id_r`, `match_probability`, `match_rule`: the
            compared pairs, of records that show the same values at least a spanning tree.
        overrides: columns `record_id_l`, `record_id_r`, `decision` (`same` or `not_same`),
            free of contradictions.

    Returns:
        Columns `record_id`, `cluster_id`, ordered by record_id.

    >>> records = pl.DataFrame({"record_id": ["a", "b", "c"], "source": ["x", "y", "z"]})
    >>> matches = pl.DataFrame(
    ...     {"record_id_l": ["a", "b"], "record_id_r": ["b", "c"], "match_probability": [0.9, 0.8]}
    ... ).with_columns(match_rule=pl.lit("evidence"))
    >>> overrides = pl.DataFrame(
    ...     {"record_id_l": ["a"], "record_id_r": ["c"], "decision": ["not_same"]}
    ... )
    >>> cluster_records(records, matches, overrides)["cluster_id"].to_list()
    ['a', 'a', 'c']
    """
    same = _pairs(overrides.filter(pl.col("decision") == "same"))
    apart = _pairs(overrides.filter(pl.col("decision") == "not_same"))
    likely = _pairs(matches.filter(pl.col("match_probability") >= MATCH_FROM))
    components = _components([*likely, *same])
    decided: dict[str, tuple[list[_Pair], list[_Pair]]] = defaultdict(lambda: ([], []))
    for place, pairs in enumerate((same, apart)):
        for left, right in pairs:
            if components.get(left, left) == components.get(right, right):
                decided[components.get(left, left)][place].append((left, right))
    kept_apart = [component for component, (_, pairs) in decided.items() if pairs]
    # Where every compared pair is likely, every average of them is, and all join.
    names = dict(components)
    contested = _contested_links(components, records, matches, kept_apart)
    members = _members(components)
    for component in {*contested, *kept_apart}:
        links = contested.get(component, [])
        names |= _agglomerate(members[component], links, *decided[component])
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
    placed = records.select("record_id", "source").join(
        pl.DataFrame(rows, schema=schema), on="record_id"
    )
    left, right = (
        placed.rename({"record_id": f"record_id_{side}", "source": f"source_{side}"})
        for side in "lr"
    )
    near = (
        matches.select("record_id_l", "record_id_r", "match_probability", "match_rule")
        .join(left, on="record_id_l")
        .join(right, on=["record_id_r", "component"])
        .select(
            "component",
            "record_id_l",
            "record_id_r",
            (pl.col("match_probability") * _MILLION).round().cast(pl.Int64).alias("millionths"),
            (pl.col("source_l") == pl.col("source_r")).fill_null(value=False).cast(pl.Int64),
            "match_rule",
        )
    )
    unlikely = near.filter(pl.col("millionths") < _FLOOR)["component"]
    contested = pl.concat([unlikely, pl.Series(kept_apart, dtype=pl.String)]).unique()
    near = near.filter(pl.col("component").is_in(contested.implode()))
    found: dict[str, list[_Compared]] = defaultdict(list)
    for component, low, high, millionths, is_one_source, rule in near.iter_rows():
        link = (millionths, 1, millionths * is_one_source, is_one_source)
        found[component].append((low, high, link, rule))
    return found


def _agglomerate(
    members: list[str],
    links: list[_Compared],
    same: list[_Pair],
    apart: list[_Pair],
) -> dict[str, str]:
    """Return the cluster of each member of one component."""
    certain = [(left, right) for left, right, _, rule in links if rule in _IDENTIFIED]
    if apart:
        # What people part must not come together again through identifiers, nor equal records
        # fall apart because the one that held them together was taken out.
        certain, links = [], _all_equal_pairs(links)
    name = {record_id: record_id for record_id in members} | _components([*same, *certain])
    clusters = _members(name)
    between: dict[str, dict[str, _Link]] = {cluster: {} for cluster in clusters}
    for (left, right), link in _nearest_links(name, links).items():
        _add(between, left, right, link)
    kept_apart: dict[str, set[str]] = {cluster: set() for cluster in clusters}
    for left, right in apart:
        kept_apart[name[left]].add(name[right])
        kept_apart[name[right]].add(name[left])
    heap = [entry for low in between for entry in _entries(between, low) if low == entry[1]]
    heapq.heapify(heap)
    while heap:
        _, low, high, link = heapq.heappop(heap)
        # A pair whose clusters have changed since then stands in the heap anew.
        if between.get(low, {}).get(high) != link or high in kept_apart[low]:
            continue
        clusters[low] += clusters.pop(high)
        for other, theirs in between.pop(high).items():
            del between[other][high]
            if other != low:
                _add(between, low, other, theirs)
        for other in kept_apart.pop(high):
            kept_apart[other] = kept_apart[other] - {high} | {low}
            kept_apart[low].add(other)
        for entry in _entries(between, low):
            heapq.heappush(heap, entry)
    return {record_id: cluster for cluster, ids in clusters.items() for record_id in ids}


def _all_equal_pairs(links: list[_Compared]) -> list[_Compared]:
    """Return the links with one for every pair of records that show the same values."""
    known = {(left, right) for left, right, _, _ in links}
    equal = {(left, right): link for left, right, link, rule in links if rule == _EQUAL}
    link = max(equal.values(), default=(0, 0, 0, 0))
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
            nearest[low, high] = (
                max(old[0], link[0]),
                1,
                max(old[2], link[2]),
                max(old[3], link[3]),
            )
    return nearest


def _entries(
    between: dict[str, dict[str, _Link]], cluster: str
) -> list[tuple[int, str, str, _Link]]:
    """Return what the heap holds of a cluster: its likely joins, the likeliest the smallest."""
    return [
        (-_score(link), min(cluster, other), max(cluster, other), link)
        for other, link in between[cluster].items()
        if _score(link) >= _FLOOR
    ]


def _add(between: dict[str, dict[str, _Link]], one: str, other: str, link: _Link) -> None:
    old = between[one].get(other, (0, 0, 0, 0))
    both = (old[0] + link[0], old[1] + link[1], old[2] + link[2], old[3] + link[3])
    between[one][other] = between[other][one] = both


def _score(link: _Link) -> int:
    """Return how likely two clusters are one paper, in millionths."""
    total, n_pairs, in_source, n_in_source = link
    average = total // n_pairs
    return min(average, in_source // n_in_source) if n_in_source else average
