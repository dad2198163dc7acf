"""Where a server and the machine that builds hand files to each other.

What belongs here: under which address a server reads a file of this machine, and where it writes
what this machine reads: a folder that both see, or a store. What does not: what is asked of a
server (`spark_engine`), which files of a warehouse a store holds (`stored_copies`).
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex
from typing import Protocol

from pipeline.storage.shared_manifest import SCRATCH
from pipeline.storage.store import Store, in_parts
from pipeline.storage.stored_copies import StoredCopies

# How names of files begin that a server does not see.
_HIDING = (".", "_")


class Handover(Protocol):
    """Where files are handed over.

    Attributes:
        folder: of this machine, for what lives for a moment; need not be there.
        shown: where files are handed over, for messages.
    """

    folder: Path
    shown: str

    def seen(self, file: Path) -> str:
        """Return the address under which the server reads a file of this machine."""
        ...

    def place(self, name: str) -> str:
        """Return the address of a folder in which the server may write."""
        ...

    def written(self, place: str) -> list[Path]:
        """Return the files that the server wrote in a folder, in their order, to be read here."""
        ...

    def remove(self, place: str) -> None:
        """Remove what the server wrote in a folder."""
        ...

    def close(self) -> None:
        """Remove all that was handed over for a moment."""
        ...


class SharedFolder:
    """A folder that the server sees under the same path.

    Args:
        folder: the folder; need not be there.
    """

    def __init__(self, folder: Path) -> None:
        """Point at a folder."""
        self.folder = folder
        self.shown = str(folder.resolve())

    def seen(self, file: Path) -> str:
        """Return the file's path; of a hidden one that of a link to it.

        Such a file is on its way into its place, and is so under both names.
        """
        if not file.name.startswith(_HIDING):
            return str(file.resolve())
        link = self.folder / "seen" / f"{token_hex(8)}.parquet"
        link.parent.mkdir(parents=True, exist_ok=True)
        os.link(file, link)
        return str(link.resolve())

    def place(self, name: str) -> str:
        """Return the path of a folder in this one."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return str((self.folder / name).resolve())

    def written(self, place: str) -> list[Path]:
        """Return the files in a folder."""
        return sorted(Path(place).rglob("*.parquet"))

    def remove(self, place: str) -> None:
        """Remove a folder."""
        shutil.rmtree(place, ignore_errors=True)

    def close(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)


class SharedStore:
    """A store that the server reads and writes; it need not see this machine's disk.

    Args:
        copies: the files of the warehouse that lie there.
        folder: for what came from there, while it is read.
    """

    def __init__(self, copies: StoredCopies, folder: Path) -> None:
        """Point at a store."""
        self.folder = folder
        self.shown = copies.store.url
        self._copies = copies
        self._store = copies.store
        self._scratch = f"{SCRATCH}/{token_hex(8)}"
        self._fetched: dict[str, Path] = {}

    def seen(self, file: Path) -> str:
        """Return the URL of a file, which lies there from now on at the latest."""
        if not file.is_relative_to(self.folder):
            return f"{self._store.url}/{self._copies.object_of(file)}"
        name = f"{self._scratch}/{token_hex(8)}.parquet"
        self._store.put(name, file)
        return f"{self._store.url}/{name}"

    def place(self, name: str) -> str:
        """Return the URL of a folder that is this session's alone."""
        return f"{self._store.url}/{self._scratch}/{name}"

    def written(self, place: str) -> list[Path]:
        """Fetch the files of a folder, and return where they lie."""
        names = sorted(n for n in self._objects(place) if n.endswith(".parquet"))
        into = self.folder / token_hex(8)
        into.mkdir(parents=True, exist_ok=True)
        self._fetched[place] = into
        files = [into / f"{n:06}.parquet" for n in range(len(names))]
        for name, file in zip(names, files, strict=True):
            self._store.fetch(name, file)
        return files

    def remove(self, place: str) -> None:
        """Remove a folder there, and what was fetched from it."""
        if fetched := self._fetched.pop(place, None):
            shutil.rmtree(fetched, ignore_errors=True)
        for names in in_parts(self._objects(place)):
            self._store.delete(names)

    def _objects(self, place: str) -> Mapping[str, object]:
        return self._store.objects(place.removeprefix(f"{self._store.url}/"))

    def close(self) -> None:
        """Remove what this session had written there."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.remove(f"{self._store.url}/{self._scratch}")


def read_handed(address: str) -> bytes:
    """Return the bytes of a file under the address that `seen` gave, on any machine.

    Raises:
        OSError: it cannot be read.
        StoreError: it cannot be read from its store.
    """
    if "://" not in address:
        return Path(address).read_bytes()
    url, _, name = address.rpartition("/")
    return Store(url).read(name)
