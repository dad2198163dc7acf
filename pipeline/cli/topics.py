"""`papermart topics`: what could join the topic reference.

What belongs here: the questions to the mart of emerging phrases.
"""

import csv
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.shared import (
    PIPE_WIDTH,
    ShownConsole,
    VersionOption,
    WarehouseOption,
    opened,
    say,
)
from pipeline.contract.errors import PipelineError

if TYPE_CHECKING:
    from pipeline.outputs.topic_suggestions import Suggestion

_topics = typer.Typer(help="The topic reference: what could join it.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(_topics, name="topics")


@_topics.command("suggest")
def suggest_topics(
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many phrases.")] = 20,
    as_rows: Annotated[
        bool, typer.Option("--csv", help="Print rows for sql/reference/topic_phrases.csv.")
    ] = False,
    warehouse: WarehouseOption = None,
    version: VersionOption = None,
) -> None:
    """Show phrases that grow and are in no topic yet, with papers that use them.

    Only phrases are shown that the reference would accept as they are: most of their papers have
    the topic, and no other topic has them. With --csv they come as rows of the reference: read
    them, and append the ones that deserve it.

    Example: papermart topics suggest --limit 10
    """
    from pipeline.outputs.topic_suggestions import suggestions
    from pipeline.storage.engine import EngineError

    try:
        with opened(warehouse, version) as engine:
            found = suggestions(engine, limit)
    except EngineError:
        raise PipelineError("this version has no emerging phrases; build again") from None
    if as_rows:
        _print_rows(found)
    elif found:
        _print_table(found)
    else:
        say("no phrase grows that the reference would accept")


def _print_rows(found: "Sequence[Suggestion]") -> None:
    """Print rows as sql/reference/topic_phrases.csv has them."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("topic_id", "phrase", "is_case_sensitive", "is_weak"))
    for row in found:
        flags = (str(flag).lower() for flag in (row.is_case_sensitive, row.is_weak))
        writer.writerow((row.topic_id, row.phrase, *flags))


def _print_table(found: "Sequence[Suggestion]") -> None:
    from pipeline.outputs.laid_out import print_lines, row_lines

    console = ShownConsole(highlight=False)
    width = console.width if console.is_terminal else PIPE_WIDTH
    names = ("recent", "earlier", "z", "phrase", "topic", "papers")
    rows = [
        (row.n_recent, row.n_earlier, f"{row.z_score:.1f}", row.phrase, row.topic, _titles(row))
        for row in found
    ]
    print_lines(row_lines(names, rows, 3, width), console)


def _titles(row: "Suggestion") -> str:
    return "; ".join(row.example_titles)
