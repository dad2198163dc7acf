"""Lines and white space of any script.

What belongs here: splitting a text into lines, folding white space. What does not: spaces that
stand where none should (`spacing`).
"""

import re

SPACES = re.compile(rb"  +")
# White space to look for in long texts; in short ones it is as fast to look at each character.
_LONG = 200
_ODD_SPACES = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f"
# Characters that join letters of one name or word, as `anyascii` writes them: Chung-Wei, O'Brien.
JOINERS = b"'`-"


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
    if len(text) <= _LONG and text.isprintable():  # names and titles: no call more than needed
        return " ".join(text.split()) if "  " in text else text
    is_folded = "  " not in text and not _has_odd_space(text)
    return text if is_folded else " ".join(text.split())


def _has_odd_space(text: str) -> bool:
    """Tell whether white space other than spaces may be in a text."""
    if len(text) > _LONG and text.isascii():
        return any(map(text.__contains__, _ODD_SPACES))
    return not text.isprintable()
