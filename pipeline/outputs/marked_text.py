r"""Titles and other lines of pages with what marks them up, for LaTeX and for CSL.

What belongs here: TeX (`K\"ahler`, `{\em All}`, `$k$`) and tags (`H<sub>2</sub>O`) inside a line of
text, what is kept of them and what is shown as it is spelled. What does not: which lines a
reference has (`bibliography`).

Only what is known to do nothing but set text is kept as TeX; whatever else begins with a backslash
could read or write files where the bibliography is typeset, and is escaped.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from pylatexenc.latex2text import LatexNodes2Text

# BibTeX counts braces without regard to backslashes: `\{` would leave an entry open.
_SPELLED = {
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_SIGN_OF = {command: sign for sign, command in _SPELLED.items()}
_TEX = str.maketrans({**_SPELLED, **{sign: f"\\{sign}" for sign in "&%$#_"}})

_TAGS = {"i": r"\textit{", "b": r"\textbf{", "sub": r"\textsubscript{", "sup": r"\textsuperscript{"}
# Commands that set their argument, or the rest of their group, in a style → tag of CSL.
_STYLES = {
    **{command[1:-1]: tag for tag, command in _TAGS.items()},
    **dict.fromkeys(("emph", "textsl"), "i"),
    **dict.fromkeys(("textsc", "texttt", "textrm", "textsf", "textnormal", "mbox"), ""),
}
_SWITCHES = {
    **dict.fromkeys(("em", "it", "sl"), "i"),
    **dict.fromkeys(("bf",), "b"),
    **dict.fromkeys(("sc", "tt", "rm", "sf"), ""),
}

_BASE = r"(?:[A-Za-z]|\\[ij](?![A-Za-z]))"
# `it\'s` is what is left of a quoted string, not an accent.
_ACCENT = (
    rf"(?!(?<=[a-z])\\'s(?!\w))\\(?:[`'^\"~=.]|[uvHcdbrk](?:\ +|(?=[{{\\])))"
    rf"(?:\{{\ *{_BASE}\ *\}}|{_BASE})"
)
_LETTER = r"\\(?:ss|ae|AE|oe|OE|aa|AA|o|O|l|L|i|j|dh|DH|th|TH|ng|NG|dj|DJ)(?![A-Za-z])"
_ONE_LETTER = rf"(?:{_ACCENT}|{_LETTER}(?:\{{\}}|\ +)?)"
_TOKEN = re.compile(
    rf"""
      (?P<letter>\{{\ *{_ONE_LETTER}\ *\}}|{_ONE_LETTER})
    | (?P<escape>\\[%&_\#$-])
    | (?P<brace>\\[{{}}])
    | (?P<spelled>{"|".join(map(re.escape, _SIGN_OF))})
    | (?P<style>\\(?:{"|".join(_STYLES)})\ *\{{)
    | (?P<switch>\{{\ *\\(?:{"|".join(_SWITCHES)})(?![A-Za-z])\ *)
    | (?P<command>\\[A-Za-z@]+\*?)
    # Pandoc's rule: no space inside the dollars, no digit after the second. Two dollars would
    # begin a paragraph of formulas.
    | (?P<formula>\$(?=[^\s$])(?:[^$\\]|\\.)*(?<=\S)\$(?!\d))
    | (?P<tag></?(?:{"|".join(_TAGS)})>)
    | (?P<open>\{{)
    | (?P<close>\}})
    # Numbers with a tilde between them are a range, "10~20"; before a number it says "about".
    | (?P<tie>(?<=[\w.}}])(?<!\d)~(?=[\w\\{{$])|(?<=\d)~(?=[^\W\d]|[\\{{$]))
    # Before a word it is an option, "--help".
    | (?P<dash>(?<!-)(?:---|(?<=\S)--|--(?=\s))(?!-))
    | (?P<text>.)
    """,
    re.VERBOSE | re.DOTALL,
)
# What no formula of a title needs, and what lets TeX read or write files, or write its own code:
# such a piece is shown as it is spelled (also `^^5c`, which is a backslash to TeX).
_NO_FORMULA = re.compile(
    r"\\(?:input|include|write|open(?:in|out)|read|catcode|csname|[egx]?def|(?:future)?let|immediate"
    r"|special|directlua|loop|every|expandafter|(?:re)?newcommand|usepackage|href|url|verbatim|lst"
    r"|shipout|output|batchmode|scantokens|jobname|begingroup|uppercase|lowercase|char)"
    r"|\^\^"
)
# Behind such a sign TeX reads no more of a line.
_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)([%#])")
# Styles put titles into lower case; a word with a capital inside (BERT, LoRA) must stay.
_WORD = re.compile(r"(?<![\w\\])[^\W_]+(?:[-'][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Piece:
    """A sign of a line, a formula, or the beginning or end of what is marked up.

    Attributes:
        plain: what is read, without marks.
        html: what CSL has for it.
        tex: what LaTeX has for it; braces are balanced in a whole line.
        is_sign: it may be part of a word.
    """

    plain: str
    html: str
    tex: str
    is_sign: bool = True


_Token = tuple[str, str]  # a group of _TOKEN, and its text


def tex(text: str) -> str:
    r"""Write a line for LaTeX; formulas and commands that only set text stay as they are.

    >>> print(tex("R&D at 50% of $k$-means, $5 and $6"))
    R\&D at 50\% of $k$-means, \$5 and \$6
    >>> print(tex(r"K\"ahler's {\em All}, H<sub>2</sub>O, \input"))
    K\"ahler's {\em All}, H\textsubscript{2}O, \textbackslash{}input
    """
    return "".join(piece.tex for piece in _pieces(text))


def tex_title(title: str) -> str:
    r"""Write a title for LaTeX, with the words braced whose capitals matter.

    >>> print(tex_title("LoRA: Low-Rank Adaptation of BERT & friends"))
    {LoRA}: Low-Rank Adaptation of {BERT} \& friends
    """
    runs = groupby(_pieces(title), key=lambda piece: piece.is_sign)
    return "".join(
        _braced([*run]) if is_sign else "".join(piece.tex for piece in run) for is_sign, run in runs
    )


def html(text: str) -> str:
    r"""Write a line for CSL: Unicode with the tags i, b, sub and sup; formulas stay.

    >>> print(html(r"K\"ahler: 100\% of {\em All} R&D, $k<3$"))
    Kähler: 100% of <i>All</i> R&D, $k<3$
    """
    return "".join(piece.html for piece in _pieces(text))


def plain(text: str) -> str:
    r"""Return a line without marks.

    >>> print(plain(r"K\"ahler, {\em All} H<sub>2</sub>O"))
    Kähler, All H2O
    """
    return "".join(piece.plain for piece in _pieces(text))


def _braced(signs: list[Piece]) -> str:
    spelled = [sign.tex for sign in signs]
    owner = [at for at, sign in enumerate(signs) for _ in sign.plain]
    for word in _WORD.finditer("".join(sign.plain for sign in signs)):
        if _has_inner_capital(word[0]):
            first, last = owner[word.start()], owner[word.end() - 1]
            spelled[first] = "{" + spelled[first]
            spelled[last] += "}"
    return "".join(spelled)


def _has_inner_capital(word: str) -> bool:
    return any(c.isupper() for piece in re.split("[-']", word) for c in piece[1:])


# ---------------------------------------------------------------- reading


def _pieces(text: str) -> list[Piece]:
    tokens = [_token(found) for found in _TOKEN.finditer(text)]
    marks: dict[int, Piece] = {}
    for opener, closer in _groups(tokens):
        tag, opening = _opening(tokens[opener])
        marks[opener] = Piece("", f"<{tag}>" if tag else "", opening, is_sign=False)
        marks[closer] = Piece("", f"</{tag}>" if tag else "", "}", is_sign=False)
    return [
        piece
        for at, token in enumerate(tokens)
        for piece in ([marks[at]] if at in marks else _shown(token))
    ]


def _token(found: re.Match[str]) -> _Token:
    """Return a token; what looks like a letter or a formula and is none is text."""
    kind, text = found.lastgroup or "text", found[0]
    is_sound = {"letter": _is_letter, "formula": _is_formula}.get(kind)
    return ("text", text) if is_sound and not is_sound(text) else (kind, text)


def _groups(tokens: list[_Token]) -> Iterable[tuple[int, int]]:
    """Return where groups begin and end.

    Bare braces group only in a line that has other TeX as well: in others they are signs. So are
    those of a command that is not kept.
    """
    has_tex = any(kind in _SAYS_TEX for kind, _ in tokens)
    unkept = {at for at, (kind, _) in enumerate(tokens) if kind == "command"}
    for opener, closer in sorted(_pairs(tokens)):
        if tokens[opener][0] == "open" and (not has_tex or opener - 1 in unkept):
            unkept.add(closer)
        else:
            yield opener, closer


_SAYS_TEX = ("letter", "escape", "brace", "spelled", "style", "switch")


def _pairs(tokens: list[_Token]) -> Iterable[tuple[int, int]]:
    """Return openers with what closes them, one inside the other; those without are left out."""
    opened: list[tuple[int, str]] = []
    waiting: Counter[str] = Counter()
    for at, (kind, text) in enumerate(tokens):
        if closer := _closer(kind, text):
            opened.append((at, closer))
            waiting[closer] += 1
        elif waiting[text]:
            awaited = None
            while awaited != text:
                opener, awaited = opened.pop()
                waiting[awaited] -= 1
            yield opener, at


def _closer(kind: str, text: str) -> str | None:
    if kind == "tag":
        return None if text.startswith("</") else f"</{text[1:]}"
    return "}" if kind in ("open", "style", "switch") else None


def _opening(token: _Token) -> tuple[str, str]:
    """Return the tag and the TeX that a group begins with."""
    kind, text = token
    if kind == "tag":
        return text[1:-1], _TAGS[text[1:-1]]
    name = text.strip("{\\ ")
    return {"style": _STYLES, "switch": _SWITCHES}.get(kind, {}).get(name, ""), text


def _shown(token: _Token) -> list[Piece]:
    """Return what stands outside of marks."""
    kind, text = token
    if kind == "formula":
        return [Piece(text, text, _COMMENT.sub(r"\1\\\2", text), is_sign=False)]
    if kind in _SIGNS:
        sign = _SIGNS[kind](text)
        return [Piece(sign, sign, text)]
    # What is escaped without need, `\{`, shows the sign.
    return [Piece(c, c, c.translate(_TEX)) for c in (text[1:] if kind == "brace" else text)]


@lru_cache(maxsize=2**10)
def _letter(text: str) -> str:
    return unicodedata.normalize("NFC", LatexNodes2Text().latex_to_text(text)).strip()


# What stands for one sign, or for none (`\-`), and is kept as it is spelled.
_SIGNS: dict[str, Callable[[str], str]] = {
    "letter": _letter,
    "escape": lambda text: text[1:].strip("-"),
    "spelled": _SIGN_OF.__getitem__,
    "tie": lambda _: "\N{NO-BREAK SPACE}",
    "dash": {"--": "–", "---": "—"}.__getitem__,
}


def _is_letter(text: str) -> bool:
    r"""Tell whether a letter has such an accent: `don\'t` has none."""
    return len(_letter(text)) == 1


def _is_formula(part: str) -> bool:
    return _is_balanced(part) and not _NO_FORMULA.search(part)


def _is_balanced(formula: str) -> bool:
    depth = 0
    for sign in formula:
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            return False
    return depth == 0
