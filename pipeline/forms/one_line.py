r"""One line: a whole card, or a whole page, whose line ends a tool took for spaces.

What belongs here: cutting such a line where a site's words say what began a line. What does not:
the words (the sites' `INSIDE`), and pages without such words: what stood on their lines is lost.
"""

from collections.abc import Sequence
from itertools import pairwise

from pipeline.forms.marks import ADDED
from pipeline.forms.site_lines import SiteLines

# A line of prose may hold one such word, or two; a card has more.
_LEAST_PLACES = 4
_LEAST_LENGTH = 100


def cut_lines(text: str, sites: Sequence[SiteLines]) -> str:
    """Cut lines that hold whole cards."""
    asked = [site for site in sites if site.inside]
    if not asked:
        return text
    lines = text.split("\n")
    for at, line in enumerate(lines):
        if len(line) >= _LEAST_LENGTH:
            places = max((_places(line, site) for site in asked), key=len)
            if len(places) >= _LEAST_PLACES:
                bounds = [0, *places, len(line)]
                pieces = [line[a:b].rstrip() for a, b in pairwise(bounds)]
                lines[at] = f"{ADDED}\n".join(piece for piece in pieces if piece)
    return "\n".join(lines)


def _places(line: str, site: SiteLines) -> list[int]:
    """Return where lines began: at each group of the site's pattern that matched something."""
    pattern, words = site.inside, site.inside_words
    if pattern is None or (words and not any(map(line.__contains__, words))):
        return []
    places: set[int] = set()
    for found in pattern.finditer(line):
        begins = (found.start(group) for group in range(1, pattern.groups + 1))
        places.update(begin for begin in begins if begin > 0)
    return sorted(places)
