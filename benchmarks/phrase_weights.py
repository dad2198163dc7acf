"""Where the weights of phrases come from: a logistic model, fitted on arXiv categories.

    python benchmarks/phrase_weights.py RECORDS [--write]

Every record whose primary category stands for a field is an example. What speaks for a field is
the sum over its phrases of their weight times the log of their mentions, as `tag_papers` has it;
a weight is one number for each phrase, drawn towards 1 by a ridge (penalty 3), so that a phrase
seldom seen says what any phrase says. The penalised likelihood is convex: there is one best fit.

What is printed is agreement on records that chose no weight: each fifth of them, by the hash of
their titles, with the weights of the others. With --write the weights fitted on all of them
replace `sql/reference/topic_phrase_weights.csv`. RECORDS is what `papermart evaluate topics` reads.
"""

import argparse
import csv
import hashlib
from pathlib import Path

import numpy as np
import polars as pl
from rich.console import Console
from scipy.optimize import minimize
from scipy.sparse import csr_array

from pipeline.evaluate.topics import (
    TopicReport,
    category_fields,
    read_records,
    reference_table,
    report_on,
    tag_records,
)
from pipeline.sql_models import SQL_DIR
from pipeline.topics import phrase_evidence, topic_paths

WEIGHTS = SQL_DIR / "reference" / "topic_phrase_weights.csv"
PENALTY = 3.0
FOLDS = 5


def fit(records: pl.DataFrame) -> pl.DataFrame:
    """Return columns `phrase` and `weight`, in hundredths, of all phrases that do not weigh 100.

    Args:
        records: columns `paper_id`, `title`, `abstract`, `primary_category`.
    """
    labels = pl.DataFrame(
        list(category_fields(records).items()), schema=["paper_id", "label"], orient="row"
    ).sort("paper_id")
    fields = topic_paths(reference_table("topics")).select("topic_id", "field_id").unique()
    found = phrase_evidence(
        records, reference_table("topic_phrases"), reference_table("topic_exclusions")
    ).join(fields, on="topic_id")
    phrases = found.select("phrase", "field_id").unique().sort("phrase")
    amounts = (
        found.join(phrases.with_row_index("column"), on="phrase")
        .join(labels.with_row_index("row"), on="paper_id")
        .select("amount", "row", "column")
    )
    names = sorted(fields["field_id"].unique())
    weights = _minimise(
        csr_array(
            (amounts["amount"], (amounts["row"], amounts["column"])),
            shape=(len(labels), len(phrases)),
        ),
        np.eye(len(names))[[names.index(name) for name in phrases["field_id"]]],
        np.eye(len(names))[[names.index(name) for name in labels["label"]]],
    )
    hundredths = pl.Series("weight", weights * 100).round().cast(pl.Int64)
    return phrases.select("phrase", hundredths).filter(pl.col("weight") != 100)


def _minimise(amounts: csr_array, of_field: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Return the weights of the largest penalised likelihood.

    Args:
        amounts: papers by phrases.
        of_field: phrases by fields, 1 for the field of the phrase.
        truth: papers by fields, 1 for the field of the paper.
    """

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = amounts @ (of_field * weights[:, None])
        scores -= scores.max(axis=1, keepdims=True)
        logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        ridge = weights - 1
        slope = (of_field * (amounts.T @ (np.exp(logs) - truth))).sum(axis=1)
        return PENALTY / 2 * (ridge @ ridge) - (truth * logs).sum(), slope + PENALTY * ridge

    found = minimize(
        loss,
        np.ones(amounts.shape[1]),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 1000, "ftol": 1e-12, "gtol": 1e-5},
    )
    return found.x


def held_out(records: pl.DataFrame, n: int = FOLDS) -> TopicReport:
    """Return how records are tagged with weights that the other parts of them gave."""
    digests = (hashlib.sha256(title.lower().encode()).digest() for title in records["title"])
    fold = pl.Series([digest[-1] % n for digest in digests])
    parts = [
        tag_records(records.filter(fold == this), fit(records.filter(fold != this)))
        for this in range(n)
    ]
    return report_on(records, pl.concat(parts), f"{n} parts, each with the weights of the others")


def main(file: Path, *, write: bool) -> None:
    """Print held-out agreement and, if asked to, write the weights."""
    console = Console()
    records = read_records(file)
    for line in held_out(records).lines():
        console.print(line)
    if write:
        weights = fit(records)
        with WEIGHTS.open("w", encoding="utf-8", newline="") as target:
            writer = csv.writer(target, lineterminator="\n")
            writer.writerow(weights.columns)
            writer.writerows(weights.iter_rows())
        console.print(f"wrote {WEIGHTS}")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("records", type=Path)
    arguments.add_argument("--write", action="store_true")
    given = arguments.parse_args()
    main(given.records, write=given.write)
