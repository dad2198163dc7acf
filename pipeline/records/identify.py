"""Whose the names are, on a table of records that somebody brings: `papermart identify`.

What belongs here: running the model of persons on such a table in an engine of its own, writing
what it says. What does not: reading the table (`mention_table`), files (`scratch`), deciding whose
a name is (`sql/people`), judging the result (`evaluate`).
"""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.inputs.record_files import column_names
from pipeline.models.catalogue import models_for
from pipeline.records.mention_table import AS_ARROW, COLUMNS, NEEDED, MentionReader
from pipeline.records.persons import MENTIONS, PERSONS, WORKS
from pipeline.records.scratch import MEMORY, check_target, make_there, show_records, write_all
from pipeline.storage.duckdb_engine import DuckDB, open_scratch_engine
from pipeline.storage.files import scratch_folder
from pipeline.transforms.person_levels import LEVELS

_GIVEN = {MENTIONS, WORKS}
_FOUND = f"""
    select paper_id as record_id, author_order, author_id, identity_level, identity_reason
    from {PERSONS}
    order by record_id, author_order nulls last
"""


@dataclass(frozen=True, slots=True)
class Identified:
    """What telling the people of a file apart gave.

    Attributes:
        n_records: its records.
        n_mentions: names in their lists.
        n_authors: people among them.
        n_on_level: names on each identity level, the surest first; levels without names, too.
        unread: columns of the file that are not looked at.
    """

    n_records: int
    n_mentions: int
    n_authors: int
    n_on_level: dict[str, int]
    unread: list[str]


def identify(records: Path, to: Path, spark_remote: str = "") -> Identified:
    """Tell whose the names in the records of a file are.

    Writes record_id, author_order (from 1), author_id, identity_level (`verified`, `probable`,
    `name_only`) and identity_reason, a row for each name, ordered by the first two.

    Args:
        records: Parquet, CSV or JSON lines with record_id, title and authors (a list, or text in
            any of the spellings of library tools), and whichever of year, venue, affiliations (or
            organization; a list, or text, see `affiliations`) and abstract there are.
        to: the file to write; its suffix (.parquet, .csv, .jsonl) says how.
        spark_remote: the server that makes the tables, `sc://host:port`; empty: they are made here.

    Raises:
        PipelineError: a file cannot be read or written, or a row of it is not as described;
            names file, row and column. Nothing is written then.
    """
    check_target(to, records)
    with identified(records, spark_remote) as engine:
        engine.execute("set preserve_insertion_order = true")
        write_all(engine, {to: _FOUND})
        by_level = f"select identity_level, count(*) from {PERSONS} group by identity_level"
        counts = dict(engine.tuples(by_level))
        return Identified(
            n_records=engine.scalar(f"select count(*) from {WORKS}"),
            n_mentions=engine.scalar(f"select count(*) from {PERSONS}"),
            n_authors=engine.scalar(f"select count(distinct author_id) from {PERSONS}"),
            n_on_level={level: counts.get(level, 0) for level in LEVELS},
            unread=[name for name in column_names(records) if name not in COLUMNS],
        )


@contextmanager
def identified(records: Path, spark_remote: str = "") -> Generator[DuckDB]:
    """Tell whose the names in the records of a file are, in an engine of its own.

    Yields:
        The engine, which sees people.mentions, people.works and people.persons.

    Raises:
        PipelineError: see `identify`.
    """
    models = models_for((PERSONS,), _GIVEN)
    with scratch_folder() as folder, open_scratch_engine(folder, MEMORY) as engine:
        show_records(
            engine,
            records,
            (models[MENTIONS].spec, models[WORKS].spec),
            lambda *rows: MentionReader(*rows).tables(),
            folder,
            COLUMNS,
            NEEDED,
            AS_ARROW,
        )
        given = (models[MENTIONS].spec, models[WORKS].spec)
        make_there(engine, models, (PERSONS,), given, folder, spark_remote)
        yield engine
