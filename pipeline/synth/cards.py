"""What a card of a page shows of a paper, whatever the site.

What belongs here: the fields that layouts lay out. What does not: layouts (`texts`, `markup`).
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Card:
    """A paper as some site knows it.

    Attributes:
        n_hidden: authors whom no page names.
        published: the day of the first version.
        updated: the day of the latest version; `published` for the only one.
        categories: the primary one first.
        comments: what the authors add: "12 pages".
        doi: the publisher's.
        venue: conference and kind as Arrow writes them: "ICML Conference".
        venue_year: the year of the conference; that of `published` by default.
        slugs: affiliations as Scholar Feed writes them.
        score: Scholar Feed's, empty for none: "83.3".
    """

    title: str
    authors: tuple[str, ...]
    n_hidden: int
    abstract: str | None
    published: date
    updated: date
    arxiv_id: str
    categories: tuple[str, ...]
    comments: str | None = None
    doi: str | None = None
    venue: str = "NeurIPS Conference"
    venue_year: int | None = None
    slugs: tuple[str, ...] = ()
    score: str = ""

    @property
    def n_authors(self) -> int:
        """How many authors there are, hidden ones included."""
        return len(self.authors) + self.n_hidden
