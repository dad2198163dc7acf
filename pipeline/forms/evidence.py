r"""What makes a page Markdown: marks that its writers make, and that are no accident.

What belongs here: the marks by which a page is taken for Markdown. What does not: what is done
about it (`markers`, `links`).
"""

import re
from collections.abc import Sequence

from pipeline.forms.at_begin import AtBegin
from pipeline.forms.seen import seen
from pipeline.forms.site_lines import SiteLines, any_site

HEADING = AtBegin(r"([ \t]{0,12})#{1,6}[ \t]++(?=[^\s#])([^\n]*+)$")
HEADING_END = re.compile(r"(?:[ \t]++\{[.#][^{}\n]*+\}|[ \t]++#++)[ \t]*+$")
LEAST_HEADINGS = 2
# The line below a heading, the line between parts.
UNDERLINE = AtBegin(
    r"[ \t]{0,12}(?:={3,}+|-{3,}+|_{3,}+|\*{3,}+|(?:\*[ \t]){2,}+\*|(?:-[ \t]){2,}+-)[ \t]*+$"
)
_LINE_BELOW = r"[ \t]{0,12}(?:={3,}+|-{3,}+)[ \t]*+$"
_DRAWN = AtBegin(_LINE_BELOW)
_UNDERLINED = re.compile(rf"\S[^\S\n]*+\n{_LINE_BELOW}", re.MULTILINE)
BOLD = re.compile(r"(?<![\\*])\*\*(?=[^\s*])([^*\n]{1,400}+)(?<=\S)\*\*(?!\*)")
LEAST_EMPHASIS = 3
# Of all lines: authors write strong words in an abstract, too.
_BOLD_SHARE = 0.02
_ESCAPED = re.compile(r"\\[<*]")
_BARE = re.compile(r"(?<![\\*\s])[<*]|(?<!\\)[<*](?=\S)")
LEAST_ESCAPES = 2
# The number of an item; TeX has these signs around formulas.
ESCAPED_NUMBER = AtBegin(r"[ \t]*+(?:[-*+][ \t]++)?\\\[\d{1,6}\\?\]")


def count(pattern: re.Pattern[str] | AtBegin, text: str) -> int:
    """Return how often a pattern is found."""
    return sum(1 for _ in pattern.finditer(text))


def has_underline(text: str) -> bool:
    """Tell whether a line of text has one drawn below it."""
    return _DRAWN.is_in(text) and _UNDERLINED.search(text) is not None


def is_bold(text: str) -> bool:
    """Tell whether a page has strong words, as Markdown writes them: not just a text or two."""
    if "**" not in seen(text).rare:
        return False
    lines = text.split("\n")
    n_bold = sum(1 for line in lines if "**" in line and BOLD.search(line))
    n_filled = sum(1 for line in lines if line and not line.isspace())
    return n_bold >= max(LEAST_EMPHASIS, _BOLD_SHARE * n_filled)


def has_escapes(text: str) -> bool:
    """Tell whether a page has backslashes before signs that TeX has bare, and these never bare."""
    n_escaped = count(_ESCAPED, text) if "\\" in seen(text).rare else 0
    return n_escaped >= LEAST_ESCAPES and count(_BARE, text) * 20 <= n_escaped


def is_known(heading: re.Match[str], sites: Sequence[SiteLines]) -> bool:
    """Tell whether a site has a heading as a line without its sign."""
    words = HEADING_END.sub("", heading[2]).strip()
    site = any_site(tuple(sites))
    return bool(site.begins(words) or site.is_whole(words))


def is_markdown(text: str, sites: Sequence[SiteLines]) -> bool:
    """Tell whether a page has headings or strong words of Markdown."""
    headings = list(HEADING.finditer(text))
    if len(headings) >= LEAST_HEADINGS or has_underline(text) or is_bold(text):
        return True
    if has_escapes(text):
        return True
    return any(is_known(heading, sites) for heading in headings)
