"""What goes on without anyone asking: builds, what becomes of dead runs, what Dagster records.

What belongs here: the schedule and the sensors; all are on from the start. What does not: what
they start (`jobs`), how they know (`builds`, `dead_runs`, `recording`).
"""

import time

import dagster as dg

from pipeline.builds.pending import pending_dumps
from pipeline.builds.publication import tables_behind
from pipeline.builds.tables import why_overrides_due
from pipeline.contract.errors import PipelineError
from pipeline.contract.ids import fingerprint
from pipeline.contract.version_tables import GUARDRAILS
from pipeline.defs.dead_runs import end_dead_runs, is_busy, may_pass
from pipeline.defs.jobs import build_changes, build_warehouse, check_files
from pipeline.defs.published import is_report_behind
from pipeline.defs.raw_folder import folder_state
from pipeline.defs.recording import recordable_state, unrecorded
from pipeline.defs.resources import Folders
from pipeline.inputs.page_places import folder_of
from pipeline.models.catalogue import all_specs
from pipeline.storage.publishing import is_withheld

# A file younger than this may still be on its way into the folder.
_SETTLE_SECONDS = 2.0
_TRIES = "papermart/tries"
_MOST_TRIES = 4
_BACK_OFF_SECONDS = 30  # four times as long after each try
_BUSY = "a build waits or is at work"

daily_build = dg.ScheduleDefinition(
    name="daily_build",
    job=build_warehouse,
    cron_schedule="0 5 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every day at 05:00 UTC.",
)

nightly_check = dg.ScheduleDefinition(
    name="nightly_check",
    job=check_files,
    cron_schedule="0 4 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every day at 04:00 UTC.",
)


@dg.sensor(
    job=build_changes,
    minimum_interval_seconds=5,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Builds when pages appear in the raw folder, move or go, when the overrides file "
    "changes, and when a version that is withheld is waived.",
)
def new_dumps(
    context: dg.SensorEvaluationContext, folders: Folders
) -> dg.RunRequest | dg.SkipReason:
    """Request a build if the folder changed and holds what the warehouse does not know."""
    raw = folder_of(folders.raw_place)
    if raw and not raw.is_dir():
        return dg.SkipReason(f"the raw folder {folders.raw_place} is not there")
    try:
        state, latest = _state(folders)
    except PipelineError as error:  # a store that cannot be asked
        return dg.SkipReason(str(error))
    if state == context.cursor:
        return dg.SkipReason("the raw folder has not changed")
    if 0 <= time.time() - latest < _SETTLE_SECONDS and not _settles(context, folders, state):
        return dg.SkipReason("files are still arriving")
    if busy := _busy(context, folders):
        return dg.SkipReason(busy)
    try:
        pending = pending_dumps(folders.raw_place, folders.open(), retention=folders.retention)
        if why_overrides_due(folders.overrides_file, folders.open()):
            pending.append(str(folders.overrides_file))
        if is_withheld(folders.open(), GUARDRAILS) and folders.waivers_file.exists():
            pending.append(str(folders.waivers_file))
    except PipelineError as error:
        return dg.SkipReason(str(error))
    context.update_cursor(state)
    if not pending:
        return dg.SkipReason("all pages are in the warehouse")
    return dg.RunRequest(tags={"papermart/n_pending": str(len(pending))})


def _settles(context: dg.SensorEvaluationContext, folders: Folders, state: str) -> bool:
    """Wait a moment and tell whether nothing more arrived; the next look is further away."""
    if context.instance_ref is None:
        return False  # asked by hand, not by a server
    time.sleep(_SETTLE_SECONDS)
    return _state(folders)[0] == state


def _state(folders: Folders) -> tuple[str, float]:
    found = folders.found().settings  # asked for once: this runs every few seconds
    return folder_state(found.raw, found.overrides, found.waivers)


def _busy(context: dg.SensorEvaluationContext, folders: Folders) -> str:
    """Say who builds already: a run, or the command line; what looks due meanwhile may not be."""
    if context.instance_ref is not None and is_busy(context.instance):
        return _BUSY
    builder = folders.open().builder()
    return f"a build is at work{builder}" if builder else ""


@dg.sensor(
    job=build_changes,
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Builds when a table is not what its SQL and the tables it reads would make it, "
    "when its files are damaged, and when the report is behind.",
)
def changed_models(
    context: dg.SensorEvaluationContext, folders: Folders
) -> dg.RunRequest | dg.SkipReason:
    """Request a build if a warehouse is there in which something is due; once for each state."""
    warehouse = folders.open()
    if not warehouse.stamped():
        return dg.SkipReason("nothing has been built yet")
    try:
        due = tables_behind(warehouse)
        if not due and is_report_behind(warehouse):
            due = {"published.report": "it shows another version"}
    except PipelineError as error:
        return dg.SkipReason(str(error))
    if not due:
        context.update_cursor("")
        return dg.SkipReason("all tables are up to date")
    rows = {name: stamp.content for name in all_specs() if (stamp := warehouse.stamp(name))}
    state = fingerprint(sorted(due.items()), sorted(rows.items()))
    if state == context.cursor:
        return dg.SkipReason(f"a build of {', '.join(due)} has been asked for already")
    if busy := _busy(context, folders):
        return dg.SkipReason(busy)
    context.update_cursor(state)
    return dg.RunRequest(tags={"papermart/n_due": str(len(due))})


@dg.sensor(
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Ends runs whose process has died, which would block all others.",
)
def dead_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """End them; at start as well, for a sensor looks as soon as `dagster dev` is up."""
    ended = list(end_dead_runs(context.instance))
    for words in ended:
        context.log.warning(words)
    return dg.SkipReason("; ".join(ended) or "no run is dead")


@dg.sensor(
    job=build_changes,
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Builds again after a run that died, or failed for what may pass: after half a "
    "minute, 2, 8 and 32 minutes. Not after failed checks.",
)
def failed_builds(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Request a build if the latest run failed, and not for the checks of a table."""
    instance = context.instance
    (latest,) = instance.get_run_records(limit=1) or [None]
    if latest is None or latest.dagster_run.status is not dg.DagsterRunStatus.FAILURE:
        return dg.SkipReason("the latest run has not failed")
    run = latest.dagster_run
    tries = int(run.tags.get(_TRIES, 0))
    if tries >= _MOST_TRIES:
        return dg.SkipReason(f"{tries} more builds failed as well; somebody must look")
    if not may_pass(instance, run):
        return dg.SkipReason("what the latest run failed for does not pass by itself")
    wait = _BACK_OFF_SECONDS * 4**tries
    if latest.end_time and 0 <= time.time() - latest.end_time < wait:
        return dg.SkipReason(f"the next try follows {wait} s after the last one")
    return dg.RunRequest(run_key=run.run_id, tags={_TRIES: str(tries + 1)})


@dg.sensor(
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Records what the command line has built, and what Dagster has forgotten.",
)
def other_builds(
    context: dg.SensorEvaluationContext, folders: Folders
) -> dg.SensorResult | dg.SkipReason:
    """Record the tables that are not as Dagster last recorded them; nothing is built."""
    state = recordable_state(folders)
    if state == context.cursor:
        return dg.SkipReason("nothing has been built elsewhere")
    if is_busy(context.instance):
        return dg.SkipReason(_BUSY)
    events = list(unrecorded(context.instance, folders))
    if not events:
        context.update_cursor(state)
        return dg.SkipReason("all that is built is recorded")
    return dg.SensorResult(asset_events=events, cursor=state)


SCHEDULES = [daily_build, nightly_check]
SENSORS = [new_dumps, changed_models, dead_runs, failed_builds, other_builds]
