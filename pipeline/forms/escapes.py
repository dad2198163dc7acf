r"""Signs that writers of Markdown put a backslash before: `\_`, `\[`, `\*`.

What belongs here: taking such backslashes off a page of Markdown. What does not: telling that it is
one (`evidence`).

TeX has backslashes before the same signs: `s\_t`. A writer of Markdown escapes a sign wherever it
stands, so a sign that also stands bare was not escaped by one.
"""

import re
from collections import Counter

from pipeline.forms.marks import LINKED

_SIGNS = r"_*\[\]#+\-!()|~<>$^&'\"@`.={}"
_ESCAPED = re.compile(rf"\\(?:([{_SIGNS}])|(\\))")
_BARE = re.compile(rf"(?<!\\)([{_SIGNS}])")
# Signs that are also escaped only where they would begin a list or end a number.
_AT_BEGIN = frozenset("#+-.=!")
_LEAST_AT_BEGIN = 2
# TeX has backslashes before braces, but none between a command and its brace.
_BRACES = frozenset("{}")
_COMMAND = re.compile(r"\\[A-Za-z]++\\\{")
_NUMBER = re.compile(r"^([ \t]*+\d{1,9})\\([.)])", re.MULTILINE)
_BEGIN = re.compile(r"^([ \t]*+)\\([#+\-=>])", re.MULTILINE)
# A backslash is doubled by some writers, by some only where certain signs follow.
_BACKSLASHES = re.compile(r"(\\++)(.)")
_BARE_SHARE = 0.05
# What writers do not escape: addresses, the bullets they write themselves, and the brackets of
# links that lead nowhere, which are buttons.
_NO_WORDS = re.compile(
    rf"{LINKED}[^{LINKED}\n]*+{LINKED}|https?://\S++|^[ \t]*+[*+-][ \t]|</?[a-z]++>"
    r"|(?<!\\)\[(?:\W{0,3}(?:More|Less)|[ xX]?)\]",
    re.MULTILINE,
)
# "--" and "..." would be made typographic signs.
_SMART = re.compile(
    r"\\(?=--|-\\-|\.\.\.)|(?<=-)\\(?=-)|(?<=\s)\\(?=[-+]\s)|(?<=\d)\\(?=\.(?:\s|$))", re.MULTILINE
)


def without_escapes(text: str) -> str:
    """Take backslashes off the signs that the page never shows without one."""
    if "\\" not in text:
        return text
    escaped, doubled = _escaped_signs(text), _doubled_before(text)

    def bare(found: re.Match[str]) -> str:
        if found[1]:
            return found[1] if _place(found) in escaped else found[0]
        return "\\" if _kind(text[found.end() : found.end() + 1]) in doubled else found[0]

    text = _ESCAPED.sub(bare, text)
    if ("[", False) in escaped and ("]", False) not in escaped:
        text = _CLOSING.sub(r"\1]", text)
    text = _BEGIN.sub(r"\1\2", _NUMBER.sub(r"\1\2", text))
    return _SMART.sub("", text)


def _doubled_before(text: str) -> set[str]:
    """Return before which signs, or letters, no backslash stands alone."""
    lengths: dict[str, set[bool]] = {}
    for found in _BACKSLASHES.finditer(text):
        lengths.setdefault(_kind(found[2]), set()).add(len(found[1]) > 1)
    return {kind for kind, are_longer in lengths.items() if are_longer == {True}}


def _kind(below: str) -> str:
    return "letter" if below.isalpha() else below


# Where a bracket that opens is always escaped, so is what closes it.
_CLOSING = re.compile(r"(\[[^\[\]\n\\]{0,80}+)\\\]")
_Place = tuple[str, bool]  # a sign, and whether it stands inside a word


def _place(found: re.Match[str]) -> _Place:
    text, begin, end = found.string, found.start(), found.end()
    return found[1], text[begin - 1 : begin].isalnum() and text[end : end + 1].isalnum()


def _escaped_signs(text: str) -> frozenset[_Place]:
    """Return the signs that hardly ever stand without a backslash, inside words or around them."""
    text = _NO_WORDS.sub("", text)
    escaped = Counter(_place(found) for found in _ESCAPED.finditer(text) if found[1])
    bare = Counter(map(_place, _BARE.finditer(text)))
    has_commands = "\\{" in text and _COMMAND.search(text) is not None

    def is_escaped(place: _Place, n_escaped: int) -> bool:
        sign, _ = place
        if sign in _AT_BEGIN:
            return n_escaped >= _LEAST_AT_BEGIN and not bare[sign, True] + bare[sign, False]
        if sign in _BRACES and not has_commands:
            return False
        return bare[place] <= _BARE_SHARE * n_escaped

    return frozenset(place for place, n_escaped in escaped.items() if is_escaped(place, n_escaped))
