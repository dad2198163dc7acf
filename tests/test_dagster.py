"""Dagster: what is defined, and that the real `dagster dev` builds, checks and senses.

The server is the one people start; the tests speak to it as its own pages do, in GraphQL.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import replace
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from helpers import copy_of, small_build

from pipeline.definitions import defs
from pipeline.defs.assets import _model_asset, report
from pipeline.defs.resources import Folders
from pipeline.schema import EXTRACTED_TABLES, RuleSpec
from pipeline.sql_models import all_specs, load_models

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent

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


# ---------------------------------------------------------------- what is defined


def test_one_asset_per_table_and_the_published_file():
    keys = {"/".join(key.path) for key in defs.resolve_asset_graph().get_all_asset_keys()}
    tables = {name.replace(".", "/") for name in all_specs()}
    assert keys == tables | {"published/warehouse", "published/report"}
    assert len(tables) == len(EXTRACTED_TABLES) + 1 + len(load_models())  # the overrides file


def test_assets_are_grouped_by_layer_described_and_have_columns():
    graph = defs.resolve_asset_graph()
    for name, spec in all_specs().items():
        node = graph.get(dg.AssetKey(name.split(".")))
        assert node.group_name == spec.layer
        assert spec.description in node.description
        columns = node.metadata["dagster/column_schema"].columns
        assert [c.name for c in columns] == [c.name for c in spec.columns]
        assert all(c.description for c in columns)


def test_assets_depend_on_what_their_sql_reads():
    graph = defs.resolve_asset_graph()
    for name, model in load_models().items():
        parents = {".".join(k.path) for k in graph.get(dg.AssetKey(name.split("."))).parent_keys}
        assert parents == model.needs


def test_every_table_has_its_checks_and_errors_block():
    checks = {}
    for key in defs.resolve_asset_graph().asset_check_keys:
        checks.setdefault(".".join(key.asset_key.path), set()).add(key.name)
    assert set(checks) == set(all_specs())
    for name, spec in all_specs().items():
        rules = {rule.name for rule in spec.rules}
        assert checks[name] == {"columns", "unique_key", "column_values"} | rules


def test_jobs_schedules_and_sensors_are_on():
    repository = defs.get_repository_def()
    assert [s.name for s in repository.schedule_defs] == ["daily_build"]
    assert {s.name for s in repository.sensor_defs} == {"new_dumps", "changed_models"}
    assert "build_warehouse" in repository.job_names
    statuses = [s.default_status.value for s in repository.schedule_defs + repository.sensor_defs]
    assert statuses == ["RUNNING"] * 3


def test_a_failed_check_is_recorded_and_the_last_good_table_kept(tmp_path):
    """A rule nobody can meet: Dagster shows which check and rows, the old rows stay."""
    model = load_models()["marts.topics"]
    rule = RuleSpec(name="impossible", holds="topic_id = ''", message="no id is empty")
    strict = replace(model, spec=model.spec.model_copy(update={"rules": (rule,)}))
    folders = Folders(raw=str(tmp_path), warehouse=str(tmp_path / "warehouse"))
    names = ("reference.topic_versions", "reference.topics")
    reference = [_model_asset(load_models()[name]) for name in names]

    def materialize(asset):
        return dg.materialize(
            [*reference, asset], resources={"folders": folders}, raise_on_error=False
        )

    assert materialize(_model_asset(model)).success
    good = folders.open().stamp("marts.topics")
    result = materialize(_model_asset(strict))
    assert not result.success
    (failed,) = [check for check in result.get_asset_check_evaluations() if not check.passed]
    assert failed.check_name == "impossible"
    assert failed.blocking
    assert len(failed.metadata["rows of impossible"].value) == 20
    assert folders.open().stamp("marts.topics") == good
    assert folders.open().files("marts.topics")


def test_the_report_is_written_and_previewed(tmp_path):
    root = copy_of(small_build()[0], tmp_path / "warehouse")
    folders = Folders(raw=str(tmp_path), warehouse=str(root))
    result = dg.materialize([report], resources={"folders": folders})
    (event,) = result.asset_materializations_for_node("published__report")
    preview = event.metadata["preview"].md_str
    assert "| papers | 6 |" in preview
    assert "| Federated learning | 2020 " in preview
    assert (root / "report.html").as_uri() == event.metadata["report"].url
    assert (root / "report.html").stat().st_size == event.metadata["n_bytes"].value


def test_a_report_of_nothing_fails_with_what_to_do(tmp_path):
    folders = Folders(raw=str(tmp_path), warehouse=str(tmp_path / "none"))
    result = dg.materialize([report], resources={"folders": folders}, raise_on_error=False)
    failure = result.failure_data_for_node("published__report")
    assert "run `papermart build`" in failure.user_failure_data.description


# ---------------------------------------------------------------- the real server


class Server:
    """A `dagster dev` in a folder of its own."""

    def __init__(self, home: Path):
        self.home = home
        self.port = _free_port()
        self.log = home / "dagster.log"
        environment = {k: v for k, v in os.environ.items() if k != "DAGSTER_HOME"}
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [BIN / "dagster", "dev", "--port", str(self.port)],
                cwd=home,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def ask(self, query: str, **variables):
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/graphql",
            body,
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            found = json.load(answer)
        assert "errors" not in found, found
        return found["data"]

    def wait(self, what: str, is_done, seconds: float = 400):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self.process.poll() is None, self.log.read_text("utf-8")[-3000:]
            try:
                if found := is_done():
                    return found
            except OSError:
                pass
            time.sleep(0.5)
        raise AssertionError(f"no {what} in {seconds} s: {self.log.read_text('utf-8')[-3000:]}")

    def stop(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait(10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    for name in ("pyproject.toml", "dagster.yaml"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "data" / "raw").mkdir(parents=True)
    return folder


@pytest.fixture(scope="module")
def server(home):
    running = Server(home)
    yield running
    running.stop()


REPOSITORY = """{ repositoriesOrError { ... on RepositoryConnection { nodes {
  name location { name }
  assetNodes { assetKey { path } groupName description }
} } } }"""

LAUNCH = """mutation($params: ExecutionParams!) { launchRun(executionParams: $params) {
  __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message }
} }"""

RUNS = "{ runsOrError { ... on Runs { results { runId status tags { key value } } } } }"

MATERIALIZED = """{ assetsOrError { ... on AssetConnection { nodes {
  key { path } assetMaterializations(limit: 1) { metadataEntries { label
    ... on IntMetadataEntry { intValue } } }
} } } }"""


def _runs(server):
    return server.ask(RUNS)["runsOrError"]["results"]


def _finished(server, n):
    done = [run for run in _runs(server) if run["status"] in ("SUCCESS", "FAILURE")]
    return done if len(done) >= n and len(done) == len(_runs(server)) else None


def _titles(home):
    with duckdb.connect(str(home / "data/warehouse/warehouse.duckdb"), read_only=True) as con:
        return {title for (title,) in con.execute("select title from papers").fetchall()}


@pytest.mark.slow
def test_all_assets_materialise_from_the_ui(server, home):
    """A person opens the page, sees the assets and presses Materialize all."""
    nodes = server.wait(
        "repository", lambda: server.ask(REPOSITORY)["repositoriesOrError"].get("nodes")
    )
    (repository,) = nodes
    assert len(repository["assetNodes"]) == len(all_specs()) + 2
    # Before: an empty raw folder. What the sensor finds is left to the next test.
    shutil.copy(ROOT / "data/raw/arxiv-search-sinong.txt", home / "data/raw/one.txt")
    params = {
        "selector": {
            "repositoryName": repository["name"],
            "repositoryLocationName": repository["location"]["name"],
            "jobName": "build_warehouse",
        },
        "mode": "default",
        "runConfigData": {},
    }
    launched = server.ask(LAUNCH, params=params)["launchRun"]
    assert launched["__typename"] == "LaunchRunSuccess", launched
    runs = server.wait("finished run", lambda: _finished(server, 1))
    assert {run["status"] for run in runs} == {"SUCCESS"}
    rows = {}
    for node in server.ask(MATERIALIZED)["assetsOrError"]["nodes"]:
        (event,) = node["assetMaterializations"]
        counts = [e for e in event["metadataEntries"] if e["label"] == "dagster/row_count"]
        rows[".".join(node["key"]["path"])] = counts[0]["intValue"] if counts else None
    assert set(rows) == {*all_specs(), "published.warehouse", "published.report"}
    assert rows["staging.records"] == 30
    assert (home / "data/warehouse/warehouse.duckdb").is_symlink()
    assert "<title>" in (home / "data/warehouse/report.html").read_text("utf-8")


@pytest.mark.slow
def test_a_dropped_page_is_published_by_itself(server, home):
    server.wait("first build", lambda: (home / "data/warehouse/warehouse.duckdb").exists())
    (home / "data/raw/two.txt").write_text(DUMP, "utf-8")
    server.wait("new paper", lambda: "A Page That Fell Into the Folder" in _titles(home))
    by_sensor = [
        run
        for run in server.wait("finished runs", lambda: _finished(server, 2))
        if {"key": "dagster/sensor_name", "value": "new_dumps"} in run["tags"]
    ]
    assert by_sensor
    assert all(run["status"] == "SUCCESS" for run in by_sensor)


@pytest.mark.slow
def test_history_survives_a_restart(server, home):
    server.wait("quiet", lambda: _finished(server, 1))
    before = {run["runId"] for run in _runs(server)}
    server.stop()
    again = Server(home)
    try:
        after = again.wait("history", lambda: {run["runId"] for run in _runs(again)})
        assert before <= after
    finally:
        again.stop()
