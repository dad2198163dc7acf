"""The tables that extraction and publishing make, described column by column.

What belongs here: descriptions of tables that no file in `sql/` describes. What does not: how
their rows come about (`extraction`, `inputs`), the meaning of what a page shows (`findings`).
"""

from collections.abc import Iterator
from datetime import date
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from pipeline.contract.findings import (
    FORMS,
    LISTING_KINDS,
    AuthorName,
    Column,
    Issue,
    PageFacts,
    Record,
)
from pipeline.contract.specs import CheckSpec, ColumnSpec, TableSpec, TypeName

# How a site may be called. Which sites there are, only the registry in `sources` knows: plug-ins
# add to it.
SOURCE_NAME = "[a-z][a-z0-9_]*"

_TYPES: dict[type, TypeName] = {
    bool: "BOOLEAN",
    date: "DATE",
    float: "DOUBLE",
    int: "INTEGER",
    str: "VARCHAR",
    tuple: "VARCHAR[]",
}


def _col(name: str, type_: TypeName, description: str, **more: object) -> ColumnSpec:
    return ColumnSpec.model_validate(
        {"name": name, "type": type_, "description": description, **more}
    )


def _shown(kind: type) -> dict[str, ColumnSpec]:
    """Return the columns of what a page shows, by name: the fields of a value in `findings`."""
    return dict(_read_fields(kind))


def _read_fields(kind: type) -> Iterator[tuple[str, ColumnSpec]]:
    for name, hint in get_type_hints(kind, include_extras=True).items():
        described = [part for part in get_args(hint) if isinstance(part, Column)]
        if not described:
            continue
        shape = get_args(hint)[0]
        kinds = [part for part in get_args(shape) if part is not NoneType] or [shape]
        is_list = get_origin(shape) is tuple
        type_ = _TYPES[tuple if is_list else kinds[0]]
        more: dict[str, Any] = dict(described[0].limits)
        if shape in _TYPES:
            more["required"] = True
        yield name, _col(name, type_, described[0].description, **more)


_NAMED_SOURCE = CheckSpec(
    name="source_named",
    holds=f"source is null or regexp_full_match(source, '{SOURCE_NAME}')",
    description="a source is named in lower-case letters, digits and underscores",
)
# The kind of the issue of a card that is held back, and by what where its page is set aside.
HELD_BACK, HELD_BY_PAGE = "held_back", "page"
DUMPS = TableSpec(
    layer="raw",
    name="dumps",
    description="Every saved page found in the raw folder, read or not, and what became of it.",
    grain="one row per distinct dump content (a file that cannot be read has its own row)",
    key=("dump_id",),
    columns=(
        _col(
            "dump_id",
            "VARCHAR",
            "SHA-256 of the file's bytes; for a file that cannot be read, of its path.",
        ),
        _col(
            "path",
            "VARCHAR",
            "The file below the raw folder, with forward slashes; of several copies the first.",
            required=True,
        ),
        _col(
            "n_files",
            "INTEGER",
            "How many files hold exactly these bytes; 0 of a page that is gone and kept.",
            minimum=0,
        ),
        _col("n_bytes", "BIGINT", "Size of the file in bytes; NULL if it cannot be read."),
        _col("n_lines", "INTEGER", "Lines in the file, blank ones included; NULL if not text."),
        _col("encoding", "VARCHAR", "How the bytes were read: utf-8, utf-16, cp1252."),
        _col(
            "first_seen_at",
            "TIMESTAMP",
            "When a build first met this content (UTC).",
            required=True,
        ),
        _col(
            "gone_at",
            "TIMESTAMP",
            "When a build first found no file with this content (UTC), where the records of pages "
            "that are taken away are kept (retention in the settings); NULL: the page is there.",
        ),
        _col("captured_on", "DATE", "The day the page was saved, as far as it is known."),
        _col(
            "captured_on_basis",
            "VARCHAR",
            "Where captured_on comes from: given with the dump, on the page, or inferred.",
            values=("given", "page", "inferred"),
        ),
        _col("source", "VARCHAR", "The site the page is from."),
        _col(
            "listing_id",
            "VARCHAR",
            "What the page is a part of, see listings; of a file with several pages, that of the "
            "page with most cards; NULL if it was set aside.",
        ),
        _col("listing_kind", "VARCHAR", "As in pages; NULL: not said.", values=LISTING_KINDS),
        _col(
            "listing_subject",
            "VARCHAR",
            "The listing's name where a note gives one, else whose papers, of which search or "
            "category; NULL where nothing says so: then the page is a listing of its own.",
        ),
        _col(
            "listing_basis",
            "VARCHAR",
            "Where the listing comes from: given in a note, or from the page; NULL: from neither.",
            values=("given", "page"),
        ),
        _col("form", "VARCHAR", "The form the page was saved in.", values=FORMS),
        _col(
            "undone",
            "VARCHAR[]",
            "What was undone of the saved form, as short codes in order; empty: nothing.",
        ),
        _col(
            "status",
            "VARCHAR",
            "extracted: its records are in the warehouse; quarantined: set aside, see reason.",
            required=True,
            values=("extracted", "quarantined"),
        ),
        _col("reason", "VARCHAR", "Why the dump was set aside and what to do; else NULL."),
        _col(
            "advice", "VARCHAR", "What to do about it, as one sentence; NULL where none is known."
        ),
        _col(
            "n_records",
            "INTEGER",
            "Cards read from the dump, those held back aside.",
            required=True,
            minimum=0,
        ),
        _col(
            "n_held_back",
            "INTEGER",
            "Cards that cannot be right and reach no mart; see issues of kind held_back.",
            required=True,
            minimum=0,
        ),
        _col("n_declared", "INTEGER", "How many papers the page itself says it lists."),
        _col(
            "n_lines_claimed",
            "INTEGER",
            "Non-blank lines that are part of a card or of named page furniture.",
        ),
        _col("n_lines_card", "INTEGER", "Non-blank lines that are part of a card."),
        _col("n_lines_furniture", "INTEGER", "Non-blank lines that are named page furniture."),
        _col("n_lines_unclaimed", "INTEGER", "Non-blank lines not understood; see issues."),
        _col("n_lines_blank", "INTEGER", "Lines with nothing but white space."),
        _col(
            "note",
            "VARCHAR",
            "Hash of the note beside the dump; NULL without one.",
            is_bookkeeping=True,
        ),
        _col(
            "rows_version",
            "VARCHAR",
            "Changes when the dump's rows in the staging tables do; NULL if it was set aside.",
            is_bookkeeping=True,
        ),
        _col(
            "segment",
            "VARCHAR",
            "The Parquet segment that holds the dump's records.",
            is_bookkeeping=True,
        ),
        _col(
            "extractor",
            "VARCHAR",
            "Version of the code that read it.",
            required=True,
            is_bookkeeping=True,
        ),
    ),
    checks=(
        _NAMED_SOURCE,
        CheckSpec(
            name="line_ledger",
            holds=(
                "n_lines is null or status = 'quarantined' or n_lines = n_lines_blank"
                " + n_lines_card + n_lines_furniture + n_lines_unclaimed"
            ),
            description="every line is blank, part of a card, furniture, or an issue",
        ),
        CheckSpec(
            name="reason_given",
            holds="(status = 'quarantined') = (reason is not null)",
            description="a dump set aside says why, and no other does",
        ),
        CheckSpec(
            name="listing_named",
            holds="(status = 'extracted') = (listing_id is not null)",
            description="a page that is read belongs to a listing, and no other does",
        ),
        CheckSpec(
            name="declared_count",
            holds="n_declared is null or n_records + n_held_back >= n_declared",
            description="a page lists as many papers as it declares (n_declared, n_records)",
            severity="warn",
        ),
        CheckSpec(
            name="no_card_held_back",
            holds="n_held_back = 0 or status = 'quarantined'",
            description="no card of a page is held back; see kind = 'held_back' in issues",
            severity="warn",
        ),
        CheckSpec(
            name="no_page_set_aside",
            holds="status = 'extracted' or source is null",
            description="no page of a known site is set aside; see its reason and advice",
            severity="warn",
        ),
    ),
)
_PAGE = _shown(PageFacts)
_SUBJECT = ("page_subject", "page_subject_basis")

PAGES = TableSpec(
    layer="staging",
    name="pages",
    description="What each page says about itself: whose page, declared counts, figures.",
    grain="one row per extracted dump",
    key=("dump_id",),
    columns=(
        _col("dump_id", "VARCHAR", "The dump, see raw.dumps.", references="raw.dumps.dump_id"),
        _col("source", "VARCHAR", "The site the page is from.", required=True),
        *(_PAGE[name] for name in _SUBJECT),
        _col("page_subject_key", "VARCHAR", "The subject's name in ASCII words, for matching."),
        *(column for name, column in _PAGE.items() if name not in _SUBJECT),
    ),
    checks=(_NAMED_SOURCE,),
)

_CARD = _shown(Record)
# What extraction adds beside a field of the card: keys and counts.
_BESIDE = {
    "title": _col("title_key", "VARCHAR", "The title in ASCII words, for matching."),
    "raw_authors": _col(
        "n_authors_listed", "INTEGER", "Names the card shows.", required=True, minimum=0
    ),
}

RECORDS = TableSpec(
    layer="staging",
    name="records",
    description="Every card on every page, with values as the page shows them.",
    grain="one row per card in a dump",
    key=("record_id",),
    columns=(
        _col("record_id", "VARCHAR", "Start of dump_id, a hyphen, record_index; never changes."),
        _col(
            "dump_id",
            "VARCHAR",
            "The dump the card is in.",
            required=True,
            references="raw.dumps.dump_id",
        ),
        _col("source", "VARCHAR", "The site the page is from.", required=True),
        _col("form", "VARCHAR", "The form the page was saved in.", required=True, values=FORMS),
        _col("record_index", "INTEGER", "Place on the page, from 1.", required=True, minimum=1),
        *(
            column
            for name, shown in _CARD.items()
            for column in (shown, _BESIDE.get(name))
            if column
        ),
        _col(
            "is_held_back",
            "BOOLEAN",
            "The card cannot be right as it was read, and reaches no mart.",
            required=True,
        ),
        _col(
            "held_back_by",
            "VARCHAR",
            "The rule of plausibility it broke; page: its page is set aside; NULL: none.",
        ),
    ),
    checks=(
        _NAMED_SOURCE,
        CheckSpec(
            name="held_back_by_a_rule",
            holds="is_held_back = (held_back_by is not null)",
            description="a card that is held back names the rule, and no other does",
        ),
        CheckSpec(
            name="lines_in_order",
            holds="line_start <= line_end",
            description="a card starts before it ends",
        ),
        CheckSpec(
            name="year_of_date",
            holds="published_date is null or year = year(published_date)",
            description="year is the date's year",
        ),
        CheckSpec(
            name="authors_add_up",
            holds="n_authors_total is null or n_authors_total >= n_authors_listed",
            description="no more authors are listed than the paper has",
        ),
    ),
)
_NAME = _shown(AuthorName)

RECORD_AUTHORS = TableSpec(
    layer="staging",
    name="record_authors",
    description="Every author name on every card, in the order shown.",
    grain="one row per name in a record",
    key=("record_id", "author_order"),
    columns=(
        _col("record_id", "VARCHAR", "The card.", references="staging.records.record_id"),
        _col("author_order", "INTEGER", "Place in the list shown, from 1.", minimum=1),
        *_NAME.values(),
        _col("name_key", "VARCHAR", "The name in ASCII words, for matching."),
    ),
)
_ISSUE = _shown(Issue)

ISSUES = TableSpec(
    layer="staging",
    name="issues",
    description="Whatever was not understood or looked wrong, with its lines.",
    grain="one row per issue",
    key=("dump_id", "issue_index"),
    columns=(
        _col("dump_id", "VARCHAR", "The dump, see raw.dumps.", references="raw.dumps.dump_id"),
        _col("issue_index", "INTEGER", "Place among the dump's issues, from 1.", minimum=1),
        _ISSUE["line_start"],
        _ISSUE["line_end"],
        _ISSUE["kind"],
        _ISSUE["message"],
        _ISSUE["text"],
    ),
    checks=(
        CheckSpec(
            name="note_read",
            holds="kind <> 'bad_note'",
            description="every note beside a page can be read; see kind = 'bad_note' in issues",
            severity="warn",
        ),
    ),
)
STAGING_TABLES = (PAGES, RECORDS, RECORD_AUTHORS, ISSUES)
EXTRACTED_TABLES = (*STAGING_TABLES, DUMPS)
OVERRIDES = TableSpec(
    layer="raw",
    name="overrides",
    description="The lines of the overrides file, by which people correct the linkage.",
    grain="one row per line of the overrides file that is not blank",
    key=("line",),
    columns=(
        _col("line", "INTEGER", "Line in the file, where the row begins.", minimum=2),
        _col("left_id", "VARCHAR", "A record or a paper, as written."),
        _col("right_id", "VARCHAR", "The other record or paper, as written."),
        _col("decision", "VARCHAR", "same: one paper; not_same: two papers."),
        _col("who", "VARCHAR", "Who decided."),
        _col("decided_on", "DATE", "The day of the decision: the column when."),
        _col("why", "VARCHAR", "The reason in words."),
        _col("fault", "VARCHAR", "Why the line cannot be understood; NULL if it can."),
    ),
)
