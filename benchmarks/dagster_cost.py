"""What a `dagster dev` left running costs: seconds from drop to published, CPU when idle.

    .venv/bin/python benchmarks/dagster_cost.py [--idle SECONDS] [--drops N]

A new folder with the sample, built by the command line; the real server; Linux only (`/proc`).
Figures are of a machine that does nothing else.
"""

import argparse
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb
from rich.console import Console

from pipeline.outputs.project import make_project
from pipeline.storage.package_data import package_data

BIN = Path(sys.executable).parent
CONSOLE = Console(highlight=False)
SETTLED = 30  # seconds after the first run, which writes the report
PAGE = """-
A Page That Fell Into the Folder {n}
Authors:
Ann Lee,
Bo Chen
Abstract:
We drop page {n} into a folder and wait until it is published.
Submitted 3 May, 2025;
originally announced May 2025.
"""


def children(pid: int) -> set[int]:
    """Return a process and all that descend from it."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents.setdefault(int(fields[1]), []).append(int(folder.name))
    found, waiting = set(), [pid]
    while waiting:
        found.add(one := waiting.pop())
        waiting += parents.get(one, [])
    return found


def cpu_seconds(pids: set[int]) -> dict[int, float]:
    """Return the CPU time of processes and of their children that have ended, in seconds."""
    used = {}
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        used[pid] = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return used


def titles(file: Path) -> set[str]:
    """Return the titles of a published file."""
    with duckdb.connect(str(file.resolve()), read_only=True) as db:
        return {title for (title,) in db.execute("select title from papers").fetchall()}


def n_unfinished(home: Path) -> int:
    """Return how many runs wait or are at work."""
    with closing(sqlite3.connect(home / "data/.dagster/history/runs.db", timeout=30)) as db:
        asked = "select count(*) from runs where status not in ('SUCCESS', 'FAILURE', 'CANCELED')"
        return db.execute(asked).fetchone()[0]


def drop(home: Path, n: int, server: int) -> tuple[float, float]:
    """Drop a page; return the seconds until the published file has it, and those of processors."""
    before = sum(cpu_seconds(children(server)).values())
    (home / f"data/raw/dropped-{n}.txt").write_text(PAGE.format(n=n), "utf-8")
    start = time.monotonic()
    published = home / "data/warehouse/warehouse.duckdb"
    while f"A Page That Fell Into the Folder {n}" not in titles(published):
        if time.monotonic() - start > 300:
            raise SystemExit("not published in 300 s")
        time.sleep(0.2)
    used = sum(cpu_seconds(children(server)).values()) - before
    return time.monotonic() - start, used


def made_home() -> Path:
    """Return a new folder whose pages are those of the sample, built by the command line."""
    home = Path(tempfile.mkdtemp(prefix="dagster-cost-"))
    make_project(home)
    for page in package_data("sample").iterdir():
        (home / "data/raw" / page.name).write_bytes(page.read_bytes())
    subprocess.run([BIN / "papermart", "build"], cwd=home, check=True, capture_output=True)
    return home


@contextmanager
def served(home: Path) -> Generator[int]:
    """Run the real server in a folder; its process number."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (home / "dagster.log").open("w") as log:
        server = subprocess.Popen(
            [BIN / "dagster", "dev", "--port", str(port)],
            cwd=home,
            env={k: v for k, v in os.environ.items() if k != "DAGSTER_HOME"},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield server.pid
    finally:
        os.killpg(server.pid, signal.SIGINT)
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)


def tell_idle(server: int, seconds: float) -> None:
    """Print the share of one core that each process of a server takes, and all together."""
    before, start = cpu_seconds(children(server)), time.monotonic()
    time.sleep(seconds)
    after, passed = cpu_seconds(children(server)), time.monotonic() - start
    used = {pid: after[pid] - before.get(pid, 0) for pid in after}
    for pid, spent in sorted(used.items(), key=lambda item: -item[1]):
        command = Path(f"/proc/{pid}/cmdline").read_text().split("\0")[1:5]
        CONSOLE.print(f"  {spent / passed:6.1%}  {' '.join(command)[:90]}")
    CONSOLE.print(f"idle: {sum(used.values()) / passed:.1%} of one core over {passed:.0f} s")


def main() -> None:
    """Print both figures."""
    options = argparse.ArgumentParser(description="What a `dagster dev` left running costs.")
    options.add_argument("--idle", type=float, default=60, help="seconds to watch")
    options.add_argument("--drops", type=int, default=3, help="pages to drop one by one")
    asked = options.parse_args()
    home, start = made_home(), time.monotonic()
    with served(home) as server:
        while not (home / "data/warehouse/report.html").exists() or n_unfinished(home):
            time.sleep(1)
        CONSOLE.print(f"start to quiet: {time.monotonic() - start:.0f} s")
        time.sleep(SETTLED)
        tell_idle(server, asked.idle)
        for n in range(asked.drops):
            seconds, used = drop(home, n, server)
            CONSOLE.print(f"drop to published: {seconds:.1f} s, {used:.1f} s of processor time")
            while n_unfinished(home):
                time.sleep(1)
            time.sleep(n)  # the next one falls at another moment of the sensor's interval
    shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
