"""What `dagster dev` and `dg dev` load: every asset, check, job, schedule and sensor."""

import dagster as dg

from pipeline.defs.assets import all_assets
from pipeline.defs.automation import build_warehouse, changed_models, daily_build, new_dumps
from pipeline.defs.resources import Folders

defs = dg.Definitions(
    assets=all_assets(),
    jobs=[build_warehouse],
    schedules=[daily_build],
    sensors=[new_dumps, changed_models],
    resources={"folders": Folders()},
    executor=dg.in_process_executor,
)
