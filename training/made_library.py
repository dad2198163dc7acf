"""Made-up kind "library": exports of several databases, merged for a systematic review.

Each database shows an article in its own way: names, case, journal, pages, DOI, abstract, foreign
titles, and gaps of its own. Most articles stand in one or two databases. Beside them stand what
reviewers must keep apart: abstracts at conferences under the title of the later article, errata,
comments and replies, protocols, updates of a review, parts of a series, columns of a journal that
bear one title for years.
"""

import html
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import damage
from clean_papers import Maker, Name, Paper

# A journal's full name, its abbreviation, and a third way in which some databases write it.
JOURNALS = (
    ("Stroke", "Stroke", "Stroke; a journal of cerebral circulation"),
    ("Brain Injury", "Brain Inj", "Brain injury : [BI]"),
    ("The Lancet", "Lancet", "Lancet (London, England)"),
    ("Diabetes & Metabolism", "Diabetes Metab", "Diabetes and Metabolism"),
    ("Archives of Physical Medicine and Rehabilitation", "Arch Phys Med Rehabil", "ARCH PHYS MED"),
    ("Journal of Neurology, Neurosurgery & Psychiatry", "J Neurol Neurosurg Psychiatry", "JNNP"),
    ("Cochrane Database of Systematic Reviews", "Cochrane Database Syst Rev", "Cochrane Library"),
    ("American Journal of Respiratory and Critical Care Medicine", "Am J Respir Crit Care Med", ""),
    ("European Respiratory Journal", "Eur Respir J", "European respiratory journal : ERJ"),
    ("Clinical Rehabilitation", "Clin Rehabil", "Clinical rehabilitation"),
    ("MIS Quarterly", "MIS Q", "MIS Quarterly: Management Information Systems"),
    (
        "Journal of Management Information Systems",
        "J Manage Inf Syst",
        "J. of Management Info Systems",
    ),
    ("Computers in Human Behavior", "Comput Human Behav", "COMPUT HUM BEHAV"),
    (
        "New Technology, Work and Employment",
        "New Technol Work Employ",
        "New Technology Work & Employ.",
    ),
    ("BMC Health Services Research", "BMC Health Serv Res", "BMC health services research"),
    ("PLoS ONE", "PLoS One", "PLOS ONE [Electronic Resource]"),
    ("Neurorehabilitation and Neural Repair", "Neurorehabil Neural Repair", "Neurorehab Neural Re"),
    ("Journal of Affective Disorders", "J Affect Disord", "JOURNAL OF AFFECTIVE DISORDERS"),
    (
        "Zhongguo Zhen Jiu",
        "Zhongguo Zhen Jiu",
        "Zhongguo zhen jiu [Chinese acupuncture & moxibustion]",
    ),
    ("Deutsche Medizinische Wochenschrift", "Dtsch Med Wochenschr", "DMW"),
)
_MEETINGS = ("Annual Meeting", "World Congress", "Scientific Sessions", "European Conference")
_COLUMNS = ("Editorial", "Book review", "Letter to the editor", "Author's reply", "In this issue")
_LANGUAGES = ("German", "Chinese", "French", "Spanish", "Russian")
_TITLE = (
    *((0.02, damage.typo), (0.01, damage.lose_word), (0.01, damage.fuse), (0.01, damage.ocr)),
    (0.004, damage.cut),
)


@dataclass(frozen=True, slots=True)
class Article:
    """An article with what a database says of where it stands."""

    paper: Paper
    journal: int
    volume: int
    issue: str
    pages: tuple[str, int, int]  # what stands before the number ("S", "e"), first and last page
    doi: str
    language: str = ""
    original: str = ""  # its title in that language

    @property
    def name(self) -> tuple[str, str, str]:
        """The three spellings of the journal."""
        return JOURNALS[self.journal]


@dataclass(frozen=True, slots=True)
class Database:
    """How one database shows an article."""

    name: str
    spell: Callable[[Name], str]
    case: Callable[[str], str]
    journal: int  # which of the three spellings
    page_form: int
    has_doi: float
    has_abstract: float
    has_issue: float
    most_names: int
    stop: str
    foreign: str  # how the title of an article in another language looks


DATABASES = (
    Database(
        "a", damage.last_initials, damage.sentence_case, 1, 0, 0.5, 0.9, 0.95, 99, ".", "[{}]"
    ),
    Database(
        "b", damage.last_close, damage.sentence_case, 0, 1, 0.7, 0.95, 0.9, 99, "", "{} [{l}]"
    ),
    Database("c", damage.last_close, str, 0, 1, 0.9, 0.9, 0.85, 99, "", "{} [{o}]"),
    Database("d", damage.last_comma_bare, str.upper, 2, 2, 0.6, 0.6, 0.9, 30, "", "{}"),
    Database("e", damage.last_full, damage.title_case, 0, 2, 0.3, 0.7, 0.95, 99, "", "{} [{l}]"),
    Database("f", damage.last_full, damage.title_case, 2, 3, 0.1, 0.3, 0.6, 6, ".", "{o}"),
    Database("g", damage.last_bare, damage.sentence_case, 1, 0, 0.2, 0.8, 0.5, 99, "", "[{}]"),
)


class Library(Maker):
    """Draws articles and their records; see the module."""

    def rows(self, n_records: int) -> Iterator[dict[str, Any]]:
        """Yield records, those of one article side by side."""
        made = 0
        for paper in self.papers:
            if made >= n_records:
                return
            for article in self._family(self._article(paper)):
                for database in self._holders():
                    made += 1
                    yield self.record(article, database)

    def _holders(self) -> list[Database]:
        n = self.chance.choices((1, 2, 3, 4, 5), (55, 22, 13, 7, 3))[0]
        held = self.chance.sample(DATABASES, n)
        return held + held[:1] if self.chance.random() < 0.05 else held  # exported twice

    def _article(self, paper: Paper) -> Article:
        chance = self.chance
        journal = chance.randrange(len(JOURNALS))
        founded = 1880 + (journal * 37) % 110
        first = chance.randint(1, 2400)
        before = chance.choices(("", "S", "e", "E"), (84, 3, 9, 4))[0]
        before = "CD00" if JOURNALS[journal][1].startswith("Cochrane") else before
        foreign = chance.random() < 0.06
        return Article(
            paper,
            journal,
            volume=max(1, paper.year - founded),
            issue=str(chance.randint(1, 12)) if chance.random() < 0.9 else "Pt 1",
            pages=(before, first, first + chance.choice((0, 2, 4, 6, 8, 9, 11, 14, 22))),
            doi=f"10.{1000 + journal * 13}/{journal:03d}.{paper.year}.{chance.randrange(10**6)}",
            language=chance.choice(_LANGUAGES) if foreign else "",
            original=self._translated(paper.title) if foreign else "",
        )

    def _translated(self, title: str) -> str:
        """Return a title that shares no word with this one, as long and as capitalised."""
        letters = str.maketrans("aeioubdgklmnprstv", "eoaiuptkgmlnmsrtw")
        return " ".join(
            word.lower().translate(letters)[::-1] for word in title.split()
        ).capitalize()

    def _family(self, article: Article) -> Iterator[Article]:
        """Yield an article and those near it."""
        yield article
        kinds = (self._told_before, self._corrected, self._answered, self._planned, self._updated)
        kinds = (*kinds, self._parts, self._columns, self._near)
        shares = (6, 3, 4, 3, 2, 3, 3, 8)
        if self.chance.random() < sum(shares) / 100:
            yield from self.chance.choices(kinds, shares)[0](article)

    def _told_before(self, article: Article) -> Iterator[Article]:
        for _ in range(self.chance.choice((1, 1, 2))):
            yield self._abstract_of(article)

    def _corrected(self, article: Article) -> Iterator[Article]:
        title = self.chance.choice(
            ("Erratum: {}", "Corrigendum to: {}", "{} (vol {v}, pg {p}, {y})")
        )
        yield self._about(article, title, article.paper.authors, self.chance.randint(0, 1))

    def _answered(self, article: Article) -> Iterator[Article]:
        title = self.chance.choice(("Comment on: {}", "Commentary on: {}", "Re: {}", "{}: comment"))
        yield self._about(article, title, self._others(), self.chance.randint(0, 2))
        if self.chance.random() < 0.5:
            title = "{}: authors' reply"
            yield self._about(article, title, article.paper.authors, self.chance.randint(0, 2))

    def _planned(self, article: Article) -> Iterator[Article]:
        forms = ("{}: study protocol", "{}: a protocol", "Rationale and design of {}")
        title = self.chance.choice(forms)
        earlier = -self.chance.randint(1, 4)
        yield self._about(article, title, article.paper.authors, earlier, length=9)

    def _updated(self, article: Article) -> Iterator[Article]:
        for years in range(1, self.chance.randint(2, 4)):
            yield self._about(article, "{}", article.paper.authors, -2 * years, length=9)

    def _parts(self, article: Article) -> Iterator[Article]:
        for part in range(2, self.chance.randint(3, 5)):
            yield self._about(article, f"{{}}: part {part}", article.paper.authors, 0, length=9)

    def _near(self, article: Article) -> Iterator[Article]:
        yield self._article(self.near.near(article.paper))

    def _others(self) -> tuple[str, ...]:
        return self.chance.choice(self.papers).authors[:2]

    def _abstract_of(self, article: Article) -> Article:
        """Return what a congress printed in a supplement: title and names alike, or nearly."""
        chance, paper = self.chance, article.paper
        title = paper.title if chance.random() < 0.7 else damage.lose_subtitle(paper.title, chance)
        year = paper.year - chance.choice((0, 1, 1, 2))
        told = replace(self.near.other(paper, title=title, year=year), abstract=None)
        made = self._article(told)
        page = chance.randint(1, 900)
        issue = chance.choice(("Suppl 1", "Suppl. 2", "4 SUPPL.", "10", "Supplement"))
        before = chance.choice(("S", "A", "e", "P", ""))
        return replace(made, issue=issue, pages=(before, page, page + chance.choice((0, 0, 1))))

    def _about(
        self, article: Article, title: str, authors: Sequence[str], later: int, length: int = 1
    ) -> Article:
        """Return an article about this one in its journal."""
        before, first, _ = article.pages
        shown = title.format(article.paper.title, v=article.volume, p=first, y=article.paper.year)
        year = article.paper.year + later
        about = self.near.other(article.paper, title=shown, authors=tuple(authors), year=year)
        page = first + self.chance.randint(20, 400)
        return replace(
            self._article(about),
            journal=article.journal,
            pages=(before, page, page + length),
            volume=max(1, article.volume + later),
            language="",
        )

    def _columns(self, article: Article) -> Iterator[Article]:
        """Yield the columns of one title in a journal, mostly of one person."""
        title, authors = self.chance.choice(_COLUMNS), article.paper.authors[:1]
        for later in range(self.chance.randint(2, 5)):
            if self.chance.random() < 0.3:
                authors = self._others()[:1]
            yield self._about(article, title, authors, -(later // 2))

    # ------------------------------------------------------------ records

    def record(self, article: Article, database: Database) -> dict[str, Any]:
        """Return an article as a database shows it."""
        chance, paper = self.chance, article.paper
        year = paper.year + (chance.choice((-1, 1)) if chance.random() < 0.07 else 0)
        has_issue = chance.random() < database.has_issue
        shows_doi = chance.random() < database.has_doi
        shows_abstract = paper.abstract and chance.random() < database.has_abstract
        return {
            "title": self._title(article, database),
            "authors": self._authors(paper, database),
            "venue": self._journal(article, database) if chance.random() > 0.01 else None,
            "year": year,
            "volume": str(article.volume) if chance.random() > 0.03 else None,
            "issue": article.issue if has_issue else None,
            "pages": self._pages(article, database),
            "doi": self._doi(article.doi) if shows_doi else None,
            "abstract": self._abstract(paper.abstract or "") if shows_abstract else None,
            "entity_id": paper.entity,
        }

    def _title(self, article: Article, database: Database) -> str:
        chance = self.chance
        title = damage.damaged(database.case(article.paper.title), chance, _TITLE)
        if chance.random() < 0.03:
            title = damage.lose_subtitle(title, chance)
        if chance.random() < 0.10:
            title = damage.join_subtitle(title, chance)
        if article.language:
            title = database.foreign.format(title, l=article.language, o=article.original)
        if not title.isascii():
            title = damage.any_accents(title, chance)
        if "&" in title and chance.random() < 0.3:
            title = html.escape(title)
        return title + database.stop

    def _authors(self, paper: Paper, database: Database) -> str | None:
        chance = self.chance
        if chance.random() < 0.01:
            return None
        names = [Name.of(name) for name in paper.authors]
        if chance.random() < 0.01:
            names = names[::-1]
        shown = [database.spell(name) for name in names]
        if chance.random() < 0.5:
            shown = [damage.plain(name) for name in shown]
        if chance.random() < 0.03:
            at = chance.randrange(len(shown))
            shown[at] = damage.typo(shown[at], chance)
        if len(shown) > database.most_names:
            shown = [*shown[: database.most_names], "et al."]
        if chance.random() < 0.02:
            shown = [name.upper() for name in shown]
        return (" and " if database.name != "d" or chance.random() < 0.7 else "; ").join(shown)

    def _journal(self, article: Article, database: Database) -> str:
        shown = article.name[database.journal] or article.name[0]
        draw = self.chance.random()
        if draw < 0.15:
            return shown.replace("&", "and") if "&" in shown else shown.replace(" and ", " & ")
        return shown.upper() if draw < 0.25 else shown.lower().capitalize() if draw < 0.4 else shown

    def _pages(self, article: Article, database: Database) -> str | None:
        before, first, last = article.pages
        if self.chance.random() < (0.04 if database.page_form != 3 else 0.4):
            return None
        if before == "CD00":
            return f"CD00{first:04d}"
        if last == first:
            return f"{before}{first}"
        whole = str(last)
        if database.page_form == 0:  # 123-9
            same = next(
                (i for i, (a, b) in enumerate(zip(str(first), whole, strict=False)) if a != b), 0
            )
            short = whole[same:] if len(str(first)) == len(whole) else whole
            return f"{before}{first}-{short}"
        if database.page_form == 1:
            return f"{before}{first}-{before}{whole}"
        return (
            f"{before}{first}--{whole}" if database.page_form == 2 else f"p{before}{first}-{whole}"
        )

    def _doi(self, doi: str) -> str:
        form = self.chance.choices(
            ("{}", "https://doi.org/{}", "doi: {}", "{}.", "http://dx.doi.org/{}", "{} [doi]"),
            (70, 8, 8, 4, 5, 5),
        )[0]
        return form.format(doi.upper() if self.chance.random() < 0.15 else doi)

    def _abstract(self, abstract: str) -> str:
        draw = self.chance.random()
        if draw < 0.1:
            return abstract[: self.chance.randint(200, 600)]
        if draw < 0.3:
            return f"{abstract} Copyright © 20{self.chance.randint(10, 25)} The Authors."
        if draw < 0.4:
            return f"BACKGROUND: {abstract}"
        return abstract
