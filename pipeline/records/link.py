"""Linkage alone, on a table of records that somebody brings: `papermart link`.

What belongs here: running the linkage models on such a table in an engine of its own, writing what
they say. What does not: reading the table (`record_table`), the models (`sql/linkage`), clustering
(`transforms.clusters`), judging the result (`evaluate`).
"""

from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.contract.arrow import schema_of, table_of_columns
from pipeline.contract.errors import PipelineError, cause_of
from pipeline.contract.tables import RECORD_AUTHORS, RECORDS
from pipeline.inputs.record_files import column_names, read_batches
from pipeline.models.catalogue import all_specs, models_for
from pipeline.models.runner import make_tables
from pipeline.records.record_table import AS_ARROW, COLUMNS, NEEDED, RecordReader
from pipeline.storage.duckdb_engine import DuckDB, open_scratch_engine
from pipeline.storage.engine import EngineWriteError
from pipeline.storage.files import scratch_folder, written_whole
from pipeline.storage.parquet import COPY_OPTIONS, scratch_writer
from pipeline.storage.versions import published_tables

CLUSTERS, MATCHES, CANDIDATES = "linkage.clusters", "linkage.matches", "linkage.candidate_pairs"
_OVERRIDES = "linkage.overrides"
# What linkage reads of a record; the linkage of a table that somebody brings has no corrections.
_GIVEN = {RECORDS.full_name, RECORD_AUTHORS.full_name, _OVERRIDES}
# What one run may hold in memory beside the rows that are being read. Tables lie on disk.
_MEMORY = "1200MB"
_REPEATING = ("source", "venue")
_FORMATS = {".parquet": COPY_OPTIONS, ".csv": "format csv, header", ".jsonl": "format json"}


@dataclass(frozen=True, slots=True)
class Linked:
    """What linking a file gave.

    Attributes:
        n_records: its records.
        n_clusters: papers among them.
        n_candidates: pairs that were compared.
        n_matches: pairs that came near.
        unread: columns of the file that linking does not know.
    """

    n_records: int
    n_clusters: int
    n_candidates: int
    n_matches: int
    unread: list[str]


def link(records: Path, to: Path, matches: Path | None = None) -> Linked:
    """Link the records of a file and write record_id and cluster_id.

    Args:
        records: Parquet, CSV or JSON lines with record_id and title, and whichever of source,
            authors (a list, or text in any of the spellings of library tools),
            n_authors_total, authors_complete, abstract, year, venue, volume, issue, pages,
            arxiv_id and doi there are.
        to: the file to write; its suffix (.parquet, .csv, .jsonl) says how.
        matches: where to write the compared pairs that came near, too.

    Raises:
        PipelineError: a file cannot be read or written, or a row of it is not as described;
            names file, row and column. Nothing is written then.
    """
    for file in (to, matches):
        if file:
            _check_target(file, records)
    if matches and matches.resolve() == to.resolve():
        raise PipelineError(f"{to}: name two files, one for clusters and one for pairs")
    with linked(records) as engine:
        clusters = f"select record_id, cluster_id from {CLUSTERS} order by record_id"
        pairs = f"select * from {MATCHES} order by record_id_l, record_id_r"
        _write_all(engine, {to: clusters} | ({matches: pairs} if matches else {}))
        return Linked(
            n_records=engine.scalar(f"select count(*) from {CLUSTERS}"),
            n_clusters=engine.scalar(f"select count(distinct cluster_id) from {CLUSTERS}"),
            n_candidates=engine.scalar(f"select count(*) from {CANDIDATES}"),
            n_matches=engine.scalar(f"select count(*) from {MATCHES}"),
            unread=[name for name in column_names(records) if name not in COLUMNS],
        )


@contextmanager
def linked(
    records: Path, *targets: str, reference: Mapping[str, Path] | None = None
) -> Generator[DuckDB]:
    """Link the records of a file in an engine of its own.

    Args:
        records: see `link`.
        targets: full names of the tables to make; clusters, matches and candidates by default.
        reference: CSV files to take for some reference tables, by full name: other weights.

    Yields:
        The engine, which sees the tables.

    Raises:
        PipelineError: see `link`.
    """
    wanted = targets or (CLUSTERS, MATCHES, CANDIDATES)
    with scratch_folder() as folder, open_scratch_engine(folder, _MEMORY) as engine:
        models = {
            name: replace(model, csv_file=(reference or {}).get(name, model.csv_file))
            for name, model in models_for((*wanted, _OVERRIDES), _GIVEN).items()
        }
        _load(engine, records, folder)
        engine.show(models[_OVERRIDES].spec, [])
        now = datetime.now(UTC).replace(tzinfo=None)
        compares = any(model.compares_versions for model in models.values())
        # There is no version before this one for a check to look at.
        published = published_tables(all_specs()) if compares else ()
        with engine.last_version(None, published):
            make_tables(engine, models, wanted, _GIVEN, folder, now)
        yield engine


# ---------------------------------------------------------------- reading records


def _load(engine: DuckDB, file: Path, folder: Path) -> None:
    """Show the engine the records of a file as the tables that the models read."""
    seen: set[str] = set()
    places = {spec: folder / f"{spec.full_name}.parquet" for spec in (RECORDS, RECORD_AUTHORS)}
    with ExitStack() as files:
        writers = {
            spec: files.enter_context(scratch_writer(place, schema_of(spec), _REPEATING))
            for spec, place in places.items()
        }
        for batch in read_batches(file, COLUMNS, NEEDED, as_arrow=AS_ARROW):
            read = RecordReader(file, batch, seen).tables()
            for (spec, writer), columns in zip(writers.items(), read, strict=True):
                writer.write_table(table_of_columns(spec, columns, _n_rows(columns)))
    if not seen:
        raise PipelineError(f"{file} holds no records")
    for spec, place in places.items():
        engine.show(spec, [place])


def _n_rows(columns: Mapping[str, Sequence[Any]]) -> int:
    return len(next(iter(columns.values())))


# ---------------------------------------------------------------- writing


def _check_target(file: Path, records: Path) -> None:
    if file.resolve() == records.resolve():
        raise PipelineError(f"{file}: is the table itself; name another file to write")
    if file.suffix.lower() not in _FORMATS:
        raise PipelineError(f"{file}: name a file that ends in {', '.join(_FORMATS)}")
    if not file.parent.is_dir():
        raise PipelineError(f"{file} cannot be written: the folder {file.parent} is not there")


def _write_all(engine: DuckDB, outputs: Mapping[Path, str]) -> None:
    """Write each query to its file; all of them are whole before the first one is renamed."""
    try:
        with ExitStack() as files:
            written = {file: files.enter_context(written_whole(file)) for file in outputs}
            for file, sql in outputs.items():
                engine.copy(sql, written[file], _FORMATS[file.suffix.lower()])
    except (OSError, EngineWriteError) as error:
        cause = cause_of(error) if isinstance(error, OSError) else " ".join(str(error).split())
        raise PipelineError(f"{', '.join(map(str, outputs))} cannot be written: {cause}") from None
