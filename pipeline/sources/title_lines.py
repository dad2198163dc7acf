"""Where a title that was broken into lines ends, and the names below it begin.

What belongs here: lines of which the first begins a title and the last ends a list of names, where
nothing but their words tells which is which. What does not: a title and names glued into one line
(`title_split`), the layout of a page (the sites).

Every line is weighed by itself: it looks like a piece of a title or like a piece of a list of
names. What stands above the border is a title, what stands below it names, so the border is where
both sides together look most like that. If a line beside it speaks neither way, nobody can tell.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain, pairwise

from pipeline.sources.title_teams import is_group
from pipeline.sources.title_words import FUNCTION_WORDS, PARTICLES, is_uncased

# What no list of names holds, and what no title ends with.
_TITLE_SIGN = re.compile(r"[:;?!$%&/\\(){}\[\]\"“”]|\d")
_MAY_GO_ON = ("-", "–", "—", "/", "\\")
_OPEN_ENDS = ("-", "–", ",", ":", "(", "&", "/")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_LONGEST_NAME, _MOST_SPANNED = 5, 3  # words
_MOST_WEIGHT = 3.0
# What a line must speak for a side by, to move the border.
_LEAST_WEIGHT = 0.75
_PRIOR, _ROOM = 3.0, 4.0  # the weights of what the form tells
_SLACK = 3
_MOST_PIECES = 40
_NAME_PARTICLES = PARTICLES | {"dos", "ten", "della", "y", "bin", "ibn", "st"}
_NO_NAME_WORDS = FUNCTION_WORDS - _NAME_PARTICLES - {"a", "an"}


@dataclass
class Shown:
    """What the cards of a page show whose titles and names are known.

    Attributes:
        names: the words of their names, in lower case.
        words: the words of their titles.
    """

    names: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)

    def add(self, title: str, names: Iterable[str]) -> None:
        """Take in a card."""
        self.words |= _words(title)
        for name in names:
            self.names |= _words(name)


def _words(text: str) -> set[str]:
    return {word for word in _WORD.findall(text.lower()) if len(word) > 1}


def cut(text: str, given: Sequence[str]) -> list[str]:
    """Return the lines of the file that a line was made of, each with the space before it.

    Args:
        text: the line, without what stood at its beginning.
        given: what each line of the file gave to it, if it was joined of several.

    >>> cut("Nets and ropes", ["Title: Nets", " and ropes"])
    [' Nets', ' and ropes']
    """
    pieces = [piece for piece in given if piece.strip()]
    rest = "".join(pieces[1:]).rstrip()
    if not rest or not text.endswith(rest) or len(text) == len(rest):
        return [f" {text}"] if text else []
    return [f" {text[: len(text) - len(rest)]}", *pieces[1:]]


def longest_above(blocks: Iterable[Sequence[Sequence[str]]]) -> int:
    """Return how long the longest line is that is no block's last."""
    texts = (list(chain.from_iterable(block)) for block in blocks)
    return max((len(text.strip()) for block in texts for text in block[:-1]), default=0)


def find_border(
    block: Sequence[Sequence[str]], shown: Shown, width: int, *, is_valid: bool, is_unwrapped: bool
) -> int | None:
    """Return how many lines of the file are the title's, where the form tells something else.

    Args:
        block: lines, each cut into those of the file it is made of.
        shown: what the page shows of words and names.
        width: how long lines of the page are that were broken; 0: unknown.
        is_valid: whether the first may be the title and the others one list of names.
        is_unwrapped: whether the page was wrapped, and its lines were joined.
    """
    counts = list(map(len, block))
    texts = [piece.strip() for pieces in block for piece in pieces]
    expected = counts[0] if is_valid else None
    found = count_title_lines(texts, shown, width=width, expected=expected)
    if found is None or found == expected or (found > counts[0] and not is_unwrapped):
        return None  # titles are joined where pages are unwrapped, which is not done here
    # At an end that was not joined a hyphen may go on without a space.
    ends = set(accumulate(counts)) - {found, len(texts)}
    return None if any(texts[end - 1].endswith(_MAY_GO_ON) for end in ends) else found


def count_title_lines(
    lines: Sequence[str], shown: Shown, *, width: int = 0, expected: int | None = None
) -> int | None:
    """Return how many lines are the title's; names follow. None: nobody can tell.

    Args:
        lines: the lines.
        shown: what the page shows of words and names.
        width: how long lines of the page are that were broken; 0: unknown.
        expected: how many it would be, as far as their form tells.

    >>> shown = Shown({"ann", "lee"}, {"networks"})
    >>> count_title_lines(["A Survey of", "Neural Networks", "Ann Lee, Bo", "Moe"], shown)
    2
    """
    if not 1 < len(lines) <= _MOST_PIECES:
        return None
    weights = [_weigh(line, shown) for line in lines]
    # A name may begin with a small letter, as bell hooks wrote hers: the form knows.
    places = [
        at for at in range(1, len(lines)) if at == expected or _may_end(lines[at - 1], lines[at])
    ]
    if not places:
        return None
    total = list(accumulate(weights, initial=0.0))
    # What stands below the border speaks for names, what stands above it against them.
    spanned = [_weigh_span(above, below) for above, below in pairwise(lines)]
    scores = {
        at: total[-1] - 2 * total[at] + sum(spanned[at:]) + _PRIOR * (at == expected)
        for at in places
    }
    # No tool breaks a line that has room for the next word. How long the first was, a label hides.
    for at in places:
        if 1 < at <= (expected or at) and _had_room(lines[at - 1], lines[at], width):
            scores[at] += _ROOM
            break
    best = max(scores, key=scores.__getitem__)
    rivals = [score for at, score in scores.items() if at != best]
    is_sure = all(scores[best] - score >= 2 * _LEAST_WEIGHT for score in rivals)
    is_list = sum(weights[best:]) >= _LEAST_WEIGHT and min(weights[best:]) > -_MOST_WEIGHT
    is_list = is_list or best == expected
    return best if is_sure and is_list else None


def _had_room(above: str, below: str, width: int) -> bool:
    """Tell whether the first word of a line had room in the line above."""
    return len(above) + len(below.split(" ", 1)[0]) + _SLACK < width


def _may_end(above: str, below: str) -> bool:
    """Tell whether a title may end above a line, and names begin in it."""
    first = below.split(" ", 1)[0]
    is_begin = not first[0].islower() or first in _NAME_PARTICLES or first == "the"
    last = above.rpartition(" ")[2].lower()
    return is_begin and last not in FUNCTION_WORDS and not above.endswith(_OPEN_ENDS)


def _weigh_span(above: str, below: str) -> float:
    """Return how much the name looks like one that two lines of names would share; 0: well."""
    words = f"{above.rpartition(',')[2]} {below.partition(',')[0]}".split()
    n_inner = sum(word[-1] == "." or word in _NAME_PARTICLES for word in words)
    return -2.0 if len(words) - n_inner > _MOST_SPANNED and not is_group(words) else 0.0


def _weigh(line: str, shown: Shown) -> float:
    """Return how much a line looks like names; below 0, like a title."""
    if _TITLE_SIGN.search(
        line.replace("(", "").replace(")", "") if is_group(line.split()) else line
    ):
        return -_MOST_WEIGHT
    weight = sum(_weigh_piece(piece.strip(), shown) for piece in line.split(",") if piece.strip())
    return max(-_MOST_WEIGHT, min(_MOST_WEIGHT, weight))


def _weigh_piece(piece: str, shown: Shown) -> float:
    """Return how much a piece between commas looks like a name, or a part of one."""
    words = piece.split()
    if is_group(words):
        return 1.0
    if words[0] == "the" and all(word[0].isupper() for word in words[1:]):
        return 0.0  # "the LAGO Working" of a group, or "the Baltic Sea"
    if not _NO_NAME_WORDS.isdisjoint(words):
        return -2.0
    n_inner = sum(word[-1] == "." or word in _NAME_PARTICLES for word in words)
    if len(words) - n_inner > _LONGEST_NAME:
        return -2.0
    weight = 1.0 if len(words) > 1 or is_uncased(piece) else 0.0
    weight -= sum(word[0].islower() and word not in _NAME_PARTICLES for word in words)
    if any(len(word) == 2 and word[1] == "." for word in words):
        weight += 1.0
    for word in _words(piece):
        in_names, in_titles = word in shown.names, word in shown.words
        weight += 0.75 * (in_names and not in_titles) - 0.9 * (in_titles and not in_names)
    return weight
