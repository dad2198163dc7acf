"""Where the weights of linkage come from: logistic models, fitted on labelled records.

    python training/match_weights.py BENCH [--left-out] [--write] [--diagram SVG]

Every compared pair of every data set is an example; its comparison levels are the terms. Two models
are fitted. That of *sites* knows listings of sites whose habits are known, on half of the papers of
BENCH/linkage. The *general* one, for every other source, is fitted on several kinds of records that
count alike, with copies of all pairs in which values are hidden, and is drawn towards a table that
a person set (`match_priors.csv`), not towards zero: what no kind shows keeps its sense. The
penalised likelihood has one best fit (see `logistic`): the same numbers on every machine.

What is printed: how right linking is on each data set by the weights of all kinds, on the half of
the listings that chose nothing, with --left-out by general weights fitted without the kind that is
measured; how well probabilities are calibrated on that half, and with --left-out on each half by
weights of the other and on each real kind by weights of other kinds; --diagram draws these two.
With --write the weights, and what share of the pairs that a rule decides is one paper, replace the
tables in `sql/reference`.
"""

import argparse
import csv
import tempfile
from collections.abc import Mapping, Sequence
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
    REAL,
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
from reliability import draw
from rich.console import Console
from rich.progress import track
from rich.table import Table

from pipeline.evaluate.calibration import Calibration, calibration, pooled
from pipeline.evaluate.linkage import evaluate_linkage
from pipeline.models.catalogue import SQL_DIR

WEIGHTS = SQL_DIR / "reference" / "match_weights.csv"
RULES = SQL_DIR / "reference" / "match_rules.csv"
# How strongly weights of single comparisons, and of joint ones, are drawn to the table of priors.
PENALTIES = {SITES: (1.0, 3.0), GENERAL: (15.0, 35.0)}
# Below how many pairs a rule has no share of its own.
_FEW = 10

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


def main(bench: Path, *, is_left_out: bool, replace: bool, diagram: Path | None = None) -> None:
    """Fit, judge, and on request write the weights.

    Args:
        bench: the folder with labelled records.
        is_left_out: judge each kind by weights fitted without it, too.
        replace: write the weights to the reference.
        diagram: where to draw how far probabilities can be believed, if anywhere.
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
        on_sites = read_examples(listings, SITES)
        kinds = {
            data.kind: [pairs for d, pairs in examples.items() if d.kind == data.kind]
            for data in sets
        }
        general = fit(weighed(list(kinds.values()), has_copies=True), GENERAL)
        sites = fit(_telling(on_sites), SITES)
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
        on_half = _calibrated(scored)
        console.print(_calibration_table("half 1 of listings", on_half))
        if is_left_out or diagram:
            judged = Judged("by weights fitted without the kind")
            unseen = []
            for data in sets:
                others = [pairs for kind, pairs in kinds.items() if kind != data.kind]
                weights = fit(weighed(others, has_copies=True), GENERAL)
                judged.add(data, GENERAL, weights)
                if data.kind in REAL:
                    known = {SITES: sites, GENERAL: weights}
                    unseen.append(_calibrated(read_examples(data, GENERAL, known)))
            console.print(judged.table)
            for data, found in zip(sets, unseen, strict=False):
                console.print(_calibration_table(f"{data.name}, by weights of others", found))
            on_site = pooled([on_half, _crosswise(listings, other_half, general)])
            console.print(_calibration_table("each half by weights of the other", on_site))
            if diagram:
                drawn = {"known sites, each half by weights of the other": on_site}
                draw(drawn | {"other sources, by weights of other kinds": pooled(unseen)}, diagram)


def _crosswise(half: DataSet, other_half: DataSet, general: Weights) -> Calibration:
    """Return how far probabilities of one half by weights of the other can be believed."""
    sites = fit(_telling(read_examples(other_half, SITES)), SITES)
    return _calibrated(read_examples(half, SITES, {SITES: sites, GENERAL: general}))


def _telling(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs of listings that teach weights, all alike."""
    return pairs.filter(~pl.col("match_rule").is_in(DECIDED)).with_columns(weight=pl.lit(1.0))


def _calibrated(pairs: pl.DataFrame) -> Calibration:
    """Return how far the probabilities of labelled pairs can be believed."""
    return calibration(pairs.select("match_probability", "is_same").iter_rows())


def _calibration_table(name: str, found: Calibration) -> Table:
    table = Table("from", "pairs", "said", "true", title=f"calibration on {name}: {found}")
    for each in found.bins:
        shares = (f"{n / each.n_pairs:.2f}" for n in (each.said, each.n_true))
        table.add_row(f"{each.low:.1f}", str(each.n_pairs), *shares)
    return table


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("bench", type=Path, metavar="BENCH")
    arguments.add_argument("--left-out", action="store_true")
    arguments.add_argument("--write", action="store_true")
    arguments.add_argument("--diagram", type=Path, metavar="SVG")
    given = arguments.parse_args()
    main(
        given.bench,
        is_left_out=given.left_out,
        replace=given.write,
        diagram=given.diagram,
    )
