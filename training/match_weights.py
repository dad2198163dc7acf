"""Where the weights of linkage come from: a logistic model, fitted on labelled records.

    python training/match_weights.py RECORDS TRUTH [RECORDS TRUTH ...] [--halves] [--write]

Every compared pair of every data set is an example; its comparison levels are the terms. The
penalised likelihood (ridge, penalty 1; see `logistic`) has one best fit: one number for each level,
the same on every machine. What is printed: for each data set the log loss and the calibration of a
model fitted on half of the papers of all sets, measured on the other half; and of a model fitted on
the other data sets alone. With --halves the records of one half of the papers are linked, too, by
weights fitted on the other half, with thresholds and rules as they are. With --write the weights
fitted on everything replace `sql/reference/match_weights.csv`.

RECORDS and TRUTH are what `papermart evaluate linkage` reads; for --halves RECORDS must be Parquet.
"""

import argparse
import csv
import tempfile
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
from logistic import counted, fit_logistic
from parts import part_of
from rich.console import Console
from rich.table import Table
from scipy.special import expit, log_expit

from pipeline.evaluate.linkage import LinkageReport, evaluate_linkage, read_truth
from pipeline.models.catalogue import SQL_DIR
from pipeline.records.link import linked

REFERENCE = "reference.match_weights"
WEIGHTS = SQL_DIR / "reference" / "match_weights.csv"
PENALTY = 1.0
BINS = (0.0, 0.01, 0.1, 0.3, 0.6, 0.9, 0.99, 1.0)
_LEVEL = "_level"  # how the columns of linkage.comparison_levels end that hold one
# Pairs of equal records are left out: they are decided by rule.
_EXAMPLES = """
    select
        levels.* exclude (record_id_l, record_id_r),
        l.entity_id = r.entity_id as is_same,
        l.entity_id as entity
    from linkage.comparison_levels as levels
    inner join linkage.candidate_pairs as pairs
        on levels.record_id_l = pairs.record_id_l and levels.record_id_r = pairs.record_id_r
    inner join truth as l on levels.record_id_l = l.record_id
    inner join truth as r on levels.record_id_r = r.record_id
    where pairs.blocking_rule <> 'same_values'
    order by levels.record_id_l, levels.record_id_r
"""

# The natural log odds of each (comparison, level), and those that every pair starts from.
Weights = Mapping[tuple[str, str], float]
BASE = ("base", "all")


def read_examples(records: Path, truth: Path) -> pl.DataFrame:
    """Compare the records of a data set and label the pairs.

    Returns:
        One row per compared pair: the level of each comparison in a column that ends in `_level`,
        `is_same`, and `entity`, a paper to divide the pairs by.
    """
    with linked(records, "linkage.candidate_pairs", "linkage.comparison_levels") as engine:
        engine.create_table("truth", read_truth(truth).to_arrow())
        return pl.DataFrame(pl.from_arrow(engine.arrow(_EXAMPLES)))


def in_half(papers: pl.Series, n: int) -> pl.Series:
    """Return whether each paper is in one half of all papers, drawn by its name."""
    return pl.Series([part_of(paper, 2) == n for paper in papers], dtype=pl.Boolean)


def half(examples: pl.DataFrame, n: int) -> pl.DataFrame:
    """Return the examples of one half of all papers."""
    return examples.filter(in_half(examples["entity"], n))


def fit(examples: pl.DataFrame) -> Weights:
    """Return the weights of the largest penalised likelihood; see `read_examples`."""
    columns = [name for name in examples.columns if name.endswith(_LEVEL)]
    kinds = examples.group_by(columns).agg(pl.len(), pl.col("is_same").sum()).sort(columns)
    comparisons = [name.removesuffix(_LEVEL) for name in columns]
    rows = [
        list(zip(comparisons, levels, strict=True)) for levels in kinds.select(columns).iter_rows()
    ]
    terms, evidence = counted(rows)
    base, weights = fit_logistic(
        evidence, kinds["is_same"].to_numpy(), kinds["len"].to_numpy(), PENALTY
    )
    return {BASE: base} | dict(zip(terms, weights.tolist(), strict=True))


def log_odds(weights: Weights, examples: pl.DataFrame) -> np.ndarray:
    """Return the log odds that each pair is one paper; a level without a weight says nothing."""
    total = np.full(len(examples), weights[BASE])
    for column in examples.columns:
        if column.endswith(_LEVEL):
            comparison = column.removesuffix(_LEVEL)
            total += [weights.get((comparison, level), 0.0) for level in examples[column]]
    return total


def measure(weights: Weights, examples: pl.DataFrame) -> tuple[float, list[str]]:
    """Return the log loss, and for each bin of probability how many pairs of all are true."""
    odds, is_same = log_odds(weights, examples), examples["is_same"].to_numpy()
    loss = -log_expit(np.where(is_same, odds, -odds)).mean()
    bins = np.digitize(expit(odds), BINS[1:-1], right=True)
    n_pairs = np.bincount(bins, minlength=len(BINS) - 1)
    n_true = np.bincount(bins, is_same, minlength=len(BINS) - 1)
    shown = [
        f"{true:.0f}/{pairs}" if pairs else "" for true, pairs in zip(n_true, n_pairs, strict=True)
    ]
    return float(loss), shown


def link_half(records: Path, truth: Path, n: int, weights: Weights) -> LinkageReport:
    """Link the records of one half of all papers by some weights, and judge the clusters."""
    labels = read_truth(truth)
    kept = labels.filter(in_half(labels["entity_id"], n))["record_id"]
    with tempfile.TemporaryDirectory() as folder:
        part, fitted = Path(folder) / "records.parquet", Path(folder) / WEIGHTS.name
        is_kept = pl.col("record_id").cast(pl.String).is_in(kept.implode())
        pl.read_parquet(records).filter(is_kept).write_parquet(part)
        write(weights, fitted)
        return evaluate_linkage(part, truth, reference={REFERENCE: fitted})


def write(weights: Weights, file: Path = WEIGHTS) -> None:
    """Write the weights in hundredths, ordered by comparison and level.

    A level of the reference that no example shows weighs 0, where the ridge leaves it.
    """
    with WEIGHTS.open(encoding="utf-8", newline="") as lines:
        known = {(row["comparison"], row["level"]): 0.0 for row in csv.DictReader(lines)}
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("comparison", "level", "weight"))
        for term, weight in sorted({**known, **weights}.items()):
            writer.writerow((*term, round(100 * weight)))


def table_of(sets: Mapping[str, pl.DataFrame], halves: Sequence[Weights]) -> Table:
    """Return how well each set is told by weights that other pairs chose."""
    edges = [f"{low}-{high}" for low, high in pairwise(BINS)]
    table = Table("fitted on", "measured on", "log loss", *edges)
    for name, examples in sets.items():
        for n, weights in enumerate(halves):
            loss, bins = measure(weights, half(examples, 1 - n))
            table.add_row(f"half {n} of all", f"{name}, other half", f"{loss:.4f}", *bins)
        if others := [rest for other, rest in sets.items() if other != name]:
            loss, bins = measure(fit(pl.concat(others)), examples)
            table.add_row("the other sets", name, f"{loss:.4f}", *bins)
    return table


def main(files: Sequence[tuple[Path, Path]], *, halves: bool, replace: bool) -> None:
    """Fit, check, and on request write the weights.

    Args:
        files: records and truth of each data set.
        halves: link each half of the papers by the weights of the other.
        replace: write the weights fitted on everything to the reference.
    """
    console = Console(width=160)
    sets = {str(records): read_examples(records, truth) for records, truth in files}
    everything = pl.concat(sets.values())
    of_halves = [fit(half(everything, n)) for n in (0, 1)]
    console.print(table_of(sets, of_halves))
    for records, truth in files if halves else ():
        for n, weights in enumerate(of_halves):
            console.print(f"{records}, half {1 - n}, by weights of half {n} of all:")
            report = link_half(records, truth, 1 - n, weights)
            console.print(*list(report.lines())[1:], sep="\n", highlight=False)
    if replace:
        write(fit(everything))
        console.print(f"wrote {WEIGHTS}")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("files", nargs="+", type=Path, metavar="RECORDS TRUTH")
    arguments.add_argument("--halves", action="store_true")
    arguments.add_argument("--write", action="store_true")
    given = arguments.parse_args()
    if len(given.files) % 2:
        arguments.error("RECORDS and TRUTH come in pairs")
    pairs = list(zip(given.files[::2], given.files[1::2], strict=True))
    main(pairs, halves=given.halves, replace=given.write)
