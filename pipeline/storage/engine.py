"""What an engine offers to those who run models: the protocol, and nothing that knows one.

What belongs here: the few things that a model needs of an engine. What does not: DuckDB
(`duckdb_engine`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from pipeline.contract.specs import TableSpec

if TYPE_CHECKING:
    import pyarrow as pa


Item = TypeVar("Item")
Done = TypeVar("Done")


class Work(Protocol):
    """What makes rows of the rows of some keys."""

    def __call__(self, rows: "Mapping[str, pa.Table]", keyed: set[str]) -> "pa.Table":
        """Return the rows made of these keys; of `rows`, the `keyed` arguments hold only theirs."""
        ...


@dataclass(frozen=True, slots=True)
class Beside:
    """How rows without a key are found beside those that have one.

    Attributes:
        column: of these rows.
        argument: the SELECT whose rows lead to them.
        leading: the column of that SELECT that holds what `column` does.
    """

    column: str
    argument: str
    leading: str


@dataclass(frozen=True, slots=True)
class Together:
    """Rows that hang together by a key, and what is made of them: of some keys as well as of all.

    Attributes:
        selects: SELECTs of rows that hang together, by argument.
        columns: of those whose rows have a key, the column that holds it. Rows without it are left
            out.
        edges: SELECTs of pairs of keys (`one`, `other`) that hang together as well: then all do
            that are led to. Without any each key is by itself.
        beside: of SELECTs whose rows have no key, how they are found beside those that have one,
            by argument; each stands behind those that lead to it.
        shared: SELECTs that are needed whole wherever work is done, by argument.
        work: makes the rows; it can be pickled.
    """

    selects: Mapping[str, str]
    columns: Mapping[str, str]
    edges: Sequence[str]
    beside: Mapping[str, Sequence[Beside]]
    shared: Mapping[str, str]
    work: Work


class Workers(Protocol):
    """Those of an engine who do work in Python on rows, many at once."""

    def write_together(self, together: Together, file: Path, spec: TableSpec) -> None:
        """Write what work makes of rows, of some keys each, to one Parquet file by the key."""
        ...

    def each_piece(
        self, do: "Callable[[Mapping[str, pa.Table]], Done]", selects: Mapping[str, str], key: str
    ) -> Iterator[Done]:
        """Do something with the rows of some keys at a time, by argument; yield what comes of it.

        Args:
            do: what; both it and what it returns can be pickled.
            selects: a SELECT for each argument; each has the key. Rows without it are left out.
            key: a column.
        """
        ...

    def each(self, do: Callable[[Item], Done], items: Sequence[Item]) -> Iterator[tuple[int, Done]]:
        """Do something with each item; yield its place among them and what came of it, as it comes.

        Args:
            do: what; both it and what it returns can be pickled.
            items: can be pickled.
        """
        ...


class Engine(Protocol):
    """Something that answers SQL over tables named `layer.table`.

    A model sees exactly the tables that were shown to the engine. Whoever shows only some rows of
    a table, those of the keys that changed, gets what the model makes of these.
    """

    @property
    def workers(self) -> Workers | None:
        """Those who work elsewhere, on rows that lie there; None: all work is done here."""
        ...

    def show(self, spec: TableSpec, files: Sequence[Path], where: str = "true") -> None:
        """Make rows of Parquet files a table; without files it has its columns and no rows.

        Args:
            spec: the table.
            files: where its rows lie.
            where: the condition that holds of the rows to show; all by default.
        """
        ...

    def show_rows(self, spec: TableSpec, rows: "pa.Table") -> None:
        """Make Arrow rows a table."""
        ...

    def create_table(self, name: str, rows: "pa.Table") -> None:
        """Make a table of Arrow rows, in place of one of that name."""
        ...

    def show_view(self, full_name: str, sql: str) -> None:
        """Make the rows of a SELECT a table, as they are whenever it is read."""
        ...

    def hide(self, full_name: str) -> None:
        """Take a table away again."""
        ...

    def write(
        self,
        rows: "str | pa.Table | Iterable[pa.Table]",
        file: Path,
        spec: TableSpec | None = None,
    ) -> None:
        """Write the rows of a SELECT, in its order, or those given, to one Parquet file.

        Of tables at least one is given; they have the same columns.

        Args:
            rows: see above.
            file: where to write.
            spec: whose types the columns of a SELECT have; an engine may lack some of them.
        """
        ...

    def arrow(self, sql: str) -> "pa.Table":
        """Return the rows of a SELECT."""
        ...

    def sparing_memory(self) -> AbstractContextManager[None]:
        """Take less memory meanwhile, and more time."""
        ...

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """Return the rows of a SELECT as Python values by column name."""
        ...

    def last_version(
        self, file: Path | None, specs: Sequence[TableSpec]
    ) -> AbstractContextManager[None]:
        """Show tables of the last published version in the schema `published`.

        Args:
            file: the version; None, or one that lacks a table or a column: there it is empty.
            specs: the tables that may be asked for.
        """
        ...

    def shape(self, relation: str) -> list[tuple[str, str]]:
        """Return name and type (as DuckDB spells it) of each column of a table."""
        ...


class EngineError(Exception):
    """A SELECT does not run; the message is the engine's."""


class EngineMemoryError(EngineError):
    """A SELECT does not fit into the memory that the engine may take.

    Attributes:
        more: where there is more, for messages.
    """

    more = "A build can be given more: `memory` in the settings, or PAPERMART_MEMORY"


class ServerMemoryError(EngineMemoryError):
    """A SELECT does not fit into the memory that a server may take."""

    more = "The server that `spark_remote` names needs more, or more machines (docs/scale.md)"


class ServerColumnError(ServerMemoryError):
    """A SELECT has more text at a time than a column of the server's holds, 2 GB."""

    more = (
        "That is no memory that it lacks: a column of Sail's holds 2 GB of text. Spark, or this "
        "machine (SPARK_REMOTE=local), is not so bound (docs/scale.md)"
    )


class EngineWriteError(Exception):
    """The engine could not write: the disk is full, or a folder cannot be written."""
