"""Files of a shared warehouse asked where they lie: only what a question needs is read.

What belongs here: which file of a store is a published version, and how DuckDB reads such a file.
What does not: opening it (`connections`), manifests (`shared_manifest`).
"""

import re
from dataclasses import dataclass
from os import SEEK_CUR, SEEK_END, SEEK_SET
from pathlib import PurePosixPath
from threading import get_native_id
from typing import TYPE_CHECKING, Any

from pipeline.contract.errors import PipelineError
from pipeline.storage.shared_manifest import last_manifest
from pipeline.storage.store import Store, StoreError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

PROTOCOL = "papermart"
# DuckDB tells of what was raised while it read as Python shows it to those who programme.
_RAISED = re.compile(r"\ATraceback .*StoreError: (.+?)\s*\Z", re.DOTALL)
_TOO_SHORT = re.compile(r"Failed to read \d+ bytes from Python file")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A published version in a store.

    Attributes:
        store: the store.
        object: its name there.
        stem: the version's id, as the name of a file here has it.
    """

    store: Store
    object: str
    stem: str

    def __str__(self) -> str:
        """Return its URL."""
        return f"{self.store.url}/{self.object}"


def stored_version(url: str, version_id: str | None = None) -> StoredFile:
    """Return a published version of a shared warehouse, the current one by default.

    Args:
        url: of the store.
        version_id: the id of a version, or how the only one begins.

    Raises:
        PipelineError: the store cannot be asked, nothing is published there, or there is no such
            version.
    """
    store = Store(url)
    manifest = last_manifest(store)
    if manifest.published is None:
        raise PipelineError(
            f"nothing is published in {url}: is that the right URL? If it is, run `papermart build`"
        )
    known = {PurePosixPath(p).stem: f.object for p, f in manifest.files.items() if _is_version(p)}
    if version_id is None:
        current = PurePosixPath(manifest.published).stem
        return StoredFile(store, known[current], current)
    found = [one for one in known if version_id.strip() and one.startswith(version_id)]
    if len(found) != 1:
        listed = "\n  ".join(["", *sorted(known, reverse=True)])
        which = f"{len(found)} versions begin with" if found else "no version"
        raise PipelineError(f"{which} {version_id} in {url}; there are{listed}")
    return StoredFile(store, known[found[0]], found[0])


def store_fault(said: str) -> StoreError | None:
    """Return the fault of a store that DuckDB met while it read there; None if it was another.

    Args:
        said: what DuckDB says.
    """
    if _TOO_SHORT.search(said):
        return StoreError(f"a published file is not as it was written; it is damaged there: {said}")
    found = _RAISED.search(said)
    return StoreError(found[1]) if found else None


def _is_version(path: str) -> bool:
    return path.startswith("versions/")


def file_system(store: Store) -> "AbstractFileSystem":
    """Return what DuckDB asks for the objects of a store, as `papermart://<name>`; only to read.

    Raises:
        StoreError: the packages for it are not installed.
    """
    try:
        from fsspec import AbstractFileSystem
    except ImportError as error:
        raise StoreError(f"{error.name} is missing: pip install 'papermart[store]'") from None

    class Objects(AbstractFileSystem):
        protocol = PROTOCOL
        cachable = False

        def _open(self, path: str, *_: Any, **__: Any) -> "_Opened":  # noqa: ANN401 - fsspec's
            return _Opened(store, self._strip_protocol(path))

        def info(self, path: str, **_: Any) -> dict[str, Any]:  # noqa: ANN401 - fsspec's
            name = str(self._strip_protocol(path))
            try:
                return {"name": name, "size": store.size(name), "type": "file"}
            except StoreError as error:
                raise FileNotFoundError(str(error)) from None

        def modified(self, path: str) -> Any:  # noqa: ANN401, ARG002 - fsspec's
            from datetime import UTC, datetime

            return datetime(2000, 1, 1, tzinfo=UTC)  # no object is ever written twice

    return Objects()


class _Opened:
    """An object as DuckDB reads it: a place, and bytes from there on.

    Several threads of DuckDB's share it, each goes to a place and then reads, and they come between
    each other. So each has a place of its own, by the number that the system knows it by: of
    Python's own there is another at each call.
    """

    def __init__(self, store: Store, name: str) -> None:
        self.size = store.size(name)
        self.closed = False
        self._store = store
        self._name = name
        self._places: dict[int, int] = {}

    def read(self, size: int = -1) -> bytes:
        start = self.tell()
        left = max(self.size - start, 0)
        n_bytes = left if size < 0 else min(size, left)
        if not n_bytes:
            return b""
        self._places[get_native_id()] = start + n_bytes
        return self._store.read_part(self._name, start, n_bytes)

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        begin = {SEEK_SET: 0, SEEK_CUR: self.tell(), SEEK_END: self.size}[whence]
        self._places[get_native_id()] = begin + offset
        return begin + offset

    def tell(self) -> int:
        return self._places.get(get_native_id(), 0)

    def close(self) -> None:
        self.closed = True
