"""Floor 7: the command line, `papermart`: the same work as the Dagster assets, in process.

What belongs here: arguments, progress, wording and exit codes: 0 done, 1 failed, 2 wrong usage; a
module for each group of commands. What does not: the work itself. Heavy modules are imported inside
the commands, so that `--help` and an up-to-date build answer at once.
"""

from pipeline.cli.app import app, main

__all__ = ["app", "main"]
