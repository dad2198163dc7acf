"""Files for other tools: the published marts as CSV or Parquet, with their data dictionary.

What belongs here: formats of exported files and what stands beside them (`datapackage.json`
after Frictionless Data, `manifest.json`). What does not: which values the marts hold.
"""

import csv
import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO, Literal, TextIO

import duckdb

from pipeline.bibliography import Reference, write_bibtex, write_csl
from pipeline.errors import PipelineError
from pipeline.publishing import BUILD_INFO, published_tables
from pipeline.report.figures import ask, measured_accuracy
from pipeline.schema import ColumnSpec, TableSpec
from pipeline.sql_models import all_specs
from pipeline.warehouse import arrow, quote

ExportFormat = Literal["csv", "parquet"]

# A cell that begins so is a formula to a spreadsheet; a leading apostrophe makes it text
# (OWASP, CSV Injection).
_FORMULA = "^[=+@\t\r-]"
_JSON_TYPES = {
    "VARCHAR": "string",
    "VARCHAR[]": "string",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "DOUBLE": "number",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "datetime",
}


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """One file of an export: its table, place, rows."""

    table: str
    path: Path
    n_rows: int


def exportable() -> dict[str, TableSpec]:
    """Return the tables of the published file by name."""
    return {spec.name: spec for spec in (*published_tables(all_specs()), BUILD_INFO)}


def export(
    file: Path, target: Path, tables: Sequence[str] = (), form: ExportFormat = "csv"
) -> list[ExportedFile]:
    """Write tables of a published file to a folder, with data dictionary and manifest.

    In CSV (UTF-8) lists are joined by `; `, NULL is an empty cell, times are UTC in ISO 8601, and
    text that a spreadsheet would run as a formula is led by an apostrophe. Files appear in the
    folder only when all of them are written; other files there are left alone.

    Args:
        file: a published version.
        target: the folder; made if it is not there.
        tables: names, all by default.
        form: `csv` or `parquet`.

    Raises:
        PipelineError: an unknown table, or the folder cannot be written.
    """
    known = exportable()
    for name in tables:
        if name not in known:
            raise PipelineError(f"there is no table {name}; there are {', '.join(known)}")
    specs = [known[name] for name in tables or known]
    staging: Path | None = None
    try:
        target.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=".export-", dir=target))
        with duckdb.connect(str(file), read_only=True) as con:
            written = [_write_table(con, spec, staging, form) for spec in specs]
            _write_json(staging / "datapackage.json", _datapackage(con, specs, written, form))
            _write_json(staging / "manifest.json", _manifest(con, written))
        for path in sorted(staging.iterdir()):
            path.replace(target / path.name)
    except OSError as error:
        cause = (error.strerror or str(error)).lower()
        raise PipelineError(f"the export to {target} failed: {cause}") from None
    except duckdb.Error as error:
        raise PipelineError(f"the export to {target} failed: {error}") from None
    finally:
        if staging:
            shutil.rmtree(staging, ignore_errors=True)
    return [ExportedFile(e.table, target / e.path.name, e.n_rows) for e in written]


def _write_table(
    con: duckdb.DuckDBPyConnection, spec: TableSpec, folder: Path, form: ExportFormat
) -> ExportedFile:
    path = folder / f"{spec.name}.{form}"
    order = ", ".join(spec.key)
    if form == "csv":
        columns = ", ".join(_csv_column(column) for column in spec.columns)
        options = "format csv, header"
    else:
        columns, options = "*", "format parquet, compression zstd, row_group_size 20480"
    query = f"select {columns} from main.{spec.name} order by {order}"
    n_rows = con.execute(f"copy ({query}) to {quote(path)} ({options})").fetchall()[0][0]
    return ExportedFile(spec.name, path, n_rows)


def _csv_column(column: ColumnSpec) -> str:
    name = column.name
    if column.type == "TIMESTAMP":
        return f"strftime({name}, '%Y-%m-%dT%H:%M:%SZ') as {name}"
    if column.type not in ("VARCHAR", "VARCHAR[]"):
        return name
    text = f"array_to_string({name}, '; ')" if column.type == "VARCHAR[]" else name
    harmless = f"case when regexp_matches({text}, '{_FORMULA}') then '''' || {text} else {text} end"
    return f"{harmless} as {name}"


# ---------------------------------------------------------------- what stands beside the files


def _datapackage(
    con: duckdb.DuckDBPyConnection,
    specs: Iterable[TableSpec],
    written: Iterable[ExportedFile],
    form: ExportFormat,
) -> dict[str, Any]:
    """Describe the files after the Data Package standard (Frictionless Data, version 1)."""
    specs = list(specs)
    names = {spec.full_name: spec.name for spec in specs}
    build_id = con.execute("select build_id from build_info").fetchall()[0][0]
    return {
        "profile": "tabular-data-package" if form == "csv" else "data-package",
        "name": "papermart",
        "title": "papermart: papers, authorships and topic trends from saved listing pages",
        "version": build_id,
        "resources": [
            _resource(spec, file, names, form) for spec, file in zip(specs, written, strict=True)
        ],
    }


def _resource(
    spec: TableSpec, file: ExportedFile, names: dict[str, str], form: ExportFormat
) -> dict[str, Any]:
    content = file.path.read_bytes()
    resource: dict[str, Any] = {
        "name": spec.name.replace("_", "-"),
        "title": spec.name,
        "path": file.path.name,
        "description": f"{spec.description} Grain: {spec.grain}.",
        "format": form,
        "mediatype": "text/csv" if form == "csv" else "application/vnd.apache.parquet",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": {
            "fields": [_field(column, form) for column in spec.columns],
            "primaryKey": list(spec.key),
            "missingValues": [""],
        },
    }
    if form == "csv":
        resource |= {"profile": "tabular-data-resource", "encoding": "utf-8"}
        resource["dialect"] = {"delimiter": ",", "quoteChar": '"', "doubleQuote": True}
    keys = [_foreign_key(c, names, spec) for c in spec.columns if c.references]
    if known := [key for key in keys if key]:
        resource["schema"]["foreignKeys"] = known
    return resource


def _field(column: ColumnSpec, form: ExportFormat) -> dict[str, Any]:
    description = column.description
    is_list = column.type == "VARCHAR[]"
    if is_list and form == "csv":
        description += " A list, joined by '; '."
    field: dict[str, Any] = {
        "name": column.name,
        "type": "array" if is_list and form != "csv" else _JSON_TYPES[column.type],
        "description": description,
    }
    limits = {
        "required": column.required or None,
        "enum": list(column.values) or None,
        "minimum": column.minimum,
        "maximum": column.maximum,
    }
    if constraints := {name: value for name, value in limits.items() if value is not None}:
        field["constraints"] = constraints
    return field


def _foreign_key(
    column: ColumnSpec, names: dict[str, str], spec: TableSpec
) -> dict[str, Any] | None:
    table, _, target = (column.references or "").rpartition(".")
    if table not in names or column.type != "VARCHAR":
        return None
    resource = "" if table == spec.full_name else names[table].replace("_", "-")
    return {"fields": column.name, "reference": {"resource": resource, "fields": target}}


def _manifest(con: duckdb.DuckDBPyConnection, written: Iterable[ExportedFile]) -> dict[str, Any]:
    cursor = con.execute("select * replace (built_at::varchar as built_at) from build_info")
    names = [column[0] for column in cursor.description or ()]
    info = dict(zip(names, cursor.fetchall()[0], strict=True))
    return {
        "build_id": info["build_id"],
        "built_at": info["built_at"].replace(" ", "T") + "Z",
        "content_hash": info["content_hash"],
        "versions": json.loads(info["versions"]),
        "input_hashes": json.loads(info["input_hashes"]),
        "coverage": _coverage(con),
        "known_limits": _figure(con, "limits"),
        "measured_accuracy": [found.model_dump(mode="json") for found in measured_accuracy()],
        "row_counts": {file.table: file.n_rows for file in written},
        "files": [file.path.name for file in written],
    }


def _coverage(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Say what the build covers: in all and by site, years, papers, pages, days of saving."""
    (headline,) = _figure(con, "headline")
    kept = ("n_papers", "first_year", "last_year", "n_pages", "n_pages_set_aside")
    days = ("first_captured_on", "last_captured_on", "n_pages_undated")
    return {name: headline[name] for name in (*kept, *days)} | {"sites": _figure(con, "coverage")}


def _figure(con: duckdb.DuckDBPyConnection, name: str) -> list[dict[str, Any]]:
    """Return the rows of one of the report's figures, dates in ISO 8601."""
    return [
        {key: str(value) if isinstance(value, date) else value for key, value in row.items()}
        for row in ask(con, name).rows
    ]


def _write_json(path: Path, values: dict[str, Any]) -> None:
    path.write_text(json.dumps(values, ensure_ascii=False, indent=2) + "\n", "utf-8")


# ---------------------------------------------------------------- rows of any query


def write_csv(con: duckdb.DuckDBPyConnection, sql: str, stream: TextIO) -> None:
    """Write a query's rows as CSV, lists joined by `; `, formula cells made harmless."""
    cursor = con.execute(sql)
    names = [column[0] for column in cursor.description or ()]
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(names)
    while rows := cursor.fetchmany(10_000):
        writer.writerows([[_csv_cell(value) for value in row] for row in rows])


def _csv_cell(value: object) -> object:
    if isinstance(value, list):
        value = "; ".join(str(item) for item in value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, bool):
        return str(value).lower()
    return f"'{value}" if isinstance(value, str) and re.match(_FORMULA, value) else value


def write_json(con: duckdb.DuckDBPyConnection, sql: str, stream: TextIO) -> None:
    """Write a query's rows as one JSON array of objects, a row a line."""
    cursor = con.execute(sql)
    names = [column[0] for column in cursor.description or ()]
    separator = "[\n"
    while rows := cursor.fetchmany(10_000):
        for row in rows:
            values = dict(zip(names, row, strict=True))
            stream.write(separator + json.dumps(values, ensure_ascii=False, default=str))
            separator = ",\n"
    stream.write("[]\n" if separator == "[\n" else "\n]\n")


def write_parquet(con: duckdb.DuckDBPyConnection, sql: str, stream: BinaryIO) -> None:
    """Write a query's rows as one Parquet file."""
    import pyarrow.parquet as pq

    pq.write_table(arrow(con, sql), stream, compression="zstd")


# ---------------------------------------------------------------- references of any query

ReferenceFormat = Literal["bibtex", "csl"]

_PAPERS = """
with authors as (
    select
        paper_id,
        list(author_name order by author_order) as authors
    from authorships
    where author_order is not null
    group by paper_id
)

select
    papers.*,
    coalesce(authors.authors, []) as authors
from papers left join authors using (paper_id)
where paper_id in (select unnest(?::varchar[]))
"""


def write_references(
    con: duckdb.DuckDBPyConnection, sql: str, stream: TextIO, form: ReferenceFormat
) -> None:
    """Write the papers of a query as BibTeX or CSL-JSON, each once, in the query's order.

    Args:
        con: a published file.
        sql: a SELECT whose rows have `paper_id`: then an entry holds all that is known of the
            paper, whichever columns are selected. Rows without it but with `title` are written
            with those columns of `papers` they have.
        stream: where to write.
        form: `bibtex` or `csl`.

    Raises:
        PipelineError: the rows are not papers.
    """
    references = read_references(con, sql)
    (write_bibtex if form == "bibtex" else write_csl)(references, stream)


def read_references(con: duckdb.DuckDBPyConnection, sql: str) -> list[Reference]:
    """Return a reference for each paper of a query, see `write_references`.

    Raises:
        PipelineError: the rows are not papers, or have an id that `papers` has not.
    """
    rows = _dicts(con, sql)
    names = [column[0] for column in con.description or ()]
    if "paper_id" in names:
        return _known_papers(con, [row["paper_id"] for row in rows])
    if "title" in names:
        return [_reference(row) for row in rows if row["title"]]
    raise PipelineError(
        "references are made of papers: select paper_id (or title, year, venue …); "
        f"this query gives {', '.join(names) or 'no columns'}"
    )


def _known_papers(con: duckdb.DuckDBPyConnection, ids: Sequence[Any]) -> list[Reference]:
    wanted = list(dict.fromkeys(str(paper_id) for paper_id in ids if paper_id is not None))
    found = {row["paper_id"]: row for row in _dicts(con, _PAPERS, [wanted])}
    if missing := next((paper_id for paper_id in wanted if paper_id not in found), None):
        raise PipelineError(f"there is no paper {missing}; is paper_id that of the papers table?")
    return [_reference(found[paper_id]) for paper_id in wanted]


def _reference(row: dict[str, Any]) -> Reference:
    authors = row.get("authors")
    if not isinstance(authors, list):
        authors = [row["first_author"]] if row.get("first_author") else []
    n_authors = row.get("n_authors")
    # Where no page tells the number, a list that may have been cut in silence is taken as it is.
    is_cut = len(authors) < n_authors if n_authors else row.get("authors_complete") is False
    return Reference(row.get("paper_id"), row["title"], authors, is_cut, n_authors, row)


def _dicts(
    con: duckdb.DuckDBPyConnection, sql: str, parameters: list[Any] | None = None
) -> list[dict[str, Any]]:
    cursor = con.execute(sql, parameters)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
