"""Which of several spellings of a name is shown.

What belongs here: choosing one. What does not: which spellings are one person's (`name_agreement`).
"""

from collections.abc import Iterable

from pipeline.text.person_names import PersonName, read_name

_ODD = frozenset(("damaged", "glued", "several", "torn", "noted", "footnoted"))


def fullest(spellings: Iterable[tuple[str, int]]) -> str:
    """Return the spelling to show: a person's, mixed-case, whole, with most words and accents.

    Args:
        spellings: each with how often it was seen.

    Returns:
        One of them as it can be shown, see `PersonName.name`; the order of the spellings does not
        count.

    Raises:
        ValueError: there is no spelling.

    >>> fullest([("JOSE LOPEZ", 9), ("Jose Lopez", 5), ("José López1", 1), ("J. López", 3)])
    'José López'
    """
    found = [(read_name(spelling), n_seen) for spelling, n_seen in spellings]
    if not found:
        raise ValueError("no spelling to choose from")
    names: dict[str, list[tuple[PersonName, int]]] = {}
    for read, n_seen in found:
        names.setdefault(read.name, []).append((read, n_seen))
    return min(names, key=lambda name: _place(names[name]))


def _place(seen: list[tuple[PersonName, int]]) -> tuple:
    """Return how late a spelling comes: the smallest is shown."""
    n_seen = sum(n for _, n in seen)
    read = seen[0][0]
    is_clean = any(_ODD.isdisjoint(each.flags) for each, _ in seen)
    full_words = [word for word in read.given_keys if len(word) > 1]
    letters = [each for each in read.name if each.isalpha()]
    n_accents = sum(not each.isascii() for each in letters)
    return (
        read.kind is None,
        bool({"several", "damaged"} & set(read.flags)),
        bool({"capitals", "small_letters"} & set(read.flags)),
        "lone_word" in read.flags,
        not full_words and bool(read.given_keys),
        -len(full_words) - len(read.family_keys),
        -len(read.given_keys),
        -n_accents,
        not is_clean,
        -n_seen,
        read.name,
    )
