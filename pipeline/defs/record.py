"""`python -m pipeline.defs.record`: tell Dagster what the command line has built, without a server.

What belongs here: finding Dagster's history. What does not: what is recorded (`recording`); a
server that runs finds it out by itself within half a minute.
"""

import os
import sys
from pathlib import Path

import dagster as dg

from pipeline.contract.errors import PipelineError
from pipeline.defs.history import in_one_go
from pipeline.defs.recording import unrecorded
from pipeline.defs.resources import Folders


def record(instance: dg.DagsterInstance, folders: Folders) -> int:
    """Record what Dagster lacks; return of how many assets.

    Raises:
        PipelineError: the warehouse cannot be read.
    """
    events = list(unrecorded(instance, folders))
    with in_one_go(instance):
        for event in events:
            instance.report_runless_asset_event(event)
    return sum(not isinstance(event, dg.AssetCheckEvaluation) for event in events)


def main() -> int:
    """Record it in the history that `dagster.yaml` in this folder names; return the exit code."""
    os.environ.setdefault("DAGSTER_HOME", str(Path.cwd()))
    try:
        with dg.DagsterInstance.get() as instance:
            n_assets = record(instance, Folders())
    except (PipelineError, dg.DagsterError) as error:
        sys.stderr.write(f"Dagster was not told of the build: {error}\n")
        return 1
    sys.stdout.write(f"Dagster: {n_assets} assets recorded; `make dev` shows them\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
