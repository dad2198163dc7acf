"""How right `papermart identify` is, on names whose bearers are known.

    python benchmarks/identity.py [FOLDER]

writes the labelled names of a developer's machine as `papermart evaluate identity` reads them
(records and truth) to FOLDER, or to one that is gone afterwards, says how the name meant was found
in each paper's list, and measures.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import polars as pl

from pipeline.text.keys import name_key

BENCH = Path(__file__).parent.parent.parent / "shared" / "bench"
PUBLICATIONS = BENCH / "author_identity" / "publications.csv"
IEEE = tuple(
    BENCH / "author_identity_ieee" / f"ieee.{part}.parquet" for part in ("records", "truth")
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


def _convert(folder: Path) -> Iterator[str]:
    records, truth, how = write(PUBLICATIONS, folder)
    yield f"{records}, {truth}: the name was found " + ", ".join(
        f"{way} {n}" for way, n in how.most_common()
    )


def main(folder: Path) -> int:
    """Write the labelled names; returns 1 where there are none."""
    if not PUBLICATIONS.is_file():
        print(f"{PUBLICATIONS} is not there; nothing is measured", file=sys.stderr)  # noqa: T201
        return 1
    for line in _convert(folder):
        print(line)  # noqa: T201
    return 0


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(main(Path(sys.argv[1])))
    with tempfile.TemporaryDirectory(prefix="papermart-bench-") as name:
        sys.exit(main(Path(name)))
