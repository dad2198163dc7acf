"""Which files of a warehouse lie in a store, and under which names.

What belongs here: finding a file's copy there, or making one. What does not: when a warehouse is
taken and given (`sharing`), who reads the copies.
"""

from collections.abc import Collection, Mapping
from pathlib import Path

from pipeline.storage.checksums import FileMark
from pipeline.storage.files import is_temporary, state_of
from pipeline.storage.shared_manifest import object_name
from pipeline.storage.store import Store


class StoredCopies:
    """The copies of a folder's files in a store: a content lies there once.

    Args:
        root: the folder.
        store: the store.
        objects: the names of objects there, by the hash of what is in them.
    """

    def __init__(self, root: Path, store: Store, objects: Mapping[str, str]) -> None:
        """Start from what is known to lie there."""
        self.store = store
        self._root = root
        self._objects = dict(objects)
        self._seen: dict[Path, tuple[tuple[int, ...] | None, str]] = {}

    @property
    def objects(self) -> Mapping[str, str]:
        """The names of the objects that are known to lie there, by the hash of what is in them."""
        return self._objects

    def object_of(self, file: Path, sha256: str | None = None) -> str:
        """Return the name of a file's copy, which is made if there is none.

        Args:
            file: the file.
            sha256: the hash of its content; found out by default.

        Raises:
            StoreError: it cannot be written there.
            OSError: the file cannot be read.
        """
        state = state_of(file)
        if self._seen.get(file, (None, ""))[0] != state or state is None:
            self._seen[file] = state, self._copy(file, sha256 or FileMark.of(file).sha256)
        return self._seen[file][1]

    def still_there(self) -> Collection[str]:
        """Return the names of all objects in the store: of what was lost a copy is made anew.

        Raises:
            StoreError: the store cannot be asked.
        """
        there = self.store.objects("").keys()
        self._objects = {sha256: name for sha256, name in self._objects.items() if name in there}
        self._seen = {file: seen for file, seen in self._seen.items() if seen[1] in there}
        return there

    def _copy(self, file: Path, sha256: str) -> str:
        if sha256 not in self._objects:
            name = object_name(self._path(file), sha256)
            self.store.put(name, file)
            self._objects[sha256] = name
        return self._objects[sha256]

    def _path(self, file: Path) -> str:
        """Return where a file lies in the folder, or will: one on its way has another name."""
        name = file.name.removeprefix(".papermart-").removesuffix(".tmp")
        place = file.with_name(name) if is_temporary(file) else file
        return place.relative_to(self._root).as_posix()
