"""The published file: versions, the link that names the current one, going back.

What belongs here: which versions there are, whether they are as they were published, switching the
link. What does not: building a version (`publishing`), the tables themselves (`warehouse`).

A version is a self-contained file. `warehouse.duckdb` is a symbolic link to one, replaced in one
step: readers keep the version they opened, new readers see the new one, no reader sees a mixture.

Ids begin with a time but never go back: their order is that of publishing, whatever the clock said.
A program that opens a version for writing may change it, so its mark stands beside it; one that is
not as it was published is never returned to and never compared with.
"""

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.contract.errors import PipelineError
from pipeline.contract.specs import TableSpec
from pipeline.contract.tables import DUMPS, ISSUES
from pipeline.storage.checksums import FileMark, read_sealed, write_sealed
from pipeline.storage.files import temporary, write_whole
from pipeline.storage.published_file import build_id
from pipeline.storage.warehouse import MARKS, Warehouse

KEEP_VERSIONS = 5
# "20261121T024455-d8870c7465ef": other files in the folder are not ours.
VERSION_ID = re.compile(r"[0-9]{8}T[0-9]{6}-[0-9a-f]{12}")
_TIME = "%Y%m%dT%H%M%S"
_ALSO_PUBLISHED = ("linkage.matches", DUMPS.full_name, ISSUES.full_name)


@dataclass(frozen=True, slots=True)
class Version:
    """A published file.

    Attributes:
        id: a time (UTC), that of publishing unless the clock went back, and the start of the
            content's fingerprint.
        path: the file.
        is_current: the link names it.
    """

    id: str
    path: Path
    is_current: bool

    @property
    def content(self) -> str:
        """The start of the content's fingerprint."""
        return self.id.rpartition("-")[2]

    @property
    def published_at(self) -> datetime:
        """The time in the id; long ago if it names none."""
        return time_of(self.id)

    @property
    def written_at(self) -> datetime:
        """The time of the file (UTC); that in the id if it is gone."""
        try:
            written = datetime.fromtimestamp(self.path.stat().st_mtime, UTC)
        except (OSError, OverflowError, ValueError):
            return self.published_at
        return written.replace(tzinfo=None)

    @property
    def n_bytes(self) -> int:
        """The size of the file; 0 if it is gone."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def is_intact(self, *, deep: bool = False) -> bool:
        """Tell whether the file is as it was published, and no other program has written to it.

        Args:
            deep: read all of it, whatever its size and time say.
        """
        mark = self.mark
        return mark is not None and not _log(self.path).exists() and mark.fits(self.path, deep=deep)

    def is_changed(self) -> bool:
        """Tell whether the file is known to be another; of one that cannot be read nobody knows."""
        mark = self.mark
        return _log(self.path).exists() or (mark is not None and mark.differs(self.path))

    @property
    def note(self) -> Path:
        """Where its mark is kept."""
        return self.path.parent.parent / MARKS / f"{self.id}.json"

    @property
    def origin_note(self) -> Path:
        """Where it is kept what it was made of (`version_origins`)."""
        return self.note.with_suffix(".origin.json")

    @property
    def mark(self) -> FileMark | None:
        """What the file was when it was published; None if that is not known."""
        values = read_sealed(self.note)
        try:
            return FileMark.read(values) if values else None
        except TypeError:
            return None

    def keep_mark(self, mark: FileMark) -> None:
        """Keep the mark of the file that is this version, or is to be."""
        self.note.parent.mkdir(exist_ok=True)
        write_sealed(self.note, asdict(mark))

    def remove(self) -> None:
        """Remove the file, and what stands beside it."""
        for file in (self.path, _log(self.path), self.note, self.origin_note):
            file.unlink(missing_ok=True)


def time_of(version_id: str) -> datetime:
    """Return the time (UTC) in the id of a version; long ago if it names none."""
    try:
        return datetime.strptime(version_id.partition("-")[0], _TIME)  # noqa: DTZ007 - UTC, as all
    except ValueError:
        return datetime.min  # noqa: DTZ901


def _log(file: Path) -> Path:
    """Return where DuckDB keeps what a program wrote to a file and has not put into it yet."""
    return file.with_name(file.name + ".wal")


def published_tables(specs: Mapping[str, TableSpec]) -> list[TableSpec]:
    """Return the tables of the published file, in the order they are listed to people."""
    marts = [spec for spec in specs.values() if spec.layer == "marts"]
    return [*sorted(marts, key=lambda s: s.name), *(specs[name] for name in _ALSO_PUBLISHED)]


def shown_name(full_name: str) -> str:
    """Return what queries call a table; one that is not published keeps its layer."""
    layer, _, name = full_name.partition(".")
    return name if layer == "marts" or full_name in _ALSO_PUBLISHED else full_name


def versions(warehouse: Warehouse) -> list[Version]:
    """Return the published versions, the latest first."""
    current = current_file(warehouse)
    files = sorted(warehouse.versions.glob("*.duckdb"), reverse=True)
    files = [file for file in files if VERSION_ID.fullmatch(file.stem) and not file.is_dir()]
    return [Version(f.stem, f, current == f.resolve() or _is_copy(warehouse, f)) for f in files]


def current_file(warehouse: Warehouse) -> Path | None:
    """Return the published file, or None before the first one."""
    return warehouse.published.resolve() if warehouse.published.exists() else None


def last_intact(warehouse: Warehouse) -> Path | None:
    """Return the published file, or the latest before it that is as it was published, or None."""
    known = versions(warehouse)
    current = [version for version in known if version.is_current]
    return next((v.path for v in [*current, *known] if v.is_intact()), None)


def new_version(warehouse: Warehouse, content: str, now: datetime) -> Version:
    """Return a version to be published, its id after all others whatever the clock says.

    Args:
        warehouse: where it will be.
        content: the start of the content's fingerprint.
        now: the time (UTC).
    """
    after = (v.published_at + timedelta(seconds=1) for v in versions(warehouse)[:1])
    time = max([now.replace(tzinfo=None), *after])
    version_id = f"{time:{_TIME}}-{content}"
    return Version(version_id, warehouse.versions / f"{version_id}.duckdb", is_current=True)


def sweep_versions(warehouse: Warehouse) -> list[Version]:
    """Remove versions that another program has changed and what stands beside those that are gone.

    The current one stays, without what a program wrote to it under the name of the link. One
    without a mark gets it if it says itself which it is. Only under the lock.

    Returns:
        The versions that were removed.
    """
    for version in versions(warehouse):
        old = version.mark
        if old is None and build_id(version.path) == version.id:
            version.keep_mark(FileMark.of(version.path))
        elif old and (mark := old.renewed(version.path)):
            version.keep_mark(mark)
    others = [v for v in versions(warehouse) if not v.is_current and not v.is_intact()]
    changed = [version for version in others if version.is_changed()]
    for version in changed:
        version.remove()
    logs, notes = warehouse.versions.glob("*.duckdb.wal"), warehouse.marks.glob("*.json")
    for file in (*logs, *notes):
        name = file.name.partition(".")[0]
        if VERSION_ID.fullmatch(name) and not (warehouse.versions / f"{name}.duckdb").exists():
            file.unlink()
    _drop_log_of_link(warehouse)
    return changed


def _drop_log_of_link(warehouse: Warehouse) -> None:
    """Remove what a program wrote to the published file and has not put into it.

    DuckDB 1.x keeps that beside the link, where it would be read as part of the next version.
    """
    if _is_ours(warehouse):
        _log(warehouse.published).unlink(missing_ok=True)


def _is_ours(warehouse: Warehouse) -> bool:
    published = warehouse.published
    is_noted = published.is_symlink() or published.with_suffix(".version").exists()
    return is_noted or any(version.is_current for version in versions(warehouse))


def _is_copy(warehouse: Warehouse, file: Path) -> bool:
    # Where links are not to be had, the published file is a copy with a note of its origin; one
    # without a note is of a warehouse that was copied with what its links lead to.
    if warehouse.published.is_symlink() or not warehouse.published.is_file():
        return False
    note = warehouse.published.with_suffix(".version")
    if note.exists():
        return _said_in(note) == file.stem
    mark = Version(file.stem, file, is_current=False).mark
    return mark is not None and mark.fits(warehouse.published)


def _said_in(note: Path) -> str:
    """Return what stands in a file of one line; nothing where it is damaged or not there."""
    try:
        return note.read_text("utf-8").strip()
    except (OSError, ValueError):
        return ""


def switch(warehouse: Warehouse, file: Path) -> None:
    """Make `warehouse.duckdb` name a version, in one step.

    Raises:
        PipelineError: a file of that name is there which no build made.
    """
    published = warehouse.published
    if published.exists() and not _is_ours(warehouse):
        raise PipelineError(
            f"{published} is there already and no build made it; move it away, or name another "
            "folder with --warehouse"
        )
    _drop_log_of_link(warehouse)
    link = temporary(warehouse.published)
    link.unlink(missing_ok=True)
    try:
        link.symlink_to(os.path.relpath(file, link.parent))
        link.replace(warehouse.published)
        warehouse.published.with_suffix(".version").unlink(missing_ok=True)
    except (OSError, NotImplementedError):
        if not file.exists():
            raise
        shutil.copyfile(file, link)
        note = warehouse.published.with_suffix(".version")
        note.unlink(missing_ok=True)  # until there is another, the mark tells whose copy it is
        link.replace(warehouse.published)
        write_whole(note, file.stem)


def is_rolled_back(warehouse: Warehouse, content: str) -> bool:
    """Tell whether people went back from some rows, and to a version that still can be read.

    Also where the version of these rows has been damaged since, and is gone.

    Args:
        warehouse: where the versions are.
        content: the start of the rows' fingerprint.
    """
    left, known = _said_in(rollback_note(warehouse)), versions(warehouse)
    is_last = left.rpartition("-")[2] == content and all(v.id <= left for v in known)
    return is_last and any(v.is_current and v.is_intact() for v in known)


def rollback_note(warehouse: Warehouse) -> Path:
    """Return the file that names the latest version at the time of a rollback.

    Builds must not bring that back.
    """
    return warehouse.root / ".rolled_back"


def find_version(warehouse: Warehouse, version_id: str | None) -> Path:
    """Return the file of a version, of the current one by default.

    Raises:
        PipelineError: nothing is published yet, or there is no such version.
    """
    if version_id is None:
        if not warehouse.published.exists():
            raise PipelineError(
                f"nothing is published in {warehouse.root.resolve()} yet; run `papermart build`"
            )
        return warehouse.published.resolve()
    return named_version(versions(warehouse), version_id).path


def current_version(warehouse: Warehouse) -> Version:
    """Return the published version.

    Raises:
        PipelineError: nothing is published yet, or the published file is none of the versions.
    """
    find_version(warehouse, None)
    for version in versions(warehouse):
        if version.is_current:
            return version
    raise PipelineError(
        f"{warehouse.published} is none of the versions of this warehouse; `papermart build` "
        "publishes one"
    )


def named_version(known: Sequence[Version], wanted: str) -> Version:
    """Return the version with an id, or with the only id that begins so.

    Raises:
        PipelineError: there is none, or several; the message lists these.
    """
    found = [version for version in known if wanted.strip() and version.id.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    if found:
        head = f"{len(found)} versions begin with {wanted}; give more of one:"
        raise PipelineError("\n  ".join([head, *(version.id for version in found)]))
    raise PipelineError(f"no version {wanted}; `papermart versions` lists those that are")
