r"""Patterns of what a line begins with, sought from line end to line end.

What belongs here: asking a whole page for such a pattern at little cost. What does not: the
patterns (the steps).

`^` is tried at every character of a page; to look for a line end, and only there for the pattern,
takes a tenth of that. Most pages hold nothing that most steps undo: they are asked so first.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any


class AtBegin:
    r"""A pattern that matches at the begin of lines.

    Args:
        pattern: what stands there, without `^`. It looks at nothing before the line.

    >>> AtBegin(r"#{1,6} ").sub("", "# a\nb # c\n## d")
    'a\nb # c\nd'
    >>> AtBegin("#").is_in("a #")
    False
    """

    def __init__(self, pattern: str) -> None:
        """Write the pattern twice: as it is meant, and as it is quickly sought."""
        self._pattern = re.compile(f"^(?:{pattern})", re.MULTILINE)
        self._behind_end = re.compile(f"\n(?:{pattern})", re.MULTILINE)

    def is_in(self, text: str) -> bool:
        """Tell whether a line begins so."""
        return self._pattern.match(text) is not None or self._behind_end.search(text) is not None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Yield what is found, in order."""
        return self._pattern.finditer(text) if self.is_in(text) else iter(())

    def findall(self, text: str) -> list[Any]:
        """Return what is found, as `re` does."""
        return self._pattern.findall(text) if self.is_in(text) else []

    def sub(self, by: str | Callable[[re.Match[str]], str], text: str) -> str:
        """Return a text with something else for what is found."""
        return self._pattern.sub(by, text) if self.is_in(text) else text

    def fullmatch(self, line: str) -> re.Match[str] | None:
        """Match all of a line."""
        return self._pattern.fullmatch(line)
