r"""Line ends that unwrapping took because links hid what stands there, and that come back.

What belongs here: lines that a site knows once addresses are gone, joined before that with what
stands below. What does not: which line ends a width allows to go (`wrapping`).

Tools wrap raw text, so lines are joined before links are undone: no pattern of a site knows
`[ICLR Conference](https://…) 2024 [Paper](https://…)`, below which a title begins.
"""

import re
from collections.abc import Sequence
from itertools import accumulate

from pipeline.forms.marks import ENDED, LINKED, UNSURE, without_signs
from pipeline.forms.site_lines import AnySite, SiteLines, any_site

_MOST_LINES = 3  # over which what begins a card was wrapped
_ADDRESS = re.compile(f"{LINKED}[^{LINKED}]*+{LINKED}")


def cut_again(text: str, sites: Sequence[SiteLines]) -> str:
    """Return a text, joined and then rid of links, with the line ends that its sites know."""
    if ENDED not in text:
        return text
    known = any_site(tuple(sites))
    return "\n".join(
        _cut(line.split(ENDED), known) if ENDED in line else line for line in text.split("\n")
    )


def _cut(pieces: list[str], known: AnySite) -> str:
    """Write a line that was joined of several; where one is whole, or one begins, it ends."""
    written, upper = [pieces[0]], _shown(pieces[0])
    for at, piece in enumerate(pieces[1:], 1):
        lower = _shown(piece)
        below = list(accumulate(map(_shown, pieces[at : at + _MOST_LINES]), _joined))
        if upper and lower and _is_end(upper, below, known):
            written += ["\n", piece.lstrip(f"{UNSURE} ")]
            upper = lower
        else:
            written += [ENDED, piece]
            upper = f"{upper} {lower}".strip()
    return "".join(written)


def _shown(piece: str) -> str:
    return _ADDRESS.sub("", without_signs(piece)).strip()


def _joined(upper: str, lower: str) -> str:
    return f"{upper} {lower}"


def _is_end(upper: str, below: list[str], known: AnySite) -> bool:
    """Tell whether a line ended below a text: one to three lines of what follows are given."""
    lower = below[0]
    if upper.count("[") > upper.count("]") and "]" in lower:  # "[pdf," above "other]"
        return False
    if any(map(known.begins, below)):
        return True
    is_longer = not lower[0].isalnum() and known.is_whole(f"{upper} {lower}")
    return bool(known.is_whole(upper)) and not is_longer
