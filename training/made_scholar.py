"""Made-up kind "scholar": a clean bibliography beside what a crawler of papers and citations found.

One side lists every paper once, with full names, a short venue and its year. The other is several
times as large: citations and copies of these papers (names as initials, lists cut, titles damaged,
venue and year often missing), papers near them, and many papers of other fields. Only pairs across
the two sides count. A paper that came out twice under one title is two papers of the clean side; a
crawled variant of it always says where or when, so that the truth can be told.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import damage
from clean_papers import Maker, Name, Paper

from pipeline.text.keys import title_keys

CLEAN, CRAWL = "bibliography", "crawl"
_TITLE = (
    *((0.07, damage.cut), (0.05, damage.lose_subtitle), (0.25, damage.join_subtitle)),
    *((0.01, damage.swap_subtitle), (0.07, damage.lose_word), (0.10, damage.typo)),
    *((0.05, damage.ocr), (0.07, damage.fuse), (0.04, damage.part_word)),
)
_GLUED = (
    *("{title}, {venue}", "{authors}, {title}", "{authors}. {title}", "{title} ({year})"),
    *("[PDF] {title}", "{title} (extended abstract)", "{title} - group of {n} »", "{title} [J]"),
    *("{n}. {title}", "{title}. {venue} {year}", '"{title},"', "{title}. In {venue}", "{title}*"),
    *(
        "{title} (extended version)",
        "Abstract {title}",
        "{title} Technical Report",
        "[CITATION] {title}",
    ),
)
# How a venue of the clean side is told elsewhere; others are shown as they are, cut or not at all.
_VENUES = {
    "SIGMOD Conference": (
        *("Proc. ACM SIGMOD,", "SIGMOD,", "ACM SIGMOD Conf.", "Proceedings of the ACM SIGMOD,"),
        *("International Conference on Management of Data", "Proc. of the ACM SIGMOD Int. Conf.,"),
        "Proceedings of the {year} ACM SIGMOD international conference on …",
    ),
    "VLDB": (
        *("Proc. VLDB,", "VLDB,", "Very Large Data Bases,", "Proc. of the {n}th VLDB Conf,"),
        "Proceedings of the {n}th International Conference on Very Large …",
        "Proc. of the Int'l Conf. on Very Large Data Bases",
    ),
    "SIGMOD Record": ("ACM SIGMOD Record,", "SIGMOD RECORD,", "Sigmod Record", "ACM SIGMOD Record"),
    "VLDB J.": ("VLDB Journal,", "The VLDB Journal The International Journal on Very Large …,"),
    "ACM Trans. Database Syst.": (
        *("ACM Transactions on Database Systems,", "ACM TODS", "ACM Trans. Database Systems,"),
        "ACM Transactions on Database Systems (TODS),",
    ),
    "ICRA": (
        *("IEEE Int. Conf. on Robotics and Automation,", "Proc. IEEE ICRA,", "ICRA,"),
        "Robotics and Automation, {year}. Proceedings. ICRA'{n}. IEEE …",
    ),
    "IROS": (
        *("Intelligent Robots and Systems, {year}. IROS {year}. IEEE/RSJ …", "Proc. IROS,"),
        "IEEE/RSJ International Conference on Intelligent Robots",
    ),
    "CoRR": ("Arxiv preprint", "arXiv,", "Technical Report,"),
}
_NOWHERE = ("see", "Technical report,", "Submitted,", "citeseer.ist.psu.edu", "Unpublished", "1998")
_GENERIC = (
    *("Editorial", "Guest Editorial", "Letter from the Editor", "Introduction", "Book Review"),
    *("Guest Editor's Introduction", "Chair's Message", "Panel", "Preface", "Editor's Notes"),
    *("Reminiscences on Influential Papers", "Report on the Workshop", "Invited Talk"),
)


class Scholar(Maker):
    """Draws both sides; see the module."""

    def __init__(self, papers: Sequence[Paper], chance: random.Random) -> None:
        """Take papers to draw from and one chance for all."""
        super().__init__(papers, chance)
        keys = title_keys([paper.title for paper in papers])
        n_of_title = Counter(keys)
        self.twins = {p.entity for p, key in zip(papers, keys, strict=True) if n_of_title[key] > 1}

    def rows(self, n_records: int) -> Iterator[dict[str, Any]]:
        """Yield the clean side, a sixth of all, then the crawled one: half of it near, half far."""
        n_clean = min(n_records // 6, len(self.papers) * 2 // 3)
        clean, far = self.papers[:n_clean], self.papers[n_clean:]
        made = 0
        for paper in clean:
            made += 1
            yield self.clean(paper)
        for paper in self._generic(n_clean // 40):
            made += 2
            yield self.clean(paper)
            yield self.crawled(paper)
        for paper in clean:
            near = [self.near.near(paper) for _ in range(self.chance.choice((0, 0, 0, 1, 1, 2)))]
            for each in [paper, *near]:
                for _ in range(self._n_variants(is_clean=each is paper)):
                    made += 1
                    yield self.crawled(each)
        while made < n_records:
            paper = self.chance.choice(far)
            if self.chance.random() < 0.5:
                paper = self.near.near(paper)
            for _ in range(self.chance.choice((1, 1, 1, 2, 3))):
                made += 1
                yield self.crawled(paper)

    def _n_variants(self, *, is_clean: bool) -> int:
        draw = self.chance.random()
        if is_clean and draw < 0.12:
            return 0
        if draw < 0.6:
            return 1
        return min(25, int(self.chance.paretovariate(1.3)) + 1)

    def _generic(self, n: int) -> Iterator[Paper]:
        """Yield columns that bear one title every year, some by one editor."""
        for _ in range(n):
            first = self.near.other(self.chance.choice(self.papers))
            title = self.chance.choice(_GENERIC)
            for _ in range(self.chance.randint(1, 3)):
                authors = first.authors[:1]
                if self.chance.random() < 0.5:
                    authors = self.chance.choice(self.papers).authors[:1]
                year = first.year + self.chance.randint(0, 5)
                yield self.near.other(first, title=title, authors=authors, year=year)

    def clean(self, paper: Paper) -> dict[str, Any]:
        """Return a paper as the bibliography lists it."""
        return {
            "source": CLEAN,
            "dataset": CLEAN,
            "title": paper.title,
            "authors": list(paper.authors),
            "year": paper.year,
            "venue": paper.venue,
            "entity_id": paper.entity,
        }

    def crawled(self, paper: Paper) -> dict[str, Any]:
        """Return a paper as the crawler found it."""
        chance = self.chance
        is_told = paper.entity in self.twins or len(paper.title.split()) < 4
        year = paper.year if is_told or chance.random() < 0.5 else None
        if year and chance.random() < (0.03 if is_told else 0.12):
            year += chance.choice((-2, -1, -1, 1, 1, 2))
        venue = self._venue(paper, is_told=is_told)
        authors = self._authors([Name.of(name) for name in paper.authors])
        title = damage.damaged(damage.any_case(paper.title, chance), chance, _TITLE)
        title = damage.any_accents(title, chance)
        if chance.random() < 0.08:
            facts = {"authors": ", ".join(authors), "venue": (venue or "Proc.").rstrip(", …")}
            number = chance.randint(2, 30)
            title = chance.choice(_GLUED).format(title=title, year=paper.year, n=number, **facts)
        return {
            "source": CRAWL,
            "dataset": CRAWL,
            "title": title,
            "authors": authors,
            "year": year,
            "venue": venue,
            "entity_id": paper.entity,
        }

    def _venue(self, paper: Paper, *, is_told: bool) -> str | None:
        chance = self.chance
        if paper.venue is None or (not is_told and chance.random() < 0.25):
            return chance.choice(_NOWHERE) if chance.random() < 0.2 else None
        if chance.random() < (0 if is_told else 0.06):
            return chance.choice(_NOWHERE)
        shown = chance.choice(_VENUES.get(paper.venue, (paper.venue, paper.venue + ",")))
        shown = shown.format(year=paper.year, n=(paper.year - 1975) % 100)
        return damage.cut(shown, chance) if chance.random() < 0.1 else shown

    def _authors(self, names: Sequence[Name]) -> list[str]:
        chance = self.chance
        draw = chance.random()
        spell = damage.scholar_name
        if draw > 0.9:
            spell = chance.choice((damage.family_only, damage.full_name, damage.close_name))
        shown = [damage.any_accents(spell(name), chance) for name in names]
        if chance.random() < 0.08:  # one name of them is misread
            at = chance.randrange(len(shown))
            shown[at] = damage.typo(shown[at], chance)
        draw = chance.random()
        if draw < 0.03:
            return []
        if draw < 0.10:
            return shown[:1]
        if draw < 0.13:
            return shown[: max(1, len(shown) - 1)]
        if draw < 0.15:
            return shown[::-1]
        if len(shown) > 4 and draw < 0.75:
            return [*shown[: chance.choice((3, 4, 4, 4))], "…"]
        return shown
