"""What was found in objects of a store once, and holds as long as the store tells the same of them.

What belongs here: keeping it in the warehouse, where it is shared with the rest. What does not:
looking at objects (`inputs.stored_pages`).

A store sends what is in an object only as a whole, and what it tells of one without that, size,
time, tag, is not what we name contents by. So what a content came to is kept beside what was told.
"""

from base64 import b64decode, b64encode
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipeline.storage.checksums import read_sealed, write_sealed
from pipeline.storage.store import StoredObject

# Stamp, hash, content and fault, as JSON.
_Entry = list[str | None]
# Below the warehouse.
SEEN = ".seen/objects.json"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class SeenObject:
    """What was found in an object.

    Attributes:
        sha256: the hash of what is in it; None: it could not be read.
        content: what is in it, of small ones that are needed each time.
        fault: why it could not be read.
    """

    sha256: str | None
    content: bytes | None = None
    fault: str | None = None


class SeenObjects:
    """What was found in the objects under a URL.

    Args:
        root: the warehouse that keeps it.
        url: where they lie; of those of another one nothing is known.
    """

    def __init__(self, root: Path, url: str) -> None:
        """Point at a file, which is read at the first question."""
        self._file = root / SEEN
        self._url = url
        self._news: dict[str, _Entry] = {}

    @cached_property
    def _kept(self) -> "dict[str, _Entry]":
        """What is known; what is damaged, or of another release, counts as not known."""
        kept = read_sealed(self._file) or {}
        return kept["objects"] if kept.items() >= self._head.items() else {}

    @property
    def _head(self) -> dict[str, object]:
        return {"format": _FORMAT, "url": self._url}

    def of(self, listed: StoredObject) -> SeenObject | None:
        """Return what was found in an object, if it is the same; None: that is not known."""
        entry = self._news.get(listed.name) or self._kept.get(listed.name)
        stamp, sha256, content, fault = entry or [None] * 4
        if stamp != listed.stamp:
            return None
        return SeenObject(sha256, None if content is None else b64decode(content), fault)

    def put(self, listed: StoredObject, found: SeenObject) -> None:
        """Keep what was found in an object."""
        content = None if found.content is None else b64encode(found.content).decode()
        self._news[listed.name] = [listed.stamp, found.sha256, content, found.fault]

    def keep(self, names: Collection[str]) -> None:
        """Write what is known of some objects, if that is news; of others it is forgotten.

        Raises:
            OSError: it cannot be written.
        """
        known = {**self._kept, **self._news}
        objects = {name: known[name] for name in names if name in known}
        if objects != self._kept:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_sealed(self._file, self._head | {"objects": objects})
            self._kept = objects
