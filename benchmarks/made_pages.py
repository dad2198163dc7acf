"""Pages nobody has tuned on: made-up papers in the layouts of the known sites, truth beside.

    python benchmarks/made_pages.py SEED FOLDER

What belongs here: which papers stand on which page, and what is true of it. What does not: the
papers (`made_facts`), the sites' layouts (`pipeline.synth`), forms of the pages (`page_forms`).
HTML goes to FOLDER, text to FOLDER/texts, each NAME with a NAME.truth.json.
"""

import json
import random
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from made_facts import make_papers, without_tex

from pipeline.synth import texts
from pipeline.synth.cards import Card
from pipeline.synth.markup import daily_page, list_page, search_page

Truth = dict[str, Any]


def _truth(paper: Card, **more: object) -> Truth:
    truth = {
        "title": paper.title,
        "authors": list(paper.authors),
        "abstract": paper.abstract,
        "published_date": paper.published.isoformat(),
        "arxiv_id": paper.arxiv_id,
        "primary_category": paper.categories[0],
        "categories": list(paper.categories),
    }
    return truth | more


class _Made(NamedTuple):
    """One page: its content, its truth, whether it is text."""

    content: str
    truth: list[Truth]
    is_text: bool = False


def _pages(seed: int) -> Iterable[tuple[str, _Made]]:
    draw = random.Random(seed)

    def comments(_: Card) -> str:
        return f" {draw.randrange(2, 9)}" if draw.random() < 0.4 else ""

    def some(name: str, n: int, fit: Callable[[Card], bool] = lambda _: True) -> list[Card]:
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
        _Made(texts.search_compact(papers), [_truth(one, **lost) for one in papers], is_text=True),
    )
    papers = [without_tex(one) for one in some("hf search", 40) if one.abstract]
    yield (
        "hf_text",
        _Made(
            texts.hf_search_spaced(papers, comments),
            [_truth(one, authors=[], **lost) for one in papers],
            is_text=True,
        ),
    )
    papers = some("arrow", 40)
    truth = [
        _truth(one, authors=list(one.authors[:8]), published_date=None, **lost) for one in papers
    ]
    yield "arrow_text", _Made(texts.arrow_spaced(papers, papers[0].authors[0]), truth, is_text=True)
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
        shown = texts.feed_compact(papers) if is_compact else texts.feed_spaced(papers)
        yield name, _Made(shown, truth, is_text=True)


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
