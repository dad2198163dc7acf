"""How likely topics are given rightly: labelled papers in, the odds of `word_topics.ODDS` out.

What belongs here: fitting the odds, and saying what they find of papers that did not fit them. What
does not: the weights of words (`topic_words`, whose script prints what is found here).
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from logistic import fit_logistic
from parts import part_of
from scipy.sparse import csr_array, hstack

from pipeline.evaluate.topics import reference_table
from pipeline.transforms.topic_mentions import Phrasebook, named_topics, texts_of, with_weights
from pipeline.transforms.topic_words import Vocabulary, WordWeights, words_of
from pipeline.transforms.topics import topic_paths
from pipeline.transforms.word_topics import candidates, evidence, topic_kinds

# How strongly the odds are drawn to nothing, and what is so of one topic alone.
PENALTY, PENALTY_OF_TOPICS = 1.0, 4.0
# A central topic counts so often: to miss it is worse.
CENTRAL = 2.0
# The probabilities for which the figures are printed.
CUTS = (0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8)


@dataclass(frozen=True, slots=True)
class Judged:
    """The candidates of papers, and what readers say of them.

    Attributes:
        rows: what `candidates_of` returns.
        is_central: which of them readers call central.
        is_right: which of them readers call right, the central ones among them.
        is_known: of which of them readers say whether they are right.
        n_central: how many central topics the papers have, candidates or not.
        n_papers: how many papers there are.
    """

    rows: pl.DataFrame
    is_central: np.ndarray
    is_right: np.ndarray
    is_known: np.ndarray
    n_central: int
    n_papers: int

    @classmethod
    def of_taught(cls, rows: pl.DataFrame, taught: pl.DataFrame) -> "Judged":
        """Return what `read_taught` says of candidates: what is not named there is wrong."""
        central = _pairs(taught, "central")
        right = central | _pairs(taught, "right")
        keys = list(rows.select("paper", "topic_id").iter_rows())
        return cls(
            rows,
            np.array([key in central for key in keys]),
            np.array([key in right for key in keys]),
            np.ones(len(keys), dtype=bool),
            len(central),
            len(taught),
        )

    @classmethod
    def of_labels(
        cls,
        rows: pl.DataFrame,
        papers: pl.DataFrame,
        labels: Mapping[str, set[str]],
        verdicts: Mapping[tuple[str, str], bool],
    ) -> "Judged":
        """Return what labels and verdicts say of candidates, see `benchmarks/topic_labels.py`."""
        known = papers.select("paper", "hashes").explode("hashes")
        named = {paper: name for paper, name in known.iter_rows() if name in labels}
        keys = [
            (named[paper], topic) for paper, topic in rows.select("paper", "topic_id").iter_rows()
        ]
        is_central = np.array([topic in labels[paper] for paper, topic in keys])
        return cls(
            rows,
            is_central,
            np.array([verdicts.get(key, False) for key in keys]),
            np.array([key in verdicts for key in keys]),
            sum(len(labels[paper]) for paper in named.values()),
            len(named),
        )

    def probability(self, odds: Mapping[str, float]) -> np.ndarray:
        """Return how likely candidates are right by odds; `base` is the one of their tables."""
        said = evidence()
        sums = pl.sum_horizontal("base", *(odd * said[name] for name, odd in odds.items()))
        return self.rows.select(1 / (1 + (-sums).exp())).to_series().to_numpy()

    def only(self, is_meant: np.ndarray) -> "Judged":
        """Return some of the candidates."""
        arrays = (self.is_central, self.is_right, self.is_known)
        rows = self.rows.filter(pl.Series(is_meant))
        return Judged(rows, *(a[is_meant] for a in arrays), self.n_central, self.n_papers)


def _pairs(taught: pl.DataFrame, column: str) -> set[tuple[int, str]]:
    return set(taught.select("paper", column).explode(column).drop_nulls().iter_rows())


def read_labels(files: Iterable[Path]) -> dict[str, set[str]]:
    """Return the central topics of papers by the hash of their title, see benchmarks."""
    labels = {}
    for file in files:
        with file.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                labels[row["title_hash"]] = set(filter(None, row["topic_ids"].split(";")))
    return labels


def read_verdicts(files: Iterable[Path]) -> dict[tuple[str, str], bool]:
    """Return whether topics of papers were judged right, by title hash and topic."""
    verdicts = {}
    for file in files:
        with file.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                verdicts[row["title_hash"], row["topic_id"]] = row["verdict"] == "right"
    return verdicts


def read_taught(file: Path, papers: pl.DataFrame) -> pl.DataFrame:
    """Return what readers who saw the likeliest topics of papers say of them.

    Args:
        file: CSV with `title_hash`, `central`, `right` (topics joined by `;`).
        papers: columns `paper`, `hashes` of all titles.

    Returns:
        Columns `paper`, `central`, `right`, one row for each paper that is there.
    """
    topics = ("central", "right")
    rows = pl.read_csv(file, schema=dict.fromkeys(("title_hash", *topics), pl.String))
    of_topics = [
        pl.col(name).fill_null("").str.split(";").list.eval(pl.element().filter(pl.element() != ""))
        for name in topics
    ]
    places = papers.select("paper", title_hash="hashes").explode("title_hash")
    found = rows.with_columns(of_topics).join(places, on="title_hash")
    return found.unique("paper", keep="first").sort("paper").select("paper", *topics)


def candidates_of(
    papers: pl.DataFrame, tables: Sequence[tuple[np.ndarray, pl.DataFrame]], meant: pl.Series
) -> pl.DataFrame:
    """Return the candidates of papers, see `word_topics.candidates`.

    Args:
        papers: columns `paper` (numbered from 0), `title`, `abstract`.
        tables: which papers the weights of words are for, and the weights: `topic_id`, `word`,
            `weight`.
        meant: which papers.
    """
    paths = topic_paths(reference_table("topics"))
    phrases = with_weights(
        reference_table("topic_phrases"), reference_table("topic_phrase_weights")
    )
    phrasebook = Phrasebook(phrases, reference_table("topic_exclusions"))
    kinds = topic_kinds(paths)
    is_meant = papers["paper"].is_in(meant.implode()).to_numpy()
    found = []
    for is_for, table in tables:
        some = papers.filter(pl.Series(is_for & is_meant))
        numbered = some.select("title", "abstract").with_row_index("paper")
        mentions = phrasebook.mentions(texts_of(numbered))
        vocabulary = Vocabulary(words_of(table))
        rows = candidates(
            vocabulary.amounts(numbered),
            len(numbered),
            WordWeights(table, kinds["topic_id"].to_list(), vocabulary),
            paths,
            named_topics(mentions, paths),
        )
        title = some["title"].gather(rows["paper"])
        found.append(rows.with_columns(paper=some["paper"].gather(rows["paper"]), title=title))
    return pl.concat(found)


def fit_odds(known: Judged) -> tuple[dict[str, float], dict[str, float]]:
    """Return the odds by name, and the base of each topic: what is so whatever speaks for it."""
    said = {name: value.alias(name) for name, value in evidence().items()}
    table = known.rows.select(said.values()).to_numpy().astype(float)
    mean, scale = table.mean(axis=0), table.std(axis=0) + 1e-9
    topics = reference_table("topics")["topic_id"].sort().to_list()
    numbers = {topic: n for n, topic in enumerate(topics)}
    places = [numbers[topic] for topic in known.rows["topic_id"]]
    cells = (np.ones(len(places)), (np.arange(len(places)), places))
    of_topics = csr_array(cells, (len(places), len(topics)))
    counts = np.where(known.is_central, CENTRAL, 1.0)
    penalties = np.r_[np.full(len(said), PENALTY), np.full(len(topics), PENALTY_OF_TOPICS)]
    base, weights = fit_logistic(
        csr_array(hstack([csr_array((table - mean) / scale), of_topics], format="csr")),
        counts * known.is_right,
        counts,
        penalties,
    )
    odds = weights[: len(said)] / scale
    base = float(base - odds @ mean)
    of_topic = weights[len(said) :]
    return (
        dict(zip(said, map(float, odds), strict=True)),
        {topic: base + float(of_topic[n]) for topic, n in numbers.items()},
    )


def probabilities(known: Judged, n_parts: int) -> np.ndarray:
    """Return how likely each candidate is right by the odds that the other papers gave."""
    part = np.array([part_of(title.lower(), n_parts) for title in known.rows["title"]])
    found = np.zeros(len(part))
    for this in set(part):
        odds, bases = fit_odds(known.only(part != this))
        some = known.only(part == this)
        base = [bases[topic] for topic in some.rows["topic_id"]]
        rows = some.rows.with_columns(base=pl.Series(base))
        found[part == this] = Judged(
            rows, some.is_central, some.is_right, some.is_known, some.n_central, some.n_papers
        ).probability(odds)
    return found


def lines(known: Judged, probability: np.ndarray) -> Iterator[str]:
    """Yield what is found from each probability on."""
    for cut in CUTS:
        is_given = probability >= cut
        central = int(known.is_central[is_given].sum())
        right = known.is_right[is_given & known.is_known]
        yield (
            f"from {cut:.2f}: {is_given.sum() / known.n_papers:.2f} topics a paper, "
            f"{central} of {known.n_central} central = {central / known.n_central:.1%}; "
            f"{right.sum()} of {len(right)} judged are right = {right.mean():.1%}"
            if len(right)
            else f"from {cut:.2f}: {central} of {known.n_central} central"
        )
