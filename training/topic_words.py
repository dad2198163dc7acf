"""Where the weights of topics' words come from: papers of known topics, and what was written down.

    python training/topic_words.py RECORDS TRUTH [--labels LABELS]... [--verdicts FILE]... [--write]

The score of a topic is a sum of weights of words, of three parts that count as MADE, SPACE, TAUGHT:

- how like a paper is to what was written down for the topic, `topic_titles.csv`: the cosine of
  their words, rare words counting more (Salton and Buckley 1988);
- the same in a space of few dimensions, in which words that go together lie together (latent
  semantic analysis, Deerwester et al. 1990), so that other words than those written down count;
- how like it is in that space to papers of the topic: ridge regression on papers that readers gave
  to topics, `topic_papers.csv`, and on those whose phrases are sure (distant supervision, Mintz et
  al. 2009), which count less.

Of the sum the words that say most are kept: a table that people can read instead of factors.

How likely a topic is given rightly is a logistic model over its score and what phrases say of it
(`word_topics.ODDS`), fitted on the papers of `topic_papers.csv` with scores that they did not
teach; a central topic counts twice. What is printed are these odds, to be put in their place, and
what they find of LABELS, see `benchmarks/topic_labels.py`, whose papers teach nothing; with --write
the weights replace `sql/reference/topic_words.csv`.
"""

import argparse
import csv
import hashlib
from pathlib import Path

import numpy as np
import polars as pl
from parts import part_of
from rich.console import Console
from scipy.sparse import csr_array, diags_array
from scipy.sparse.linalg import svds
from topic_odds import (
    Judged,
    candidates_of,
    fit_odds,
    lines,
    probabilities,
    read_labels,
    read_taught,
    read_verdicts,
)
from written_words import said_of_topics, written_words

from pipeline.evaluate.linkage import read_truth
from pipeline.evaluate.topics import reference_table, tag_records
from pipeline.inputs.record_files import read_batches
from pipeline.models.catalogue import SQL_DIR
from pipeline.transforms.topic_words import EVERY_PAPER, Vocabulary, tokens

WORDS = SQL_DIR / "reference" / "topic_words.csv"
TITLES = Path(__file__).parent / "topic_titles.csv"
PAPERS = Path(__file__).parent / "topic_papers.csv"
# Words of grammar go with no topic, nor do pairs with one of them.
GRAMMAR = Path(__file__).parent / "grammar_words.txt"
# A word is counted from so many papers on, a pair from so many; what a quarter of all papers have
# says nothing.
MIN_PAPERS, MIN_PAPERS_OF_PAIRS, MOST_PAPERS = 5, 6, 0.25
# One that was written down for a topic is counted from so many on.
MIN_PAPERS_OF_TERMS = 2
# What a paper counts that phrases give to a topic: by its title, and by its abstract alone that
# names it once, twice, more often.
IN_TITLE, ONCE, TWICE, OFTEN = 1.0, 0.0, 0.5, 0.8
# What it counts that a reader gave to the topic: central, or right. Of such a paper all topics are
# known, so it teaches as much as so many others.
CENTRAL, RIGHT, READ = 1.0, 0.5, 3.0
# What each part of a score counts, in units of how much it varies over papers.
MADE, SPACE, TAUGHT = 1.0, 1.0, 2.0
N_DIMENSIONS, RIDGE = 300, 3.0
# So many words of a topic are kept, the ones that say most of papers.
N_WORDS = 400
N_PARTS = 5


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
    """What the papers teach: their words and their topics.

    Attributes:
        papers: see `read_papers`.
        topics: the topics below the fields, in the order of the columns.
        words: all words and pairs counted.
        amounts: papers by words, how much is made of a word, see `Vocabulary`.
        rare: how much a word counts for being rare: the log of papers to papers having it.
        written: topics by words, what was written down for topics.
        space: words by dimensions, directions of unit length.
        given: papers by topics, how sure a paper is of the topic.
        counts: how much each paper teaches.
    """

    def __init__(self, papers: pl.DataFrame, taught: pl.DataFrame) -> None:
        """Count the words, and look up the topics.

        Args:
            papers: see `read_papers`.
            taught: what readers say of papers, see `read_taught`.
        """
        self.papers = papers
        below = reference_table("topics").drop_nulls("parent_topic_id")
        self.topics = below["topic_id"].sort().to_list()
        written = written_words(TITLES)
        terms = written.filter(pl.col("n_terms") > 0)["word"].unique().sort()
        self.words = frequent_words(papers, terms)
        found = Vocabulary(self.words).amounts(papers)
        cells = (found["paper"].to_numpy(), found["word"].to_numpy())
        shape = (len(papers), len(self.words))
        self.amounts = csr_array((found["amount"].to_numpy(), cells), shape)
        having = np.bincount(cells[1], minlength=len(self.words))
        self.rare = np.log(len(papers) / np.maximum(having, 1))
        said = said_of_topics(written, self.words, self.topics).T * self.rare
        self.written = said / np.maximum(np.linalg.norm(said, axis=1, keepdims=True), 1e-9)
        weighed = csr_array(self.amounts * self.rare)
        size = np.sqrt(weighed.multiply(weighed).sum(axis=1))
        unit = csr_array(diags_array(1 / np.maximum(size, 1e-9)) @ weighed)
        n = min(N_DIMENSIONS, min(unit.shape) - 1)
        self.space = svds(unit, k=n, rng=np.random.default_rng(0))[2].T
        self.given = self._given(taught)
        self.counts = np.ones(len(papers))
        self.counts[taught["paper"].to_numpy()] = READ

    def _given(self, taught: pl.DataFrame) -> np.ndarray:
        tagged = tag_records(
            self.papers,
            reference_table("topic_phrase_weights"),
            reference_table("topic_words").clear(),
        )
        n = pl.col("n_mentions")
        of_abstract = pl.when(n == 1).then(ONCE).when(n == 2).then(TWICE).otherwise(OFTEN)
        counts = pl.when(pl.col("evidence") == "title").then(IN_TITLE).otherwise(of_abstract)
        by_phrases = (
            tagged.filter(pl.col("via_topic_id") == pl.col("topic_id"))
            .join(self.papers.select("paper", "paper_id"), on="paper_id")
            .join(taught, on="paper", how="anti")
            .select("paper", "topic_id", counts=counts)
        )
        by_readers = [
            taught.select("paper", topic_id=column, counts=pl.lit(much)).explode("topic_id")
            for column, much in (("right", RIGHT), ("central", CENTRAL))
        ]
        place = pl.DataFrame({"topic_id": self.topics}).with_row_index("topic")
        given = np.zeros((len(self.papers), len(self.topics)))
        for rows in (by_phrases, *by_readers):
            known = rows.join(place, on="topic_id")
            cells = (known["paper"].to_numpy(), known["topic"].to_numpy())
            given[cells] = known["counts"].to_numpy()
        return given


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
    """Return the weights, words by topics, of scores that vary by 1; 0 for what is not kept.

    Args:
        lessons: the papers.
        is_taught: which papers count.
    """
    weighed = csr_array(lessons.amounts * lessons.rare)[is_taught]
    parts = (
        (MADE, lessons.written.T),
        (SPACE, lessons.space @ _unit(lessons.written @ lessons.space).T),
        (TAUGHT, lessons.space @ _ridge(lessons, weighed, is_taught)),
    )
    full = np.zeros(parts[0][1].shape)
    for much, weights in parts:
        full += much * weights / (_varies(weighed, weights) + 1e-9)
    kept = _strongest(weighed, full)
    return kept / (_varies(weighed, kept) + 1e-9) * lessons.rare[:, None]


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def _varies(weighed: csr_array, weights: np.ndarray) -> np.ndarray:
    """Return how much each topic's score varies, by every third of the papers."""
    return np.asarray(weighed[::3] @ weights).std(axis=0)


def _ridge(lessons: Lessons, weighed: csr_array, is_taught: np.ndarray) -> np.ndarray:
    """Return dimensions by topics: ridge regression of the topics of papers on their places."""
    places = np.asarray(weighed @ lessons.space)
    scale = np.sqrt((places**2).sum(axis=1).mean())
    places = places / scale
    counts = lessons.counts[is_taught][:, None]
    given = lessons.given[is_taught]
    places = places - (places * counts).sum(axis=0) / counts.sum()
    given = given - (given * counts).sum(axis=0) / counts.sum()
    squares = (places * counts).T @ places + RIDGE * np.eye(places.shape[1])
    return np.linalg.solve(squares, (places * counts).T @ given) / scale


def _strongest(weighed: csr_array, full: np.ndarray) -> np.ndarray:
    """Return the weights of the words that say most of each topic, 0 for others."""
    squares = np.asarray(weighed.multiply(weighed).mean(axis=0)).ravel()
    much = np.abs(full) * np.sqrt(squares)[:, None]
    n = min(N_WORDS, len(full))
    return np.where(much >= np.partition(much, -n, axis=0)[-n], full, 0)


def tables_not_taught(
    lessons: Lessons, is_taught: np.ndarray
) -> list[tuple[np.ndarray, pl.DataFrame]]:
    """Return the papers of each part, and the weights that the other parts gave."""
    part = np.array([part_of(title.lower(), N_PARTS) for title in lessons.papers["title"]])
    nothing = dict.fromkeys(reference_table("topics")["topic_id"], 0.0)
    return [
        (
            part == this,
            as_table(lessons, word_weights(lessons, is_taught & (part != this)), nothing),
        )
        for this in range(N_PARTS)
    ]


def as_table(lessons: Lessons, weights: np.ndarray, bases: dict[str, float]) -> pl.DataFrame:
    """Return the weights as the reference has them: `topic_id`, `word`, `weight`.

    Args:
        lessons: whose words and topics they are.
        weights: see `word_weights`.
        bases: what every paper has, of all topics and fields.
    """
    rounded = np.round(weights * 100).astype(int)
    rows, columns = np.nonzero(rounded)
    found = pl.DataFrame(
        {
            "topic_id": pl.Series(lessons.topics, dtype=pl.String).gather(columns),
            "word": lessons.words.gather(rows),
            "weight": rounded[rows, columns],
        }
    )
    base = pl.DataFrame(
        {
            "topic_id": list(bases),
            "word": EVERY_PAPER,
            "weight": [round(base * 100) for base in bases.values()],
        },
        schema=found.schema,
    )
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
    papers = read_papers(given.records, given.truth)
    labels = read_labels(given.labels)
    is_read = papers.select(
        pl.col("hashes").list.eval(pl.element().is_in(list(labels))).list.any()
    ).to_series()
    taught = read_taught(PAPERS, papers.filter(~is_read))
    lessons = Lessons(papers, taught)
    is_taught = ~is_read.to_numpy()
    tables = tables_not_taught(lessons, is_taught)
    known = Judged.of_taught(candidates_of(papers, tables, taught["paper"]), taught)
    odds, bases = fit_odds(known)
    console.print(f"{len(taught)} papers with {len(known.rows)} candidates")
    console.print({name: round(odd, 3) for name, odd in odds.items()})
    for line in lines(known, probabilities(known, N_PARTS)):
        console.print(line)
    table = as_table(lessons, word_weights(lessons, is_taught), bases)
    if labels:
        read = papers.filter(is_read)
        of_all = [(np.ones(len(papers), dtype=bool), table)]
        held_out = Judged.of_labels(
            candidates_of(papers, of_all, read["paper"]),
            read,
            labels,
            read_verdicts(given.verdicts),
        )
        console.print(f"{len(read)} papers that taught nothing")
        for line in lines(held_out, held_out.probability(odds)):
            console.print(line)
    console.print(f"{len(table)} weights of {table['topic_id'].n_unique()} topics")
    if given.write:
        write(table)
        console.print(f"wrote {WORDS}")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("records", type=Path)
    arguments.add_argument("truth", type=Path)
    arguments.add_argument("--labels", type=Path, action="append", default=[])
    arguments.add_argument("--verdicts", type=Path, action="append", default=[])
    arguments.add_argument("--write", action="store_true")
    main(arguments.parse_args())
