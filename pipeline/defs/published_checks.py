"""What must hold of the published file before report and exports are made of it.

What belongs here: the guardrails as Dagster's checks, and two more of the file itself. What does
not: asking guardrails (`builds.guardrails`).
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import dagster as dg

from pipeline.builds.publication import tables_behind
from pipeline.contract.errors import GuardrailError, PipelineError
from pipeline.contract.version_tables import GUARDRAILS
from pipeline.defs.metadata import rows_table
from pipeline.defs.published import WAREHOUSE
from pipeline.models.comparisons import load_guardrails
from pipeline.storage.versions import Version
from pipeline.storage.warehouse import Warehouse

_ONE_SET, _WHOLE = "tables_are_made_from_each_other", "file_is_as_it_was_written"
_AFTERWARDS = {
    "error": "If not, nothing is published, and the version before stays, unless somebody waives "
    "it (`papermart waive`).",
    "warn": "If not, this is a warning: it is published all the same.",
}
_SHOWN = (
    *("subject", "value_before", "value_now", "lowest", "highest"),
    *("is_passed", "waived_by", "waived_why", "waived_until"),
)


def published_checks() -> list[dg.AssetCheckSpec]:
    """Return the checks of the published file; those that withhold a version block what follows."""
    own = {
        _ONE_SET: "Every published table is made from the others as they are now. If not, nothing "
        "is published.",
        _WHOLE: "The published file has the size and the checksum it was written with. If not, the "
        "next build publishes it anew.",
    }
    found = [
        dg.AssetCheckSpec(n, asset=WAREHOUSE, description=w, blocking=True) for n, w in own.items()
    ]
    for guardrail in load_guardrails().values():
        words = f"{guardrail.description[0].upper()}{guardrail.description[1:]}"
        found.append(
            dg.AssetCheckSpec(
                guardrail.name,
                asset=WAREHOUSE,
                description=f"{words}. {_AFTERWARDS[guardrail.severity]}",
                blocking=guardrail.severity == "error",
            )
        )
    return found


def published_results(warehouse: Warehouse, version: Version) -> Iterator[dg.AssetCheckResult]:
    """Yield what the checks of a version that is published found."""
    yield _result(_ONE_SET, is_passed=True)
    yield _result(_WHOLE, is_passed=version.is_intact())
    yield from guardrail_results(warehouse)


def withheld_results(warehouse: Warehouse, error: PipelineError) -> Iterator[dg.AssetCheckResult]:
    """Yield for which checks a version was not made."""
    if isinstance(error, GuardrailError):
        yield from guardrail_results(warehouse)
    elif behind := tables_behind(warehouse):
        rows = [{"table": name, "reason": why} for name, why in behind.items()]
        yield _result(_ONE_SET, is_passed=False, rows=rows)


def guardrail_results(warehouse: Warehouse) -> Iterator[dg.AssetCheckResult]:
    """Yield what the guardrails found when a version was last made, or withheld."""
    if not warehouse.is_whole(GUARDRAILS.full_name):
        return
    with warehouse.engine([GUARDRAILS]) as engine:
        rows = engine.rows(f"select * from {GUARDRAILS.full_name} order by guardrail, figure_index")
    known = load_guardrails()
    for name, found in groupby(rows, key=lambda row: row["guardrail"]):
        if name in known:
            yield _guardrail(name, list(found))


def _guardrail(name: str, rows: list[dict[str, Any]]) -> dg.AssetCheckResult:
    failed = [row for row in rows if not row["is_passed"]]
    is_waived = all(row["waived_by"] for row in failed)
    is_error = any(row["severity"] == "error" for row in failed) and not is_waived
    shown = [{column: row[column] for column in _SHOWN} for row in failed or rows]
    return _result(name, is_passed=not failed, is_error=is_error, rows=shown, n_failed=len(failed))


def _result(
    name: str,
    *,
    is_passed: bool,
    is_error: bool = True,
    rows: list[dict[str, Any]] | None = None,
    n_failed: int | None = None,
) -> dg.AssetCheckResult:
    severity = dg.AssetCheckSeverity.ERROR if is_error else dg.AssetCheckSeverity.WARN
    metadata: dict[str, Any] = {}
    if rows:
        metadata["figures" if n_failed is not None else "rows"] = rows_table(rows)
    metadata["n_failed"] = len(rows or ()) if n_failed is None else n_failed
    return dg.AssetCheckResult(
        asset_key=WAREHOUSE,
        check_name=name,
        passed=is_passed,
        severity=severity,
        metadata=metadata,
    )
