"""What became of one dump, on the way from its file to tables.

What belongs here: the value that `reading` makes and `staging_tables` takes. What does not: making
it.
"""

from dataclasses import dataclass
from typing import Any

from pipeline.contract.findings import Form, Issue, Record

MOST_ISSUE_TEXT = 500  # characters of the page that an issue quotes


@dataclass(frozen=True, slots=True)
class Extracted:
    """What became of one dump.

    Attributes:
        dump: its row in raw.dumps, but for what the build adds.
        page: its row in staging.pages; None if the dump was set aside.
        records: its cards, repaired, in order.
        issues: what a person should know, in the order of lines.
        origins: the site and the form of each card.
    """

    dump: dict[str, Any]
    page: dict[str, Any] | None = None
    records: tuple[Record, ...] = ()
    issues: tuple[Issue, ...] = ()
    origins: tuple[tuple[str, Form], ...] = ()
