"""Cheap signs that a page of text was saved in another form than the plain one.

What belongs here: telling from a look at the text which steps would find something. What does not:
the steps (`undo`).

Every page is looked at, so this takes a few milliseconds for a megabyte. A sign that is missing
costs nothing where the page then cannot be read well: the gate asks for the steps as well. A sign
too many costs the time of undoing.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.forms.marks import ADDED
from pipeline.forms.page_lines import OPEN_ENDS

_FEW = 3  # what stands once or twice may be part of any text
# Lines of this length may have been wrapped, longer ones were not.
_WRAPPED = range(45, 251)
_WRAPPED_SHARE = 0.12
# Of a page that was filled to a width: which of the lengths is about the width, how much shorter
# a full line is, how many are full (prose in lines of its own: at most a third), how many go on.
_WIDTH_AT, _RAGGED, _FULL_SHARE, _GOING_ON_SHARE = 0.965, 12, 0.5, 0.15
_SHORT_PAGE = 12  # lines of such a length
_NARROW = 115  # no title is longer, no abstract shorter
_LONG_LINE = 1200
_QUOTED_SHARE = 0.05
_SENTENCE_ENDS = frozenset(".!?;:")
_LINK = re.compile(r"\]\((?:https?:|/|#|<|mailto:|javascript:|\)|\.)")
_LISTED_LINK = re.compile(r"\n\d{1,5}\. (?:https?|file|mailto|javascript):")
_REFERENCE = re.compile(r"\[\d{1,5}\][^\W\d_]")
_MARKER = re.compile(r"(?:> ?){0,3}(?:#{1,6} \S|\[[ xX*]?\]|\((?:\*| |BUTTON)\)|<https?:|!\[)")
_SPACED_LABEL = re.compile(r"\n[A-Z][a-z]{2,11}(?: [a-z]{2,8})?[ \t\xa0]+:")
_WORDS_PARTED = re.compile(r"(?:…|\.\.\.) ?(?:[^\w\s] ?)?More [^\W\d_…]")
_LONE = frozenset(",;:")
_LONG, _LONGEST_LABEL, _PROBE = 160, 32, 24
_MARKER_SIGNS = frozenset("#[(<!>")
# What is left of a text without these is a tenth of it, in which signs beside each other still are.
_BESIDE = 80  # characters beside a button: of a long line no more is looked at
_HEAD = 60  # characters of a line in which a label stands
_COMMON = bytes(set(range(128)) - set(b"[](){}<>*#!|~`\\\f"))


def signs(text: str, stripped: Sequence[str] = ()) -> tuple[str, ...]:
    r"""Return codes of the steps that would find something to undo; empty: a plain page.

    Args:
        text: the text of the page, lines ended by LF.
        stripped: its lines without outer white space, where they are known already.

    >>> signs("> A title\n> Authors: Ann Lee\n> Abstract: We look.\n")
    ('quotes',)
    """
    text = f"\n{text}"  # each line begins behind a line end
    stripped = stripped or list(map(str.strip, text.split("\n")))
    filled = list(filter(None, stripped))
    if not filled:
        return ()
    firsts = "".join([line[0] for line in filled])
    # Signs are looked for in what is left of the text without letters, labels where lines begin.
    rare = (
        text.encode("utf-8", "surrogatepass")
        .translate(None, _COMMON)
        .decode("utf-8", "surrogatepass")
    )
    heads = "\n".join(["", *[line[:_HEAD] for line in filled]])
    found = {
        "quotes": _is_quoted(firsts),
        "page_breaks": "\f" in rare,
        "one_line": len(text) > _LONG_LINE * len(filled) or ADDED in rare,
        "wrapping": _is_wrapped(stripped, filled),
        "link_references": _has(_LISTED_LINK, heads) or ("[]" in rare and _has(_REFERENCE, text)),
        "links": "](" in rare and _has(_LINK, text),
        "markers": _has_markers(filled, firsts) or ("**" in rare and text.count("**") >= 2 * _FEW),
        "previews": _has_previews(text, rare, filled, firsts),
        "labels": _has(_SPACED_LABEL, heads, least=2),
        "nodes": _is_in_nodes(filled),
    }
    return tuple(name for name, is_found in found.items() if is_found)


def still_wrapped(lines: Sequence[str]) -> bool:
    """Tell whether most lines of a page end where a width ends, and many go on in the next one.

    A sign of `wrapping` is given lightly, since looking again is cheap; this is asked of a page
    whose lines were not joined, of which nothing is to be published if they should have been.
    """
    pairs = [
        (len(line), line, below)
        for line, below in pairwise([*map(str.strip, lines), ""])
        if len(line) >= _WRAPPED.start and "://" not in line
    ]
    if len(pairs) < _FEW:
        return False
    lengths = sorted(length for length, _, _ in pairs)
    width = lengths[int(len(lengths) * _WIDTH_AT)]
    full = [pair for pair in pairs if width - _RAGGED <= pair[0] <= width + 2]
    n_going_on = sum(
        below[:1].islower() and line[-1] not in _SENTENCE_ENDS for _, line, below in full
    )
    is_even = len(full) >= _FULL_SHARE * len(pairs)
    return is_even and n_going_on >= max(_FEW, _GOING_ON_SHARE * len(full))


def _has(pattern: re.Pattern[str], text: str, least: int = _FEW) -> bool:
    """Tell whether a pattern is found so often; the search ends there."""
    found = pattern.finditer(text)
    return all(next(found, None) for _ in range(least))


def _has_markers(filled: list[str], firsts: str) -> bool:
    if _MARKER_SIGNS.isdisjoint(firsts):
        return False
    return any(line[0] in _MARKER_SIGNS and _MARKER.match(line) for line in filled)


def _is_quoted(firsts: str) -> bool:
    if firsts.count(">") >= max(_FEW, _QUOTED_SHARE * len(firsts)):
        return True
    return len(firsts) > 2 * _FEW and not firsts[0].isalnum() and not firsts.strip(firsts[0])


def _is_wrapped(stripped: Sequence[str], filled: list[str]) -> bool:
    least, most = _WRAPPED.start, _WRAPPED.stop
    pairs = [(line, below) for line, below in pairwise(filled) if least <= len(line) < most]
    n_wrapped = len(pairs)
    going_on = [line for line, below in pairs if below[0].islower()]
    n_going_on = sum([line[-1] not in _SENTENCE_ENDS for line in going_on])
    if n_going_on >= max(_FEW, _WRAPPED_SHARE * n_wrapped):
        return True
    if n_wrapped > _SHORT_PAGE and max(map(len, filled)) > _NARROW:
        return False
    # Few long lines: one that goes on right below is enough.
    return any(
        len(line) >= least and below[:1].isalpha() and line[-1] not in ".!?;:,"
        for line, below in pairwise(stripped)
    )


def _has_previews(text: str, rare: str, filled: list[str], firsts: str) -> bool:
    n_more, n_less = rare.count("▽"), rare.count("△")
    # Mostly all of these buttons stand in lines of their own, which two counts tell.
    if n_more != filled.count("▽ More") and any(
        _is_inside(text, at, 1) for at in _places(text, "▽")
    ):
        return True
    if n_less != firsts.count("△") and any(_is_inside(text, at, -1) for at in _places(text, "△")):
        return True
    long = [line for line in filled if len(line) > _LONG]
    unfolded = [line for line in long if line.endswith("Less")]
    if any(map(_WORDS_PARTED.search, unfolded)):
        return True
    return any(map(_stands_twice, long))


def _places(text: str, sign: str) -> Iterator[int]:
    at = text.find(sign)
    while at >= 0:
        yield at
        at = text.find(sign, at + 1)


def _is_inside(text: str, at: int, side: int) -> bool:
    """Tell whether more than a button stands in a line: below it (side 1), above it (-1)."""
    if side < 0:
        above = text[max(0, at - _BESIDE) : at].rpartition("\n")[2]
        return bool(above.strip(" \t\xa0["))
    behind = text[at + 1 : at + _BESIDE].partition("\n")[0].strip(" \t\xa0]")
    return behind.startswith("More") and len(behind) > len("More")


def _stands_twice(line: str) -> bool:
    """Tell whether a line, but for a label, seems to say all it says twice."""
    begin = line.find(": ", 0, _LONGEST_LABEL) + 2
    begin = begin if begin > 1 else 0
    probe, half = line[begin : begin + _PROBE].lstrip(), (len(line) + begin) // 2
    return line.find(probe, half, half + 3 + len(probe)) >= 0


def _is_in_nodes(filled: list[str]) -> bool:
    short = Counter([line for line in filled if len(line) < 20])
    often = [line for line, n in short.items() if n >= _FEW]
    return sum(short[sign] for sign in _LONE) >= _FEW or any(
        " " in line and line.rpartition(" ")[2] in OPEN_ENDS for line in often
    )
