"""MHTML: one file that holds a page and all it needs, as browsers' "single file" and mail write it.

What belongs here: finding the part that is the page, decoding it, keeping the file's lines. What
does not: other packings (`unpack`), what the page says (`sources`).

A mail may hold a page as text only: then its longest part of text is the page.

Every line of the file keeps its number. Lines of other parts and of heads become empty. In
quoted-printable a soft line break is a line that ended (`marks.ENDED`). In base64 nothing of a line
is left, so the page's lines are spread over those of the part in proportion to their length: a line
of 76 signs of base64 holds 57 bytes, so each lands within a line of where it was.
"""

import binascii
import re
from collections.abc import Iterator
from email.message import Message
from email.parser import HeaderParser
from typing import NamedTuple

from pipeline.forms.marks import ADDED, ENDED, without_marks

_MOST_HEAD = 200  # lines of the head of a file or of a part
_MOST_CHARS = 20_000  # of the file's head
_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}:")  # "Content-Type:"
_FIRST_FIELD = re.compile(rf"\s*+(?P<field>{_FIELD.pattern})")
_PACKED = re.compile(r"^content-type:[ \t]*(?:multipart/|text/)", re.IGNORECASE | re.MULTILINE)
_VERSION = re.compile(r"^mime-version:", re.IGNORECASE | re.MULTILINE)
_CHARSET = re.compile(rb"""<meta\s[^>]{0,200}?charset=["']?([A-Za-z0-9_-]{1,40})""", re.IGNORECASE)
_PAGES = ("text/html", "application/xhtml+xml")
_TEXT = "text/plain"
_SPELT_END, _SPELT = re.compile(rb"\r\n|[\r\n]"), b"\v"
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")


class _Part(NamedTuple):
    """A part: its head, and its body's first line and the line behind it, from 0."""

    head: Message
    begin: int
    end: int

    @property
    def is_page(self) -> bool:
        return self.head.get_content_type() in _PAGES and self.begin < self.end

    @property
    def is_text(self) -> bool:
        # A name says that it is a file that was sent along.
        is_plain = self.head.get_content_type() == _TEXT and self.head.get_filename() is None
        return is_plain and self.begin < self.end


def unpack_mhtml(text: str) -> str | None:
    """Return the page of an MHTML file with signs (see `marks`), None if it is no such file.

    Args:
        text: the text of the file, lines ended by LF.
    """
    first = _FIRST_FIELD.match(text)
    if first is None or not _VERSION.search(text, first.start("field"), _MOST_CHARS):
        return None
    lines = text.split("\n")
    head = _read_head(lines, 0)
    if head is None or not _PACKED.search(head.text):
        return None
    parts = list(_parts(lines, head))
    page = _choose(head.message, [part for part in parts if part.is_page])
    if page is None:
        texts = [part for part in parts if part.is_text]
        page = max(texts, key=lambda part: part.end - part.begin, default=None)
    if page is None:
        return None
    body = _decode(page.head, lines[page.begin : page.end])
    below = len(lines) - page.end
    return "\n" * page.begin + body + "\n" * below


# A long address goes on in the next line, behind white space.
_LOCATION = re.compile(
    r"^(?P<snapshot>snapshot-)?content-location:[ \t]*(?:\n[ \t]+)?"
    r"(?P<url>https?://\S+(?:\n[ \t]+\S+)*)",
    re.IGNORECASE | re.MULTILINE,
)


def mhtml_address(text: str) -> str | None:
    """Return the address of the page of an MHTML file: of the snapshot, else of its first part."""
    found = list(_LOCATION.finditer(text[:_MOST_CHARS].replace("\r\n", "\n")))
    named = next((location for location in found if location["snapshot"]), next(iter(found), None))
    return "".join(named["url"].split()) if named else None


class _Head(NamedTuple):
    """The fields above a body: their text, what they say, the line behind the blank one below."""

    text: str
    message: Message
    end: int


def _read_head(lines: list[str], begin: int) -> _Head | None:
    """Read the fields that begin at a line, blank lines above them aside; None if there are none.

    A part without fields begins with a blank line, so only the file's own head may follow some.
    """
    at = begin
    while begin == 0 and at < len(lines) and not lines[at].strip():
        at += 1
    first = at
    while at < min(len(lines), first + _MOST_HEAD) and lines[at].strip():
        if not (_FIELD.match(lines[at]) or (at > first and lines[at][0] in " \t")):
            return None
        at += 1
    text = "\n".join(lines[first:at])
    if at == first and begin == 0:
        return None
    return _Head(text, HeaderParser().parsestr(text), min(at + 1, len(lines)))


def _parts(lines: list[str], head: _Head) -> Iterator[_Part]:
    """Yield the parts that hold no parts themselves; the file is one if it is not divided."""
    boundaries = _boundaries(head.message)
    message: Message | None = head.message
    begin = head.end
    for at in range(begin, len(lines)):
        shown = lines[at].rstrip() if lines[at].startswith("--") else ""
        is_last = shown.endswith("--") and shown[:-2] in boundaries
        if at < begin or not (is_last or shown in boundaries):
            continue
        if message:
            yield _Part(message, begin, at)
        part = None if is_last else _read_head(lines, at + 1)
        message = part.message if part else None
        begin = part.end if part else at + 1
        boundaries |= _boundaries(message)
    if message:
        yield _Part(message, begin, len(lines))


def _boundaries(message: Message | None) -> set[str]:
    boundary = message.get_boundary() if message else None
    return {f"--{boundary.rstrip()}"} if boundary else set()


def _choose(head: Message, pages: list[_Part]) -> _Part | None:
    """Return the page itself, not one that it shows in a frame: by its name, or the first."""
    start = (head.get_param("start") or "", head["Snapshot-Content-Location"] or "")
    named = [
        part
        for part in pages
        if (part.head["Content-ID"] or "") == start[0] != ""
        or (part.head["Content-Location"] or "") == start[1] != ""
    ]
    return next(iter(named or pages), None)


# ---------- decoding


def _decode(head: Message, lines: list[str]) -> str:
    encoding = str(head["Content-Transfer-Encoding"] or "").strip().lower()
    charset = head.get_content_charset() or ""
    if encoding == "base64":
        return _from_base64(lines, charset)
    if encoding == "quoted-printable":
        return _from_quoted_printable(lines, charset)
    return "\n".join(lines)


def _from_quoted_printable(lines: list[str], charset: str) -> str:
    """Decode lines; one that ends softly goes on in the next one, and a sign says so.

    Line ends that are spelt (`=0D=0A`) end a line, which the file has not.
    """
    whole: list[list[bytes]] = []
    is_open = False
    for line in lines:
        shown = line.rstrip(" \t")
        piece = binascii.a2b_qp(shown.removesuffix("=").encode("utf-8", "replace"))
        if is_open:
            whole[-1].append(piece)
        else:
            whole.append([piece])
        is_open = shown.endswith("=")
    spelt = (_SPELT_END.sub(_SPELT, b"".join(pieces)) for pieces in whole)
    texts = _to_text(b"\n".join(spelt), charset).split("\n")
    if len(texts) != len(whole):  # a charset in which that is no line end, or other signs are
        return spread("\n".join(texts), len(lines))
    spelt_end = _SPELT.decode("ascii")
    return "\n".join(
        spread(text.replace(spelt_end, "\n"), len(pieces))
        for text, pieces in zip(texts, whole, strict=True)
    )


def _from_base64(lines: list[str], charset: str) -> str:
    """Decode lines, and spread the text's lines over them."""
    packed = _NOT_BASE64.sub("", "".join(lines))
    packed = packed[: len(packed) - (len(packed) % 4 == 1)]
    content = binascii.a2b_base64(packed + "=" * (-len(packed) % 4))
    return spread(_to_text(content, charset), len(lines))


def spread(text: str, n_lines: int) -> str:
    r"""Return a text with signs that lay it over some lines of a file, in proportion.

    >>> spread("a\nb\nc", 2) == "a" + ADDED + "\nb" + ENDED + ADDED + "\nc"
    True
    """
    total, at, row = len(text), 0, 0
    placed = []
    for line in text.split("\n"):
        at += len(line) + 1
        below = min(at * n_lines // (total + 1), n_lines - 1)
        placed.append(line + ENDED * (below - row))
        row = below
    return f"{ADDED}\n".join(placed)


def _to_text(content: bytes, charset: str) -> str:
    """Decode by the charset that is named, else UTF-8, else what the page names, else as Latin."""
    named = _CHARSET.search(content[:2_000])
    for name in (charset, "utf-8", named[1].decode("ascii") if named else "", "cp1252"):
        try:
            text = content.decode(name)
        except (LookupError, UnicodeError, ValueError):
            continue
        return without_marks(text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff"))
    return without_marks(content.decode("utf-8", "replace").replace("\r", "\n"))
