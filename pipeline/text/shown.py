r"""Text of others as it can be shown on a terminal, or stand in a cell of a spreadsheet.

What belongs here: writing out what commands a terminal or hides (`\x1b`, `\u202e`), shortening
paths, cells that a spreadsheet would run. What does not: taking such signs out of values
(`damage`); names of files are kept as they are, and shown so.
"""

import re

# What a terminal obeys, or does not show: control signs, overrides and isolates of direction, line
# ends of Unicode, signs of no width but the joiners and marks that scripts and emoji need, tags,
# halves of signs, signs that are none.
_ODD = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u180e\u200b\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ufffe\uffff\ud800-\udfff\U000e0000-\U000e00ff"
)
ODD_SIGN = re.compile(f"[{_ODD}]")
_SIGN_OR_LINE = re.compile(f"[\t\n{_ODD}]")
_MOST_PATH = 200

# A cell that begins so is a formula to a spreadsheet, also behind a space that it passes over; a
# leading apostrophe makes it text (OWASP, CSV Injection; the full-width signs too). Apostrophes
# that are there already count as none, so that the one can be taken off again. Python and DuckDB
# (RE2) understand it alike.
FORMULA = (
    "^'*(?:[\t\r\n]|[ \x0b\x0c\xa0\xad\u061c\u2000-\u200f\u202a-\u202f\u2060-\u2069\u3000\ufeff]*"
    "[=+@\uff1d\uff0b\uff0d\uff20-])"
)
_FORMULA = re.compile(FORMULA)


def printable(text: str) -> str:
    r"""Return a text on one line, with what commands a terminal or hides written out.

    >>> print(printable("red\x1b[31m\nlines"), printable("שלום 10 %"))
    red\x1b[31m\nlines שלום 10 %
    """
    return text if text.isprintable() else _SIGN_OR_LINE.sub(_escape, text)


def printable_lines(text: str) -> str:
    r"""Return the same of a text whose lines and tabs stay.

    >>> printable_lines("red\x1b[31m\nlines")
    'red\\x1b[31m\nlines'
    """
    return text if text.isprintable() else ODD_SIGN.sub(_escape, text)


def shown_server(address: str) -> str:
    """Return the address of a server without what it is asked with: a token may be among it.

    >>> shown_server("sc://spark.example.org:443/;use_ssl=true;token=secret")
    'sc://spark.example.org:443'
    """
    return re.split(r"(?<![:/])/|[;?]", address, maxsplit=1)[0]


def printable_path(path: object, most: int = _MOST_PATH) -> str:
    """Return a path on one line, cut in the middle if it is very long.

    >>> printable_path("a/very/long/path.txt", 13)
    'a/very…th.txt'
    """
    text = printable(str(path))
    if len(text) <= most:
        return text
    half = (most - 1) // 2
    return f"{text[:half]}…{text[-half:]}"


def _escape(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()


def harmless_cell(text: str) -> str:
    """Return a text that no spreadsheet runs as a formula.

    >>> harmless_cell("=1+1"), harmless_cell("1+1")
    ("'=1+1", '1+1')
    """
    return f"'{text}" if _FORMULA.match(text) else text


def cell_text(cell: str) -> str:
    """Return what `harmless_cell` was given.

    >>> cell_text("'=1+1"), cell_text("'tis")
    ('=1+1', "'tis")
    """
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
