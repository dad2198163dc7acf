"""The figures of a build: one SQL file each, its rows, and the command that gives them again.

What belongs here: running `queries/<figure>.sql` over a published file, and what is said of
coverage, limits and accuracy in the report and in an export's manifest alike. What does not:
drawing (`charts`) and wording of the page (`page`).
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.errors import PipelineError
from pipeline.sql_models import SQL_DIR

_QUERIES = Path(__file__).parent / "queries"
ACCURACY_FILE = SQL_DIR.parent / "benchmarks" / "accuracy.csv"

Row = dict[str, Any]


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


def ask(con: duckdb.DuckDBPyConnection, name: str) -> Figure:
    """Return a figure of a published file.

    Args:
        con: the published file.
        name: `queries/<name>.sql`.

    Raises:
        PipelineError: the file lacks a table or column the question needs.
    """
    sql = question(name)
    try:
        cursor = con.execute(sql)
    except duckdb.Error as error:
        cause = str(error).partition("\n")[0]
        raise PipelineError(
            f"the figure {name} cannot be made of this version ({cause}); build again"
        ) from None
    columns = [column[0] for column in cursor.description or ()]
    rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return Figure(name, sql, columns, rows)


def ask_if_there(con: duckdb.DuckDBPyConnection, *names: str) -> Figure | None:
    """Return the first of the figures that this version's tables can answer, or None.

    Versions differ: some marts and columns came later, and a version is asked as it is.
    """
    for name in names:
        try:
            con.execute(f"explain {question(name)}")
        except (duckdb.CatalogException, duckdb.BinderException):
            continue
        return ask(con, name)
    return None


class Accuracy(BaseModel):
    """A figure once measured on labelled data; it holds for the code of that day.

    Attributes:
        measure: what was measured.
        value: the share, from 0 to 1.
        n: size of the data.
        unit: what is counted in n.
        data: the data.
        command: how to measure again.
        measured_on: the day.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    measure: str = Field(min_length=1)
    value: float = Field(ge=0, le=1)
    n: int = Field(gt=0)
    unit: str
    data: str
    command: str
    measured_on: date


def measured_accuracy(file: Path = ACCURACY_FILE) -> list[Accuracy]:
    """Read what was measured, from `benchmarks/accuracy.csv`; empty where the file is not there.

    Raises:
        PipelineError: a line of the file is wrong; names it.
    """
    if not file.is_file():
        return []
    found = []
    with file.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        for row in reader:
            try:
                found.append(Accuracy.model_validate(row))
            except ValidationError as error:
                first = error.errors()[0]
                column = ".".join(str(part) for part in first["loc"])
                raise PipelineError(
                    f"{file.name}, line {reader.line_num}, {column}: {first['msg']}"
                ) from None
    return found
