"""The clean facts that made-up records are made from: papers, their names, other papers near them.

What belongs here: reading clean records, telling papers apart, names in parts, and titles of papers
that look like another one and are not. What does not: how a source shows or damages a paper
(`damage`), and which sources there are (`made_kinds` and the modules of the kinds).
"""

import html
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from pipeline.text.keys import title_keys

_HOMONYM = re.compile(r" \d{4}$")  # "Fan Yang 0024"
_PARTICLES = {
    *("van", "von", "der", "den", "de", "la", "le", "di", "da", "dos", "del", "el", "al", "ten"),
    *("ter", "zu", "bin", "ben"),
}
_SUFFIXES = {"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"}
_JOINTS = re.compile(r" (?:for|in|of|with|using|on|from|via|by|to|over|under) ", re.IGNORECASE)
_AGAIN = (
    *("{} II", "{}, Part II", "{}: Part 2", "{} revisited", "{} Revisited", "More on {}"),
    *("{}: A Survey", "Towards {}", "{} (Panel)", "{} (Tutorial)", "Tutorial: {}", "{} 2.0"),
    *(
        "Extending {}",
        "A Note on {}",
        "{}: Experiments and Results",
        "Evaluation of {}",
        "Beyond {}",
    ),
)


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper as it is.

    Attributes:
        entity: its name; no two papers share one.
        title: its whole title.
        authors: all names, first name first.
        year: when it appeared.
        venue: where, as the clean source names it.
        abstract: its abstract, where the clean source has one.
    """

    entity: str
    title: str
    authors: tuple[str, ...]
    year: int
    venue: str | None = None
    abstract: str | None = None


@dataclass(frozen=True, slots=True)
class Name:
    """A name in parts: given names (or initials), family name with its particles, suffix."""

    given: tuple[str, ...]
    family: str
    suffix: str = ""

    @classmethod
    def of(cls, text: str) -> "Name":
        """Take a name apart.

        >>> Name.of("Ludwig M. van der Berg Jr.")
        Name(given=('Ludwig', 'M.'), family='van der Berg', suffix='Jr.')
        """
        words = _HOMONYM.sub("", text).split() or [""]
        suffix = words.pop() if len(words) > 2 and words[-1].lower() in _SUFFIXES else ""
        start = len(words) - 1
        while start > 1 and words[start - 1].lower() in _PARTICLES:
            start -= 1
        return cls(tuple(words[:start]), " ".join(words[start:]), suffix)

    def initials(self, dot: str = "", between: str = "") -> str:
        """Return the initials of the given names; of both halves of "Jean-Luc".

        >>> Name.of("Jean-Luc M. Picard").initials(".", " ")
        'J. L. M.'
        """
        letters = [half[0] for name in self.given for half in re.split(r"[-‐]", name) if half]
        return between.join(letter.upper() + dot for letter in letters)


def read_papers(file: Path) -> list[Paper]:
    """Return the papers of a file of clean records, one record of each.

    `<name>.truth.parquet` or `truth.parquet` beside it, where it is, says which records are one
    paper; the record with the longest list of names is taken. Without it, records of one title
    are taken for one paper. Records without a name, and of no real year, are left out.
    """
    frame = _read(file)
    truth = file.with_name(file.name.replace("records", "truth"))
    if truth != file and truth.is_file() and "entity_id" in pl.read_parquet_schema(truth):
        labels = pl.read_parquet(truth, columns=["record_id", "entity_id"])
        frame = frame.drop("entity_id").join(labels, on="record_id", maintain_order="left")
    frame = (
        frame.filter(pl.col("authors").list.len() > 0, pl.col("year").is_between(1900, 2100))
        .sort(
            -pl.col("authors").list.len().cast(pl.Int64),
            pl.col("venue").str.len_chars(),
            maintain_order=True,
        )
        .unique("entity_id", keep="first", maintain_order=True)
        .sort("record_id")
    )
    return [Paper(row.pop("entity_id"), **_values(row)) for row in frame.to_dicts()]


def _values(row: dict) -> dict:
    names = tuple(dict.fromkeys(_HOMONYM.sub("", name).strip() for name in row["authors"]))
    row = {name: row[name] for name in ("title", "year", "venue", "abstract")}
    title = html.unescape(row["title"]).rstrip(" .")
    venue = row["venue"] and html.unescape(row["venue"]).strip()
    if venue and venue.islower():  # the short name of a conference
        venue = venue.upper()
    return row | {"title": title, "authors": names, "venue": venue}


def _read(file: Path) -> pl.DataFrame:
    if file.suffix == ".csv":  # with the names that author_identity gives its columns
        frame = pl.read_csv(file, infer_schema=False).rename({"pub_id": "record_id"})
        frame = frame.with_columns(pl.col("authors").str.split(","), pl.col("year").cast(pl.Int64))
        frame = frame.unique("record_id", keep="first", maintain_order=True)
    else:
        frame = pl.read_parquet(file)
    for name in ("venue", "abstract"):
        if name not in frame.columns:
            frame = frame.with_columns(pl.lit(None, pl.String).alias(name))
    frame = frame.filter(pl.col("title").is_not_null())
    keys = pl.Series(title_keys(frame["title"].to_list()), dtype=pl.String)
    frame = frame.with_columns(entity_id=keys)
    wanted = ("record_id", "entity_id", "title", "authors", "year", "venue", "abstract")
    return frame.filter(pl.col("entity_id") != "").select(wanted)


def papers_of(files: Sequence[Path]) -> list[Paper]:
    """Return the papers of several files, each paper once: the first file with its title wins."""
    papers: list[Paper] = []
    seen: set[str | None] = set()
    for number, file in enumerate(files):
        found = read_papers(file)
        keys = title_keys([paper.title for paper in found])
        fresh = [(paper, key) for paper, key in zip(found, keys, strict=True) if key not in seen]
        seen |= {key for _, key in fresh}
        papers += [replace(paper, entity=f"{number}:{paper.entity}") for paper, _ in fresh]
    return papers


class Neighbours:
    """Draws papers that look like another one and are not."""

    def __init__(self, papers: Sequence[Paper], chance: random.Random) -> None:
        """Know all papers, whose titles' second halves go with other titles' first ones."""
        self.papers = papers
        self.chance = chance
        self.tails = [part for paper in papers if (part := self.halves(paper.title)[1])]
        self.latest = max(paper.year for paper in papers)
        self.count = 0

    @staticmethod
    def halves(title: str) -> tuple[str, str]:
        """Return a title up to its middle preposition, and the rest."""
        found = list(_JOINTS.finditer(title))
        if not found:
            return title, ""
        joint = found[len(found) // 2]
        return title[: joint.start()], title[joint.start() :]

    def near(self, paper: Paper) -> Paper:
        """Draw another paper by (mostly) the same people: a sequel, or half of the title."""
        chance = self.chance
        head, tail = self.halves(paper.title)
        if not tail or chance.random() < 0.4:
            title = chance.choice(_AGAIN).format(paper.title.split(": ")[0])
        elif chance.random() < 0.7:
            title = head + chance.choice(self.tails)
        else:
            title = self.halves(chance.choice(self.papers).title)[0] + tail
        authors = list(paper.authors)
        if len(authors) > 1 and chance.random() < 0.4:
            authors.pop(chance.randrange(len(authors)))
        if chance.random() < 0.3:
            authors.append(chance.choice(chance.choice(self.papers).authors))
        year = paper.year + chance.choice((-1, 0, 0, 1, 1, 2, 3))
        return self.other(paper, title=title, authors=tuple(authors), year=year)

    def other(self, paper: Paper, **values: object) -> Paper:
        """Return a paper of its own with some values of this one, and the abstract of another."""
        self.count += 1
        abstract = self.chance.choice(self.papers).abstract
        changed = replace(paper, abstract=abstract, **values)
        year = min(changed.year, self.latest)
        return replace(changed, year=year, entity=f"{paper.entity}#{self.count}")


class Maker:
    """What every kind of made records is drawn with."""

    def __init__(self, papers: Sequence[Paper], chance: random.Random) -> None:
        """Take papers to draw from and one chance for all."""
        self.papers = list(papers)
        self.chance = chance
        self.near = Neighbours(papers, chance)
