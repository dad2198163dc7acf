"""Files for other tools: the published marts as CSV or Parquet, with their data dictionary.

What belongs here: formats of exported files and what stands beside them (`datapackage.json`
after Frictionless Data, `manifest.json`). What does not: which values the marts hold.
"""

import codecs
import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pipeline.contract.errors import PipelineError, cause_of
from pipeline.contract.specs import ColumnSpec, TableSpec
from pipeline.contract.version_tables import GUARDRAILS, VERSION_TABLES
from pipeline.models.catalogue import all_specs
from pipeline.models.views import view_specs
from pipeline.outputs.export_folder import (
    DATAPACKAGE,
    MANIFEST,
    Earlier,
    held,
    put_in_place,
    read_earlier,
    refuse_foreign,
    staging,
)
from pipeline.outputs.query_faults import near_words
from pipeline.outputs.report.accuracy import measured_accuracy
from pipeline.outputs.report.figures import Figure, ask, ask_if_there
from pipeline.outputs.strict_json import to_json
from pipeline.outputs.workbook import write_workbook
from pipeline.storage.duckdb_engine import DuckDB
from pipeline.storage.engine import EngineError, EngineWriteError
from pipeline.storage.parquet import COPY_OPTIONS
from pipeline.storage.published_file import open_for_copies
from pipeline.storage.sql_text import quote
from pipeline.storage.stored_files import StoredFile
from pipeline.storage.versions import published_tables
from pipeline.text.shown import FORMULA

ExportFormat = Literal["csv", "parquet", "xlsx"]
_MEDIA_TYPES = {
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_ROWS = 10_000  # held at a time
_ALL = '`papermart query "show tables"` names all'
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
    """One file of an export: its table, place, rows.

    Attributes:
        table: the table's name.
        path: where it is.
        n_rows: how many rows it has.
        is_asked: it was asked for; else an earlier export had it here, and it is written anew.
    """

    table: str
    path: Path
    n_rows: int
    is_asked: bool = True


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export did: the files it wrote, and those of earlier exports that it took away."""

    files: tuple[ExportedFile, ...]
    taken_away: tuple[Path, ...] = ()


def exportable() -> dict[str, TableSpec]:
    """Return the tables and views of the published file by name."""
    tables = (*published_tables(all_specs()), *VERSION_TABLES)
    return {spec.name: spec for spec in (*tables, *view_specs())}


def export(
    file: Path | StoredFile,
    target: Path,
    tables: Sequence[str] = (),
    form: ExportFormat = "csv",
    *,
    has_bom: bool = True,
) -> Exported:
    """Write tables of a published file to a folder, with data dictionary and manifest.

    In CSV (UTF-8) lists are joined by `; `, NULL is an empty cell, times are UTC in ISO 8601, and
    text that a spreadsheet would run as a formula is led by an apostrophe. Workbooks have a sheet
    that explains them (see `workbook`). Rows stand as people read them: recent papers first.

    The tables in the folder are of one build at any time, also after a crash: those that an
    earlier export wrote there in the same format are written anew with the ones asked for; those
    in the other format go if they are of another build. Files that no export wrote are left alone.

    Args:
        file: a published version, here or in a store.
        target: the folder; made if it is not there.
        tables: names; by default all but the long ones that single rows are looked up in.
        form: `csv`, `parquet` or `xlsx`.
        has_bom: whether CSV begins with a byte-order mark, by which Excel knows UTF-8.

    Raises:
        PipelineError: an unknown table, or one that the version does not have, the folder cannot
            be written, or a file that no export wrote has the place of one to write.
    """
    known = exportable()
    for name in sorted(set(tables) - known.keys()):
        raise PipelineError(f"there is no table {name!r}{near_words(name, [*known], _ALL)}")
    try:
        with held(target), open_for_copies(file) as engine:
            asked = [known[name] for name in _asked(engine, tables, known)]
            return _export(engine, target, asked, form, has_bom=has_bom)
    except OSError as error:
        raise PipelineError(f"the export to {target} failed: {cause_of(error)}") from None
    except (EngineError, EngineWriteError) as error:
        raise PipelineError(f"the export to {target} failed: {error}") from None


def _asked(engine: DuckDB, tables: Sequence[str], known: Mapping[str, TableSpec]) -> list[str]:
    """Return the names of the tables to write: those named, by default the short ones."""
    there = {name for (name,) in engine.tuples("select table_name from information_schema.tables")}
    for name in tables:
        if name not in there:
            raise PipelineError(
                f"this version was published before there was a table {name}; run `papermart build`"
            )
    short = (name for name, spec in known.items() if not spec.is_for_looking_up)
    return list(dict.fromkeys(tables)) or [name for name in short if name in there]


def _export(
    engine: DuckDB, target: Path, asked: Sequence[TableSpec], form: ExportFormat, *, has_bom: bool
) -> Exported:
    earlier = read_earlier(target)
    again = _written_before(engine, earlier, asked, form)
    names = [f"{spec.name}.{form}" for spec in (*asked, *again)]
    refuse_foreign(target, (*names, DATAPACKAGE, MANIFEST), earlier)
    others = [name for name in earlier.files if name not in names and (target / name).is_file()]
    is_same_build = earlier.build_id == engine.scalar("select build_id from build_info")
    kept, leaving = (others, ()) if is_same_build else ([], earlier.files)
    with staging(target) as folder:
        specs = [_present(engine, spec) for spec in (*asked, *again)]
        written = [_write_table(engine, spec, folder, form, has_bom=has_bom) for spec in specs]
        _write_json(folder / DATAPACKAGE, _datapackage(engine, specs, written, form))
        _write_json(folder / MANIFEST, _manifest(engine, written, kept))
        put_in_place(folder, target, leaving)
    files = (
        replace(done, path=target / done.path.name, is_asked=n < len(asked))
        for n, done in enumerate(written)
    )
    taken_away = () if is_same_build else others
    return Exported(tuple(files), tuple(target / name for name in taken_away))


def _written_before(
    engine: DuckDB, earlier: Earlier, asked: Sequence[TableSpec], form: ExportFormat
) -> list[TableSpec]:
    """Return the other tables that earlier exports wrote in a format, as far as they are there."""
    known = exportable()
    names = [Path(name).stem for name in earlier.files if Path(name).suffix == f".{form}"]
    found = [known[name] for name in names if name in known and known[name] not in asked]
    return [spec for spec in found if engine.can_answer(f"select * from main.{spec.name}")]


def _present(engine: DuckDB, spec: TableSpec) -> TableSpec:
    """Return a table with the columns that this version has: some came later."""
    names, _ = engine.answer(f"select * from main.{spec.name} limit 0")
    return spec.model_copy(update={"columns": tuple(c for c in spec.columns if c.name in names)})


def _write_table(
    engine: DuckDB, spec: TableSpec, folder: Path, form: ExportFormat, *, has_bom: bool
) -> ExportedFile:
    path = folder / f"{spec.name}.{form}"
    columns = ", ".join(map(_csv_column, spec.columns) if form == "csv" else _names(spec))
    query = f"select {columns} from main.{spec.name} order by {_order(spec)}"
    if form == "xlsx":
        pages = (rows for _, rows in engine.pages(query, _ROWS))
        n_rows = write_workbook(path, spec, pages, _about(engine))
    elif form == "parquet":
        n_rows = engine.copy(query, path, COPY_OPTIONS)
    else:
        n_rows = engine.copy(query, path, "format csv, header")
        if has_bom:
            _lead_with_bom(path)
    return ExportedFile(spec.name, path, n_rows)


def _names(spec: TableSpec) -> list[str]:
    return [column.name for column in spec.columns]


def _order(spec: TableSpec) -> str:
    return ", ".join(spec.reading_order or spec.key)


def _lead_with_bom(path: Path) -> None:
    """Put a byte-order mark before a file."""
    led = path.with_name(f"tmp_{path.name}")
    with path.open("rb") as rows, led.open("wb") as file:
        file.write(codecs.BOM_UTF8)
        shutil.copyfileobj(rows, file)
    led.replace(path)


def _about(engine: DuckDB) -> dict[str, str]:
    """Say of a build what somebody who opens a workbook wants to know."""
    (info,) = engine.rows("select build_id, built_at from build_info")
    covered = _coverage(engine)
    limits = [*_figure(engine, "limits"), *_figure_if_there(engine, "trend_limits")]
    return {
        "build": f"{info['build_id']}; quote it with every number",
        "built": f"{info['built_at']:%Y-%m-%d %H:%M} UTC",
        "papers": f"{covered['n_papers']:,} of {covered['first_year']} to {covered['last_year']}, "
        f"from {covered['n_pages']:,} saved pages",
        "set aside": f"{covered['n_pages_set_aside']:,} pages that could not be read",
        "known limits": "\n".join(
            f"{limit['n']:,} of {limit['n_all']:,} {limit['limitation']}" for limit in limits
        ),
    }


def _csv_column(column: ColumnSpec) -> str:
    name = column.name
    if column.type == "TIMESTAMP":
        return f"strftime({name}, '%Y-%m-%dT%H:%M:%SZ') as {name}"
    if column.type not in ("VARCHAR", "VARCHAR[]"):
        return name
    text = f"array_to_string({name}, '; ')" if column.type == "VARCHAR[]" else name
    is_formula = f"regexp_matches({text}, {quote(FORMULA)})"
    harmless = f"case when {is_formula} then '''' || {text} else {text} end"
    return f"{harmless} as {name}"


def _datapackage(
    engine: DuckDB,
    specs: Iterable[TableSpec],
    written: Iterable[ExportedFile],
    form: ExportFormat,
) -> dict[str, Any]:
    """Describe the files after the Data Package standard (Frictionless Data, version 1)."""
    specs = list(specs)
    names = {spec.full_name: spec.name for spec in specs}
    build_id = engine.scalar("select build_id from build_info")
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
        "mediatype": _MEDIA_TYPES[form],
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
    if is_list and form != "parquet":
        description += " A list, joined by '; '."
    field: dict[str, Any] = {
        "name": column.name,
        "type": "array" if is_list and form == "parquet" else _JSON_TYPES[column.type],
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


def _manifest(
    engine: DuckDB, written: Iterable[ExportedFile], kept: Iterable[str]
) -> dict[str, Any]:
    """Say what was exported.

    Args:
        engine: sees the published file.
        written: the files of this export.
        kept: those of an earlier one of the same build, in the other format.
    """
    (info,) = engine.rows("select * replace (built_at::varchar as built_at) from build_info")
    return {
        "build_id": info["build_id"],
        "built_at": info["built_at"].replace(" ", "T") + "Z",
        "content_hash": info["content_hash"],
        "versions": json.loads(info["versions"]),
        "input_hashes": json.loads(info["input_hashes"]),
        "coverage": _coverage(engine),
        "known_limits": [*_figure(engine, "limits"), *_figure_if_there(engine, "trend_limits")],
        "measured_accuracy": [found.model_dump(mode="json") for found in measured_accuracy()],
        "guardrails_failed": _guardrails_failed(engine),
        "row_counts": {file.table: file.n_rows for file in written},
        "files": [*(file.path.name for file in written), *kept],
    }


def _guardrails_failed(engine: DuckDB) -> list[dict[str, Any]]:
    """Return what the version lost against the one before beyond limits, and who waived it."""
    sql = f"""
        select
            guardrail, description, subject, value_before, value_now, compared_with,
            waived_by, waived_why, waived_until::varchar as waived_until
        from {GUARDRAILS.name} where not is_passed order by guardrail, figure_index"""
    return engine.rows(sql) if engine.can_answer(sql) else []


def _coverage(engine: DuckDB) -> dict[str, Any]:
    """Say what the build covers: in all and by site, years, papers, pages, days of saving."""
    (headline,) = _figure(engine, "headline")
    kept = ("n_papers", "first_year", "last_year", "n_pages", "n_pages_set_aside")
    days = ("first_captured_on", "last_captured_on", "n_pages_undated")
    return {name: headline[name] for name in (*kept, *days)} | {
        "sites": _figure(engine, "coverage")
    }


def _figure(engine: DuckDB, name: str) -> list[dict[str, Any]]:
    """Return the rows of one of the report's figures, dates in ISO 8601."""
    return _plain(ask(engine, name))


def _figure_if_there(engine: DuckDB, name: str) -> list[dict[str, Any]]:
    """Return the same; no rows where a version from before it cannot tell."""
    figure = ask_if_there(engine, name)
    return _plain(figure) if figure else []


def _plain(figure: Figure) -> list[dict[str, Any]]:
    return [
        {key: str(value) if isinstance(value, date) else value for key, value in row.items()}
        for row in figure.rows
    ]


def _write_json(path: Path, values: dict[str, Any]) -> None:
    path.write_text(to_json(values, indent=2) + "\n", "utf-8")
