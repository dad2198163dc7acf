"""What one piece of work takes, measured from within: run in a fresh process, in any checkout.

What belongs here: measuring a build step by step, the floor beside it, the questions. What does
not: choosing data, comparing, reporting (`cost`). Nothing is imported from beside this file, so
that an older checkout can be measured with it.

    python cost_steps.py build RAW WAREHOUSE
    python cost_steps.py floor RAW WAREHOUSE
    python cost_steps.py questions QUESTIONS.md WAREHOUSE

print JSON. Processor time is that of the process and of those it started; of a server that
`SPARK_REMOTE` names, too, where it runs on this machine and `SERVER_PID` says as what. Memory is
what all of them held together, looked at many times a second in /proc; where there is none, the
peak of the process alone. Where `STEPS_LOG` names a file, each step is noted there as it ends: a
build of hours may be stopped before it ends, and goes on another day.
"""

import json
import os
import re
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any

_PROC = Path("/proc")
_PAUSE = 0.05  # seconds between two looks at the memory
_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICKS = os.sysconf("SC_CLK_TCK")  # a second
_ROW_GROUP = 20_480
_SETTINGS = {"memory": "PAPERMART_MEMORY", "spark_remote": "SPARK_REMOTE"}


def cpu_seconds() -> float:
    """Return the processor time of this process, of its children that ended, of the server."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used) + sum(map(_seconds_of, _server()))


def _server() -> list[int]:
    """Return the server's process and all below it."""
    said = os.environ.get("SERVER_PID")
    return [int(said), *_children(int(said))] if said else []


def _seconds_of(pid: int) -> float:
    """Return the processor time of another process, and of those it started that have ended."""
    with suppress(OSError):
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / _TICKS
    return 0.0


# ---------------------------------------------------------------- memory


def _children(pid: int) -> list[int]:
    found = []
    with suppress(OSError):
        for task in (_PROC / str(pid) / "task").iterdir():
            with suppress(OSError):
                found += map(int, (task / "children").read_text().split())
    return [one for child in found for one in (child, *_children(child))]


def held_bytes() -> int:
    """Return what this process, the server, and all below them hold."""
    total = 0
    for pid in (os.getpid(), *_children(os.getpid()), *_server()):
        with suppress(OSError, IndexError):
            total += int((_PROC / str(pid) / "statm").read_text().split()[1]) * _PAGE
    return total


class Watch:
    """Looks at the memory again and again, and keeps the most it saw."""

    def __init__(self) -> None:
        """Start looking."""
        self.peak = 0
        if _PROC.exists():
            threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        while True:
            self.peak = max(self.peak, held_bytes())
            time.sleep(_PAUSE)

    def take(self) -> int:
        """Return the peak since the last call."""
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        peak, self.peak = max(self.peak, held_bytes()) or own, 0
        return peak


# ---------------------------------------------------------------- a build


def build(raw: Path, warehouse: Path) -> dict[str, Any]:
    """Build, and return the steps: name, group, processor seconds, seconds, peak bytes."""
    start, began = cpu_seconds(), time.perf_counter()
    watch, steps = Watch(), []
    from pipeline.builds import run
    from pipeline.models.catalogue import load_models
    from pipeline.storage.warehouse import Warehouse

    groups = {name: _group(model.spec) for name, model in load_models().items()}

    def timed(work: Callable[..., Any], name_of: Callable[..., str]) -> Callable[..., Any]:
        @wraps(work)
        def measured(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401
            name, cpu, wall = name_of(*arguments), cpu_seconds(), time.perf_counter()
            watch.take()
            try:
                return work(*arguments, **named)
            finally:
                taken = (cpu_seconds() - cpu, time.perf_counter() - wall, watch.take())
                steps.append((name, groups.get(name, name), *taken))
                _note(steps[-1])

        return measured

    for function, name_of in (
        ("refresh_dumps", lambda *_: "reading"),
        ("refresh_model", lambda _, model, *__: model.name),
        ("publish_set", lambda *_: "publish"),
    ):
        setattr(run, function, timed(getattr(run, function), name_of))
    asked = {name: os.environ.get(variable) for name, variable in _SETTINGS.items()}
    # Only what was asked for: an older checkout may not know the rest.
    run.build(raw, Warehouse(warehouse, **{name: value for name, value in asked.items() if value}))
    totals = cpu_seconds() - start, time.perf_counter() - began
    rest = [total - sum(step[2 + at] for step in steps) for at, total in enumerate(totals)]
    steps.append(("rest", "start and rest", *rest, watch.take()))
    return {"steps": steps, "cpu": totals[0], "wall": totals[1]}


def _note(step: tuple[Any, ...]) -> None:
    if log := os.environ.get("STEPS_LOG"):
        with Path(log).open("a", encoding="utf-8") as file:
            file.write(json.dumps(step) + "\n")


def _group(spec: Any) -> str:  # noqa: ANN401 - another checkout's
    """Return the group of a table: its layer, and the stage within it."""
    return " ".join(filter(None, (spec.layer, spec.stage)))


# ---------------------------------------------------------------- the floor


def floor(raw: Path, warehouse: Path) -> dict[str, float]:
    """Return the least that any build of these pages has to do, each part on one thread.

    Read, decode and split every page; write the records and their authors, then the papers, as
    Parquet from memory; scan what papers are made of once. To read the tables is not counted.
    """
    import duckdb
    import pyarrow as pa
    import pyarrow.parquet as pq

    pa.set_cpu_count(1)
    start = time.process_time()
    for file in sorted(raw.rglob("*")):
        if file.suffix in (".txt", ".html"):
            file.read_bytes().decode("utf-8", "replace").split("\n")
    parts = {"read, decode, split": time.process_time() - start}
    with tempfile.TemporaryDirectory() as name:
        for table in ("staging/records", "staging/record_authors", "marts/papers"):
            parts[f"write {table}"] = 0.0
            for n, file in enumerate(sorted((warehouse / "tables" / table).glob("*.parquet"))):
                rows, to = pq.read_table(file), Path(name) / f"{table.replace('/', '_')}{n}.parquet"
                start = time.process_time()
                pq.write_table(rows, to, compression="zstd", row_group_size=_ROW_GROUP)
                parts[f"write {table}"] += time.process_time() - start
        engine, start = duckdb.connect(config={"threads": 1}), time.process_time()
        for table, columns in (
            ("staging_records[0-9]*", "sum(length(title)), sum(length(abstract)), sum(year)"),
            ("staging_record_authors*", "sum(length(name))"),
        ):
            engine.execute(
                f"select {columns} from read_parquet('{name}/{table}.parquet')"
            ).fetchall()
        parts["scan"] = time.process_time() - start
    return parts


# ---------------------------------------------------------------- questions


def questions(document: Path, warehouse: Path) -> list[tuple[str, float, float, int]]:
    """Ask each question twice; return title, seconds and processor seconds of the second, rows.

    The rows come as `papermart query` takes them: as Arrow, not each as Python's values.

    The names and topics of the document are the sample's: the collection's most frequent ones stand
    in for them.
    """
    from pipeline.storage.published_file import open_published

    text, found = document.read_text("utf-8"), []
    asked = re.findall(r"^## (\d+\. .*?)\n.*?```sql\n(.*?)```", text, re.MULTILINE | re.DOTALL)
    with open_published(warehouse / "warehouse.duckdb") as engine:
        names = _names(engine)
        for title, sql in asked:
            for known, here in names.items():
                sql = sql.replace(f"'{known}'", "'" + here.replace("'", "''") + "'")
            engine.arrow(sql)
            wall, cpu = time.perf_counter(), time.process_time()
            n_rows = engine.arrow(sql).num_rows
            found.append((title, time.perf_counter() - wall, time.process_time() - cpu, n_rows))
    return found


def _names(engine: Any) -> dict[str, str]:  # noqa: ANN401 - another checkout's
    """Return what stands in for the sample's names."""
    author = engine.tuples(
        "select author_name from authors order by n_papers desc, author_id limit 1"
    )
    topic = engine.tuples(
        "select topic from topics join paper_topics using (topic_id) group by topic "
        "order by count(*) desc, topic limit 1"
    )
    other = engine.tuples(
        "select coauthor_name from coauthors where author_name = ? order by n_papers desc, "
        "coauthor_name limit 1",
        [author[0][0]],
    ) if author else []  # fmt: skip
    stand_ins = {"Nan Duan": author, "Weizhu Chen": other or author, "Language models": topic}
    return {known: rows[0][0] for known, rows in stand_ins.items() if rows}


_WORK: dict[str, Callable[[Path, Path], Any]] = {
    "build": build,
    "floor": floor,
    "questions": questions,
}

if __name__ == "__main__":
    what, *places = sys.argv[1:]
    sys.stdout.write("\n" + json.dumps(_WORK[what](*map(Path, places))) + "\n")
