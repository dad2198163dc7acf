"""Pages of our own in plain forms, which tests wrap, quote and cut."""

from pipeline.extraction.site_lines import known_lines
from pipeline.sources.dump import Dump, guess_form
from pipeline.sources.registry import divide

SITES = known_lines()

_PROSE = (
    "We follow a small boat through a wide bay and count how often it turns. It turns more often "
    "than maps say, and mostly to the left. A model of wind and well-being of the crew explains "
    "three of four turns; the fourth is explained by lunch. We think that our count will help "
    "those who build boats, bays or lunches, and we give all of it away for free."
)
_TITLES = (
    "Counting the Turns of Small Boats in Wide Bays with a Left-Leaning Model of Wind and Waves",
    "Lunch at Sea: A Survey of Meals and Their Many Consequences for Navigation under Sail",
    "On Ropes",
    "Do Gulls Read Maps? Evidence from Nine Harbours, Two Seasons and One Very Patient Observer",
)
_NAMES = (
    ("Mara Ilves", "Jonas Petri", "Oto Kask", "Rita Sorm", "Lev Oras", "Pia Vale", "Ana Lund"),
    ("Bo Quist", "Ines de la Torre", "Tuuli van der Meer"),
    ("Kaarel Saar",),
    ("Nils Aho", "Greta Palm", "Mart Jõgi", "Sylvie Arnaud-Blanc"),
)


def search_page() -> str:
    """Return arXiv search results, spaced."""
    cards = [
        f"  {n}. arXiv:2405.1000{n}  [pdf, ps, other]\n\n    cs.CL cs.LG\n\n    {title}\n\n"
        f"    Authors: {', '.join(names)}\n\n    Abstract: {_PROSE}\n\n"
        "    Submitted 3 May, 2024; originally announced May 2024.\n\n    Comments: 12 pages\n"
        for n, (title, names) in enumerate(zip(_TITLES, _NAMES, strict=True), 1)
    ]
    return "Showing 1–4 of 4 results for all: boats\n\n" + "\n".join(cards)


def feed_page() -> str:
    """Return a page of Scholar Feed, spaced."""
    cards = [
        f"LGMar {n}, 2022Code\n{title}\n\n{', '.join(names[:3])} et al. · tlu, ut\n\n{_PROSE}\n"
        for n, (title, names) in enumerate(zip(_TITLES, _NAMES, strict=True), 1)
    ]
    return "h-index12\n4papers\n\n" + "\n".join(cards)


def cluster_page() -> str:
    """Return a page of Arrow, spaced."""
    cards = [
        f"ICML Conference 202{n} Conference Paper\n\n{title}\n\n"
        + "\n".join(f"  • {name}" for name in names)
        + f"\n\n{_PROSE}\n"
        for n, (title, names) in enumerate(zip(_TITLES, _NAMES, strict=True), 1)
    ]
    return "Author name cluster\n\nMara Ilves\n\n" + "\n".join(cards)


def papers_page() -> str:
    """Return a page of Hugging Face's search, spaced."""
    cards = [
        f"{title}\n\n{_PROSE}\n\n  • {len(names)} authors\n·\nMay {n}, 2024\n"
        for n, (title, names) in enumerate(zip(_TITLES, _NAMES, strict=True), 1)
    ]
    return "Daily Papers\n\nbyAK and the research community\n\n" + "\n".join(cards)


PAGES = {
    "arxiv_search": search_page(),
    "scholar_feed": feed_page(),
    "arrow": cluster_page(),
    "huggingface_papers": papers_page(),
}


def read(lines):
    """Return (title, names, abstract) of what the sites' readers find."""
    dump = Dump(tuple(lines), guess_form(tuple(lines)))
    return [
        (record.title, tuple(author.name for author in record.authors), record.abstract)
        for section in divide(dump)
        for record in section.read().records
    ]
