"""Dagster's view: an asset for each table, its checks, what starts builds without anyone asking."""

from dataclasses import replace

import dagster as dg
from helpers import copy_of, small_build

from pipeline.contract.specs import CheckSpec
from pipeline.contract.tables import EXTRACTED_TABLES
from pipeline.definitions import defs
from pipeline.defs.assets import _model_asset, report
from pipeline.defs.resources import Folders
from pipeline.models.catalogue import all_specs, load_models

# ---------------------------------------------------------------- what is defined


def test_one_asset_per_table_and_the_published_file():
    keys = {"/".join(key.path) for key in defs.resolve_asset_graph().get_all_asset_keys()}
    tables = {name.replace(".", "/") for name in all_specs()}
    assert keys == tables | {*("published/warehouse", "published/report", "published/exports")}
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
    assert failed.description == "every id is empty"
    assert len(failed.metadata["rows of impossible"].value) == 20
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
    assert (root / "report.html").as_uri() == event.metadata["report"].url
    assert (root / "report.html").stat().st_size == event.metadata["n_bytes"].value


def test_a_report_of_nothing_fails_with_what_to_do(tmp_path):
    folders = Folders(raw=str(tmp_path), warehouse=str(tmp_path / "none"))
    result = dg.materialize([report], resources={"folders": folders}, raise_on_error=False)
    failure = result.failure_data_for_node("published__report")
    assert "run `papermart build`" in failure.user_failure_data.description
