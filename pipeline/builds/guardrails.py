"""Guardrails: what a version is compared in with the one before, so that nothing is lost unseen.

What belongs here: asking them, waivers, the words. What does not: the guardrails themselves
(`sql/guardrails/`), when a version is made (`publication`).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pipeline.contract.errors import GuardrailError, PipelineError
from pipeline.contract.version_tables import GUARDRAILS
from pipeline.inputs.waivers import Waivers, read_waivers
from pipeline.models.comparisons import Guardrail, can_be_asked, load_guardrails
from pipeline.models.runner import rows_of
from pipeline.storage.duckdb_engine import DuckDB
from pipeline.storage.publishing import is_withheld
from pipeline.storage.warehouse import Warehouse

_MOST_NAMED = 3
# What fails where somebody builds who has not the pages that others have.
_OF_PAGES = {"emptied", "papers_gone"}
Found = Mapping[str, Any]


def ask_guardrails(
    engine: DuckDB,
    names: Collection[str],
    last: Path | None,
    waivers_file: Path | None,
    now: datetime,
) -> list[Found]:
    """Return the rows of `guardrails`: each figure of each guardrail, and who waives it.

    Args:
        engine: sees the tables, and those of the last version (`DuckDB.last_version`).
        names: full names of the tables that are made; a guardrail that needs others is not asked.
        last: the version that these are compared with; None: there is none.
        waivers_file: where people waive guardrails; read only if one fails.
        now: the time (UTC).

    Raises:
        PipelineError: a guardrail cannot be asked, or the waivers file is none.
    """
    asked = [g for g in load_guardrails().values() if can_be_asked(g.model, names)]
    compared = {"compared_with": last.stem if last else None}
    found: list[Found] = [
        {**row, **compared} for guardrail in asked for row in _ask(engine, guardrail, now)
    ]
    if all(row["is_passed"] for row in found):
        return found
    valid = read_waivers(waivers_file, load_guardrails(), now.date()).valid
    return [{**row, **_waived(row, valid)} for row in found]


def _ask(engine: DuckDB, guardrail: Guardrail, now: datetime) -> Iterator[dict[str, Any]]:
    said = {
        "guardrail": guardrail.name,
        "severity": guardrail.severity,
        "description": guardrail.description,
    }
    figures = rows_of(engine, guardrail.model, now).to_pylist()
    for n, row in enumerate(figures or [dict.fromkeys(("value_now", "lowest", "highest"))], 1):
        value, low, high = row["value_now"], row["lowest"], row["highest"]
        is_low = low is not None and (value is None or value < low)
        is_high = high is not None and value is not None and value > high
        yield {**said, "figure_index": n, **row, "is_passed": not (is_low or is_high)}


def _waived(row: Found, valid: Mapping[str, Any]) -> dict[str, Any]:
    waiver = None if row["is_passed"] else valid.get(row["guardrail"])
    if waiver is None:
        return {}
    return {"waived_by": waiver.who, "waived_why": waiver.why, "waived_until": waiver.until}


def raise_if_lost(rows: Sequence[Found], store: str = "") -> None:
    """Raise if a guardrail with severity `error` fails and nobody waives it.

    Args:
        rows: of `guardrails`.
        store: the URL under which the warehouse is shared; empty: it is not.

    Raises:
        GuardrailError: with the figures, and what to do.
    """
    blocking = [row for row in rows if _blocks(row)]
    if not blocking:
        return
    names = list(dict.fromkeys(row["guardrail"] for row in blocking))
    told = "; ".join(f"{row['guardrail']}: {_figures(row)}" for row in blocking[:_MOST_NAMED])
    more = f" and {len(blocking) - _MOST_NAMED} more" if len(blocking) > _MOST_NAMED else ""
    shared = (
        f"The warehouse is shared in {store}, so whoever builds needs all pages "
        "(docs/sharing.md#building-it). "
        if store and _OF_PAGES.intersection(names)
        else ""
    )
    raise GuardrailError(
        "nothing was published and the last version stays, since too much would be lost "
        f"({told}{more}). {shared}Put the pages back, or what reads them right, and build again; "
        f"if it is meant: `papermart waive {' '.join(names)} --why WHY`, and build again",
        names,
    )


def _blocks(row: Found) -> bool:
    return not row["is_passed"] and row["severity"] == "error" and row.get("waived_by") is None


def _figures(row: Found) -> str:
    """Say what a figure was, is, and may be.

    >>> _figures({"subject": "papers", "value_before": 6.0, "value_now": 0.0, "lowest": 1.0})
    'papers 6 -> 0, at least 1'
    """
    low, high = row.get("lowest"), row.get("highest")
    limit = f"at least {_number(low)}" if low is not None else f"at most {_number(high)}"
    values = f"{_number(row['value_before'])} -> {_number(row['value_now'])}"
    return f"{row['subject']} {values}, {limit}"


def _number(value: float | None) -> str:
    return "nothing" if value is None else f"{round(value, 3):g}" if value < 1e5 else f"{value:.0f}"


# ---------------------------------------------------------------- what people are told


def guardrail_lines(warehouse: Warehouse, waivers_file: Path, today: date) -> Iterator[str]:
    """Say which guardrails the last attempt to publish failed, who waives them, and idle waivers.

    Args:
        warehouse: as the last build left it.
        waivers_file: where people waive guardrails.
        today: the day (UTC).
    """
    held = is_withheld(warehouse, GUARDRAILS)
    for row in _failed(warehouse):
        figures = f"{row['guardrail']}: {_figures(row)} ({row['description']})"
        if row["waived_by"]:
            who = f"{row['waived_by']} until {row['waived_until']}: {row['waived_why']}"
            yield f"  waived: {figures}; by {who}"
        elif row["severity"] == "error" and held:
            yield f"  not published: {figures}"
        else:
            yield f"  warning: {figures}"
    try:
        waivers = read_waivers(waivers_file, load_guardrails(), today)
    except PipelineError as error:
        yield f"  warning: {error}"
        return
    yield from _idle_lines(waivers, waivers_file.name)


def _failed(warehouse: Warehouse) -> list[dict[str, Any]]:
    if not warehouse.is_whole(GUARDRAILS.full_name):
        return []
    with warehouse.engine([GUARDRAILS]) as engine:
        return engine.rows(
            f"select * from {GUARDRAILS.full_name} where not is_passed "
            "order by severity, guardrail, figure_index"
        )


def _idle_lines(waivers: Waivers, file_name: str) -> Iterator[str]:
    for line, fault in waivers.idle:
        yield f"  waives nothing: {file_name}, line {line}: {fault}"
