r"""Links, images and tags of Markdown: their text stays, their address is evidence.

What belongs here: `[Ann Lee](https://...)`, also around images and over several lines, `![x](...)`,
`<https://...>`, Pandoc's `[text]{.class}` and `:::`, tags of HTML that its writers leave in.
What does not: links that name their address only (`link_lists`), other marks (`markers`).

A title may hold `f[x](t)` or a `<b>`: only what leads to an address is a link, and only a page that
has several is taken for Markdown.
"""

import re
from collections.abc import Sequence
from html import unescape
from typing import NamedTuple

from pipeline.forms.addresses import take_addresses
from pipeline.forms.escapes import without_escapes
from pipeline.forms.evidence import is_markdown
from pipeline.forms.hidden_ends import cut_again
from pipeline.forms.link_brackets import has_brackets, without_brackets
from pipeline.forms.marks import ADDED, ENDED, LINKED, UNSURE, joined, line_ends
from pipeline.forms.seen import seen
from pipeline.forms.site_lines import SiteLines

_LEAST = 3  # so many links, or tags, make a page Markdown
_MOST_SURE = 60  # characters of a link's text that surely is one thing: a name, a short title
_MOST_TEXT = 4000  # characters of a link's text; a whole card may be one
# What stands behind the text of a link: "(https://arxiv.org/abs/1 "Abstract"){.author}".
# A saved page may have lost the address, and a join may stand anywhere in it.
_TARGET = (
    r"\(\s{0,3}+(?P<address><[^<>\n]*+>"
    r"|(?:[^\s()<>]|\([^\s()]*+\)|<[^\s()<>]*+>|[ \n](?![\"'\s(]))*+)"
    r"(?:\s{1,3}+(?:\"(?:[^\"\n\\]|\\.)*+\"|'(?:[^'\n\\]|\\.)*+'))?\s{0,3}+\)"
)
_ATTRIBUTES = r"\{(?=[.#]|[\w-]+=)[^{}\n]*+\}"
_TOKEN = re.compile(
    rf"\\.|(?P<open>!?\[)|(?P<close>\](?:{_TARGET})?(?P<attributes>{_ATTRIBUTES})?)", re.DOTALL
)
_IS_ADDRESS = re.compile(r"<|[A-Za-z][A-Za-z0-9+.-]*+:|[/#?.]|www\.|[\w%~-]++[/.#?]")
# A link without an address may have a title: `( "Abstract")`.
_MAY_BE_ADDRESS = re.compile(rf"{_IS_ADDRESS.pattern}|[\"'][^\"']*+[\"']\Z")
_SURE = re.compile(r"\]\(\s{0,3}(?:<?[A-Za-z][A-Za-z0-9+.-]{1,20}:|//?[\w(?]|#|data:)")
# A link that a second tool took for text.
_ESCAPED_LINK = re.compile(
    r"\\\[(?P<text>(?:[^\[\]\n\\]|\\[^\[\]\n]){1,300}+)\\\](?=\(<?(?:https?:|[/#]))"
)
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^\s<>]{1,2000}+)>")
# What browsers and mailers that save text write behind that of a link: "Ann Lee <https://...>".
_ADDRESS = re.compile(r"[ \t]?<((?:https?://|mailto:|file://)[^\s<>]{1,2000}+)>")
_BEHIND = re.compile(r"<(?<=[^\s<>] <)(?:https?://|mailto:|file://)")
_LEAST_BEHIND = 6  # Markdown writes an address so where it is all that is shown
# "::: {.tags .is-inline-block}", "1.  ::: is-marginless": of it the number stays
_FENCE = re.compile(
    r"^([ \t]*+(?:(?:\d{1,6}\.|[-*+])[ \t]++)?)(?::[ \t]++)?:{3,}+[ \t]*+"
    r"(?:\{[^\n]*+(?<=[}\s])|[\w-]*+[ \t]*+)$",
    re.MULTILINE,
)
_SIGNS = f"{ENDED}{ADDED}{UNSURE}"  # a tag may have been joined at any of its spaces
_TAG = re.compile(
    r"</?(?:a|abbr|article|aside|b|br|button|code|div|em|figcaption|figure|footer|form|h[1-6]|header"
    r"|hr|i|iframe|img|input|label|li|main|nav|ol|option|p|path|picture|section|select|small|source"
    r"|span|strong|sub|sup|svg|table|tbody|td|th|thead|time|tr|u|ul|use|video)"
    rf"(?P<attributes>(?:[\s{_SIGNS}](?:[^<>\"']|\"[^\"]*+\"|'[^']*+')*+)?)/?>",
    re.IGNORECASE,
)
# Tags inside a line: where one was wrapped, the line ended nowhere else.
_INLINE = re.compile(
    r"</?(?:a|abbr|b|button|code|em|i|img|label|small|span|strong|su[bp]|time|u)\b", re.IGNORECASE
)
_HREF = re.compile(rf"""[\s{_SIGNS}]href=(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++))""", re.IGNORECASE)
# Tags of layout: a title may hold others, such as <sub>.
_LAYOUT = re.compile(
    rf"</(?:div|span|a|p|li|section)>|<(?:div|span|a|img)[\s{_SIGNS}][^<>]", re.IGNORECASE
)


def undo_links(text: str, sites: Sequence[SiteLines]) -> str:
    """Take addresses off links, images and tags away: the text of the page is left."""
    # What begins and ends what is undone here: hardly any page has many of them.
    rare = seen(text).rare
    n_tags, n_links, has_fences = rare.count("<"), rare.count("]"), ":::" in text
    if n_tags < _LEAST and n_links < _LEAST and not has_fences:
        return text
    plain = without_brackets(text) if n_links and has_brackets(text) else text
    if n_tags >= _LEAST and _is_frequent(_LAYOUT, text):
        plain = _without_tags(plain)
    is_pandoc = (has_fences and _is_frequent(_FENCE, text)) or (
        "]{" in rare and text.count("]{.") >= _LEAST
    )
    if is_pandoc:
        plain = _FENCE.sub(_fence, plain)
    if "\\]" in rare and _is_frequent(_ESCAPED_LINK, text):
        plain = _ESCAPED_LINK.sub(r"[\g<text>]", plain)
    if is_pandoc or (n_links >= _LEAST and _is_frequent(_SURE, text)):
        plain = _without_links(plain)
    if n_tags and plain == text and has_addresses_behind(text):
        plain = _ADDRESS.sub(rf"{LINKED}\1{LINKED}", text)
    if plain != text or (n_tags >= _LEAST and _is_frequent(_AUTOLINK, text)):
        plain = _AUTOLINK.sub(r"\1", plain)
    if plain != text and not is_markdown(take_addresses(plain)[0], sites):  # else `markers` does it
        plain = without_escapes(plain)
    return cut_again(plain, sites) if plain != text else plain


def has_addresses_behind(text: str) -> bool:
    """Tell whether a page shows behind the text of links where they lead to."""
    return len(_BEHIND.findall(text)) >= _LEAST_BEHIND


def _is_frequent(pattern: re.Pattern[str], text: str) -> bool:
    """Tell whether a page shows something often enough for no accident."""
    found = pattern.finditer(text)
    return sum(1 for _ in zip(found, range(_LEAST), strict=False)) == _LEAST


def _fence(fence: re.Match[str]) -> str:
    return fence[1] + line_ends(fence[0])


# ---------- links and images


# The text of a link that a tool wrapped: no blank line in it, no item of a list.
_ITEM = r"(?:[-*+•](?!\S)|[#>|]|\d+[.)](?!\S))"
_PARAGRAPH = re.compile(rf"(?=[^\S\n]*+\S)[^\n]*+(?:\n(?![ \t]*+(?:\n|{_ITEM}))[^\n]*+)++")
_LINE_END = re.compile(rf"[ \t]*+({ADDED}?{UNSURE}?\n)((?<=\w-\n))?[ \t]*+")


class _Open(NamedTuple):
    """A bracket that is open: where it stands in the parts, and how long the text was there."""

    at: int
    length: int


class _Writer:
    """The text as it is written, in parts, and the brackets that are open in it.

    Brackets are matched by a stack; one that nothing closes, or that closes nothing, stays.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self.parts: list[str] = []
        self.length = 0
        self.open: list[_Open] = []

    def write(self, text: str) -> None:
        """Add text as it is."""
        self.parts.append(text)
        self.length += len(text)

    def enter(self, bracket: str) -> None:
        """Add a bracket that may begin a link."""
        self.open.append(_Open(len(self.parts), self.length))
        self.write(bracket)

    def leave(self, close: re.Match[str]) -> None:
        """Add what ends the text of a link, or just a bracket."""
        opened = self.open.pop() if self.open else None
        if opened is None or self.length - opened.length > _MOST_TEXT:
            self.write(close[0])
            return
        is_image, address = self.parts[opened.at] == "![", close["address"]
        if address is None and close["attributes"] and not is_image:
            self.parts[opened.at] = ""
        elif address is None or (address and not _MAY_BE_ADDRESS.match(address)):
            self.write(close[0])
            return
        elif is_image:
            ends = line_ends("".join(self.parts[opened.at :]))
            del self.parts[opened.at :]
            self.length = opened.length
            self.write(ends)
        else:
            self._link(opened, _plain(address) if _IS_ADDRESS.match(address) else "")
        self.write(line_ends(close[0]))

    def _link(self, opened: _Open, address: str) -> None:
        """Leave an address where its text begins and where it ends, as these may be two lines."""
        self.parts[opened.at] = ""
        shown = "".join(self.parts[opened.at :])
        if "\n" in shown and _PARAGRAPH.fullmatch(shown):
            self.parts[opened.at :] = [_LINE_END.sub(_one_line, shown)]
        elif UNSURE in shown and "\n" not in shown and len(shown) <= _MOST_SURE:
            self.parts[opened.at :] = [shown.replace(UNSURE, "")]
        if not address or address.startswith("#"):
            return
        sign = f"{LINKED}{address}{LINKED}"
        last = len(self.parts) - 1
        while last > opened.at and not self.parts[last].strip():
            last -= 1
        self.parts[last] = _behind(self.parts[last], sign)
        first = opened.at
        while first < last and not self.parts[first].strip():
            first += 1
        if "\n" in "".join(self.parts[first : last + 1]):
            shown = self.parts[first]
            n_space = len(shown) - len(shown.lstrip())
            self.parts[first] = shown[:n_space] + sign + shown[n_space:]


def _one_line(end: re.Match[str]) -> str:
    """Return what a line end inside a paragraph becomes."""
    return joined(end[1].replace(UNSURE, "")) + ("" if end[2] is not None else " ")


def _behind(shown: str, sign: str) -> str:
    """Put a sign behind the last word of a text."""
    n_shown = len(shown.rstrip(f" \t\n{ADDED}{ENDED}"))
    return shown[:n_shown] + sign + shown[n_shown:]


def _without_links(text: str) -> str:
    """Return a text without addresses of links, and without images."""
    writer, end = _Writer(), 0
    for token in _TOKEN.finditer(text):
        writer.write(text[end : token.start()])
        end = token.end()
        if token["open"]:
            writer.enter(token["open"])
        elif token["close"]:
            writer.leave(token)
        else:
            writer.write(token[0])
    writer.write(text[end:])
    return "".join(writer.parts)


def _plain(address: str) -> str:
    return address.strip("<> ").replace(ENDED, "").replace(ADDED, "").replace("\n", "")


# ---------- tags


def _without_tags(text: str) -> str:
    """Return a text without tags: of links the address stays, of line breaks a space."""
    shown = _TAG.sub(_tag, _LINK_TEXT.sub(_one_paragraph, text))
    return _ENTITY.sub(lambda entity: unescape(entity[0]), shown)


# The text of a link with no other tag in it, up to its end.
_LINK_TEXT = re.compile(r"(?<=>)[^<>]{1,1000}+(?=</a>)", re.IGNORECASE)


def _one_paragraph(found: re.Match[str]) -> str:
    """Join the lines of a link's text, as those of Markdown's links are."""
    shown = found[0]
    return _LINE_END.sub(_one_line, shown) if _PARAGRAPH.fullmatch(shown) else shown


_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|nbsp|#\d{1,6}|#x[0-9a-fA-F]{1,5});")


def _tag(tag: re.Match[str]) -> str:
    ends = line_ends(tag[0])
    if _INLINE.match(tag[0]):
        ends = joined(ends.replace(UNSURE, ""))
    name = tag[0][1:4].lower()
    if name[:2] == "br":
        return " " + ends
    href = _HREF.search(tag["attributes"]) if name[:1] == "a" and not name[1:2].isalpha() else None
    if href is None:
        return ends
    address = _plain(unescape(href[1] or href[2] or href[3] or ""))
    return f"{LINKED}{address}{LINKED}{ends}" if address else ends
