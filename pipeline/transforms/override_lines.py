"""Which records the lines of the overrides file stand for, and which contradict each other.

What belongs here: pure functions from frames to frames. What does not: reading the file
(`inputs.overrides`), obeying it, which is clustering (`clusters`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl


_SAYS = ("left_id", "right_id", "decision")


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
    split from one of its records may have left its id with that record.

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


def contradicted_lines(lines: "pl.DataFrame", number: int) -> set[int]:
    """Return the lines that contradict one, where each id stands for itself.

    Args:
        lines: columns `line`, `left_id`, `right_id`, `decision`.
        number: the line in question.
    """
    rulings = [
        _Ruling(row["line"], row["decision"] == "same", {row["left_id"]}, {row["right_id"]})
        for row in lines.sort("line").iter_rows(named=True)
    ]
    return _contradictions(rulings).get(number, set())


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
