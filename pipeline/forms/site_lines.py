"""What a site's pages have by the line: all that steps may know of sites.

What belongs here: the patterns a site gives, asked as one. What does not: the patterns (the sites'
modules).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, eq=False)  # known by identity: to hash large patterns takes long
class SiteLines:
    """What a site's pages have by the line, for steps that join or cut lines.

    Both are asked about lines without outer white space.

    Attributes:
        begins: matches at the start of a line that begins something (a card, a label): nothing is
            joined to the line above it.
        whole: matches all of a line that is whole: nothing is joined to it.
        inside: where one line holds a whole card or page, matches what a line began with there;
            None where the site's words cannot tell for certain.
        inside_words: one of these is in all that `inside` matches: a line without any is not
            asked. Empty: the site does not say.
    """

    begins: re.Pattern[str]
    whole: re.Pattern[str]
    inside: re.Pattern[str] | None = None
    inside_words: tuple[str, ...] = ()


_FLAGS = {"a": re.A, "i": re.I, "m": re.M, "s": re.S, "x": re.X}
_NAMED = re.compile(r"\(\?P<\w+>")


class AnySite:
    """The patterns of all sites, asked as one."""

    def __init__(self, sites: Sequence[SiteLines]) -> None:
        """Join the patterns; names of groups would collide."""
        begins, whole = _any([site.begins for site in sites]), _any([site.whole for site in sites])
        self.begins = begins.match
        self.is_whole = whole.fullmatch
        # Either of them, for those who ask both of many lines.
        self.begins_or_is_whole = re.compile(rf"{begins.pattern}|(?:{whole.pattern})\Z").match


def _any(patterns: Iterable[re.Pattern[str]]) -> re.Pattern[str]:
    return re.compile("|".join(map(_as_part, patterns)) or r"(?!)")


def _as_part(pattern: re.Pattern[str]) -> str:
    """Return a pattern with its flags, as it is written inside another one."""
    flags = "".join(letter for letter, flag in _FLAGS.items() if pattern.flags & flag)
    end = "\n" if "x" in flags else ""  # of a comment
    return f"(?{flags}:{_NAMED.sub('(?:', pattern.pattern)}{end})"


@lru_cache(maxsize=8)
def any_site(sites: tuple[SiteLines, ...]) -> AnySite:
    """Return the patterns of sites as one; made once."""
    return AnySite(sites)
