"""How fast papers are tagged.

    python benchmarks/topics.py [RECORDS]

Measures tagging beside the least that anybody has to do, reading the same text from Parquet and
lower-casing it, and how the time grows with the number of phrases. Without RECORDS (Parquet, CSV or
JSON lines with title and abstract) the sample corpus is repeated. How right topics are is told by
`topic_labels`.
"""

import argparse
import hashlib
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl
from rich.console import Console
from rich.table import Table

from pipeline.contract.tables import RECORDS
from pipeline.evaluate.topics import read_records, reference_table
from pipeline.extraction.dump_files import find_dumps
from pipeline.extraction.reading import extract_dump
from pipeline.extraction.staging_tables import rows_of
from pipeline.transforms.phrases import find_phrases
from pipeline.transforms.topics import CATEGORY_COLUMNS, tag_papers

SAMPLE = Path(__file__).parent.parent / "data" / "sample"
N_TEXTS = 30_000


def sample_records() -> pl.DataFrame:
    """Return the titles and abstracts of the sample corpus, repeated."""
    rows = [
        {"title": row["title"], "abstract": row["abstract"]}
        for dump in find_dumps(SAMPLE)
        for row in rows_of(extract_dump(SAMPLE, dump)).get(RECORDS.name, [])
        if row["title"]
    ]
    records = pl.DataFrame(rows)
    records = pl.concat([records] * (N_TEXTS // len(records) + 1)).head(N_TEXTS)
    return records.with_columns(paper_id=pl.int_range(pl.len()).cast(pl.String))


def seconds(work: Callable[[], object], times: int = 3) -> tuple[float, float]:
    """Return the best (wall, CPU) seconds of several runs."""
    best = (float("inf"), float("inf"))
    for _ in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        best = min(best, (time.perf_counter() - wall, time.process_time() - cpu))
    return best


def tagger() -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Return what tags papers with the whole reference, without categories."""
    nothing = pl.DataFrame(schema=CATEGORY_COLUMNS)
    phrases, exclusions = reference_table("topic_phrases"), reference_table("topic_exclusions")
    tree, weights = reference_table("topics"), reference_table("topic_phrase_weights")
    words, fields = reference_table("topic_words"), reference_table("field_words")
    return lambda papers: tag_papers(
        papers, phrases, exclusions, nothing, tree, weights, words, fields
    )


def measure(papers: pl.DataFrame, console: Console) -> None:
    """Print the time of tagging beside the floor, and for 20 to all phrases."""
    texts = pl.concat(
        papers.select("paper_id", evidence=pl.lit(field), text=field).drop_nulls("text")
        for field in ("title", "abstract")
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "texts.parquet"
        texts.write_parquet(file)
        floor, floor_cpu = seconds(
            lambda: pl.read_parquet(file).with_columns(pl.col("text").str.to_lowercase())
        )
    megabytes = float(texts["text"].str.len_bytes().sum()) / 1e6
    console.print(f"{len(papers)} papers, {megabytes:.1f} MB of text; times are the best of three")
    table = Table("what", "phrases", "wall s", "CPU s", "papers/s", "times the floor (wall, CPU)")

    def row(what: str, phrases: str, wall: float, cpu: float) -> None:
        times = f"{wall / floor:.1f}, {cpu / floor_cpu:.1f}"
        table.add_row(
            what, phrases, f"{wall:.3f}", f"{cpu:.3f}", f"{len(papers) / wall:,.0f}", times
        )

    row("read and lower-case", "", floor, floor_cpu)
    known = sorted(reference_table("topic_phrases")["phrase"].to_list(), key=_digest)
    for n in (20, 200, 2000, len(known)):
        some = known[:n]
        row("find phrases", str(n), *seconds(lambda some=some: find_phrases(texts, some)))
    tag = tagger()
    row("tag papers", str(len(known)), *seconds(lambda: tag(papers)))
    console.print(table)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def main(file: Path | None = None) -> None:
    """Measure."""
    papers = read_records(file) if file else sample_records()
    measure(papers, Console(width=130))


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("records", nargs="?", type=Path)
    main(arguments.parse_args().records)
