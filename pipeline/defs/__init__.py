"""Floor 7: Dagster's view of the warehouse; only this package and `definitions` import Dagster.

What belongs here: assets, checks, jobs, schedules and sensors as thin shells around `builds`. What
does not: any work on data.
"""
