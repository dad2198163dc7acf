"""One name of an author, read: what it is, its parts, and the keys that it is compared by.

What belongs here: which words are given names, particles, family name, suffix. What does not: what
hangs on a name (`name_kinds`), whether two names may be one person's (`name_agreement`), where in a
list a name ends (`author_lists`).

A name does not tell its own order. It is read as given name, family name, unless a comma, capitals
or its script say otherwise; `name_agreement` tries the other order. Common names take the short
way; of long ones `nameparser` is asked, which takes a hundred times as long.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from pipeline.text.keys import fold_ascii
from pipeline.text.name_kinds import Flag, Kind, kind_of, tidy
from pipeline.text.name_order import Parts, cut_name
from pipeline.text.name_shapes import PARTICLES, is_cjk, is_initials
from pipeline.text.name_words import (
    CAPITAL_PARTICLES,
    FAMILIES_FIRST,
    GROUP,
    GROUP_WEAK,
    LABEL,
    LONE_GROUPS,
    is_syllable,
)


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name of an author.

    Attributes:
        name: as it can be shown: without notes, quotes and stray signs, given name first where a
            comma or capitals tell the order.
        kind: `person`, `group`, or None where it is no name.
        given_name: the first given name, or its initial. None for groups and lone words.
        middle_name: further given names and initials.
        particles: what stands before the family name ("van den"); part of `family_name`.
        family_name: with its particles. A lone word is taken for one.
        suffix: "Jr.", "III".
        nickname: another name that stood in quotes or brackets.
        homonym_id: the number that tells equal names apart.
        given_keys: given names in small ASCII letters; initials one by one, words that hyphens tie
            with them ("jae-hyun"), and so are single syllables before a Chinese family name.
        particle_keys: particles in small ASCII letters.
        family_keys: the words of the family name without particles, in small ASCII letters; of a
            group all its words.
        flags: what is odd about it, see `name_kinds.Flag`.
    """

    name: str
    kind: Kind | None
    given_name: str | None
    middle_name: str | None
    particles: str | None
    family_name: str | None
    suffix: str | None
    nickname: str | None
    homonym_id: str | None
    given_keys: tuple[str, ...]
    particle_keys: tuple[str, ...]
    family_keys: tuple[str, ...]
    flags: tuple[Flag, ...]

    @property
    def family_key(self) -> str | None:
        """The family name with its particles in small ASCII letters, without spaces."""
        return "".join((*self.particle_keys, *self.family_keys)) or None


def _stems() -> frozenset[str]:
    """Return how words begin that only a close look understands; others only cost time."""
    special = (
        f"{GROUP.pattern}|{GROUP_WEAK.pattern}|{LABEL.pattern}|team|labs|anonymous|prof|dame|herr"
    )
    special += "|frau|shri|community|workshop"
    words = (*re.findall("[a-z]{4,}", special.lower()), *LONE_GROUPS)
    return frozenset(word[:4] for word in words)


_STEMS = _stems()
# "Ana Lund", "Ana B. Lund", "A.-B. Lund", "Ana-Eva Lund-Kask", "Zoë Ana Lund".
_UPPER, _LOWER = "A-ZÀ-ÖØ-ÞĀ-Ɏ", "a-zß-öø-ÿĀ-ɏ"
# "Lund", "O'Brien", "DeHart", "Lund-Kask".
_HALF = f"(?:[A-Z]['’])?[{_UPPER}][{_LOWER}]+(?:[{_UPPER}][{_LOWER}]+)?"
_WORD = f"{_HALF}(?:-{_HALF})?"
_COMMON = re.compile(
    rf"({_HALF}(?:-[{_UPPER}{_LOWER}][{_LOWER}]+)?|[A-Z]\.?|[A-Z]\.(?:-?[A-Z]\.){{1,2}})"
    rf"((?: [A-Z]\.?){{0,3}}|(?: {_WORD})) ({_WORD})"
)
_CLOSELY = (
    "filho neto sobrinho hijo jr sr junior senior ii mr mrs ms mx dr sir by and pd md phd van thi"
    " inc llc ltd plc pty pvt"
)
_ARTICLES = frozenset(("al-", "el-", "ad-", "as-", "ar-", "an-", "ul-"))
_NO_LETTERS = re.compile("[^a-z]+")
_NO_COMMON = PARTICLES.union(CAPITAL_PARTICLES, _CLOSELY.split())


def read_names(names: Iterable[str]) -> list[PersonName]:
    """Read many names; equal spellings once."""
    spellings = list(names)
    found = {name: read_name(name) for name in dict.fromkeys(spellings)}
    return [found[name] for name in spellings]


def read_name(name: str) -> PersonName:
    """Read a name, whatever it is; never raises.

    Args:
        name: as a page shows it.

    >>> found = read_name('SERRE, Jean-Pierre')
    >>> found.name, found.given_name, found.family_name, found.given_keys
    ('Jean-Pierre Serre', 'Jean-Pierre', 'Serre', ('jean-pierre',))
    >>> read_name("Qwen Team").kind, read_name("and 12 others").kind, read_name("Wei Pan1").name
    ('group', None, 'Wei Pan')
    """
    family, comma, given = name.partition(", ")
    straight = f"{given} {family}" if comma else name
    found = _COMMON.fullmatch(straight)
    is_common = found is not None and (not comma or found[3] == family)
    read = _read_common(straight, *found.groups()) if is_common else None
    return read or _read_closely(name)


def _read_common(name: str, given: str, middle: str, family: str) -> PersonName | None:
    """Read a name of common words in common order; None where a word needs a close look."""
    small = fold_ascii(name).replace("'", "")
    words = small.split()
    if not _NO_COMMON.isdisjoint(words) or not _STEMS.isdisjoint([word[:4] for word in words]):
        return None
    small_family = words[-1]
    if small_family[:3] in _ARTICLES:
        return None
    if not middle and "." not in given:
        first = (words[0],)
    elif len(words) == 3 and len(words[1]) > 1 and "." not in middle:
        first = (
            (*_NO_LETTERS.split(words[0].strip(".")), words[1])
            if "." in given
            else (words[0], words[1])
        )
        if small_family in FAMILIES_FIRST and all(map(is_syllable, first)) and len(first[0]) > 1:
            return None
    elif "." in given:
        first = tuple(each for each in _NO_LETTERS.split(" ".join(words[:-1])) if each)
    else:
        first = (words[0], *(word.strip(".") for word in words[1:-1]))
    return PersonName(
        name, "person", given, middle.strip() or None, None, family, None, None, None,
        first, (), tuple(small_family.split("-")), (),
    )  # fmt: skip


def _read_closely(name: str) -> PersonName:
    """Read any name; what turning it lays bare at an end ("0, A") is taken off as well."""
    read = _read_once(name)
    for _ in range(_MOST_ROUNDS):
        if read.kind != "person" or read.name == name:
            return read
        again = _read_once(read.name)
        if (again.name, again.kind) == (read.name, "person"):
            return read
        flags = tuple(dict.fromkeys((*read.flags, *again.flags)))
        read = replace(again, flags=flags, homonym_id=read.homonym_id or again.homonym_id)
    return read


_MOST_ROUNDS = 6
_LONGEST = 300  # signs; what is longer is a whole list, or no name


def _read_once(name: str) -> PersonName:
    if len(name) > _LONGEST:
        return _no_person(name.strip() or name, None, ("several",))
    tidied = tidy(name)
    is_plain = tidied.text.isascii() and _is_plain(tidied.text)
    kind, flags = ("person", ()) if is_plain else kind_of(tidied.text)
    flags = (*tidied.flags, *flags)
    if kind != "person":
        return _no_person(tidied.text if kind else name.strip() or name, kind, flags)
    parts = cut_name(tidied.text)
    read = _person(parts, tidied.nickname, tidied.homonym_id)
    if not (read.given_keys or read.family_keys):
        return _no_person(name.strip() or name, None, (*flags, "label"))
    flags = (*flags, *parts.flags, *_case_flags(parts))
    return replace(read, flags=flags) if flags else read


def _no_person(text: str, kind: Kind | None, flags: tuple[Flag, ...]) -> PersonName:
    words = _key_words(text)
    keys = tuple(words[1:] if len(words) > 1 and words[0] == "the" else words)
    return PersonName(text, kind, None, None, None, None, None, None, None, (), (), keys, flags)


def _is_plain(text: str) -> bool:
    """Tell whether a text in ASCII has words of people alone, which saves a closer look."""
    words = [word.rstrip(".") for word in text.lower().split()]
    return (
        len(words) > 1
        and _STEMS.isdisjoint([word.lstrip("(")[:4] for word in words])
        and _PLAIN.fullmatch(text) is not None
        and _NO_PLAIN.isdisjoint(words)
    )


_PLAIN = re.compile(r"[A-Za-z][A-Za-z .'-]*[A-Za-z.]")
_NO_PLAIN_WORDS = "et al by no of for and und et others more ai inc ltd llc plc pty pvt all na"
_NO_PLAIN = frozenset(_NO_PLAIN_WORDS.split())


def _person(parts: Parts, nickname: str | None, homonym_id: str | None) -> PersonName:
    family_keys = tuple(key for word in parts.family for key in _family_words(word))
    given_keys = tuple(key for word in parts.given for key in _given_words(word, parts))
    is_bound = (
        len(given_keys) > 1
        and len(given_keys) == len(parts.given)
        and not is_cjk(parts.shown)
        and "".join(family_keys) in FAMILIES_FIRST
        and all(len(key) > 1 and is_syllable(key) for key in given_keys)
    )
    given, middle = parts.given[:1], parts.given[1:]
    if is_bound:
        given_keys = ("-".join(given_keys),)
        given, middle = parts.given, ()
    joint = "" if is_cjk(parts.shown) else " "
    return PersonName(
        name=parts.shown,
        kind="person",
        given_name=" ".join(given) or None,
        middle_name=" ".join(middle) or None,
        particles=" ".join(parts.particles) or None,
        family_name=joint.join((*parts.particles, *parts.family)).replace("- ", "-") or None,
        suffix=parts.suffix,
        nickname=nickname,
        homonym_id=homonym_id,
        given_keys=given_keys,
        particle_keys=tuple(key for word in parts.particles for key in _key_words(word)),
        family_keys=family_keys,
        flags=(),
    )


def _case_flags(parts: Parts) -> tuple[Flag, ...]:
    letters = [each for each in parts.shown if each.upper() != each.lower()]
    flags: list[Flag] = []
    if not parts.given and len(parts.family) == 1 and not is_cjk(parts.shown):
        flags.append("lone_word")
    if len(letters) > 2 and all(map(str.isupper, letters)):
        flags.append("capitals")
    if len(letters) > 2 and not any(map(str.isupper, letters)):
        flags.append("small_letters")
    return tuple(flags)


_NO_KEY = re.compile(r"[^a-z0-9-]+")
_APOSTROPHES = re.compile(r"['`´’]")


def _key_words(text: str) -> list[str]:
    """Return the words of a text in small ASCII letters; hyphens tie, apostrophes join."""
    folded = _NO_KEY.sub(" ", _APOSTROPHES.sub("", fold_ascii(text)))
    return [found for word in folded.split() if (found := word.strip("-"))]


def _family_words(word: str) -> list[str]:
    return [part for key in _key_words(word) for part in key.split("-") if part]


def _given_words(word: str, parts: Parts) -> list[str]:
    """Return the keys of a given name; initials one by one."""
    if len(word) < 2 or not is_initials(word, capitals="all" if parts.is_capital else "some"):
        return ["-".join(filter(None, key.split("-"))) for key in _key_words(word)]
    if word.lower().strip(".") == "md":  # Mohammad
        return ["md"]
    pieces = [piece for piece in re.split(r"[-.\s]+", word) if piece]
    letters = [*pieces] if "." in word or "-" in word else [*word]
    return [key[:1] for letter in letters for key in _key_words(letter)]
