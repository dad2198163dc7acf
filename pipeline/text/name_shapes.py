"""What the pieces of an author list look like, and the order given name, family name.

What belongs here: initials, particles, suffixes, degrees as a list shows them. What does not: where
in a list one name ends (`author_lists`), the parts of one whole name (`person_names`), keys
(`keys`).
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

# What a piece of a list looks like. `word`: half a name, or a lone one ("Lund", "van der Berg").
# `initials`: never a name ("A. B."). `lead`: initials before a word ("A. Lund", "Ana B. Lund").
# `trail`: initials at the end ("Lund A", but also "Ana B."). `multi`: words only ("Ana Lund").
Shape = Literal["word", "initials", "lead", "trail", "multi", "group"]
# What stands in capitals in a list: initials and other first letters, all, or family names.
Capitals = Literal["some", "all", "families"]

_PARTICLES = (
    "af al ap auf aus av bar ben bin bint d da dal dalla das de degli dei del dela dell della den"
    " der des di do dos du e el ibn im la las le les lo los mac of op san st ten ter the thoe to"
    " tot van vande vanden vander vom von y zu zum zur 't"
)
PARTICLES = frozenset(_PARTICLES.split())
_SUFFIX = re.compile(r"(?:jr|sr|junior|senior|ii|iii|iv|2nd|3rd|4th)\.?", re.IGNORECASE)
# Degrees that no initials look like, and those that stand for initials behind half a name.
_DEGREE = re.compile(
    r"(?:ph\.?\s?d|m\.?sc|b\.?sc|d\.?phil|m\.?phil|mba|mph|drph|dr\.?\s?med|frc[ps]|dvm|msn|bsn|facp"
    r"|faan|pharm\.?\s?d|psy\.?\s?d|sc\.?\s?d|esq)\.?",
    re.IGNORECASE,
)
_WEAK_DEGREE = re.compile(r"(?:M\.?D|M\.?A|M\.?S|B\.?A|B\.?S|R\.?N|D\.?O)\.?")
_TITLES = re.compile(
    r"(?:(?:[Pp]rof|PROF|[Dd]r|Mr|Mrs|Ms|Ing|Dipl|rer|nat|med|phil)\b\.?[\s-]+){1,4}(?=\S)"
)
_GROUP = re.compile(
    r"\b(?:collaborations?|consortium|consortia|task force"
    r"|groups?|team|committee|society|universit\w{1,4}|institut\w{1,3}"
    r"|organi[sz]ations?|network"
    r"|investigators|association|department|ministry|agency|cent(?:er|re)|council|foundation"
    r"|laborator(?:y|ies)|academy|initiative|trialists|project|commission|federation|inc|gmbh|llc|ltd"
    r"|corporation|company)\b",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"(?:anon(?:ymous|\.)?|unknown(?: authors?)?|n/a|n\.a|NA|none|null|nan|nil"
    r"|no authors?(?: listed)?|not (?:available|given|known)|authors? unknown|[^\w\ue000-\uf8ff]*)",
    re.IGNORECASE,
)
# Marks of affiliations and footnotes; digits behind a space are DBLP's, for equal names.
_SIGNS = "*†‡§¶#⁎⁺"
_MARKS = f"0123456789⁰¹²³⁴⁵⁶⁷⁸⁹{_SIGNS} ,"
_CJK = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_CJK_NAME = re.compile(rf"[{_CJK}](?:[{_CJK}·・ ]*[{_CJK}])?")
# "J", "J.", "J.-P.", "JP", "Yu. V.": letters are looked at one by one.
_INITIALS = re.compile(r"[^\W\d_]{1,4}(?:\.?[-\s]?[^\W\d_]{1,2}){0,4}\.?")
_DOTTED = re.compile(r"(?:[^\W\d_]{1,2}\.[-\s]?){1,5}")
_VOWELS = frozenset("AEIOUYÀÁÂÃÄÅÆÈÉÊËÌÍÎÏÒÓÔÕÖØÙÚÛÜ")
# Three capitals that can be spoken are a short name: LEE, KIM, ANN, EVA.
_SPOKEN = re.compile(
    r"[^AEIOUY][AEIOUY][^AEIOUY]|[^AEIOUY][AEIOUY]{2}|[AEIOUY][^AEIOUY][AEIOUY]|[AEIOUY]{2}[^AEIOUY]"
    r"|[AEIOUY]([^AEIOUY])\1"
)
_MOST_INITIALS = 4


def is_suffix(text: str) -> bool:
    """Tell whether a text is a suffix such as "Jr." or "III"."""
    return bool(_SUFFIX.fullmatch(text))


def is_degree(text: str) -> bool:
    """Tell whether a text is a degree that no initials look like: "PhD"."""
    return bool(_DEGREE.fullmatch(text))


def is_weak_degree(text: str) -> bool:
    """Tell whether a text is a degree, or initials: "MD"."""
    return bool(_WEAK_DEGREE.fullmatch(text))


def is_nobody(text: str) -> bool:
    """Tell whether a text stands where a name would, and is none: "n/a", "Anonymous".

    >>> is_nobody("[No authors listed]"), is_nobody("Noa"), is_nobody("--")
    (True, False, True)
    """
    text = text.strip("[]() .")
    return text != "Na" and bool(_NOBODY.fullmatch(text))


def is_cjk(text: str) -> bool:
    """Tell whether a name is in Chinese, Japanese or Korean script alone."""
    return not text.isascii() and bool(_CJK_NAME.fullmatch(text))


@lru_cache(maxsize=2**14)
def is_initials(text: str, *, capitals: Capitals = "some") -> bool:
    """Tell whether a text is the initials of given names.

    Short names in capitals look like initials. Where all is in capitals, only what has dots, one
    letter, or no vowel is taken for initials; where family names are, not what has no vowel.

    >>> [is_initials(each) for each in ("J.-P.", "JP", "Yu. V.", "Li", "LI")]
    [True, True, True, False, True]
    >>> is_initials("LI", capitals="all"), is_initials("JB", capitals="all")
    (False, True)
    """
    if not _INITIALS.fullmatch(text):
        return False
    if _DOTTED.fullmatch(text):
        return all(part[0].isupper() for part in re.split(r"[-.\s]+", text) if part)
    letters = [letter for letter in text if letter.isalpha()]
    if len(letters) > _MOST_INITIALS or not all(letter.isupper() for letter in letters):
        return False
    words = re.split(r"[-.\s]+", text.strip("."))
    if all(len(word) == 1 for word in words):
        return True
    if "." in text.rstrip(".") and len(words[-1]) > 1:
        return False  # "S. W. NG"
    if capitals == "families":
        return False
    if capitals == "all":
        return _VOWELS.isdisjoint(letters)
    if len(letters) == _MOST_INITIALS:
        return _VOWELS.isdisjoint(letters)
    return len(letters) < _MOST_INITIALS - 1 or not _SPOKEN.fullmatch("".join(letters))


@lru_cache(maxsize=2**15)
def shape_of(text: str, *, capitals: Capitals = "some") -> Shape:
    """Return what a piece of a list looks like, see `Shape`.

    >>> [shape_of(each) for each in ("van der Berg", "A. B.", "Ana B. Lund", "Lund AB", "Ana Lund")]
    ['word', 'initials', 'lead', 'trail', 'multi']
    """
    if is_cjk(text):
        return "multi" if len(text) > 1 else "word"
    if is_initials(text, capitals=capitals):
        return "initials"
    if _GROUP.search(text):
        return "group"
    words = text.split()
    if _has_suffix(words, capitals=capitals):
        words = words[:-1]
    while len(words) > 2 and words[-1] in PARTICLES:  # "Silva JC da"
        words.pop()
    marks = [is_initials(word, capitals=capitals) for word in words]
    if marks[-1] and not marks[0]:
        return "trail"
    if any(marks) and not marks[-1]:
        return "lead"
    n_counted = len([word for word in words if word not in PARTICLES])
    return "multi" if n_counted > 1 else "word"


def _has_suffix(words: Sequence[str], *, capitals: Capitals) -> bool:
    """Tell whether a name ends in a suffix; "Lund JR" are initials, "LUND J JR" is none."""
    if len(words) < 2 or not is_suffix(words[-1]):
        return False
    return words[-1].strip(".") not in ("JR", "SR") or capitals == "all" or is_initials(words[-2])


def tidy_name(text: str) -> str:
    """Return a name without titles before it and marks behind it.

    >>> tidy_name("Prof. Dr. Ana Lund1,*"), tidy_name("Fan Yang 0024")
    ('Ana Lund', 'Fan Yang')
    """
    text = text.strip(" ,:'\"“”‘’")
    text = _TITLES.sub("", text, count=1) if _TITLES.match(text) else text
    return text.rstrip(_MARKS).lstrip(f"{_SIGNS} ")


def turned_name(family: str, given: str) -> str:
    """Return "given family suffix"; names in scripts without spaces keep their order.

    >>> turned_name("van der Berg Jr.", "JP"), turned_name("山田", "太郎")
    ('J P van der Berg Jr.', '山田太郎')
    """
    if is_cjk(family) and is_cjk(given):
        return family + given
    words, given_words = family.split(), given.split()
    suffixes = [
        each.pop() for each in (words, given_words) if len(each) > 1 and is_suffix(each[-1])
    ]
    return " ".join([*map(_spread, given_words), *words, *suffixes])


def straight_name(text: str, *, capitals: Capitals = "some") -> str:
    """Return a name without commas as given name, family name: "Lund AB" is "A B Lund".

    Args:
        text: the name.
        capitals: what stands in capitals, see `is_initials`.

    >>> straight_name("van der Berg J Jr"), straight_name("Silva JC da")
    ('J van der Berg Jr', 'J C da Silva')
    """
    words = text.split()
    suffix = [words.pop()] if _has_suffix(words, capitals=capitals) else []
    behind: list[str] = []
    while len(words) > 2 and words[-1] in PARTICLES:
        behind.append(words.pop())
    n_last = 0
    while n_last < len(words) - 1 and is_initials(words[-1 - n_last], capitals=capitals):
        n_last += 1
    if not n_last or is_initials(words[0], capitals=capitals):
        return text
    family = " ".join([*reversed(behind), *words[:-n_last], *suffix])
    return turned_name(family, " ".join(words[-n_last:]))


def _spread(word: str) -> str:
    """Return glued initials one by one: "JP" is "J P"."""
    is_glued = len(word) > 1 and word.isalpha() and word.isupper() and is_initials(word)
    return " ".join(word) if is_glued else word
