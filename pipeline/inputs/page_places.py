"""Where saved pages lie: a folder, or a store of objects, behind one protocol.

What belongs here: the protocol, what is found of a file before it is read, and the folder. What
does not: the store (`stored_pages`), which files are pages (`extraction.dump_files`).

A file is called by its name: its path below the place, with forward slashes, as the place has it.
How it is told to people is its path (`shown_path`): names of files may hold bytes that are no text.
"""

import hashlib
import os
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from pipeline.contract.errors import PipelineError, cause_of
from pipeline.inputs.given_files import folders_below, open_given
from pipeline.inputs.notes import NoteFile

# As the settings name it: a folder, or the URL of a store.
RawPlace = Path | str
_FILE = "file://"
_URL = re.compile(r"[A-Za-z][\w+.-]+:/")
MAX_PAGE_BYTES = 512 * 1024 * 1024
# Seconds between two times that the coarsest file system (FAT) distinguishes.
_CLOCK_TICK = 2.0
CHANGED = "changed while the build was running; build again"
VANISHED = "vanished while the build was running; put it back and build again"


@dataclass(frozen=True, slots=True)
class Seen:
    """A file that can be read.

    Attributes:
        sha256: the hash of its content; of one that nobody has looked at yet what no content has.
        n_bytes: its size.
        stamp: what any later change of the file changes; None if it may not.
    """

    sha256: str
    n_bytes: int
    stamp: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that cannot be read: why, what to do where that is said apart, and its size."""

    reason: str
    advice: str | None = None
    n_bytes: int | None = None


class PagePlace(Protocol):
    """Where saved pages lie.

    Attributes:
        shown: what messages call it.
        is_shared: the workers of a server see it whether or not they see this machine's disk.
    """

    shown: str
    is_shared: bool

    def need(self) -> None:
        """Raise PipelineError, in words, if it is not there or cannot be opened."""
        ...

    def is_there(self) -> bool:
        """Tell at no cost whether it may be read from this machine."""
        ...

    def folders(
        self, unreadable: list[tuple[str, str]], top: str = ""
    ) -> Iterator[tuple[str, list[str], list[str]]]:
        """Yield each folder with the names of its folders and files, as `os.walk` does.

        Args:
            unreadable: gets the folders that cannot be opened, each with the cause.
            top: the folder that all others are below; it is yielded, too. "" is the place itself.
        """
        ...

    def files(self, top: str) -> Iterator[str]:
        """Yield the names of all ordinary files below a folder."""
        ...

    def look(self, names: Iterable[str]) -> Iterator[Seen | Unread]:
        """Yield what is found of each file, in order, before any is read."""
        ...

    def notes(self, names: Iterable[str]) -> Iterator[NoteFile]:
        """Yield the notes in some files, in order."""
        ...

    def expect(self, names: Iterable[str]) -> None:
        """Hear which files are read next."""
        ...

    def content(self, name: str, stamp: tuple[int, ...] | None) -> tuple[bytes, bool]:
        """Return what is in a file, and whether it is surely what was there when it was looked at.

        Raises:
            OSError: it cannot be read, or is not there (FileNotFoundError).
        """
        ...

    def remember(self) -> None:
        """Keep for the next time what looking has found, where it took long.

        Raises:
            OSError: it cannot be written.
        """
        ...


def is_url(raw: RawPlace) -> bool:
    """Tell whether a place is named by a URL; what lost a stroke of one as a path is meant so.

    >>> [is_url(raw) for raw in ("s3://bucket", "s3:/bucket", "C:/pages", Path("s3://bucket"))]
    [True, True, False, False]
    """
    return isinstance(raw, str) and bool(_URL.match(raw))


def folder_of(raw: RawPlace) -> Path | None:
    """Return the folder that a place is, if it is one: a URL may name one, too.

    >>> folder_of("file:///mnt/pages"), folder_of("s3://bucket/pages")
    (PosixPath('/mnt/pages'), None)
    """
    if not is_url(raw):
        return Path(raw)
    return Path(str(raw).removeprefix(_FILE)) if str(raw).startswith(_FILE) else None


def shown_path(name: str) -> str:
    """Return a file's name as a path for people, and for Parquet, which takes valid text only."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


class FolderOfPages:
    """A folder of saved pages; sub-folders and links are followed, each once.

    Args:
        raw: the folder, or its URL.
    """

    def __init__(self, raw: RawPlace) -> None:
        """Point at a folder, which need not be there."""
        self.folder = folder_of(raw) or Path(raw)
        self.shown = str(raw)
        self.is_shared = is_url(raw)

    def need(self) -> None:
        """Raise PipelineError if it is not there, no folder, or cannot be opened."""
        if not self.folder.is_dir():
            what = "is not a folder" if self.folder.exists() else "is not there"
            raise PipelineError(
                f"the raw folder {self.shown} {what}; name the folder of saved pages with "
                "--raw, or make one to work in: `papermart init`"
            )
        try:
            next(self.folder.iterdir(), None)
        except OSError as error:
            cause = cause_of(error)
            raise PipelineError(f"the raw folder {self.shown} cannot be opened: {cause}") from None

    def is_there(self) -> bool:
        """Tell whether the folder is seen on this machine."""
        return self.folder.is_dir()

    def __reduce__(self) -> tuple[Any, ...]:
        """Go to another process by its whole path."""
        raw = self.shown if self.is_shared else self.folder.resolve()
        return FolderOfPages, (raw,)

    def folders(
        self, unreadable: list[tuple[str, str]], top: str = ""
    ) -> Iterator[tuple[str, list[str], list[str]]]:
        """Yield each folder with the names of its folders and files."""
        faults: list[OSError] = []
        base = self.folder / top
        for folder, subfolders, names in folders_below(base, faults):
            yield _below(base, folder, top), subfolders, names
        unreadable += [
            (_below(base, os.fsdecode(fault.filename), top), cause_of(fault)) for fault in faults
        ]

    def files(self, top: str) -> Iterator[str]:
        """Yield the names of all ordinary files below a folder."""
        for folder, _, names in self.folders([], top):
            yield from (f"{folder}/{name}" for name in names if self._is_file(folder, name))

    def _is_file(self, folder: str, name: str) -> bool:
        try:
            return (self.folder / folder / name).is_file()
        except OSError:
            return False

    def look(self, names: Iterable[str]) -> Iterator[Seen | Unread]:
        """Yield what is found of each file."""
        return map(self._look, names)

    def _look(self, name: str) -> Seen | Unread:
        file = self.folder / name
        try:
            if file.is_symlink() and not file.exists():
                target = file.readlink().as_posix()
                return Unread(f"is a link to {target}, which is not there; correct or remove it")
            if not file.is_file():
                return Unread("is not a regular file; put the saved page itself here")
            with open_given(file) as stream:
                if large := too_large(os.fstat(stream.fileno()).st_size):
                    return large
                stamp = file_stamp(stream)
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
                stamp = stamp if stamp == file_stamp(stream) else None
                return Seen(digest, stream.tell(), stamp)
        except FileNotFoundError:
            return Unread(VANISHED)
        except OSError as error:
            return Unread(unreadable(error))

    def notes(self, names: Iterable[str]) -> Iterator[NoteFile]:
        """Yield the notes in some files."""
        return (NoteFile.at(self.folder / name, shown_path(name)) for name in names)

    def expect(self, names: Iterable[str]) -> None:
        """Do nothing: a disk is read when a file is."""

    def content(self, name: str, stamp: tuple[int, ...] | None) -> tuple[bytes, bool]:
        """Return what is in a file, and whether nothing of it has changed."""
        with open_given(self.folder / name) as stream:
            content = stream.read()
            return content, stamp is not None and file_stamp(stream) == stamp

    def remember(self) -> None:
        """Do nothing: files are looked at each time."""


def _below(base: Path, folder: str, top: str) -> str:
    """Return the name of a folder that was met on the way from another one, `top`."""
    name = folder[len(os.fspath(base)) :].lstrip(os.sep)
    name = name if os.sep == "/" else name.replace(os.sep, "/")
    return "/".join(filter(None, (top, name)))


def too_large(n_bytes: int) -> Unread | None:
    """Say of a file that it is larger than a page may be; None if it is not."""
    if n_bytes <= MAX_PAGE_BYTES:
        return None
    limit = MAX_PAGE_BYTES // 2**20
    return Unread(f"is larger than {limit} MiB", "cut it into several pages", n_bytes)


def unreadable(error: OSError) -> str:
    """Say why a file cannot be read, and what to do."""
    return f"cannot be read: {cause_of(error)}; correct its permissions"


def file_stamp(stream: BinaryIO) -> tuple[int, ...] | None:
    """Return what any later change of an open file changes: device, node, size and times in ns.

    None where it was changed a moment ago: as clocks of file systems tick, at worst every two
    seconds, another change could leave no trace.
    """
    stat = os.fstat(stream.fileno())
    if time.time() - max(stat.st_mtime, stat.st_ctime) < _CLOCK_TICK:
        return None
    return stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns
