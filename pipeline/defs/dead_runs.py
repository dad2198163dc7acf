"""Runs whose process has died: told apart from those at work, ended, and asked for again.

What belongs here: what becomes of a run that nobody works at. The launcher that `dagster dev` uses
watches its runs only while it lives itself; a run that it left would block the queue for good.
"""

import time
from collections.abc import Iterator

import dagster as dg
from dagster import DagsterEventType, DagsterRun, DagsterRunStatus, RunRecord, RunsFilter

from pipeline.storage.processes import lives, process_id

PROCESS = "papermart/process"
PASSES = "passes"  # metadata of a failure: whether it may be gone the next time
UNFINISHED = [
    DagsterRunStatus.QUEUED,
    DagsterRunStatus.STARTING,
    DagsterRunStatus.STARTED,
    DagsterRunStatus.CANCELING,
]
# A process is started and says so within this time, or never will.
_START_SECONDS = 60
_WATCHED = [*UNFINISHED[1:], DagsterRunStatus.NOT_STARTED]


def sign(instance: dg.DagsterInstance, run: DagsterRun) -> None:
    """Keep with a run which process works at it: this one."""
    if (identity := process_id()) and run.tags.get(PROCESS) != identity:
        instance.add_run_tags(run.run_id, {PROCESS: identity})


def end_dead_runs(instance: dg.DagsterInstance) -> Iterator[str]:
    """End the runs whose process has died; yield each in words.

    A run that waits in the queue needs no process. One that was being cancelled counts as
    cancelled, all others as failed.
    """
    for record in instance.get_run_records(RunsFilter(statuses=_WATCHED)):
        why = _why_dead(record)
        run = instance.get_run_by_id(record.dagster_run.run_id) if why else None
        if run is None or run.status != record.dagster_run.status:
            continue  # it is at work, or went on meanwhile
        said = f"{why}; it was ended so that others can go on"
        if run.status is DagsterRunStatus.CANCELING:
            instance.report_run_canceled(run, said)
        else:
            instance.report_run_failed(run, said)
        yield f"run {run.run_id}: {said}"


def _why_dead(record: RunRecord) -> str | None:
    identity = record.dagster_run.tags.get(PROCESS)
    if identity:
        number = identity.partition("/")[0]
        return None if lives(identity) else f"process {number} of this run has died"
    waited = time.time() - record.update_timestamp.timestamp()
    if 0 <= waited < _START_SECONDS:
        return None
    return "no process has begun to work at this run"


def is_busy(instance: dg.DagsterInstance) -> bool:
    """Tell whether a run waits or is at work."""
    return instance.get_runs_count(RunsFilter(statuses=UNFINISHED)) > 0


def may_pass(instance: dg.DagsterInstance, run: DagsterRun) -> bool:
    """Tell whether what a run failed for may be gone the next time: not so for failed checks.

    What nobody foresaw may be, and so may the death of a process.
    """
    for entry in instance.all_logs(run.run_id, of_type=DagsterEventType.STEP_FAILURE):
        event = entry.dagster_event
        told = event.step_failure_data.user_failure_data if event else None
        if told and PASSES in told.metadata and not told.metadata[PASSES].value:
            return False
    return True
