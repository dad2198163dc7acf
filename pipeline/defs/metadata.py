"""What Dagster shows of a table once it is built: its rows, why it was built, what checks found.

What belongs here: translating stamps and check results into Dagster's words. What does not: what is
known before (`describing`).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import dagster as dg

from pipeline.builds.tables import engine_for
from pipeline.contract.checks import CheckResult
from pipeline.contract.errors import PipelineError
from pipeline.contract.ids import fingerprint
from pipeline.contract.specs import TableSpec
from pipeline.defs.describing import COLUMN_VALUES, asset_key, check_specs, column_schema
from pipeline.models.catalogue import all_specs, load_models
from pipeline.storage.audit import audit
from pipeline.storage.engine import EngineError
from pipeline.storage.stamps import Origin, Stamp, changes
from pipeline.storage.warehouse import Warehouse

# Of fingerprints that are only compared for being others.
_SHOWN = 8
_MADE_FROM, _WHY = "made_from", "why_rebuilt"
_NO_CHANGE = "asked for, or its checks were asked again; nothing it is made from has changed"
_FIRST = "nothing was recorded of it before"
# Cells of what checks show that are longer say little more.
_MOST_CELL = 300
# What people ask first of a page: these columns stand before the others.
_FIRST_COLUMNS = ("path", "reason", "advice", "title", "status", "source", "message", "text")
_WORD = re.compile(r"\w+")


def stamp_id(stamp: Stamp) -> str:
    """Return what tells a table as it is now from all others, its checks included."""
    return fingerprint(stamp.content, stamp.built_at, stamp.asked)


def row_metadata(
    warehouse: Warehouse,
    spec: TableSpec,
    stamp: Stamp,
    before: Mapping[str, Any] | None,
    why: Sequence[str] = (),
) -> dict[str, Any]:
    """Return what is known of a table once it is built.

    Args:
        warehouse: where it lies.
        spec: its description.
        stamp: its stamp.
        before: metadata of the event before, as plain values; None: there is none.
        why: why it was built, where that is known; else it follows from `before`.
    """
    made_from = _made_from(stamp.origin)
    return {
        "dagster/row_count": stamp.n_rows,
        _WHY: "; ".join(why or _why(before, made_from)),
        "built_at": f"{stamp.built_at} UTC",
        "dagster/column_schema": column_schema(spec),
        "path": dg.MetadataValue.path(str(warehouse.table_dir(spec.full_name).resolve())),
        "content": stamp.content,
        "stamp": stamp_id(stamp),
        _MADE_FROM: dg.MetadataValue.json(asdict(made_from)),
    }


def _made_from(origin: Origin) -> Origin:
    parts = ({k: str(v)[:_SHOWN] for k, v in part.items()} for part in origin.parts())
    code, _, _ = parts
    return Origin(code, dict(origin.libraries), dict(origin.inputs))


def _why(before: Mapping[str, Any] | None, now: Origin) -> list[str]:
    """Return in words what has changed since the event before, as its metadata tells."""
    if before is None:
        return [_FIRST]
    try:
        return changes(Origin(**before[_MADE_FROM]), now) or [_NO_CHANGE]
    except (KeyError, TypeError):
        return [_FIRST]  # another version of papermart recorded it


# ---------------------------------------------------------------- checks


def check_results(spec: TableSpec, checks: Iterable[CheckResult]) -> Iterator[dg.AssetCheckResult]:
    """Yield a table's check results as Dagster records them."""
    listed = {check.name for check in check_specs(spec)}
    columns = []
    for check in checks:
        if check.name in listed:
            yield _result(spec, check.name, check.passed, check.severity, [check])
        else:
            columns.append(check)
    if columns:
        failed = [check for check in columns if not check.passed]
        yield _result(spec, COLUMN_VALUES, not failed, "error", failed or columns)


def _result(
    spec: TableSpec, name: str, passed: bool, severity: str, checks: Sequence[CheckResult]
) -> dg.AssetCheckResult:
    failed = [check for check in checks if not check.passed]
    metadata: dict[str, Any] = {}
    for check in failed:
        if check.rows:
            n, n_shown = check.n_failed, len(check.rows)
            number = f"{n} rows" if n == n_shown else f"{n_shown} of {n} rows"
            shown = _columns_shown(spec, check)
            rows = [{name: row[name] for name in shown if name in row} for row in check.rows]
            metadata[f"{number} at fault: {check.name}"] = rows_table(rows)
    metadata["n_failed"] = sum(check.n_failed for check in failed)
    return dg.AssetCheckResult(
        asset_key=asset_key(spec.full_name),
        check_name=name,
        passed=passed,
        severity=dg.AssetCheckSeverity.ERROR if severity == "error" else dg.AssetCheckSeverity.WARN,
        description="; ".join(f"not so: {check.description}" for check in failed) or None,
        metadata=metadata,
    )


def _columns_shown(spec: TableSpec, check: CheckResult) -> list[str]:
    """Return the columns that say which rows are at fault and why; all of what a SELECT returns.

    Rows of the table itself have all its columns, more than a page is wide.
    """
    own = [column.name for column in spec.columns]
    have = list(check.rows[0])
    if have != own:
        return have
    condition = next((c.holds for c in spec.checks if c.name == check.name), None)
    asked = {*_WORD.findall(condition or check.name)}
    if not condition:  # of one column, under its name
        asked |= {name for name in own if check.name.startswith(f"{name}_")}
    return [n for n in own if n in asked or n in spec.key or n in _FIRST_COLUMNS]


def rows_table(rows: Sequence[Mapping[str, Any]]) -> dg.TableMetadataValue:
    """Return rows as a table that Dagster shows; columns without a value are left out."""
    found = dict.fromkeys(name for row in rows for name in row)
    names = sorted(found, key=lambda n: _FIRST_COLUMNS.index(n) if n in _FIRST_COLUMNS else 99)
    filled = [name for name in names if any(row.get(name) is not None for row in rows)]
    return dg.MetadataValue.table(
        records=[dg.TableRecord({n: _cell(row.get(n)) for n in filled}) for row in rows],
        schema=dg.TableSchema([dg.TableColumn(name, "string") for name in filled]),
    )


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = "; ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    return text if len(text) <= _MOST_CELL else f"{text[:_MOST_CELL]}…"


def stamped_checks(warehouse: Warehouse, spec: TableSpec, stamp: Stamp) -> list[CheckResult]:
    """Return what the checks of a table found of the rows it has now; of those that failed, rows.

    A stamp keeps no rows, so they are looked up again: of few tables, for few fail a check.
    """
    kept = [CheckResult(**check) for check in stamp.checks]
    if all(check.passed for check in kept):
        return kept
    try:
        rows = {check.name: check.rows for check in _asked_again(warehouse, spec)}
    except (PipelineError, EngineError):
        return kept  # damaged; that is told elsewhere, and by whom it is made anew
    return [replace(check, rows=rows.get(check.name, ())) for check in kept]


def _asked_again(warehouse: Warehouse, spec: TableSpec) -> list[CheckResult]:
    if model := load_models().get(spec.full_name):
        with engine_for(warehouse, model) as engine:
            return audit(engine, spec)
    specs = all_specs()
    with warehouse.engine([specs[name] for name in {spec.full_name, *spec.looked_up}]) as engine:
        return audit(engine, spec)
