"""What `link` and `identify` share: somebody's table shown to an engine, files written.

What belongs here: from batches of rows to Parquet files that an engine sees, having tables made of
them here or on a server, where results may be written, writing all of them or none. What does not:
what a cell may hold (`record_table`, `mention_table`), which models run (`link`, `identify`).
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.contract.arrow import schema_of, table_of_columns
from pipeline.contract.errors import PipelineError, cause_of
from pipeline.contract.specs import TableSpec
from pipeline.inputs.record_files import Batch, read_batches
from pipeline.models.catalogue import Model, all_specs
from pipeline.models.runner import make_tables
from pipeline.storage.duckdb_engine import DuckDB
from pipeline.storage.engine import EngineWriteError
from pipeline.storage.files import written_whole
from pipeline.storage.parquet import COPY_OPTIONS, scratch_writer
from pipeline.storage.versions import published_tables

# What one run may hold in memory beside the rows that are being read. Tables lie on disk.
MEMORY = "1200MB"
_REPEATING = ("source", "venue")
_FORMATS = {".parquet": COPY_OPTIONS, ".csv": "format csv, header", ".jsonl": "format json"}

# Reads a batch into the columns of each table; the set holds the record ids of those before.
ReadTables = Callable[[Path, Batch, set[str]], Sequence[Mapping[str, Any]]]


def show_records(
    engine: DuckDB,
    file: Path,
    specs: Sequence[TableSpec],
    read: ReadTables,
    folder: Path,
    columns: Sequence[str],
    needed: Sequence[str],
    as_arrow: Mapping[str, pa.DataType],
) -> None:
    """Show an engine the records of a file as tables.

    Args:
        engine: what sees them afterwards.
        file: the records, see `inputs.record_files`.
        specs: the tables.
        read: makes their columns of a batch.
        folder: where the tables' files lie as long as the engine needs them.
        columns: the columns to read.
        needed: of these, the ones that must be there.
        as_arrow: of these, the ones to leave as Arrow arrays.

    Raises:
        PipelineError: the file cannot be read, or holds no records; names file, row and column.
    """
    seen: set[str] = set()
    places = {spec: folder / f"{spec.full_name}.parquet" for spec in specs}
    with ExitStack() as files:
        writers = {
            spec: files.enter_context(scratch_writer(place, schema_of(spec), _REPEATING))
            for spec, place in places.items()
        }
        for batch in read_batches(file, columns, needed, as_arrow=as_arrow):
            tables = read(file, batch, seen)
            for (spec, writer), found in zip(writers.items(), tables, strict=True):
                writer.write_table(table_of_columns(spec, found, len(next(iter(found.values())))))
    if not seen:
        raise PipelineError(f"{file} holds no records")
    for spec, place in places.items():
        engine.show(spec, [place])


def make_there(
    engine: DuckDB,
    models: Mapping[str, Model],
    targets: Sequence[str],
    given: Sequence[TableSpec],
    folder: Path,
    spark_remote: str,
) -> None:
    """Make tables of the given ones, here or on a server, and show them to an engine here.

    Args:
        engine: sees the given tables; afterwards also the targets.
        models: all models that are needed, by full name, each after those it reads.
        targets: full names of the tables to make.
        given: the tables that are there: a file in the folder, or none: without rows.
        folder: where the tables' files lie as long as the engine needs them.
        spark_remote: the server (`spark_engine`), which sees the folder as well; empty: here.

    Raises:
        PipelineError: a model does not run, or the server does not answer.
    """
    now = datetime.now(UTC).replace(tzinfo=None)
    names = {spec.full_name for spec in given}
    # There is no version before this one for a check to look at.
    compared = {name for model in models.values() for name in model.compared}
    tables = published_tables(all_specs()) if compared else ()
    published = [spec for spec in tables if spec.name in compared]
    if not spark_remote:
        with engine.last_version(None, published):
            make_tables(engine, models, targets, names, folder, now)
        return
    from pipeline.storage.handover import SharedFolder
    from pipeline.storage.spark_server import open_spark

    with closing(open_spark(spark_remote, SharedFolder(folder / "server"))) as server:
        for spec in given:
            place = folder / f"{spec.full_name}.parquet"
            server.show(spec, [place] if place.exists() else [])
        with server.last_version(None, published):
            make_tables(server, models, targets, names, folder, now)
    for name in targets:
        engine.show(models[name].spec, [folder / f"{name}.parquet"])


def check_target(file: Path, *inputs: Path) -> None:
    """Raise PipelineError if a file is no place for a result: named so, or one that is read."""
    if any(file.resolve() == each.resolve() for each in inputs):
        raise PipelineError(f"{file}: is the table itself; name another file to write")
    if file.suffix.lower() not in _FORMATS:
        raise PipelineError(f"{file}: name a file that ends in {', '.join(_FORMATS)}")
    if not file.parent.is_dir():
        raise PipelineError(f"{file} cannot be written: the folder {file.parent} is not there")


def write_all(engine: DuckDB, outputs: Mapping[Path, str]) -> None:
    """Write each query to its file; all of them are whole before the first one is renamed.

    Raises:
        PipelineError: they cannot be written; none is then.
    """
    try:
        with ExitStack() as files:
            written = {file: files.enter_context(written_whole(file)) for file in outputs}
            for file, sql in outputs.items():
                engine.copy(sql, written[file], _FORMATS[file.suffix.lower()])
    except (OSError, EngineWriteError) as error:
        cause = cause_of(error) if isinstance(error, OSError) else " ".join(str(error).split())
        raise PipelineError(f"{', '.join(map(str, outputs))} cannot be written: {cause}") from None
