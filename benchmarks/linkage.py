"""How right and how fast linking is, beside Splink on the same records in the same run.

    python benchmarks/linkage.py [N]

measures the labelled data sets of a developer's machine, where they are there, and N made-up
records (100,000 by default, 1,000,000 for the figure of the README; see `synthetic`). Splink
(unsupervised, DuckDB) takes part if it is installed: `pip install 'papermart[bench]'`. The
weights of linkage are fitted by `training/match_weights.py`.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import synthetic
from rich.console import Console
from rich.table import Table

from pipeline.contract.tables import RECORD_AUTHORS, RECORDS
from pipeline.evaluate.linkage import evaluate_linkage, read_truth
from pipeline.evaluate.share import Share
from pipeline.records.link import linked
from pipeline.storage.duckdb_engine import open_engine, quote

if TYPE_CHECKING:
    import pyarrow as pa

BENCH = Path(__file__).parent.parent.parent / "shared" / "bench"
_SPLINK_LIMIT = 150_000  # beyond, comparing would take the afternoon
_SCAN = """
    select
        sum(length(title)), sum(length(abstract)), sum(year), count(distinct source),
        sum(length(array_to_string(authors, ' ')))
    from read_parquet({file})
"""
# The records as Splink is given them: what its documentation advises for such data.
_FOR_SPLINK = """
    select
        records.record_id as unique_id,
        coalesce(records.source, '') as source,
        records.title_key as title,
        substr(replace(records.title_key, ' ', ''), 1, 20) as title_start,
        cast(nullif(records.year, 0) as varchar) as year,
        nullif(list(authors.name_key order by authors.author_order)
            filter (authors.name_key is not null), []) as authors,
        min(authors.name_key) filter (authors.author_order = 1) as first_author
    from staging.records as records
    left join staging.record_authors as authors on records.record_id = authors.record_id
    group by all
"""
_JUDGED = """
    with labelled as (
        select clusters.cluster_id, truth.* from splink_clusters as clusters
        inner join truth on clusters.unique_id = truth.record_id
    )
    select
        count(*) filter (l.cluster_id = r.cluster_id and l.entity_id = r.entity_id),
        count(*) filter (l.cluster_id = r.cluster_id),
        count(*) filter (l.entity_id = r.entity_id)
    from labelled as l
    inner join labelled as r
        on l.record_id < r.record_id
        and (l.cluster_id = r.cluster_id or l.entity_id = r.entity_id)
    where l.dataset is null or r.dataset is null or l.dataset <> r.dataset
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one method reached on one data set.

    Attributes:
        method: its name.
        n_right: pairs found that are one paper.
        n_found: pairs found.
        n_true: pairs that are one paper.
        seconds: by the clock.
        candidates: pairs compared per record, where it says so.
        memory: the most held, where it says so.
    """

    method: str
    n_right: int
    n_found: int
    n_true: int
    seconds: float
    candidates: str = ""
    memory: str = ""

    def cells(self) -> list[str]:
        """Return its line of the table."""
        f1 = Share(2 * self.n_right, self.n_found + self.n_true).value
        precision, recall = Share(self.n_right, self.n_found), Share(self.n_right, self.n_true)
        shares = [f"{share:.4f}" for share in (precision.value, recall.value, f1)]
        return [self.method, *shares, f"{self.seconds:.1f}", self.candidates, self.memory]


def ours(records: Path, truth: Path) -> Measured:
    """Link with papermart: reading the file and all stages counted."""
    found = evaluate_linkage(records, truth)
    return Measured(
        "papermart link",
        found.n_right,
        found.n_found,
        found.n_true,
        found.seconds,
        f"{found.n_candidates / found.n_records:.2f}",
        f"{found.peak_bytes / 2**20:.0f} MiB",
    )


def splink(records: Path, truth: Path) -> Measured | None:
    """Link with Splink; None if it is not installed. Reading the file is not counted."""
    with linked(records, RECORDS.full_name, RECORD_AUTHORS.full_name) as engine:
        given = engine.arrow(_FOR_SPLINK)
    found = splink_clusters(given)
    if found is None:
        return None
    clusters, seconds = found
    with open_engine() as engine:
        engine.create_table("splink_clusters", clusters)
        engine.create_table("truth", read_truth(truth).to_arrow())
        ((n_right, n_found, n_true),) = engine.tuples(_JUDGED)
    return Measured("Splink", n_right, n_found, n_true, seconds)


def splink_clusters(given: "pa.Table") -> "tuple[pa.Table, float] | None":
    """Return the clusters that Splink finds, and its seconds; None if it is not installed."""
    try:
        from splink import Linker, SettingsCreator, block_on
        from splink.comparison_library import (
            ArrayIntersectAtSizes,
            JaroWinklerAtThresholds,
            LevenshteinAtThresholds,
        )
        from splink.internals.duckdb.database_api import DuckDBAPI
    except ImportError:
        return None
    rules = [block_on("title"), block_on("title_start"), block_on("first_author", "year")]
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            JaroWinklerAtThresholds("title", [0.97, 0.9, 0.8]),
            ArrayIntersectAtSizes("authors", [3, 2, 1]),
            LevenshteinAtThresholds("year", 1),
        ],
        blocking_rules_to_generate_predictions=rules,
    )
    start = time.perf_counter()
    linker = Linker(DuckDBAPI().register(given), settings, log_level=40)
    linker.training.estimate_probability_two_random_records_match(rules[:1], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in rules[:2]:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    predicted = linker.inference.predict(threshold_match_probability=0.5)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, 0.95)
    return clusters.as_pyarrow_table(), time.perf_counter() - start


def n_rows(records: Path) -> int:
    """Return how many records a file holds."""
    with open_engine() as engine:
        return engine.scalar(f"select count(*) from read_parquet({quote(records)})")


def scan_seconds(records: Path) -> float:
    """Return the time of reading the compared columns once, the best of three."""
    seconds = []
    for _ in range(3):
        with open_engine() as engine:
            start = time.perf_counter()
            engine.tuples(_SCAN.format(file=quote(records)))
            seconds.append(time.perf_counter() - start)
    return min(seconds)


def data_sets(n_records: int, folder: Path) -> Iterator[tuple[str, Path, Path]]:
    """Yield name, records and truth of each data set."""
    for name in ("dblp_acm", "linkage"):
        if (BENCH / name).is_dir():
            yield name, BENCH / name / "records.parquet", BENCH / name / "truth.parquet"
    yield f"{n_records} made-up records", *synthetic.write(n_records, folder)


def main(n_records: int = 100_000) -> None:
    """Measure every data set and print what was found."""
    console = Console(width=110)
    with tempfile.TemporaryDirectory(prefix="papermart-bench-") as name:
        folder = Path(name)
        for title, records, truth in data_sets(n_records, folder):
            table = Table(title=f"linking {title}", title_justify="left")
            for column in ("", "precision", "recall", "F1", "seconds", "pairs/record", "memory"):
                table.add_column(column)
            table.add_row(*ours(records, truth).cells())
            is_compared = n_rows(records) <= _SPLINK_LIMIT
            other = splink(records, truth) if is_compared else None
            if other:
                table.add_row(*other.cells())
            console.print(table)
            if is_compared and not other:
                console.print("Splink is not installed; `pip install 'papermart[bench]'`")
            if folder in records.parents:
                console.print(f"one scan of the compared columns: {scan_seconds(records):.2f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
