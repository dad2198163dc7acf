"""Whether two warehouses hold the same rows, table by table.

    python benchmarks/compare.py LEFT RIGHT [--but TABLE.COLUMN ...]

LEFT and RIGHT are warehouse folders. Each table's rows are compared as sets with multiplicity
(EXCEPT ALL, both ways) in the columns that both have. Prints what differs; exit status 1 if
anything does. Columns that say how a row came about (`is_bookkeeping`) are left out, and so are
those named.
"""

import sys
from collections.abc import Collection, Iterator
from pathlib import Path

from rich.console import Console

from pipeline.models.catalogue import all_specs
from pipeline.storage.duckdb_engine import DuckDB, open_engine
from pipeline.storage.sql_text import quote


def relation(root: Path, name: str) -> str:
    """Return what a table of a warehouse is read from, as SQL."""
    return f"read_parquet({quote(root / 'tables' / name.replace('.', '/') / '*.parquet')})"


def tables(root: Path) -> set[str]:
    """Return the full names of the tables below a warehouse folder."""
    return {
        f"{folder.parent.name}.{folder.name}"
        for folder in (root / "tables").glob("*/*")
        if any(folder.glob("*.parquet"))
    }


def differences(
    engine: DuckDB, left: Path, right: Path, name: str, leave_out: Collection[str]
) -> Iterator[str]:
    """Yield what differs in one table.

    Args:
        engine: where to ask.
        left: the one warehouse.
        right: the other.
        name: full name of the table.
        leave_out: columns that may differ.
    """
    relations = [relation(root, name) for root in (left, right)]
    shapes = [dict(engine.shape(relation)) for relation in relations]
    spec = all_specs().get(name)
    kept_out = {*leave_out, *(c.name for c in (spec.columns if spec else ()) if c.is_bookkeeping)}
    shared = [c for c in shapes[0] if c in shapes[1] and c not in kept_out]
    for one, other, side in ((0, 1, "only left"), (1, 0, "only right")):
        missing = sorted(shapes[one].keys() - shapes[other].keys() - kept_out)
        if missing:
            yield f"{name}: columns {side}: {', '.join(missing)}"
        columns = ", ".join(shared)
        sql = (
            f"select count(*) from (select {columns} from {relations[one]}"
            f" except all select {columns} from {relations[other]})"
        )
        if n_rows := engine.scalar(sql):
            yield f"{name}: {n_rows} rows {side}"


def main(left: Path, right: Path, leave_out: Collection[str]) -> int:
    """Compare all tables."""
    console = Console(width=140)
    known = [tables(left), tables(right)]
    found = [f"{name}: only left" for name in sorted(known[0] - known[1])]
    found += [f"{name}: only right" for name in sorted(known[1] - known[0])]
    n_rows = 0
    with open_engine() as engine:
        for name in sorted(known[0] & known[1]):
            columns = {c.removeprefix(f"{name}.") for c in leave_out if c.startswith(f"{name}.")}
            found += differences(engine, left, right, name, columns)
            n_rows += engine.scalar(f"select count(*) from {relation(left, name)}")
    console.print("\n".join(found) or "the same rows in every table", markup=False)
    console.print(f"{len(known[0] & known[1])} tables, {n_rows} rows compared both ways")
    return 1 if found else 0


if __name__ == "__main__":
    arguments = [argument for argument in sys.argv[1:] if argument != "--but"]
    if len(arguments) < 2:
        sys.exit(__doc__)
    sys.exit(main(Path(arguments[0]), Path(arguments[1]), arguments[2:]))
