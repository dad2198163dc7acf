"""Whether two spellings may be one person's name, and how they differ.

What belongs here: the one rule that says so, wherever two names are compared. What does not: the
parts of a name (`person_names`), which names are compared (`linkage.name_pairs`), whether two
bearers of a name are one person (identity).

The rule, from certain to weak:

`same`: equal but for case, accents, spaces, hyphens, and ways to write one letter (Müller, Mueller,
Muller; Sergey, Sergei). Two groups are `same` or `other`.
`fuller`: one says more, nothing contradicts. Given names are initials in one ("W. Wang"), left out
after the first or all but the last ("Simon Zhan", "Sinong Zhan", of Simon Sinong Zhan), short forms
(Bill, William) or nicknames; the family name lacks particles, or is one of a double one ("Anna
Schmidt", "Ana Ruiz" of Ana Ruiz Soler; then the first given name is told in full); a suffix is
missing; a family name stands alone, or as an initial behind the given name ("Ramesh K").
`turned`: the same words in another order: family name first, or given names exchanged.
`slip`: all words are equal but one, which is long and one letter off, neither its first nor its
last; of syllables of Mandarin another letter makes another name (Xiaoyun, Xiaoyan).
`other`: all else: other given names or initials, other suffixes, other homonym numbers, a person
and a group, what is no name. A hyphen binds: Wei-Wei Wang is not Wei Wang, nor is Jun-Hui Li or
"Jun Hui Li" Jun Li.
"""

import re
from collections.abc import Iterator
from itertools import permutations
from typing import Literal

from pipeline.text.keys import fold_ascii
from pipeline.text.name_words import FAMILIES_FIRST, are_syllables, is_syllable
from pipeline.text.person_names import PersonName
from pipeline.text.short_names import SHORT_NAMES

Agreement = Literal["same", "fuller", "turned", "slip", "other"]

Words = tuple[str, ...]
# From the strongest; of several readings of two names the strongest holds.
_RANK: dict[Agreement, int] = {"same": 0, "fuller": 1, "turned": 2, "slip": 3, "other": 4}
_UMLAUTS = re.compile("([aou])e")
_NO_UMLAUT = re.compile("[qxy]ue|[iu]ae")
_SHORTEST_FAMILY_SLIP, _SHORTEST_GIVEN_SLIP = 6, 7
MOST_WORDS = 12  # of a name that is compared word by word; longer ones are none


def may_be_one(a: PersonName, b: PersonName) -> Agreement:
    """Tell whether two names may be one person's, and how they differ; the order does not count.

    >>> from pipeline.text.person_names import read_name
    >>> may_be_one(read_name("W. Wang"), read_name("Wei Wang"))
    'fuller'
    >>> may_be_one(read_name("Zhan Sinong"), read_name("Sinong Zhan"))
    'turned'
    """
    if a.kind != b.kind or a.kind is None or _are_told_apart(a, b):
        return "other"
    if a.kind == "group":
        return "same" if joined(a.family_keys) == joined(b.family_keys) else "other"
    if max(len(a.given_keys) + len(a.family_keys), len(b.given_keys) + len(b.family_keys)) > (
        MOST_WORDS
    ):
        return "same" if letters_of(a) == letters_of(b) else "other"
    found = min(_readings(a, b), key=_RANK.__getitem__, default="other")
    says_more = (a.suffix is None) != (b.suffix is None) or (
        (a.nickname is None) != (b.nickname is None)
    )
    return "fuller" if found == "same" and says_more else found


def _are_told_apart(a: PersonName, b: PersonName) -> bool:
    """Tell whether homonym numbers or suffixes say that two names are two people's."""
    if a.homonym_id and b.homonym_id and a.homonym_id != b.homonym_id:
        return True
    return bool(a.suffix and b.suffix and _suffix_key(a.suffix) != _suffix_key(b.suffix))


def _suffix_key(suffix: str) -> str:
    small = suffix.lower().strip(".")
    return {"junior": "jr", "senior": "sr", "2nd": "ii", "3rd": "iii", "4th": "iv"}.get(
        small, small
    )


def _readings(a: PersonName, b: PersonName) -> Iterator[Agreement]:
    """Compare two names in each way that they can be read."""
    if letters_of(a) == letters_of(b):
        is_same = _initials(a.given_keys) == _initials(b.given_keys)
        yield "same" if is_same else "fuller"
        return
    straight = _straight(a.given_keys, a, b.given_keys, b)
    yield straight
    if straight in ("same", "fuller"):
        return  # none of the others is stronger
    for given in _with_nickname(a):
        yield _at_most("fuller", _straight(given, a, b.given_keys, b))
    for given in _with_nickname(b):
        yield _at_most("fuller", _straight(a.given_keys, a, given, b))
    yield _begins_alike(a, b)
    yield "fuller" if _is_family_short(a, b) or _is_family_short(b, a) else "other"
    for one, other in ((a, b), (b, a)):
        yield _turned(one, other)


def _at_most(most: Agreement, found: Agreement) -> Agreement:
    return max(most, found, key=_RANK.__getitem__)


def _with_nickname(name: PersonName) -> list[Words]:
    """Return given names with the nickname in place of the first one, or beside it."""
    if not name.nickname:
        return []
    nick = tuple(re.sub("[^a-z ]", "", name.nickname.lower()).split())
    return [nick, (*nick, *name.given_keys), (*name.given_keys, *nick)] if nick else []


# ---------------------------------------------------------------- words


def joined(words: Words) -> str:
    """Return the letters of some words of a name, without hyphens."""
    return "".join(words).replace("-", "")


def letters_of(name: PersonName) -> str:
    """Return all letters of a name in its order."""
    return joined((*name.given_keys, *name.particle_keys, *name.family_keys))


def _initials(words: Words) -> tuple[bool, ...]:
    """Tell of which words only initials stand, where some do."""
    return tuple(len(word) == 1 for word in words) if any(len(w) == 1 for w in words) else ()


def loose_word(word: str) -> str:
    """Return a word without what transliterations differ in.

    >>> loose_word("mueller"), loose_word("sergey")
    ('muller', 'sergei')
    """
    return _UMLAUTS.sub(r"\1", word).replace("y", "i")


def _is_equal(a: str, b: str) -> bool:
    """Tell whether two words are one, in whichever transliteration."""
    a, b = a.replace("-", ""), b.replace("-", "")
    if a == b:
        return True
    if min(len(a), len(b)) < 4 or max(len(a), len(b)) < 5 or a[0] != b[0]:
        return False
    # No umlaut stands there: Yuexin and Yuxin, Jiaen and Jian are two names.
    if bool(_NO_UMLAUT.search(a)) != bool(_NO_UMLAUT.search(b)):
        return False
    return loose_word(a) == loose_word(b)


def _is_slip(a: str, b: str, shortest: int) -> bool:
    """Tell whether a letter inside of one word is missing, another one, or changed places."""
    a, b = a.replace("-", ""), b.replace("-", "")
    if are_syllables(a) and are_syllables(b):
        return False
    a, b = loose_word(a), loose_word(b)
    is_other_letter = len(a) == len(b) and sorted(a) != sorted(b)
    if min(len(a), len(b)) < shortest - (not is_other_letter) or abs(len(a) - len(b)) > 1:
        return False
    if a[0] != b[0] or a[-1] != b[-1] or a == b:
        return False
    at = next(
        (n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b))
    )
    if len(a) != len(b):
        long, short = (a, b) if len(a) > len(b) else (b, a)
        return long[:at] + long[at + 1 :] == short
    return a[at + 1 :] == b[at + 1 :] or (
        a[at : at + 2] == b[at : at + 2][::-1] and a[at + 2 :] == b[at + 2 :]
    )


def _is_form(a: str, b: str) -> bool:
    """Tell whether a given name is an initial or a short form of another one."""
    if len(a) == 1 or len(b) == 1:
        return a[0] == b[0]
    return (a, b) in SHORT_NAMES or (b, a) in SHORT_NAMES


# ---------------------------------------------------------------- given names


def _given(a: Words, b: Words) -> Agreement:
    """Compare given names."""
    if len(a) > len(b):
        a, b = b, a
    if _initials(a) == _initials(b) and _is_equal("".join(a), "".join(b)):
        return "same"
    if not a:
        return "fuller"
    # Where one has initials only, the parts that hyphens tie count one by one: J.-P., Jean-Pierre.
    if all(len(word) == 1 for word in a) or all(len(word) == 1 for word in b):
        a, b = _untied(a), _untied(b)
        a, b = (b, a) if len(a) > len(b) else (a, b)
    # "Maria Florina", "Maria-Florina F.": as many letters as the first words of the other one have.
    begins_so = len(a[0]) > 1 and any(
        _is_equal("".join(one), "".join(other[:n]))
        for one, other in ((a, b), (b, a))
        for n in range(1, len(other))
    )
    if begins_so or _match(a, b, is_first=True):
        return "fuller"
    if len(a) == len(b) and 1 < len(a) < 4:
        if any(len(word) > 1 for word in a) and any(
            all(map(_is_equal, a, order)) for order in permutations(b)
        ):
            return "turned"
        if _n_slips(a, b) == 1:
            return "slip"
    if 1 < len(a) < len(b) < 4 and all(
        len(word) > 1 and any(map(_is_equal, [word] * len(b), b)) for word in a
    ):
        return "turned"
    return (
        "slip" if len(a) == len(b) == 1 and _is_slip(a[0], b[0], _SHORTEST_GIVEN_SLIP) else "other"
    )


def _is_other_syllable(a: Words, b: Words) -> bool:
    """Tell whether a second initial begins no later syllable of a given name: T. C., Tingmin."""
    initials, full = (a, b) if len(a) > len(b) else (b, a)
    if len(initials) != 2 or len(full) != 1 or any(len(each) > 1 for each in initials):
        return False
    word = full[0]
    return len(word) > 1 and (
        are_syllables(word) and not is_syllable(word) and initials[1] not in word[1:]
    )


def _untied(words: Words) -> Words:
    return tuple(part for word in words for part in word.split("-"))


def _match(short: Words, long: Words, *, is_first: bool) -> bool:
    """Tell whether all words of one stand in the other one, in order.

    The first must be the other's first, or be its second in full where the first is left out.
    """
    if not short:
        return True
    if len(short) > len(long):
        return False
    if (_is_equal(short[0], long[0]) or _is_form(short[0], long[0])) and _match(
        short[1:], long[1:], is_first=False
    ):
        return True
    if is_first:
        is_left_out = len(long) > 1 and len(short[0]) > 1 and _is_equal(short[0], long[1])
        return is_left_out and _match(short[1:], long[2:], is_first=False)
    return _match(short, long[1:], is_first=False)


def _n_slips(a: Words, b: Words) -> int:
    """Count the words that are a slip apart where the others are equal; many where they are not."""
    n_slips = 0
    for x, y in zip(a, b, strict=True):
        if not _is_equal(x, y):
            n_slips += 1 if _is_slip(x, y, _SHORTEST_GIVEN_SLIP) else 9
    return n_slips


def _has_same_first(a: Words, b: Words) -> bool:
    """Tell whether the first given names are one, told in full."""
    return bool(
        a
        and b
        and len(a[0]) > 1
        and len(b[0]) > 1
        and (_is_equal(a[0], b[0]) or _is_form(a[0], b[0]))
    )


# ---------------------------------------------------------------- whole names


def _straight(given_a: Words, a: PersonName, given_b: Words, b: PersonName) -> Agreement:
    """Compare names as they are read: given name, family name."""
    given = _given(given_a, given_b)
    is_syllabic = "".join(a.family_keys) in FAMILIES_FIRST
    if given == "other" or (is_syllabic and _is_other_syllable(given_a, given_b)):
        return "other"
    if _is_family_equal(a, b):
        return given
    if _is_equal(joined(a.family_keys), joined(b.family_keys)):  # but for particles
        return _at_most("fuller", given)
    if given in ("same", "fuller") and _has_same_first(given_a, given_b):
        if _is_one_of_double(a.family_keys, b.family_keys):
            return "fuller"
        if given == "same" and _is_slip(
            joined(a.family_keys), joined(b.family_keys), _SHORTEST_FAMILY_SLIP
        ):
            return "slip"
    return "other"


def _is_family_equal(a: PersonName, b: PersonName) -> bool:
    one, other = a.family_key or "", b.family_key or ""
    return bool(one) and _is_equal(one, other)


def _is_one_of_double(a: Words, b: Words) -> bool:
    """Tell whether a family name is the first or last part of a double one."""
    if len(a) == len(b):
        return False
    short, long = (a, b) if len(a) < len(b) else (b, a)
    part_name = joined(short)
    return len(part_name) > 1 and any(
        _is_equal(part_name, joined(part)) for part in (long[: len(short)], long[-len(short) :])
    )


def _is_family_short(short: PersonName, long: PersonName) -> bool:
    """Tell whether one name gives the family name's initial behind a given name: "Ramesh K"."""
    return (
        len(short.given_keys) == len(short.family_keys) == len(long.given_keys) == 1
        and len(short.given_keys[0]) == 1
        and fold_ascii(short.name.split()[0]) == short.family_keys[0]
        and _is_equal(short.family_keys[0], long.given_keys[0])
        and bool(long.family_keys)
        and short.given_keys[0] == long.family_keys[0][0]
    )


def _words(name: PersonName) -> Words:
    return (*name.given_keys, *name.particle_keys, *name.family_keys)


def _begins_alike(a: PersonName, b: PersonName) -> Agreement:
    """Compare names of which one lacks the last words: "Ana Ruiz", "Ana Ruiz Soler"."""
    short, long = sorted((_words(a), _words(b)), key=lambda words: (len(words), words))
    if len(short) < 2 or len(short) == len(long) or not _has_same_first(short, long):
        return "other"
    if len(long[-1]) == 1 or len(short[-1]) == 1:
        return "other"
    if short[-1] in FAMILIES_FIRST and long[-1] in FAMILIES_FIRST:
        return "other"  # "Wei Li", "Wei Li Zhang"
    return "fuller" if all(map(_is_equal, short[1:], long[1:])) else "other"


def _turned(a: PersonName, b: PersonName) -> Agreement:
    """Compare a name as it is read with another one read family name first."""
    # Syllables that no hyphen ties may be a family name: "Chan Tai Man".
    words = _words(b) if "-" in b.name else _untied(_words(b))
    if len(words) < 2 or not a.family_key:
        return "other"
    if not a.given_keys:  # "LiWei" as one word
        is_joined = bool(b.given_keys) and len(a.family_keys) == 1
        letters = joined((*b.particle_keys, *b.family_keys, *b.given_keys))
        return "turned" if is_joined and letters == letters_of(a) else "other"
    # Of "van den Berg Jan" the family name is several words.
    for n_family in range(1, len(words)):
        family, given = words[:n_family], words[n_family:]
        if not _is_equal(a.family_key, joined(family)):
            continue
        found = _given(a.given_keys, given)
        if found in ("same", "turned") or (found == "fuller" and _share_a_word(a, given)):
            return "turned"
    return "other"


def _share_a_word(a: PersonName, given: Words) -> bool:
    """Tell whether given names share a word in full that is more than a syllable."""
    return any(
        len(x) > 1 and not is_syllable(x) and _is_equal(x, y) for x in a.given_keys for y in given
    )
