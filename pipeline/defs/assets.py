"""One asset per table, grouped by layer, the published file, its report and its exports.

What belongs here: assets that call one function of `pipeline.builds` or `pipeline.storage` and
report what it did. An asset whose inputs are unchanged reports so and writes nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import dagster as dg

from pipeline.builds.dumps import refresh_dumps
from pipeline.builds.publication import publish_set
from pipeline.builds.run import utc_now
from pipeline.builds.status import held_back_pages
from pipeline.builds.tables import refresh_model, refresh_overrides
from pipeline.contract.errors import BlockingCheckError, PipelineError
from pipeline.contract.specs import TableSpec
from pipeline.contract.tables import EXTRACTED_TABLES, OVERRIDES
from pipeline.defs.jobs import failure
from pipeline.defs.metadata import (
    asset_key,
    check_results,
    check_specs,
    definition_metadata,
    row_metadata,
    stamped_checks,
)
from pipeline.defs.published import (
    EXPORTS,
    REPORT,
    WAREHOUSE,
    is_report_due,
    published_metadata,
    report_code,
    write_exports_if_behind,
    write_report_if,
)
from pipeline.defs.resources import Folders
from pipeline.extraction.reader_version import extractor_version
from pipeline.models.catalogue import Model, all_specs, load_models
from pipeline.models.code_versions import code_origin
from pipeline.storage.versions import published_tables
from pipeline.storage.warehouse import Warehouse


def _failure(error: PipelineError, specs: Sequence[TableSpec]) -> Iterator[dg.AssetCheckResult]:
    """Record the checks that failed, then fail the step; downstream is not built.

    Raises:
        dagster.Failure: always.
    """
    if isinstance(error, BlockingCheckError):
        for spec in specs:
            if spec.full_name == error.table:
                yield from check_results(spec, error.checks)
    raise failure(error) from error


def _materialized(
    warehouse: Warehouse, spec: TableSpec, more: dict[str, Any] | None = None
) -> dg.MaterializeResult:
    stamp = warehouse.stamp(spec.full_name)
    if stamp is None:
        raise dg.Failure(description=f"{spec.full_name} has no stamp", allow_retries=False)
    return dg.MaterializeResult(
        asset_key=asset_key(spec.full_name),
        data_version=dg.DataVersion(stamp.content),
        metadata=row_metadata(warehouse, spec, stamp) | (more or {}),
        check_results=list(check_results(spec, stamped_checks(stamp))),
    )


def _asset_spec(spec: TableSpec, **more: Any) -> dg.AssetSpec:  # noqa: ANN401
    return dg.AssetSpec(
        key=asset_key(spec.full_name),
        group_name=spec.layer,
        description=f"{spec.description}\n\nGrain: {spec.grain}.",
        metadata=definition_metadata(spec),
        **more,
    )


@dg.multi_asset(
    name="extracted_tables",
    specs=[
        _asset_spec(spec, code_version=extractor_version(), kinds={"python", "parquet"})
        for spec in EXTRACTED_TABLES
    ],
    check_specs=[check for spec in EXTRACTED_TABLES for check in check_specs(spec)],
)
def extracted_tables(context: dg.AssetExecutionContext, folders: Folders) -> Iterator[Any]:
    """Read the dumps that are new; all extracted tables are written together."""
    try:
        warehouse = folders.open_to_write()
        with warehouse.lock():
            report = refresh_dumps(
                folders.raw_dir, warehouse, utc_now(), retention=folders.retention
            )
    except PipelineError as error:
        yield from _failure(error, EXTRACTED_TABLES)
        return
    aside = [{"path": path, "reason": reason} for path, reason in report.quarantined]
    context.log.info("%d new dumps, %d gone, %d set aside", report.n_new, report.n_gone, len(aside))
    more = {
        "n_new": report.n_new,
        "n_gone": report.n_gone,
        "why": dg.MetadataValue.json({why: list(paths) for why, paths in report.reasons.items()}),
        "set_aside": dg.MetadataValue.json(aside),
        "n_held_back": report.n_held_back,
        "held_back": dg.MetadataValue.json(
            [asdict(page) | {"rules": list(page.rules)} for page in held_back_pages(warehouse)]
        ),
    }
    for spec in EXTRACTED_TABLES:
        yield _materialized(warehouse, spec, more if spec.layer == "raw" else None)


@dg.multi_asset(
    name="overrides_file",
    specs=[_asset_spec(OVERRIDES, kinds={"csv", "parquet"})],
    check_specs=check_specs(OVERRIDES),
)
def overrides_file(folders: Folders) -> Iterator[Any]:
    """Read the corrections of the linkage, if the file has changed."""
    warehouse = folders.open()
    try:
        with warehouse.lock():
            refresh_overrides(folders.overrides_file, warehouse, utc_now())
    except PipelineError as error:
        yield from _failure(error, [OVERRIDES])
        return
    yield _materialized(warehouse, OVERRIDES)


def _model_asset(model: Model) -> dg.AssetsDefinition:
    spec = model.spec
    kinds = {"python" if model.python else "csv" if model.csv_file else "sql", "parquet"}

    @dg.multi_asset(
        name=f"{spec.layer}__{spec.name}",
        specs=[
            _asset_spec(
                spec,
                deps=[asset_key(name) for name in sorted(model.needs)],
                code_version=code_origin(model).code_version,
                kinds=kinds,
            )
        ],
        check_specs=check_specs(spec),
    )
    def table(folders: Folders) -> Iterator[Any]:
        warehouse = folders.open()
        try:
            with warehouse.lock():
                done = refresh_model(warehouse, model, utc_now())
        except PipelineError as error:
            yield from _failure(error, [spec])
            return
        yield _materialized(warehouse, spec, {"why": "; ".join(done.reasons) or "up to date"})

    return table


@dg.asset(
    key=WAREHOUSE,
    group_name="published",
    deps=[asset_key(spec.full_name) for spec in published_tables(all_specs())],
    kinds={"duckdb"},
    description="The file people query: all marts of one build, with comments, behind a link "
    "that is switched in one step.",
)
def published_warehouse(folders: Folders) -> dg.MaterializeResult:
    """Publish all tables together, if any has changed."""
    warehouse = folders.open()
    try:
        with warehouse.lock():
            version, is_new = publish_set(
                warehouse,
                utc_now(),
                folders.keep_versions,
                folders.keep_days,
                folders.waivers_file,
            )
    except PipelineError as error:
        raise failure(error) from error
    return dg.MaterializeResult(
        metadata=published_metadata(warehouse, version) | {"is_new": is_new},
        data_version=dg.DataVersion(version.content),
    )


@dg.asset(
    key=REPORT,
    group_name="published",
    deps=[published_warehouse],
    code_version=report_code(),
    kinds={"html"},
    description="The page people quote: charts and tables of the published warehouse in one HTML "
    "file that needs no network. `papermart report` writes the same.",
)
def report(context: dg.AssetExecutionContext, folders: Folders) -> dg.MaterializeResult:
    """Write the report of the published version if it is not there yet, and show its figures."""
    warehouse = folders.open()
    try:
        due = is_report_due(context.instance, warehouse)
        metadata = write_report_if(warehouse, due=due)
    except PipelineError as error:
        raise failure(error) from error
    return dg.MaterializeResult(metadata=metadata)


@dg.asset(
    key=EXPORTS,
    group_name="published",
    deps=[published_warehouse],
    kinds={"csv", "excel"},
    description="Files for other tools. Tables and formats that `papermart export` wrote to the "
    "folder of exports are written anew when another version is published.",
)
def exports(folders: Folders) -> dg.MaterializeResult:
    """Write what was exported before anew, if it is of another version."""
    try:
        metadata = write_exports_if_behind(folders.open(), folders.exports_dir)
    except PipelineError as error:
        raise failure(error) from error
    return dg.MaterializeResult(metadata=metadata)


def all_assets() -> list[dg.AssetsDefinition]:
    """Return every asset: what is read, one per model, what is published, report, exports."""
    models = [_model_asset(model) for model in load_models().values()]
    return [extracted_tables, overrides_file, *models, published_warehouse, report, exports]
