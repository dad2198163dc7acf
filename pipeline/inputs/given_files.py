"""What people bring: ordinary files only are opened, and folders of any depth are gone through.

What belongs here: how a page, a note or a file of corrections is opened and found. What does not:
what stands in it, and which files are pages (`extraction.dump_files`).
"""

import os
import stat
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path

# A named pipe is opened at once, without a writer at its other end; Windows knows neither flag's
# need, but reads text unless told otherwise.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def open_given(file: Path) -> BufferedReader:
    """Open a file to read its bytes, if it is an ordinary one.

    A pipe, a device or a socket is refused before anything is read of it: it may never begin, or
    never end.

    Raises:
        OSError: it cannot be opened, or is no ordinary file.
    """
    descriptor = os.open(file, _FLAGS)
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(None, "it is a folder")
        if not stat.S_ISREG(mode):
            raise OSError(None, "it is a pipe or a device, no ordinary file")
        return os.fdopen(descriptor, "rb")
    except OSError:
        os.close(descriptor)
        raise


def read_given(file: Path, most_bytes: int) -> bytes:
    """Return what stands in a file of which nobody expects that it is long.

    Args:
        file: the file.
        most_bytes: how much it may hold; a longer one is not read.

    Raises:
        OSError: it cannot be opened, is no ordinary file, or too large.
    """
    with open_given(file) as stream:
        content = stream.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise OSError(None, f"it is larger than {most_bytes:,} bytes")
    return content


def folders_below(
    top: Path, unreadable: list[OSError]
) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield each folder once with the names of its folders and files, as `os.walk` does.

    Links are followed. Those folders are gone into that the list still holds afterwards, however
    deep they lie: `os.walk` may call itself for each level, and Python bears a thousand.

    Args:
        top: the folder that all others are below; it is yielded, too.
        unreadable: gets what is wrong with folders that cannot be opened.
    """
    visited: set[tuple[int, int]] = set()
    waiting = [os.fspath(top)]
    while waiting:
        folder = waiting.pop()
        subfolders: list[str] = []
        names: list[str] = []
        try:
            of_folder = os.stat(folder)  # noqa: PTH116 - a path a level is slow
            if (key := (of_folder.st_dev, of_folder.st_ino)) in visited:
                continue
            visited.add(key)
            with os.scandir(folder) as entries:
                for entry in entries:
                    (subfolders if _is_folder(entry) else names).append(entry.name)
        except OSError as error:
            error.filename = error.filename or folder
            unreadable.append(error)
            continue
        yield folder, subfolders, names
        waiting += [f"{folder}{os.sep}{name}" for name in reversed(subfolders)]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Tell whether it is a folder, or a link to one; what cannot be told is none."""
    try:
        return entry.is_dir()
    except OSError:
        return False
