"""How likely topics are to be central: labelled papers in, the odds of `word_topics.ODDS` out.

What belongs here: fitting the odds, and saying what they find of papers that did not fit them. What
does not: the weights of words (`topic_words`, whose script prints what is found here).
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from logistic import fit_logistic
from parts import part_of
from scipy.sparse import csr_array

from pipeline.evaluate.topics import reference_table
from pipeline.transforms.topic_mentions import mentions_of, named_topics, texts_of, with_weights
from pipeline.transforms.topic_words import word_amounts, words_of
from pipeline.transforms.topics import topic_paths
from pipeline.transforms.word_topics import candidates, evidence, topic_kinds

PENALTY, N_PARTS = 1.0, 10
# The probabilities for which the figures are printed.
CUTS = (0.1, 0.12, 0.14, 0.16, 0.18, 0.2, 0.25, 0.3)


@dataclass(frozen=True, slots=True)
class Labelled:
    """The candidates of labelled papers, and what readers say of them.

    Attributes:
        rows: what `word_topics.candidates` returns, and `title_hash`, `is_sure`.
        is_central: which of them readers call central.
        is_right: 1 for what a reader judged right, 0 for wrong, -1 for what none judged.
        n_central: how many central topics the papers have, candidates or not.
        n_papers: how many papers there are.
    """

    rows: pl.DataFrame
    is_central: np.ndarray
    is_right: np.ndarray
    n_central: int
    n_papers: int


def read_labels(files: list[Path]) -> dict[str, set[str]]:
    """Return the central topics of papers by the hash of their title, see benchmarks."""
    labels = {}
    for file in files:
        with file.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                labels[row["title_hash"]] = set(filter(None, row["topic_ids"].split(";")))
    return labels


def read_verdicts(file: Path) -> dict[tuple[str, str], bool]:
    """Return whether topics of papers were judged right, by title hash and topic."""
    with file.open(encoding="utf-8", newline="") as lines:
        return {
            (row["title_hash"], row["topic_id"]): row["verdict"] == "right"
            for row in csv.DictReader(lines)
        }


def labelled(
    papers: pl.DataFrame,
    labels: Mapping[str, set[str]],
    verdicts: Mapping[tuple[str, str], bool],
    table: pl.DataFrame,
) -> Labelled:
    """Return the candidates of labelled papers.

    Args:
        papers: columns `title`, `abstract`, `hashes` of all titles.
        labels: the central topics of papers, by the hash of a title.
        verdicts: see `read_verdicts`.
        table: the weights of words: `topic_id`, `word`, `weight`.
    """
    meant = (
        papers.explode("hashes")
        .filter(pl.col("hashes").is_in(list(labels)))
        .unique("hashes", keep="first", maintain_order=True)
        .select("title", "abstract", title_hash="hashes")
        .with_row_index("paper")
    )
    paths = topic_paths(reference_table("topics"))
    phrases = with_weights(
        reference_table("topic_phrases"), reference_table("topic_phrase_weights")
    )
    found = mentions_of(texts_of(meant), phrases, reference_table("topic_exclusions"))
    named = named_topics(found, paths)
    rows = candidates(
        word_amounts(meant, words_of(table)),
        len(meant),
        table,
        topic_kinds(paths),
        named.select("paper", "topic_id", "is_strong", "in_title"),
        named.select("paper", "field_id", "behind").unique().drop_nulls(),
    )
    sure = named.filter("is_sure").select("paper", "topic_id", "is_sure")
    rows = rows.join(sure, on=["paper", "topic_id"], how="left", maintain_order="left")
    rows = rows.with_columns(
        pl.col("is_sure").fill_null(value=False),
        title_hash=meant["title_hash"].gather(rows["paper"]),
    )
    keys = list(rows.select("title_hash", "topic_id").iter_rows())
    return Labelled(
        rows,
        np.array([topic in labels[paper] for paper, topic in keys]),
        np.array([int(verdicts[key]) if key in verdicts else -1 for key in keys]),
        sum(len(labels[paper]) for paper in meant["title_hash"]),
        len(meant),
    )


def fit_odds(table: np.ndarray, names: list[str], is_central: np.ndarray) -> dict[str, float]:
    """Return the odds by name, `base` among them.

    Args:
        table: what speaks for the candidates, see `spoken`.
        names: of its columns.
        is_central: which candidates are central.
    """
    mean, scale = table.mean(axis=0), table.std(axis=0) + 1e-9
    base, odds = fit_logistic(
        csr_array((table - mean) / scale),
        is_central.astype(float),
        np.ones(len(is_central)),
        PENALTY,
    )
    odds = odds / scale
    return {"base": float(base - odds @ mean)} | dict(zip(names, map(float, odds), strict=True))


def spoken(rows: pl.DataFrame, logs: Mapping[str, np.ndarray]) -> tuple[np.ndarray, list[str]]:
    """Return what speaks for candidates, and the names of its columns.

    Args:
        rows: what `word_topics.candidates` returns.
        logs: `log_usual` and `log_sure`, a value of each topic in the order of the topics.
    """
    values = rows.select(**{n: v for n, v in evidence().items() if n != "base"})
    topics = {t: n for n, t in enumerate(reference_table("topics").sort("topic_id")["topic_id"])}
    places = np.array([topics[t] for t in rows["topic_id"]], dtype=int)
    columns = {name: values[name].to_numpy().astype(float) for name in values.columns}
    columns |= {name: value[places] for name, value in logs.items()}
    columns["log_score"] = columns["log_score"] - columns.pop("log_usual")
    return np.column_stack(list(columns.values())), list(columns)


def held_out(known: Labelled, table: np.ndarray, names: list[str]) -> np.ndarray:
    """Return the probability of each candidate by the odds that the other papers gave."""
    part = np.array([part_of(paper, N_PARTS) for paper in known.rows["title_hash"]])
    probability = np.zeros(len(part))
    for this in set(part):
        is_other = part != this
        odds = fit_odds(table[is_other], names, known.is_central[is_other])
        said = odds.pop("base") + table[~is_other] @ np.array(list(odds.values()))
        probability[~is_other] = 1 / (1 + np.exp(-said))
    return probability


def lines(known: Labelled, probability: np.ndarray) -> Iterator[str]:
    """Yield what is found from each probability on, below the fields; see `held_out`."""
    is_sure = known.rows["is_sure"].to_numpy()
    for cut in CUTS:
        is_given = is_sure | (probability >= cut)
        central = int(known.is_central[is_given].sum())
        judged = known.is_right[is_given & (known.is_right >= 0)]
        yield (
            f"from {cut:.2f}: {is_given.sum() / known.n_papers:.2f} topics a paper, "
            f"{central} of {known.n_central} central = {central / known.n_central:.1%}; "
            f"{judged.sum()} of {len(judged)} judged are right = {judged.mean():.1%}"
            if len(judged)
            else f"from {cut:.2f}: {central} of {known.n_central} central"
        )
