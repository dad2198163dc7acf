r"""Labels that stand apart from their colon or from what they label.

What belongs here: `Abstract :`, the colon in a line of its own, labels at the end of lines. What
does not: lines torn at every tag of the page (`nodes`), what a label means (`sources`).

A title may be `Comments : a Survey`: a label is mended where the page has several such, or has that
label in no other way.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise

from pipeline.forms.at_begin import AtBegin
from pipeline.forms.marks import ADDED, joined
from pipeline.forms.seen import seen
from pipeline.forms.site_lines import SiteLines

# What pages about papers call the parts of a card.
_WORDS = (
    r"(?:Title|Authors?|Abstract|Comments?|Subjects?|Keywords|DOI|Journal[ -]ref(?:erence)?"
    r"|(?:ACM|MSC)[ -][Cc]lass|Report[ -](?:no|number)|Cite as)"
)
_SPACE = rf"[^\S\n{ADDED}]"
_APART = AtBegin(rf"({_SPACE}*+)({_WORDS})(?:{_SPACE}++:|{_SPACE}*+：)(?!:){_SPACE}*+")
_APART_INSIDE = re.compile(rf"(?<=\s)((?:ACM|MSC)[ -][Cc]lass|Report[ -]number){_SPACE}++:(?!:)")
_BELOW = AtBegin(
    rf"({_SPACE}*+)({_WORDS}){_SPACE}*+({ADDED}?\n(?:{_SPACE}*+\n){{0,12}}+){_SPACE}*+[:：](?!:)"
    rf"{_SPACE}*+"
)
_WHOLE = AtBegin(rf"{_SPACE}*+({_WORDS}):")
# A label that one short text follows, not names line by line or an abstract.
_ALONE = AtBegin(
    rf"({_SPACE}*+)((?!Abstract|Authors?){_WORDS}:){_SPACE}*+({ADDED}?\n(?:{_SPACE}*+\n){{0,12}}+)"
    rf"{_SPACE}*+(?=[^\s:])"
)
# A label behind the end of the text before it: "1. Waiting Boxes Authors:", "Kari Moe Abstract:".
# An abstract may be missing.
_BEHIND = re.compile(
    rf"(?<=\S){_SPACE}+((?:Authors?|Abstract):{_SPACE}*+{ADDED}?)"
    rf"(?:$|(?=Submitted \d{{1,2}} [A-Z][a-z]{{2,8}},? \d{{4}};))",
    re.MULTILINE,
)
# Dates that go on below, behind the end of an abstract: "We wait. Submitted 3 May, 2024;"
_GO_ON = rf"{_SPACE}*+(?:v1 submitted|originally announced) "
_DATES_GO_ON = AtBegin(_GO_ON)
_SUBMITTED = "Submitted "
_DATES = re.compile(
    rf"{_SUBMITTED}\d{{1,2}} [A-Z][a-z]{{2,8}},? \d{{4}};[^\n]{{0,60}}$"
    rf"(?=\n(?:{_SPACE}*+\n){{0,12}}+{_GO_ON})",
    re.MULTILINE,
)
# White space inside "Submitted  3 May", where each node is set apart.
_WIDE_DATES = AtBegin(
    rf"({_SPACE}*+(?:Submitted|v1|originally|announced|submitted)(?: [a-z]{{2,9}})?)"
    rf"{_SPACE}{{2,}}+(?=(?:submitted|announced|\d{{1,2}}|[A-Z][a-z]{{2,8}},?)\s)"
)
# "doi" above its address.
_DOI = AtBegin(rf"({_SPACE}*+doi){_SPACE}*+({ADDED}?\n){_SPACE}*+(?=10\.\d{{4}})")
_LEAST = 2
# A label behind text in its line, sought by its words.
_MAY_BE_BEHIND = re.compile(r"A(?:uthors?|bstract):")
_PARTS = ("Author", "Authors", "Abstract")
_PARTS_BEGIN = tuple(f"\n{part}" for part in _PARTS)
# How the words of `_ALONE` end, and what stands behind their colon.
_ENDS_ALONE = (
    *("Title", "Comment", "Comments", "Subject", "Subjects", "Keywords", "DOI"),
    *("ref", "reference", "lass", "no", "number", "as"),
)
_LINE_ENDS = re.compile(rf"{_SPACE}*+{ADDED}?\n")


def undo_labels(text: str, sites: Sequence[SiteLines]) -> str:  # noqa: ARG001
    """Put colons behind their labels, and short texts behind the colons."""
    text = _DOI.sub(lambda found: f"{found[1]}{joined(found[2])} ", text)
    parts = seen(text).between_colons
    if "：" in seen(text).rare or any(part[-1:].isspace() for part in parts[:-1]):
        text = _with_near_colons(text)
        parts = seen(text).between_colons
    elif len(parts) == 1:
        return text
    # Nearly all labels begin their lines.
    n_labels = sum(part.endswith(_PARTS) - part.endswith(_PARTS_BEGIN) for part in parts)
    if n_labels > _LEAST and _count_behind(_MAY_BE_BEHIND, text) > _LEAST:
        text = _with_labels_below(text)
    if _DATES_GO_ON.is_in(text):
        text = _with_dates_below(text)
    text = _WIDE_DATES.sub(r"\1 ", text)
    if _may_be_alone(text) and len(_ALONE.findall(text)) >= _LEAST:
        text = _ALONE.sub(lambda found: f"{found[1]}{found[2]}{joined(found[3])} ", text)
    return text


def _with_near_colons(text: str) -> str:
    """Put colons that stand apart right behind their labels."""
    text = _mended(_BELOW, text, lambda found: f"{found[1]}{found[2]}:{joined(found[3])} ")
    text = _mended(_APART, text, lambda found: f"{found[1]}{found[2]}: ")
    return _APART_INSIDE.sub(r"\1:", text) if _is_apart_inside(text) else text


def _may_be_alone(text: str) -> bool:
    """Tell from what stands around its colons whether a page has labels above one short text."""
    return any(
        part.endswith(_ENDS_ALONE) and not below[:1].isalnum() and _LINE_ENDS.match(below)
        for part, below in pairwise(seen(text).between_colons)
    )


def _with_dates_below(text: str) -> str:
    """Put dates that stand behind the end of a text, and go on below, on lines of their own."""
    shown, end, at = [], 0, text.find(_SUBMITTED)
    while at >= 0:
        found = _DATES.match(text, at) if _is_behind(text, at) else None
        if found is not None:
            above = text[end:at].rstrip()
            shown += [above, f"{ADDED}\n", found[0]]
            end = found.end()
        at = text.find(_SUBMITTED, max(at + 1, end))
    return "".join([*shown, text[end:]])


def _is_apart_inside(text: str) -> bool:
    """Tell whether white space stands between a label inside a line and its colon."""
    parts = (part for part in text.split(":") if part[-1:].isspace())
    return any(part.rstrip().endswith(("lass", "number")) for part in parts)


def _count_behind(pattern: re.Pattern[str], text: str) -> int:
    """Return how often something stands behind text in its line, with space between."""
    return sum(1 for found in pattern.finditer(text) if _is_behind(text, found.start()))


def _is_behind(text: str, at: int) -> bool:
    if not text[at - 1 : at].isspace():
        return False
    above = text[text.rfind("\n", 0, at) + 1 : at]
    return bool(above) and not above.isspace()


def _with_labels_below(text: str) -> str:
    """Put labels on lines of their own that mostly stand behind the end of another text."""
    behind = Counter(found[1].strip() for found in _BEHIND.finditer(text))
    whole = Counter(f"{word}:" for word in _WHOLE.findall(text))
    if sum(behind.values()) > _LEAST and all(n > whole[word] for word, n in behind.items()):
        return _BEHIND.sub(rf"{ADDED}\n\1", text)
    return text


def _mended(pattern: AtBegin, text: str, mend: Callable[[re.Match[str]], str]) -> str:
    """Mend the labels that are apart often enough, or never stand otherwise."""
    apart = Counter(found[2] for found in pattern.finditer(text))
    if not apart:
        return text
    whole = Counter(_WHOLE.findall(text))
    frequent = {
        word
        for word, n_apart in apart.items()
        if (n_apart >= _LEAST and n_apart >= whole[word]) or not whole[word]
    }
    return pattern.sub(lambda found: mend(found) if found[2] in frequent else found[0], text)
