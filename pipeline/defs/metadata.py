"""What Dagster shows of a table: its columns, rows, checks.

What belongs here: translating table descriptions and check results into Dagster's words.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import dagster as dg

from pipeline.contract.checks import CheckResult
from pipeline.contract.ids import fingerprint
from pipeline.contract.specs import TableSpec
from pipeline.storage.audit import check_names
from pipeline.storage.stamps import Stamp
from pipeline.storage.warehouse import Warehouse

# All checks of single columns are one check in Dagster: each event costs 47 ms there.
_STRUCTURE = ("columns", "unique_key")
_COLUMN_VALUES = "column_values"


def asset_key(full_name: str) -> dg.AssetKey:
    """Return the asset key of `layer.table`."""
    return dg.AssetKey(full_name.split("."))


def column_schema(spec: TableSpec) -> dg.TableSchema:
    """Return the columns of a table with types and descriptions."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=column.name,
                type=column.type,
                description=column.description,
                constraints=dg.TableColumnConstraints(
                    nullable=not (column.required or column.name in spec.key),
                    unique=spec.key == (column.name,),
                ),
            )
            for column in spec.columns
        ]
    )


def definition_metadata(spec: TableSpec) -> dict[str, Any]:
    """Return what is known of a table before it is built."""
    return {"dagster/column_schema": column_schema(spec), "grain": spec.grain}


def stamp_id(stamp: Stamp) -> str:
    """Return what tells a table as it is now from all others, its checks included."""
    return fingerprint(stamp.content, stamp.built_at, stamp.asked)


def row_metadata(warehouse: Warehouse, spec: TableSpec, stamp: Stamp) -> dict[str, Any]:
    """Return what is known of a table once it is built."""
    return {
        "dagster/row_count": stamp.n_rows,
        "dagster/column_schema": column_schema(spec),
        "content": stamp.content,
        "built_at": stamp.built_at,
        "stamp": stamp_id(stamp),
        "path": dg.MetadataValue.path(str(warehouse.table_dir(spec.full_name))),
    }


def check_specs(spec: TableSpec) -> list[dg.AssetCheckSpec]:
    """Return the checks of a table as Dagster lists them: structure, column values, rules."""
    key = asset_key(spec.full_name)
    own = {check.name for check in spec.checks}
    specs = [
        dg.AssetCheckSpec(name, asset=key, description=words, blocking=severity == "error")
        for name, severity, words in check_names(spec)
        if name in _STRUCTURE or name in own
    ]
    described = "every value is there where one must be, within its bounds, and points somewhere"
    specs.insert(
        2, dg.AssetCheckSpec(_COLUMN_VALUES, asset=key, description=described, blocking=True)
    )
    return specs


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
        yield _result(spec, _COLUMN_VALUES, not failed, "error", failed or columns)


def _result(
    spec: TableSpec, name: str, passed: bool, severity: str, checks: Sequence[CheckResult]
) -> dg.AssetCheckResult:
    failed = [check for check in checks if not check.passed]
    metadata: dict[str, Any] = {
        "n_failed": sum(check.n_failed for check in failed),
        "n_checks": len(checks),
    }
    for check in failed:
        shown = [{k: str(v) for k, v in row.items()} for row in check.rows]
        metadata[f"rows of {check.name}"] = dg.MetadataValue.json(shown)
    return dg.AssetCheckResult(
        asset_key=asset_key(spec.full_name),
        check_name=name,
        passed=passed,
        severity=dg.AssetCheckSeverity.ERROR if severity == "error" else dg.AssetCheckSeverity.WARN,
        description="; ".join(check.description for check in failed) or None,
        metadata=metadata,
    )


def stamped_checks(stamp: Stamp) -> list[CheckResult]:
    """Return the check results kept in a stamp: those of the rows the table has now."""
    return [CheckResult(**check) for check in stamp.checks]
