"""When each listing was last saved, in words.

What belongs here: which listings are oldest, so that people know what to save again. What does not:
other words about a warehouse (`status`), what a listing is (`sources.listings`).
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from pipeline.text.ages import day_words

_MOST_SHOWN = 5
_MOST_SUBJECT = 60
_ALL = "select listing_id, last_captured_on from listings order by last_captured_on"


def listing_lines(dumps: Iterable[Mapping[str, Any]], today: date | None = None) -> Iterator[str]:
    """Yield how many listings there are and when those were saved that wait longest.

    Args:
        dumps: rows of raw.dumps.
        today: the day (UTC), to say how long ago each was; None: that is not said.

    >>> page = {"listing_id": "a", "source": "arrow", "listing_kind": "author"}
    >>> print(*listing_lines([page | {"listing_subject": "Ann Lee", "captured_on": None}]))
    listings: 1, saved on days that are not known
    """
    last: dict[str, date | None] = {}
    names: dict[str, str] = {}
    for row in dumps:
        key = row["listing_id"]
        if key is None:
            continue
        names[key] = min(names.get(key, name := _name(row)), name)
        days = filter(None, (last.get(key), row["captured_on"]))
        last[key] = max(days, default=None)
    dated = sorted((day, names[key], key) for key, day in last.items() if day)
    if not last:
        return
    if not dated:
        yield f"listings: {len(last)}, saved on days that are not known"
        return
    n_unknown = len(last) - len(dated)
    unknown = f"; of {n_unknown} no day is known" if n_unknown else ""
    yield f"listings: {len(last)}, last saved from {dated[0][0]} to {dated[-1][0]}{unknown}"
    for day, name, _ in dated[:_MOST_SHOWN]:
        ago = f" ({day_words(day, today)})" if today else ""
        yield f"  last saved {day}{ago}: {name}"
    if len(dated) > _MOST_SHOWN:
        yield f'  and {len(dated) - _MOST_SHOWN} later; see `papermart query "{_ALL}"`'


def _name(row: Mapping[str, Any]) -> str:
    """Return what people may call a listing, on one line."""
    said = row["listing_subject"] or row["path"]
    shown = "".join(c if c.isprintable() else " " for c in said)
    short = shown if len(shown) <= _MOST_SUBJECT else f"{shown[:_MOST_SUBJECT]}…"
    kind = row["listing_kind"] or "page"
    if ":named:" in row["listing_id"] or (kind == "page" and row["listing_subject"]):
        kind = "listing"  # a note names it
    return f"{row['source']}, {kind} {short}"
