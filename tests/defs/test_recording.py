"""What the command line has built appears in Dagster, and what is due is built once."""

import os
from pathlib import Path

import dagster as dg
import pytest
from helpers import DI, copy_of, put, small_build, small_raw

from pipeline.builds.health import deep_check
from pipeline.builds.run import build
from pipeline.defs.automation import changed_models, other_builds
from pipeline.defs.jobs import build_changes, check_files
from pipeline.defs.resources import Folders
from pipeline.defs.served_files import report_file
from pipeline.models.catalogue import all_specs
from pipeline.storage.versions import published_tables

SITES = {"sites.arrow", "sites.scholar_feed"}


@pytest.fixture
def instance():
    with dg.DagsterInstance.ephemeral() as made:
        yield made


@pytest.fixture
def folders(tmp_path):
    raw = put(tmp_path / "raw", {file.name: file.read_bytes() for file in small_raw().iterdir()})
    root = copy_of(small_build()[0], tmp_path / "warehouse")
    return Folders(raw=str(raw), warehouse=str(root), overrides=str(tmp_path / "none.csv"))


def look(sensor, instance, folders, cursor=None) -> tuple:
    """What a sensor answers, and what it remembers."""
    context = dg.build_sensor_context(instance, cursor, resources={"folders": folders})
    answer = sensor(context)
    if isinstance(answer, dg.SensorResult):
        for event in answer.asset_events:
            instance.report_runless_asset_event(event)
        return [e for e in answer.asset_events if isinstance(e, dg.AssetMaterialization)], (
            answer.cursor
        )
    said = answer if isinstance(answer, dg.RunRequest) else answer.skip_message
    return said, context.cursor


def names(events) -> set[str]:
    return {".".join(event.asset_key.path) for event in events}


def recorded(instance, key: list[str]) -> dict:
    (record,) = instance.get_asset_records([dg.AssetKey(key)])
    made = record.asset_entry.last_materialization.asset_materialization
    return {name: value.value for name, value in made.metadata.items()}


# ---------------------------------------------------------------- built elsewhere


def test_what_the_command_line_built_is_recorded_once(instance, folders):
    made, cursor = look(other_builds, instance, folders)
    assert names(made) == {*all_specs(), *SITES, "published.warehouse"}
    assert recorded(instance, ["marts", "papers"])["dagster/row_count"] == 6
    said = ("nothing has been built elsewhere", cursor)
    assert look(other_builds, instance, folders, cursor) == said
    assert look(other_builds, instance, folders, None)[0] == "all that is built is recorded"


def test_of_the_next_build_only_what_changed_is_recorded(instance, folders):
    cursor = look(other_builds, instance, folders)[1]
    before = stamps(folders)
    put(Path(folders.raw), {"di.txt": DI})
    build(Path(folders.raw), folders.open())
    made, _ = look(other_builds, instance, folders, cursor)
    changed = {name for name, stamp in stamps(folders).items() if stamp != before[name]}
    assert "marts.papers" in changed < {*all_specs()}
    assert names(made) == {*changed, "sites.scholar_feed", "published.warehouse"}
    assert recorded(instance, ["marts", "papers"])["why_rebuilt"].startswith("input changed: ")


def stamps(folders) -> dict:
    return {name: folders.open().stamp(name) for name in all_specs()}


def test_checks_are_recorded_with_their_tables(instance, folders):
    look(other_builds, instance, folders)
    key = dg.AssetCheckKey(dg.AssetKey(["marts", "papers"]), "unique_key")
    latest = instance.event_log_storage.get_latest_asset_check_execution_by_key([key])[key]
    assert latest.event.dagster_event.asset_check_evaluation_data.passed


def test_recorded_tables_are_known_to_be_of_the_code_as_it_is(instance, folders):
    look(other_builds, instance, folders)
    keys = [dg.AssetKey(spec.full_name.split(".")) for spec in published_tables(all_specs())]
    from pipeline.definitions import defs

    graph = defs.resolve_asset_graph()
    made = instance.get_latest_materialization_code_versions(keys)
    assert {key: graph.get(key).code_version for key in keys} == made


# ---------------------------------------------------------------- in one step


def test_one_step_builds_publishes_reports_and_records(instance, folders):
    put(Path(folders.raw), {"di.txt": DI})
    done = build_changes.execute_in_process(instance=instance, resources={"folders": folders})
    assert recorded(instance, ["marts", "papers"])["dagster/row_count"] > 6
    version = recorded(instance, ["published", "warehouse"])["version"]
    assert recorded(instance, ["published", "report"])["version"] == version
    published = {"published.warehouse", "published.report"}
    assert names(materialized(done)) == {*all_specs(), *SITES, *published}
    written = report_file(folders.open()).stat().st_mtime_ns
    again = build_changes.execute_in_process(instance=instance, resources={"folders": folders})
    assert materialized(again) == []
    assert report_file(folders.open()).stat().st_mtime_ns == written
    assert look(other_builds, instance, folders)[0] == "all that is built is recorded"


def materialized(done: dg.ExecuteInProcessResult) -> list:
    return [e for e in done.all_events if e.event_type_value == "ASSET_MATERIALIZATION"]


# ---------------------------------------------------------------- due


def test_a_report_that_is_missing_is_asked_for_once(instance, folders):
    with folders.open().lock():
        said, cursor = look(changed_models, instance, folders)
        assert said.startswith("a build is at work (process ")
    request, cursor = look(changed_models, instance, folders, cursor)
    assert isinstance(request, dg.RunRequest)
    said, _ = look(changed_models, instance, folders, cursor)
    assert said == "a build of published.report has been asked for already"
    build_changes.execute_in_process(instance=instance, resources={"folders": folders})
    assert look(changed_models, instance, folders, cursor)[0] == "all tables are up to date"


def test_a_damaged_table_is_built_anew(instance, folders):
    build_changes.execute_in_process(instance=instance, resources={"folders": folders})
    cursor = look(changed_models, instance, folders)[1]
    (file,) = folders.open().files("marts.papers")
    os.truncate(file, 100)
    request, _ = look(changed_models, instance, folders, cursor)
    assert isinstance(request, dg.RunRequest)
    build_changes.execute_in_process(instance=instance, resources={"folders": folders})
    assert look(changed_models, instance, folders, cursor)[0] == "all tables are up to date"


def test_a_new_folder_is_not_built_for_nothing(instance, tmp_path):
    folders = Folders(raw=str(tmp_path / "raw"), warehouse=str(tmp_path / "warehouse"))
    assert look(changed_models, instance, folders)[0] == "nothing has been built yet"


def test_the_nightly_check_names_what_is_damaged_and_has_it_made_anew(instance, folders):
    (file,) = folders.open().files("marts.papers")
    found, old = file.stat(), file.read_bytes()
    file.write_bytes(old[:2000] + bytes([old[2000] ^ 1]) + old[2001:])
    os.utime(file, ns=(found.st_atime_ns, found.st_mtime_ns))
    done = check_files.execute_in_process(instance=instance, resources={"folders": folders})
    assert done.success
    said = {entry.user_message for entry in instance.all_logs(done.run_id)}
    assert "tables/marts/papers/papers.parquet is damaged" in said
    assert deep_check(folders.open()) == []
