"""A published file of many papers, made out of a smaller one: every row again under other ids.

What belongs here: copying a published file so that it holds several times its papers, records,
pages and persons. What does not: measuring (`cost_steps.py questions`), making up pages
(`papermart synth`).

    python benchmarks/many_papers.py WAREHOUSE TARGET TIMES

makes TARGET/warehouse.duckdb, of which `cost_steps.py questions` then asks the fifteen questions,
without a build of a million papers. Ids are hashed, so that copies lie between each other as the
ids of papers do; each copy's persons have names of their own. What is counted by topic, venue or
year stays as it is.
"""

import re
import sys
from pathlib import Path

from pipeline.contract.specs import TableSpec
from pipeline.contract.version_tables import VERSION_TABLES
from pipeline.models.catalogue import all_specs
from pipeline.models.views import published_views
from pipeline.storage.duckdb_engine import open_engine
from pipeline.storage.published_file import open_published
from pipeline.storage.version_file import write_file
from pipeline.storage.versions import published_tables

_FILE = "warehouse.duckdb"
_ID = re.compile(
    r"(.+_)?(known|paper|author|coauthor|record|dump|listing|mention|homonym)_id(_[lr])?"
)
_NAME = "author_name"


def main(warehouse: Path, target: Path, times: int) -> None:
    """Write the larger file; see the module."""
    target.mkdir(parents=True, exist_ok=True)
    specs = [*published_tables(all_specs()), *VERSION_TABLES]
    with open_published(warehouse / _FILE) as small:
        there = {name for (name,) in small.tuples("select table_name from duckdb_tables()")}
    with open_engine() as engine:
        engine.execute(f"attach '{warehouse / _FILE}' as small (read_only)")
        shown = [spec for spec in specs if spec.name in there]
        for spec in shown:
            engine.execute(f"create schema if not exists {spec.layer}")
            engine.execute(f"create view {spec.full_name} as {_copies(spec, times)}")
        write_file(engine, target / _FILE, shown, published_views(shown))


def _copies(spec: TableSpec, times: int) -> str:
    """Return a SELECT of a table's rows, as often as asked for where they bear ids."""
    names = [column.name for column in spec.columns]
    if not any(map(_ID.fullmatch, names)):
        return f"select {', '.join(names)} from small.main.{spec.name}"
    columns = ", ".join(f"{_in_copy(name)} as {name}" for name in names)
    return f"select {columns} from small.main.{spec.name} cross join range({times}) as copies (n)"


def _in_copy(column: str) -> str:
    """Return what a column has in copy `n`; the first copy is the table as it is."""
    if _ID.fullmatch(column):
        hashed = f"left({column}, 1) || lpad(to_hex(hash({column} || ' ' || n)), 16, '0')"
        return f"if(n = 0, {column}, {hashed})"
    return f"if(n = 0, {column}, {column} || ' ' || n)" if column == _NAME else column


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
