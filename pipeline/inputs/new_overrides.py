"""One more line in the overrides file.

What belongs here: what a decision writes into which column. What does not: writing a line, alone
and whole (`inputs.new_lines`), what lines mean (`inputs.overrides`), whether a decision makes sense
(`outputs.decisions`).
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.inputs.new_lines import KeptFile
from pipeline.inputs.overrides import COLUMNS, read_overrides

_OVERRIDES = KeptFile("overrides file", "--overrides", COLUMNS, read_overrides)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a line of the overrides file says; the names are those of its columns."""

    left: str
    right: str
    decision: str
    who: str | None
    when: date
    why: str | None


def overrides_lock(file: Path) -> AbstractContextManager[None]:
    """Hold the overrides file for one decision: what is read meanwhile stays as it is.

    Raises:
        PipelineError: see `KeptFile.lock`.
    """
    return _OVERRIDES.lock(file)


def add_decision(file: Path, decision: Decision) -> int:
    """Write a decision below the lines of the overrides file; to be called under its lock.

    Returns:
        The number of the new line.

    Raises:
        PipelineError: see `KeptFile.add`.
    """
    return _OVERRIDES.add(file, {name: getattr(decision, name) for name in COLUMNS})
