"""What the known sites' pages have by the line, as steps of undoing ask for it.

What belongs here: collecting the sites' patterns. What does not: the patterns (the sites' modules),
what they are used for (`forms`).
"""

from functools import cache

from pipeline.forms.site_lines import SiteLines
from pipeline.sources.registry import known_sources


@cache
def known_lines() -> tuple[SiteLines, ...]:
    """Return the patterns of all sites that offer both, plug-ins' included."""
    found = []
    for source in known_sources().values():
        begins, whole = getattr(source, "BEGINS", None), getattr(source, "WHOLE", None)
        if begins and whole:
            inside, words = getattr(source, "INSIDE", None), getattr(source, "INSIDE_WORDS", ())
            found.append(SiteLines(begins, whole, inside, tuple(words)))
    return tuple(found)
