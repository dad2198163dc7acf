"""`papermart new-source` and `check-source`: reading another site.

What belongs here: what these commands say.
"""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.shared import say, say_lines, warn_of_plugins
from pipeline.contract.errors import PipelineError


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("new-source")(new_source)
    app.command("check-source")(check_source)


def new_source(
    name: Annotated[str, typer.Argument(help="Name of the site, e.g. my_site.")],
    to: Annotated[Path, typer.Option("--to", help="Folder to write to.")] = Path(),
    inside: Annotated[
        bool, typer.Option("--inside", help="Write it into the checkout of papermart it is run in.")
    ] = False,
) -> None:
    """Write the skeleton of a module that reads another site, with a golden pair.

    The module stays in a package of your own: papermart finds it through the entry point
    `papermart.sources`. With --inside it becomes one of papermart's own, which are found by
    themselves. Nothing is overwritten.

    Example: papermart new-source my_site
    """
    from pipeline.extraction.new_source import write_source

    written = write_source(name, to, is_inside=inside)
    for file in written.files:
        say(f"wrote {file}")
    say_lines(written.next_steps)


def check_source(
    folder: Annotated[Path, typer.Argument(help="Folder of golden pairs, at any depth.")],
    update: Annotated[
        bool, typer.Option("--update", help="Write what is read as what is expected.")
    ] = False,
) -> None:
    """Compare golden pairs (a page, and as JSON what must be read from it) with what is read.

    With --update the JSON is rewritten; read it, or its diff, before you keep it.

    Example: papermart check-source golden
    """
    from pipeline.extraction.golden import check_pairs

    warn_of_plugins()
    pairs = check_pairs(folder, update=update)
    for pair in pairs:
        say(f"{pair.page}: {pair.fault or 'equal'}")
    n_wrong = sum(pair.fault is not None for pair in pairs)
    if n_wrong:
        raise PipelineError(f"{n_wrong} of {len(pairs)} golden pairs differ")
