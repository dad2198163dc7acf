"""Which page shows what: the layouts in turn, each going on where its site's last page ended.

What belongs here: the order of pages, and what stands on each. What does not: layouts.

Every site walks through all papers in an order of its own and shows those it gets to: so a paper
stands on several sites, on one, or on none. Sites of authors walk through the groups: a page is
that of a group's lead.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from pipeline.synth import markup, paper_pages, texts
from pipeline.synth.cards import Card
from pipeline.synth.sightings import Sighting, see
from pipeline.synth.texts import MOST_ARROW, MOST_FEED, MOST_SEARCH
from pipeline.synth.world import GROUP, Order, World

_LISTED = 50  # papers on a page of a list
_ALL = 1_000  # no list of authors is longer
_SITES = ("scholar_feed", "arrow", "arxiv_search", "arxiv_list", "huggingface_papers", "arxiv_abs")
# By which share of all papers the sites step on: see `Order`.
_SHARES = (0.6180339887, 0.4142135624, 0.7320508076, 0.2360679775, 0.6457513111, 0.3166247904)


@dataclass(frozen=True, slots=True)
class Layout:
    """One form of one site.

    Attributes:
        site: as the product names it.
        form: its form, and what kind of page it is.
        suffix: of its files.
        size: how many cards a page has.
        page: lays out the cards of a page of a subject (the name of an author).
        shown: what its cards show: names of authors, their total, the abstract or a preview of it,
            the day, the venue, the arXiv identifier, the DOI.
        most: how many names a card shows at most.
    """

    site: str
    form: str
    suffix: str
    size: int
    page: Callable[[Sequence[Card], str], str]
    shown: frozenset[str]
    most: int = _ALL

    @property
    def of_authors(self) -> bool:
        """Whether a page is that of an author."""
        return self.site in ("scholar_feed", "arrow")


def _layout(
    page: Callable[[Sequence[Card], str], str],
    site: str,
    form: str,
    shown: str,
    size: int = _LISTED,
    most: int = _ALL,
) -> Layout:
    suffix = ".html" if form.startswith("html") else ".txt"
    return Layout(site, form, suffix, size, page, frozenset(shown.split()), most)


def _of_list(page: Callable[[Sequence[Card]], str], site: str, form: str, shown: str) -> Layout:
    most = MOST_SEARCH if site == "arxiv_search" else _ALL
    return _layout(lambda cards, _: page(cards), site, form, shown, most=most)


def _of_paper(page: Callable[[Card], str], site: str, form: str, shown: str) -> Layout:
    return _layout(lambda cards, _: page(cards[0]), site, form, shown, size=1)


def _daily(cards: Sequence[Card]) -> str:
    return markup.daily_page(cards, Random(len(cards)))


def _list_html(cards: Sequence[Card]) -> str:
    return markup.list_page(cards, with_abstracts=False, are_old=True)


def _new_html(cards: Sequence[Card]) -> str:
    return markup.list_page(cards, with_abstracts=True, are_old=True)


def _results(cards: Sequence[Card]) -> str:
    return markup.search_page(cards, None)


def _feed_compact(cards: Sequence[Card], _: str) -> str:
    return texts.feed_compact(cards)


_FEED, _ARROW = "authors abstract day", "authors abstract venue"
_FEEDS = (
    _layout(texts.feed_spaced, "scholar_feed", "spaced", _FEED, GROUP, MOST_FEED),
    _layout(_feed_compact, "scholar_feed", "compact", _FEED, GROUP, MOST_FEED),
    _layout(texts.arrow_spaced, "arrow", "spaced", _ARROW, GROUP, MOST_ARROW),
    _layout(texts.arrow_compact, "arrow", "compact", _ARROW, GROUP, MOST_ARROW),
)
_SEARCH, _LIST, _HF = "arxiv_search", "arxiv_list", "huggingface_papers"
_WHOLE = "authors abstract day arxiv"
LAYOUTS = (
    *_FEEDS,
    _of_list(texts.search_compact, _SEARCH, "compact", "authors total abstract day"),
    _of_list(texts.search_spaced, _SEARCH, "spaced", "authors total preview day arxiv"),
    _of_list(_results, _SEARCH, "html", f"{_WHOLE} total doi"),
    _of_list(texts.list_spaced, _LIST, "spaced", "authors abstract arxiv"),
    _of_list(texts.list_compact, _LIST, "compact", "authors arxiv"),
    _of_list(_list_html, _LIST, "html", "authors arxiv"),
    _of_list(_new_html, _LIST, "html-abstracts", "authors abstract arxiv"),
    _of_list(texts.hf_search_spaced, _HF, "spaced", "total abstract day"),
    _of_list(texts.hf_search_compact, _HF, "compact", "abstract"),
    _of_list(texts.hf_day_spaced, _HF, "day", "total"),
    _of_list(_daily, _HF, "html-day", _WHOLE),
    _of_paper(paper_pages.abs_page, "arxiv_abs", "html", f"{_WHOLE} doi"),
    _of_paper(paper_pages.abs_text, "arxiv_abs", "text", f"{_WHOLE} doi"),
    _of_paper(paper_pages.hf_paper_page, _HF, "html-paper", _WHOLE),
    _of_paper(paper_pages.hf_paper_text, _HF, "paper", _WHOLE),
    *_FEEDS,  # there are more pages of authors than of any other kind
)


@dataclass(frozen=True, slots=True)
class Page:
    """A page and what stands on it.

    Attributes:
        path: below the folder of pages.
        layout: its form.
        text: its content.
        sightings: its cards in order.
    """

    path: str
    layout: Layout
    text: str
    sightings: list[Sighting]


class Plan:
    """All pages of a world, by their numbers."""

    def __init__(self, seed: int, n_records: int) -> None:
        """Lay out the pages; they are made when they are asked for."""
        self.world = World(seed, n_records)
        self.n_records = n_records
        sizes = [layout.size for layout in LAYOUTS]
        self._firsts = list(accumulate(sizes, initial=0))
        self._per_turn = self._firsts[-1]
        # Records of a site above each layout, and in a whole turn.
        self._of_site: list[int] = []
        self._site_turn = dict.fromkeys(_SITES, 0)
        for layout in LAYOUTS:
            self._of_site.append(self._site_turn[layout.site])
            self._site_turn[layout.site] += layout.size
        self.n_pages = self._count_pages()
        n_papers, n_groups = self.world.n_papers, self.world.n_groups
        self._papers = {
            site: Order(n_papers, share) for site, share in zip(_SITES, _SHARES, strict=True)
        }
        self._groups = {
            site: Order(n_groups, share) for site, share in zip(_SITES, _SHARES, strict=True)
        }
        self._n_shown = {site: self._shown_by(site) for site in _SITES}

    def _count_pages(self) -> int:
        turns, rest = divmod(self.n_records, self._per_turn)
        return turns * len(LAYOUTS) + sum(first < rest for first in self._firsts[:-1])

    def _shown_by(self, site: str) -> int:
        """Return how many records a site has on all pages."""
        turns, rest = divmod(self.n_records, self._per_turn)
        n = turns * self._site_turn[site]
        for layout, first in zip(LAYOUTS, self._firsts, strict=False):
            if layout.site == site:
                n += max(0, min(layout.size, rest - first))
        return n

    def page(self, number: int) -> Page:
        """Return a page."""
        turn, at = divmod(number, len(LAYOUTS))
        layout = LAYOUTS[at]
        n = min(layout.size, self.n_records - turn * self._per_turn - self._firsts[at])
        first = turn * self._site_turn[layout.site] + self._of_site[at]
        subject, numbers = self._listed(layout, first, n)
        seen = [
            see(
                self.world,
                _SITES.index(layout.site),
                one,
                is_venue="venue" in layout.shown,
                with_abstract=not layout.shown.isdisjoint(("abstract", "preview")),
                shows_most=layout.most,
            )
            for one in numbers
        ]
        path = f"{number // 1000:04d}/{layout.site}-{layout.form}-{number:07d}{layout.suffix}"
        cards = [sighting.card for sighting in seen]
        return Page(path, layout, layout.page(cards, subject), seen)

    def _listed(self, layout: Layout, first: int, n: int) -> tuple[str, list[int]]:
        """Return the name of a page's author, and the papers that stand on the page."""
        if layout.of_authors:
            group = self._groups[layout.site].at(first // GROUP)
            name = self.world.name(self.world.lead(group))
            return name.full, self.world.papers_of(group)[:n]
        order = self._papers[layout.site]
        return "", [order.at(place) for place in range(first, first + n)]

    def n_sightings(self, number: int) -> int:
        """Return on how many pages a paper stands."""
        group, at = self.world.group_of(number)
        places = (
            self._groups[site].place(group) * GROUP + at
            if site in ("scholar_feed", "arrow")
            else self._papers[site].place(number)
            for site in _SITES
        )
        return sum(place < self._n_shown[site] for site, place in zip(_SITES, places, strict=True))
