"""The sites' lists as text: the two forms people save them in, blocks apart or line below line.

What belongs here: how each site lays out its lists as text. What does not: pages as HTML
(`markup`), pages of one paper (`paper_pages`).

Spaced text keeps blocks apart by blank lines; compact text has none of them.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from pipeline.synth.cards import Card
from pipeline.synth.markup import days, preview, subject_name

MOST_FEED, MOST_ARROW, MOST_SEARCH = 3, 8, 25  # authors that the sites show


def _day(day: date) -> str:
    return f"{day:%b} {day.day}, {day.year}"


# ---------------------------------------------------------------- arXiv's search and lists


def search_compact(cards: Sequence[Card]) -> str:
    """Return a page of arXiv's search, with short abstracts and whole ones."""
    lines = []
    for card in cards:
        abstract = card.abstract or ""
        names = [f"{name}," for name in card.authors[:-1]] + list(card.authors[-1:])
        if card.n_hidden:
            names += [f", et al. ({card.n_hidden} additional authors not shown)"]
        shown, announced = days(card)
        start = preview(abstract, None)
        text = [start, "▽ More", abstract, "△ Less"] if start != abstract else [abstract] * 2
        lines += ["-", card.title, "Authors:", *names, "Abstract:", *filter(None, text)]
        lines += [f"Submitted {shown}", f"originally announced {announced}."]
    return "\n".join(lines) + "\n"


def search_spaced(cards: Sequence[Card]) -> str:
    """Return a page of arXiv's search, with its numbers and identifiers, and short abstracts."""
    blocks = [
        f"Skip to main content\n\nShowing 1–{len(cards)} of 4,321 results for all: model\n\n."
    ]
    for number, card in enumerate(cards, 1):
        shown, announced = days(card)
        abstract = card.abstract or ""
        start = preview(abstract, None)
        more = " ▽ More" if start != abstract else ""
        hidden = (
            f" , et al. ({card.n_hidden} additional authors not shown)" if card.n_hidden else ""
        )
        blocks += [
            f"  {number}. arXiv:{card.arxiv_id}  [pdf, other",
            f"    {' '.join(card.categories)}",
            f"    {card.title}",
            f"    Authors: {', '.join(card.authors)}{hidden}",
            f"    Abstract: {start}{more}",
            f"    Submitted {shown} originally announced {announced}.",
            *([f"    Comments: {card.comments}"] if card.comments else []),
        ]
    return "\n\n".join(blocks) + "\n"


def _list_text(cards: Sequence[Card], head: str, *, is_spaced: bool) -> str:
    gap, indent = ("\n\n", "    ") if is_spaced else ("\n", "")
    n = f"showing {len(cards)} of {len(cards)} entries"
    mark = {"Cross": "cross-list from cs.AI", "Replacement": "replaced"}[head.split()[0]]
    blocks = ["Skip to main content", "See recent articles"]
    blocks += ["Showing new listings for Thursday, 5 March 2026", f"Total of {len(cards)} entries"]
    blocks += [f"{head} ({n})"]
    for number, card in enumerate(cards, 1):
        subjects = "; ".join(f"{subject_name(name)} ({name})" for name in card.categories)
        blocks += [
            f"[{number}] arXiv:{card.arxiv_id} ({mark}) [pdf, html, other]",
            f"{indent}Title: {card.title}",
            f"{indent}{', '.join(card.authors)}",
            *([f"{indent}Comments: {card.comments}"] if card.comments else []),
            f"{indent}Subjects: {subjects}",
            *([f"{indent}{card.abstract}"] if card.abstract else []),
        ]
    return gap.join([*blocks, f"Total of {len(cards)} entries"]) + "\n"


def list_spaced(cards: Sequence[Card]) -> str:
    """Return arXiv's list of papers that are now also of another category, with abstracts."""
    return _list_text(cards, "Cross submissions", is_spaced=True)


def list_compact(cards: Sequence[Card]) -> str:
    """Return arXiv's list of papers that have a new version."""
    return _list_text(cards, "Replacement submissions", is_spaced=False)


# ---------------------------------------------------------------- Hugging Face


def hf_search_spaced(cards: Sequence[Card], comments: Callable[[Card], str] | None = None) -> str:
    """Return a search of Hugging Face, which counts authors and names none."""
    head = "new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\nDaily Papers\n\n"
    head += "byAK and the research community\n\nMar 5\n"
    blocks = [head]
    for card in cards:
        n = card.n_authors
        who = f"  • {n} author{'s' if n > 1 else ''}"
        more = comments(card) if comments else ""
        blocks.append(
            f"{card.title}\n\n{card.abstract}\n\n{who}\n·\n{_day(card.published)}{more}\n"
        )
    return "\n".join(blocks)


def hf_search_compact(cards: Sequence[Card]) -> str:
    """Return a search of Hugging Face of which titles and abstracts are left."""
    return "Subscribe" + "".join(f"{card.title}\n{card.abstract}\n" for card in cards)


def hf_day_spaced(cards: Sequence[Card]) -> str:
    """Return a day of Hugging Face: titles, and how many authors there are."""
    head = "Hugging Face's logo Hugging Face\n  • Models\n  • Datasets\n  • Sign Up\nnew\n\n"
    head += "Get trending papers in your email inbox once a day!\n\nSubscribe\n\nDaily Papers\n\n"
    head += "by AK and the research community\n\nSubmit a paper\nMar 5\n"
    blocks = [head]
    for number, card in enumerate(cards, 1):
        n = card.n_authors
        blocks.append(
            f"Submitted by reader-{number}\n{97 - number}\n\n{card.title}\n\n"
            f"  • ·\n    {n} author{'s' if n > 1 else ''}\n{number % 7 + 1}\n"
        )
    foot = "Previous Next\nCompany\n© Hugging Face\nTOS Privacy About Jobs\n"
    return "".join([*blocks, foot])


# ---------------------------------------------------------------- pages of one author


def arrow_spaced(cards: Sequence[Card], subject: str) -> str:
    """Return Arrow's page of one spelling of a name, at most eight authors a card."""
    return _arrow(cards, subject, "\n\n", "  ")


def arrow_compact(cards: Sequence[Card], subject: str) -> str:
    """Return the same, line below line."""
    return _arrow(cards, subject, "\n", "")


def _arrow(cards: Sequence[Card], subject: str, gap: str, indent: str) -> str:
    note = "Possible papers associated with this exact author name in Arrow."
    n = f"{len(cards)} papers" if len(cards) != 1 else "1 paper"
    blocks = ["Arrow Research search", "Author name cluster", subject, note, f"{n}\n1 author row"]
    blocks += ["Possible papers", str(len(cards))]
    for card in cards:
        kind = "Journal Article" if card.venue.endswith("Journal") else "Conference Paper"
        blocks += [f"{card.venue} {card.venue_year or card.published.year} {kind}", card.title]
        blocks += ["\n".join(f"{indent}• {name}" for name in card.authors[:MOST_ARROW])]
        blocks += [card.abstract] if card.abstract else []
    return gap.join(blocks) + "\n"


def feed_spaced(cards: Sequence[Card], subject: str | None = None) -> str:
    """Return Scholar Feed's page of one author, at most three names a card."""
    head = f"h-index21\n{len(cards)}papers\n1,234citations\nNovelty48%\nAI Score55\n\n"
    name = f"{subject}\n\n{_code(cards[0])}\n\n" if subject else ""
    return f"{name}{head}{len(cards)} Papers\n\n" + _feed(cards, "\n\n", "\n\n")


def feed_compact(cards: Sequence[Card]) -> str:
    """Return the same without a heading, title and names in one piece."""
    return _feed(cards, "", "\n")


def _code(card: Card) -> str:
    return card.categories[0].rpartition(".")[2]


def _feed(cards: Sequence[Card], gap: str, end: str) -> str:
    newest = max(card.published.year for card in cards)
    years = {card.published.year for card in cards}
    shown = []
    for card in cards:
        # A site leaves out the year of the day; which one that is, the year before tells.
        is_now = card.published.year == newest == _THIS_YEAR and newest - 1 in years
        day = f"{card.published:%b} {card.published.day}" if is_now else _day(card.published)
        names = ", ".join(card.authors[:MOST_FEED])
        names += " et al." if card.n_authors > MOST_FEED else ""
        slugs = f" · {', '.join(card.slugs)}" if card.slugs else ""
        shown.append(
            f"{card.score}{_code(card)}{day}\n{card.title}{gap}{names}{slugs}{end}"
            f"{card.abstract}{end}"
        )
    return "".join(shown)


_THIS_YEAR = 2026


def texts_of(papers: Sequence[Card], plain: Sequence[Card]) -> Iterable[tuple[str, str]]:
    """Yield a page of text that lists these papers, in each layout, with the layout's name.

    Args:
        papers: what to list.
        plain: the same as sites show them that lose TeX.
    """
    yield "arxiv_search, text", search_compact(papers)
    yield "huggingface_papers, text", hf_search_spaced(plain)
    yield "arrow, text", arrow_spaced(papers, papers[0].authors[0])
    yield "scholar_feed, text", feed_spaced(plain)
    yield "scholar_feed, compact text", feed_compact(plain)
