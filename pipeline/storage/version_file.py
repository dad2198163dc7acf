"""What stands in the file of a version: written whole, or made of the file of the version before.

What belongs here: tables, views and their words in a file; which rows of a table are others. What
does not: which version is the one before (`version_origins`), the way into place (`publishing`).

A file written whole holds each table in the order of its key. In one made of another, that holds
for the tables that were small or changed much; in others new rows follow those that were there.
"""

from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path

from pipeline.contract.specs import TableSpec
from pipeline.storage.duckdb_engine import DuckDB
from pipeline.storage.engine import EngineError, EngineWriteError
from pipeline.storage.sql_text import quote

# Files of DuckDB 2's own format cannot be opened by the tools of 1.x that people have.
STORAGE = "v1.2.0"
# What the engine calls the file that is being written.
_FILE = "published_file"
# Up to so many rows a table is written anew at once: looking for what changed takes as long.
_FEW_ROWS = 2_000
# If more than this part of a table's rows changed, all are written anew: nothing is saved then.
_MOST_CHANGED = 0.25
_DELTA = "rows_changed"


def write_file(
    engine: DuckDB,
    file: Path,
    specs: Iterable[TableSpec],
    views: Iterable[tuple[TableSpec, str]],
) -> None:
    """Write the file of a version.

    Args:
        engine: it sees the tables under their full names.
        file: the file, which is not there yet.
        specs: the tables.
        views: a description, and a SELECT over `main.<table>`.
    """
    engine.execute(f"attach {quote(file)} as {_FILE} (storage_version '{STORAGE}')")
    with _transaction(engine):
        for spec in specs:
            _put_table(engine, spec)
    _add_views(engine, views)
    engine.execute(f"detach {_FILE}")


def change_file(
    engine: DuckDB,
    file: Path,
    anew: Iterable[TableSpec],
    changed: Sequence[tuple[TableSpec, int]],
) -> bool:
    """Make the file of a version out of a copy of another one that has the same tables and views.

    Args:
        engine: it sees the tables under their full names.
        file: the copy.
        anew: tables to be written anew.
        changed: tables whose rows may be others, each with the number that it has now.

    Returns:
        Whether each of these has as many rows as it should; otherwise the file is not to be used.
    """
    engine.execute(f"attach {quote(file)} as {_FILE}")
    with _transaction(engine):
        for spec in anew:
            _put_table(engine, spec)
        for spec, n_rows in changed:
            _change_table(engine, spec, n_rows)
        counts = [engine.scalar(f"select count(*) from {_place(spec)}") for spec, _ in changed]
    # What goes wrong here would go unheard while detaching.
    engine.execute(f"checkpoint {_FILE}")
    engine.execute(f"detach {_FILE}")
    return counts == [n_rows for _, n_rows in changed]


def _place(spec: TableSpec) -> str:
    return f"{_FILE}.main.{spec.name}"


def _order(spec: TableSpec) -> str:
    return ", ".join(spec.published_order or spec.key)


def _put_table(engine: DuckDB, spec: TableSpec) -> None:
    rows = f"select * from {spec.full_name} order by {_order(spec)}"
    engine.execute(f"create or replace table {_place(spec)} as {rows}")
    _describe(engine, spec, "table")


def _change_table(engine: DuckDB, spec: TableSpec, n_rows: int) -> None:
    """Take the rows of a table that are gone out of the file, and put those in that are new."""
    if n_rows <= _FEW_ROWS:
        _put_table(engine, spec)
        return
    engine.execute(f"create or replace temp table {_DELTA} as {_changed_rows(spec)}")
    n_changed = engine.scalar(f"select count(*) from {_DELTA}")
    if n_changed > _MOST_CHANGED * n_rows:
        _put_table(engine, spec)
    elif n_changed:
        columns = ", ".join(column.name for column in spec.columns)
        gone = f"select _row from {_DELTA} where _row is not null"
        new = f"select {columns} from {_DELTA} where _is_there order by {_order(spec)}"
        engine.execute(f"delete from {_place(spec)} where rowid in ({gone})")
        engine.execute(f"insert into {_place(spec)} ({columns}) {new}")
    engine.execute(f"drop table {_DELTA}")


def _changed_rows(spec: TableSpec) -> str:
    """Return a SELECT of the rows that are gone or new, by key; one that is another is both.

    Its `_row` says where the row stands that is gone, `_is_there` whether there is a new one.
    """
    names = [column.name for column in spec.columns]
    same_key = " and ".join(f"new.{name} = old.{name}" for name in spec.key)
    is_other = " or ".join(
        [
            "_row is null",
            "_is_there is null",
            *(f"new.{name} is distinct from old.{name}" for name in names if name not in spec.key),
        ]
    )
    return f"""
        select _row, _is_there, {", ".join(f"new.{name}" for name in names)}
        from (select rowid as _row, * from {_place(spec)}) as old
        full join (select true as _is_there, * from {spec.full_name}) as new on {same_key}
        where {is_other}
    """


def _add_views(engine: DuckDB, views: Iterable[tuple[TableSpec, str]]) -> None:
    """Add views to the published file, whose own tables their `main.<table>` must mean."""
    home = engine.scalar("select current_database()")
    engine.execute(f"use {_FILE}")
    try:
        with _transaction(engine):
            for spec, select in views:
                engine.execute(f"create view {_FILE}.main.{spec.name} as {select}")
                _describe(engine, spec, "view")
    finally:
        engine.execute(f"use {home}")


@contextmanager
def _transaction(engine: DuckDB) -> Generator[None]:
    """Do it in one transaction: a comment in one of its own takes longer than a small table."""
    engine.execute("begin")
    try:
        yield
    except (EngineError, EngineWriteError):
        engine.execute("rollback")  # else nothing could be said but that it failed
        raise
    engine.execute("commit")


def _describe(engine: DuckDB, spec: TableSpec, kind: str) -> None:
    target = _place(spec)
    comment = f"{spec.description} Grain: {spec.grain}."
    engine.execute(f"comment on {kind} {target} is {quote(comment)}")
    for column in spec.columns:
        words = quote(column.description)
        engine.execute(f"comment on column {target}.{column.name} is {words}")
