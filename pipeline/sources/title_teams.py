"""What a group's name looks like: "OpenLoom Team", "the HELIX Working Group", "DeepRiver-AI".

What belongs here: words and looks of organisations, teams and collaborations that stand where the
first author stands. What does not: names of people (`title_words`), what a look says of a place in
a line (`title_evidence`).
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.sources.title_words import NEVER_IN_NAMES

# What a group's name ends with; "Institute", "Center" and the like may go on with "of" or "for".
_LAST_TEXT = """
AI Agency Alliance Association Authors Collaboration Collaborative Collective Committee Community
Company Consortium Contributors Corporation Council Developers Group Inc Investigators Lab Labs
Network Partnership Project Research Society Team Teams Technologies
"""
_PLACES_TEXT = """
Academy Center Centre College Department Foundation Institute Institution Laboratories Laboratory
School University
"""
_PLACES = frozenset(_PLACES_TEXT.split())
_LAST = _PLACES.union(_LAST_TEXT.split())
_FIRST = "Team"
_ARTICLES = frozenset(("the", "The"))
_LINKS = frozenset(("of", "for"))
_ONE_WORD = re.compile(r"[^\W_].*(?:-|[a-z\d])AI$")  # "DeepRiver-AI", "OpenAI"
_ODD = re.compile(r"[?!:;\"“”…$()\[\]{}]")
_HUMPS = re.compile(r"[A-Z][a-z]+[A-Z][a-z]+[A-Z]")  # of three names: "GitHubOpen"
_TWO_CAPITALS = re.compile(r"[A-Z]{2,}[a-z]{2}")  # "DBSeedling"
_GLUED_ARTICLE = re.compile(r"\w[Tt]he$")
# Where "the" stands glued, after a word of which enough is left.
SMALL_ARTICLE = re.compile(r"(?<=[^\s(\[{/'’–-])the (?=\S)")


def is_group(words: Sequence[str]) -> bool:
    """Tell whether the words of a first author's name are those of a group.

    >>> is_group(["OpenLoom", "Team"]), is_group(["DeepRiver-AI"]), is_group(["Wei", "Ai"])
    (True, True, False)
    """
    last = words[-1]
    if len(words) == 1:
        return last.endswith("AI") and _ONE_WORD.match(last) is not None
    return last in _LAST or words[0] == _FIRST or _is_place(words)


def _is_place(words: Sequence[str]) -> bool:
    """Tell whether a name is like "Allen Institute for Brains"."""
    return any(word in _LINKS and before in _PLACES for before, word in pairwise(words))


def has_article(words: Sequence[str]) -> bool:
    """Tell whether a group's name begins with "the", small or not."""
    return words[0] in _ARTICLES and len(words) > 2


def group_evidence(name: str, words: Sequence[str]) -> Iterator[str]:
    """Judge the name of a group: capitals and digits say nothing, words of a sentence do."""
    yield "group" if len(words) > 1 else "group_one_word"
    if has_article(words):
        yield "group_article"
    inner = [word for word in words[1:] if word not in _LINKS]
    n_functions = sum(word in NEVER_IN_NAMES for word in inner)
    n_lower = sum(word[0].islower() and word not in NEVER_IN_NAMES for word in inner)
    # The title's end and the name, glued: "Former v32OpenLoom Team".
    n_lower += sum(word[0].islower() and not word.islower() for word in inner)
    yield from ["function_words"] * min(2, n_functions)
    yield from ["lower_words"] * min(2, n_lower + (words[0][0].islower() and words[0] != "the"))
    if _ODD.search(name):
        yield "odd_sign"
    if _HUMPS.match(words[0]):
        yield "group_three_humps"
    if _TWO_CAPITALS.match(words[0]):
        yield "group_two_capitals"
    if len(words) > 2 and _GLUED_ARTICLE.search(words[0]):
        yield "group_hides_article"
