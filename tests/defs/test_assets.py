"""Dagster's view: an asset for each table, its checks, what starts builds without anyone asking."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import dagster as dg
from helpers import copy_of, small_build

from pipeline.contract.specs import CheckSpec
from pipeline.contract.tables import EXTRACTED_TABLES
from pipeline.definitions import defs
from pipeline.defs.assets import _model_asset, report
from pipeline.defs.resources import Folders
from pipeline.defs.served_files import REPORT_ADDRESS
from pipeline.models.catalogue import all_specs, load_models
from pipeline.models.comparisons import load_guardrails
from pipeline.sources.registry import known_sources

# ---------------------------------------------------------------- what is defined


def test_one_asset_per_table_and_the_published_file():
    keys = {"/".join(key.path) for key in defs.resolve_asset_graph().get_all_asset_keys()}
    tables = {name.replace(".", "/") for name in all_specs()}
    sites = {f"sites/{name}" for name in known_sources()}
    published = {f"published/{name}" for name in ("warehouse", "report", "exports")}
    assert keys == tables | published | sites | {"data/raw"}
    assert len(tables) == len(EXTRACTED_TABLES) + 1 + len(load_models())  # the overrides file


def test_assets_are_described_owned_and_lead_to_their_code():
    graph = defs.resolve_asset_graph()
    for name, spec in all_specs().items():
        node = graph.get(dg.AssetKey(name.split(".")))
        assert spec.description in node.description
        assert node.metadata["dagster/table_name"] == name
        columns = node.metadata["dagster/column_schema"].columns
        assert [c.name for c in columns] == [c.name for c in spec.columns]
        assert all(c.description for c in columns)
        places = node.metadata["dagster/code_references"].code_references
        assert places
        assert all(Path(place.file_path).is_file() for place in places)
        assert node.owners


def test_the_code_of_a_python_model_is_led_to_by_line():
    node = defs.resolve_asset_graph().get(dg.AssetKey(["linkage", "clusters"]))
    first, *others = node.metadata["dagster/code_references"].code_references
    line = Path(first.file_path).read_text("utf-8").split("\n")[first.line_number - 1]
    assert line.startswith("def cluster_records(")
    assert [place.label for place in others] == [
        *("clusters.matches.sql", "clusters.overrides.sql", "clusters.records.sql"),
        "clusters.yml",
    ]


def test_groups_are_small_and_numbered_as_they_are_made():
    graph = defs.resolve_asset_graph()
    groups = {name: graph.get(dg.AssetKey(name.split("."))).group_name for name in all_specs()}
    assert max(Counter(groups.values()).values()) <= 12
    for name, model in load_models().items():
        layer, n, _ = groups[name].split("_")
        before = [groups[n].split("_") for n in model.needs if n.startswith(f"{layer}.")]
        assert all(int(number) <= int(n) for _, number, _ in before), name


def test_pages_of_each_site_grow_old_and_tables_do_not():
    graph = defs.resolve_asset_graph()
    aging = {key for key in graph.get_all_asset_keys() if graph.get(key).freshness_policy}
    assert aging == {dg.AssetKey(["sites", name]) for name in known_sources()}


def test_assets_depend_on_what_their_sql_reads():
    graph = defs.resolve_asset_graph()
    for name, model in load_models().items():
        parents = {".".join(k.path) for k in graph.get(dg.AssetKey(name.split("."))).parent_keys}
        assert parents == model.needs


def test_every_table_has_its_checks_and_errors_block():
    checks = {}
    for key in defs.resolve_asset_graph().asset_check_keys:
        checks.setdefault(".".join(key.asset_key.path), set()).add(key.name)
    assert checks.pop("data.raw") == {"every_page_is_in_the_warehouse", "no_file_is_set_aside"}
    of_file = checks.pop("published.warehouse")
    assert of_file > {*load_guardrails()}
    assert set(checks) == set(all_specs())
    for name, spec in all_specs().items():
        own = {check.name for check in spec.checks}
        assert checks[name] == {"columns", "unique_key", "column_values"} | own


def test_jobs_schedules_and_sensors_are_on():
    repository = defs.get_repository_def()
    assert [s.name for s in repository.schedule_defs] == ["daily_build", "nightly_check"]
    sensors = {"new_dumps", "changed_models", "dead_runs", "failed_builds", "other_builds"}
    assert {s.name for s in repository.sensor_defs} == sensors
    assert {"build_warehouse", "build_changes", "check_files"} <= set(repository.job_names)
    statuses = [s.default_status.value for s in repository.schedule_defs + repository.sensor_defs]
    assert statuses == ["RUNNING"] * 7


def test_a_failed_check_is_recorded_and_the_last_good_table_kept(tmp_path):
    """A check that no row passes: Dagster shows which check and rows, the old rows stay."""
    model = load_models()["marts.topics"]
    check = CheckSpec(name="impossible", holds="topic_id = ''", description="every id is empty")
    strict = replace(model, spec=model.spec.model_copy(update={"checks": (check,)}))
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
    assert failed.description == "not so: every id is empty"
    (rows,) = [value for name, value in failed.metadata.items() if "rows at fault" in name]
    assert len(rows.records) == 20
    assert rows.records[0].data["topic_id"]
    assert folders.open().stamp("marts.topics") == good
    assert folders.open().files("marts.topics")


def test_the_report_is_written_and_previewed(tmp_path):
    root = copy_of(small_build()[0], tmp_path / "warehouse")
    folders = Folders(raw=str(tmp_path), warehouse=str(root))
    result = dg.materialize([report], resources={"folders": folders})
    (event,) = result.asset_materializations_for_node("published__report")
    preview = event.metadata["preview"].value
    assert "| papers | 6 |" in preview
    assert "| Federated learning | 2020 " in preview
    assert event.metadata["open the report"].url == REPORT_ADDRESS
    assert (root / "report.html").stat().st_size == event.metadata["n_bytes"].value


def test_a_report_of_nothing_fails_with_what_to_do(tmp_path):
    folders = Folders(raw=str(tmp_path), warehouse=str(tmp_path / "none"))
    result = dg.materialize([report], resources={"folders": folders}, raise_on_error=False)
    failure = result.failure_data_for_node("published__report")
    assert "run `papermart build`" in failure.user_failure_data.description
