"""What a table is: its place, grain, key, columns, and what must hold of it.

What belongs here: the classes that describe any table, also those read from the YAML files in
`sql/`. What does not: the tables themselves (`tables`), reading, writing, checking.

Types are spelled as DuckDB spells them; `arrow` gives their Arrow twins.
"""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

LAYERS = ("raw", "reference", "staging", "linkage", "people", "marts")
# The schema under which a check sees the tables of the last published version.
LAST_VERSION = "published"

TypeName = Literal[
    "VARCHAR", "VARCHAR[]", "INTEGER", "BIGINT", "DOUBLE", "BOOLEAN", "DATE", "TIMESTAMP"
]
Severity = Literal["error", "warn"]


class Strict(BaseModel):
    """A description that people write: unknown words are faults, nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ColumnSpec(Strict):
    """One column: its name, DuckDB type, meaning, and what must hold of its values.

    Attributes:
        required: NULL is a fault.
        values: the only values allowed (NULL aside).
        minimum: the smallest value allowed (inclusive).
        maximum: the largest value allowed (inclusive).
        references: `layer.table.column` in which every value must stand.
        is_bookkeeping: it says how the row came about, not what is known; another value of it
            makes no other row.
    """

    name: str
    type: TypeName
    description: Annotated[str, Field(min_length=8)]
    required: bool = False
    values: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    references: str | None = None
    is_bookkeeping: bool = False


class CheckSpec(Strict):
    """What must hold of a table beyond its columns; given as one of two kinds.

    Attributes:
        name: unique within the table.
        description: what must hold, in words: "every pair stands once".
        holds: a condition, in SQL, that every row must meet.
        fails: a SELECT that returns what is at fault. It sees the table under its own name, every
            other table, and under `published.<table>` those of the last published version, which
            are empty before the first one.
        severity: `error` keeps the last good table, `warn` reports and goes on.
    """

    name: str
    description: Annotated[str, Field(min_length=8)]
    holds: Annotated[str, Field(min_length=1)] | None = None
    fails: Annotated[str, Field(min_length=1)] | None = None
    severity: Severity = "error"

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> Self:
        if (self.holds is None) == (self.fails is None):
            raise ValueError(f"the check {self.name} needs either holds or fails")
        return self


class TableSpec(Strict):
    """One table: where it stands, what a row is, its key, its columns, its checks.

    Attributes:
        reading_order: how people read the rows, as terms of ORDER BY; by the key if it is empty.
        published_order: how the published file holds the rows, as terms of ORDER BY; by the key if
            it is empty. Rows that are often asked for together stand together, so that a query
            passes over the blocks of the others.
        is_for_looking_up: it has many rows, to look single ones up in; exported only when named.
        stage: what it is a step of within its layer, where a layer has many tables.
    """

    layer: Literal["raw", "reference", "staging", "linkage", "people", "marts"]
    name: str
    description: Annotated[str, Field(min_length=8)]
    grain: Annotated[str, Field(pattern="^one row per ")]
    key: tuple[str, ...]
    columns: tuple[ColumnSpec, ...]
    checks: tuple[CheckSpec, ...] = ()
    reading_order: tuple[str, ...] = ()
    published_order: tuple[str, ...] = ()
    is_for_looking_up: bool = False
    stage: Annotated[str, Field(pattern="^[a-z]+$")] | None = None

    @property
    def full_name(self) -> str:
        """The name SQL models use: `layer.table`."""
        return f"{self.layer}.{self.name}"

    @property
    def looked_up(self) -> frozenset[str]:
        """The full names of the other tables that columns refer to."""
        tables = {c.references.rpartition(".")[0] for c in self.columns if c.references}
        return frozenset(tables - {self.full_name})

    @property
    def shape(self) -> tuple[tuple[str, str], ...]:
        """Name and type of each column, in order."""
        return tuple((column.name, column.type) for column in self.columns)

    @property
    def content_columns(self) -> list[str]:
        """The columns that make a row what it is: all but the bookkeeping."""
        return [column.name for column in self.columns if not column.is_bookkeeping]
