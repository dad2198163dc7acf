"""Made-up kind "citations": a few papers, each cited very often, as people type reference lists.

One source. Each citation follows a style (order, case, quotes, initials), is cut into fields by a
program that errs (pieces of title, venue and number stand in the wrong field), and names the venue
in its own words. A few works came out twice, as a report and later at a conference, with the same
title: two papers, whose citations say where or when.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import damage
from clean_papers import Maker, Name, Paper

_SPELLINGS = (
    *(damage.last_initials, damage.last_initials, damage.last_close, damage.last_one),
    *(damage.close_name, damage.dotted_name, damage.full_name, damage.short_name),
    *(damage.last_bare, damage.last_full, damage.one_initial, damage.last_comma_bare),
)
_TITLE = (
    *((0.04, damage.typo), (0.03, damage.part_word), (0.02, damage.fuse), (0.02, damage.lose_word)),
    *((0.02, damage.ocr), (0.05, damage.lose_subtitle), (0.2, damage.join_subtitle)),
    (0.01, damage.cut),
)
_AROUND = ('"{}"', "'{}'", "{}.", '"{},"', "({year}) {}", "({year}). {}", "{}, in {venue}", "{},")
_AHEAD = ("In {}", "in {}", "Proc. of {}", "Proceedings of the {}", "{},", "{}", "{}", "{}.")
_REPORTS = (
    "Technical Report",
    "Tech. Rep. CS-{n}",
    "Technical report, {place}",
    "TR {n}-{m}",
    None,
)
_PLACES = ("Stanford University", "MIT", "Univ. of Massachusetts", "Carnegie Mellon University")


@dataclass(frozen=True, slots=True)
class _Habit:
    """How one list of references is typed."""

    spell: Any
    case: Any
    around: str
    ahead: str
    shows_venue: bool
    leaves_year: bool
    loses_stop: bool  # of the last initial


class Citations(Maker):
    """Draws papers and their citations; see the module."""

    def rows(self, n_records: int) -> Iterator[dict[str, Any]]:
        """Yield citations: of one paper a twentieth of all, up to 200; of most a few."""
        made = 0
        most = min(200, n_records // 20)
        for rank, paper in enumerate(self.papers, start=1):
            if made >= n_records:
                return
            works = [paper]
            draw = self.chance.random()
            if draw < 0.10:
                works.append(self._report(paper))
            elif draw < 0.35:
                works += [self.near.near(paper) for _ in range(self.chance.randint(1, 3))]
            for place, work in enumerate(works):
                n = int(most / (rank**0.8)) + self.chance.choice((1, 1, 2, 3, 5, 8))
                for _ in range(n if not place else max(1, n // self.chance.randint(2, 6))):
                    made += 1
                    yield self.cited(work, is_twice=len(works) == 2 and draw < 0.10)

    def _report(self, paper: Paper) -> Paper:
        number, other = self.chance.randint(80, 99), self.chance.randint(1, 400)
        shown = self.chance.choice(_REPORTS[:-1])
        place = self.chance.choice(_PLACES)
        venue = shown.format(n=number, m=other, place=place)
        year = paper.year - self.chance.choice((1, 1, 2))
        return self.near.other(paper, venue=venue, year=year)

    def _habit(self) -> _Habit:
        chance = self.chance
        return _Habit(
            spell=chance.choice(_SPELLINGS),
            case=chance.choice(
                (str, damage.sentence_case, damage.sentence_case, damage.title_case)
            ),
            around=chance.choice(_AROUND) if chance.random() < 0.2 else "{}",
            ahead=chance.choice(_AHEAD),
            shows_venue=chance.random() < 0.45,
            leaves_year=chance.random() < 0.1,
            loses_stop=chance.random() < 0.6,
        )

    def cited(self, paper: Paper, *, is_twice: bool) -> dict[str, Any]:
        """Return a paper as some list of references has it after the program cut it up."""
        chance = self.chance
        habit = self._habit()
        if is_twice:
            habit = replace(habit, shows_venue=True, leaves_year=False)
        names = [Name.of(name) for name in paper.authors]
        authors = [damage.any_accents(habit.spell(name), chance) for name in names]
        authors = [name.rstrip(".") for name in authors] if habit.loses_stop else authors
        venue = paper.venue and habit.ahead.format(paper.venue)
        title = damage.damaged(habit.case(paper.title), chance, _TITLE)
        title = damage.any_accents(title, chance)
        wrapped = habit.around.format(title, year=paper.year, venue=paper.venue or "Proc.")
        is_inside = "{year}" in habit.around
        year = None if habit.leaves_year or is_inside else paper.year
        if year and chance.random() < (0.02 if is_twice else 0.06):
            year += chance.choice((-2, -1, -1, 1, 1))
        cited = {
            "source": "references",
            "title": wrapped,
            "authors": self._cut_up(authors),
            "venue": venue if habit.shows_venue else None,
            "year": year,
            "entity_id": paper.entity,
        }
        return self._slipped(cited)

    def _cut_up(self, authors: list[str]) -> list[str]:
        """Return the names as the program parted them."""
        chance = self.chance
        draw = chance.random()
        if draw < 0.03 and len(authors) > 1:  # two names stay one
            at = chance.randrange(len(authors) - 1)
            together = chance.choice((", ", " and ", " & ")).join(authors[at : at + 2])
            return [*authors[:at], together, *authors[at + 2 :]]
        if draw < 0.05 and "," in authors[0]:  # one name becomes two
            return [part.strip() for name in authors for part in name.split(",")]
        if draw < 0.08:
            return [*authors[:-1], authors[-1] + chance.choice((":", ".", ",", " (Eds.)"))]
        if draw < 0.13 and len(authors) > 2:
            return [authors[0] + chance.choice((" et al", " et al.", ""))]
        if draw < 0.16:
            return [*authors[:-1], f"and {authors[-1]}"] if len(authors) > 1 else authors
        return authors

    def _slipped(self, cited: dict[str, Any]) -> dict[str, Any]:
        """Return a citation with pieces in the wrong field."""
        chance = self.chance
        draw = chance.random()
        head, colon, tail = cited["title"].partition(": ")
        if draw < 0.02 and colon and tail.count(" "):  # the title's head ends the list of names
            cited["authors"] = [*cited["authors"][:-1], f"{cited['authors'][-1]}, {head}:"]
            cited["title"] = tail
        elif draw < 0.03:
            cited["title"] = f"{', '.join(cited['authors'])}. {cited['title']}"
        elif draw < 0.05 and cited["venue"]:
            cited["title"], cited["venue"] = f"{cited['title']}. {cited['venue']}", None
        elif draw < 0.06:
            cited["title"] = None
        return cited
