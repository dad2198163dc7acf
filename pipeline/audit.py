"""Checks of a table against its description, before the table replaces the old one.

What belongs here: turning a `TableSpec` into questions to DuckDB and their answers. What does
not: the rules themselves (they stand where the table is described) and what follows from a
failure (`warehouse.replace_table`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from pipeline.schema import ColumnSpec, TableSpec
from pipeline.warehouse import CheckResult, scalar

_MAX_ROWS = 20


@dataclass(frozen=True, slots=True)
class _Check:
    """A check as SQL: `fault` is the condition that holds of a row at fault."""

    name: str
    severity: str
    fault: str
    message: str


def audit(con: duckdb.DuckDBPyConnection, relation: str, spec: TableSpec) -> list[CheckResult]:
    """Check a relation against its description.

    Args:
        con: a connection that sees the relation, and every table that columns refer to.
        relation: what to select from, e.g. a view or `read_parquet('…')`.
        spec: the description; see `schema.TableSpec` for what can be asked.

    Returns:
        One result per check, the columns' names and types first. If those are wrong, nothing
        else is asked.
    """
    shape = _check_shape(con, relation, spec)
    if not shape.passed:
        return [shape]
    results = [_check_key(con, relation, spec), *_check_rows(con, relation, spec)]
    return [shape, *results]


def check_names(spec: TableSpec) -> list[tuple[str, str, str]]:
    """Return (name, severity, message) of every check of a table, in the order they run."""
    shape = ("columns", "error", "has the described columns, in order, with their types")
    key = ("unique_key", "error", _key_message(spec))
    return [shape, key, *((c.name, c.severity, c.message) for c in _row_checks(spec))]


def _check_shape(con: duckdb.DuckDBPyConnection, relation: str, spec: TableSpec) -> CheckResult:
    found = con.execute(f"describe select * from {relation}").fetchall()
    have = [(name, type_) for name, type_, *_ in found]
    want = [(c.name, c.type) for c in spec.columns]
    wrong = [f"has {n} {t}" for n, t in have if (n, t) not in want]
    wrong += [f"lacks {n} {t}" for n, t in want if (n, t) not in have]
    if not wrong and have != want:
        wrong = ["has its columns in another order than described"]
    message = "; ".join(wrong) or "columns are as described"
    return CheckResult("columns", not wrong, "error", len(wrong), message)


def _key_message(spec: TableSpec) -> str:
    return f"{', '.join(spec.key)} is not unique: the table has {spec.grain}"


def _check_key(con: duckdb.DuckDBPyConnection, relation: str, spec: TableSpec) -> CheckResult:
    key = ", ".join(spec.key)
    doubled = f"select {key}, count(*) as n from {relation} group by {key} having count(*) > 1"
    n_failed = scalar(con, f"select count(*) from ({doubled})")
    rows = _examples(con, doubled) if n_failed else ()
    return CheckResult("unique_key", not n_failed, "error", n_failed, _key_message(spec), rows)


def _check_rows(
    con: duckdb.DuckDBPyConnection, relation: str, spec: TableSpec
) -> Iterator[CheckResult]:
    """Count the rows at fault for all checks in one question; look closer where there are any."""
    checks = list(_row_checks(spec))
    counts = ", ".join(f"count(*) filter (where {check.fault})" for check in checks)
    found = con.execute(f"select {counts} from {relation}").fetchone() if checks else ()
    for check, n_failed in zip(checks, found or (), strict=True):
        faults = f"select * from {relation} where {check.fault}"
        rows = _examples(con, faults) if n_failed else ()
        yield CheckResult(check.name, not n_failed, check.severity, n_failed, check.message, rows)


def _examples(con: duckdb.DuckDBPyConnection, faults: str) -> tuple[dict[str, Any], ...]:
    cursor = con.execute(f"select * from ({faults}) limit {_MAX_ROWS}")
    names = [column[0] for column in cursor.description or ()]
    return tuple(dict(zip(names, row, strict=True)) for row in cursor.fetchall())


def _row_checks(spec: TableSpec) -> Iterator[_Check]:
    for column in spec.columns:
        yield from _column_checks(column, is_key=column.name in spec.key)
    for rule in spec.rules:
        fault = f"not coalesce(({rule.holds}), false)"
        yield _Check(rule.name, rule.severity, fault, rule.message)


def _column_checks(column: ColumnSpec, *, is_key: bool) -> Iterator[_Check]:
    name = column.name

    def check(kind: str, fault: str, message: str) -> _Check:
        return _Check(f"{name}_{kind}", "error", fault, message)

    if is_key or column.required:
        yield check("not_null", f"{name} is null", f"{name} is missing")
    if column.values:
        allowed = ", ".join(f"'{value}'" for value in column.values)
        yield check("values", f"{name} not in ({allowed})", f"{name} is none of {allowed}")
    if column.minimum is not None:
        message = f"{name} is below {column.minimum:g}"
        yield check("minimum", f"{name} < {column.minimum!r}", message)
    if column.maximum is not None:
        message = f"{name} is above {column.maximum:g}"
        yield check("maximum", f"{name} > {column.maximum!r}", message)
    if column.references:
        table, _, target = column.references.rpartition(".")
        # A NULL among the targets would make `not in` NULL, and every fault pass.
        known = f"select {target} from {table} where {target} is not null"
        condition = f"{name} is not null and {name} not in ({known})"
        yield check("exists", condition, f"{name} is not found in {table}")
