"""What takes how much of the disk, in words.

What belongs here: the sizes of a warehouse's parts, and of Dagster's history, and what makes the
largest smaller. What does not: making it smaller.

Only files that builds or Dagster wrote are counted; what others put beside them is theirs.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from rich.filesize import decimal

from pipeline.contract.specs import LAYERS
from pipeline.storage.versions import versions
from pipeline.storage.warehouse import Warehouse

_VERSIONS, _TABLES, _HISTORY = "versions", "tables", "Dagster's history"
# Below this nobody needs to hear how to make it less.
_MUCH = 1_000_000_000


def disk_line(warehouse: Warehouse, history: Path) -> str | None:
    """Say in one line what takes how much, the largest first; None if there is nothing yet.

    Where it is much, the line ends with what makes the largest part smaller.

    Args:
        warehouse: the warehouse.
        history: the folder of Dagster's history, which need not be there.
    """
    known = versions(warehouse)
    parts = {
        _VERSIONS: sum(version.n_bytes for version in known),
        _TABLES: _size_of(_table_files(warehouse)),
        _HISTORY: _size_of(_files_below(history)),
    }
    shown = sorted(((n, name) for name, n in parts.items() if n), reverse=True)
    if not shown:
        return None
    total, (most, largest) = sum(parts.values()), shown[0]
    each = ", ".join(f"{_named(name, len(known))} {decimal(n)}" for n, name in shown)
    advice = f"; {_advice(largest, history)}" if most >= _MUCH else ""
    return f"disk: {decimal(total)} ({each}){advice}"


def _named(part: str, n_versions: int) -> str:
    if part == _VERSIONS:
        return f"{n_versions} published version{'' if n_versions == 1 else 's'}"
    return part


def _advice(part: str, history: Path) -> str:
    """Say what makes a part smaller."""
    if part == _VERSIONS:
        return "for less, set keep_versions or keep_days in papermart.toml lower"
    if part == _HISTORY:
        return f"for less, remove {history} while Dagster is not running: it starts a new history"
    return "for less, have fewer pages: all tables can be built again from these"


def _table_files(warehouse: Warehouse) -> Iterator[Path]:
    for layer in LAYERS:
        for folder in (warehouse.tables / layer).glob("*/"):
            yield from warehouse.files(f"{layer}.{folder.name}")


def _files_below(folder: Path) -> Iterator[Path]:
    for place, _, names in os.walk(folder):
        yield from (Path(place, name) for name in names)


def _size_of(files: Iterable[Path]) -> int:
    return sum(map(_size, files))


def _size(file: Path) -> int:
    try:
        return file.lstat().st_size
    except OSError:  # gone meanwhile
        return 0
