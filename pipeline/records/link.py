"""Linkage alone, on a table of records that somebody brings: `papermart link`.

What belongs here: running the linkage models on such a table in an engine of its own, writing what
they say. What does not: reading the table (`record_table`), files (`scratch`), the models
(`sql/linkage`), clustering (`transforms.clusters`), judging the result (`evaluate`).
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.contract.errors import PipelineError
from pipeline.contract.tables import RECORD_AUTHORS, RECORDS
from pipeline.inputs.record_files import column_names
from pipeline.models.catalogue import models_for
from pipeline.records.record_table import AS_ARROW, COLUMNS, NEEDED, RecordReader
from pipeline.records.scratch import MEMORY, check_target, make_there, show_records, write_all
from pipeline.storage.duckdb_engine import DuckDB, open_scratch_engine
from pipeline.storage.files import scratch_folder

CLUSTERS, MATCHES, CANDIDATES = "linkage.clusters", "linkage.matches", "linkage.candidate_pairs"
_OVERRIDES = "linkage.overrides"
# What linkage reads of a record; the linkage of a table that somebody brings has no corrections.
_GIVEN = {RECORDS.full_name, RECORD_AUTHORS.full_name, _OVERRIDES}


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


def link(records: Path, to: Path, matches: Path | None = None, spark_remote: str = "") -> Linked:
    """Link the records of a file and write record_id and cluster_id.

    Args:
        records: Parquet, CSV or JSON lines with record_id and title, and whichever of source,
            authors (a list, or text in any of the spellings of library tools),
            n_authors_total, authors_complete, abstract, year, venue, volume, issue, pages,
            arxiv_id and doi there are.
        to: the file to write; its suffix (.parquet, .csv, .jsonl) says how.
        matches: where to write the compared pairs that came near, too.
        spark_remote: the server that makes the tables, `sc://host:port`; empty: they are made here.

    Raises:
        PipelineError: a file cannot be read or written, or a row of it is not as described;
            names file, row and column. Nothing is written then.
    """
    for file in (to, matches):
        if file:
            check_target(file, records)
    if matches and matches.resolve() == to.resolve():
        raise PipelineError(f"{to}: name two files, one for clusters and one for pairs")
    with linked(records, spark_remote=spark_remote) as engine:
        clusters = f"select record_id, cluster_id from {CLUSTERS} order by record_id"
        pairs = f"select * from {MATCHES} order by record_id_l, record_id_r"
        write_all(engine, {to: clusters} | ({matches: pairs} if matches else {}))
        return Linked(
            n_records=engine.scalar(f"select count(*) from {CLUSTERS}"),
            n_clusters=engine.scalar(f"select count(distinct cluster_id) from {CLUSTERS}"),
            n_candidates=engine.scalar(f"select count(*) from {CANDIDATES}"),
            n_matches=engine.scalar(f"select count(*) from {MATCHES}"),
            unread=[name for name in column_names(records) if name not in COLUMNS],
        )


@contextmanager
def linked(
    records: Path,
    *targets: str,
    reference: Mapping[str, Path] | None = None,
    spark_remote: str = "",
) -> Generator[DuckDB]:
    """Link the records of a file in an engine of its own.

    Args:
        records: see `link`.
        targets: full names of the tables to make; clusters, matches and candidates by default.
        reference: CSV files to take for some reference tables, by full name: other weights.
        spark_remote: see `link`.

    Yields:
        The engine, which sees the tables.

    Raises:
        PipelineError: see `link`.
    """
    wanted = targets or (CLUSTERS, MATCHES, CANDIDATES)
    with scratch_folder() as folder, open_scratch_engine(folder, MEMORY) as engine:
        models = {
            name: replace(model, csv_file=(reference or {}).get(name, model.csv_file))
            for name, model in models_for((*wanted, _OVERRIDES), _GIVEN).items()
        }
        show_records(
            engine,
            records,
            (RECORDS, RECORD_AUTHORS),
            lambda *rows: RecordReader(*rows).tables(),
            folder,
            COLUMNS,
            NEEDED,
            AS_ARROW,
        )
        given = (RECORDS, RECORD_AUTHORS, models[_OVERRIDES].spec)
        engine.show(given[-1], [])
        make_there(engine, models, wanted, given, folder, spark_remote)
        yield engine
