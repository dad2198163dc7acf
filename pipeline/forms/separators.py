r"""Separators: a sign between all nodes of a page, `get_text("|")` of BeautifulSoup and its like.

What belongs here: cutting a page at a sign that a program put between its nodes. What does not:
nodes on lines of their own (`nodes`), which is what then is left, tables (`markers`), quotes.

A sign that stands between nodes stands where words do not have it: right behind one and right
before the next, alone on a line, or many times in a line that holds half a page.
"""

import re
from collections.abc import Sequence

from pipeline.forms.marks import ADDED
from pipeline.forms.seen import seen
from pipeline.forms.site_lines import SiteLines

_SIGNS = ("|", "\t", "¦", "‖", "\x1f", "~|~", "||")
_LEAST = 40
_MOST_WORDS = 25  # a sign
_TIGHT_SHARE = 0.7
_MANY = 10  # in a line
_RULE = re.compile(r"^[ \t]*+\|?[ \t]*+:?-{2,}+:?[ \t]*+\|", re.MULTILINE)
_FIRST_TAB = re.compile(r"^[ ]{0,12}\d{0,7}\t", re.MULTILINE)


def cut_at_separators(text: str, sites: Sequence[SiteLines]) -> str:  # noqa: ARG001 - a step's signature
    r"""Put what a sign keeps apart on lines of its own.

    >>> cut_at_separators("a|b" * 50, ())[:8] == "a" + ADDED + "\nba" + ADDED + "\nb"
    True
    """
    rare = seen(text).rare
    for sign in reversed(_SIGNS):
        # All but the tab are rare; of those without what is between them there are no fewer.
        n_at_most = (text if sign == "\t" else rare).count(sign)
        if n_at_most >= _LEAST and text.count(sign) >= _LEAST and _separates(sign, text):
            return text.replace(sign, f"{ADDED}\n")
    return text


def _separates(sign: str, text: str) -> bool:
    n_signs = text.count(sign)
    if n_signs * _MOST_WORDS < text.count(" ") or (sign == "|" and _RULE.search(text)):
        return False
    n_lines = text.count("\n") + 1
    if n_signs >= _MANY * n_lines:
        return True
    inside = re.findall(rf"(?:(?<=\S)|(?<=\n)){re.escape(sign)}(?:(?=\S)|(?=\n))", text)
    is_between = sign != "\t" or _n_at_begin(text) < n_signs / 4
    return is_between and len(inside) >= _TIGHT_SHARE * n_signs


def _n_at_begin(text: str) -> int:
    """Return how many tabs indent a line, or stand behind its number."""
    return text.count("\t\t") + len(_FIRST_TAB.findall(text))
