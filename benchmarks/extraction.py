"""How fast dumps are read, beside the least that any reader has to do.

    python benchmarks/extraction.py [MEGABYTES] [FOLDER]

Of every page in FOLDER (data/sample by default) a large one is made: the cards of text are
repeated, markup is taken as it is (the sample's is so small that writing four files is most of the
work: take a folder of whole pages to see what reading takes). Three figures are measured in the
same run, as CPU time on one core; the ratios are what counts.

- Ours: from the file to Parquet files, with keys, mended damage, the ledger and all checks.
- The floor: read, decode, split into lines (of markup: parse with bare lexbor), and write the same
  columns to Parquet, as if the Arrow tables came out of nothing.
- The floor of a parser in Python: the same, but the columns are Python lists before they are Arrow,
  as whatever Python reads from a page is Python's values first.

Then many dumps are read on one core and on all, by the clock (less than 16 MB in all are read on
one anyway), and the memory it takes is measured for few and for many. Where BeautifulSoup is
installed (`pip install 'papermart[bench]'`), it reads the same fields of the same cards of arXiv
search pages, and is measured beside ours.
"""

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
from rich.console import Console
from rich.table import Table
from selectolax.lexbor import LexborHTMLParser

from pipeline.builds.dumps import refresh_dumps
from pipeline.builds.run import utc_now
from pipeline.extraction.dump_files import DumpFile, find_dumps
from pipeline.extraction.extracted import Extracted
from pipeline.extraction.reading import extract_dump
from pipeline.extraction.staging_tables import to_tables
from pipeline.storage.parquet import write_arrow
from pipeline.storage.warehouse import Warehouse

SAMPLE = Path(__file__).parent.parent / "data" / "sample"
_MARKUP = (".html", ".htm")
_MANY = 24  # dumps for the figures of several cores
_REPEATS = 3
_SETTLING = 2.5  # seconds; a file that is older when it is found is not hashed again to be read


def enlarge(file: Path, target: Path, n_bytes: int) -> None:
    """Write a page of about n_bytes by repeating the text of a small one; markup as it is."""
    content = file.read_bytes()
    if file.suffix not in _MARKUP:
        text = content.rstrip(b"\n") + b"\n\n"
        content = text * max(1, n_bytes // len(text))
    target.write_bytes(content)


def best(work: Callable[[], object], repeats: int = _REPEATS) -> float:
    """Return the least CPU seconds of several runs of a function."""
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return min(seconds)


class Measured(NamedTuple):
    """What was read of a page, and the CPU seconds it took."""

    found: Extracted
    ours: float
    floor: float
    python_floor: float
    soup: float | None


def measure(file: DumpFile, folder: Path) -> Measured:
    """Measure our reader, both floors, and BeautifulSoup where it can do the same work."""
    place = folder / file.path
    is_markup = place.suffix in _MARKUP
    found = extract_dump(folder, file)
    tables = to_tables([found])
    columns = {name: table.to_pydict() for name, table in tables.items()}

    def write(made: dict[str, pa.Table]) -> None:
        for name, table in made.items():
            write_arrow(table, folder / f".{name}.parquet")

    def read() -> None:
        text = place.read_bytes().decode("utf-8", "replace")
        if is_markup:
            LexborHTMLParser(text)
        else:
            text.split("\n")

    def ours() -> None:
        write(to_tables([extract_dump(folder, file)]))

    def floor() -> None:
        read()
        write(tables)

    def python_floor() -> None:
        read()
        write({name: pa.table(columns[name], schema=tables[name].schema) for name in tables})

    is_search = is_markup and found.dump.get("source") == "arxiv_search"
    return Measured(
        found, best(ours), best(floor), best(python_floor), soup(place) if is_search else None
    )


def soup(place: Path) -> float | None:
    """Return CPU seconds in which BeautifulSoup reads the cards of a page, or None without it."""
    try:
        from bs4 import BeautifulSoup
    except ImportError:
        return None
    return best(lambda: read_with_soup(BeautifulSoup(place.read_bytes(), "html.parser")), 1)


def read_with_soup(page: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a BeautifulSoup
    """Return of each card of an arXiv search page the fields that our reader finds, as text."""
    one = {
        "identifier": ".list-title > a",
        "title": ".title",
        "abstract": ".abstract-full",
        "dates": "p.is-size-7",
        "doi": '.tags a[href*="doi.org"]',
    }
    many = {
        "authors": ".authors > a",
        "categories": ".tags > .tag.tooltip",
        "notes": "p.comments",  # comments and journal reference
    }
    return [
        {name: _text(card.select_one(rule)) for name, rule in one.items()}
        | {name: [_text(node) for node in card.select(rule)] for name, rule in many.items()}
        for card in page.select("li.arxiv-result")
    ]


def _text(node: Any) -> str | None:  # noqa: ANN401 - a tag of BeautifulSoup
    return " ".join(node.get_text().split()) if node else None


def pages(console: Console, folder: Path) -> None:
    """Print a line for each page of a folder of large pages."""
    floors = ("floor MB/s", "x floor", "x Python's floor")
    table = Table("page", "kind", "records", "MB/s", *floors, "BeautifulSoup")
    for dump in sorted(find_dumps(folder), key=lambda dump: dump.path):
        found, ours, floor, python_floor, soup_seconds = measure(dump, folder)
        row = found.dump
        size = (dump.n_bytes or 0) / 1e6
        kind = f"{row.get('source')} {row.get('form')}"
        ratios = (f"{ours / floor:.1f}", f"{ours / python_floor:.1f}")
        beside = f"{soup_seconds / ours:.1f} times ours" if soup_seconds else ""
        speed = (f"{size / ours:.1f}", f"{size / floor:.1f}", *ratios)
        table.add_row(dump.path, kind, str(row["n_records"]), *speed, beside)
    console.print(table)


def read_all(raw: Path, most_processes: int | None = None) -> float:
    """Return the seconds by the clock in which the dumps of a folder are read into a warehouse."""
    with tempfile.TemporaryDirectory() as root:
        start = time.perf_counter()
        refresh_dumps(raw, Warehouse(Path(root)), utc_now(), most_processes=most_processes)
        return time.perf_counter() - start


def many(console: Console, large: Path) -> None:
    """Print what several cores gain, and the memory of few and of many dumps."""
    with tempfile.TemporaryDirectory() as name:
        raw = Path(name)
        peaks = []
        for n_dumps in (_MANY, 4 * _MANY):
            for n in range(len(list(raw.iterdir())), n_dumps):
                content = large.read_bytes()
                (raw / f"{n}.txt").write_bytes(content + f"\n{n}\n".encode())
            if n_dumps == _MANY:
                one, every = read_all(raw, most_processes=1), read_all(raw)
                console.print(f"{n_dumps} dumps: all cores {one / every:.2f} times as fast as one")
            peaks.append(f"{n_dumps} dumps {peak_megabytes(raw):.0f} MB")
        console.print(f"most memory on one core: {', '.join(peaks)}")


def peak_megabytes(raw: Path) -> float:
    """Return the most memory that a process of its own takes to read a folder of dumps."""
    script = [sys.executable, __file__, "--peak-of", str(raw)]
    return float(subprocess.run(script, check=True, capture_output=True, text=True).stdout)


def main(megabytes: float, folder: Path = SAMPLE) -> None:
    """Measure each page of a folder, then many dumps at once."""
    console = Console(width=130)
    with tempfile.TemporaryDirectory() as name:
        large = Path(name)
        for file in sorted(folder.iterdir()):
            if file.suffix in (".txt", *_MARKUP):
                enlarge(file, large / file.name, int(megabytes * 1e6))
        time.sleep(_SETTLING)
        pages(console, large)
        if texts := sorted(large.glob("*.txt")):
            shutil.copy(texts[0], large / "one")
            many(console, large / "one")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peak-of"]:
        read_all(Path(sys.argv[2]), most_processes=1)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)  # noqa: T201
    else:
        size = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
        main(size, Path(sys.argv[2]) if len(sys.argv) > 2 else SAMPLE)
