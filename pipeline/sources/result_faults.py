"""What is wrong with a result that code of other people returns for a page.

What belongs here: whether what was found fits the columns it goes to, and whether it agrees with
itself. What does not: calling that code (`plugins`), rules of tables (`contract.tables`).
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

import pyarrow as pa

from pipeline.contract.arrow import ARROW_TYPES
from pipeline.contract.findings import AuthorName, ParseResult, Record
from pipeline.contract.specs import ColumnSpec
from pipeline.contract.tables import PAGES, RECORDS

# Columns that extraction fills, not the site.
_GIVEN_LATER = {"record_id", "dump_id", "source", "form", "record_index", "n_authors_listed"}


def faults_of(result: object, n_lines: int) -> Iterator[str]:
    """Yield what is wrong with a result, in words, each a clause to stand behind a colon.

    Args:
        result: what `parse` returned; right is a `findings.ParseResult` that the tables can hold.
        n_lines: how many lines the page has.
    """
    if not isinstance(result, ParseResult):
        yield f"parse returned {type(result).__name__}, not a ParseResult"
        return
    yield from _column_faults("the page", PAGES.columns, [result.page])
    for item in (*result.records, *result.furniture):
        if not 1 <= item.line_start <= item.line_end <= n_lines:
            yield f"lines {item.line_start} to {item.line_end} of a page with {n_lines} lines"
    for record in result.records:
        yield from _record_faults(record)
    yield from _column_faults("a record", RECORDS.columns, result.records)


def _record_faults(record: Record) -> Iterator[str]:
    place = f"the record of line {record.line_start}"
    if not record.title or not record.raw_title:
        yield f"{place} has no title"
    if not all(isinstance(a, AuthorName) and a.name and a.raw_name for a in record.authors):
        yield f"{place} has an author that is no AuthorName with a name"
    if record.published_date and record.year != record.published_date.year:
        yield f"{place} has another year than its published_date"
    if record.n_authors_total is not None and record.n_authors_total < len(record.authors):
        yield f"{place} has more authors than its n_authors_total"


def _column_faults(
    what: str, columns: Iterable[ColumnSpec], items: Collection[object]
) -> Iterator[str]:
    for column in columns:
        if column.name in _GIVEN_LATER or not all(hasattr(item, column.name) for item in items):
            continue
        values = [getattr(item, column.name) for item in items]
        try:
            pa.array(values, ARROW_TYPES[column.type])
        except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
            yield f"{what} has a {column.name} that is no {column.type} ({error})"
            continue
        for value in values:
            if not _is_allowed(column, value):
                yield f"{what} has the {column.name} {value!r}, which is not allowed"


def _is_allowed(column: ColumnSpec, value: Any) -> bool:  # noqa: ANN401
    if value is None:
        return not column.required
    return (
        (not column.values or value in column.values)
        and (column.minimum is None or value >= column.minimum)
        and (column.maximum is None or value <= column.maximum)
    )
