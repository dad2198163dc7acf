"""One build: everything brought up to date and published, or only planned.

What belongs here: the order of the steps. What does not: the steps.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline.builds.corrections import waiting_corrections
from pipeline.builds.dumps import (
    ASKED,
    DumpsPlan,
    DumpsReport,
    Progress,
    plan_dumps,
    refresh_dumps,
    silent,
)
from pipeline.builds.health import distrust_damaged, renew_marks
from pipeline.builds.pending import need_apart, place_of
from pipeline.builds.publication import publish_set
from pipeline.builds.shortfall import Shortfall
from pipeline.builds.tables import (
    TableReport,
    is_asked_again,
    refresh_model,
    refresh_overrides,
    why_due,
    why_overrides_due,
)
from pipeline.contract.errors import (
    CorrectionsMissingError,
    EngineGoneError,
    PipelineError,
    WriteError,
)
from pipeline.contract.tables import EXTRACTED_TABLES, OVERRIDES
from pipeline.inputs.page_places import RawPlace
from pipeline.inputs.settings import RECORDS_GO
from pipeline.models.catalogue import load_models
from pipeline.storage.engine import EngineError, EngineWriteError
from pipeline.storage.sharing import locked
from pipeline.storage.stamps import INPUT_CHANGED
from pipeline.storage.versions import KEEP_VERSIONS, Version
from pipeline.storage.warehouse import Warehouse

# Files that turn out to be damaged while they are read are made anew, and what was read of them.
_MOST_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What one build did.

    Attributes:
        dumps: what became of saved pages.
        tables: what became of each table.
        version: the latest version.
        is_published: this build made it.
        n_corrections_gone: lines of the overrides file that the last version obeys, and this one
            does not hold.
    """

    dumps: DumpsReport
    tables: tuple[TableReport, ...]
    version: Version
    is_published: bool
    n_corrections_gone: int = 0


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

    @property
    def is_empty(self) -> bool:
        """There is nothing to do."""
        return self.dumps.is_empty and not (self.sure or self.perhaps or self.asked_again)


def utc_now() -> datetime:
    """Return the time, UTC, to the second; the only clock of a build."""
    return datetime.now(UTC).replace(microsecond=0, tzinfo=None)


def build(
    raw: RawPlace,
    warehouse: Warehouse,
    now: datetime | None = None,
    progress: Progress = silent,
    overrides: Path | None = None,
    *,
    full: bool = False,
    refresh_statistics: bool = False,
    retention: str = RECORDS_GO,
    keep_versions: int = KEEP_VERSIONS,
    keep_days: int = 0,
    waivers: Path | None = None,
) -> BuildReport:
    """Bring everything up to date and publish it.

    Args:
        raw: where dumps lie; never written.
        warehouse: the warehouse; made if it is not there.
        now: the time that new rows carry (UTC), the clock's by default.
        progress: called at each step.
        overrides: the file by which people correct the linkage; None, or one that is not
            there: no corrections.
        full: read every dump and rebuild every table, changed or not; statistics stay.
        refresh_statistics: count statistics anew (`builds.statistics`).
        retention: what becomes of the records of a page that is taken away, as in the settings.
        keep_versions: how many of the latest versions stay.
        keep_days: how old, in days, others may be that stay, too.
        waivers: the file by which people waive guardrails; None, or one that is not there: nobody
            does.

    Raises:
        GuardrailError: too much would be lost against the last version: the tables are built, and
            nothing is published.
        BlockingCheckError: a table failed its checks; see below.
        PipelineError: a model does not run: its table keeps its last good rows, those that need it
            wait, the others are built. Nothing is published: a version holds tables that were made
            from each other, or it is not made.
        CorrectionsMissingError: the overrides file is not there where a shared warehouse was made
            with one; the folder has been brought to what is shared.
        PipelineError: the raw folder is missing, the overrides file is none, or the warehouse
            cannot be written; all stays as it is.
    """
    now = now or utc_now()
    place_of(raw, warehouse).need()
    need_apart(raw, warehouse)
    keep = keep_versions, keep_days, waivers
    with locked(warehouse):
        with warehouse.writing("the warehouse"):
            renew_marks(warehouse)
        return _mending(
            warehouse,
            lambda: _build(
                raw,
                warehouse,
                now,
                progress,
                overrides,
                full,
                refresh_statistics,
                retention,
                keep,
            ),
        )


def _mending(
    warehouse: Warehouse, attempt: Callable[[], BuildReport], n_more: int = _MOST_ATTEMPTS - 1
) -> BuildReport:
    """Build; where that fails over files that turn out to be damaged, again without them.

    Raises:
        PipelineError: it fails, and no file is damaged, or that goes on.
    """
    try:
        return attempt()
    except EngineGoneError:
        warehouse.close()
        raise
    except (WriteError, CorrectionsMissingError):
        raise
    except (PipelineError, EngineError, EngineWriteError) as error:
        warehouse.close()
        if n_more and distrust_damaged(warehouse):
            return _mending(warehouse, attempt, n_more - 1)
        if isinstance(error, PipelineError):
            raise
        raise PipelineError(f"the warehouse {warehouse.root} cannot be read: {error}") from None


def _build(
    raw: RawPlace,
    warehouse: Warehouse,
    now: datetime,
    progress: Progress,
    overrides: Path | None,
    full: bool,
    refresh_statistics: bool,
    retention: str,
    keep: tuple[int, int, Path | None],
) -> BuildReport:
    models = load_models()
    shortfall = Shortfall()
    n_gone = waiting_corrections(warehouse, overrides).n_gone
    refresh_overrides(overrides, warehouse, now)
    dumps = None
    with shortfall.noting([spec.full_name for spec in EXTRACTED_TABLES]):
        dumps = refresh_dumps(raw, warehouse, now, progress, full=full, retention=retention)
    tables = []
    for n, model in enumerate(models.values()):
        progress(f"building {model.name}", n, len(models))
        if not shortfall.concerns(model):
            with shortfall.noting([model.name]):
                done = refresh_model(
                    warehouse, model, now, full=full, refresh_statistics=refresh_statistics
                )
                tables.append(done)
    progress("publishing", len(models), len(models))
    if dumps is None or shortfall.failed:
        raise shortfall.error()
    version, is_new = publish_set(warehouse, now, *keep)
    return BuildReport(dumps, tuple(tables), version, is_new, n_gone)


def plan_build(
    raw: RawPlace,
    warehouse: Warehouse,
    overrides: Path | None = None,
    *,
    full: bool = False,
    retention: str = RECORDS_GO,
) -> BuildPlan:
    """Say what a build would do and why; nothing is read or written.

    Args:
        raw: where dumps lie.
        warehouse: as the last build left it.
        overrides: the overrides file.
        full: plan to do everything.
        retention: what becomes of the records of a page that is taken away, as in the settings.

    Raises:
        PipelineError: the raw folder or the overrides file cannot be opened.
    """
    dumps = plan_dumps(raw, warehouse, full=full, retention=retention)
    sure: dict[str, Sequence[str]] = {}
    perhaps: dict[str, Sequence[str]] = {}
    if reasons := why_overrides_due(overrides, warehouse):
        sure[OVERRIDES.full_name] = reasons
    touched, asked_again = {*sure}, []
    if not dumps.is_empty:
        touched |= {spec.full_name for spec in EXTRACTED_TABLES}
    for name, model in load_models().items():
        due = [why for why in why_due(warehouse, model) if not _may_stay(why, touched)]
        reasons = due or ([ASKED] if full and model.drift is None else [])
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
