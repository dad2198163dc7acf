"""How many pairs at the head of the review queue are true, on labelled records.

    python benchmarks/review_queue.py

measures the labelled data sets of a developer's machine, where they are there; the listings by
halves of their papers, each half linked alone, since weights are fitted and judged by halves
(`training/match_weights.py --halves`). What belongs here: the queue. What does not: how right
linking is (`linkage`).
"""

import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import polars as pl
from rich.console import Console
from rich.table import Table

from pipeline.evaluate.linkage import read_truth
from pipeline.records.link import linked

BENCH = Path(__file__).parent.parent.parent / "shared" / "bench"
HEAD = 50
_JUDGED = """
    select pairs.same_probability, l.entity_id = r.entity_id as is_same
    from linkage.undecided_pairs as pairs
    inner join truth as l on pairs.record_id_l = l.record_id
    inner join truth as r on pairs.record_id_r = r.record_id
    order by pairs.queue_rank
"""


def judged_queue(records: Path, truth: Path) -> pl.DataFrame:
    """Return the queue of a labelled file in its order: same_probability, is_same."""
    with linked(records, "linkage.undecided_pairs") as engine:
        engine.create_table("truth", read_truth(truth).to_arrow())
        return pl.DataFrame(pl.from_arrow(engine.arrow(_JUDGED)))


def halves(records: Path, truth: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the records of each half of the papers, in a file of its own."""
    labels = read_truth(truth)
    part = pl.Series([zlib.crc32(paper.encode()) % 2 for paper in labels["entity_id"]])
    for n in (0, 1):
        kept = labels.filter(part == n)["record_id"]
        half = folder / f"half-{n}.parquet"
        rows = pl.read_parquet(records)
        rows.filter(pl.col("record_id").is_in(kept.implode())).write_parquet(half)
        yield f"{records.parent.name}, half {n}", half


def main() -> None:
    """Print a line for each data set."""
    table = Table("data", "pairs in the queue", "true", f"true of the first {HEAD}", "expected")
    with tempfile.TemporaryDirectory() as name:
        sets = [(d.parent.name, d, d.with_name("truth.parquet")) for d in _files("*/records")]
        sets += [
            (d.name.partition(".")[0], d, d.with_name(d.name.replace(".records.", ".truth.")))
            for d in _files("reviews/*.records")
        ]
        listings = BENCH / "linkage" / "records.parquet"
        if listings.exists():
            truth = listings.with_name("truth.parquet")
            sets += [(*half, truth) for half in halves(listings, truth, Path(name))]
        for what, records, truth in sets:
            queue = judged_queue(records, truth)
            head = queue.head(HEAD)
            counts = (len(queue), queue["is_same"].sum(), head["is_same"].sum())
            expected = f"{head['same_probability'].sum():.1f}"
            table.add_row(what, *map(str, counts), expected)
    Console(width=120).print(table)


def _files(pattern: str) -> list[Path]:
    return sorted(BENCH.glob(f"{pattern}.parquet"))


if __name__ == "__main__":
    main()
