"""How right and how fast linking is, beside Splink and bib-dedupe on the same records.

    python benchmarks/linkage.py [N] [--only NAME ...]

measures in one run the labelled data sets of a developer's machine, where they are there, small
made-up ones of other kinds (see `training/made_kinds.py`), and N made-up listings (100,000 by
default, 1,000,000 for the figure of the README; see `synthetic`). --only takes names of data sets:
linkage, dblp_acm, cora, stroke, digital_work, scholar, library, citations, listing, catalogue,
made-up. What is compared with takes part if it is installed: `pip install 'papermart[bench]'`; see
`peers`. Exit status 1 if linking is not as right and as fast as it must be. The weights of linkage
are fitted by `training/match_weights.py`.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import peers
import polars as pl
import synthetic
from rich.console import Console
from rich.table import Table

from pipeline.contract.errors import PipelineError
from pipeline.evaluate.linkage import evaluate_linkage, read_truth
from pipeline.evaluate.share import Share
from pipeline.storage.duckdb_engine import open_engine
from pipeline.storage.sql_text import quote

sys.path.append(str(Path(__file__).parent.parent / "training"))
import made_kinds  # what is fitted on is measured on, drawn from other papers

BENCH = Path(__file__).parent.parent.parent / "shared" / "bench"
_LABELLED = {
    "linkage": "linkage/{}.parquet",
    "dblp_acm": "dblp_acm/{}.parquet",
    "cora": "cora/{}.parquet",
    "stroke": "reviews/stroke.{}.parquet",
    "digital_work": "reviews/digital_work.{}.parquet",
}
_LISTINGS, _DBLP = "linkage/records.parquet", "dblp_acm/records.parquet"
_PEOPLE = ("author_identity/publications.csv", "author_identity_ieee/ieee.records.parquet")
# The clean records that each made-up kind is made from: those that have what it shows.
_CLEAN = {
    "scholar": (_DBLP, *_PEOPLE),
    "library": (_LISTINGS, *_PEOPLE),
    "citations": (_DBLP, _PEOPLE[0]),
    "listing": (_LISTINGS,),
    "catalogue": (*_PEOPLE, _DBLP),
}
_N_OF_A_KIND = 2_000
_SEED = 1  # odd: not the half of the papers that weights are fitted on
_MADE_UP = "made-up"
NAMES = (*_LABELLED, *made_kinds.KINDS, _MADE_UP)
# Beyond so many records, comparing would take the afternoon.
_LIMITS = {"splink": 150_000, "bib_dedupe": 40_000}
# What is measured against each: how many times as fast we must be, on which sets as right (on all
# where none is named), and how much below is as right.
_FASTER = {"splink": 4, "bib_dedupe": 10}
_AS_RIGHT = {"splink": (), "bib_dedupe": ("stroke", "digital_work")}
_BELOW = {"splink": 0.0, "bib_dedupe": 0.005}
_SCAN = """
    select
        sum(length(title)), sum(length(abstract)), sum(year), count(distinct source),
        sum(length(array_to_string(authors, ' ')))
    from read_parquet({file})
"""


@dataclass(frozen=True, slots=True)
class DataSet:
    """Labelled records: what to call them, and the two files."""

    name: str
    records: Path
    truth: Path


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

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall of pairs."""
        return Share(2 * self.n_right, self.n_found + self.n_true).value

    def cells(self, ours: "Measured") -> list[str]:
        """Return its line of the table; `ours` is what its time is told in."""
        precision, recall = Share(self.n_right, self.n_found), Share(self.n_right, self.n_true)
        shares = [f"{share:.4f}" for share in (precision.value, recall.value, self.f1)]
        times = "" if self is ours else f"{self.seconds / ours.seconds:.1f}"
        return [self.method, *shares, f"{self.seconds:.1f}", times, self.candidates, self.memory]


def ours(data: DataSet) -> Measured:
    """Link with papermart: reading the file and all stages counted."""
    found = evaluate_linkage(data.records, data.truth)
    return Measured(
        "papermart link",
        found.n_right,
        found.n_found,
        found.n_true,
        found.seconds,
        f"{found.n_candidates / found.n_records:.2f}",
        f"{found.peak_bytes / 2**20:.0f} MiB",
    )


def theirs(package: str, data: DataSet) -> list[Measured]:
    """Link with another method; at the best of its thresholds. Reading the file is not counted."""
    truth = read_truth(data.truth)
    return [_best(peer, truth) for peer in peers.linked(package, data.records, data.truth)]


def _best(peer: peers.Peer, truth: pl.DataFrame) -> Measured:
    found = (Measured(peer.name, *judged(each, truth), peer.seconds) for each in peer.clusters)
    return max(found, key=lambda measured: measured.f1)


def judged(clusters: pl.DataFrame, truth: pl.DataFrame) -> tuple[int, int, int]:
    """Return how many pairs are right, found and true; pairs inside a data set do not count."""
    labelled = truth.join(clusters, on="record_id")
    keys = (["cluster_id", "entity_id"], ["cluster_id"], ["entity_id"])
    right, found, true = (_n_pairs(labelled, each) for each in keys)
    return right, found, true


def _n_pairs(labelled: pl.DataFrame, keys: list[str]) -> int:
    inside = labelled.filter(pl.col("dataset").is_not_null())
    sizes = (pl.len().cast(pl.Int64) * (pl.len().cast(pl.Int64) - 1) // 2).alias("pairs")
    everywhere = labelled.group_by(keys).agg(sizes)["pairs"].sum()
    return int(everywhere) - int(inside.group_by([*keys, "dataset"]).agg(sizes)["pairs"].sum())


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


def data_sets(n_records: int, wanted: Iterable[str], folder: Path) -> Iterator[DataSet]:
    """Yield the data sets of some names that there are; made-up ones are written to a folder."""
    for name in wanted:
        if name == _MADE_UP:
            yield DataSet(name, *synthetic.write(n_records, folder))
        elif name in _LABELLED:
            files = [BENCH / _LABELLED[name].format(part) for part in ("records", "truth")]
            if all(file.is_file() for file in files):
                yield DataSet(name, *files)
        else:
            clean = [BENCH / file for file in _CLEAN[name] if (BENCH / file).is_file()]
            if clean:
                rows = made_kinds.made(name, _N_OF_A_KIND, made_kinds.papers_of(clean), _SEED)
                yield DataSet(name, *made_kinds.write(name, rows, folder))


def shortfalls(name: str, own: Measured, package: str, others: Sequence[Measured]) -> Iterator[str]:
    """Yield in which ways we are not as right or as fast as we must be."""
    least = max(other.f1 for other in others) - _BELOW[package]
    must = not _AS_RIGHT[package] or name in _AS_RIGHT[package]
    if must and own.f1 < least:
        yield f"{name}: F1 {own.f1:.4f} is below {least:.4f}, which {others[0].method} asks for"
    fastest = min(other.seconds for other in others)
    if fastest < _FASTER[package] * own.seconds:
        times = fastest / own.seconds
        wanted = _FASTER[package]
        yield f"{name}: {times:.1f} times as fast as {others[0].method}, not {wanted} times"


def compare(data: DataSet, table: Table) -> list[str]:
    """Measure all methods on a data set, fill its table; returns where we fall short."""
    own = ours(data)
    table.add_row(*own.cells(own))
    n_records = n_rows(data.records)
    missed: list[str] = []
    for package, most in _LIMITS.items():
        if n_records <= most and peers.is_there(package):
            others = theirs(package, data)
            for other in others:
                table.add_row(*other.cells(own))
            missed += shortfalls(data.name, own, package, others)
    return missed


def main(n_records: int = 100_000, names: Sequence[str] = NAMES) -> int:
    """Measure the data sets and print what was found; returns 1 where we fall short."""
    console = Console(width=110)
    missed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="papermart-bench-") as name:
        folder = Path(name)
        # Imports and models are loaded once; the others import before their clock starts, too.
        ours(DataSet("warm up", *synthetic.write(50, folder / "warm up")))
        for data in data_sets(n_records, names, folder):
            title = f"linking {n_rows(data.records):,} records: {data.name}"
            table = Table(title=title, title_justify="left")
            for column in ("", "precision", "recall", "F1", "seconds", "× ours"):
                table.add_column(column)
            table.add_column("pairs/record")
            table.add_column("memory")
            try:
                missed += compare(data, table)
            except PipelineError as error:  # the other data sets are measured all the same
                missed.append(f"{data.name}: {error}")
            console.print(table)
            if data.name == _MADE_UP:
                seconds = scan_seconds(data.records)
                console.print(f"one scan of the compared columns: {seconds:.2f} s")
    if not all(peers.is_there(package) for package in _LIMITS):
        hint = "What linking is compared with comes with `pip install 'papermart[bench]'`."
        console.print(hint, markup=False)
    console.print(*missed, sep="\n", highlight=False, markup=False)
    return 1 if missed else 0


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("n", type=int, nargs="?", default=100_000)
    arguments.add_argument("--only", nargs="+", choices=NAMES, default=NAMES, metavar="NAME")
    given = arguments.parse_args()
    sys.exit(main(given.n, given.only))
