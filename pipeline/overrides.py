"""Corrections of the linkage that people write down: `data/overrides.csv`.

What belongs here: what the file may say, how it is read, which records a line stands for, which
lines contradict each other. What does not: obeying them, which is clustering (`linkage`).

    left,right,decision,who,when,why
    4b4fcbdbc598f512-0007,a698d019c829556c-0003,same,ann,2026-03-01,retitled for the journal
    p0123456789abcdef,p123456789abcdef0,not_same,bo,2026-03-02,the sequel

A record id stands for that record; a paper id, also one of an earlier build, for the paper's
records. A line that cannot be read, that names what is not there, or that contradicts others is
left out and reported with its number; all other lines are obeyed. A file that is no overrides file
at all (no such columns, no text) stops the build before anything is written, since going on would
undo every correction in it.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from pipeline.errors import PipelineError
from pipeline.record_files import semicolons_told
from pipeline.warehouse import fingerprint

if TYPE_CHECKING:
    import polars as pl

_COLUMNS = ("left", "right", "decision", "who", "when", "why")
_SAYS = ("left_id", "right_id", "decision")
# "4b4fcbdbc598f512-0007", "p0123456789abcdef"
_Id = Annotated[str, Field(pattern=r"^([0-9a-f]{16}-[0-9]{4,}|p[0-9a-f]{16})$")]


# ---------------------------------------------------------------- the file


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


_WHAT_TO_DO = {
    "left": "is no id; write a record_id or a paper_id, as `papermart explain` shows them",
    "right": "is no id; write a record_id or a paper_id, as `papermart explain` shows them",
    "decision": "is no decision; write same or not_same",
    "when": "is no day; write it as YYYY-MM-DD, or leave it out",
}


def overrides_version(file: Path | None) -> str:
    """Return a fingerprint of the file and of the code that reads it.

    Raises:
        PipelineError: the file is there and cannot be opened.
    """
    code = Path(__file__).read_text("utf-8")
    return fingerprint(code, _content(file)) if file else fingerprint(code, b"")


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes() if file.exists() or file.is_symlink() else b""
    except OSError as error:
        cause = (error.strerror or str(error)).lower()
        raise PipelineError(f"the overrides file {file} cannot be opened: {cause}") from None


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
    content = _content(file) if file else b""
    if not content.strip():
        return []
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise PipelineError(f"{file}, line {line}: is not UTF-8 text; save it as UTF-8") from None
    rows = csv.reader(text.splitlines(keepends=True), strict=True)
    try:
        header = [name.strip().lower() for name in next(rows)]
        _need_columns(file, header)
        return [_read_line(number, header, cells) for number, cells in _numbered(rows) if cells]
    except csv.Error as error:
        raise PipelineError(
            f"{file}, line {rows.line_num}: is no CSV ({error}); mend or remove the line"
        ) from None


def _need_columns(file: Path | None, header: Sequence[str]) -> None:
    missing = [name for name in _COLUMNS if name not in header]
    if missing:
        raise PipelineError(
            f"{file}, line 1: the column {missing[0]} is missing; "
            f"the first line must be {','.join(_COLUMNS)}{semicolons_told(header)}"
        )


def _numbered(rows: Any) -> Iterator[tuple[int, list[str]]]:  # noqa: ANN401 - csv's own type
    """Yield each row with the line it begins on: a quoted cell may go over several."""
    begins = rows.line_num + 1
    for cells in rows:
        yield begins, [cell.strip() for cell in cells] if any(map(str.strip, cells)) else []
        begins = rows.line_num + 1


def _read_line(number: int, header: Sequence[str], cells: Sequence[str]) -> dict[str, Any]:
    named = dict(zip(header, cells, strict=False))
    row = {"line": number, "left_id": named.get("left"), "right_id": named.get("right")}
    if len(cells) != len(header):
        what = f"{len(cells)} cells, there must be {len(header)}"
        return row | {"fault": f"{what}; put texts with commas between double quotes"}
    try:
        line = _Line.model_validate(named)
    except ValidationError as error:
        column = str(error.errors()[0]["loc"][0])
        cell = named[column]
        return row | {"fault": f"column {column}: {cell[:60]!r} {_WHAT_TO_DO[column]}"}
    if line.left == line.right:
        return row | {"fault": "columns left and right: name the same id; name two"}
    return row | {
        "decision": line.decision,
        "who": line.who,
        "decided_on": line.when,
        "why": line.why,
        "fault": None,
    }


# ---------------------------------------------------------------- what the lines stand for


@dataclass(slots=True)
class _Ruling:
    """A line with the records it stands for."""

    line: int
    is_same: bool
    left: set[str]
    right: set[str]
    fault: str | None = None


def resolve_lines(
    lines: "pl.DataFrame", members: "pl.DataFrame", obeyed: "pl.DataFrame"
) -> "pl.DataFrame":
    """Say which records each line stands for, and leave out those that contradict each other.

    `same` makes one paper of all records on both sides. `not_same` keeps every record on the
    left from every one on the right. If one side holds the other (a paper and the record to be
    taken out of it, a merged paper and the paper that was merged into it), the part is kept from
    the rest. A line that was obeyed before goes on to stand for the same records: a paper that was
    parted from one of its records may have left its id with that record.

    Lines contradict if, taken together, they say of two records both `same` (directly or by way
    of others: A is B, B is C) and `not_same`. None of the lines concerned is obeyed.

    Args:
        lines: the columns of `raw.overrides`.
        members: columns `id`, `record_id`: the records each id in the file stands for.
        obeyed: columns `left_id`, `right_id`, `decision`, `side` (`left`, `right`), `record_id`:
            the records that lines stood for in the last build.

    Returns:
        The columns of `linkage.override_lines`, ordered by line. A line with a fault has no
        records.
    """
    import polars as pl

    records: dict[str, set[str]] = defaultdict(set)
    for id_, record_id in members.select("id", "record_id").iter_rows():
        records[id_].add(record_id)
    before: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for *key, record_id in obeyed.select(*_SAYS, "side", "record_id").iter_rows():
        before[tuple(key)].add(record_id)
    rulings = [_rule(row, records, before) for row in lines.sort("line").iter_rows(named=True)]
    for line, others in _contradictions([r for r in rulings if not r.fault]).items():
        ruling = next(r for r in rulings if r.line == line)
        named = ", ".join(str(other) for other in sorted(others))
        ruling.fault = (
            f"columns left, right, decision: contradict line{'s' * (len(others) > 1)} {named}: "
            "together they say both same and not_same; keep what is right"
        )
    sides = {
        f"{side}_records": [[] if r.fault else sorted(getattr(r, side)) for r in rulings]
        for side in ("left", "right")
    }
    return lines.sort("line").with_columns(
        *(pl.Series(name, values, dtype=pl.List(pl.String)) for name, values in sides.items()),
        pl.Series("fault", [r.fault for r in rulings], dtype=pl.String),
    )


def _rule(
    row: Mapping[str, Any],
    records: Mapping[str, set[str]],
    before: Mapping[tuple[str, ...], set[str]],
) -> _Ruling:
    left, right = (
        before.get((*(row[name] for name in _SAYS), side)) or records.get(row[f"{side}_id"], set())
        for side in ("left", "right")
    )
    ruling = _Ruling(row["line"], row["decision"] == "same", left, right, row["fault"])
    if ruling.fault:
        return ruling
    for side, found in (("left", left), ("right", right)):
        if not found:
            ruling.fault = (
                f"column {side}: no page in the warehouse has {row[f'{side}_id']}; "
                "correct it, or put the page back"
            )
            return ruling
    if not ruling.is_same:
        if left == right:
            ruling.fault = "columns left and right: stand for the same records; name two papers"
        elif right <= left:
            ruling.left = left - right
        elif left <= right:
            ruling.right = right - left
        else:
            ruling.left, ruling.right = left - right, right - left
    return ruling


def _contradictions(rulings: Sequence[_Ruling]) -> dict[int, set[int]]:
    """Return the lines that contradict others, and which."""
    same = {r.line: r.left | r.right for r in rulings if r.is_same}
    found: dict[int, set[int]] = defaultdict(set)
    for apart in (r for r in rulings if not r.is_same):
        left = dict(same)
        involved = {apart.line}
        while path := _path(apart, left):
            involved.update(path)
            for line in path:
                del left[line]
        if len(involved) > 1:
            for line in involved:
                found[line] |= involved - {line}
    return found


def _path(apart: _Ruling, same: Mapping[int, set[str]]) -> list[int]:
    """Return the fewest `same` lines that lead from one side to the other; none: []."""
    lines_of: dict[str, list[int]] = defaultdict(list)
    for line in sorted(same):
        for record in same[line]:
            lines_of[record].append(line)
    reached: dict[int, int | None] = {}
    edge: list[int] = []

    def step(records: Iterable[str], origin: int | None) -> None:
        for line in sorted({line for r in records for line in lines_of[r]} - reached.keys()):
            reached[line] = origin
            edge.append(line)

    step(apart.left, None)
    for line in edge:  # grows while it is walked: breadth first
        if same[line] & apart.right:
            path, here = [], line
            while here is not None:
                path.append(here)
                here = reached[here]
            return path
        step(same[line], line)
    return []
