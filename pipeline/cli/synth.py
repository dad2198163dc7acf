"""`papermart synth`: pages that are made up, with the truth beside them.

What belongs here: the arguments, and what the command says.
"""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.shared import counted, say, shown_progress


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(synth)


def synth(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is new or empty.")],
    records: Annotated[
        int,
        typer.Option(
            "--records", metavar="N", help="How many cards all pages have, 20 million at most."
        ),
    ] = 1_000,
    seed: Annotated[
        int, typer.Option("--seed", metavar="S", help="Another seed gives other papers and people.")
    ] = 1,
    processes: Annotated[
        int | None,
        typer.Option(
            "--processes",
            metavar="N",
            min=1,
            help="How many work at once; the files are the same.",
            show_default="one a processor",
        ),
    ] = None,
) -> None:
    """Make up saved pages of every site and form, and write what is true beside them.

    DIR/pages has the pages, for a build. DIR/truth has Parquet files: papers (title, authors, year,
    topics), sightings (which card of which page shows which paper, and how), people, authorships
    (whose each name on a page is) and topic_years (which topics grow or shrink). So you can see how
    well papers are linked and people told apart, and what a build of a million records takes.
    All papers and people are invented. The same seed and number of records give the same files.

    Example: papermart synth made --records 1000 --seed 7

    Then: papermart build --raw made/pages --warehouse made-warehouse
    """
    from pipeline.synth.write import write

    with shown_progress() as progress:
        done = write(folder, records, seed, processes, progress)
    say(
        f"{counted(done.n_pages, 'page')} with {counted(done.n_records, 'record')} of "
        f"{counted(done.n_papers, 'paper')} in {done.pages}"
    )
    say(f"what is true of them in {done.truth}")
    say(f"next: papermart build --raw {done.pages} --warehouse {folder.name}-warehouse")
