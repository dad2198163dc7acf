"""`papermart status`, `versions`, `rollback`: how the warehouse is, and going back.

What belongs here: what these commands say.
"""

from typing import Annotated

import typer

from pipeline.cli.shared import (
    OverridesOption,
    RawOption,
    WarehouseOption,
    say,
    say_lines,
    settings,
    warn_of_plugins,
)


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(status)
    app.command()(versions)
    app.command()(rollback)


def status(
    raw: RawOption = None, warehouse: WarehouseOption = None, overrides: OverridesOption = None
) -> None:
    """Say how fresh and how healthy the warehouse is, and which pages were set aside."""
    from pipeline.builds.status import read_status, unapplied_lines
    from pipeline.storage.warehouse import Warehouse

    warn_of_plugins()
    chosen = settings(raw=raw, warehouse=warehouse, overrides=overrides)
    house = Warehouse(chosen.warehouse)
    state = read_status(chosen.raw, house, chosen.retention)
    say_lines(state.lines())
    say_lines(unapplied_lines(house, chosen.overrides.name))
    if state.n_pending is None:
        raise typer.Exit(1)


def versions(warehouse: WarehouseOption = None) -> None:
    """List the published versions, the latest first; * marks the current one."""
    from pipeline.storage.versions import versions as list_versions
    from pipeline.storage.warehouse import Warehouse

    found = list_versions(Warehouse(settings(warehouse=warehouse).warehouse))
    if not found:
        say("nothing is published yet; run `papermart build`")
    for item in found:
        say(f"{'*' if item.is_current else ' '} {item.id}")


def rollback(
    version_id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="The version; the one before by default.")
    ] = None,
    warehouse: WarehouseOption = None,
) -> None:
    """Make an earlier version the published one, until a build has something new."""
    from pipeline.storage.versions import rollback as run_rollback
    from pipeline.storage.warehouse import Warehouse

    found = run_rollback(Warehouse(settings(warehouse=warehouse).warehouse), version_id)
    say(f"published is now {found.id}")
