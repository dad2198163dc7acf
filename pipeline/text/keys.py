"""Keys that compare well: titles and names in ASCII words; a key of a key is the key.

What belongs here: what of a title or a name counts when two are compared. What does not: comparing
them (`sql/linkage`).
"""

import re
from collections.abc import Iterable

from anyascii import anyascii

from pipeline.text.whitespace import JOINERS, SPACES

# What every ASCII byte becomes in keys, one a line: letters lose their case, digits stay, and all
# else turns to spaces.
_ALNUM = bytes(
    ord(chr(i).lower()) if chr(i).isalnum() and i < 128 else i if chr(i) == "\n" else 32
    for i in range(256)
)
# `\textbf{G}raph`, `$\ell_1$`: the marks go, the words stay (pages often lost the backslash).
_CJK = re.compile(
    "[\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\u3000 ]+"
)
# Marks of print that exports leave in titles: the words stay.
_TAG = re.compile(
    r"</?(?:i|b|u|em|sub|sup|inf|scp|strong|italic|bold|tt)\b[^<>]{0,80}>", re.IGNORECASE
)
_TEX_FONT = re.compile(r"\\(?:text|math|emph)[a-z]*\s*(?=\{)")


def fold_ascii(text: str) -> str:
    """Return text in lower-case ASCII; SQL compares bytes, so folding happens here, once.

    >>> fold_ascii("Štěpán Łø ﬁ")
    'stepan lo fi'
    """
    return (text if text.isascii() else anyascii(text)).lower()


def title_key(title: str | None) -> str | None:
    r"""Return the form of a title that is equal for equal titles, or None if nothing is left.

    Case, accents, punctuation, TeX marks and spacing do not count.

    >>> title_key("K-BERT:  Enabling $L_1$ \\textbf{Graphs}")
    'k bert enabling l 1 graphs'
    """
    return title_keys([title])[0]


def title_keys(titles: Iterable[str | None]) -> list[str | None]:
    """Return the `title_key` of each title: of many together, which is faster.

    >>> title_keys(["K-BERT", None, "..."])
    ['k bert', None, None]
    """
    return _words_alone(
        _without_marks(title) if title and ("\\" in title or "<" in title) else title
        for title in titles
    )


def _without_marks(title: str) -> str:
    return _TAG.sub("", _TEX_FONT.sub("", title))


def name_key(name: str | None) -> str | None:
    """Return the form of a person's name that is equal for equal names, or None.

    Case, accents, dots, hyphens and apostrophes do not count; word order does.

    >>> name_key("Chung-Wei  Lin"), name_key("W. -X. Zhou"), name_key("Emmanuel Candès")
    ('chungwei lin', 'w x zhou', 'emmanuel candes')
    """
    return name_keys([name])[0]


def name_keys(names: Iterable[str | None]) -> list[str | None]:
    """Return the `name_key` of each name: of many together, which is faster.

    Spaces in names of Chinese, Japanese or Korean script are a matter of taste and do not count.

    >>> name_keys(["Chung-Wei  Lin", None, "山田 太郎"])
    ['chungwei lin', None, 'shantiantailang']
    """
    return _words_alone(
        (name if not name or name.isascii() else _without_cjk_spaces(name) for name in names),
        JOINERS,
    )


def _without_cjk_spaces(name: str) -> str:
    return "".join(name.split()) if _CJK.fullmatch(name) else name


def _words_alone(texts: Iterable[str | None], left_out: bytes = b"") -> list[str | None]:
    """Return of each text the lower-case ASCII letters and digits, one space between words.

    All texts take each step together, as lines of one: step by step for each takes far longer.
    """
    lines = [
        (text if text.isascii() else anyascii(text)).replace("\n", " ") if text else ""
        for text in texts
    ]
    words = SPACES.sub(b" ", "\n".join(lines).encode().translate(_ALNUM, left_out))
    words = words.replace(b" \n", b"\n").replace(b"\n ", b"\n").strip(b" ")
    return [key or None for key in words.decode().split("\n")] if lines else []
