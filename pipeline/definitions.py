"""What `dagster dev` and `dg dev` load: every asset, check, job, schedule and sensor."""

import dagster as dg

from pipeline.defs.assets import all_assets
from pipeline.defs.automation import SENSORS, daily_build
from pipeline.defs.jobs import build_changes, build_warehouse
from pipeline.defs.resources import Folders

defs = dg.Definitions(
    assets=all_assets(),
    jobs=[build_warehouse, build_changes],
    schedules=[daily_build],
    sensors=SENSORS,
    resources={"folders": Folders()},
    executor=dg.in_process_executor,
)
