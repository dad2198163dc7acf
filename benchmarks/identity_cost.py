"""What telling the people of many records apart costs: `papermart identify` on made-up ones.

    python benchmarks/identity_cost.py [N ...]

runs the command on collections of so many records (100,000 and 1,000,000 by default, see
`made_people`), each in a process of its own, and prints its processor time (user and system, all
threads), by parts, the most memory it held, and how right it is beside one person per name and the
components of shared coauthors (`identity`). Exit status 1 if the budget does not hold: in time and
memory of a million records or more, and in growth from the first collection to the last.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from types import ModuleType
from typing import Any

import identity
import polars as pl
from rich.console import Console
from rich.table import Table

from pipeline.evaluate.identity import Figures, figures_of
from pipeline.evaluate.memory import peak_bytes

# The budget of a million records with 4.5 million names, and how much more than in proportion to
# the records the time may grow.
_MILLION = 1_000_000
_CPU_SECONDS, _BYTES, _GROWTH = 60.0, 3e9, 1.2
_READING, _PERSONS, _WRITING, _REST = "reading", "persons", "writing", "start"
# Of more records not all names are judged: the baselines take more memory than the command.
_JUDGED = 100_000
_MAKER = Path(__file__).with_name("synthetic.py")


@dataclass(frozen=True, slots=True)
class Cost:
    """What telling the people of a collection apart took.

    Attributes:
        n_records: how many records it has.
        seconds: processor time by part.
        peak_bytes: the most memory held.
    """

    n_records: int
    seconds: dict[str, float]
    peak_bytes: int

    @property
    def total(self) -> float:
        """Processor time of the whole command."""
        return sum(self.seconds.values())


def growth(small: Cost, large: Cost) -> float:
    """Return how many times as long a record of the one takes as a record of the other."""
    return large.total / large.n_records / (small.total / small.n_records)


# ---------------------------------------------------------------- in a process of its own


def measured(n_records: int, records: Path, to: Path) -> Cost:
    """Run the command in a fresh process."""
    command = [sys.executable, __file__, "--run", str(records), str(to)]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    found = json.loads(said.splitlines()[-1])
    return Cost(n_records, found["seconds"], found["peak_bytes"])


def run(records: str, to: str) -> None:
    """Run the command here; what it took stands as JSON on the last line of the output."""
    from pipeline.cli.app import app
    from pipeline.records import identify

    seconds: dict[str, float] = {}
    _time(identify, "show_records", _READING, seconds)
    _time(identify, "make_there", _PERSONS, seconds)
    _time(identify, "write_all", _WRITING, seconds)
    app(["identify", records, "--to", to], standalone_mode=False)
    seconds[_REST] = time.process_time() - sum(seconds.values())
    sys.stdout.write(json.dumps({"seconds": seconds, "peak_bytes": peak_bytes()}))


def _time(module: ModuleType, name: str, part: str, seconds: dict[str, float]) -> None:
    """Have a function of a module note its processor time."""
    function = getattr(module, name)

    @wraps(function)
    def timed(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401
        start = time.process_time()
        try:
            return function(*arguments, **named)
        finally:
            seconds[part] = time.process_time() - start

    setattr(module, name, timed)


# ---------------------------------------------------------------- judging and printing


def judged(records: Path, truth: Path, found: Path) -> dict[str, Figures]:
    """Return how right the baselines and the command are, by what they do."""
    labels = pl.read_parquet(truth)
    every = max(1, labels["record_id"].n_unique() // _JUDGED)
    labels = labels.filter(pl.col("block").rank("dense") % every == 0)
    told = labels.join(pl.read_parquet(found), on=["record_id", "author_order"])
    return {**identity.baselines(records, labels), "papermart identify": figures_of(told)}


def cost_table(costs: Sequence[Cost]) -> Table:
    """Return what the collections took as a table."""
    table = Table("CPU seconds", *(f"{cost.n_records:,}" for cost in costs))
    for part in (_READING, _PERSONS, _WRITING, _REST):
        table.add_row(part, *(f"{cost.seconds[part]:.1f}" for cost in costs))
    table.add_row("all", *(f"{cost.total:.1f}" for cost in costs))
    table.add_row("peak memory, MB", *(f"{cost.peak_bytes / 1e6:,.0f}" for cost in costs))
    table.add_row("time per record, × the first", *(f"{growth(costs[0], c):.2f}" for c in costs))
    return table


def missed(costs: Sequence[Cost]) -> Iterator[str]:
    """Yield in which ways the budget does not hold; collections of other sizes have their share."""
    for cost in costs:
        share = cost.n_records / _MILLION
        if cost.n_records >= _MILLION and cost.total > _CPU_SECONDS * share:
            yield f"{cost.n_records:,} records take more than {_CPU_SECONDS * share:.0f} CPU s"
        if cost.n_records >= _MILLION and cost.peak_bytes > _BYTES * share:
            yield f"{cost.n_records:,} records take more than {_BYTES * share / 1e9:.1f} GB"
    if growth(costs[0], costs[-1]) > _GROWTH:
        yield f"the time grows by more than {_GROWTH} times as much as the records"


def main(sizes: Sequence[int] = (100_000, _MILLION)) -> int:
    """Measure, judge and print; returns 1 where the budget does not hold."""
    console = Console(width=110)
    with tempfile.TemporaryDirectory(prefix="papermart-bench-") as name:
        folders = {n: Path(name) / str(n) for n in sizes}
        # Elsewhere and before: a process starts with the peak of the one that started it.
        for n, folder in folders.items():
            subprocess.run([sys.executable, _MAKER, str(n), folder, "--people"], check=True)
        costs = [
            measured(n, folder / "records.parquet", folder / "found.parquet")
            for n, folder in folders.items()
        ]
        console.print(cost_table(costs))
        for n, folder in folders.items():
            files = (folder / f"{part}.parquet" for part in ("records", "truth", "found"))
            console.print(identity.figures_table(f"{n:,} records", judged(*files)))
    faults = list(missed(costs))
    console.print(*(faults or ["the budget holds"]), sep="\n", highlight=False)
    return int(bool(faults))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        run(*sys.argv[2:])
    else:
        sys.exit(main([int(n) for n in sys.argv[1:]] or (100_000, _MILLION)))
