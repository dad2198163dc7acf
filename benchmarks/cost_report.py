"""The cost of builds as tables and plots.

What belongs here: how the figures of `cost` are shown. What does not: measuring.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import altair as alt
from rich.console import Console
from rich.table import Table

from pipeline.outputs.report.drawings import drawing, layer

_KEPT = "results"  # the folder beside the file of results
_MOST_LINES = 8  # stages that a plot names; the others are one line


@dataclass(frozen=True, slots=True)
class Stage:
    """What one stage took: processor seconds, seconds, the most bytes held by all processes."""

    name: str
    cpu: float
    wall: float
    peak: float


@dataclass(frozen=True, slots=True)
class Cost:
    """What a collection took.

    Attributes:
        data: who made it.
        n_records: how many records it has.
        n_runs: of how many runs these are the medians.
        stages: in the order of the build.
        cpu: processor seconds of the whole build.
        wall: its seconds.
        floor: processor seconds of the least that any build has to do.
        more_cpu: processor seconds of a build of one page more.
        more_wall: its seconds.
        more_peak: the most bytes that it held.
        questions: title, seconds, processor seconds (None: not kept).
    """

    data: str
    n_records: int
    n_runs: int
    stages: list[Stage]
    cpu: float
    wall: float
    floor: float
    more_cpu: float
    more_wall: float
    more_peak: float
    questions: list[tuple[str, float, float | None]]

    @property
    def peak(self) -> float:
        """The most bytes that either build held."""
        return max(self.more_peak, *(stage.peak for stage in self.stages))


def _lines(cost: Cost) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield the rows of a table of stages: name, CPU s, multiple of the floor, s, MB."""
    whole = Stage("all", cost.cpu, cost.wall, cost.peak)
    for stage in (*cost.stages, whole):
        times = f"{stage.cpu / cost.floor:.1f}"
        yield (
            *(stage.name, f"{stage.cpu:.1f}", times, f"{stage.wall:.1f}"),
            f"{stage.peak / 1e6:,.0f}",
        )
    yield "floor", f"{cost.floor:.2f}", "1.0", "", ""
    held = f"{cost.more_peak / 1e6:,.0f}"
    yield "one page more", f"{cost.more_cpu:.1f}", "", f"{cost.more_wall:.1f}", held


_HEADINGS = ("stage", "CPU s", "× floor", "s", "peak MB")


def print_cost(cost: Cost) -> None:
    """Print what a collection took."""
    table = Table(*_HEADINGS, title=f"{cost.data}, {cost.n_records:,} records")
    for line in _lines(cost):
        table.add_row(*line)
    console = Console(width=110)
    console.print(table)
    slowest = max(cost.questions, key=lambda asked: asked[1])
    console.print(f"slowest question: {slowest[0]} {slowest[1]:.2f} s", highlight=False)


def print_ratios(
    before: Mapping[str, Stage], now: Mapping[str, Stage], cpu_before: float, cpu_now: float
) -> None:
    """Print what stages take against another checkout."""
    table = Table("stage", "CPU s there", "CPU s here", "ratio")
    for name in dict.fromkeys((*before, *now)):
        there, here = (found[name].cpu if name in found else None for found in (before, now))
        ratio = f"{here / there:.2f}" if here is not None and there else "-"
        shown = ("-" if one is None else f"{one:.2f}" for one in (there, here))
        table.add_row(name, *shown, ratio)
    table.add_row("all", f"{cpu_before:.2f}", f"{cpu_now:.2f}", f"{cpu_now / cpu_before:.2f}")
    Console(width=110).print(table)


# ---------------------------------------------------------------- RESULTS.md


def keep(cost: Cost, file: Path) -> None:
    """Keep what a collection took beside the file of results, in place of what it took before."""
    folder = file.parent / _KEPT
    folder.mkdir(parents=True, exist_ok=True)
    values = json.dumps(asdict(cost), indent=1)
    (folder / f"{cost.data}-{cost.n_records}.json").write_text(values + "\n", "utf-8")


def kept(file: Path) -> list[Cost]:
    """Return what was kept beside the file of results, each maker's sizes in order."""
    found = []
    for one in sorted((file.parent / _KEPT).glob("*.json")):
        values = json.loads(one.read_text("utf-8"))
        stages = [Stage(**stage) for stage in values.pop("stages")]
        asked = [tuple(question) for question in values.pop("questions")]
        found.append(Cost(**values, stages=stages, questions=asked))
    return sorted(found, key=lambda cost: (cost.data, cost.n_records))


def write_results(costs: Sequence[Cost], file: Path) -> None:
    """Write tables and plots; the plots lie beside the file."""
    parts = [
        "# What a build takes\n\n"
        "Written by `benchmarks/cost.py`, each size when it was last measured. CPU s is the"
        " processor time of all processes, × floor how many times that of the floor (read, decode"
        " and split the pages;"
        " write the records, their authors and the papers; scan them once), peak what all processes"
        " held together.\n"
    ]
    for data in dict.fromkeys(cost.data for cost in costs):
        own = [cost for cost in costs if cost.data == data]
        parts.append(f"## {'Made-up pages' if data == 'synth' else f'Pages by {data}'}\n")
        for cost in own:
            of_runs = f", medians of {cost.n_runs}" if cost.n_runs > 1 else ""
            parts.append(f"### {cost.n_records:,} records{of_runs}\n")
            parts.append(_markdown(_HEADINGS, _lines(cost)))
        if len(own) > 1:
            parts.append("### Growth\n\nCPU time of a record, as a multiple of the size before.\n")
            sizes = [f"{one.n_records:,}" for one in own[1:]]
            parts.append(_markdown(("stage", *sizes), _growth(own)))
        parts += _plots(own, file.parent / _KEPT, data)
        parts.append("### Questions\n\nSeconds of each question of docs/questions.md.\n")
        sizes = [f"{one.n_records:,}" for one in own]
        rows = zip(*(one.questions for one in own), strict=True)
        lines = ((row[0][0], *(f"{asked[1]:.3f}" for asked in row)) for row in rows)
        parts.append(_markdown(("question", *sizes), lines))
    file.write_text("\n".join(parts), "utf-8")


def _markdown(headings: Sequence[str], lines: Iterator[tuple[str, ...]]) -> str:
    rows = [headings, ["---"] + ["---:"] * (len(headings) - 1), *lines]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _growth(costs: Sequence[Cost]) -> Iterator[tuple[str, ...]]:
    per_record = [
        {stage.name: stage.cpu / cost.n_records for stage in cost.stages}
        | {"all": cost.cpu / cost.n_records, "floor": cost.floor / cost.n_records}
        for cost in costs
    ]
    for name in per_record[-1]:
        found = [(small.get(name), large.get(name)) for small, large in pairwise(per_record)]
        yield name, *(f"{large / small:.2f}" if small and large else "-" for small, large in found)


def _plots(costs: Sequence[Cost], folder: Path, data: str) -> Iterator[str]:
    """Draw the plots of one kind of data; yields the lines that show them."""
    folder.mkdir(parents=True, exist_ok=True)
    largest = sorted(costs[-1].stages, key=lambda stage: -stage.cpu)
    named = {stage.name for stage in largest[:_MOST_LINES]}
    times: dict[tuple[str, int], float] = {}
    for cost in costs:
        for stage in cost.stages:
            key = (stage.name if stage.name in named else "others", cost.n_records)
            times[key] = times.get(key, 0.0) + stage.cpu / cost.n_records * 1e6
        times["floor", cost.n_records] = cost.floor / cost.n_records * 1e6
    rows = [{"records": n, "stage": name, "value": value} for (name, n), value in times.items()]
    peaks = [
        {"records": cost.n_records, "stage": stage.name, "value": stage.peak / 1e6}
        for cost in costs
        for stage in cost.stages
        if stage.name in named
    ]
    for values, what, unit in (
        (rows, "cpu", "CPU µs per record"),
        (peaks, "memory", "peak MB"),
    ):
        name = f"{what}-{data}.svg"
        (folder / name).write_text(_plot(values, unit), "utf-8")
        yield f"![{unit} by stage and number of records]({_KEPT}/{name})\n"


def _plot(values: Sequence[dict[str, Any]], unit: str) -> str:
    """Draw lines by the number of records, each stage with a dash and a mark of its own."""
    sizes = [value["records"] for value in values]
    scale = alt.Scale(type="log", domain=[min(sizes), max(sizes)], nice=False)
    encoding = {
        "x": alt.X("records:Q", title="records", scale=scale, axis=alt.Axis(format="~s")),
        "y": alt.Y("value:Q", title=unit),
        "color": alt.Color("stage:N", title="stage"),
        "strokeDash": alt.StrokeDash("stage:N", title="stage"),
        "shape": alt.Shape("stage:N", title="stage"),
    }
    marks = alt.MarkDef(type="line", point={"size": 50, "opacity": 1})
    layers = [layer(values, marks, encoding)]
    return drawing(layers, unit, unit, 560, 320).svg
