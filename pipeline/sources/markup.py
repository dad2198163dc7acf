"""HTML pages: cards and their lines in the source, parsed by lexbor in bounded time and memory.

What belongs here: what every site's HTML reader needs and no site's own words. A site says which
tags open its cards (`CardTag`) and reads one card's element; `read_cards` does the rest.

lexbor knows no positions. So each tag that may open a card gets its offset as an attribute before
the page is parsed: which of them stand in comments, scripts or attributes and open nothing, is
then lexbor's decision, and every element found knows where it came from.

lexbor's time grows with the square of the depth (100,000 nested tags: 52 s) and of one tag's
attributes (100,000: 89 s), its memory with the page (48 MB of small tags: 1.9 GB). Pages of modest
size are parsed whole. Larger ones are scanned first (`tags`) and parsed a few cards at a time,
without the rest of the page; a card that is nested deeper than any page's is reported and left out.
"""

import re
from collections.abc import Callable, Container, Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.contract.findings import Issue, Record
from pipeline.sources.dump import Dump
from pipeline.sources.formulas import FORMULAS, mend_formulas
from pipeline.sources.markup_outside import furnish, text_lines_of
from pipeline.sources.reading import Findings
from pipeline.sources.tags import MOST_OPEN_TAGS, is_modest, is_overgrown, live_tags
from pipeline.text.whitespace import fold_space

_GROUP_TAGS = 500  # of a large page's cards that are parsed together
_HEAD = 20_000  # characters in which the page's first tag stands
_COMMON_CARD = 16_000  # characters of a card; longer ones are measured

_AT = "papermart-at"
_NO_TEXT_TAGS = ("br", "script", "style", "template")
_NO_TEXT = ", ".join(_NO_TEXT_TAGS)
# Without it, which savers drop, names of classes match in any case and tables stand in paragraphs.
_DOCTYPE = "<!doctype html>"
_UNTITLED = "Cards without a title: nothing of them was kept, look at the page."
_OVERGROWN = "Cards nested deeper than on any page of the site: nothing of them was read."


def any_case(name: str) -> str:
    """Return a pattern for the name of a tag, in small or capital letters."""
    return "".join(f"[{c}{c.upper()}]" if c.isalpha() else c for c in name)


_PAGE_NAMES = ("!doctype", "html", "body")  # what begins another page
_NEW_PAGE = "|".join(map(any_case, _PAGE_NAMES))
_GOES_ON = re.compile(rf"\s*+<(?!{_NEW_PAGE})")


def _behind(text: str, start: int, limit: int) -> int:
    """Return the offset behind the last character that is no white space."""
    return start + len(text[start:limit].rstrip())


# What browsers write into a page that they show in translation: Chrome, Edge, Firefox.
_TRANSLATED = re.compile(
    r"<html\s[^<>]{0,2000}?\b(?:translated-(?:ltr|rtl)|data-moz-translations)\b"
)
_TRANSLATED_TEXT = "_msttexthash="
_IN_TRANSLATION = (
    "The page was saved in translation: titles and abstracts are the browser's words. Show the "
    "original and save the page again."
)


class CardTag:
    """The tags that open and close the cards of a site.

    Args:
        name: the name of the first tag, e.g. `li`.
        mark: what that tag says of itself, e.g. the class of cards; empty if nothing.
        last: the name of the last tag, if it is another one.
        around: the name of the list that holds the cards, whose last tags HTML lets be omitted.
    """

    def __init__(self, name: str, mark: str = "", last: str = "", around: str = "") -> None:
        """Compile what finds the tags."""
        marked = rf"[^<>]*?\b{mark}\b" if mark else ""
        self.opening = re.compile(rf"<{any_case(name)}(?=[\s>]){marked}")
        self.n_name = len(name) + 1
        self._last_tag = f"</{last or name}>"
        self._around = around
        names = "|".join(map(any_case, filter(None, (last or name, around))))
        self._ends = re.compile(rf"<(/?)({names}|{_NEW_PAGE})(?=[\s>])[^>]*>?")

    def end(self, text: str, start: int, limit: int) -> tuple[int, bool]:
        """Return where the card that starts here ends, and whether it is whole.

        It is if its last tag is there; if that may be omitted, also if the list goes on or ends.
        """
        end = text.rfind(self._last_tag, start, limit) + len(self._last_tag)
        if end > start and not text[end:limit].strip():
            return end, True
        depth = n_lists = 0
        for match in self._ends.finditer(text, start, limit):
            name, step = match[2].lower(), -1 if match[1] else 1
            if name == self._around:
                n_lists += step
                if n_lists < 0:
                    return _behind(text, start, match.start()), True
            elif name in _PAGE_NAMES:
                return _behind(text, start, match.start()), bool(match[1] and self._around)
            elif n_lists <= 0:
                depth += step
                if step < 0 and depth <= 0:
                    return match.end(), True
        is_followed = self._around and _GOES_ON.match(text, limit)
        return _behind(text, start, limit), bool(is_followed)


class Card(NamedTuple):
    """A card: its element, None if it is overgrown; its place; whether it is cut.

    `is_drawn` tells that it holds formulas whose TeX is not on the page.
    """

    node: LexborNode | None
    offset: int
    line_start: int
    line_end: int
    is_cut: bool
    is_drawn: bool = False


def read_cards(
    dump: Dump,
    cards: Iterable[Card],
    read_card: Callable[[LexborNode, Card, Findings], Record | None],
    found: Findings,
    spans: Iterable[tuple[int, int]] = (),
) -> None:
    """Read the cards of a page, and name or report all lines outside of them.

    Args:
        dump: the page.
        cards: what `find_cards` finds.
        read_card: reads a card's element; None if it has no title.
        found: takes the records, furniture and issues.
        spans: lines (first, last) that are taken already.
    """
    taken = list(spans)
    refused: dict[str, list[list[int]]] = {"missing_title": [], "overgrown_card": []}
    last_kind = ""
    marks = ("translated",) if _is_translated(dump.text) else ()
    for card in cards:
        record = read_card(card.node, card, found) if card.node else None
        record = record._replace(flags=record.flags + marks) if record and marks else record
        kind = "" if record else ("missing_title" if card.node else "overgrown_card")
        if record:
            found.records.append(record)
        elif kind == last_kind:
            refused[kind][-1][1] = card.line_end
        else:
            refused[kind].append([card.line_start, card.line_end])
        last_kind = kind
        taken.append((card.line_start, card.line_end))
    if marks and found.records:
        found.issues.append(Issue("translated_page", _IN_TRANSLATION))
    for kind, message in (("missing_title", _UNTITLED), ("overgrown_card", _OVERGROWN)):
        for start, end in refused[kind]:
            lines = text_lines_of(dump, start, end)
            found.report(kind, message, lines)
            found.leave(lines, message)
    furnish(dump, sorted(taken), found)


def _is_translated(text: str) -> bool:
    return _TRANSLATED_TEXT in text or _TRANSLATED.search(text, 0, _HEAD) is not None


# ---------- cards and their places


def find_cards(text: str, tag: CardTag) -> Iterator[Card]:
    """Parse a page and yield its cards in the order of the source.

    Args:
        text: the page.
        tag: the tags that open and close a card.
    """
    line, at = 1, 0
    for portion in _portions(text, tag):
        parsed, drawn = ({}, ()) if portion.is_overgrown else _parse(text, portion, tag)
        offsets = portion.starts if portion.is_overgrown else sorted(parsed)
        for offset, limit in pairwise((*offsets, portion.end)):
            stop, is_whole = tag.end(text, offset, limit)
            first = line + text.count("\n", at, offset)
            line, at = first + text.count("\n", offset, stop), stop
            yield Card(parsed.get(offset), offset, first, line, not is_whole, offset in drawn)


class _Portion(NamedTuple):
    """A part of a page that is parsed at once: its ends, and tags in it that may open cards."""

    begin: int
    end: int
    starts: list[int]
    n_tags: int
    is_overgrown: bool = False


def _portions(text: str, tag: CardTag) -> Iterator[_Portion]:
    """Cut a page into what can be parsed at once: mostly that is all of it."""
    starts = [match.start() for match in tag.opening.finditer(text)]
    if not starts:
        return
    if is_modest(text):
        yield _Portion(0, len(text), starts, 0)
        return
    group: _Portion | None = None
    for part in _parts(text, tag, live_tags(text, starts)):
        if group and _go_together(group, part):
            n_tags = group.n_tags + part.n_tags
            group = _Portion(group.begin, part.end, [*group.starts, part.begin], n_tags)
            continue
        if group:
            yield group
        group = part
    if group:
        yield group


def _go_together(group: _Portion, part: _Portion) -> bool:
    are_sound = not (group.is_overgrown or part.is_overgrown)
    return are_sound and group.end == part.begin and group.n_tags + part.n_tags <= _GROUP_TAGS


def _parts(text: str, tag: CardTag, starts: list[int]) -> Iterator[_Portion]:
    """Yield the cards of a large page, where need be without what follows them."""
    for begin, limit in pairwise((*starts, len(text))):
        part = _measure(text, begin, limit)
        if part.is_overgrown or limit == len(text):
            part = _measure(text, begin, tag.end(text, begin, limit)[0])
        yield part


def _measure(text: str, begin: int, end: int) -> _Portion:
    n_tags = text.count("<", begin, end)
    is_common = n_tags <= MOST_OPEN_TAGS and end - begin <= _COMMON_CARD
    return _Portion(begin, end, [begin], n_tags, not is_common and is_overgrown(text, begin, end))


def _parse(
    text: str, portion: _Portion, tag: CardTag
) -> tuple[dict[int, LexborNode], Container[int]]:
    """Parse a part of a page.

    Returns:
        The elements that open cards, by their place in the source; the places of those with
        formulas whose TeX is lost.
    """
    pieces, at = [_DOCTYPE], portion.begin
    for start in portion.starts:
        pieces += (text[at : start + tag.n_name], f" {_AT}={start}")
        at = start + tag.n_name
    pieces.append(text[at : portion.end])
    markup = "".join(pieces).encode("utf-8", "replace")
    tree = LexborHTMLParser(markup)
    drawn = _leave_only_text(tree)
    places = {str(start): start for start in portion.starts}
    nodes = {
        places[place]: node
        for node in tree.css(f"[{_AT}]")
        if (place := node.attributes[_AT]) in places
    }
    return nodes, {places.get(_card_around(node), -1) for node in drawn}


def _card_around(node: LexborNode) -> str:
    """Return what the tag that opens the card around an element says of its place."""
    around: LexborNode | None = node
    for _ in range(MOST_OPEN_TAGS):
        if around is None:
            break
        opening: LexborNode | None = around
        while opening and opening.tag == "dd":  # its card is opened by the tag before it
            opening = opening.prev
            while opening and opening.tag not in ("dd", "dt"):
                opening = opening.prev
        if opening and (place := opening.attributes.get(_AT)):
            return place
        around = around.parent
    return ""


def _is_no_text(node: LexborNode) -> bool:
    is_tex = node.tag == "script" and "math/tex" in (node.attributes.get("type") or "")
    return node.tag in _NO_TEXT_TAGS and not is_tex


def _leave_only_text(tree: LexborHTMLParser) -> list[LexborNode]:
    """Take out what is no text; line breaks become spaces, formulas that a browser drew TeX again.

    Returns:
        The elements that hold formulas whose TeX is lost.
    """
    odd = tree.css(f"{_NO_TEXT}, {FORMULAS}")
    drawn: list[LexborNode] = []
    if not all(map(_is_no_text, odd)):
        drawn = mend_formulas(tree)
        odd = tree.css(_NO_TEXT)
    # From the last to the first: what stands in another one goes before it.
    for node in reversed(odd):
        if node.tag == "br":
            node.replace_with(" ")
        else:
            node.decompose()
    return drawn


# ---------- the page around the cards


def parse_whole(text: str) -> tuple[LexborHTMLParser, bool] | None:
    """Parse a page that is about one paper.

    Returns:
        Its elements, freed of what is no text, and whether formulas lost their TeX; None of a page
        that would keep lexbor busy.
    """
    if is_overgrown(text, 0, len(text)):
        return None
    tree = LexborHTMLParser((_DOCTYPE + text).encode("utf-8", "replace"))
    return tree, bool(_leave_only_text(tree))


def visible_lines(text: str) -> tuple[str, ...]:
    r"""Return what a browser would show of a page, one line for each piece of text.

    Nothing of a page that would keep lexbor busy.

    >>> visible_lines("<body><script>x</script><b>All Papers</b> <i>Search</i></body>")
    ('All Papers', 'Search')
    """
    parsed = parse_whole(text)
    body = parsed[0].body if parsed else None
    shown = body.text(separator="\n", strip=True) if body else ""
    return tuple(line for line in shown.split("\n") if line)


def headings(text: str, name: str) -> Iterator[tuple[int, str]]:
    """Yield each heading that the page really shows: its offset in the page, and its text.

    Args:
        text: the page.
        name: the name of the tag, e.g. `h1`.
    """
    tag = any_case(name)
    found = list(re.finditer(rf"<{tag}(?=[\s>])[^>]*>(.{{0,2000}}?)</{tag}>", text, re.DOTALL))
    live = set(live_tags(text, [match.start() for match in found]))
    for match in found:
        if match.start() in live:
            markup = match[1].encode("utf-8", "replace")
            yield match.start(), fold_space(LexborHTMLParser(markup).text())
