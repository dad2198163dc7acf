"""Where the weights of the parting of glued lines come from: a logistic model of real lines.

    python benchmarks/title_split_weights.py LINES RECORDS

LINES is what `papermart evaluate title-split` reads. Of RECORDS (Parquet with title, authors,
authors_complete and abstract) lines of the same shape are glued, but for titles that LINES holds.
Each line is read alone, in pages of 50, alone with its abstract, and on its author's page; its
places are the choices of a conditional logit, penalised by the squares of the weights. Where
no place is right, that is the choice. Every title is an example of a line without
authors, too: a rare one, so it counts little. Weights set by hand stay as they are.

What is printed: what a model fitted on one half of the titles makes of the lines of the other
half, and the weights fitted on all of them beside those in use.
"""

import json
import random
import sys
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
import polars as pl
from rich.console import Console
from rich.table import Table
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from pipeline.evaluate.title_split import read_glued_lines
from pipeline.sources import glued
from pipeline.text import fold_space, title_key

PENALTY = 1.0
TITLE_SHARE = 0.03  # what a title without authors counts beside a line with authors
BY_HAND = ("word_hides_function", "closer_in_word", "dot_ends_name", "name_known")
PAGE_LINES, LEAST_BY_AUTHOR = 50, 4
MOST_TITLES = 3000  # of those measured

Weights = dict[str, float]


@dataclass(frozen=True, slots=True)
class Card:
    """A glued line and how it parts."""

    line: str
    title: str
    names: tuple[str, ...]
    et_al: bool
    abstract: str | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """The evidence for each reading of a line, and which one is right."""

    choices: list[list[str]]
    right: int
    weight: float


def read_lines(file: Path) -> list[Card]:
    """Read labelled lines."""
    rows = (row for _, row in read_glued_lines(file))
    return [Card(row.line, row.title, row.authors, row.et_al) for row in rows]


def glue_records(file: Path, lines: Path) -> list[Card]:
    """Glue the records whose titles are not among some lines; affiliations are drawn from these."""
    known = {title_key(row.title) for _, row in read_glued_lines(lines)}
    slugs = [json.loads(line)["affiliations"] for line in lines.open(encoding="utf-8")]
    rng = random.Random(5)
    cards = []
    for record in pl.read_parquet(file).sort("record_id").iter_rows(named=True):
        title, names = fold_space(record["title"] or ""), record["authors"]
        is_usable = names and not any(n != fold_space(n) or "," in n for n in names)
        has_more = len(names) > 3 or not record["authors_complete"]
        if not is_usable or title_key(title) in known or (has_more and len(names) < 3):
            continue
        known.add(title_key(title))
        affiliations = ", ".join(rng.choice(slugs))
        tail = " et al." * has_more + (f" · {affiliations}" if affiliations else "")
        line = title + ", ".join(names[:3]) + tail
        cards.append(Card(line, title, tuple(names[:3]), has_more, record["abstract"]))
    rng.shuffle(cards)
    return cards


def readings(cards: Sequence[Card]) -> dict[str, list[Sequence[Card]]]:
    """Return the pages of each way of reading; only two of them give the abstracts."""
    bare = [replace(card, abstract=None) for card in cards]
    by_name: dict[str, list[Card]] = defaultdict(list)
    for card in cards:
        for name in card.names:
            by_name[name].append(card)
    return {
        "alone": [[card] for card in bare],
        "pages": [bare[at : at + PAGE_LINES] for at in range(0, len(bare), PAGE_LINES)],
        "with abstracts": [[card] for card in cards if card.abstract],
        "by author": [page for page in by_name.values() if len(page) >= LEAST_BY_AUTHOR],
    }


def without_authors(cards: Iterable[Card]) -> list[Card]:
    """Return the titles as lines of their own."""
    return [Card(card.title, card.title, (), et_al=False) for card in cards]


def examples(page: Sequence[Card], weight: float = 1.0) -> Iterator[Example]:
    """Yield the lines of a page with the evidence about each place."""
    lines = [glued.Glued(card.line, card.abstract) for card in page]
    for card, (_, line, candidates, context) in zip(page, glued.in_context(lines), strict=True):
        parted = [(fold_space(c.text[: c.at]), tuple(map(fold_space, c.names))) for c in candidates]
        truth = card.title, card.names
        right = parted.index(truth) if truth in parted else len(parted)
        choices = [
            [*glued.form_evidence(c), *glued.context_evidence(c, context)] for c in candidates
        ]
        yield Example([*choices, [line.other]], right, weight)


def all_examples(sets: Iterable[Sequence[Card]]) -> list[Example]:
    """Return the examples of every way of reading some sets of lines."""
    return [
        example
        for cards in sets
        for pages, weight in (
            *((pages, 1.0) for pages in readings(cards).values()),
            *((pages, TITLE_SHARE) for pages in readings(without_authors(cards)).values()),
        )
        for page in pages
        for example in examples(page, weight)
    ]


def fit(found: Sequence[Example]) -> Weights:
    """Return the weight of each piece of evidence that is not set by hand."""
    rows = [choice for example in found for choice in example.choices]
    names = sorted({name for row in rows for name in row})
    column = {name: n for n, name in enumerate(names)}
    cells = [(n, column[name]) for n, row in enumerate(rows) for name in row]
    evidence = csr_matrix(
        (np.ones(len(cells)), tuple(zip(*cells, strict=True))), (len(rows), len(names))
    )
    sizes = np.array([len(example.choices) for example in found])
    starts = np.cumsum(sizes) - sizes
    right = starts + [example.right for example in found]
    counts = np.array([example.weight for example in found])
    is_right = np.zeros(len(rows))
    is_right[right] = 1.0

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = evidence @ weights
        top = np.maximum.reduceat(scores, starts)
        shares = np.exp(scores - np.repeat(top, sizes))
        sums = np.add.reduceat(shares, starts)
        likelihood = counts @ (scores[right] - top - np.log(sums))
        wrong = np.repeat(counts, sizes) * (is_right - shares / np.repeat(sums, sizes))
        penalty = PENALTY / 2 * weights @ weights
        return penalty - likelihood, PENALTY * weights - evidence.T @ wrong

    by_hand = {name: glued.WEIGHTS[name] for name in BY_HAND}
    bounds = [(by_hand.get(name), by_hand.get(name)) for name in names]
    solved = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", bounds=bounds)
    return {name: round(float(weight), 1) for name, weight in zip(names, solved.x, strict=True)}


def measure(pages: Iterable[Sequence[Card]]) -> tuple[str, ...]:
    """Return how many lines there are, how many are wrong, how many sure, of these wrong."""
    n_lines = n_wrong = n_sure = n_sure_wrong = 0
    for page in pages:
        splits = glued.split_page([glued.Glued(card.line, card.abstract) for card in page])
        for card, split in zip(page, splits, strict=True):
            truth = card.title, card.names, card.et_al
            is_wrong = (split.title, split.names, split.et_al) != truth
            is_sure = split.confidence >= glued.SURE
            n_lines, n_wrong, n_sure = n_lines + 1, n_wrong + is_wrong, n_sure + is_sure
            n_sure_wrong += is_wrong and is_sure
    return tuple(f"{n:,}" for n in (n_lines, n_wrong, n_sure, n_sure_wrong))


def half(cards: Sequence[Card], n: int) -> list[Card]:
    """Return the cards of one half of all titles, drawn by their letters."""
    return [card for card in cards if zlib.crc32(card.title.encode()) % 2 == n]


def main(lines: Path, records: Path) -> None:
    """Fit, check, and print the weights."""
    sets = {lines.name: read_lines(lines), records.name: glue_records(records, lines)}
    table = Table("lines", "fitted on", "read", "n", "wrong", "sure", "sure and wrong")
    for n in (0, 1):
        weights = fit(all_examples(half(cards, n) for cards in sets.values()))
        for name, cards in sets.items():
            others = half(cards, 1 - n)
            ways = readings(others) | {
                "titles alone": [[card] for card in without_authors(others[:MOST_TITLES])]
            }
            for label, chosen in (("in use", {}), (f"half {n}", weights)):
                with patch.dict(glued.WEIGHTS, chosen):
                    for way, pages in ways.items():
                        table.add_row(name, label, way, *measure(pages))
    weights = fit(all_examples(sets.values()))
    console = Console(width=120)
    console.print(table)
    for name, in_use in glued.WEIGHTS.items():
        console.print(f"{name:22}{in_use:6.1f}{weights.get(name, in_use):6.1f}", highlight=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
