"""A store of objects under a URL: what a warehouse asks of one, and its faults in words.

What belongs here: reading and writing objects by name. What does not: what they are (`sharing`).

An object appears whole or not at all. None is ever written twice under one name: names are new by
chance, or the next of a row of numbers, and of two who put that one (`put_new`) one is told that it
is there. So nobody needs a lock.
"""

import hashlib
import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.contract.errors import EngineGoneError, cause_of
from pipeline.text.shown import printable

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_INSTALL = "papermart[store]"
# A client gives a request half a minute, whatever comes meanwhile. On a slow line that is not
# enough for a big file, nor for its parts if all go out at a time.
_CHUNK_BYTES = 8 * 1024 * 1024
_PARTS_AT_A_TIME = 3
# Left to itself a client goes on for three minutes without a word.
_MOST_RETRIES = 4
_MOST_SECONDS = timedelta(seconds=30)
# What each kind of store is told by, for whoever it does not let in.
_TOLD_BY = {
    "s3": "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT_URL",
    "gs": "GOOGLE_SERVICE_ACCOUNT",
    "az": "AZURE_STORAGE_ACCOUNT_NAME, AZURE_STORAGE_ACCOUNT_KEY",
}
_SAID = re.compile(r"<(?:Message|Code)>([^<]+)</")
# The server that was asked, and what came of it; between them stands how often, and how long.
_REQUEST = re.compile(r"Error performing .*?(https?://[^/\s]+).* - (.+)")

# A client that may not speak without encryption says no more of it.
_UNENCRYPTED = re.compile(r"(http://\S+): .*builder error")

# Who is refused by these is so whatever he asks for.
_OF_ALL = re.compile(
    "SignatureDoesNotMatch|InvalidAccessKeyId|ExpiredToken|InvalidToken|RequestTimeTooSkewed"
    "|AuthenticationFailed"
)
# What stands in an address behind its question mark may let others in.
_QUERY = re.compile(r"(?<=\S)\?[^\s'\"]+")
# What no client can name: an empty part ("a//b"), or one that leads elsewhere ("a/../b").
_INVALID = re.compile(r"object with invalid path: .*?Path \"([^\"]+)\"", re.DOTALL)


class StoreError(EngineGoneError):
    """A store does not answer, does not let us in, or holds what is not as it was written.

    Where tables are made of what lies there, no other one would fare better.
    """


class ObjectGoneError(StoreError):
    """An object is not there, or no longer."""


class ObjectChangedError(StoreError):
    """An object was replaced while it was read."""


class ObjectClosedError(StoreError):
    """The store knows who we are, and does not let us do something."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """What a store tells of an object without sending it.

    Attributes:
        name: relative to the URL.
        n_bytes: its size.
        written_at: when it was written, by the store's clock.
        tag: what an object written later under the name has not (ETag), if the store gives any.
        version: its version, where the store keeps several.
    """

    name: str
    n_bytes: int
    written_at: datetime
    tag: str | None = None
    version: str | None = None

    @property
    def stamp(self) -> str:
        """What no other content of that name has."""
        told = (self.n_bytes, self.written_at.isoformat(), self.tag or "", self.version or "")
        return " ".join(map(str, told))


class Store:
    """Objects whose names are relative to a URL.

    Args:
        url: `s3://bucket/folder`, `gs://…`, `az://…`, or `file:///folder`; who may write there and
            where it answers is told by the environment, as each kind has its own.
    """

    def __init__(self, url: str) -> None:
        """Point at a store; it is asked at the first question."""
        self.url = url.rstrip("/")
        self._opened: ObjectStore | None = None

    def __getstate__(self) -> dict[str, Any]:
        """Leave the client behind when a store goes to another process."""
        return self.__dict__ | {"_opened": None}

    @property
    def _folder(self) -> Path | None:
        """The folder that is the store, where it is one."""
        return Path(self.url.removeprefix("file://")) if self.url.startswith("file://") else None

    @property
    def _writer(self) -> "ObjectStore":
        """The client; a folder is made by the first who writes, and by nobody who only looks.

        What it lies in is not: of a drive that is not there it would be made on this machine's.
        """
        if self._folder:
            try:
                self._folder.mkdir(exist_ok=True)
            except FileNotFoundError:
                raise StoreError(
                    f"{self.url} cannot be made: there is no {self._folder.parent}; is its drive "
                    "there? If it is, make that folder"
                ) from None
            except OSError as error:
                raise StoreError(f"{self.url} cannot be made: {cause_of(error)}") from None
        return self._client

    @property
    def _client(self) -> "ObjectStore":
        if self._opened is None:
            self._opened = _open(self.url)
        return self._opened

    # ------------------------------------------------------------ writing

    def put(self, name: str, what: "Path | bytes") -> None:
        """Write an object: a file, or bytes.

        Raises:
            StoreError: it cannot be written.
        """
        with self._naming(f"{name} cannot be written to {self.url}"):
            self._writer.put(name, what, max_concurrency=_PARTS_AT_A_TIME)

    def put_new(self, name: str, what: bytes) -> bool:
        """Write an object if there is none of that name; tell whether it was written.

        Of several who do so at a time one succeeds. A client whose answer was lost asks again, and
        is told that it is there: then it was written.

        Raises:
            StoreError: it cannot be written.
        """
        with self._naming(f"{name} cannot be written to {self.url}"):
            from obstore.exceptions import AlreadyExistsError

            try:
                self._writer.put(name, what, mode="create")
            except AlreadyExistsError:
                return self.read(name) == what
        return True

    def delete(self, names: Sequence[str]) -> None:
        """Remove objects; that one is not there is nothing to complain of.

        Raises:
            StoreError: they cannot be removed.
        """
        with self._naming(f"nothing can be removed from {self.url}"), suppress(FileNotFoundError):
            self._client.delete(list(names))

    # ------------------------------------------------------------ reading

    def objects(self, folder: str) -> dict[str, tuple[int, datetime]]:
        """Return size and time of writing of each object whose name begins with a folder's.

        Raises:
            StoreError: the store cannot be asked.
        """
        if self._folder and not self._folder.exists():
            return {}
        with self._naming(f"{self.url} cannot be asked"):
            found = (one for some in self._client.list(folder) for one in some)
            return {one["path"]: (one["size"], one["last_modified"]) for one in found}

    def listing(self) -> Iterator[StoredObject]:
        """Yield all objects, as they are listed: some are asked for at a time.

        What stands for a folder, by a name that ends in "/", is listed without the stroke.

        Raises:
            StoreError: the store cannot be asked, or holds a name that cannot be told.
        """
        with self._naming(f"{self.url} cannot be listed"):
            for some in self._client.list():
                for one in some:
                    yield StoredObject(
                        one["path"],
                        one["size"],
                        one["last_modified"],
                        one["e_tag"],
                        one["version"],
                    )

    def holds(self, name: str) -> bool:
        """Tell whether there is an object of that very name.

        Raises:
            StoreError: the store cannot be asked.
        """
        try:
            self.size(name)
        except ObjectGoneError:
            return False
        return True

    def read(self, name: str) -> bytes:
        """Return an object.

        Raises:
            StoreError: it is not there, or cannot be read.
        """
        with self._naming(f"{name} cannot be read from {self.url}"):
            return bytes(self._client.get(name).bytes())

    def fetch(self, name: str, to: Path, sha256: str | None = None) -> None:
        """Write an object to a file.

        Args:
            name: of the object.
            to: the file; replaced if it is there.
            sha256: the hash that it must have; any by default.

        Raises:
            StoreError: it is not there, cannot be read, or is another.
            OSError: the file cannot be written.
        """
        hashed = hashlib.sha256()
        with to.open("wb") as file:
            for chunk in self.chunks(name):
                hashed.update(chunk)
                file.write(chunk)
        if sha256 and hashed.hexdigest() != sha256:
            raise StoreError(
                f"{self.url}/{name} is not as it was written; it is damaged there. Remove it: with "
                "the next build whoever has it in his folder gives it again"
            )

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield what is in an object, so much at a time as comes within one request.

        Raises:
            StoreError: it is not there, cannot be read, or was replaced between two requests, if
                the store tells.
        """
        what = f"{name} cannot be read from {self.url}"
        with self._naming(what):
            found = self._client.get(name)
            size, tag = found.meta["size"], found.meta["e_tag"]
            whole = bytes(found.bytes()) if size <= _CHUNK_BYTES else None
        if whole is not None:
            yield whole
            return
        # A weak tag matches nothing, not even itself (RFC 9110, 13.1.1).
        same = {"if_match": tag} if tag and not tag.startswith("W/") else {}
        for start in range(0, size, _CHUNK_BYTES):
            end = min(start + _CHUNK_BYTES, size)
            with self._naming(what):
                part = self._client.get(name, options={"range": (start, end), **same})
                chunk = bytes(part.bytes())
            yield chunk

    def size(self, name: str) -> int:
        """Return the size of an object, in bytes.

        Raises:
            StoreError: it is not there, or the store cannot be asked.
        """
        with self._naming(f"{name} cannot be read from {self.url}"):
            return self._client.head(name)["size"]

    def read_part(self, name: str, start: int, n_bytes: int) -> bytes:
        """Return some bytes of an object.

        Args:
            name: of the object.
            start: the place of the first one.
            n_bytes: how many, at least one; none may lie behind the end.

        Raises:
            StoreError: it is not there, or cannot be read.
        """
        with self._naming(f"{name} cannot be read from {self.url}"):
            return bytes(self._client.get_range(name, start=start, length=n_bytes))

    @contextmanager
    def _naming(self, what: str) -> Generator[None]:
        faults = _faults()
        try:
            yield
        except (faults, OSError) as error:  # what is not there is a FileNotFoundError
            raise _kind(error)(f"{what}: {_words(error, self.url)}") from None


def _kind(error: Exception) -> type[StoreError]:
    """Return the class of a fault: some are of one object, and others may be read."""
    if isinstance(error, FileNotFoundError) and "NoSuchBucket" not in str(error):
        return ObjectGoneError
    if type(error).__name__ == "PreconditionError":
        return ObjectChangedError
    is_refused = type(error).__name__ == "PermissionDeniedError"
    return ObjectClosedError if is_refused and not _OF_ALL.search(str(error)) else StoreError


def _faults() -> type[Exception]:
    """Return what the client raises, where it is installed."""
    try:
        from obstore.exceptions import BaseError
    except ImportError as error:
        raise StoreError(
            f"a store takes more packages ({error.name} is missing): pip install '{_INSTALL}'"
        ) from None
    return BaseError


def _open(url: str) -> "ObjectStore":
    faults = _faults()
    from obstore.store import from_url

    try:
        if url.startswith("file:"):
            return from_url(url)
        retry: Any = {"max_retries": _MOST_RETRIES, "retry_timeout": _MOST_SECONDS}
        return from_url(url, retry_config=retry)
    except (faults, OSError, ValueError) as error:
        raise StoreError(f"the store {url} cannot be opened: {_words(error, url)}") from None


def _words(error: Exception, url: str) -> str:
    """Return what a fault says for people; clients tell of requests, and of their own insides."""
    said = str(error).partition("\n\nDebug source:")[0]
    if found := _INVALID.search(said):
        shown = printable(found[1])
        return f"{shown!r} is no name that can be read; rename or remove that object"
    if type(error).__name__ == "PreconditionError":
        return "it was replaced meanwhile"
    if found := _SAID.findall(said):
        said = ", ".join(found)
    said = _QUERY.sub("", " ".join(said.split()))
    if "NoSuchBucket" in str(error):
        return "there is no such bucket"
    if found := _REQUEST.search(said):
        said = f"{found[1]}: {found[2]}"
    said = said[:300].rstrip(".")
    if url.startswith("s3:") and (found := _UNENCRYPTED.match(said)):
        return f"{found[1]} is not encrypted, which has to be allowed: set AWS_ALLOW_HTTP=true"
    if isinstance(error, FileNotFoundError):
        return "it is not there"
    advice = _TOLD_BY.get(url.partition(":")[0])
    where = f". Look at the network, and at what the environment says in {advice}" if advice else ""
    return said + where


def in_parts(names: Iterable[str], most: int = 1_000) -> Iterable[list[str]]:
    """Yield names, so many at a time as a store removes at once."""
    found = sorted(names)
    for begin in range(0, len(found), most):
        yield found[begin : begin + most]
