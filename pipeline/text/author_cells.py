r"""Cells of authors made ready to be cut: their wrapping, cuts and sure separators.

What belongs here: lists written as text, TeX marks, "et al.", signs that stand in no name. What
does not: what commas mean (`author_lists`).
"""

import ast
import html
import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.text.name_shapes import is_nobody


@dataclass(frozen=True, slots=True)
class ReadyCell:
    """A cell without wrapping, as units between which names surely end.

    Attributes:
        units: what stands between sure separators, or the items of a list.
        is_cut: whether the cell says that there are more authors.
        kept: texts in braces, which are one name whatever they hold, by the sign in their place.
    """

    units: tuple[str, ...]
    is_cut: bool
    kept: tuple[str, ...]

    def restored(self, name: str) -> str:
        """Put the texts in braces back into a name."""
        for at, text in enumerate(self.kept):
            name = name.replace(chr(_FIRST_SIGN + at), text)
        return name


# Private characters stand for texts in braces while a cell is cut.
_FIRST_SIGN, _MOST_SIGNS = 0xE000, 500
# "and" between names: a lone word of several languages, or "&".
FOLLOWED_BY_ALL = re.compile(r"&|(?:^|(?<=[\s,]))(?:and|AND|und|UND|et|och|og|oder|en)(?:\s+|$)")
_CUT = re.compile(
    r"[\s,;&]{0,8}(?:\b(?:and|und|y|e|et)\s+)?(?:"
    r"\bet\.?\s?al(?:ii|ia)?\b\.?|(?:\band\b|&)\s*(?:\d{1,4}\s+)?(?:others|more)\b|\bothers\s*$"
    r"|\+\s?\d{1,4}(?:\s+(?:others?|more|authors?))*|(?-i:\bu\.\s?(?:v\.\s?)?a\.)"
    r"|\by otros\b|\be outros\b|\bet autres\b|\bund andere\b|\bи др\.?|…|\.\s?\.\s?\.+"
    r"|(?<=[\u3040-\u30ff\u4e00-\u9fff ,])(?:ほか|等|他)(?:\s?\d{0,4}\s?[名人])?\s*$"
    r")[\s\])]{0,8}",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"\s*(?:by|authors?|author\(s\)|von|autor(?:en|es)?)\s*:\s*|\s*by\s+", re.IGNORECASE
)
_NOTES = re.compile(r"(?:\([^()]{0,120}\)|\[[^\[\]]{0,120}\])")
_SEPARATORS = re.compile(r"[;；、|•\t/]|\s·\s|(?<=[\u4e00-\u9fff])・(?=[\u4e00-\u9fff])")
_HANGUL_DOT = re.compile(r"(?<=[\uac00-\ud7af])[·・](?=[\uac00-\ud7af])")
_SURE = re.compile(r"[;|]|\sand\s")
_LINES = re.compile(r"[\r\n]+")
_OPEN_LINE = re.compile(r"(?:[,;&]|\band)[ \t]{0,20}[\r\n]+")
_QUOTED = re.compile(r"""\s*(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*,?""")
_OBJECTS = re.compile(r"\[\s*\{")
_WHOLE = ("name", "full_name", "display_name", "literal")
_HALVES = (
    ("family", "last", "lastName", "last_name"),
    ("given", "first", "firstName", "first_name"),
)
_BRACES = re.compile(r"(?:(?<=^)|(?<=[,;\s]))\{([^{}\s,]{0,80}[\s,][^{}]{0,300})\}(?=$|[,;\s])")
_ACCENT = re.compile(
    r"\\([`'^\"~=.]|[uvHckrbdt](?![A-Za-z]))\s{0,2}\{?\s{0,2}\\?([A-Za-z])\s{0,2}\}?"
)
_ACCENTS = {
    "`": "\u0300",
    "'": "\u0301",
    "^": "\u0302",
    '"': "\u0308",
    "~": "\u0303",
    "=": "\u0304",
    ".": "\u0307",
    "u": "\u0306",
    "v": "\u030c",
    "H": "\u030b",
    "c": "\u0327",
    "k": "\u0328",
    "r": "\u030a",
    "b": "\u0331",
    "d": "\u0323",
}
_LETTER = re.compile(r"\\(ss|ae|AE|oe|OE|aa|AA|o|O|l|L|i|j)(?![A-Za-z])\s*(?:\{\})?")
_LETTERS = {
    "ss": "ß",
    "ae": "æ",
    "AE": "Æ",
    "oe": "œ",
    "OE": "Œ",
    "aa": "å",
    "AA": "Å",
    "o": "ø",
    "O": "Ø",
    "l": "ł",
    "L": "Ł",
    "i": "i",
    "j": "j",
}


def prepared(cell: str | Sequence[str | None]) -> ReadyCell:
    """Return a cell as units between which names surely end.

    >>> prepared("['Ana Lund', 'Oto Kask']").units
    ('Ana Lund', 'Oto Kask')
    >>> prepared("Lund, A.; Kask, O. et al.")
    ReadyCell(units=('Lund, A.', 'Kask, O.'), is_cut=True, kept=())
    """
    given = _items(cell) if isinstance(cell, str) else cell
    items = [item for item in given if item and not is_nobody(item)]
    kept: list[str] = []
    units: list[str] = []
    is_cut = False
    for item in items:
        text = _without_tex(html.unescape(item), kept)
        whole = _CUT.sub(" ; ", text)
        is_cut = is_cut or whole != text
        text = _NOTES.sub(" ", _LABEL.sub("", whole, count=1) if _LABEL.match(whole) else whole)
        between = " " if _SURE.search(text) else ";"  # lines part names, or were just full
        text = _LINES.sub(between, _OPEN_LINE.sub(lambda found: found[0].strip() + " ", text))
        text = _HANGUL_DOT.sub(";", text.replace("，", ","))
        units += (" ".join(unit.split()) for unit in _SEPARATORS.split(text))
    return ReadyCell(tuple(unit for unit in units if unit.strip(" ,.&")), is_cut, tuple(kept))


def _items(cell: str) -> list[str]:
    """Return the items of a list that was written as text, or the text alone."""
    text = cell.strip()
    if text[:1] + text[-1:] not in ("[]", "{}", "()"):
        return [cell]
    if _OBJECTS.match(text):
        return _names_of_objects(text)
    inner = text[1:-1]
    quoted = _QUOTED.findall(inner) if _QUOTED.match(inner) else []
    if quoted and sum(map(len, quoted)) == len(inner):
        return [_unquoted(each.strip().rstrip(",").strip()) for each in quoted]
    return [inner] if text[0] == "[" or text[0] == "(" else [cell]


def _names_of_objects(text: str) -> list[str]:
    """Return the names in a list of objects, as CSL and OpenAlex spell authors."""
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        return []
    found = []
    for row in rows if all(isinstance(each, dict) for each in rows) else ():
        whole = next((row[key] for key in _WHOLE if isinstance(row.get(key), str)), None)
        halves = [next((str(row[k]) for k in keys if row.get(k)), "") for keys in _HALVES]
        found.append(whole or ", ".join(half for half in halves if half))
    return [name for name in found if name]


def _unquoted(text: str) -> str:
    try:
        return str(ast.literal_eval(text))
    except (ValueError, SyntaxError):
        return text[1:-1]


def _without_tex(text: str, kept: list[str]) -> str:
    r"""Return a text without TeX marks; texts in braces are set aside in `kept`."""
    if "\\" in text:
        text = _LETTER.sub(lambda found: _LETTERS[found[1]], _ACCENT.sub(_composed, text))
    if "{" not in text:
        return text

    def set_aside(found: re.Match[str]) -> str:
        if len(kept) >= _MOST_SIGNS:
            return found[1]
        kept.append(found[1].strip())
        return chr(_FIRST_SIGN + len(kept) - 1)

    return re.sub(r"[{}]", "", _BRACES.sub(set_aside, text))


def _composed(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFC", found[2] + _ACCENTS.get(found[1], ""))
