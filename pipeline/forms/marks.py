r"""Two signs that keep the line numbers of the file while steps join and cut its lines.

What belongs here: the signs, and the one last pass that takes them off. What does not: what is
joined or cut, and why (the steps).

A step that joins two lines writes `ENDED` where the first ended, and beside it what is to stand
there (a space or nothing). A step that cuts a line writes `ADDED` and a line end. Steps never
delete a line end otherwise: a line that is to go stays as an empty one.
"""

from typing import NamedTuple

# Noncharacters of Unicode, which no text holds.
ENDED = "\ufdd0"  # a line of the file ended here, none does now
ADDED = "\ufdd1"  # the line end that follows is not in the file


class Numbered(NamedTuple):
    """Lines and where each stands in the file.

    Attributes:
        lines: the lines, without signs.
        spans: for each the first and the last line of the file it is made of, from 1.
    """

    lines: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]


def without_marks(text: str) -> str:
    """Return the text of a file ready for steps: a sign it holds by itself becomes a space."""
    return text.replace(ENDED, " ").replace(ADDED, " ")


def numbered(text: str) -> Numbered:
    r"""Take the signs off and say where each line stands in the file.

    >>> numbered("a" + ENDED + " b\nc" + ADDED + "\nd\ne")
    Numbered(lines=('a b', 'c', 'd', 'e'), spans=((1, 2), (3, 3), (3, 3), (4, 4)))
    """
    lines: list[str] = []
    spans: list[tuple[int, int]] = []
    first = 1
    for line in text.split("\n"):
        last = first + line.count(ENDED)
        spans.append((first, last))
        lines.append(line.replace(ENDED, "").replace(ADDED, ""))
        first = last + (ADDED not in line)
    return Numbered(tuple(lines), tuple(spans))
