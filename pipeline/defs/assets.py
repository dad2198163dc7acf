"""One asset per table, grouped by layer, the published file, its report and its exports.

What belongs here: assets that call one function of `pipeline.builds` or `pipeline.storage` and
report what it did. An asset whose inputs are unchanged reports so and writes nothing.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from pipeline.builds.corrections import waiting_corrections
from pipeline.builds.dumps import refresh_dumps
from pipeline.builds.publication import publish_set
from pipeline.builds.run import utc_now
from pipeline.builds.tables import refresh_model, refresh_overrides
from pipeline.contract.errors import BlockingCheckError, PipelineError
from pipeline.contract.specs import TableSpec
from pipeline.contract.tables import DUMPS, EXTRACTED_TABLES, OVERRIDES
from pipeline.defs.code_places import function_places, model_places
from pipeline.defs.describing import MAKERS, asset_key, asset_spec, check_specs
from pipeline.defs.jobs import failure
from pipeline.defs.metadata import check_results, row_metadata, stamped_checks
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
from pipeline.defs.published_checks import published_checks, published_results, withheld_results
from pipeline.defs.raw_folder import (
    RAW,
    all_read_result,
    aside_result,
    folder_metadata,
    page_metadata,
    raw_folder,
    site_assets,
    site_events,
    site_key,
)
from pipeline.defs.recording import evaluation, recorded
from pipeline.defs.resources import Folders
from pipeline.defs.served_files import REPORT_ADDRESS
from pipeline.extraction.reader_version import extractor_version
from pipeline.models.catalogue import Model, all_specs, load_models
from pipeline.models.code_versions import code_origin
from pipeline.sources.registry import display_names
from pipeline.storage.sharing import locked
from pipeline.storage.versions import published_tables
from pipeline.storage.warehouse import Warehouse

UP_TO_DATE = "up to date: nothing it is made from has changed"
SITES = [site_key(site) for site in display_names()]


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
    context: dg.AssetExecutionContext,
    warehouse: Warehouse,
    spec: TableSpec,
    why: Sequence[str],
    more: dict[str, Any] | None = None,
) -> dg.MaterializeResult:
    key = asset_key(spec.full_name)
    stamp = warehouse.stamp(spec.full_name)
    if stamp is None:
        raise dg.Failure(description=f"{spec.full_name} has no stamp", allow_retries=False)
    before = recorded(context.instance, [key]).get(key)
    return dg.MaterializeResult(
        asset_key=key,
        data_version=dg.DataVersion(stamp.content),
        metadata=row_metadata(warehouse, spec, stamp, before, why) | (more or {}),
        check_results=list(check_results(spec, stamped_checks(warehouse, spec, stamp))),
    )


@dg.multi_asset(
    name="extracted_tables",
    specs=[
        asset_spec(
            spec,
            function_places(refresh_dumps),
            deps=[RAW],
            code_version=extractor_version(),
            kinds={"python", "parquet"},
        )
        for spec in EXTRACTED_TABLES
    ],
    check_specs=[check for spec in EXTRACTED_TABLES for check in check_specs(spec)],
)
def extracted_tables(context: dg.AssetExecutionContext, folders: Folders) -> Iterator[Any]:
    """Read the dumps that are new; all extracted tables are written together."""
    try:
        warehouse = folders.open_to_write()
        with locked(warehouse, is_last=False):
            report = refresh_dumps(
                folders.raw_place, warehouse, utc_now(), retention=folders.retention
            )
    except PipelineError as error:
        yield from _failure(error, EXTRACTED_TABLES)
        return
    context.log.info(
        "%d new dumps, %d gone, %d set aside", report.n_new, report.n_gone, len(report.quarantined)
    )
    pages = {why: dg.MetadataValue.json(list(paths)) for why, paths in report.reasons.items()}
    why = [f"{reason}: {len(paths)}" for reason, paths in report.reasons.items()]
    more = {"n_new": report.n_new, "n_gone": report.n_gone} | page_metadata(warehouse) | pages
    for spec in EXTRACTED_TABLES:
        more_of_it = more if spec is DUMPS else None
        yield _materialized(context, warehouse, spec, why or [UP_TO_DATE], more_of_it)
    yield from map(evaluation, (all_read_result(folders), aside_result(folders)))
    yield dg.AssetObservation(RAW, metadata=folder_metadata(folders))
    yield from site_events(folders, recorded(context.instance, SITES))


@dg.multi_asset(
    name="overrides_file",
    specs=[
        asset_spec(
            OVERRIDES,
            function_places(refresh_overrides),
            is_written_by_people=True,
            kinds={"csv", "parquet"},
        )
    ],
    check_specs=check_specs(OVERRIDES),
)
def overrides_file(context: dg.AssetExecutionContext, folders: Folders) -> Iterator[Any]:
    """Read the corrections of the linkage, if the file has changed."""
    try:
        warehouse = folders.open_to_write()
        with locked(warehouse, is_last=False):
            waiting = waiting_corrections(warehouse, folders.overrides_file)
            why = refresh_overrides(folders.overrides_file, warehouse, utc_now())
    except PipelineError as error:
        yield from _failure(error, [OVERRIDES])
        return
    if waiting.n_gone:
        context.log.warning("%d corrections of the last version no longer count", waiting.n_gone)
    yield _materialized(context, warehouse, OVERRIDES, why or [UP_TO_DATE])


def _model_asset(model: Model) -> dg.AssetsDefinition:
    spec = model.spec
    kinds = {"python" if model.python else "csv" if model.csv_file else "sql", "parquet"}

    @dg.multi_asset(
        name=f"{spec.layer}__{spec.name}",
        specs=[
            asset_spec(
                spec,
                model_places(model),
                is_written_by_people=model.csv_file is not None,
                deps=[asset_key(name) for name in sorted(model.needs)],
                code_version=code_origin(model).code_version,
                kinds=kinds,
            )
        ],
        check_specs=check_specs(spec),
    )
    def table(context: dg.AssetExecutionContext, folders: Folders) -> Iterator[Any]:
        try:
            warehouse = folders.open_to_write()
            with locked(warehouse, is_last=False):
                done = refresh_model(warehouse, model, utc_now())
        except PipelineError as error:
            yield from _failure(error, [spec])
            return
        yield _materialized(context, warehouse, spec, done.reasons or [UP_TO_DATE])

    return table


@dg.multi_asset(
    name="published__warehouse",
    specs=[
        dg.AssetSpec(
            key=WAREHOUSE,
            group_name="published",
            deps=[asset_key(spec.full_name) for spec in published_tables(all_specs())],
            kinds={"duckdb"},
            owners=[MAKERS],
            tags={"papermart/layer": "published"},
            metadata={
                "dagster/table_name": "warehouse.duckdb",
                "dagster/code_references": function_places(publish_set),
            },
            description="The file people query: all marts of one build, with comments, behind a "
            "link that is switched in one step. Its blocking checks hold before report and exports "
            "are made of it.",
        )
    ],
    check_specs=published_checks(),
)
def published_warehouse(folders: Folders) -> Iterator[Any]:
    """Publish all tables together, if any has changed."""
    try:
        warehouse = folders.open_to_write()
        with locked(warehouse):
            version, is_new = publish_set(
                warehouse,
                utc_now(),
                folders.keep_versions,
                folders.keep_days,
                folders.waivers_file,
            )
    except PipelineError as error:
        yield from withheld_results(folders.open(), error)
        raise failure(error) from error
    yield dg.MaterializeResult(
        asset_key=WAREHOUSE,
        metadata=published_metadata(warehouse, version) | {"is_new": is_new},
        data_version=dg.DataVersion(version.content),
        check_results=list(published_results(warehouse, version)),
    )


@dg.asset(
    key=REPORT,
    group_name="published",
    deps=[WAREHOUSE],
    code_version=report_code(),
    kinds={"html"},
    owners=[MAKERS],
    tags={"papermart/layer": "published"},
    metadata={"dagster/code_references": function_places(write_report_if)},
    description=f"[Open the report]({REPORT_ADDRESS})\n\nThe page people quote: charts and tables "
    "of the published warehouse in one HTML file that needs no network. `papermart report` writes "
    "the same.",
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
    deps=[WAREHOUSE],
    kinds={"csv", "excel"},
    owners=[MAKERS],
    tags={"papermart/layer": "published"},
    metadata={"dagster/code_references": function_places(write_exports_if_behind)},
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


def all_assets() -> list[dg.AssetsDefinition | dg.AssetSpec | dg.SourceAsset]:
    """Return every asset: pages, what is read of them, one per model, what is published."""
    models = [_model_asset(model) for model in load_models().values()]
    before = [raw_folder, extracted_tables, overrides_file, *site_assets()]
    return [*before, *models, published_warehouse, report, exports]
