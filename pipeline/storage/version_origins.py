"""What a version was made of, kept beside its mark: the next one need not be written whole.

What belongs here: keeping that, and the version whose file the next one can be made of. What does
not: making the file (`version_file`), what a version is (`versions`).
"""

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.contract.ids import fingerprint
from pipeline.storage.checksums import FileMark, read_sealed, write_sealed
from pipeline.storage.stamps import Stamp
from pipeline.storage.versions import Version

# Each change leaves holes in a file. One grown so much since it was written whole is so again.
_MOST_GROWN = 1.3


@dataclass(frozen=True, slots=True)
class VersionOrigin:
    """What a version was made of.

    Attributes:
        shape: a fingerprint of all but rows: descriptions, views, the engine.
        files: fingerprints of the tables' files, by full name.
        whole_bytes: the size of the file when it was last written whole, before it was changed.
        sha256: the hash of the version's file. A mark may be made anew of a file that was changed.
    """

    shape: str
    files: Mapping[str, str]
    whole_bytes: int
    sha256: str

    def keep(self, version: Version) -> None:
        """Keep it beside the mark of a version.

        Raises:
            OSError: it cannot be written.
        """
        version.origin_note.parent.mkdir(exist_ok=True)
        write_sealed(version.origin_note, asdict(self))


def origin_of(version: Version) -> VersionOrigin | None:
    """Return what a version was made of; None if that is not known."""
    values = read_sealed(version.origin_note)
    try:
        return VersionOrigin(**values) if values else None
    except TypeError:
        return None  # another version of papermart wrote it


def files_of(stamps: Mapping[str, Stamp]) -> dict[str, str]:
    """Return fingerprints of the content of tables' files, by full name."""
    return {
        name: fingerprint(*sorted((file, mark.sha256) for file, mark in stamp.files.items()))
        for name, stamp in stamps.items()
    }


def copied_base(known: Iterable[Version], shape: str, copy: Path) -> VersionOrigin | None:
    """Copy the latest version that the next one can be made of.

    Args:
        known: the versions, the latest first.
        shape: what the next one will have.
        copy: where to.

    Returns:
        What it was made of; None if there is none that is as it was published, of the same shape
        and not grown too much: the next one is to be written whole.

    Raises:
        OSError: it cannot be written.
    """
    for version in known:
        origin = origin_of(version)
        if origin and origin.shape == shape and version.is_intact():
            if version.n_bytes > _MOST_GROWN * origin.whole_bytes:
                return None
            shutil.copyfile(version.path, copy)
            # Damage that size and time do not show must not live on in the next one.
            return origin if FileMark.of(copy).sha256 == origin.sha256 else None
    return None
