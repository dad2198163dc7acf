r"""The words that were searched for, which arXiv marks in titles, names and abstracts.

What belongs here: the space around those marks (`search-hit`), where savers left none or put some.
What does not: other white space, which a browser folds.

arXiv marks whole words, so two marks side by side are two words. Tools that write each tag on a
line of its own (`prettify`) put spaces around marks where there were none: there, what touches a
word by custom touches it again: a bracket, a full stop, the hyphen of a compound. No line end is
lost: what is to go is moved into a tag, where it means nothing.
"""

import re

from pipeline.sources.markup import any_case

_SPAN = any_case("span")
_GLUED = re.compile(rf"</{_SPAN}>(?=<{_SPAN}\s[^<>]{{0,500}}?\bsearch-hit\b)")
# A mark with what is below it; its word may stand on a line of its own.
_MARK = re.compile(
    rf"(?P<open><{_SPAN}\s[^<>]{{0,500}}?\bsearch-hit\b[^<>]{{0,500}})>(?P<word>[^<>]{{1,1000}})"
    rf"</{_SPAN}>(?P<below>\s*+)(?=(?P<next>..?)?)",
    re.DOTALL,
)
_APART_SIGN = re.compile(r"search-hit[^<>]{0,500}>[^\S\n]*+\n")
_CLOSING = re.compile(r"""[,.;:!?)\]}%”/]|[-–]\S|['’](?:s|\s)|"[\s,.;:)]""")
_OPENING = re.compile(r"""(?:^|\s)["'“‘]$|[(\[{/“‘]$|\S[-–]$""")
_LOOKED_AT = 20_000  # characters from the first mark on
_NEAR = 200  # characters of indentation above a mark that are looked at


def space_hits(text: str) -> str:
    r"""Return a page with the spaces around marked words as they were.

    >>> space_hits('<b><span class="search-hit">a</span><span class="search-hit">b</span>')
    '<b><span class="search-hit">a</span> <span class="search-hit">b</span>'
    >>> page = '(\n <span class="search-hit">\n  a\n </span>\n , b'
    >>> "".join(space_hits(page).split("\n"))
    '(<span class="search-hit"   >a</span  >, b'
    """
    first = text.find("search-hit")
    if first < 0:
        return text
    near = text[max(0, first - _NEAR) : first + _LOOKED_AT]
    if "</span><span" in text or "<SPAN" in near:
        text = _GLUED.sub(r"\g<0> ", text)
    # A tool that writes each tag on a line of its own does so all over the page.
    return _join(text) if _APART_SIGN.search(near) else text


def _join(text: str) -> str:
    pieces, at = [], 0
    for hit in _MARK.finditer(text):
        word = hit["word"].strip()
        lead, _, tail = hit["word"].partition(word)
        if not word or "\n" not in lead or "\n" not in tail:
            continue
        above = text[max(at, hit.start() - _NEAR) : hit.start()]
        before = above.rstrip()
        moved = above[len(before) :] if _OPENING.search(before[-2:]) else ""
        pieces += (text[at : hit.start() - len(moved)], hit["open"], moved, lead, ">")
        is_closed = _CLOSING.match(hit["next"] or "") is not None
        pieces += (word, "</span", tail)
        pieces += (hit["below"], ">") if is_closed else (">", hit["below"])
        at = hit.end()
    return "".join([*pieces, text[at:]])
