"""Cells that hold a paper's authors, cut into names: in any spelling that tools and people use.

What belongs here: where one name ends and the next begins, and whether the list was cut short.
What does not: the inside of a name (`name_shapes`), keys (`keys`), reading tables (`records`).

How a cell is cut is decided by all of it. Signs that stand in no name (";", "|", lines) come first,
then "and". Commas are the hard part: they stand between names ("Ana Lund, Oto Kask"), within them
("Lund, Ana and Kask, Oto"), or both ("Lund, A., Kask, O."). Initials alone are never a name and
names that begin with initials are whole, which settles most cells. What is left ("Lee, Kim";
"Chen, Wei, Li, Na") is read as most cells of the column are spelt, and else as family name and
given name: library tools write that, a table with bare family names alone is rare, and the keys of
a name read backwards are compared anyway.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Literal, NamedTuple

from pipeline.text.author_cells import FOLLOWED_BY_ALL, prepared
from pipeline.text.keys import fold_ascii
from pipeline.text.name_shapes import (
    Capitals,
    Shape,
    is_cjk,
    is_degree,
    is_initials,
    is_suffix,
    is_weak_degree,
    shape_of,
    straight_name,
    tidy_name,
    turned_name,
)
from pipeline.text.name_words import FAMILIES_FIRST, are_syllables
from pipeline.text.plain_authors import cut_plain

# What commas do in a column: `inverted` "Lund, Ana", `straight` "Ana Lund, Oto Kask", `family`
# "Lund, Kask, Petri"; None: nothing tells.
Style = Literal["inverted", "straight", "family"]


class AuthorList(NamedTuple):
    """What a cell says.

    Attributes:
        names: given name, family name; in order.
        is_cut: whether the cell says that there are more authors.
        style: what commas surely do in this cell; None where it has none or they do not tell.
    """

    names: tuple[str, ...]
    is_cut: bool
    style: Style | None


class _Piece(NamedTuple):
    """Names found between two signs that surely part names."""

    names: list[tuple[str, str]]  # family name and given name; given name empty: as it stands
    style: Style | None


def cut_authors(cell: str | Sequence[str | None], style: Style | None = None) -> AuthorList:
    """Return the names in a cell: a text, or a list whose items may hold more than one name.

    Args:
        cell: what stands in the table.
        style: what commas do in most cells of the column, see `style_of`.

    >>> cut_authors("Lund, Ana and Kask, Oto").names
    ('Ana Lund', 'Oto Kask')
    >>> cut_authors("Lund AB, van der Berg J, et al.")
    AuthorList(names=('A B Lund', 'J van der Berg'), is_cut=True, style='straight')
    """
    plain = cut_plain(cell) if isinstance(cell, str) else None
    if plain is None or (style == "inverted" and "; " not in cell and plain.style != "inverted"):
        return _cut_closely(cell, style)
    return AuthorList(tuple(plain.names), is_cut=False, style=plain.style)


def _cut_closely(cell: str | Sequence[str | None], style: Style | None) -> AuthorList:
    ready = prepared(cell)
    units = [unit for each in ready.units for unit in _spaced_out(each) if unit]
    capitals = _capitals(units)
    pieces = _cut_units(units, style, capitals=capitals)
    names = [
        turned_name(family, given) if given else straight_name(family, capitals=capitals)
        for piece in pieces
        for family, given in piece.names
    ]
    styles = {piece.style for piece in pieces if piece.style}
    return AuthorList(
        tuple(name for name in map(ready.restored, names) if _HAS_LETTER.search(name)),
        ready.is_cut,
        styles.pop() if len(styles) == 1 else None,
    )


def style_of(cells: Iterable[str | None]) -> Style | None:
    """Return what commas do in most cells of a column, if one way rules.

    >>> style_of(["Lund, A., Kask, O.", "Chen, Wei"]), style_of(["Ana Lund, Oto Kask, Bo Li"])
    ('inverted', 'straight')
    """
    found = Counter(cut_authors(cell).style for cell in cells if cell and "," in cell)
    for style in ("inverted", "straight", "family"):
        others = sum(found.values()) - found[style] - found[None]
        if found[style] > _RULES * others:
            return style
    return None


# A way rules if it is this many times as frequent as all others: exports are of one piece.
_RULES = 9


def _spaced_out(unit: str) -> list[list[list[str]]]:
    """Cut a unit into segments; three and more names in Chinese script need no other sign."""
    words = unit.split()
    if len(words) > 2 and all(map(is_cjk, words)):
        return [[[word]] for word in words]
    return [_segments(unit)]


def _capitals(units: Sequence[list[list[str]]]) -> Capitals:
    """Tell whether all is in capitals, or family names are: "Ana LUND, Ming LI"."""
    tokens = [token for unit in units for stretch in unit for token in stretch]
    if not any(map(_HAS_LOWER.search, tokens)):
        return "all"
    found = [match for match in map(_END_IN_CAPITALS.fullmatch, tokens) if match]
    ends = [match["end"] for match in found]
    if found and all(_is_short_family(match) for match in found):
        return "families"
    is_spoken = any(len(end) > 2 and not is_initials(end) for end in ends)
    are_initials = any(is_initials(end, capitals="all") for end in ends)
    is_sure = any(len(end) > 3 for end in ends) or (is_spoken and not are_initials)
    return "families" if is_sure else "some"


def _is_short_family(name: re.Match[str]) -> bool:
    """Tell whether capitals behind syllables of Mandarin are a family name: "Wei XU".

    Initials they can hardly be: no syllable begins with U, and few given names with A or E.
    """
    end, begin = name["end"].lower(), fold_ascii(name["begin"]).lower()
    return end in FAMILIES_FIRST and are_syllables(begin.replace("-", "").replace(" ", ""))


# A letter, or the sign for a text in braces.
_HAS_LETTER = re.compile(r"[^\W\d_]|[\ue000-\uf8ff]")
_HAS_LOWER = re.compile(r"[a-zß-öø-ÿ]")
_END_IN_CAPITALS = re.compile(r"(?P<begin>.*[a-zß-öø-ÿ]\S{0,30}) (?P<end>[A-ZÀ-ÖØ-Þ'’-]+)")


def _segments(unit: str) -> list[list[str]]:
    """Return the pieces between commas, for each stretch between "and"s."""
    stretches = [
        _tokens(part) for stretch in FOLLOWED_BY_ALL.split(unit) for part in _around_y(stretch)
    ]
    return [tokens for tokens in stretches if tokens]


def _around_y(stretch: str) -> list[str]:
    """Cut at a last "y" or "e" between whole names: in others it stands (Ortega y Gasset)."""
    if not (found := _Y.fullmatch(stretch)):
        return [stretch]
    left, right = (part.split(",") for part in found.groups())
    are_straight = len(left[-1].split()) > 1 and len(right[0].split()) > 1
    are_turned = len(left) % 2 == 0 and len(right) == 2 and len(left[0].split()) == 1
    return list(found.groups()) if are_straight or are_turned else [stretch]


_Y = re.compile(r"(.+) [ye] (.+)")


def _tokens(text: str) -> list[str]:
    """Cut at commas; suffixes go to the name before, degrees and marks go."""
    tokens: list[str] = []
    for raw in text.split(","):
        token = tidy_name(raw)
        if not _HAS_LETTER.search(token) or "@" in token:
            continue
        if tokens and is_degree(token):
            continue
        if tokens and is_suffix(token):
            tokens[-1] += f" {token}"
            continue
        tokens.append(token)
    return _without_weak_degrees(tokens)


def _without_weak_degrees(tokens: list[str]) -> list[str]:
    """Leave out "MD" behind whole names; where other initials stand, it is initials too."""
    weak = {at for at, token in enumerate(tokens) if at and is_weak_degree(token)}
    if not weak or any(shape_of(tokens[at - 1]) not in ("lead", "multi") for at in weak):
        return tokens
    others = [token for at, token in enumerate(tokens) if at not in weak]
    if any(shape_of(token) == "initials" for token in others):
        return tokens
    return others


def _cut_units(
    units: Sequence[list[list[str]]], style: Style | None, *, capitals: Capitals
) -> list[_Piece]:
    if len(units) == 1:
        return _cut_unit(units[0], style, capitals=capitals)
    lone = [unit[0][0] for unit in units if len(unit) == 1 and len(unit[0]) == 1]
    shapes = [shape_of(token, capitals=capitals) for token in lone]
    if "initials" in shapes and len(lone) == len(units):
        # Cut at every comma by whoever made the list: ["Lund", "A.", "Kask", "O."].
        return [_cut_flat(lone, style, capitals=capitals)]
    # Beside names that stand straight, a comma may part two more ("A. Lund, O. Kask"; "Bo Li").
    within = None if {"lead", "multi"} & set(shapes) else "inverted"
    pieces = [piece for unit in units for piece in _cut_unit(unit, within, capitals=capitals)]
    return [_told_within(piece) if within else piece for piece in pieces]


def _told_within(piece: _Piece) -> _Piece:
    is_turned = any(given for _, given in piece.names)
    return piece._replace(style="inverted") if is_turned else piece


def _cut_unit(unit: list[list[str]], style: Style | None, *, capitals: Capitals) -> list[_Piece]:
    """Cut what stands between signs that no name holds: stretches between "and"s."""
    if len(unit) == 2 and len(unit[1]) == 1 and len(unit[0]) > 1:
        return [_cut_before_and(unit[0], unit[1][0], style, capitals=capitals)]
    if len(unit) == 1:
        return [_cut_flat(unit[0], style, capitals=capitals)]
    return [
        _cut_flat(tokens, "inverted", capitals=capitals)._replace(
            style="inverted" if len(tokens) > 1 else None
        )
        for tokens in unit
    ]


def _cut_before_and(
    tokens: list[str], last: str, style: Style | None, *, capitals: Capitals
) -> _Piece:
    """Cut "Ana Lund, Oto Kask and Bo Li": the last name stands straight, so others may."""
    shapes = [shape_of(token, capitals=capitals) for token in tokens]
    shape = shape_of(last, capitals=capitals)
    if "initials" in shapes:
        found = _greedy(tokens, shapes)
    elif _is_first_inverted(shapes, shape, style):
        found = [(tokens[0], tokens[1]), *((token, "") for token in tokens[2:])]
    else:
        found = [(token, "") for token in tokens]
    is_whole = shape in ("lead", "multi", "trail") and not any(given for _, given in found)
    return _Piece([*found, (last, "")], "straight" if is_whole else None)


def _is_first_inverted(shapes: Sequence[str], last: str, style: Style | None) -> bool:
    """Tell whether the first name alone is turned: "Lund, Ana, and Oto Kask"."""
    if style == "straight" or last not in ("lead", "multi") or shapes[0] not in ("word", "multi"):
        return False
    if len(shapes) == 2:
        return "word" in shapes
    return shapes[0] == "word" and "lead" not in shapes[1:2] and "word" not in shapes[2:]


def _cut_flat(tokens: list[str], style: Style | None, *, capitals: Capitals) -> _Piece:
    """Cut pieces between commas where nothing else parts names; a group is one name."""

    def is_group_name(token: str) -> bool:
        return shape_of(token, capitals=capitals) == "group"

    names: list[tuple[str, str]] = []
    styles: list[Style] = []
    for is_group, part in groupby(tokens, is_group_name):
        run = list(part)
        piece = _Piece([(each, "") for each in run], None)
        if not is_group:
            piece = _cut_people(run, style, capitals=capitals)
        names += piece.names
        styles += [piece.style] if piece.style else []
    return _Piece(names, styles[0] if styles else None)


def _cut_people(tokens: list[str], style: Style | None, *, capitals: Capitals) -> _Piece:
    """Cut pieces between commas, none of which is a group."""
    shapes = _shapes(tokens, capitals=capitals)
    if len(tokens) == 1:
        return _Piece([(tokens[0], "")], None)
    if _are_pairs(tokens, shapes, style):
        pairs = list(zip(tokens[::2], tokens[1::2], strict=True))
        is_sure = "initials" in shapes[1::2] or "trail" in shapes[1::2]
        return _Piece(pairs, "inverted" if is_sure else None)
    if "initials" in shapes:
        return _Piece(_greedy(tokens, shapes), None)
    if len(tokens) > 2 and set(shapes[:2]) == {"word"} and "word" not in shapes[2:]:
        return _Piece([(tokens[0], tokens[1]), *((each, "") for each in tokens[2:])], None)
    return _Piece([(token, "") for token in tokens], _style_of_singles(shapes))


def _shapes(tokens: Sequence[str], *, capitals: Capitals) -> list[Shape]:
    """Return what each piece looks like; "NG" before initials is a surname."""
    shapes = [shape_of(token, capitals=capitals) for token in tokens]
    for at in range(0, len(tokens) - 1, 2):
        is_short = shapes[at] == "initials" and len(tokens[at]) > 1 and "." not in tokens[at]
        if is_short and " " not in tokens[at] and shapes[at + 1] == "initials":
            shapes[at] = "word"
    return shapes


def _style_of_singles(shapes: Sequence[str]) -> Style | None:
    if set(shapes) == {"word"}:
        return "family" if len(shapes) > 2 and len(shapes) % 2 else None
    is_whole_at = shapes if len(shapes) > 2 else shapes[:1]
    is_sure = "lead" in is_whole_at or set(shapes) == {"trail"} or len(shapes) % 2
    return "straight" if is_sure and "word" not in shapes else None


# "A Lund, Oto", "E, H.": one name, for what would each half be else?
_HALVES = (["lead", "word"], ["initials", "initials"], ["initials", "word"])


def _are_pairs(tokens: Sequence[str], shapes: Sequence[str], style: Style | None) -> bool:
    """Tell whether commas stand within names too: "Lund, A., Kask, O."."""
    families, givens = shapes[::2], shapes[1::2]
    if style == "inverted" and list(shapes) in _HALVES:
        return True  # between names that are turned
    if len(shapes) % 2 or "initials" in families or "lead" in families:
        return False
    if all(map(is_cjk, tokens)):
        return style == "inverted" or set(families) == {"word"}
    if "initials" in givens:
        return "trail" not in families or set(givens) == {"initials"}
    if "trail" in families:
        return False
    if set(families) == {"multi"} and "word" not in givens:
        return style == "inverted" or set(givens) == {"trail"}
    if style == "straight" and "trail" not in givens:
        return False
    if style == "family" and set(shapes) == {"word"}:
        return False
    return _score(families, givens) >= 0


def _score(families: Sequence[str], givens: Sequence[str]) -> float:
    """Weigh what speaks for pairs: half names where family names would stand, and given names."""
    weights = {"word": 1.0, "multi": -1.0, "trail": -1.0}
    return sum(weights[each] for each in families) + sum(
        {"word": 1.0, "trail": 0.5, "lead": -0.5, "multi": 0.0}[each] for each in givens
    )


def _greedy(tokens: Sequence[str], shapes: Sequence[str]) -> list[tuple[str, str]]:
    """Give initials to the name before, or to the one behind where none is before."""
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(tokens):
        follows = shapes[at + 1] if at + 1 < len(tokens) else None
        is_half = shapes[at] == "initials"
        if follows == "initials" and not is_half:
            found.append((tokens[at], tokens[at + 1]))
            at += 2
        elif is_half and follows == "word":
            found.append((tokens[at + 1], tokens[at]))
            at += 2
        else:
            found.append((tokens[at], ""))
            at += 1
    return found
