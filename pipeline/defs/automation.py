"""When the warehouse is built without anyone asking: daily, and when pages are dropped in.

What belongs here: the job, the schedule, the sensors; all are on from the start.
"""

import time
from pathlib import Path

import dagster as dg

from pipeline.builds.pending import pending_dumps
from pipeline.builds.tables import why_overrides_due
from pipeline.contract.errors import PipelineError
from pipeline.contract.ids import fingerprint
from pipeline.defs.resources import Folders
from pipeline.inputs.given_files import folders_below

# A file younger than this may still be on its way into the folder.
_SETTLE_SECONDS = 2.0

build_warehouse = dg.define_asset_job(
    "build_warehouse",
    selection=dg.AssetSelection.all(),
    description="Bring every table up to date and publish: what `papermart build` does.",
)

daily_build = dg.ScheduleDefinition(
    name="daily_build",
    job=build_warehouse,
    cron_schedule="0 5 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every day at 05:00 UTC.",
)

changed_models = dg.AutomationConditionSensorDefinition(
    "changed_models",
    target=dg.AssetSelection.all(),
    default_status=dg.DefaultSensorStatus.RUNNING,
    minimum_interval_seconds=30,
    description="Rebuilds tables whose SQL changed, and what depends on them.",
)


def folder_state(raw_dir: Path, *files: Path) -> tuple[str, float]:
    """Return a fingerprint of names, sizes and times, and the latest time.

    Of all that is below a folder, and of some files beside it.

    No file is opened, so looking often costs little.
    """
    entries = []
    latest = 0.0
    below = (
        Path(folder, name)
        for folder, folders, names in folders_below(raw_dir, [])
        for name in (*folders, *names)
    )
    for path in (*sorted(below), *files):
        try:
            found = path.lstat()
        except OSError:
            continue
        entries.append(f"{path.name}|{path.parent}|{found.st_size}|{found.st_mtime_ns}")
        latest = max(latest, found.st_mtime)
    return fingerprint(*entries), latest


@dg.sensor(
    job=build_warehouse,
    minimum_interval_seconds=10,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Builds when pages appear in the raw folder, move or go, and when the overrides "
    "file changes.",
)
def new_dumps(
    context: dg.SensorEvaluationContext, folders: Folders
) -> dg.RunRequest | dg.SkipReason:
    """Request a build if the folder changed and holds what the warehouse does not know."""
    if not folders.raw_dir.is_dir():
        return dg.SkipReason(f"the raw folder {folders.raw_dir} is not there")
    state, latest = folder_state(folders.raw_dir, folders.overrides_file)
    if state == context.cursor:
        return dg.SkipReason("the raw folder has not changed")
    if 0 <= time.time() - latest < _SETTLE_SECONDS:
        return dg.SkipReason("files are still arriving")
    try:
        pending = pending_dumps(folders.raw_dir, folders.open())
        if why_overrides_due(folders.overrides_file, folders.open()):
            pending.append(str(folders.overrides_file))
    except PipelineError as error:
        return dg.SkipReason(str(error))
    context.update_cursor(state)
    if not pending:
        return dg.SkipReason("all pages are in the warehouse")
    return dg.RunRequest(tags={"papermart/n_pending": str(len(pending))})
