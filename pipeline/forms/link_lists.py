r"""Numbers and names that stand for links, and the list of addresses at the end of the page.

What belongs here: the lists of lynx and w3m (`[12]Ann Lee` and `  12. https://...`) and those of
Markdown (`[Ann Lee][12]` and `[12]: https://...`). What does not: links that hold their address
(`links`).

A number in brackets may as well be the page's own: the first of a list of papers, a citation. Only
a number that the list has an address for is a link's, and only in its place: in the order of the
page the numbers of links rise.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, zip_longest
from typing import NamedTuple

from pipeline.forms.marks import ADDED, ENDED, LINKED, line_ends
from pipeline.forms.seen import Seen, seen
from pipeline.forms.site_lines import SiteLines

_ADDRESS = r"(?:[A-Za-z][A-Za-z0-9+.-]{1,20}:|//?|[#?]|\.{1,2}/|www\.)\S*+"
# "  12. https://arxiv.org/abs/2405.10001" of lynx, "[12] https://..." of w3m
_NUMBERED = re.compile(rf"[ \t]*+(?:\[(\d{{1,6}})\]|(\d{{1,6}})\.)[ \t]++({_ADDRESS})[ \t]*+")
# An address with spaces, as some pages write them; only where the number above is one less.
_SPACED = re.compile(
    r"[ \t]*+(?:\[(\d{1,6})\]|(\d{1,6})\.)[ \t]++((?:https?|file)://\S[^\n]{1,2000})"
)
# "  [12]: https://...", "[Ann Lee]: /search {.author}" of Markdown; a label is short
_NAMED = re.compile(
    r"[ \t]{0,12}\[([^\[\]\n]{1,1000}+)\]:[ \t]*+(?:<([^<>\n]*+)>|((?!\{)\S*+))?"
    r"(?:[ \t]++(?:\"[^\"\n]*+\"|'[^'\n]*+'|\([^()\n]*+\)))?(?:[ \t]*+\{[^{}\n]*+\})?[ \t]*+"
)
# The same with a space in the address, as some pages write them.
_SPACED_NAMED = re.compile(r"[ \t]{0,12}\[(\d{1,6})\]:[ \t]++((?:https?:/)?/\S[^\n]{1,2000}+)")
_BARE = re.compile(rf"[ \t]*+{_ADDRESS}[ \t]*+")  # lynx without numbers
# "  5. Abstract", and its address in the next line
_TITLED = re.compile(r"[ \t]{1,12}(\d{1,6})\.[ \t]++\S[^\n]{0,300}")
_HEADING = re.compile(r"[ \t]*+(?:References|Links|(?:Visible|Hidden|Unnamed) links):?[ \t]*+")
_HEADINGS = frozenset(
    f"{name}{end}"
    for name in ("References", "Links", "Visible links", "Hidden links", "Unnamed links")
    for end in ("", ":")
)
_NUMBER = re.compile(r"(?:\[\d{1,6}\]|\d{1,6}\.)[ \t]")
_LEAST_LINKS = 3  # one or two addresses with numbers before them may be the page's own
# Lists begin with the first links of a page, and lack few: those without an address.
_MOST_FIRST, _MOST_GAPS = 9, 2

_MARK = re.compile(r"\[(\d{1,6})\]")
_USED = re.compile(r"(!?)\[((?:[^\[\]\\]|\\.){0,500}+)\](?:\[([^\[\]\n]{0,500}+)\])?(?![\[(:{])")
_CLOSING = re.compile(r"\]\[([^\[\]\n]{1,500}+)\]")


def undo_link_lists(text: str, sites: Sequence[SiteLines]) -> str:  # noqa: ARG001
    """Take the lists of addresses off a page, and the numbers that stand for them."""
    page = seen(text)
    lines: Sequence[str] = page.lines
    has_names = "]" in page.rare and "]:" in text
    if not has_names and not _may_have_list(page):
        return text
    if named := _named_everywhere(lines):
        text = _name_links(_without_named(lines), named)
        lines = text.split("\n")
    lists = list(_find_lists(lines))
    if not lists:
        return text
    shown: list[str] = []
    begin = 0
    for found in lists:
        page = "\n".join(lines[begin : found.begin])
        shown.append(found.put_into(page))
        shown += [line_ends(line) for line in lines[found.begin : found.end]]
        begin = found.end
    return "\n".join([*shown, *lines[begin:]])


def _may_have_list(page: Seen) -> bool:
    """Tell whether a page that names no address may list some: below a heading, or numbered."""
    if not page.words.isdisjoint(_HEADINGS):
        return True
    signs = [sign for sign in page.first_signs if sign == "[" or sign.isdecimal()]
    return bool(signs) and any(
        line[0] in signs and _NUMBER.match(line) is not None for line in page.filled
    )


def _named_everywhere(lines: Sequence[str]) -> dict[str, str]:
    """Return the addresses that a page of Markdown names, one by one below what they stand in.

    None, where one name stands for several: then each part of the page has a list of its own.
    """
    named: dict[str, str] = {}
    for line, below in zip_longest(lines, lines[1:], fillvalue=""):
        found = _named(line)
        if found is None:
            continue
        name, address = found
        # An address that had no room beside its number stands below.
        address = address or (_plain(below.strip()) if _BARE.fullmatch(below) else "")
        if named.setdefault(name, address) != address:
            return {}
    is_list = len(named) >= _LEAST_LINKS and all(map(_looks_like_address, named.values()))
    return named if is_list else {}


def _named(line: str) -> tuple[str, str] | None:
    """Return the name and the address of a line that gives one for a link."""
    if "]:" not in line:
        return None
    if found := _NAMED.fullmatch(line):
        return _key(found[1]), _plain(found[2] or found[3] or "")
    spaced = _SPACED_NAMED.fullmatch(line)
    return (spaced[1], _plain(spaced[2]).rstrip()) if spaced else None


def _without_named(lines: Sequence[str]) -> str:
    shown, is_open = [], False
    for line in lines:
        found = _named(line)
        is_rest = is_open and _BARE.fullmatch(line)
        shown.append(line_ends(line) if found or is_rest else line)
        is_open = found is not None and not found[1]
    return "\n".join(shown)


class _List(NamedTuple):
    """A list of addresses: the range of its lines, and what it says, by numbers or names."""

    begin: int
    end: int
    addresses: Mapping[str, str]
    is_named: bool

    def put_into(self, page: str) -> str:
        """Return the page above the list with its addresses in the place of numbers or names."""
        if self.is_named:
            return _name_links(page, self.addresses)
        return _take_numbers(page, {int(key): at for key, at in self.addresses.items()})


def _find_lists(lines: Sequence[str]) -> Iterator[_List]:
    """Yield the lists of addresses on a page, or on several below each other."""
    at = 0
    while at < len(lines):
        kind = _kind(lines[at])
        if kind is None:
            at += 1
            continue
        end, entries = at, []
        while end < len(lines):
            entry = (
                _entry(lines[end])
                or _spaced_entry(lines[end], entries)
                or _titled_entry(lines[end], "".join(lines[end + 1 : end + 2]))
            )
            if entry is not None:
                entries.append(entry)
            elif lines[end].strip() and _kind(lines[end]) is None:
                break
            end += 1
        kinds = {is_named for _, _, is_named in entries}
        if len(entries) >= _LEAST_LINKS and len(kinds) == 1 and _is_list(entries, kind):
            addresses = {_key(key): address for key, address, _ in entries if key}
            yield _List(at, end, addresses, kinds.pop())
        at = max(end, at + 1)


_Entry = tuple[str, str, bool]  # number or name, address, whether it is the form of Markdown


def _kind(line: str) -> str | None:
    """Return what a line has to do with a list: its heading, one of its entries, or nothing."""
    if _HEADING.fullmatch(line):
        return "heading"
    if _NUMBERED.fullmatch(line) or _NAMED.fullmatch(line):
        return "entry"
    return None if not _BARE.fullmatch(line) else "bare"


def _entry(line: str) -> _Entry | None:
    if numbered := _NUMBERED.fullmatch(line):
        return numbered[1] or numbered[2], _plain(numbered[3]), False
    if named := _NAMED.fullmatch(line):
        return named[1], _plain(named[2] or named[3] or ""), True
    return ("", "", False) if _BARE.fullmatch(line) else None


def _titled_entry(line: str, below: str) -> _Entry | None:
    """Return an entry that says what its link is called, above its address, as elinks writes it."""
    titled, bare = _TITLED.fullmatch(line), _BARE.fullmatch(below)
    return (titled[1], below.strip(), False) if titled and bare and below[0] in " \t" else None


def _spaced_entry(line: str, entries: Sequence[_Entry]) -> _Entry | None:
    """Return the next entry of a list whose address has spaces in it."""
    spaced = _SPACED.fullmatch(line)
    if spaced is None or not entries:
        return None
    number = spaced[1] or spaced[2]
    is_next = entries[-1][0].isdecimal() and int(entries[-1][0]) + 1 == int(number)
    return (number, _plain(spaced[3]).rstrip(), False) if is_next else None


def _is_list(entries: Sequence[_Entry], kind: str) -> bool:
    """Tell whether entries are what a tool writes: numbered one by one, or named as Markdown is.

    Addresses without numbers are a list only below its heading.
    """
    if entries[0][2]:
        return all(_looks_like_address(address) for _, address, _ in entries)
    numbers = [int(key) for key, _, _ in entries if key]
    if not numbers:
        return kind == "heading"
    is_rising = all(above < below for above, below in pairwise(numbers))
    return is_rising and numbers[0] <= _MOST_FIRST and numbers[-1] <= _MOST_GAPS * len(numbers)


def _looks_like_address(address: str) -> bool:
    return not address or any(sign in address for sign in "/:#?.")


def _plain(address: str) -> str:
    return address.replace(ENDED, "").replace(ADDED, "")


def _key(name: str) -> str:
    return " ".join(_plain(name).casefold().split())


# ---------- numbers before the text of a link


def _take_numbers(page: str, addresses: Mapping[int, str]) -> str:
    """Take the numbers of links off, and leave their addresses in the lines."""
    # What cannot be followed, such as a button, has a number and no address.
    numbers = range(1, max(addresses, default=0) + 1)
    places = [mark for mark in _MARK.finditer(page) if int(mark[1]) in numbers]
    if not places:
        return page
    shown, end = [], 0
    for mark in _rising(page, places):
        shown.append(page[end : mark.start()])
        if address := addresses.get(int(mark[1])):
            shown += [LINKED, address, LINKED]
        end = mark.end()
    return "".join([*shown, page[end:]])


def _rising(page: str, places: Sequence[re.Match[str]]) -> list[re.Match[str]]:
    """Return the longest series of marks whose numbers rise, in the order of the page.

    Of equal numbers between the same neighbours, the one with text right behind it is a link's.
    """
    tails: list[int] = []  # the lowest number that a series of each length ends with
    ends: list[int] = []  # and where it stands
    befores: list[int | None] = []
    for at, mark in enumerate(places):
        number = int(mark[1])
        length = bisect_left(tails, number)
        befores.append(ends[length - 1] if length else None)
        if length == len(tails):
            tails.append(number)
            ends.append(at)
        elif tails[length] > number or _is_better(page, mark, places[ends[length]]):
            tails[length], ends[length] = number, at
    series, at = [], ends[-1] if ends else None
    while at is not None:
        series.append(places[at])
        at = befores[at]
    return series[::-1]


def _is_better(page: str, mark: re.Match[str], other: re.Match[str]) -> bool:
    """Tell whether of two marks with one number only the first has text right behind it."""
    return _is_attached(page, mark) and not _is_attached(page, other)


def _is_attached(page: str, mark: re.Match[str]) -> bool:
    below = page[mark.end() : mark.end() + 1]
    return bool(below) and not below.isspace() and below != ENDED


# ---------- names, in Markdown


def _name_links(page: str, addresses: Mapping[str, str]) -> str:
    """Write out the links of Markdown that only name their address: `[text](address)`."""

    def closed(found: re.Match[str]) -> str:
        address = addresses.get(_key(found[1]))
        return found[0] if address is None else f"]({address}){line_ends(found[0])}"

    def short(found: re.Match[str]) -> str:
        # A number alone is the page's own.
        is_name = not found[3] and not found[2].isdecimal()
        address = addresses.get(_key(found[2])) if is_name else None
        return found[0] if address is None else f"{found[1]}[{found[2]}]({address})"

    return _USED.sub(short, _CLOSING.sub(closed, page))
