"""What a build takes, stage by stage, beside the least it can take, and how that grows with size.

What belongs here: collections, builds in fresh processes, budgets. What does not: measuring from
within (`cost_steps`), tables and plots (`cost_report`).

    python benchmarks/cost.py [--records 10k,100k,1m] [--data synth,gen] [--repeat 3] [--memory MB]
    python benchmarks/cost.py --against OTHER_CHECKOUT [--records 2k]

Pages are made up (`papermart synth`), or made by the shared folder's perf/gen.py where it is there.
One page is held back, a build measured, the page put in, and the build of this one page measured;
then docs/questions.md is asked. What a stage takes is also given as a multiple of the floor (see
`cost_steps.floor`) of the same run. Medians of the repeats go to benchmarks/RESULTS.md, beside
other sizes that were measured before. With --against, an older checkout builds the same pages in
turns with this one; exit status 1 if this one takes more than 1.25 times its processor time.
--memory gives builds a limit (PAPERMART_MEMORY), and nothing goes to RESULTS.md; exit status 1 if
one held more.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import cost_report
from cost_report import Cost, Stage

HERE = Path(__file__).resolve().parent.parent
_STEPS = Path(__file__).with_name("cost_steps.py")
_SHARED = HERE.parent / "shared"
_GEN, _GEN_CARDS, _SEED = _SHARED / "perf" / "gen.py", 50, 7
_RESULTS = Path(__file__).with_name("RESULTS.md")
_LIMIT = 1.25
_UNITS = {"k": 1_000, "m": 1_000_000}


# ---------------------------------------------------------------- collections


def make_synth(folder: Path, n_records: int) -> Path:
    """Make pages up; returns their folder."""
    from pipeline.synth.write import write

    return write(folder, n_records, _SEED).pages


def make_gen(folder: Path, n_records: int) -> Path:
    """Have the shared folder's generator make pages; returns their folder."""
    n_pages = str(max(1, n_records // _GEN_CARDS))
    seeds = {**os.environ, "SEEDS_DIR": str(_SHARED / "raw")}
    subprocess.run(
        [sys.executable, _GEN, folder, n_pages, str(_SEED)],
        check=True,
        env=seeds,
        stdout=subprocess.DEVNULL,
    )
    return folder


_MAKERS = {"synth": make_synth, "gen": make_gen}


# ---------------------------------------------------------------- in a process of its own


def measured(
    what: str,
    source: Path,
    warehouse: Path,
    checkout: Path = HERE,
    env: Mapping[str, str] | None = None,
) -> Any:  # noqa: ANN401 - JSON
    """Have a fresh process of a checkout do something, and return what it says of itself."""
    ran = subprocess.run(
        [sys.executable, _STEPS, what, source, warehouse],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout), **(env or {})},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return json.loads(ran.stdout.splitlines()[-1])


def measure(raw: Path, folder: Path, memory: int | None) -> dict[str, Any]:
    """Build without one page, add it, ask the questions; returns what each took."""
    env = {"PAPERMART_MEMORY": f"{memory}MB"} if memory else {}
    warehouse = folder / "warehouse"
    shutil.rmtree(warehouse, ignore_errors=True)
    page, apart = _one_page(raw), folder / "page"
    page.rename(apart)
    try:
        built = measured("build", raw, warehouse, env=env)
        floor = measured("floor", raw, warehouse)
    finally:
        apart.rename(page)
    more = measured("build", raw, warehouse, env=env)
    asked = measured("questions", HERE / "docs" / "questions.md", warehouse)
    return {"build": built, "floor": floor, "more": more, "questions": asked}


def _one_page(raw: Path) -> Path:
    """Return a page of text from the middle of a collection."""
    pages = sorted(file for file in raw.rglob("*.txt"))
    return pages[len(pages) // 2]


def _stages(runs: Sequence[dict[str, Any]]) -> list[Stage]:
    """Return the medians of each stage, in the order of the build."""
    by_stage: dict[str, list[tuple[float, float, float]]] = {}
    for run in runs:
        sums: dict[str, tuple[float, float, float]] = {}
        for _, stage, cpu, wall, peak in run["build"]["steps"]:
            before = sums.get(stage, (0.0, 0.0, 0.0))
            sums[stage] = before[0] + cpu, before[1] + wall, max(before[2], peak)
        for stage, figures in sums.items():
            by_stage.setdefault(stage, []).append(figures)
    return [
        Stage(name, *(median(column) for column in zip(*figures, strict=True)))
        for name, figures in by_stage.items()
    ]


def cost_of(data: str, n_records: int, runs: Sequence[dict[str, Any]]) -> Cost:
    """Return the medians of some runs on one collection."""
    return Cost(
        data=data,
        n_records=n_records,
        n_runs=len(runs),
        stages=_stages(runs),
        cpu=median(run["build"]["cpu"] for run in runs),
        wall=median(run["build"]["wall"] for run in runs),
        floor=median(sum(run["floor"].values()) for run in runs),
        more_cpu=median(run["more"]["cpu"] for run in runs),
        more_wall=median(run["more"]["wall"] for run in runs),
        more_peak=median(max(step[4] for step in run["more"]["steps"]) for run in runs),
        questions=[
            (asked[0][0], median(one[1] for one in asked), median(one[2] for one in asked))
            for asked in zip(*(run["questions"] for run in runs), strict=True)
        ],
    )


# ---------------------------------------------------------------- an older checkout


def against(other: Path, n_records: int, repeat: int) -> int:
    """Compare with another checkout on the same pages; returns 1 if this one is much slower."""
    runs: dict[str, list[dict[str, Any]]] = {"other": [], "here": []}
    with tempfile.TemporaryDirectory(prefix="papermart-bench-") as name:
        raw = make_synth(Path(name) / "made", n_records)
        for turn in range(repeat):
            for who, checkout in (("other", other.resolve()), ("here", HERE)):
                built = measured("build", raw, Path(name) / f"{who}{turn}", checkout)
                runs[who].append({"build": built})
    before, now = (
        {stage.name: stage for stage in _stages(found)} for found in (runs["other"], runs["here"])
    )
    cpu = {who: median(run["build"]["cpu"] for run in found) for who, found in runs.items()}
    cost_report.print_ratios(before, now, cpu["other"], cpu["here"])
    return int(cpu["here"] > _LIMIT * cpu["other"])


# ---------------------------------------------------------------- the command


def number(text: str) -> int:
    """Read a number of records.

    >>> number("10k"), number("1m"), number("250")
    (10000, 1000000, 250)
    """
    unit = _UNITS.get(text[-1:].lower(), 1)
    return int(text[:-1] if unit > 1 else text) * unit


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    assert __doc__
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--records", help="sizes: 10k,100k,1m (2k with --against)")
    parser.add_argument("--data", default="synth", help="synth, gen, or both: synth,gen")
    parser.add_argument("--repeat", type=int, default=1, help="runs of which the median counts")
    parser.add_argument("--memory", type=int, metavar="MB", help="what a build may hold")
    parser.add_argument("--against", type=Path, metavar="CHECKOUT", help="an older checkout")
    parser.add_argument("--to", type=Path, default=_RESULTS, help="where results are written")
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> int:
    """Measure, print and write; returns 1 where a budget does not hold."""
    chosen = _arguments(given)
    sizes = [
        number(one) for one in (chosen.records or ("2k" if chosen.against else "10k")).split(",")
    ]
    if chosen.against:
        return against(chosen.against, sizes[0], chosen.repeat)
    costs = []
    for data in chosen.data.split(","):
        if data == "gen" and not _GEN.exists():
            sys.stderr.write(f"{_GEN} is not there: its data is left out\n")
            continue
        for n_records in sizes:
            with tempfile.TemporaryDirectory(prefix="papermart-bench-") as name:
                raw = _MAKERS[data](Path(name) / "made", n_records)
                runs = [measure(raw, Path(name), chosen.memory) for _ in range(chosen.repeat)]
            costs.append(cost_of(data, n_records, runs))
            cost_report.print_cost(costs[-1])
            if not chosen.memory:  # each at once: a larger one may fail
                cost_report.keep(costs[-1], chosen.to)
                cost_report.write_results(cost_report.kept(chosen.to), chosen.to)
    held = max((cost.peak for cost in costs), default=0.0)
    return int(chosen.memory is not None and held > chosen.memory * 1e6)


if __name__ == "__main__":
    sys.exit(main())
