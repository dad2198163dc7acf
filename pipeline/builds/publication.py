"""Publishing one set: a version only of tables that were made from each other as they are now.

What belongs here: what must hold before a version is made, whoever asks for it: a build, a job, or
somebody who asks for the published file alone. What does not: making it (`storage.publishing`).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from pipeline.builds.tables import why_due
from pipeline.contract.errors import PipelineError
from pipeline.contract.tables import EXTRACTED_TABLES, OVERRIDES
from pipeline.models.catalogue import all_specs, load_models
from pipeline.storage.engine import EngineError
from pipeline.storage.publishing import publish
from pipeline.storage.versions import KEEP_VERSIONS, Version
from pipeline.storage.warehouse import Warehouse

_MOST_NAMED = 8
_CUT_OFF = "reading pages was cut off"


def publish_set(
    warehouse: Warehouse, now: datetime, keep: int = KEEP_VERSIONS, keep_days: int = 0
) -> tuple[Version, bool]:
    """Publish all tables together, unless their rows are those of the latest version.

    Args:
        warehouse: the tables.
        now: the time of publishing (UTC).
        keep: how many of the latest versions stay.
        keep_days: how old, in days, others may be that stay, too.

    Returns:
        The latest version, and whether it is new.

    Raises:
        PipelineError: a table is behind those it is made from, or the file cannot be written;
            nothing was published.
    """
    if behind := tables_behind(warehouse):
        raise PipelineError(behind_message(behind))
    try:
        return publish(warehouse, all_specs(), now, keep, keep_days)
    except EngineError as error:
        raise PipelineError(
            f"nothing was published, a table cannot be read: {error}. `papermart status --deep` "
            "names what is damaged, and the build after it makes that anew"
        ) from None


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
