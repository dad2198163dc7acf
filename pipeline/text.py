"""Pure text cleaning: matching keys, folded white space, dates as pages write them.

What belongs here: functions from text to text or dates that know nothing of sites, files or
tables, and that give the same answer when applied twice. What does not: anything that needs
the rest of a page (see `sources`) or a judgement about which value is right (see `sql/`).
"""

import re
from collections.abc import Iterable
from datetime import date

from anyascii import anyascii

# What every ASCII byte becomes in keys, one a line: letters lose their case, digits stay, and all
# else turns to spaces.
_ALNUM = bytes(
    ord(chr(i).lower()) if chr(i).isalnum() and i < 128 else i if chr(i) == "\n" else 32
    for i in range(256)
)
_SPACES = re.compile(rb"  +")
# White space to look for in long texts; in short ones it is as fast to look at each sign.
_LONG = 200
_ODD_SPACES = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f"
# Signs that join letters of one name or word, as `anyascii` spells them: Chung-Wei, O'Brien.
_JOINERS = b"'`-"
# `\textbf{G}raph`, `$\ell_1$`: the marks go, the words stay (pages often lost the backslash).
_TEX_FONT = re.compile(r"\\(?:text|math|emph)[a-z]*\s*(?=\{)")

_MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
MONTHS = {
    spelling: number
    for number, name in enumerate(_MONTH_NAMES, 1)
    for spelling in (name.lower(), name[:3].lower())
}
MONTH = "|".join(sorted((m.capitalize() for m in MONTHS), key=len, reverse=True))


def split_lines(text: str) -> tuple[str, ...]:
    r"""Split a dump into lines at LF, CRLF or CR only, so that line numbers match an editor's.

    >>> split_lines("a\r\nb\rc")
    ('a', 'b', 'c')
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return tuple(text.split("\n"))


def fold_space(text: str) -> str:
    r"""Turn every run of white space into one space and trim the ends.

    >>> fold_space("  a \n b ")
    'a b'
    """
    # Most text is folded already; to see that is cheaper than to split it into words.
    text = text.strip()
    is_folded = "  " not in text and not _has_odd_space(text)
    return text if is_folded else " ".join(text.split())


def _has_odd_space(text: str) -> bool:
    """Tell whether white space other than spaces may be in a text."""
    if len(text) > _LONG and text.isascii():
        return any(map(text.__contains__, _ODD_SPACES))
    return not text.isprintable()


def fold_ascii(text: str) -> str:
    """Spell text in lower-case ASCII; SQL compares bytes, so folding happens here, once.

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
        _TEX_FONT.sub("", title) if title and "\\" in title else title for title in titles
    )


def name_key(name: str | None) -> str | None:
    """Return the form of a person's name that is equal for equal names, or None.

    Case, accents, dots, hyphens and apostrophes do not count; word order does.

    >>> name_key("Chung-Wei  Lin"), name_key("W. -X. Zhou"), name_key("Emmanuel Candès")
    ('chungwei lin', 'w x zhou', 'emmanuel candes')
    """
    return name_keys([name])[0]


def name_keys(names: Iterable[str | None]) -> list[str | None]:
    """Return the `name_key` of each name: of many together, which is faster.

    >>> name_keys(["Chung-Wei  Lin", None])
    ['chungwei lin', None]
    """
    return _words_alone(names, _JOINERS)


def _words_alone(texts: Iterable[str | None], left_out: bytes = b"") -> list[str | None]:
    """Return of each text the lower-case ASCII letters and digits, one space between words.

    All texts take each step together, as lines of one: step by step for each takes far longer.
    """
    lines = [
        (text if text.isascii() else anyascii(text)).replace("\n", " ") if text else ""
        for text in texts
    ]
    words = _SPACES.sub(b" ", "\n".join(lines).encode().translate(_ALNUM, left_out))
    words = words.replace(b" \n", b"\n").replace(b"\n ", b"\n").strip(b" ")
    return [key or None for key in words.decode().split("\n")] if lines else []


def month_number(name: str) -> int | None:
    """Return 1-12 for an English month name, full or three letters, else None.

    >>> month_number("Sep"), month_number("September"), month_number("Sept")
    (9, 9, None)
    """
    return MONTHS.get(name.lower())


def make_date(year: int | None, month: int | None, day: int | None) -> date | None:
    """Return the date, or None where a part is unknown or the day does not exist.

    >>> make_date(2024, 2, 29), make_date(2023, 2, 29), make_date(None, 1, 1)
    (datetime.date(2024, 2, 29), None, None)
    """
    if year is None or month is None or day is None:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
