"""Notes that people put beside a dump, `page.txt.meta.json` for `page.txt`, or into a folder.

What belongs here: what such a note may say and how it is read, and which files are no pages at all.
What does not: what follows from it (`extraction`, `sources`).

    {"captured_on": "2025-12-11", "listing": "robotics searches"}

A folder's note is called `folder.meta.json`, lies in it, and speaks of all pages below it:

    {"listing": "robotics searches"}
"""

import codecs
import re
from datetime import date
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic_core import PydanticCustomError

from pipeline.contract.errors import cause_of

SUFFIX = ".meta.json"
FOLDER_NOTE = f"folder{SUFFIX}"
# Names that are never a saved page: hidden files, editors' and browsers' unfinished ones.
NEVER_A_PAGE = re.compile(r"(^\.)|(~$)|(\.(tmp|part|crdownload|download|swp)$)", re.IGNORECASE)
_MAX_BYTES = 100_000


def _is_shown(name: str) -> str:
    """Return a name of which something can be seen, on one line."""
    if "\n" in name or "\r" in name:
        raise PydanticCustomError("lines", "a name stands on one line")
    if not any(c.isprintable() and not c.isspace() for c in name):
        raise PydanticCustomError("unseen", "a name has letters or digits")
    return name


# The name of a listing, on one line.
_Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=200),
    AfterValidator(_is_shown),
]


class FolderNote(BaseModel):
    """What a note of a folder may say of all dumps below it.

    Attributes:
        listing: what they are parts of, in the words of whoever saved them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    listing: _Name | None = None


class Note(FolderNote):
    """What a note may say of its dump.

    Attributes:
        captured_on: the day the page was saved; year-less dates on the page are of its year.
    """

    captured_on: date | None = None


_Kind = TypeVar("_Kind", bound=FolderNote)
_EXAMPLES: dict[type[FolderNote], str] = {
    Note: '{"captured_on": "YYYY-MM-DD", "listing": "a name"}',
    FolderNote: '{"listing": "a name"}',
}


def read_note(file: Path) -> tuple[Note, str | None]:
    """Read the note of a dump: (what it says, what is wrong with it or None).

    A note that cannot be read says nothing; the dump is read all the same.
    """
    return _read(file, file.name, Note)


def read_folder_note(file: Path, name: str) -> tuple[FolderNote, str | None]:
    """Read the note of a folder, which messages call by `name`; see `read_note`."""
    return _read(file, name, FolderNote)


def _as_utf8(content: bytes) -> bytes:
    """Return a note as JSON is written; editors may begin it with a mark, or write UTF-16."""
    is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = content.decode("utf-16", "replace").encode() if is_wide else content
    return text.removeprefix(codecs.BOM_UTF8)


def _read(file: Path, name: str, kind: type[_Kind]) -> tuple[_Kind, str | None]:
    try:
        content = file.read_bytes()
        if len(content) > _MAX_BYTES:
            return kind(), f"the note {name} is too large to be one; it was not read"
        return kind.model_validate_json(_as_utf8(content)), None
    except OSError as error:
        return kind(), f"the note {name} cannot be read: {cause_of(error)}"
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        what = f"{place}: {first['msg']}" if place else first["msg"]
        return kind(), f"the note {name} was not understood ({what}); it should say " + (
            _EXAMPLES[kind]
        )
