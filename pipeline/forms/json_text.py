r"""JSON that holds the text or markup of one page in one of its strings, or line by line in many.

What belongs here: an answer of a reader service, a string that a console copied, JSON's or
Python's, a list of lines. What does not: JSON of papers, which is no page: no single string of it
is one.
"""

import ast
import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.forms.marks import ADDED, without_marks

_MOST_STRINGS = 100_000
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_LITERAL = re.compile(r"'(?:[^'\\\n]++|\\.)*+'|\"(?:[^\"\\\n]++|\\.)*+\"")
_KEY = re.compile(r"\s*+:")
_TAG = re.compile(r"</(?:a|article|dd|div|dl|dt|h\d|li|ol|p|span|ul|html|body)>", re.IGNORECASE)
_MIN_TAGS, _MIN_LINES = 6, 10  # of a string that is a page, of markup or of text
_MOST_PAGES = 6  # one page in several forms: html, markdown, text; more are several pages


class _String(NamedTuple):
    """A string of JSON: the name of its field, what it says, the offset of its first quote."""

    key: str
    text: str
    start: int


def unpack_json(text: str) -> str | None:
    """Return the page that a JSON text holds, on the line of its string; None if it holds none.

    Args:
        text: the text of the file, lines ended by LF.
    """
    first = text.lstrip("\ufeff \t\n")[:1]
    if first == "'":
        return _unpack_literal(text)
    if first not in ("{", "[", '"'):
        return None
    try:
        found = json.loads(text.lstrip("\ufeff"), strict=False)
    except (ValueError, RecursionError):
        return _unpack_literal(text) if first == '"' else None
    if _is_list_of_lines(found):
        return _unpack_lines(text)
    page = _choose(list(_pages(text)))
    if page is None:
        return None
    above = text.count("\n", 0, page.start)
    below = text.count("\n", page.start)
    body = without_marks(page.text.replace("\r\n", "\n").replace("\r", "\n"))
    return "\n" * above + body.replace("\n", f"{ADDED}\n") + "\n" * below


# Not inside a string, where a backslash stands before the quote.
_ADDRESS = re.compile(
    r"(?<!\\)\"(?:url|source_?url|final_?url)\"\s*:\s*(\"https?:[^\"\n]{1,3000}\")", re.I
)


def json_address(text: str) -> str | None:
    """Return the one address that fields of a JSON text give for the page it holds."""
    found = set(_ADDRESS.findall(text))
    if len(found) != 1:
        return None
    try:
        address = json.loads(found.pop(), strict=False)
    except ValueError:
        return None
    return address.encode("utf-8", "replace").decode()  # half a character is none


def _unpack_literal(text: str) -> str | None:
    """Return the page that a string of Python holds; None if it is none."""
    shown = text.strip("\ufeff \t\n")
    if text.count("\\n") < _MIN_LINES or not _LITERAL.fullmatch(shown):
        return None
    try:
        page = ast.literal_eval(shown)
    except (ValueError, SyntaxError):  # an escape that Python does not know
        return None
    if page.count("\n") < _MIN_LINES:
        return None
    above, below = (side.count("\n") for side in text.split(shown))
    body = without_marks(page.replace("\r\n", "\n").replace("\r", "\n"))
    return "\n" * above + body.replace("\n", f"{ADDED}\n") + "\n" * below


def _is_list_of_lines(found: object) -> bool:
    if not isinstance(found, list) or len(found) < _MIN_LINES:
        return False
    return all(isinstance(line, str) and "\n" not in line.rstrip("\n") for line in found)


def _unpack_lines(text: str) -> str:
    """Return the lines of a list, each on the line of its string."""
    written, end = [], 0
    for n, line in enumerate(_STRING.finditer(text)):
        n_ends = text.count("\n", end, line.start())
        ended = "\n" * n_ends if n_ends or not n else f"{ADDED}\n"
        written += [ended, without_marks(json.loads(line[0], strict=False).rstrip("\n"))]
        end = line.end()
    return "".join([*written, "\n" * text.count("\n", end)])


def _pages(text: str) -> Iterator[_String]:
    """Yield the strings that may be pages."""
    key = ""
    for n, match in enumerate(_STRING.finditer(text)):
        if n > _MOST_STRINGS:
            return
        if _KEY.match(text, match.end()):
            key = match[0]
        elif "\\n" in match[0] or "<" in match[0] or "\\u003" in match[0]:
            shown = json.loads(match[0], strict=False)
            if _is_markup(shown) or shown.count("\n") >= _MIN_LINES:
                yield _String(key, shown, match.start())


def _is_markup(text: str) -> bool:
    return len(_TAG.findall(text)) >= _MIN_TAGS


def _choose(pages: list[_String]) -> _String | None:
    """Return the page, markup before text; None where several pages or papers are told apart."""
    keys = [page.key for page in pages]
    if not pages or len(pages) > _MOST_PAGES or len(set(keys)) < len(keys):
        return None
    return max(pages, key=lambda page: (_is_markup(page.text), len(page.text)))
