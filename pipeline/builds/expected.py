"""What a build would take, told before it begins: time, and room on the disk.

What belongs here: reckoning it from what tables took here when they were last made whole; where
that is not known, from what this release took (`benchmarks/RESULTS.md`). What does not: measuring
(`storage.warehouse` does, as it makes a table), what a build would do (`run`).
"""

import shutil
from collections.abc import Iterator
from contextlib import suppress

from rich.filesize import decimal

from pipeline.builds.run import BuildPlan
from pipeline.inputs.page_places import RawPlace, folder_of
from pipeline.storage.manifest import read_manifest
from pipeline.storage.warehouse import Warehouse

# As measured on two cores, with 10,000 to a million records: for each byte of pages a build from
# nothing took so many seconds, of them these to read it, and left so many bytes.
_SECONDS_OF_ALL = 0.8e-6
_SECONDS_OF_READING = 0.1e-6
_BYTES_LEFT = 6
_LEAST_SECONDS = 10.0  # of a build from nothing: starting, and 90 tables
# What is shorter, and less, need not be told.
_SHORT = 20.0
_MUCH_ROOM = 1_000_000_000
_LONG_BYTES = 100_000_000  # of new pages: about a minute


def expected_lines(plan: BuildPlan, warehouse: Warehouse) -> Iterator[str]:
    """Say how long a build would take, and how much of the disk; nothing where it is little.

    A table may be made of what changed alone, so the time is at most that: how much of it hangs on
    the new pages is known once they are read.

    Args:
        plan: what it would do.
        warehouse: as the last build left it.
    """
    if plan.is_empty:
        return
    before = sum(row["n_bytes"] or 0 for row in read_manifest(warehouse).values())
    due = sum(file.n_bytes or 0 for file, _ in plan.dumps.due)
    kept = sum(row["n_bytes"] or 0 for row in plan.dumps.kept.values())
    after = due + kept + sum(row["n_bytes"] or 0 for row in plan.dumps.away.stay)
    known = _seconds_known(plan, warehouse, after / before) if before else None
    if known is None:
        seconds = max(after * _SECONDS_OF_ALL, _LEAST_SECONDS)
        said = "about {}, as this release takes on two cores for as much (benchmarks/RESULTS.md)"
    else:
        seconds = known + due * _SECONDS_OF_READING
        said = "about {} or less for its tables, as they took here when last made whole"
    if seconds >= _SHORT:
        there = "; on a server on one machine some twice that" if warehouse.spark_remote else ""
        yield "time: " + said.format(duration(seconds)) + there
    yield from _room(warehouse, (after - before) * _BYTES_LEFT)


def _seconds_known(plan: BuildPlan, warehouse: Warehouse, growth: float) -> float | None:
    """Return the seconds of all tables that may be due; None: of one it is not known."""
    total = 0.0
    for name in (*plan.sure, *plan.perhaps):
        stamp = warehouse.stamp(name)
        if stamp is None or stamp.seconds is None:
            return None
        total += stamp.seconds * max(growth, 1)
    return total


def _room(warehouse: Warehouse, n_bytes: int) -> Iterator[str]:
    """Say how much room the warehouse would take more, and whether there is as much."""
    there = next(place for place in (warehouse.root, *warehouse.root.parents) if place.exists())
    free = shutil.disk_usage(there).free
    if n_bytes > free:
        yield (
            f"  warning: about {decimal(n_bytes)} more would lie in {warehouse.root}, and "
            f"{decimal(free)} are free there"
        )
    elif n_bytes >= _MUCH_ROOM:
        yield f"disk: about {decimal(n_bytes)} more, of {decimal(free)} that are free"


def is_long(raw: RawPlace, warehouse: Warehouse, *, full: bool = False) -> bool:
    """Tell at a look at sizes whether a build will take minutes.

    Args:
        raw: where dumps lie.
        warehouse: as the last build left it.
        full: it makes everything anew, not only what came.
    """
    known = sum(row["n_bytes"] or 0 for row in read_manifest(warehouse).values())
    return _bytes_below(raw) - (0 if full else known) >= _LONG_BYTES


def _bytes_below(raw: RawPlace) -> int:
    folder = folder_of(raw)
    if folder is None:
        from pipeline.inputs.stored_pages import bytes_below

        return bytes_below(str(raw))
    lying = 0
    for file in folder.rglob("*"):
        with suppress(OSError):  # gone since, or not to be looked at: whoever reads it says so
            lying += file.stat().st_size if file.is_file() else 0
    return lying


def duration(seconds: float) -> str:
    """Return a time in words, as exactly as a guess deserves.

    >>> [duration(n) for n in (8, 70, 840, 9000)]
    ['8 s', '1 min', '14 min', '2.5 h']
    """
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 90 else f"{seconds / 3600:.1f} h"
