"""`papermart export` and `report`: files for other tools and other people.

What belongs here: what these commands say.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.completion import complete_table
from pipeline.cli.shared import (
    VersionOption,
    WarehouseOption,
    counted,
    published_file,
    refuse_own,
    say,
    warn,
)


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(export)
    app.command()(report)


class FileFormat(StrEnum):
    """What `papermart export` writes."""

    csv = "csv"
    parquet = "parquet"
    xlsx = "xlsx"


def export(
    tables: Annotated[
        list[str] | None,
        typer.Argument(
            help="Tables to write; by default all but the long ones that rows are looked up in.",
            autocompletion=complete_table,
        ),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option("--to", help="Folder to write to.", show_default="data/exports"),
    ] = None,
    form: Annotated[FileFormat, typer.Option("--format", help="File format.")] = FileFormat.csv,
    bom: Annotated[
        bool,
        typer.Option(help="Begin CSV files with a byte-order mark, so that Excel keeps accents."),
    ] = True,
    warehouse: WarehouseOption = None,
    version: VersionOption = None,
) -> None:
    """Write the published tables as files, with a data dictionary and a manifest.

    For a spreadsheet say `--format xlsx`: workbooks keep identifiers, dates and numbers what they
    are, and explain themselves on their first sheet. CSV files are UTF-8; lists are joined by
    "; "; cells that a spreadsheet would run as a formula are led by an apostrophe; papers have a
    `link`, for a spreadsheet takes their `arxiv_id` for a number. `datapackage.json` describes
    every column, `manifest.json` names the build and its inputs.

    The tables in the folder are of one build, also after a crash: those that were exported there
    before are written anew. Files of yours are left alone.

    Example: papermart export papers --format xlsx
    """
    from pipeline.inputs.settings import read_folders
    from pipeline.outputs.export import export as run_export

    file = published_file(warehouse, version)
    chosen = read_folders({"warehouse": warehouse}).settings
    target = to or chosen.exports
    refuse_own(target, chosen)
    done = run_export(file, target, tables or (), form.value, has_bom=bom)
    for written in done.files:
        why = "" if written.is_asked else "; exported here before, so written anew with the others"
        say(f"{written.path}: {counted(written.n_rows, 'row')}{why}")
    for path in done.taken_away:
        warn(f"warning: {path} was of another build, and this export has none; it was taken away")
    say(f"{target / 'datapackage.json'}: every column described")
    say(f"{target / 'manifest.json'}: build, inputs, counts")


def report(
    to: Annotated[
        Path | None,
        typer.Option("--to", help="The HTML file.", show_default="report.html in the warehouse"),
    ] = None,
    warehouse: WarehouseOption = None,
    version: VersionOption = None,
) -> None:
    """Write the report: one HTML page of charts and tables that needs no network.

    Each figure says which query gives it. The same version gives the same file.

    Example: papermart report --to report.html
    """
    from pipeline.inputs.settings import read_folders
    from pipeline.outputs.report.page import write_report

    file = published_file(warehouse, version)
    chosen = read_folders({"warehouse": warehouse}).settings
    target = to or chosen.warehouse / "report.html"
    refuse_own(target, chosen)
    size = write_report(file, target)
    say(f"{target}: {size / 1e6:.1f} MB, build {file.stem}")
