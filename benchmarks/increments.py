"""Whether a warehouse that grew dump by dump equals the one built at once, on many records.

    python benchmarks/increments.py [RECORDS] [DUMPS]

Made-up records (10,000 by default, see `synthetic`) are written as Arrow pages (20 by default).
One warehouse is built after each page, another from all pages together. Then the clusters and the
papers must be the same, and every id that any build gave must still lead to a paper. Exit status
1, and what differs, if not. A paper seen under two titles keeps the id of the one that came first,
so some bear another id than in the warehouse built at once: they are counted. The small case of
the tests is in `tests/test_identity.py`.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import synthetic
from rich.console import Console

from pipeline.build import build
from pipeline.warehouse import Warehouse

_HEAD = """Arrow Research search
Author name cluster
Page {n}
Possible papers associated with this exact author name in Arrow.
{n_papers} papers
1 author rows
Possible papers
{n_papers}
"""
# What tells when a page came in, or under which id, is no property of the paper.
_OF_THE_BUILD = {"paper_id", "first_seen_at", "last_seen_at"}


def card(row: dict[str, Any]) -> str:
    """Return a record as an Arrow card."""
    authors = [f"• {name}" for name in row["authors"]]
    lines = [f"ICML Conference {row['year']} Conference Paper", row["title"], *authors]
    return "\n".join([*lines, row["abstract"].capitalize() + "."]) + "\n"


def pages(n_records: int, n_pages: int) -> Iterator[str]:
    """Yield the pages; records without authors stand on no page of this site."""
    rows = (row for row in synthetic.rows(2 * n_records) if row["authors"])
    for n in range(n_pages):
        n_cards = n_records * (n + 1) // n_pages - n_records * n // n_pages
        cards = [card(row) for row in islice(rows, n_cards)]
        yield _HEAD.format(n=n, n_papers=n_cards) + "".join(cards)


def rows_of(con: duckdb.DuckDBPyConnection, root: Path, table: str) -> list[dict[str, Any]]:
    """Return the rows of a table of a warehouse."""
    layer, _, name = table.partition(".")
    files = root / "tables" / layer / name / "*.parquet"
    return con.sql(f"select * from read_parquet('{files}')").to_arrow_table().to_pylist()


def differences(grown: Path, whole: Path, given: set[str]) -> Iterator[str]:
    """Yield what differs between the two warehouses; `given` are all ids of the grown one."""
    with duckdb.connect() as con:
        sides = [
            {
                table: rows_of(con, root, table)
                for table in ("linkage.clusters", "marts.papers", "marts.paper_ids")
            }
            for root in (grown, whole)
        ]
    clusters = [sorted(map(str, side["linkage.clusters"])) for side in sides]
    if clusters[0] != clusters[1]:
        yield "the clusters differ"
    papers = [
        sorted(
            str({k: v for k, v in row.items() if k not in _OF_THE_BUILD})
            for row in side["marts.papers"]
        )
        for side in sides
    ]
    if papers[0] != papers[1]:
        n = len(set(papers[0]) ^ set(papers[1]))
        yield f"{n} papers have other values"
    known = {row["known_id"] for row in sides[0]["marts.paper_ids"]}
    if missing := given - known:
        yield f"{len(missing)} ids that were given lead nowhere"


def n_other_ids(grown: Path, whole: Path) -> int:
    """Return how many papers bear an id that the warehouse built at once did not give."""
    with duckdb.connect() as con:
        ids = [
            {row["paper_id"] for row in rows_of(con, root, "marts.papers")}
            for root in (grown, whole)
        ]
    return len(ids[0] - ids[1])


def main(n_records: int = 10_000, n_pages: int = 20) -> int:
    """Build both warehouses and compare them."""
    console = Console(width=110)
    with tempfile.TemporaryDirectory(prefix="papermart-bench-") as name:
        raw, grown, whole = (Path(name) / part for part in ("raw", "grown", "whole"))
        raw.mkdir()
        given: set[str] = set()
        start = time.perf_counter()
        for n, page in enumerate(pages(n_records, n_pages)):
            (raw / f"page{n:04d}.txt").write_text(page, "utf-8")
            build(raw, Warehouse(grown))
            with duckdb.connect() as con:
                given |= {row["paper_id"] for row in rows_of(con, grown, "marts.papers")}
        middle = time.perf_counter()
        build(raw, Warehouse(whole))
        end = time.perf_counter()
        found = list(differences(grown, whole, given))
        n_other = n_other_ids(grown, whole)
        with duckdb.connect() as con:
            n_found = len(rows_of(con, grown, "linkage.clusters"))
            n_papers = len(rows_of(con, grown, "marts.papers"))
    console.print(f"{n_found} records in {n_pages} dumps, {n_papers} papers, {len(given)} ids")
    console.print(f"{n_other} papers bear the id of a title they were seen under first")
    console.print(f"dump by dump {middle - start:.0f} s, at once {end - middle:.0f} s")
    console.print("\n".join(found) or "the two warehouses are the same")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
