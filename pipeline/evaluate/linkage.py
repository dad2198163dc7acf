"""How right the linkage of records is, on labelled records (precision, recall, B-cubed)."""

import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.contract.errors import PipelineError
from pipeline.evaluate.calibration import Calibration, calibration
from pipeline.evaluate.memory import peak_bytes as most_held
from pipeline.evaluate.share import Share
from pipeline.inputs.record_files import read_batches, read_column
from pipeline.inputs.record_values import id_text, needed_id, shown
from pipeline.storage.duckdb_engine import DuckDB
from pipeline.storage.files import scratch_folder

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class LinkageReport:
    """How right the clusters of a file of records are, and what they cost.

    Attributes:
        is_general: the general weights decided all pairs; else those of their sources did.
        n_records: records that were linked.
        n_unlabelled: of these, records that TRUTH does not name; they count nowhere.
        n_unknown: labels of TRUTH for records that are not there; they count nowhere either.
        n_true: pairs of records that are one paper.
        n_found: pairs of records that share a cluster.
        n_right: pairs that do both.
        b_cubed_precision: mean over records of the share of its cluster that is its paper.
        b_cubed_recall: mean over records of the share of its paper that is in its cluster.
        n_candidates: pairs that were compared.
        n_candidates_right: pairs of one paper among them (the recall of blocking).
        n_in_review: pairs left for a person to decide.
        calibration: what the probabilities of compared pairs said, and what is true.
        seconds: time for reading and linking.
        peak_bytes: the most memory the process has held so far.
    """

    file: str
    is_general: bool
    n_records: int
    n_unlabelled: int
    n_unknown: int
    n_true: int
    n_found: int
    n_right: int
    b_cubed_precision: float
    b_cubed_recall: float
    n_candidates: int
    n_candidates_right: int
    n_in_review: int
    calibration: Calibration
    seconds: float
    peak_bytes: int

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall of pairs."""
        total = self.n_found + self.n_true
        return 2 * self.n_right / total if total else 1.0

    @property
    def b_cubed_f1(self) -> float:
        """The harmonic mean of B-cubed precision and recall."""
        total = self.b_cubed_precision + self.b_cubed_recall
        return 2 * self.b_cubed_precision * self.b_cubed_recall / total if total else 1.0

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain values."""
        return asdict(self) | {
            "precision": Share(self.n_right, self.n_found).as_json(),
            "recall": Share(self.n_right, self.n_true).as_json(),
            "f1": self.f1,
            "b_cubed_f1": self.b_cubed_f1,
            "candidates_per_record": self.n_candidates / self.n_records,
            "calibration_error": self.calibration.error,
            "calibration_error_by_chance": self.calibration.chance_error,
        }

    def lines(self) -> Iterator[str]:
        """Yield the report, line by line."""
        unlabelled = f", {self.n_unlabelled} without a label" if self.n_unlabelled else ""
        unknown = f"; labels of records that are not there: {self.n_unknown}"
        named = f"{unlabelled}{unknown if self.n_unknown else ''}"
        yield f"{self.file}: {self.n_records} records{named}"
        general, by_source = "the general ones for all pairs", "for each pair as its sources say"
        yield f"weights: {general if self.is_general else by_source}"
        yield f"precision: {Share(self.n_right, self.n_found)}"
        yield f"recall: {Share(self.n_right, self.n_true)}"
        yield f"F1: {self.f1:.4f}" if self.n_true + self.n_found else "F1: of no pairs"
        yield (
            f"B-cubed: precision {self.b_cubed_precision:.4f}, "
            f"recall {self.b_cubed_recall:.4f}, F1 {self.b_cubed_f1:.4f}"
        )
        yield (
            f"candidates: {self.n_candidates} pairs, "
            f"{self.n_candidates / self.n_records:.2f} per record; "
            f"true pairs among them: {Share(self.n_candidates_right, self.n_true)}"
        )
        yield f"probabilities: {self.calibration}"
        yield f"left for review: {self.n_in_review} pair{'' if self.n_in_review == 1 else 's'}"
        yield f"time: {self.seconds:.1f} s; peak memory: {self.peak_bytes / 2**20:.0f} MiB"


_TRUTH = ("record_id", "entity_id", "dataset")
_LABELLED = """
    labelled as (
        select truth.record_id, truth.entity_id, truth.dataset, clusters.cluster_id
        from truth inner join linkage.clusters on truth.record_id = clusters.record_id
    )
"""
_PAIRS = """
    select count(*) as n
    from labelled as l
    inner join labelled as r
        on l.{key} = r.{key} and l.record_id < r.record_id
    where {condition} and (l.dataset is null or r.dataset is null or l.dataset <> r.dataset)
"""
_CUBED = """
    with {labelled},
    clusters as (select cluster_id, count(*) as n from labelled group by cluster_id),
    entities as (select entity_id, count(*) as n from labelled group by entity_id),
    cells as (
        select cluster_id, entity_id, count(*) as n from labelled group by cluster_id, entity_id
    )
    select
        sum(cells.n * cells.n / clusters.n) / sum(cells.n),
        sum(cells.n * cells.n / entities.n) / sum(cells.n)
    from cells
    inner join clusters on cells.cluster_id = clusters.cluster_id
    inner join entities on cells.entity_id = entities.entity_id
"""
_TABLES = (
    *("linkage.clusters", "linkage.matches"),
    *("linkage.candidate_pairs", "linkage.pair_scores"),
)
_COMPARED = """
    from {table} as pairs
    inner join truth as l on pairs.record_id_l = l.record_id
    inner join truth as r on pairs.record_id_r = r.record_id
    where l.dataset is null or r.dataset is null or l.dataset <> r.dataset
"""


@contextmanager
def no_sites() -> Generator[dict[str, Path]]:
    """Yield a reference in which no site is known, so that general weights hold for all pairs."""
    with scratch_folder() as folder:
        file = folder / "match_sites.csv"
        file.write_text("site\n", encoding="utf-8")
        yield {"reference.match_sites": file}


def evaluate_linkage(
    records: Path,
    truth: Path,
    reference: Mapping[str, Path] | None = None,
    *,
    is_general: bool = False,
) -> LinkageReport:
    """Link a file of records and compare the clusters with what is true.

    Args:
        records: what `papermart link` reads.
        truth: Parquet, CSV or JSON lines with record_id, entity_id and, where only pairs across
            data sets count, dataset. B-cubed (Bagga and Baldwin, 1998) counts all pairs.
        reference: CSV files to take for some reference tables, by full name: other weights.
        is_general: link all pairs by the general weights, those of known sites too.

    Raises:
        PipelineError: a file cannot be read or is not as described; names file, row and column.
    """
    from pipeline.records.link import linked

    labels = read_truth(truth)  # what is wrong with it shows before the long work
    with ExitStack() as stack:
        sites = stack.enter_context(no_sites()) if is_general else {}
        start = time.perf_counter()
        engine = stack.enter_context(
            linked(records, *_TABLES, reference={**(reference or {}), **sites})
        )
        seconds = time.perf_counter() - start
        peak_bytes = most_held()
        engine.create_table("truth", labels.to_arrow())
        n_records = engine.scalar("select count(*) from linkage.clusters")
        n_labelled = engine.scalar(f"with {_LABELLED} select count(*) from labelled")
        if not n_labelled:
            raise PipelineError(
                f"{truth}: none of its {len(labels)} labels is of a record of {records}; "
                "write the record_id of both files in the same way"
            )
        (cubed,) = engine.tuples(_CUBED.format(labelled=_LABELLED))
        return LinkageReport(
            file=str(records),
            is_general=is_general,
            n_records=n_records,
            n_unlabelled=n_records - n_labelled,
            n_unknown=len(labels) - n_labelled,
            n_true=_count_pairs(engine, "entity_id", "true"),
            n_found=_count_pairs(engine, "cluster_id", "true"),
            n_right=_count_pairs(engine, "cluster_id", "l.entity_id = r.entity_id"),
            b_cubed_precision=cubed[0],
            b_cubed_recall=cubed[1],
            n_candidates=engine.scalar("select count(*) from linkage.candidate_pairs"),
            n_candidates_right=engine.scalar(
                "select count(*) filter (where l.entity_id = r.entity_id)"
                + _COMPARED.format(table="linkage.candidate_pairs")
            ),
            n_in_review=engine.scalar(
                "select count(*) from linkage.matches where match_status = 'review'"
            ),
            calibration=calibration(
                engine.tuples(
                    "select pairs.match_probability, l.entity_id = r.entity_id"
                    + _COMPARED.format(table="linkage.pair_scores")
                )
            ),
            seconds=seconds,
            peak_bytes=peak_bytes,
        )


def read_truth(truth: Path) -> "pl.DataFrame":
    """Return the columns record_id, entity_id and dataset of a labelled file, as text.

    Raises:
        PipelineError: see `evaluate_linkage`.
    """
    import polars as pl

    columns: dict[str, list[str | None]] = {name: [] for name in _TRUTH}
    seen: set[str | None] = set()
    for batch in read_batches(truth, _TRUTH, needed=_TRUTH[:2]):
        ids = read_column(truth, batch, "record_id", needed_id)
        columns["record_id"] += ids
        columns["entity_id"] += read_column(truth, batch, "entity_id", needed_id)
        columns["dataset"] += read_column(truth, batch, "dataset", lambda raw: id_text(raw) or None)
        for record_id, place in zip(ids, batch.places, strict=True):
            if record_id in seen:
                what = f"{shown(record_id)} stands twice"
                raise PipelineError(f"{truth}, {place}, column record_id: {what}")
            seen.add(record_id)
    return pl.DataFrame(columns, schema=dict.fromkeys(_TRUTH, pl.String))


def _count_pairs(engine: DuckDB, key: str, condition: str) -> int:
    return engine.scalar(f"with {_LABELLED} {_PAIRS.format(key=key, condition=condition)}")
