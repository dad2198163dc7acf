"""Tables of the report: which columns are shown, under which heading, in which form.

What belongs here: turning values into what people read. What does not: the HTML (`templates/`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipeline.outputs.report.figures import Figure, Row
from pipeline.outputs.rows import csv_text
from pipeline.outputs.strict_json import to_json

# Absent values sort last whatever the direction; the page's script knows them by the empty key.
_ABSENT = "–"
_MINUS = "−"
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

    text: str
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
    """

    name: str
    heading: str
    form: Callable[[Any], str] = str
    low: str | None = None
    high: str | None = None
    papers: Callable[[Row], str] | None = None

    def cell(self, row: Row) -> Cell:
        """Return the cell of a row."""
        value = row[self.name]
        if value is None or value == []:
            return Cell(_ABSENT, "")
        text = self.form(value)
        if self.low and self.high and row[self.low] not in (None, row[self.high]):
            text += f" ({self.form(row[self.low])} to {self.form(row[self.high])})"
        key = str(value) if self.is_number(value) else text.casefold()
        return Cell(text, key, self.papers(row) if self.papers else "")

    @staticmethod
    def is_number(value: object) -> bool:
        """Tell whether a value is sorted by size and set to the right."""
        return isinstance(value, int | float) and not isinstance(value, bool)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the page; the first cell of a row names the row.

    Attributes:
        caption: what it holds.
        headings: (heading, class) of each column; the class is `number`, `long` or empty.
        rows: the cells.
        command: the command line that prints its figures.
        csv: the figures as that command prints them, as a text of JSON.
    """

    caption: str
    headings: Sequence[tuple[str, str]]
    rows: Sequence[Sequence[Cell]]
    command: str
    csv: str


def make_table(figure: Figure, caption: str, columns: Sequence[Column]) -> Table:
    """Return a figure as a table of the columns given."""
    headings = [(column.heading, _look(column, figure.rows)) for column in columns]
    rows = [[column.cell(row) for column in columns] for row in figure.rows]
    return Table(caption, headings, rows, figure.command, _csv(figure))


def _csv(figure: Figure) -> str:
    rows = ([row[name] for name in figure.columns] for row in figure.rows)
    return to_json(csv_text(figure.columns, rows)).replace("<", "\\u003c")


def _look(column: Column, rows: Sequence[Row]) -> str:
    if any(Column.is_number(row[column.name]) for row in rows):
        return "number"
    texts = (column.cell(row).text for row in rows)
    return "long" if any(len(text) > _LONG for text in texts) else ""


def plain_table(figure: Figure, caption: str) -> Table:
    """Return a figure as a table of all its columns, headed by their names in words."""
    columns = [
        Column(name, name.removeprefix("n_").replace("_", " "), any_form) for name in figure.columns
    ]
    return make_table(figure, caption, columns)


# ---------------------------------------------------------------- forms


def count(value: int) -> str:
    """Show a count.

    >>> count(30498)
    '30,498'
    """
    return f"{value:,}"


def percent(value: float) -> str:
    """Show a share.

    >>> percent(0.4400)
    '44.0 %'
    """
    return f"{value:.1%}".replace("%", " %").replace("-", _MINUS)


def ratio(value: float) -> str:
    """Show an odds ratio; near 1 with one digit more, so that it is never taken for 1.

    >>> ratio(2.433), ratio(1.012), ratio(0.0), ratio(1e300)
    ('2.43', '1.012', '< 0.01', '> 100')
    """
    if value < 0.01:
        return "< 0.01"
    if value > 100:
        return "> 100"
    return f"{value:.3f}" if 0.9 < round(value, 2) < 1.1 else f"{value:.2f}"


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
