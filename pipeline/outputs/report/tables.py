"""Tables of the report: which columns are shown, under which heading, in which form.

What belongs here: turning values into what people read. What does not: the HTML (`templates/`).
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from pipeline.outputs.report.figures import Figure, Row
from pipeline.outputs.report.sparklines import Point, sparkline
from pipeline.outputs.rows import csv_text
from pipeline.outputs.strict_json import to_json

# Absent values sort last whatever the direction; the page's script knows them by the empty key.
_ABSENT = "–"
_MINUS = "−"
_TOGETHER = re.compile(r"\([<>\d][^()]{0,24} to [^()]{0,12}\)|\bp [=<] \S+|\d %|[<>] \d")
# From this many characters on a text may be broken into lines.
_LONG = 30


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as shown.

    Attributes:
        text: how it is shown.
        sort_key: by what its column is sorted: a number, or the text in lower case.
        papers: the choice of papers that it leads to (`paper_links`), if any.
    """

    text: str | Markup
    sort_key: str
    papers: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        name: the column of the figure.
        heading: what stands above it.
        form: how its values are shown.
        low: the column with the lower end of its interval, if any; an interval of one value alone
            is not shown.
        high: the column with the upper end.
        papers: says of a row to which choice of papers its cell leads, if to any.
        more: what is said behind the value; the column is sorted by the value alone.
    """

    name: str
    heading: str
    form: Callable[[Any], str] = str
    low: str | None = None
    high: str | None = None
    papers: Callable[[Row], str] | None = None
    more: Callable[[Row], str] | None = None

    def cell(self, row: Row) -> Cell:
        """Return the cell of a row."""
        value = row[self.name]
        if value is None or value == []:
            return Cell(_ABSENT, "")
        text = self.form(value)
        if self.low and self.high and row[self.low] not in (None, row[self.high]):
            text += f" ({self.form(row[self.low])} to {self.form(row[self.high])})"
        key = str(value) if self.is_number(value) else text.casefold()
        if self.more:
            text += f" {self.more(row)}"
        return Cell(text, key, self.papers(row) if self.papers else "")

    @staticmethod
    def is_number(value: object) -> bool:
        """Tell whether a value is sorted by size and set to the right."""
        return isinstance(value, int | float) and not isinstance(value, bool)


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A column of small charts, of three lists that go together.

    Attributes:
        name: the column with the values of each row, in the order of years.
        heading: what stands above it.
        form: how a value is said.
        years: the column with their years.
        not_over: the column that tells the years not over; absent where none is told.
    """

    name: str
    heading: str
    form: Callable[[Any], str]
    years: str = "by_year"
    not_over: str | None = None

    def cell(self, row: Row) -> Cell:
        """Return the cell of a row; sorted by its last value."""
        values = row[self.name] or []
        late = row[self.not_over] if self.not_over else [False] * len(values)
        points: list[Point] = [
            (year, value, not is_late)
            for year, value, is_late in zip(row[self.years] or [], values, late or [], strict=True)
        ]
        return Cell(sparkline(points, self.form) or _ABSENT, str(values[-1]) if values else "")


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the page; the first cell of a row names the row.

    Attributes:
        caption: what it holds.
        headings: (heading, class) of each column; the class is `number`, `long`, `drawn` or empty.
        rows: the cells.
        command: the command line that prints its figures.
        csv: the figures as that command prints them, as a text of JSON.
    """

    caption: str
    headings: Sequence[tuple[str, str]]
    rows: Sequence[Sequence[Cell]]
    command: str
    csv: str


def make_table(figure: Figure, caption: str, columns: Sequence[Column | Sparkline]) -> Table:
    """Return a figure as a table of the columns given."""
    headings = [(column.heading, _look(column, figure.rows)) for column in columns]
    rows = [[column.cell(row) for column in columns] for row in figure.rows]
    return Table(caption, headings, rows, figure.command, _csv(figure))


def _csv(figure: Figure) -> str:
    rows = ([row[name] for name in figure.columns] for row in figure.rows)
    return to_json(csv_text(figure.columns, rows)).replace("<", "\\u003c")


def _look(column: Column | Sparkline, rows: Sequence[Row]) -> str:
    if isinstance(column, Sparkline):
        return "drawn"
    if any(Column.is_number(row[column.name]) for row in rows):
        return "number"
    texts = (column.cell(row).text for row in rows)
    return "long" if any(len(text) > _LONG for text in texts) else ""


# ---------------------------------------------------------------- forms


def unbroken(text: str | Markup) -> str | Markup:
    """Keep on one line what is read as one: a share, an interval, a p-value.

    >>> unbroken("rose to 12.5 % (9.1 % to 16 %), p = 0.03").replace("\N{NO-BREAK SPACE}", "_")
    'rose to 12.5_% (9.1_%_to_16_%), p_=_0.03'
    """
    return text if isinstance(text, Markup) else _TOGETHER.sub(_tied, text)


def _tied(found: re.Match[str]) -> str:
    return found[0].replace(" ", "\N{NO-BREAK SPACE}")


def count(value: int) -> str:
    """Show a count.

    >>> count(30498)
    '30,498'
    """
    return f"{value:,}"


def number(n: int, one: str, several: str = "") -> str:
    """Show a count with what is counted.

    >>> number(1, "paper"), number(2_000, "paper"), number(0, "is", "are")
    ('1 paper', '2,000 papers', '0 are')
    """
    return f"{count(n)} {one if n == 1 else several or f'{one}s'}"


def listed(values: Iterable[object]) -> str:
    """Show some values as one reads them aloud.

    >>> listed([2024]), listed([2024, 2025]), listed([2024, 2025, 2026])
    ('2024', '2024 and 2025', '2024, 2025 and 2026')
    """
    *before, last = map(str, values)
    return f"{', '.join(before)} and {last}" if before else last


def percent(value: float) -> str:
    """Show a share.

    >>> percent(0.4400)
    '44.0 %'
    """
    return f"{value:.1%}".replace("%", " %").replace("-", _MINUS)


def ratio(value: float) -> str:
    """Show an odds ratio; one close to 1 with a digit more, so that it is never taken for 1.

    >>> ratio(2.433), ratio(1.012), ratio(0.9961), ratio(1.0), ratio(0.0), ratio(1e300)
    ('2.43', '1.01', '0.996', '1.00', '< 0.01', '> 100')
    """
    if value < 0.01:
        return "< 0.01"
    if value > 100:
        return "> 100"
    if value != 1 and f"{value:.2f}" == "1.00":
        return f"{value:.3f}"
    return f"{value:.2f}"


def p_value(value: float) -> str:
    """Show a p-value.

    >>> p_value(0.03514), p_value(0.0000021)
    ('0.035', '< 0.001')
    """
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def names(value: Sequence[str]) -> str:
    """Show a list."""
    return "; ".join(str(item) for item in value)


def words(value: str) -> str:
    """Show a code in words.

    >>> words("name_only")
    'name only'
    """
    return value.replace("_", " ")


def any_form(value: object) -> str:
    """Show a value of any type."""
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, list):
        return names(value)
    return value.isoformat() if isinstance(value, date) else str(value)
