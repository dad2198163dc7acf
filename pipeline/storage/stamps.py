"""What a table was made from, kept beside it, and why that is not what it would be made from now.

What belongs here: stamps, and the comparison of two. What does not: finding out what a table is
made from (`models.code_versions`), what follows (`builds`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline.contract.checks import CheckResult
from pipeline.contract.ids import fingerprint
from pipeline.storage.checksums import FileMark, read_sealed, write_sealed

FILE = "_stamp.json"
# Stamps held in memory, of a few warehouses; a build asks for each a dozen times.
_MOST_HELD = 1_024
# How a reason begins that names a table whose rows have changed.
INPUT_CHANGED = "input changed"


@dataclass(frozen=True, slots=True)
class Origin:
    """All that decides the rows of a table.

    Attributes:
        code: fingerprints of what the table is made by, each under a name for people: a module,
            `SQL`, `columns`.
        libraries: versions of the libraries whose output is stored.
        inputs: the version of the rows of each table it reads, by full name.
    """

    code: Mapping[str, str]
    libraries: Mapping[str, str]
    inputs: Mapping[str, str]

    @property
    def version(self) -> str:
        """A fingerprint of all of it."""
        return fingerprint(*(sorted(part.items()) for part in self.parts()))

    @property
    def code_version(self) -> str:
        """A fingerprint of code and libraries."""
        return fingerprint(sorted(self.code.items()), sorted(self.libraries.items()))

    def parts(self) -> Iterator[Mapping[str, str]]:
        """Yield code, libraries and inputs."""
        yield from (self.code, self.libraries, self.inputs)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What stands in a table's `_stamp.json`.

    Attributes:
        origin: what the table was made from.
        content: version of its rows (`parquet.data_version`).
        n_rows: rows in the table.
        built_at: when it was written (UTC, ISO 8601).
        asked: version of the checks, and of the tables that they look things up in.
        files: the marks of the table's files, by name.
        checks: what they found, without rows.
        seconds: by the clock, in which all its rows were made and checked here when that was done
            last; None: not known, and what a server took is not.
    """

    origin: Origin
    content: str
    n_rows: int
    built_at: str
    asked: str
    files: Mapping[str, FileMark]
    checks: Sequence[Mapping[str, Any]] = field(default=())
    seconds: float | None = None

    @classmethod
    def of(
        cls,
        origin: Origin,
        content: tuple[str, int],
        asked: str,
        files: Mapping[str, FileMark],
        checks: Iterable[CheckResult],
        now: datetime,
    ) -> "Stamp":
        """Make the stamp of a table written now.

        Args:
            origin: what it was made from.
            content: the version of its rows, and their number.
            asked: see the attributes.
            files: see the attributes.
            checks: what its checks found.
            now: the time (UTC).
        """
        version, n_rows = content
        when = now.isoformat(timespec="seconds")
        found = [check.summary() for check in checks]
        return cls(origin, version, n_rows, when, asked, files, found)


def changes(before: Origin | None, now: Origin) -> list[str]:
    """Return in words why a table is not what it would be made from now; nothing: it is.

    Args:
        before: what it was made from; None: it is not there.
        now: what it would be made from.
    """
    if before is None:
        return ["never built"]
    found = [f"{name} changed" for name in _differing(before.code, now.code)]
    found += [
        f"library changed: {name} {before.libraries.get(name)} -> {now.libraries.get(name)}"
        for name in _differing(before.libraries, now.libraries)
    ]
    return found + [f"{INPUT_CHANGED}: {name}" for name in _differing(before.inputs, now.inputs)]


def _differing(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    return sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))


def read_stamp(folder: Path) -> Stamp | None:
    """Return the stamp in a table's folder, or None if there is none, or none that can be read."""
    file = folder / FILE
    try:
        found = file.stat()
    except OSError:
        return None
    # Stamps are never written in place: another one is another file of another time.
    return _read(file, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


@lru_cache(maxsize=_MOST_HELD)
def _read(file: Path, *_state: int) -> Stamp | None:
    values = read_sealed(file)
    if values is None:
        return None
    try:
        files = {name: FileMark.read(mark) for name, mark in values["files"].items()}
        values |= {"origin": Origin(**values["origin"]), "files": files}
        stamp = Stamp(**values)
        all(part.items() for part in stamp.origin.parts())
        return stamp if all(map(CheckResult.is_summary, stamp.checks)) else None
    except (TypeError, KeyError, AttributeError):
        return None  # another version of papermart wrote it


def write_stamp(folder: Path, stamp: Stamp) -> None:
    """Write a table's stamp in one step."""
    folder.mkdir(parents=True, exist_ok=True)
    write_sealed(folder / FILE, asdict(stamp))


def remove_stamp(folder: Path) -> None:
    """Take a table's stamp away, so that the table counts as unfinished."""
    (folder / FILE).unlink(missing_ok=True)
