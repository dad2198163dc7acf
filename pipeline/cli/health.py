"""`papermart status`, `versions`, `rollback`: how the warehouse is, and going back.

What belongs here: what these commands say.
"""

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.completion import complete_version
from pipeline.cli.shared import (
    OverridesOption,
    RawOption,
    WaiversOption,
    WarehouseOption,
    folders,
    local_warehouse,
    say,
    say_lines,
    settings,
    warn_of_plugins,
)

if TYPE_CHECKING:
    from pipeline.storage.warehouse import Warehouse


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(status)
    app.command()(versions)
    app.command()(rollback)


_DeepOption = Annotated[
    bool, typer.Option("--deep", help="Read every file and compare it with its checksum.")
]


def status(
    raw: RawOption = None,
    warehouse: WarehouseOption = None,
    overrides: OverridesOption = None,
    waivers: WaiversOption = None,
    *,
    deep: _DeepOption = False,
) -> None:
    """Say how fresh and how healthy the warehouse is, and what to do next.

    With --deep, every file of the warehouse is read and compared with what it was when it was
    written; those that are damaged are named, the next build makes them anew, and the exit code
    is 1.

    Example: papermart status
    """
    from pipeline.builds.corrections import unapplied_lines
    from pipeline.builds.disk_use import disk_line
    from pipeline.builds.guardrails import guardrail_lines
    from pipeline.builds.run import utc_now
    from pipeline.builds.status import read_status

    warn_of_plugins()
    found = folders(raw=raw, warehouse=warehouse, overrides=overrides, waivers=waivers)
    chosen = found.settings
    house = local_warehouse(warehouse)
    now = utc_now()
    state = read_status(chosen.raw, house, chosen.retention, now, chosen.overrides)
    say_lines(state.lines())
    say_lines(guardrail_lines(house, chosen.waivers, now.date()))
    say_lines(unapplied_lines(house, chosen.overrides.name))
    if line := disk_line(house, found.history):
        say(line)
    is_damaged = deep and _say_damage(house)
    if not is_damaged:
        say_lines(state.next_lines())
    if state.n_pending is None or is_damaged:
        raise typer.Exit(1)


def _say_damage(house: "Warehouse") -> bool:
    """Name the files that are not as they were written; tell whether there are any."""
    from pipeline.builds.health import deep_check

    found = deep_check(house)
    say_lines(f"  damaged: {line}" for line in found)
    if found:
        say(
            "run `papermart build`: tables that are damaged are made anew from what they are made "
            "of, a published file that is damaged is published anew, older ones are removed"
        )
    else:
        say("every file of the warehouse is as it was written")
    return bool(found)


def versions(warehouse: WarehouseOption = None) -> None:
    """List the published versions, the latest first: age, size, counts, what each changed.

    The current one is marked by a star. Of an id its first signs will do wherever one is asked for.

    Example: papermart versions
    """
    from rich.filesize import decimal

    from pipeline.builds.run import utc_now
    from pipeline.outputs.version_lines import version_line
    from pipeline.storage.retention import version_ages
    from pipeline.storage.versions import versions as list_versions
    from pipeline.text.ages import age_words

    found = list_versions(local_warehouse(warehouse))
    if not found:
        say("nothing is published yet; run `papermart build`")
    for item, age in zip(found, version_ages(found, utc_now()), strict=True):
        mark = "*" if item.is_current else " "
        say(f"{mark} {item.id}  {age_words(age):<14} {decimal(item.n_bytes):>8}")
        say(f"    {version_line(item)}")


def rollback(
    version_id: Annotated[
        str | None,
        typer.Argument(
            metavar="ID",
            help="The version; the one before by default.",
            autocompletion=complete_version,
        ),
    ] = None,
    warehouse: WarehouseOption = None,
) -> None:
    """Make an earlier version the published one, until a build has something new.

    Example: papermart rollback
    """
    from pipeline.storage.rollback import rollback as run_rollback
    from pipeline.storage.warehouse import Warehouse

    chosen = settings(warehouse=warehouse)
    found = run_rollback(Warehouse(chosen.warehouse, store=chosen.store), version_id)
    say(f"published is now {found.id}")
