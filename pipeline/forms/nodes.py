r"""Pages on which every node of the HTML became a line or was set apart by spaces.

What belongs here: `get_text("\n")` and `get_text(" ")` of BeautifulSoup and their like: a comma
between two names, a word that a search hit, a label and what it labels stand on lines of their own.
What does not: lines broken at a width (`wrapping`), labels apart from their colon (`labels`).

Such a page is known by lines that hold nothing but a comma, a colon or a bracket. Only what these
make certain is joined, and what a known site has as one line: a name below a title may be the next
node of the title, or not.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from pipeline.forms.at_begin import AtBegin
from pipeline.forms.evidence import count
from pipeline.forms.marks import ADDED, ENDED, UNSURE, joined
from pipeline.forms.seen import seen
from pipeline.forms.site_lines import AnySite, Asks, SiteLines, any_site

_LONE = AtBegin(r"[^\S\n]*+[,;:\[\]()][^\S\n]*+$")
_LEAST_LONE = 5
_LEAST_JOINED = 2  # so many lines of known sites must be torn, for no accident
_MOST_PIECES = 4  # of a line that a site knows
_MOST_IN_BRACKETS = 16  # lines from "[" to "]"
_MOST_CHARS = 80  # of a piece of a line that a site knows
_MOST_LAST_CHARS = 300  # of the last one: dates, a comment
_MOST_TITLE_PIECES = 24

_AUTHORS = re.compile(r"Authors?\s?:")
# What never begins a line or a word, and what never ends one.
_CLOSES = re.compile(r"[,;:.!?)\]}%”»/]|['’](?:s|t|re|ve|ll)?(?!\w)|[-–]\w|[\"](?:\s|[,.;:)]|$)")
_OPENS = re.compile(r"[(\[{“‘«/]$|\S[-–]$")
_PAIRED = ('"', "$")


class _Line(NamedTuple):
    """A line that is not blank: its place among all, its text, whether it has outer space."""

    at: int
    text: str


def undo_nodes(text: str, sites: Sequence[SiteLines]) -> str:
    """Join the lines of a page that was torn at its tags, as far as it is certain."""
    is_torn = len(_LONE.findall(text)) >= _LEAST_LONE
    text = _join_known(text, sites)
    if is_torn:
        page = _Page(text, sites)
        page.join_brackets()
        page.join_commas()
        page.join_titles()
        page.join_words()
        text = page.text()
    return _without_wide_spaces(text)


def _names_authors(site: SiteLines) -> bool:
    """Tell whether pages of a site label their authors."""
    return bool(site.begins.match("Authors:") or site.whole.fullmatch("Authors:"))


class _Page:
    """Lines that are joined by and by: a joined one is empty, and what it held is above."""

    def __init__(self, text: str, sites: Sequence[SiteLines]) -> None:
        """Take the lines of a page, and what sites know of lines."""
        self.known = any_site(tuple(sites))
        # Another site's menu word, "Models", may be a piece of a title.
        self.known_beside_names = any_site(tuple(filter(_names_authors, sites)))
        self.lines = seen(text).lines
        stripped = [line.strip(_OUTER) for line in self.lines]
        if ENDED in text or UNSURE in text:
            # A line may be nothing but what other steps left behind.
            stripped = list(map(_without_ends, stripped))
        self.filled = [at for at, line in enumerate(stripped) if line]
        # The texts of the lines that are not blank.
        self.all_words = list(filter(None, stripped))
        self.joins: list[str | None] = [None] * len(self.lines)

    @cached_property
    def has_space(self) -> bool:
        """Whether nodes keep their space: it says then whether there is one between them."""
        filled = [self.lines[at] for at in self.filled]
        return sum(1 for line in filled if line != line.strip(_OUTER)) > 0.1 * len(filled)

    @cached_property
    def keeps_ends(self) -> bool:
        """Whether lines keep the space at their ends: what quotes or edits a text may take it."""
        ends = [self.lines[at].rstrip(ADDED)[-2:] for at in self.filled]
        n_ends = sum(1 for end in ends if end[-1:].isspace() and end[0] != ENDED)
        return n_ends > 0.02 * len(ends)

    def words(self, place: int) -> str:
        """Return the text of the n-th line that is not blank."""
        return self.all_words[place]

    def join(self, place: int, glue: str | None = None) -> None:
        """Join a line to the one above it that is not blank."""
        if place > 0:
            self.joins[self.filled[place]] = self.glue(place) if glue is None else glue

    def is_joined(self, place: int) -> bool:
        """Tell whether a line is part of the one above it."""
        return self.joins[self.filled[place]] is not None

    def glue(self, place: int) -> str:
        """Return what stands between a line and the one above it: a space or nothing."""
        above, below = self.lines[self.filled[place - 1]], self.lines[self.filled[place]]
        if self.has_space:
            is_apart = above.rstrip(ADDED)[-1:].isspace() or below[:1].isspace()
            if is_apart or self.keeps_ends:
                return " " if is_apart else ""
        return "" if self.is_tight(place) else " "

    def is_tight(self, place: int) -> bool:
        """Tell whether the signs around a line end say that no space stands there."""
        above, below = self.words(place - 1), self.words(place)
        if _CLOSES.match(below) or _OPENS.search(above):
            return True
        return any(above.endswith(sign) and above.count(sign) % 2 for sign in _PAIRED)

    def join_brackets(self) -> None:
        """Join `[`, `pdf`, `,`, `other`, `]` to the line above."""
        for place in range(1, len(self.filled)):
            if self.words(place) not in ("[", "("):
                continue
            end = "]" if self.words(place) == "[" else ")"
            below = range(place + 1, min(place + _MOST_IN_BRACKETS, len(self.filled)))
            closed = next((at for at in below if self.words(at) == end), None)
            if closed is None:
                continue
            self.join(place, " ")
            for at in range(place + 1, closed + 1):
                is_tight = at in (place + 1, closed) or self.words(at) == ","
                self.join(at, "" if is_tight else " ")

    def join_commas(self) -> None:
        """Join lines around a comma, and those that begin with what never begins one."""
        for place in range(1, len(self.filled)):
            if self.is_joined(place):
                continue
            words = self.words(place)
            if words in (",", ";"):
                self.join(place, "")
                if place + 1 < len(self.filled):
                    self.join(place + 1, " ")
            elif words[0] in ",;" or (words[0] in ".:" and words[1:2] in ("", " ")):
                self.join(place, "")

    def join_titles(self) -> None:
        """Join the lines between one that is known and the label of the authors: the title."""
        for place in range(2, len(self.filled)):
            if not _AUTHORS.match(self.words(place)):
                continue
            top = place - 1
            floor = max(0, place - _MOST_TITLE_PIECES)
            while top > floor and not self._is_known(top - 1, self.known_beside_names):
                top -= 1
            if top == floor:
                continue
            for at in range(top + 1, place):
                self.join(at)

    def _is_known(self, place: int, known: AnySite | None = None) -> bool:
        if self.is_joined(place):
            return self.words(place) in ("]", ")")
        words, known = self.words(place), known or self.known
        return bool(known.begins(words) or known.is_whole(words))

    def join_words(self) -> None:
        """Join lines that were one word, which a reader would part by a space."""
        for place in range(1, len(self.filled)):
            if self.is_joined(place) or self._stands_alone(place):
                continue
            if self.is_tight(place) and not self.glue(place) and not self._is_known(place):
                self.join(place, "")

    def _stands_alone(self, place: int) -> bool:
        return self.words(place)[0] in "[(▽△…·•" or self.words(place - 1)[-1] in "…:"

    def text(self) -> str:
        """Return all lines, joined."""
        shown: list[list[str]] = []  # of each line its pieces: a line may be joined of thousands
        for at, line in enumerate(self.lines):
            glue = self.joins[at]
            if glue is None:
                shown.append([line])
                continue
            ends: list[str] = []
            while not shown[-1][-1].strip(_OUTER):
                ends.append(joined(shown.pop()[0].strip(" \t") + "\n"))
            above = shown[-1]
            end = ADDED if above[-1].endswith(ADDED) else ""
            above[-1] = above[-1].rstrip(_OUTER)
            above += [joined(f"{end}\n"), *reversed(ends), glue + line.lstrip(_OUTER)]
        return "\n".join(map("".join, shown))


def _without_ends(line: str) -> str:
    return line.replace(ENDED, "").replace(UNSURE, "")


_OUTER = f" \t\r\xa0\u2003\ufeff{ADDED}{UNSURE}"


# ---------- lines that sites know


def _join_known(text: str, sites: Sequence[SiteLines]) -> str:
    """Join neighbours that together are a line that a site knows, where none is by itself."""
    page = _Page(text, sites)
    n_joined = 0
    for first, last in _torn(page, sites):
        n_joined += 1
        for place in range(first + 1, last + 1):
            page.join(place, " ")
    return page.text() if n_joined >= _LEAST_JOINED else text


def _torn(page: _Page, sites: Sequence[SiteLines]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last piece of each line that a site knows."""
    words, last_taken = page.all_words, -1
    is_whole, begins_of, whole_of = _Whole(sites), page.known.begins_of, page.known.whole_of
    lengths = list(map(len, words))
    for last in range(1, len(words)):
        if lengths[last - 1] > _MOST_CHARS or lengths[last] > _MOST_LAST_CHARS:
            continue
        whole = words[last]
        for first in range(last - 1, max(last - _MOST_PIECES, last_taken), -1):
            if lengths[first] > _MOST_CHARS:
                break
            above = words[first]
            whole = f"{above} {whole}"
            # Nearly all lines are told here, by few questions.
            wholes = whole_of(whole[0] + whole[-1])
            begins = begins_of(whole[0]) if first == last - 1 else None
            is_hit = (wholes.shared or wholes.own) and _is_hit(wholes, above, whole)
            if not is_hit and begins is not None:
                is_hit = _is_hit(begins, above, whole)
            if is_hit and is_whole((above, whole, words[last]), wholes, begins):
                yield first, last
                last_taken = last
                break


def _is_hit(asks: Asks, above: str, whole: str) -> bool:
    """Tell whether a site may have a line that it has not by its first piece alone."""
    for ask in asks.shared:
        if ask(whole):
            return True
    for ask in asks.own:  # noqa: SIM110 - a call around it would take as long
        if ask(whole) and not ask(above):
            return True
    return False


class _Whole:
    """Tells whether pieces are one line on a site that knows it together and not by its first."""

    def __init__(self, sites: Sequence[SiteLines]) -> None:
        """Take what sites know of lines."""
        self._sites = sites
        # On torn pages pieces recur.
        self._known: dict[tuple[int, str], bool] = {}

    def __call__(self, pieces: tuple[str, str, str], wholes: Asks, begins: Asks | None) -> bool:
        """Tell it of pieces that together begin as a known line does (a pair), or are one.

        Args:
            pieces: the first piece, all of them with spaces between them, the last piece.
            wholes: what tells whether lines with these ends are whole.
            begins: what tells whether a line with this first sign begins something; None of more
                than two pieces.
        """
        first, whole, last = pieces
        for at, site in enumerate(self._sites):
            is_line = at in wholes.sites and site.whole.fullmatch(whole) is not None
            may_begin = not is_line and begins is not None and at in begins.sites
            begun = site.begins.match(whole) if may_begin else None
            if not is_line and (begun is None or begun.end() <= len(first) + 1):
                continue
            if not self._knows(at, first):
                return not is_line or last.isdecimal() or not site.whole.fullmatch(last)
        return False

    def _knows(self, at: int, first: str) -> bool:
        """Tell whether a site knows a piece by itself."""
        if (at, first) not in self._known:
            site = self._sites[at]
            self._known[at, first] = bool(site.whole.fullmatch(first) or site.begins.match(first))
        return self._known[at, first]


# ---------- spaces between nodes

_SPACED_COMMA = re.compile(r"\w[ ],[ ]{2}\S|\[[ ]\w[^\[\]\n]{0,60}[ ]\]")
_LEAST_SPACED = 5
_COMMA = re.compile(r"[ ]*+,[ ]*+")
_IN_BRACKETS = re.compile(r"(?<=\[)[ ]++([a-z]{2,9}(?:[ ]?,[ ]{1,3}[a-z]{2,9}){0,9}+)[ ]++(?=\])")
_BETWEEN_NAMES = re.compile(r"[ ]++,(?=[ ]{2,}\S|[ ]*+$)", re.MULTILINE)
# A word with space of its own around it, "the  system  of", was a node: one that a search hit.
_NODE = re.compile(r"[ ]{2}([^\W_]{1,40}+)(?=[ ]{2})")
_BEFORE_SIGN = re.compile(
    r"\b([^\W_]{1,40}+)[ ](?=[,;:.!?)\]](?:\s|$|[,;:.)\]])|[-/]\w|['’](?:\s|s\b))", re.MULTILINE
)
_BEHIND_SIGN = re.compile(
    r"(?<=\S[-/(\[“])[ ](?=([^\W_]{1,40}+))|(?<=\s[(\[“])[ ](?=([^\W_]{1,40}+))"
)
_LEAST_HITS = 2


def _without_wide_spaces(text: str) -> str:
    """Take the space off that stands around commas, and inside brackets, where all nodes have it.

    Around the words of a text it may be the author's: only words that are nodes elsewhere on the
    page lose the space between them and the sign beside them.
    """
    n_likely = text.count(" ,  ") + (text.count("[ ") if "[" in seen(text).rare else 0)
    if n_likely < _LEAST_SPACED or count(_SPACED_COMMA, text) < _LEAST_SPACED:
        return text
    text = _BETWEEN_NAMES.sub(",", text)
    text = _IN_BRACKETS.sub(lambda found: _COMMA.sub(", ", found[1]), text)
    wide = _frequent(_NODE, text)
    nodes = wide | _frequent(_BEFORE_SIGN, text)

    def before(found: re.Match[str]) -> str:
        # "a graph -nodes are its words" may be an author's.
        is_dash = found.string[found.end()] in "-/'’"
        return found[1] if found[1].casefold() in (wide if is_dash else nodes) else found[0]

    def behind(found: re.Match[str]) -> str:
        return "" if (found[1] or found[2]).casefold() in nodes else found[0]

    text = _BEFORE_SIGN.sub(before, text)
    return _BEHIND_SIGN.sub(behind, text)


def _frequent(pattern: re.Pattern[str], text: str) -> set[str]:
    words = Counter(found[1].casefold() for found in pattern.finditer(text))
    return {word for word, n_found in words.items() if n_found >= _LEAST_HITS}
