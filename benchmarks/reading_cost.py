"""How much longer plain pages take to read than with an older checkout: the ratio within one run.

What belongs here: reading the same files with two checkouts, in turns, and the ratio of their
processor time. What does not: a build as a whole (`run`), pages in other forms (`forms`).

    python benchmarks/reading_cost.py OLD_CHECKOUT [FILE ...]

Files are those of the sample, and of the shared folder beside the checkout, if none are named. Both
checkouts run in processes of their own with this environment's packages. In each round every file
is read (`extract_dump`) and all become tables (`to_tables`); the best time of a file counts. Exit
status 1 if text or HTML takes more than 1.25 times what it took.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
LIMIT = 1.25
_FOLDERS = (HERE / "data" / "sample", HERE.parent / "shared" / "raw", HERE.parent / "shared/pages")
_TURNS, _ROUNDS = 6, 4
# Runs in either checkout: prints the best seconds of each file, and of the tables by form.
_MEASURE = """
import json, sys, time
from pathlib import Path
from pipeline.extraction.dump_files import find_dumps
from pipeline.extraction.reading import extract_dump
from pipeline.extraction.staging_tables import to_tables

def timed(work):
    start = time.process_time()
    result = work()
    return time.process_time() - start, result

folder, rounds = Path(sys.argv[1]), int(sys.argv[2])
files = list(find_dumps(folder))
best = {}
for _ in range(rounds + 1):
    read = {".txt": [], ".html": []}
    for file in files:
        seconds, found = timed(lambda: extract_dump(folder, file))
        read[Path(file.path).suffix].append(found)
        best[file.path] = min(seconds, best.get(file.path, seconds))
    for form, found in read.items():
        name = f"tables{form}"
        seconds, _ = timed(lambda: to_tables(found))
        best[name] = min(seconds, best.get(name, seconds))
print(json.dumps(best))
"""


def measure(checkout: Path, folder: Path) -> dict[str, float]:
    """Return the best seconds of one process of a checkout, by the names of files and tables."""
    ran = subprocess.run(
        [sys.executable, "-c", _MEASURE, str(folder), str(_ROUNDS)],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout)},
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(ran.stdout)


def compare(old: Path, folder: Path) -> dict[str, tuple[float, float]]:
    """Return the best seconds, old and new, of each file and table, measured in turns."""
    best: dict[str, tuple[float, float]] = {}
    for _ in range(_TURNS):
        before, now = measure(old, folder), measure(HERE, folder)
        for name, seconds in before.items():
            known = best.get(name, (seconds, now[name]))
            best[name] = (min(known[0], seconds), min(known[1], now[name]))
    return best


def main() -> int:
    """Print the ratio of each file and of each form; return 1 if a form is above the limit."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("old", type=Path, help="a checkout of the commit to compare with")
    parser.add_argument("files", nargs="*", type=Path, help="pages, .txt and .html")
    given = parser.parse_args()
    files = given.files or [file for folder in _FOLDERS for file in sorted(folder.glob("*.*"))]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for place, file in enumerate(files):
            if file.suffix in (".txt", ".html"):
                shutil.copyfile(file, folder / f"{place:03}-{file.name}")
        best = compare(given.old.resolve(), folder)
    is_slow = False
    for form in (".txt", ".html"):
        pairs = {name: pair for name, pair in sorted(best.items()) if name.endswith(form)}
        pairs[f"all {form}"] = (
            sum(old for old, _ in pairs.values()),
            sum(new for _, new in pairs.values()),
        )
        for name, (old, new) in pairs.items():
            ratio = new / old if old else 0.0
            sys.stdout.write(f"{ratio:6.2f} {old * 1e3:8.2f} ms {new * 1e3:8.2f} ms  {name}\n")
        is_slow |= ratio > LIMIT
    return int(is_slow)


if __name__ == "__main__":
    sys.exit(main())
