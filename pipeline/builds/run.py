"""One build: everything brought up to date and published, or only planned.

What belongs here: the order of the steps. What does not: the steps.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline.builds.dumps import (
    ASKED,
    DumpsPlan,
    DumpsReport,
    Progress,
    plan_dumps,
    refresh_dumps,
    silent,
)
from pipeline.builds.pending import need_apart, need_folder
from pipeline.builds.tables import (
    TableReport,
    is_asked_again,
    refresh_model,
    refresh_overrides,
    why_due,
    why_overrides_due,
)
from pipeline.contract.tables import EXTRACTED_TABLES, OVERRIDES
from pipeline.models.catalogue import all_specs, load_models
from pipeline.storage.stamps import INPUT_CHANGED
from pipeline.storage.versions import KEEP_VERSIONS, Version, publish
from pipeline.storage.warehouse import Warehouse


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What one build did."""

    dumps: DumpsReport
    tables: tuple[TableReport, ...]
    version: Version
    is_published: bool


@dataclass(frozen=True, slots=True)
class BuildPlan:
    """What a build would do.

    Attributes:
        dumps: what it would read and leave out.
        sure: why tables would be rebuilt, by full name.
        perhaps: tables that would be rebuilt if the rows of another change: which, by full name.
        asked_again: of the other tables, those whose checks would be asked again.
    """

    dumps: DumpsPlan
    sure: Mapping[str, Sequence[str]]
    perhaps: Mapping[str, Sequence[str]]
    asked_again: Sequence[str]


def utc_now() -> datetime:
    """Return the time, UTC, to the second; the only clock of a build."""
    return datetime.now(UTC).replace(microsecond=0, tzinfo=None)


def build(
    raw_dir: Path,
    warehouse: Warehouse,
    now: datetime | None = None,
    progress: Progress = silent,
    overrides: Path | None = None,
    *,
    full: bool = False,
    keep_versions: int = KEEP_VERSIONS,
) -> BuildReport:
    """Bring everything up to date and publish it.

    Args:
        raw_dir: the folder of dumps; never written.
        warehouse: the warehouse; made if it is not there.
        now: the time that new rows carry (UTC), the clock's by default.
        progress: called at each step.
        overrides: the file by which people correct the linkage; None, or one that is not
            there: no corrections.
        full: read every dump and rebuild every table, changed or not.
        keep_versions: how many published versions stay.

    Raises:
        BlockingCheckError: a table failed its checks; the last good tables and the last
            published version stay.
        PipelineError: the raw folder is missing, the overrides file is none, the warehouse
            cannot be written, a model is wrong.
    """
    now = now or utc_now()
    need_folder(raw_dir)
    need_apart(raw_dir, warehouse)
    with warehouse.lock():
        models = load_models()
        refresh_overrides(overrides, warehouse, now)
        dumps = refresh_dumps(raw_dir, warehouse, now, progress, full=full)
        tables = []
        for n, model in enumerate(models.values()):
            progress(f"building {model.name}", n, len(models))
            tables.append(refresh_model(warehouse, model, now, full=full))
        progress("publishing", len(models), len(models))
        version, is_new = publish(warehouse, all_specs(), now, keep_versions)
    return BuildReport(dumps, tuple(tables), version, is_new)


def plan_build(
    raw_dir: Path, warehouse: Warehouse, overrides: Path | None = None, *, full: bool = False
) -> BuildPlan:
    """Say what a build would do and why; nothing is read or written.

    Args:
        raw_dir: the folder of dumps.
        warehouse: as the last build left it.
        overrides: the overrides file.
        full: plan to do everything.

    Raises:
        PipelineError: the raw folder or the overrides file cannot be opened.
    """
    dumps = plan_dumps(raw_dir, warehouse, full=full)
    sure: dict[str, Sequence[str]] = {}
    perhaps: dict[str, Sequence[str]] = {}
    if reasons := why_overrides_due(overrides, warehouse):
        sure[OVERRIDES.full_name] = reasons
    touched, asked_again = {*sure}, []
    if not dumps.is_empty:
        touched |= {spec.full_name for spec in EXTRACTED_TABLES}
    for name, model in load_models().items():
        due = [why for why in why_due(warehouse, model) if not _may_stay(why, touched)]
        reasons = due or ([ASKED] if full else [])
        inputs = _touched(model.reads - model.recalls, touched)
        if reasons:
            sure[name] = reasons
        elif inputs:
            perhaps[name] = inputs
        elif is_asked_again(warehouse, model):
            asked_again.append(name)
        if reasons or inputs:
            touched.add(name)
    return BuildPlan(dumps, sure, perhaps, asked_again)


def _may_stay(reason: str, touched: set[str]) -> bool:
    """Tell whether a reason is an input that this build makes anew, perhaps with the same rows."""
    return reason.removeprefix(f"{INPUT_CHANGED}: ") in touched


def _touched(reads: Iterable[str], touched: set[str]) -> list[str]:
    return sorted(name for name in reads if name in touched)
