"""Line ends that the width allows to go, but does not prove.

What belongs here: where two texts may meet at a full line, judged by what they look like. What does
not: which line ends a width allows (`widths`, `wrapping`).

On a page that keeps its blocks apart by blank lines, or by lines a site's patterns know, neighbours
belong together. On others a text may happen to end where the line was nearly full, one of ten does;
then a title would go on with what stands below it. Such a place is looked at among all lines that
hang together by width (a run): a run of prose ends like a sentence and has no title in front.
"""

import re
from collections.abc import Iterable, Iterator

from pipeline.forms.page_lines import Neighbours, PageLines, ends_open
from pipeline.forms.widths import Width

# Blocks that nothing keeps apart, as a share of all; below it they are strays.
_LOOSE = 0.03
_LEAST_LOOSE = 3
_PROSE_LENGTH = 45
_SLACK = 2
# Title and names are short: further down a run there is only prose.
_MOST_TITLE_LINES = 5
_SENTENCE_END = re.compile(r"""[.!?…][)\]"'”’*]{0,3}$|\w://\S+$""")
_WORD = re.compile(r"[^\W\d_]{4,}")
_TITLE_CASE = 0.6


def judge(
    page: PageLines, pairs: list[Neighbours], allowed: list[Neighbours], width: Width
) -> dict[int, bool]:
    """Return the line ends that go, by the upper line, each with whether that is uncertain.

    Args:
        page: the lines.
        pairs: all neighbours.
        allowed: those of which nothing but the width says whether they belong together.
        width: how wide the page was wrapped.
    """
    if not _is_loose(page, pairs, allowed, width):
        return {pair.above: False for pair in allowed if width.is_full(pair, _SLACK)}
    full = [pair for pair in allowed if width.is_full(pair, _SLACK if pair.continues else 0)]
    joins = {pair.above: False for pair in full}
    for run in _runs(full):
        for pair in _doubtful(page, run):
            joins[pair.above] = True
    return joins


def _is_loose(
    page: PageLines, pairs: list[Neighbours], allowed: list[Neighbours], width: Width
) -> bool:
    """Tell whether texts stand right below each other, with nothing to keep them apart."""
    loose = [
        pair
        for pair in allowed
        if not width.is_full(pair, _SLACK)
        and max(pair.length, len(page.texts[pair.below])) >= _PROSE_LENGTH
    ]
    n_apart = len(page.filled) - len(pairs) + sum(not pair.is_open for pair in pairs)
    return len(loose) >= max(_LEAST_LOOSE, _LOOSE * (n_apart + len(loose)))


def _runs(full: Iterable[Neighbours]) -> Iterator[list[Neighbours]]:
    """Yield the pairs that hang together, line by line."""
    run: list[Neighbours] = []
    for pair in full:
        if run and run[-1].below != pair.above:
            yield run
            run = []
        run.append(pair)
    if run:
        yield run


def _doubtful(page: PageLines, run: list[Neighbours]) -> Iterator[Neighbours]:
    """Yield the pairs of a run at which two texts may meet.

    A run that ends like a sentence may begin with a title, one that does not may end with one.
    """
    ends_like_prose = bool(_SENTENCE_END.search(page.texts[run[-1].below]))
    has_prose = ends_like_prose or any(_meets(page, pair) for pair in run)
    if not has_prose:
        return
    if ends_like_prose:
        for pair in run[:_MOST_TITLE_LINES]:
            upper = page.texts[pair.above]
            if _may_meet(page, pair) and not _SENTENCE_END.search(upper):
                yield pair
            ...
    else:
        for pair in run[-_MOST_TITLE_LINES:]:
            if _meets(page, pair):
                yield pair
