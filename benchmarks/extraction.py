"""How fast dumps are read, beside the least that any reader has to do.

    python benchmarks/extraction.py [MEGABYTES]

For every kind of page in data/raw a large page is made by repeating its cards. The floor is
measured in the same run: read, decode, split into lines, and write the same columns to Parquet.
Figures are CPU time on one core; the ratio is what counts.
"""

import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from pipeline.extraction import DumpFile, extract_dump, find_dumps, to_table
from pipeline.schema import STAGING_TABLES
from pipeline.warehouse import write_arrow

RAW = Path(__file__).parent.parent / "data" / "raw"


def enlarge(file: Path, target: Path, n_bytes: int) -> None:
    """Write a page of about n_bytes by repeating the text of a small one."""
    text = file.read_bytes().rstrip(b"\n") + b"\n\n"
    target.write_bytes(text * max(1, n_bytes // len(text)))


def measure(file: DumpFile, folder: Path) -> tuple[float, float]:
    """Return CPU seconds of (extraction with Parquet, the floor) for one dump."""
    start = time.process_time()
    extracted = extract_dump(folder, file)
    tables = [to_table(spec, extracted.rows.get(spec.name, [])) for spec in STAGING_TABLES]
    for spec, table in zip(STAGING_TABLES, tables, strict=True):
        write_arrow(table, folder / f".{spec.name}.parquet")
    whole = time.process_time() - start
    start = time.process_time()
    lines = (folder / file.path).read_bytes().decode("utf-8").split("\n")
    for spec, table in zip(STAGING_TABLES, tables, strict=True):
        write_arrow(table, folder / f".{spec.name}.parquet")
    floor = time.process_time() - start
    assert lines
    return whole, floor


def main(megabytes: float) -> None:
    """Measure each kind of page and print MB/s and the ratio to the floor."""
    table = Table("page", "kind", "records", "MB/s", "floor MB/s", "times the floor")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in sorted(RAW.glob("*.txt")):
            enlarge(file, folder / file.name, int(megabytes * 1e6))
        for dump in sorted(find_dumps(folder), key=lambda dump: dump.path):
            row = extract_dump(folder, dump).dump
            whole, floor = measure(dump, folder)
            size = (dump.n_bytes or 0) / 1e6
            kind = f"{row.get('source')} {row.get('form')}"
            speed = (f"{size / whole:.1f}", f"{size / floor:.1f}", f"{whole / floor:.1f}")
            table.add_row(dump.path, kind, str(row["n_records"]), *speed)
    Console().print(table)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 4.0)
