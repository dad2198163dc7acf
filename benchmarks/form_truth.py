"""What stands on a page, in one shape, whatever shape it was written down in.

What belongs here: the truth beside pages, as cards. What does not: comparing (`forms`).

A card is a mapping. A field that is not in it is not known, and is not judged; one that is None is
known not to stand on the page.
"""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.contract.findings import Record
from pipeline.text.whitespace import fold_space

Card = dict[str, Any]

_VERSION = re.compile(r"v\d{1,3}$")
_DAY = re.compile(r"\d{1,2} [A-Z][a-z]{2,8},? \d{4}")
# Where each field stands in the files of truth, the first that is there and says something.
_PLACES = {
    "arxiv_id": ("arxiv_id", "id", "paper_id"),
    "date": ("v1_submitted", "submitted", "submitted_date_first", "published_date", "publishedAt"),
    "primary_category": ("primary", "primary_category", "primary_classification"),
}


def truth_beside(page: Path) -> list[Card] | None:
    """Return the cards of a page whose truth lies beside it or in the folder `truth`, or None."""
    stem = page.name.split(".")[0]
    places = (
        page.with_name(f"{stem}.truth.json"),
        page.with_name(f"{stem}.props.json"),
        page.parent.parent / "truth" / f"{stem}.json",
    )
    for place in places:
        if place.is_file():
            return read_truth(json.loads(place.read_text("utf-8")))
    return None


def read_truth(content: Any) -> list[Card]:  # noqa: ANN401 - whatever JSON holds
    """Return the cards of a file of truth.

    >>> read_truth([{"id": "2407.21783v1", "title": "A  b", "authors": [{"name": "C D"}],
    ...   "submitted": "2 December, 2025"}])
    [{'title': 'A b', 'authors': ['C D'], 'arxiv_id': '2407.21783', 'date': '2025-12-02'}]
    """
    if isinstance(content, dict):
        content = content.get("records") or content.get("dailyPapers") or []
    return [_card(row) for row in content]


def _card(row: Card) -> Card:
    row = row | row.get("paper", {})
    card: Card = {"title": fold_space(row["title"])}
    if "authors" in row:
        names = [name["name"] if isinstance(name, dict) else name for name in row["authors"] or ()]
        card["authors"] = [fold_space(name) for name in names]
    abstract = row.get("abstract", row.get("summary"))
    if abstract is not None or "abstract" in row:
        card["abstract"] = fold_space(abstract) if abstract else None
    for field, places in _PLACES.items():
        values = [row[place] for place in places if place in row]
        if values:
            value = next(filter(None, values), None)
            card[field] = _CLEAN[field](value) if value else None
    categories = row.get("categories") or row.get("secondary_classification")
    if categories is not None:
        first = card.get("primary_category")
        rest = [name for name in categories if name != first]
        card["categories"] = [first, *rest] if first else list(rest)
    return card


def _as_day(text: str) -> str:
    if _DAY.fullmatch(text):
        day, month, year = text.replace(",", "").split()
        return datetime.strptime(f"{day} {month[:3]} {year}", "%d %b %Y").date().isoformat()  # noqa: DTZ007
    return text[:10]


_CLEAN = {
    "arxiv_id": lambda text: _VERSION.sub("", text),
    "date": _as_day,
    "primary_category": str,
}


def card_of(record: Record) -> Card:
    """Return what papermart read, in the same shape."""
    return {
        "title": record.title,
        "authors": [author.name for author in record.authors],
        "abstract": record.abstract,
        "is_abstract_complete": record.is_abstract_complete,
        "date": record.published_date.isoformat() if record.published_date else None,
        "arxiv_id": record.arxiv_id,
        "categories": list(record.categories),
        "primary_category": record.primary_category,
    }
