r"""One line: a whole card, or a whole page, whose line ends a tool took for spaces.

What belongs here: cutting such a line where a site's words say what began a line. What does not:
the words (the sites' `INSIDE`), and pages without such words: what stood on their lines is lost.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from pipeline.forms.marks import ADDED
from pipeline.forms.seen import seen
from pipeline.forms.site_lines import SiteLines

# A line of prose may hold one such word, or two; a card has more.
_LEAST_PLACES = 4
_LEAST_LENGTH = 100


def cut_lines(text: str, sites: Sequence[SiteLines]) -> str:
    """Cut lines that hold whole cards."""
    asked = [(site.inside, site.inside_words) for site in sites if site.inside]
    if not asked:
        return text
    # Most words are nowhere in the long lines: those that are few, and they are asked of each.
    long = [at for at, line in enumerate(seen(text).lines) if len(line) >= _LEAST_LENGTH]
    lines = list(seen(text).lines)
    together = "\n".join([lines[at] for at in long])
    places: dict[int, list[int]] = {}
    for pattern, needed in asked:
        words = [word for word in needed if word in together]
        for at in long if words or not needed else ():
            if not words or any(map(lines[at].__contains__, words)):
                places[at] = max(places.get(at, []), _places(lines[at], pattern), key=len)
    for at, begins in places.items():
        if len(begins) >= _LEAST_PLACES:
            bounds = [0, *begins, len(lines[at])]
            pieces = [lines[at][a:b].rstrip() for a, b in pairwise(bounds)]
            lines[at] = f"{ADDED}\n".join(piece for piece in pieces if piece)
    return "\n".join(lines) if places else text


def _places(line: str, pattern: re.Pattern[str]) -> list[int]:
    """Return where lines began: at each group of the site's pattern that matched something."""
    places: set[int] = set()
    for found in pattern.finditer(line):
        begins = (found.start(group) for group in range(1, pattern.groups + 1))
        places.update(begin for begin in begins if begin > 0)
    return sorted(places)
