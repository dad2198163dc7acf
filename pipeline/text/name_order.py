"""Which words of a person's name are given names, particles, family name and suffix.

What belongs here: the order of words as commas, capitals, initials, particles and scripts tell it.
What does not: what else hangs on a name (`name_kinds`), keys (`person_names`).
"""

import re
import unicodedata
from dataclasses import dataclass, replace

from pipeline.text.keys import fold_ascii
from pipeline.text.name_kinds import Flag
from pipeline.text.name_shapes import (
    PARTICLES,
    is_cjk,
    is_degree,
    is_initials,
    is_suffix,
    is_weak_degree,
)
from pipeline.text.name_words import (
    CAPITAL_PARTICLES,
    FAMILIES_FIRST,
    GROUP,
    INNER_CAPITAL,
    LONG_FAMILIES,
    VIETNAMESE,
    are_syllables,
    is_syllable,
)


@dataclass(frozen=True, slots=True)
class Parts:
    """The words of a person's name.

    Attributes:
        shown: the name as it can be shown.
        given: given names and initials.
        particles: before the family name.
        family: words of the family name.
        suffix: "Jr.".
        is_capital: whether all stands in capitals.
        flags: what is odd.
    """

    shown: str
    given: tuple[str, ...] = ()
    particles: tuple[str, ...] = ()
    family: tuple[str, ...] = ()
    suffix: str | None = None
    is_capital: bool = False
    flags: tuple[Flag, ...] = ()


_GLUED = re.compile(r"([A-Z][a-z]+)([A-Z][a-z]+)")
_ARTICLE = re.compile(r"([AaEe]l|[Aa]sh|[Aa]s|[Aa]n|[Aa]r|[Aa]d|[Uu]l)[-–‐]([^\W\d_]{3,}\S*)")
# Suffixes of Portuguese and Spanish names; behind a given name alone they are family names.
_SUFFIXES_BEHIND = frozenset(("Filho", "Neto", "Sobrinho", "Júnior", "Hijo"))
_NUMBER = re.compile("VII|VIII|XII|XIII|XIV|XVI")
# Letters and marks that Vietnamese alone has.
_VIETNAMESE_LETTER = re.compile("[ạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹđơưĐƠƯ]")
_BOUND_BEHIND = re.compile("[A-Z][a-z]+-[a-z]+")
_ABBREVIATED = frozenset(("Ya", "Yu", "Ye", "Ju", "Ja", "Zh", "Kh", "Ch", "Sh", "Ts"))
_AND = frozenset(("y", "e", "i"))
_KANA = re.compile("[\u3040-\u30ff\u3005]")
_HARD = 4  # full words, from which on nameparser is asked


def cut_name(text: str) -> Parts:
    """Return the parts of a person's tidied name.

    >>> cut_name("van den Berg, Jan Jr.").shown, cut_name("Ana de la Cruz").particles
    ('Jan van den Berg Jr.', ('de', 'la'))
    """
    if is_cjk(text):
        return _cut_signs(text)
    pieces = [piece.strip() for piece in re.split(r"[,，]", text) if piece.strip()]
    n_pieces = sum(" " in piece for piece in pieces)
    pieces = _without_degrees(pieces)
    noted: tuple[Flag, ...] = ("noted",) if sum(" " in piece for piece in pieces) < n_pieces else ()
    suffixes = [piece for piece in pieces[1:] if is_suffix(piece)]
    whole = [
        piece
        for at, piece in enumerate(pieces)
        if not at
        or not (is_suffix(piece) or is_degree(piece) or _is_weak_degree_behind(pieces[0], piece))
    ]
    suffix = suffixes[0] if suffixes else None
    if len(whole) == 2:
        parts = _cut_turned(*whole, suffix)
        return replace(parts, flags=noted) if noted else parts
    if len(whole) > 2:
        parts = _cut_turned(whole[0], whole[1], suffix)
        return replace(parts, shown=text, flags=("several",))
    parts = _cut_straight(whole[0] if whole else text, suffix)
    return replace(parts, flags=(*noted, *parts.flags)) if noted else parts


def _without_degrees(pieces: list[str]) -> list[str]:
    """Leave out memberships, orders and affiliations behind a whole name, and rows of degrees."""
    if len(pieces[0].split()) < 2:
        return pieces
    kept = [pieces[0]]
    kept += [
        piece
        for piece in pieces[1:]
        if not (_MEMBERSHIP.fullmatch(piece) or (" " in piece and GROUP.search(piece)))
    ]
    are_degrees = len(kept) > 2 and all(
        is_degree(piece) or is_suffix(piece) or _DEGREE_LIKE.fullmatch(piece) for piece in kept[1:]
    )
    if are_degrees:
        return [kept[0], *(piece for piece in kept[1:] if is_suffix(piece))]
    return kept


_MEMBERSHIP = re.compile(
    r"(?:(?:senior|student|graduate student|life|associate) )?(?:member|fellow)|ieee|acm|siam"
    r"|(?:s\.j|o\.p|s\.d\.b|o\.f\.m|o\.s\.b)\.",
    re.IGNORECASE,
)
_DEGREE_LIKE = re.compile(r"(?:[A-Z][a-z]?\.){2,4}|[A-Z]{2,5}|[A-Z]\.[A-Z][a-z]{1,3}\.?")


def _is_weak_degree_behind(first: str, piece: str) -> bool:
    """Tell whether "MD" stands behind a whole name; behind half a one it is initials."""
    return is_weak_degree(piece) and len(first.split()) > 1


def _cut_turned(family: str, given: str, suffix: str | None) -> Parts:
    """Cut "Family, Given"."""
    if is_cjk(family) and is_cjk(given):
        return Parts(family + given, (given,), (), (family,))
    words, firsts = family.split(), given.split()
    is_capital = _is_capital(family) and _is_capital(given) and len(given) > 1
    for each in (firsts, words):
        if len(each) > 1 and is_suffix(each[-1]) and not suffix:
            suffix = each.pop()
    behind: list[str] = []
    while len(firsts) > 1 and firsts[-1] in PARTICLES:  # "Silva, José da"
        behind.insert(0, firsts.pop())
    if not is_capital and _is_capital(family) and any(map(str.islower, given)):
        words = [_recased(word) for word in words]
    particles, words = _particles_before(words, behind)
    shown = " ".join((*firsts, *particles, *words, *([suffix] if suffix else [])))
    return Parts(
        shown.replace("- ", "-"), tuple(firsts), tuple(particles), tuple(words), suffix, is_capital
    )


def _particles_before(words: list[str], behind: list[str]) -> tuple[list[str], list[str]]:
    """Part particles at the beginning of a family name from it: "van den Berg"."""
    at = 0
    while at < len(words) - 1 and (
        words[at] in PARTICLES or words[at].lower() in CAPITAL_PARTICLES
    ):
        at += 1
    particles, words = [*behind, *words[:at]], words[at:]
    if found := _ARTICLE.fullmatch(words[0]) if len(words) == 1 else None:
        return [*particles, f"{found[1]}-"], [found[2]]
    return particles, words


def _cut_straight(text: str, suffix: str | None) -> Parts:
    """Cut a name without commas."""
    words = text.split()
    is_capital = _is_capital(text)
    while len(words) > 2 and _is_degree_behind(words, is_capital=is_capital):
        words.pop()
    if not suffix and len(words) > 2 and words[-1] in _SUFFIXES_BEHIND:
        suffix = words.pop()
    if not suffix and len(words) > 1 and _is_suffix_behind(words, is_capital=is_capital):
        suffix = words.pop()
    if len(words) == 1:
        return _cut_lone(words[0], suffix)
    shown = " ".join((*words, *([suffix] if suffix else [])))
    if not is_capital and (turned := _told_by_capitals(words)):
        given, family = turned
        family = [_recased(word) for word in family]
        return _cut_turned(" ".join(family), " ".join(given), suffix)
    n_last = _n_last_initials(words, is_capital=is_capital)
    if n_last:
        particles, family = _particles_before(words[:-n_last], [])
        return Parts(
            shown, tuple(words[-n_last:]), tuple(particles), tuple(family), suffix, is_capital
        )
    given, particles, family = _order(words)
    return Parts(shown, tuple(given), tuple(particles), tuple(family), suffix, is_capital)


def _is_degree_behind(words: list[str], *, is_capital: bool) -> bool:
    last = words[-1]
    if is_degree(last):
        return True
    return (
        not is_capital
        and last.strip(".").replace(".", "") == "MD"
        and not any(is_initials(word) for word in words[1:-1])
        and is_weak_degree(last)
    )


def _is_suffix_behind(words: list[str], *, is_capital: bool) -> bool:
    """Tell whether a name ends in a suffix; "Lund JR" are initials."""
    if not is_suffix(words[-1]):
        return bool(_NUMBER.fullmatch(words[-1]))
    return words[-1] not in ("JR", "SR") or is_capital or len(words) > 2


def _is_capital(text: str) -> bool:
    return text.isupper() and sum(map(str.isalpha, text)) > 1


def _told_by_capitals(words: list[str]) -> tuple[list[str], list[str]] | None:
    """Return given and family names where capitals tell them: "SERRE Jean", "Wei LI"."""
    given_at_end = [word for word in words if not word.isupper()]
    if not any(len(word) > 1 and any(map(str.islower, word)) for word in given_at_end):
        return None
    n_front = n_end = 0
    while n_front < len(words) and _is_family_in_capitals(words[n_front], given_at_end):
        n_front += 1
    while n_end < len(words) and _is_family_in_capitals(words[-1 - n_end], given_at_end):
        n_end += 1
    while n_end and len(words) - n_end > 1 and words[-1 - n_end] in PARTICLES:
        n_end += 1
    if n_front and not n_end and n_front < len(words):
        return words[n_front:], words[:n_front]
    if n_end and not n_front and n_end < len(words):
        return words[:-n_end], words[-n_end:]
    return None


def _is_family_in_capitals(word: str, others: list[str]) -> bool:
    if not word.isupper() or sum(map(str.isalpha, word)) < 2:
        return False
    if not is_initials(word):
        return True
    key = fold_ascii(word)
    return key in FAMILIES_FIRST and all(
        are_syllables(fold_ascii(each).replace("-", "")) for each in others
    )


def _recased(word: str) -> str:
    """Return a family name in capitals as it is written: "O'BRIEN", "MCDONALD", "LUND-KASK"."""
    if not word.isupper() or len(word) < 2:
        return word
    if re.search("[İĞŞ]", word):  # Turkish has two letters I
        word = word.replace("I", "ı").replace("İ", "i")
        word = {"i": "İ", "ı": "I"}.get(word[0], word[0]) + word[1:]
    recased = re.sub(r"[^\W\d_]+", lambda found: found[0][0] + found[0][1:].lower(), word)
    recased = re.sub(r"(?<=-)\w", lambda found: found[0].upper(), recased)
    recased = re.sub(r"(['’])S$", r"\1s", recased)
    return re.sub(r"^Mc(\w)(?=\w{3})", lambda found: f"Mc{found[1].upper()}", recased)


def _cut_lone(word: str, suffix: str | None) -> Parts:
    """Cut a name of one word, which may have lost its space: "YixinChen"."""
    shown = f"{word} {suffix}" if suffix else word
    found = _GLUED.fullmatch(word)
    if not found or INNER_CAPITAL.fullmatch(word):
        if found := _ARTICLE.fullmatch(word):
            return Parts(shown, (), (f"{found[1]}-",), (found[2],), suffix)
        return Parts(shown, (), (), (word,), suffix)
    # Nothing else is so spelt; but "XingYu" may be a given name alone.
    if found[2].lower() in FAMILIES_FIRST and not is_syllable(found[1].lower()):
        shown = " ".join((found[1], shown[len(found[1]) :]))
    return Parts(shown, (found[1],), (), (found[2],), suffix, flags=("glued",))


def _n_last_initials(words: list[str], *, is_capital: bool) -> int:
    """Count initials at the end of a name that begins with a word: "Lund A. B."."""
    style = "all" if is_capital else "some"
    if is_initials(words[0], capitals=style):
        return 0
    n_last = 0
    while n_last < len(words) - 1 and is_initials(words[-1 - n_last], capitals=style):
        n_last += 1
    if n_last and len(words) - n_last > 1 and words[-1 - n_last] in _ABBREVIATED:
        n_last += 1  # "Zeldovich Ya B"
    return n_last


def _order(words: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Return given names, particles and family name of words in their usual order."""
    if words[0] in PARTICLES and words[0].islower() and len(words[0]) > 1:
        particles, family = _particles_before(words, [])
        return [], particles, family
    if _is_vietnamese(words) or _is_bound_behind(words):
        return words[1:], [], words[:1]
    n_full = sum(len(word.strip(".")) > 1 and word not in PARTICLES for word in words)
    if n_full >= _HARD and (found := _asked(words)):
        return found
    at = len(words) - 1
    is_first = fold_ascii(words[at]) in FAMILIES_FIRST
    while at > 1 and _is_particle(words[at - 1], is_first=is_first):
        at -= 1
    if at > 2 and words[at - 1] in _AND:  # "Ortega y Gasset"
        family_at = at = at - 2
        while at > 1 and _is_particle(words[at - 1], is_first=False):  # "da Silva e Souza"
            at -= 1
        return words[:at], words[at:family_at], words[family_at:]
    start = at
    while at < len(words) - 1 and _is_particle(words[at], is_first=is_first):
        at += 1
    particles, family = words[start:at], words[at:]
    if found := _ARTICLE.fullmatch(family[0]) if len(family) == 1 else None:
        return words[:start], [*particles, f"{found[1]}-"], [found[2]]
    return words[:start], particles, family


def _is_particle(word: str, *, is_first: bool) -> bool:
    """Tell whether a word inside a name belongs to the family name; with a capital not all do."""
    if word.islower():
        return word in PARTICLES and word not in _AND
    small = word.lower()
    return small in CAPITAL_PARTICLES and not (is_first and are_syllables(small))


def _is_vietnamese(words: list[str]) -> bool:
    """Tell whether a name is written as in Vietnam, family first: "Nguyễn Văn Ánh"."""
    return (
        len(words) > 2
        and fold_ascii(words[0]) in VIETNAMESE
        and (
            fold_ascii(words[1]) in ("van", "thi")
            or bool(_VIETNAMESE_LETTER.search(unicodedata.normalize("NFC", "".join(words))))
        )
        and fold_ascii(words[-1]) not in VIETNAMESE
    )


def _is_bound_behind(words: list[str]) -> bool:
    """Tell whether a family name stands before syllables that a hyphen ties: "Park Chan-wook"."""
    return (
        len(words) == 2
        and fold_ascii(words[0]) in FAMILIES_FIRST
        and bool(_BOUND_BEHIND.fullmatch(words[1]))
    )


def _asked(words: list[str]) -> tuple[list[str], list[str], list[str]] | None:
    """Ask nameparser; None where it leaves words out or takes some for a title."""
    from nameparser import parse

    found = parse(" ".join(words))
    given = [*found.given.split(), *found.middle.split()]
    particles, family = found.family_particles.split(), found.family_base.split()
    if [*given, *particles, *family] != words or not family:
        return None
    if not all(each.islower() or each.lower() in CAPITAL_PARTICLES for each in particles):
        return None
    return given, particles, family


def _cut_signs(text: str) -> Parts:
    """Cut a name in Chinese, Japanese or Korean script: the family first.

    Four signs without a space are two and two in Japan; a long family name of China is known.
    """
    words = re.split(r"[\s·・]+", text.strip())
    if len(words) == 2:
        return Parts("".join(words), (words[1],), (), (words[0],))
    joined = "".join(words)
    if len(joined) == 1 or len(words) > 2 or len(joined) > 6:
        return Parts(joined, (), (), (joined,))
    n_family = 2 if joined[:2] in LONG_FAMILIES or (len(joined) == 4) else 1
    if _KANA.search(joined) and len(joined) > 2:
        n_family = 2
    if len(joined) == n_family:
        return Parts(joined, (), (), (joined,))
    return Parts(joined, (joined[n_family:],), (), (joined[:n_family],))
