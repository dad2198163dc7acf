"""The application: its commands from their modules, and how errors end.

What belongs here: putting the groups of commands together. What does not: a command.
"""

import os
import sys
from contextlib import suppress
from inspect import getdoc
from typing import Annotated

import typer

from pipeline.cli import (
    ask,
    build,
    changes,
    decide,
    evaluate,
    files,
    health,
    new,
    project,
    records,
    review,
    sites,
    synth,
    topics,
    waive,
)
from pipeline.cli.shared import drop_output, say, warn
from pipeline.contract.errors import PipelineError, cause_of

_LOOP = "Symlink loop from "

app = typer.Typer(
    name="papermart",
    help=(
        "Turn saved listing pages of research papers into a warehouse you can query and quote.\n\n"
        "Put pages (text or HTML) into data/raw, then: [bold]papermart build[/bold], "
        '[bold]papermart query[/bold] "select title, year from papers", '
        "[bold]papermart export[/bold]. A new folder to work in: [bold]papermart init[/bold].\n\n"
        "Folders are set by options, the environment (PAPERMART_RAW, PAPERMART_WAREHOUSE, "
        "PAPERMART_OVERRIDES, PAPERMART_WAIVERS, PAPERMART_EXPORTS, PAPERMART_STORE) or "
        "papermart.toml, in this order; a server that makes the tables by SPARK_REMOTE "
        "(sc://host:port; local: none) or there."
    ),
    no_args_is_help=True,
    add_completion=True,
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
    changes,
    new,
    waive,
    records,
    topics,
    evaluate,
    sites,
    synth,
):
    group.add_to(app)


def _let_help_flow(group: typer.Typer) -> None:
    """Make each paragraph of a command's help one line, which the screen breaks where it ends."""
    for command in group.registered_commands:
        paragraphs = (getdoc(command.callback) or "").split("\n\n")
        command.help = "\n\n".join(" ".join(text.split()) for text in paragraphs)
    for inner in group.registered_groups:
        if inner.typer_instance:
            _let_help_flow(inner.typer_instance)


_let_help_flow(app)


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
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: PTH123, SIM115 - closed by `>&-`
    code: int | str | None = 0
    try:
        app()
    except SystemExit as end:
        code = end.code
    except PipelineError as error:
        code = _failed(str(error))
    except OSError as error:
        code = _failed(_fault(error))
    except RuntimeError as error:
        if not str(error).startswith(_LOOP):  # as `Path.resolve` says it until Python 3.12
            raise
        code = _failed(f"links lead round in a circle: {str(error).removeprefix(_LOOP)}")
    raise SystemExit(code or _unwritten())


def _unwritten() -> int:
    """Write what is left of the output, and return 1 if it cannot be; else 0.

    The interpreter would say so itself at its end, in words of its own.
    """
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        drop_output()
    except OSError as error:
        drop_output()
        return _failed(_fault(error))
    return 0


def _failed(what: str) -> int:
    """Say what went wrong and return the exit code."""
    with suppress(OSError):  # stderr itself may lead nowhere
        warn(f"error: {what}")
    return 1


def _fault(error: OSError) -> str:
    """Say in words what the system refuses; what is written without a name is the output."""
    drop_output()
    if error.filename is None:
        return f"the output cannot be written: {cause_of(error)}"
    return f"{os.fsdecode(error.filename)} cannot be used: {cause_of(error)}"
