"""Opening a published file, whoever else has it open.

What belongs here: the ways to open one for reading. What does not: which file (`versions`), the
engine (`duckdb_engine`).
"""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from pipeline.contract.errors import PipelineError
from pipeline.storage.connections import readable_file
from pipeline.storage.duckdb_engine import DuckDB, open_read_only
from pipeline.storage.engine import EngineError
from pipeline.storage.stored_files import StoredFile


@contextmanager
def open_published(file: Path | StoredFile) -> Generator[DuckDB]:
    """Open a published file for questions: read-only, and cut off from all other files.

    Raises:
        PipelineError: the file cannot be opened as one of ours.
    """
    with open_for_copies(file) as engine:
        engine.execute("set enable_external_access = false")
        engine.execute("set lock_configuration = true")
        yield engine


@contextmanager
def open_for_copies(file: Path | StoredFile) -> Generator[DuckDB]:
    """Open a published file to copy tables of it into other files; it is only read.

    Raises:
        PipelineError: the file cannot be opened as one of ours.
    """
    if isinstance(file, StoredFile):
        with open_read_only(file) as engine:
            yield engine
        return
    with readable_file(file) as readable, open_read_only(readable) as engine:
        yield engine


def build_id(file: Path) -> str | None:
    """Return which version a published file says it is; None if it cannot be asked."""
    try:
        with open_for_copies(file) as engine:
            return engine.scalar("select build_id from build_info")
    except (PipelineError, EngineError):
        return None
