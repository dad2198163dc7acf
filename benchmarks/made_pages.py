"""Pages nobody has tuned on: made-up papers in the layouts of the known sites, truth beside.

    python benchmarks/made_pages.py SEED FOLDER

What belongs here: how a site lays a paper out, as markup where we read its markup, as text where
people bring text. What does not: the papers (`made_facts`), forms of the pages (`page_forms`).
HTML goes to FOLDER, text to FOLDER/texts, each NAME with a NAME.truth.json.
"""

import json
import random
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from made_facts import Paper, make_papers, without_tex
from made_markup import daily_page, days, list_page, preview, search_page

Card = dict[str, Any]


def _truth(paper: Paper, **more: object) -> Card:
    card = {
        "title": paper.title,
        "authors": list(paper.authors),
        "abstract": paper.abstract,
        "published_date": paper.published.isoformat(),
        "arxiv_id": paper.arxiv_id,
        "primary_category": paper.categories[0],
        "categories": list(paper.categories),
    }
    return card | more


# Pages as text.


def _search_text(papers: Sequence[Paper], word: str | None) -> str:
    lines = []
    for paper in papers:
        abstract = paper.abstract or ""
        names = [f"{name}," for name in paper.authors[:-1]] + list(paper.authors[-1:])
        if paper.n_hidden:
            names += [f", et al. ({paper.n_hidden} additional authors not shown)"]
        shown, announced = days(paper)
        start = preview(abstract, word)
        text = [start, "▽ More", abstract, "△ Less"] if start != abstract else [abstract] * 2
        lines += ["-", paper.title, "Authors:", *names, "Abstract:", *filter(None, text)]
        lines += [f"Submitted {shown}", f"originally announced {announced}."]
    return "\n".join(lines) + "\n"


def _hf_search_text(papers: Sequence[Paper], draw: random.Random) -> str:
    head = "new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\nDaily Papers\n\n"
    head += "byAK and the research community\n\nMar 5\n"
    cards = []
    for paper in papers:
        n = len(paper.authors)
        who = f"  • {n} author{'s' if n > 1 else ''}"
        day = f"{paper.published:%b} {paper.published.day}, {paper.published.year}"
        comments = f" {draw.randrange(2, 9)}" if draw.random() < 0.4 else ""
        cards.append(f"{paper.title}\n\n{paper.abstract}\n\n{who}\n·\n{day}{comments}\n")
    return "\n".join([head, *cards])


# Pages of one author, as text.


def _arrow_text(papers: Sequence[Paper], subject: str) -> str:
    head = f"Arrow Research search\n\nAuthor name cluster\n\n{subject}\n\n{len(papers)} papers\n"
    head += f"1 author row\n\nPossible papers\n\n{len(papers)}\n"
    cards = []
    for paper in papers:
        venue = ("NeurIPS", "ICML", "AAAI", "ICLR")[len(paper.title) % 4]
        names = "\n".join(f"  • {name}" for name in paper.authors[:8])
        abstract = f"\n{paper.abstract}\n" if paper.abstract else ""
        kind = f"{venue} Conference {paper.published.year} Conference Paper"
        cards.append(f"{kind}\n\n{paper.title}\n\n{names}\n{abstract}")
    return "\n".join([head, *cards])


def _feed_text(papers: Sequence[Paper], *, is_compact: bool) -> str:
    cards = []
    for paper in papers:
        day = f"{paper.published:%b} {paper.published.day}, {paper.published.year}"
        code = paper.categories[0].rpartition(".")[2]
        names = ", ".join(paper.authors[:3]) + (" et al." if len(paper.authors) > 3 else "")
        slugs = " · mit, pku" if len(paper.title) % 3 == 0 else ""
        gap, end = ("", "\n") if is_compact else ("\n\n", "\n\n")
        cards.append(f"{code}{day}\n{paper.title}{gap}{names}{slugs}{end}{paper.abstract}{end}")
    head = f"h-index21\n{len(papers)}papers\n1,234citations\nNovelty48%\nAI Score55\n\n"
    return ("" if is_compact else f"{head}{len(papers)} Papers\n\n") + "".join(cards)


def texts_of(papers: Sequence[Paper]) -> Iterable[tuple[str, str]]:
    """Yield a page of text that lists these papers, in each layout, with the layout's name."""
    plain = [without_tex(paper) for paper in papers]
    yield "arxiv_search, text", _search_text(papers, None)
    yield "huggingface_papers, text", _hf_search_text(plain, random.Random(1))
    yield "arrow, text", _arrow_text(papers, papers[0].authors[0])
    yield "scholar_feed, text", _feed_text(plain, is_compact=False)
    yield "scholar_feed, compact text", _feed_text(plain, is_compact=True)


class _Made(NamedTuple):
    """One page: its content, its truth, whether it is text."""

    content: str
    truth: list[Card]
    is_text: bool = False


def _pages(seed: int) -> Iterable[tuple[str, _Made]]:
    draw = random.Random(seed)

    def some(name: str, n: int, fit: Callable[[Paper], bool] = lambda _: True) -> list[Paper]:
        return [paper for paper in make_papers(f"{seed} {name}", n) if fit(paper)]

    papers = some("search", 60)
    yield "arxiv_search_made", _Made(search_page(papers, "models"), list(map(_truth, papers)))
    papers = some("search by author", 40)
    yield "arxiv_search_plain", _Made(search_page(papers, None), list(map(_truth, papers)))
    for name, has_abstracts in (("arxiv_list_made", False), ("arxiv_new_made", True)):
        papers = [paper for paper in some(name, 50) if not paper.n_hidden]
        truth = [
            _truth(one, published_date=None, **({} if has_abstracts else {"abstract": None}))
            for one in papers
        ]
        yield name, _Made(list_page(papers, with_abstracts=has_abstracts), truth)
    papers = some("daily", 30, lambda paper: bool(paper.abstract))
    none = {"categories": [], "primary_category": None}
    yield "hf_daily_made", _Made(daily_page(papers, draw), [_truth(one, **none) for one in papers])

    papers = some("search as text", 50)
    lost = none | {"arxiv_id": None}
    yield (
        "arxiv_text",
        _Made(_search_text(papers, None), [_truth(one, **lost) for one in papers], is_text=True),
    )
    papers = [without_tex(one) for one in some("hf search", 40) if one.abstract]
    yield (
        "hf_text",
        _Made(
            _hf_search_text(papers, draw),
            [_truth(one, authors=[], **lost) for one in papers],
            is_text=True,
        ),
    )
    papers = some("arrow", 40)
    truth = [
        _truth(one, authors=list(one.authors[:8]), published_date=None, **lost) for one in papers
    ]
    yield "arrow_text", _Made(_arrow_text(papers, papers[0].authors[0]), truth, is_text=True)
    for name, is_compact in (("feed_text", False), ("feed_compact_text", True)):
        papers = some(name, 40, lambda paper: bool(paper.abstract and "$" not in paper.title))
        truth = [
            _truth(
                one,
                authors=list(one.authors[:3]),
                arxiv_id=None,
                categories=[],
                primary_category=one.categories[0].rpartition(".")[2],
            )
            for one in papers
        ]
        yield name, _Made(_feed_text(papers, is_compact=is_compact), truth, is_text=True)


def write_pages(seed: int, folder: Path) -> None:
    """Write every page with its truth."""
    for name, made in _pages(seed):
        place = folder / "texts" if made.is_text else folder
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{name}{'.txt' if made.is_text else '.html'}").write_text(made.content, "utf-8")
        truth = json.dumps(made.truth, ensure_ascii=False, indent=1)
        (place / f"{name}.truth.json").write_text(truth, "utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    write_pages(int(sys.argv[1]), Path(sys.argv[2]))
