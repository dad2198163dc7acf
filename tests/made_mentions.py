"""Made-up mentions and works: much of all that telling people apart must cope with.

What belongs here: drawing them. What does not: what is asked of them.
"""

import random
from typing import Any

import polars as pl

from pipeline.text.keys import name_key

MENTIONS = {
    "mention_id": pl.String,
    "paper_id": pl.String,
    "author_order": pl.Int32,
    "author_name": pl.String,
    "name_key": pl.String,
    "homonym_id": pl.String,
}
WORKS = {
    "paper_id": pl.String,
    "title": pl.String,
    "venue": pl.String,
    "year": pl.Int32,
    "affiliations": pl.List(pl.String),
}
_GIVEN = [
    *("Wei", "Wen", "Sinong", "Simon", "Jun", "Li", "Ann", "Anna"),
    *("Zoe", "Tuomas", "Oona", "José", "Bo", "J.", "W.", "S."),
]
_FAMILY = ["Wang", "Zhan", "Zhang", "Li", "Quill", "Ahvenainen", "Ylikangas", "Smith", "Ngô", "Bo"]
_WORDS = [
    *("graphite", "anchors", "kites", "tethered", "ropes", "salt", "barges"),
    *("moons", "harbours", "breads", "of", "the", "on"),
]
_VENUES = [None, "", "ICRA", " icra", "Ropes Today", "Salt"]
_PLACES = ["Kivikko Institute of Ropes, Tampere", "MIT", "MIT, Media Lab", "ETH Zürich", "?", "ETH"]


def made_mentions(seed: int, n_papers: int = 120) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return mentions and works: homonyms, numbers, long lists, spellings, and gaps."""
    chance = random.Random(seed)
    names = [_name(chance) for _ in range(40)]
    mentions: list[tuple[Any, ...]] = []
    works: list[tuple[Any, ...]] = []
    for n in range(n_papers):
        paper = f"{chance.choice(['p', 'pa', 'p7', 'ü'])}-{n}"
        mentions += _listed(chance, paper, names)
        if chance.random() < 0.9:
            works.append((paper, *_shown(chance)))
    chance.shuffle(mentions)
    return (
        pl.DataFrame(mentions, schema=MENTIONS, orient="row"),
        pl.DataFrame(works, schema=WORKS, orient="row"),
    )


def _name(chance: random.Random) -> str:
    given = chance.choices(_GIVEN, k=chance.choice([1, 1, 1, 2]))
    parts = [*given, chance.choice(_FAMILY)]
    if chance.random() < 0.1:
        parts.reverse()
    return chance.choice(["Plato", "…"]) if chance.random() < 0.05 else " ".join(parts)


def _listed(chance: random.Random, paper: str, names: list[str]) -> list[tuple[Any, ...]]:
    authors = chance.choices(names, k=chance.choice([1, 2, 3, 5]))
    if chance.random() < 0.04:  # a collaboration
        authors += [f"Member Of{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(60)]
        chance.shuffle(authors)
    rows = []
    for place, name in enumerate(authors, start=1):
        number = chance.choice([None] * 12 + ["0001", "0002", "0001", "1999"])
        order = None if chance.random() < 0.05 else place
        rows.append((f"{paper}#{place}", paper, order, name, name_key(name), number))
    return rows


def _shown(chance: random.Random) -> tuple[Any, ...]:
    title = " ".join(chance.choices(_WORDS, k=chance.choice([0, 1, 4, 7])))
    return (
        chance.choice([title, title, title, "Editorial", None]),
        chance.choice(_VENUES),
        chance.choice([None, 1930, 2001, 2010, 2020]),
        chance.choice([None, [], chance.choices(_PLACES, k=2), [None, _PLACES[0]]]),
    )
