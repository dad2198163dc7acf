"""A warehouse shared in a store: taken from there before a build, given back after it.

What belongs here: which files make a warehouse, bringing the folder to what the store holds, and
the store to what the folder holds. What does not: manifests (`shared_manifest`), a store (`store`),
asking a published file where it lies (`stored_files`).

The folder is a copy to work in. Whoever builds holds the last manifest's state when he begins, and
puts the next one when all went well; of two who build at a time, on two machines, one is told to
build again, and goes on from what the other made. What a failed build made stays in the folder, and
is shared with the next one that does not fail.
"""

import logging
import os
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.contract.errors import PipelineError
from pipeline.storage.checksums import FileMark, read_sealed, write_sealed
from pipeline.storage.files import put_in_place, temporary, write_whole
from pipeline.storage.row_changes import FOLDER as CHANGES
from pipeline.storage.seen_objects import SEEN
from pipeline.storage.shared_manifest import Manifest, SharedFile, last_manifest, put_next
from pipeline.storage.stamps import FILE as STAMP
from pipeline.storage.store import Store, StoreError
from pipeline.storage.stored_copies import StoredCopies
from pipeline.storage.versions import switch, versions
from pipeline.storage.warehouse import Warehouse

# Which state of which store the folder was last brought to, or gave.
_NOTE = ".shared.json"
# A small file that says how people use a warehouse: what they went back from.
_SAID = (".rolled_back",)
# Lies in a warehouse that was built from the sample (`inputs.settings`).
_SAMPLE = ".sample"
# From so much on it is said that files travel, for it takes a while.
_MUCH_BYTES = 100_000_000
_LOG = logging.getLogger("papermart")


def shared_url(warehouse: Warehouse) -> str:
    """Return the URL under which a warehouse is shared; empty: it is not, nor is the sample's."""
    return "" if (warehouse.root / _SAMPLE).exists() else warehouse.store


def refuse_sample(url: str) -> None:
    """Refuse to build the sample where a store holds the warehouse of other pages.

    It would not be shared, and from then on be asked in the place of what is.

    Args:
        url: of the store.

    Raises:
        PipelineError: it does, or cannot be asked.
    """
    manifest = last_manifest(Store(url))
    if manifest.number and _SAMPLE not in manifest.texts:
        raise PipelineError(
            f"{url} holds a warehouse of somebody's own pages, and here is only the sample: put "
            "these pages into data/raw, or set raw to their URL; to only ask, no pages are needed: "
            "use query, explain, export, report"
        )


def shared_version(warehouse: Warehouse) -> Path | None:
    """Return where the version lies that the folder last took from a store, or gave; None: none."""
    values = (read_sealed(warehouse.root / _NOTE) or {}) if shared_url(warehouse) else {}
    published = values.get("published")
    return warehouse.root / published if published else None


def is_behind(warehouse: Warehouse) -> bool:
    """Tell whether a store holds another state than the folder: a build would begin by taking it.

    Raises:
        StoreError: the store cannot be asked.
        PipelineError: a build would refuse to take what it holds.
    """
    url = shared_url(warehouse)
    return bool(url) and Sharing(warehouse, Store(url)).look()


@contextmanager
def locked(warehouse: Warehouse, *, is_last: bool = True) -> Generator[None]:
    """Hold a warehouse for one build: as the store has it, and given back to it at the end.

    Without a store, and for the sample, it is the folder's lock alone. What is raised within leaves
    the store as it is.

    Args:
        warehouse: the warehouse.
        is_last: of a build in several steps that which publishes; only then it is given back.

    Raises:
        PipelineError: see `Warehouse.lock`; the store does not answer, holds the warehouse of
            others, or somebody else built meanwhile.
    """
    with warehouse.lock():
        url = shared_url(warehouse)
        if not url:
            yield
            return
        sharing = Sharing(warehouse, Store(url))
        with warehouse.writing("the shared warehouse"):
            sharing.take()
        yield
        with warehouse.writing("the shared warehouse"):
            if is_last:
                sharing.give()
            else:
                sharing.keep_put()


@dataclass(slots=True)
class Sharing:
    """A locked warehouse, and the store it is shared in.

    Attributes:
        warehouse: the folder.
        store: the store.
        manifest: the state that the folder was brought to.
        copies: its files that lie in the store.
    """

    warehouse: Warehouse
    store: Store
    manifest: Manifest = field(default_factory=Manifest)
    copies: StoredCopies = field(init=False)

    # ------------------------------------------------------------ taking

    def look(self) -> bool:
        """Read the last state in the store; tell whether the folder is to be brought to it.

        Raises:
            PipelineError: the store cannot be asked, holds the warehouse of others, or no longer
                holds what this folder gave it.
        """
        known = self._known_number()
        self.manifest = last_manifest(self.store)
        number = self.manifest.number
        if known and not number:
            raise StoreError(
                f"nothing lies in {self.store.url}, where this warehouse was shared: is it the "
                "place that it was, and the drive there? Only where it was emptied on purpose, "
                f"remove {self._note}; then it is shared anew"
            )
        if known is not None and (number < known or not self._is_of_history()):
            raise StoreError(
                f"{self.store.url} no longer holds what this warehouse was shared as; to share it "
                f"there anew, remove {self._note}"
            )
        if known is None and number and self.warehouse.stamped():
            raise PipelineError(
                f"the warehouse in {self.warehouse.root} was built by itself, and "
                f"{self.store.url} holds another one; name an empty folder with --warehouse to "
                "take that one, or another store for yours"
            )
        is_behind = number != (known or 0)
        if is_behind:
            self._need_own_pages()
        return is_behind

    def take(self) -> None:
        """Bring the folder to the last state in the store, where it is not there yet.

        Raises:
            PipelineError: see `look`.
            OSError: the folder cannot be written.
        """
        is_behind, number = self.look(), self.manifest.number
        objects = {file.mark.sha256: file.object for file in self.manifest.files.values()}
        objects |= (read_sealed(self._note) or {}).get("put", {})
        self.copies = StoredCopies(self.warehouse.root, self.store, objects)
        self.warehouse.copies = self.copies
        if self._known_number() is None and not self.warehouse.stamped():
            # One that is killed halfway, or comes second, is no warehouse built by itself.
            self._keep_number(0)
        if is_behind:
            self._take_all()
            self._keep_number(number)
        elif number:
            self._mend()

    def _mend(self) -> None:
        """Take what was lost here since: made anew, ids that were given would be others."""
        texts, published = self.manifest.texts, self.warehouse.published
        lost = {path.rpartition("/")[0] for path in texts if path.endswith(STAMP)}
        lost = {folder for folder in lost if self._is_lost(folder)}
        if not published.exists():
            lost |= {"versions", ".marks"}
        files = {path for path in self.manifest.files if path.rpartition("/")[0] in lost}
        self._take({path for path in files if not self._fits(path)})
        self._take_texts({path for path in texts if path.rpartition("/")[0] in lost})
        if self.manifest.published and not published.exists():
            switch(self.warehouse, self.warehouse.root / self.manifest.published)

    def _is_lost(self, folder: str) -> bool:
        """Tell whether a table has no stamp, or is damaged as it was shared."""
        path = f"{folder}/{STAMP}"
        here = _text(self.warehouse.root / path)
        is_whole = all(map(self._fits, self._files_in(folder)))
        return here is None or (here == self.manifest.texts[path] and not is_whole)

    def _files_in(self, folder: str) -> list[str]:
        return [path for path in self.manifest.files if path.rpartition("/")[0] == folder]

    def _fits(self, path: str) -> bool:
        return self.manifest.files[path].mark.fits(self.warehouse.root / path)

    def _need_own_pages(self) -> None:
        """Refuse to mix the sample, which builds shared before, with other pages."""
        if _SAMPLE in self.manifest.texts:
            raise PipelineError(
                f"the warehouse in {self.store.url} was built from the sample, whose values would "
                "mix with yours; remove what lies there, or name another store"
            )

    def _take_all(self) -> None:
        files, root = self.manifest.files, self.warehouse.root
        missing = {path for path in files if not self._fits(path)}
        self._unstamp_changed(missing)
        self._take(missing)
        for path in files.keys() - missing:  # which another machine made as well, at another time
            _date(root / path, files[path].mark)
        self._take_texts(self.manifest.texts)
        for path in (*_SAID, *self._drifts()):
            if path not in self.manifest.texts:
                (root / path).unlink(missing_ok=True)
        if self.manifest.published:
            switch(self.warehouse, root / self.manifest.published)
        for version in versions(self.warehouse):  # one that was not shared, or is kept no more
            if self._path(version.path) not in files:
                version.remove()

    def _take(self, paths: Collection[str]) -> None:
        files = {path: self.manifest.files[path] for path in sorted(paths)}
        self._say("taken from", [file.mark for file in files.values()])
        for path, file in files.items():
            self._take_file(self.warehouse.root / path, file)

    def _unstamp_changed(self, missing: set[str]) -> None:
        """Make the tables count as unfinished that are not those in the store."""
        texts = self.manifest.texts
        for name in self.warehouse.stamped():
            folder = self._path(self.warehouse.table_dir(name))
            is_same = texts.get(f"{folder}/{STAMP}") == _text(self.warehouse.root / folder / STAMP)
            if not is_same or any(path.startswith(f"{folder}/") for path in missing):
                self._unstamp(name, self.manifest.files)

    def _take_texts(self, paths: Iterable[str]) -> None:
        for path in paths:
            place, text = self.warehouse.root / path, self.manifest.texts[path]
            if text != _text(place):
                place.parent.mkdir(parents=True, exist_ok=True)
                write_whole(place, text)

    def _unstamp(self, name: str, needed: Mapping[str, SharedFile]) -> None:
        """Make a table count as unfinished, and remove its files that the store's has not."""
        stamp, folder = self.warehouse.stamp(name), self.warehouse.table_dir(name)
        self.warehouse.remove_stamp(name)
        for file in (folder / one for one in (stamp.files if stamp else ())):
            if file.relative_to(self.warehouse.root).as_posix() not in needed:
                file.unlink(missing_ok=True)

    def _take_file(self, place: Path, file: SharedFile) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        written = temporary(place)
        try:
            self.store.fetch(file.object, written, file.mark.sha256)
            _date(written, file.mark)
            put_in_place(place)
        finally:
            written.unlink(missing_ok=True)

    # ------------------------------------------------------------ giving

    def give(self) -> None:
        """Bring the store to what the folder holds, where it is another, or lost some of it.

        Raises:
            StoreError: the store cannot be written, or another state came there meanwhile.
            OSError: the folder cannot be read or written.
        """
        marks = dict(self._marks())
        said = {path: _text(self.warehouse.root / path) for path in self._texts(marks)}
        texts = {path: text for path, text in said.items() if text is not None}
        there = self.copies.still_there()
        kept = [file for file in self.manifest.files.values() if file.object in there]
        known = {file.mark.sha256 for file in kept}
        new = [mark for mark in marks.values() if mark.sha256 not in known]
        current = [self._path(v.path) for v in versions(self.warehouse) if v.is_current]
        published = next((path for path in current if path in marks), None)
        unnamed = {path: SharedFile("", mark) for path, mark in marks.items()}
        now = Manifest(0, unnamed, texts, published)
        if now.holds_same(self.manifest) and not new:
            return
        self._say("shared in", new)
        files = {
            path: SharedFile(self.copies.object_of(self.warehouse.root / path, mark.sha256), mark)
            for path, mark in marks.items()
        }
        self.manifest = put_next(self.store, self.manifest, replace(now, files=files))
        self._keep_number(self.manifest.number)

    def _marks(self) -> Iterator[tuple[str, FileMark]]:
        """Yield path and mark of each file that is as it was written, of whole tables alone."""
        for name in self.warehouse.stamped():
            stamp, folder = self.warehouse.stamp(name), self.warehouse.table_dir(name)
            if stamp and not self.warehouse.damaged(name):
                yield from ((self._path(folder / file), m) for file, m in stamp.files.items())
        for version in versions(self.warehouse):
            if version.is_intact() and version.mark:
                yield self._path(version.path), version.mark
        seen = self.warehouse.root / SEEN
        if seen.exists():
            yield SEEN, FileMark.of(seen)

    def _texts(self, marks: Mapping[str, FileMark]) -> Iterator[str]:
        """Yield the paths of small files: of tables and versions whose files are shared."""
        for name in self.warehouse.stamped():
            if not self.warehouse.damaged(name):
                yield self._path(self.warehouse.table_dir(name) / STAMP)
        for version in versions(self.warehouse):
            if self._path(version.path) in marks:
                yield from map(self._path, (version.note, version.origin_note))
        yield from self._drifts()
        yield from _SAID

    def _drifts(self) -> list[str]:
        """Return where it stands how far statistics have drifted: that decides rows."""
        return [self._path(file) for file in (self.warehouse.root / CHANGES).glob("*.drift.json")]

    def _path(self, file: Path) -> str:
        return file.relative_to(self.warehouse.root).as_posix()

    # ------------------------------------------------------------ the folder's note

    @property
    def _note(self) -> Path:
        return self.warehouse.root / _NOTE

    def _known_number(self) -> int | None:
        """Return the number of the state that the folder was last brought to, if it was to any.

        Raises:
            PipelineError: it was to one of another store.
        """
        values = read_sealed(self._note)
        if values is None:
            return None
        if values["url"] != self.store.url:
            raise PipelineError(
                f"the warehouse in {self.warehouse.root} is shared in {values['url']}; to share it "
                f"in {self.store.url} instead, remove {self._note}"
            )
        return values["number"]

    def _is_of_history(self) -> bool:
        """Tell whether the store's states follow those that the folder was brought to."""
        values = read_sealed(self._note) or {}
        return (values.get("history") or self.manifest.history) == self.manifest.history

    def _keep_number(self, number: int, **more: Mapping[str, str]) -> None:
        known = {"history": self.manifest.history, "published": self.manifest.published}
        write_sealed(self._note, {"url": self.store.url, "number": number} | known | more)

    def keep_put(self) -> None:
        """Note what a server was given under the URL, so that it is not put there once more."""
        known = {file.mark.sha256 for file in self.manifest.files.values()}
        put = {sha: name for sha, name in self.copies.objects.items() if sha not in known}
        if put:
            self._keep_number(self._known_number() or 0, put=put)

    def _say(self, what: str, marks: list[FileMark]) -> None:
        n_bytes = sum(mark.n_bytes for mark in marks)
        if n_bytes >= _MUCH_BYTES:
            _LOG.warning(
                "%d files (%.1f GB) are %s %s", len(marks), n_bytes / 1e9, what, self.store.url
            )


def _text(file: Path) -> str | None:
    """Return what is in a small file; None if it is not there."""
    try:
        return file.read_text("utf-8")
    except OSError:
        return None


def _date(file: Path, mark: FileMark) -> None:
    """Give a file the time that its mark says, so that whoever looks need not read it."""
    if file.stat().st_mtime_ns != mark.mtime_ns:
        os.utime(file, ns=(mark.mtime_ns, mark.mtime_ns))
