"""The step of linkage that SQL says badly: from matching pairs to clusters.

What belongs here: pure functions from frames to frames. What does not: blocking, comparison and
decision, which are SQL (`sql/linkage/`).
"""

from collections import defaultdict

import polars as pl


def _pairs(frame: pl.DataFrame) -> list[tuple[str, str]]:
    return sorted(frame.select("record_id_l", "record_id_r").iter_rows())


def connected_records(
    records: pl.DataFrame, matches: pl.DataFrame, overrides: pl.DataFrame
) -> pl.DataFrame:
    """Return the connected components of the match graph.

    Union-find with path halving (Tarjan and van Leeuwen, 1984). A cluster is named after its
    smallest record_id, so the result does not depend on the order of rows. What people have
    decided comes first; a match that would bring together what they keep apart is left out.

    Args:
        records: column `record_id`, every record once.
        matches: columns `record_id_l`, `record_id_r`, pairs that are the same paper.
        overrides: columns `record_id_l`, `record_id_r`, `decision` (`same`, `not_same`), free of
            contradictions.

    Returns:
        Columns `record_id`, `cluster_id`, ordered by record_id.

    >>> records = pl.DataFrame({"record_id": ["a", "b", "c"]})
    >>> matches = pl.DataFrame({"record_id_l": ["a"], "record_id_r": ["c"]})
    >>> none = matches.clear().with_columns(decision=pl.lit("same"))
    >>> connected_records(records, matches, none)["cluster_id"].to_list()
    ['a', 'b', 'a']
    """
    ids = records["record_id"].sort().to_list()
    parent = {record_id: record_id for record_id in ids}

    def root(record_id: str) -> str:
        while parent[record_id] != record_id:
            parent[record_id] = parent[parent[record_id]]
            record_id = parent[record_id]
        return record_id

    apart: dict[str, set[str]] = defaultdict(set)

    def join(left: str, right: str) -> None:
        low, high = sorted((root(left), root(right)))
        if low == high or any(root(other) == low for other in apart[high]):
            return
        parent[high] = low
        apart[low] |= apart.pop(high, set())

    for left, right in _pairs(overrides.filter(pl.col("decision") == "not_same")):
        apart[left].add(right)
        apart[right].add(left)
    for left, right in _pairs(overrides.filter(pl.col("decision") == "same")):
        join(left, right)
    for left, right in _pairs(matches):
        join(left, right)
    return pl.DataFrame(
        {"record_id": ids, "cluster_id": [root(record_id) for record_id in ids]},
        schema={"record_id": pl.String, "cluster_id": pl.String},
    )
