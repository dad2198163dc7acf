"""Finding dumps: the files of the raw folder, and what identifies each.

What belongs here: everything before a file is opened for reading. What does not: its text
(`decoding`), what browsers save beside a page (`page_files`), which dumps are new (`builds`).
"""

import hashlib
import os
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

from pipeline.contract.errors import cause_of
from pipeline.extraction.page_files import PageFiles
from pipeline.inputs.given_files import folders_below, open_given
from pipeline.inputs.notes import FOLDER_NOTE, NEVER_A_PAGE, SUFFIX, note_bytes, read_note
from pipeline.text.shown import printable

# Seconds between two times that the coarsest file system (FAT) distinguishes.
_CLOCK_TICK = 2.0
_DUMP_SUFFIXES = {".txt", ".text", ".md", ".html", ".htm", ".xhtml"}
CHANGED = "changed while the build was running; build again"
VANISHED = "vanished while the build was running; put it back and build again"


@dataclass(frozen=True, slots=True)
class DumpFile:
    """A file found in the raw folder.

    Attributes:
        path: below the raw folder, with forward slashes.
        dump_id: SHA-256 of the content, or of the path if the content cannot be read.
        n_bytes: size, None if unreadable.
        fault: why it cannot be read and what to do, or None.
        advice: the end of `fault` that says what to do, if it says so apart.
        n_files: how many files hold this content.
        copies: the paths of the others that do.
        place: the file itself; its name may hold bytes that `path` shows as escapes.
        note: the note beside it (`inputs.notes`), or None.
        folder_note: the note of the nearest folder that has one, or None.
        stamp: what any later change of the file changes; None if it may not.
    """

    path: str
    dump_id: str
    n_bytes: int | None = None
    fault: str | None = None
    n_files: int = 1
    place: Path | None = None
    note: Path | None = None
    folder_note: "FolderNoteFile | None" = None
    stamp: tuple[int, ...] | None = None
    advice: str | None = None
    copies: tuple[str, ...] = ()

    @property
    def note_hash(self) -> str | None:
        """Short hash of the notes' bytes; None without one; changes when a note does.

        A folder's note counts where it says something that the note beside the dump does not.
        """
        own = None if self.note is None else _hash_of(self.note)
        if self.folder_note is None or (self.note and not self.folder_note.adds_to(self.note)):
            return own
        return f"{own or ''}/{self.folder_note.hash}"


@dataclass(frozen=True, slots=True)
class FolderNoteFile:
    """The note of a folder: the file, its path below the raw folder, a hash of its bytes."""

    place: Path
    path: str
    hash: str

    def adds_to(self, note: Path) -> bool:
        """Tell whether it says what a note beside a dump does not, or cannot be understood."""
        own, (of_folder, fault) = read_note(note)[0], read_note(self.place)
        if own.listing and own.captured_on:
            return False
        return fault is not None or own.completed(of_folder) != own


def _hash_of(note: Path) -> str:
    try:
        return hashlib.sha256(note_bytes(note)).hexdigest()[:16]
    except OSError:
        return "unreadable"


def find_dumps(raw_dir: Path) -> list[DumpFile]:
    """List the distinct dumps below a folder, ordered by dump_id.

    Several files with the same bytes are one dump, known by the path that sorts first. Files
    that cannot be read are listed too, with the reason; those that browsers save beside a page
    all together as one.

    Args:
        raw_dir: an existing folder; sub-folders and links are followed, each once.
    """
    found: dict[str, DumpFile] = {}
    copies: dict[str, list[str]] = {}
    parts = PageFiles(partial(_relative, raw_dir))
    for file in sorted(_walk(raw_dir, parts), key=lambda file: file.path):
        known = found.get(file.dump_id, file)
        n_files = known.n_files + (known is not file)
        if known is not file:
            copies.setdefault(file.dump_id, []).append(file.path)
        found[file.dump_id] = replace(
            known,
            n_files=n_files,
            note=known.note or file.note,
            folder_note=known.folder_note or file.folder_note,
        )
    for dump_id, paths in copies.items():
        found[dump_id] = replace(found[dump_id], copies=tuple(paths))
    if row := parts.row():
        spared = faulty(row.path, row.reason, row.advice)
        found[spared.dump_id] = replace(spared, n_files=row.n_files)
    return sorted(found.values(), key=lambda file: file.dump_id)


def _walk(raw_dir: Path, parts: PageFiles) -> Iterator[DumpFile]:
    unreadable: list[OSError] = []
    notes: dict[str, FolderNoteFile | None] = {}
    for folder, subfolders, names in folders_below(raw_dir, unreadable):
        subfolders[:] = sorted(
            name
            for name in subfolders
            if not NEVER_A_PAGE.search(name) and not parts.takes_folder(Path(folder, name), names)
        )
        for name in subfolders:
            if Path(name).suffix.lower() in _DUMP_SUFFIXES:
                yield faulty(
                    _relative(raw_dir, Path(folder, name)),
                    "is a folder, though named like a page; the pages in it are read, "
                    "give the folder another name to end this message",
                )
        notes[folder] = _folder_note(raw_dir, Path(folder), names, notes)
        spared = parts.takes(Path(folder), names)
        for file in _files(raw_dir, Path(folder), set(names) - spared):
            yield replace(file, folder_note=notes[folder]) if notes[folder] else file
    for error in unreadable:
        path = _relative(raw_dir, Path(os.fsdecode(error.filename)))
        yield faulty(path, f"is a folder that cannot be opened: {cause_of(error)}")


def _folder_note(
    raw_dir: Path, folder: Path, names: Collection[str], above: Mapping[str, FolderNoteFile | None]
) -> FolderNoteFile | None:
    """Return the note of a folder, else that of the nearest folder above it that has one."""
    if not _has_folder_note(names):
        return above.get(str(folder.parent))
    file = folder / FOLDER_NOTE
    return FolderNoteFile(file, _relative(raw_dir, file), _hash_of(file))


def _has_folder_note(names: Collection[str]) -> bool:
    """Tell whether a folder has a note of its own, and not one for a page called `folder`."""
    return FOLDER_NOTE in names and FOLDER_NOTE.removesuffix(SUFFIX) not in names


def _files(raw_dir: Path, folder: Path, names: set[str]) -> Iterator[DumpFile]:
    """Yield the dumps of one folder, each with the note beside it."""
    if _has_folder_note(names):
        names = names - {FOLDER_NOTE}
    for name in sorted(names):
        dump_name = name.removesuffix(SUFFIX)
        if name.endswith(SUFFIX) and dump_name in names:
            continue
        if name.endswith(SUFFIX):
            path = _relative(raw_dir, folder / name)
            yield faulty(path, f"is a note for {printable(dump_name)}, which is not there")
        elif not NEVER_A_PAGE.search(name):
            found = _identify(raw_dir, folder / name)
            note = folder / (name + SUFFIX) if name + SUFFIX in names else None
            yield replace(found, note=note)


def _relative(raw_dir: Path, path: Path) -> str:
    # File names may hold bytes that are no text; Parquet takes valid text only.
    text = path.relative_to(raw_dir).as_posix()
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def faulty(path: str, reason: str, advice: str | None = None) -> DumpFile:
    """Return a file that cannot be read; its id comes from its path."""
    dump_id = hashlib.sha256(f"unreadable:{path}".encode()).hexdigest()
    fault = f"{reason}; {advice}" if advice else reason
    return DumpFile(path, dump_id, fault=fault, advice=advice)


def unreadable(error: OSError) -> str:
    """Say why a file cannot be read, and what to do."""
    return f"cannot be read: {cause_of(error)}; correct its permissions"


def _identify(raw_dir: Path, file: Path) -> DumpFile:
    path = _relative(raw_dir, file)
    try:
        if file.is_symlink() and not file.exists():
            target = file.readlink().as_posix()
            return faulty(path, f"is a link to {target}, which is not there; correct or remove it")
        if not file.is_file():
            return faulty(path, "is not a regular file; put the saved page itself here")
        with open_given(file) as stream:
            stamp = file_stamp(stream)
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            stamp = stamp if stamp == file_stamp(stream) else None
            return DumpFile(path, digest, stream.tell(), place=file, stamp=stamp)
    except FileNotFoundError:
        return faulty(path, VANISHED)
    except OSError as error:
        return faulty(path, unreadable(error))


def file_stamp(stream: BinaryIO) -> tuple[int, ...] | None:
    """Return what any later change of an open file changes: device, node, size and times in ns.

    None where it was changed a moment ago: as clocks of file systems tick, at worst every two
    seconds, another change could leave no trace.
    """
    stat = os.fstat(stream.fileno())
    if time.time() - max(stat.st_mtime, stat.st_ctime) < _CLOCK_TICK:
        return None
    return stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns
