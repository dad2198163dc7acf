"""How fresh and how healthy a warehouse is, in words.

What belongs here: putting together what `papermart status` says. What does not: mending it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.build import pending_dumps
from pipeline.errors import PipelineError
from pipeline.publishing import versions
from pipeline.segments import read_manifest
from pipeline.sql_models import all_specs
from pipeline.warehouse import Warehouse


@dataclass(frozen=True, slots=True)
class Status:
    """The state of a warehouse.

    Attributes:
        raw_dir: the folder of saved pages.
        root: the warehouse.
        dumps: the rows of raw.dumps.
        n_pending: dumps that are new, moved or gone since the last build; None: not known.
        version: id of the published version, or None.
        failed_checks: (table, message, rows) of checks that failed without blocking.
    """

    raw_dir: Path
    root: Path
    dumps: tuple[dict[str, Any], ...]
    n_pending: int | None
    version: str | None
    failed_checks: tuple[tuple[str, str, int], ...]

    def lines(self) -> Iterator[str]:
        """Yield the status, line by line."""
        if self.version is None:
            yield f"warehouse {self.root}: nothing published yet; run `papermart build`"
        else:
            yield f"warehouse {self.root}: published version {self.version}"
        if self.n_pending is None:
            yield f"raw folder {self.raw_dir}: is not there"
        elif self.n_pending:
            yield (
                f"raw folder {self.raw_dir}: {self.n_pending} files are new, moved or gone "
                "since the last build; run `papermart build`"
            )
        else:
            yield f"raw folder {self.raw_dir}: all pages are in the warehouse"
        aside = [row for row in self.dumps if row["status"] == "quarantined"]
        n_records = sum(row["n_records"] for row in self.dumps)
        n_odd = sum(row["n_lines_unclaimed"] or 0 for row in self.dumps)
        yield (
            f"dumps: {len(self.dumps)}, {n_records} records, {len(aside)} set aside, "
            f"{n_odd} lines not understood"
        )
        for row in sorted(aside, key=lambda row: row["path"]):
            yield aside_line(row["path"], row["reason"])
        for table, message, n_rows in self.failed_checks:
            yield f"  warning: {table}: {message} ({n_rows} rows)"


def aside_line(path: str, reason: str) -> str:
    r"""Say of a dump that it was set aside, on one line whatever its name holds.

    >>> print(aside_line("two\nlines.txt", "is empty"))
      set aside: two\nlines.txt is empty
    """
    name = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in path)
    return f"  set aside: {name} {reason}"


def read_status(raw_dir: Path, warehouse: Warehouse) -> Status:
    """Read the state of a warehouse; nothing is written.

    Args:
        raw_dir: the folder of dumps, to see what is new.
        warehouse: the warehouse, which may not be there yet.
    """
    try:
        n_pending = len(pending_dumps(raw_dir, warehouse))
    except PipelineError:
        n_pending = None
    failed = [
        (name, check["message"], check["n_failed"])
        for name in all_specs()
        if (stamp := warehouse.stamp(name))
        for check in stamp.checks
        if not check["passed"]
    ]
    current = next((v.id for v in versions(warehouse) if v.is_current), None)
    dumps = tuple(read_manifest(warehouse).values())
    return Status(raw_dir, warehouse.root, dumps, n_pending, current, tuple(failed))
