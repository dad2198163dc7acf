"""How right and how fast linking is, beside Splink on the same records in the same run.

    python benchmarks/linkage.py [N]

measures the labelled data sets of a developer's machine, where they are there, and N made-up
records (100,000 by default, 1,000,000 for the figure of the README; see `synthetic`). Splink
(unsupervised, DuckDB) takes part if it is installed: `pip install 'papermart[bench]'`. The
weights of linkage are fitted by `match_weights`.
"""

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import synthetic
from rich.console import Console
from rich.table import Table

from pipeline.evaluate.linkage import evaluate_linkage, load_truth
from pipeline.linking import prepared

BENCH = Path(__file__).parent.parent.parent / "shared" / "bench"
_SPLINK_LIMIT = 150_000  # beyond, comparing would take the afternoon
_SCAN = """
    select
        sum(length(title)), sum(length(abstract)), sum(year), count(distinct source),
        sum(length(array_to_string(authors, ' ')))
    from read_parquet('{file}')
"""
# The records as Splink is given them: what its documentation advises for such data.
_FOR_SPLINK = """
    create table splink_records as
    select
        records.record_id as unique_id,
        coalesce(records.source, '') as source,
        records.title_key as title,
        substr(replace(records.title_key, ' ', ''), 1, 20) as title_start,
        records.year,
        nullif(list(authors.name_key order by authors.author_order)
            filter (authors.name_key is not null), []) as authors,
        min(authors.name_key) filter (authors.author_order = 1) as first_author
    from staging.records as records
    left join staging.record_authors as authors on records.record_id = authors.record_id
    group by all
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one method reached on one data set."""

    method: str
    precision: float
    recall: float
    f1: float
    seconds: float
    candidates: str
    memory: str


def ours(records: Path, truth: Path) -> Measured:
    """Link with papermart: reading the file and all stages counted."""
    found = evaluate_linkage(records, truth)
    return Measured(
        "papermart link",
        found.n_right / found.n_found,
        found.n_right / found.n_true,
        found.f1,
        found.seconds,
        f"{found.n_candidates / found.n_records:.2f}",
        f"{found.peak_bytes / 2**20:.0f} MiB",
    )


def splink(records: Path, truth: Path) -> Measured | None:
    """Link with Splink; None if it is not installed. Reading the file is not counted."""
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
    with prepared(records) as con:
        load_truth(con, truth)
        con.execute(_FOR_SPLINK)
        con.execute("update splink_records set year = null where year = 0")
        con.execute("alter table splink_records alter year type varchar")
        start = time.perf_counter()
        linker = Linker(DuckDBAPI(con).register("splink_records"), settings, log_level=40)
        linker.training.estimate_probability_two_random_records_match(rules[:1], recall=0.7)
        linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
        for rule in rules[:2]:
            linker.training.estimate_parameters_using_expectation_maximisation(rule)
        predicted = linker.inference.predict(threshold_match_probability=0.5)
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, 0.95)
        seconds = time.perf_counter() - start
        n_right, n_found, n_true = con.execute(
            f"""
            with labelled as (
                select cluster_id, truth.* from {clusters.physical_name} as clusters
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
            where l.dataset is null or l.dataset <> r.dataset
            """
        ).fetchall()[0]
    f1 = 2 * n_right / (n_found + n_true)
    return Measured("Splink", n_right / n_found, n_right / n_true, f1, seconds, "", "")


def scan_seconds(records: Path) -> float:
    """Return the time of reading the compared columns once, the best of three."""
    best = float("inf")
    for _ in range(3):
        with duckdb.connect() as con:
            start = time.perf_counter()
            con.execute(_SCAN.format(file=records)).fetchall()
            best = min(best, time.perf_counter() - start)
    return best


def data_sets(n_records: int, folder: Path) -> Iterator[tuple[str, Path, Path]]:
    """Yield name, records and truth of each data set."""
    for name in ("dblp_acm", "linkage"):
        if (BENCH / name).is_dir():
            yield name, BENCH / name / "records.parquet", BENCH / name / "truth.parquet"
    yield f"{n_records} made-up records", *synthetic.write(n_records, folder)


def main(n_records: int = 100_000) -> None:
    """Measure every data set and print what was found."""
    console = Console(width=110)
    folder = Path(tempfile.mkdtemp(prefix="papermart-bench-"))
    try:
        for name, records, truth in data_sets(n_records, folder):
            table = Table(title=f"linking {name}", title_justify="left")
            for column in ("", "precision", "recall", "F1", "seconds", "pairs/record", "memory"):
                table.add_column(column)
            with duckdb.connect() as con:
                counted = con.execute(f"select count(*) from read_parquet('{records}')")
                n_rows = counted.fetchall()[0][0]
            others = [splink(records, truth)] if n_rows <= _SPLINK_LIMIT else []
            for found in [ours(records, truth), *others]:
                if found is None:
                    continue
                shares = (f"{v:.4f}" for v in (found.precision, found.recall, found.f1))
                seconds = f"{found.seconds:.1f}"
                table.add_row(found.method, *shares, seconds, found.candidates, found.memory)
            console.print(table)
            if others == [None]:
                console.print("Splink is not installed; `pip install 'papermart[bench]'`")
            if folder in records.parents:
                console.print(f"one scan of the compared columns: {scan_seconds(records):.2f} s")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
