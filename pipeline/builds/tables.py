"""Bringing one table up to date.

What belongs here: whether a table is due and why, and having it made, checked and replaced. What
does not: making it (`models.runner`), replacing it (`storage.warehouse`).
"""

from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pipeline.builds.by_keys import make_by_keys
from pipeline.builds.corrections import need_corrections
from pipeline.builds.dumps import ASKED, KEPT
from pipeline.builds.in_parts import make_in_parts
from pipeline.builds.statistics import as_counted, note_drift, with_code_before
from pipeline.contract.checks import CheckResult
from pipeline.contract.errors import MemoryShortError, PipelineError
from pipeline.contract.ids import fingerprint
from pipeline.contract.specs import TableSpec
from pipeline.contract.tables import OVERRIDES
from pipeline.inputs.overrides import overrides_content, read_overrides
from pipeline.models.catalogue import Model, all_specs
from pipeline.models.code_versions import code_of, code_origin
from pipeline.models.functions import tells_of_now
from pipeline.models.keys import linked
from pipeline.models.runner import make_table, naming_memory, raise_if_blocked
from pipeline.storage.audit import audit, checks_version
from pipeline.storage.engine import Engine, EngineError
from pipeline.storage.parquet import write_arrow
from pipeline.storage.stamps import Origin, Stamp, changes
from pipeline.storage.versions import last_intact, published_tables
from pipeline.storage.warehouse import Made, Warehouse


@dataclass(frozen=True, slots=True)
class TableReport:
    """What happened to one table: rebuilt or found up to date, its rows and checks.

    Attributes:
        name: the full name.
        reasons: why it was rebuilt; empty if it was not.
        stamp: its stamp now.
        checks: what its checks found; empty if none were asked.
        n_keys: for how many keys its rows were made (`builds.by_keys`); None: for all there are.
        is_corrected: made anew of the same inputs by the same code, its rows are others than
            before: builds of what had changed had left it wrong.
        is_counted_anew: it holds statistics, and these moved (`builds.statistics`).
    """

    name: str
    reasons: tuple[str, ...]
    stamp: Stamp
    checks: tuple[CheckResult, ...] = ()
    n_keys: int | None = None
    is_corrected: bool = False
    is_counted_anew: bool = False

    @property
    def is_changed(self) -> bool:
        """It was rebuilt."""
        return bool(self.reasons)


# ---------------------------------------------------------------- overrides


def refresh_overrides(file: Path | None, warehouse: Warehouse, now: datetime) -> tuple[str, ...]:
    """Read the overrides file if it has changed since the last build.

    Args:
        file: the file; None, or one that is not there: no corrections.
        warehouse: where `raw.overrides` is written.
        now: kept in the stamp (UTC).

    Returns:
        Why the table was written; empty if it was not.

    Raises:
        CorrectionsMissingError: see `need_corrections`; no table was written.
        PipelineError: the file as a whole cannot be read as overrides; no table was written.
            A line that cannot be read is a row with its fault.
    """
    need_corrections(warehouse, file)
    reasons = why_overrides_due(file, warehouse)
    if not reasons:
        return ()
    from pipeline.contract.arrow import table_of_rows

    origin = _overrides_origin(file)
    table = table_of_rows(OVERRIDES, read_overrides(file))

    def make(candidate: Path) -> Made:
        write_arrow(table, candidate)
        with warehouse.engine([OVERRIDES], {OVERRIDES.full_name: [candidate]}) as engine:
            return Made(audit(engine, OVERRIDES))

    made = warehouse.replace_table(OVERRIDES, make, origin, checks_version(OVERRIDES), now)
    raise_if_blocked(OVERRIDES.full_name, made.checks, KEPT)
    return reasons


def why_overrides_due(file: Path | None, warehouse: Warehouse) -> tuple[str, ...]:
    """Return why the overrides file must be read again; empty if it need not.

    Raises:
        PipelineError: the file is there and cannot be opened.
    """
    return _why_due(warehouse, OVERRIDES, _overrides_origin(file))


def _overrides_origin(file: Path | None) -> Origin:
    code = code_of(["pipeline.inputs.overrides"])
    shape = {"columns": fingerprint(OVERRIDES.shape)}
    return Origin(code | shape, {}, {"the overrides file": overrides_content(file)})


# ---------------------------------------------------------------- models


def why_due(warehouse: Warehouse, model: Model) -> tuple[str, ...]:
    """Return why a table must be rebuilt as its inputs stand now; empty if it need not."""
    old = warehouse.stamp(model.name)
    origin = as_counted(warehouse, model, old, _origin(warehouse, model))
    return _why_due(warehouse, model.spec, origin)


def _why_due(warehouse: Warehouse, spec: TableSpec, origin: Origin) -> tuple[str, ...]:
    old = warehouse.stamp(spec.full_name)
    if old and warehouse.files(spec.full_name) and not warehouse.is_whole(spec.full_name):
        return ("its file is damaged",)
    is_there = old and warehouse.files(spec.full_name)
    return tuple(changes(old.origin if old and is_there else None, origin))


def is_asked_again(warehouse: Warehouse, model: Model) -> bool:
    """Tell whether a table's checks, or what they look at, are others than they were asked with."""
    old = warehouse.stamp(model.name)
    return old is not None and old.asked != _asked(warehouse, model)


def refresh_model(
    warehouse: Warehouse,
    model: Model,
    now: datetime,
    *,
    full: bool = False,
    refresh_statistics: bool = False,
) -> TableReport:
    """Rebuild one table if its code or the rows it reads have changed.

    If only its checks have, or what they look at, they are asked again. Statistics stay as they
    were counted until they have drifted, see `builds.statistics`.

    Args:
        warehouse: where the tables lie; those that the model needs are up to date.
        model: the table's model.
        now: the time of the build (UTC).
        full: rebuild it whether or not anything has changed, statistics aside.
        refresh_statistics: count statistics anew.

    Raises:
        BlockingCheckError: the new table failed its checks; the last good one was kept.
        PipelineError: the model does not run or cannot be written.
    """
    origin, asked = _origin(warehouse, model), _asked(warehouse, model)
    old = warehouse.stamp(model.name)
    is_asked_for = full if model.drift is None else refresh_statistics
    made_from = origin if is_asked_for else as_counted(warehouse, model, old, origin)
    reasons = _why_due(warehouse, model.spec, made_from) or ((ASKED,) if is_asked_for else ())
    if old and not reasons:
        note_drift(warehouse, model, old, origin)
    if old and not reasons and old.asked == asked:
        return TableReport(model.name, (), old)
    if reasons:
        _need_whole(warehouse, model)
    with engine_for(warehouse, model) as engine:
        if old and not reasons:
            made = Made(_ask_again(warehouse, engine, model, replace(old, asked=asked)))
        else:
            before = None if full else old
            made = _make(warehouse, engine, model, before, origin, asked, now)
    raise_if_blocked(model.name, made.checks, KEPT)
    new = warehouse.stamp(model.name)
    if new is None:
        raise PipelineError(f"{model.name} was written but its stamp cannot be read")
    is_other = old is not None and old.content != new.content
    is_statistic = model.drift is not None
    is_corrected = is_other and reasons == (ASKED,) and not (is_statistic or tells_of_now(model))
    return TableReport(
        model.name,
        reasons,
        new,
        tuple(made.checks),
        made.n_keys,
        is_corrected=is_corrected,
        is_counted_anew=is_other and is_statistic,
    )


def _ask_again(
    warehouse: Warehouse, engine: Engine, model: Model, stamp: Stamp
) -> list[CheckResult]:
    """Ask the checks of a table that stays, and keep what they found."""
    checks = audit(engine, model.spec)
    if not any(check.blocks for check in checks):
        kept = [check.summary() for check in checks]
        warehouse.put_stamp(model.spec, replace(stamp, checks=kept))
    return checks


def _make(
    warehouse: Warehouse,
    engine: Engine,
    model: Model,
    before: Stamp | None,
    origin: Origin,
    asked: str,
    now: datetime,
) -> Made:
    """Make a table: of what changed since `before` if that will do, else of all rows."""

    def make(file: Path) -> Made:
        try:
            if before:
                with naming_memory(model):
                    made = make_by_keys(warehouse, engine, model, before, origin, file, now)
                if made and not any(check.blocks for check in made.checks):
                    return made
            # What fails its checks may be kept rows: only made anew it can be told to be wrong.
            return Made(make_table(engine, model, file, now))
        except MemoryShortError:
            pass
        # Not while the error is handled: it holds the rows that were at work.
        return make_in_parts(warehouse, engine, model, file, now)

    linking = linked().get(model.name, ())
    return warehouse.replace_table(model.spec, make, origin, asked, now, linking)


def _need_whole(warehouse: Warehouse, model: Model) -> None:
    """Raise PipelineError if a table that a model needs is not as it was written.

    The new table would be made of damaged rows, or of too few, and its stamp would say that it was
    made of all of them. So content is looked at, whatever size and time say.
    """
    for name in sorted(model.needs):
        if found := warehouse.unsound(name):
            files = ", ".join(file.name for file in found[:3])
            raise PipelineError(
                f"{model.name} cannot be built: {name} is damaged ({files}). Run `papermart build`"
            )


@contextmanager
def engine_for(warehouse: Warehouse, model: Model) -> Generator[Engine]:
    """Open an engine that sees what a model and its checks read."""
    specs = all_specs()
    whole = warehouse.is_whole(model.name)
    names = {*model.needs, *model.recalls, *([model.name] if whole else [])}
    with ExitStack() as opened:
        opened.enter_context(_advising(model))
        files = {name: [] for name in model.recalls if not warehouse.is_whole(name)}
        shown = [specs[name] for name in sorted(names)]
        engine = opened.enter_context(warehouse.maker(shown, files))
        if model.compared:
            published = [spec for spec in published_tables(specs) if spec.name in model.compared]
            opened.enter_context(engine.last_version(last_intact(warehouse), published))
        yield engine


@contextmanager
def _advising(model: Model) -> Generator[None]:
    """Say what to do where an engine cannot read a table that a model needs."""
    try:
        yield
    except EngineError as error:
        raise PipelineError(f"{model.name} cannot be built: {error}") from None


def _origin(warehouse: Warehouse, model: Model) -> Origin:
    inputs = _contents(warehouse, model.reads - model.recalls)
    return with_code_before(warehouse, model, replace(code_origin(model), inputs=inputs))


def _asked(warehouse: Warehouse, model: Model) -> str:
    """Return the version of a model's checks and of the tables that they look things up in."""
    looked_up = _contents(warehouse, model.checks_read)
    # The checks stand first: of rows that stay, `by_keys` asks only whether these are the same.
    return f"{checks_version(model.spec)} {fingerprint(sorted(looked_up.items()))}"


def _contents(warehouse: Warehouse, names: frozenset[str]) -> Mapping[str, str]:
    stamps = {name: warehouse.stamp(name) for name in sorted(names)}
    return {name: stamp.content if stamp else "" for name, stamp in stamps.items()}
