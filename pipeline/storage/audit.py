"""Checks of a table against its description, before the table replaces the old one.

What belongs here: turning a `TableSpec` into questions to an engine and their answers. What does
not: what must hold (it stands where the table is described) and what follows from a failure
(`warehouse.replace_table`).
"""

import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pipeline.contract.checks import CheckResult
from pipeline.contract.errors import PipelineError, memory_advice
from pipeline.contract.ids import fingerprint
from pipeline.contract.specs import CheckSpec, ColumnSpec, TableSpec
from pipeline.storage.engine import Engine, EngineError, EngineMemoryError

_MAX_ROWS = 20
# DuckDB takes `(from marts.papers)` and `(table marts.papers)`, too.
_ASKS_A_TABLE = re.compile(r"\b(?:select|from|table)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _RowCheck:
    """A check of single rows: `fault` is the condition that holds of a row at fault."""

    name: str
    severity: str
    fault: str
    description: str


@dataclass(frozen=True, slots=True)
class Came:
    """Rows that came to others, which were checked when they came.

    Attributes:
        relation: under which name an engine sees these rows; the table holds them, too.
        passed: names of the checks, as they are now, that found nothing wrong with the others.
        have_own_keys: none of the others can have the key of one of these.
    """

    relation: str
    passed: frozenset[str]
    have_own_keys: bool


def audit(engine: Engine, spec: TableSpec, came: Came | None = None) -> list[CheckResult]:
    """Check a table against its description.

    Args:
        engine: sees the table under its full name, every table that its columns and checks refer
            to, and the last published version (`DuckDB.last_version`) where a check asks for it.
        spec: the description; see `contract.specs` for what can be asked.
        came: the only rows that may be at fault where a check looks at nothing but single rows;
            all of them by default.

    Returns:
        One result per check, the columns' names and types first. If those are wrong, nothing
        else is asked.

    Raises:
        PipelineError: a check cannot be asked, or takes more memory than the engine may.
    """
    try:
        return _audit(engine, spec, came)
    except EngineMemoryError as error:
        # No `MemoryShortError`: another way to make the table makes its checks no smaller.
        asking = f"asking the checks of {spec.full_name}"
        raise PipelineError(memory_advice(asking, str(error), error.more)) from None


def _audit(engine: Engine, spec: TableSpec, came: Came | None) -> list[CheckResult]:
    shape = _check_shape(engine, spec)
    if not shape.passed:
        return [shape]
    tables = (_check_select(engine, spec, check) for check in spec.checks if check.fails)
    return [shape, _check_key(engine, spec, came), *_check_rows(engine, spec, came), *tables]


def checks_version(spec: TableSpec) -> str:
    """Return a fingerprint of all that an audit asks; words do not count."""
    asked = [(c.name, c.severity, c.fault) for c in _row_checks(spec)]
    selects = [(c.name, c.severity, c.fails) for c in spec.checks if c.fails]
    return fingerprint(spec.shape, spec.key, asked, selects)


def check_names(spec: TableSpec) -> list[tuple[str, str, str]]:
    """Return (name, severity, what must hold) of every check of a table, in the order they run."""
    shape = ("columns", "error", _SHAPE)
    key = ("unique_key", "error", _key_description(spec))
    rows = ((c.name, c.severity, c.description) for c in _row_checks(spec))
    selects = ((c.name, c.severity, c.description) for c in spec.checks if c.fails)
    return [shape, key, *rows, *selects]


_SHAPE = "the table has the described columns, in order, with their types"


def _check_shape(engine: Engine, spec: TableSpec) -> CheckResult:
    have, want = engine.shape(spec.full_name), list(spec.shape)
    wrong = [f"has {name} {type_}" for name, type_ in have if (name, type_) not in want]
    wrong += [f"lacks {name} {type_}" for name, type_ in want if (name, type_) not in have]
    if not wrong and have != want:
        wrong = ["has its columns in another order than described"]
    rows: tuple[dict[str, Any], ...] = tuple({"fault": fault} for fault in wrong)
    return CheckResult("columns", not wrong, "error", len(wrong), _SHAPE, rows)


def _key_description(spec: TableSpec) -> str:
    return f"{', '.join(spec.key)} is unique: the table has {spec.grain}"


def _check_key(engine: Engine, spec: TableSpec, came: Came | None) -> CheckResult:
    key = ", ".join(spec.key)
    is_told = came and came.have_own_keys and "unique_key" in came.passed
    table = came.relation if came and is_told else spec.full_name
    doubled = f"select {key}, count(*) as n from {table} group by {key} having count(*) > 1"
    return _result(engine, "unique_key", "error", doubled, _key_description(spec))


def _check_select(engine: Engine, spec: TableSpec, check: CheckSpec) -> CheckResult:
    faults = (check.fails or "").strip().rstrip(";")
    with _naming(spec, check.name):
        return _result(engine, check.name, check.severity, faults, check.description)


def _result(engine: Engine, name: str, severity: str, faults: str, description: str) -> CheckResult:
    """Return the result of a check whose faults are the rows of a SELECT."""
    n_failed = engine.rows(f"select count(*) as n from ({faults}\n) as faults")[0]["n"]
    rows = _examples(engine, faults) if n_failed else ()
    return CheckResult(name, not n_failed, severity, n_failed, description, rows)


def _check_rows(engine: Engine, spec: TableSpec, came: Came | None) -> Iterator[CheckResult]:
    """Count the rows at fault for all checks in one question; look closer where there are any."""
    checks = list(_row_checks(spec))
    places = {check.name: _place(spec, check, came) for check in checks}
    n_failed: dict[str, int] = {}
    for place in sorted(set(places.values())):
        asked = [check for check in checks if places[check.name] == place]
        n_failed |= _counts(engine, spec, place, asked)
    for check in checks:
        n_faults, faults = n_failed[check.name], f"select * from {places[check.name]}"
        rows = _examples(engine, f"{faults} where {check.fault}") if n_faults else ()
        passed = not n_faults
        yield CheckResult(check.name, passed, check.severity, n_faults, check.description, rows)


def _place(spec: TableSpec, check: _RowCheck, came: Came | None) -> str:
    """Return where rows at fault may stand: a check that asks a table may fail of any row."""
    is_told = came and check.name in came.passed and not _ASKS_A_TABLE.search(check.fault)
    return came.relation if came and is_told else spec.full_name


def _counts(
    engine: Engine, spec: TableSpec, place: str, checks: Sequence[_RowCheck]
) -> dict[str, int]:
    """Return how many rows of a relation each check finds at fault."""
    # Not every engine asks a table within an aggregate: such a check counts for itself.
    counts = ", ".join(
        f"(select count(*) from {place} where {check.fault}) as n{n}"
        if _ASKS_A_TABLE.search(check.fault)
        else f"count(*) filter (where {check.fault}) as n{n}"
        for n, check in enumerate(checks)
    )
    try:
        found = engine.rows(f"select {counts} from {place}")[0].values()
    except EngineMemoryError:
        # What they look up is held for all of them: one after the other takes less.
        if len(checks) == 1:
            raise
        return {c.name: n for c in checks for n in _counts(engine, spec, place, [c]).values()}
    except EngineError:
        for check in checks:
            with _naming(spec, check.name):
                engine.rows(f"select count(*) as n from {place} where {check.fault}")
        raise
    return dict(zip([check.name for check in checks], found, strict=True))


@contextmanager
def _naming(spec: TableSpec, check: str) -> Generator[None]:
    """Name the check in what an engine says of it."""
    try:
        yield
    except EngineMemoryError:
        raise
    except EngineError as error:
        raise PipelineError(
            f"the check {check} of {spec.full_name} cannot be asked: {error}"
        ) from None


def _examples(engine: Engine, faults: str) -> tuple[dict[str, Any], ...]:
    return tuple(engine.rows(f"select * from ({faults}\n) as faults limit {_MAX_ROWS}"))


def _row_checks(spec: TableSpec) -> Iterator[_RowCheck]:
    for column in spec.columns:
        yield from _column_checks(column, is_key=column.name in spec.key)
    for check in spec.checks:
        if check.holds:
            fault = f"not coalesce(({check.holds}\n), false)"
            yield _RowCheck(check.name, check.severity, fault, check.description)


def _column_checks(column: ColumnSpec, *, is_key: bool) -> Iterator[_RowCheck]:
    name = column.name

    def check(kind: str, fault: str, description: str) -> _RowCheck:
        return _RowCheck(f"{name}_{kind}", "error", fault, description)

    if is_key or column.required:
        yield check("not_null", f"{name} is null", f"{name} is known")
    if column.values:
        allowed = ", ".join(f"'{value}'" for value in column.values)
        yield check("values", f"{name} not in ({allowed})", f"{name} is one of {allowed}")
    if column.minimum is not None:
        least = f"{name} is at least {column.minimum:g}"
        yield check("minimum", f"{name} < {column.minimum!r}", least)
    if column.maximum is not None:
        most = f"{name} is at most {column.maximum:g}"
        yield check("maximum", f"{name} > {column.maximum!r}", most)
    if column.references:
        table, _, target = column.references.rpartition(".")
        # A NULL among the targets would make `not in` NULL, and every fault pass.
        known = f"select {target} from {table} where {target} is not null"
        condition = f"{name} is not null and {name} not in ({known})"
        yield check("exists", condition, f"{name} is found in {table}")
