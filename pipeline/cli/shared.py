"""What several commands share: options, folders, saying things, opening the published file.

What belongs here: helpers that at least two groups of commands use.
"""

import os
import re
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from io import TextIOBase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO, cast

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from pipeline.cli.completion import complete_version
from pipeline.text.shown import printable_lines, printable_path, shown_server

if TYPE_CHECKING:
    from pipeline.inputs.settings import Folders, Settings
    from pipeline.storage.duckdb_engine import DuckDB
    from pipeline.storage.stored_files import StoredFile
    from pipeline.storage.warehouse import Warehouse

RawOption = Annotated[
    str | None,  # a path would lose the second stroke of a URL
    typer.Option(
        "--raw",
        help="Folder of saved pages, or its URL; only read.",
        metavar="PATH",
        show_default="data/raw",
    ),
]
WarehouseOption = Annotated[
    Path | None,
    typer.Option("--warehouse", help="Folder of the warehouse.", show_default="data/warehouse"),
]
VersionOption = Annotated[
    str | None,
    typer.Option(
        "--version",
        help="A published version instead of the current one.",
        autocompletion=complete_version,
    ),
]
OverridesOption = Annotated[
    Path | None,
    typer.Option(
        "--overrides",
        help="Corrections of the linkage (CSV).",
        show_default="data/overrides.csv",
    ),
]
WaiversOption = Annotated[
    Path | None,
    typer.Option(
        "--waivers",
        help="Guardrails that are waived for a while (CSV).",
        show_default="data/waivers.csv",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")]
PIPE_WIDTH = 160
INTERRUPTED = 130  # the exit code of what Ctrl-C ends
_MOST_DESCRIPTION = 60
_LINE_OF_OTHERS = re.compile(r"\n(?!  )")  # names of files and columns hold anything


class ShownConsole(Console):
    """A console on which no text commands the terminal: what would is written out.

    Whoever lays out cells writes it out before (`text.shown`), so that the widths are right.
    """

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterator[Segment]:
        """Yield the pieces of what is printed, harmless but for the console's own colours."""
        for segment in super().render(renderable, options):
            if segment.control or segment.text.isprintable():
                yield segment
            else:
                yield Segment(printable_lines(segment.text), segment.style)

    def on_broken_pipe(self) -> None:
        """Go on in silence where the reader (`| head`) has seen enough: work may be left to do."""
        self.quiet = True
        if not self.stderr:
            drop_output()


def say(text: str) -> None:
    """Print a line, or several; a terminal's are broken between words, and indented."""
    _print(ShownConsole(highlight=False, soft_wrap=True), text)


def _print(console: Console, text: str) -> None:
    if console.is_terminal:
        from pipeline.outputs.laid_out import broken_below

        text = "\n".join(
            part for line in text.split("\n") for part in broken_below(line, console.width)
        )
    console.print(text, markup=False)


def say_lines(lines: Iterable[str]) -> None:
    """Print lines."""
    for line in lines:
        say(line)


def say_json(value: object) -> None:
    """Print a value as JSON."""
    from pipeline.outputs.strict_json import to_json

    sys.stdout.write(to_json(value, indent=2) + "\n")


def warn(text: str) -> None:
    """Print a line on stderr; more than one only where all but the first stand in."""
    shown = _LINE_OF_OTHERS.sub(r"\\n", text)
    _print(ShownConsole(stderr=True, highlight=False, soft_wrap=True), shown)


class _ShownStream(TextIOBase):
    """A terminal to write rows to, none of which commands it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return self._stream.write(printable_lines(text))


def shown_stdout() -> TextIO:
    """Return where rows are written: a file gets them as they are, a terminal so as to be seen."""
    return cast("TextIO", _ShownStream(sys.stdout)) if sys.stdout.isatty() else sys.stdout


def made_there(server: str) -> str:
    """Return what people are told whose tables a server made."""
    return f"tables: made on the server at {shown_server(server)}"


def counted(n: int, what: str) -> str:
    """Return how many there are of what, in words.

    >>> counted(1, "row"), counted(2, "row")
    ('1 row', '2 rows')
    """
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def folders(**options: Path | str | None) -> "Folders":
    """Return the folders that count, and say so where they are the sample's."""
    from pipeline.inputs.settings import read_folders

    found = read_folders(options)
    # Whoever asks a warehouse by its name, and no raw folder, asks nothing of the sample.
    if "raw" in options or options.get("warehouse") is None:
        _tell_sample(found)
    return found


def _tell_sample(found: "Folders") -> None:
    if found.is_sample:
        warn(
            f"note: no pages of yours yet, so this is the sample ({found.settings.raw}); "
            "put pages into data/raw to start your own"
        )


def settings(**options: Path | None) -> "Settings":
    """Return the settings that count; see `folders`."""
    return folders(**options).settings


def refuse_own(target: Path, chosen: "Settings") -> None:
    """Raise PipelineError if a file to write would lie among saved pages or a build's own files."""
    from pipeline.contract.errors import PipelineError
    from pipeline.inputs.page_places import folder_of
    from pipeline.storage.warehouse import Warehouse

    if Warehouse(chosen.warehouse).owns(target):
        raise PipelineError(f"{target} is one of the warehouse's own files; name another place")
    raw = folder_of(chosen.raw)
    if raw and target.resolve().is_relative_to(raw.resolve()):
        raise PipelineError(
            f"{target} lies in {chosen.raw}, where files are read as pages; name another place"
        )


def local_warehouse(warehouse: Path | None) -> "Warehouse":
    """Return the warehouse in its folder; say so where nothing is published but in a store."""
    from pipeline.storage.versions import current_file
    from pipeline.storage.warehouse import Warehouse

    chosen = settings(warehouse=warehouse)
    house = Warehouse(chosen.warehouse, store=chosen.store)
    if chosen.store and current_file(house) is None:
        warn(
            f"note: this looks at {chosen.warehouse}; what is shared in {chosen.store} is asked by "
            "query, explain, export and report"
        )
    return house


def published_file(warehouse: Path | None, version: str | None) -> "Path | StoredFile":
    """Return the file of a published version, of the current one by default.

    That of a store, where there is one and nothing is published in the folder.

    Raises:
        PipelineError: nothing is published yet, or there is no such version.
    """
    from pipeline.inputs.settings import read_folders
    from pipeline.storage.versions import current_file, find_version
    from pipeline.storage.warehouse import Warehouse

    found = read_folders({"warehouse": warehouse})
    house = Warehouse(found.settings.warehouse)
    if found.settings.store and current_file(house) is None:
        from pipeline.storage.stored_files import stored_version

        return stored_version(found.settings.store, version)
    if warehouse is None:
        _tell_sample(found)
    return find_version(house, version)


@contextmanager
def opened(warehouse: Path | None, version: str | None) -> Generator["DuckDB"]:
    """Open a published version for questions."""
    from pipeline.storage.published_file import open_published

    with open_published(published_file(warehouse, version)) as engine:
        yield engine


@contextmanager
def shown_progress() -> Generator[Callable[[str, int, int], None]]:
    """Show progress on a terminal; stay quiet in a pipe."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = ShownConsole(stderr=True)
    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task("starting", total=None)

        def show(what: str, done: int, total: int) -> None:
            bar.update(
                task,
                description=printable_path(what, _MOST_DESCRIPTION),
                completed=done,
                total=total,
            )

        yield show


@contextmanager
def until_reader_leaves() -> Generator[None]:
    """End quietly when the reader (`| head`) has seen enough."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        drop_output()


def drop_output() -> None:
    """Let go of what could not be written, that the interpreter does not try it again."""
    with suppress(OSError):  # output that is no file has nothing to let go of
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def warn_of_plugins() -> None:
    """Say which site plug-ins could not be loaded; the work goes on without them."""
    from pipeline.sources.entry_points import announced

    if not announced():
        return  # loading the sites to find that out takes longer than most commands
    from pipeline.sources.registry import installed_plugins

    for fault in installed_plugins().faults:
        warn(f"warning: {fault}")
