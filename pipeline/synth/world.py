"""The papers and people of a made-up world: who wrote what, when, about which subject.

What belongs here: facts. What does not: what a site shows of them (`sightings`), which page shows
which paper (`plan`).

Papers are numbered by subject, within a subject by time. Their number alone says when they came out
and gives an arXiv identifier that no other has. Twenty papers of a subject are those of one group
of twenty people around a lead, who is an author of all of them; some papers name guests.
"""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from hashlib import blake2b
from itertools import accumulate
from math import ceil, gcd
from random import Random
from typing import NamedTuple

from pipeline.synth.grammar import draw_words, make_abstract, make_title
from pipeline.synth.names import Name, draw_name
from pipeline.synth.subjects import SUBJECTS, Subject

GROUP = 20  # papers of a group, and people in it
PAPERS_PER_RECORD = 0.55
FIRST_YEAR, LAST_MONTH = 2010, (2026, 2)
_MONTHS = (LAST_MONTH[0] - FIRST_YEAR) * 12 + LAST_MONTH[1]
_VOLUME = 2.5  # papers of the last month, those of the first being one
_LIST_SIZES = (1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 9, 12, 28)
_GUEST, _REVISED, _RETITLED, _DOI, _LEAD_FIRST = 0.1, 0.3, 0.05, 0.25, 0.4
_FIVE_DIGITS = 2015  # from this year on identifiers have five
# Every so many papers one is the second part of another, or bears the title of another.
_SEQUEL, _NAMESAKE = 97, 499
_SLUGS = ((), (), ("mit",), ("pku",), ("tsinghua", "eth"), ("oxford",), ("cmu", "mit"), ("nus",),
          ("utoronto",), ("kaist", "pku"))  # fmt: skip
_VENUES = ("NeurIPS Conference", "ICLR Conference", "ICML Conference", "AAAI Conference",
           "IJCAI Conference", "TMLR Journal", "JMLR Journal")  # fmt: skip
_COMMENTS = ("12 pages, 5 figures", "Extended version", "9 pages, code available", None, None, None)
# What a number is drawn for, so that no two draws are the same.
PAPER, SIGHTING = 1, 2
_FEW = 2**24  # values that a draw for a person has


class Few:
    """Chance for a few draws: to begin takes far less than with `Random`."""

    def __init__(self, seed: int, number: int) -> None:
        """Begin anew for a number."""
        self._rest = int.from_bytes(blake2b(f"{seed} {number}".encode()).digest(), "little")

    def random(self) -> float:
        """Return a number from 0 up to 1; for at most twenty draws."""
        self._rest, drawn = divmod(self._rest, _FEW)
        return drawn / _FEW


class Order:
    """An order of numbers that mixes them well: where each stands, and what stands where."""

    def __init__(self, size: int, share: float) -> None:
        """Choose the order of the numbers below `size`; other shares give other orders."""
        step = max(1, int(size * share)) | 1
        while gcd(step, size) != 1:
            step += 2 if size % 2 == 0 else 1
        self.size, self._step, self._first = size, step, int(size * share / 2)
        self._back = pow(step, -1, size)

    def at(self, place: int) -> int:
        """Return the number that stands at a place."""
        return (place * self._step + self._first) % self.size

    def place(self, number: int) -> int:
        """Return the place of a number."""
        return (number - self._first) * self._back % self.size


class Paper(NamedTuple):
    """The facts of a paper.

    Attributes:
        number: its number in the world.
        group: the number of the group that wrote it.
        subject: what it is about.
        title: as its authors write it.
        other_title: under which it was published later, for those that were retitled.
        people: numbers of its authors, in order.
        published: the day of its first version.
        updated: the day of its latest version.
        arxiv_id: its identifier.
        doi: the publisher's, if it has one.
        venue: conference or journal.
        comments: what its authors add.
        slugs: affiliations.
        abstract: in full; empty where it was not asked for.
    """

    number: int
    group: int
    subject: Subject
    title: str
    other_title: str | None
    people: tuple[int, ...]
    published: date
    updated: date
    arxiv_id: str
    doi: str | None
    venue: str
    comments: str | None
    slugs: tuple[str, ...]
    abstract: str


class _Field:
    """The papers of one subject: how many came out by which month."""

    def __init__(self, subject: Subject, n_wanted: float, start: int) -> None:
        weights = list(accumulate(_weight(subject, month) for month in range(_MONTHS)))
        self.subject, self.start = subject, start
        self.n = GROUP * max(1, round(n_wanted * weights[-1] / _MONTHS / GROUP))
        # Rounding what has come out so far, not each month, keeps the sum exact.
        self.by_month = [round(self.n * weight / weights[-1]) for weight in weights]
        self.n_groups = self.n // GROUP
        self.first_group = start // GROUP
        self.order = Order(self.n, 0.6180339887)

    def count(self, month: int) -> int:
        """Return how many papers came out in a month."""
        return self.by_month[month] - (self.by_month[month - 1] if month else 0)


def _weight(subject: Subject, month: int) -> float:
    way = month / (_MONTHS - 1)
    return subject.growth ** (way - 0.5) * 2 * (1 + (_VOLUME - 1) * way) / (1 + _VOLUME)


class World:
    """All papers and people of a seed and a number of records."""

    def __init__(self, seed: int, n_records: int) -> None:
        """Lay out the subjects; papers and people are drawn when they are asked for."""
        self.seed = seed
        n_wanted = ceil(n_records * PAPERS_PER_RECORD / len(SUBJECTS))
        self._fields: list[_Field] = []
        for subject in SUBJECTS:
            start = self._fields[-1].start + self._fields[-1].n if self._fields else 0
            self._fields.append(_Field(subject, n_wanted, start))
        self._starts = [field.start for field in self._fields]
        self.n_papers = self._fields[-1].start + self._fields[-1].n
        self.n_people = self.n_papers  # as many people as papers in a group
        self.n_groups = self.n_papers // GROUP
        counts = [[field.count(month) for month in range(_MONTHS)] for field in self._fields]
        # How many papers of a month are numbered before those of a subject.
        self._before = [list(accumulate(column, initial=0)) for column in zip(*counts, strict=True)]
        self._draws = {kind: Random() for kind in (PAPER, SIGHTING)}
        self.name = lru_cache(maxsize=65_536)(self._name)

    def draw(self, kind: int, number: int) -> Random:
        """Return chance that comes from the seed and what it is for alone.

        It serves until another is asked for of the same kind: to begin anew is quicker than a new
        one.
        """
        draw = self._draws[kind]
        draw.seed((self.seed * 8 + kind) * 1_000_000_007 + number)
        return draw

    def _name(self, person: int) -> Name:
        return draw_name(Few(self.seed, person))

    def _field_of(self, number: int) -> tuple[int, _Field]:
        place = bisect_right(self._starts, number) - 1
        return place, self._fields[place]

    def lead(self, group: int) -> int:
        """Return the person around whom a group is."""
        return group * GROUP

    def papers_of(self, group: int) -> list[int]:
        """Return the numbers of a group's papers."""
        _, field = self._field_of(group * GROUP)
        first = (group - field.first_group) * GROUP
        return [field.start + field.order.at(first + at) for at in range(GROUP)]

    def group_of(self, number: int) -> tuple[int, int]:
        """Return a paper's group, and where it stands among the group's papers."""
        _, field = self._field_of(number)
        group, at = divmod(field.order.place(number - field.start), GROUP)
        return field.first_group + group, at

    def paper(self, number: int, *, with_abstract: bool = True) -> Paper:
        """Return the facts of a paper; to make an abstract takes as long as the rest."""
        place, field = self._field_of(number)
        group, at = self.group_of(number)
        month = bisect_right(field.by_month, number - field.start)
        rank = number - field.start - (field.by_month[month - 1] if month else 0)
        rank += self._before[month][place] + 1
        draw = self.draw(PAPER, number)
        year, in_year = FIRST_YEAR + month // 12, month % 12 + 1
        published = date(year, in_year, 1 + int(draw.random() * 28))
        words = draw_words(field.subject, draw)
        title = make_title(words, draw)
        later = published + timedelta(days=5 + int(draw.random() * 300))
        limit = date(LAST_MONTH[0], LAST_MONTH[1], 28)
        is_revised = draw.random() < _REVISED and later <= limit
        paper = Paper(
            number,
            group,
            field.subject,
            title,
            make_title(words, draw) if draw.random() < _RETITLED else None,
            people=self._people(field, group, draw),
            published=published,
            updated=later if is_revised else published,
            arxiv_id=f"{year % 100:02d}{in_year:02d}.{rank:0{5 if year >= _FIVE_DIGITS else 4}d}",
            doi=f"10.5555/{year}.{number:08d}" if draw.random() < _DOI else None,
            venue=_VENUES[int(draw.random() * len(_VENUES))],
            comments=_COMMENTS[int(draw.random() * len(_COMMENTS))],
            slugs=_SLUGS[int(draw.random() * len(_SLUGS))],
            abstract=make_abstract(words, draw) if with_abstract else "",
        )
        return self._related(paper, at)

    def _related(self, paper: Paper, at: int) -> Paper:
        """Give some papers the title of another: a second part, or a title that two had."""
        if paper.number % _SEQUEL == 0 and at:
            first = self.paper(self.papers_of(paper.group)[0], with_abstract=False)
            return paper._replace(title=f"{first.title}: Part II", other_title=None)
        if paper.number % _NAMESAKE == 7:
            other = (paper.number * 7 + 1) % self.n_papers
            if other % _SEQUEL and other % _NAMESAKE != 7:
                return paper._replace(
                    title=self.paper(other, with_abstract=False).title, other_title=None
                )
        return paper

    def _people(self, field: _Field, group: int, draw: Random) -> tuple[int, ...]:
        chance = draw.random
        lead = self.lead(group)
        found: dict[int, None] = {lead: None}
        for _ in range(_LIST_SIZES[int(chance() * len(_LIST_SIZES))] - 1):
            at = int(GROUP * chance() ** 1.5)  # some write more than others
            if chance() < _GUEST:
                at += GROUP * (field.first_group - group + int(chance() * field.n_groups))
            found[lead + at] = None
        # Nobody writes with a namesake: no list could tell them apart.
        people = list({self.name(person): person for person in reversed(found)}.values())[::-1]
        if chance() > _LEAD_FIRST:
            people.append(people.pop(0))
        return tuple(people)

    def yearly_counts(self) -> Iterator[tuple[Subject, int, int]]:
        """Yield how many papers each subject has in each year."""
        for field in self._fields:
            for first in range(0, _MONTHS, 12):
                months = range(first, min(first + 12, _MONTHS))
                yield field.subject, FIRST_YEAR + first // 12, sum(map(field.count, months))
