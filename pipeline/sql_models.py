"""The models in `sql/`: what they select, what they read, how they are described and tested.

What belongs here: loading `sql/<layer>/`, finding dependencies in the SQL itself, running one
model into a Parquet file, running the given/expect tests of `_models.yml`. What does not: when
a model is due (`build`), where its table lies (`warehouse`).

A table is made in one of three ways, told by the files beside its entry in `_models.yml`:

    <table>.sql             one SELECT; its rows are the table
    <table>.<input>.sql     one SELECT for each argument of the Python function the entry names
                            (`python: module.function`): frames in, one frame out, no I/O
    <table>.csv             reference data that people edit
"""

import csv
import importlib
import importlib.util
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property
from graphlib import CycleError, TopologicalSorter
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.errors import PipelineError
from pipeline.schema import ARROW_TYPES, EXTRACTED_TABLES, OVERRIDES, ColumnSpec, TableSpec
from pipeline.warehouse import arrow, copy_query, fingerprint, quote, scalar, write_arrow

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

SQL_DIR = Path(__file__).resolve().parent.parent / "sql"
_MODEL_LAYERS = ("reference", "linkage", "marts")
_TEST_NOW = datetime(2026, 1, 1)  # noqa: DTZ001 - the time of given/expect tests; UTC without zone


class UnitTest(BaseModel):
    """A given/expect test: rows put into the inputs, rows that must come out.

    Attributes:
        given: `layer.table` to rows; columns left out are NULL, tables left out are empty.
        expect: rows of the model, in order; only the columns named are compared.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    given: dict[str, list[dict[str, Any]]]
    expect: list[dict[str, Any]]


class _Entry(TableSpec):
    """A table's entry in `_models.yml`."""

    python: str | None = None
    recalls: tuple[str, ...] = ()
    check: str | None = None
    unit_tests: tuple[UnitTest, ...] = ()


@dataclass(frozen=True)
class Model:
    """A table of `sql/`, with the SELECTs it is made of.

    Attributes:
        spec: the table's description.
        selects: argument name to SQL; a plain SQL model has the one argument `""`.
        python: `module.function` that makes the table of the selects' rows, or None. If it has
            an argument `now`, it gets the time of the build (UTC).
        recalls: tables it reads as the last build left them, its own perhaps: what it makes is
            a function of its inputs and of what was there before. They are no dependencies.
        csv_file: the file of a reference table, or None.
        check: `module.function` that looks for faults in a reference table, or None.
        unit_tests: given/expect tests.
    """

    spec: TableSpec
    selects: Mapping[str, str]
    python: str | None = None
    recalls: frozenset[str] = frozenset()
    csv_file: Path | None = None
    check: str | None = None
    unit_tests: tuple[UnitTest, ...] = ()

    @property
    def name(self) -> str:
        """The full name, `layer.table`."""
        return self.spec.full_name

    @cached_property
    def reads(self) -> frozenset[str]:
        """The full names of the tables that the SELECTs read."""
        return frozenset().union(*(tables_read(sql, self.name) for sql in self.selects.values()))

    @cached_property
    def needs(self) -> frozenset[str]:
        """The full names of the tables that must be up to date before this one.

        Those it reads, and those its checks look things up in.
        """
        return (self.reads | self.spec.looked_up) - self.recalls

    @cached_property
    def code_version(self) -> str:
        """A hash of all that decides the rows besides the inputs."""
        parts: list[object] = [sorted(self.selects.items()), self.spec.model_dump_json()]
        parts += sorted(self.recalls)
        if self.python:
            # Not imported: polars takes a third of an idle build.
            parts.append(_source(self.python))
        if self.csv_file:
            parts.append(self.csv_file.read_text("utf-8"))
        if self.check:
            parts.append(_source(self.check))
        return fingerprint(duckdb.__version__, *parts)

    @property
    def function(self) -> "Callable[..., pl.DataFrame]":
        """The Python function of the model, with the selects' names as arguments."""
        return _import(self.python or "")

    def run_python(self, con: duckdb.DuckDBPyConnection, now: datetime | None = None) -> "pa.Table":
        """Return what the Python function makes of the SELECTs' rows."""
        import polars as pl

        arguments: dict[str, Any] = {
            argument: pl.DataFrame(pl.from_arrow(arrow(con, sql)))
            for argument, sql in self.selects.items()
        }
        if "now" in signature(self.function).parameters:
            arguments["now"] = now
        return to_arrow(self.function(**arguments), self.spec)

    def write(self, con: duckdb.DuckDBPyConnection, file: Path, now: datetime) -> None:
        """Write the model's rows to a Parquet file; `con` sees the tables it reads.

        Raises:
            PipelineError: the SQL does not run; names the model and DuckDB's message.
        """
        try:
            if self.csv_file:
                write_arrow(read_reference(self.csv_file, self.spec, self.check), file)
            elif self.python:
                write_arrow(self.run_python(con, now), file)
            else:
                copy_query(con, self.selects[""], file)
        except duckdb.IOException:
            raise
        except duckdb.Error as error:
            raise PipelineError(f"the model {self.name} does not run: {error}") from None


def _source(path: str) -> str:
    """Return the source of the module of `module.function`, without importing it."""
    found = importlib.util.find_spec(path.rpartition(".")[0])
    return Path(found.origin if found and found.origin else "").read_text("utf-8")


def _import(path: str) -> Callable[..., Any]:
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)


def to_arrow(frame: "pl.DataFrame", spec: TableSpec) -> "pa.Table":
    """Return a frame as an Arrow table with the columns and types of a table."""
    table = frame.select([column.name for column in spec.columns]).to_arrow()
    return table.cast(spec.arrow_schema())


# ---------------------------------------------------------------- loading


@cache
def load_models(sql_dir: Path = SQL_DIR) -> dict[str, Model]:
    """Return all models by full name, each after the models it reads.

    Raises:
        PipelineError: a file without an entry, an entry without a file, a bad entry, an
            unknown table in a SELECT, or models that read each other in a circle.
    """
    models: dict[str, Model] = {}
    for layer in _MODEL_LAYERS:
        for model in _load_layer(sql_dir / layer, layer):
            models[model.name] = model
    known = set(models) | {spec.full_name for spec in (*EXTRACTED_TABLES, OVERRIDES)}
    for model in models.values():
        for table in sorted((model.needs | model.recalls) - known):
            raise PipelineError(f"{model.name} needs {table}, which no model or dump makes")
    try:
        order = TopologicalSorter({m.name: sorted(m.needs) for m in models.values()})
        return {name: models[name] for name in order.static_order() if name in models}
    except CycleError as error:
        raise PipelineError(f"models read each other in a circle: {error.args[1]}") from None


def all_specs(sql_dir: Path = SQL_DIR) -> dict[str, TableSpec]:
    """Return the description of every table by full name: what is read, then models."""
    extracted = {spec.full_name: spec for spec in (*EXTRACTED_TABLES, OVERRIDES)}
    return extracted | {name: model.spec for name, model in load_models(sql_dir).items()}


def _load_layer(folder: Path, layer: str) -> list[Model]:
    file = folder / "_models.yml"
    entries = [_read_entry(file, layer, raw) for raw in _read_yaml(file)]
    parts: dict[str, dict[str, Path]] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix in (".sql", ".csv"):
            table, _, argument = path.stem.partition(".")
            parts.setdefault(table, {})[argument or path.suffix] = path
    described = {entry.name for entry in entries}
    for table in parts:
        if table not in described:
            raise PipelineError(f"{file}: no entry for the table {table}; describe it there")
    return [_make_model(entry, parts.get(entry.name, {}), file) for entry in entries]


def _read_yaml(file: Path) -> list[dict[str, Any]]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(file.read_text("utf-8"), Loader=loader)["models"]
    except (OSError, yaml.YAMLError, TypeError, KeyError) as error:
        raise PipelineError(f"{file} cannot be read as a list of models: {error}") from None


def _read_entry(file: Path, layer: str, raw: dict[str, Any]) -> _Entry:
    try:
        return _Entry.model_validate(raw | {"layer": layer})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        name = raw.get("name", "?")
        raise PipelineError(f"{file}: table {name}, {place}: {first['msg']}") from None


def _make_model(entry: _Entry, parts: dict[str, Path], file: Path) -> Model:
    if not parts:
        raise PipelineError(f"{file}: {entry.name} is described, but has no .sql or .csv file")
    fields = {name: getattr(entry, name) for name in TableSpec.model_fields}
    spec = TableSpec.model_construct(**fields)
    csv_file = parts.get(".csv")
    selects = {a.removeprefix(".sql"): p for a, p in parts.items() if a != ".csv"}
    if not csv_file and bool(entry.python) == ("" in selects):
        raise PipelineError(f"{file}: {entry.name} needs either {entry.name}.sql or python:")
    return Model(
        spec=spec,
        selects={argument: path.read_text("utf-8") for argument, path in selects.items()},
        python=entry.python,
        recalls=frozenset(entry.recalls),
        csv_file=csv_file,
        check=entry.check,
        unit_tests=entry.unit_tests,
    )


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    # One connection for all parsing: opening one takes longer than parsing a model.
    return duckdb.connect(config={"threads": 1})


@cache
def tables_read(sql: str, model: str) -> frozenset[str]:
    """Return the `layer.table` names that a SELECT reads, found by DuckDB's own parser.

    Raises:
        PipelineError: it is not one SELECT, or reads a table without naming its layer.

    >>> sorted(tables_read("with a as (select * from marts.papers) select * from a", "x"))
    ['marts.papers']
    """
    text = scalar(_parser(), f"select json_serialize_sql({quote(sql.strip().rstrip(';'))})")
    tree = json.loads(text)
    if tree["error"] or len(tree["statements"]) != 1:
        reason = tree.get("error_message", "it holds more than one statement")
        raise PipelineError(f"the model {model} is not one SELECT: {reason}")
    ctes: set[str] = set()
    tables: set[tuple[str, str]] = set()
    _collect(tree, ctes, tables)
    bare = sorted(table for layer, table in tables if not layer and table not in ctes)
    if bare:
        raise PipelineError(f"the model {model} reads {bare[0]} without naming its layer")
    return frozenset(f"{layer}.{table}" for layer, table in tables if layer)


def _collect(node: object, ctes: set[str], tables: set[tuple[str, str]]) -> None:
    if isinstance(node, list):
        for item in node:
            _collect(item, ctes, tables)
    elif isinstance(node, dict):
        if node.get("type") == "BASE_TABLE":
            tables.add((node.get("schema_name", ""), node["table_name"]))
        for entry in (node.get("cte_map") or {}).get("map", []):
            ctes.add(entry["key"])
        for item in node.values():
            _collect(item, ctes, tables)


# ---------------------------------------------------------------- reference data


# One row of a reference table: its line in the file, its cells by column.
ReferenceRow = tuple[int, dict[str, Any]]


def read_reference(file: Path, spec: TableSpec, check: str | None = None) -> "pa.Table":
    """Read a CSV that people edit, typed by its description, ordered by its key.

    Empty cells are NULL.

    Args:
        file: the CSV file; tables that its columns refer to lie beside it.
        spec: the table's description.
        check: `module.function` that takes the rows and yields (line, fault).

    Raises:
        PipelineError: a wrong header, a row of the wrong length, a value of the wrong type, a
            value that is missing, not allowed, or refers to nothing, a key that stands twice,
            or what `check` finds; names file, line and column.
    """
    import pyarrow as pa

    rows = reference_rows(file, spec)
    found = list(_faults(rows, spec, file)) or list(_import(check)(rows) if check else ())
    if found:
        line, fault = min(found)
        raise PipelineError(f"{file}, line {line}: {fault}")
    ordered = sorted((row for _, row in rows), key=lambda row: [str(row[key]) for key in spec.key])
    arrays = [pa.array([row[c.name] for row in ordered], ARROW_TYPES[c.type]) for c in spec.columns]
    return pa.Table.from_arrays(arrays, schema=spec.arrow_schema())


def reference_rows(file: Path, spec: TableSpec) -> list[ReferenceRow]:
    """Return the rows of a reference table in the order of the file, each with its line.

    Raises:
        PipelineError: header, length or type are wrong; see `read_reference`.
    """
    names = [column.name for column in spec.columns]
    rows: list[ReferenceRow] = []
    with file.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream)
        header = next(reader, [])
        if header != names:
            raise PipelineError(f"{file}, line 1: the columns must be {','.join(names)}")
        for cells in reader:
            place = f"{file}, line {reader.line_num}"
            if len(cells) != len(names):
                raise PipelineError(f"{place}: {len(cells)} cells, there must be {len(names)}")
            values = _read_cells(cells, spec, place)
            rows.append((reader.line_num, dict(zip(names, values, strict=True))))
    return rows


def _faults(rows: list[ReferenceRow], spec: TableSpec, file: Path) -> Iterator[tuple[int, str]]:
    """Yield what the description forbids, with the line it stands in."""
    first_line: dict[tuple[Any, ...], int] = {}
    known = {c.name: _known_values(c, spec, rows, file) for c in spec.columns if c.references}
    for line, row in rows:
        key = tuple(row[name] for name in spec.key)
        if (first := first_line.setdefault(key, line)) != line:
            words = ", ".join(map(str, key))
            yield line, f"{words} stands in line {first} already"
        for column in spec.columns:
            value = row[column.name]
            if value is None and (column.required or column.name in spec.key):
                yield line, f"column {column.name} is empty"
            if value is not None and column.values and value not in column.values:
                yield line, f"column {column.name}: {value!r} is none of {', '.join(column.values)}"
            if value is not None and column.references and value not in known[column.name]:
                yield line, f"column {column.name}: {value!r} is not found in {column.references}"


def _known_values(
    column: ColumnSpec, spec: TableSpec, rows: list[ReferenceRow], file: Path
) -> set[str]:
    """Return the values that a column may refer to, of this table or one beside it."""
    table, _, target = (column.references or "").rpartition(".")
    if table == spec.full_name:
        return {row[target] for _, row in rows}
    other = file.parent / f"{table.rpartition('.')[2]}.csv"
    with other.open(encoding="utf-8-sig", newline="") as stream:
        return {row.get(target, "").strip() for row in csv.DictReader(stream)}


_READERS: dict[str, Callable[[str], Any]] = {
    "VARCHAR": str,
    "INTEGER": int,
    "BIGINT": int,
    "DOUBLE": float,
    "BOOLEAN": {"true": True, "false": False}.__getitem__,
    "VARCHAR[]": lambda text: [part.strip() for part in text.split(";") if part.strip()],
    "DATE": date.fromisoformat,
    "TIMESTAMP": datetime.fromisoformat,
}


def _read_cells(cells: list[str], spec: TableSpec, place: str) -> tuple[Any, ...]:
    values = []
    for cell, column in zip(cells, spec.columns, strict=True):
        try:
            text = cell.strip()
            empty = [] if column.type == "VARCHAR[]" else None
            values.append(_READERS[column.type](text) if text else empty)
        except (ValueError, KeyError):
            raise PipelineError(
                f"{place}, column {column.name}: {cell!r} is not of type {column.type}"
            ) from None
    return tuple(values)


# ---------------------------------------------------------------- given/expect tests


def run_unit_test(model: Model, test: UnitTest, specs: Mapping[str, TableSpec]) -> list[str]:
    """Run a given/expect test in memory and return the differences, none if it holds."""
    with duckdb.connect() as con:
        for table in sorted(model.reads):
            _create_given(con, specs[table], test.given.get(table, []))
        unknown = sorted(set(test.given) - model.reads)
        if unknown:
            return [f"given {unknown[0]}, which {model.name} does not read"]
        found = _run_in_memory(con, model)
    if len(found) != len(test.expect):
        return [f"{len(found)} rows, expected {len(test.expect)}: {found}"]
    return [
        f"row {n}: {name} is {row[name]!r}, expected {value!r}"
        for n, (row, expected) in enumerate(zip(found, test.expect, strict=True), 1)
        for name, value in expected.items()
        if not _same(row[name], value)
    ]


def _same(found: object, expected: object) -> bool:
    if isinstance(found, float) and isinstance(expected, int | float):
        return abs(found - expected) < 1e-9
    return found == expected


def _create_given(
    con: duckdb.DuckDBPyConnection, spec: TableSpec, rows: list[dict[str, Any]]
) -> None:
    import pyarrow as pa

    arrays = [
        pa.array([row.get(c.name) for row in rows], ARROW_TYPES[c.type]) for c in spec.columns
    ]
    given = pa.Table.from_arrays(arrays, schema=spec.arrow_schema())
    unknown = {name for row in rows for name in row} - {c.name for c in spec.columns}
    if unknown:
        raise PipelineError(f"{spec.full_name} has no column {sorted(unknown)[0]}")
    con.execute(f"create schema if not exists {spec.layer}")
    con.register("given_rows", given)
    con.execute(f"create table {spec.full_name} as select * from given_rows")
    con.unregister("given_rows")


def _run_in_memory(con: duckdb.DuckDBPyConnection, model: Model) -> list[dict[str, Any]]:
    if model.python:
        return model.run_python(con, _TEST_NOW).to_pylist()
    return arrow(con, model.selects[""]).to_pylist()
