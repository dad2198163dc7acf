"""Floor 7: Dagster's view of the warehouse; only this package and `definitions` import Dagster.

What belongs here: assets, checks, jobs, schedules and sensors as thin shells around `builds`. What
does not: any work on data.
"""

import warnings

import dagster as dg

# Dagster is pinned to a minor version, within which they hold; it would say so of every table.
warnings.filterwarnings("ignore", category=dg.BetaWarning)
