"""Where the weights of linkage come from: a logistic model, fitted on labelled records.

    python benchmarks/match_weights.py RECORDS TRUTH [RECORDS TRUTH ...] [--halves] [--write]

Every compared pair of every data set is an example; its comparison levels are the terms. The
penalised likelihood (ridge, penalty 1) is maximised by Newton's method, so the fit is one number
for each level, the same on every machine. What is printed: for each data set the log loss and
the calibration of a model fitted on half of the papers of all sets, measured on the other half;
and of a model fitted on the other data sets alone. With --halves whole papers are linked, too:
the records of one half of them, by weights fitted on the other half, thresholds and rules as
they are. With --write the weights fitted on everything
replace `sql/reference/match_weights.csv`.

RECORDS and TRUTH are what `papermart evaluate linkage` reads.
"""

import csv
import math
import sys
import tempfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from unittest.mock import patch

import duckdb
from rich.console import Console
from rich.table import Table

from pipeline.evaluate.linkage import LinkageReport, evaluate_linkage, load_truth
from pipeline.linking import prepared, run_models
from pipeline.sql_models import SQL_DIR, load_models

WEIGHTS = SQL_DIR / "reference" / "match_weights.csv"
COMPARISONS = (
    *("title", "head", "numbers", "title_use", "authors", "n_authors", "abstract", "year"),
    "venue",
    "rivals",
)
PENALTY = 1.0
BINS = (0.0, 0.01, 0.1, 0.3, 0.6, 0.9, 0.99, 1.0)

Levels = tuple[str, ...]
Weights = dict[tuple[str, str], float]


@dataclass(frozen=True, slots=True)
class Example:
    """A compared pair: its levels, whether it is the same paper, and a paper to split by."""

    levels: Levels
    is_same: bool
    entity: str


def read_examples(records: Path, truth: Path) -> list[Example]:
    """Compare the records of a data set and label the pairs.

    Pairs of equal records are left out: they are decided by rule.
    """
    levels = ", ".join(f"levels.{name}_level" for name in COMPARISONS)
    with prepared(records) as con:
        run_models(con, "linkage.candidate_pairs", "linkage.comparison_levels")
        load_truth(con, truth)
        rows = con.execute(
            f"""
            select {levels}, l.entity_id = r.entity_id, l.entity_id
            from linkage.comparison_levels as levels
            inner join linkage.candidate_pairs as pairs
                on levels.record_id_l = pairs.record_id_l and levels.record_id_r = pairs.record_id_r
            inner join truth as l on levels.record_id_l = l.record_id
            inner join truth as r on levels.record_id_r = r.record_id
            where pairs.blocking_rule <> 'same_values'
            """
        ).fetchall()
    return [Example(row[:-2], row[-2], row[-1]) for row in rows]


def fit(examples: Iterable[Example]) -> Weights:
    """Return the weight of each level, and of `("base", "")`, in natural log odds."""
    n_pairs: Counter[Levels] = Counter()
    n_same: Counter[Levels] = Counter()
    for example in examples:
        n_pairs[example.levels] += 1
        n_same[example.levels] += example.is_same
    terms = sorted({term for levels in n_pairs for term in zip(COMPARISONS, levels, strict=True)})
    position = {("base", ""): 0} | {term: n for n, term in enumerate(terms, 1)}
    rows = [
        (
            [0, *(position[term] for term in zip(COMPARISONS, levels, strict=True))],
            n,
            n_same[levels],
        )
        for levels, n in sorted(n_pairs.items())
    ]
    weights = [0.0] * len(position)
    for _ in range(50):
        step = _newton_step(rows, weights)
        weights = [weight + change for weight, change in zip(weights, step, strict=True)]
        if max(map(abs, step)) < 1e-9:
            break
    return {term: weights[n] for term, n in position.items()}


def _newton_step(rows: list[tuple[list[int], int, int]], weights: list[float]) -> list[float]:
    size = len(weights)
    gradient = [0.0] + [-PENALTY * weight for weight in weights[1:]]
    curvature = [[0.0] * size for _ in range(size)]
    for n in range(size):
        curvature[n][n] = PENALTY if n else 1e-9
    for places, n_pairs, n_same in rows:
        p = _logistic(sum(weights[place] for place in places))
        for row in places:
            gradient[row] += n_same - n_pairs * p
            for column in places:
                curvature[row][column] += n_pairs * p * (1 - p)
    return _solve(curvature, gradient)


def _logistic(log_odds: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))


def _solve(matrix: list[list[float]], values: list[float]) -> list[float]:
    """Solve a system of linear equations by Gaussian elimination."""
    size = len(values)
    rows = [[*row, value] for row, value in zip(matrix, values, strict=True)]
    for n in range(size):
        best = max(range(n, size), key=lambda row: abs(rows[row][n]))
        rows[n], rows[best] = rows[best], rows[n]
        for below in range(n + 1, size):
            factor = rows[below][n] / rows[n][n]
            if factor:
                rows[below] = [a - factor * b for a, b in zip(rows[below], rows[n], strict=True)]
    solved = [0.0] * size
    for n in reversed(range(size)):
        known = sum(rows[n][k] * solved[k] for k in range(n + 1, size))
        solved[n] = (rows[n][size] - known) / rows[n][n]
    return solved


def probability(weights: Weights, levels: Levels) -> float:
    """Return how likely a pair with these levels is the same paper."""
    terms = zip(COMPARISONS, levels, strict=True)
    return _logistic(weights[("base", "")] + sum(weights.get(term, 0.0) for term in terms))


def measure(weights: Weights, examples: Sequence[Example]) -> tuple[float, list[str]]:
    """Return the log loss, and for each bin of probability the share of true pairs."""
    found: dict[int, list[bool]] = defaultdict(list)
    loss = 0.0
    for example in examples:
        p = probability(weights, example.levels)
        loss -= math.log(max(1e-12, p if example.is_same else 1 - p))
        found[next(n for n, end in enumerate(BINS[1:]) if p <= end)].append(example.is_same)
    bins = [
        f"{sum(same)}/{len(same)}" if (same := found.get(n)) else "" for n in range(len(BINS) - 1)
    ]
    return loss / len(examples), bins


def link_half(records: Path, truth: Path, n: int, weights: Weights) -> LinkageReport:
    """Link the records of one half of all papers by some weights, and judge the clusters."""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as con:
        part = Path(folder) / "records.parquet"
        load_truth(con, truth)
        papers = con.execute("select distinct entity_id from truth").fetchall()
        kept = [paper for (paper,) in papers if is_in_half(paper, n)]
        con.execute(
            f"""
            copy (
                select records.* from read_parquet('{records}') as records
                inner join truth on records.record_id = truth.record_id
                where list_contains($kept, truth.entity_id)
            ) to '{part}'
            """,
            {"kept": kept},
        )
        fitted = Path(folder) / WEIGHTS.name
        write(weights, fitted)
        models = load_models()
        model = replace(models["reference.match_weights"], csv_file=fitted)
        with patch.dict(models, {model.name: model}):
            return evaluate_linkage(part, truth)


def write(weights: Weights, file: Path = WEIGHTS) -> None:
    """Write the weights in hundredths, ordered by comparison and level."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("comparison", "level", "weight"))
        for (comparison, level), weight in sorted(weights.items()):
            writer.writerow((comparison, level or "all", round(100 * weight)))


def half(n: int) -> Callable[[Example], bool]:
    """Return what tells whether a paper is in one half of all papers."""
    return lambda example: is_in_half(example.entity, n)


def is_in_half(entity: str, n: int) -> bool:
    """Return whether a paper is in one half of all papers, drawn by its name."""
    return zlib.crc32(entity.encode()) % 2 == n


def main(arguments: list[str]) -> None:
    """Fit, check, and on request write the weights."""
    files = [Path(argument) for argument in arguments if not argument.startswith("--")]
    sets = {
        str(records): read_examples(records, truth)
        for records, truth in zip(files[::2], files[1::2], strict=True)
    }
    edges = [f"{low}-{high}" for low, high in pairwise(BINS)]
    table = Table("fitted on", "measured on", "log loss", *edges)
    everything = [example for examples in sets.values() for example in examples]
    halves = [fit(filter(half(n), everything)) for n in (0, 1)]
    for name, examples in sets.items():
        for n, weights in enumerate(halves):
            loss, bins = measure(weights, list(filter(half(1 - n), examples)))
            table.add_row(f"half {n} of all", f"{name}, other half", f"{loss:.4f}", *bins)
        if others := [e for other, rest in sets.items() if other != name for e in rest]:
            loss, bins = measure(fit(others), examples)
            table.add_row("the other sets", name, f"{loss:.4f}", *bins)
    console = Console(width=160)
    console.print(table)
    if "--halves" in arguments:
        for records, truth in zip(files[::2], files[1::2], strict=True):
            for n, weights in enumerate(halves):
                console.print(f"{records}, half {1 - n}, by weights of half {n} of all:")
                report = link_half(records, truth, 1 - n, weights)
                console.print(*list(report.lines())[1:], sep="\n", highlight=False)
    if "--write" in arguments:
        write(fit(everything))


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(sys.argv[1:])
