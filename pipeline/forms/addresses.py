r"""Addresses that links led to, and the lines they are in once a page is undone.

What belongs here: taking addresses off the text after a step, and finding their lines after the
last one. What does not: finding links (`links`, `link_lists`), what an address says (`sources`).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from pipeline.forms.marks import ADDED, ENDED, LINE_END, LINKED


class Address(NamedTuple):
    """Where a link led to, and where in the file it stood.

    Attributes:
        line: the line of the file, from 1.
        n_before: how many letters and digits stand before it in that line: steps cut lines, but
            hardly touch those.
    """

    address: str
    line: int
    n_before: int


def take_addresses(text: str) -> tuple[str, list[Address]]:
    r"""Take the addresses off that a step has left.

    >>> take_addresses("a\nb " + LINKED + "/c" + LINKED + "d")
    ('a\nb d', [Address(address='/c', line=2, n_before=1)])
    """
    if LINKED not in text:
        return text, []
    found: list[Address] = []
    kept: list[str] = []
    line, n_before = 1, 0
    for part, is_end in _parts(text):
        if is_end:
            line, n_before = (line, n_before) if ADDED in part else (line + 1, 0)
            kept.append(part)
            continue
        shown = part.split(LINKED)
        for at, piece in enumerate(shown):
            if at % 2 == 0:
                kept.append(piece)
                n_before += _n_letters(piece)
            elif piece:
                found.append(Address(piece, line, n_before))
    return "".join(kept), found


def place_addresses(addresses: Sequence[Address], text: str) -> Mapping[int, tuple[str, ...]]:
    """Return the addresses by the indexes of the lines they are in now, each once in a line."""
    if not addresses:
        return {}
    places = _places(text)
    placed: dict[int, dict[str, None]] = {}
    for address in addresses:
        pieces = places[address.line]
        index = next((at for at, n_letters in pieces if address.n_before <= n_letters), None)
        shown = placed.setdefault(pieces[-1][0] if index is None else index, {})
        shown[address.address] = None
    return {index: tuple(shown) for index, shown in sorted(placed.items())}


def _places(text: str) -> dict[int, list[tuple[int, int]]]:
    """Return for each line of the file the indexes of the lines that hold pieces of it.

    With each stands how many of the letters of the file's line come up to the end of that piece.
    """
    index, line, n_letters = 0, 1, 0
    places: dict[int, list[tuple[int, int]]] = {1: [(0, 0)]}
    for part, is_end in _parts(text):
        if not is_end:
            n_letters += _n_letters(part)
            places[line][-1] = (index, n_letters)
            continue
        index += part != ENDED
        if ADDED not in part:
            line, n_letters = line + 1, 0
        places.setdefault(line, []).append((index, n_letters))
    return places


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of a text and the line ends between them, each with whether it is one."""
    end = 0
    for found in LINE_END.finditer(text):
        yield text[end : found.start()], False
        yield found[0], True
        end = found.end()
    yield text[end:], False


def _n_letters(text: str) -> int:
    return sum(map(str.isalnum, text))
