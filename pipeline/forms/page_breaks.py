r"""Page breaks: what a printer put between two lines of a page.

What belongs here: form feeds, the lines that stand at most of them (addresses, dates, page
numbers), the blank lines around them. What does not: lines that were broken (`wrapping`), which go
on below a page break as anywhere.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from math import inf

from pipeline.forms.marks import ENDED, UNSURE
from pipeline.forms.site_lines import SiteLines

_BREAK = "\f"
_NUMBER = re.compile(r"\d{1,9}")
# What stands at so many of the breaks, but for numbers, is no part of the text.
_SHARE = 0.6
_LEAST_BREAKS = 2
_MOST_LINES = 4  # that a printer puts at one end of a page
_MOST_WORDS = 40
# Where a hyphen stood at a line end, a tool may take it for a printer's and put the rest of the
# word above. Such a line is longer than printed ones are, or has two words in one
# ("SimulationBased"), far from its beginning, which the page has nowhere else. Tools that keep the
# layout keep hyphens.
_LEAST_FULL, _FAR = 45, 30
_COMMON, _BEYOND = 0.85, 1.08
_TWO_WORDS = re.compile(r"\b[^\W\d_]{0,20}[a-z]{3}[A-Z][a-z]{3,30}\b|\b[A-Z]{2,8}[a-z]{4,30}\b")


def without_breaks(text: str, sites: Sequence[SiteLines]) -> str:  # noqa: ARG001 - a step's signature
    r"""Take page breaks off; the line above one is right above the one below it.

    >>> without_breaks("one\n1/3\n\n\ftwo\n2/3\n\n\fthree\n3/3", ()).replace(ENDED, "").split("\n")
    ['one', 'two', 'three', '3/3']
    """
    if _BREAK not in text:
        return text
    lines = text.split("\n")
    breaks = [at for at, line in enumerate(lines) if _BREAK in line]
    bounds = [-1, *breaks, len(lines)]
    above = [_end(lines, range(at - 1, last - 1, -1)) for last, at in pairwise(bounds[:-1])]
    below = [_end(lines, range(at, following)) for at, following in pairwise(bounds[1:])]
    for ends in (above, below):
        for at in _printed(lines, ends):
            lines[at] = _BREAK if _BREAK in lines[at] else ""
    return _close(_with_doubts(lines))


def _end(lines: list[str], order: range) -> list[int]:
    """Return the indexes of the filled lines at one end of a page, the outermost first."""
    filled = (at for at in order if at >= 0 and lines[at].strip())
    return list(islice(filled, _MOST_LINES))


def _printed(lines: list[str], ends: list[list[int]]) -> Iterator[int]:
    """Yield the indexes of lines that stand at most ends of pages, in the same place there.

    Their numbers and the spaces in them differ. What stands elsewhere as often is the page's own:
    of short cards of one height the same line comes last on every sheet.
    """
    shown = [[_shown(lines[at]) for at in e] for e in ends]
    counts = Counter(place for texts in shown for place in enumerate(texts))
    least = max(_LEAST_BREAKS, _SHARE * len(ends))
    printed = {place for place, n in counts.items() if n >= least}
    if not printed:
        return
    n_seen = Counter(_shown(line) for line in lines)
    for place in list(printed):
        text = place[1]
        n_elsewhere = n_seen[text] - counts[place]
        at_ends = [
            end[place[0]]
            for end, texts in zip(ends, shown, strict=True)
            if text in texts[place[0] : place[0] + 1]
        ]
        if n_elsewhere >= counts[place] and not _counts_up([lines[at] for at in at_ends]):
            printed.remove(place)
    for end, texts in zip(ends, shown, strict=True):
        for at, place in zip(end, enumerate(texts), strict=True):
            if place in printed:
                yield at


def _shown(line: str) -> str:
    """Return a line without what differs from sheet to sheet."""
    return _NUMBER.sub("#", " ".join(line.split()[:_MOST_WORDS]))


def _counts_up(lines: Sequence[str]) -> bool:
    """Tell whether lines hold the numbers of sheets: each is more by one than the last."""
    numbers = [list(map(int, _NUMBER.findall(line))) for line in lines]
    steps = [[b - a for a, b in zip(*two, strict=False)] for two in pairwise(numbers)]
    return sum(1 in step for step in steps) >= _SHARE * len(steps) > 0


def _with_doubts(lines: list[str]) -> list[str]:
    """Mark the lines that may have lost a hyphen."""
    if sum(line[:1] == " " for line in lines) > len(lines) / 4:
        return lines
    lengths = sorted(len(line) for line in lines if len(line) >= _LEAST_FULL)
    most = max(_LEAST_FULL, _BEYOND * lengths[int(_COMMON * len(lengths))]) if lengths else inf
    glued = [list(_TWO_WORDS.finditer(line)) for line in lines]
    counts = Counter(found[0] for line in glued for found in line)
    return [
        line + UNSURE
        if len(line) > most or any(w.start() > _FAR and counts[w[0]] == 1 for w in words)
        else line
        for line, words in zip(lines, glued, strict=True)
    ]


def _close(lines: list[str]) -> str:
    """Join the lines; blank ones around a page break go with the line above them."""
    written: list[str] = []
    blanks = 0
    has_break = False
    for line in lines:
        text = line.replace(_BREAK, "")
        has_break = has_break or _BREAK in line
        if not text.strip() and written:
            blanks += 1
            continue
        if has_break and written:
            written[-1] += ENDED * blanks
        else:
            written += [""] * blanks
        written.append(text)
        blanks, has_break = 0, False
    return "\n".join([*written, *[""] * blanks])
