"""Line ends that the width allows to go, but does not prove.

What belongs here: where two texts may meet at a full line, judged by what they look like. What does
not: which line ends a width allows (`widths`, `wrapping`).

On a page that keeps its blocks apart by blank lines, or by lines a site's patterns know, neighbours
belong together. On others a text may happen to end where the line was nearly full, one of ten does;
then a title would go on with what stands below it. Such a place is looked at among all lines that
hang together by width (a run): a run of prose ends like a sentence and has no title in front.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from pipeline.forms.page_lines import Neighbours, PageLines, ends_open
from pipeline.forms.widths import Width

# Blocks that nothing keeps apart, as a share of all; below it they are strays.
_LOOSE = 0.03
_LEAST_LOOSE = 3
_PROSE_LENGTH = 45
# Of so many blocks nearly all hold two texts or more, where each holds a title above prose.
_LEAST_BLOCKS, _MOST_BLOCKS = 5, 0.8
_LEAST_SEEN = 2  # of a width that one line end shows nothing is sure
SLACK = 2  # some tools count otherwise, by so much
# Title and names are short: further down a run there is only prose.
_MOST_TITLE_LINES = 5
_SENTENCE_END = re.compile(r"""(?<!\bal)[.!?…][)\]"'”’*]{0,3}$|\w://\S+$""")
# What no title has: the beginning of prose, or one sentence behind another.
_PROSE = re.compile(
    r"^(?:We|This|These|In this|Our|It|However|Recently?|To)\b|[a-z)]\\. [A-Z][a-z]"
)
_WORD = re.compile(r"[^\W\d_]{4,}")
# The share of long words with a capital: in titles that use them, and in prose.
_TITLE_CASE = 0.75
_PROSE_CASE = 0.4
_SMALL_WORD = re.compile(r"\b[a-z]{4,}")
_LEAST_SMALL = 3  # in a line of prose; names have none but particles
_NAME = re.compile(r"[^\W\d_][\w.'’-]{0,30}(?: [^\W\d_][\w.'’-]{0,30}){1,4}")
_BEHIND_NAMES = re.compile(r"\s+et al\.?(?:\s+·.{0,100})?$|\s+·\s.{0,100}$")
_ENDS_NAMES = re.compile(r"(?:^|\s)(?:al\.?(?:\s+·.{0,100})?|·\s.{0,100})$")
_MOST_NAMES = 40
_MANY_NAMES = 3  # with so many before it, a single word is a name that was cut
# "Ann B.", "RopesB.", "Nets)Md.", ", W. -X.": cut behind an initial
_INITIAL = re.compile(
    r"(?:[^\W\d_]{2,30}(?: [^\W\d_]\.){0,2} [^\W\d_]"
    r"|[a-z\d)\]?!\"”…$%+*][A-Z][a-z]?(?:\.[ -]{1,2}[A-Z])?"
    r"|, [A-Z][a-z]?(?:\.[ -]{1,2}[A-Z]){0,2})\.$"
)
_NAMES_GO_ON = re.compile(
    r"(?:[^\W\d_][\w.'’-]{0,30} ){0,4}[^\W\d_][\w.'’-]{0,30}"
    r"(?:, [^\W\d_][\w.'’-]{0,30}(?: \w|,)| et al\b|\s+·\s|$)"
)
# "On RopesAnn Lee, Jorge Quist": a line of title and names that nothing keeps apart ends so.
_NAME_WORD = (
    r"(?:-?[A-ZÀ-Þ][\w.'’-]{0,30}"
    r"|van|von|der|den|de|la|le|da|di|du|dos|del|della|al|el|bin|ibn|ten)"
)
_UNCASED_NAME = r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]{2,6}"
_GLUED_END = re.compile(
    r"[a-z\d)\]?!\"”…$%+*](?<!\bMc)(?<!\bMac)(?<!\bDe)(?<!\bLa)"
    rf"(?:(?=[A-ZÀ-Þ]){_NAME_WORD}(?:(?: {_NAME_WORD}){{1,5}}|(?=, {_NAME_WORD} ))|{_UNCASED_NAME})"
    rf"(?:, (?:{_NAME_WORD}(?: {_NAME_WORD}){{0,5}}|{_UNCASED_NAME})){{0,3}}$"
)
# "…, Jorge" above "Quist, Bo Moe": cut inside a name
_SUFFIX = re.compile(r"(?:[JS]r\.?|III?|IV)(?:,|$| et al\b|\s+·\s)")
_CUT_NAME = re.compile(r", [A-ZÀ-Þ][\w'’-]{1,30}$")
_SURNAME_FIRST = re.compile(rf"(?:[a-z]{{1,5}} ){{0,3}}{_NAME_WORD}(?:,|$| et al\b|\s+·\s)")
_MOST_GLUED_CHARS = 160


class Judged(NamedTuple):
    """Which line ends go.

    Attributes:
        joins: the upper lines of those that go, each with whether that is uncertain.
        breaks: the upper lines of those that stay, but uncertainly.
    """

    joins: dict[int, bool]
    breaks: frozenset[int] = frozenset()


def judge(page: PageLines, allowed: list[Neighbours], n_apart: int, width: Width) -> Judged:
    """Return the line ends that go.

    Args:
        page: the lines.
        allowed: the neighbours of which nothing but the width says whether they belong together.
        n_apart: how many texts blank lines or known patterns keep apart.
        width: how wide the page was wrapped.
    """
    loose = _loose(page, allowed, n_apart, width)
    if not loose:
        is_guess = width.n_seen < _LEAST_SEEN
        goes_on = _goes_on_anyway(page, allowed, width)
        return Judged({p.above: is_guess for p in allowed if width.is_full(p, SLACK) or goes_on(p)})
    full = [pair for pair in allowed if width.is_full(pair, SLACK if pair.continues else 0)]
    joins, breaks = {pair.above: False for pair in full}, set()
    has_name_lines = sum(_is_names(page.texts[pair.below]) for pair in loose) >= _LEAST_LOOSE
    is_glued = sum(map(_ends_glued, page.texts)) >= _LEAST_LOOSE
    looks = _Looks(has_name_lines, is_glued)
    hiding = _hiding_titles(page, joins)
    for run in _runs(full):
        is_block = hiding.get(run[0].above) == run[-1].below
        is_block = is_block and bool(_SENTENCE_END.search(page.texts[run[-1].below]))
        if is_block and (at := _only_meeting(page, run)) is not None:
            del joins[at]
            continue
        for meeting in _meetings(page, run, looks):
            if meeting.is_break:
                del joins[meeting.at]
            if not meeting.is_sure:
                breaks.add(meeting.at) if meeting.is_break else joins.update({meeting.at: True})
    if sum(_ends_short(page, pair) for pair in loose) >= max(_LEAST_SEEN, len(loose) / 2):
        # Below titles stands an organisation or a venue, where it has one.
        left = (pair for pair in full if pair.above in joins)
        joins.update((pair.above, True) for pair in left if _ends_short(page, pair))
    return Judged(joins, frozenset(breaks))


class _Looks(NamedTuple):
    """What lines of the page are, by those between which a line end is certain.

    Attributes:
        has_name_lines: some are lists of names.
        is_glued: some are a title and names that nothing keeps apart.
    """

    has_name_lines: bool
    is_glued: bool


def is_long(page: PageLines, pair: Neighbours) -> bool:
    """Tell whether one of two lines may be prose or a title."""
    return max(pair.length, len(page.texts[pair.below])) >= _PROSE_LENGTH


def _loose(
    page: PageLines, allowed: list[Neighbours], n_apart: int, width: Width
) -> list[Neighbours]:
    """Return the pairs of different texts that nothing keeps apart; none if they are strays."""
    loose = [p for p in allowed if not width.is_full(p, SLACK) and is_long(page, p)]
    # Paragraphs of one text may stand so on any page.
    n_texts = sum(not _SENTENCE_END.search(page.texts[pair.above]) for pair in loose)
    is_habit = n_texts >= max(_LEAST_LOOSE, _LOOSE * (n_apart + len(loose)))
    # Of a short page, most are apart by nothing.
    return loose if is_habit or n_texts >= max(_LEAST_SEEN, n_apart) else []


def _ends_short(page: PageLines, pair: Neighbours) -> bool:
    """Tell whether the lower line is short, may be a text of its own, and nothing goes on below."""
    lower = page.texts[pair.below]
    if len(lower) >= _PROSE_LENGTH or not _may_begin(page.texts[pair.above], lower):
        return False
    is_last = pair.below not in page.below or not page.is_open(pair.below)
    return is_last and not _SENTENCE_END.search(lower)


def _runs(full: Iterable[Neighbours]) -> Iterator[list[Neighbours]]:
    """Yield the pairs that hang together, line by line."""
    run: list[Neighbours] = []
    for pair in full:
        if run and run[-1].below != pair.above:
            yield run
            run = []
        run.append(pair)
    if run:
        yield run


def _goes_on_anyway(
    page: PageLines, allowed: list[Neighbours], width: Width
) -> Callable[[Neighbours], bool]:
    """Return a test for lines that were ended although there was room, as some tools do.

    They keep an initial with its name, or balance lines. What ends in a comma goes on, unless the
    page has a name to the line; where lines are not filled, so does what goes on in small letters.
    """
    ends = [pair.length for pair in allowed if page.texts[pair.above].endswith(",")]
    n_short = sum(length < width.chars / 2 for length in ends)
    has_lists = len(ends) >= _LEAST_LOOSE and n_short <= len(ends) / 10

    def test(pair: Neighbours) -> bool:
        upper, lower = page.texts[pair.above], page.texts[pair.below]
        if pair.length > width.chars or pair.length < width.chars / 2.5:
            return False
        is_list = has_lists and upper[-1] == "," and pair.length >= width.chars / 2
        return is_list or (not width.is_exact and lower[0].islower())

    return test


def _hiding_titles(page: PageLines, joins: Mapping[int, bool]) -> dict[int, int]:
    """Return the blocks that hide the end of a title, by their first lines, with their last ones.

    Where what stands between lines that sites know is a title above prose, it is so in a block
    whose lines all hang together, too.
    """
    blocks: list[tuple[int, int, bool]] = []
    first, is_parted = -1, False
    for above, below in page.below.items():
        if not page.is_open(above):
            continue
        if not blocks or blocks[-1][1] != above:
            first, is_parted = above, False
            blocks.append((first, below, is_parted))
        is_parted = is_parted or above not in joins
        blocks[-1] = (first, below, is_parted)
    n_parted = sum(is_parted for _, _, is_parted in blocks)
    if n_parted < max(_LEAST_BLOCKS, _MOST_BLOCKS * len(blocks)):
        return {}
    return {first: last for first, last, is_parted in blocks if not is_parted}


def _only_meeting(page: PageLines, run: list[Neighbours]) -> int | None:
    """Return the only place where the title of a run may end; None if there are several, or none.

    A title has no sentence behind another.
    """
    found: list[int] = []
    is_prose = len(run) > 1 and _SENTENCE_END.search(page.texts[run[-1].below])
    for pair in run[:_MOST_TITLE_LINES] if is_prose else ():
        upper = page.texts[pair.above]
        if _PROSE.search(upper) or _SENTENCE_END.search(upper):
            break
        if _may_begin(upper, page.texts[pair.below]):
            found.append(pair.above)
    return found[0] if len(found) == 1 else None


class _Meeting(NamedTuple):
    """A place in a run where two texts may meet, and what becomes of it."""

    at: int
    is_break: bool
    is_sure: bool


def _meetings(page: PageLines, run: list[Neighbours], looks: _Looks) -> Iterator[_Meeting]:
    """Yield the places of a run where texts may meet."""
    texts = page.texts
    above = texts[run[0].above - 1 - page.gap] if run[0].above > page.gap else ""
    # Right below a line that is no sentence, which is a title, prose begins.
    begins_text = not above or bool(_SENTENCE_END.search(above)) or not _is_open_above(page, run)
    ends_like_prose = bool(_SENTENCE_END.search(texts[run[-1].below]))
    # Below names prose begins, whatever its first words are.
    is_below_names = bool(_ENDS_NAMES.search(above[-_MOST_GLUED_CHARS:])) or (
        looks.is_glued and _ends_glued(above)
    )
    if begins_text and not is_below_names:
        yield from _below_title(page, run, ends_like_prose, looks)
    if not ends_like_prose:
        yield from _above_title(page, run)


def _is_open_above(page: PageLines, run: list[Neighbours]) -> bool:
    """Tell whether the run stands right below a line that no pattern calls whole."""
    at = run[0].above - 1 - page.gap
    return page.below.get(at) == run[0].above and page.is_open(at)


def _below_title(
    page: PageLines, run: list[Neighbours], ends_like_prose: bool, looks: _Looks
) -> Iterator[_Meeting]:
    """Yield where a title at the beginning of a run may end: above names, or above prose."""
    lead: list[str] = []
    if _PROSE.search(page.texts[run[0].above]):
        return
    if looks.is_glued:
        ends = list(_glued_ends(page, run))
        if len(ends) == 1:
            yield _Meeting(ends[0], is_break=True, is_sure=True)
            return
    for pair in run[:_MOST_TITLE_LINES]:
        upper, lower = page.texts[pair.above], page.texts[pair.below]
        lead.append(upper)
        if not _may_begin(upper, lower) or _SENTENCE_END.search(upper):
            continue
        if looks.is_glued and (_ends_glued(lower) or _is_cut_name(upper, lower)):
            continue
        if looks.has_name_lines and _is_names(lower):
            yield _Meeting(pair.above, is_break=True, is_sure=True)
            return
        if ends_like_prose:
            is_sure = _case(" ".join(lead)) >= _TITLE_CASE and _case(lower) <= _PROSE_CASE
            yield _Meeting(pair.above, is_break=is_sure, is_sure=is_sure)
            if is_sure:
                return


def _above_title(page: PageLines, run: list[Neighbours]) -> Iterator[_Meeting]:
    """Yield where prose may end in a run whose last lines are a title."""
    for pair in reversed(run[-_MOST_TITLE_LINES:]):
        upper, lower = page.texts[pair.above], page.texts[pair.below]
        is_prose = _SENTENCE_END.search(upper) and _case(upper) < _TITLE_CASE
        if is_prose and _may_begin(upper, lower):
            tail = " ".join(page.texts[p.below] for p in run if p.above >= pair.above)
            yield _Meeting(pair.above, is_break=True, is_sure=_case(tail) >= _TITLE_CASE)
            return


def _glued_ends(page: PageLines, run: list[Neighbours]) -> Iterator[int]:
    """Yield where a title with names glued to it may end above prose."""
    lead = ""
    for pair in run[:_MOST_TITLE_LINES]:
        upper, lower = page.texts[pair.above], page.texts[pair.below]
        lead = f"{lead} {upper}"[-_MOST_GLUED_CHARS:]
        is_end = _begins_prose(lower) and _may_begin(upper, lower) and _ends_glued(lead)
        if is_end and not _is_cut_name(upper, lower):
            yield pair.above


def _is_cut_name(upper: str, lower: str) -> bool:
    """Tell whether a line may end between a given name and a surname: "…, Jorge" | "Quist, …"."""
    return bool(_CUT_NAME.search(upper) and _SURNAME_FIRST.match(lower))


def _ends_glued(text: str) -> bool:
    """Tell whether a text ends in names that are glued to what stands before them."""
    end = text[-_MOST_GLUED_CHARS:]
    return (
        _GLUED_END.search(_BEHIND_NAMES.sub("", end) if "al" in end or "·" in end else end)
        is not None
    )


def _begins_prose(text: str) -> bool:
    n_small = len(_SMALL_WORD.findall(text))
    return bool(_PROSE.search(text)) or _case(text) <= _PROSE_CASE or n_small >= _LEAST_SMALL


def _may_begin(upper: str, lower: str) -> bool:
    """Tell whether a line may begin a text of its own, by its first sign and the end above it."""
    if lower[0].islower() or ends_open(upper) or _SUFFIX.match(lower):
        return False
    # "On RopesAnn Lee, Jorge E." above "Quist, Bo Moe": cut inside a name
    return not (_INITIAL.search(upper[-40:]) and _NAMES_GO_ON.match(lower))


def _case(text: str) -> float:
    """Return the share of long words that begin with a capital."""
    words = _WORD.findall(text)
    return sum(word[0].isupper() for word in words) / len(words) if words else 0.5


def _is_names(text: str) -> bool:
    """Tell whether a line is a list of two names or more.

    >>> _is_names("Mara Ilves, Jonas Petri et al."), _is_names("Planning, Learning and Acting")
    (True, False)

    The last one may be cut where the line ends.

    >>> _is_names("Mara Ilves, Jonas Petri, Ana Lund, Mart")
    True
    """
    shown = _BEHIND_NAMES.sub("", text).rstrip(",")
    pieces = shown.split(", ", _MOST_NAMES)
    if len(pieces) > _MANY_NAMES and pieces[-1].isalpha() and pieces[-1][0].isupper():
        pieces.pop()
    is_list = len(pieces) > 1 or shown != text
    return is_list and all(_NAME.fullmatch(piece) and piece[0].isupper() for piece in pieces)
