"""What differs between two versions, in words.

What belongs here: counts and lines for people. What does not: what counts as a change
(`sql/versions/changes.sql`), other formats (`outputs.rows`).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline.contract.version_tables import CHANGES
from pipeline.outputs.short_ids import short_id
from pipeline.storage.duckdb_engine import DuckDB

MOST_SHOWN = 100
_MOST_SIGNS = 60
_KINDS = {"paper": "papers", "author": "authors", "trend": "trends", "decision": "decisions"}
ALL_CHANGES = f"select * from {CHANGES.name} order by change_index"
_COUNTS = (
    f"select kind, change, count(distinct id) as n from {CHANGES.name} "
    "group by kind, change order by kind, change"
)


def change_lines(engine: DuckDB) -> Iterator[str]:
    """Say how many papers, people, verdicts and decisions differ, and which.

    Args:
        engine: sees the table `changes`.
    """
    counts: dict[str, list[str]] = {}
    for row in engine.rows(_COUNTS):
        counts.setdefault(row["kind"], []).append(f"{row['n']} {row['change']}")
    if not counts:
        yield "nothing differs"
        return
    for kind, name in _KINDS.items():
        if kind in counts:
            yield f"{name}: {', '.join(counts[kind])}"
    rows = engine.rows(f"{ALL_CHANGES} limit {MOST_SHOWN + 1}")
    yield from map(change_line, rows[:MOST_SHOWN])
    if len(rows) > MOST_SHOWN:
        yield f"  the first {MOST_SHOWN}; --format csv writes all"


def change_line(row: Mapping[str, Any]) -> str:
    """Say one change.

    Args:
        row: a row of `changes`.

    >>> row = {"kind": "paper", "id": "p0123456789abcdef", "name": "Nets", "field": None}
    >>> change_line(row | {"change": "new", "other_id": None})
    '  paper new: p01234567 Nets'
    >>> change_line(row | {"change": "merged", "other_id": "p23456789abcdef01"})
    '  paper merged: p01234567 Nets, into p23456789'
    >>> values = {"value_before": None, "value_now": "ICML", "other_id": None}
    >>> change_line(row | values | {"change": "changed", "field": "venue"})
    "  paper changed: p01234567 Nets, venue: unknown -> 'ICML'"
    """
    name = f" {_cut(row['name'])}" if row["name"] else ""
    ids = " ".join(map(short_id, row["id"].split(" ")))  # a decision's are two
    what = f"  {row['kind']} {row['change']}: {ids}{name}"
    if row["other_id"]:
        other = short_id(row["other_id"])
        return f"{what}, {'into' if row['change'] == 'merged' else 'from'} {other}"
    if row["field"] is None:
        return what
    before, now = _apart(row["value_before"], row["value_now"])
    return f"{what}, {row['field']}: {before} -> {now}"


def _apart(before: str | None, now: str | None) -> Sequence[str]:
    """Return two values for people; long ones from shortly before the place where they differ."""
    start = 0
    if before and now and max(len(before), len(now)) > _MOST_SIGNS:
        pairs = enumerate(zip(before, now, strict=False))
        same = next((n for n, (a, b) in pairs if a != b), min(len(before), len(now)))
        start = max(0, same - _MOST_SIGNS // 3)
    return ["unknown" if v is None else repr(_cut(v, start)) for v in (before, now)]


def _cut(text: str, start: int = 0) -> str:
    end = start + _MOST_SIGNS
    return ("…" if start else "") + text[start:end] + ("…" if len(text) > end else "")
