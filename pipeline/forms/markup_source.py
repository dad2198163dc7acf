"""The source of a page that was saved as a page: "view source", code viewers, numbered lines.

What belongs here: taking a page's source out of markup that shows it, or of the line numbers beside
it; closing the empty tags of XHTML. What does not: what the page says (`sources`).
"""

import re
from html import unescape

from pipeline.forms.marks import ADDED

_MIN_TAGS = 6
# "&lt;/div&gt;" and, where each sign is coloured, "&lt;/<span>div</span>&gt;"
_SHOWN_END = re.compile(r"&(?=lt;/[A-Za-z<])", re.IGNORECASE)
# What shows source: tables of lines, spans of colour. A page has more: lists, paragraphs, headings.
_REAL_END = re.compile(r"</(?:li|ol|ul|p|h\d|dd|dt|dl|article|main|section|nav)>", re.IGNORECASE)
_REAL_SHARE = 0.1  # of the shown ends; a viewer has some of its own around the source
_DROPPED = re.compile(
    r"<(?P<raw>head|style|script)\b.*?(?:</(?P=raw)\s*+>|\Z)|<!--.*?(?:-->|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_ROW_END = re.compile(r"</(?:tr|li)\s*+>|<br\s*+/?>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*+>")
_FIRST_TAG = re.compile(r"<(?:!|\?xml|[a-zA-Z])")
_MOST_ABOVE = 500  # characters that a viewer says above the source
_NUMBER = re.compile(r"[ \t]*+(\d{1,6})[.:|]?+(?=[ \t<]|$)[ \t]?+")  # "12  <li>"
_MIN_NUMBERED = 0.9  # of the lines
_XML = re.compile(r"<\?xml\s|xmlns=[\"']http://www\.w3\.org/1999/xhtml", re.IGNORECASE)
_HEAD = 5_000  # characters in which a page says that it is XML
_EMPTY = re.compile(
    r"<(?!(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr)[\s/])"
    r"(?P<name>[A-Za-z][A-Za-z0-9:_-]*+)"
    r"""(?P<rest>(?:\s++[^\s<>"'=/]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'))?+)*+\s*+)/>"""
)


def unpack_source(text: str) -> str | None:
    """Return the page whose source a file shows, with signs; None if it shows none.

    Args:
        text: the text of the file, lines ended by LF.
    """
    return _from_markup(text) or _from_numbered(text)


def _from_markup(text: str) -> str | None:
    if len(_SHOWN_END.findall(text)) < _MIN_TAGS or text.count("&") < 2 * _MIN_TAGS:
        return None
    shown = _DROPPED.sub(_only_lines, text)
    n_shown = len(_SHOWN_END.findall(shown))
    if n_shown < _MIN_TAGS or len(_REAL_END.findall(shown)) > _REAL_SHARE * n_shown:
        return None
    if len(_ROW_END.findall(shown)) > _MIN_TAGS:
        shown = _ROW_END.sub(lambda end: f"{_only_lines(end)}{ADDED}\n", shown)
    lines = _TAG.sub(_only_lines, shown).split("\n")
    source = "\n".join(" ".join(unescape(line).splitlines()) for line in lines)
    first = _FIRST_TAG.search(source)
    above = source[: first.start()] if first else ""
    if first is None or len("".join(above.split())) > _MOST_ABOVE:
        return None
    signs = "".join(sign for sign in above if sign in (ADDED, "\n"))
    return signs + source[first.start() :]


def _only_lines(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")


def _from_numbered(text: str) -> str | None:
    """Take consecutive numbers off the lines of markup."""
    begin = text.lstrip("\n") if text.startswith("\n") else text
    start = _NUMBER.match(begin)
    if start is None or not begin.startswith("<", start.end()) or text.count("</") < _MIN_TAGS:
        return None
    lines = text.split("\n")
    expected = int(start[1])
    bare, n_numbered = [], 0
    for line in lines:
        number = _NUMBER.match(line)
        is_next = number is not None and int(number[1]) == expected
        bare.append(line[number.end() :] if number and is_next else line)
        expected += is_next
        n_numbered += is_next
    n_lines = sum(1 for line in lines if line.strip())
    return "\n".join(bare) if n_numbered >= _MIN_NUMBERED * n_lines else None


def close_empty_tags(text: str) -> str:
    r"""Return XHTML with its empty tags closed; other text as it is.

    As HTML, `<a name="x"/>` would hold all that follows.

    >>> close_empty_tags('<?xml version="1.0"?><html><a name="x"/><br/>')
    '<?xml version="1.0"?><html><a name="x"></a><br/>'
    >>> close_empty_tags('<html><a name="x"/>')
    '<html><a name="x"/>'
    """
    head = text[:_HEAD]
    if ("xml" not in head and "XML" not in head) or not _XML.search(head):
        return text
    return _EMPTY.sub(r"<\g<name>\g<rest>></\g<name>>", text)
