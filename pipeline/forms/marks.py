r"""Signs that keep the line numbers of the file while steps join and cut its lines.

What belongs here: the signs, and the one last pass that takes them off. What does not: what is
joined or cut, and why (the steps).

A step that joins two lines writes `ENDED` where the first ended, and beside it what is to stand
there (a space or nothing). A step that cuts a line writes `ADDED` and a line end. Steps never
delete a line end otherwise: a line that is to go stays as an empty one. `UNSURE` stands beside a
line end that was taken or left on likeness alone. A step that takes the address off a link writes
it between two `LINKED` where the link stood (see `addresses`).
"""

import re
from typing import NamedTuple

# Noncharacters of Unicode, which no text holds.
ENDED = "\ufdd0"  # a line of the file ended here, none does now
ADDED = "\ufdd1"  # the line end that follows is not in the file
UNSURE = "\ufdd2"  # whether a line of the file ended a line of the page here is uncertain
LINKED = "\ufdd3"  # an address, which a link in this line led to, stands between two of these

# An end of a line, of the file or of what became of it.
LINE_END = re.compile(f"{ADDED}?{UNSURE}?\n|{ENDED}")


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
    if text.isascii():
        return text
    for sign in (ENDED, ADDED, UNSURE, LINKED):
        text = text.replace(sign, " ")
    return text


def line_ends(text: str) -> str:
    """Return what has to stay of a text that is to go: its line ends, and their signs."""
    if ENDED not in text and "\n" not in text:
        return ""
    return "".join(LINE_END.findall(text))


def joined(ends: str) -> str:
    """Return what has to stay of line ends that are to be none: the signs of those of the file."""
    return ends.replace(f"{ADDED}\n", "").replace("\n", ENDED)


def without_signs(text: str) -> str:
    """Return a text as it will be shown, with none of the signs that steps wrote."""
    return text.replace(ENDED, "").replace(ADDED, "").replace(UNSURE, "")


def numbered(text: str) -> Numbered:
    r"""Take the signs off and say where each line stands in the file.

    >>> numbered("a" + ENDED + " b\nc" + ADDED + "\nd\ne")
    Numbered(lines=('a b', 'c', 'd', 'e'), spans=((1, 2), (3, 3), (3, 3), (4, 4)))
    """
    if text.isascii() or not any(map(text.__contains__, (ENDED, ADDED, UNSURE))):
        whole = text.split("\n")
        return Numbered(tuple(whole), tuple((at, at) for at in range(1, len(whole) + 1)))
    lines: list[str] = []
    spans: list[tuple[int, int]] = []
    first = 1
    for line in text.split("\n"):
        last = first + line.count(ENDED)
        spans.append((first, last))
        lines.append(without_signs(line))
        first = last + (ADDED not in line)
    return Numbered(tuple(lines), tuple(spans))


def joined_pieces(text: str) -> dict[int, tuple[str, ...]]:
    r"""Return what the lines of the file gave to each line, as `numbered` counts them.

    Only lines that were made of several are there. Its pieces together are the line.

    >>> joined_pieces("a" + ENDED + " b\nc")
    {0: ('a', ' b')}
    """
    if ENDED not in text:
        return {}
    return {
        at: tuple(map(without_signs, line.split(ENDED)))
        for at, line in enumerate(text.split("\n"))
        if ENDED in line
    }


def unsure_lines(text: str) -> frozenset[int]:
    r"""Return the indexes of the lines, as `numbered` counts them, that hold an uncertain end.

    An end that was left is uncertain for both of its lines.

    >>> sorted(unsure_lines("a" + UNSURE + "\nb\nc" + ENDED + UNSURE + " d\ne"))
    [0, 1, 2]
    """
    if UNSURE not in text:
        return frozenset()
    unsure: set[int] = set()
    for at, line in enumerate(text.split("\n")):
        if UNSURE in line:
            unsure.add(at)
        if line.endswith(UNSURE):
            unsure.add(at + 1)
    return frozenset(unsure)
