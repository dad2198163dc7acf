"""Papers packed small for a page: columns, and what many papers share only once.

What belongs here: how the data of the page's list is laid out; `templates/papers.js` reads it. What
does not: which papers these are, and their plain HTML (`paper_list`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pipeline.outputs.report.figures import Row

# What can be asked of a paper beside its values, by the columns of `papers.sql`.
FLAGS = {
    "on_several_sites": "seen on several sites",
    "year_inferred": "year inferred from other dates of the page",
    "list_cut": "author list cut",
    "list_perhaps_cut": "author list perhaps cut in silence",
    "without_abstract": "no abstract",
    "with_topic": "with a topic",
    "with_code": "with code",
    "without_code": "without code",
    "code_unknown": "not known whether there is code",
}


# What is told of each paper; a page without papers has these columns, too.
_COLUMNS = (
    "id", "title", "year", "month", "venue", "venues", "prefix", "rest", "people", "n_listed",
    "topics", "n_topics", "places", "categories", "is",
)  # fmt: skip


class _Shared:
    """Values that many papers share, each once; a paper holds a value's place among them."""

    def __init__(self) -> None:
        self._places: dict[tuple[Any, ...], int] = {}

    def place(self, *value: object) -> int:
        return self._places.setdefault(value, len(self._places))

    def places(self, values: Iterable[object] | None) -> list[int]:
        return [self.place(value) for value in values or ()]

    def column(self, n: int = 0) -> list[Any]:
        return [value[n] for value in self._places]


def packed(rows: Sequence[Row], names: Mapping[str, str]) -> dict[str, Any]:
    """Return papers as columns, with what many of them share in lists of their own.

    Args:
        rows: of `papers.sql`.
        names: of people, by `author_id`.

    Returns:
        `papers` has of each column a list as long as there are papers, in their order; numbers of
        `venue`, `venues`, `prefix`, `people`, `topics`, `categories` are places in the lists beside
        it, -1 being none. `people` is how papers name somebody, `persons` who that is, without a
        name where it is the first of these. The first
        `n_listed` people stand in the paper's own list; the first `n_topics` topics were found, the
        others stand above these. A paper's `places` are three numbers each: a page, its first and
        its last line. `is` has a bit for each of `flags`.
    """
    shared: dict[str, _Shared] = defaultdict(_Shared)
    papers = [_paper(row, shared) for row in rows]
    people = {"name": shared["people"].column(0), "person": shared["people"].column(1)}
    ids, first_names = shared["persons"].column(), _first_names(people)
    known = [names.get(key) for key in ids]
    return {
        "papers": {name: [paper[name] for paper in papers] for name in _COLUMNS},
        "people": people,
        "persons": {
            "id": ids,
            "name": [None if a == b else a for a, b in zip(known, first_names, strict=True)],
        },
        "venue": {"name": shared["venue"].column(0), "type": shared["venue"].column(1)},
        "pages": {
            "path": shared["pages"].column(0),
            "site": shared["pages"].column(1),
            "listing": shared["pages"].column(2),
        },
        **{name: shared[name].column() for name in ("venues", "prefix", "topics", "categories")},
        "flags": FLAGS,
    }


def _first_names(people: Mapping[str, Sequence[Any]]) -> list[str]:
    first: dict[int, str] = {}
    for name, person in zip(people["name"], people["person"], strict=True):
        first.setdefault(person, name)
    return [first[person] for person in range(len(first))]


def _paper(row: Row, shared: Mapping[str, _Shared]) -> dict[str, Any]:
    found = row["topics"] or []
    above = [topic for topic in row["topics_above"] or () if topic not in set(found)]
    people = row["people"]
    prefix, rest = _link_parts(row["link"])
    venue = row["venue"]
    return {
        "id": row["paper_id"],
        "title": row["title"],
        "year": row["year"],
        "month": row["month"],
        "venue": -1 if venue is None else shared["venue"].place(venue, row["venue_type"]),
        "venues": shared["venues"].places(row["venues_shown"]),
        "prefix": -1 if rest is None else shared["prefix"].place(prefix),
        "rest": rest,
        "people": [
            shared["people"].place(one["name"], shared["persons"].place(one["id"]))
            for one in people
        ],
        "n_listed": sum(one["is_listed"] for one in people),
        "topics": shared["topics"].places([*found, *above]),
        "n_topics": len(found),
        "places": [number for one in row["places"] for number in _place(one, shared["pages"])],
        "categories": shared["categories"].places(row["categories_shown"]),
        "is": sum(1 << n for n, flag in enumerate(FLAGS) if row[flag]),
    }


def _place(place: Row, pages: _Shared) -> tuple[int, int, int]:
    page = pages.place(place["path"], place["site"], place["listing"])
    return page, place["line_start"], place["line_end"]


def _link_parts(link: str | None) -> tuple[str | None, str | None]:
    """Return an address that a page may lead to as what many share, and the rest.

    >>> _link_parts("https://arxiv.org/abs/2106.01540"), _link_parts("javascript:alert(1)")
    (('https://arxiv.org/abs/', '2106.01540'), (None, None))
    """
    if not link or not is_address(link):
        return None, None
    before, slash, after = link.rpartition("/")
    return before + slash, after


def is_address(link: str | None) -> bool:
    """Tell whether a page may lead there: an address of the web, and nothing that a browser runs.

    >>> is_address("https://arxiv.org/abs/2106.01540"), is_address("javascript:alert(1)")
    (True, False)
    """
    return bool(link) and link.startswith(("https://", "http://"))
