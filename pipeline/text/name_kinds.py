r"""What a name on a page is, person, group or no name at all, and what hangs on it that is no name.

What belongs here: footnotes, brackets, stray signs, titles, labels, user names, groups. What does
not: the parts of a person's name (`person_names`).

Nothing is taken off that may be a name: "Will Power", "Grace Church" and "Team Lee" stay people,
for a word alone does not tell.
"""

import re
from html import unescape
from typing import Literal, NamedTuple

from pipeline.text.name_shapes import is_cjk, is_degree, is_nobody, is_suffix
from pipeline.text.name_words import (
    ADDRESS,
    GROUP,
    GROUP_END,
    GROUP_OF,
    GROUP_WEAK,
    LABEL,
    LONE_GROUPS,
    TITLES,
    are_syllables,
)
from pipeline.text.whitespace import fold_space

Kind = Literal["person", "group"]
Flag = Literal[
    "footnoted",  # marks of notes were taken off: "Wei Pan1", "Wei Pan∗†"
    "noted",  # a note in brackets was taken off: "Wei Pan (MIT)", "Wei Pan <wei@x.org>"
    "damaged",  # stray signs were taken off, or stand in it: "\\Ajinkya Kale"
    "glued",  # two words without the space between them: "YixinChen"
    "lone_word",  # one word: half a name, or all of one
    "capitals",  # all in capitals
    "small_letters",  # all in small letters
    "several",  # names of several people
    "user_name",  # what a site calls a user
    "label",  # a word of the page: "Authors", "et al.", "and 12 others"
    "address",  # an e-mail address or a web page
]
_SIGNS = "*∗†‡§¶#⁎⁺⋆★☆✉✝♠♣♦♥∥‖¹²³⁰⁴⁵⁶⁷⁸⁹✩⊕⊗◇◆○●△▲□■♯"
# "Wei Pan1", "Wei Pan∗†", "Wei Pan1,2*", "Wei Pan a,b", "Wei Pan[1]", "Wei Pan$^1$", "Wei Pan 1".
_NOTE_SIGNS = re.compile(
    rf"(?:(?<=\w)|(?<=[.)\]]))(?:\s?\$?\^?\{{?[{_SIGNS}]+[\d,\s{_SIGNS}a-f]*\}}?\$?|\s?\$\^?\{{?[\w,*\\]{{1,12}}\}}?\$"
    rf"|\s?\^\{{?[\d,a-z*]{{1,8}}\}}?|(?<=[^\W\d])\d{{1,2}}(?:\s?,\s?(?:\d{{1,2}}|[a-z{_SIGNS}](?!\w)))*,?"
    r"|\s\d{1,3}(?:\s?,\s?\d{1,2})*|\s?\[[\d,\s*]{1,12}\]|\s?\(\d{1,2}(?:\s?,\s?\d{1,2})*\))$"
)
_LETTER_NOTES = re.compile(r"(?<=\w\w)(?: [a-d](?:, ?[a-h*\d])*|, ?[a-h](?:, ?[a-h*\d])*)[,*]?$")
_FRONT_SIGNS = re.compile(rf"^(?:[{_SIGNS}]+\s?|\(?\d{{1,3}}[.)]\s*|\d{{1,3}}\s*(?=[^\W\d_]{{2}}))")
_STRAY_FRONT = re.compile(r"^[\\/|,;:.!?=+~^_<>%&•·–—-]+\s*")
_STRAY_END = re.compile(r"[\s\\/|,;:!?=+~^_<>%&•–—-]+$")
_HOMONYM = re.compile(r"^(?P<name>.*[^\W\d_]\.?)\s(?P<homonym>\d{4})$")
_QUOTES = "\"“”„‟«»'‘’`´"
_QUOTED = re.compile(
    r"(?<!\S)(?:[\"“”„«]|''|``|['‘`´](?=\w{2}))([^\"“”„«»()\[\]]{1,40}?)(?:[\"“”‟»]|''|['’´](?!\w))(?=\s|$)"
)
_BRACKETED = re.compile(
    r"\s*(?:\(([^()]*)\)|\[([^\[\]]*)\]|<([^<>]*)>|（([^（）]*)）|\{([^{}]*)\})\s*"
)
_NICKNAME = re.compile(
    r"[A-ZÀ-ÖØ-Þ]?[^\W\d_A-Z][\w'’-]*(?:[ -][A-Z][\w'’-]+)?|[A-Z]{1,3}\.?|[A-Z]\. ?[A-Z]\."
)
_USER = re.compile(
    r"@\w+|[a-z][a-z]{2,}|(?=\w*[a-z])[\w.-]*(?:\d|_)[\w.-]*|[a-z]+[._-][a-z.\d_-]+", re.ASCII
)
_SEVERAL = re.compile(r";|\s(?:&|and|und|et)\s\S|\s\|\s")
_AI_GROUP = re.compile(
    r"[A-Z]\w*?[\s-]?AI|[A-Z]\w+[- ]AI|Team [A-Z]{3,}\w*|Team \w*[a-z][A-Z]\w*|\w+\.A[Ii]|\w*\.ai"
)
_BREVITY = re.compile(
    r",?\s(?:et\.? ?al(?:ii|ia)?\.?|and others|u\. ?a\.|ORCID(?: ?iD)?)$", re.IGNORECASE
)
_LOST_SPACE = re.compile(
    r"((?<!\w)(?:[^\W\d_]\.){1,4}|(?<!\w)[A-Z][a-z]{1,2}\.)(?=[^\W\d_]{2}|[A-Z][a-z])"
)
_DOT_FOR_SPACE = re.compile(r"(?<=[^\W\d_]{4})\.(?=[A-Z][a-z])")
_MANY_DIGITS = re.compile(r"\d\d$")
_INVISIBLE = re.compile("[\xad\u200b\u2060\ufeff]")
_ALL_IN_BRACKETS = re.compile(r"\(([^()]+)\)|\[([^\[\]]+)\]")
_ENCLITIC = re.compile(r"['’][tsn] ", re.IGNORECASE)
_LONGEST_SIGNS = 6  # of a name in Chinese script without spaces
_MOST_ROUNDS = 6


class Tidied(NamedTuple):
    """A name without what hangs on it.

    Attributes:
        text: the name.
        nickname: what stood in quotes or brackets inside it.
        homonym_id: the number that told equal names apart.
        flags: what was taken off.
    """

    text: str
    nickname: str | None
    homonym_id: str | None
    flags: tuple[Flag, ...]


def tidy(name: str) -> Tidied:
    r"""Take off what is no part of a name; a text that is nothing else stays as it is.

    >>> tidy("Wei Pan∗†").text, tidy('Xu "Kevin" Wang').nickname, tidy("Fan Yang 0024").homonym_id
    ('Wei Pan', 'Kevin', '0024')
    """
    text = fold_space(name)
    if is_bare(text):
        return Tidied(text, None, None, ())
    if not text.isascii():
        text = fold_space(_INVISIBLE.sub("", text)) or text
    if LABEL.fullmatch(text):
        return Tidied(text, None, None, ())
    if "&" in text and (mended := fold_space(unescape(text))):
        text = mended
    flags: dict[Flag, bool] = dict.fromkeys(("footnoted", "noted", "damaged", "glued"), False)
    nickname = homonym_id = None
    for _ in range(_MOST_ROUNDS):
        before = text
        if found := _ALL_IN_BRACKETS.fullmatch(text):
            text = fold_space(found[1] or found[2]) or text
        if found := _HOMONYM.match(text):
            text, homonym_id = found["name"], homonym_id or found["homonym"]
        text = _without_marks(text, flags)
        text, found_name, is_noted = _without_brackets(text)
        nickname = nickname or found_name
        flags["noted"] |= is_noted
        text = _with_spaces(_without_strays(text, flags), flags)
        if text == before:
            break
    if not any(map(str.isalpha, text)):
        return Tidied(fold_space(name), None, None, ())
    taken_off = tuple(flag for flag, is_so in flags.items() if is_so)
    return Tidied(text, nickname, homonym_id, taken_off)


def _with_spaces(text: str, flags: dict[Flag, bool]) -> str:
    """Put the space behind initials that lost it: "C.Carlsson", "Md.Rahman", "Bo.Zhang"."""
    if "." not in text or text.islower():
        return text
    spaced = _LOST_SPACE.sub(r"\1 ", _DOT_FOR_SPACE.sub(" ", text))
    flags["glued"] |= spaced != text
    return spaced


def is_bare(text: str) -> bool:
    """Tell at one look that nothing hangs on a name; most are so.

    >>> is_bare("Ana B. Lund"), is_bare("Wei Pan1")
    (True, False)
    """
    words = text.split(" ")
    letters = text.replace(". ", "").replace(" ", "").replace("-", "").replace("'", "")
    return (
        letters.removesuffix(".").isalpha()
        and len(words) > 1
        and text[0].isalpha()
        and (text[-1].isalpha() or text[-1] == ".")
        and not (len(words[-1]) == 1 and words[-1].islower())
        and words[-1].lower() not in ("al.", "al", "others", "a.", "orcid", "id")
        and not TITLES.match(text)
    )


def _without_marks(text: str, flags: dict[Flag, bool]) -> str:
    """Take off marks of notes; a lone word with digits is a user's."""
    if " " not in text and (text.islower() or _MANY_DIGITS.search(text)) and text.isascii():
        return text
    front = _FRONT_SIGNS.sub("", text) if " " in text else text
    rest = _LETTER_NOTES.sub("", _NOTE_SIGNS.sub("", front))
    flags["footnoted"] |= rest != text
    return rest or text


def _without_strays(text: str, flags: dict[Flag, bool]) -> str:
    """Take off titles before a name, "et al." behind it and stray signs at both ends."""
    rest = _BREVITY.sub("", text)
    flags["noted"] |= rest != text
    clean = _STRAY_END.sub("", _STRAY_FRONT.sub("", rest))
    clean = (clean if _ENCLITIC.match(clean) else clean.strip(f"{_QUOTES[:8]} ")) or rest
    flags["damaged"] |= "\\" in rest[:2] or clean.strip(" ,;.") != rest.strip(" ,;.")
    return TITLES.sub("", clean, count=1) if TITLES.match(clean) else clean


def _without_brackets(text: str) -> tuple[str, str | None, bool]:
    """Take out what stands in quotes or brackets: a nickname inside a name, a note behind it."""
    if found := _QUOTED.search(text):
        rest = fold_space(f"{text[: found.start()]} {text[found.end() :]}")
        inner = found[1].strip(" ,.")
        if rest and _NICKNAME.fullmatch(inner):
            return rest, inner, False
    if "\\" in text or not (found := _BRACKETED.search(text)):
        return text, None, False
    inner = next(group for group in found.groups() if group is not None).strip(" ,\"'“”‘’")
    rest = fold_space(f"{text[: found.start()]} {text[found.end() :]}")
    if not any(map(str.isalpha, rest)) or GROUP.search(rest):
        return text, None, False
    is_inside = found.end() < len(text.rstrip()) and found.start() > 0
    is_name = bool(_NICKNAME.fullmatch(inner)) and not is_degree(inner) and not GROUP.search(inner)
    if is_name and (is_inside or (len(inner) > 3 and not inner[:1].islower())):
        return rest, inner, False
    if is_cjk(inner) and not is_cjk(rest):
        return rest, inner, False
    return rest, None, True


def kind_of(text: str) -> tuple[Kind | None, tuple[Flag, ...]]:
    """Tell what a tidied name is: a person's, a group's, or none; and why it is none.

    >>> kind_of("Qwen Team"), kind_of("Team Lee"), kind_of("hendrydong")
    (('group', ()), ('person', ()), (None, ('user_name',)))
    """
    is_word_of_page = is_nobody(text) or LABEL.fullmatch(text) or is_suffix(text)
    if not any(map(str.isalpha, text)) or is_word_of_page:
        return None, ("label",)
    if ADDRESS.fullmatch(text):
        return None, ("address",)
    if is_group(text):
        return "group", ()
    if " " not in text and _USER.fullmatch(text) and not is_suffix(text):
        return None, ("user_name",)
    if _SEVERAL.search(text):
        return "person", ("several",)
    return "person", ()


def is_group(text: str) -> bool:
    """Tell whether a name is a group's, where it can be known.

    >>> [is_group(each) for each in ("Li Auto Inc", "Will Power", "Universität Wien", "OpenAI")]
    [True, False, True, True]
    """
    words = text.split()
    first, comma, behind = text.partition(",")
    if comma and len(first.split()) in (2, 3) and not is_group(first) and " " in behind.strip():
        return False  # "Ana Lund, University of Lund"
    if GROUP.search(text) or GROUP_END.fullmatch(first):
        return True
    if is_cjk(text) and len(text) > _LONGEST_SIGNS and " " not in text:
        return True
    if len(words) == 1:
        return text.lower() in LONE_GROUPS or bool(_AI_GROUP.fullmatch(text))
    if _AI_GROUP.fullmatch(text) and len(words) < 4:
        return True
    first_word = words[0].lower()
    # "Google DeepMind"; but Huawei Wang bears a given name.
    if first_word in LONE_GROUPS and not are_syllables(first_word):
        return True
    if GROUP_END.fullmatch(text):
        return True
    has_initial = any(len(word.strip(".")) == 1 for word in words)
    return (
        len(words) > 2
        and not has_initial
        and bool(GROUP_WEAK.search(text) or GROUP_OF.search(text))
    )
