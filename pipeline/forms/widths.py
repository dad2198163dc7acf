"""How wide a page was wrapped, if it was.

What belongs here: the width that explains the line ends of a page. What does not: which line ends
go (`wrapping`).

A line end that a tool made at width W satisfies: the line fits into W, with the next word it would
not. So each line end inside a sentence names a small range of widths, and the width that lies in
most of them is the tool's. On pages that were not wrapped there are hardly any such line ends, and
their ranges have nothing in common. Tools that balance lines, or measure them in points, end lines
near a width: then that is all that can be said.
"""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import accumulate, islice
from typing import NamedTuple

from pipeline.forms.page_lines import Neighbours, PageLines

# Nobody wraps narrower than this; lists of short items look as if they did.
_LEAST_WIDTH = 30
_MOST_WIDTH = 250
# A single line end shows a width only where that is a common one.
_LEAST_NARROW, _MOST_NARROW = 55, 130
_LEAST_CUT, _LEAST_SURE = 2, 3
# Of lines that hang so many hang at least, and such a share of them below one that does not.
_LEAST_HUNG, _LEAST_BEGUN = 2, 0.05
_ENOUGH_PAIRS, _ENOUGH_NEAR = 6, 4
_MOST_PAIRS = 1000  # looked at
# What of the line ends inside sentences a width must explain: exactly, or nearly.
_EXACT = 0.9
_NEARLY = 0.75
# Nearly full: a tool that balances lines leaves no more than this free, or this share of its width.
_SLACK = 0.2
_HALF = 0.5
# Attributes, tags, addresses.
_MARKUP = re.compile(r"=\"|</?[a-z]|\]\(|\w://|\"[>\])]")
# Of lines that end near a width so many are no longer than it, and hardly any is much longer.
_COMMON, _NEAR = 0.9, 1.1


class Width(NamedTuple):
    """How wide a page was wrapped.

    Attributes:
        chars: the width in characters.
        is_exact: whether lines were filled to it; else they end somewhere near it.
        n_seen: how many line ends it explains of those that were looked at.
    """

    chars: int
    is_exact: bool
    n_seen: int

    def is_full(self, pair: Neighbours, slack: int = 0) -> bool:
        """Tell whether a tool may have ended the upper line of a pair for want of room.

        Args:
            pair: two lines.
            slack: how much more room the next word may have had: some tools count otherwise.
        """
        if not self.is_exact:
            is_within = pair.length <= self.chars * _NEAR or pair.goes_on
            is_within = is_within and pair.length >= _HALF * self.chars
            return is_within and pair.length + pair.first >= (1 - _SLACK) * self.chars
        # A single word may be longer than the width, and what surely goes on a little.
        most = self.chars + slack if pair.goes_on else self.chars
        is_within = pair.length <= most or pair.is_one_word
        return is_within and pair.length + 1 + pair.first > self.chars - slack


def find_width(page: PageLines) -> Width | None:
    """Return how wide a page was wrapped; None: it was not."""
    pairs = page.neighbours(_LEAST_WIDTH)
    lengths = page.lengths()
    going_on = [pair for pair in pairs if pair.goes_on]
    step = max(1, len(going_on) // _MOST_PAIRS)
    sure = [pair for pair in going_on[::step] if pair.is_open]
    if len(sure) < _ENOUGH_PAIRS:
        if step == 1 and _has_longer_lines(page, pairs, sure, lengths):
            return None
        return _narrow_page([pair for pair in pairs if pair.is_open], lengths)
    found = _exact_width(sure, lengths, _EXACT, step) or _near_width(sure, lengths, step)
    return found or _width_of_words(page, going_on)


def _has_longer_lines(
    page: PageLines, pairs: list[Neighbours], sure: list[Neighbours], lengths: list[int]
) -> bool:
    """Tell whether a page with few wrapped lines has longer ones than any width of theirs allows.

    Then it was not wrapped; to find that so, hardly any pair is asked whether sites keep it apart.

    Args:
        page: its lines.
        pairs: the neighbours among them that may show a width.
        sure: those that surely go on.
        lengths: of the lines that a tool could have broken.
    """
    longest = max(lengths, default=0)
    if longest <= _MOST_WIDTH or any(pair.indent for pair in pairs):
        return False
    if sum(len(page.plain[pair.above]) > pair.length for pair in pairs) >= _LEAST_CUT:
        return False  # a space stands at their ends
    shorter = (pair for pair in pairs if _ends_below(pair, longest))
    if not any(pair.is_open for pair in shorter):
        return False
    return len(sure) < _LEAST_SURE or any(_ends_below(pair, longest) for pair in sure)


def _ends_below(pair: Neighbours, longest: int) -> bool:
    """Tell whether a pair of lines allows no width that the longest line has."""
    return pair.length + pair.first < longest and not pair.is_one_word


def _width_of_words(page: PageLines, going_on: list[Neighbours]) -> Width | None:
    """Return the width of the lines without tags and addresses, which tools do not break."""
    texts = page.texts
    of_words = [at for at in page.filled if not _MARKUP.search(texts[at])]
    words = frozenset(of_words)
    found = [pair for pair in going_on if pair.above in words and pair.below in words]
    sure = [pair for pair in islice(found, _MOST_PAIRS) if pair.is_open]
    if len(sure) < _ENOUGH_PAIRS or len(found) == len(going_on):
        return None
    lengths = [page.indents[at] + len(texts[at]) for at in of_words if " " in texts[at]]
    return _exact_width(sure, lengths, _EXACT)


def _exact_width(
    sample: list[Neighbours], lengths: list[int], least: float, step: int = 1
) -> Width | None:
    """Return the width that most pairs of a sample have in common, if it explains enough."""
    ranges = [(pair.length, pair.length + pair.first) for pair in sample if not pair.is_one_word]
    least_width, most_width, n_explained = _most_common(ranges)
    if not n_explained or n_explained < least * len(ranges):
        return None
    # Some line is as long as the width, in all likelihood; where none is, it is no width.
    width = max((length for length in lengths if least_width <= length <= most_width), default=0)
    if not width:
        return None
    n_over = sum(length > width for length in lengths)
    return Width(width, is_exact=True, n_seen=n_explained) if n_over <= n_explained * step else None


def _narrow_page(wide: list[Neighbours], lengths: list[int]) -> Width | None:
    """Return the width of a page with few wrapped lines: it explains all, and no line is longer."""
    hung = [pair for pair in wide if pair.indent]
    if len(hung) < len(wide) and hang_of([pair for pair in wide if pair.goes_on]):
        width = _exact_width(hung, lengths, least=1.0)
        if width and width.n_seen >= _LEAST_CUT and max(lengths) <= width.chars:
            return width
    if cut := _cut_at_spaces(wide):
        return Width(max(pair.length for pair in cut), is_exact=True, n_seen=len(cut))
    width = _exact_width(wide, lengths, least=1.0) or _width_of_some(wide, lengths)
    if width is None or any(length > width.chars for length in lengths):
        longest = max(lengths, default=0)
        near = Width(longest, is_exact=False, n_seen=len(wide))
        is_near = len(wide) >= _ENOUGH_NEAR and longest <= _MOST_WIDTH
        return near if is_near and all(map(near.is_full, wide)) else None
    is_one = width.n_seen == 1
    is_common = _LEAST_NARROW <= width.chars <= _MOST_NARROW
    is_common = is_common and not any(map(_ends_sentence, wide))
    return width if is_common or not is_one else None


def hang_of(going_on: list[Neighbours]) -> int:
    """Return how far lines are indented that go on below a line that is not; 0: they are not.

    >>> hang_of([])
    0
    """
    hangs = Counter(pair.indent for pair in going_on)
    hang, n_hung = hangs.most_common(1)[0] if hangs else (0, 0)
    n_begun = sum(not pair.page.indents[pair.above] for pair in going_on)
    is_habit = n_hung >= max(_LEAST_HUNG, _EXACT * len(going_on))
    return hang if is_habit and n_begun > _LEAST_BEGUN * len(going_on) else 0


def _cut_at_spaces(wide: list[Neighbours]) -> list[Neighbours]:
    """Return the pairs of which the upper line ends in the space at which a tool broke it.

    None, where lines end in spaces that do not go on, or go on without one.
    """
    cut = [pair for pair in wide if pair.n_spaces == 1]
    if len(cut) < _LEAST_CUT or any(pair.goes_on and pair.n_spaces != 1 for pair in wide):
        return []
    width = max(pair.length for pair in cut)
    if not all(pair.length + 1 + pair.first > width for pair in cut):
        return []
    return cut if sum(line.endswith(" ") for line in cut[0].page.lines) == len(cut) else []


def _width_of_some(wide: list[Neighbours], lengths: list[int]) -> Width | None:
    """Return the width of a page on which other short texts stand right below each other, too.

    It explains all pairs that go on by their words, half of the others, and no line is longer.
    """
    sure = [pair for pair in wide if pair.goes_on]
    width = _exact_width(sure, lengths, least=1.0) if len(sure) >= _LEAST_SURE else None
    if width is None or width.chars < max(lengths):
        return None
    n_seen = sum(map(width.is_full, wide))
    return width._replace(n_seen=n_seen) if n_seen >= len(wide) / 2 else None


def _ends_sentence(pair: Neighbours) -> bool:
    return pair.page.texts[pair.above].endswith((".", "!", "?", "…"))


def _most_common(ranges: Iterable[tuple[int, int]]) -> tuple[int, int, int]:
    """Return the first run of numbers that lie in most ranges, ends included, and in how many.

    >>> _most_common([(70, 75), (72, 80), (73, 74), (60, 61)])
    (73, 74, 3)
    """
    steps = Counter[int]()
    for first, last in ranges:
        steps[first] += 1
        steps[last + 1] -= 1
    places = sorted(steps)
    covers = list(accumulate(steps[place] for place in places))
    most = max(covers, default=0)
    if not most:
        return 0, 0, 0
    at = covers.index(most)
    return places[at], places[at + 1] - 1, most


def _near_width(sure: list[Neighbours], lengths: list[int], step: int) -> Width | None:
    """Return the width near which lines end, if most do."""
    seen = sorted(pair.length for pair in sure if not pair.is_one_word)
    if len(seen) < _ENOUGH_PAIRS:
        return None
    width = Width(seen[int(len(seen) * _COMMON)], is_exact=False, n_seen=len(seen))
    n_near = sum(width.is_full(pair) and pair.length <= width.chars * _NEAR for pair in sure)
    n_over = sum(length > width.chars * _NEAR for length in lengths)
    is_near = n_near >= _NEARLY * len(seen) and n_over <= len(seen) * step / 4
    return width if width.chars <= _MOST_WIDTH and is_near else None
