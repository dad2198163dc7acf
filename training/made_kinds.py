"""Labelled records of kinds that nobody labelled: made from clean ones, damaged as the world does.

    python training/made_kinds.py KIND N FOLDER CLEAN [CLEAN ...] [--seed SEED]

writes FOLDER/KIND.records.parquet and FOLDER/KIND.truth.parquet, about N records. KIND is one of
scholar, library, citations, listing, catalogue (see the modules of these names), or `all`. CLEAN
are files of clean records: Parquet with record_id, title, authors and year, and venue and abstract
where there are any (one record of each paper is taken where a truth lies beside it), or CSV with
pub_id. The same arguments give the same rows. To fit and to judge, draw from other papers: an even
SEED draws from one half of the papers, an odd one from the other.
"""

import argparse
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from clean_papers import Paper, papers_of
from made_catalogue import Catalogue
from made_citations import Citations
from made_library import Library
from made_listing import Listing
from made_scholar import Scholar
from parts import part_of

KINDS = {
    "scholar": Scholar,
    "library": Library,
    "citations": Citations,
    "listing": Listing,
    "catalogue": Catalogue,
}
_NUMBERS = {"year": pa.int32()}
_LISTS = {"authors": pa.list_(pa.string())}
_LABELS = ("entity_id", "dataset")


def made(kind: str, n_records: int, papers: Sequence[Paper], seed: int) -> list[dict[str, Any]]:
    """Return records of a kind with their labels, in an order that tells nothing."""
    chance = random.Random(f"{kind} {seed}")
    drawn = [paper for paper in papers if part_of(paper.entity, 2) == seed % 2]
    chance.shuffle(drawn)
    rows = list(KINDS[kind](drawn, chance).rows(n_records))
    chance.shuffle(rows)
    numbers: dict[str, str] = {}
    for place, row in enumerate(rows):
        row["record_id"] = f"{kind[0]}{place:06d}"
        row["entity_id"] = numbers.setdefault(row["entity_id"], f"{kind}-{len(numbers):06d}")
    return rows


def write(kind: str, rows: Sequence[dict[str, Any]], folder: Path) -> tuple[Path, Path]:
    """Write records and truth; returns the two files."""
    folder.mkdir(parents=True, exist_ok=True)
    names = ["record_id", *(name for name in rows[0] if name not in ("record_id", *_LABELS))]
    lists = _LISTS if isinstance(rows[0]["authors"], list) else {}
    types = _NUMBERS | lists
    shown = pa.schema([(name, types.get(name, pa.string())) for name in names])
    labels = ["record_id", *(name for name in _LABELS if name in rows[0])]
    truth_schema = pa.schema([(name, pa.string()) for name in labels])
    records, truth = folder / f"{kind}.records.parquet", folder / f"{kind}.truth.parquet"
    pq.write_table(pa.Table.from_pylist(list(rows), shown), records, compression="zstd")
    pq.write_table(pa.Table.from_pylist(list(rows), truth_schema), truth, compression="zstd")
    return records, truth


def main(
    kinds: Sequence[str], n_records: int, folder: Path, clean: Sequence[Path], seed: int
) -> None:
    """Make some kinds from the papers of some files."""
    papers = papers_of(clean)
    for kind in kinds:
        write(kind, made(kind, n_records, papers, seed), folder)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("kind", choices=[*KINDS, "all"])
    arguments.add_argument("n", type=int)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("clean", type=Path, nargs="+")
    arguments.add_argument("--seed", type=int, default=0)
    given = arguments.parse_args()
    wanted = list(KINDS) if given.kind == "all" else [given.kind]
    main(wanted, given.n, given.folder, given.clean, given.seed)
