"""Connections to DuckDB: the only place that opens them.

What belongs here: opening, with what every connection is opened with, and a file to read from that
another program holds. What does not: asking (`duckdb_engine`).
"""

import shutil
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from pipeline.storage.files import scratch_folder
from pipeline.storage.sql_text import as_utf8
from pipeline.storage.stored_files import PROTOCOL, StoredFile, file_system

# What every engine is opened with besides. The tests, a process a processor, set one thread.
CONFIG: dict[str, Any] = {}
# What a query is done with goes back to the system: else it is held, and functions lack it.
GIVES_BACK = {"allocator_background_threads": True}


def connect(
    database: str = ":memory:",
    *,
    read_only: bool = False,
    config: Mapping[str, Any] | None = None,
) -> duckdb.DuckDBPyConnection:
    """Open a connection to a file of DuckDB's, or to a database in memory.

    Raises:
        duckdb.Error: it cannot be opened.
    """
    if database != ":memory:" and Path(database).exists() and not Path(database).is_file():
        raise duckdb.IOException("it is no ordinary file")  # a pipe would be waited for
    return duckdb.connect(
        as_utf8(database), read_only=read_only, config={**CONFIG, **(config or {})}
    )


def connect_stored(file: StoredFile) -> duckdb.DuckDBPyConnection:
    """Open a connection to a file of DuckDB's in a store; of the file it reads what is asked for.

    Raises:
        duckdb.Error: it cannot be opened.
        StoreError: the store cannot be asked.
    """
    # What DuckDB does not find it calls no database, whatever the cause.
    file.store.size(file.object)
    connection = connect()
    connection.register_filesystem(file_system(file.store))
    connection.execute(f"attach '{PROTOCOL}://{file.object}' as stored (read_only)")
    connection.execute("use stored")
    return connection


@contextmanager
def readable_file(file: Path) -> Generator[Path]:
    """Give a file to read from: a copy while another program holds it for writing.

    DuckDB's own command line does so by default, for as long as it is open.
    """
    if not _is_held(file):
        yield file
        return
    with scratch_folder() as folder:
        yield Path(shutil.copyfile(file, folder / file.name))


def _is_held(file: Path) -> bool:
    try:
        connect(str(file), read_only=True).close()
    except duckdb.IOException as error:
        return "lock" in str(error)
    except duckdb.Error:
        return False
    return False
