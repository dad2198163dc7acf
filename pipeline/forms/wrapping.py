"""Unwrapping: lines that a tool broke at a width are joined again.

What belongs here: which line ends are a tool's, and what stood there (a space or nothing). What
does not: how wide a page was wrapped (`widths`), how its lines are looked at (`page_lines`), where
two blocks may have been joined (`doubts`).

Joining is filling backwards. A tool that fills lines to a width ends one only where the next word
had no room: every other line end was in the text before, for certain. Line ends of which the width
says nothing else are those of a line that happens to be nearly full; on pages that keep blocks
apart by blank lines there are none, on others `doubts` looks at them.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice

from pipeline.forms.doubts import SLACK, Judged, is_long, judge
from pipeline.forms.hard_cuts import join_cuts
from pipeline.forms.marks import ADDED, ENDED, UNSURE, without_signs
from pipeline.forms.page_lines import Neighbours, PageLines
from pipeline.forms.site_lines import SiteLines
from pipeline.forms.widths import Width, find_width, hang_of

# Words below which a hyphen at a line end stands by itself: "pre- and postconditions".
_BELOW_LONE_HYPHEN = frozenset(("and", "or", "to", "und", "oder", "bis", "vs", "vs.", "versus"))
_WORD_HYPHEN = re.compile(r"[^\W_][-\u2010\u2013\u2014/]$|[$)\]}]-$|\S--$")
# Whether a space stood behind them, nothing tells, unless one stands before them.
_DASHES = re.compile(r"\S--$")
# "$\", broken inside `\mathrm`; behind a word the sign is a space of its own: "et al.\ 2020"
_CUT_COMMAND = re.compile(r"(?:^|[\s$({\[^_=+|&-])\\$")
# "Boitard--Crépeau", cut before the dashes; "--option" stood behind a space
_BEFORE_DASHES = re.compile(r"\u2014|--[^\W\da-z]")
# w3m breaks lines at the ends of tags, and before signs of some kinds: "Nets" above ": a View".
_CLOSES = re.compile(r"[,.)\]](?=\s|$)")
_INSIDE = re.compile(r"[:;!?](?=\s|$)|/\w")
_IN_FORMULA = re.compile(r"[\^_({\[=/]")
_DOLLAR = re.compile(r"(?<!\\)\$")
_CUT_DASHES = re.compile(r"\s-- $")  # "--", cut in two
# Korean has spaces between words, but tools break it anywhere.
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_ADDRESS = re.compile(r"\w://|\bwww\.")
_JOINED = re.compile(rf"{ENDED}[^\n{ENDED}]")
_LAST_WORD = re.compile(r"[^\W\d_]+-$")
_FIRST_WORD = re.compile(r"[^\W\d_]+")
# Writing without spaces between words: kana, Chinese characters, their punctuation.
_NO_SPACES = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")
# A share of line ends, above which they are a habit of the tool.
_HABIT = 0.9
_LEAST_SEEN, _MOST_SEEN = 3, 30
_LEAST_CUT = 2
_MOST_ASKED = 500
_LONGEST_WORD = 40
# A line that no width ended, as a share of it.
_SHORT = 0.6


def unwrap(text: str, sites: Sequence[SiteLines]) -> str:
    """Join the lines of a wrapped page; any other text comes back as it is."""
    if ENDED in text and _JOINED.search(text):  # its lines were joined already
        return text
    whole = join_cuts(text, sites)
    if whole != text:
        return whole
    page = PageLines(text, sites)
    width = find_width(page)
    if width is None:
        return text
    return _join(page, _choose(page, page.neighbours(), width), width)


# ---------- which line ends go


def _choose(page: PageLines, pairs: list[Neighbours], width: Width) -> Judged:
    """Return the line ends that go."""
    if _ends_in_spaces(page, pairs, width):
        # The tool left the space at which it broke: nothing needs to be guessed.
        cut = (pair for pair in pairs if pair.n_spaces == 1)
        return Judged({p.above: False for p in cut if page.is_open(p.above, is_cut=True)})
    fits = _Indents(pairs, width)
    has_breaks = _marks_breaks(pairs)
    asked = [pair for pair in pairs if width.is_full(pair, SLACK) or is_long(page, pair)]
    allowed = [
        pair
        for pair in asked
        if pair.is_open
        and fits(pair)
        and not (has_breaks and page.lines[pair.above].endswith("  "))
    ]
    n_apart = len(page.filled) - len(pairs) + len(asked) - len(allowed)
    return _doubt_headings(page, pairs, width, judge(page, allowed, n_apart, width))


def _doubt_headings(
    page: PageLines, pairs: list[Neighbours], width: Width, judged: Judged
) -> Judged:
    """Call uncertain what stands right below full headings, where none is longer than the width.

    Writers of Markdown break no heading; a tool that wraps what they wrote does.
    """
    if any(page.indents[at] + len(page.texts[at]) > width.chars for at in page.headings):
        return judged
    full = [
        pair
        for pair in pairs
        if pair.above in page.headings
        and not pair.is_open
        and not _is_in_link(page.texts[pair.above])
        and width.is_full(pair)
        and page.is_open(pair.above, is_cut=True)
    ]
    below = {pair.below for pair in full}
    joins = {at: is_unsure or at in below for at, is_unsure in judged.joins.items()}
    return Judged(joins, judged.breaks | {pair.above for pair in full} | (below - joins.keys()))


def _ends_in_spaces(page: PageLines, pairs: list[Neighbours], width: Width) -> bool:
    """Tell whether the tool left one space at each of its line ends, and only there."""
    going_on = (pair for pair in pairs if pair.continues and not pair.is_one_word)
    sure = [pair.n_spaces for pair in islice(going_on, _MOST_ASKED)]
    if sure.count(1) < _HABIT * len(sure):
        return False
    others = [pair.n_spaces for pair in pairs if pair.length < _SHORT * width.chars]
    last = (page.lines[at] for at in page.filled if at not in page.below)
    others += [len(line) - len(line.rstrip()) for line in last]
    return len(sure) >= _LEAST_CUT and others.count(1) <= (1 - _HABIT) * len(others)


def _marks_breaks(pairs: list[Neighbours]) -> bool:
    """Tell whether two spaces at a line end say that it was meant, as in Markdown."""
    sure = [pair.n_spaces for pair in islice((p for p in pairs if p.continues), _MOST_ASKED)]
    return sum(n > 1 for n in sure) <= (1 - _HABIT) * len(sure)


def _is_in_link(text: str) -> bool:
    """Tell whether a line ends inside the text of a link, which surely goes on below."""
    return text.count("[") > text.count("]")


class _Indents:
    """How lines that go on are indented against those above them."""

    def __init__(self, pairs: list[Neighbours], width: Width) -> None:
        """Look at the lines that surely go on."""
        # From all parts of the page: items of a list are indented by their numbers.
        asked = pairs[:: 1 + len(pairs) // (8 * _MOST_ASKED)]
        sure = [pair for pair in asked if pair.continues and width.is_full(pair)]
        least = max(2, len(sure) / 50)
        shifts = Counter(pair.shift for pair in sure)
        self._shifts = {0, *(shift for shift, n in shifts.items() if n >= least)}
        # Of a few, one may go on for certain, and all stand below a line that is full.
        rare = [pair for pair in pairs if pair.shift in shifts.keys() - self._shifts]
        n_shifted = Counter(pair.shift for pair in rare if pair.is_open)
        n_full = Counter(pair.shift for pair in rare if width.is_full(pair) and pair.is_open)
        self._shifts |= {
            shift
            for shift, n in n_full.items()
            if n >= _LEAST_SEEN and n >= _HABIT * n_shifted[shift]
        }
        # A tool that indents first lines only may do so by less here and there.
        self._least = min(self._shifts)
        self._hang = hang_of(sure)

    def __call__(self, pair: Neighbours) -> bool:
        """Tell whether a line is indented like one that goes on."""
        if self._hang and pair.indent != self._hang:
            return False
        return pair.shift in self._shifts or self._least <= pair.shift < 0


# ---------- joining


def _join(page: PageLines, judged: Judged, width: Width) -> str:
    """Write the page with signs where line ends are gone."""
    joins = judged.joins
    splits_words = _splits_words(page, joins)
    written: list[str] = []
    is_joined = is_formula = False
    for at, line in enumerate(page.lines):
        text = line.lstrip() if is_joined else line
        below = page.below.get(at)
        if at in joins and below is not None:
            ended = ENDED * (text.count(ENDED) + (ADDED not in text))
            was_unsure = UNSURE in text
            text = without_signs(text).rstrip()
            lower = page.texts[below]
            is_formula ^= len(_DOLLAR.findall(text)) % 2 > 0
            between = _between(text.lstrip(), lower, width, is_formula=is_formula)
            is_unsure = was_unsure or joins[at] or _is_unsure(text, lower, is_formula=is_formula)
            if splits_words and _LAST_WORD.search(text[-_LONGEST_WORD:]) and lower[0].islower():
                text = text[:-1]
            written += [text, ended, UNSURE * is_unsure, between]
            is_joined = True
        elif is_joined and not text:
            written.append(ENDED)
        else:
            written += [text, UNSURE * (at in judged.breaks), "\n"]
            is_joined = is_formula = False
    return "".join(written[:-1])


def _between(upper: str, lower: str, width: Width, *, is_formula: bool) -> str:
    """Return what stood between two lines: a space, or nothing.

    Args:
        upper: the line above.
        lower: the line below.
        width: how wide the page was wrapped.
        is_formula: whether the line above ends inside a formula.
    """
    if _CUT_COMMAND.search(upper[-2:]) and lower[:2].isalpha():
        return ""
    if _WORD_HYPHEN.search(upper[-3:]):
        is_lone = lower.partition(" ")[0].lower() in _BELOW_LONE_HYPHEN
        return " " if is_lone and upper[-1] == "-" else ""
    if _BEFORE_DASHES.match(lower) and upper[-1].isalnum():
        return ""
    if _CLOSES.match(lower) or _INSIDE.match(lower) or _CUT_DASHES.search(upper[-2:] + lower[:2]):
        return ""
    if is_formula and _IN_FORMULA.match(lower):
        return ""
    if _NO_SPACES.match(upper[-1]) and _NO_SPACES.match(lower[0]):
        return ""
    is_cut = width.is_exact and len(upper) == width.chars and _ends_in_address(upper)
    return "" if is_cut else " "


def _ends_in_address(line: str) -> bool:
    """Tell whether a line ends in an address that may go on: behind a whole link none does."""
    word = line.rpartition(" ")[2]
    if not _ADDRESS.search(word):
        return False
    target = word.rpartition("](")[2] if "](" in word else ""
    return not target or target.count("(") >= target.count(")")


def _is_unsure(upper: str, lower: str, *, is_formula: bool) -> bool:
    """Tell whether nothing says if a space stood between two lines."""
    if _DASHES.search(upper) or _BEFORE_DASHES.match(lower) or _INSIDE.match(lower):
        return True
    if is_formula and _IN_FORMULA.match(lower):
        return True
    return bool(_HANGUL.match(upper[-1]) and _HANGUL.match(lower))


def _splits_words(page: PageLines, joins: Iterable[int]) -> bool:
    """Tell whether the hyphens at line ends are a tool's: the page has most such words without."""
    n_without = n_with = 0
    ends = (above for above in joins if page.texts[above][-1] == "-")
    for above in islice(ends, _MOST_SEEN):
        begin = _LAST_WORD.search(page.texts[above][-_LONGEST_WORD:])
        rest = _FIRST_WORD.match(page.texts[page.below[above]])
        if begin and rest and rest[0].islower():
            is_with = f"{begin[0]}{rest[0]}" in page.text
            n_with += is_with
            n_without += not is_with and f" {begin[0][:-1]}{rest[0]}" in page.text
    return n_without >= _LEAST_SEEN and n_without > 2 * n_with
