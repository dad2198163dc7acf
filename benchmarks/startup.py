"""How much processor time the commands take that have nothing to do, each with its limit.

    python benchmarks/startup.py

The sample is built once into a folder of its own. Then each command runs by itself, five times
after one that does not count; the median of its CPU seconds (user and system, its own processes
included) is held against the limit. Exit status 1 if one is above.
"""

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

from rich.console import Console
from rich.table import Table

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "sample"
PAPERMART = Path(sys.executable).parent / "papermart"  # the console script of this environment
LIMITS = {"--help": 0.25, "status": 0.4, "build": 1.0}  # CPU seconds
_REPEATS = 5


def run(arguments: list[str], here: Path) -> None:
    """Run a command in a folder without settings of its own.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    own = {key: value for key, value in os.environ.items() if not key.startswith("PAPERMART_")}
    subprocess.run([PAPERMART, *arguments], cwd=here, env=own, check=True, capture_output=True)


def cpu_seconds(arguments: list[str], here: Path) -> float:
    """Return the CPU seconds of one run of a command."""
    before = getrusage(RUSAGE_CHILDREN)
    run(arguments, here)
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def measure(here: Path) -> dict[str, list[float]]:
    """Return the CPU seconds of each run of each command, on a warehouse that is up to date."""
    folders = ["--raw", str(SAMPLE), "--warehouse", str(here / "warehouse")]
    run(["build", *folders], here)
    seconds = {}
    for command in LIMITS:
        arguments = [command] if command.startswith("-") else [command, *folders]
        run(arguments, here)
        seconds[command] = [cpu_seconds(arguments, here) for _ in range(_REPEATS)]
    return seconds


def main() -> int:
    """Measure, print, and say whether a limit is broken."""
    with tempfile.TemporaryDirectory(prefix="papermart-bench-") as name:
        seconds = measure(Path(name))
    table = Table("command", "CPU s (median)", "least", "most", "limit")
    is_above = False
    for command, limit in LIMITS.items():
        median = statistics.median(seconds[command])
        is_above |= median > limit
        shown = (f"{value:.2f}" for value in (median, min(seconds[command]), max(seconds[command])))
        table.add_row(f"papermart {command}", *shown, f"{limit:.2f}" + " *" * (median > limit))
    console = Console(width=100)
    console.print(table)
    if is_above:
        console.print("* above the limit")
    return int(is_above)


if __name__ == "__main__":
    sys.exit(main())
