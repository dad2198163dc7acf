"""Publishing one set: a version only of tables that were made from each other as they are now.

What belongs here: what must hold before a version is made, whoever asks for it: a build, a job, or
somebody who asks for the published file alone. What does not: making it (`storage.publishing`),
what it may lose (`guardrails`).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.builds.changes import changes_since
from pipeline.builds.guardrails import ask_guardrails, raise_if_lost
from pipeline.builds.tables import why_due
from pipeline.contract.errors import GuardrailError, PipelineError, memory_advice
from pipeline.contract.specs import TableSpec
from pipeline.contract.tables import EXTRACTED_TABLES, OVERRIDES
from pipeline.contract.version_tables import CHANGES, GUARDRAILS, VERSION_TABLES
from pipeline.models.catalogue import Model, all_specs, load_models
from pipeline.models.comparisons import load_changes, load_guardrails, tables_compared
from pipeline.models.views import published_views
from pipeline.storage.engine import EngineError, EngineMemoryError
from pipeline.storage.publishing import is_published, keep_withheld, publish
from pipeline.storage.sharing import shared_url
from pipeline.storage.versions import KEEP_VERSIONS, Version, last_intact, published_tables
from pipeline.storage.warehouse import Warehouse

if TYPE_CHECKING:
    import pyarrow as pa

_MOST_NAMED = 8
_CUT_OFF = "reading pages was cut off"


def publish_set(
    warehouse: Warehouse,
    now: datetime,
    keep: int = KEEP_VERSIONS,
    keep_days: int = 0,
    waivers: Path | None = None,
) -> tuple[Version, bool]:
    """Publish all tables together, unless their rows are those of the latest version.

    Args:
        warehouse: the tables.
        now: the time of publishing (UTC).
        keep: how many of the latest versions stay.
        keep_days: how old, in days, others may be that stay, too.
        waivers: the file by which people waive guardrails; None: nobody does.

    Returns:
        The latest version, and whether it is new.

    Raises:
        GuardrailError: too much would be lost against the last version; nothing was published.
        PipelineError: a table is behind those it is made from, or the file cannot be written;
            nothing was published.
    """
    if behind := tables_behind(warehouse):
        raise PipelineError(behind_message(behind))
    specs = all_specs()
    telling = partial(_compared, warehouse, specs, now, waivers)
    try:
        return publish(warehouse, specs, now, keep, keep_days, telling, _views(specs))
    except EngineMemoryError as error:
        advice = memory_advice("what is to be published", str(error), error.more)
        raise PipelineError(f"nothing was published: {advice}") from None
    except EngineError as error:
        raise PipelineError(
            f"nothing was published, a table cannot be read: {error}. `papermart status --deep` "
            "names what is damaged, and the build after it makes that anew"
        ) from None


def _views(specs: Mapping[str, TableSpec]) -> list[tuple[TableSpec, str]]:
    return published_views((*published_tables(specs), *VERSION_TABLES))


def is_set_published(warehouse: Warehouse) -> bool:
    """Tell whether the rows of all tables are those of the latest version, or were gone back from.

    Args:
        warehouse: its tables are up to date (`tables_behind`).
    """
    specs = all_specs()
    return is_published(warehouse, specs, _views(specs))


def _compared(
    warehouse: Warehouse, specs: Mapping[str, TableSpec], now: datetime, waivers: Path | None
) -> dict[str, "pa.Table"]:
    """Compare the tables with the last version: the guardrails, and what changes.

    Raises:
        GuardrailError: too much would be lost.
    """
    from pipeline.contract.arrow import table_of_rows

    last = last_intact(warehouse)
    names, last_names = tables_compared([load_changes(), *_guardrail_models()])
    shown = [specs[name] for name in sorted(names & specs.keys())]
    shown_last = [spec for spec in published_tables(specs) if spec.name in last_names]
    with warehouse.engine(shown) as engine, engine.last_version(last, shown_last):
        rows = ask_guardrails(engine, specs, last, waivers, now)
        guardrails = table_of_rows(GUARDRAILS, rows)
        try:
            raise_if_lost(rows, shared_url(warehouse))
        except GuardrailError:
            keep_withheld(warehouse, GUARDRAILS, guardrails, now)
            raise
        changes = changes_since(engine, last, specs, now)
    return {GUARDRAILS.name: guardrails, CHANGES.name: changes}


def _guardrail_models() -> list[Model]:
    return [guardrail.model for guardrail in load_guardrails().values()]


def tables_behind(warehouse: Warehouse) -> dict[str, str]:
    """Return the tables that are not made from the others as they are now, and why, by full name.

    A table is behind, too, if one that it is made from is.
    """
    extracted = (*EXTRACTED_TABLES, OVERRIDES)
    behind = {
        spec.full_name: _CUT_OFF
        for spec in extracted
        if warehouse.stamp(spec.full_name) is None or warehouse.damaged(spec.full_name)
    }
    for name, model in load_models().items():
        reasons = why_due(warehouse, model)
        waits_for = sorted((model.reads - model.recalls) & behind.keys())
        if reasons or waits_for:
            behind[name] = "; ".join(reasons) or f"{waits_for[0]} is behind"
    return behind


def behind_message(behind: Mapping[str, str]) -> str:
    """Say which tables are behind, why, and what to do."""
    first, why = next(iter(behind.items()))
    are, they = ("is", "it is") if len(behind) == 1 else ("are", "they are")
    return (
        f"nothing was published: {_listed(behind)} {are} behind what {they} made from "
        f"({first}: {why}). Run `papermart build`, or materialize all"
    )


def _listed(names: Iterable[str]) -> str:
    found = list(names)
    more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
    return ", ".join(found[:_MOST_NAMED]) + more
