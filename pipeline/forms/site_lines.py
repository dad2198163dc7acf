"""What a site's pages have by the line: all that steps may know of sites.

What belongs here: the patterns a site gives, asked as one. What does not: the patterns (the sites'
modules).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class SiteLines:
    """What a site's pages have by the line, for steps that join or cut lines.

    Both are asked about lines without outer white space.

    Attributes:
        begins: matches at the start of a line that begins something (a card, a label): nothing is
            joined to the line above it.
        whole: matches all of a line that is whole: nothing is joined to it.
        inside: where one line holds a whole card or page, matches what a line began with there;
            None where the site's words cannot tell for certain.
    """

    begins: re.Pattern[str]
    whole: re.Pattern[str]
    inside: re.Pattern[str] | None = None


def begins_any(text: str, sites: Iterable[SiteLines]) -> bool:
    """Tell whether a line begins something on any site's pages."""
    return any(site.begins.match(text) for site in sites)


def is_whole_on_any(text: str, sites: Iterable[SiteLines]) -> bool:
    """Tell whether a line is whole on any site's pages."""
    return any(site.whole.fullmatch(text) for site in sites)
