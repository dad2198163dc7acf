"""A `dagster dev` that is switched off during a run, and one whose history is damaged, go on.

The server is the real one. It is killed with all that it started, which is what happens when the
machine goes down.
"""

import os
import tempfile
import time
from pathlib import Path

import pytest
from helpers import PAGES, copy_of, put, small_build
from served import ENDED, MEMORY, Server

from pipeline.defs.dead_runs import PROCESS
from pipeline.models.catalogue import all_specs
from pipeline.outputs.project import make_project

QUEUE_SECONDS = 120

MATERIALIZED = """{ assetsOrError { ... on AssetConnection { nodes { key { path }
  assetMaterializations(limit: 1) { runId } } } } }"""


@pytest.fixture(scope="module")
def home():
    """A folder as `papermart init` makes it, whose pages the command line has built."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as place:
        folder = Path(place)
        make_project(folder)
        copy_of(small_build()[0], folder / "data/warehouse")
        put(folder / "data/raw", PAGES)
        yield folder


def run_of(server: Server, run_id: str) -> dict:
    (found,) = [run for run in server.runs() if run["runId"] == run_id]
    return found | {"tags": {tag["key"]: tag["value"] for tag in found["tags"]}}


def materialized(server: Server) -> set[str]:
    nodes = server.ask(MATERIALIZED)["assetsOrError"]["nodes"]
    return {".".join(n["key"]["path"]) for n in nodes if n["assetMaterializations"]}


def quiet(server: Server) -> bool:
    runs = server.runs()
    return bool(runs) and all(run["status"] in ENDED for run in runs)


def killed_at_work(home: Path) -> tuple[str, str]:
    """Start a server and two runs, and kill it while the first one is at work; both runs."""
    server = Server(home)
    try:
        server.wait("what the start brings", lambda: quiet(server))
        first = server.launch("build_warehouse")
        second = server.launch("build_warehouse")
        server.wait("run at work", lambda: PROCESS in run_of(server, first)["tags"])
        assert run_of(server, second)["status"] == "QUEUED"
        server.kill()
    finally:
        server.stop()
    return first, second


@pytest.mark.slow
def test_the_queue_goes_on_after_a_kill(home):
    first, second = killed_at_work(home)
    start = time.monotonic()
    server = Server(home)
    try:
        server.wait("end of the dead run", lambda: run_of(server, first)["status"] == "FAILURE")
        server.wait("next run", lambda: run_of(server, second)["status"] != "QUEUED")
        assert time.monotonic() - start < QUEUE_SECONDS
        server.wait("quiet", lambda: quiet(server))
        assert run_of(server, second)["status"] == "SUCCESS"
        published = {f"published.{name}" for name in ("warehouse", "report", "exports")}
        assert materialized(server) >= {*all_specs(), *published}
    finally:
        server.stop()


@pytest.mark.slow
def test_a_damaged_history_begins_anew_and_knows_what_is_built(home):
    runs = home / "data/.dagster/history/runs.db"
    os.truncate(runs, runs.stat().st_size // 2)
    server = Server(home)
    try:
        whole = {*all_specs(), "published.warehouse", "published.report"}
        server.wait("recorded tables", lambda: materialized(server) >= whole)
        said = server.log.read_text("utf-8")
    finally:
        server.stop()
    assert "Dagster's history is damaged" in said
    (aside,) = (home / "data").glob(".dagster-damaged-*")
    assert (aside / "history/runs.db").exists()
