"""DuckDB as an engine.

What belongs here: what is particular to DuckDB in answering the `Engine` protocol, and the kinds of
engines there are. What does not: opening a connection (`connections`), which tables a model reads
(`models`), where they lie (`warehouse`).
"""

import re
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from pipeline.contract.errors import PipelineError
from pipeline.contract.specs import LAST_VERSION, LAYERS, TableSpec
from pipeline.storage.connections import GIVES_BACK, connect, connect_stored, readable_file
from pipeline.storage.engine import (
    EngineError,
    EngineMemoryError,
    EngineWriteError,
)
from pipeline.storage.files import state_of
from pipeline.storage.parquet import COPY_OPTIONS, SCRATCH_OPTIONS, write_arrow
from pipeline.storage.sql_text import as_utf8, quote, relation_of
from pipeline.storage.store import StoreError
from pipeline.storage.stored_files import StoredFile, store_fault

if TYPE_CHECKING:
    import pyarrow as pa

LIBRARY_VERSION = duckdb.__version__
# A full disk shows at the step that meets it: writing a file, a commit, a checkpoint.
_WRITE_ERRORS = (duckdb.IOException, duckdb.TransactionException, duckdb.FatalException)
# The statements that only read, as DuckDB calls them; PIVOT is a MULTI.
_QUESTIONS = {"SELECT", "EXPLAIN", "PRAGMA", "CALL", "RELATION", "MULTI"}

# The order of a whole SELECT: columns in a line of its own at the end, nothing behind them.
_LAST_ORDER = re.compile(r"\norder by [a-z_]+(?:, [a-z_]+)*\s*;?\s*\Z")

# What a view was made of: its SELECT, and its files as they were.
Shown = tuple[str, tuple[tuple[int, ...] | None, ...]]


# What DuckDB says where memory is short at a commit or a checkpoint, which fail in words of theirs.
_SHORT = re.compile(r"Increasing the memory limit|(?:failed to|could not) (?:allocate|pin)")


def _as_ours(error: duckdb.Error) -> EngineError | EngineWriteError | StoreError:
    said = str(error)
    if fault := store_fault(said):
        return fault
    if isinstance(error, duckdb.OutOfMemoryException) or _SHORT.search(said):
        return EngineMemoryError(said)
    return (EngineWriteError if isinstance(error, _WRITE_ERRORS) else EngineError)(said)


class DuckDB:
    """A connection to DuckDB that answers the `Engine` protocol.

    Args:
        con: the connection, which this object closes.
        copy_options: how it writes Parquet files.
        keeps_order: whether rows come, there and as Arrow, in the order that a SELECT asks for.
        shown: what another connection to the same tables has shown (`cursor`).
        memory_limit: what it was opened to hold at most, `1200MB`; None: as much as it likes.
    """

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        copy_options: str = COPY_OPTIONS,
        *,
        keeps_order: bool = True,
        shown: dict[str, Shown] | None = None,
        memory_limit: str | None = None,
    ) -> None:
        """Take over a connection."""
        self._con = con
        self._copy_options = copy_options
        self._keeps_order = keeps_order
        # What was shown last under each full name, for all connections to the same tables.
        self._shown = {} if shown is None else shown
        self._memory_limit = memory_limit

    def close(self) -> None:
        """Close the connection."""
        self._con.close()

    def __enter__(self) -> "DuckDB":
        """Return the engine itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self.close()

    def cursor(self) -> "DuckDB":
        """Return a second connection to the same tables."""
        return DuckDB(
            self._con.cursor(),
            self._copy_options,
            keeps_order=self._keeps_order,
            shown=self._shown,
            memory_limit=self._memory_limit,
        )

    # ------------------------------------------------------------ asking

    def execute(self, sql: str, parameters: object = None) -> None:
        """Run a statement.

        Raises:
            EngineError: it does not run.
            EngineWriteError: it could not write.
        """
        self._run(sql, parameters)

    def _run(self, sql: str, parameters: object = None) -> duckdb.DuckDBPyConnection:
        try:
            return self._con.execute(sql, parameters)
        except duckdb.Error as error:
            raise _as_ours(error) from error

    def tuples(self, sql: str, parameters: object = None) -> list[tuple[Any, ...]]:
        """Return the rows of a query as tuples."""
        return self._run(sql, parameters).fetchall()

    def answer(
        self, sql: str, parameters: object = None
    ) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Return the names of a query's columns, and its rows as tuples."""
        cursor = self._run(sql, parameters)
        return [column[0] for column in cursor.description or ()], cursor.fetchall()

    def rows(self, sql: str, parameters: object = None) -> list[dict[str, Any]]:
        """Return the rows of a query as Python values by column name."""
        names, rows = self.answer(sql, parameters)
        return [dict(zip(names, row, strict=True)) for row in rows]

    def scalar(self, sql: str, *parameters: object) -> Any:  # noqa: ANN401
        """Return the first column of the first row of a query, or None if it has no rows."""
        # All rows: a result not read to its end keeps the connection from other work.
        rows = self.tuples(sql, list(parameters))
        return rows[0][0] if rows else None

    def arrow(self, sql: str) -> "pa.Table":
        """Return all rows of a query as an Arrow table.

        That lies beside what the engine holds, which is the half of its memory meanwhile; all of
        it, where half is too little.
        """
        if self._memory_limit:
            half = f"{int(self._memory_limit.removesuffix('MB')) // 2}MB"
            try:
                self._set("memory_limit", half)
                return self._arrow(sql)
            except EngineMemoryError:
                pass  # asked again below, not here: the error holds what was at work
            finally:
                self._set("memory_limit", self._memory_limit)
        return self._arrow(sql)

    def _arrow(self, sql: str) -> "pa.Table":
        try:
            return self._con.sql(self._ordered(sql)).to_arrow_table()
        except duckdb.Error as error:
            ours = _as_ours(error)
            # What does not fit is put on the disk; any other file is only read.
            is_read = isinstance(ours, EngineWriteError) and "write" not in str(error)
            raise (EngineError(str(error)) if is_read else ours) from error

    @contextmanager
    def sparing_memory(self) -> Generator[None]:
        """Ask on one thread: each thread holds rows of its own."""
        n_threads = self.scalar("select current_setting('threads')")
        self._set("threads", "1")
        try:
            yield
        finally:
            self._set("threads", str(n_threads))

    def _set(self, name: str, value: str) -> None:
        """Set what holds for all connections, by another one: this one may be in a transaction."""
        with self.cursor() as other:
            other.execute(f"set {name} = '{value}'")

    def shape(self, relation: str) -> list[tuple[str, str]]:
        """Return name and type of each column of a relation."""
        found = self.tuples(f"describe select * from {relation}")
        return [(name, type_) for name, type_, *_ in found]

    def pages(self, sql: str, n_rows: int) -> "Generator[tuple[list[str], list[tuple[Any, ...]]]]":
        """Yield the rows of a query some at a time, each time with the names of its columns."""
        cursor = self._run(sql)
        names = [column[0] for column in cursor.description or ()]
        rows = cursor.fetchmany(n_rows)
        yield names, rows
        while rows := cursor.fetchmany(n_rows):
            yield names, rows

    def statements_that_write(self, sql: str) -> list[str] | None:
        """Return the kinds of statements in a text that are no questions; None of an empty text.

        Raises:
            EngineError: the text is no SQL.
        """
        try:
            found = self._con.extract_statements(as_utf8(sql))
            kinds = {statement.type.name for statement in found}
        except duckdb.Error as error:
            raise EngineError(str(error)) from error
        return sorted(kinds - _QUESTIONS) if kinds else None

    def can_answer(self, sql: str) -> bool:
        """Tell whether the tables and columns of a query are there."""
        try:
            self._con.execute(f"explain {sql}").fetchall()
        except (duckdb.CatalogException, duckdb.BinderException):
            return False
        return True

    # ------------------------------------------------------------ tables

    def show(self, spec: TableSpec, files: Sequence[Path], where: str = "true") -> None:
        """Make rows of Parquet files a table; without files it has its columns and no rows."""
        if files:
            body = f"select * from {relation_of(*files)} where {where}"
        else:
            nulls = ", ".join(f"null::{column.type} as {column.name}" for column in spec.columns)
            body = f"select {nulls} where false"
        # A view opens its files to see their columns, and most tables are asked for many times.
        shown = (body, tuple(map(state_of, files)))
        if self._shown.get(spec.full_name) == shown:
            return
        self._shown.pop(spec.full_name, None)
        self.execute(f"create schema if not exists {spec.layer}")
        self.execute(f"create or replace view {spec.full_name} as {body}")
        self._shown[spec.full_name] = shown

    def show_rows(self, spec: TableSpec, rows: "pa.Table") -> None:
        """Make Arrow rows a table."""
        self.execute(f"create schema if not exists {spec.layer}")
        self.create_table(spec.full_name, rows)

    def show_view(self, full_name: str, sql: str) -> None:
        """Make the rows of a SELECT a table, as they are whenever it is read."""
        self._shown.pop(full_name, None)
        self.execute(f"create schema if not exists {full_name.partition('.')[0]}")
        self.execute(f"create or replace view {full_name} as {sql.strip().rstrip(';')}")

    def create_table(self, name: str, rows: "pa.Table") -> None:
        """Make a table of Arrow rows, in place of one of that name."""
        self._shown.pop(name, None)
        self._con.register("rows_to_store", rows)
        self.execute(f"create or replace table {name} as select * from rows_to_store")
        self._con.unregister("rows_to_store")

    def hide(self, full_name: str) -> None:
        """Take a view away again."""
        self._shown.pop(full_name, None)
        self.execute(f"drop view {full_name}")

    def write(
        self,
        rows: "str | pa.Table | Iterable[pa.Table]",
        file: Path,
        spec: TableSpec | None = None,  # noqa: ARG002 - a SELECT has its types here
    ) -> None:
        """Write the rows of a SELECT, or those given, to one Parquet file."""
        if isinstance(rows, str):
            self.copy(self._ordered(rows), file, self._copy_options)
        else:
            write_arrow(rows, file, is_kept=self._keeps_order)

    @property
    def workers(self) -> None:
        """There are none: all work is done here."""

    def _ordered(self, sql: str) -> str:
        """Return a SELECT with its order, where that is kept."""
        return sql if self._keeps_order else _LAST_ORDER.sub("", sql)

    def copy(self, sql: str, file: Path, options: str) -> int:
        """Write the rows of a SELECT to a file and return how many there are.

        How is said as COPY takes it: `format csv, header`.
        """
        text = sql.strip().rstrip(";")
        return self.scalar(f"copy ({text}\n) to {quote(file)} ({options})")

    @contextmanager
    def last_version(self, file: Path | None, specs: Sequence[TableSpec]) -> Generator[None]:
        """Show tables of the last published version in the schema `published`.

        Args:
            file: the version; None, or one that lacks a table or a column: there it is empty.
            specs: the tables that may be asked for.
        """
        with self.version(file, specs, LAST_VERSION):
            yield

    @contextmanager
    def version(
        self, file: Path | None, specs: Sequence[TableSpec], schema: str
    ) -> Generator[None]:
        """Show tables of a published version in a schema, see `last_version`."""
        attached = f"version_{schema}"
        with readable_file(file) if file else nullcontext() as readable:
            if readable:
                self.execute(f"attach {quote(readable)} as {attached} (read_only)")
            try:
                self.execute(f"create schema if not exists {schema}")
                for spec in specs:
                    self.execute(self._version_table(spec, schema, attached if file else None))
                yield
            finally:
                for spec in specs:
                    self.execute(f"drop view if exists {schema}.{spec.name}")
                if readable:
                    self.execute(f"detach {attached}")

    def _version_table(self, spec: TableSpec, schema: str, attached: str | None) -> str:
        known: set[str] = set()
        if attached:
            asked = "select column_name from duckdb_columns() where table_name = ?"
            named = f"{asked} and database_name = ?"
            known = {name for (name,) in self.tuples(named, [spec.name, attached])}
        shown = ", ".join(
            column.name if column.name in known else f"null::{column.type} as {column.name}"
            for column in spec.columns
        )
        source = f"from {attached}.main.{spec.name}" if known else "where false"
        return f"create or replace view {schema}.{spec.name} as select {shown} {source}"


# ---------------------------------------------------------------- opening


def open_engine(spill: Path | None = None, memory_limit: str | None = None) -> DuckDB:
    """Open an engine in memory for the tables of a warehouse.

    Args:
        spill: the folder for what does not fit into memory.
        memory_limit: what it may hold, as DuckDB spells it: `1200MB`.
    """
    asked = {"temp_directory": spill and str(spill), "memory_limit": memory_limit}
    given = {name: value for name, value in asked.items() if value}
    engine = DuckDB(connect(config={**GIVES_BACK, **given}), memory_limit=memory_limit)
    for layer in LAYERS:
        engine.execute(f"create schema {layer}")
    return engine


def open_scratch_engine(folder: Path, memory_limit: str) -> DuckDB:
    """Open an engine for one run in bounded memory, its tables on disk.

    Rows come in any order, also where the SELECT of a table ends by ordering them, which takes less
    memory and time: that a file is the same byte for byte counts where it is kept.

    Args:
        folder: where it may put what does not fit into memory.
        memory_limit: what it may hold, as DuckDB spells it: `1200MB`.
    """
    config: dict[str, Any] = {
        **GIVES_BACK,
        "memory_limit": memory_limit,
        "preserve_insertion_order": False,
        "temp_directory": str(folder),
    }
    con = connect(config=config)
    return DuckDB(con, SCRATCH_OPTIONS, keeps_order=False, memory_limit=memory_limit)


def open_parser() -> DuckDB:
    """Open an engine that only parses."""
    return DuckDB(connect(config={"threads": 1}))


def open_read_only(file: Path | StoredFile) -> DuckDB:
    """Open a file of DuckDB's for reading.

    Raises:
        PipelineError: it cannot be opened as one of ours.
    """
    try:
        if isinstance(file, StoredFile):
            return DuckDB(connect_stored(file))
        return DuckDB(connect(str(file), read_only=True))
    except (duckdb.Error, OSError) as error:
        if fault := store_fault(str(error)):
            raise fault from None
        cause = " ".join(str(error).split())
        raise PipelineError(
            f"{file} cannot be opened: {cause}. If it is damaged, build again, or go back with "
            "`papermart rollback`"
        ) from None
