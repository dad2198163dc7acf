"""The real `dagster dev`: it builds, checks and senses, and remembers.

The server is the one people start; the tests speak to it as its own pages do, in GraphQL. It starts
once, in a folder whose pages are built. While the run that somebody asks for is at work, the next
page falls into the folder.
"""

import os
import tempfile
from pathlib import Path

import pytest
from dagster._core.workspace.load_target import get_origins_from_toml
from helpers import PAGES, ROOT, asked, copy_of, put, small_build
from served import MEMORY, REPOSITORY, Server

from pipeline import definitions
from pipeline.models.catalogue import all_specs
from pipeline.outputs.project import make_project
from pipeline.sources.registry import known_sources

SAVED = 1_700_000_000  # a time long ago: files of the last seconds may still be arriving

DUMP = """-
A Page That Fell Into the Folder
Authors:
Ann Lee,
Bo Chen
Abstract:
We drop a page into a folder and wait until it is published.
Submitted 3 May, 2025;
originally announced May 2025.
"""


# ---------------------------------------------------------------- the real server


@pytest.fixture(scope="module")
def home():
    """A new folder as `papermart init` makes it, with three pages that are built.

    In memory where that is to be had: Dagster's history waits for the disk after every event.
    """
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as place:
        folder = Path(place)
        make_project(folder)
        copy_of(small_build()[0], folder / "data/warehouse")
        put(folder / "data/raw", PAGES)
        yield folder


@pytest.fixture(scope="module")
def server(home):
    running = Server(home)
    yield running
    running.stop()


SENSOR = """query($of: SensorSelector!) {
  sensorOrError(sensorSelector: $of) { ... on Sensor { id sensorState { status } } }
}"""

STOP = """mutation($id: String!) { stopSensor(id: $id) {
  __typename ... on PythonError { message }
} }"""

STATUS = "query($run: ID!) { runOrError(runId: $run) { ... on Run { status } } }"

MATERIALIZED = """query($run: ID!) { runOrError(runId: $run) { ... on Run {
  assetMaterializations { assetKey { path } metadataEntries { label
    ... on IntMetadataEntry { intValue } } }
} } }"""

LATEST = """{ assetOrError(assetKey: {path: ["marts", "papers"]}) { ... on Asset {
  assetMaterializations(limit: 1) { metadataEntries { label ... on IntMetadataEntry { intValue } } }
} } }"""


def _status(server, run):
    status = server.ask(STATUS, run=run)["runOrError"]["status"]
    return status if status in ("SUCCESS", "FAILURE") else None


def _finished(server, n):
    done = [run for run in server.runs() if run["status"] in ("SUCCESS", "FAILURE")]
    return done if len(done) >= n and len(done) == len(server.runs()) else None


def _by_new_dumps(server):
    tag = {"key": "dagster/sensor_name", "value": "new_dumps"}
    return [run for run in _finished(server, 2) or () if tag in run["tags"]]


def _row_counts(server, run):
    rows = {}
    for event in server.ask(MATERIALIZED, run=run)["runOrError"]["assetMaterializations"]:
        counts = [e for e in event["metadataEntries"] if e["label"] == "dagster/row_count"]
        rows[".".join(event["assetKey"]["path"])] = counts[0]["intValue"] if counts else None
    return rows


def _titles(home):
    file = home / "data/warehouse/warehouse.duckdb"
    return {title for (title,) in asked(file, "select title from papers")}


@pytest.fixture(scope="module")
def asked_for(server, home):
    """A person opens the page, sees the assets and presses Materialize all: the run.

    When its pages are read, another page falls into the folder, saved some time ago.
    """
    place = server.place()
    (repository,) = server.ask(REPOSITORY)["repositoriesOrError"]["nodes"]
    assert len(repository["assetNodes"]) == len(all_specs()) + 4 + len(known_sources())
    # It looks every half minute whether a model's code changed, which takes time and is not told
    # here.
    models = server.ask(SENSOR, of=place | {"sensorName": "changed_models"})["sensorOrError"]
    assert models["sensorState"]["status"] == "RUNNING"
    stopped = server.ask(STOP, id=models["id"])["stopSensor"]
    assert stopped["__typename"] == "StopSensorMutationResult", stopped
    run = server.launch("build_warehouse")
    server.wait("page read", lambda: "raw.dumps" in _row_counts(server, run))
    (home / "two.txt").write_text(DUMP, "utf-8")
    os.utime(home / "two.txt", (SAVED, SAVED))
    (home / "two.txt").rename(home / "data/raw/two.txt")
    return run


def test_the_checkout_is_a_code_location_too():
    (origin,) = get_origins_from_toml(str(ROOT / "pyproject.toml"))
    assert origin.loadable_target_origin.module_name == definitions.__name__


@pytest.mark.slow
def test_all_assets_materialise_from_the_ui(server, home, asked_for):
    assert server.wait("finished run", lambda: _status(server, asked_for)) == "SUCCESS"
    rows = _row_counts(server, asked_for)
    published = {f"published.{name}" for name in ("warehouse", "report", "exports")}
    assert set(rows) == {*all_specs(), *published}
    assert (rows["raw.dumps"], rows["staging.records"], rows["marts.papers"]) == (3, 8, 6)
    assert (home / "data/warehouse/warehouse.duckdb").is_symlink()
    assert "<title>" in (home / "data/warehouse/report.html").read_text("utf-8")


@pytest.mark.slow
@pytest.mark.usefixtures("asked_for")
def test_a_dropped_page_is_published_by_itself(server, home):
    # Other sensors may have asked for runs that are finished before this one begins.
    by_sensor = server.wait("run for the new page", lambda: _by_new_dumps(server))
    assert [run["status"] for run in by_sensor] == ["SUCCESS"]
    assert "A Page That Fell Into the Folder" in _titles(home)
    assert len(_titles(home)) == 7


@pytest.mark.slow
def test_history_survives_a_restart(server, home):
    server.wait("quiet", lambda: _finished(server, 1))
    before = {run["runId"]: run["status"] for run in server.runs()}
    server.stop()
    assert server.process.poll() is not None
    again = Server(home)
    try:
        after = again.wait("history", lambda: {run["runId"]: run["status"] for run in again.runs()})
        assert after.items() >= before.items()
        latest = again.ask(LATEST)["assetOrError"]["assetMaterializations"][0]["metadataEntries"]
    finally:
        again.stop()
    assert {"label": "dagster/row_count", "intValue": 7} in latest
