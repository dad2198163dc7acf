"""The builds that Dagster runs: all assets one by one, or what is due in one step.

What belongs here: jobs. What does not: when they run (`automation`).
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from pipeline.builds.health import deep_check
from pipeline.builds.run import build
from pipeline.contract.errors import BlockingCheckError, GuardrailError, PipelineError
from pipeline.defs.dead_runs import PASSES
from pipeline.defs.metadata import check_results
from pipeline.defs.published import is_report_due, write_exports_if_behind, write_report_if
from pipeline.defs.published_checks import guardrail_results
from pipeline.defs.recording import evaluation, unrecorded
from pipeline.defs.resources import Folders
from pipeline.models.catalogue import all_specs

build_warehouse = dg.define_asset_job(
    "build_warehouse",
    selection=dg.AssetSelection.all(),
    description="Bring every table up to date and publish, one asset after the other.",
)


def failure(error: PipelineError) -> dg.Failure:
    """Return how a run ends for a fault of ours; what tables hold does not pass by itself."""
    passes = not isinstance(error, (BlockingCheckError, GuardrailError))
    return dg.Failure(
        description=str(error),
        metadata={PASSES: dg.MetadataValue.bool(passes)},
        allow_retries=False,
    )


@dg.op(
    ins={"start": dg.In(dg.Nothing)},
    out={},
    description="What `papermart build` and `papermart report` do.",
)
def build_what_is_due(context: dg.OpExecutionContext, folders: Folders) -> Iterator[Any]:
    """Build, publish, report; then tell Dagster what has changed, which takes longer."""
    try:
        warehouse = folders.open_to_write()
    except PipelineError as error:
        raise failure(error) from error
    try:
        report = build(
            folders.raw_place,
            warehouse,
            overrides=folders.overrides_file,
            retention=folders.retention,
            keep_versions=folders.keep_versions,
            keep_days=folders.keep_days,
            waivers=folders.waivers_file,
        )
        if n_gone := report.n_corrections_gone:
            context.log.warning("%d corrections of the last version no longer count", n_gone)
        if is_report_due(context.instance, warehouse):
            write_report_if(warehouse, due=True)
        write_exports_if_behind(warehouse, folders.exports_dir)
    except PipelineError as error:
        yield from unrecorded(context.instance, folders)
        if isinstance(error, BlockingCheckError) and error.table in all_specs():
            yield from map(evaluation, check_results(all_specs()[error.table], error.checks))
        if isinstance(error, GuardrailError):
            yield from map(evaluation, guardrail_results(warehouse))
        raise failure(error) from error
    yield from unrecorded(context.instance, folders)


@dg.job(
    description="Build what is due and publish it in one step: what sensors start. Only what has "
    "changed is recorded as materialised.",
)
def build_changes() -> None:
    """Build what is due and publish it."""
    build_what_is_due()


@dg.op(out=dg.Out(dg.Nothing), description="What `papermart status --deep` does.")
def look_at_files(context: dg.OpExecutionContext, folders: Folders) -> None:
    """Name the files that are not as they were written; builds make them anew."""
    try:
        damage = deep_check(folders.open())
    except PipelineError as error:
        raise failure(error) from error
    for words in damage:
        context.log.warning(words)
    context.log.info("%d files are not as they were written", len(damage))


@dg.job(
    description="Compare every file of the warehouse with its checksum, and make anew what is "
    "damaged."
)
def check_files() -> None:
    """Look at all files, then build what is due."""
    build_what_is_due(look_at_files())
