"""What differs between two versions: papers, people, verdicts, decisions.

What belongs here: asking `sql/versions/changes.sql` of the tables beside the last version, and of
any two versions. What does not: when a version is made (`publication`), showing it (`cli`).
"""

from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.contract.errors import PipelineError
from pipeline.contract.specs import TableSpec
from pipeline.contract.version_tables import CHANGES
from pipeline.models.comparisons import can_be_asked, load_changes, tables_compared
from pipeline.models.runner import rows_of
from pipeline.storage.duckdb_engine import DuckDB, open_engine
from pipeline.storage.published_file import open_for_copies

if TYPE_CHECKING:
    import pyarrow as pa


def changes_since(
    engine: DuckDB, last: Path | None, names: Collection[str], now: datetime
) -> "pa.Table":
    """Return the rows of `changes`: what differs from the last version.

    Args:
        engine: sees the tables, and those of the last version (`DuckDB.last_version`).
        last: that version; None: there is none, and nothing differs.
        names: full names of the tables that are made; without all it needs, nothing is compared.
        now: the time (UTC).
    """
    from pipeline.contract.arrow import table_of_rows

    model = load_changes()
    if last is None or not can_be_asked(model, names):
        return table_of_rows(CHANGES, [])
    return rows_of(engine, model, now)


@contextmanager
def compared(before: Path, after: Path, specs: Mapping[str, TableSpec]) -> Generator[DuckDB]:
    """Open an engine that has what differs between two versions as the table `changes`.

    Args:
        before: a version.
        after: the version to compare with it.
        specs: the description of every table by full name.

    Raises:
        PipelineError: one of them cannot be opened as a version, or was published before papermart
            could compare them.
    """
    now, last = tables_compared([load_changes()])
    shown_now = [specs[name] for name in sorted(now)]
    shown_last = [spec for spec in specs.values() if spec.name in last]
    _need_tables(after, shown_now)
    _need_tables(before, shown_last)
    with open_engine() as engine:
        with engine.version(after, shown_now, "marts"), engine.last_version(before, shown_last):
            rows = engine.arrow(load_changes().selects[""])
        engine.create_table(CHANGES.name, rows)
        yield engine


def _need_tables(file: Path, specs: Sequence[TableSpec]) -> None:
    """Refuse a version that lacks a table: everything in it would count as new or gone."""
    with open_for_copies(file) as engine:
        if not all(engine.can_answer(f"select * from main.{spec.name}") for spec in specs):
            raise PipelineError(
                f"version {file.stem} was published by a papermart that kept too little to compare"
            )
