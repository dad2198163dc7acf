"""A server that speaks Spark Connect, as an engine: Apache Spark, or Sail.

What belongs here: what is particular to such a server in answering the `Engine` protocol. What does
not: how our SQL is spelled for it (`spark_sql`), which tables a model reads (`models`).

The server reads and writes Parquet itself, in files that are handed over (`handover`). Rows pass
through here only to become the one file of a table, row group by row
group, in the types that its description names.
"""

import shutil
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from pipeline.contract.errors import EngineGoneError, PipelineError
from pipeline.contract.specs import LAST_VERSION, TableSpec
from pipeline.storage.duckdb_engine import open_engine
from pipeline.storage.engine import EngineError, EngineWriteError, Workers
from pipeline.storage.files import state_of
from pipeline.storage.handover import Handover
from pipeline.storage.parquet import typed_rows, write_arrow
from pipeline.storage.spark_faults import begun_anew, fault_of, lose_patience
from pipeline.storage.spark_sql import to_spark, view_name
from pipeline.storage.spark_steps import in_steps

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame
    from pyspark.sql.connect.session import SparkSession

# A message to a server holds 128 MB; more rows than these go there as a file.
_MOST_SENT_BYTES = 64 * 1024 * 1024
# To keep what is worked out takes longer than to work it out twice, where there is little.
_LEAST_BYTES_IN_STEPS = 64 * 1024 * 1024
# A setting of ours, which a server has that was told it.
KNOWN_BY = "papermart.session"
# As DuckDB spells them.
_TYPES = {
    "string": "VARCHAR",
    "int": "INTEGER",
    "bigint": "BIGINT",
    "double": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "timestamp_ntz": "TIMESTAMP",
}


class Spark:
    """A session of a server that answers the `Engine` protocol.

    Args:
        session: the session, which this object ends.
        remote: where the server is, for messages.
        handover: where files are handed over.
    """

    def __init__(self, session: "SparkSession", remote: str, handover: Handover) -> None:
        """Take over a session."""
        self.workers: Workers | None = None
        self.session = session
        self._remote = remote
        self.handover = handover
        self._shown: dict[str, object] = {}
        self._shown_bytes: dict[str, int] = {}
        self._kept: dict[str, str] = {}
        self.is_sparing = False

    def close(self) -> None:
        """End the session, and remove what was handed over for it."""
        with suppress(PipelineError):  # what is left there is in nobody's way
            self.handover.close()
        lose_patience(self.session)  # one that is gone needs no goodbye
        self.session.stop()

    # ------------------------------------------------------------ asking

    def arrow(self, sql: str) -> "pa.Table":
        """Return the rows of a SELECT."""
        with self.worked_out(sql) as frame, self.naming():
            return frame.toArrow()

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """Return the rows of a SELECT as Python values by column name."""
        return self.arrow(sql).to_pylist()

    def shape(self, relation: str) -> list[tuple[str, str]]:
        """Return name and type (as DuckDB spells it) of each column of a table."""
        with self.naming():
            return [
                (name, _duckdb_type(type_))
                for name, type_ in self.frame(f"select * from {relation}").dtypes
            ]

    @contextmanager
    def sparing_memory(self) -> Generator[None]:
        """Take all in steps: one statement joins and sorts less at a time; so does a worker."""
        self.is_sparing = True
        try:
            yield
        finally:
            self.is_sparing = False

    def frame(self, sql: str) -> "DataFrame":
        """Return the rows of a SELECT as the client's frame, not worked out yet."""
        return self.session.sql(to_spark(sql))

    @contextmanager
    def naming(self) -> Generator[None]:
        """Make the faults of the client ours.

        Raises:
            ServerMemoryError: what was asked does not fit into the server's memory.
            EngineError: what was asked does not run.
            EngineGoneError: the server does not answer.
        """
        from grpc import RpcError
        from pyspark.errors import PySparkException

        try:
            yield
        except (RpcError, PySparkException) as error:
            found = fault_of(error, self._remote)
            if isinstance(found, EngineError) and self._is_forgotten():
                found = EngineGoneError(begun_anew(self._remote))
            if not isinstance(found, EngineGoneError):
                raise found from error
            lose_patience(self.session)
            raise found from None

    def _is_forgotten(self) -> bool:
        """Tell whether who answers was never told what this session was: Sail answers anybody."""
        from grpc import RpcError
        from pyspark.errors import PySparkException

        try:
            return self.session.conf.get(KNOWN_BY, "") == ""
        except (RpcError, PySparkException):
            return True

    # ------------------------------------------------------------ tables

    def show(self, spec: TableSpec, files: Sequence[Path], where: str = "true") -> None:
        """Make rows of Parquet files a table; without files it has its columns and no rows.

        Some rows of much are looked for once, not each time that a SELECT reads them.
        """
        states = tuple((str(file), state_of(file)) for file in files)
        shown = (where, spec.shape, states)
        if self._shown.get(spec.full_name) == shown:
            return
        self._forget(spec.full_name)
        if not files:
            self.show_rows(spec, _no_rows(spec))
        else:
            n_bytes = sum(state[1] for _, state in states if state)
            self._show_files(view_name(spec.full_name), files, where, n_bytes)
            self._shown_bytes[spec.full_name] = n_bytes
        self._shown[spec.full_name] = shown

    def _show_files(self, name: str, files: Sequence[Path], where: str, n_bytes: int) -> None:
        with self.naming():
            rows = self.session.read.parquet(*(self.handover.seen(file) for file in files))
            if where == "true":
                rows.createOrReplaceTempView(name)
            elif n_bytes < _LEAST_BYTES_IN_STEPS:
                rows.where(to_spark(where)).createOrReplaceTempView(name)
            else:
                self.keep_frame(name, rows.where(to_spark(where)))

    def show_rows(self, spec: TableSpec, rows: "pa.Table") -> None:
        """Make Arrow rows a table."""
        self.create_table(spec.full_name, rows)

    def create_table(self, name: str, rows: "pa.Table") -> None:
        """Make a table of Arrow rows, in place of one of that name."""
        self._forget(name)
        with self.naming():
            self._given(rows).createOrReplaceTempView(view_name(name))

    def _given(self, rows: "pa.Table") -> "DataFrame":
        from pyspark.sql.pandas.types import from_arrow_schema

        if rows.nbytes > _MOST_SENT_BYTES:
            file = self.handover.folder / f"{token_hex(8)}.parquet"
            file.parent.mkdir(parents=True, exist_ok=True)
            write_arrow(rows, file, is_kept=False)
            return self.session.read.parquet(self.handover.seen(file))
        if rows.num_rows:
            return self.session.createDataFrame(rows)
        return self.session.createDataFrame([], from_arrow_schema(rows.schema))

    def show_view(self, full_name: str, sql: str) -> None:
        """Make the rows of a SELECT a table, as they are whenever it is read."""
        self._forget(full_name)
        with self.naming():
            self.frame(sql).createOrReplaceTempView(view_name(full_name))
        self._shown_bytes[full_name] = self._n_bytes(sql)

    def hide(self, full_name: str) -> None:
        """Take a table away again."""
        from pyspark.errors import AnalysisException

        self._forget(full_name)
        with self.naming(), suppress(AnalysisException):  # Sail minds one that is not there
            self.session.catalog.dropTempView(view_name(full_name))

    def _forget(self, full_name: str) -> None:
        self._shown.pop(full_name, None)
        self._shown_bytes.pop(full_name, None)
        if place := self._kept.pop(view_name(full_name), None):
            self._remove(place)

    def _remove(self, place: str) -> None:
        with suppress(PipelineError):  # what is left there goes with the session
            self.handover.remove(place)

    # ------------------------------------------------------------ writing

    def write(
        self,
        rows: "str | pa.Table | Iterable[pa.Table]",
        file: Path,
        spec: TableSpec | None = None,
    ) -> None:
        """Write the rows of a SELECT, or those given, to one Parquet file.

        The server writes a file for each of its parts, beside; here they become one. Spark keeps
        the order that the SELECT asks for, Sail does not.
        """
        if not isinstance(rows, str):
            write_arrow(rows, file)
            return
        with self.worked_out(rows) as frame:
            self.write_frame(frame, file, spec)

    @contextmanager
    def worked_out(self, sql: str) -> "Generator[DataFrame]":
        """Give the rows of a SELECT; of much, what it reads twice has been worked out."""
        if self._n_bytes(sql) < _LEAST_BYTES_IN_STEPS and not self.is_sparing:
            with self.naming():
                frame = self.frame(sql)
            yield frame
            return
        found = in_steps(sql, f"papermart_step_{token_hex(4)}_")
        try:
            for name, step in found.steps.items():
                with self.naming():
                    self.keep_frame(name, self.session.sql(step))
            with self.naming():
                frame = self.session.sql(found.select)
            yield frame
        finally:
            for name in found.steps:
                self.hide(name)

    def _n_bytes(self, sql: str) -> int:
        """Return how much lies in the tables that a SELECT names."""
        return sum(n_bytes for name, n_bytes in self._shown_bytes.items() if name in sql)

    def write_frame(self, frame: "DataFrame", file: Path, spec: TableSpec | None) -> None:
        """Write the rows of a frame to one Parquet file; see `write`."""
        from pyarrow import ArrowInvalid

        with self.parts(frame) as parts:
            try:
                write_arrow(typed_rows(parts, spec), file)
            except ArrowInvalid as error:
                raise EngineError(str(error)) from error

    @contextmanager
    def parts(self, frame: "DataFrame") -> Generator[list[Path]]:
        """Have the server write the rows of a frame; give the files, in their order."""
        # A server may still write for a build that was killed: not where this one does.
        place = self.handover.place(f"rows-{token_hex(4)}")
        try:
            with self.naming():
                frame.write.mode("overwrite").parquet(place)
            yield self.handover.written(place)
        except OSError as error:
            raise EngineWriteError(str(error)) from error
        finally:
            self._remove(place)

    # ------------------------------------------------------------ kept for a while

    def keep(self, name: str, sql: str) -> None:
        """Make the rows of a SELECT a table of the session, worked out once."""
        with self.naming():
            self.keep_frame(name, self.frame(sql))

    def keep_frame(self, name: str, frame: "DataFrame") -> None:
        """Make the rows of a frame a table of the session, worked out once."""
        place = self.handover.place(f"{name}-{token_hex(4)}")
        try:
            frame.write.mode("overwrite").parquet(place)
            # Sail writes no file where there are no rows, so files alone do not tell the columns.
            kept = self.session.read.schema(frame.schema).parquet(place)
            kept.createOrReplaceTempView(name)
        except BaseException:
            self._remove(place)
            raise
        if before := self._kept.get(name):
            self._remove(before)
        self._kept[name] = place

    # ------------------------------------------------------------ versions

    @contextmanager
    def last_version(self, file: Path | None, specs: Sequence[TableSpec]) -> Generator[None]:
        """Show tables of the last published version, which DuckDB reads for the server."""
        place = self.handover.folder / LAST_VERSION
        try:
            place.mkdir(parents=True, exist_ok=True)
            with open_engine() as reader, reader.last_version(file, specs):
                for spec in specs:
                    name = f"{LAST_VERSION}.{spec.name}"
                    part = place / f"{spec.name}.parquet"
                    reader.write(f"select * from {name}", part)
                    with self.naming():
                        rows = self.session.read.parquet(self.handover.seen(part))
                        rows.createOrReplaceTempView(view_name(name))
            yield
        finally:
            shutil.rmtree(place, ignore_errors=True)


def _no_rows(spec: TableSpec) -> "pa.Table":
    from pipeline.contract.arrow import table_of_rows

    return table_of_rows(spec, [])


def _duckdb_type(type_: str) -> str:
    inner = type_.removeprefix("array<")
    if inner != type_:
        return f"{_duckdb_type(inner.removesuffix('>'))}[]"
    return _TYPES.get(type_, type_.upper())
