r"""Frames of lines: what programs put around each line, numbers, quotes, a sign at its end.

What belongs here: the numbers of `cat -n`, `grep -n`, editors and lists of everything, rows of a
table of one column (`"A title, and more"`), `<br>` or a backslash behind each line. What does not:
signs that stand before each line (`quotes`), numbers and quotes of the page itself.

What nearly every line has says nothing. Numbers rise by one from line to line, whatever they count.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.forms.seen import seen

_LEAST_LINES = 8
_ALL = 0.9  # of the lines that are not blank
_RISING = 0.97  # of the numbers: two files in one begin anew
# "     1<tab>", "12:", "3. ", "4) ", " 5 | ", "6  "; a blank line may end behind the number
_NUMBER = re.compile(
    r"[ \t]{0,12}(?P<number>\d{1,7})(?P<sign>\t| ?[.:)|│]|(?= )|(?=$))(?P<gap> *+)"
)
_MOST_GAP = 2  # spaces behind a number; more are an indent
_END = re.compile(r"[ \t]*(<br ?/?>|\\|[¶↵⏎$])[ \t]*$")
# A line in quotes, those inside it doubled, and what makes a program write it so.
_ROW = re.compile(r"(?P<quote>\")(?P<row>(?:[^\"\n]|\"\")*+)\"[,;]*+[ \t]*+")
_QUOTED_FOR = re.compile(r"[,\"]")
_LEAST_ROWS = 3
_HEAD = 40  # lines that are looked at for a sign


def without_frames(text: str) -> str:
    r"""Take what stands around each line off.

    >>> without_frames("\n".join(f"{n}. a{n}" for n in range(1, 10))).split("\n")[:2]
    ['a1', 'a2']
    """
    page = seen(text)
    if not has_frames(page.filled, page.firsts):
        return text
    lines = page.lines
    filled = [line for line in lines if line and not line.isspace()]
    for change in (_without_numbers, _without_ends, _without_quotes):
        changed = change(lines, filled)
        if changed is not lines:
            lines = changed
            filled = [line for line in lines if line and not line.isspace()]
    return "\n".join(lines)


def has_frames(filled: Sequence[str], firsts: str) -> bool:
    """Tell from a look at a page whether its lines may have frames.

    Args:
        filled: its lines that are not blank, stripped.
        firsts: their first characters.
    """
    if len(filled) < _LEAST_LINES:
        return False
    if sum(map(str.isdigit, firsts[:_HEAD])) >= _ALL * len(firsts[:_HEAD]):
        return True
    head = [line.rstrip() for line in filled[:_HEAD]]
    if sum(line[-1] in ">\\¶↵⏎$" for line in head) >= _ALL * len(head):
        return True
    return firsts.count('"') >= _LEAST_ROWS


def _without_numbers(lines: list[str], filled: list[str]) -> list[str]:
    """Take numbers off that nearly all lines begin with and that count the lines."""
    if not filled[len(filled) // 2].lstrip()[:1].isdigit():
        return lines
    found = list(filter(None, map(_NUMBER.match, filled)))
    if len(found) < max(_LEAST_LINES, _ALL * len(filled)):
        return lines
    numbers = [int(number["number"]) for number in found]
    n_rising = sum(below == above + 1 for above, below in pairwise(numbers))
    signs = Counter(number["sign"].strip() or number["sign"][:1] for number in found)
    sign, n_same = signs.most_common(1)[0]
    if n_rising < _RISING * (len(numbers) - 1) or n_same < _ALL * len(found) - signs[""]:
        return lines
    gap = min((len(n["gap"]) for n in found if n.end() < len(n.string)), default=0)
    width = min(gap, _MOST_GAP)
    return [_behind_number(line, sign, width) for line in lines]


def _behind_number(line: str, sign: str, width: int) -> str:
    number = _NUMBER.match(line)
    if number is None or (number["sign"].strip() or number["sign"][:1]) not in (sign, ""):
        return line
    return line[min(number.end("sign") + width, len(line)) :]


def _without_ends(lines: list[str], filled: list[str]) -> list[str]:
    """Take a sign off that nearly all lines end with."""
    ends = Counter(end[1] for line in filled if (end := _END.search(line[-12:])))
    sign, n_lines = ends.most_common(1)[0] if ends else ("", 0)
    if n_lines < _ALL * len(filled):
        return lines
    return [line.rstrip().removesuffix(sign) for line in lines]


def _without_quotes(lines: list[str], filled: list[str]) -> list[str]:
    """Take quotes off where just the lines have them that a table's cells must have."""
    n_rows = 0
    for line in filled:
        if _ROW.fullmatch(line):
            n_rows += 1
        elif _QUOTED_FOR.search(line.strip(" \t,;")):
            return lines
    return list(_rows(lines)) if n_rows >= _LEAST_ROWS else lines


def _rows(lines: list[str]) -> Iterator[str]:
    for line in lines:
        row = _ROW.fullmatch(line)
        yield row["row"].replace('""', '"') if row else line.rstrip(",;")
