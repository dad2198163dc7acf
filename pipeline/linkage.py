"""The step of linkage that SQL says badly: from matching pairs to clusters.

What belongs here: pure functions from frames to frames. What does not: blocking, comparison and
decision, which are SQL (`sql/linkage/`).
"""

import polars as pl


def connected_records(records: pl.DataFrame, matches: pl.DataFrame) -> pl.DataFrame:
    """Return the connected components of the match graph.

    Union-find with path halving (Tarjan and van Leeuwen, 1984). A cluster is named after its
    smallest record_id, so the result does not depend on the order of rows.

    Args:
        records: column `record_id`, every record once.
        matches: columns `record_id_l`, `record_id_r`, pairs that are the same paper.

    Returns:
        Columns `record_id`, `cluster_id`, ordered by record_id.

    >>> records = pl.DataFrame({"record_id": ["a", "b", "c"]})
    >>> matches = pl.DataFrame({"record_id_l": ["a"], "record_id_r": ["c"]})
    >>> connected_records(records, matches)["cluster_id"].to_list()
    ['a', 'b', 'a']
    """
    ids = records["record_id"].sort().to_list()
    parent = {record_id: record_id for record_id in ids}

    def root(record_id: str) -> str:
        while parent[record_id] != record_id:
            parent[record_id] = parent[parent[record_id]]
            record_id = parent[record_id]
        return record_id

    for left, right in matches.select("record_id_l", "record_id_r").iter_rows():
        low, high = sorted((root(left), root(right)))
        parent[high] = low
    return pl.DataFrame(
        {"record_id": ids, "cluster_id": [root(record_id) for record_id in ids]},
        schema={"record_id": pl.String, "cluster_id": pl.String},
    )
