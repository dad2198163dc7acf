"""`papermart query` and `explain`: questions to the published file.

What belongs here: showing rows and explanations on a terminal or in a pipe.
"""

import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from pipeline.cli.shared import (
    PIPE_WIDTH,
    ShownConsole,
    VersionOption,
    WarehouseOption,
    opened,
    say_json,
    shown_stdout,
    until_reader_leaves,
    warn,
)
from pipeline.contract.errors import PipelineError

if TYPE_CHECKING:
    from pipeline.storage.duckdb_engine import DuckDB


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
        QueryFormat,
        typer.Option(
            "--format",
            metavar="FORM",
            help="How to write the rows: table, csv, json, parquet, bibtex or csl.",
        ),
    ] = QueryFormat.table,
    warehouse: WarehouseOption = None,
    version: VersionOption = None,
) -> None:
    """Ask the published warehouse in SQL; it is opened read-only.

    A terminal shows what does not fit beside each other below each other. With --format bibtex or
    csl the papers are written as references; the SELECT needs paper_id.

    Example: papermart query "select title, link from papers where year = 2024"
    """
    from pipeline.storage.engine import EngineError

    if form is QueryFormat.parquet and sys.stdout.isatty():
        raise typer.BadParameter("parquet is not for a terminal; write it to a file with >")
    with opened(warehouse, version) as engine, until_reader_leaves():
        try:
            write_rows(engine, sql, form)
        except EngineError as error:
            from pipeline.outputs.query_faults import fault_lines

            what = "\n".join(fault_lines(engine, str(error)))
            raise PipelineError(f"the query cannot be answered: {what}") from None


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
        _print_table(engine, sql)
        return
    if form is QueryFormat.csv:
        n_rows = write_csv(engine, sql, out)
    elif form is QueryFormat.json:
        n_rows = write_json(engine, sql, out)
    elif form is QueryFormat.parquet:
        n_rows = write_parquet(engine, sql, sys.stdout.buffer)
    else:
        n_rows = len(next(engine.pages(sql, 1))[1])
        write_references(engine, sql, out, "csl" if form is QueryFormat.csl else "bibtex")
    if not n_rows:
        warn("no rows")


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


def _print_table(engine: "DuckDB", sql: str) -> None:
    from pipeline.cli.shown_rows import MOST_ROWS, print_rows

    print_rows(*next(engine.pages(sql, MOST_ROWS + 1)))


def explain(
    wanted: Annotated[
        str,
        typer.Argument(
            metavar="PAPER|AUTHOR",
            help="Paper id, record id, arXiv id, DOI or title; a name or author id. The first "
            "signs of an id will do.",
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

    Example: papermart explain "the llama 3 herd"
    """
    if not wanted.strip():
        raise PipelineError("nothing is asked; give a paper's title or id, or an author's name")
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
    from pipeline.outputs import explain_layout as paper_layout
    from pipeline.outputs import explain_person as people
    from pipeline.outputs import explain_person_layout as people_layout
    from pipeline.outputs.explain_subject import find_subject
    from pipeline.outputs.short_ids import is_surely_piece, whole_id
    from pipeline.storage.engine import EngineError

    what = "papers"
    try:
        with opened(warehouse, version) as engine:
            subject = find_subject(engine, wanted)
            if isinstance(subject, str):
                found = papers.explain_paper(engine, subject)
                return found, paper_layout.print_explanation, paper_layout.explanation_text
            what = "authors"
            named = whole_id(engine, wanted) if is_surely_piece(wanted) else wanted
            found = people.explain_people(engine, named, subject)
            return found, people_layout.print_people, people_layout.people_text
    except EngineError:
        raise PipelineError(
            f"this version was published before {what} could be explained; run `papermart build`"
        ) from None
