"""Names that a list tears in two: "Xuemin", "Shen" in place of "Xuemin Shen".

What belongs here: which entries of a list are halves of one name. What does not: putting them
together (`extraction.repairs`), reading one name (`person_names`).
"""

import re
from collections.abc import Sequence
from itertools import groupby

from pipeline.text.keys import fold_ascii
from pipeline.text.name_words import FAMILIES_FIRST, are_syllables, is_syllable

_LONE_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?")


def torn_names(names: Sequence[str]) -> tuple[int, ...]:
    """Return the places in a list of first halves of torn names: "Xuemin" before "Shen".

    Only where it is nearly certain: lone words stand in pairs between whole names, the first of
    each pair is a given name of several syllables of Mandarin, the second a family name before
    which such a one stands, and no given name.

    Args:
        names: of one list, in order.

    >>> torn_names(["Ana Lund", "Xuemin", "Shen"]), torn_names(["Xuemin", "Shen"])
    ((1,), ())
    """
    n_whole = sum([" " in name for name in names])
    if n_whole in (0, len(names)):
        return ()
    found: list[int] = []
    places = enumerate(map(_lone_key, names))
    for is_lone, run in groupby(places, lambda placed: placed[1] is not None):
        halves = list(run)
        if is_lone and len(halves) % 2 == 0:
            pairs = list(zip(halves[::2], halves[1::2], strict=True))
            if all(_is_torn(first[1] or "", second[1] or "") for first, second in pairs):
                found += [first[0] for first, _ in pairs]
    return tuple(found)


def _lone_key(name: str) -> str | None:
    """Return a lone word that begins with a capital in small ASCII letters, else None."""
    if not _LONE_WORD.fullmatch(name) or not name[0].isupper() or name.isupper():
        return None
    return fold_ascii(name).replace("-", "")


def _is_torn(given: str, family: str) -> bool:
    is_given = are_syllables(given) and not is_syllable(given) and given not in FAMILIES_FIRST
    return is_given and family in FAMILIES_FIRST
