"""What became of one dump, on the way from its file to tables.

What belongs here: the value that `reading` makes and `staging_tables` takes. What does not: making
it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.contract.findings import Form, Issue, Record

MOST_ISSUE_TEXT = 500  # characters of the page that an issue quotes


@dataclass(frozen=True, slots=True)
class Extracted:
    """What became of one dump.

    Attributes:
        dump: its row in raw.dumps, but for what the build adds.
        page: its row in staging.pages; None if the dump was set aside.
        records: its cards, repaired, in order, held back or not.
        issues: what a person should know, in the order of lines.
        origins: the site and the form of each card.
        held: the rule by which a card is held back, by its place from 0.
    """

    dump: dict[str, Any]
    page: dict[str, Any] | None = None
    records: tuple[Record, ...] = ()
    issues: tuple[Issue, ...] = ()
    origins: tuple[tuple[str, Form], ...] = ()
    held: Mapping[int, str] = field(default_factory=dict)

    @property
    def has_rows(self) -> bool:
        """It has rows in staging tables; of a page set aside its cards, all held back, may be."""
        return self.page is not None or bool(self.held)
