"""Rows of a question on a terminal or in a pipe: a table where it fits, else record by record.

What belongs here: how rows are shown to people. What does not: forms for programs
(`outputs.rows`), which question (`ask`).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.cli.shared import PIPE_WIDTH, ShownConsole, warn
from pipeline.outputs.laid_out import broken, n_cells
from pipeline.text.shown import printable, printable_lines

MOST_ROWS = 100
_LEAST_COLUMN = 10  # narrower columns of a pipe cannot be read
_NARROW = 40  # columns of a terminal that are no wider are not broken, others no narrower
_MOST_LINES = 3  # that a cell of a terminal's table is broken into
_BORDER = 3
_BESIDE = 40  # cells that a value needs beside the name of its field


def print_rows(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print the first rows, and say so if there are more, or none.

    A terminal shows a table if its columns fit without being squeezed, else each record as lines of
    field and value. A pipe gets the same whatever the width of a screen.

    Args:
        names: of the columns.
        rows: at most one more than `MOST_ROWS`.
    """
    console = ShownConsole(highlight=False)
    heads = [printable(name) for name in names]
    cells = [[_shown(value) for value in row] for row in rows[:MOST_ROWS]]
    if console.is_terminal:
        if _fits(heads, cells, console.width):
            console.print(
                _table(heads, cells, is_narrow=[_is_narrow(c) for c in _columns(heads, cells)])
            )
        elif cells:
            _print_records(console, heads, cells)
        if not rows:
            console.print("no rows")
    else:
        console.width = PIPE_WIDTH
        if len(heads) * _LEAST_COLUMN > console.width:
            for n, row in enumerate(cells, 1):
                console.rule(f"row {n}", align="left")
                console.print(_grid(zip(heads, row, strict=True)))
        else:
            console.print(_table(heads, cells))
        if not rows:
            warn("no rows")
    if len(rows) > MOST_ROWS:
        console.print(f"the first {MOST_ROWS} rows; --format csv writes all", markup=False)


def _columns(heads: Sequence[str], cells: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    return list(zip(heads, *cells, strict=True))


def _widest(column: Iterable[str]) -> int:
    return max(n_cells(line) for cell in column for line in cell.split("\n"))


def _is_narrow(column: Iterable[str]) -> bool:
    return _widest(column) <= _NARROW


def _fits(heads: Sequence[str], cells: Sequence[Sequence[str]], width: int) -> bool:
    """Tell whether columns fit, the wide ones broken into few lines."""
    needed = 1
    for column in _columns(heads, cells):
        widest = _widest(column)
        narrowed = max(_NARROW, -(-widest // _MOST_LINES))
        needed += _BORDER + min(widest, narrowed)
    return needed <= width


def _table(
    heads: Sequence[str], cells: Sequence[Sequence[str]], is_narrow: Sequence[bool] = ()
) -> Table:
    table = Table()
    for n, head in enumerate(heads):
        stays = bool(is_narrow) and is_narrow[n]
        table.add_column(Text(head), overflow="fold", no_wrap=stays)
    for row in cells:
        table.add_row(*map(Text, row))
    return table


def _print_records(console: Console, heads: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    """Print each record as lines of field and value, a rule with its number above."""
    widest = max(map(n_cells, heads))
    room = console.width - widest - 2
    for n, row in enumerate(cells, 1):
        console.rule(Text(f"row {n}"), align="left")
        for head, value in zip(heads, row, strict=True):
            name = f"{head}{' ' * (widest - n_cells(head))}  "
            lines = value.split("\n")
            if all(n_cells(line) <= room for line in lines) or room >= _BESIDE:
                shown = [part for line in lines for part in broken(line, room)]
                begun, *more = shown
                console.print(Text.assemble((name, "bold"), begun), soft_wrap=True)
                for line in more:
                    console.print(Text(f"{' ' * (widest + 2)}{line}"), soft_wrap=True)
            else:
                console.print(Text(head, "bold"), soft_wrap=True)
                for line in lines:
                    for part in broken(line, console.width, 2):
                        console.print(Text(part), soft_wrap=True)


def _grid(rows: Iterable[tuple[str, str]]) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column()
    grid.add_column(overflow="fold")
    for name, value in rows:
        grid.add_row(Text(name), Text(value))
    return grid


def _shown(value: Any) -> str:  # noqa: ANN401
    if value is None:
        return ""
    if isinstance(value, list):
        return printable_lines("; ".join(str(item) for item in value))
    return f"{value:.6g}" if isinstance(value, float) else printable_lines(str(value))
