"""The figures of a build: one SQL file each, its rows, and the command that gives them again.

What belongs here: running `queries/<figure>.sql` over a published file, for the report and for an
export's manifest alike. What does not: drawing (`charts`) and wording of the page (`page`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.contract.errors import PipelineError
from pipeline.storage.duckdb_engine import DuckDB
from pipeline.storage.engine import EngineError
from pipeline.transforms.statistics import wilson_interval

_QUERIES = Path(__file__).parent / "queries"

Row = dict[str, Any]
# A query with these columns gets the 95 % interval of its shares beside them.
_SHARES = {"n_papers", "n_all", "share"}


@dataclass(frozen=True, slots=True)
class Figure:
    """Rows of one question to a published file.

    Attributes:
        name: the question, `queries/<name>.sql`.
        sql: the question in SQL, on one line.
        columns: names of the columns in order.
        rows: the answer.
    """

    name: str
    sql: str
    columns: Sequence[str]
    rows: Sequence[Row]

    @property
    def command(self) -> str:
        """The command line that prints these rows."""
        return f'papermart query "{self.sql}" --format csv'


@cache
def question(name: str) -> str:
    """Return the SQL of a figure on one line, without its comments."""
    text = (_QUERIES / f"{name}.sql").read_text("utf-8")
    return " ".join(re.sub(r"--.*", "", text).split())


def ask(engine: DuckDB, name: str, most: int | None = None) -> Figure:
    """Return a figure of a published file.

    Args:
        engine: sees the published file.
        name: `queries/<name>.sql`.
        most: how many rows to take, the first ones; all by default.

    Returns:
        The rows; with `share_low` and `share_high` where they hold shares of papers.

    Raises:
        PipelineError: the file lacks a table or column the question needs.
    """
    sql = question(name)
    try:
        columns, found = next(engine.pages(sql, most)) if most else engine.answer(sql)
    except EngineError as error:
        cause = str(error).partition("\n")[0]
        raise PipelineError(
            f"the figure {name} cannot be made of this version ({cause}); build again"
        ) from None
    rows = [dict(zip(columns, row, strict=True)) for row in found]
    if set(columns) >= _SHARES:
        columns = [*columns, "share_low", "share_high"]
        rows = [row | _interval(row) for row in rows]
    return Figure(name, sql, columns, rows)


def _interval(row: Row) -> Row:
    low, high = wilson_interval(row["n_papers"], row["n_all"])
    return {"share_low": low, "share_high": high}


def ask_if_there(engine: DuckDB, *names: str) -> Figure | None:
    """Return the first of the figures that this version's tables can answer, or None.

    Versions differ: some marts and columns came later, and a version is asked as it is.
    """
    for name in names:
        if engine.can_answer(question(name)):
            return ask(engine, name)
    return None
