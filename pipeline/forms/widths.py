"""How wide a page was wrapped, if it was.

What belongs here: the width that explains the line ends of a page. What does not: which line ends
go (`wrapping`).

A line end that a tool made at width W satisfies: the line fits into W, with the next word it would
not. So each line end inside a sentence names a small range of widths, and the width that lies in
most of them is the tool's. On pages that were not wrapped there are hardly any such line ends, and
their ranges have nothing in common. Tools that balance lines, or measure them in points, end lines
near a width: then that is all that can be said.
"""

from collections import Counter
from collections.abc import Iterable
from itertools import accumulate
from typing import NamedTuple

from pipeline.forms.page_lines import Neighbours

# Nobody wraps narrower than this; lists of short items look as if they did.
_LEAST_WIDTH = 30
_MOST_WIDTH = 250
_LEAST_PAIRS = 2
_ENOUGH_PAIRS = 6
# What of the line ends inside sentences a width must explain: exactly, or nearly.
_EXACT = 0.9
_NEARLY = 0.75
# Nearly full: a tool that balances lines leaves no more than this free, or this share of its width.
_SLACK = 0.3
_OUTLIERS = 0.03


class Width(NamedTuple):
    """How wide a page was wrapped.

    Attributes:
        chars: the width in characters.
        is_exact: whether lines were filled to it; else they end somewhere near it.
    """

    chars: int
    is_exact: bool

    def is_full(self, pair: Neighbours, slack: int = 0) -> bool:
        """Tell whether a tool may have ended the upper line of a pair for want of room.

        Args:
            pair: two lines.
            slack: how much more room the next word may have had: some tools count otherwise.
        """
        if not self.is_exact:
            return (1 - _SLACK) * self.chars <= pair.length <= self.chars * (1 + _OUTLIERS)
        # A single word may be longer than the width.
        is_within = pair.length <= self.chars or pair.is_one_word
        return is_within and pair.length + 1 + pair.first > self.chars - slack


def find_width(pairs: list[Neighbours]) -> Width | None:
    """Return how wide a page was wrapped; None: it was not.

    Args:
        pairs: the neighbours among its lines.
    """
    wide = [pair for pair in pairs if pair.is_open and pair.length >= _LEAST_WIDTH]
    sure = [pair for pair in wide if pair.continues]
    if len(sure) < _ENOUGH_PAIRS:
        return _narrow_page(wide, pairs)
    return _exact_width(sure, pairs, least=_EXACT) or _near_width(sure, pairs)


def _exact_width(sample: list[Neighbours], pairs: list[Neighbours], least: float) -> Width | None:
    """Return the width that most pairs of a sample have in common, if it explains enough."""
    ranges = [(pair.length, pair.length + pair.first) for pair in sample if not pair.is_one_word]
    width, n_explained = _most_common(ranges)
    if n_explained < max(_LEAST_PAIRS, least * len(ranges)):
        return None
    n_over = sum(pair.length > width and not pair.is_one_word for pair in pairs)
    return Width(width, is_exact=True) if n_over <= n_explained else None


def _narrow_page(wide: list[Neighbours], pairs: list[Neighbours]) -> Width | None:
    """Return the width of a page with few wrapped lines: it explains all, and no line is longer."""
    width = _exact_width(wide, pairs, least=1.0)
    is_over = width and any(
        pair.length > width.chars and not pair.is_one_word for pair in pairs
    )
    return None if is_over else width


def _most_common(ranges: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """Return the least number that lies in most ranges, ends included, and in how many.

    >>> _most_common([(70, 75), (72, 80), (74, 74), (60, 61)])
    (74, 3)
    """
    steps = Counter[int]()
    for first, last in ranges:
        steps[first] += 1
        steps[last + 1] -= 1
    places = sorted(steps)
    covers = list(accumulate(steps[place] for place in places))
    most = max(covers, default=0)
    return (places[covers.index(most)], most) if most else (0, 0)


def _near_width(sure: list[Neighbours], pairs: list[Neighbours]) -> Width | None:
    """Return the width near which lines end, if most do."""
    lengths = sorted(pair.length for pair in sure if not pair.is_one_word)
    if len(lengths) < _ENOUGH_PAIRS:
        return None
    width = Width(lengths[int(len(lengths) * (1 - _OUTLIERS))], is_exact=False)
    n_near = sum(width.is_full(pair) for pair in sure)
    n_over = sum(pair.length > width.chars * (1 + _OUTLIERS) for pair in pairs)
    is_near = n_near >= _NEARLY * len(lengths) and n_over <= len(lengths) / 4
    return width if width.chars <= _MOST_WIDTH and is_near else None
