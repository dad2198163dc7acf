"""`papermart changes`: what differs between two published versions.

What belongs here: which versions are meant, and in what form it is said.
"""

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.ask import QueryFormat, write_rows
from pipeline.cli.completion import complete_version
from pipeline.cli.shared import (
    WarehouseOption,
    local_warehouse,
    say,
    say_lines,
    until_reader_leaves,
)
from pipeline.contract.errors import PipelineError

if TYPE_CHECKING:
    from pipeline.storage.versions import Version
    from pipeline.storage.warehouse import Warehouse


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(changes)


class ChangesFormat(StrEnum):
    """How `papermart changes` writes what differs."""

    text = "text"
    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


def changes(
    before: Annotated[
        str | None,
        typer.Argument(
            metavar="FROM",
            help="A version; the one before the other one by default.",
            autocompletion=complete_version,
        ),
    ] = None,
    after: Annotated[
        str | None,
        typer.Argument(
            metavar="TO",
            help="A version; the current one by default.",
            autocompletion=complete_version,
        ),
    ] = None,
    form: Annotated[
        ChangesFormat,
        typer.Option(
            "--format",
            metavar="FORM",
            help="How to write it: text, table, csv, json or parquet.",
        ),
    ] = ChangesFormat.text,
    warehouse: WarehouseOption = None,
) -> None:
    """Say which papers, people and verdicts are new, gone, merged, split or changed.

    Between two published versions; `papermart versions` lists them. The table changes of each
    version has what differs from the one before it.

    Example: papermart changes --format csv > changes.csv
    """
    from pipeline.builds.changes import compared
    from pipeline.models.catalogue import all_specs
    from pipeline.outputs.changes import ALL_CHANGES, change_lines

    if form is ChangesFormat.parquet and sys.stdout.isatty():
        raise typer.BadParameter("parquet is not for a terminal; write it to a file with >")
    earlier, later = _meant(local_warehouse(warehouse), before, after)
    with compared(earlier.path, later.path, all_specs()) as engine, until_reader_leaves():
        if form is ChangesFormat.text:
            say(f"from {earlier.id} to {later.id}")
            say_lines(change_lines(engine))
        else:
            write_rows(engine, ALL_CHANGES, QueryFormat(form.value))


def _meant(
    warehouse: "Warehouse", before: str | None, after: str | None
) -> tuple["Version", "Version"]:
    """Return the two versions that are meant.

    Raises:
        PipelineError: nothing is published, there is no such version, or none before the other.
    """
    from pipeline.storage.versions import find_version, named_version, versions

    later_file = find_version(warehouse, after)
    known = versions(warehouse)
    place = next((n for n, v in enumerate(known) if v.path.resolve() == later_file), None)
    if place is None:  # a copy where links are not to be had
        place = next(n for n, v in enumerate(known) if v.is_current)
    if before is not None:
        return named_version(known, before), known[place]
    earlier = known[place + 1 :]
    if not earlier:
        raise PipelineError(
            f"there is no version before {known[place].id}; `papermart versions` lists those that "
            "are"
        )
    return earlier[0], known[place]
