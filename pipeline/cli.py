"""The command line, `papermart`: the same work as the Dagster assets, in process.

What belongs here: arguments, progress, wording and exit codes: 0 done, 1 failed, 2 wrong usage.
What does not: the work itself. Heavy modules are imported inside the commands, so that `--help`
and an up-to-date build answer at once.
"""

import json
import os
import sys
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from pipeline.errors import PipelineError

if TYPE_CHECKING:
    import duckdb

    from pipeline.build import BuildReport, Progress

app = typer.Typer(
    name="papermart",
    help=(
        "Turn saved listing pages of research papers into a warehouse you can query and quote.\n\n"
        "Put pages (text or HTML) into data/raw, then: [bold]papermart build[/bold], "
        '[bold]papermart query[/bold] "select title, year from papers", '
        "[bold]papermart export[/bold]."
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

RawOption = Annotated[
    Path, typer.Option("--raw", envvar="PAPERMART_RAW", help="Folder of saved pages; only read.")
]
WarehouseOption = Annotated[
    Path,
    typer.Option("--warehouse", envvar="PAPERMART_WAREHOUSE", help="Folder of the warehouse."),
]
VersionOption = Annotated[
    str | None, typer.Option("--version", help="A published version instead of the current one.")
]
OverridesOption = Annotated[
    Path,
    typer.Option(
        "--overrides", envvar="PAPERMART_OVERRIDES", help="Corrections of the linkage (CSV)."
    ),
]
DEFAULT_RAW = Path("data/raw")
DEFAULT_WAREHOUSE = Path("data/warehouse")
DEFAULT_OVERRIDES = Path("data/overrides.csv")
DEFAULT_EXPORTS = Path("data/exports")
_MAX_TABLE_ROWS = 100
_PIPE_WIDTH = 160
_LEAST_COLUMN = 10  # narrower columns cannot be read; so many are shown below each other
# What DuckDB calls statements that only read; PIVOT is a MULTI. The file is read-only anyway.
_QUESTIONS = {"SELECT", "EXPLAIN", "PRAGMA", "CALL", "RELATION", "MULTI"}


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


class FileFormat(StrEnum):
    """What `papermart export` writes."""

    csv = "csv"
    parquet = "parquet"


def _show_version(is_asked: bool) -> None:
    if is_asked:
        from importlib.metadata import version

        _say(f"papermart {version('papermart')}")
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


def _say(text: str) -> None:
    Console(highlight=False, soft_wrap=True).print(text, markup=False)


def _rows(n: int) -> str:
    return f"{n} row" if n == 1 else f"{n} rows"


# ---------------------------------------------------------------- build


@app.command()
def build(
    raw: RawOption = DEFAULT_RAW,
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    overrides: OverridesOption = DEFAULT_OVERRIDES,
) -> None:
    """Bring the warehouse up to date with the folder of saved pages, and publish it.

    Only new pages are read. A page that cannot be read is set aside with the reason (see
    `papermart status`) and the rest goes on. If a check fails, nothing is published.
    """
    from pipeline.build import build as run_build
    from pipeline.status import aside_line, failed_checks, unapplied_lines, warning_line
    from pipeline.warehouse import Warehouse

    _warn_of_plugins()
    with _progress() as progress:
        report = run_build(raw, Warehouse(warehouse), progress=progress, overrides=overrides)
    for line in _summary(report):
        _say(line)
    for path, reason in report.dumps.quarantined:
        _say(aside_line(path, reason))
    for failed in failed_checks(Warehouse(warehouse)):
        _say(warning_line(*failed))
    for line in unapplied_lines(Warehouse(warehouse), overrides.name):
        _say(line)


@contextmanager
def _progress() -> Generator["Progress"]:
    """Show progress on a terminal; stay quiet in a pipe."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task("starting", total=None)

        def show(what: str, done: int, total: int) -> None:
            bar.update(task, description=what[:60], completed=done, total=total)

        yield show


def _summary(report: "BuildReport") -> Iterator[str]:
    dumps = report.dumps
    details = f"{dumps.n_new} new, {dumps.n_gone} gone, {len(dumps.quarantined)} set aside"
    yield f"raw: {dumps.n_dumps} dumps ({details})"
    yield f"staging: {dumps.n_records} records"
    for layer in ("reference", "linkage", "marts"):
        tables = [table for table in report.tables if table.name.startswith(f"{layer}.")]
        n_built = sum(table.is_changed for table in tables)
        counts = ""
        if layer == "marts":
            rows = {table.name.partition(".")[2]: table.stamp.n_rows for table in tables}
            shown = ("papers", "authorships", "authors", "topics", "yearly_topic_trends")
            counts = ": " + ", ".join(f"{rows[name]} {name}" for name in shown)
        yield f"{layer}: {n_built} of {len(tables)} tables rebuilt{counts}"
    what = "published" if report.is_published else "nothing new to publish, current is"
    if report.version.is_current:
        yield f"{what} {report.version.id}"
    else:
        yield (
            f"nothing new to publish; rolled back, the latest version is {report.version.id}: "
            f"`papermart rollback {report.version.id}` returns to it"
        )


# ---------------------------------------------------------------- query


@contextmanager
def _open(warehouse: Path, version: str | None) -> Generator["duckdb.DuckDBPyConnection"]:
    from pipeline.publishing import find_version
    from pipeline.warehouse import Warehouse, open_published

    with open_published(find_version(Warehouse(warehouse), version)) as con:
        yield con


@contextmanager
def _until_reader_leaves() -> Generator[None]:
    """End quietly when the reader (`| head`) has seen enough."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # What is left in the buffer goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="A SELECT over the published tables.")],
    form: Annotated[
        QueryFormat, typer.Option("--format", help="How to write the rows.")
    ] = QueryFormat.table,
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    version: VersionOption = None,
) -> None:
    """Ask the published warehouse in SQL; it is opened read-only.

    Example: papermart query "select year, count(*) from papers group by year order by year"

    With --format bibtex or csl the papers are written as references; select their paper_id.
    """
    import duckdb

    if form is QueryFormat.parquet and sys.stdout.isatty():
        raise typer.BadParameter("parquet is not for a terminal; write it to a file with >")
    try:
        with _open(warehouse, version) as con, _until_reader_leaves():
            _write_rows(con, sql, form)
    except duckdb.Error as error:
        raise PipelineError(_sql_message(error)) from None


def _sql_message(error: "duckdb.Error") -> str:
    return f"the query cannot be answered: {str(error).strip()}"


def _write_rows(con: "duckdb.DuckDBPyConnection", sql: str, form: QueryFormat) -> None:
    from pipeline.export import write_csv, write_json, write_parquet, write_references

    _need_question(con, sql)
    if form is QueryFormat.table:
        _print_rows(con, sql)
    elif form is QueryFormat.csv:
        write_csv(con, sql, sys.stdout)
    elif form is QueryFormat.json:
        write_json(con, sql, sys.stdout)
    elif form is QueryFormat.bibtex:
        write_references(con, sql, sys.stdout, "bibtex")
    elif form is QueryFormat.csl:
        write_references(con, sql, sys.stdout, "csl")
    else:
        write_parquet(con, sql, sys.stdout.buffer)


def _need_question(con: "duckdb.DuckDBPyConnection", sql: str) -> None:
    """Refuse what is no question before any of it runs; DuckDB's words for it are about files."""
    kinds = [statement.type.name for statement in con.extract_statements(sql)]
    if not kinds:
        raise PipelineError('there is no question; try: papermart query "from papers limit 5"')
    if others := sorted(set(kinds) - _QUESTIONS):
        raise PipelineError(
            f"the published warehouse is only read, and {', '.join(others)} is no question; "
            "write rows to a file with --format csv > file.csv, and correct papers in "
            f"{DEFAULT_OVERRIDES}"
        )


def _print_rows(con: "duckdb.DuckDBPyConnection", sql: str) -> None:
    cursor = con.execute(sql)
    names = [column[0] for column in cursor.description or ()]
    rows = cursor.fetchmany(_MAX_TABLE_ROWS + 1)
    shown = [[_cell(value) for value in row] for row in rows[:_MAX_TABLE_ROWS]]
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _PIPE_WIDTH
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


def _grid(rows: Iterable[tuple[str, str]]) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column()
    grid.add_column(overflow="fold")
    for row in rows:
        grid.add_row(*row)
    return grid


def _cell(value: Any) -> str:  # noqa: ANN401
    from rich.markup import escape

    if value is None:
        return ""
    if isinstance(value, list):
        return escape("; ".join(str(item) for item in value))
    return escape(f"{value:.6g}" if isinstance(value, float) else str(value))


# ---------------------------------------------------------------- explain


@app.command()
def explain(
    paper: Annotated[
        str,
        typer.Argument(
            metavar="PAPER_ID",
            help="Paper id, record id, arXiv id, DOI or title.",
        ),
    ],
    form: Annotated[
        ExplainFormat, typer.Option("--format", help="How to write it.")
    ] = ExplainFormat.text,
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    version: VersionOption = None,
) -> None:
    """Show one paper: its records and lines, each value's origin, why it is one paper.

    A piece of a title will do if one paper has it; else the choices are listed. Two records that
    are one paper, or one paper that is two, are corrected in data/overrides.csv.

    Example: papermart explain "attention is all you need"
    """
    import duckdb

    from pipeline.explain import (
        explain_paper,
        explanation_text,
        find_paper,
        print_explanation,
    )

    try:
        with _open(warehouse, version) as con:
            found = explain_paper(con, find_paper(con, paper))
    except duckdb.CatalogException:
        raise PipelineError(
            "this version was published before papers could be explained; run `papermart build`"
        ) from None
    with _until_reader_leaves():
        if form is ExplainFormat.json:
            sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=2, default=str) + "\n")
            return
        console = Console(highlight=False)
        if console.is_terminal:
            print_explanation(found, console)
        else:
            sys.stdout.write(explanation_text(found, _PIPE_WIDTH))


# ---------------------------------------------------------------- export


@app.command()
def export(
    tables: Annotated[
        list[str] | None, typer.Argument(help="Tables to write; all marts by default.")
    ] = None,
    to: Annotated[Path, typer.Option("--to", help="Folder to write to.")] = DEFAULT_EXPORTS,
    form: Annotated[FileFormat, typer.Option("--format", help="File format.")] = FileFormat.csv,
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    version: VersionOption = None,
) -> None:
    """Write the published tables as files, with a data dictionary and a manifest.

    CSV files are UTF-8; lists are joined by "; "; cells that a spreadsheet would run as a
    formula are led by an apostrophe. `datapackage.json` describes every column,
    `manifest.json` names the build and its inputs.
    """
    from pipeline.export import export as run_export
    from pipeline.publishing import find_version
    from pipeline.warehouse import Warehouse

    file = find_version(Warehouse(warehouse), version)
    for written in run_export(file, to, tables or (), form.value):
        _say(f"{written.path}: {_rows(written.n_rows)}")
    _say(f"{to / 'datapackage.json'}: every column described")
    _say(f"{to / 'manifest.json'}: build, inputs, counts")


# ---------------------------------------------------------------- report


@app.command()
def report(
    to: Annotated[
        Path | None,
        typer.Option("--to", help="The HTML file.", show_default="report.html in the warehouse"),
    ] = None,
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    version: VersionOption = None,
) -> None:
    """Write the report: one HTML page of charts and tables that needs no network.

    Each figure says which query gives it. The same version gives the same file.
    """
    from pipeline.publishing import find_version
    from pipeline.report.page import write_report
    from pipeline.warehouse import Warehouse

    file = find_version(Warehouse(warehouse), version)
    target = to or warehouse / "report.html"
    size = write_report(file, target)
    _say(f"{target}: {size / 1e6:.1f} MB, build {file.stem}")


# ---------------------------------------------------------------- status and versions


@app.command()
def status(
    raw: RawOption = DEFAULT_RAW,
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    overrides: OverridesOption = DEFAULT_OVERRIDES,
) -> None:
    """Tell how fresh and how healthy the warehouse is, and which pages were set aside."""
    from pipeline.status import read_status, unapplied_lines
    from pipeline.warehouse import Warehouse

    _warn_of_plugins()
    state = read_status(raw, Warehouse(warehouse))
    for line in state.lines():
        _say(line)
    for line in unapplied_lines(Warehouse(warehouse), overrides.name):
        _say(line)
    if state.n_pending is None:
        raise typer.Exit(1)


@app.command()
def versions(warehouse: WarehouseOption = DEFAULT_WAREHOUSE) -> None:
    """List the published versions, the latest first; * marks the current one."""
    from pipeline.publishing import versions as list_versions
    from pipeline.warehouse import Warehouse

    found = list_versions(Warehouse(warehouse))
    if not found:
        _say("nothing is published yet; run `papermart build`")
    for item in found:
        _say(f"{'*' if item.is_current else ' '} {item.id}")


@app.command()
def rollback(
    version_id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="The version; the one before by default.")
    ] = None,
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
) -> None:
    """Make an earlier version the published one, until a build has something new."""
    from pipeline.publishing import rollback as run_rollback
    from pipeline.warehouse import Warehouse

    found = run_rollback(Warehouse(warehouse), version_id)
    _say(f"published is now {found.id}")


# ---------------------------------------------------------------- evaluate


evaluate = typer.Typer(help="Measure what was built against labelled data.", no_args_is_help=True)
app.add_typer(evaluate, name="evaluate")

JsonOption = Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")]


def _say_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


@evaluate.command("title-split")
def evaluate_title_split(
    file: Annotated[Path, typer.Argument(help="JSON lines: line, title, authors, et_al.")],
    as_json: JsonOption = False,
) -> None:
    """Measure how lines are parted in which nothing stands between title and authors.

    A line counts as exact if title, authors and "et al." are all equal to the label. The lines
    are read in pieces as long as a real page, and once more each alone.
    """
    from pipeline.evaluate.title_split import evaluate_title_split as run_evaluation

    report = run_evaluation(file)
    if as_json:
        _say_json(report.as_json())
        return
    for line in report.lines():
        _say(line)


@evaluate.command("linkage")
def evaluate_linkage(
    records: Annotated[Path, typer.Argument(help="What `papermart link` reads.")],
    truth: Annotated[
        Path,
        typer.Argument(help="Labels: record_id, entity_id and, if only pairs across, dataset."),
    ],
    as_json: JsonOption = False,
) -> None:
    """Measure how right linking is: precision, recall, F1, B-cubed, candidates, time, memory.

    Where TRUTH has a column dataset, only pairs of records of two data sets count.
    """
    from pipeline.evaluate.linkage import evaluate_linkage as run_evaluation

    report = run_evaluation(records, truth)
    if as_json:
        _say_json(report.as_json())
        return
    for line in report.lines():
        _say(line)


@evaluate.command("topics")
def evaluate_topics(
    records: Annotated[
        Path,
        typer.Argument(help="Parquet, CSV or .jsonl: title, abstract, primary_category."),
    ],
    as_json: JsonOption = False,
) -> None:
    """Measure how many papers get a topic, and how the fields agree with arXiv categories.

    Papers are tagged from title and abstract alone; the category is only what they are compared
    with.
    """
    from pipeline.evaluate.topics import evaluate_topics as run_evaluation

    report = run_evaluation(records)
    if as_json:
        _say_json(report.as_json())
        return
    for line in report.lines():
        _say(line)


# ---------------------------------------------------------------- link


@app.command()
def link(
    records: Annotated[Path, typer.Argument(help="Parquet, CSV or JSON lines, one record a row.")],
    to: Annotated[Path, typer.Option("--to", help="File to write; its suffix says how.")],
    matches: Annotated[
        Path | None, typer.Option("--matches", help="File for the compared pairs that came near.")
    ] = None,
) -> None:
    """Find the records of a table that are the same paper; writes record_id and cluster_id.

    RECORDS needs record_id and title, and is linked the better the more there is of source,
    authors (a list, or text parted by ";", "and" or ","), n_authors_total, abstract, year,
    venue, arxiv_id and doi. Files end in .parquet, .csv or .jsonl.
    """
    from pipeline.linking import link as run_link

    done = run_link(records, to, matches)
    _say(
        f"{to}: {_rows(done.n_records)} in {done.n_clusters} clusters, "
        f"{done.n_candidates} pairs compared"
    )
    if matches:
        _say(f"{matches}: {_rows(done.n_matches)}")


# ---------------------------------------------------------------- topics


topics = typer.Typer(help="The topic reference: what could join it.", no_args_is_help=True)
app.add_typer(topics, name="topics")

_SUGGESTIONS = """
select
    emerging_phrases.phrase,
    emerging_phrases.n_recent,
    emerging_phrases.n_earlier,
    emerging_phrases.z_score,
    topics.topic as nearest_topic,
    emerging_phrases.example_titles
from emerging_phrases
left join topics on emerging_phrases.nearest_topic_id = topics.topic_id
order by emerging_phrases.z_score desc, emerging_phrases.phrase
limit {limit}
"""
_SUGGESTED_ROWS = """
select nearest_topic_id as topic_id, phrase, 'false' as is_case_sensitive, 'false' as is_weak
from emerging_phrases
order by z_score desc, phrase
limit {limit}
"""


@topics.command("suggest")
def suggest_topics(
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many phrases.")] = 20,
    as_rows: Annotated[
        bool, typer.Option("--csv", help="Print rows for sql/reference/topic_phrases.csv.")
    ] = False,
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    version: VersionOption = None,
) -> None:
    """Show phrases that grow and are in no topic yet, with papers that use them.

    With --csv they come as rows of the reference, under the topic that most of their papers
    have: read them, correct the topic, and append the ones that deserve it.
    """
    import duckdb

    sql = _SUGGESTED_ROWS if as_rows else _SUGGESTIONS
    try:
        with _open(warehouse, version) as con:
            form = QueryFormat.csv if as_rows else QueryFormat.table
            _write_rows(con, sql.format(limit=limit), form)
    except duckdb.CatalogException:
        raise PipelineError("this version has no emerging phrases; build again") from None


# ---------------------------------------------------------------- new sites


@app.command("new-source")
def new_source(
    name: Annotated[str, typer.Argument(help="Name of the site, e.g. my_site.")],
    to: Annotated[Path, typer.Option("--to", help="Folder to write to.")] = Path(),
) -> None:
    """Write the skeleton of a module that reads another site, with a golden pair.

    The module stays in a package of your own: papermart finds it through the entry point
    `papermart.sources`. Nothing is overwritten.
    """
    from pipeline.new_source import write_source

    written = write_source(name, to)
    for file in written.files:
        _say(f"wrote {file}")
    for line in written.next_steps:
        _say(line)


@app.command("check-source")
def check_source(
    folder: Annotated[Path, typer.Argument(help="Folder of golden pairs, at any depth.")],
    update: Annotated[
        bool, typer.Option("--update", help="Write what is read as what is expected.")
    ] = False,
) -> None:
    """Compare golden pairs (a page, and as JSON what must be read from it) with what is read.

    With --update the JSON is rewritten; read it, or its diff, before you keep it.
    """
    from pipeline.golden import check_pairs

    _warn_of_plugins()
    pairs = check_pairs(folder, update=update)
    for pair in pairs:
        _say(f"{pair.page}: {pair.fault or 'equal'}")
    n_wrong = sum(pair.fault is not None for pair in pairs)
    if n_wrong:
        raise PipelineError(f"{n_wrong} of {len(pairs)} golden pairs differ")


def _warn_of_plugins() -> None:
    """Say which site plug-ins could not be loaded; the work goes on without them."""
    from pipeline.sources import installed_plugins

    for fault in installed_plugins().faults:
        Console(stderr=True, highlight=False, soft_wrap=True).print(
            f"warning: {fault}", markup=False
        )


if __name__ == "__main__":
    main()
