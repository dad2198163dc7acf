"""Files that other programs wrote: what they are, and what to save in their place.

What belongs here: telling such a file by its first bytes, or by the shape of its text. What does
not: web pages (`other_pages`), pages of no known site (`unknown_pages`).

Text is asked only where no site knows it, so a pattern may be generous; it looks at the
beginning alone, and what it says is advice for people.
"""

import csv
import json
import re
from collections.abc import Callable
from typing import NamedTuple

_SAVE_PAGE = "save the page itself as HTML or text"
_SAVE_LIST = "save the page of a list or a search that shows its papers, as HTML or text"
_SAVE_RESULTS = "save the page of results that it was exported from, as HTML or text"
_PRINTED = f"{_SAVE_PAGE} instead of printing it"

# What files begin with, what they are, what to do.
_MAGIC = (
    (b"%PDF", "a PDF", _PRINTED),
    (b"%!PS", "a PostScript file", _PRINTED),
    (b"\x89PNG", "a PNG picture", _SAVE_PAGE),
    (b"\xff\xd8\xff", "a JPEG picture", _SAVE_PAGE),
    (b"GIF8", "a GIF picture", _SAVE_PAGE),
    (b"II*\x00", "a TIFF picture", _SAVE_PAGE),
    (b"BM", "a BMP picture", _SAVE_PAGE),
    (b"\x00\x00\x01\x00", "an icon", _SAVE_PAGE),
    (b"wOF", "a font", _SAVE_PAGE),
    (b"OTTO", "a font", _SAVE_PAGE),
    (b"\x00\x01\x00\x00", "a font", _SAVE_PAGE),
    (b"\x1f\x8b", "a gzip archive", "unpack it, and put the page itself here"),
    (b"BZh", "a bzip2 archive", "unpack it, and put the page itself here"),
    (b"\xfd7zXZ", "an xz archive", "unpack it, and put the page itself here"),
    (b"(\xb5/\xfd", "a Zstandard archive", "unpack it, and put the page itself here"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it, and put the page itself here"),
    (b"Rar!", "a RAR archive", "unpack it, and put the page itself here"),
    (b"\xd0\xcf\x11\xe0", "an old office document", "open it and save it as plain text"),
    (b"bplist0", "a web archive of Safari", 'save the page again as "Page Source" (HTML)'),
    (b"SQLite format 3", "an SQLite file", _SAVE_PAGE),
    (b"PAR1", "a Parquet file", "`papermart link` reads tables of records"),
)
# Letters that a text may begin with, too: then bytes that no text has must follow.
_AMBIGUOUS = {b"BM", b"wOF", b"OTTO", b"BZh"}
_ZIP = b"PK\x03\x04"
# What stands near the beginning of a ZIP file that is more than an archive.
_ZIPPED = (
    (b"word/", "a Word document", "open it and save it as plain text"),
    (b"xl/", "an Excel workbook", _SAVE_PAGE),
    (b"ppt/", "a PowerPoint file", _SAVE_PAGE),
    (b"application/epub", "an EPUB book", _SAVE_PAGE),
    (b"opendocument.text", "an OpenDocument text", "open it and save it as plain text"),
    (b"opendocument", "an OpenDocument file", _SAVE_PAGE),
)
_HEAD_BYTES, _HEAD_CHARS = 4096, 20_000
# From here on JSON is judged by its beginning alone.
_MOST_JSON_CHARS = 20_000_000


class Advice(NamedTuple):
    """What a file is, as the rest of a sentence about it, and what to do."""

    what: str
    advice: str


def binary_kind(content: bytes) -> Advice | None:
    """Tell what a file is that is no text, by its first bytes; None if they say nothing."""
    head = content[:_HEAD_BYTES]
    if head.startswith(_ZIP):
        for mark, what, advice in _ZIPPED:
            if mark in content[: 16 * _HEAD_BYTES] or mark in content[-16 * _HEAD_BYTES :]:
                return Advice(f"is {what}, not text", advice)
        what = "is a ZIP archive or an office document, not text"
        return Advice(what, "unpack it, and put the pages in it here")
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return Advice("is a WebP picture, not text", _SAVE_PAGE)
    for magic, what, advice in _MAGIC:
        if head.startswith(magic) and (magic not in _AMBIGUOUS or b"\0" in head[:64]):
            return Advice(f"is {what}, not text", advice)
    return None


def text_kind(text: str) -> Advice | None:
    """Tell which program's file a text is, by its shape; None if it may be a page."""
    head = text[:_HEAD_CHARS].lstrip("\ufeff \t\r\n")
    if _PAGE.match(head) and not _BOOKMARKS.match(head):
        return None  # whatever styles and scripts stand in it
    for is_such, what, advice in _KINDS:
        if is_such(head):
            return Advice(what, advice)
    return _json_kind(text, head) or _table_kind(head)


def _starts(pattern: str) -> Callable[[str], bool]:
    found = re.compile(pattern, re.IGNORECASE)
    return lambda head: bool(found.match(head))


def _has(n: int, pattern: str) -> Callable[[str], bool]:
    """Return what tells whether at least n lines begin like a pattern."""
    found = re.compile(pattern, re.MULTILINE)
    return lambda head: sum(1 for _ in zip(range(n), found.finditer(head), strict=False)) == n


def _is_single_file(head: str) -> bool:
    top = head[:4000].lower()
    return "multipart/related" in top and ("mime-version:" in top or "boundary=" in top)


def _is_mail(head: str) -> bool:
    names = {"from", "to", "subject", "date", "received", "return-path", "message-id"}
    top = re.findall(r"^([A-Za-z-]{2,20}):[ \t]\S", head[:4000].partition("\n\n")[0], re.MULTILINE)
    return len(names.intersection(map(str.lower, top))) >= 3


# Innermost braces of a stylesheet, "{ color: red; top: 0 }"; formulas have none: "\\mathbb{Z}".
_STYLES = re.compile(
    r"(?<![\\$^_])\{\s{0,50}+(?:--[\w-]{1,60}+|[a-z-]{2,40}+)\s{0,9}+:[^{};]{1,2000}+"
    r"(?:;[^{}]{0,9000}+)?\}"
)
_BRACES = re.compile(r"\{[^{}]*+\}")
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_LEAST_STYLES, _STYLES_SHARE, _MOST_BESIDE = 3, 0.8, 0.75


def _is_stylesheet(head: str) -> bool:
    """Tell a stylesheet: nearly all of its braces hold properties, and little else is said."""
    bare = _COMMENT.sub("", head)
    beside, n_styles = _STYLES.subn("", bare)
    if n_styles < _LEAST_STYLES or re.search(r"\b(?:function|return|const|var)\b[ (]", bare[:4000]):
        return False
    n_braces = sum(1 for _ in _BRACES.finditer(bare))
    return n_styles >= _STYLES_SHARE * n_braces and len(beside) <= _MOST_BESIDE * len(bare)


_ADDRESS_LINE = re.compile(r"\W{0,3}https?://\S{3,2000}")
_LEAST_ADDRESSES_SHARE = 0.9


def _is_addresses(head: str) -> bool:
    lines = [line for line in map(str.strip, head.split("\n")) if line]
    n_addresses = sum(bool(_ADDRESS_LINE.fullmatch(line)) for line in lines)
    return bool(lines) and n_addresses >= _LEAST_ADDRESSES_SHARE * len(lines)


_PAGE = re.compile(r"<!DOCTYPE\b|<html\b", re.IGNORECASE)
_BOOKMARKS = re.compile(r"<!DOCTYPE NETSCAPE-Bookmark", re.IGNORECASE)
_OPEN_LINK = "open it in a browser, and save the page that follows"

_KINDS: tuple[tuple[Callable[[str], bool], str, str], ...] = (
    (
        _is_single_file,
        "is a web page saved as a single file (MHTML), in which no page of a known site was found",
        'open it in a browser and save it as "Web page, HTML only", or copy its text into a file',
    ),
    (_is_mail, "is an e-mail", "save the page that it speaks of, as HTML or text"),
    (
        lambda head: bool(_BOOKMARKS.match(head)),
        "is a list of bookmarks, as browsers export it",
        "open each page that it names, and save that",
    ),
    (
        _starts(
            r"\[InternetShortcut\]|\[Desktop Entry\]\s"
            r"|<\?xml[^>]{0,200}>[\s\S]{0,400}?<key>URL</key>"
        ),
        "is a shortcut to a web page, not the page",
        _OPEN_LINK,
    ),
    (_is_addresses, "is a list of addresses of the web, not the pages", _OPEN_LINK),
    (
        _starts(r"WARC/\d\.\d\s"),
        "is a web archive (WARC)",
        "take the page out of it with a program for such archives, as HTML",
    ),
    (_starts(r"\{\\rtf"), "is an RTF document", "open it and save it as plain text"),
    (
        _starts(
            r"(?:<\?xml[^>]{0,200}>\s{0,99})?(?:<!--[^>]{0,999}-->\s{0,99})?<(?:feed|rss|rdf:RDF)\b"
        ),
        "is a feed (Atom or RSS), which programs read",
        _SAVE_LIST,
    ),
    (
        _starts(r"(?:<\?xml[^>]{0,200}>\s{0,99})?(?:<!DOCTYPE svg[^>]{0,300}>\s{0,99})?<svg\b"),
        "is a picture (SVG)",
        _SAVE_PAGE,
    ),
    (
        _starts(r"<\?xml[^>]{0,200}>\s{0,99}(?!<!DOCTYPE html|<html|<!--)<"),
        "is XML, as programs exchange it",
        _SAVE_LIST,
    ),
    (
        _has(
            1,
            r"[ \t]{0,8}@(?i:article|inproceedings|misc|book|incollection|online|techreport"
            r"|phdthesis|mastersthesis|proceedings|unpublished|conference|preprint|report|inbook)"
            r"[ \t]{0,8}[{(][ \t]{0,8}[^\s,{}]{0,200},",
        ),
        "is a BibTeX file",
        _SAVE_RESULTS,
    ),
    (
        _has(1, r"TY {1,2}- {0,2}[A-Z]{3,10}\s{0,9}$"),
        "is a list of references (RIS)",
        _SAVE_RESULTS,
    ),
    (
        lambda head: _has(1, r"%0 [A-Z]")(head) and _has(1, r"%[TA] \S")(head),
        "is a list of references (EndNote)",
        _SAVE_RESULTS,
    ),
    (
        lambda head: (
            _has(1, r"PMID ?- ?\d")(head) or _has(1, r"(?:FN|PT) (?:Clarivate|Thomson|J$)")(head)
        ),
        "is a list of references, as PubMed or Web of Science export it",
        _SAVE_RESULTS,
    ),
    (
        _is_stylesheet,
        "is a stylesheet (CSS)",
        _SAVE_PAGE,
    ),
    (
        lambda head: bool(_SCRIPT.match(head)) or _has(3, _SCRIPT_LINE)(head),
        "is a script (JavaScript)",
        _SAVE_PAGE,
    ),
)
_SCRIPT = re.compile(
    r"""(?:/\*[^*]{0,2000}\*/\s{0,99})?(?:[!;(]{0,3}function\s{0,9}\w{0,40}\(|["']use strict["']"""
    r"""|\(\(\)\s?=>|import\s?[\w{*"']|(?:var|let|const)\s[\w$]{1,60}\s?=|window\.|webpackJsonp"""
    r"""|//#\s?source)"""
)
_SCRIPT_LINE = (
    r"[ \t]{0,40}(?:var|let|const|return|function|export|import)\b[^\n]{0,300}[;{]\s{0,9}$"
)


def _json_kind(text: str, head: str) -> Advice | None:
    if head[:1] not in ("{", "["):
        return None
    try:
        if len(text) > _MOST_JSON_CHARS:
            is_json = bool(re.match(r'[{\[]\s{0,99}(?:"[^"\n]{0,200}"\s{0,9}[:,]|\{)', head))
        else:
            lines = text.strip().lstrip("\ufeff").split("\n", 1)
            is_json = _is_json(text.strip().lstrip("\ufeff")) or (
                len(lines) > 1 and lines[0].strip() not in "{[" and _is_json(lines[0])
            )
    except RecursionError:
        is_json = True
    if not is_json:
        return None
    if '"nbformat"' in text[-_HEAD_CHARS:] or '"nbformat"' in head:
        return Advice("is a Jupyter notebook", _SAVE_PAGE)
    what = "is JSON, as an interface for programs (API) answers"
    return Advice(what, _SAVE_LIST)


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict | list)
    except ValueError:
        return False


def _table_kind(head: str) -> Advice | None:
    """Tell a table: many lines of as many cells, and a first one of short, different names."""
    lines = [line for line in head.split("\n")[:-1][:60] if line.strip()]
    if len(lines) < 3:
        return None
    for delimiter, name in ((",", "CSV"), ("\t", "TSV"), (";", "CSV")):
        try:
            rows = list(csv.reader(lines, delimiter=delimiter, strict=True))
        except csv.Error:
            continue
        names = rows[0]
        is_head = len(set(names)) == len(names) >= 3 and max(map(len, names)) <= 40
        if (
            is_head
            and len(rows) >= 3
            and sum(len(row) == len(names) for row in rows) >= len(rows) - 1
        ):
            what = f"is a table ({name})"
            return Advice(what, f"{_SAVE_RESULTS}; `papermart link` reads tables of records")
    return None
