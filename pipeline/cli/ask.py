"""`papermart query` and `explain`: questions to the published file.

What belongs here: showing rows and explanations on a terminal or in a pipe.
"""

import sys
from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.cli.shared import (
    PIPE_WIDTH,
    ShownConsole,
    VersionOption,
    WarehouseOption,
    opened,
    say_json,
    shown_stdout,
    until_reader_leaves,
)
from pipeline.contract.errors import PipelineError
from pipeline.text.shown import printable, printable_lines

if TYPE_CHECKING:
    from pipeline.storage.duckdb_engine import DuckDB

_MAX_TABLE_ROWS = 100
_LEAST_COLUMN = 10  # narrower columns cannot be read; so many are shown below each other


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(query)
    app.command()(explain)


class QueryFormat(StrEnum):
    """How `papermart query` writes its rows."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"
    bibtex = "bibtex"
    csl = "csl"


class ExplainFormat(StrEnum):
    """How `papermart explain` writes what it found."""

    text = "text"
    json = "json"


def query(
    sql: Annotated[str, typer.Argument(help="A SELECT over the published tables.")],
    form: Annotated[
        QueryFormat, typer.Option("--format", help="How to write the rows.")
    ] = QueryFormat.table,
    warehouse: WarehouseOption = None,
    version: VersionOption = None,
) -> None:
    """Ask the published warehouse in SQL; it is opened read-only.

    Example: papermart query "select year, count(*) from papers group by year order by year"

    With --format bibtex or csl the papers are written as references; the SELECT needs paper_id.
    """
    from pipeline.storage.engine import EngineError

    if form is QueryFormat.parquet and sys.stdout.isatty():
        raise typer.BadParameter("parquet is not for a terminal; write it to a file with >")
    try:
        with opened(warehouse, version) as engine, until_reader_leaves():
            write_rows(engine, sql, form)
    except EngineError as error:
        raise PipelineError(f"the query cannot be answered: {str(error).strip()}") from None


def write_rows(engine: "DuckDB", sql: str, form: QueryFormat) -> None:
    """Write the rows of a query to stdout in some form.

    Raises:
        PipelineError: it is no question.
        EngineError: it cannot be answered.
    """
    from pipeline.outputs.references import write_references
    from pipeline.outputs.rows import write_csv, write_json, write_parquet

    _need_question(engine, sql)
    out = shown_stdout()
    if form is QueryFormat.table:
        _print_rows(engine, sql)
    elif form is QueryFormat.csv:
        write_csv(engine, sql, out)
    elif form is QueryFormat.json:
        write_json(engine, sql, out)
    elif form is QueryFormat.bibtex:
        write_references(engine, sql, out, "bibtex")
    elif form is QueryFormat.csl:
        write_references(engine, sql, out, "csl")
    else:
        write_parquet(engine, sql, sys.stdout.buffer)


def _need_question(engine: "DuckDB", sql: str) -> None:
    """Refuse what is no question before any of it runs; DuckDB's words for it are about files."""
    others = engine.statements_that_write(sql)
    if others is None:
        raise PipelineError('there is no question; try: papermart query "from papers limit 5"')
    if others:
        raise PipelineError(
            f"the published warehouse is only read, and {', '.join(others)} is no question; "
            "write rows to a file with --format csv > file.csv, and correct papers with "
            "`papermart same` and `not-same`"
        )


def _print_rows(engine: "DuckDB", sql: str) -> None:
    columns, rows = next(engine.pages(sql, _MAX_TABLE_ROWS + 1))
    names = [Text(printable(name)) for name in columns]
    shown = [[_cell(value) for value in row] for row in rows[:_MAX_TABLE_ROWS]]
    console = ShownConsole(highlight=False)
    if not console.is_terminal:
        console.width = PIPE_WIDTH
    if len(names) * _LEAST_COLUMN > console.width:
        for n, cells in enumerate(shown, 1):
            console.rule(f"row {n}", align="left")
            console.print(_grid(zip(names, cells, strict=True)))
    else:
        table = Table()
        for name in names:
            table.add_column(name, overflow="fold")
        for cells in shown:
            table.add_row(*cells)
        console.print(table)
    if len(rows) > _MAX_TABLE_ROWS:
        console.print(f"the first {_MAX_TABLE_ROWS} rows; --format csv writes all", markup=False)


def _grid(rows: Iterable[tuple[Text, Text]]) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column()
    grid.add_column(overflow="fold")
    for row in rows:
        grid.add_row(*row)
    return grid


def _cell(value: Any) -> Text:  # noqa: ANN401
    if value is None:
        return Text()
    if isinstance(value, list):
        return Text(printable_lines("; ".join(str(item) for item in value)))
    return Text(f"{value:.6g}" if isinstance(value, float) else printable_lines(str(value)))


def explain(
    wanted: Annotated[
        str,
        typer.Argument(
            metavar="PAPER|AUTHOR",
            help="Paper id, record id, arXiv id, DOI or title; a name or author id.",
        ),
    ],
    form: Annotated[
        ExplainFormat, typer.Option("--format", help="How to write it.")
    ] = ExplainFormat.text,
    warehouse: WarehouseOption = None,
    version: VersionOption = None,
) -> None:
    """Show one paper and where all of it is from, or the people behind a name.

    A paper: its records and lines, each value's origin, why it is one paper. A piece of a title
    will do if one paper has it; else the choices are listed. Two records that are one paper, or one
    paper that is two, are corrected by `papermart same` and `not-same`. A name: each person who
    bears it, with papers, coauthors and topics, how sure that is, and what tells them apart. Ids
    of earlier builds lead to what they stand for now.

    Example: papermart explain "attention is all you need"
    """
    found, show, as_text = _explained(wanted, warehouse, version)
    with until_reader_leaves():
        if form is ExplainFormat.json:
            say_json(found)
            return
        console = ShownConsole(highlight=False)
        if console.is_terminal:
            show(found, console)
        else:
            sys.stdout.write(as_text(found, PIPE_WIDTH))


def _explained(
    wanted: str, warehouse: Path | None, version: str | None
) -> tuple[
    dict[str, Any], Callable[[dict[str, Any], Console], None], Callable[[dict[str, Any], int], str]
]:
    """Return what is known of the paper or the people meant, and how it is laid out."""
    from pipeline.outputs import explain as papers
    from pipeline.outputs import explain_person as people
    from pipeline.outputs.explain_subject import find_subject
    from pipeline.storage.engine import EngineError

    what = "papers"
    try:
        with opened(warehouse, version) as engine:
            subject = find_subject(engine, wanted)
            if isinstance(subject, str):
                found = papers.explain_paper(engine, subject)
                return found, papers.print_explanation, papers.explanation_text
            what = "authors"
            found = people.explain_people(engine, wanted, subject)
            return found, people.print_people, people.people_text
    except EngineError:
        raise PipelineError(
            f"this version was published before {what} could be explained; run `papermart build`"
        ) from None
