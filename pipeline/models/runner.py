"""The one runner of models: for builds, Dagster, `link`, evaluations and given/expect tests.

What belongs here: making the rows of a model with an engine, checking them, and making all tables
that some others need. What does not: when a model is due and where its table lies (`builds`,
`storage.warehouse`), what an engine is (`storage.engine`).

The author's SQL runs as it is written. A model sees what the engine was shown: whoever shows only
the rows of some keys gets the model's rows of these keys.
"""

from collections.abc import Collection, Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.contract.checks import CheckResult
from pipeline.contract.errors import (
    BlockingCheckError,
    MemoryShortError,
    PipelineError,
    memory_advice,
)
from pipeline.models.catalogue import Model
from pipeline.models.functions import (
    load_function,
    only_links,
    takes,
    takes_rows,
    tells_of_now,
    together_of,
)
from pipeline.models.pieces import Pieces, frame_of
from pipeline.models.reference import read_reference
from pipeline.storage.audit import audit
from pipeline.storage.engine import Engine, EngineError, EngineMemoryError, EngineWriteError
from pipeline.storage.files import temporary

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa


def make_table(engine: Engine, model: Model, file: Path, now: datetime) -> list[CheckResult]:
    """Write a model's rows to a Parquet file and check them.

    Args:
        engine: sees the tables that the model and its checks read; afterwards also the model's
            own, made of the file.
        model: what to make.
        file: where to write.
        now: the time of the build (UTC).

    Returns:
        What the checks found.

    Raises:
        MemoryShortError: it takes more memory than the engine may.
        PipelineError: the SQL does not run; names the model and the engine's message.
    """
    with _naming(model):
        _show_views(engine, model)
        if model.python:
            _write_python(engine, model, now, file)
        elif model.csv_file:
            engine.write(rows_of(engine, model, now), file)
        else:
            engine.write(model.selects[""], file, model.spec)
        engine.show(model.spec, [file])
        return audit(engine, model.spec)


def write_some(engine: Engine, model: Model, file: Path, now: datetime, only: str) -> None:
    """Write some of a model's rows to a Parquet file, unchecked; see `rows_of`.

    What a SELECT makes goes there without passing through this process's memory.
    """
    with _naming(model):
        _show_views(engine, model)
        if model.python or model.csv_file:
            engine.write(rows_of(engine, model, now, only), file)
        else:
            engine.write(_wanted(model, only), file, model.spec)


def rows_of(engine: Engine, model: Model, now: datetime, only: str | None = None) -> "pa.Table":
    """Return a model's rows, unchecked; see `make_table`.

    Args:
        engine: see `make_table`.
        model: what to make.
        now: the time of the build (UTC).
        only: the condition of the rows that are wanted; all by default. A SELECT may be shown more
            than these are made of, what they are counted with; a function makes no others.

    Raises:
        MemoryShortError: it takes more memory than the engine may.
        PipelineError: the SQL does not run; names the model and the engine's message.
    """
    with _naming(model):
        _show_views(engine, model)
        if model.csv_file:
            check = load_function(model.reference_check) if model.reference_check else None
            return read_reference(model.csv_file, model.spec, check)
        if model.python:
            import pyarrow as pa

            return pa.concat_tables(_run_python(engine, model, now))
        found = engine.arrow(_wanted(model, only))
        if not engine.workers:
            return found
        from pipeline.contract.arrow import schema_of

        return found.cast(schema_of(model.spec))  # a server lacks some types, or takes wider ones


def _wanted(model: Model, only: str | None) -> str:
    """Return the SELECT of those of a model's rows that are wanted."""
    select = model.selects[""].strip().rstrip(";")
    return f"select * from (\n{select}\n) as found where {only}" if only else select


def show_made(
    engine: Engine, models: Mapping[str, Model], given: "Mapping[str, pl.DataFrame]", now: datetime
) -> None:
    """Show an engine the rows of models, unchecked, each made of those before it.

    Args:
        engine: is shown the given rows first.
        models: by full name, each after those it reads.
        given: rows of tables by full name; columns that they lack are NULL.
        now: the time of the run (UTC).
    """
    from pipeline.contract.arrow import table_of_columns

    for name, frame in given.items():
        columns = {column.name: column.to_arrow() for column in frame}
        spec = models[name].spec
        engine.show_rows(spec, table_of_columns(spec, columns, frame.height))
    for name, model in models.items():
        if name not in given:
            engine.show_rows(model.spec, rows_of(engine, model, now))


def _show_views(engine: Engine, model: Model) -> None:
    for name, sql in model.views.items():
        engine.show_view(name, sql)


def _write_python(engine: Engine, model: Model, now: datetime, file: Path) -> None:
    together = None
    if engine.workers:
        by, selects = model.by or "", model.selects.items()
        together = together_of(model, {name: by for name, s in selects if _has(engine, s, by)}, now)
    if together and engine.workers:
        engine.workers.write_together(together, file, model.spec)
    else:
        engine.write(_run_python(engine, model, now, file.parent), file)


def _run_python(
    engine: Engine, model: Model, now: datetime, folder: Path | None = None
) -> "Iterator[pa.Table]":
    """Yield the rows that a model's function makes: of each piece, or all at once.

    Args:
        engine: see `make_table`.
        model: what to make.
        now: the time of the build (UTC).
        folder: where rows may lie that a function asks for as it needs them.
    """
    from pipeline.contract.arrow import table_of_frame

    function = load_function(model.python or "")
    takes_pieces = takes(model, "pieces")
    in_pieces = {
        argument: sql
        for argument, sql in model.selects.items()
        if takes_pieces and _has(engine, sql, model.by)
    }
    with ExitStack() as files:
        # A server's rows come through memory in any case.
        place = folder if not engine.workers else None
        arguments: dict[str, Any] = {
            argument: files.enter_context(_in_file(engine, sql, place / f"{argument}.rows"))
            if place and takes_rows(model, argument)
            else frame_of(engine, sql)
            for argument, sql in model.selects.items()
            if argument not in in_pieces and not only_links(model, argument)
        }
        if tells_of_now(model):
            arguments["now"] = now
        if takes_pieces:
            arguments["pieces"] = Pieces(engine, in_pieces, model.by or "", model.python or "")
        found = function(**arguments)
        del arguments  # what it was made of need not be held beside its copy
        for frame in found if takes_pieces else iter([found]):
            yield table_of_frame(model.spec, frame)


@contextmanager
def _in_file(engine: Engine, sql: str, path: Path) -> "Generator[pl.LazyFrame]":
    """Write the rows of a SELECT to a file for as long as they are asked for."""
    import polars as pl

    file = temporary(path)
    try:
        engine.write(sql, file)
        yield pl.scan_parquet(file)
    finally:
        file.unlink(missing_ok=True)


def _has(engine: Engine, sql: str, key: str | None) -> bool:
    """Tell whether the rows of a SELECT have a key."""
    text = sql.strip().rstrip(";")
    return key in dict(engine.shape(f"(\n{text}\n) as asked")) if key else False


# What DuckDB makes of Ctrl-C while it works out a SELECT: a RuntimeError that is nobody's fault.
_STOPPED = "Query interrupted"


@contextmanager
def naming_memory(model: Model) -> Generator[None]:
    """Name the model where an engine is short of memory for what it is not made by alone.

    Raises:
        MemoryShortError: it is.
    """
    try:
        yield
    except EngineMemoryError as error:
        raise MemoryShortError(memory_advice(model.name, str(error), error.more)) from None


@contextmanager
def _naming(model: Model) -> Generator[None]:
    """Name the model in what an engine says of it."""
    try:
        yield
    except EngineMemoryError as error:
        raise MemoryShortError(memory_advice(model.name, str(error), error.more)) from None
    except EngineError as error:
        raise PipelineError(f"the model {model.name} does not run: {error}") from None
    except (PipelineError, EngineWriteError, OSError, MemoryError):
        raise
    except Exception as error:
        if str(error) == _STOPPED:
            raise KeyboardInterrupt from None
        # Whatever a function of ours stumbles over is this table's fault, and stops no other one.
        cause = f"{type(error).__name__}: {error}"
        raise PipelineError(f"the model {model.name} does not run: {cause}") from error


# ---------------------------------------------------------------- a table and all it needs


def make_tables(
    engine: Engine,
    models: Mapping[str, Model],
    targets: Collection[str],
    given: Collection[str],
    folder: Path,
    now: datetime,
) -> None:
    """Make some tables, and before them all that they need, each checked.

    A table that is no target is gone after its last use.

    Args:
        engine: sees the given tables; afterwards also the targets.
        models: all models by full name, each after those it reads.
        targets: full names of the tables to make.
        given: full names of tables that are not to be made.
        folder: where the tables' files lie while they are needed.
        now: the time of the run (UTC).

    Raises:
        BlockingCheckError: a table failed its checks.
        PipelineError: a model does not run.
    """
    order = [models[name] for name in _order(models, targets, given)]
    for n, model in enumerate(order):
        raise_if_blocked(
            model.name, make_table(engine, model, folder / f"{model.name}.parquet", now)
        )
        for name in _spent(order, n, targets):
            engine.hide(name)
            (folder / f"{name}.parquet").unlink()


def _order(
    models: Mapping[str, Model], targets: Collection[str], given: Collection[str]
) -> list[str]:
    due, needed = list(targets), set()
    while due:
        name = due.pop()
        if name not in needed and name not in given:
            needed.add(name)
            due += models[name].needs
    return [name for name in models if name in needed]


def _spent(order: list[Model], n: int, targets: Collection[str]) -> Iterator[str]:
    """Yield the tables made so far that nothing after the n-th model needs."""
    needed = {name for model in order[n + 1 :] for name in model.needs} | set(targets)
    used = order[n].needs | {order[n].name}
    yield from sorted(used & {model.name for model in order[: n + 1]} - needed)


def raise_if_blocked(name: str, checks: Collection[CheckResult], kept: str = "") -> None:
    """Raise if a check with severity `error` failed, naming the rows.

    Args:
        name: the table.
        checks: what its checks found.
        kept: what became of the table, as a sentence.

    Raises:
        BlockingCheckError: with the check, the number of rows, and the first of them.
    """
    for check in checks:
        if check.blocks:
            rows = "; ".join(_show_row(row) for row in check.rows[:3])
            message = (
                f"{name} failed its check {check.name}, that {check.description} "
                f"({check.n_failed} rows{', e.g. ' + rows if rows else ''}). {kept}"
            )
            raise BlockingCheckError(message.rstrip(), name, list(checks))


def _show_row(row: Mapping[str, Any]) -> str:
    shown = {name: value for name, value in list(row.items())[:6] if value is not None}
    return ", ".join(f"{name}={str(value)[:60]}" for name, value in shown.items())
