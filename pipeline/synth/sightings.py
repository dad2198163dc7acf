"""What a site shows of a paper: its card, and who its names are.

What belongs here: the differences between what is true and what a page says: names cut off and
spelled otherwise, titles of later versions, slips and other spellings of titles, cut abstracts.
What does not: layouts.
"""

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from pipeline.synth.cards import Card
from pipeline.synth.names import Name, spelled
from pipeline.synth.world import SIGHTING, Paper, World

# How many sites there may be, so that each draws its own chance.
_MOST_SITES = 16
_CUT, _NO_ABSTRACT = 0.06, 0.04
_SCORED = 0.5
_VARIED = 0.12
_SPELLINGS = (("isation", "ization"), ("ising", "izing"), ("ised", "ized"), ("isers", "izers"),
              ("colour", "color"), ("centres", "centers"), ("neighbour", "neighbor"))  # fmt: skip


class Sighting(NamedTuple):
    """A paper as one site shows it.

    Attributes:
        card: what the site knows.
        people: the person of each name of the card, in its order.
    """

    paper: Paper
    card: Card
    people: tuple[int, ...]


def see(
    world: World, site: int, number: int, *, is_venue: bool, with_abstract: bool, shows_most: int
) -> Sighting:
    """Return a paper as a site shows it; the same for every page of the site.

    Args:
        world: where the paper is.
        site: the number of the site.
        number: the paper's.
        is_venue: whether the site shows what was published: the later title, in a later year.
        with_abstract: whether it shows abstracts.
        shows_most: how many names it shows at most.
    """
    paper = world.paper(number, with_abstract=with_abstract)
    names = [world.name(person) for person in paper.people[:shows_most]]
    draw = world.draw(SIGHTING, number * _MOST_SITES + site)
    title = paper.other_title if is_venue and paper.other_title else paper.title
    abstract: str | None = paper.abstract
    if is_venue and draw.random() < _NO_ABSTRACT:
        abstract = None
    elif is_venue and draw.random() < _CUT:
        abstract = f"{paper.abstract[: 200 + int(draw.random() * 200)].rpartition(' ')[0]}…"
    categories = (paper.subject.category, "cs.AI") if number % 3 else (paper.subject.category,)
    card = Card(
        title=varied(title, draw),
        authors=_shown_names(names, draw),
        n_hidden=len(paper.people) - len(names),
        abstract=abstract,
        published=paper.published,
        updated=paper.updated,
        arxiv_id=paper.arxiv_id,
        categories=categories,
        comments=paper.comments,
        doi=paper.doi,
        venue=paper.venue,
        venue_year=paper.published.year + (draw.random() < 0.4),
        slugs=paper.slugs,
        score=f"{50 + 49 * draw.random():.1f}" if draw.random() < _SCORED else "",
    )
    return Sighting(paper, card, paper.people[:shows_most])


def _shown_names(names: Sequence[Name], draw: Random) -> tuple[str, ...]:
    """Return the names as the site spells them: in full where two would be spelled alike."""
    shown = tuple([spelled(name, draw) for name in names])
    return shown if len(set(shown)) == len(shown) else tuple([name.full for name in names])


def varied(title: str, draw: Random) -> str:
    """Return a title as some site spells it; most leave it as it is.

    >>> varied("Lazy Topic Models", Random(3))
    'Lazy Topic Models'
    """
    chance = draw.random()
    if chance > _VARIED:
        return title
    kind = int(chance / _VARIED * 6)
    if kind == 0:
        return title[0] + title[1:].lower()
    if kind == 1:
        return title.replace("-", " ")
    if kind == 2:
        return title.replace(" and ", " & ")
    if kind == 3:
        for british, american in _SPELLINGS:
            title = title.replace(british, american)
        return title
    if kind == 4 and ": " in title:
        head, _, rest = title.partition(": ")
        return rest if " " not in head else head  # without its name, or without its subtitle
    words = title.split(" ")
    at = 1 + int(draw.random() * (len(words) - 1))
    if len(words[at]) > 5:  # a slip: a letter is missing
        cut = 2 + int(draw.random() * (len(words[at]) - 3))
        words[at] = words[at][:cut] + words[at][cut + 1 :]
    return " ".join(words)
