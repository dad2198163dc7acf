"""What linking is compared with: Splink and bib-dedupe, each given the records as it wants them.

    python benchmarks/peers.py PACKAGE RECORDS TRUTH FOLDER

links RECORDS with splink or bib_dedupe and writes into FOLDER what `linked` reads. Each runs in a
process of its own: bib-dedupe forks, which a process that has used DuckDB or Polars cannot bear.

What belongs here: preparing records for them, running them as their documentation does, their
clusters and seconds. What does not: our own linking, judging and printing (`linkage`). Neither is
needed to run the project: both come with the extra `bench`.
"""

import contextlib
import io
import json
import logging
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from pipeline.text.keys import title_keys

if TYPE_CHECKING:
    import pyarrow as pa
    from splink import Linker, SettingsCreator
    from splink.internals.splink_dataframe import SplinkDataFrame

# Match weights at which Splink's pairs are clustered; the best one counts, which flatters it.
_WEIGHTS = (-12, -9, -6, -4, -2, 0, 2, 4, 6, 8, 10, 12, 15, 18, 22, 26)
_SAID = "peers.json"
_FEW = 0.02  # a column filled less often is of no use to train on
_INITIALS = re.compile(r"^[A-Z](?:[.\s-]*[A-Z]){0,3}\.?$")  # of "Smith JA"
_BIB_DEDUPE_COLUMNS = {
    "title": "title",
    "year": "year",
    "journal": "venue",
    "volume": "volume",
    "number": "issue",
    "pages": "pages",
    "abstract": "abstract",
    "doi": "doi",
}
_BETWEEN = re.compile(r"\s*;\s*|\s+and\s+|\s*&\s*")


@dataclass(frozen=True, slots=True)
class Peer:
    """What another method found.

    Attributes:
        name: the method, and what was chosen for it by looking at the truth.
        clusters: record_id and cluster_id, one table for each threshold tried.
        seconds: by the clock; one clustering is counted, not one for each threshold.
    """

    name: str
    clusters: Sequence[pl.DataFrame]
    seconds: float


def linked(package: str, records: Path, truth: Path) -> list[Peer]:
    """Link with another method in a process of its own.

    Raises:
        subprocess.CalledProcessError: it failed; what it said stands on the terminal.
    """
    with tempfile.TemporaryDirectory(prefix="papermart-bench-") as folder:
        command = [sys.executable, __file__, package, str(records), str(truth), folder]
        subprocess.run(command, check=True)
        said = json.loads((Path(folder) / _SAID).read_text("utf-8"))
        return [
            Peer(name, [pl.read_parquet(Path(folder) / file) for file in files], seconds)
            for name, files, seconds in said
        ]


def _write(found: Sequence[Peer], folder: Path) -> None:
    said = []
    for place, peer in enumerate(found):
        files = [f"{place}-{n}.parquet" for n in range(len(peer.clusters))]
        for clusters, file in zip(peer.clusters, files, strict=True):
            clusters.write_parquet(folder / file)
        said.append((peer.name, files, peer.seconds))
    (folder / _SAID).write_text(json.dumps(said), "utf-8")


def is_there(package: str) -> bool:
    """Return whether a method is installed."""
    return find_spec(package) is not None


def _names(raw: object) -> list[str]:
    """Return the names of a list or of a text of any of the forms that libraries export."""
    if raw is None:
        return []
    if isinstance(raw, str):
        return [name for name in _BETWEEN.split(raw) if name]
    return [str(name).strip() for name in raw if str(name).strip()]  # ty: ignore[not-iterable]


def _surname(name: str) -> str:
    """Return the family name of "Smith, John", "John Smith" or "Smith JA", folded."""
    words = name.split()
    if "," in name:
        shown = name.split(",")[0]
    elif len(words) > 1 and _INITIALS.match(words[-1]):
        shown = words[0]
    else:
        shown = words[-1] if words else ""
    return (title_keys([shown])[0] or "").split(" ")[-1]


def prepared(records: Path, truth: Path) -> pl.DataFrame:
    """Return the columns that Splink compares and blocks by, null where unknown."""
    raw = pl.read_parquet(records)
    keys = pl.Series(title_keys(raw["title"].to_list()), dtype=pl.String)
    surnames = [
        [key for name in _names(row) if (key := _surname(name))] for row in raw["authors"].to_list()
    ]
    squeezed = keys.str.replace_all(" ", "")
    frame = pl.DataFrame(
        {
            "unique_id": raw["record_id"].cast(pl.String),
            "title": keys,
            "title_start": squeezed.str.slice(0, 20),
            "title_end": squeezed.str.tail(20),
            "surnames": pl.Series([names or None for names in surnames], dtype=pl.List(pl.String)),
            "first_surname": pl.Series(
                [next(iter(row), None) for row in surnames], dtype=pl.String
            ),
            "year": raw["year"].cast(pl.String),
        }
    )
    for name, forms in {"venue": r"[^a-z]+", "volume": r"\D+", "doi": r"\s+"}.items():
        if name in raw.columns:
            text = raw[name].cast(pl.String).str.to_lowercase().str.replace_all(forms, " ")
            frame = frame.with_columns(text.str.strip_chars().alias(name))
    if "pages" in raw.columns:
        first = raw["pages"].cast(pl.String).str.extract(r"(\d+)")
        frame = frame.with_columns(first.alias("first_page"))
    labels = pl.read_parquet(truth)
    if "dataset" in labels.columns:
        sides = labels.select(pl.col("record_id").alias("unique_id"), side="dataset")
        frame = frame.join(sides, on="unique_id", how="left", maintain_order="left")
    return frame.with_columns(
        pl.when(pl.col(pl.String) == "").then(None).otherwise(pl.col(pl.String)).name.keep()
    )


def _settings(frame: pl.DataFrame, link_type: str) -> "SettingsCreator":
    """Return how Splink blocks and compares: what its guides advise for such columns."""
    import splink.comparison_library as cl
    from splink import SettingsCreator, block_on

    wanted = {
        "title": cl.JaroWinklerAtThresholds("title", [0.97, 0.9, 0.8]).configure(
            term_frequency_adjustments=True
        ),
        "surnames": cl.ArrayIntersectAtSizes("surnames", [3, 2, 1]),
        "year": cl.LevenshteinAtThresholds("year", 1),
        "venue": cl.JaroWinklerAtThresholds("venue", [0.9, 0.7]).configure(
            term_frequency_adjustments=True
        ),
        "volume": cl.ExactMatch("volume"),
        "first_page": cl.ExactMatch("first_page"),
        "doi": cl.ExactMatch("doi"),
    }
    n = len(frame)
    used = [
        comparison
        for name, comparison in wanted.items()
        if name in frame.columns and frame[name].null_count() < (1 - _FEW) * n
    ]
    return SettingsCreator(
        link_type=link_type,
        comparisons=used,
        blocking_rules_to_generate_predictions=[
            block_on("title"),
            block_on("title_start"),
            block_on("title_end"),
            block_on("first_surname", "year"),
        ],
    )


def splink(records: Path, truth: Path) -> list[Peer]:
    """Link with Splink, unsupervised: as one table, or across two where only such pairs count."""
    from splink import Linker
    from splink.internals.duckdb.database_api import DuckDBAPI

    frame = prepared(records, truth)
    sides = sorted(frame["side"].unique().to_list()) if "side" in frame.columns else []
    start = time.perf_counter()
    database = DuckDBAPI()
    tables = [
        database.register(
            (frame.filter(pl.col("side") == side).drop("side") if side else frame).to_arrow(),
            dataset_display_name=side or "records",
        )
        for side in sides or [""]
    ]
    settings = _settings(frame, "link_only" if sides else "dedupe_only")
    with contextlib.redirect_stdout(io.StringIO()):
        linker = _trained(Linker(tables, settings, log_level=logging.ERROR))
        predicted = linker.inference.predict(threshold_match_weight=_WEIGHTS[0])
        trained = time.perf_counter() - start
        peers = [_clustered("Splink", linker, predicted, [], trained)]
        if sides:
            name = "Splink, one-to-one"
            peers.append(_clustered(name, linker, predicted, sides, trained))
    return peers


def _trained(linker: "Linker") -> "Linker":
    """Train as the guides do: by exact pairs, by random ones, by expectation-maximisation."""
    from splink import block_on

    exact = block_on("title", "first_surname")
    linker.training.estimate_probability_two_random_records_match([exact], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    # In blocks that hold mostly equal papers: in those of first surname and year, which thousands
    # share on listings, titles were taught to say nothing (F1 .67, not .88).
    for rule in (block_on("title"), block_on("surnames", "title_start")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    return linker


def _clustered(
    name: str, linker: "Linker", predicted: "SplinkDataFrame", sides: list[str], trained: float
) -> Peer:
    """Cluster at each threshold: connected components, or the best link of each where sides are."""
    found = []
    start = time.perf_counter()
    for weight in _WEIGHTS:
        if sides:
            clusters = linker.clustering.cluster_using_single_best_links(
                predicted, sides, threshold_match_weight=weight
            )
        else:
            clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
                predicted, threshold_match_weight=weight
            )
        found.append(_clusters(clusters.as_pyarrow_table()))
    one_clustering = (time.perf_counter() - start) / len(_WEIGHTS)
    return Peer(name, found, trained + one_clustering)


def _clusters(table: "pa.Table") -> pl.DataFrame:
    frame = pl.DataFrame(pl.from_arrow(table))
    return frame.select(
        pl.col("unique_id").alias("record_id"), pl.col("cluster_id").cast(pl.String)
    )


def bib_dedupe(records: Path) -> Peer:
    """Link with bib-dedupe, whose rules know no threshold; pairs it calls "maybe" do not count."""
    import bib_dedupe.bib_dedupe as peer
    import pandas as pd

    given = pd.DataFrame(_for_bib_dedupe(pl.read_parquet(records)))
    start = time.perf_counter()
    silence = io.StringIO()
    with contextlib.redirect_stdout(silence), contextlib.redirect_stderr(silence):
        prepared_frame = peer.prep(given, verbosity_level=0)
        pairs = peer.match(peer.block(prepared_frame, verbosity_level=0), verbosity_level=0)
        groups = peer.cluster(pairs, verbosity_level=0)
    seconds = time.perf_counter() - start
    cluster_of = {record: str(group[0]) for group in groups for record in group}
    ids = [str(record) for record in given["ID"]]
    found = [cluster_of.get(record, record) for record in ids]
    return Peer("bib-dedupe", [pl.DataFrame({"record_id": ids, "cluster_id": found})], seconds)


def _for_bib_dedupe(raw: pl.DataFrame) -> dict[str, list[str]]:
    """Return the columns under the names that it expects, names as BibTeX has them."""
    given: dict[str, list[str]] = {
        "ID": raw["record_id"].cast(pl.String).to_list(),
        "ENTRYTYPE": ["article"] * len(raw),
        "author": [" and ".join(map(_last_first, _names(row))) for row in raw["authors"].to_list()],
    }
    for theirs, ours in _BIB_DEDUPE_COLUMNS.items():
        if ours in raw.columns:
            given[theirs] = raw[ours].cast(pl.String).fill_null("").to_list()
    return given


def _last_first(name: str) -> str:
    words = name.split()
    if "," in name or len(words) < 2 or _INITIALS.match(words[-1]):
        return name
    return f"{words[-1]}, {' '.join(words[:-1])}"


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    package, *files = sys.argv[1:]
    records, truth, folder = map(Path, files)
    _write([bib_dedupe(records)] if package == "bib_dedupe" else splink(records, truth), folder)
