"""From what was found in dumps to the staging tables.

What belongs here: rows and columns of `contract.tables.STAGING_TABLES`, with keys and ids. What
does not: writing them (`batches`).
"""

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

from pipeline.contract.arrow import table_of_columns, table_of_rows
from pipeline.contract.findings import AuthorName, Form, Issue, Record
from pipeline.contract.ids import record_id
from pipeline.contract.tables import ISSUES, PAGES, RECORD_AUTHORS, RECORDS
from pipeline.extraction.cycles import without_search_for_cycles
from pipeline.extraction.extracted import MOST_ISSUE_TEXT, Extracted
from pipeline.text.damage import without_commands
from pipeline.text.keys import name_keys, title_keys


@without_search_for_cycles()
def to_tables(found: Iterable[Extracted]) -> dict[str, pa.Table]:
    """Return what was found in dumps as the tables of `STAGING_TABLES`, by name.

    Cards become columns by transposing them, and keys are made column by column: a row for
    each card and name would take most of the time that reading takes.
    """
    found = [one for one in found if one.has_rows]
    records = [record for one in found for record in one.records]
    owners = [one.dump for one in found for _ in one.records]
    origins = [origin for one in found for origin in one.origins]
    indexes = [index for one in found for index in range(1, len(one.records) + 1)]
    held = [one.held.get(place) for one in found for place in range(len(one.records))]
    ids = [record_id(dump["dump_id"], index) for dump, index in zip(owners, indexes, strict=True)]
    return {
        PAGES.name: table_of_rows(PAGES, [_harmless(one.page) for one in found if one.page]),
        RECORDS.name: _records_table(records, owners, origins, indexes, ids, held),
        RECORD_AUTHORS.name: _authors_table(records, ids),
        ISSUES.name: _issues_table(found),
    }


def _records_table(
    records: Sequence[Record],
    owners: Sequence[dict[str, Any]],
    origins: Sequence[tuple[str, Form]],
    indexes: Sequence[int],
    ids: Sequence[str],
    held: Sequence[str | None],
) -> pa.Table:
    shown = dict(zip(Record._fields, zip(*records, strict=True), strict=bool(records)))
    made = {
        "record_id": ids,
        "dump_id": [dump["dump_id"] for dump in owners],
        "source": [source for source, _ in origins],
        "form": [form for _, form in origins],
        "record_index": indexes,
        "title_key": title_keys(record.title for record in records),
        "n_authors_listed": [len(record.authors) for record in records],
        "is_held_back": [rule is not None for rule in held],
        "held_back_by": held,
    }
    return table_of_columns(RECORDS, shown | made, len(records))


def _authors_table(records: Sequence[Record], ids: Sequence[str]) -> pa.Table:
    names = [author for record in records for author in record.authors]
    shown = dict(zip(AuthorName._fields, zip(*names, strict=True), strict=bool(names)))
    made = {
        "record_id": [
            key for key, record in zip(ids, records, strict=True) for _ in record.authors
        ],
        "author_order": [n for record in records for n in range(1, len(record.authors) + 1)],
        "name_key": name_keys(author.name for author in names),
    }
    return table_of_columns(RECORD_AUTHORS, shown | made, len(names))


def _harmless(page: dict[str, Any]) -> dict[str, Any]:
    """Return a row whose texts hold nothing that commands a terminal."""
    return {
        name: without_commands(value) if isinstance(value, str) else value
        for name, value in page.items()
    }


def _issues_table(found: Sequence[Extracted]) -> pa.Table:
    issues = [issue for one in found for issue in one.issues]
    shown = dict(zip(Issue._fields, zip(*issues, strict=True), strict=bool(issues)))
    made = {
        "dump_id": [one.dump["dump_id"] for one in found for _ in one.issues],
        "issue_index": [n for one in found for n in range(1, len(one.issues) + 1)],
        "message": [without_commands(issue.message) for issue in issues],
        "text": [without_commands(issue.text or "")[:MOST_ISSUE_TEXT] or None for issue in issues],
    }
    return table_of_columns(ISSUES, shown | made, len(issues))


def rows_of(extracted: Extracted) -> dict[str, list[dict[str, Any]]]:
    """Return a dump's rows in the staging tables, by table name; none if it was set aside."""
    if not extracted.has_rows:
        return {}
    return {name: table.to_pylist() for name, table in to_tables([extracted]).items()}
