r"""Buttons, fields, boxes and images as text browsers draw them: `(BUTTON)`, `[ ]`, `[_____]`.

What belongs here: what stands on a page for something that has no words. What does not: the marks
of Markdown (`markers`).

A line that is nothing but such a sign says nothing, wherever it stands. In a line with words it
goes only where several lines of the page have it in the same place: `[x]` may be a title's.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from pipeline.forms.at_begin import AtBegin
from pipeline.forms.evidence import count
from pipeline.forms.marks import line_ends
from pipeline.forms.seen import seen
from pipeline.forms.site_lines import SiteLines, any_site

_FIELD = r"\[[ \t]*+_{2,}+\]|\[[^\[\]\n]{0,80}+(?<=__)\]|_{4,}+|(?:\\_){4,}+"
_BOX = r"\\?\[(?:[ \xa0]|x|X|-|\+|✓|✔)?\\?\]|\((?: |\*|x|X|•)\)|[☐☑☒□■◻◼]"
_BUTTON = (
    r"\((?:BUTTON|Submit|SUBMIT|IMAGE)\)"
    r"|\[(?:BUTTON|Submit|IMAGE|IMG|INLINE|LINK|EMBED|ISMAP|USEMAP)\]"
)
_INSERTED = r"\[(?:INS|DEL):|:(?:INS|DEL)\]"
_SIGN = rf"(?:{_FIELD}|{_BOX}|{_BUTTON}|{_INSERTED})"
# A line of signs only, with or without a bullet before them.
_SIGN_LINE = AtBegin(rf"[ \t]*+(?:[-*+•‣◦▪●○][ \t]++)?{_SIGN}(?:[ \t]*+{_SIGN}){{0,20}}[ \t]*+$")
# Words, and no line drawn of signs, which would go next time.
_WORDS = r"(?=\S)(?![-=|:*_ \t]++$)"
_BUTTON_BEFORE = AtBegin(rf"([ \t]*+)(?:(?:{_BUTTON})[ \t]++)++{_WORDS}")
_AROUND = re.compile(_INSERTED)
_BOX_BEFORE_NUMBER = AtBegin(rf"([ \t]*+)(?:(?:{_BOX})[ \t]*+)++(?=\d[\d,.]*+[KkM]?[ \t]*+$)")
_BOX_BEFORE = AtBegin(rf"([ \t]*+(?:[-*+•‣◦▪●○][ \t]++)?)(?:(?:{_BOX})[ \t]++)++{_WORDS}")
_LEAST_BEFORE = 3
_LEAST_CALLED = 2
# What a box or a button is called: "[ ] Select", "(BUTTON) Save this". A number may be the page's.
_CALLED = AtBegin(
    rf"[ \t]*+(?:[-*+•‣◦▪●○][ \t]++)?(?:(?:{_BUTTON})[ \t]++(?P<button>[^\W\d_]{{2,20}}+"
    r"(?: [^\W\d_]{1,20}+){0,2})"
    rf"|(?:{_BOX})[ \t]++(?P<box>[^\W\d_]{{3,20}}+))[ \t]*+$"
)
# The name of an image, of which w3m shows ten characters: "[1674929746]", "[papers-by]".
_IMAGE = r"\[[\w.%-]{0,12}\]"
_IMAGE_LINE = AtBegin(rf"[ \t]*+(?:[-*+•‣◦▪●○][ \t]++)?{_IMAGE}[ \t]*+$")
_IMAGE_INSIDE = AtBegin(rf"([ \t]*+[^\[\]\n]{{0,40}}+)({_IMAGE})[ \t]?(?=[^\s\[(:,.])([^\n]*+)$")
_BULLETS_AND_SPACE = "-*+•‣◦▪●○ \t"
_LEAST_IMAGES = 3
# What is a file's name and no word, as titles have in front: "[Re] Boxes", "[COVID-19] Boxes".
_FILE_NAME = re.compile(r"\[(?:[0-9a-f]{8,12}|\d{5,12})?\]")
# What readers write for an image that has no name.
_NAMELESS_IMAGE = AtBegin(
    r"[ \t]*+(?:[-*+•‣◦▪●○][ \t]++)?"
    r"(?:Image|Thumbnail|Icon|Logo|Photo|Avatar)(?: \d{1,4}+)?[ \t]*+$"
)
_EMPTY_BULLET = AtBegin(r"[ \t]*+[*+•‣◦▪●○][ \t]*+$")
_TWO_EMPTY = AtBegin(r"[ \t]*+([*+•‣◦▪●○]|-)[ \t]*+\n\s*+\1[ \t]*+$")
_EMPTY_OF_DASHES = AtBegin(r"[ \t]*+-[ \t]*+$")
_ROW_OF_DASHES = AtBegin(r"[ \t]*+-[ \t]*+(?:\n\s*+-[ \t]*+$)++")


def without_widgets(text: str, sites: Sequence[SiteLines]) -> str:
    """Take the signs of buttons, fields, boxes and images off a page."""
    if "[" in text or "(" in text or "_" in text or "□" in text:
        text = _without_images(text, sites)
        text = _SIGN_LINE.sub(_gone, text)
        text = _without_called(text, sites)
        text = _BUTTON_BEFORE.sub(r"\1", text)
        text = _BOX_BEFORE_NUMBER.sub(r"\1", text)
        text = _if_several(_BOX_BEFORE, text)
        rare = seen(text).rare
        n_brackets = rare.count("[") + rare.count("]")  # one stands in each
        if n_brackets >= _LEAST_BEFORE and count(_AROUND, text) >= _LEAST_BEFORE:
            text = _AROUND.sub("", text)
    if len(_NAMELESS_IMAGE.findall(text)) >= _LEAST_IMAGES:
        text = _NAMELESS_IMAGE.sub(_gone, text)
    return _without_empty_bullets(text)


def _gone(found: re.Match[str]) -> str:
    return line_ends(found[0])


def _if_several(pattern: AtBegin, text: str) -> str:
    found = pattern.finditer(text)
    n_found = sum(1 for _ in zip(found, range(_LEAST_BEFORE), strict=False))
    return pattern.sub(r"\1", text) if n_found >= _LEAST_BEFORE else text


def _without_called(text: str, sites: Sequence[SiteLines]) -> str:
    """Take signs off with what they are called, where a page has the same one again.

    Words that a site knows stay: some begin a part of a card.
    """
    known = any_site(tuple(sites))
    times = Counter(found[0].strip() for found in _CALLED.finditer(text))

    def gone(found: re.Match[str]) -> str:
        words = found["button"] or found["box"]
        is_known = known.begins(words) or known.is_whole(words)
        is_called = times[found[0].strip()] >= _LEAST_CALLED and not is_known
        return _gone(found) if is_called else found[0]

    return _CALLED.sub(gone, text)


def _without_images(text: str, sites: Sequence[SiteLines]) -> str:
    """Take the names of images off: lines of their own, and between the words of lines alike.

    Where a line begins with one, that others do, too, says nothing: so do titles ("[Re] Boxes").
    """
    alone = [found.strip(_BULLETS_AND_SPACE) for found in _IMAGE_LINE.findall(text)]
    if len(alone) < _LEAST_IMAGES or _are_items(alone):
        return text
    text = _IMAGE_LINE.sub(_gone, text)
    known, names = any_site(tuple(sites)), frozenset(alone)
    befores = Counter(found[1].strip() for found in _IMAGE_INSIDE.finditer(text))

    def is_image(found: re.Match[str]) -> bool:
        if _FILE_NAME.fullmatch(found[2]) or known.is_whole((found[1] + found[3]).strip()):
            return True
        if known.begins(found[1].strip()):  # behind a label a title may begin
            return False
        if any(map(str.isalpha, found[1])):
            return befores[found[1].strip()] >= _LEAST_IMAGES
        return found[2] in names

    def inside(found: re.Match[str]) -> str:
        return found[1] + found[3] if is_image(found) else found[0]

    shown = None
    while shown != text:  # of a line with several, the first goes first
        shown, text = text, _IMAGE_INSIDE.sub(inside, text)
    return text


def _are_items(names: Sequence[str]) -> bool:
    """Tell whether lines in brackets number the items of a page: "[1]", "[2]", "[2]", "[3]"."""
    numbers = [int(name[1:-1]) for name in names if name[1:-1].isdecimal()]
    is_first = len(numbers) == len(names) and numbers[0] == 1
    return is_first and all(0 <= below - above <= 1 for above, below in pairwise(numbers))


def _without_empty_bullets(text: str) -> str:
    """Take bullets off that have no words, where they stand in rows: each was an image.

    A lone dash may begin each card of a page; where a title is lost between two, they are no row.
    """
    signs = {found[1] for found in _TWO_EMPTY.finditer(text)}
    if signs - {"-"}:
        text = _EMPTY_BULLET.sub(_gone, text)
    n_left = count(_EMPTY_OF_DASHES, _ROW_OF_DASHES.sub("", text)) if "-" in signs else 0
    if "-" in signs and n_left < count(_EMPTY_OF_DASHES, text) / 2:
        text = _EMPTY_OF_DASHES.sub(_gone, text)
    return text
