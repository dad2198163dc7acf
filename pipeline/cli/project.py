"""`papermart init`: a folder to work in.

What belongs here: what the command says.
"""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.shared import say


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(init)


def init(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder; made if it is not there.")
    ] = Path(),
    sample: Annotated[
        bool, typer.Option("--sample", help="Put the sample pages into data/sample, to try it.")
    ] = False,
) -> None:
    """Make a folder to work in: data/raw for your pages, and papermart.toml for settings.

    Nothing that is there already is touched. Then: put saved pages into data/raw, and run
    `papermart build` in the folder.

    Example: papermart init reading --sample
    """
    from pipeline.outputs.project import make_project

    made = make_project(folder, with_sample=sample)
    for path in made.written:
        say(f"made {path}")
    for path in made.kept:
        say(f"kept {path}, which was there already")
    say(made.next_step)
