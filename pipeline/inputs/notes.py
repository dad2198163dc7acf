"""Notes that people put beside a dump, `page.txt.meta.json` for `page.txt`, or into a folder.

What belongs here: what such a note may say and how it is read, and which files are no pages at all.
What does not: what follows from it (`extraction`, `sources`).

    {"captured_on": "2025-12-11", "listing": "robotics searches"}

A folder's note is called `folder.meta.json`, lies in it, and speaks of all pages below it that no
nearer folder's note speaks of. What a page's own note says counts before it.
"""

import codecs
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from pipeline.contract.errors import cause_of
from pipeline.inputs.given_files import open_given
from pipeline.text.shown import printable

SUFFIX = ".meta.json"
FOLDER_NOTE = f"folder{SUFFIX}"
# Names that are never a saved page: hidden files, editors' and browsers' unfinished ones.
NEVER_A_PAGE = re.compile(r"(^\.)|(~$)|(\.(tmp|part|crdownload|download|swp)$)", re.IGNORECASE)
# What is as long is no note.
MOST_BYTES = 100_001
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_FIRST_PAGE = date(1991, 8, 6)  # the first one on the web


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


def _as_day(value: object) -> date | None:
    """Return a day on which a page can have been saved, where it says one."""
    if value is None:
        return None
    try:
        day = (
            date.fromisoformat(value) if isinstance(value, str) and _DAY.fullmatch(value) else None
        )
    except ValueError:
        day = None
    if day is None:
        raise PydanticCustomError("no_day", "must be a day like 2025-12-11")
    # Whoever wrote it may live where it is tomorrow.
    if day > datetime.now(UTC).date() + timedelta(days=1):
        raise PydanticCustomError("future", "must be a day that has been, for the page was saved")
    if day < _FIRST_PAGE:
        raise PydanticCustomError("early", "must be the day on which the page was saved")
    return day


class Note(BaseModel):
    """What a note may say of its dump, or of all dumps below its folder.

    Attributes:
        listing: what they are parts of, in the words of whoever saved them.
        captured_on: the day the page was saved; year-less dates on the page are of its year.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    listing: _Name | None = None
    captured_on: Annotated[date | None, BeforeValidator(_as_day)] = None

    def completed(self, of_folder: "Note") -> "Note":
        """Return what this note of a dump says, and what it leaves to the note of its folder."""
        return Note.model_construct(
            listing=self.listing or of_folder.listing,
            captured_on=self.captured_on or of_folder.captured_on,
        )


_EXAMPLE = '{"captured_on": "YYYY-MM-DD", "listing": "a name"}'


@dataclass(frozen=True, slots=True)
class NoteFile:
    """A note as it was found.

    Attributes:
        path: below the place of the pages, as it is told to people.
        content: its bytes, no more of them than say whether it is too large to be one.
        fault: why they cannot be read, if they cannot.
    """

    path: str
    content: bytes | None
    fault: str | None = None

    @classmethod
    def at(cls, file: Path, path: str | None = None) -> "NoteFile":
        """Return the note that lies in a file.

        Args:
            file: the file.
            path: what messages call it; by default its name.
        """
        try:
            with open_given(file) as stream:
                return cls(path or file.name, stream.read(MOST_BYTES))
        except OSError as error:
            return cls(path or file.name, None, cause_of(error))

    @property
    def hash(self) -> str:
        """Short hash of its bytes."""
        if self.content is None:
            return "unreadable"
        return hashlib.sha256(self.content).hexdigest()[:16]


def read_note(note: NoteFile, *, by_name: bool = True) -> tuple[Note, str | None]:
    """Read a note: (what it says, what is wrong with it or None).

    A note that cannot be read says nothing; the dump is read all the same. A day to come is wrong
    on the day on which it is read.

    Args:
        note: the note.
        by_name: messages call it by its name, not by its path.
    """
    name = printable(note.path.rpartition("/")[2] if by_name else note.path)
    try:
        if note.content is None:
            return Note(), f"the note {name} cannot be read: {note.fault}"
        if len(note.content) >= MOST_BYTES:
            return Note(), f"the note {name} is too large to be one; it was not read"
        return Note.model_validate_json(_as_utf8(note.content)), None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        between = " " if first["msg"].startswith("must ") else ": "
        what = between.join(filter(None, (place, first["msg"])))
        return Note(), f"the note {name} was not understood ({what}); it should say " + (_EXAMPLE)


def _as_utf8(content: bytes) -> bytes:
    """Return a note as JSON is written; editors may begin it with a mark, or write UTF-16."""
    is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = content.decode("utf-16", "replace").encode() if is_wide else content
    return text.removeprefix(codecs.BOM_UTF8)
