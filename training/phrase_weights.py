"""Where the weights of phrases come from: a logistic model, fitted on arXiv categories.

    python training/phrase_weights.py RECORDS [--write]

Every record whose primary category stands for a field is a choice of that field among all fields.
What speaks for a field is the sum over its phrases of their weight times the log of their mentions,
as `tag_papers` has it; a weight is one number for each phrase, drawn towards 1 by a ridge (penalty
3; see `logistic`), so that a phrase seldom seen says what any phrase says.

What is printed is agreement on records that chose no weight: each fifth of them, by their titles,
with the weights of the others, and no words of fields (`field_words` says what these add). With
--write the weights fitted on all of them replace `sql/reference/topic_phrase_weights.csv`. RECORDS
is what `papermart evaluate topics` reads.
"""

import argparse
import csv
from pathlib import Path

import numpy as np
import polars as pl
from logistic import Choices, fit_choices
from parts import part_of
from rich.console import Console
from scipy.sparse import csr_array

from pipeline.evaluate.topics import (
    TopicReport,
    category_fields,
    read_records,
    reference_table,
    report_on,
    tag_records,
)
from pipeline.models.catalogue import SQL_DIR
from pipeline.transforms.topic_mentions import phrase_evidence
from pipeline.transforms.topics import topic_paths

WEIGHTS = SQL_DIR / "reference" / "topic_phrase_weights.csv"
PENALTY = 3.0
N_PARTS = 5


def fit(records: pl.DataFrame) -> pl.DataFrame:
    """Return columns `phrase` and `weight`, in hundredths, of all phrases that do not weigh 100.

    Args:
        records: columns `paper_id`, `title`, `abstract`, `primary_category`.
    """
    phrases, choices = field_choices(records)
    weights = fit_choices(choices, PENALTY, towards=1.0)
    hundredths = pl.Series("weight", weights * 100).round().cast(pl.Int64)
    return pl.DataFrame([phrases, hundredths]).filter(pl.col("weight") != 100)


def field_choices(records: pl.DataFrame) -> tuple[pl.Series, Choices]:
    """Return the phrases that are found, and of each labelled record the choice of its field.

    A field has as evidence the log of the mentions of each of its phrases, of no other's.
    """
    topics = topic_paths(reference_table("topics")).select("topic_id", "field_id").unique()
    fields = topics.select("field_id").unique().sort("field_id").with_row_index("field")
    found = phrase_evidence(
        records, reference_table("topic_phrases"), reference_table("topic_exclusions")
    ).join(topics, on="topic_id")
    phrases = found.select("phrase").unique().sort("phrase")
    labels = pl.DataFrame(
        list(category_fields(records).items()), schema=["paper_id", "label"], orient="row"
    ).sort("paper_id")
    cells = (
        found.join(phrases.with_row_index("column"), on="phrase")
        .join(labels.with_row_index("paper"), on="paper_id")
        .join(fields, on="field_id")
        .select("amount", "column", row=pl.col("paper") * len(fields) + pl.col("field"))
    )
    shape = (len(labels) * len(fields), len(phrases))
    evidence = csr_array((cells["amount"], (cells["row"], cells["column"])), shape)
    # A row for each field of each paper, in the order of the evidence.
    is_chosen = np.equal.outer(labels["label"].to_numpy(), fields["field_id"].to_numpy())
    sizes = np.full(len(labels), len(fields))
    return phrases["phrase"], Choices(evidence, sizes, is_chosen.ravel().astype(float))


def held_out(records: pl.DataFrame, n: int = N_PARTS) -> TopicReport:
    """Return how records are tagged with weights that the other parts of them gave."""
    words, nothing = reference_table("topic_words"), reference_table("field_words").clear()
    part = pl.Series([part_of(title.lower(), n) for title in records["title"]])
    tagged = [
        tag_records(records.filter(part == this), fit(records.filter(part != this)), words, nothing)
        for this in range(n)
    ]
    return report_on(records, pl.concat(tagged), f"{n} parts, each with the weights of the others")


def write(weights: pl.DataFrame, file: Path = WEIGHTS) -> None:
    """Write the weights as the reference holds them."""
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(weights.columns)
        writer.writerows(weights.iter_rows())


def main(file: Path, *, replace: bool) -> None:
    """Print held-out agreement and, if asked to, write the weights to the reference."""
    console = Console()
    records = read_records(file)
    for line in held_out(records).lines():
        console.print(line)
    if replace:
        write(fit(records))
        console.print(f"wrote {WEIGHTS}")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("records", type=Path)
    arguments.add_argument("--write", action="store_true")
    given = arguments.parse_args()
    main(given.records, replace=given.write)
