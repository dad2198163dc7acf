"""What the warehouse holds and Dagster has not recorded: builds of the command line, lost history.

What belongs here: comparing stamps with Dagster's latest events, and the events that are missing.
Recording changes nothing in the warehouse and starts no build.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

import dagster as dg

from pipeline.contract.errors import PipelineError
from pipeline.contract.ids import fingerprint
from pipeline.contract.specs import TableSpec
from pipeline.contract.tables import DUMPS, EXTRACTED_TABLES
from pipeline.defs.describing import asset_key
from pipeline.defs.metadata import check_results, row_metadata, stamp_id, stamped_checks
from pipeline.defs.published import (
    EXPORTS,
    REPORT,
    WAREHOUSE,
    current_version,
    exported_version,
    exports_metadata,
    published_metadata,
    report_code,
    reported_version,
    write_report_if,
)
from pipeline.defs.published_checks import published_results
from pipeline.defs.raw_folder import (
    RAW,
    all_read_result,
    aside_result,
    folder_metadata,
    folder_state,
    page_metadata,
    site_events,
    site_key,
)
from pipeline.defs.resources import Folders
from pipeline.defs.served_files import report_file
from pipeline.extraction.reader_version import extractor_version
from pipeline.models.catalogue import all_specs, load_models
from pipeline.outputs.export_folder import MANIFEST
from pipeline.sources.registry import display_names
from pipeline.storage.stamps import Stamp
from pipeline.storage.versions import published_tables
from pipeline.storage.warehouse import Warehouse

Event = dg.AssetMaterialization | dg.AssetObservation | dg.AssetCheckEvaluation
Known = Mapping[dg.AssetKey, Mapping[str, Any]]
# What Dagster takes for the version of an asset that nobody gave one.
_NO_VERSION = "INITIAL"


def recordable_state(folders: Folders) -> str:
    """Return a fingerprint of all that can be recorded; no file is opened."""
    warehouse = folders.open()
    exported = folders.exports_dir / MANIFEST
    files = [*sorted(warehouse.tables.glob("*/*/_stamp.json")), report_file(warehouse), exported]
    entries = [str(warehouse.root.resolve()), str(warehouse.published.resolve())]
    for file in files:
        if file.exists():
            found = file.stat()
            entries.append(f"{file}|{found.st_size}|{found.st_mtime_ns}|{found.st_ino}")
    with suppress(PipelineError):  # a store that cannot be asked: `new_dumps` says so
        entries.append(folder_state(folders.raw_place)[0])
    return fingerprint(*entries)


def unrecorded(instance: dg.DagsterInstance, folders: Folders) -> Iterator[Event]:
    """Yield the events that Dagster lacks: of pages, tables, what is published.

    Args:
        instance: what Dagster has recorded.
        folders: as the last build left them; nothing is written.
    """
    warehouse, specs = folders.open(), all_specs()
    sites = map(site_key, display_names())
    known = recorded(instance, [*map(asset_key, specs), *sites, WAREHOUSE, REPORT, EXPORTS])
    if warehouse.stamp(DUMPS.full_name):
        yield from _folder_events(instance, folders)
        yield from site_events(folders, known)
    for name in sorted(specs, key=lambda name: name in load_models()):
        stamp = warehouse.stamp(name)
        before = known.get(asset_key(name))
        if stamp and (before or {}).get("stamp") != stamp_id(stamp):
            yield from table_events(warehouse, specs[name], stamp, before)
    yield from _published_events(folders, warehouse, known)


def _folder_events(instance: dg.DagsterInstance, folders: Folders) -> Iterator[Event]:
    """Yield what is known of the raw folder, if that is other than what Dagster knows."""
    metadata = folder_metadata(folders)
    records = instance.fetch_observations(RAW, limit=1).records
    found = records[0].asset_observation if records else None
    if found is None or found.metadata["state"].value != metadata["state"]:
        yield dg.AssetObservation(RAW, metadata=metadata)
        yield evaluation(all_read_result(folders))
        yield evaluation(aside_result(folders))


def _published_events(
    folders: Folders, warehouse: Warehouse, known: Known
) -> Iterator[dg.AssetMaterialization | dg.AssetCheckEvaluation]:
    """Yield what Dagster lacks of the published file and of what is made of it."""
    version = current_version(warehouse)
    if version is None:
        return
    before = known.get(WAREHOUSE, {}).get("version")
    if before != version.id:
        metadata = published_metadata(warehouse, version)
        made_of = _rows_of(warehouse, (s.full_name for s in published_tables(all_specs())))
        tags = _versions(version.content, made_of)
        yield dg.AssetMaterialization(WAREHOUSE, metadata=metadata, tags=tags)
        yield from map(evaluation, published_results(warehouse, version))
    made_of = {WAREHOUSE: version.content}
    shown = reported_version(report_file(warehouse))
    if shown == version.id != known.get(REPORT, {}).get("version"):
        metadata = write_report_if(warehouse, due=False)
        tags = _versions(version.content, made_of, report_code())
        yield dg.AssetMaterialization(REPORT, metadata=metadata, tags=tags)
    exports = folders.exports_dir
    if exported_version(exports) == version.id != known.get(EXPORTS, {}).get("version"):
        metadata = exports_metadata(exports)
        tags = _versions(version.content, made_of)
        yield dg.AssetMaterialization(EXPORTS, metadata=metadata, tags=tags)


def table_events(
    warehouse: Warehouse, spec: TableSpec, stamp: Stamp, before: Mapping[str, Any] | None
) -> Iterator[dg.AssetMaterialization | dg.AssetCheckEvaluation]:
    """Yield what Dagster records of a table: its rows, made from what and why, and its checks."""
    key = asset_key(spec.full_name)
    model = load_models().get(spec.full_name)
    is_read = spec in EXTRACTED_TABLES
    code_version = extractor_version() if is_read else stamp.origin.code_version
    metadata = row_metadata(warehouse, spec, stamp, before)
    if spec is DUMPS:
        metadata |= page_metadata(warehouse)
    made_of = {RAW: _NO_VERSION} if is_read else _rows_of(warehouse, model.needs if model else ())
    tags = _versions(stamp.content, made_of, code_version)
    yield dg.AssetMaterialization(key, metadata=metadata, tags=tags)
    yield from map(evaluation, check_results(spec, stamped_checks(warehouse, spec, stamp)))


def _rows_of(warehouse: Warehouse, tables: Iterable[str]) -> dict[dg.AssetKey, str]:
    """Return the versions of the rows that tables have now, by asset key."""
    stamps = {name: warehouse.stamp(name) for name in sorted(tables)}
    return {asset_key(name): stamp.content for name, stamp in stamps.items() if stamp}


def _versions(
    content: str, made_of: Mapping[dg.AssetKey, str], code: str = _NO_VERSION
) -> dict[str, str]:
    """Return the tags by which Dagster knows what an asset is, and what it was made of.

    They are those that a step of its own would leave; without them it takes the asset for behind.
    """
    tags = {
        "dagster/code_version": code,
        "dagster/data_version": content,
        "dagster/data_version_is_user_provided": "true",
    }
    for key, version in made_of.items():
        tags[f"dagster/input_data_version/{key.to_user_string()}"] = version
        tags[f"dagster/input_event_pointer/{key.to_user_string()}"] = "NULL"
    return tags


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


def recorded(instance: dg.DagsterInstance, keys: list[dg.AssetKey]) -> Known:
    """Return the metadata of each asset's latest materialisation, as plain values."""
    found = {}
    for record in instance.get_asset_records(keys):
        event = record.asset_entry.last_materialization
        made = event.asset_materialization if event else None
        if made:
            found[record.asset_entry.asset_key] = {k: v.value for k, v in made.metadata.items()}
    return found
