r"""What a page of HTML shows, as text: for pages that have lost the marks of their site.

What belongs here: the lines that a browser would show or copy, each with the lines of the source
that it stands in, and the addresses of its links. What does not: telling cards (`sites`), pages
whose marks are there (`markup`).

Reader views, word processors, mailers and notebooks write HTML of their own around the words of a
page. lexbor knows no positions, so signs are written into the source before it is parsed: the
number of the line before every piece of text, and what tags mean for the lines that are shown.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from pipeline.sources.markup import parse_whole
from pipeline.text.whitespace import fold_space

# Noncharacters of Unicode: "\ufdd412\ufdd4" stands before what is in line 12 of the source.
_AT, _END, _BLANK, _LINK = "\ufdd4", "\ufdd5", "\ufdd6", "\ufdd7"
_OWN = str.maketrans(dict.fromkeys((_AT, _END, _BLANK, _LINK), " "))
_SIGN = re.compile(f"({_AT}[0-9]{{1,9}}{_AT}|{_END}|{_BLANK}|{_LINK}[^{_LINK}]*+{_LINK})")

_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<[!?][^<>]*+>"
    r"|<(?P<raw>script|style|template|title|head)\b(?:[^<>]*+>).*?(?:</(?P=raw)\s*+>|\Z)"
    r"|<(?P<close>/?)(?P<name>[A-Za-z][\w:-]{0,30}+)"
    r"""(?P<rest>(?:[^<>"']++|"[^"]{0,200000}+"|'[^']{0,200000}+')*+)>""",
    re.DOTALL | re.IGNORECASE,
)
_HREF = re.compile(r"""\shref\s?=\s?(?:"([^"]{1,2000}+)"|'([^']{1,2000}+)')""", re.IGNORECASE)
_BLOCKS = re.compile(
    r"address|article|aside|blockquote|body|br|button|center|dd|details|dialog|div|dl|dt|fieldset"
    r"|figcaption|figure|footer|form|h[1-6]|header|hr|label|legend|li|main|nav|ol|option|pre"
    r"|section|select|summary|table|ul"
)
# Between rows, text would be moved out of the table: so the first cell says that a line begins.
_CELLS = frozenset(("td", "th"))
_HIDDEN = "[hidden], noscript, svg, iframe, textarea"
_MOST_CHARS = 30_000_000


class ShownText(NamedTuple):
    """The lines that a page shows.

    Attributes:
        lines: the lines, with blank ones where paragraphs are apart.
        spans: for each line the first and the last line of the source, from 1.
        links: the addresses of the links in a line, by its number, from 1.
    """

    lines: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    links: Mapping[int, tuple[str, ...]]


def shown_text(source: str) -> ShownText | None:
    """Return what a page shows; None of one that would keep lexbor busy, or that shows nothing."""
    if len(source) > _MOST_CHARS:
        return None
    parsed = parse_whole(_signed(source.translate(_OWN)))
    if parsed is None or parsed[0].body is None:
        return None
    for node in reversed(parsed[0].css(_HIDDEN)):
        node.decompose()
    writer = _Writer()
    for part in _SIGN.split(parsed[0].body.text()):
        writer.take(part)
    writer.end_line()
    if not writer.lines:
        return None
    return ShownText(tuple(writer.lines), tuple(writer.spans), writer.links)


# ---------- signs into the source


def _signed(source: str) -> str:
    """Return a source with a sign for every line, and for what its tags do to lines."""
    parts: list[str] = []
    at, line, is_first_cell, n_open_pre = 0, 1, True, 0
    is_behind = False  # below a page of markup may stand one of text, in lines of its own
    for token in _TOKEN.finditer(source):
        is_kept = is_behind or n_open_pre > 0
        parts.append(_numbered(source[at : token.start()], line, is_kept=is_kept))
        line += source.count("\n", at, token.end())
        at = token.end()
        name, is_close = (token["name"] or "").lower(), bool(token["close"])
        if name == "html":
            is_behind = is_close
        if name == "tr":
            is_first_cell = True
        if name == "pre":
            n_open_pre = max(0, n_open_pre + (-1 if is_close else 1))
        if name in _CELLS and not is_close:
            parts.append(token[0] + (_END if is_first_cell else "\t"))
            is_first_cell = False
            continue
        sign = _END if _BLOCKS.fullmatch(name) else _BLANK if name == "p" else ""
        parts += (sign, token[0])
        if name == "a" and not is_close and (href := _HREF.search(token["rest"])):
            parts.append(f"{_LINK}{href[1] or href[2]}{_LINK}")
    parts.append(_numbered(source[at:], line, is_kept=is_behind))
    return "".join(parts)


def _numbered(text: str, line: int, *, is_kept: bool) -> str:
    """Put the number of its line before each piece of a text; blank ones go without."""
    if not text or text.isspace():
        return _END * text.count("\n") if is_kept else text
    end = _END if is_kept else "\n"
    pieces = (
        f"{_AT}{number}{_AT}{piece}" if piece.strip() else piece
        for number, piece in enumerate(text.split("\n"), line)
    )
    return end.join(pieces)


# ---------- lines out of the text


class _Writer:
    """The lines, as they are made of pieces of text and signs."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.lines: list[str] = []
        self.spans: list[tuple[int, int]] = []
        self.links: dict[int, tuple[str, ...]] = {}
        self._texts: list[str] = []
        self._addresses: dict[str, None] = {}
        self._first: int | None = None
        self._at = 1
        self._is_apart = False

    def take(self, part: str) -> None:
        """Take a piece of text or a sign."""
        sign = part[:1]
        if sign == _AT and part.endswith(_AT) and len(part) > 2:
            self._at = max(self._at, int(part[1:-1]))
        elif sign in (_END, _BLANK):
            self.end_line()
            self._is_apart = self._is_apart or sign == _BLANK
        elif sign == _LINK:
            self._addresses[part[1:-1].strip()] = None
        else:
            if self._first is None and part.strip():
                self._first = self._at
            self._texts.append(part)

    def end_line(self) -> None:
        """Keep the line as far as it goes, if it says anything."""
        text = "\t".join(map(fold_space, "".join(self._texts).split("\t"))).strip()
        self._texts.clear()
        if not text:
            return
        first = self._first or self._at
        if self._is_apart and self.lines:
            self.lines.append("")
            self.spans.append((first, first))
        self.lines.append(text)
        self.spans.append((first, self._at))
        addresses = tuple(filter(None, self._addresses))
        if addresses:
            self.links[len(self.lines)] = addresses
        self._addresses.clear()
        self._first, self._is_apart = None, False
