r"""The lines of a page as unwrapping sees them: neighbours, and what each end of a line looks like.

What belongs here: facts of single lines and pairs of lines. What does not: what follows from them
(`widths`, `wrapping`, `doubts`).
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from operator import add

from pipeline.forms.marks import UNSURE, without_signs
from pipeline.forms.seen import seen
from pipeline.forms.site_lines import SiteLines, any_site

# "1. ", "[12] ", "(3) ", "- ", "* ", "• ", "### ", "| "
_BULLET = re.compile(r"(?P<sign>[-*+•‣◦▪·●○–])\s+(?=\S)|(?P<number>\(?\d{1,6}[.)]|\[\d{1,6}\])\s+")
_HEADING = re.compile(r"#{1,6}\s|[-=_*~]{3,}\s*$|\|")
_HEADING_SIGNS = frozenset("#-=_*~|")
_TITLED = re.compile(r"#{1,6}\s")
# A box to tick or to fill in; an address of a list, its number before it; numbers of links.
_BOX = re.compile(r"\[[ xX_]{0,80}\]|\(BUTTON\)")
_REFERENCE = re.compile(r"\[?\d{1,6}[.\]]\s{1,9}[a-z]{2,9}:/{0,3}\S+")
_LINK_NUMBER = re.compile(r"\[\d{1,6}\]")
_LEAST_CUT_HEADING = 40  # characters of a heading that a tool may have broken
# Words after which no text ends.
OPEN_ENDS = frozenset(
    """
    a an the of for in on with and or nor to from by via at as is are be into onto using under over
    between without within towards toward through than that which whose their its our his her
    against across among per when where while how but not both each any about beyond upon
    der die das und von für del des du le la les et de
    """.split()  # noqa: SIM905 - a list of forty strings reads worse
)
# A share of neighbours, below which lines right below each other are strays.
_STRAY = 0.03
_LEAST_HUNG, _MOST_HUNG = 5, 0.9  # lines that go on are indented, and their share


class Neighbours:
    """Two lines right below each other, as near as lines of the page stand.

    Attributes:
        above: index of the upper line.
        below: index of the lower line.
        length: of the upper line, with its indent, without white space at its end.
        first: length of the lower line's first word.
        indent: of the lower line.
        goes_on: whether the lower line goes on with what the upper one says, by their words alone.
    """

    __slots__ = ("_is_open", "above", "below", "first", "goes_on", "indent", "length", "page")

    def __init__(self, page: "PageLines", above: int, below: int) -> None:
        """Measure two lines."""
        upper, lower = page.texts[above], page.texts[below]
        self.page, self.above, self.below = page, above, below
        self.indent = page.indents[below]
        self.length = page.indents[above] + len(upper)
        end = lower.find(" ")
        self.first = end if end > 0 else len(lower)
        self.goes_on = _goes_on(upper, lower)
        self._is_open: bool | None = None

    @property
    def is_open(self) -> bool:
        """Whether no known pattern says that the lines belong to different things."""
        if self._is_open is None:
            self._is_open = self.page.is_open(self.above)
        return self._is_open

    @property
    def continues(self) -> bool:
        """Whether the lower line surely goes on with the upper one."""
        return self.goes_on and self.is_open

    @property
    def is_one_word(self) -> bool:
        """Whether the upper line is a single word, which no tool could break."""
        return " " not in self.page.texts[self.above]

    @property
    def n_spaces(self) -> int:
        """White space at the end of the upper line."""
        line = without_signs(self.page.lines[self.above])
        return len(line) - len(line.rstrip())

    @property
    def shift(self) -> int:
        """How much further the lower line is indented than the upper one, or than its text.

        The text of a line that begins with a bullet stands behind that.
        """
        shift = self.indent - self.page.indents[self.above]
        bullet = _BULLET.match(self.page.texts[self.above])
        return 0 if bullet and shift == bullet.end() else shift


class PageLines:
    """The lines of a page, and which stand right below each other.

    Attributes:
        text: the page.
        lines: its lines as they are.
        plain: without signs.
        texts: without outer white space, too.
        indents: how far each is indented.
        site: what sites' pages have by the line.
        gap: how many blank lines stand between neighbours: 0, but where each line has some below.
        below: for each line with a neighbour below it, the index of that.
    """

    def __init__(self, text: str, sites: Sequence[SiteLines]) -> None:
        """Find the neighbours."""
        self.text, self.site = text, any_site(tuple(sites))
        self.lines = seen(text).lines
        plain = seen(without_signs(text))
        self.plain, self.texts = plain.lines, plain.stripped
        self.indents = [
            0 if line[:1].isalnum() else len(line) - len(line.lstrip()) for line in plain.lines
        ]
        self.filled = [at for at, line in enumerate(self.texts) if line]
        gaps = Counter(below - above - 1 for above, below in pairwise(self.filled))
        n_pairs = max(1, len(self.filled) - 1)
        self.gap = min((gap for gap, n in gaps.items() if n > _STRAY * n_pairs), default=0)
        self.below = {
            above: below for above, below in pairwise(self.filled) if below - above - 1 <= self.gap
        }

    def neighbours(self, least: int = 0) -> list[Neighbours]:
        """Return all pairs of neighbours, in order.

        Args:
            least: how long the upper line is, with its indent.
        """
        lengths = list(map(add, self.indents, map(len, self.texts)))
        return [
            Neighbours(self, above, below)
            for above, below in self.below.items()
            if lengths[above] >= least
        ]

    @cached_property
    def bullets(self) -> frozenset[str]:
        """The signs that begin list items here: they do so where a line above is no reason."""
        seen = Counter(
            bullet["sign"] or "1"
            for above, below in pairwise([-1, *self.filled])
            if (bullet := _BULLET.match(self.texts[below]))
            and (above < 0 or self.below.get(above) != below or len(self.texts[above]) < 30)
        )
        return frozenset(sign for sign, n in seen.items() if n > 1)

    @cached_property
    def headings(self) -> frozenset[int]:
        """The indexes of the lines that Markdown's sign of a heading begins."""
        return frozenset(at for at in self.filled if _TITLED.match(self.texts[at]))

    def lengths(self) -> list[int]:
        """Return the lengths of the lines that a tool could have broken.

        Those that may have taken in the rest of a word from the line below say nothing of a width.
        """
        has_unsure = UNSURE in self.text
        return [
            self.indents[at] + len(self.texts[at])
            for at in self.filled
            if " " in self.texts[at]
            and (not has_unsure or UNSURE not in self.lines[at])
            and not _is_reference(self.texts[at])
        ]

    @cached_property
    def breaks_headings(self) -> bool:
        """Whether headings may go on in the next line, as html2text wraps them: Markdown's do not.

        Where short ones have a neighbour right below, that says nothing.
        """
        return not any(
            text[0] == "#" and len(text) < _LEAST_CUT_HEADING and _TITLED.match(text)
            for text in (self.texts[above] for above in self.below)
        )

    @cached_property
    def hangs(self) -> bool:
        """Whether lines that go on are indented: no other line is then."""
        going_on = [
            below
            for above, below in self.below.items()
            if _goes_on(self.texts[above], self.texts[below])
        ]
        n_hung = sum(self.indents[below] > 0 for below in going_on)
        return n_hung >= max(_LEAST_HUNG, _MOST_HUNG * len(going_on))

    def is_open(self, above: int, *, is_cut: bool = False) -> bool:
        """Tell whether no known pattern keeps a line apart from its neighbour below.

        Args:
            above: index of the line.
            is_cut: whether a tool surely broke it: a heading goes on then, too.
        """
        below = self.below[above]
        upper, lower = self.texts[above], self.texts[below]
        if _TITLED.match(upper) and (is_cut or self._hangs_below(above, below)):
            upper = upper.lstrip("# ")
        if not upper or self._is_bound(upper, lower):
            return False
        if "[" not in upper and "[" not in lower:
            return True
        upper, lower = (_LINK_NUMBER.sub("", text).strip() for text in (upper, lower))
        return bool(upper and lower) and not self._is_bound(upper, lower)

    def _hangs_below(self, above: int, below: int) -> bool:
        """Tell whether a line hangs below another: of a heading that was wrapped the rest does."""
        return not self.indents[above] and self.indents[below] > 0 and self.hangs

    def _is_bound(self, upper: str, lower: str) -> bool:
        """Tell whether a known pattern keeps two lines apart."""
        bullet = None if lower[0].isalpha() else _BULLET.match(lower)
        if bullet and (bullet["sign"] or "1") in self.bullets:
            return True
        return bool(
            (lower[0] in _HEADING_SIGNS and _HEADING.match(lower))
            or (lower[0] in "[(" and _BOX.fullmatch(lower))
            or _is_reference(lower)
            or (upper[0] in _HEADING_SIGNS and self._is_heading(upper))
            or self.site.begins(lower)
            or (self.site.is_whole(upper) and not self._is_longer(upper, lower))
        )

    def _is_longer(self, upper: str, lower: str) -> bool:
        """Tell whether a line that is whole may be longer: "Ann Lee et al." above "· mit"."""
        return not lower[0].isalnum() and bool(self.site.is_whole(f"{upper} {lower}"))

    def _is_heading(self, upper: str) -> bool:
        """Tell whether a line is all of a heading, or a rule, or a row."""
        if not _HEADING.match(upper):
            return False
        return upper[0] != "#" or not self.breaks_headings


def _is_reference(text: str) -> bool:
    """Tell whether a line is an address of a list, its number before it."""
    return (text[0] == "[" or text[0].isdecimal()) and _REFERENCE.fullmatch(text) is not None


def _goes_on(upper: str, lower: str) -> bool:
    """Tell whether a line goes on with the one above, by their words alone.

    >>> _goes_on("a small step for", "Mankind"), _goes_on("A small step", "for mankind")
    (True, True)
    >>> _goes_on("A small step", "Mankind")
    False
    """
    if lower[0].islower():
        return upper[-1] not in ".!?;"
    return ends_open(upper)


def ends_open(text: str) -> bool:
    """Tell whether a text that ends so goes on: with a comma, a hyphen, an article."""
    return text.endswith((",", "-", "(", "[", "&", "/")) or text.rpartition(" ")[2] in OPEN_ENDS
