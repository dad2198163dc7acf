"""Where a glued line is split as no evidence demands: another place would be as good.

What belongs here: how sure a split may be at most, from what its place may cut in two. What does
not: evidence for a place (`title_evidence`), the choice (`title_split`).
"""

import re

from pipeline.sources.title_evidence import Candidate, Context
from pipeline.sources.title_words import (
    CAMEL,
    CAPITAL_TAIL,
    NEVER_FIRST,
    ends_english,
    has_inner_capital,
    is_given,
    is_small_part,
)

_HALF_SURE = 0.8  # another place may be right
_OPEN = 0.5  # and the page, which has abstracts, does not have the title's last word
_CAPITALS = re.compile(r"[a-z][A-Z]{2}")
_MOST_SHORT_CHARS = 4  # of parts of given names: "Mei", "Jung"
_MOST_END_CHARS = 3  # of what a name in small letters may begin with: "s", "es"


def most_sure(candidate: Candidate, context: Context | None) -> float:
    """Return how sure a split at a place may be at most."""
    if _may_hide_end(candidate, context):
        return _OPEN
    if may_hide_word(candidate, context):
        word = candidate.last_word.lower()
        is_strange = context and context.words and not context.knows_word(word)
        # "Open|LoomNOVA Team", where "OpenLoom|NOVA Team" is built like it.
        is_strange = is_strange or (candidate.is_group and _CAPITALS.search(candidate.words[0]))
        return _OPEN if is_strange and not ends_english(word) else _HALF_SURE
    return _HALF_SURE if may_hide_given(candidate, context) else 1.0


def _may_hide_end(candidate: Candidate, context: Context | None) -> bool:
    """Tell whether a name in small letters may begin with the end of a word: "net|snan wang"."""
    first, word = candidate.words[0], candidate.last_word.lower()
    if candidate.is_group or not (
        first[0].islower() and candidate.text[candidate.at - 1].islower()
    ):
        return False
    longer = [word + first[:n] for n in range(1, _MOST_END_CHARS + 1)]
    is_known = context is not None and any(map(context.knows_word, longer))
    return first[0] == "s" or is_known or any(map(ends_english, longer))


def may_hide_given(candidate: Candidate, context: Context | None) -> bool:
    """Tell whether the title's last word may end with the beginning of the first name.

    "FogMary|Ann Holt" is built like "GitHub|Ann Holt"; only who knows the word can tell them apart.
    """
    end = candidate.title_end[-1]
    if end[1:].islower() or (context and context.knows_word(candidate.last_word.lower())):
        return False
    tail = CAPITAL_TAIL.search(end)
    word = tail[0].lower() if tail else ""
    is_plural = len(word) == 2 and word[1] == "s"  # "LLMs"
    is_english = len(word) > _MOST_SHORT_CHARS + 1 and ends_english(word)
    return len(word) > 1 and not is_plural and not is_english and word not in NEVER_FIRST


def may_hide_word(candidate: Candidate, context: Context | None) -> bool:
    """Tell whether the first name may begin with the rest of the title's last word.

    "Robot|OpenLoom Team" is built like "Git|HubLoom Team"; of "searches|OpenLoom" nothing is left.
    """
    first, word = candidate.words[0], candidate.last_word
    if first[1:].islower() or (context and context.knows_word(first.lower())):
        return False
    if not candidate.is_group:
        parts = CAMEL.match(first)
        is_name = parts and is_given(parts["head"].lower()) and is_given(parts["tail"].lower())
        if is_name or not has_inner_capital(first):
            return False
    if not candidate.title_end[-1].endswith(word) or not word.isalpha():
        return False
    lower = word.lower()
    is_word = ends_english(lower) and (context is None or context.knows_word(lower))
    is_part = word.istitle() and not is_word
    return is_part or is_small_part(word)
