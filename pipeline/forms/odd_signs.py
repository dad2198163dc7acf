r"""Odd signs: other spaces and line ends than the usual, signs of no width, signs by name.

What belongs here: bringing such signs to the usual ones where a page has them throughout. What does
not: the few that an author wrote, which stay as they are.
"""

import re
from collections.abc import Sequence
from html import unescape

from pipeline.forms.marks import ADDED, without_marks
from pipeline.forms.seen import seen
from pipeline.forms.site_lines import SiteLines

# No-break spaces of several widths, and all that are wider or narrower than a space.
_SPACES = (
    "\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
_TO_SPACE = str.maketrans(dict.fromkeys(_SPACES, " "))
_SPACE_SHARE, _LEAST = 0.1, 20
# Zero width space, word joiner, byte order mark, soft hyphen.
_NO_WIDTH = "\u200b\u2060\ufeff\xad"
_TO_NOTHING = str.maketrans(dict.fromkeys(_NO_WIDTH))
# Vertical tab (a line break of Word), next line, line separator, paragraph separator.
_LINE_ENDS = re.compile("[\x0b\x85\u2028\u2029]")
_LEAST_LINE_ENDS = 8
# Words that are set apart by more than a space, as somebody did who wanted them to fill lines.
_GAP = re.compile(r"(?<=\S) ++(?=\S)")
_WIDE_SHARE = 0.5
# Letters in one sign, as printers set them: "physics.ﬂu-dyn" is no category.
_LIGATURES = str.maketrans(
    {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB06: "st"}
)
# Signs that a program left as HTML has them. Where one does, no sign is bare that needs a name.
_ENTITY = re.compile(
    r"&(?:amp|lt|gt|quot|apos|nbsp|[lr][sd]quo|[nm]dash|hellip|#\d{1,6}|#x[\da-fA-F]{1,5});"
)
_LEAST_ENTITIES, _BARE_SHARE = 5, 0.2  # lines; of the signs
_BARE = re.compile(r"&(?=\s)")
# What PDFium writes for a hyphen at a line end: mostly a word's own.
_LINE_HYPHEN = re.compile("([^\\W\\d_]{0,30})\ufffe\\s{0,2}([^\\W\\d_]{0,30})")
# "Y . Angelis", where a printer set the dot apart.
_KERNED = re.compile(r"\b([A-Z]) \.(?=[ -]*[A-Z][\w.])")
_LEAST_KERNED = 2
# The same, sought by what is rarer than a capital.
_MAY_BE_KERNED = re.compile(r" \.(?<=[A-Z] \.)(?=[ -]*[A-Z])")
_LIGATURE, _LEAST_LIGATURES = re.compile("[\ufb00-\ufb04]"), 5
_WORD = re.compile(r"[^\W\d_]+")


def with_usual_signs(text: str, sites: Sequence[SiteLines]) -> str:  # noqa: ARG001 - a step's signature
    r"""Return a text with one space for all that looks so, and lines that end as lines do.

    Line ends of another kind are none of the file's, and are marked so.

    >>> with_usual_signs("a\xa0title and\xa0more " * 10, ())[:16]
    'a title and more'
    """
    rare = seen(text).rare
    if not text.isascii():
        n_odd = sum(map(rare.count, _SPACES))
        if n_odd >= _LEAST and n_odd >= _SPACE_SHARE * text.count(" "):
            text = text.translate(_TO_SPACE)
        if sum(map(rare.count, _NO_WIDTH)) >= _LEAST:
            text = text.translate(_TO_NOTHING)
    is_printed = "\ufffe" in rare or "\f" in rare
    if "\ufffe" in rare:
        text = _with_hyphens(text)
    least = 1 if is_printed else _LEAST_KERNED
    if _MAY_BE_KERNED.search(text) and _count_lines(_KERNED, text, " .") >= least:
        text = _KERNED.sub(r"\1.", text)
    if has_ligatures(text):
        text = text.translate(_LIGATURES)
    if has_entities(text):
        text = _ENTITY.sub(_sign, text)
    if _is_ended(text):
        text = _LINE_ENDS.sub(f"{ADDED}\n", text)
    return _GAP.sub(" ", text) if _is_wide(text) else text


def _with_hyphens(text: str) -> str:
    """Put hyphens where a printer's stood at line ends, but in words that the page has whole."""
    words = set(_WORD.findall(text))

    def hyphen(found: re.Match[str]) -> str:
        whole = f"{found[1]}{found[2]}"
        is_split = found[2][:1].islower() and len(whole) > 3 and whole in words
        return whole if is_split else f"{found[1]}-{found[2]}"

    return _LINE_HYPHEN.sub(hyphen, text)


def has_ligatures(text: str) -> bool:
    """Tell whether a page has letters in one sign throughout: a text or two may be so by itself."""
    if text.isascii() or not _LIGATURE.search(seen(text).rare):
        return False
    return _count_lines(_LIGATURE, text) >= _LEAST_LIGATURES


def _count_lines(pattern: re.Pattern[str], text: str, part: str = "") -> int:
    """Return how many lines hold a pattern, of those that hold a part of it."""
    if not pattern.search(text):
        return 0
    return sum(1 for line in text.split("\n") if part in line and pattern.search(line))


def has_entities(text: str) -> bool:
    """Tell whether a page has signs by name, as a program that forgets to turn them leaves them."""
    if "&" not in seen(text).rare:
        return False
    n_entities = sum(1 for _ in _ENTITY.finditer(text))
    if _count_lines(_ENTITY, text, "&") < _LEAST_ENTITIES:  # an author's text may hold some
        return False
    return sum(1 for _ in _BARE.finditer(text)) <= _BARE_SHARE * n_entities


def _sign(entity: re.Match[str]) -> str:
    sign = unescape(entity[0])
    return " " if sign.isspace() else without_marks(sign)


def _is_ended(text: str) -> bool:
    n_ends = sum(map(seen(text).rare.count, "\x0b\x85\u2028\u2029"))
    return n_ends >= _LEAST_LINE_ENDS and n_ends >= text.count("\n") + 1


def _is_wide(text: str) -> bool:
    """Tell whether most words stand apart by more than a space."""
    n_double = text.count("  ")
    if n_double < _LEAST:
        return False
    # A single space is a gap unless it stands at an end, or beside a line end or the like.
    n_other = sum(map(text.count, "\t\n\r")) + sum(map(str.isspace, seen(text).rare))
    n_ends = 2 + 2 * n_other
    if n_double < _WIDE_SHARE * (text.count(" ") - 3 * n_double - n_ends):
        return False
    gaps = _GAP.findall(text)
    return sum(len(gap) > 1 for gap in gaps) >= _WIDE_SHARE * len(gaps)
