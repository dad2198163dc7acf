"""Whether two warehouses hold the same: every table by EXCEPT ALL both ways, and one build's files.

What belongs here: what the tests of kills and of damage ask of a warehouse afterwards.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
from helpers import VERSION_TABLES

from pipeline.models.catalogue import all_specs
from pipeline.storage.sql_text import quote

# What says when and where rows were written, not what is known.
_BOOKKEEPING = {"segment"}


def differences(root: Path, other: Path, *, published: bool = True) -> list[str]:
    """Name the tables that two warehouses do not share row by row, times of bookkeeping aside.

    Args:
        root: a warehouse.
        other: another one.
        published: compare the published files as well.
    """
    with duckdb.connect() as con:
        found = list(_differing_files(con, root, other))
        if published:
            found += _differing_published(con, root, other)
    return found


def _differing_files(con: duckdb.DuckDBPyConnection, root: Path, other: Path) -> Iterator[str]:
    names = {f"{p.parent.name}.{p.name}" for r in (root, other) for p in r.glob("tables/*/*")}
    for name in sorted(names & {*all_specs()}):
        sides = [_files(folder, name) for folder in (root, other)]
        if not all(sides):
            yield f"{name}: no files"
            continue
        one, two = (f"read_parquet([{', '.join(map(quote, files))}])" for files in sides)
        yield from _compared(con, name, one, two)


def _files(root: Path, name: str) -> list[Path]:
    folder = root / "tables" / name.replace(".", "/")
    wanted = name.rpartition(".")[2]
    found = sorted(folder.glob("*.parquet"))
    return [f for f in found if f.stem == wanted or (len(f.stem) == 20 and _is_hex(f.stem))]


def _is_hex(text: str) -> bool:
    return all(sign in "0123456789abcdef" for sign in text)


def _compared(con: duckdb.DuckDBPyConnection, name: str, one: str, two: str) -> Iterator[str]:
    columns = [
        (column, type_)
        for column, type_, *_ in con.execute(f"describe select * from {one}").fetchall()
        if column not in _BOOKKEEPING and not column.endswith("_at")
    ]
    shown = ", ".join(column for column, _ in columns)
    for first, second in ((one, two), (two, one)):
        query = f"select {shown} from {first} except all select {shown} from {second}"
        if rows := con.execute(f"{query} limit 1").fetchall():
            yield f"{name}: {str(rows[0])[:200]}"
            return


def _differing_published(con: duckdb.DuckDBPyConnection, root: Path, other: Path) -> Iterator[str]:
    for alias, folder in (("one", root), ("two", other)):
        con.execute(f"attach {quote(folder / 'warehouse.duckdb')} as {alias} (read_only)")
    listed = "select table_name from duckdb_tables() where database_name = ? order by 1"
    names = [[name for (name,) in con.execute(listed, [a]).fetchall()] for a in ("one", "two")]
    if names[0] != names[1]:
        yield f"published: {sorted({*names[0]} ^ {*names[1]})}"
    for name in {*names[0]} & {*names[1]} - {*VERSION_TABLES}:
        yield from _compared(con, name, f"one.main.{name}", f"two.main.{name}")


def faults_of_version(file: Path) -> list[str]:
    """Say what is wrong with a published file: its own counts, joins that are torn, its name."""
    with duckdb.connect(str(file), read_only=True) as con:
        tables = {
            name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()
        }
        info = con.execute("select build_id, row_counts from build_info").fetchall()
        if len(info) != 1:
            return [f"build_info has {len(info)} rows"]
        (build_id, row_counts) = info[0]
        found = [] if build_id == file.resolve().stem else [f"is {build_id} by its own words"]
        counts = json.loads(row_counts)
        specs = {spec.name: full_name for full_name, spec in all_specs().items()}
        specs |= {"matches": "linkage.matches", "dumps": "raw.dumps", "issues": "staging.issues"}
        specs["overrides"] = "marts.overrides"
        for name in sorted(tables - {*VERSION_TABLES}):
            (n_rows,) = con.execute(f"select count(*) from {name}").fetchone() or (None,)
            if counts.get(specs[name]) != n_rows:
                found.append(f"{name} has {n_rows} rows, not {counts.get(specs[name])}")
        return found + [what for what, sql in _TORN.items() if con.execute(sql).fetchall()]


_TORN = {
    "authorships of no paper": "from authorships anti join papers using (paper_id)",
    "papers without authorships": """from papers anti join authorships using (paper_id)
        where n_authors > 0""",
    "records of no paper": "from paper_records anti join papers using (paper_id)",
    "papers without records": "from papers anti join paper_records using (paper_id)",
    "records of no dump": "from paper_records anti join dumps using (dump_id)",
    "records of dumps are not those of papers": """
        select 1 where (select sum(n_records) from dumps) < (select count(*) from paper_records)""",
    "dumps without records": """from (from dumps where n_records > 0)
        anti join paper_records using (dump_id)""",
}


def leftovers(root: Path) -> list[str]:
    """Name the files that only an unfinished build leaves in a warehouse."""
    found = [file for file in root.rglob(".papermart-*") if not _is_foreign(file)]
    ids = {file.stem for file in root.glob("versions/*.duckdb")}
    found += [file for file in root.glob("versions/*.wal") if not _is_foreign(file)]
    found += [file for file in root.glob(".marks/*.json") if file.name.partition(".")[0] not in ids]
    if (root / "tables/raw/dumps/dumps.parquet").exists():
        with duckdb.connect() as con:
            glob = quote(root / "tables/raw/dumps/dumps.parquet")
            asked = f"select distinct segment from read_parquet({glob}) where segment is not null"
            named = {name for (name,) in con.execute(asked).fetchall()}
        segments = root.glob("tables/staging/*/*.parquet")
        found += [f for f in segments if _is_hex(f.stem) and f.stem not in named]
    return sorted(str(file.relative_to(root)) for file in found)


def _is_foreign(file: Path) -> bool:
    return "mine" in file.name
