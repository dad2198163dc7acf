"""Made-up kind "dirty listing": pages of listings, read by somebody's script that errs.

Four sources show papers as listings do (all names, three names, none; cut abstracts; the year of
the preprint or of the venue), and then damage them: names and dates glued to titles, titles printed
twice, lost backslashes and years, typing errors. Later versions bear another title over the same
abstract; sequels and papers near them stand beside.
"""

import re
from collections.abc import Iterator
from typing import Any

import damage
from clean_papers import Maker, Name, Paper

SOURCES = ("full list", "feed", "daily", "venues")
_TITLE = (
    *((0.05, damage.typo), (0.03, damage.ocr), (0.03, damage.fuse), (0.03, damage.part_word)),
    *((0.02, damage.lose_word), (0.04, damage.lose_subtitle), (0.06, damage.join_subtitle)),
    (0.03, damage.cut),
)
_GLUED = (
    *("{title} {authors}", "{authors} {title}", "{title} - {authors}", "{title} {year}"),
    *("{title} [v{n}]", "{title}{author}", "{title} by {authors}", "{title} ({n} comments)"),
    *("{title} {title}", "{n}. {title}", "{title} PDF", "PDF {title}", "{title} · {year}"),
    *("{title} (Accepted at ICML {year})", "New! {title}", "{title} {n} votes", "arXiv: {title}"),
)


class Listing(Maker):
    """Draws papers and their sightings; see the module."""

    def rows(self, n_records: int) -> Iterator[dict[str, Any]]:
        """Yield sightings, those of one paper side by side."""
        made = 0
        for paper in self.papers:
            if made >= n_records:
                return
            family = [paper]
            if self.chance.random() < 0.15:
                family.append(self.near.near(paper))
            for each in family:
                retitled = self._retitled(each) if self.chance.random() < 0.08 else None
                for _ in range(self.chance.choices((1, 2, 3, 4, 6), (45, 30, 15, 7, 3))[0]):
                    made += 1
                    title = retitled if retitled and self.chance.random() < 0.5 else each.title
                    yield self.sighting(each, title)

    def _retitled(self, paper: Paper) -> str:
        """Return the title of another version: the words of the first sentence, or half of it."""
        words = re.findall(r"[A-Za-z-]{4,}", (paper.abstract or "").split(". ")[-1])
        if len(words) < 6 or self.chance.random() < 0.5:
            head, _, tail = paper.title.partition(": ")
            return damage.lose_word(tail or head, self.chance)
        at = self.chance.randrange(len(words) - 4)
        return damage.title_case(" ".join(words[at : at + 6]))

    def sighting(self, paper: Paper, title: str) -> dict[str, Any]:
        """Return a paper as one listing shows it and the script reads it."""
        chance = self.chance
        source = chance.choices(SOURCES, (40, 30, 20, 10))[0]
        year = paper.year + (chance.randint(0, 2) if source == "venues" else 0)
        return {
            "source": source,
            "title": self._title(paper, title),
            "authors": self._authors(paper, source),
            "abstract": self._abstract(paper, source),
            "year": year if chance.random() > 0.15 else None,
            "venue": chance.choice(("ICLR", "NeurIPS", "CVPR", "ACL"))
            if source == "venues"
            else None,
            "entity_id": paper.entity,
        }

    def _title(self, paper: Paper, title: str) -> str:
        chance = self.chance
        shown = damage.damaged(title, chance, _TITLE)
        if "\\" in shown and chance.random() < 0.5:
            shown = shown.replace("\\", "").replace("$", "")
        if chance.random() < 0.1:
            shown = damage.any_case(shown, chance)
        shown = damage.any_accents(shown, chance) if chance.random() < 0.3 else shown
        if chance.random() < 0.12:
            names = paper.authors[:3]
            facts = {"authors": ", ".join(names), "author": names[0], "n": chance.randint(2, 40)}
            shown = chance.choice(_GLUED).format(title=shown, year=paper.year, **facts)
        return shown

    def _authors(self, paper: Paper, source: str) -> list[str]:
        chance = self.chance
        if source == "daily" or chance.random() < 0.04:
            return []
        names = list(paper.authors[: {"feed": 3, "venues": 8}.get(source, 25)])
        draw = chance.random()
        if draw < 0.05:
            names = [damage.one_initial(Name.of(name)) for name in names]
        elif draw < 0.08:
            names = [damage.last_full(Name.of(name)) for name in names]
        elif draw < 0.11:
            names = [" ".join(names[:2]), *names[2:]]
        if chance.random() < 0.06:
            at = chance.randrange(len(names))
            names[at] = damage.typo(names[at], chance)
        return [damage.any_accents(name, chance) for name in names]

    def _abstract(self, paper: Paper, source: str) -> str | None:
        chance = self.chance
        if not paper.abstract or source == "venues" or chance.random() < 0.12:
            return None
        abstract = paper.abstract
        if source == "feed" or chance.random() < 0.2:
            abstract = abstract[: chance.randint(150, 500)] + chance.choice(("…", "...", ""))
        return damage.typo(abstract, chance) if chance.random() < 0.1 else abstract
