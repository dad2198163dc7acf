"""Where the weights of topics' words come from: papers whose phrases are sure.

    python training/topic_words.py RECORDS TRUTH [--labels LABELS] [--write]

A paper whose title names a topic, or whose abstract does so more than once, teaches what other
words go with it (distant supervision, Mintz et al. 2009). So that the words are learned and not the
phrases again, half of the topics of a paper, by chance, have their phrases taken out of the text
that is counted, and in a second copy the other half. A paper that mentions a topic only in passing
says nothing of it, one without any phrase that it is not of the topic.

The weight of a word is the log of how much more often papers of the topic have it than all papers
(naive Bayes), shrunk by c / (c + 2) where c papers have it, times how rare the word is. Words that
people wrote down for a topic, `topic_seeds.csv`, count as well, the more the fewer topics they
stand for. What is kept are those, and what goes with the topic beyond chance (likelihood ratio,
Dunning 1993).

How likely a topic is to be central is a logistic model over its score and what else is known of it
(`word_topics.ODDS`), fitted on the central topics of labelled papers, which teach no weights of
words. These odds are printed, to be put in their place; with --write the weights replace
`sql/reference/topic_words.csv`.
"""

import argparse
import csv
import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
from logistic import fit_logistic
from parts import part_of
from rich.console import Console
from scipy.sparse import csr_array

from pipeline.evaluate.linkage import read_truth
from pipeline.evaluate.topics import reference_table, tag_records
from pipeline.inputs.record_files import read_batches
from pipeline.models.catalogue import SQL_DIR
from pipeline.transforms.topic_words import EVERY_PAPER, tokens, word_amounts, words_of
from pipeline.transforms.topics import phrase_places, topic_paths
from pipeline.transforms.word_topics import ODDS, candidates, evidence, marked

WORDS = SQL_DIR / "reference" / "topic_words.csv"
SEEDS = Path(__file__).parent / "topic_seeds.csv"
# Words of grammar go with no topic, nor do pairs with one of them.
GRAMMAR = Path(__file__).parent / "grammar_words.txt"
# A word is counted from so many papers on, a pair from so many; what a quarter of all papers have
# says nothing.
MIN_PAPERS, MIN_PAPERS_OF_PAIRS, MOST_PAPERS = 5, 6, 0.25
# What a paper counts whose abstract alone names the topic, twice and more often.
TWICE, OFTEN = 0.5, 0.8
# A word is kept of a topic if so many papers of it have it, and chance seldom does that.
MIN_OF_TOPIC, LEAST_RATIO = 1.5, 9.0
SHRINK = 2.0
N_PARTS, PENALTY = 5, 1.0
# One paper in so many has the usual score of a topic; below the least one all scores are chance.
RARE, LEAST_USUAL = 200, 0.1
# Topics with fewer or more sure papers count as if they had so many.
LEAST_SURE, MOST_SURE = 10.0, 500.0
# What the log of the sure papers says, fitted with `ODDS`; without labels it is taken from here.
ODDS_OF_SURE = -0.331


def read_papers(records: Path, truth: Path) -> pl.DataFrame:
    """Return one record of each paper, the one with the longest abstract.

    Args:
        records: Parquet, CSV or JSON lines with `record_id`, `title`, `abstract`.
        truth: `record_id` and `entity_id`.

    Returns:
        Columns `paper`, `paper_id`, `title`, `abstract`, `hashes` of all titles of the paper.
    """
    names = ("record_id", "title", "abstract")
    columns: dict[str, list[str | None]] = {name: [] for name in names}
    for batch in read_batches(records, names, needed=names[:2]):
        for name in names:
            columns[name] += batch.columns.get(name, [None] * len(batch.places))
    rows = pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String), strict=False)
    of_truth = read_truth(truth).select("record_id", paper_id="entity_id")
    known = rows.drop_nulls("title").join(of_truth, on="record_id")
    size = pl.col("abstract").str.len_chars().fill_null(0)
    hashed = pl.Series([hashlib.sha256(t.encode()).hexdigest()[:16] for t in known["title"]])
    return (
        known.with_columns(size=size, hash=hashed)
        .sort("paper_id", "size", "record_id", descending=[False, True, False])
        .group_by("paper_id", maintain_order=True)
        .agg(pl.col("title", "abstract").first(), hashes=pl.col("hash"))
        .with_row_index("paper")
    )


class Lessons:
    """What the papers teach: their words, their topics, and what is not known of them.

    Attributes:
        papers: see `read_papers`.
        topics: all topics, in the order of the columns.
        tagged: what phrases find, see `pipeline.transforms.topics.tag_papers`.
        words: all words and pairs counted.
        amounts, counts: for each copy of the papers, papers by words; in each, half of the sure
            topics of a paper have no phrases.
        is_second: papers by topics, whether it is the second copy that has no phrases of a sure
            topic.
        sure: papers by topics, how sure a paper is of the topic.
    """

    def __init__(self, papers: pl.DataFrame) -> None:
        """Find the phrases and count the words."""
        self.papers = papers
        self.topics = reference_table("topics").sort("topic_id")["topic_id"].to_list()
        phrases, exclusions = reference_table("topic_phrases"), reference_table("topic_exclusions")
        nothing = reference_table("topic_words").clear()
        self.tagged = tag_records(papers, reference_table("topic_phrase_weights"), nothing)
        self.mentions = phrase_places(papers, phrases, exclusions)
        place = pl.DataFrame({"topic_id": self.topics}).with_row_index("topic")
        is_twice = (pl.col("evidence") == "abstract") & (pl.col("n_mentions") == 2)
        is_often = (pl.col("evidence") == "abstract") & (pl.col("n_mentions") > 2)
        once = (pl.col("evidence") == "abstract") & (pl.col("n_mentions") == 1)
        counts = pl.when(is_twice).then(TWICE).when(is_often).then(OFTEN).otherwise(1.0)
        sure = (
            self.tagged.filter(~once & (pl.col("via_topic_id") == pl.col("topic_id")))
            .join(papers.select("paper", "paper_id"), on="paper_id")
            .join(place, on="topic_id")
            .select("paper", "topic", "topic_id", counts=counts)
            .sort("paper", "topic")
        )
        # Which copy loses the phrases, by chance but the same in every run.
        keys = pl.concat_str("paper", "topic_id").alias("key")
        copy = [part_of(key, 2) for key in sure.select(keys)["key"]]
        sure = sure.with_columns(copy=pl.Series(copy, dtype=pl.Int64))
        shape = (len(papers), len(self.topics))
        cells = (sure["paper"].to_numpy(), sure["topic"].to_numpy())
        self.sure = csr_array((sure["counts"].to_numpy(), cells), shape)
        copies = [self._without(sure.filter(pl.col("copy") == n)) for n in range(2)]
        self.words = frequent_words(papers)
        self.amounts = [self._amounts(copy) for copy in copies]
        self.counts = [(amounts > 0).astype(np.float32) for amounts in self.amounts]
        self.n_having = np.asarray((self._amounts(papers) > 0).sum(axis=0)).ravel()
        self.is_second = csr_array((sure["copy"].to_numpy(), cells), shape)

    def _amounts(self, papers: pl.DataFrame) -> csr_array:
        amounts = word_amounts(papers, self.words)
        cells = (amounts["paper"].to_numpy(), amounts["word"].to_numpy())
        shape = (len(papers), len(self.words))
        return csr_array((amounts["amount"].to_numpy().astype(np.float32), cells), shape)

    def _without(self, sure: pl.DataFrame) -> pl.DataFrame:
        """Return the papers without the phrases of some of their topics."""
        spans = self.mentions.join(sure, on=["paper", "topic_id"], how="semi")
        texts = {}
        for is_abstract, name in ((False, "title"), (True, "abstract")):
            found = spans.filter(is_abstract=is_abstract).select("paper", "place", "size")
            texts[name] = _blanked(self.papers[name].to_list(), list(found.iter_rows()))
        return self.papers.select("paper").with_columns(
            **{name: pl.Series(text, dtype=pl.String) for name, text in texts.items()}
        )


def _blanked(
    texts: Sequence[str | None], spans: Sequence[tuple[int, int, int]]
) -> list[str | None]:
    changed: dict[int, bytearray] = {}
    for n, place, size in spans:
        text = changed.setdefault(n, bytearray((texts[n] or "").encode()))
        text[place : place + size] = b"." * size
    return [changed[n].decode() if n in changed else text for n, text in enumerate(texts)]


def frequent_words(papers: pl.DataFrame) -> pl.Series:
    """Return the words and pairs of words that enough papers have, and not too many."""
    found = tokens(papers)
    n_papers = found.group_by("token").agg(n=pl.col("paper").n_unique())
    token = pl.col("token")
    is_word = (token.str.len_chars() > 1) & token.str.contains(r"\D")
    is_word &= ~token.is_in(GRAMMAR.read_text("utf-8").split())
    is_between = pl.col("n").is_between(MIN_PAPERS, MOST_PAPERS * len(papers))
    words = n_papers.filter(is_word & is_between)["token"]
    known = token.is_in(words.implode())
    pairs = (
        found.with_columns(is_known=known)
        .with_columns(
            before=pl.when(
                (pl.col("text") == pl.col("text").shift(1)) & pl.col("is_known").shift(1)
            ).then(token.shift(1))
        )
        .filter("is_known", pl.col("before").is_not_null())
        .group_by(word=pl.concat_str("before", "token", separator=" "))
        .agg(n=pl.col("paper").n_unique())
        .filter(pl.col("n") >= MIN_PAPERS_OF_PAIRS)
    )
    return pl.concat([words.alias("word"), pairs["word"]]).sort()


def seeds(words: pl.Series, topics: Sequence[str], file: Path = SEEDS) -> np.ndarray:
    """Return how much the words written down for topics say of them, words by topics."""
    rows = (
        pl.read_csv(file, schema={"topic_id": pl.String, "words": pl.String})
        .with_columns(title=pl.col("words").str.split("; "))
        .explode("title")
        .with_row_index("paper")
        .with_columns(abstract=pl.lit(None, pl.String))
    )
    spelled = tokens(rows).group_by("paper").agg(word=pl.col("token").str.join(" "))
    cells = (
        rows.join(spelled, on="paper")
        .join(words.to_frame("word").with_row_index("row"), on="word")
        .join(pl.DataFrame({"topic_id": topics}).with_row_index("topic"), on="topic_id")
        .select("row", "topic")
        .unique()
    )
    given = np.zeros((len(words), len(topics)))
    given[cells["row"].to_numpy(), cells["topic"].to_numpy()] = 1
    n_topics = np.maximum(given.sum(axis=1, keepdims=True), 1)
    return given * np.log(len(topics) / n_topics) / 3


def word_weights(lessons: Lessons, is_taught: np.ndarray) -> np.ndarray:
    """Return the weights, words by topics; 0 for what is not kept.

    Args:
        lessons: the papers.
        is_taught: which papers count.
    """
    sure = lessons.sure[is_taught]
    both = [(counts[is_taught].T @ sure).toarray() for counts in lessons.counts]
    having = (both[0] + both[1]) / 2
    n_of_topic = np.asarray(sure.sum(axis=0)).ravel()
    share = np.maximum(lessons.n_having, 1)[:, None] / len(is_taught)
    by_chance = share * n_of_topic
    odds = np.log((having + share) / (n_of_topic + 1) / share)
    learned = np.where(odds > 0, odds * having / (having + SHRINK), 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_ratio = np.where(having > 0, having * np.log(having / by_chance), 0)
    ratio = 2 * (log_ratio - having + by_chance)
    written = seeds(lessons.words, lessons.topics)
    is_kept = (having >= MIN_OF_TOPIC) & (having > by_chance) & (ratio >= LEAST_RATIO)
    is_kept |= (written > 0) & (having >= 0.7 * by_chance)
    rare = np.log(len(is_taught) / np.maximum(lessons.n_having, 1))[:, None] / 4
    return np.where(is_kept, (learned + written) * rare, 0)


def usual_scores(lessons: Lessons, is_taught: np.ndarray) -> np.ndarray:
    """Return the score of each topic that only one paper in two hundred has.

    Every fifth of the papers has the weights of the others, and lacks the phrases of the topic.
    """
    part = np.array([part_of(title.lower(), N_PARTS) for title in lessons.papers["title"]])
    scores = np.zeros((len(part), len(lessons.topics)), dtype=np.float32)
    for this in range(N_PARTS):
        weights = csr_array(word_weights(lessons, is_taught & (part != this)))
        of_part = np.flatnonzero(part == this)
        first, second = ((amounts[of_part] @ weights).toarray() for amounts in lessons.amounts)
        scores[of_part] = np.where(lessons.is_second[of_part].toarray() > 0, second, first)
    return np.maximum(np.quantile(scores, 1 - 1 / RARE, axis=0), LEAST_USUAL)


def as_table(lessons: Lessons, weights: np.ndarray, bases: np.ndarray) -> pl.DataFrame:
    """Return the weights of the topics below the fields: `topic_id`, `word`, `weight`."""
    below = set(reference_table("topics").drop_nulls("parent_topic_id")["topic_id"])
    is_below = np.array([topic in below for topic in lessons.topics])
    rounded = np.round(weights * is_below * 100).astype(int)
    rows, columns = np.nonzero(rounded >= 1)
    topics = pl.Series("topic_id", lessons.topics)
    found = pl.DataFrame(
        {
            "topic_id": topics.gather(columns),
            "word": lessons.words.gather(rows),
            "weight": rounded[rows, columns],
        }
    )
    base = pl.DataFrame(
        {"topic_id": topics, "word": EVERY_PAPER, "weight": np.round(bases * 100).astype(int)}
    ).join(found.select("topic_id").unique(), on="topic_id", how="semi", maintain_order="left")
    return pl.concat([base, found]).sort("topic_id", "word")


def labelled(
    lessons: Lessons, labels: dict[str, set[str]], table: pl.DataFrame
) -> tuple[pl.DataFrame, np.ndarray]:
    """Return the candidates of labelled papers that no phrase found, and which are central.

    Args:
        lessons: the papers.
        labels: the central topics of papers, by the hash of a title.
        table: see `as_table`.

    Returns:
        What `word_topics.marked` returns, sorted, and which of its rows are central.
    """
    meant = (
        lessons.papers.explode("hashes")
        .filter(pl.col("hashes").is_in(list(labels)))
        .unique("paper", keep="first", maintain_order=True)
    )
    paths = topic_paths(reference_table("topics"))
    found = (
        lessons.tagged.join(meant.select("paper", "paper_id"), on="paper_id")
        .join(paths.select("topic_id", "field_id").unique(), on="topic_id")
        .select("paper", "topic_id", "field_id")
    )
    fields = paths.select("topic_id", "field_id").unique()
    numbers = meant.select("paper", "hashes").with_row_index("n")
    amounts = word_amounts(meant.with_columns(paper=numbers["n"]), words_of(table))
    found, mentioned = (
        rows.join(numbers, on="paper").drop("paper").rename({"n": "paper"})
        for rows in (found, lessons.mentions)
    )
    likely = candidates(amounts, len(meant), table, fields)
    likely = marked(likely, found, mentioned).filter(~pl.col("is_found"))
    hashes = dict(numbers.select("n", "hashes").iter_rows())
    is_central = [t in labels[hashes[p]] for p, t in likely.select("paper", "topic_id").iter_rows()]
    return likely, np.array(is_central)


def fit_odds(
    likely: pl.DataFrame, is_central: np.ndarray, logs: dict[str, np.ndarray]
) -> dict[str, float]:
    """Return the odds of `word_topics.ODDS`, with those of the logs of each topic.

    Args:
        likely: see `labelled`.
        is_central: which are central.
        logs: by name, a value of each topic, in the order of the topics.
    """
    values = likely.select(**{n: v for n, v in evidence().items() if n != "base"})
    topics = {t: n for n, t in enumerate(reference_table("topics").sort("topic_id")["topic_id"])}
    places = np.array([topics[t] for t in likely["topic_id"]], dtype=int)
    columns = {name: values[name].to_numpy().astype(float) for name in values.columns}
    columns |= {name: value[places] for name, value in logs.items()}
    columns["log_score"] = columns["log_score"] - columns.pop("log_usual")
    table = np.column_stack(list(columns.values()))
    mean, scale = table.mean(axis=0), table.std(axis=0) + 1e-9
    base, odds = fit_logistic(
        csr_array((table - mean) / scale),
        is_central.astype(float),
        np.ones(len(is_central)),
        PENALTY,
    )
    odds = odds / scale
    return {"base": float(base - odds @ mean)} | dict(zip(columns, map(float, odds), strict=True))


def read_labels(file: Path) -> dict[str, set[str]]:
    """Return the central topics of papers by the hash of their title, see benchmarks."""
    with file.open(encoding="utf-8", newline="") as lines:
        return {
            row["title_hash"]: set(filter(None, row["topic_ids"].split(";")))
            for row in csv.DictReader(lines)
        }


def write(table: pl.DataFrame, file: Path = WORDS) -> None:
    """Write the weights as the reference holds them."""
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(table.columns)
        writer.writerows(table.iter_rows())


def main(records: Path, truth: Path, labels_file: Path | None, *, replace: bool) -> None:
    """Print the odds and, if asked to, write the weights to the reference."""
    console = Console()
    lessons = Lessons(read_papers(records, truth))
    labels = read_labels(labels_file) if labels_file else {}
    is_read = lessons.papers.select(
        pl.col("hashes").list.eval(pl.element().is_in(list(labels))).list.any()
    )
    is_taught = ~is_read.to_series().to_numpy()
    weights = word_weights(lessons, is_taught)
    usual = usual_scores(lessons, is_taught)
    n_sure = np.asarray(lessons.sure[is_taught].sum(axis=0)).ravel()
    logs = {"log_usual": np.log(usual), "log_sure": np.log(np.clip(n_sure, LEAST_SURE, MOST_SURE))}
    bases = np.zeros(len(lessons.topics))
    odds: dict[str, float] = dict(ODDS)
    if labels:
        likely, is_central = labelled(lessons, labels, as_table(lessons, weights, bases))
        odds = fit_odds(likely, is_central, logs)
        console.print(f"{len(likely)} candidates of labelled papers, {is_central.sum()} central")
        console.print({name: round(odd, 3) for name, odd in odds.items()})
    bases = odds.get("log_sure", ODDS_OF_SURE) * logs["log_sure"]
    bases -= odds["log_score"] * logs["log_usual"]
    table = as_table(lessons, weights, bases)
    console.print(f"{len(table)} weights of {table['topic_id'].n_unique()} topics")
    if replace:
        write(table)
        console.print(f"wrote {WORDS}")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("records", type=Path)
    arguments.add_argument("truth", type=Path)
    arguments.add_argument("--labels", type=Path)
    arguments.add_argument("--write", action="store_true")
    given = arguments.parse_args()
    main(given.records, given.truth, given.labels, replace=given.write)
