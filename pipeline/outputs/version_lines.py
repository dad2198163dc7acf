"""A published version in a line: what it holds, and what it changed.

What belongs here: the figures, from the file itself, so that they stand also when the version
before is gone. What does not: listing the changes (`outputs.changes`), ages and sizes
(`cli.health`).
"""

import json
from collections import defaultdict

from pipeline.contract.errors import PipelineError
from pipeline.storage.engine import EngineError
from pipeline.storage.published_file import open_published
from pipeline.storage.versions import Version

_COUNTED = ("papers", "authors", "pages")
_CHANGES = "select kind, change, count(distinct id) from changes group by kind, change"
_WORDS = {"paper": "papers", "author": "authors", "trend": "trends", "decision": "decisions"}
_SIGNED = {"new": "+", "gone": "−"}


def version_line(version: Version) -> str:
    """Say how many papers, authors and pages a version has, and what differs from the one before.

    A version that cannot be asked, or was published before these were kept, says so.
    """
    try:
        with open_published(version.path) as engine:
            counts = json.loads(engine.scalar("select row_counts from build_info") or "{}")
            try:
                changes = engine.tuples(_CHANGES)
            except EngineError:  # published before changes were kept
                changes = []
    except (PipelineError, EngineError, ValueError):
        return "what it holds cannot be read"
    held = ", ".join(
        f"{counts[f'marts.{name}']} {name}" for name in _COUNTED if f"marts.{name}" in counts
    )
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for kind, change, n in changes:
        found[kind][change] = n
    told = [_changed(kind, found[kind]) for kind in _WORDS if kind in found]
    return "; ".join([held, *told])


def _changed(kind: str, counts: dict[str, int]) -> str:
    """Say what differs of one kind.

    >>> _changed("paper", {"new": 12, "gone": 1, "merged": 2})
    '+12 −1 papers, 2 merged'
    >>> _changed("trend", {"changed": 4})
    'trends: 4 changed'
    """
    signed = [f"{sign}{counts[change]}" for change, sign in _SIGNED.items() if change in counts]
    others = [
        f"{counts[change]} {change}"
        for change in ("merged", "split", "changed")
        if change in counts
    ]
    if not signed:
        return f"{_WORDS[kind]}: {', '.join(others)}"
    return ", ".join([f"{' '.join(signed)} {_WORDS[kind]}", *others])
