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
from itertools import islice

from pipeline.forms.line_frames import has_frames
from pipeline.forms.link_brackets import has_brackets
from pipeline.forms.links import has_addresses_behind
from pipeline.forms.marks import ADDED
from pipeline.forms.odd_signs import has_entities, has_ligatures
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
# Patterns that search a whole page begin with one rare sign: to look for two takes far longer.
_LINK = re.compile(r"\](?=\()\((?:https?:|/|#|<|mailto:|javascript:|\)|\.)")
_LISTED_LINK = re.compile(r"\d{1,5}\. (?:https?|file):")
_REFERENCE = re.compile(r"\[\d{1,5}\][^\W\d_]")
_MARKER = re.compile(r"(?:> ?){0,3}(?:#{1,6} \S|\[[ xX*-]?\]|\((?:\*| |BUTTON)\)|<https?:|!\[)")
_SPACED_LABEL = re.compile(r"[A-Z][a-z]{2,11}(?: [a-z]{2,8})?[ \t\xa0]+:")
_ONE = re.compile("1")
_LONE_DOI = re.compile(r"doi(?=[ \t]*\n[ \t]*10\.\d{4})")
_COLON = re.compile(r":(?:(?=//)|(?<=[ \t\xa0]:))")  # of an address, of a label set apart
_BOLD = re.compile(r"\*(?=\*)\*")
_WORDS_PARTED = re.compile(r"(?:…|\.\.\.) ?(?:[^\w\s] ?)?More [^\W\d_…]")
_LONE = frozenset(",;:")
_LONG, _LONGEST_LABEL, _PROBE = 160, 32, 24
_MARKER_SIGNS = frozenset("#[(<!>")
_BESIDE = 80  # characters beside a button: of a long line no more is looked at
_HEAD = 64  # characters of a line in which a label or a link's number stands
_NO_CAPITAL = re.compile(r"[^\W\d_A-Z]")


def signs(text: str, stripped: Sequence[str] = ()) -> tuple[str, ...]:
    r"""Return codes of the steps that would find something to undo; empty: a plain page.

    Args:
        text: the text of the page, lines ended by LF.
        stripped: its lines without outer white space, where they are known already.

    >>> signs("> A title\n> Authors: Ann Lee\n> Abstract: We look.\n")
    ('quotes',)
    """
    stripped = stripped or list(map(str.strip, text.split("\n")))
    filled = list(filter(None, stripped))
    if not filled:
        return ()
    firsts = "".join([line[0] for line in filled])
    long = [line for line in filled if len(line) > _NARROW]
    heads = list(_heads(_COLON, text))
    found = {
        "odd_signs": has_entities(text) or has_ligatures(text),
        "quotes": _is_quoted(firsts) or has_frames(filled, firsts),
        "page_breaks": "\f" in text,
        "one_line": len(text) > _LONG_LINE * len(filled) or ADDED in text,
        "wrapping": _is_wrapped(stripped, filled, firsts, is_narrow=not long),
        "link_references": _has_references(text, heads),
        "links": ("]" in text and (_has(_LINK, text) or has_brackets(text)))
        or ("<" in text and has_addresses_behind(text)),
        "markers": _has_markers(filled, firsts)
        or ("*" in text and _has(_BOLD, text, least=2 * _FEW)),
        "previews": _has_previews(text, filled, firsts, long),
        "labels": _has_spaced_labels(heads) or _has_lone_dois(text, filled, firsts),
        "nodes": _is_in_nodes(filled),
    }
    return tuple(name for name, is_found in found.items() if is_found)


def still_wrapped(stripped: Sequence[str]) -> bool:
    """Tell whether most lines of a page end where a width ends, and many go on in the next one.

    A sign of `wrapping` is given lightly, since looking again is cheap; this is asked of a page
    whose lines were not joined, of which nothing is to be published if they should have been.

    Args:
        stripped: its lines without outer white space.
    """
    below = [*stripped[1:], ""]
    pairs = [
        (n, stripped[at], below[at])
        for at, n in enumerate(map(len, stripped))
        if n >= _WRAPPED.start and "://" not in stripped[at]
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
    if filled.count("Image") >= _FEW:
        return True
    if _MARKER_SIGNS.isdisjoint(firsts):
        return False
    return any(line[0] in _MARKER_SIGNS and _MARKER.match(line) for line in filled)


def _is_quoted(firsts: str) -> bool:
    if firsts.count(">") >= max(_FEW, _QUOTED_SHARE * len(firsts)):
        return True
    return len(firsts) > 2 * _FEW and not firsts[0].isalnum() and not firsts.strip(firsts[0])


def _has_references(text: str, heads: list[str]) -> bool:
    n_listed = sum(map(bool, map(_LISTED_LINK.fullmatch, heads)))
    return n_listed >= _FEW or ("[" in text and _has(_REFERENCE, text))


def _has_lone_dois(text: str, filled: list[str], firsts: str) -> bool:
    # Few lines begin so: the text is searched only where one does below such a word.
    ones = (found.start() for found in _ONE.finditer(firsts))
    is_likely = any(filled[at].startswith("10.") and filled[at - 1].endswith("doi") for at in ones)
    return is_likely and _LONE_DOI.search(text) is not None


def _has_spaced_labels(heads: list[str]) -> bool:
    labels = filter(_SPACED_LABEL.fullmatch, heads)
    return next(islice(labels, 1, None), None) is not None


def _heads(sign: re.Pattern[str], text: str) -> Iterator[str]:
    """Yield what stands from the beginning of a line to a sign, where that is short."""
    for found in sign.finditer(text):
        _, begin, head = text[max(0, found.end() - _HEAD) : found.end()].rpartition("\n")
        if begin or found.end() <= _HEAD:
            yield head.lstrip()


def _is_wrapped(
    stripped: Sequence[str], filled: list[str], firsts: str, *, is_narrow: bool
) -> bool:
    # Most lines of a plain page begin with a capital: the few others are looked for in one text.
    small = [found.start() for found in _NO_CAPITAL.finditer(firsts, 1)]
    above = [filled[at - 1] for at in small if firsts[at].islower()]
    n_going_on = sum([len(line) in _WRAPPED and line[-1] not in _SENTENCE_ENDS for line in above])
    if n_going_on >= _FEW:
        n_wrapped = sum(map(_WRAPPED.__contains__, map(len, filled)))
        if n_going_on >= _WRAPPED_SHARE * n_wrapped:
            return True
    if not is_narrow and _has_more(_SHORT_PAGE, filled):
        return False
    # Few long lines: one that goes on right below is enough.
    above = [at for at, n in enumerate(map(len, stripped[:-1])) if n >= _WRAPPED.start]
    return any(stripped[at + 1][:1].isalpha() and stripped[at][-1] not in ".!?;:," for at in above)


def _has_more(n: int, filled: list[str]) -> bool:
    """Tell whether more than `n` lines may have been wrapped."""
    wrapped = (line for line in filled if len(line) in _WRAPPED)
    return next(islice(wrapped, n, None), None) is not None


def _has_previews(text: str, filled: list[str], firsts: str, long: list[str]) -> bool:
    # Mostly all of these buttons stand in lines of their own, which two counts tell.
    has_more = "▽" in text and text.count("▽") != filled.count("▽ More")
    if has_more and any(_is_inside(text, at, 1) for at in _places(text, "▽")):
        return True
    has_less = "△" in text and text.count("△") != firsts.count("△")
    if has_less and any(_is_inside(text, at, -1) for at in _places(text, "△")):
        return True
    long = [line for line in long if len(line) > _LONG]
    if any(line.endswith("Less") and _WORDS_PARTED.search(line) for line in long):
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
    half = len(line) // 2
    # Behind a label of at most so many characters the halves are that much shorter.
    behind = slice(_LONGEST_LABEL + half - _LONGEST_LABEL // 2, 2 * _LONGEST_LABEL + half)
    if line[_LONGEST_LABEL : _LONGEST_LABEL + 8] not in line[behind]:
        return False
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
