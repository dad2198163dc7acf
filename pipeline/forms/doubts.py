"""Line ends that the width allows to go, but does not prove.

What belongs here: where two texts may meet at a full line, judged by what they look like. What does
not: which line ends a width allows (`widths`, `wrapping`).

On a page that keeps its blocks apart by blank lines, or by lines a site's patterns know, neighbours
belong together. On others a text may happen to end where the line was nearly full, one of ten does;
then a title would go on with what stands below it. Such a place is looked at among all lines that
hang together by width (a run): a run of prose ends like a sentence and has no title in front.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from pipeline.forms.looks import (
    ENDS_NAMES,
    MOST_GLUED_CHARS,
    PROSE,
    PROSE_CASE,
    QUESTION,
    TITLE_CASE,
    WORD,
    begins_prose,
    case,
    ends_glued,
    ends_sentence,
    is_cut_name,
    is_names,
    may_begin,
)
from pipeline.forms.page_lines import Neighbours, PageLines
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
# A line between two texts may be a title: so many long words, a larger share with a capital.
_LEAST_TITLE_WORDS, _DOUBTFUL_CASE = 3, 0.5


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
    has_name_lines = sum(is_names(page.texts[pair.below]) for pair in loose) >= _LEAST_LOOSE
    is_glued = sum(map(ends_glued, page.texts)) >= _LEAST_LOOSE
    looks = _Looks(has_name_lines, is_glued)
    hiding = _hiding_titles(page, joins)
    for run in _runs(full):
        is_block = hiding.get(run[0].above) == run[-1].below
        is_block = is_block and ends_sentence(page.texts[run[-1].below])
        if is_block and (at := _only_meeting(page, run)) is not None:
            del joins[at]
            continue
        for meeting in _meetings(page, run, looks):
            if meeting.is_break:
                joins.pop(meeting.at, None)
            elif meeting.at in joins:
                joins[meeting.at] |= not meeting.is_sure
            if meeting.is_break and not meeting.is_sure:
                breaks.add(meeting.at)
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
    n_texts = sum(not ends_sentence(page.texts[pair.above]) for pair in loose)
    is_habit = n_texts >= max(_LEAST_LOOSE, _LOOSE * (n_apart + len(loose)))
    # Of a short page, most are apart by nothing.
    return loose if is_habit or n_texts >= max(_LEAST_SEEN, n_apart) else []


def _ends_short(page: PageLines, pair: Neighbours) -> bool:
    """Tell whether the lower line is short, may be a text of its own, and nothing goes on below."""
    lower = page.texts[pair.below]
    if len(lower) >= _PROSE_LENGTH or not may_begin(page.texts[pair.above], lower):
        return False
    is_last = pair.below not in page.below or not page.is_open(pair.below)
    return is_last and not ends_sentence(lower)


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
    is_prose = len(run) > 1 and ends_sentence(page.texts[run[-1].below])
    for pair in run[:_MOST_TITLE_LINES] if is_prose else ():
        upper = page.texts[pair.above]
        if PROSE.search(upper) or ends_sentence(upper):
            break
        if may_begin(upper, page.texts[pair.below]):
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
    begins_text = not above or bool(ends_sentence(above)) or not _is_open_above(page, run)
    last = texts[run[-1].below]
    ends_like_prose = ends_sentence(last)
    if not ends_like_prose or (QUESTION.search(last) and case(last) >= TITLE_CASE):
        for meeting in _above_title(page, run):
            yield meeting
            # What stands above that title is prose, and may have one of its own in front.
            run = [pair for pair in run if pair.above < meeting.at]
            ends_like_prose = True
    if not run:
        return
    # Below names prose begins, whatever its first words are.
    is_below_names = bool(ENDS_NAMES.search(above[-MOST_GLUED_CHARS:])) or (
        looks.is_glued and ends_glued(above)
    )
    yield from _inside(page, run, looks)
    if begins_text and not is_below_names:
        yield from _below_title(page, run, ends_like_prose, looks)


def _is_open_above(page: PageLines, run: list[Neighbours]) -> bool:
    """Tell whether the run stands right below a line that no pattern calls whole."""
    at = run[0].above - 1 - page.gap
    return page.below.get(at) == run[0].above and page.is_open(at)


def _below_title(
    page: PageLines, run: list[Neighbours], ends_like_prose: bool, looks: _Looks
) -> Iterator[_Meeting]:
    """Yield where a title at the beginning of a run may end: above names, or above prose."""
    lead: list[str] = []
    if PROSE.search(page.texts[run[0].above]):
        return
    if looks.is_glued:
        ends = list(_glued_ends(page, run))
        if len(ends) == 1:
            yield _Meeting(ends[0], is_break=True, is_sure=True)
            return
    for pair in run[:_MOST_TITLE_LINES]:
        upper, lower = page.texts[pair.above], page.texts[pair.below]
        lead.append(upper)
        is_end = ends_sentence(upper) and not QUESTION.search(upper)
        if is_end or not may_begin(upper, lower):
            continue
        if looks.is_glued and (ends_glued(lower) or is_cut_name(upper, lower)):
            continue
        if looks.has_name_lines and is_names(lower):
            yield _Meeting(pair.above, is_break=True, is_sure=True)
            return
        if ends_like_prose:
            is_sure = case(" ".join(lead)) >= TITLE_CASE and case(lower) <= PROSE_CASE
            yield _Meeting(pair.above, is_break=is_sure, is_sure=is_sure)
            if is_sure:
                return


def _above_title(page: PageLines, run: list[Neighbours]) -> Iterator[_Meeting]:
    """Yield where prose may end in a run whose last lines are a title."""
    for pair in reversed(run[-_MOST_TITLE_LINES:]):
        upper, lower = page.texts[pair.above], page.texts[pair.below]
        is_prose = ends_sentence(upper) and case(upper) < TITLE_CASE
        if is_prose and may_begin(upper, lower):
            tail = " ".join(page.texts[p.below] for p in run if p.above >= pair.above)
            yield _Meeting(pair.above, is_break=True, is_sure=case(tail) >= TITLE_CASE)
            return


def _inside(page: PageLines, run: list[Neighbours], looks: _Looks) -> Iterator[_Meeting]:
    """Yield where a title may stand between two texts all lines of which are full."""
    if looks.is_glued or looks.has_name_lines:
        return
    for first, pair in enumerate(run[:-1]):
        upper, lower = page.texts[pair.above], page.texts[pair.below]
        is_prose = ends_sentence(upper) and case(upper) < TITLE_CASE
        if not is_prose or not may_begin(upper, lower):
            continue
        for below in run[first + 1 : first + _MOST_TITLE_LINES]:
            upper, lower = page.texts[below.above], page.texts[below.below]
            if len(WORD.findall(upper)) < _LEAST_TITLE_WORDS or case(upper) <= _DOUBTFUL_CASE:
                break
            if may_begin(upper, lower) and case(lower) <= PROSE_CASE:
                yield _Meeting(pair.above, is_break=True, is_sure=False)
                yield _Meeting(below.above, is_break=True, is_sure=False)
                break


def _glued_ends(page: PageLines, run: list[Neighbours]) -> Iterator[int]:
    """Yield where a title with names glued to it may end above prose."""
    lead = ""
    for pair in run[:_MOST_TITLE_LINES]:
        upper, lower = page.texts[pair.above], page.texts[pair.below]
        lead = f"{lead} {upper}"[-MOST_GLUED_CHARS:]
        is_end = begins_prose(lower) and may_begin(upper, lower) and ends_glued(lead)
        if is_end and not is_cut_name(upper, lower):
            yield pair.above
