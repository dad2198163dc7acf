"""The tags of a page's source, found by regular expressions whose time grows with the page only.

What belongs here: what can be said of markup without parsing it: where a tag really is one, how
deep tags are nested, how much of everything a page holds. What does not: elements (`markup`), any
site's words.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

_LONGEST_TAG = 2_000  # characters of a large page's tag, values aside
_MOST_TAGS = 25_000  # of a page that is parsed whole; some 350 cards of search results
_LONGEST_GAP = 10_000  # characters without a tag; longer ones may be one tag of many attributes
MOST_OPEN_TAGS = 200  # of a large page's card

# A tag up to its end, or the page's: `<a href="/x" title='1 > 0'>`, `</li>`.
TAG = (
    r"<(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]*+)[^>=]*+"
    r"""(?:=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))?+[^>=]*+)*+(?:>|\Z)"""
)
# A tag, or what hides tags: `<!-- <li> -->`, `<script>"<li>"</script>`.
_TOKEN = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))"
    r"|<(?P<raw>script|style|textarea|title|xmp|iframe|noembed|noframes|template|plaintext)\b"
    rf"(?:.*?</(?P=raw)\b|.*\Z)|{TAG}",
    re.DOTALL | re.IGNORECASE,
)
_TAG = re.compile(TAG)
# Values of attributes, quoted or not: one of a megabyte, a picture, keeps nobody busy.
_VALUE = re.compile(r"""=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\s"'>][^\s>]*+)""")
# Tags that hold nothing, so that they are never open.
_VOID = frozenset(("base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "wbr"))


def is_modest(text: str) -> bool:
    """Tell whether a page has so few tags and attributes that a parser is done in a moment."""
    gaps = range(0, len(text) - _LONGEST_GAP, _LONGEST_GAP)
    return text.count("<") <= _MOST_TAGS and all(
        text.find("<", at, at + _LONGEST_GAP) >= 0 for at in gaps
    )


def is_long_tag(tag: str) -> bool:
    """Tell whether a tag has so many attributes that they would keep a parser busy."""
    return len(tag) > _LONGEST_TAG and len(_VALUE.sub("", tag)) > _LONGEST_TAG


def is_overgrown(text: str, begin: int, end: int) -> bool:
    """Tell whether a part of a page would keep a parser busy: nested deeply, or a long tag.

    Args:
        text: the page.
        begin: offset of the part's first character.
        end: offset behind its last one.
    """
    n_open: Counter[str] = Counter()
    depth = 0
    for token in _TOKEN.finditer(text, begin, end):
        name = (token["name"] or "").lower()
        # What stands between the tags of a script or a style keeps nobody busy, however long.
        tag = token[0] if name else _first_tag(token) if token["raw"] else ""
        if is_long_tag(tag):
            return True
        if not name or name in _VOID:
            continue
        step = -1 if token["end"] else 1
        if step > 0 or n_open[name]:
            n_open[name] += step
            depth += step
        if depth > MOST_OPEN_TAGS:
            return True
    return False


def _first_tag(token: re.Match[str]) -> str:
    tag = _TAG.match(token.string, token.start(), token.end())
    return tag[0] if tag else ""


def tags_around(text: str, places: Iterable[int]) -> Iterator[re.Match[str]]:
    """Yield the tags that some places stand in, not part of a comment or a script.

    Args:
        text: the page.
        places: offsets in it, ascending.

    >>> [tag["name"] for tag in tags_around("<!-- <p a> --><i b='<p a>'>", [8, 19])]
    ['i']
    """
    tokens = _TOKEN.finditer(text)
    token: re.Match[str] | None = None
    for place in places:
        while token is None or token.end() <= place:
            token = next(tokens, None)
            if token is None:
                return
        if token.start() < place and token["name"]:
            yield token


def live_tags(text: str, starts: Iterable[int]) -> list[int]:
    """Return those offsets of tags at which there is a tag, not part of a comment or an attribute.

    Args:
        text: the page.
        starts: offsets in it, each of a `<`.

    Returns:
        Those that begin a tag, ascending.

    >>> live_tags("<!-- <p> --><i a='<p>'><p>", [5, 18, 23])
    [23]
    """
    wanted = set(starts)
    last = max(wanted, default=-1)
    live = []
    for token in _TOKEN.finditer(text):
        if token.start() > last:
            break
        if token.start() in wanted:
            live.append(token.start())
    return live
