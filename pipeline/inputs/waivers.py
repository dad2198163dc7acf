"""Guardrails that people waive for a while: `data/waivers.csv`.

What belongs here: what the file may say, how it is read, one more line. What does not: what a
guardrail is (`models.comparisons`), publishing in spite of one (`builds.guardrails`).

    guardrail,who,when,why,until
    papers_gone,ann,2026-03-01,the pages of 2019 were saved twice,2026-03-03

A line counts until the end of its last day (UTC). One that cannot be read, names no guardrail, or
does not say who and why does nothing, and is reported with its number. The file is kept: which
waivers a version was published under stands in its table `guardrails`, too.
"""

from codecs import BOM_UTF8
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from pipeline.inputs.csv_lines import (
    cells_fault,
    csv_bytes,
    need_columns,
    open_csv,
    refuse_doubles,
)
from pipeline.inputs.new_lines import KeptFile
from pipeline.text.damage import without_commands
from pipeline.text.shown import cell_text

COLUMNS = ("guardrail", "who", "when", "why", "until")
_Text = Annotated[str, Field(min_length=1)]
_NO_DAY = "is no day; write it as YYYY-MM-DD"
_WHAT_TO_DO = {
    "guardrail": "is missing; `papermart status` names those that fail",
    "who": "is missing; a waiver says who gave it",
    "when": f"{_NO_DAY}, or leave it out",
    "why": "is missing; a waiver says why",
    "until": f"{_NO_DAY}, the last one on which it counts",
}


class _Line(BaseModel):
    """What a line must say."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    guardrail: _Text
    who: _Text
    when: date | None
    why: _Text
    until: date

    @field_validator("when", mode="before")
    @classmethod
    def _empty_is_unknown(cls, cell: str) -> str | None:
        return cell or None


@dataclass(frozen=True, slots=True)
class Waiver:
    """A line of the file; the names are those of its columns, and its number."""

    guardrail: str
    who: str
    why: str
    until: date
    line: int


@dataclass(frozen=True, slots=True)
class Waivers:
    """What the file says.

    Attributes:
        valid: those that count, the one that counts longest for each guardrail, by its name.
        idle: line and what is wrong with it, of those that do not.
    """

    valid: Mapping[str, Waiver]
    idle: Sequence[tuple[int, str]]


def read_waivers(file: Path | None, guardrails: Collection[str], today: date) -> Waivers:
    """Read the waivers file.

    Args:
        file: the file; None, one that is not there, or an empty one: no waivers.
        guardrails: the names of those there are.
        today: the day (UTC).

    Raises:
        PipelineError: the file as a whole is none of waivers; names file, line and what to do.
    """
    valid: dict[str, Waiver] = {}
    idle: list[tuple[int, str]] = []
    for row in _read_lines(file):
        fault = row["fault"] or _fault(row["waiver"], guardrails, today)
        if fault:
            idle.append((row["line"], fault))
            continue
        waiver = row["waiver"]
        known = valid.get(waiver.guardrail)
        if known is None or known.until <= waiver.until:
            valid[waiver.guardrail] = waiver
    return Waivers(valid, idle)


def _fault(waiver: Waiver, guardrails: Collection[str], today: date) -> str | None:
    if waiver.guardrail not in guardrails:
        known = ", ".join(guardrails)
        return f"column guardrail: there is no {waiver.guardrail[:60]!r}; there are {known}"
    if waiver.until < today:
        return f"the waiver of {waiver.guardrail} ended on {waiver.until}"
    return None


def _read_lines(file: Path | None) -> list[dict[str, Any]]:
    if file is None or not csv_bytes(file, _WAIVERS.what).removeprefix(BOM_UTF8).strip():
        return []
    with open_csv(file) as lines:
        header = [name.strip().lower() for name in lines.header]
        need_columns(file, "line 1", header, COLUMNS)
        refuse_doubles(file, "line 1", header, COLUMNS)
        return [_read_line(line, header, cells) for line, cells in lines.rows]


def _read_line(number: int, header: Sequence[str], cells: Sequence[str]) -> dict[str, Any]:
    if len(cells) != len(header):
        return {"line": number, "waiver": None, "fault": cells_fault(cells, len(header))}
    named = {n: cell_text(without_commands(c)).strip() for n, c in zip(header, cells, strict=True)}
    try:
        said = _Line.model_validate(named)
    except ValidationError as error:
        column = str(error.errors()[0]["loc"][0])
        what = f"{named[column][:60]!r} {_WHAT_TO_DO[column]}"
        return {"line": number, "waiver": None, "fault": f"column {column}: {what}"}
    waiver = Waiver(said.guardrail, said.who, said.why, said.until, number)
    return {"line": number, "waiver": waiver, "fault": None}


# ---------------------------------------------------------------- one more line

_WAIVERS = KeptFile("waivers file", "--waivers", COLUMNS, _read_lines)


def waivers_lock(file: Path) -> AbstractContextManager[None]:
    """Hold the waivers file for one more line.

    Raises:
        PipelineError: see `KeptFile.lock`.
    """
    return _WAIVERS.lock(file)


def add_waiver(file: Path, guardrail: str, who: str, why: str, when: date, until: date) -> int:
    """Write a waiver below the lines of the file; to be called under its lock.

    Returns:
        The number of the new line.

    Raises:
        PipelineError: see `KeptFile.add`.
    """
    cells = {"guardrail": guardrail, "who": who, "when": when, "why": why, "until": until}
    return _WAIVERS.add(file, cells)
