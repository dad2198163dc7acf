"""Made-up kind "catalogue": books, theses and reports, as libraries and shops list them.

No number names a book. One edition stands in several catalogues, with the publisher, the statement
of edition and the size in pages written in several ways; what must be kept apart are other
editions, other volumes, and translations, whose titles and names are alike.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import damage
from clean_papers import Maker, Name, Paper

_PUBLISHERS = (
    ("Springer", "Springer-Verlag", "Berlin: Springer", "Berlin [u.a.] : Springer"),
    ("Cambridge University Press", "Cambridge Univ. Press", "CUP", "Cambridge : University Press"),
    ("MIT Press", "The MIT Press", "Cambridge, Mass. : MIT Press", "M.I.T. Press"),
    ("Wiley", "John Wiley & Sons", "New York : Wiley", "Wiley-Interscience"),
    ("Elsevier", "Elsevier Science", "Amsterdam : Elsevier", "North-Holland"),
    ("O'Reilly", "O'Reilly Media", "Sebastopol, CA : O'Reilly", "O’Reilly & Associates"),
)
_SCHOOLS = (
    ("Stanford University", "Stanford Univ.", "Stanford, Univ., Diss."),
    ("Technische Universität München", "TU München", "München, Techn. Univ., Diss."),
    ("University of Leeds", "Univ. Leeds", "Leeds, Ph.D. thesis"),
)
_BOOKS = (
    *(
        "{}",
        "{}: Principles and Practice",
        "Introduction to {}",
        "Handbook of {}",
        "{}: An Introduction",
    ),
    *("Advances in {}", "Foundations of {}", "{}: Theory and Applications", "Topics in {}"),
)
_EDITIONS = ("{n}th ed.", "{n}. ed.", "{n}th edition", "{n}., überarb. Aufl.", "{n}e", "Rev. ed.")
_VOLUMES = ("Vol. {n}", "Volume {n}", "Bd. {n}", "v. {n}", "Part {n}", "Teil {n}", "Tome {n}")
_TITLE = (
    (0.03, damage.typo),
    (0.02, damage.lose_word),
    (0.02, damage.fuse),
    (0.15, damage.join_subtitle),
)


@dataclass(frozen=True, slots=True)
class Book:
    """One edition of one volume of a work."""

    work: Paper
    kind: str
    maker: tuple[str, ...]  # spellings of its publisher or school
    n_pages: int
    edition: int = 1
    volume: int = 0
    translator: str = ""


class Catalogue(Maker):
    """Draws works, their editions and their entries; see the module."""

    def rows(self, n_records: int) -> Iterator[dict[str, Any]]:
        """Yield entries, those of one book side by side."""
        made = 0
        for paper in self.papers:
            if made >= n_records:
                return
            for book in self._books(paper):
                for _ in range(self.chance.choices((1, 2, 3, 5), (45, 30, 18, 7))[0]):
                    made += 1
                    yield self.entry(book)

    def _books(self, paper: Paper) -> Iterator[Book]:
        chance = self.chance
        kind = chance.choices(("book", "thesis", "report"), (65, 20, 15))[0]
        title = paper.title if kind != "book" else chance.choice(_BOOKS).format(self._topic(paper))
        authors = paper.authors[: 1 if kind == "thesis" else 3]
        maker = chance.choice(_PUBLISHERS if kind == "book" else _SCHOOLS)
        n_pages = chance.randint(90, 900)
        year = paper.year - chance.randint(20, 35)  # later editions are to have appeared, too
        work = self.near.other(paper, title=title, authors=authors, year=year)
        first = Book(work, kind, maker, n_pages)
        n_volumes = chance.choice((2, 2, 3, 4)) if kind == "book" and chance.random() < 0.12 else 1
        if n_volumes > 1:
            for volume in range(1, n_volumes + 1):
                yield self._other(first, volume // 2, volume=volume)
            return
        yield first
        if kind == "book" and chance.random() < 0.35:
            later = 0
            for edition in range(2, chance.choice((3, 3, 4, 5))):
                later += chance.randint(2, 7)
                yield self._other(first, later, edition=edition)
        if kind == "book" and chance.random() < 0.05:
            yield self._other(
                first, chance.randint(1, 8), translator=chance.choice(self.papers).authors[0]
            )
        if kind == "report" and chance.random() < 0.3:  # became an article
            yield self._other(
                first, 1, maker=("Journal of the ACM", "J. ACM", "JACM"), kind="article"
            )

    def _topic(self, paper: Paper) -> str:
        """Return what a book of this paper would be about: half of the paper's title."""
        halves = self.near.halves(paper.title.split(": ")[-1])
        half = halves[1].split(" ", 2)[-1] if halves[1].count(" ") > 3 else halves[0]
        return half if half.count(" ") else paper.title

    def _other(self, book: Book, later: int, **values: Any) -> Book:  # noqa: ANN401
        """Return another book of this work, some years later."""
        work = self.near.other(book.work, year=book.work.year + later)
        n_pages = book.n_pages + self.chance.randint(-40, 120)
        return replace(book, **({"work": work, "n_pages": max(40, n_pages)} | values))

    def entry(self, book: Book) -> dict[str, Any]:
        """Return a book as one catalogue lists it."""
        chance, work = self.chance, book.work
        edition = self._edition(book)
        volume = chance.choice(_VOLUMES).format(n=book.volume) if book.volume else None
        title = damage.damaged(damage.any_case(work.title, chance), chance, _TITLE)
        beside = chance.random() < 0.5  # statements stand in the title, or in a column of their own
        if volume and beside:
            title += chance.choice((", ", ": ", ". ", " / ", " (")) + volume
            title += ")" if title.count("(") > title.count(")") else ""
        if edition and chance.random() < 0.5:
            title += chance.choice((", {}", " ({})", " / {}", ". - {}")).format(edition)
        if book.translator and chance.random() < 0.7:
            title += f" / transl. by {book.translator}"
        year = work.year + (chance.choice((-1, 1)) if chance.random() < 0.04 else 0)
        return {
            "source": chance.choice(("union catalogue", "university", "bookshop")),
            "title": damage.any_accents(title, chance),
            "authors": self._authors(work),
            "venue": chance.choice(book.maker) if chance.random() > 0.1 else None,
            "year": year if chance.random() > 0.04 else None,
            "volume": None if beside else str(book.volume or "") or None,
            "pages": self._pages(book),
            "entity_id": work.entity,
        }

    def _edition(self, book: Book) -> str:
        if book.kind == "thesis":
            return self.chance.choice(("", "", "Diss.", "Ph.D. thesis", "Dissertation"))
        if book.edition == 1:
            return self.chance.choice(("", "", "", "1st ed.", "1. Aufl."))
        shown = self.chance.choice((*_EDITIONS, "")).format(n=book.edition)
        return shown.replace("2th", "2nd").replace("3th", "3rd")

    def _authors(self, work: Paper) -> str:
        chance = self.chance
        names = [Name.of(name) for name in work.authors]
        spell = chance.choice(
            (damage.last_full, damage.last_full, damage.full_name, damage.last_initials)
        )
        shown = [damage.any_accents(spell(name), chance) for name in names]
        if len(shown) > 1 and chance.random() < 0.15:
            return f"{shown[0]} et al."
        return (" and " if spell is damage.full_name else chance.choice(("; ", " and "))).join(
            shown
        )

    def _pages(self, book: Book) -> str | None:
        if self.chance.random() < 0.35:
            return None
        forms = ("{n} p.", "xii, {n} p.", "{n} S.", "{n} pages", "{n}", "XIV, {n} S. : Ill.")
        return self.chance.choice(forms).format(n=book.n_pages)
