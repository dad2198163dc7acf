"""Cells of authors that are spelt in one of the commonest ways throughout, cut at once.

What belongs here: patterns of whole cells, for speed; the same names come of `author_lists`. What
does not: any judgement (`author_lists`).
"""

import re
from collections.abc import Callable
from typing import Literal, NamedTuple

from pipeline.text.name_words import FAMILIES_FIRST

_BIG, _SMALL = "A-ZÀ-ÖØ-Þ", "a-zß-öø-ÿ"
_WORD = rf"(?:[{_BIG}]['’]|[{_BIG}][{_SMALL}]{{1,3}})?[{_BIG}][{_SMALL}]{{1,30}}"
_WORD = rf"{_WORD}(?:-{_WORD})?"
_DOTTED = rf"[{_BIG}]\.(?:[- ]?[{_BIG}]\.){{0,3}}"
_SURNAME = rf"{_WORD}(?: {_WORD}){{0,2}}"
_GIVEN = rf"(?:{_WORD}|[{_BIG}]\.)(?: (?:{_WORD}|[{_BIG}]\.)){{0,3}}"

_WHOLE = rf"(?:{_WORD}(?: [{_BIG}]\.){{0,3}}(?: {_WORD}){{1,3}}|(?:[{_BIG}]\. ){{1,3}}{_WORD})"
_TURNED = f"{_SURNAME}, {_GIVEN}"
_HALVED = f"{_SURNAME}, {_DOTTED}"
_BEHIND = rf"{_SURNAME} (?:{_DOTTED}|[{_BIG}]{{1,2}})"
# Words of plain names that name groups, titles or degrees: a closer look decides.
_NOT_PLAIN = re.compile(
    r"\b(?:Groups?|Team|Con[sc]|Collab|Com[mp]|Society|Universit|Institut|Organi|Network|Invest|Assoc"
    r"|Depart|Minist|Agency|Cent[er]|Council|Found|Labor|Acad|Initia|Trial|Project|Feder|Inc\b|Corp"
    r"|Prof|Dr\b|Mrs?\b|Ms\b|Ing\b|Dipl|Rer\b|Nat\b|Task|Gmbh|Llc|Ltd|Jr\b|Sr\b|Junior|Senior|Iii?\b|Iv\b|II\b|IV\b|[JS]R\b"
    r"|Phd|Msc|Bsc|Mba|Mph|Frc|Dvm|Esq|Fac|Faan|By\b|Authors?|Unknown|Not\b|None|Anon|Others|Und\b|No\b)"
)


_BEFORE_INITIALS = re.compile(rf" (?=[{_BIG}]\.)")


class PlainCell(NamedTuple):
    """The names of a cell, and what commas do in it (see `author_lists.Style`)."""

    names: list[str]
    style: Literal["inverted", "straight"] | None


def cut_plain(cell: str) -> PlainCell | None:
    """Return the names of a cell of one of the commonest spellings; None: look closer.

    >>> cut_plain("Lund, Ana and Kask, O.").names, cut_plain("Lund AB, Kask O").names
    (['Ana Lund', 'O. Kask'], ['A B Lund', 'O Kask'])
    >>> cut_plain("Lee, Kim")
    """
    for whole, one, order, style in _WAYS:
        if whole.fullmatch(cell):
            if _NOT_PLAIN.search(cell):
                return None
            names = one.findall(cell)
            if order is _moved and all(name[-2:].lower() in FAMILIES_FIRST for name in names):
                return None  # "Wei XU, Ming LI": perhaps no initials
            if order is None and len(names) % 2 == 0 and "." not in cell:
                style = None  # pairs of words may be surnames, and given names
            return PlainCell([order(name) for name in names] if order else names, style)
    return None


def _turned(text: str) -> str:
    surname, _, given = text.partition(", ")
    return f"{given} {surname}"


def _moved(text: str) -> str:
    surname, _, initials = text.rpartition(" ")
    if surname.endswith("."):  # "Lund A. B."
        surname, initials = re.split(_BEFORE_INITIALS, text, maxsplit=1)
    return f"{' '.join(initials) if initials.isalpha() else initials} {surname}"


_Style = Literal["inverted", "straight"] | None
_Order = Callable[[str], str] | None
_Way = tuple[re.Pattern[str], re.Pattern[str], _Order, _Style]


def _way(
    one: str, between: str, order: _Order, style: Literal["inverted", "straight"] | None
) -> _Way:
    """Describe a spelling.

    Args:
        one: pattern of a name.
        between: pattern of a list but for its first name, with `@` for a name.
        order: turns a name as it is spelt into given name, family name.
        style: what commas do.
    """
    return re.compile(one + between.replace("@", one)), re.compile(one), order, style


_WAYS = (
    _way(_WHOLE, "(?:; @)*", None, None),
    _way(_WHOLE, "(?:, @){2,}", None, "straight"),
    _way(_TURNED, "(?: and @)+", _turned, "inverted"),
    _way(_TURNED, "(?:; @)+", _turned, "inverted"),
    _way(_HALVED, "(?:, @)+(?:,? (?:and|&) @)?", _turned, "inverted"),
    _way(_BEHIND, "(?:, @)+", _moved, "straight"),
    _way(_BEHIND, "(?:; @)+", _moved, None),
)
