"""Finding dumps: the files where pages lie, and what identifies each.

What belongs here: everything before a file is opened for reading. What does not: folders and stores
(`inputs.page_places`), a file's text (`decoding`), what browsers save beside a page (`page_files`),
which dumps are new (`builds`).
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.extraction.page_files import PageFiles
from pipeline.inputs.notes import FOLDER_NOTE, NEVER_A_PAGE, SUFFIX, NoteFile, read_note
from pipeline.inputs.page_places import FolderOfPages, PagePlace, Seen, Unread, shown_path
from pipeline.text.shown import printable

_DUMP_SUFFIXES = {".txt", ".text", ".md", ".html", ".htm", ".xhtml"}
# Of a file that is listed and that nobody has looked at.
_NO_ID = ""


@dataclass(frozen=True, slots=True)
class DumpFile:
    """A file found where pages lie.

    Attributes:
        path: below the raw folder, with forward slashes.
        dump_id: SHA-256 of the content, or of the path if the content cannot be read.
        n_bytes: size, None if unreadable.
        fault: why it cannot be read and what to do, or None.
        advice: the end of `fault` that says what to do, if it says so apart.
        n_files: how many files hold this content.
        copies: the paths of the others that do.
        name: the file's name below the place; `path` shows its bytes that are no text as escapes.
        note: the note beside it (`inputs.notes`), or None.
        folder_note: the note of the nearest folder that has one, or None.
        stamp: what any later change of the file changes; None if it may not.
    """

    path: str
    dump_id: str
    n_bytes: int | None = None
    fault: str | None = None
    n_files: int = 1
    name: str | None = None
    note: NoteFile | None = None
    folder_note: NoteFile | None = None
    stamp: tuple[int, ...] | None = None
    advice: str | None = None
    copies: tuple[str, ...] = ()

    @property
    def note_hash(self) -> str | None:
        """Short hash of the notes' bytes; None without one; changes when a note does.

        A folder's note counts where it says something that the note beside the dump does not.
        """
        own = None if self.note is None else self.note.hash
        if self.folder_note is None or (self.note and not _adds(self.folder_note, self.note)):
            return own
        return f"{own or ''}/{self.folder_note.hash}"


def _adds(folder_note: NoteFile, note: NoteFile) -> bool:
    """Tell whether a folder's note says what a dump's does not, or cannot be understood."""
    own, (of_folder, fault) = read_note(note)[0], read_note(folder_note)
    if own.listing and own.captured_on:
        return False
    return fault is not None or own.completed(of_folder) != own


@dataclass(frozen=True, slots=True)
class _Listed:
    """A file that may be a dump, by the names of itself and of its notes; or what is wrong."""

    file: DumpFile
    note: str | None = None
    folder_note: str | None = None


def find_dumps(raw: PagePlace | Path) -> list[DumpFile]:
    """List the distinct dumps in a place, ordered by dump_id.

    Several files with the same bytes are one dump, known by the path that sorts first. Files
    that cannot be read are listed too, with the reason; those that browsers save beside a page
    all together as one.

    Args:
        raw: where pages lie; a folder may be given as its path.
    """
    place = FolderOfPages(raw) if isinstance(raw, Path) else raw
    found: dict[str, DumpFile] = {}
    copies: dict[str, list[str]] = {}
    parts = PageFiles(place)
    for file in _identified(place, sorted(_walk(place, parts), key=lambda one: one.file.path)):
        known = found.setdefault(file.dump_id, file)
        if known is not file:
            copies.setdefault(file.dump_id, []).append(file.path)
            found[file.dump_id] = replace(
                known,
                n_files=known.n_files + 1,
                note=known.note or file.note,
                folder_note=known.folder_note or file.folder_note,
            )
    for dump_id, paths in copies.items():
        found[dump_id] = replace(found[dump_id], copies=tuple(paths))
    if row := parts.row():
        spared = faulty(row.path, row.reason, row.advice)
        found[spared.dump_id] = replace(spared, n_files=row.n_files)
    return sorted(found.values(), key=lambda file: file.dump_id)


def _identified(place: PagePlace, listed: Iterable[_Listed]) -> Iterator[DumpFile]:
    """Yield files with what was found in them and their notes."""
    listed = list(listed)
    names = {name for one in listed for name in (one.note, one.folder_note) if name}
    notes = dict(zip(sorted(names), place.notes(sorted(names)), strict=True))
    seen = place.look([one.file.name for one in listed if one.file.name is not None])
    for one in listed:
        found = next(seen) if one.file.name is not None else None
        file = _with(one.file, found) if found else one.file
        if one.note or one.folder_note:
            own, of_folder = (notes.get(name or "") for name in (one.note, one.folder_note))
            file = replace(file, note=own, folder_note=of_folder)
        yield file


def _with(file: DumpFile, found: Seen | Unread) -> DumpFile:
    """Return a file with what was found in it."""
    if isinstance(found, Unread):
        return replace(faulty(file.path, found.reason, found.advice), n_bytes=found.n_bytes)
    return replace(file, dump_id=found.sha256, n_bytes=found.n_bytes, stamp=found.stamp)


def _walk(place: PagePlace, parts: PageFiles) -> Iterator[_Listed]:
    unreadable: list[tuple[str, str]] = []
    notes: dict[str, str | None] = {}
    for folder, subfolders, names in place.folders(unreadable):
        subfolders[:] = sorted(
            name
            for name in subfolders
            if not NEVER_A_PAGE.search(name)
            and not parts.takes_folder(_joined(folder, name), names)
        )
        for name in subfolders:
            # In a store a page and what stands for a folder may bear one name.
            if Path(name).suffix.lower() in _DUMP_SUFFIXES and name not in names:
                yield _Listed(
                    faulty(
                        shown_path(_joined(folder, name)),
                        "is a folder, though named like a page; the pages in it are read, "
                        "give the folder another name to end this message",
                    )
                )
        notes[folder] = _folder_note(folder, names, notes)
        spared = parts.takes(folder, names)
        yield from _files(folder, set(names) - spared, notes[folder])
    for folder, cause in unreadable:
        path = shown_path(folder) or "."
        yield _Listed(faulty(path, f"is a folder that cannot be opened: {cause}"))


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _folder_note(
    folder: str, names: Collection[str], above: Mapping[str, str | None]
) -> str | None:
    """Return the note of a folder, else that of the nearest folder above it that has one."""
    if not _has_folder_note(names):
        return above.get(folder.rpartition("/")[0])
    return _joined(folder, FOLDER_NOTE)


def _has_folder_note(names: Collection[str]) -> bool:
    """Tell whether a folder has a note of its own, and not one for a page called `folder`."""
    return FOLDER_NOTE in names and FOLDER_NOTE.removesuffix(SUFFIX) not in names


def _files(folder: str, names: set[str], folder_note: str | None) -> Iterator[_Listed]:
    """Yield the dumps of one folder, each with the note beside it."""
    if _has_folder_note(names):
        names = names - {FOLDER_NOTE}
    for name in sorted(names):
        dump_name, whole = name.removesuffix(SUFFIX), _joined(folder, name)
        if name.endswith(SUFFIX) and dump_name in names:
            continue
        if name.endswith(SUFFIX):
            fault = f"is a note for {printable(dump_name)}, which is not there"
            yield _Listed(faulty(shown_path(whole), fault), None, folder_note)
        elif not NEVER_A_PAGE.search(name):
            note = whole + SUFFIX if name + SUFFIX in names else None
            yield _Listed(DumpFile(shown_path(whole), _NO_ID, name=whole), note, folder_note)


def faulty(path: str, reason: str, advice: str | None = None) -> DumpFile:
    """Return a file that cannot be read; its id comes from its path."""
    dump_id = hashlib.sha256(f"unreadable:{path}".encode()).hexdigest()
    fault = f"{reason}; {advice}" if advice else reason
    return DumpFile(path, dump_id, fault=fault, advice=advice)
