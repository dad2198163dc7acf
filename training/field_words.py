"""Where the weights of fields' words come from: a logistic model, fitted on arXiv categories.

    python training/field_words.py RECORDS [--write]

Every record whose primary category stands for a field is a choice of that field among all fields
(multinomial logistic regression with a ridge; see `logistic`). What speaks for a field is the sum
of the weights of its words, rare words counting more; of each field the words that say most are
kept. What phrases say counts beside it, see `main_fields.PHRASES`, which is printed with a base for
each field: both are fitted on what words and phrases say of records that did not fit them.

What is printed is agreement on records that chose no weight: each fifth of them, by their titles,
with the weights of words and of phrases that the others gave. With --write the weights fitted on
all of them replace `sql/reference/field_words.csv`.
"""

import argparse
from pathlib import Path

import numpy as np
import phrase_weights
import polars as pl
from logistic import fit_classes
from parts import part_of
from rich.console import Console
from scipy.sparse import csr_array
from topic_words import frequent_words, write

from pipeline.evaluate.topics import category_fields, read_records, reference_table
from pipeline.models.catalogue import SQL_DIR
from pipeline.transforms.topic_mentions import Phrasebook, named_topics, texts_of, with_weights
from pipeline.transforms.topic_words import EVERY_PAPER, Vocabulary
from pipeline.transforms.topics import topic_paths

WORDS = SQL_DIR / "reference" / "field_words.csv"
PENALTY = 0.6
N_WORDS = 1500
N_PARTS = 5


class Records:
    """Records of known fields: their words, what phrases find in them, and their fields."""

    def __init__(self, records: pl.DataFrame) -> None:
        """Count the words.

        Args:
            records: columns `paper_id`, `title`, `abstract`, `primary_category`.
        """
        known = category_fields(records)
        self.all = records.filter(pl.col("paper_id").is_in(list(known)))
        self.papers = self.all.with_row_index("paper")
        of_record = [known[paper_id] for paper_id in self.all["paper_id"]]
        self.fields = sorted(set(of_record))
        self.field = np.array([self.fields.index(field) for field in of_record])
        self.part = np.array([part_of(t.lower(), N_PARTS) for t in self.all["title"]])
        nothing = pl.Series("word", [], dtype=pl.String)
        self.words = frequent_words(self.papers, nothing)
        found = Vocabulary(self.words).amounts(self.papers)
        cells = (found["paper"].to_numpy(), found["word"].to_numpy())
        shape = (len(self.papers), len(self.words))
        amounts = csr_array((found["amount"].to_numpy(), cells), shape)
        having = np.bincount(cells[1], minlength=len(self.words))
        self.rare = np.log(len(self.papers) / np.maximum(having, 1))
        self.amounts = csr_array(amounts * self.rare)

    def fitted(self, is_taught: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the weights of words, of which few are kept, and the bases of fields."""
        some = self.amounts[is_taught]
        weights, bases = fit_classes(some, self.field[is_taught], len(self.fields), PENALTY)
        varies = np.sqrt(np.asarray(some.multiply(some).mean(axis=0)).ravel())[:, None]
        much = np.abs(weights) * varies
        n = min(N_WORDS, len(weights))
        least = np.partition(much, -n, axis=0)[-n]
        return np.where(much >= least, weights, 0), bases

    def by_phrases(self, is_meant: np.ndarray, weights: pl.DataFrame) -> np.ndarray:
        """Return what phrases say of the fields of some records, records by fields."""
        some = self.papers.filter(pl.Series(is_meant)).drop("paper").with_row_index("paper")
        phrases = with_weights(reference_table("topic_phrases"), weights)
        mentions = Phrasebook(phrases, reference_table("topic_exclusions")).mentions(texts_of(some))
        found = named_topics(mentions, topic_paths(reference_table("topics")))
        said = np.zeros((len(some), len(self.fields)))
        rows = found.select("paper", "field_id", "score").unique()
        for paper, field, score in rows.iter_rows():
            if field in self.fields:
                said[paper, self.fields.index(field)] = score
        return said


def not_taught(records: Records) -> tuple[np.ndarray, np.ndarray]:
    """Return what words, and phrases, say of records that did not fit the weights."""
    by_words = np.zeros((len(records.field), len(records.fields)))
    by_phrases = np.zeros(by_words.shape)
    for this in range(N_PARTS):
        is_other = records.part != this
        weights, bases = records.fitted(is_other)
        by_words[~is_other] = records.amounts[~is_other] @ weights + bases
        of_phrases = phrase_weights.fit(records.all.filter(pl.Series(is_other)))
        by_phrases[~is_other] = records.by_phrases(~is_other, of_phrases)
    return by_words, by_phrases


def main(file: Path, *, replace: bool) -> None:
    """Print held-out agreement and, if asked to, write the weights to the reference."""
    console = Console()
    records = Records(read_records(file))
    by_words, by_phrases = not_taught(records)
    for name, said in (("words", by_words), ("phrases", by_phrases)):
        console.print(f"{name} alone: {(said.argmax(axis=1) == records.field).mean():.1%}")
    shown = []
    for much in np.arange(0, 2.01, 0.125):
        said = by_words + much * by_phrases
        said = said - said.max(axis=1, keepdims=True)
        logs = said - np.log(np.exp(said).sum(axis=1, keepdims=True))
        right = (said.argmax(axis=1) == records.field).mean()
        shown.append((logs[np.arange(len(said)), records.field].mean(), much, right))
        console.print(
            f"phrases count {much:.3f}: {right:.1%} right, log likelihood {shown[-1][0]:.4f}"
        )
    if replace:
        weights, bases = records.fitted(np.ones(len(records.field), dtype=bool))
        write(as_table(records, weights, bases), WORDS)
        console.print(f"wrote {WORDS}")


def as_table(records: Records, weights: np.ndarray, bases: np.ndarray) -> pl.DataFrame:
    """Return the weights as the reference has them: `topic_id`, `word`, `weight`."""
    rounded = np.round(weights * records.rare[:, None] * 100).astype(int)
    rows, columns = np.nonzero(rounded)
    fields = pl.Series(records.fields, dtype=pl.String)
    found = pl.DataFrame(
        {
            "topic_id": fields.gather(columns),
            "word": records.words.gather(rows),
            "weight": rounded[rows, columns],
        }
    )
    base = pl.DataFrame(
        {"topic_id": fields, "word": EVERY_PAPER, "weight": np.round(bases * 100).astype(int)}
    )
    return pl.concat([base, found]).sort("topic_id", "word")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("records", type=Path)
    arguments.add_argument("--write", action="store_true")
    given = arguments.parse_args()
    main(given.records, replace=given.write)
