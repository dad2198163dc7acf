r"""Patterns of what a line begins with, sought where lines begin.

What belongs here: asking a whole page for such a pattern at little cost. What does not: the
patterns (the steps).

`^` is tried at every character of a page. Most pages hold nothing that most steps undo, and no line
of theirs begins with a sign that the pattern can begin with: only at such lines it is tried.
"""

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import chain
from typing import Any

from pipeline.forms.first_signs import EndSign
from pipeline.forms.seen import seen


class AtBegin:
    r"""A pattern that matches at the begin of lines.

    Args:
        pattern: what stands there, without `^`. It looks at nothing before the line, and matches
            one sign at least.

    >>> AtBegin(r"#{1,6} ").sub("", "# a\nb # c\n## d")
    'a\nb # c\nd'
    >>> AtBegin("#").is_in("a #")
    False
    """

    def __init__(self, pattern: str) -> None:
        """Write the pattern."""
        self._pattern = re.compile(f"^(?:{pattern})", re.MULTILINE)
        self._asked: set[str] = set()  # signs
        self._firsts: set[str] = set()  # those of them that it can begin with

    @cached_property
    def _first(self) -> EndSign:
        return EndSign(self._pattern.pattern)

    def _places(self, text: str) -> list[int]:
        """Return where lines begin with a sign that the pattern can begin with."""
        page = seen(text)
        if new := page.first_signs - self._asked:
            self._firsts |= set(filter(self._first.can_be, new))
            self._asked |= new
        signs = self._firsts & page.first_signs
        places = [page.begins[sign] for sign in signs]
        return places[0] if len(places) == 1 else sorted(chain.from_iterable(places))

    def is_in(self, text: str) -> bool:
        """Tell whether a line begins so."""
        return next(self.finditer(text), None) is not None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Yield what is found, in order."""
        match, end = self._pattern.match, 0
        for place in self._places(text):
            if place >= end and (found := match(text, place)):
                yield found
                end = found.end()

    def findall(self, text: str) -> list[Any]:
        """Return what is found, as `re` does."""
        n_groups = self._pattern.groups
        if n_groups > 1:
            return [found.groups("") for found in self.finditer(text)]
        return [found[n_groups] or "" for found in self.finditer(text)]

    def sub(self, by: str | Callable[[re.Match[str]], str], text: str) -> str:
        """Return a text with something else for what is found."""
        shown, end = [], 0
        for found in self.finditer(text):
            shown += [text[end : found.start()], by(found) if callable(by) else found.expand(by)]
            end = found.end()
        return "".join([*shown, text[end:]]) if shown else text

    def fullmatch(self, line: str) -> re.Match[str] | None:
        """Match all of a line."""
        return self._pattern.fullmatch(line)
