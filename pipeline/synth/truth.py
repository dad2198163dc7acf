"""The truth beside made-up pages, as tables: what stands where, and what is so.

What belongs here: the tables' columns and rows. What does not: writing them (`write`).
"""

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

from pipeline.synth.cards import Card
from pipeline.synth.plan import Layout, Page, Plan
from pipeline.synth.texts import MOST_ARROW
from pipeline.synth.world import Paper, World

_TEXTS = pa.list_(pa.string())
SCHEMAS = {
    # One row per paper that stands on a page.
    "papers": pa.schema(
        [
            ("paper_id", pa.string()),
            ("title", pa.string()),
            ("other_title", pa.string()),
            ("authors", _TEXTS),
            ("person_ids", _TEXTS),
            ("year", pa.int32()),
            ("published_date", pa.date32()),
            ("arxiv_id", pa.string()),
            ("doi", pa.string()),
            ("topic_ids", _TEXTS),
            ("topics", _TEXTS),
            ("n_sightings", pa.int32()),
        ]
    ),
    # One row per card of a page; a column is NULL where the card does not show it.
    "sightings": pa.schema(
        [
            ("page", pa.string()),
            ("position", pa.int32()),
            ("paper_id", pa.string()),
            ("source", pa.string()),
            ("form", pa.string()),
            ("title", pa.string()),
            ("authors", _TEXTS),
            ("n_authors_total", pa.int32()),
            ("year", pa.int32()),
            ("published_date", pa.date32()),
            ("arxiv_id", pa.string()),
            ("doi", pa.string()),
            ("n_abstract_chars", pa.int32()),
        ]
    ),
    # One row per person of the world, those included whom no page names.
    "people": pa.schema(
        [
            ("person_id", pa.string()),
            ("name", pa.string()),
            ("given", pa.string()),
            ("middle", pa.string()),
            ("family", pa.string()),
            ("group_id", pa.string()),
        ]
    ),
    # One row per name of a card: who it is, and how the card spells it.
    "authorships": pa.schema(
        [
            ("page", pa.string()),
            ("position", pa.int32()),
            ("paper_id", pa.string()),
            ("author_order", pa.int32()),
            ("person_id", pa.string()),
            ("spelling", pa.string()),
        ]
    ),
    # One row per topic and year: how many papers of the world came out, shown or not.
    "topic_years": pa.schema(
        [
            ("topic_id", pa.string()),
            ("topic", pa.string()),
            ("year", pa.int32()),
            ("n_papers", pa.int32()),
            ("share", pa.float64()),
            ("growth", pa.float64()),
        ]
    ),
}


def paper_id(number: int) -> str:
    """Return a paper's id in the truth."""
    return f"p{number:08d}"


def person_id(number: int) -> str:
    """Return a person's id in the truth."""
    return f"a{number:08d}"


def table(name: str, rows: Sequence[Sequence[Any]]) -> pa.Table:
    """Return rows as a table of the truth."""
    schema = SCHEMAS[name]
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def sighting_rows(page: Page) -> Iterable[tuple[Any, ...]]:
    """Yield what the cards of a page show."""
    layout = page.layout
    for position, seen in enumerate(page.sightings, 1):
        card, has_day = seen.card, "day" in layout.shown
        year = card.venue_year if "venue" in layout.shown else card.published.year
        yield (
            page.path,
            position,
            paper_id(seen.paper.number),
            layout.site,
            layout.form,
            card.title,
            card.authors if "authors" in layout.shown else (),
            _total(card, layout),
            year if has_day or "venue" in layout.shown else None,
            card.published if has_day else None,
            card.arxiv_id if "arxiv" in layout.shown else None,
            card.doi if "doi" in layout.shown else None,
            len(card.abstract) if card.abstract and "abstract" in layout.shown else None,
        )


def _total(card: Card, layout: Layout) -> int | None:
    """Return how many authors a card says there are; a list that may be cut says nothing."""
    if "total" in layout.shown:
        return card.n_authors
    is_whole = "authors" in layout.shown and not card.n_hidden
    is_silent = layout.site == "arrow" and len(card.authors) >= MOST_ARROW
    return card.n_authors if is_whole and not is_silent else None


def authorship_rows(page: Page) -> Iterable[tuple[Any, ...]]:
    """Yield whose the names on a page are."""
    if "authors" not in page.layout.shown:
        return
    for position, seen in enumerate(page.sightings, 1):
        paper = paper_id(seen.paper.number)
        for order, (person, spelling) in enumerate(
            zip(seen.people, seen.card.authors, strict=True), 1
        ):
            yield page.path, position, paper, order, person_id(person), spelling


def paper_rows(plan: Plan, numbers: range) -> Iterable[tuple[Any, ...]]:
    """Yield those of some papers that stand on a page."""
    for number in numbers:
        if n_sightings := plan.n_sightings(number):
            yield _paper_row(plan.world, plan.world.paper(number, with_abstract=False), n_sightings)


def _paper_row(world: World, paper: Paper, n_sightings: int) -> tuple[Any, ...]:
    return (
        paper_id(paper.number),
        paper.title,
        paper.other_title,
        [world.name(person).full for person in paper.people],
        list(map(person_id, paper.people)),
        paper.published.year,
        paper.published,
        paper.arxiv_id,
        paper.doi,
        [paper.subject.topic_id],
        [paper.subject.topic],
        n_sightings,
    )


def person_rows(world: World, numbers: range, group: int) -> Iterable[tuple[Any, ...]]:
    """Yield some people; `group` is how many people a group has."""
    for number in numbers:
        name = world.name(number)
        middle = name.middle or None
        yield (
            *(person_id(number), name.full, name.given, middle, name.family),
            f"g{number // group:07d}",
        )


def topic_rows(world: World) -> Iterable[tuple[Any, ...]]:
    """Yield how the subjects fare over the years."""
    counts = list(world.yearly_counts())
    totals: dict[int, int] = {}
    for _, year, n in counts:
        totals[year] = totals.get(year, 0) + n
    for subject, year, n in counts:
        share = n / totals[year]
        yield subject.topic_id, subject.topic, year, n, share, subject.growth
