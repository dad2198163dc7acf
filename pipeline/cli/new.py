"""`papermart new`: what came since the last look.

What belongs here: in what form it is said, and when the look is noted.
"""

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.ask import QueryFormat, write_rows
from pipeline.cli.completion import complete_version
from pipeline.cli.shared import (
    ShownConsole,
    WarehouseOption,
    counted,
    local_warehouse,
    say,
    say_lines,
    until_reader_leaves,
    warn,
)
from pipeline.contract.errors import PipelineError, cause_of

if TYPE_CHECKING:
    from pipeline.outputs.new_papers import Since
    from pipeline.storage.duckdb_engine import DuckDB
    from pipeline.storage.versions import Version
    from pipeline.storage.warehouse import Warehouse


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(new)


class NewFormat(StrEnum):
    """How `papermart new` writes papers."""

    text = "text"
    csv = "csv"
    json = "json"
    bibtex = "bibtex"


def new(
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="VERSION|DATE",
            help="Since a version, or a day like 2026-03-01, instead of the last look.",
            autocompletion=complete_version,
        ),
    ] = None,
    form: Annotated[
        NewFormat, typer.Option("--format", help="How to write the papers.")
    ] = NewFormat.text,
    warehouse: WarehouseOption = None,
) -> None:
    """Show the papers that came since you looked last: title, authors, year, link.

    The look is noted in the warehouse once all is shown, unless --since names another beginning.
    The first look compares the version of now with the one before it.

    Example: papermart new
    """
    from pipeline.outputs.new_papers import last_look, since_last_look, since_said
    from pipeline.storage.versions import current_version, versions

    house = local_warehouse(warehouse)
    current = current_version(house)
    known = versions(house)
    looked = last_look(house)
    wanted = since_last_look(known, current, looked) if since is None else since_said(known, since)
    if wanted.note:
        warn(f"note: {wanted.note}")
    with until_reader_leaves():
        _show(current, wanted, form)
        sys.stdout.flush()
        if since is None and (looked is None or looked < current.id):
            _keep(house, current)


def _keep(house: "Warehouse", current: "Version") -> None:
    from pipeline.outputs.new_papers import keep_look

    try:
        keep_look(house, current)
    except OSError as error:
        warn(f"note: the look cannot be noted ({cause_of(error)}); the next shows the same again")


def _show(current: "Version", since: "Since", form: NewFormat) -> None:
    from pipeline.outputs.new_papers import rows_of_papers, rows_seen_since
    from pipeline.storage.engine import EngineError
    from pipeline.storage.published_file import open_published

    if since.seen_from is not None:
        sql = rows_seen_since(since.seen_from)
    else:
        sql = rows_of_papers(_new_ids(since, current))
    try:
        with open_published(current.path) as engine:
            if form is NewFormat.text:
                _print(engine, sql, since)
            else:
                write_rows(engine, sql, QueryFormat(form.value))
    except EngineError:
        raise PipelineError(
            f"version {current.id} was published by a papermart that kept too little to say what "
            "is new; run `papermart build`"
        ) from None


def _new_ids(since: "Since", current: "Version") -> list[str]:
    from pipeline.builds.changes import compared
    from pipeline.models.catalogue import all_specs
    from pipeline.outputs.new_papers import new_ids

    if since.version is None:
        return []
    with compared(since.version.path, current.path, all_specs()) as engine:
        return new_ids(engine)


def _print(engine: "DuckDB", sql: str, since: "Since") -> None:
    from pipeline.outputs.new_papers import paper_lines

    rows = engine.rows(sql)
    console = ShownConsole(highlight=False)
    if not rows:
        say(f"nothing new since {since.words}")
        return
    say(f"{counted(len(rows), 'new paper')} since {since.words}")
    say_lines(paper_lines(rows, console.width if console.is_terminal else None))
