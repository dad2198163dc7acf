"""The papers that readers file under topics: which there are, and what was written of them.

A paper is known by the hash of its title, so that no title stands in the project. A label file
is CSV with `title_hash`, `topic_ids` (joined by `;`, the most central first; empty where none of
the topics fits), `reader`, `labelled_on` and `why`; a file of verdicts is CSV with `title_hash`,
`topic_id`, `verdict` (`right` or `wrong`) and `why`.
"""

import csv
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import polars as pl

from pipeline.contract.errors import PipelineError
from pipeline.contract.tables import RECORDS
from pipeline.evaluate.linkage import read_truth
from pipeline.evaluate.topics import reference_table
from pipeline.extraction.dump_files import find_dumps
from pipeline.extraction.reading import extract_dump
from pipeline.extraction.staging_tables import rows_of
from pipeline.inputs.record_files import read_batches
from pipeline.text.keys import title_keys

LABEL_COLUMNS = ("title_hash", "topic_ids", "reader", "labelled_on", "why")
VERDICT_COLUMNS = ("title_hash", "topic_id", "verdict", "why")
VERDICTS = ("right", "wrong")
_TEXTS = {"paper_id": pl.String, "title": pl.String, "abstract": pl.String}


def title_hash(title: str) -> str:
    """Return what a paper is known by: the first 16 digits of the SHA-256 of its title."""
    return hashlib.sha256(title.encode()).hexdigest()[:16]


def read_papers(records: Path, truth: Path | None, dumps: Path | None) -> pl.DataFrame:
    """Return one row per paper: `paper_id`, `title_hash`, `title`, `abstract`, `hashes`.

    Of the records of a paper one with an abstract stands for it; of several, or of none, the one
    with the first id. Papers of the same title are one, for nothing else tells them apart.

    Args:
        records: Parquet, CSV or JSON lines with `title`, `abstract` and, for `truth`, `record_id`.
        truth: `record_id` and `entity_id` of each; without it, records of the same title are one
            paper.
        dumps: a folder of saved pages, whose papers are taken too if no record has their title.

    Returns:
        Sorted by `title_hash`; `hashes` are those of all titles of the paper.

    Raises:
        PipelineError: a file cannot be read.
    """
    known = _with_keys(_read_texts(records))
    if truth:
        of_truth = read_truth(truth).select("record_id", paper_id="entity_id")
        known = known.drop("paper_id").join(of_truth, on="record_id")
    saved = _with_keys(_saved_texts(dumps)) if dumps else known.clear()
    saved = saved.join(known, on="key", how="anti")
    rows = pl.concat([known, saved], how="diagonal")
    rows = rows.with_columns(
        title_hash=pl.col("title").map_elements(title_hash, return_dtype=pl.String)
    )
    return (
        rows.sort(pl.col("abstract").is_null(), "record_id", maintain_order=True)
        .group_by("paper_id", maintain_order=True)
        .agg(pl.col("title_hash", "title", "abstract").first(), hashes=pl.col("title_hash"))
        .sort("title_hash", pl.col("abstract").is_null(), "paper_id")
        .unique("title_hash", keep="first", maintain_order=True)
    )


def _read_texts(records: Path) -> pl.DataFrame:
    names = ("record_id", "title", "abstract")
    columns: dict[str, list[str | None]] = {name: [] for name in names}
    for batch in read_batches(records, names, needed=("title",)):
        for name in names:
            columns[name] += batch.columns.get(name, [None] * len(batch.places))
    return pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String), strict=False)


def _saved_texts(dumps: Path) -> pl.DataFrame:
    rows = [
        {name: row[name] for name in ("record_id", "title", "abstract")}
        for dump in find_dumps(dumps)
        for row in rows_of(extract_dump(dumps, dump)).get(RECORDS.name, [])
    ]
    names = ("record_id", "title", "abstract")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String))


def _with_keys(texts: pl.DataFrame) -> pl.DataFrame:
    """Leave out records without a title; the others are told apart by it, as `paper_id`."""
    blank = pl.col("title", "abstract").str.strip_chars() == ""
    texts = texts.with_columns(pl.when(~blank).then(pl.col("title", "abstract")).name.keep())
    keys = pl.Series("key", title_keys(texts["title"].to_list()), dtype=pl.String)
    return texts.with_columns(keys).drop_nulls("key").with_columns(paper_id="key")


def draw(papers: pl.DataFrame, n: int, seed: int, without: Iterable[str]) -> pl.DataFrame:
    """Return random papers to label, as `title_hash`, `title`, `abstract`.

    Args:
        papers: what `read_papers` returns.
        n: how many.
        seed: the same papers, number and seed give the same draw.
        without: hashes of titles that were drawn before: their papers are left out, whichever
            of their titles is meant.
    """
    before = pl.Series(sorted(set(without)), dtype=pl.String)
    is_new = ~pl.col("hashes").list.eval(pl.element().is_in(before.implode())).list.any()
    left = papers.filter(is_new)
    if n > left.height:
        raise PipelineError(f"{n} papers were asked for, but there are {left.height} only")
    return left.sample(n, seed=seed, shuffle=True).select("title_hash", "title", "abstract")


def read_hashes(file: Path) -> set[str]:
    """Return the hashes of titles in a file of labels, or of papers that taught something.

    Raises:
        PipelineError: the column is missing.
    """
    return {row["title_hash"] for _, row in _rows(file, ("title_hash",))}


def read_labels(file: Path) -> dict[str, tuple[str, ...]]:
    """Return the central topics of each paper, by the hash of its title.

    Raises:
        PipelineError: a column is missing, a paper stands twice, a topic is not known or stands
            twice, or no reason is given.
    """
    known = set(reference_table("topics")["topic_id"])
    labels: dict[str, tuple[str, ...]] = {}
    for place, row in _rows(file, LABEL_COLUMNS):
        topics = tuple(filter(None, row["topic_ids"].split(";")))
        if unknown := [topic for topic in topics if topic not in known]:
            raise PipelineError(f"{place}: no topic is called {', '.join(unknown)}")
        if row["title_hash"] in labels or len(set(topics)) < len(topics):
            raise PipelineError(f"{place}: a paper or a topic of it stands twice")
        labels[row["title_hash"]] = topics
    return labels


def read_verdicts(file: Path) -> dict[tuple[str, str], str]:
    """Return what a reader says of topics given: `right` or `wrong`, by title hash and topic.

    Raises:
        PipelineError: a column is missing, another verdict stands there, a row stands twice, or
            no reason is given.
    """
    verdicts: dict[tuple[str, str], str] = {}
    for place, row in _rows(file, VERDICT_COLUMNS):
        key = (row["title_hash"], row["topic_id"])
        if row["verdict"] not in VERDICTS or key in verdicts:
            raise PipelineError(f"{place}: a verdict is right or wrong, and given once")
        verdicts[key] = row["verdict"]
    return verdicts


def _rows(file: Path, columns: tuple[str, ...]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield the rows of a CSV file with the place of each; a `why` that is asked for is there."""
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            reader = csv.DictReader(lines)
            if missing := set(columns) - set(reader.fieldnames or ()):
                raise PipelineError(f"{file} has no column {', '.join(sorted(missing))}")
            for row in reader:
                place = f"{file}, line {reader.line_num}"
                has_reason = "why" not in columns or (row["why"] or "").strip()
                if any(row[name] is None for name in columns) or not has_reason:
                    raise PipelineError(f"{place}: every row has a reason, and all columns")
                yield place, row
    except OSError as error:
        raise PipelineError(f"{file} cannot be read: {error.strerror}") from error
