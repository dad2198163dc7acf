"""`papermart build`.

What belongs here: progress, and the summary of a build or of its plan.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.shared import (
    INTERRUPTED,
    OverridesOption,
    RawOption,
    WaiversOption,
    WarehouseOption,
    counted,
    folders,
    made_there,
    say,
    say_lines,
    shown_progress,
    warn,
    warn_of_plugins,
)
from pipeline.contract.errors import GuardrailError, PipelineError
from pipeline.text.shown import printable_path, shown_server

if TYPE_CHECKING:
    from pipeline.builds.dumps import DumpsReport
    from pipeline.builds.run import BuildPlan, BuildReport
    from pipeline.builds.tables import TableReport
    from pipeline.storage.warehouse import Warehouse

_LAYERS = ("reference", "linkage", "people", "marts")
_COUNTED = ("papers", "authorships", "authors", "topics", "yearly_topic_trends")
_MOST_NAMED = 12
_ASKED_LAYER = "marts"  # whose tables people ask: those of the others are counted


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(build)


def build(
    raw: RawOption = None,
    warehouse: WarehouseOption = None,
    overrides: OverridesOption = None,
    waivers: WaiversOption = None,
    full: Annotated[
        bool, typer.Option("--full", help="Read every page and rebuild every table but statistics.")
    ] = False,
    refresh_statistics: Annotated[
        bool,
        typer.Option(
            "--refresh-statistics",
            help="Count anew how often words stand in titles and abstracts. Without this that is "
            "done once a tenth of what is counted has come, gone or changed.",
        ),
    ] = False,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain", help="Say what would be done, why, and how long it takes; do nothing."
        ),
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Name every table and page that is done anew.")
    ] = False,
) -> None:
    """Bring the warehouse up to date with the folder of saved pages, and publish it.

    Only new pages are read, only tables made from what changed are rebuilt, and each says why. A
    page that cannot be read is set aside with the reason (see `papermart status`) and the rest goes
    on. If a check fails, or much would be lost against the last version, nothing is published.

    Example: papermart build --explain
    """
    from pipeline.builds.corrections import unapplied_lines
    from pipeline.builds.expected import is_long
    from pipeline.builds.guardrails import guardrail_lines
    from pipeline.builds.page_gaps import short_list_lines
    from pipeline.builds.run import build as run_build
    from pipeline.builds.run import plan_build, utc_now
    from pipeline.builds.status import (
        aside_line,
        failed_checks,
        held_back_lines,
        held_back_pages,
        warning_line,
    )
    from pipeline.inputs.settings import mark_sample, refuse_mixture
    from pipeline.storage.manifest import read_manifest
    from pipeline.storage.sharing import refuse_sample
    from pipeline.storage.warehouse import Warehouse

    warn_of_plugins()
    found = folders(raw=raw, warehouse=warehouse, overrides=overrides, waivers=waivers)
    chosen = found.settings
    house = Warehouse(chosen.warehouse, chosen.memory, chosen.engine.spark_remote, chosen.store)
    refuse_mixture(found)
    if found.is_sample and chosen.store:
        refuse_sample(chosen.store)
    most = None if verbose else _MOST_NAMED
    if explain or is_long(chosen.raw, house, full=full):
        plan = plan_build(
            chosen.raw, house, chosen.overrides, full=full, retention=chosen.retention
        )
        say_lines(_foreseen(plan, house, chosen.overrides, most, explain=explain))
    if explain:
        return
    mark_sample(found)
    try:
        with shown_progress() as progress:
            report = run_build(
                chosen.raw,
                house,
                progress=progress,
                overrides=chosen.overrides,
                full=full,
                refresh_statistics=refresh_statistics,
                retention=chosen.retention,
                keep_versions=chosen.keep_versions,
                keep_days=chosen.keep_days,
                waivers=chosen.waivers,
            )
    except GuardrailError:
        say_lines(guardrail_lines(house, chosen.waivers, utc_now().date()))
        raise
    except KeyboardInterrupt:
        warn("stopped; what was made stays, and the next build goes on from there")
        raise typer.Exit(INTERRUPTED) from None
    say_lines(_summary(report, most))
    say_lines(_where_made(report, house.spark_remote))
    say_lines(_shared(house))
    say_lines(_exported_again(house, chosen.exports))
    for path, reason in report.dumps.quarantined:
        say(aside_line(path, reason))
    say_lines(held_back_lines(held_back_pages(house)))
    if not report.dumps.n_records:
        say_lines(_without_papers(chosen.raw, report.dumps))
    if report.n_corrections_gone:
        say_lines(_without_corrections(chosen.overrides, report.n_corrections_gone, house))
    for failed in failed_checks(house):
        say(warning_line(*failed))
    say_lines(short_list_lines(read_manifest(house).values()))
    say_lines(guardrail_lines(house, chosen.waivers, utc_now().date()))
    say_lines(unapplied_lines(house, chosen.overrides.name))


def _where_made(report: "BuildReport", server: str) -> Iterator[str]:
    """Say of a server whether it was asked: one that is not there is not missed else."""
    if server and any(table.is_changed for table in report.tables):
        yield made_there(server)
    elif server and not any(table.checks for table in report.tables):
        shown = shown_server(server)
        yield f"tables: none were due, so the server at {shown} was not asked (--full sends all)"


def _shared(house: "Warehouse") -> Iterator[str]:
    from pipeline.storage.sharing import shared_url

    if shared_url(house):
        yield f"shared: {house.store} holds what is built here"
    elif house.store:
        yield (
            f"not shared in {house.store}, for this is the sample: put pages into data/raw, or set "
            "raw to their URL, and build again"
        )


def _exported_again(house: "Warehouse", target: Path) -> Iterator[str]:
    """Bring exports of before up to date; that they cannot be is no fault of the build's."""
    from pipeline.outputs.export_again import refresh_exports

    try:
        written = refresh_exports(house, target)
    except (PipelineError, OSError) as error:
        yield f"  warning: the exports in {printable_path(target)} are of another build: {error}"
        return
    if written:
        yield f"exports: {counted(len(written), 'file')} in {printable_path(target)} written anew"


def _without_papers(raw: Path | str, dumps: "DumpsReport") -> Iterator[str]:
    none = (
        f"no page in {raw} could be read" if dumps.n_dumps else f"there are no saved pages in {raw}"
    )
    yield f"  warning: {none}, so all tables are empty"
    if dumps.n_gone:
        yield "  if they are only out of reach: `papermart rollback`, and build when they are back"


def _without_corrections(file: Path, n_gone: int, house: "Warehouse") -> Iterator[str]:
    """Say that corrections were taken back; where some stay, only if others may have made them."""
    from pipeline.builds.corrections import count_corrections
    from pipeline.storage.sharing import shared_url

    count = "counts" if n_gone == 1 else "count"
    lines = f"{counted(n_gone, 'line')} of the last version no longer {count}"
    if not count_corrections(house):
        what = "is empty" if file.exists() else "is not there"
        yield f"  warning: {file} {what}: its {lines}"
    elif shared_url(house):
        is_not = "is not" if n_gone == 1 else "are not"
        yield f"  warning: {lines}, for {'it' if n_gone == 1 else 'they'} {is_not} in {file}"


def _summary(report: "BuildReport", most: int | None) -> Iterator[str]:
    dumps = report.dumps
    n_again = dumps.n_read - dumps.n_new
    again = f", {n_again} read again" if n_again else ""
    details = f"{dumps.n_new} new{again}, {dumps.n_gone} gone, {len(dumps.quarantined)} set aside"
    kept = f"; of {counted(dumps.n_kept, 'page')} gone the records are kept" if dumps.n_kept else ""
    yield f"raw: {dumps.n_dumps} dumps ({details}){kept}"
    yield from _dumps(dumps.reasons, most)
    held = f", {dumps.n_held_back} cards held back" if dumps.n_held_back else ""
    yield f"staging: {dumps.n_records} records{held}"
    for layer in _LAYERS:
        yield from _layer_summary(
            layer, [table for table in report.tables if table.name.startswith(f"{layer}.")], most
        )
    if corrected := [table.name for table in report.tables if table.is_corrected]:
        yield (
            f"  warning: made anew, the rows of {_named(corrected, most)} are others than builds "
            "of what had changed had left. They are right now; please report it, with the pages"
        )
    if counted_anew := [table.name for table in report.tables if table.is_counted_anew]:
        yield f"statistics: counted anew: {_named(counted_anew, most)}"
    asked_again = [table.name for table in report.tables if table.checks and not table.is_changed]
    if asked_again:
        yield f"checks: asked again those of {_named(asked_again, most)}"
    what = "published" if report.is_published else "nothing new to publish, current is"
    if report.version.is_current:
        yield f"{what} {report.version.id}"
    else:
        yield (
            f"nothing new to publish; rolled back, the latest version is {report.version.id}: "
            f"`papermart rollback {report.version.id}` returns to it"
        )


def _layer_summary(layer: str, tables: Sequence["TableReport"], most: int | None) -> Iterator[str]:
    counts = ""
    if layer == _ASKED_LAYER:
        n_rows = {table.name.partition(".")[2]: table.stamp.n_rows for table in tables}
        counts = ": " + ", ".join(f"{n_rows[name]} {name}" for name in _COUNTED)
    rebuilt = [table for table in tables if table.is_changed]
    yield f"{layer}: {len(rebuilt)} of {len(tables)} tables rebuilt{counts}"
    most_here = most if layer == _ASKED_LAYER or most is None else 0
    yield from _why({table.name.partition(".")[2]: table.reasons for table in rebuilt}, most_here)


def _why(reasons: Mapping[str, Sequence[str]], most: int | None) -> Iterator[str]:
    """Yield a line for each kind of reason, with the tables it concerns.

    Args:
        reasons: why tables were rebuilt, by name.
        most: how many tables to name; 0: they are counted; None: all.
    """
    from pipeline.storage.stamps import INPUT_CHANGED

    found: dict[str, list[str]] = {}
    for table, why in reasons.items():
        others = [reason for reason in why if not reason.startswith(INPUT_CHANGED)]
        found.setdefault("; ".join(others) or INPUT_CHANGED, []).append(table)
    for kind, tables in found.items():
        yield f"  {kind}: {_named(tables, most) if most != 0 else counted(len(tables), 'table')}"


def _dumps(reasons: Mapping[str, Sequence[str]], most: int | None) -> Iterator[str]:
    """Yield a line for each reason with the dumps it concerns."""
    for reason, paths in reasons.items():
        yield f"  {reason}: {_named([printable_path(path) for path in paths], most)}"


def _named(names: Sequence[str], most: int | None) -> str:
    """Return names in a row, the first of many and how many more there are; None: all.

    >>> _named(["a", "b", "c"], 2), _named(["a", "b", "c"], None)
    ('a, b and 1 more', 'a, b, c')
    """
    n_more = 0 if most is None else max(len(names) - most, 0)
    shown = ", ".join(names[: len(names) - n_more])
    return f"{shown} and {n_more} more" if n_more else shown


def _foreseen(
    plan: "BuildPlan", house: "Warehouse", overrides: Path, most: int | None, *, explain: bool
) -> Iterator[str]:
    """Say what a build would do, and take; of what is shared nobody knows before it is taken."""
    from pipeline.builds.corrections import waiting_corrections
    from pipeline.builds.expected import expected_lines

    note = _taken_first(house)
    if explain and note:
        yield note
    if explain:
        yield from _planned(plan, most, house.spark_remote)
        if fault := waiting_corrections(house, overrides).fault:
            yield f"corrections: a build would stop: {fault}"
    if not note:
        yield from expected_lines(plan, house)


def _taken_first(house: "Warehouse") -> str:
    """Say what a build would bring the folder to before all else; empty: it is there."""
    from pipeline.storage.sharing import is_behind
    from pipeline.storage.store import StoreError

    try:
        takes = is_behind(house)
    except StoreError as error:
        return f"note: what others shared is not known here, and a build would stop: {error}"
    return (
        f"note: a build takes first what others shared in {house.store}, which was not looked "
        "at here, so there may be less to do than this"
        if takes
        else ""
    )


def _planned(plan: "BuildPlan", most: int | None, server: str) -> Iterator[str]:
    reasons = plan.dumps.reasons
    n_kept = len(plan.dumps.kept) + len(plan.dumps.away.stay)
    n_gone = len(plan.dumps.gone)
    yield f"raw: would read {len(plan.dumps.due)} dumps, leave out {n_gone}, keep {n_kept}"
    yield from _dumps(reasons, most)
    yield f"tables: would rebuild {len(plan.sure)}, and {len(plan.perhaps)} if their inputs change"
    found: dict[str, list[str]] = {}
    for name, why in plan.sure.items():
        found.setdefault("; ".join(why), []).append(name)
    for why, names in found.items():
        yield f"  {why}: {_named(names, most)}"
    for name, inputs in plan.perhaps.items():
        yield f"  {name}: if rows change of {', '.join(inputs)}"
    if plan.asked_again:
        yield f"checks: would ask again those of {_named(plan.asked_again, most)}"
    if plan.is_empty:
        yield "nothing to do"
    elif server:
        yield (
            f"tables: the server at {shown_server(server)} would make them; whether it answers was "
            "not tried"
        )
