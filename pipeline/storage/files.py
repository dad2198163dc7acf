"""Files written whole: beside their place first, then renamed into it.

What belongs here: temporary names and their sweeping, renaming, whether a file is another one. What
does not: what is in a file.

A temporary file carries our prefix, so that no other file is ever taken for one of ours.
"""

import os
import re
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from errno import EDQUOT, EFBIG, EINVAL, ENOSPC
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory, gettempdir

from pipeline.contract.errors import PipelineError, cause_of
from pipeline.storage.engine import EngineWriteError
from pipeline.storage.processes import lives, process_id

_FULL = {EDQUOT, EFBIG, ENOSPC}
_PREFIX, _SUFFIX = ".papermart-", ".tmp"
# What follows the name of the file whose place it takes: who writes it, and chance.
_BOOT_DIGITS = 8
_WRITTEN = re.compile(
    r"(?P<number>\d+)-(?P<start>\d+)-(?P<boot>[0-9a-f]{8})-[0-9a-f]{12}" + re.escape(_SUFFIX)
)


def temporary(path: Path) -> Path:
    """Return where a file is written before it takes its place.

    >>> temporary(Path("tables/papers.parquet")).name
    '.papermart-papers.parquet.tmp'
    """
    return path.with_name(f"{_PREFIX}{path.name}{_SUFFIX}")


def is_temporary(path: Path) -> bool:
    """Tell whether a file's name is one that `temporary` gives."""
    return path.name.startswith(_PREFIX) and path.name.endswith(_SUFFIX)


def sweep(folders: Iterable[Path]) -> None:
    """Remove what killed writers left in some folders of ours: our temporary files, no others."""
    for folder in folders:
        for path in folder.glob(f"{_PREFIX}*{_SUFFIX}*") if folder.is_dir() else ():
            # DuckDB adds `.wal` to the name of a file that it was writing.
            if is_temporary(path.with_name(path.name.removesuffix(".wal"))) and not path.is_dir():
                path.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Make sure a file's bytes are on disk before it is renamed into place."""
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


def put_in_place(path: Path) -> None:
    """Give a file that was written to `temporary(path)` its place, in one step."""
    written = temporary(path)
    sync(written)
    written.replace(path)


@contextmanager
def scratch_folder() -> Generator[Path]:
    """Give a folder for one run, where the system keeps such; it is gone at the end.

    Raises:
        PipelineError: here or within: no such folder can be made, or it is full.
    """
    advice = "look at the space left there, or name another folder as TMPDIR"
    try:
        with TemporaryDirectory(prefix="papermart-") as name:
            yield Path(name)
    except FileNotFoundError as error:
        if error.filename is not None:
            raise
        raise PipelineError(f"there is no temporary folder that can be written; {advice}") from None
    except OSError as error:
        if error.errno not in _FULL:
            raise
        place = gettempdir()
        raise PipelineError(
            f"the temporary folder {place} cannot be written: {cause_of(error)}; {advice}"
        ) from None
    except EngineWriteError as error:
        cause = " ".join(str(error).split())
        raise PipelineError(
            f"the temporary folder {gettempdir()} cannot be written: {cause}; {advice}"
        ) from None


def write_whole(path: Path, text: str) -> None:
    """Write a text file so that a reader sees the old or the new one, never a part."""
    with written_whole(path) as written:
        written.write_text(text, "utf-8")


def _writer() -> tuple[str, str, str] | None:
    """Return number, start and machine of this process, as names of files hold them."""
    number, start, boot = ((process_id() or "") + "//").split("/")[:3]
    return (number, start, boot[:_BOOT_DIGITS]) if start.isdigit() and boot else None


def _sweep_beside(place: Path) -> None:
    """Remove what dead processes of this machine wrote to take a file's place.

    Whether one of another machine, or of before the last start, is at work cannot be told; its
    file stays.
    """
    boot = (process_id() or "").rpartition("/")[2]
    begin = f"{_PREFIX}{place.name}-"
    for path in place.parent.iterdir():
        written = _WRITTEN.fullmatch(path.name.removeprefix(begin))
        if not path.name.startswith(begin) or not written or not boot.startswith(written["boot"]):
            continue
        if not lives(f"{written['number']}/{written['start']}/{boot}"):
            path.unlink(missing_ok=True)


@contextmanager
def written_whole(path: Path) -> Generator[Path]:
    """Give a file to write that takes the place of another one at the end, if nothing went wrong.

    For any folder: the file given has a name that no other one has, and a link is followed. What
    killed writers of the same file left beside it is swept.

    Args:
        path: where the file is to stand; may be there already.

    Raises:
        OSError: it cannot be written, or something that is no file has its place.
    """
    place = path.resolve()
    if place.exists() and not place.is_file():
        # A device or a pipe would be gone for everybody: renaming takes its place.
        raise OSError(EINVAL, "is no ordinary file")
    with suppress(OSError):
        _sweep_beside(place)
    writer = "-".join(_writer() or ())
    written = place.with_name(f"{_PREFIX}{place.name}-{writer}-{token_hex(6)}{_SUFFIX}")
    try:
        yield written
        sync(written)
        written.replace(place)
    finally:
        written.unlink(missing_ok=True)


def state_of(file: Path) -> tuple[int, ...] | None:
    """Return what tells whether a file is another one; None for none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def sweep_spilled(spill: Path) -> None:
    """Remove what an engine that was killed had put into its folder, and the folder if it is empty.

    DuckDB does so itself only when another engine has to spill into the same folder.

    Args:
        spill: as `open_engine` was given it; no engine that spills there is at work.

    Raises:
        OSError: it cannot be removed.
    """
    if not spill.is_dir() or spill.is_symlink():
        return
    for file in spill.glob("duckdb_temp_*"):
        file.unlink(missing_ok=True)
    with suppress(OSError):  # something that is not of an engine lies there
        spill.rmdir()
