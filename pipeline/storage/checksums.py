"""What a file was when it was written, so that damage is noticed where the file is read.

What belongs here: the mark of a file, comparing it with the file, and JSON that carries its own
checksum. What does not: where marks are kept (`stamps`, `versions`), what follows (`builds`).

Size and time are looked at first: a file that has both is believed, so looking costs nothing. One
whose time is another, as that of a copied warehouse, is believed if its content is the same.
Content that was damaged with size and time put back shows to those who look deep.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.storage.files import write_whole

_SEAL = "checksum"


@dataclass(frozen=True, slots=True)
class FileMark:
    """A file as it was written.

    Attributes:
        n_bytes: its size.
        mtime_ns: its time of change, in nanoseconds.
        sha256: the hash of its content.
    """

    n_bytes: int
    mtime_ns: int
    sha256: str

    @classmethod
    def of(cls, file: Path) -> "FileMark":
        """Return the mark of a file as it is now; all of it is read.

        Raises:
            OSError: it cannot be read.
        """
        found = file.stat()
        return cls(found.st_size, found.st_mtime_ns, _content(file))

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> "FileMark":
        """Return a mark that was kept as JSON.

        Raises:
            TypeError: it is none.
        """
        return cls(**values)

    def fits(self, file: Path, *, deep: bool = False) -> bool:
        """Tell whether a file is as it was written.

        Args:
            file: the file, which need not be there.
            deep: read its content whatever its size and time say.
        """
        try:
            found = file.stat()
            if found.st_size != self.n_bytes or not file.is_file():
                return False
            is_untouched = found.st_mtime_ns == self.mtime_ns
            return (is_untouched and not deep) or _content(file) == self.sha256
        except OSError:
            return False

    def differs(self, file: Path) -> bool:
        """Tell whether a file was read and is another; of one that cannot be read nobody knows."""
        try:
            return _content(file) != self.sha256
        except OSError:
            return False

    def renewed(self, file: Path) -> "FileMark | None":
        """Return the mark with the file's time as it is now; None if that is no news.

        Only where the content is as it was: a warehouse that was copied is read once to learn that.
        """
        try:
            mtime_ns = file.stat().st_mtime_ns
        except OSError:
            return None
        is_news = mtime_ns != self.mtime_ns and self.fits(file)
        return replace(self, mtime_ns=mtime_ns) if is_news else None


def _content(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def distrust(file: Path) -> None:
    """Give a file another time, so that whoever reads it next looks at its content.

    Raises:
        OSError: the file cannot be changed, or is not there.
    """
    found = file.stat()
    os.utime(file, ns=(found.st_atime_ns, found.st_mtime_ns + 1_000_000_000))


def write_sealed(file: Path, values: Mapping[str, Any]) -> None:
    """Write values as JSON in one step, with a checksum of them.

    Raises:
        OSError: it cannot be written.
    """
    write_whole(file, sealed_text(values))


def sealed_text(values: Mapping[str, Any]) -> str:
    """Return values as JSON with a checksum of them."""
    sealed = {**values, _SEAL: _seal(values)}
    return json.dumps(sealed, indent=1, sort_keys=True) + "\n"


def read_sealed(file: Path) -> dict[str, Any] | None:
    """Return what `write_sealed` wrote; None if it is not there, or not as it was written."""
    try:
        return unsealed(file.read_bytes())
    except OSError:
        return None


def unsealed(text: bytes) -> dict[str, Any] | None:
    """Return the values of a `sealed_text`; None if it is none, or not as it was written.

    Values without a checksum, as earlier versions of papermart wrote them, are none.
    """
    try:
        values = json.loads(text.decode())
        return values if values.pop(_SEAL) == _seal(values) else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _seal(values: Mapping[str, Any]) -> str:
    text = json.dumps(values, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
