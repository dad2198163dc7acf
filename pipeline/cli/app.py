"""The application: its commands from their modules, and how errors end.

What belongs here: putting the groups of commands together. What does not: a command.
"""

from typing import Annotated

import typer
from rich.console import Console

from pipeline.cli import (
    ask,
    build,
    decide,
    evaluate,
    files,
    health,
    project,
    records,
    review,
    sites,
    topics,
)
from pipeline.cli.shared import say
from pipeline.contract.errors import PipelineError

app = typer.Typer(
    name="papermart",
    help=(
        "Turn saved listing pages of research papers into a warehouse you can query and quote.\n\n"
        "Put pages (text or HTML) into data/raw, then: [bold]papermart build[/bold], "
        '[bold]papermart query[/bold] "select title, year from papers", '
        "[bold]papermart export[/bold]. A new folder to work in: [bold]papermart init[/bold].\n\n"
        "Folders are set by options, the environment (PAPERMART_RAW, PAPERMART_WAREHOUSE, "
        "PAPERMART_OVERRIDES, PAPERMART_EXPORTS) or papermart.toml, in this order."
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
for group in (
    project,
    build,
    ask,
    decide,
    review,
    files,
    health,
    records,
    topics,
    evaluate,
    sites,
):
    group.add_to(app)


def _show_version(is_asked: bool) -> None:
    if is_asked:
        from importlib.metadata import version

        say(f"papermart {version('papermart')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line; errors people can act on are shown without a traceback."""
    try:
        app()
    except PipelineError as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(f"error: {error}", markup=False)
        raise SystemExit(1) from None
