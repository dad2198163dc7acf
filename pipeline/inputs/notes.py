"""Notes that people put beside a dump: `page.txt.meta.json` for `page.txt`.

What belongs here: what such a note may say and how it is read, and which files are no pages at all.
What does not: what follows from it (`extraction`, `sources`).

    {"captured_on": "2025-12-11"}
"""

import re
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.contract.errors import cause_of

SUFFIX = ".meta.json"
# Names that are never a saved page: hidden files, editors' and browsers' unfinished ones.
NEVER_A_PAGE = re.compile(r"(^\.)|(~$)|(\.(tmp|part|crdownload|download|swp)$)", re.IGNORECASE)
_MAX_BYTES = 100_000


class Note(BaseModel):
    """What a note may say of its dump.

    Attributes:
        captured_on: the day the page was saved; year-less dates on the page are of its year.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    captured_on: date | None = None


def read_note(file: Path) -> tuple[Note, str | None]:
    """Read a note: (what it says, what is wrong with it or None).

    A note that cannot be read says nothing; the dump is read all the same.
    """
    try:
        content = file.read_bytes()
        if len(content) > _MAX_BYTES:
            return Note(), f"the note {file.name} is too large to be one; it was not read"
        return Note.model_validate_json(content), None
    except OSError as error:
        return Note(), f"the note {file.name} cannot be read: {cause_of(error)}"
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        what = f"{place}: {first['msg']}" if place else first["msg"]
        return Note(), (
            f"the note {file.name} was not understood ({what}); it should say "
            '{"captured_on": "YYYY-MM-DD"}'
        )
