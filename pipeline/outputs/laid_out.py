"""Words and rows on a screen of any width: nothing is cut, and nothing squeezed into a column.

What belongs here: breaking lines, rows whose long cells stand below them. What does not: what is
shown; colours of commands; tables with rules (`cli.shown_rows`).
"""

import re
from collections.abc import Iterator, Sequence
from io import StringIO
from typing import TYPE_CHECKING

from pipeline.text.shown import printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_LEAST_WIDTH = 20  # narrower screens break lines themselves
_INDENT, _BELOW, _GAP = 2, 6, 2
_COMMAND = re.compile(r"`[^`]{1,40}`")
_GLUE = "\u00a0"


def n_cells(text: str) -> int:
    """Return how many cells of a terminal a text takes: two for each sign of Chinese, 0 for marks.

    >>> n_cells("ab"), n_cells("中文"), n_cells("e\u0301")
    (2, 4, 1)
    """
    from rich.cells import cell_len

    return cell_len(text)


def broken(text: str, width: int, first: int = 0, rest: int | None = None) -> list[str]:
    """Return a text as lines no wider than a screen; words stay whole where they fit.

    Commands in backquotes are kept on one line, too.

    Args:
        text: on one line, printable.
        width: cells of the screen.
        first: cells that the first line is indented by.
        rest: cells that all others are; None: as the first.

    >>> broken("a title of some more words", 22, 0, 2)
    ['a title of some more', '  words']
    """
    rest = first if rest is None else rest
    width = max(width, max(first, rest) + _LEAST_WIDTH)
    glued = _COMMAND.sub(lambda found: found[0].replace(" ", _GLUE), text)
    begun, *more = _wrapped(glued, width - first)
    if more and rest != first:
        more = _wrapped(glued[len(begun) :].lstrip(" "), width - rest)
    lines = [" " * first + begun, *(" " * rest + line for line in more)]
    return [line.replace(_GLUE, " ") for line in lines]


def broken_below(line: str, width: int) -> list[str]:
    """Return a line as lines no wider than a screen, all but the first indented a little more.

    A line that is a command stays whole, so that it can be copied.

    >>> broken_below("  a warning of some words", 22)
    ['  a warning of some', '    words']
    """
    shown = printable(line.rstrip())
    words = shown.lstrip(" ")
    indent = len(shown) - len(words)
    if words.startswith("papermart ") or set(words) <= {"^"}:
        return [shown]
    return broken(words, width, indent, indent + 2)


def _wrapped(text: str, width: int) -> list[str]:
    from rich.console import Console
    from rich.text import Text

    if n_cells(text) <= width:
        return [text]
    lines = Text(text).wrap(Console(file=StringIO(), width=width), width, overflow="fold")
    return [line.plain.rstrip(" ") for line in lines]


def row_lines(
    names: Sequence[str], rows: Sequence[Sequence[object]], n_short: int, width: int
) -> "Iterator[Text]":
    """Yield rows under a head, aligned where all fit; else the short cells are, the long follow.

    A long cell stands behind the short ones where it fits there, else on lines of its own below.

    Args:
        names: of the columns.
        rows: a cell for each column; None is empty.
        n_short: how many columns, from the left, hold short cells.
        width: cells of the screen.
    """
    from rich.text import Text

    cells = [["" if cell is None else printable(_one_line(cell)) for cell in row] for row in rows]
    widths = [max(map(n_cells, column)) for column in zip(names, *cells, strict=True)]
    n_aligned = _n_aligned(widths, n_short, width)
    head = _line(names, widths[:n_aligned]).strip(" ")
    yield from (Text(line, style="dim") for line in broken(head, width, _INDENT))
    for row in cells:
        yield from map(Text, _row(row, widths[:n_aligned], width))


def _row(row: Sequence[str], widths: Sequence[int], width: int) -> Iterator[str]:
    """Yield a row: cells beside each other as far as they fit, those after that below them."""
    n_aligned = len(widths)
    line, is_below = _line(row[:n_aligned], widths), False
    for cell in filter(None, row[n_aligned:]):
        begun = line if line.strip() else " " * (_INDENT - _GAP)
        if not is_below and n_cells(begun) + _GAP + n_cells(cell) <= width:
            line = f"{begun}{' ' * _GAP}{cell}"
            continue
        if line.strip():
            yield line.rstrip()
        *above, line = broken(cell, width, _BELOW if n_aligned else _INDENT, _BELOW)
        is_below = True
        yield from above
    yield line.rstrip()


def _n_aligned(widths: Sequence[int], n_short: int, width: int) -> int:
    """Return how many columns, from the left, stand below each other: all, the short, or fewer."""
    for n in (len(widths), *range(n_short, 0, -1)):
        if _INDENT + sum(widths[:n]) + _GAP * (n - 1) <= width:
            return n
    return 0


def _one_line(cell: object) -> str:
    return " ".join(str(cell).split())


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Return cells side by side, those beyond the widths just behind each other."""
    padded = [
        f"{cell}{' ' * max(0, (widths[n] if n < len(widths) else 0) - n_cells(cell))}"
        for n, cell in enumerate(cells)
    ]
    return " " * _INDENT + (" " * _GAP).join(padded)


def as_text(lines: "Iterator[Text]") -> str:
    """Return lines as plain text, without colours and trailing spaces."""
    return "".join(f"{line.plain.rstrip()}\n" for line in lines)


def print_lines(lines: "Iterator[Text]", console: "Console") -> None:
    """Print lines that have been broken already."""
    for line in lines:
        console.print(line, soft_wrap=True)
