"""The folder that exports go to: its tables are of one build, whenever somebody looks.

What belongs here: what an earlier export left there, the order in which files go and come, who may
write, sweeping after exports that were killed. What does not: what is in the files (`export`).

The folder may hold other things of its user's, so it is never replaced as a whole. All files are
written in a hidden folder inside it first. Then a hidden list of names is laid down, for whoever
comes after a killed export; `manifest.json` is taken away, without which an export is visibly not
whole; tables of another build go, new ones come, `manifest.json` last.
"""

import json
import os
import re
import tempfile
from collections.abc import Collection, Generator, Iterable
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.contract.errors import PipelineError
from pipeline.storage.files import sync

MANIFEST, DATAPACKAGE = "manifest.json", "datapackage.json"
_STAGING, _NAMES, _LOCK = ".papermart-export-", ".papermart-export.json", ".papermart-export.lock"
_LOCK_SECONDS = 600
_TABLE = re.compile(r"[a-z][a-z0-9_]*\.(?:csv|parquet|xlsx)")
# What `mkdtemp` calls a folder, and what an export writes in it; DuckDB puts `tmp_` before the
# name of a file that it has not written to its end.
_OUR_FOLDER = re.compile(re.escape(_STAGING) + r"[a-z0-9_]{8}")
_OUR_FILE = re.compile(
    rf"(?:tmp_)?{_TABLE.pattern}|{re.escape(MANIFEST)}|{re.escape(DATAPACKAGE)}|{re.escape(_NAMES)}"
)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What exports before this one left in a folder.

    Attributes:
        files: names of files of tables that an export wrote, or was about to write.
        build_id: the build that all of them are of; None where that is not known, because the
            last export was killed.
        is_ours: an export was made here, so `manifest.json` and `datapackage.json` are its.
    """

    files: tuple[str, ...] = ()
    build_id: str | None = None
    is_ours: bool = False


@contextmanager
def held(target: Path) -> Generator[None]:
    """Hold a folder for one export, swept of what killed ones left; another export waits.

    Args:
        target: the folder; made if it is not there.

    Raises:
        PipelineError: another export to it takes longer than ten minutes.
        OSError: the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    target.mkdir(parents=True, exist_ok=True)
    lock = FileLock(target / _LOCK, timeout=_LOCK_SECONDS, mode=0o666)  # people may share a folder
    try:
        lock.acquire()
    except Timeout:
        raise PipelineError(
            f"another export to {target} is at work; wait for it to finish, or name another folder"
        ) from None
    try:
        _sweep(target)
        yield
    finally:
        # While it is held: whoever waits for it sees that it is gone, and makes another.
        with suppress(OSError):
            (target / _LOCK).unlink()
        lock.release()


def _sweep(target: Path) -> None:
    """Remove the hidden folders of killed exports; one that holds anything else is not ours."""
    for folder in target.glob(f"{_STAGING}*"):
        if not _OUR_FOLDER.fullmatch(folder.name) or folder.is_symlink() or not folder.is_dir():
            continue
        _remove(folder)


def _remove(folder: Path) -> None:
    files = sorted(folder.iterdir())
    if all(_OUR_FILE.fullmatch(file.name) and not file.is_dir() for file in files):
        for file in files:
            file.unlink()
        folder.rmdir()


@contextmanager
def staging(target: Path) -> Generator[Path]:
    """Give a hidden folder inside another one to write an export in; it is gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix=_STAGING, dir=target))
    try:
        yield folder
    finally:
        with suppress(OSError):
            _remove(folder)


def read_earlier(target: Path) -> Earlier:
    """Return what exports before left in a folder, as their own files say.

    Raises:
        OSError: the folder cannot be read.
    """
    manifest = _read_json(target / MANIFEST)
    if isinstance(build_id := manifest.get("build_id"), str) and "row_counts" in manifest:
        return Earlier(_table_names(manifest.get("files")), build_id, is_ours=True)
    # Without it an export was killed, or somebody took it away.
    names, package = _read_json(target / _NAMES), _read_json(target / DATAPACKAGE)
    is_ours_by = package.get("name") == "papermart"
    resources = package.get("resources") if is_ours_by else None
    described = [r.get("path") for r in resources or () if isinstance(r, dict)]
    found = _table_names([*_table_names(names.get("files")), *described])
    return Earlier(found, None, is_ours=is_ours_by or bool(names))


def _read_json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, IsADirectoryError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _table_names(names: object) -> tuple[str, ...]:
    """Return those of some names that an export can have given: they lead to no other folder."""
    given = names if isinstance(names, list) else []
    known = (name for name in given if isinstance(name, str) and _TABLE.fullmatch(name))
    return tuple(dict.fromkeys(known))


def refuse_foreign(target: Path, names: Iterable[str], earlier: Earlier) -> None:
    """Raise PipelineError if a file to write would take the place of one that no export wrote."""
    ours = {*earlier.files, *((MANIFEST, DATAPACKAGE) if earlier.is_ours else ())}
    for name in names:
        place = target / name
        if os.path.lexists(place) and (name not in ours or place.is_dir()):
            raise PipelineError(
                f"{place} is there already and no export wrote it; move it away, or name another "
                "folder with --to"
            )


def put_in_place(written: Path, target: Path, leaving: Collection[str]) -> None:
    """Let the files of a new export take their places in a folder that is held.

    Wherever this is cut off, the tables in the folder are of one build.

    Args:
        written: the hidden folder with all files of the new export, `manifest.json` among them.
        target: the folder.
        leaving: names of files of earlier exports that go.
    """
    new = sorted(path.name for path in written.iterdir())
    names = sorted({*filter(_TABLE.fullmatch, new), *leaving, *read_earlier(target).files})
    (written / _NAMES).write_text(json.dumps({"files": names}, indent=1) + "\n", "utf-8")
    for path in written.iterdir():
        sync(path)
    (written / _NAMES).replace(target / _NAMES)
    _sync_folder(target)
    for name in (MANIFEST, DATAPACKAGE, *sorted(leaving)):
        (target / name).unlink(missing_ok=True)
    _sync_folder(target)
    for name in (*filter(_TABLE.fullmatch, new), DATAPACKAGE):
        (written / name).replace(target / name)
    _sync_folder(target)
    (written / MANIFEST).replace(target / MANIFEST)
    _sync_folder(target)
    (target / _NAMES).unlink()


def _sync_folder(folder: Path) -> None:
    """Make sure that what changed in a folder is on disk before the next change."""
    with suppress(OSError):  # not every system can
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
