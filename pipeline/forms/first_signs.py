r"""The first and the last sign of what a pattern matches: whether they can be given ones.

What belongs here: reading that off the pattern, and cutting a pattern into its alternatives. What
does not: what is asked then (`at_begin`, `site_lines`).

Most patterns of a page's form begin with a sign that hardly any plain page has at the begin of a
line, and most of a site's are one word of many. Which, the pattern itself says: a list of them
beside it would be wrong one day. Whatever is not understood here counts as matching any sign.
"""

import re
from collections.abc import Iterable
from typing import Any

# Python's own reading of a pattern; without it every sign may be the first one.
_parse = getattr(getattr(re, "_parser", None), "parse", None)
_Part = tuple[Any, Any]  # what it is called there, and what it is of
_CATEGORIES = {
    "CATEGORY_DIGIT": str.isdecimal,
    "CATEGORY_SPACE": str.isspace,
    "CATEGORY_WORD": lambda sign: sign.isalnum() or sign == "_",
    "CATEGORY_NOT_DIGIT": lambda sign: not sign.isdecimal(),
    "CATEGORY_NOT_SPACE": lambda sign: not sign.isspace(),
    "CATEGORY_NOT_WORD": lambda sign: not (sign.isalnum() or sign == "_"),
}
_BLANKS = " \t"
_MANY = 100
_AROUND = frozenset(("AT", "ASSERT", "ASSERT_NOT"))  # look at signs and take none
_REPEATS = frozenset(("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"))


class EndSign:
    r"""What a pattern's matches may begin with, or end with, spaces and tabs aside.

    >>> first, last = EndSign(r"[ \t]*+(?:Title|#{1,6}\d)"), EndSign("[A-Z]+:?", is_last=True)
    >>> [sign for sign in "T#a1\n" if first.can_be(sign)], [s for s in "T:a" if last.can_be(s)]
    (['T', '#'], ['T', ':'])
    """

    def __init__(self, pattern: str, *, is_last: bool = False) -> None:
        """Read a pattern, which has no flags but what it says itself."""
        self._order = reversed if is_last else iter
        self._signs: set[str] = set()
        self._classes: list[list[_Part]] = []
        # A match that may be empty may stand before any sign.
        self._is_any = _parse is None
        if _parse is not None and self._pass(_parse(pattern)):
            self._is_any = True

    def can_be(self, sign: str) -> bool:
        """Tell whether a match may begin, or end, so, or be empty; if in doubt, it may."""
        return (
            sign in self._signs
            or self._is_any
            or any(_is_in(items, sign) for items in self._classes)
        )

    def _pass(self, parts: Iterable[_Part]) -> bool:
        """Note what parts of a pattern take first; tell whether all of them may take none.

        What takes a space or a tab has taken those that stand before the sign, and is passed.
        """
        return all(map(self._pass_one, self._order(list(parts))))

    def _pass_one(self, part: _Part) -> bool:
        name, argument = str(part[0]), part[1]
        if name in _AROUND:
            return True
        if name == "LITERAL":
            self._signs.add(chr(argument))
            return chr(argument) in _BLANKS
        if name == "IN":
            return self._pass_class(list(argument))
        if name == "BRANCH":
            are_passed = [self._pass(parts) for parts in argument[1]]  # all are noted
            return any(are_passed)
        if name in _REPEATS:
            return self._pass(argument[2]) or argument[0] == 0
        if name == "ATOMIC_GROUP":
            return self._pass(argument)
        if name == "SUBPATTERN" and not argument[1] | argument[2]:
            return self._pass(argument[3])
        self._is_any = True
        return True

    def _pass_class(self, items: list[_Part]) -> bool:
        signs = _signs_of(items)
        if signs is None:
            self._classes.append(items)
            return any(_is_in(items, blank) for blank in _BLANKS)
        self._signs |= signs
        return not signs.isdisjoint(_BLANKS)


def _signs_of(items: list[_Part]) -> set[str] | None:
    """Return the signs of a class that lists few of them, None of any other."""
    signs: set[str] = set()
    for name, item in items:
        if str(name) not in ("LITERAL", "RANGE"):
            return None
        first, last = item if str(name) == "RANGE" else (item, item)
        if last - first > _MANY:
            return None
        signs.update(map(chr, range(first, last + 1)))
    return signs


def _is_in(items: list[_Part], sign: str) -> bool:
    """Tell whether a class of signs has one."""
    is_negated = str(items[0][0]) == "NEGATE"
    return is_negated != any(_is_item(item, sign) for item in items[is_negated:])


def _is_item(part: _Part, sign: str) -> bool:
    name, item = str(part[0]), part[1]
    if name == "LITERAL":
        return ord(sign) == item
    if name == "RANGE":
        return item[0] <= ord(sign) <= item[1]
    return _CATEGORIES[str(item)](sign)


def alternatives(pattern: str) -> list[str]:
    r"""Cut a pattern where it offers another: all of them together match what it matches.

    >>> alternatives(r"a(?:b|c)|[|]\||d")
    ['a(?:b|c)', '[|]\\|', 'd']
    """
    found, begin, depth, at, in_class = [], 0, 0, 0, -1
    while at < len(pattern):
        sign = pattern[at]
        if sign == "\\":
            at += 1
        elif in_class >= 0:
            # A bracket that comes first in a class is one of its signs.
            in_class = -1 if sign == "]" and at > in_class else in_class
        elif sign == "[":
            in_class = at + 1 + (pattern[at + 1 : at + 2] == "^")
        elif sign == "|" and not depth:
            found.append(pattern[begin:at])
            begin = at + 1
        else:
            depth += (sign == "(") - (sign == ")")
        at += 1
    return [*found, pattern[begin:]]
