"""The address of a page, where the saved page surely tells it.

What belongs here: what a page, its browser or the tool that saved it says of the page's own
address, and addresses that a page links to. What does not: what an address means
(`arxiv_listings`, `huggingface_listings`).

A link leads anywhere, a card's to an author or another search. So a link says something of its page
only where a site knows that its like leads from a page to another part of the same.
"""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from itertools import chain
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from pipeline.sources.dump import Dump, guess_form
from pipeline.text.whitespace import fold_space

_HEAD = 6_000  # characters in which tools that save pages write where a page is from
_URL = r"(?P<url>https?://[^\s\"'<>]{1,2000})"
# "<!-- saved from url=(0042)https://… -->" (browsers), "<!-- Page saved with SingleFile url: …",
# "<!-- X-URL: … -->" (Lynx)
_SAVED_FROM = re.compile(
    rf"<!--(?:(?!-->)[^\0]){{0,400}}?(?:saved from url=\(\d{{4}}\)|\b(?:X-)?URL:\s{{0,3}}){_URL}",
    re.IGNORECASE,
)
# "URL Source: …", "source: "…"", "Source URL: …": tools that turn pages into Markdown
_NAMED = re.compile(
    rf"^[>\s*_-]{{0,4}}(?:URL(?: Source)?|Source(?: URL)?|Original(?: URL)?|Saved from)"
    rf"[\s*_]{{0,3}}:[\s*_\"'<\[(]{{0,4}}{_URL}",
    re.IGNORECASE | re.MULTILINE,
)
_CANONICAL, _SHARED = "canonical", "og:url"
_REL = re.compile(r"\brel\s*=\s*[\"']?canonical\b", re.IGNORECASE)
_PROPERTY = re.compile(r"\b(?:property|name)\s*=\s*[\"']?og:url\b", re.IGNORECASE)
_TARGET = re.compile(
    r"\b(?:href|content)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE
)
_MOST_TAG = 3_000
# What stands around an address in markup and in text: quotes, tags, brackets of Markdown.
_ENDS = re.compile(r"[\s\"'<>()\[\]]")
_MOST_ADDRESS, _MOST_LINKS = 1_000, 500


def own_addresses(dump: Dump) -> Iterator[str]:
    """Yield the addresses that a page says are its own, the surest first.

    Args:
        dump: the page.
    """
    if dump.address:
        yield dump.address
    text = dump.text
    head = text[:_HEAD]
    if "http" in head:
        found = _SAVED_FROM.search(head) if "<!--" in head else None
        found = found or (_NAMED.search(head) if dump.form != "html" else None)
        if found:
            yield _cleaned(found["url"])
    if dump.form == "html":
        for word, sign in ((_CANONICAL, _REL), (_SHARED, _PROPERTY)):
            if address := _tag_address(text, word, sign):
                yield address


def _tag_address(text: str, word: str, sign: re.Pattern[str]) -> str | None:
    """Return where the first tag leads that holds a word and says what is meant."""
    at = text.find(word)
    if at < 0:
        return None
    begin, end = text.rfind("<", max(0, at - _MOST_TAG), at), text.find(">", at, at + _MOST_TAG)
    if begin < 0 or end < 0 or not sign.search(text, begin, end):
        return None
    target = _TARGET.search(text, begin, end)
    return _cleaned(next(filter(None, target.groups()), "")) if target else None


class Address(NamedTuple):
    """An address in parts: its host, its path, and what its query asks, first values only."""

    host: str
    path: str
    asked: Mapping[str, str]


def split_address(address: str) -> Address | None:
    """Return the parts of an address; None if it has no host or is none.

    >>> split_address("https://arxiv.org/search/?query=Tiny++sets&start=50").asked["query"]
    'Tiny sets'
    >>> split_address("https://[arxiv.org/search")
    """
    try:
        parts = urlsplit(address)
        asked = parse_qs(parts.query)
        host = parts.hostname
    except ValueError:
        return None
    if host is None:
        return None
    return Address(host, parts.path, {key: fold_space(found[0]) for key, found in asked.items()})


def remade(
    dump: Dump,
    lines: tuple[str, ...],
    links: Mapping[int, tuple[str, ...]],
    pieces: Mapping[int, tuple[str, ...]] | None = None,
) -> Dump:
    """Return a page made into other lines, which know its address still.

    Args:
        dump: the page as it was.
        lines: what it is now.
        links: the addresses that links in these led to, by number.
        pieces: of which pieces lines were joined, by number.
    """
    address = next(own_addresses(dump), None)
    return Dump(
        lines,
        guess_form(lines),
        dump.captured_on,
        links=links,
        pieces=pieces or {},
        address=address,
    )


def linked(dump: Dump, rare: str, pattern: re.Pattern[str]) -> Iterator[str]:
    """Yield the addresses of some kind that a page links to, or that its text shows.

    Args:
        dump: the page.
        rare: what such an address has, and little else does; that is cheap to look for.
        pattern: what of such an address is wanted, host aside.
    """
    text, at = dump.text, -1
    for _ in range(_MOST_LINKS):
        at = text.find(rare, at + 1)
        if at < 0:
            break
        above, below = text[max(0, at - _MOST_ADDRESS) : at], text[at : at + _MOST_ADDRESS]
        address = _ENDS.split(above)[-1] + _ENDS.split(below, maxsplit=1)[0]
        if found := pattern.search(_cleaned(address)):
            yield found[0]
    for address in chain.from_iterable(dump.links.values()):
        if rare in address and (found := pattern.search(address[:_MOST_ADDRESS])):
            yield _cleaned(found[0])


def _cleaned(address: str) -> str:
    return unescape(address).rstrip(".,;*_")
