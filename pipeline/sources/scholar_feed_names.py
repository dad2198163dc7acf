"""The author lines of Scholar Feed, and which lines may be names.

What belongs here: lines that hold nothing but names, and what stands behind these. What does not:
where a line that holds a title, too, ends it (`title_split`), cards (`sites.scholar_feed`).
"""

import re
from functools import lru_cache
from typing import NamedTuple

from pipeline.sources.reading import is_cut
from pipeline.text.whitespace import fold_space

# "Xu Wu, Li Ma et al. · pku, mit": what follows the names on an author line.
_ET_AL = re.compile(r"\set al\.?$")
_ET_AL_CHARS = 8
_SLUGS = re.compile(r"\s·\s+(?P<slugs>[a-z0-9][\w-]*(?:,\s*[a-z0-9][\w-]*)*)$")
# A person's name as a heading or on an author line: few words, no sentence.
_NAME_LIKE = re.compile(r"[^\W\d_][^\d,;:?!()\[\]{}$\"]{0,59}(?: \d{4})?")
_MOST_WORDS_IN_NAME = 7
_USUAL_AUTHORS = 3  # the most that the site names
_BETWEEN = re.compile(r"[,;]\s*(?:(?:and|&)\s)?|\s(?:and|&)\s")
_MOST_NAMES_CHARS = 300
_MOST_NAME_CHARS = 65  # of what is like a name
_FAR = 160  # characters in which a name ends, where it is not set wide
_CUT_BETWEEN = " and"  # the most of what parts names, at the end of a text that was cut there


class Authors(NamedTuple):
    """An author line, read."""

    raw: str
    names: tuple[str, ...]
    et_al: bool
    slugs: tuple[str, ...]


def read_authors(text: str) -> Authors | None:
    """Read a line that holds nothing but authors; None if it is something else.

    >>> read_authors("Xu Wu, Li Ma et al. · pku").names
    ('Xu Wu', 'Li Ma')
    >>> read_authors("We study names, words, and lines.") is None
    True
    """
    rest, slugs, et_al = _cut_behind(text)
    if rest.count(",") >= _USUAL_AUTHORS or len(rest) > _MOST_NAMES_CHARS:
        return None
    names = tuple(map(fold_space, rest.split(",")))
    return Authors(text, names, et_al, slugs) if all(map(is_name_like, names)) else None


@lru_cache(maxsize=4)  # a line is asked several things, one after the other
def _cut_behind(text: str) -> tuple[str, tuple[str, ...], bool]:
    """Return the names of an author line, its affiliations, and whether it goes on."""
    rest, slugs = text, ()
    if "·" in text and (match := _SLUGS.search(text)):
        slugs = tuple(slug.strip() for slug in match["slugs"].split(","))
        rest = text[: match.start()].rstrip()
    et_al = _ET_AL.search(rest[-_ET_AL_CHARS:])
    if et_al:
        rest = rest[: et_al.start() - len(et_al.string)]
    return rest, slugs, et_al is not None


def read_many(text: str, *, has_more: bool) -> Authors | None:
    """Read an author line of more names than the site shows, all of which are plainly names.

    Words with commas between look alike: names stand above an abstract, or before what follows
    names alone.

    >>> read_many("Xu Wu, Li Ma, Bo Chen and Di Roe", has_more=True).names
    ('Xu Wu', 'Li Ma', 'Bo Chen', 'Di Roe')
    """
    rest, slugs, et_al = _cut_behind(text)
    names = _many_names(rest)
    if not (has_more or slugs or et_al) or not names or not all(map(is_heading, names)):
        return None
    return Authors(text, names, et_al, slugs)


def is_like_names(text: str) -> bool:
    """Tell whether a line may be an author line of many names, though some are odd."""
    rest, _, _ = _cut_behind(text)
    names = () if is_cut(text) else _many_names(rest)
    return 2 * sum(map(is_heading, names)) > len(names)


@lru_cache(maxsize=4)
def _many_names(text: str) -> tuple[str, ...]:
    """Return what commas part, if all of it may be names, and more than one line usually has."""
    names: list[str] = []
    begin, is_last = 0, False
    while not is_last:
        # Most lines are prose, which is seen by its first words.
        if _is_long(text[begin : begin + _FAR]):
            return ()
        end = _BETWEEN.search(text, begin)
        is_last = end is None
        name = fold_space(text[begin : end.start() if end else len(text)])
        if not is_name_like(name):
            return ()
        names.append(name)
        begin = end.end() if end else begin
    return tuple(names) if len(names) > _USUAL_AUTHORS else ()


def _is_long(text: str) -> bool:
    """Tell whether nothing parts a text that is longer than a name."""
    if len(text) < _FAR or _BETWEEN.search(text):
        return False
    return len(fold_space(text)) > _MOST_NAME_CHARS + len(_CUT_BETWEEN)


def ends_like_authors(text: str) -> bool:
    """Tell whether a line ends as author lines do, whatever it begins with."""
    return bool(_SLUGS.search(text) or _ET_AL.search(text))


def is_heading(text: str) -> bool:
    """Tell whether a line is plainly a name's: "Ann van der Lee", "Bo McChen"."""
    words = text.split()
    return len(words) > 1 and is_name_like(text) and (words[0][0] + words[-1][0]).isupper()


@lru_cache(maxsize=4096)  # names recur
def is_name_like(text: str) -> bool:
    """Tell whether a text may be a name: it has few words, at most initials end in a dot."""
    words = text.split()
    return (
        bool(_NAME_LIKE.fullmatch(text))
        and len(words) <= _MOST_WORDS_IN_NAME
        and not (text.endswith(".") and len(words[-1]) > len("Jr."))
    )
