"""What steps look at first in a text: its lines, what they begin with, its rare signs.

What belongs here: what several steps ask of one and the same text, found once. What does not: what
they conclude.

Most steps find nothing to undo on most pages, and hand the very text on to the next one.
"""

from functools import cached_property, lru_cache

from pipeline.text.rare import rare_characters


class Seen:
    """A text, as steps see it before they look closer; nobody changes these lists."""

    def __init__(self, text: str) -> None:
        """Take a text."""
        self.text = text

    @cached_property
    def lines(self) -> list[str]:
        """Its lines."""
        return self.text.split("\n")

    @cached_property
    def stripped(self) -> list[str]:
        """Its lines without outer white space."""
        return list(map(str.strip, self.lines))

    @cached_property
    def filled(self) -> list[str]:
        """Those that are not blank, without outer white space."""
        return list(filter(None, self.stripped))

    @cached_property
    def firsts(self) -> str:
        """The first signs of the lines that are not blank, white space aside."""
        return "".join([line[0] for line in self.filled])

    @cached_property
    def begins(self) -> dict[str, list[int]]:
        """Where its lines begin, by their first signs, spaces and tabs aside.

        Of an empty one that is the line end.
        """
        found: dict[str, list[int]] = {}
        at = 0
        for line in self.lines:
            sign = line[:1]
            if not sign or sign in " \t":
                sign = line.lstrip(" \t")[:1] or "\n"
            if sign in found:
                found[sign].append(at)
            else:
                found[sign] = [at]
            at += len(line) + 1
        return found

    @cached_property
    def first_signs(self) -> frozenset[str]:
        """What its lines begin with, spaces and tabs aside; of an empty one it is the line end."""
        return frozenset(self.begins)

    @cached_property
    def rare(self) -> str:
        """Its rare characters side by side."""
        return rare_characters(self.text)

    @cached_property
    def between_colons(self) -> list[str]:
        """Its parts, cut at colons."""
        return self.text.split(":")

    @cached_property
    def words(self) -> frozenset[str]:
        """Its lines that are not blank, without outer white space, each once."""
        return frozenset(self.filled)


seen = lru_cache(maxsize=2)(Seen)
