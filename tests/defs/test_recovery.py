"""Runs whose process has died are ended and asked for again; those at work are left alone."""

import subprocess
import sys

import dagster as dg
import pytest
from dagster import DagsterRunStatus as Status
from dagster._core.remote_origin import (
    RegisteredCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.test_utils import create_run_for_test
from helpers import copy_of, small_build, small_raw

from pipeline.contract.checks import CheckResult
from pipeline.contract.errors import BlockingCheckError, GuardrailError, PipelineError
from pipeline.defs import automation, dead_runs
from pipeline.defs.automation import failed_builds
from pipeline.defs.dead_runs import PROCESS, end_dead_runs, is_busy
from pipeline.defs.jobs import build_changes
from pipeline.defs.resources import Folders
from pipeline.storage.processes import process_id

HERE = RegisteredCodeLocationOrigin("pipeline")  # ty: ignore[abstract-class-instantiation]
REPOSITORY = RemoteRepositoryOrigin(HERE, "__repository__")
ORIGIN = RemoteJobOrigin(REPOSITORY, "build_changes")


@pytest.fixture
def instance():
    with dg.DagsterInstance.ephemeral() as made:
        yield made


@pytest.fixture(scope="module")
def dead():
    """What a process that has ended said of itself."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        known = process_id(process.pid)
        process.kill()
    return known


@pytest.fixture
def folders(tmp_path):
    root = copy_of(small_build()[0], tmp_path / "warehouse")
    return Folders(raw=str(small_raw()), warehouse=str(root), overrides=str(tmp_path / "none.csv"))


def run_of(instance, status: Status, process: str | None) -> dg.DagsterRun:
    return create_run_for_test(
        instance,
        job_name="build_changes",
        status=status,
        tags={PROCESS: process} if process else {},
        remote_job_origin=ORIGIN,
    )


def status_after(instance, run: dg.DagsterRun) -> tuple[Status, int]:
    """The run's status after a look, and how many runs were ended."""
    n_ended = len(list(end_dead_runs(instance)))
    return instance.get_run_by_id(run.run_id).status, n_ended


# ---------------------------------------------------------------- ended


@pytest.mark.parametrize(
    ("status", "then"),
    [
        (Status.STARTING, Status.FAILURE),
        (Status.STARTED, Status.FAILURE),
        (Status.CANCELING, Status.CANCELED),
        (Status.NOT_STARTED, Status.FAILURE),
    ],
)
def test_a_run_of_a_dead_process_ends(instance, dead, status, then):
    run = run_of(instance, status, dead)
    assert status_after(instance, run) == (then, 1)
    assert status_after(instance, run) == (then, 0)


@pytest.mark.parametrize("status", [Status.STARTING, Status.STARTED, Status.CANCELING])
def test_a_run_at_work_goes_on_though_its_server_is_gone(instance, status):
    assert status_after(instance, run_of(instance, status, process_id())) == (status, 0)
    assert is_busy(instance)


def test_a_run_in_the_queue_waits_on(instance):
    assert status_after(instance, run_of(instance, Status.QUEUED, None)) == (Status.QUEUED, 0)
    assert is_busy(instance)


@pytest.mark.parametrize("status", [Status.SUCCESS, Status.FAILURE, Status.CANCELED])
def test_a_run_that_has_ended_stays_as_it_is(instance, dead, status):
    assert status_after(instance, run_of(instance, status, dead)) == (status, 0)
    assert not is_busy(instance)


def test_a_run_at_which_no_process_begins_ends_after_a_while(instance, monkeypatch):
    run = run_of(instance, Status.STARTING, None)
    assert status_after(instance, run) == (Status.STARTING, 0)
    monkeypatch.setattr(dead_runs, "_START_SECONDS", 0)
    assert status_after(instance, run) == (Status.FAILURE, 1)


def test_a_process_number_given_again_does_not_keep_a_run_alive(instance):
    number, start, boot = process_id().split("/")
    run = run_of(instance, Status.STARTED, f"{number}/{int(start) - 1}/{boot}")
    assert status_after(instance, run) == (Status.FAILURE, 1)


def test_a_run_says_which_process_works_at_it(instance, folders):
    done = build_changes.execute_in_process(instance=instance, resources={"folders": folders})
    assert instance.get_run_by_id(done.run_id).tags[PROCESS] == process_id()


# ---------------------------------------------------------------- asked for again


def asked(instance) -> dg.RunRequest | str | None:
    answer = failed_builds(dg.build_sensor_context(instance=instance))
    return answer if isinstance(answer, dg.RunRequest) else answer.skip_message


@pytest.fixture
def at_once(monkeypatch):
    monkeypatch.setattr(automation, "_BACK_OFF_SECONDS", 0)


@pytest.mark.usefixtures("at_once")
def test_a_run_that_died_is_asked_for_again(instance, dead):
    assert asked(instance) == "the latest run has not failed"
    run = run_of(instance, Status.STARTED, dead)
    assert asked(instance) == "the latest run has not failed"
    list(end_dead_runs(instance))
    assert asked(instance).run_key == run.run_id
    run_of(instance, Status.QUEUED, None)
    assert asked(instance) == "the latest run has not failed"


def test_the_next_try_waits(instance, dead):
    run_of(instance, Status.STARTED, dead)
    list(end_dead_runs(instance))
    assert asked(instance) == "the next try follows 30 s after the last one"


@pytest.mark.usefixtures("at_once")
def test_tries_are_counted_and_end(instance, dead):
    for n in range(1, 5):
        run = run_of(instance, Status.STARTED, dead)
        instance.add_run_tags(run.run_id, {"papermart/tries": str(n - 1)})
        list(end_dead_runs(instance))
        assert asked(instance).tags == {"papermart/tries": str(n)}
    run = run_of(instance, Status.STARTED, dead)
    instance.add_run_tags(run.run_id, {"papermart/tries": "4"})
    list(end_dead_runs(instance))
    assert asked(instance) == "4 more builds failed as well; somebody must look"


@pytest.mark.usefixtures("at_once")
def test_a_full_disk_may_pass_and_a_failed_check_does_not(instance, folders, monkeypatch):
    failed = [
        CheckResult("unique_key", passed=False, severity="error", n_failed=3, description="twice")
    ]
    errors = [
        PipelineError("the disk is full"),
        BlockingCheckError("3 rows fail", "marts.papers", failed),
        GuardrailError("half of the papers would be lost", ["papers_lost"]),
    ]

    def fail(*_, **__):
        raise errors[0]

    monkeypatch.setattr("pipeline.defs.jobs.build", fail)

    def attempt() -> dg.ExecuteInProcessResult:
        return build_changes.execute_in_process(
            instance=instance, resources={"folders": folders}, raise_on_error=False
        )

    assert not attempt().success
    assert isinstance(asked(instance), dg.RunRequest)
    for _ in range(2):
        errors.pop(0)
        assert not attempt().success
        assert asked(instance) == "what the latest run failed for does not pass by itself"


@pytest.mark.usefixtures("at_once")
def test_who_cancels_a_run_is_not_asked_again(instance):
    run_of(instance, Status.CANCELED, None)
    assert asked(instance) == "the latest run has not failed"


def test_builds_that_sensors_start_keep_what_the_settings_keep(instance, tmp_path, monkeypatch):
    (tmp_path / "papermart.toml").write_text(
        'raw = "raw"\nretention = "kept"\nkeep_versions = 7\nkeep_days = 30\n', "utf-8"
    )
    copy_of(small_raw(), tmp_path / "raw")
    monkeypatch.chdir(tmp_path)
    said = {}

    def note(*_, **more):
        said.update(more)
        raise PipelineError("enough is known")

    monkeypatch.setattr("pipeline.defs.jobs.build", note)
    build_changes.execute_in_process(
        instance=instance, resources={"folders": Folders()}, raise_on_error=False
    )
    kept = {name: said.get(name) for name in ("retention", "keep_versions", "keep_days")}
    assert kept == {"retention": "kept", "keep_versions": 7, "keep_days": 30}
