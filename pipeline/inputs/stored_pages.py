"""Saved pages in a store of objects: the same protocol as a folder's, without fetching them all.

What belongs here: folders out of names of objects, looking at those that changed, fetching what is
read. What does not: a store and its faults (`storage.store`), where it is kept what was found
(`storage.seen_objects`).

A page is named by what is in it, which a store tells only by sending it. So an object is fetched
when it is new, or when what the store tells of it changed, and its hash is kept. Of one that is
listed and gone a moment later, or replaced meanwhile, the next build sees what became of it. An
upload that is not finished is in no list; what stands for a folder is no page.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from pipeline.contract.errors import PipelineError, cause_of
from pipeline.contract.ids import fingerprint
from pipeline.inputs.notes import MOST_BYTES, NoteFile
from pipeline.inputs.page_places import (
    CHANGED,
    VANISHED,
    Seen,
    Unread,
    shown_path,
    too_large,
    unreadable,
)
from pipeline.storage.seen_objects import SeenObject, SeenObjects
from pipeline.storage.store import (
    ObjectChangedError,
    ObjectClosedError,
    ObjectGoneError,
    Store,
    StoredObject,
    StoreError,
)

# So many objects are fetched at a time; of each a few MB are in memory while it is looked at.
_AT_A_TIME = 8
# What was fetched to be looked at stays so long as it is no more: few new pages are fetched once.
_MOST_HELD_BYTES = 16 * 1024 * 1024
# Faults of one object; others may be read.
_OF_ONE = (ObjectGoneError, ObjectChangedError, ObjectClosedError)
_NOTHING = hashlib.sha256(b"").hexdigest()
_FOLDER = "stands for a folder"
_NOT_YET = "nobody has looked at it yet"
Found = TypeVar("Found")


class StoreOfPages:
    """Saved pages below a URL.

    Args:
        url: as the settings name it.
        known: what was found before; None: nothing is known, as where only contents are asked for.
        fetches: look at objects that are not known; otherwise they count as pages of which nobody
            knows what is in them.
        on_look: called while objects are fetched for that: how many were, and how many are to be.
    """

    is_shared = True

    def __init__(
        self,
        url: str,
        known: SeenObjects | None = None,
        *,
        fetches: bool = True,
        on_look: Callable[[int, int], None] | None = None,
    ) -> None:
        """Point at a store; it is asked at the first question."""
        self.shown = url
        self._store = Store(url)
        self._known = known
        self._fetches = fetches
        self._on_look = on_look
        self._listed: dict[str, StoredObject] = {}
        self._tree: dict[str, tuple[dict[str, None], list[str]]] = {}
        self._held: dict[str, bytes] = {}
        self._n_held = 0
        self._pool: ThreadPoolExecutor | None = None
        self._expected: dict[str, Future[bytes]] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        """Leave behind what is known when it goes to another process, which reads contents."""
        return StoreOfPages, (self.shown,)

    def need(self) -> None:
        """Raise PipelineError if there is no object, or the store cannot be asked."""
        if next(self._store.listing(), None) is None:
            raise PipelineError(
                f"there are no saved pages below {self.shown}: no object's name begins so; name "
                "the URL, or the folder, of saved pages with --raw"
            )

    def is_there(self) -> bool:
        """Say yes: whether a store lets this machine in is seen when it is asked."""
        return True

    # ------------------------------------------------------------ folders

    def folders(
        self,
        unreadable: list[tuple[str, str]],  # noqa: ARG002 - a store has one list, no folders
        top: str = "",
    ) -> Iterator[tuple[str, list[str], list[str]]]:
        """Yield each folder with the names of its folders and files; the place is listed anew."""
        if not top:
            listed: dict[str, StoredObject] = {}
            for one in self._store.listing():
                # A page "a" and what stands for a folder "a/" are listed by one name.
                if one.name and (one.n_bytes or one.name not in listed):
                    listed[one.name] = one
            self._listed = listed
            self._tree = self._grown()
        waiting = [top]
        while waiting:
            folder = waiting.pop()
            subfolders, names = self._tree[folder]
            left = list(subfolders)
            yield folder, left, list(names)
            waiting += [f"{folder}/{name}" if folder else name for name in reversed(left)]

    def _grown(self) -> dict[str, tuple[dict[str, None], list[str]]]:
        """Return the names of folders and files in each folder."""
        tree: dict[str, tuple[dict[str, None], list[str]]] = {"": ({}, [])}
        for name in self._listed:
            below = name
            while below:  # up to a folder that is known
                folder, _, own = below.rpartition("/")
                is_known = folder in tree
                tree.setdefault(folder, ({}, []))
                if below != name:
                    tree[folder][0][own] = None
                below = "" if is_known else folder
        for name, listed in self._listed.items():
            if listed.n_bytes or not (name in tree or self._stands_for_a_folder(listed)):
                folder, _, own = name.rpartition("/")
                tree[folder][1].append(own)
        return tree

    def _stands_for_a_folder(self, listed: StoredObject) -> bool:
        """Tell whether it is an empty object by a name that ends in "/", listed without it.

        Programs that show folders put such; of that very name there is no object.
        """
        kept = self._kept(listed)
        if kept is None:
            try:
                is_page = self._store.holds(listed.name)
            except ObjectClosedError:
                return False  # whoever looks at it says so
            kept = SeenObject(_NOTHING if is_page else None, fault=None if is_page else _FOLDER)
            self._keep(listed, kept)
        return kept.fault == _FOLDER

    def files(self, top: str) -> Iterator[str]:
        """Yield the names of all objects below a folder."""
        for folder, _, names in self.folders([], top):
            yield from (f"{folder}/{name}" for name in names)

    # ------------------------------------------------------------ looking

    def look(self, names: Iterable[str]) -> Iterator[Seen | Unread]:
        """Yield what is found of each object; those that are not known are fetched."""
        listed = [self._listed[name] for name in names]
        due = [one for one in self._not_known(listed) if too_large(one.n_bytes) is None]
        found = self._each(self._look, due)
        for one in listed:
            yield found.get(one.name) or self._told(one)

    def _each(
        self, do: Callable[[StoredObject], Found], due: Sequence[StoredObject]
    ) -> dict[str, Found]:
        """Do something with some objects, several at a time; return what comes of each by name."""
        if not due:
            return {}
        found = {}
        with ThreadPoolExecutor(_AT_A_TIME) as pool:
            for one, what in zip(due, pool.map(do, due), strict=True):
                if self._on_look:
                    self._on_look(len(found), len(due))
                found[one.name] = what
        return found

    def _not_known(self, listed: Sequence[StoredObject]) -> list[StoredObject]:
        """Return the objects that are to be fetched in order to be looked at."""
        kept = ((one, self._kept(one)) for one in (listed if self._fetches else ()))
        return [one for one, known in kept if known is None or known.sha256 is None]

    def _told(self, listed: StoredObject) -> Seen | Unread:
        """Return what is known of an object without fetching it."""
        if large := too_large(listed.n_bytes):
            return large
        kept = self._kept(listed)
        if kept is None:
            none = hashlib.sha256(f"unseen:{listed.name} {listed.stamp}".encode()).hexdigest()
            return Seen(none, listed.n_bytes)
        return Seen(kept.sha256, listed.n_bytes) if kept.sha256 else Unread(kept.fault or "")

    def _look(self, listed: StoredObject) -> Seen | Unread:
        hashed, n_bytes, held = hashlib.sha256(), 0, []
        is_held = self._n_held + listed.n_bytes <= _MOST_HELD_BYTES
        self._n_held += listed.n_bytes if is_held else 0
        try:
            for chunk in self._store.chunks(listed.name):
                hashed.update(chunk)
                n_bytes += len(chunk)
                held += [chunk] if is_held else []
        except _OF_ONE as error:
            fault = _fault(error)
            self._keep(listed, SeenObject(None, fault=fault))
            return Unread(fault)
        self._keep(listed, SeenObject(hashed.hexdigest()))
        if is_held:
            self._held[listed.name] = b"".join(held)
        return Seen(hashed.hexdigest(), n_bytes)

    def notes(self, names: Iterable[str]) -> Iterator[NoteFile]:
        """Yield the notes in some objects, which are kept whole: they are needed each time."""
        listed = [self._listed[name] for name in names]
        found = self._each(self._note, self._not_known(listed))
        for one in listed:
            kept = self._kept(one) or SeenObject(None, fault=_NOT_YET)
            known = NoteFile(shown_path(one.name), kept.content, kept.fault)
            yield found.get(one.name) or known

    def _note(self, listed: StoredObject) -> NoteFile:
        path = shown_path(listed.name)
        try:
            if listed.n_bytes >= MOST_BYTES:
                content = self._store.read_part(listed.name, 0, MOST_BYTES)
            else:
                content = self._read(listed.name)[:MOST_BYTES]
        except ObjectGoneError:
            return NoteFile(path, None, "it is not there")
        except ObjectChangedError:
            return NoteFile(path, None, CHANGED)
        except ObjectClosedError:
            return NoteFile(path, None, cause_of(_closed()))
        self._keep(listed, SeenObject(hashlib.sha256(content).hexdigest(), content))
        return NoteFile(path, content)

    # ------------------------------------------------------------ what is known

    def _kept(self, listed: StoredObject) -> SeenObject | None:
        return self._known.of(listed) if self._known else None

    def _keep(self, listed: StoredObject, found: SeenObject) -> None:
        if self._known:
            self._known.put(listed, found)

    def remember(self) -> None:
        """Keep for the next time what was found in the objects that are listed.

        Raises:
            OSError: it cannot be written.
        """
        if self._known and self._fetches and self._listed:
            self._known.keep(self._listed)

    # ------------------------------------------------------------ reading

    def expect(self, names: Iterable[str]) -> None:
        """Begin to fetch what is read next, several at a time; it is in memory until it is read."""
        self._pool = self._pool or ThreadPoolExecutor(_AT_A_TIME)
        due = [name for name in names if name not in self._held]
        self._expected = {name: self._pool.submit(self._read, name) for name in due}

    def _read(self, name: str) -> bytes:
        return b"".join(self._store.chunks(name))

    def content(self, name: str, stamp: tuple[int, ...] | None) -> tuple[bytes, bool]:  # noqa: ARG002 - which no object has
        """Return what is in an object; whether it is what was looked at its hash alone tells."""
        held, expected = self._held.pop(name, None), self._expected.pop(name, None)
        if held is not None:
            return held, False
        try:
            return expected.result() if expected else self._read(name), False
        except ObjectGoneError:
            raise FileNotFoundError(name) from None
        except ObjectChangedError:
            return b"", False  # not what was looked at
        except ObjectClosedError:
            raise _closed() from None


def _fault(error: StoreError) -> str:
    if isinstance(error, ObjectChangedError):
        return CHANGED
    return VANISHED if isinstance(error, ObjectGoneError) else unreadable(_closed())


def _closed() -> OSError:
    return OSError(None, "the store does not let you read it")


def listing_state(url: str) -> str:
    """Return a fingerprint of what a store tells of all objects below a URL.

    Raises:
        StoreError: it cannot be asked.
    """
    listed = sorted(Store(url).listing(), key=lambda one: one.name)
    return fingerprint(*(f"{one.name} {one.stamp}" for one in listed))


def bytes_below(url: str) -> int:
    """Return the size of all objects below a URL.

    Raises:
        StoreError: it cannot be asked.
    """
    return sum(one.n_bytes for one in Store(url).listing())
