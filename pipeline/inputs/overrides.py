"""Corrections of papers and authors that people write down: `data/overrides.csv`.

What belongs here: what the file may say, how it is read. What does not: which records a line stands
for and which lines contradict each other (`transforms.override_lines`), obeying them, which is
clustering (`transforms.clusters`), writing one more line (`new_overrides`).

    left,right,decision,who,when,why
    4b4fcbdbc598f512-0007,a698d019c829556c-0003,same,ann,2026-03-01,retitled for the journal
    p0123456789abcdef,p123456789abcdef0,not_same,bo,2026-03-02,the sequel

A record id stands for that record; a paper id, also one of an earlier build, for the paper's
records. An author id, also one of an earlier build, stands for the author's names in lists; such a
line names two authors. A line that cannot be read, that names what is not there, or that
contradicts others is left out and reported with its number; all other lines are obeyed. A file that
is no overrides file at all (no such columns, no text) stops the build before anything is written,
since going on would undo every correction in it.
"""

import re
from codecs import BOM_UTF8
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from pipeline.contract.ids import AUTHOR_ID, PAPER_ID, RECORD_ID
from pipeline.inputs.csv_lines import (
    cells_fault,
    csv_bytes,
    need_columns,
    open_csv,
    refuse_doubles,
)
from pipeline.text.damage import without_commands
from pipeline.text.shown import cell_text

COLUMNS = ("left", "right", "decision", "who", "when", "why")
_Id = Annotated[str, Field(pattern=rf"^({RECORD_ID}|{PAPER_ID}|{AUTHOR_ID})$")]


class _Line(BaseModel):
    """What a line must say."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    left: _Id
    right: _Id
    decision: Literal["same", "not_same"]
    who: str | None
    when: date | None
    why: str | None

    @field_validator("who", "when", "why", mode="before")
    @classmethod
    def _empty_is_unknown(cls, cell: str) -> str | None:
        return cell or None


_NO_ID = "is no id; write a record_id, paper_id or author_id, as `papermart explain` shows them"
_WHAT_TO_DO = {
    "left": _NO_ID,
    "right": _NO_ID,
    "decision": "is no decision; write same or not_same",
    "when": "is no day; write it as YYYY-MM-DD, or leave it out",
}


def overrides_content(file: Path | None) -> str:
    """Return a fingerprint of what the file says; that of an empty one where there is none.

    Raises:
        PipelineError: the file is there and cannot be opened.
    """
    return sha256(overrides_bytes(file)).hexdigest()[:20]


def overrides_bytes(file: Path | None) -> bytes:
    """Return what stands in the file; nothing where there is none.

    Raises:
        PipelineError: see `overrides_content`.
    """
    return b"" if file is None else csv_bytes(file, "overrides file")


def read_overrides(file: Path | None) -> list[dict[str, Any]]:
    """Read the overrides file.

    Args:
        file: the file; None, one that is not there, or an empty one: no overrides.

    Returns:
        Rows of `raw.overrides`. A line that cannot be read is a row with its fault, in which
        only the line number and what could be read of the ids stands.

    Raises:
        PipelineError: the file as a whole is none of overrides: not UTF-8, no CSV, columns
            missing; names file, line and what to do.
    """
    if file is None or not overrides_bytes(file).removeprefix(BOM_UTF8).strip():
        return []
    with open_csv(file) as lines:
        header = [name.strip().lower() for name in lines.header]
        need_columns(file, "line 1", header, COLUMNS)
        refuse_doubles(file, "line 1", header, COLUMNS)
        return [_read_line(line, header, cells) for line, cells in lines.rows]


def _is_author(id_: str) -> bool:
    return re.fullmatch(AUTHOR_ID, id_) is not None


def _read_line(number: int, header: Sequence[str], cells: Sequence[str]) -> dict[str, Any]:
    shown = (without_commands(cell).strip() for cell in cells)
    named = dict(zip(header, shown, strict=False))
    row = {"line": number, "left_id": named.get("left"), "right_id": named.get("right")}
    if len(cells) != len(header):
        return row | {"fault": cells_fault(cells, len(header))}
    try:
        line = _Line.model_validate(named)
    except ValidationError as error:
        column = str(error.errors()[0]["loc"][0])
        cell = named[column]
        return row | {"fault": f"column {column}: {cell[:60]!r} {_WHAT_TO_DO[column]}"}
    if line.left == line.right:
        return row | {"fault": "columns left and right: name the same id; name two"}
    if _is_author(line.left) != _is_author(line.right):
        return row | {
            "fault": "columns left and right: name an author and a paper; name two of one kind"
        }
    return row | {
        "decision": line.decision,
        "who": line.who and cell_text(line.who),
        "decided_on": line.when,
        "why": line.why and cell_text(line.why),
        "fault": None,
    }
