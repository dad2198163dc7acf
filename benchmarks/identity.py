"""How right `papermart identify` is, on names whose bearers are known.

    python benchmarks/identity.py [FOLDER]

writes the labelled names of a developer's machine as `papermart evaluate identity` reads them
(records and truth) to FOLDER, or to one that is gone afterwards, says how the name meant was found
in each paper's list, and measures: beside `papermart identify` one person per name, and the
components of shared coauthors, so that each figure has a floor under it.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
import polars as pl
from rich.console import Console
from rich.table import Table
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from pipeline.evaluate.identity import Figures, evaluate_identity, figures_of, read_truth
from pipeline.text.keys import name_key, name_keys

BENCH = Path(__file__).parent.parent.parent / "shared" / "bench"
PUBLICATIONS = BENCH / "author_identity" / "publications.csv"
IEEE = (
    BENCH / "author_identity_ieee" / "ieee.records.parquet",
    BENCH / "author_identity_ieee" / "ieee.truth.parquet",
)
# How like each other the family names of a list and of a block must be: a letter lost or more.
_ALIKE = 0.8
_RECORDS = {
    "record_id": pl.String,
    "title": pl.String,
    "authors": pl.List(pl.String),
    "year": pl.Int64,
    "venue": pl.String,
    "affiliations": pl.List(pl.String),
}
_TRUTH = {
    "record_id": pl.String,
    "author_order": pl.Int64,
    "block": pl.String,
    "person_id": pl.String,
}


@dataclass(frozen=True, slots=True)
class Found:
    """Where in a list the name that a block is about stands.

    Attributes:
        author_order: its place, from 1.
        how: `as written`, `same key`, `compatible` (initials, a middle name), `family name` (the
            given names do not fit, or a letter is missing).
    """

    author_order: int
    how: str


def place_of(name: str, authors: Sequence[str]) -> Found | None:
    """Return the place of a name in a list of authors, or None.

    The nearest spelling counts, and of equally near ones the first.
    """
    tests = (
        ("as written", lambda one: one == name),
        ("same key", lambda one: name_key(one) == name_key(name)),
        ("compatible", lambda one: _are_compatible(_words(name), _words(one))),
        ("family name", lambda one: _is_family_alike(_words(name), _words(one))),
    )
    for how, is_it in tests:
        for order, one in enumerate(authors, 1):
            if is_it(one.strip()):
                return Found(order, how)
    return None


def _words(name: str) -> list[str]:
    return [*(name_key(name) or "").split()]


def _are_compatible(left: Sequence[str], right: Sequence[str]) -> bool:
    """Tell whether the family names are equal, and the first given names or their initials."""
    return left[-1:] == right[-1:] and _is_start(left[0], right[0])


def _is_family_alike(left: Sequence[str], right: Sequence[str]) -> bool:
    alike = SequenceMatcher(None, left[-1], right[-1]).ratio() if left and right else 0.0
    return alike >= _ALIKE and left[0][0] == right[0][0]


def _is_start(left: str, right: str) -> bool:
    short, long = sorted((left, right), key=len)
    return long.startswith(short) if len(short) == 1 else short == long


def write(publications: Path, folder: Path) -> tuple[Path, Path, Counter[str]]:
    """Write labelled names of ArnetMiner as records and truth.

    A record is a paper of one block: where two blocks share a paper, each has its own, with the
    affiliation that stands there. A paper that a block lists twice is one record.

    Args:
        publications: CSV with name, block, pub_id, title, authors (commas between names), venue,
            year, organization, label.
        folder: where to write `arnet.records.parquet` and `arnet.truth.parquet`.

    Returns:
        The two files, and how often the name was found in which way; `not found` ones are lost.
    """
    rows = pl.read_csv(publications, infer_schema_length=0)
    records, truth, how = [], [], Counter[str]()
    for row in rows.unique(["block", "pub_id"], keep="first", maintain_order=True).iter_rows(
        named=True
    ):
        authors = [one.strip() for one in row["authors"].split(",")]
        record_id = f"{row['pub_id']}:{row['block']}"
        affiliations = [row["organization"]] if row["organization"] else []
        records.append(
            (record_id, row["title"], authors, int(row["year"]), row["venue"], affiliations)
        )
        found = place_of(row["name"], authors)
        how[found.how if found else "not found"] += 1
        if found:
            person = f"{row['block']}:{row['label']}"
            truth.append((record_id, found.author_order, row["block"], person))
    files = folder / "arnet.records.parquet", folder / "arnet.truth.parquet"
    folder.mkdir(parents=True, exist_ok=True)
    pl.DataFrame(records, schema=_RECORDS, orient="row").sort("record_id").write_parquet(files[0])
    pl.DataFrame(truth, schema=_TRUTH, orient="row").sort("record_id").write_parquet(files[1])
    return *files, how


def baselines(records: Path, labels: pl.DataFrame) -> dict[str, Figures]:
    """Return what the simplest methods reach on labelled names (`read_truth`), by what they do.

    One person for each name; the connected components of papers of a name that share another name
    of their lists; and of those that share a name or an affiliation, spelt equally. All know of
    each mention which name is meant.
    """
    labels = labels.with_columns(mention=pl.int_range(pl.len()))
    coauthors = _coauthors(records, labels)
    both = pl.concat([coauthors, _affiliations(records, labels)])
    labels = labels.with_columns(identity_level=pl.lit("probable"))
    return {
        "one person per name": figures_of(labels.with_columns(author_id=pl.lit("one"))),
        "shared coauthors": figures_of(_joined(labels, coauthors)),
        "or affiliations": figures_of(_joined(labels, both)),
    }


def _coauthors(records: Path, labels: pl.DataFrame) -> pl.DataFrame:
    """Return the other names in the lists of labelled mentions: mention, block, shared."""
    listed = _listed(records)
    own = labels.join(listed, on=["record_id", "author_order"]).select("mention", own="key")
    return (
        labels.join(listed, on="record_id", suffix="_listed")
        .filter(pl.col("author_order") != pl.col("author_order_listed"))
        .join(own, on="mention")
        .filter(pl.col("key") != pl.col("own"))
        .select("mention", "block", shared="key")
    )


def _affiliations(records: Path, labels: pl.DataFrame) -> pl.DataFrame:
    """Return the affiliations of labelled mentions' papers: mention, block, shared."""
    shown = pl.read_parquet(records)
    if "affiliations" not in shown.columns:
        return pl.DataFrame(schema={"mention": pl.Int64, "block": pl.String, "shared": pl.String})
    shown = shown.select("record_id", "affiliations").explode("affiliations").drop_nulls()
    shared = pl.format("at {}", pl.col("affiliations").str.to_lowercase())
    return labels.join(shown, on="record_id").select("mention", "block", shared=shared)


def _joined(labels: pl.DataFrame, shared: pl.DataFrame) -> pl.DataFrame:
    """Return labels with the component that shared things of one block put each mention in."""
    node = shared.select(pl.struct("block", "shared").rank("dense")).to_series()
    left, right = shared["mention"].to_numpy(), node.to_numpy() + labels.height
    size = max(labels.height, int(right.max(initial=0)) + 1)
    graph = csr_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(size, size))
    parts = connected_components(graph, directed=False)[1][: labels.height]
    return labels.with_columns(author_id=pl.Series(parts))


def _listed(records: Path) -> pl.DataFrame:
    """Return record_id, author_order and key of every name."""
    listed = pl.read_parquet(records, columns=["record_id", "authors"]).explode("authors")
    return listed.select(
        "record_id",
        author_order=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("record_id"),
        key=pl.Series(name_keys(listed["authors"]), dtype=pl.String),
    )


def figures_table(title: str, figures: Mapping[str, Figures]) -> Table:
    """Return how right several methods are as a table, a line each."""
    table = Table(title=title, title_justify="left")
    columns = ("", "B3 precision", "recall", "F of means", "mean F", "pair precision", "recall")
    for column in columns:
        table.add_column(column)
    for method, found in figures.items():
        pairs = found.shares
        shown = (
            *(found.b_cubed_precision, found.b_cubed_recall, found.f_of_means, found.mean_f),
            *(pairs["pair_precision"].value, pairs["pair_recall"].value),
        )
        table.add_row(method, *(f"{figure:.4f}" for figure in shown))
    return table


def compare(name: str, records: Path, truth: Path, console: Console) -> None:
    """Measure `papermart identify` and the baselines on labelled names, and print it."""
    report = evaluate_identity(records, truth)
    figures = baselines(records, read_truth(truth)) | {"papermart identify": report.figures}
    console.print(figures_table(f"{name}: {report.figures.n_names} names", figures))
    console.print(*report.lines(), sep="\n", highlight=False, markup=False)


def labelled(folder: Path, console: Console) -> dict[str, tuple[Path, Path]]:
    """Return records and truth of the labelled names that are there; some are made in FOLDER."""
    sets: dict[str, tuple[Path, Path]] = {}
    if PUBLICATIONS.is_file():
        *files, how = write(PUBLICATIONS, folder)
        sets["author_identity"] = (files[0], files[1])
        ways = ", ".join(f"{way} {n}" for way, n in how.most_common())
        console.print(f"{files[0]}, {files[1]}\nthe name meant was found {ways}", soft_wrap=True)
    if all(file.is_file() for file in IEEE):
        sets["author_identity_ieee"] = IEEE
    if not sets:
        console.print(f"{BENCH} holds no labelled names; nothing is measured", soft_wrap=True)
    return sets


def main(folder: Path) -> int:
    """Measure on the labelled names that are there; returns 1 where there are none."""
    console = Console(width=110)
    sets = labelled(folder, console)
    for name, files in sets.items():
        compare(name, *files, console)
    return 0 if sets else 1


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(main(Path(sys.argv[1])))
    with tempfile.TemporaryDirectory(prefix="papermart-bench-") as name:
        sys.exit(main(Path(name)))
