"""Titles and paragraphs of abstracts, where only their order and looks distinguish them.

What belongs here: reading lines of Hugging Face's search pages as titles, each with the paragraphs
below it. What does not: lines of any other kind (`huggingface_lines`).
"""

import re
from functools import lru_cache
from itertools import pairwise

from pipeline.sources.dump import Lines

# How titles and paragraphs of abstracts differ.
_COMMON_TITLE_CHARS = 160
MOST_TITLE_CHARS = 250
_SENTENCE_BREAK = re.compile(r"[.?!](?<=[a-z)\]].) [A-Z]")  # "...is hard. We show..."
_PROSE_START = re.compile(
    r"(?:We|This|These|In this|Our|It|To this|However|The code|Code)\b|https?:"
)
_LEFT, _TITLE, _PARAGRAPH = range(3)
# What it costs to read a line as one kind (column) right below another kind (row).
_STEP_COST = (
    (4.0, 4.0, 99.0),  # below lines that belong to no card
    (99.0, 6.0, 0.0),  # below a title: a card without an abstract is rare
    (99.0, 0.0, 2.0),  # below a paragraph: abstracts of several paragraphs are uncommon
)


def split_cards(lines: Lines, texts: range, *, is_closed: bool) -> list[range]:
    """Split texts into cards: first the lines of no card, then those of each card.

    Nothing marks a title, so the cheapest reading of all lines together is taken: titles are
    short and no sentence, abstracts have one paragraph, rarely more.

    Args:
        lines: the lines of a page.
        texts: the indexes of neighbours among them that are titles and paragraphs.
        is_closed: whether below them stands what ends a card: then hardly a title is the last.

    Returns:
        Ranges of indexes, together all of `texts`; the first may be empty, all others begin with a
        title.
    """
    likeness = tuple(map(title_likeness, lines.texts[texts.start : texts.stop]))
    kinds = _cheapest_kinds(likeness, is_closed=is_closed)
    titles = [index for index, kind in zip(texts, kinds, strict=True) if kind == _TITLE]
    return [range(*bounds) for bounds in pairwise([texts.start, *titles, texts.stop])]


@lru_cache(maxsize=1024)  # most cards have one title and one paragraph
def _cheapest_kinds(likenesses: tuple[float, ...], *, is_closed: bool) -> tuple[int, ...]:
    """Return for each line whether it is a title, a paragraph or neither (Viterbi)."""
    costs = [0.0, 99.0, 99.0]
    origins: list[list[int]] = []
    for likeness in likenesses:
        reading = (0.0, -likeness, likeness)
        steps = [[costs[a] + _STEP_COST[a][b] for a in range(3)] for b in range(3)]
        origins.append([step.index(min(step)) for step in steps])
        costs = [min(step) + reading[b] for b, step in enumerate(steps)]
    costs[_TITLE] += _STEP_COST[_TITLE][_TITLE] + is_closed
    kind = costs.index(min(costs))
    kinds = []
    for origin in reversed(origins):
        kinds.append(kind)
        kind = origin[kind]
    return tuple(kinds[::-1])


def title_likeness(text: str) -> float:
    """Return how much a text looks like a title (above 0) or like prose (below 0)."""
    likeness = 2.0 if len(text) <= _COMMON_TITLE_CHARS else 0.0
    likeness -= 4.0 if len(text) > MOST_TITLE_CHARS else 0.0
    likeness -= 2.0 if text.endswith((".", ":", ";", ",")) else 0.0
    likeness -= 2.0 if _SENTENCE_BREAK.search(text) else 0.0
    return likeness - (1.5 if _PROSE_START.match(text) else 0.0)
