"""What `dagster dev` and `dg dev` load: every asset, check, job, schedule and sensor."""

import dagster as dg

from pipeline.defs.assets import all_assets
from pipeline.defs.automation import SCHEDULES, SENSORS
from pipeline.defs.jobs import build_changes, build_warehouse, check_files
from pipeline.defs.raw_folder import all_read, none_aside
from pipeline.defs.resources import Folders

defs = dg.Definitions(
    assets=all_assets(),
    asset_checks=[all_read, none_aside],
    jobs=[build_warehouse, build_changes, check_files],
    schedules=SCHEDULES,
    sensors=SENSORS,
    resources={"folders": Folders()},
    executor=dg.in_process_executor,
)
