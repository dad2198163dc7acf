"""Where the weights of linkage come from: logistic models, fitted on labelled records.

    python training/match_weights.py BENCH [--left-out] [--write]

Every compared pair of every data set is an example; its comparison levels are the terms. Two models
are fitted. That of *sites* knows listings of sites whose habits are known, on half of the papers of
BENCH/linkage. The *general* one, for every other source, is fitted on several kinds of records that
count alike, with copies of all pairs in which values are hidden, and is drawn towards a table that
a person set (`match_priors.csv`), not towards zero: what no kind shows keeps its sense. The
penalised likelihood has one best fit (see `logistic`): the same numbers on every machine.

What is printed: how right linking is on each data set by the weights of all kinds, on the half of
the listings that chose nothing, with --left-out by general weights fitted without the kind that is
measured; how well probabilities are calibrated on that half. With --write the weights, and what
share of the pairs that a rule decides is one paper, replace the tables in `sql/reference`.
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
from match_examples import (
    BASE,
    DECIDED,
    GENERAL,
    JOINT,
    LEVEL,
    SITES,
    DataSet,
    data_sets,
    half_of,
    priors,
    read_examples,
    tables,
    weighed,
    write_weights,
)
from rich.console import Console
from rich.progress import track
from rich.table import Table

from pipeline.evaluate.linkage import evaluate_linkage
from pipeline.models.catalogue import SQL_DIR

WEIGHTS = SQL_DIR / "reference" / "match_weights.csv"
RULES = SQL_DIR / "reference" / "match_rules.csv"
# How strongly weights of single comparisons, and of joint ones, are drawn to the table of priors.
PENALTIES = {SITES: (1.0, 3.0), GENERAL: (15.0, 35.0)}
# Below how many pairs a rule has no share of its own.
_FEW = 10
_BINS = tuple(n / 10 for n in range(1, 10))

Weights = Mapping[tuple[str, str], float]


def fit(examples: pl.DataFrame, profile: str) -> Weights:
    """Return the weights of the largest penalised likelihood.

    Args:
        examples: see `match_examples.weighed`.
        profile: whose penalties hold.
    """
    columns = [name for name in examples.columns if name.endswith(LEVEL)]
    true = pl.col("is_same").cast(pl.Float64) * pl.col("weight")
    kinds = examples.group_by(columns).agg(pl.col("weight").sum(), true=true.sum()).sort(columns)
    names = [column.removesuffix(LEVEL) for column in columns]
    rows = [list(zip(names, levels, strict=True)) for levels in kinds.select(columns).iter_rows()]
    terms, evidence = counted(rows)
    known = priors()
    single, joint = PENALTIES[profile]
    base, weights = fit_logistic(
        evidence,
        kinds["true"].to_numpy(),
        kinds["weight"].to_numpy(),
        np.array([joint if name in JOINT else single for name, _ in terms]),
        np.array([known[term] for term in terms]),
    )
    return known | {BASE: base} | dict(zip(terms, weights.tolist(), strict=True))


def log_odds(weights: Weights, examples: pl.DataFrame) -> np.ndarray:
    """Return the log odds that each pair is one paper."""
    total = np.full(len(examples), weights[BASE])
    for column in examples.columns:
        if column.endswith(LEVEL):
            comparison = column.removesuffix(LEVEL)
            total += [weights[comparison, level] for level in examples[column]]
    return total


def rule_rows(
    examples: Mapping[str, Sequence[pl.DataFrame]], weights: Mapping[str, Weights]
) -> list[tuple[str, str, bool, float]]:
    """Return the rows of `reference.match_rules`: shares of true pairs, each set counting alike.

    Of a rule that holds evidence down those pairs count that the evidence takes for likely ones.

    Args:
        examples: the data sets of each profile.
        weights: the weights of each profile.
    """
    rows = []
    for profile, sets in examples.items():
        likely = [
            pairs.select(
                "match_rule",
                "is_same",
                kind=pl.lit(n),
                is_likely=pl.Series(log_odds(weights[profile], pairs)) > 0,
            )
            for n, pairs in enumerate(sets)
        ]
        shares = (
            pl.concat(likely)
            .filter(pl.col("is_likely") | pl.col("match_rule").is_in(DECIDED))
            .group_by("match_rule", "kind")
            .agg(n=pl.len(), true=pl.col("is_same").sum())
            .filter(pl.col("n") >= _FEW)
            # Laplace's rule of succession: no share is certain.
            .with_columns(share=(pl.col("true") + 1) / (pl.col("n") + 2))
            .group_by("match_rule")
            .agg(pl.col("share").mean())
        )
        found = dict(shares.iter_rows())
        for rule, usual in USUAL.items():
            share = usual if rule in _GIVEN else found.get(rule, usual)
            is_at_most = rule not in DECIDED
            # What a rule holds down is for a person to look at, never a match.
            chance = min(share, _UNDECIDED) if is_at_most else share
            rows.append((profile, rule, is_at_most, round(chance, 3)))
    return rows


# The most that a rule may leave of what the evidence says.
_UNDECIDED = 0.45
# An identifier is what it says, whatever the few wrong ones in a set.
_GIVEN = ("same_arxiv_id", "other_arxiv_id", "same_doi", "other_doi", "other_work", "generic_title")
# What is taken where no labelled set shows enough pairs of a rule.
USUAL = {
    "generic_title": 0.3,
    "no_title": 0.3,
    "other_arxiv_id": 0.001,
    "other_authors": 0.3,
    "other_code": 0.3,
    "other_doi": 0.05,
    "other_number": 0.3,
    "other_place": 0.3,
    "other_word": 0.3,
    "other_work": 0.1,
    "same_arxiv_id": 0.999,
    "same_doi": 0.99,
    "same_values": 0.99,
    "title_alone": 0.3,
    "weak_title": 0.3,
}


def write_rules(rows: Sequence[tuple[str, str, bool, float]], file: Path) -> None:
    """Write the rows of `reference.match_rules`."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("profile", "match_rule", "is_at_most", "probability"))
        for profile, rule, is_at_most, probability in sorted(rows):
            writer.writerow((profile, rule, str(is_at_most).lower(), probability))


def calibration(examples: pl.DataFrame) -> list[tuple[float, int, float, float]]:
    """Return of the pairs between .1 and .9, whatever decided them, in bins of a tenth.

    Args:
        examples: columns `match_probability`, `is_same`.

    Returns:
        For each bin where it begins, its pairs, their mean probability, and the share of true ones.
    """
    rows = []
    for low, high in pairwise(_BINS):
        pairs = examples.filter(pl.col("match_probability").is_between(low, high, closed="left"))
        if len(pairs):
            said, true = pairs["match_probability"].to_numpy(), pairs["is_same"].to_numpy()
            rows.append((low, len(pairs), float(said.mean()), float(true.mean())))
    return rows


class Judged:
    """Prints how right linking is by some weights, data set by data set."""

    def __init__(self, title: str) -> None:
        """Begin a table."""
        self.table = Table("data", "weights of", "P", "R", "F1", "B³ F1", title=title)

    def add(self, data: DataSet, profile: str, weights: Weights) -> None:
        """Link a data set by weights of a profile and note how right it is."""
        with tables({SITES: weights, GENERAL: weights}) as reference:
            is_general = profile == GENERAL
            found = evaluate_linkage(data.records, data.truth, reference, is_general=is_general)
        right = [found.n_right / max(1, found.n_found), found.n_right / max(1, found.n_true)]
        cells = (f"{share:.4f}" for share in (*right, found.f1, found.b_cubed_f1))
        self.table.add_row(data.name, profile, *cells)


def main(bench: Path, *, is_left_out: bool, replace: bool) -> None:
    """Fit, judge, and on request write the weights.

    Args:
        bench: the folder with labelled records.
        is_left_out: judge each kind by weights fitted without it, too.
        replace: write the weights to the reference.
    """
    console = Console(width=110)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sets = list(data_sets(bench, folder))
        listings = next(data for data in sets if data.kind == "listings")
        whole = DataSet(
            "linkage",
            "listings",
            *(bench / "linkage" / f"{p}.parquet" for p in ("records", "truth")),
        )
        other_half = half_of(whole, 1, folder)
        examples = {data: read_examples(data, GENERAL) for data in track(sets, "comparing")}
        on_sites = read_examples(listings, SITES).with_columns(weight=pl.lit(1.0))
        kinds = {
            data.kind: [pairs for d, pairs in examples.items() if d.kind == data.kind]
            for data in sets
        }
        general = fit(weighed(list(kinds.values()), has_copies=True), GENERAL)
        sites = fit(on_sites.filter(~pl.col("match_rule").is_in(DECIDED)), SITES)
        if replace:
            write_weights({SITES: sites, GENERAL: general}, WEIGHTS)
            compared = {SITES: [on_sites], GENERAL: list(examples.values())}
            write_rules(rule_rows(compared, {SITES: sites, GENERAL: general}), RULES)
            console.print(f"wrote {WEIGHTS} and {RULES}")
        judged = Judged("by the weights of all kinds")
        for data in (whole, other_half):
            judged.add(data, SITES, sites)
        for data in (other_half, *sets):
            judged.add(data, GENERAL, general)
        console.print(judged.table)
        scored = read_examples(other_half, SITES, {SITES: sites, GENERAL: general})
        console.print(_calibration_table(calibration(scored)))
        if is_left_out:
            judged = Judged("by weights fitted without the kind")
            for data in sets:
                others = [pairs for kind, pairs in kinds.items() if kind != data.kind]
                judged.add(data, GENERAL, fit(weighed(others, has_copies=True), GENERAL))
            console.print(judged.table)


def _calibration_table(rows: Sequence[tuple[float, int, float, float]]) -> Table:
    n_pairs = sum(n for _, n, _, _ in rows)
    error = sum(n * abs(said - true) for _, n, said, true in rows) / max(1, n_pairs)
    title = f"calibration on half 1 of listings: expected error {error:.3f}"
    table = Table("from", "pairs", "said", "true", title=title)
    for low, n, said, true in rows:
        table.add_row(f"{low:.1f}", str(n), f"{said:.2f}", f"{true:.2f}")
    return table


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("bench", type=Path, metavar="BENCH")
    arguments.add_argument("--left-out", action="store_true")
    arguments.add_argument("--write", action="store_true")
    given = arguments.parse_args()
    main(given.bench, is_left_out=given.left_out, replace=given.write)
