"""JSON that holds the text or markup of one page in one of its strings.

What belongs here: an answer of a reader service, a string that a console copied. What does not:
JSON of papers, which is no page: no single string of it is one.
"""

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.forms.marks import ADDED, without_marks

_MOST_STRINGS = 100_000
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
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
    if text.lstrip("\ufeff \t\n")[:1] not in ("{", "[", '"'):
        return None
    try:
        json.loads(text.lstrip("\ufeff"), strict=False)
    except (ValueError, RecursionError):
        return None
    page = _choose(list(_pages(text)))
    if page is None:
        return None
    above = text.count("\n", 0, page.start)
    below = text.count("\n", page.start)
    body = without_marks(page.text.replace("\r\n", "\n").replace("\r", "\n"))
    return "\n" * above + body.replace("\n", f"{ADDED}\n") + "\n" * below


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
