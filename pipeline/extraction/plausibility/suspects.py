r"""Which values of a column deserve a closer look; most pass at one.

What belongs here: what all of a page's titles, names or abstracts are searched for at once. What
does not: the rules (`titles`, `names`, `abstracts`), which then look at the few that are left.

A value that breaks a rule must be among them: the tests hold that for every example of the table.
Searching a long text for short ones takes a tenth of what one pattern of all of them takes.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from pipeline.extraction.plausibility.cut_titles import NAMES_IN_TITLE, OPEN_WORDS
from pipeline.extraction.plausibility.names import LABEL_WORDS, SENTENCE_WORDS
from pipeline.text.rare import rare_characters

# Signs that few titles hold.
_TITLE_SIGN = re.compile(
    "[\\[\\]{}<>@\\\\\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\u2028-\u202e\u2066-\uffff]"
)
# What pages of arXiv say around a paper, and no title does.
PAGE_WORDS = (
    *("We gratefully acknowledge", "view license", "View PDF", "TeX Source", "Change to browse"),
    *(
        "Current browse",
        "All fields Search",
        "arXivLabs:",
        "Web Accessibility Assistance",
        "export BibTeX",
    ),
)
_TITLE_PARTS = ("doi ", "DOI", "BUTTON", "pdf", "nnounced", "_", "not shown", *PAGE_WORDS)
# All of these hold one of three signs: to look for one of them takes a tenth of looking for all.
_TITLE_POINTS = (
    re.compile(
        r":(?:(?=//)|(?<= :)|(?<=\":)|(?<=Authors:)|(?<=Comments:)|(?<=Subjects:)|(?<=Abstract:)"
        r"|(?<=ref:)|(?<=class:)|(?<=doi:))"
    ),
    re.compile(r",(?<= ,)"),
    re.compile(r"\.(?:(?= )|(?=png)|(?<=www\.))"),
    re.compile(r"\*(?=\*)"),
    re.compile(r"\?(?=[^\W\d_])"),
)
_TITLE_STARTS = (
    *("Author", "Subject", "Submitted", "Journal", "Report", "ACM", "MSC", "Primary", "Cite "),
    *("Comments", "Abstract", "Title", "Keywords", "Models ", "Datasets ", "Spaces "),
)
_TITLE_INITIALS = frozenset(start[0] for start in _TITLE_STARTS)
_SHORT_TITLE, _LONG_TITLE = 34, 400
_TITLE_ENDS = frozenset(".)!?\"'”’$")
_NAME_SIGN = re.compile(r"[^A-Za-z\u00c0-\u024f .'\-\n]")
_NAME_PARTS = (" .", " - ", "\n.", "\n-", "-\n", "..", "\n\n", "et al")
_NAME_WORDS = SENTENCE_WORDS | {
    spelled for word in LABEL_WORDS for spelled in (word, word.capitalize(), word.upper())
}
_LONG_NAME = 40
# "Ann LeeBob Roe", also "McRoe"
_CAMEL = re.compile(r"[A-ZÀ-Þ](?<=[a-zà-ÿ]{2}[A-ZÀ-Þ])")
# What pages write around an abstract stands at its ends; the sign that unfolds it, and tags of the
# page that a tool left in, anywhere.
_LAST = 160
_ABSTRACT_STARTS = (
    *("Abstract", "Author", "Title", "Comments", "Submitted", "Subjects", "#", ">", "*", "+", "•"),
    *("-", "![", "<", "·"),
)
_UNFOLDING = re.compile(r"… ?(?:[Mm]ore|\(|[Ss]how|[Rr]ead)")
_ABSTRACT_SIGNS = (
    *("▽", "△", "\x1b", "\u202e", "\u202d", "\u2066", "\u2067", "\x07", "\x9b"),
    *("</", "<br", '="', "='", "!["),
)
_ABSTRACT_PARTS = ("Submitted", "<")
_ABSTRACT_POINTS = (
    re.compile(
        r":(?:(?<=-class:)|(?<=-class :)|(?<=-ref:)|(?<=-ref :)|(?<=-no:)|(?<=-no :)|(?<=Title:))"
    ),
    re.compile(r"\](?=\()"),
)
_ABSTRACT_ENDS = ("more", "less", "abstract", "ore)", "ess)")


def suspicious_titles(titles: Sequence[str]) -> set[int]:
    """Return the places of titles that deserve a closer look."""
    together = "\n".join(titles) + "\n"
    is_odd = _TITLE_SIGN.search(rare_characters(together))
    marks = [match.start() for match in _TITLE_SIGN.finditer(together)] if is_odd else []
    marks += _find_all(together, _TITLE_PARTS)
    marks += _find_points(together, _TITLE_POINTS)
    found = set(_places(titles, marks))
    has_brackets = "(" in together or ")" in together
    for place, title in enumerate(titles):
        end = title[-1:]
        if (
            not _SHORT_TITLE < len(title) < _LONG_TITLE
            or not "A" <= title[0] <= "Z"
            or not (end.isalnum() or end in _TITLE_ENDS)
            or title.rpartition(" ")[2] in OPEN_WORDS
            or (title[0] in _TITLE_INITIALS and title.startswith(_TITLE_STARTS))
            or (has_brackets and title.count("(") != title.count(")"))
            or title.count(", ") >= NAMES_IN_TITLE
        ):
            found.add(place)
    return found


def suspicious_names(names: Sequence[str]) -> set[int]:
    """Return the places of names that deserve a closer look."""
    together = "\n" + "\n".join(names) + "\n"
    marks = [match.start() - 1 for match in _NAME_SIGN.finditer(together)]
    marks += [at - 1 for at in _find_all(together, _NAME_PARTS)]
    found = set(_places(names, marks))
    words = _NAME_WORDS.intersection(together.split())
    for place, name in enumerate(names):
        if len(name) > _LONG_NAME or (words and not words.isdisjoint(name.split())):
            found.add(place)
    return found


def camel_names(names: Sequence[str]) -> set[str]:
    """Return the names with a capital letter inside a word: two names without a space, perhaps."""
    return {name for name in names if name.count(" ") > 1 and _CAMEL.search(name)}


def suspicious_abstracts(abstracts: Sequence[str], rare: str | None = None) -> set[int]:
    """Return the places of abstracts that deserve a closer look.

    Args:
        abstracts: texts.
        rare: rare characters, theirs among them, where they are known already.
    """
    rare = rare_characters("\n".join(abstracts)) if rare is None else rare
    found = {
        at
        for sign in _ABSTRACT_SIGNS
        if sign[0] in rare
        for at, text in enumerate(abstracts)
        # To look for one character takes a tenth of looking for two.
        if sign[0] in text and sign in text
    }
    if "…" in rare:
        found |= {at for at, text in enumerate(abstracts) if _UNFOLDING.search(text)}
    ends = [text[-_LAST:] for text in abstracts]
    together = "\n".join(ends)
    marks = [*_find_all(together, _ABSTRACT_PARTS)]
    marks += _find_points(together, _ABSTRACT_POINTS)
    found |= set(_places(ends, marks))
    for place, text in enumerate(abstracts):
        if (
            "a" <= text[0] <= "z"
            or text.startswith(_ABSTRACT_STARTS)
            or text.endswith(_ABSTRACT_ENDS)
            or text.find(text[:40], 40) > 0
        ):
            found.add(place)
    return found


def _find_points(text: str, points: Iterable[re.Pattern[str]]) -> Iterator[int]:
    """Yield where patterns are found that begin with one character each."""
    return (found.start() for point in points for found in point.finditer(text))


def _find_all(text: str, parts: Iterable[str]) -> Iterator[int]:
    for part in parts:
        at = text.find(part)
        while at >= 0:
            yield at
            at = text.find(part, at + len(part))


def _places(texts: Sequence[str], marks: Sequence[int] | Iterator[int]) -> Iterator[int]:
    """Return in which of some texts, written line by line, each mark stands."""
    marks = list(marks)
    if not marks:
        return iter(())
    ends = list(accumulate(len(text) + 1 for text in texts))
    last = len(texts) - 1
    return (min(max(bisect_right(ends, mark), 0), last) for mark in marks)
