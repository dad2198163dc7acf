"""The warehouse on disk: the only opener of DuckDB and of warehouse files.

What belongs here: where tables lie, how they are read, written and replaced, their stamps, the
build lock. What does not: what a table means (`schema`, `sql/`), when it is due (`build`), the
published file (`publishing`).

Layout below the root folder:

    tables/<layer>/<table>/*.parquet    the truth; every file there is current
    tables/<layer>/<table>/_stamp.json  what the table was made from, and its checks
    versions/<id>.duckdb                published files; `warehouse.duckdb` links to one
    report.html                         the page made of the published file
    .build.lock, *.tmp                  a build at work; leftovers are swept
"""

import hashlib
import json
import os
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from filelock import FileLock, Timeout

from pipeline.errors import PipelineError
from pipeline.schema import LAYERS, TableSpec

if TYPE_CHECKING:
    import pyarrow as pa

# Small row groups keep memory flat: the default took 3.5 GB for a million records.
_PARQUET = "format parquet, compression zstd, row_group_size 20480"
_LOCK_SECONDS = 600
# A full disk is told by the step that meets it: writing a file, a commit, a checkpoint.
_WRITE_ERRORS = (duckdb.IOException, duckdb.TransactionException, duckdb.FatalException)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check of a table found.

    Attributes:
        name: the check, unique within its table.
        passed: it found nothing wrong.
        severity: `error` blocks the table, `warn` is reported.
        n_failed: rows at fault.
        message: the fault in words.
        rows: up to 20 of the rows at fault.
    """

    name: str
    passed: bool
    severity: str
    n_failed: int
    message: str
    rows: tuple[dict[str, Any], ...] = ()

    @property
    def blocks(self) -> bool:
        """The table must not replace the old one."""
        return not self.passed and self.severity == "error"

    def summary(self) -> dict[str, Any]:
        """Return what a stamp keeps: everything but the rows."""
        return {k: v for k, v in asdict(self).items() if k != "rows"}


@dataclass(frozen=True, slots=True)
class Stamp:
    """What stands in a table's `_stamp.json`.

    Attributes:
        made_from: fingerprint of the code and the inputs.
        content: fingerprint of the rows.
        n_rows: rows in the table.
        built_at: when it was written (UTC, ISO 8601).
        checks: what its checks found, without rows.
    """

    made_from: str
    content: str
    n_rows: int
    built_at: str
    checks: tuple[dict[str, Any], ...] = field(default=())


def quote(text: str | Path) -> str:
    """Return text as an SQL string literal.

    >>> quote("it's")
    "'it''s'"
    """
    return "'" + str(text).replace("'", "''") + "'"


def fingerprint(*parts: object) -> str:
    """Return a short hash of the parts, in order.

    >>> fingerprint("a", "b") == fingerprint("ab")
    False
    """
    text = json.dumps([str(part) for part in parts])
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def scalar(con: duckdb.DuckDBPyConnection, sql: str, *parameters: object) -> Any:  # noqa: ANN401
    """Return the first column of the first row of a query, or None if it has no rows."""
    # All rows: a result not read to its end keeps the connection from other work.
    rows = con.execute(sql, list(parameters)).fetchall()
    return rows[0][0] if rows else None


def arrow(con: duckdb.DuckDBPyConnection, sql: str) -> "pa.Table":
    """Return all rows of a query as an Arrow table."""
    table = con.sql(sql).to_arrow_table()
    if table is None:
        raise PipelineError(f"not a question: {sql}")
    return table


def sync(path: Path) -> None:
    """Make sure a file's bytes are on disk before it is renamed into place."""
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


class Warehouse:
    """A warehouse folder.

    Args:
        root: the folder; made by the first write.
    """

    def __init__(self, root: Path) -> None:
        """Point at a folder; nothing is opened or written."""
        self.root = root
        self.tables = root / "tables"
        self.versions = root / "versions"
        self.published = root / "warehouse.duckdb"
        self._engine: duckdb.DuckDBPyConnection | None = None

    def __getstate__(self) -> dict[str, Any]:
        """Leave the engine behind when a warehouse goes to another process."""
        return self.__dict__ | {"_engine": None}

    def close(self) -> None:
        """Stop the engine, and with it whatever is attached; the next question starts one."""
        if self._engine is not None:
            self._engine.close()
            self._engine = None

    # ------------------------------------------------------------ places

    def table_dir(self, full_name: str) -> Path:
        """Return the folder that holds a table's files; `full_name` is `layer.table`."""
        layer, table = full_name.split(".")
        return self.tables / layer / table

    def files(self, full_name: str) -> list[Path]:
        """Return the table's Parquet files, sorted by name."""
        return sorted(self.table_dir(full_name).glob("*.parquet"))

    def _prepare(self) -> None:
        """Make the folder and sweep what a killed build left behind; only under the lock."""
        self.versions.mkdir(parents=True, exist_ok=True)
        probe = self.root / ".writable.tmp"
        probe.touch()
        probe.unlink()
        for leftover in (*self.root.rglob("*.tmp"), *self.root.rglob("*.tmp.wal")):
            # A folder `….duckdb.tmp` holds what a reader of that file has spilled.
            if not leftover.is_dir() and leftover.parent.suffix != ".tmp":
                leftover.unlink(missing_ok=True)

    def _unwritable(self, error: OSError) -> PipelineError:
        cause = (error.strerror or str(error)).lower()
        return PipelineError(
            f"the warehouse {self.root} cannot be written: {cause}. "
            "Check its permissions and the space left, or choose another with --warehouse."
        )

    @contextmanager
    def lock(self) -> Generator[None]:
        """Hold the warehouse for one build, swept; waits for another one to finish.

        Raises:
            PipelineError: another build holds it for ten minutes, or it cannot be written.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.root / ".build.lock", timeout=_LOCK_SECONDS)
            lock.acquire()
        except Timeout:
            raise PipelineError(
                f"another build is at work in {self.root}; wait for it to finish"
            ) from None
        except OSError as error:
            raise self._unwritable(error) from None
        try:
            with self.writing("the warehouse"):
                self._prepare()
            yield
        finally:
            lock.release()

    @contextmanager
    def writing(self, what: str) -> Generator[None]:
        """Word the faults of writing for people.

        Args:
            what: what is written, as the message names it.

        Raises:
            PipelineError: the disk is full or the folder cannot be written.
        """
        try:
            yield
        except OSError as error:
            raise self._unwritable(error) from None
        except _WRITE_ERRORS as error:
            cause = " ".join(str(error).split()).rstrip(".")
            raise PipelineError(
                f"{what} could not be written to {self.root}: {cause}. "
                "Check the space left on the disk; what was there before was kept."
            ) from None

    # ------------------------------------------------------------ reading

    @contextmanager
    def connect(
        self, specs: Iterable[TableSpec] = (), files: Mapping[str, list[Path]] | None = None
    ) -> Generator[duckdb.DuckDBPyConnection]:
        """Open DuckDB with the given tables as views `layer.table`.

        A table without files is there too, with its columns and no rows.

        Args:
            specs: the tables to see.
            files: for some of them, by full name, other files than the current ones.
        """
        if self._engine is None:
            # One engine for the warehouse's life: starting one takes longer than most models.
            self._engine = duckdb.connect(config={"temp_directory": str(self.root / ".spill")})
            for layer in LAYERS:
                self._engine.execute(f"create schema {layer}")
        with self._engine.cursor() as con:
            for spec in specs:
                current = (files or {}).get(spec.full_name, self.files(spec.full_name))
                self._create_view(con, spec, current)
            yield con

    @staticmethod
    def _create_view(con: duckdb.DuckDBPyConnection, spec: TableSpec, files: list[Path]) -> None:
        if files:
            names = ", ".join(quote(file) for file in files)
            body = f"select * from read_parquet([{names}])"
        else:
            nulls = ", ".join(f"null::{c.type} as {c.name}" for c in spec.columns)
            body = f"select {nulls} where false"
        con.execute(f"create or replace view {spec.full_name} as {body}")

    def stamp(self, full_name: str) -> Stamp | None:
        """Return the table's stamp, or None if it has none, or one that cannot be read."""
        try:
            values = json.loads((self.table_dir(full_name) / "_stamp.json").read_text("utf-8"))
            return Stamp(**values | {"checks": tuple(values["checks"])})
        except (OSError, ValueError, TypeError, KeyError):
            return None

    # ------------------------------------------------------------ writing

    def replace_table(
        self,
        spec: TableSpec,
        write: Callable[[Path], None],
        audit: Callable[[Path], list[CheckResult]],
        made_from: str,
        now: datetime,
    ) -> list[CheckResult]:
        """Write a table beside the old one, check it, and only then put it in its place.

        Args:
            spec: the table.
            write: writes the Parquet file to the path it is given.
            audit: checks the file; called before anything is replaced.
            made_from: fingerprint of code and inputs, kept in the stamp.
            now: kept in the stamp (UTC).

        Returns:
            What the checks found. If one with severity `error` failed, the old table stands.

        Raises:
            PipelineError: the disk is full or the folder cannot be written.
        """
        folder = self.table_dir(spec.full_name)
        candidate = folder / f"{spec.name}.parquet.tmp"
        try:
            with self.writing(spec.full_name):
                folder.mkdir(parents=True, exist_ok=True)
                write(candidate)
                checks = audit(candidate)
                if any(check.blocks for check in checks):
                    return checks
                stamp = self._make_stamp(candidate, made_from, now, checks)
                sync(candidate)
                candidate.replace(folder / f"{spec.name}.parquet")
                self.write_stamp(spec.full_name, stamp)
        finally:
            candidate.unlink(missing_ok=True)
        return checks

    def _make_stamp(
        self, file: Path, made_from: str, now: datetime, checks: list[CheckResult]
    ) -> Stamp:
        with file.open("rb") as stream:
            content = hashlib.file_digest(stream, "sha256").hexdigest()[:20]
        with self.connect() as con:
            n_rows = scalar(con, "select count(*) from read_parquet(?)", str(file))
        kept = tuple(check.summary() for check in checks)
        return Stamp(made_from, content, n_rows, now.isoformat(timespec="seconds"), kept)

    def remove_stamp(self, full_name: str) -> None:
        """Take a table's stamp away, so that the table counts as unfinished."""
        (self.table_dir(full_name) / "_stamp.json").unlink(missing_ok=True)

    def write_stamp(self, full_name: str, stamp: Stamp) -> None:
        """Write a table's stamp in one step."""
        folder = self.table_dir(full_name)
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / "_stamp.json", json.dumps(asdict(stamp), indent=1) + "\n")


def copy_query(con: duckdb.DuckDBPyConnection, sql: str, file: Path) -> None:
    """Write the rows of a SELECT to one Parquet file."""
    con.execute(f"copy ({sql.strip().rstrip(';')}\n) to {quote(file)} ({_PARQUET})")


def write_arrow(table: "pa.Table", file: Path) -> None:
    """Write an Arrow table to one Parquet file, byte for byte the same for the same rows."""
    import pyarrow.parquet as pq

    pq.write_table(table, file, compression="zstd", compression_level=1, row_group_size=20480)


def write_whole(path: Path, text: str) -> None:
    """Write a text file so that a reader sees the old or the new one, never a part."""
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_text(text, "utf-8")
    sync(temporary)
    temporary.replace(path)


@contextmanager
def open_published(file: Path) -> Generator[duckdb.DuckDBPyConnection]:
    """Open a published file for questions: read-only, and cut off from all other files."""
    with duckdb.connect(str(file), read_only=True) as con:
        con.execute("set enable_external_access = false")
        con.execute("set lock_configuration = true")
        yield con
