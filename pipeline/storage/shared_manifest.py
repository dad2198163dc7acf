"""What a store holds of a warehouse: numbered manifests, each naming all files of one state.

What belongs here: a manifest, reading the last one, putting the next one, and what no manifest
needs any more. What does not: the folder that is shared (`sharing`), a store (`store`).

Layout below the URL:

    manifests/<number>.json              the state; that of the highest number counts
    scratch/<session>/…                  what a server and a build hand to each other meanwhile
    <folder>/<hash>-<chance>.<suffix>    files that manifests name, in the folders they have here

A file is written before the manifest that names it, and never again: a reader who has read a
manifest finds all of it. Two who build at a time put the same number, and only one succeeds.
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from secrets import token_hex

from pipeline.storage.checksums import FileMark, sealed_text, unsealed
from pipeline.storage.store import Store, StoreError, in_parts

SCRATCH = "scratch"
_FOLDER = "manifests"
_FOLDERS = {SCRATCH, _FOLDER, "seen", "tables", "versions"}
_NAME = re.compile(rf"{_FOLDER}/(\d{{8}})\.json")
_FORMAT = 1
# What a manifest may have written into a folder: whoever may write to a store writes nowhere else.
_PATH = re.compile(
    r"tables/\w+/\w+/\w+\.(?:parquet|json)|versions/[\w-]+\.duckdb|\.marks/[\w.-]+\.json"
    r"|\.changes/[\w.]+\.drift\.json|\.seen/objects\.json|\.rolled_back|\.sample"
)
# Who has read a manifest may go on reading what it names for so long after the next one came.
_KEPT = timedelta(days=1)
# What no manifest names may be of a build that is still at work.
_LONGEST_BUILD = timedelta(days=7)
_HASH_DIGITS = 16
_LOG = logging.getLogger("papermart")
# Names that a build gives: what else lies under the URL is of other people.
_OURS = re.compile(
    rf"{SCRATCH}/[0-9a-f]{{16}}/.*"
    rf"|(?:tables/\w+/\w+|versions|seen)/[0-9a-f]{{{_HASH_DIGITS}}}-[0-9a-f]{{8}}\.\w+"
)


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file of a warehouse in a store.

    Attributes:
        object: its name there.
        mark: what it is.
    """

    object: str
    mark: FileMark


@dataclass(frozen=True, slots=True)
class Manifest:
    """One state of a warehouse.

    Attributes:
        number: its place among the manifests; 0: there is none yet.
        files: by path, relative to the warehouse's folder.
        texts: small files with what is in them, by path: stamps, marks.
        published: the path of the published version, if there is one.
        former: objects that manifests before named and this one does not, with the number of the
            first that did not.
        history: what all manifests of one warehouse have in common, by chance.
    """

    number: int = 0
    files: Mapping[str, SharedFile] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    published: str | None = None
    former: Mapping[str, int] = field(default_factory=dict)
    history: str = ""

    @property
    def objects(self) -> set[str]:
        """The names of all files in the store."""
        return {file.object for file in self.files.values()}

    def holds_same(self, other: "Manifest") -> bool:
        """Tell whether another one names the same files, with the same in them."""
        marks, others = ({p: f.mark for p, f in m.files.items()} for m in (self, other))
        is_same_rest = (self.texts, self.published) == (other.texts, other.published)
        return marks == others and is_same_rest


def is_within(url: str, raw: str) -> bool:
    """Tell whether a store would lie among files below another URL, or these among its own.

    >>> is_within("s3://b/pages/store", "s3://b/pages"), is_within("s3://b", "s3://b/versions/x")
    (True, True)
    >>> is_within("s3://b", "s3://b/pages")
    False
    """
    if f"{url}/".startswith(f"{raw}/"):
        return True
    below = f"{raw}/".removeprefix(f"{url}/")
    return below != f"{raw}/" and below.partition("/")[0] in _FOLDERS


def object_name(path: str, sha256: str) -> str:
    """Return a name for a file of a warehouse in a store, which no other one has.

    A name that came from the content alone could be removed by one who finds it needless, while
    another finds that it need not be written.

    Args:
        path: relative to the warehouse's folder.
        sha256: the hash of its content.
    """
    place = PurePosixPath(path)
    # Servers of Spark do not see what begins like a hidden file.
    folder = "/".join(part.lstrip("._") for part in place.parent.parts)
    return f"{folder}/{sha256[:_HASH_DIGITS]}-{token_hex(4)}{place.suffix}".lstrip("/")


def last_number(store: Store) -> int:
    """Return the number of the last manifest; 0: there is none.

    Raises:
        StoreError: the store cannot be asked.
    """
    return max(_times(store), default=0)


def last_manifest(store: Store) -> Manifest:
    """Return the last manifest; an empty one, number 0, where there is none.

    Raises:
        StoreError: the store cannot be asked, or holds what papermart did not write.
    """
    number = last_number(store)
    if not number:
        return Manifest()
    name = _name(number)
    values = unsealed(store.read(name))
    if values is None:
        raise StoreError(
            f"{store.url}/{name} is not as it was written; it is damaged there. Remove "
            "it to go on from the state before it, in an empty folder"
        )
    if values.pop("format", None) != _FORMAT:
        raise StoreError(
            f"{store.url} was written by another release of papermart; build with the same one"
        )
    files = {
        path: SharedFile(file["object"], FileMark.read(file["mark"]))
        for path, file in values.pop("files").items()
    }
    if foreign := [path for path in (*files, *values["texts"]) if not _PATH.fullmatch(path)]:
        raise StoreError(
            f"{store.url}/{name} names {foreign[0]!r}, which is no file of a warehouse"
        )
    return Manifest(number=number, files=files, **values)


def put_next(store: Store, before: Manifest, now: Manifest) -> Manifest:
    """Put the manifest that follows another one, and remove what none needs any more.

    Args:
        store: which holds all files it names.
        before: the one it follows.
        now: what it names.

    Returns:
        The manifest as it was put.

    Raises:
        StoreError: another one followed meanwhile, or it cannot be written, or is not there then.
    """
    number, times = before.number + 1, _times(store)
    history = before.history or token_hex(_HASH_DIGITS // 2)
    left = dict.fromkeys(before.objects, number) | dict(before.former)
    former = {o: n for o, n in left.items() if o not in now.objects and not _is_long_ago(n, times)}
    put = Manifest(number, now.files, now.texts, now.published, former, history)
    values = asdict(put) | {"format": _FORMAT}
    del values["number"]
    if not store.put_new(_name(put.number), sealed_text(values).encode()):
        raise StoreError(
            f"another build shared its warehouse in {store.url} meanwhile, so this one is not "
            "shared; build again to go on from there"
        )
    try:
        times = _times(store)
        if number in times:
            _sweep(store, before, put, times)
    except StoreError as error:  # all is there that should be
        _LOG.warning("what %s no longer needs stays there: %s", store.url, error)
        return put
    if number not in times:  # a web page that says yes to everything
        raise StoreError(f"{store.url} said that it took the warehouse, and does not hold it")
    return put


def _is_long_ago(number: int, times: Mapping[int, datetime]) -> bool:
    """Tell whether a manifest was written so long ago that nobody reads the one before it.

    The next one has no time yet; one that is gone was followed long ago.
    """
    if not times or number > max(times):
        return False
    return number not in times or times[max(times)] - times[number] > _KEPT


def _sweep(store: Store, before: Manifest, last: Manifest, times: Mapping[int, datetime]) -> None:
    """Remove manifests that were followed long ago, and files that no manifest needs."""
    now = times[max(times)]
    old = [n for n in times if n < max(times) and _is_long_ago(n + 1, times)]
    needed = last.objects | last.former.keys()
    unneeded = [
        name
        for name, (_, written) in store.objects("").items()
        if _OURS.fullmatch(name) and name not in needed
        if name in before.former or now - written > _LONGEST_BUILD
    ]
    for names in in_parts([*map(_name, old), *unneeded]):
        store.delete(names)


def _times(store: Store) -> dict[int, datetime]:
    """Return when each manifest was written, by its number, as the store's clock has it."""
    found = ((_NAME.fullmatch(name), time) for name, (_, time) in store.objects(_FOLDER).items())
    return {int(name[1]): time for name, time in found if name}


def _name(number: int) -> str:
    return f"{_FOLDER}/{number:08}.json"
