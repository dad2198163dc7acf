"""Where the weights of the title split come from: a logistic model of real lines.

    python training/title_split_weights.py LINES RECORDS

LINES is what `papermart evaluate title-split` reads. Of RECORDS (Parquet with title, authors,
authors_complete and abstract) lines of the same shape are made, but for titles that LINES holds.
Each line is read alone, in pages of 50, alone with its abstract, and on its author's page; its
places are the alternatives of a conditional logistic regression with a ridge (penalty 1; see
`logistic`). Where no place is right, that is the right alternative. Every title is an example of a
line without authors, too: a rare one, so it counts little. Weights set by hand stay as they are.

What is printed: what a model fitted on one half of the titles makes of the lines of the other
half, and the weights fitted on all of them beside those in use.
"""

import json
import random
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
from logistic import Choices, counted, fit_choices
from parts import part_of
from rich.console import Console
from rich.table import Table

from pipeline.evaluate.title_split import read_glued_lines
from pipeline.sources.title_evidence import context_evidence, form_evidence
from pipeline.sources.title_split import SURE, Glued, in_context, split_page
from pipeline.sources.title_weights import WEIGHTS
from pipeline.text.keys import title_key
from pipeline.text.whitespace import fold_space

PENALTY = 1.0
TITLE_SHARE = 0.03  # what a title without authors counts beside a line with authors
BY_HAND = (
    *("word_hides_function", "word_hides_name", "closer_in_word", "digit_in_word"),
    *("after_version", "word_is_prefix", "word_is_part"),
    *("compound_unknown", "dot_ends_name", "name_known", "given_of_names", "one_word_camel"),
    "hides_initial",
    *(name for name in WEIGHTS if name.startswith("group")),
)
PAGE_LINES, LEAST_BY_AUTHOR = 50, 4
MOST_TITLES = 3000  # of those measured
_SEED = 5

Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Card:
    """A glued line and where it splits."""

    line: str
    title: str
    names: tuple[str, ...]
    et_al: bool
    abstract: str | None = None


Page = Sequence[Card]


@dataclass(frozen=True, slots=True)
class Example:
    """The evidence for each reading of a line, and which one is right."""

    alternatives: list[list[str]]
    right: int
    counts: float


# ---------------------------------------------------------------- lines


def read_lines(file: Path) -> list[Card]:
    """Read labelled lines."""
    rows = (row for _, row in read_glued_lines(file))
    return [Card(row.line, row.title, row.authors, row.et_al) for row in rows]


def glue_records(file: Path, lines: Path) -> list[Card]:
    """Glue the records whose titles are not among some lines; affiliations are drawn from these."""
    known = {title_key(row.title) for _, row in read_glued_lines(lines)}
    affiliations = [
        json.loads(line)["affiliations"]
        for line in lines.read_text("utf-8-sig").split("\n")
        if line.strip()
    ]
    chance = random.Random(_SEED)
    cards = []
    for record in pl.read_parquet(file).sort("record_id").iter_rows(named=True):
        title, names = fold_space(record["title"] or ""), record["authors"]
        is_usable = all(name == fold_space(name) and "," not in name for name in names or ())
        if not names or not is_usable or title_key(title) in known:
            continue
        has_more = len(names) > 3 or not record["authors_complete"]
        if has_more and len(names) < 3:
            continue
        known.add(title_key(title))
        shown = ", ".join(chance.choice(affiliations))
        tail = " et al." * has_more + (f" · {shown}" if shown else "")
        line = title + ", ".join(names[:3]) + tail
        cards.append(Card(line, title, tuple(names[:3]), has_more, record["abstract"]))
    chance.shuffle(cards)
    return cards


def readings(cards: Sequence[Card]) -> dict[str, list[Page]]:
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


def half(cards: Sequence[Card], n: int) -> list[Card]:
    """Return the cards of one half of all titles, drawn by their letters."""
    return [card for card in cards if part_of(card.title, 2) == n]


# ---------------------------------------------------------------- fitting


def examples(page: Page, counts: float = 1.0) -> Iterator[Example]:
    """Yield the lines of a page with the evidence about each place."""
    lines = [Glued(card.line, card.abstract) for card in page]
    for card, (_, line, candidates, context) in zip(page, in_context(lines), strict=True):
        read = [(fold_space(c.text[: c.at]), tuple(map(fold_space, c.names))) for c in candidates]
        truth = card.title, card.names
        right = read.index(truth) if truth in read else len(read)
        evidence = [[*form_evidence(c), *context_evidence(c, context)] for c in candidates]
        yield Example([*evidence, [line.other]], right, counts)


def all_examples(sets: Iterable[Sequence[Card]]) -> list[Example]:
    """Return the examples of every way of reading some sets of lines."""
    return [
        example
        for cards in sets
        for shown, counts in ((cards, 1.0), (without_authors(cards), TITLE_SHARE))
        for pages in readings(shown).values()
        for page in pages
        for example in examples(page, counts)
    ]


def fit(found: Sequence[Example], by_hand: Iterable[str] = BY_HAND) -> dict[str, float]:
    """Return the weight of each piece of evidence that is met, in tenths.

    Args:
        found: the lines.
        by_hand: pieces of evidence whose weights stay those in use.
    """
    names, evidence = counted([each for example in found for each in example.alternatives])
    sizes = np.array([len(example.alternatives) for example in found])
    chosen = np.zeros(len(evidence.indptr) - 1)
    starts = np.cumsum(sizes) - sizes
    chosen[starts + [example.right for example in found]] = [example.counts for example in found]
    fixed = {names.index(name): WEIGHTS[name] for name in by_hand if name in names}
    weights = fit_choices(Choices(evidence, sizes, chosen), PENALTY, fixed=fixed)
    return dict(zip(names, np.round(weights, 1).tolist(), strict=True))


# ---------------------------------------------------------------- measuring


def measure(pages: Iterable[Page], weights: Weights) -> tuple[int, int, int, int]:
    """Return how many lines there are, how many are wrong, how many sure, of these wrong."""
    n_lines = n_wrong = n_sure = n_sure_wrong = 0
    for page in pages:
        lines = [Glued(card.line, card.abstract) for card in page]
        for card, split in zip(page, split_page(lines, weights=weights), strict=True):
            truth = card.title, card.names, card.et_al
            is_wrong = (split.title, split.names, split.et_al) != truth
            is_sure = split.confidence >= SURE
            n_lines, n_wrong, n_sure = n_lines + 1, n_wrong + is_wrong, n_sure + is_sure
            n_sure_wrong += is_wrong and is_sure
    return n_lines, n_wrong, n_sure, n_sure_wrong


def table_of(sets: Mapping[str, Sequence[Card]]) -> Table:
    """Return how each half of the lines is split by the weights in use and by the other half's."""
    table = Table("lines", "fitted on", "read", "n", "wrong", "sure", "sure and wrong")
    for n in (0, 1):
        fitted = fit(all_examples(half(cards, n) for cards in sets.values()))
        for name, cards in sets.items():
            others = half(cards, 1 - n)
            titles = [[card] for card in without_authors(others[:MOST_TITLES])]
            for label, weights in (("in use", WEIGHTS), (f"half {n}", {**WEIGHTS, **fitted})):
                for way, pages in (*readings(others).items(), ("titles alone", titles)):
                    figures = (f"{figure:,}" for figure in measure(pages, weights))
                    table.add_row(name, label, way, *figures)
    return table


def main(lines: Path, records: Path) -> None:
    """Fit, check, and print the weights."""
    sets = {lines.name: read_lines(lines), records.name: glue_records(records, lines)}
    console = Console(width=120)
    console.print(table_of(sets))
    fitted = fit(all_examples(sets.values()))
    for name, in_use in WEIGHTS.items():
        console.print(f"{name:22}{in_use:6.1f}{fitted.get(name, in_use):6.1f}", highlight=False)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
