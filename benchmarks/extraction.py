"""How fast dumps are read, beside the least that any reader has to do.

    python benchmarks/extraction.py [MEGABYTES] [FOLDER]

Of every page in FOLDER (data/raw by default) a large one is made: the cards of text are repeated,
markup is taken as it is. The floor is measured in the same run: read, decode, split into lines (of
markup: parse with bare lexbor), and write the same columns to Parquet. These figures are CPU time
on one core; the ratio is what counts. Then many dumps are read on one core and on all, by the
clock, and the memory it takes is told for few and for many. BeautifulSoup is measured beside
ours where it is installed (`pip install beautifulsoup4`).
"""

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from unittest import mock

from rich.console import Console
from rich.table import Table
from selectolax.lexbor import LexborHTMLParser

from pipeline import build
from pipeline.extraction import DumpFile, Extracted, extract_dump, find_dumps, to_tables
from pipeline.warehouse import Warehouse, write_arrow

RAW = Path(__file__).parent.parent / "data" / "raw"
_MARKUP = (".html", ".htm")
_MANY = 24  # dumps for the figures of several cores
_REPEATS = 3


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


def measure(file: DumpFile, folder: Path) -> tuple[Extracted, float, float, float | None]:
    """Return what was read, and CPU seconds of extraction, of the floor, of BeautifulSoup."""
    place = folder / file.path
    is_markup = place.suffix in _MARKUP
    found = extract_dump(folder, file)
    tables = to_tables([found])

    def write() -> None:
        for name, table in tables.items():
            write_arrow(table, folder / f".{name}.parquet")

    def extract() -> None:
        for name, table in to_tables([extract_dump(folder, file)]).items():
            write_arrow(table, folder / f".{name}.parquet")

    def floor() -> None:
        text = place.read_bytes().decode("utf-8", "replace")
        if is_markup:
            LexborHTMLParser(text)
        else:
            text.split("\n")
        write()

    return found, best(extract), best(floor), soup(place) if is_markup else None


def soup(place: Path) -> float | None:
    """Return CPU seconds in which BeautifulSoup parses a page and reads its text, or None."""
    try:
        from bs4 import BeautifulSoup
    except ImportError:
        return None
    return best(lambda: BeautifulSoup(place.read_bytes(), "html.parser").get_text(), 1)


def pages(console: Console, folder: Path) -> None:
    """Print a line for each page of a folder of large pages."""
    table = Table("page", "kind", "records", "MB/s", "floor MB/s", "x floor", "BeautifulSoup")
    for dump in sorted(find_dumps(folder), key=lambda dump: dump.path):
        found, whole, floor, soup_seconds = measure(dump, folder)
        row = found.dump
        size = (dump.n_bytes or 0) / 1e6
        kind = f"{row.get('source')} {row.get('form')}"
        speed = (f"{size / whole:.1f}", f"{size / floor:.1f}", f"{whole / floor:.1f}")
        beside = f"{soup_seconds / whole:.1f} times ours" if soup_seconds else ""
        table.add_row(dump.path, kind, str(row["n_records"]), *speed, beside)
    console.print(table)


def read_all(raw: Path, *, on_all_cores: bool) -> float:
    """Return the seconds by the clock in which the dumps of a folder are read into a warehouse."""
    least = build._PARALLEL_BYTES if on_all_cores else 1 << 60
    with tempfile.TemporaryDirectory() as root, mock.patch.object(build, "_PARALLEL_BYTES", least):
        start = time.perf_counter()
        build.refresh_dumps(raw, Warehouse(Path(root)), build.utc_now())
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
                one = read_all(raw, on_all_cores=False)
                every = read_all(raw, on_all_cores=True)
                console.print(f"{n_dumps} dumps: all cores {one / every:.2f} times as fast as one")
            peaks.append(f"{n_dumps} dumps {peak_megabytes(raw):.0f} MB")
        console.print(f"most memory on one core: {', '.join(peaks)}")


def peak_megabytes(raw: Path) -> float:
    """Return the most memory that a process of its own takes to read a folder of dumps."""
    script = [sys.executable, __file__, "--peak-of", str(raw)]
    return float(subprocess.run(script, check=True, capture_output=True, text=True).stdout)


def main(megabytes: float, folder: Path = RAW) -> None:
    """Measure each page of a folder, then many dumps at once."""
    console = Console()
    with tempfile.TemporaryDirectory() as name:
        large = Path(name)
        for file in sorted(folder.iterdir()):
            if file.suffix in (".txt", *_MARKUP):
                enlarge(file, large / file.name, int(megabytes * 1e6))
        pages(console, large)
        texts = sorted(large.glob("*.txt"))
        shutil.copy(texts[0], large / "one")
        many(console, large / "one")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peak-of"]:
        read_all(Path(sys.argv[2]), on_all_cores=False)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)  # noqa: T201
    else:
        size = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
        main(size, Path(sys.argv[2]) if len(sys.argv) > 2 else RAW)
