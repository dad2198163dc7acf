"""Whether a warehouse that grew dump by dump equals the one built at once, on many records.

    python benchmarks/increments.py [RECORDS] [DUMPS]

Made-up records (10,000 by default, see `synthetic`) are written as Arrow pages (20 by default, see
`layout`). One warehouse is built after each page, and last with statistics counted anew; another
from all pages together. Then clusters
and papers must be the same (see `compare`), and every id that any build gave must still lead to a
paper. Exit status 1, and what differs, if not. A paper seen under two titles keeps the id of the
one that came first, so some bear another id than in the warehouse built at once: they are counted.
The small case stands in the tests of paper ids.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import compare
import layout
import synthetic
from rich.console import Console

from pipeline.builds.run import build
from pipeline.storage.duckdb_engine import DuckDB, open_engine
from pipeline.storage.warehouse import Warehouse

_CLUSTERS, _PAPERS, _PAPER_IDS = "linkage.clusters", "marts.papers", "marts.paper_ids"
# The tables that must be the same, but for what says when a page came in or under which id: that is
# no property of the paper.
_ALIKE = {_CLUSTERS: (), _PAPERS: ("paper_id", "first_seen_at", "last_seen_at")}


def pages(n_records: int, n_pages: int) -> Iterator[str]:
    """Yield the pages; records without authors stand on no page of this site."""
    rows = (_shown(row) for row in synthetic.rows(2 * n_records) if row["authors"])
    for n in range(n_pages):
        n_cards = n_records * (n + 1) // n_pages - n_records * n // n_pages
        yield layout.arrow_page(islice(rows, n_cards))


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"venue": "ICML", "abstract": row["abstract"].capitalize() + "."}


def paper_ids(engine: DuckDB, root: Path) -> set[str]:
    """Return the ids that the papers of a warehouse bear."""
    return {i for (i,) in engine.tuples(f"select paper_id from {compare.relation(root, _PAPERS)}")}


def differences(engine: DuckDB, grown: Path, whole: Path, given: set[str]) -> Iterator[str]:
    """Yield what differs between the two warehouses; `given` are all ids of the grown one."""
    for name, leave_out in _ALIKE.items():
        yield from compare.differences(engine, grown, whole, name, leave_out)
    known = engine.tuples(f"select known_id from {compare.relation(grown, _PAPER_IDS)}")
    if missing := given - {known_id for (known_id,) in known}:
        yield f"{len(missing)} ids that were given lead nowhere"


def main(n_records: int = 10_000, n_pages: int = 20) -> int:
    """Build both warehouses and compare them."""
    console = Console(width=110)
    with tempfile.TemporaryDirectory(prefix="papermart-bench-") as name, open_engine() as engine:
        raw, grown, whole = (Path(name) / part for part in ("raw", "grown", "whole"))
        raw.mkdir()
        given: set[str] = set()
        start = time.perf_counter()
        for n, page in enumerate(pages(n_records, n_pages)):
            (raw / f"page{n:04d}.txt").write_text(page, "utf-8")
            build(raw, Warehouse(grown))
            given |= paper_ids(engine, grown)
        build(raw, Warehouse(grown), refresh_statistics=True)
        middle = time.perf_counter()
        build(raw, Warehouse(whole))
        end = time.perf_counter()
        found = list(differences(engine, grown, whole, given))
        current = paper_ids(engine, grown)
        n_other = len(current - paper_ids(engine, whole))
        n_found = engine.scalar(f"select count(*) from {compare.relation(grown, _CLUSTERS)}")
    if n_found != n_records:
        found.append(f"{n_records - n_found} records were not read from their pages")
    console.print(f"{n_found} records in {n_pages} dumps, {len(current)} papers, {len(given)} ids")
    console.print(f"{n_other} papers bear the id of a title they were seen under first")
    console.print(f"dump by dump {middle - start:.0f} s, at once {end - middle:.0f} s")
    console.print("\n".join(found) or "the two warehouses are the same", markup=False)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
