"""Whether a page stays the same papers however often somebody saves it.

    python benchmarks/variants.py [MOST] [--no-pages]

A page of three papers is saved 1, 10, 60, 600 and 6,000 times (up to MOST), each time a little
otherwise, as pages change between two visits: votes and comments, names shown, abstract cut or
whole or hidden, dates, spaces, a slip in the title corrected, another title in the second version.
The records are linked as a table, once under the name of a site we know and once under that of one
we do not, and up to 600 of them as pages through a build. There must be three papers each time, and
the time per variant must not grow. Exit status 1 if either fails.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import compare
import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from pipeline.builds.run import build
from pipeline.records.link import link
from pipeline.storage.duckdb_engine import open_engine
from pipeline.storage.warehouse import Warehouse

SIZES = (1, 10, 60, 600, 6_000)
_MOST_PAGES = 600
_SLOWER = 2.0  # how much longer a variant may take among ten times as many
_SCHEMA = pa.schema(
    [
        ("record_id", pa.string()),
        ("source", pa.string()),
        ("title", pa.string()),
        ("authors", pa.list_(pa.string())),
        ("n_authors_total", pa.int32()),
        ("abstract", pa.string()),
        ("year", pa.int32()),
        ("paper", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class _Paper:
    """A paper of the page: the titles of its versions, first one first."""

    titles: tuple[str, ...]
    authors: tuple[str, ...]
    abstract: str
    year: int = 2024


# Two of one group on one subject, and one with a long list of names.
PAPERS = (
    _Paper(
        (
            "Tidal Memory: Long-Horizon Planning with Recurrent State Caches",
            "Tidal Memory: Recurrent State Caches for Long-Horizon Planning",
        ),
        ("Amara Lindqvist", "Jorge Ueda", "Priya Vasquez", "Kaito Nakamura", "Zofia Szabo"),
        "Agents that plan over thousands of steps forget what they saw first. Tidal Memory keeps a "
        "small cache of recurrent states and decides by their age and by their surprise which of "
        "them to recall. On nine tasks of household robots the cache halves the number of failed "
        "plans at the same cost, and an ablation shows that surprise matters more than age. The "
        "gains persist when the tasks are shuffled, and vanish when the cache is replaced by a "
        "window over the latest observations, which we take as evidence that recall is at work.",
    ),
    _Paper(
        (
            "Tidal Memory for Speech: Streaming Recognition with Recurrent State Caches",
            "Streaming Speech Recognition with Caches of Recurrent States",
        ),
        ("Amara Lindqvist", "Jorge Ueda", "Wiebke Papadopoulos"),
        "Streaming recognisers must answer before a sentence ends. Starting from a planner's cache "
        "of recurrent states, we build a decoder whose lag is bounded by two frames, train it "
        "with alignments drawn from the model itself, and compare it with chunked attention. Word "
        "error falls by a tenth on three corpora of spontaneous speech, most of all for names and "
        "numbers, while memory stays constant over recordings of several hours.",
        2025,
    ),
    _Paper(
        (
            "Harbour: An Open Corpus of Port Logistics Documents in Forty Languages",
            "Harbour: An Open Corpus of Port Logistics Documents in 43 Languages",
        ),
        tuple(f"{given} {family}" for given in ("Fionn", "Leila", "Tomas", "Uxue", "Vikram")
              for family in ("Adeyemi", "Castellanos", "Eriksen", "Grunwald", "Hashimoto", "Ito")),
        "Ports run on paper: bills of lading, manifests, notices of arrival. We collect and clear "
        "two million such documents, align their fields across languages, and release them with "
        "tasks of extraction, translation and fraud detection. Baselines of several sizes show "
        "that layout helps more than scale, and that low-resource languages are read worst where "
        "stamps cover the text. The corpus comes with a datasheet and a way to object.",
        2023,
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Card:
    """A paper as one saved page shows it; `paper` is its place in PAPERS."""

    paper: int
    title: str
    authors: tuple[str, ...]
    abstract: str
    votes: int
    n_comments: int
    day: str


def _shown_title(paper: _Paper, chance: random.Random) -> str:
    title = paper.titles[chance.random() < 0.35]
    draw = chance.random()
    if draw < 0.1:
        return title.replace("-", " ")
    if draw < 0.2:
        return title.replace(": ", chance.choice((" - ", ":", ". ")))
    if draw < 0.3:
        return title.lower().capitalize()
    if draw < 0.4:  # a slip that a later version corrects
        at = chance.randrange(12, len(title) - 2)
        return title[:at] + title[at + 1 :]
    if draw < 0.45:
        return title.replace(" with ", " using ").replace(" for ", " in ").replace("An ", "")
    return title


def _shown_authors(paper: _Paper, chance: random.Random) -> tuple[str, ...]:
    most = chance.choice((1, 3, 3, 8, 25, 40, 40))
    names = paper.authors[:most]
    return tuple(f"{name[0]}. {name.split()[-1]}" for name in names) if most == 8 else names


def _shown_abstract(paper: _Paper, chance: random.Random) -> str:
    draw = chance.random()
    if draw < 0.2:
        return ""
    if draw < 0.5:
        return paper.abstract[: chance.randint(120, len(paper.abstract))].rstrip() + "…"
    return paper.abstract.replace(". ", ".  ") if draw < 0.6 else paper.abstract


def variants(n: int) -> Iterator[list[Card]]:
    """Yield N savings of the page, each its cards; the same N gives the same ones."""
    chance = random.Random(60)
    for _ in range(n):
        cards = [
            Card(
                place,
                _shown_title(paper, chance),
                _shown_authors(paper, chance),
                _shown_abstract(paper, chance),
                chance.randint(1, 900),
                chance.randint(1, 30),
                f"{chance.choice(('Mar', 'Apr'))} {chance.randint(1, 28)}, {paper.year}",
            )
            for place, paper in enumerate(PAPERS)
        ]
        chance.shuffle(cards)
        yield cards


# ---------------------------------------------------------------- as a table


def _row(card: Card, source: str, chance: random.Random) -> dict[str, Any]:
    n_all = len(PAPERS[card.paper].authors)
    is_hidden = chance.random() < 0.15
    return {
        "source": source,
        "title": card.title + " " * chance.randint(0, 2),
        "authors": [] if is_hidden else list(card.authors),
        "n_authors_total": n_all if chance.random() < 0.5 else None,
        "abstract": card.abstract or None,
        "year": PAPERS[card.paper].year if chance.random() < 0.8 else None,
        "paper": str(card.paper),
    }


def write_table(n: int, source: str, file: Path) -> None:
    """Write N savings of the page as a table of records."""
    chance = random.Random(61)
    rows = [_row(card, source, chance) for cards in variants(n) for card in cards]
    named = [{"record_id": f"r{place:06d}", **row} for place, row in enumerate(rows)]
    pq.write_table(pa.Table.from_pylist(named, _SCHEMA), file)


def linked_papers(n: int, source: str, folder: Path) -> int:
    """Return how many papers a table of N savings becomes."""
    file = folder / "records.parquet"
    write_table(n, source, file)
    return link(file, folder / "clusters.parquet").n_clusters


# ---------------------------------------------------------------- as pages


def _search_page(cards: Sequence[Card]) -> str:
    lines = [f"Showing 1–{len(cards)} of {len(cards)} results for abstract: memory", "", ".", ""]
    for place, card in enumerate(cards):
        names = ", ".join(card.authors[:25])
        hidden = len(PAPERS[card.paper].authors) - min(len(card.authors), 25)
        names += f" , et al. ({hidden} additional authors not shown)" if hidden > 0 else ""
        number = f"{PAPERS[card.paper].year % 100}03.{10_000 + card.paper:05d}"
        day, month = card.day.split()[1].rstrip(","), "March"
        year = PAPERS[card.paper].year
        lines += [f"  {place + 1}. arXiv:{number}  [pdf, other", "", "    cs.LG cs.CL", ""]
        lines += [f"    {card.title}", "", f"    Authors: {names}", ""]
        shown = card.abstract or PAPERS[card.paper].abstract
        lines += [f"    Abstract: {shown}{' ▽ More' if shown.endswith('…') else ''}"]
        lines += ["", f"    Submitted {day} {month}, {year}; originally announced {month} {year}."]
        lines += [""]
    return "\n".join(lines)


def _feed_page(cards: Sequence[Card]) -> str:
    lines = ["Amara Lindqvist", "", "CLLG", "", "h-index21", f"{len(cards)}papers"]
    lines += ["1,234citations", "Novelty48%", "AI Score55", "", f"{len(cards)} Papers", ""]
    for card in cards:
        names = ", ".join(card.authors[:3]) + (" et al." if len(card.authors) > 3 else "")
        lines += [f"LG{card.day}", card.title, "", names, "", card.abstract, ""]
    return "\n".join(lines)


def _daily_page(cards: Sequence[Card]) -> str:
    lines = ["new", "", "Get trending papers in your email inbox!", "", "Subscribe", ""]
    lines += ["Daily Papers", "", "byAK and the research community", "", "Mar 5"]
    for card in cards:
        n = len(PAPERS[card.paper].authors)
        lines += ["Submitted by akhaliq", str(card.votes), "", card.title, "", "  • ·"]
        lines += [f"    {n} authors", str(card.n_comments)]
    return "\n".join(lines) + "\n"


_PAGES = (_search_page, _feed_page, _daily_page)


def built_papers(n: int, folder: Path) -> int:
    """Return how many papers N saved pages become; every card of them must have been read.

    Raises:
        ValueError: a page was not read as it was written.
    """
    raw = folder / "raw"
    raw.mkdir()
    for place, cards in enumerate(variants(n)):
        page = _PAGES[place % len(_PAGES)](cards)
        (raw / f"page{place:04d}.txt").write_text(page, "utf-8")
    build(raw, Warehouse(folder / "warehouse"))
    with open_engine() as engine:
        counts = {
            table: engine.scalar(
                f"select count(*) from {compare.relation(folder / 'warehouse', table)}"
            )
            for table in ("linkage.clusters", "marts.papers")
        }
    if counts["linkage.clusters"] != n * len(PAPERS):
        raise ValueError(f"{counts['linkage.clusters']} cards of {n} pages were read")
    return counts["marts.papers"]


# ---------------------------------------------------------------- measuring


def measure(
    name: str, sizes: Sequence[int], n_papers: Callable[[int, Path], int], table: Table
) -> bool:
    """Measure one way of reading the variants; returns whether it holds."""
    holds = True
    before = 0.0
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="papermart-bench-") as folder:
            start = time.perf_counter()
            found = n_papers(size, Path(folder))
            seconds = time.perf_counter() - start
        each = seconds / size
        is_slower = size > 60 and each > _SLOWER * before
        holds &= found == len(PAPERS) and not is_slower
        marks = " *" * (found != len(PAPERS)), " *" * is_slower
        table.add_row(
            name, str(size), f"{found}{marks[0]}", f"{seconds:.1f}", f"{1000 * each:.1f}{marks[1]}"
        )
        before = each
    return holds


def main(most: int = SIZES[-1], *, with_pages: bool = True) -> int:
    """Measure tables and pages and print what was found."""
    sizes = [size for size in SIZES if size <= most]
    table = Table("", "savings", "papers", "seconds", "ms each")
    holds = [
        measure(f"table, {name}", sizes, lambda n, to, s=source: linked_papers(n, s, to), table)
        for name, source in (("a known site", "scholar_feed"), ("a stranger's", "export"))
    ]
    if with_pages:
        few = [size for size in sizes if size <= _MOST_PAGES]
        holds.append(measure("pages, built", few, built_papers, table))
    console = Console(width=100)
    console.print(table)
    if not all(holds):
        console.print(f"* there are {len(PAPERS)} papers, and no variant takes longer among many")
    return 0 if all(holds) else 1


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("most", type=int, nargs="?", default=SIZES[-1])
    arguments.add_argument("--no-pages", action="store_true")
    given = arguments.parse_args()
    sys.exit(main(given.most, with_pages=not given.no_pages))
