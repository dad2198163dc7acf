"""Elements of a card: its parts by their classes, and their text.

What belongs here: reading elements whatever savers and browser extensions did to them: parts in
wrappers, classes in another order, elements that are not the page's own. What does not: finding
cards (`markup`), any site's words.
"""

from functools import lru_cache

from selectolax.lexbor import LexborNode

from pipeline.text.whitespace import fold_space

_MOST_DEPTH = 6  # of wrappers around a part
_WRAPPERS = frozenset(("article", "center", "div", "font", "main", "section", "td", "tr", "tbody"))
_WRAPPERS |= {"table"}
_MOST_NESTED = 20  # elements in one another in a title or among names
# What words are made of; anything else in a title or among names was put there: buttons, pictures.
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "cite",
        "code",
        "em",
        "font",
        "i",
        "ins",
        "mark",
        "nobr",
        "q",
        "s",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "tt",
        "u",
        "var",
        "wbr",
    ]
)
_HIDDEN = ("display:none", "visibility:hidden")


def parts_of(node: LexborNode | None, names: tuple[str, ...]) -> dict[str, LexborNode]:
    """Return the parts of an element by name, each the first of it in the order of the page.

    Args:
        node: the element; its parts may stand in wrappers.
        names: classes of the parts; of two classes of one element the first listed counts.
    """
    parts: dict[str, LexborNode] = {}
    for name, part in all_parts(node, names):
        parts.setdefault(name, part)
    return parts


def all_parts(
    node: LexborNode | None, names: tuple[str, ...], depth: int = 0
) -> list[tuple[str, LexborNode]]:
    """Return all parts of an element with their names; see `parts_of`."""
    parts: list[tuple[str, LexborNode]] = []
    for child in node.iter() if node else ():
        classes = child.attributes.get("class")
        if classes and (name := _part_named(classes, names)):
            parts.append((name, child))
        elif depth < _MOST_DEPTH and child.tag in _WRAPPERS:
            parts += all_parts(child, names, depth + 1)
    return parts


@lru_cache(maxsize=4096)
def _part_named(classes: str, names: tuple[str, ...]) -> str:
    own = classes.split()
    return next((name for name in names if name in own), "")


def text_of(node: LexborNode | None, separator: str = "") -> str:
    """Return the text of an element with white space folded, empty if there is no element.

    Args:
        node: the element.
        separator: what stands between pieces of text, which savers may have left without space.
    """
    return fold(node.text(separator=separator)) if node else ""


def fold(text: str) -> str:
    """Fold white space; most texts are folded already, and looking is cheaper than folding."""
    text = text.strip()
    return text if text.isprintable() and "  " not in text else fold_space(text)


def words_of(node: LexborNode | None, *, has_links: bool = False) -> str:
    """Return the text of an element that holds words only, as the page writes it.

    Elements that cannot be the page's own are left out: buttons, pictures, hidden ones, and links
    unless nothing is left without them.

    Args:
        node: the element.
        has_links: whether the page itself has links there.
    """
    if node is None:
        return ""
    first = node.child
    is_text = first is not None and first.next is None and first.tag == "-text"
    if is_text or all(_is_plain(child, 0) for child in node.iter()):
        return node.text()
    shown = _write(node, 0, has_links=has_links)
    return shown if shown.strip() or has_links else _write(node, 0, has_links=True)


def _is_plain(node: LexborNode, depth: int) -> bool:
    """Tell whether an element is words, with hits or emphasis in them and no more."""
    return (
        node.tag in _INLINE
        and node.tag != "a"
        and not _is_hidden(node)
        and depth < _MOST_NESTED
        and all(_is_plain(child, depth + 1) for child in node.iter())
    )


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    style = (attributes.get("style") or "").replace(" ", "").lower()
    return "hidden" in attributes or any(sign in style for sign in _HIDDEN)


def _write(node: LexborNode, depth: int, *, has_links: bool) -> str:
    pieces = []
    for child in node.iter(include_text=True):
        tag = child.tag or ""
        if tag == "-text":
            pieces.append(child.text())
        elif tag not in _INLINE or (tag == "a" and not has_links) or _is_hidden(child):
            pieces.append(" ")
        elif depth < _MOST_NESTED:
            pieces.append(_write(child, depth + 1, has_links=has_links))
    return "".join(pieces)


def text_beside(node: LexborNode, tag: str, depth: int = 0) -> str:
    """Return the text of an element without that of elements of a name in it.

    Args:
        node: the element.
        tag: the name of what is left out, e.g. `a`.
        depth: how deep this is, for bounds.
    """
    pieces = [
        child.text() if child.tag == "-text" else text_beside(child, tag, depth + 1)
        for child in node.iter(include_text=True)
        if child.tag != tag and depth < _MOST_NESTED
    ]
    return "".join(pieces)
