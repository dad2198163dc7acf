"""What the warehouse holds and Dagster has not recorded: builds of the command line, lost history.

What belongs here: comparing stamps with Dagster's latest events, and the events that are missing.
Recording changes nothing in the warehouse and starts no build.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from pipeline.contract.ids import fingerprint
from pipeline.contract.specs import TableSpec
from pipeline.contract.tables import EXTRACTED_TABLES
from pipeline.defs.metadata import (
    asset_key,
    check_results,
    row_metadata,
    stamp_id,
    stamped_checks,
)
from pipeline.defs.published import (
    REPORT,
    WAREHOUSE,
    current_version,
    published_metadata,
    report_code,
    report_file,
    reported_version,
    write_report_if,
)
from pipeline.extraction.reader_version import extractor_version
from pipeline.models.catalogue import all_specs
from pipeline.storage.stamps import Stamp
from pipeline.storage.warehouse import Warehouse

Event = dg.AssetMaterialization | dg.AssetCheckEvaluation


def warehouse_state(warehouse: Warehouse) -> str:
    """Return a fingerprint of all that can be recorded; no file is opened."""
    files = [*sorted(warehouse.tables.glob("*/*/_stamp.json")), report_file(warehouse)]
    entries = [str(warehouse.root.resolve()), str(warehouse.published.resolve())]
    for file in files:
        if file.exists():
            found = file.stat()
            entries.append(f"{file}|{found.st_size}|{found.st_mtime_ns}|{found.st_ino}")
    return fingerprint(*entries)


def unrecorded(instance: dg.DagsterInstance, warehouse: Warehouse) -> Iterator[Event]:
    """Yield the events that Dagster lacks: of each table, the published file, the report.

    Args:
        instance: what Dagster has recorded.
        warehouse: as the last build left it; nothing is written.
    """
    specs = all_specs()
    known = _recorded(instance, [*map(asset_key, specs), WAREHOUSE, REPORT])
    for name, spec in specs.items():
        stamp = warehouse.stamp(name)
        if stamp and known.get(asset_key(name), {}).get("stamp") != stamp_id(stamp):
            yield from table_events(warehouse, spec, stamp)
    version = current_version(warehouse)
    if version and known.get(WAREHOUSE, {}).get("version") != version.id:
        yield dg.AssetMaterialization(WAREHOUSE, metadata=published_metadata(warehouse, version))
    shown = reported_version(report_file(warehouse))
    if version and shown == version.id != known.get(REPORT, {}).get("version"):
        metadata = write_report_if(warehouse, due=False)
        tags = {"dagster/code_version": report_code()}
        yield dg.AssetMaterialization(REPORT, metadata=metadata, tags=tags)


def table_events(warehouse: Warehouse, spec: TableSpec, stamp: Stamp) -> Iterator[Event]:
    """Yield what Dagster records of a table: its rows, made from what, and its checks."""
    key = asset_key(spec.full_name)
    extracted = spec in EXTRACTED_TABLES
    code_version = extractor_version() if extracted else stamp.origin.code_version
    tags = {"dagster/code_version": code_version, "dagster/data_version": stamp.content}
    metadata = row_metadata(warehouse, spec, stamp)
    yield dg.AssetMaterialization(key, metadata=metadata, tags=tags)
    yield from map(evaluation, check_results(spec, stamped_checks(stamp)))


def evaluation(result: dg.AssetCheckResult) -> dg.AssetCheckEvaluation:
    """Return the event of a check that was asked outside of an asset."""
    return dg.AssetCheckEvaluation(
        asset_key=_given(result.asset_key),
        check_name=_given(result.check_name),
        passed=result.passed,
        metadata=result.metadata,
        severity=result.severity,
        description=result.description,
        blocking=result.severity is dg.AssetCheckSeverity.ERROR,
    )


def _given(value: Any) -> Any:  # noqa: ANN401
    assert value is not None  # `check_results` names both
    return value


def _recorded(
    instance: dg.DagsterInstance, keys: list[dg.AssetKey]
) -> Mapping[dg.AssetKey, Mapping[str, Any]]:
    """Return the metadata of each asset's latest materialisation, as plain values."""
    found = {}
    for record in instance.get_asset_records(keys):
        event = record.asset_entry.last_materialization
        made = event.asset_materialization if event else None
        if made:
            found[record.asset_entry.asset_key] = {k: v.value for k, v in made.metadata.items()}
    return found
