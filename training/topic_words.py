"""Where the weights of topics' words come from: papers whose phrases are sure.

    python training/topic_words.py RECORDS TRUTH [--labels LABELS]... [--verdicts FILE] [--write]

A paper whose title names a topic, or whose abstract does so more than once, teaches what other
words go with it (distant supervision, Mintz et al. 2009). So that the words are learned and not the
phrases again, half of the topics of a paper, by chance, have their phrases taken out of the text
that is counted, and in a second copy the other half. A paper that mentions a topic only in passing
says nothing of it, one without any phrase that it is not of the topic.

The weight of a word is the log of how much more often papers of the topic have it than all papers
(naive Bayes), shrunk by c / (c + 2) where c papers have it, times how rare the word is. What people
wrote down for a topic, `topic_titles.csv`, counts as well, the more the fewer topics it stands for:
the words that go with it, and titles of papers such as might be written of it. What is kept are
those, and what goes with the topic beyond chance (likelihood ratio, Dunning 1993).

How likely a topic is to be central, named by a phrase or not, is a logistic model over its score
and what else is known of it (`word_topics.ODDS`), fitted on the central topics of labelled papers,
which teach no weights of words. These odds are printed, to be put in their place, with what they
find of papers that did not fit them; with --write the weights replace
`sql/reference/topic_words.csv`.
"""

import argparse
import csv
import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
from parts import part_of
from rich.console import Console
from scipy.sparse import csr_array
from topic_odds import fit_odds, held_out, labelled, lines, read_labels, read_verdicts, spoken
from written_words import said_of_topics, written_words

from pipeline.evaluate.linkage import read_truth
from pipeline.evaluate.topics import reference_table, tag_records
from pipeline.inputs.record_files import read_batches
from pipeline.models.catalogue import SQL_DIR
from pipeline.transforms.topic_mentions import mentions_of, texts_of
from pipeline.transforms.topic_words import EVERY_PAPER, tokens, word_amounts
from pipeline.transforms.word_topics import ODDS

WORDS = SQL_DIR / "reference" / "topic_words.csv"
TITLES = Path(__file__).parent / "topic_titles.csv"
# Words of grammar go with no topic, nor do pairs with one of them.
GRAMMAR = Path(__file__).parent / "grammar_words.txt"
# A word is counted from so many papers on, a pair from so many; what a quarter of all papers have
# says nothing.
MIN_PAPERS, MIN_PAPERS_OF_PAIRS, MOST_PAPERS = 5, 6, 0.25
# One that was written down for a topic is counted from so many on.
MIN_PAPERS_OF_TERMS = 2
# What a paper counts whose abstract alone names the topic, twice and more often.
TWICE, OFTEN = 0.5, 0.8
# A word is kept of a topic if so many papers of it have it, and chance seldom does that.
MIN_OF_TOPIC, LEAST_RATIO = 1.5, 11.0
SHRINK = 2.0
N_PARTS = 5
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
        said_of_topics: words by topics, see `said_of_topics`.
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
        mentions = mentions_of(
            texts_of(papers), phrases.with_columns(says=pl.lit(1.0)), exclusions
        ).select("paper", "topic_id", "is_abstract", "place", "size")
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
        copies = [
            without_phrases(
                papers,
                mentions.join(
                    sure.filter(pl.col("copy") == n), on=["paper", "topic_id"], how="semi"
                ),
            )
            for n in range(2)
        ]
        self.written = written_words(TITLES)
        terms = self.written.filter(pl.col("n_terms") > 0)["word"].unique().sort()
        self.words = frequent_words(papers, terms)
        self.said_of_topics = said_of_topics(self.written, self.words, self.topics)
        self.amounts = [self._amounts(copy) for copy in copies]
        self.counts = [(amounts > 0).astype(np.float32) for amounts in self.amounts]
        self.n_having = np.asarray((self._amounts(papers) > 0).sum(axis=0)).ravel()
        self.is_second = csr_array((sure["copy"].to_numpy(), cells), shape)

    def _amounts(self, papers: pl.DataFrame) -> csr_array:
        amounts = word_amounts(papers, self.words)
        cells = (amounts["paper"].to_numpy(), amounts["word"].to_numpy())
        shape = (len(papers), len(self.words))
        return csr_array((amounts["amount"].to_numpy().astype(np.float32), cells), shape)


def without_phrases(papers: pl.DataFrame, spans: pl.DataFrame) -> pl.DataFrame:
    """Return the papers with dots in the place of phrases.

    Args:
        papers: columns `paper`, `title`, `abstract`.
        spans: columns `paper`, `is_abstract`, `place` and `size` in bytes.
    """
    texts = {}
    for is_abstract, name in ((False, "title"), (True, "abstract")):
        found = spans.filter(is_abstract=is_abstract).select("paper", "place", "size")
        texts[name] = _blanked(papers[name].to_list(), list(found.iter_rows()))
    return papers.select("paper").with_columns(
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


def frequent_words(papers: pl.DataFrame, terms: pl.Series) -> pl.Series:
    """Return the words and pairs of words that enough papers have, and not too many.

    Args:
        papers: columns `paper`, `title`, `abstract`.
        terms: words and pairs that fewer papers need have.
    """
    found = tokens(papers)
    n_papers = found.group_by("token").agg(n=pl.col("paper").n_unique())
    token = pl.col("token")
    is_word = (token.str.len_chars() > 1) & token.str.contains(r"\D")
    is_word &= ~token.is_in(GRAMMAR.read_text("utf-8").split())
    parts = terms.str.split(" ").explode().unique().implode()
    least = pl.when(token.is_in(parts)).then(MIN_PAPERS_OF_TERMS).otherwise(MIN_PAPERS)
    is_between = pl.col("n").is_between(least, MOST_PAPERS * len(papers))
    words = n_papers.filter(is_word & is_between)["token"]
    known = token.is_in(words.implode())
    is_term = pl.col("word").is_in(terms.implode())
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
        .filter(
            pl.col("n") >= pl.when(is_term).then(MIN_PAPERS_OF_TERMS).otherwise(MIN_PAPERS_OF_PAIRS)
        )
    )
    return pl.concat([words.alias("word"), pairs["word"]]).sort()


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
    written = lessons.said_of_topics
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


def write(table: pl.DataFrame, file: Path = WORDS) -> None:
    """Write the weights as the reference holds them."""
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(table.columns)
        writer.writerows(table.iter_rows())


def main(given: argparse.Namespace) -> None:
    """Print the odds and, if asked to, write the weights to the reference."""
    console = Console()
    lessons = Lessons(read_papers(given.records, given.truth))
    labels = read_labels(given.labels)
    is_read = lessons.papers.select(
        pl.col("hashes").list.eval(pl.element().is_in(list(labels))).list.any()
    )
    is_taught = ~is_read.to_series().to_numpy()
    weights = word_weights(lessons, is_taught)
    usual = usual_scores(lessons, is_taught)
    n_sure = np.asarray(lessons.sure[is_taught].sum(axis=0)).ravel()
    logs = {"log_usual": np.log(usual), "log_sure": np.log(np.clip(n_sure, LEAST_SURE, MOST_SURE))}
    odds: dict[str, float] = dict(ODDS)
    if labels:
        verdicts = read_verdicts(given.verdicts) if given.verdicts else {}
        without_bases = as_table(lessons, weights, np.zeros(len(lessons.topics)))
        known = labelled(lessons.papers, labels, verdicts, without_bases)
        table, names = spoken(known.rows, logs)
        console.print(f"{known.n_papers} labelled papers with {len(known.rows)} candidates")
        for line in lines(known, held_out(known, table, names)):
            console.print(line)
        odds = fit_odds(table, names, known.is_central)
        console.print({name: round(odd, 3) for name, odd in odds.items()})
    bases = odds.get("log_sure", ODDS_OF_SURE) * logs["log_sure"]
    bases -= odds["log_score"] * logs["log_usual"]
    found = as_table(lessons, weights, bases)
    console.print(f"{len(found)} weights of {found['topic_id'].n_unique()} topics")
    if given.write:
        write(found)
        console.print(f"wrote {WORDS}")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("records", type=Path)
    arguments.add_argument("truth", type=Path)
    arguments.add_argument("--labels", type=Path, action="append", default=[])
    arguments.add_argument("--verdicts", type=Path)
    arguments.add_argument("--write", action="store_true")
    main(arguments.parse_args())
