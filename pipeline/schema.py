"""The record contract: what a table, a column and an extracted record are.

What belongs here: the description of every table that extraction makes (`TABLES`), the classes
that describe any table (`TableSpec`, `ColumnSpec`, also read from `_models.yml`), and the frozen
values that pass from a site's parser to extraction. What does not: reading, writing, checking.

Types are spelled as DuckDB spells them; `ARROW_TYPES` gives their Arrow twins.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal, NamedTuple

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field

Form = Literal["spaced", "compact", "html"]
# How a site may be called. Which sites there are, only the registry in `sources` knows: plug-ins
# add to it.
SOURCE_NAME = "[a-z][a-z0-9_]*"
FORMS = ("spaced", "compact", "html")
LAYERS = ("raw", "reference", "staging", "linkage", "marts")

ARROW_TYPES: dict[str, pa.DataType] = {
    "VARCHAR": pa.string(),
    "VARCHAR[]": pa.list_(pa.string()),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
}
TypeName = Literal[
    "VARCHAR", "VARCHAR[]", "INTEGER", "BIGINT", "DOUBLE", "BOOLEAN", "DATE", "TIMESTAMP"
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ColumnSpec(_Strict):
    """One column: its name, DuckDB type, meaning, and what must hold of its values.

    Attributes:
        required: NULL is a fault.
        values: the only values allowed (NULL aside).
        minimum: the smallest value allowed (inclusive).
        maximum: the largest value allowed (inclusive).
        references: `layer.table.column` in which every value must stand.
    """

    name: str
    type: TypeName
    description: Annotated[str, Field(min_length=8)]
    required: bool = False
    values: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    references: str | None = None


class RuleSpec(_Strict):
    """A condition that every row of a table must meet, in SQL over its columns.

    Attributes:
        severity: `error` keeps the last good table, `warn` reports and goes on.
    """

    name: str
    holds: str
    message: str
    severity: Literal["error", "warn"] = "error"


class TableSpec(_Strict):
    """One table: where it stands, what a row is, its key and columns."""

    layer: Literal["raw", "reference", "staging", "linkage", "marts"]
    name: str
    description: Annotated[str, Field(min_length=8)]
    grain: Annotated[str, Field(pattern="^one row per ")]
    key: tuple[str, ...]
    columns: tuple[ColumnSpec, ...]
    rules: tuple[RuleSpec, ...] = ()

    @property
    def full_name(self) -> str:
        """The name SQL models use: `layer.table`."""
        return f"{self.layer}.{self.name}"

    @property
    def looked_up(self) -> frozenset[str]:
        """The full names of the other tables that columns refer to."""
        tables = {c.references.rpartition(".")[0] for c in self.columns if c.references}
        return frozenset(tables - {self.full_name})

    def arrow_schema(self) -> pa.Schema:
        """Return the Arrow schema that the table's Parquet files have."""
        return pa.schema([(c.name, ARROW_TYPES[c.type]) for c in self.columns])


def _col(name: str, type_: TypeName, description: str, **more: object) -> ColumnSpec:
    return ColumnSpec.model_validate(
        {"name": name, "type": type_, "description": description, **more}
    )


_NAMED_SOURCE = RuleSpec(
    name="source_named",
    holds=f"source is null or regexp_full_match(source, '{SOURCE_NAME}')",
    message="a source is named in lower-case letters, digits and underscores",
)

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
        _col("n_files", "INTEGER", "How many files hold exactly these bytes.", minimum=1),
        _col("n_bytes", "BIGINT", "Size of the file in bytes; NULL if it cannot be read."),
        _col("n_lines", "INTEGER", "Lines in the file, blank ones included; NULL if not text."),
        _col("encoding", "VARCHAR", "How the bytes were read: utf-8, utf-16, cp1252."),
        _col(
            "first_seen_at",
            "TIMESTAMP",
            "When a build first met this content (UTC).",
            required=True,
        ),
        _col("captured_on", "DATE", "The day the page was saved, as far as it is known."),
        _col(
            "captured_on_basis",
            "VARCHAR",
            "Where captured_on comes from: given with the dump, on the page, or inferred.",
            values=("given", "page", "inferred"),
        ),
        _col("source", "VARCHAR", "The site the page is from."),
        _col("form", "VARCHAR", "The form the page was saved in.", values=FORMS),
        _col(
            "status",
            "VARCHAR",
            "extracted: its records are in the warehouse; quarantined: set aside, see reason.",
            required=True,
            values=("extracted", "quarantined"),
        ),
        _col("reason", "VARCHAR", "Why the dump was set aside and what to do; else NULL."),
        _col("n_records", "INTEGER", "Cards read from the dump.", required=True, minimum=0),
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
        _col("note", "VARCHAR", "Hash of the note (sidecar) beside the dump; NULL without one."),
        _col("segment", "VARCHAR", "The Parquet segment that holds the dump's records."),
        _col("extractor", "VARCHAR", "Version of the code that read it.", required=True),
    ),
    rules=(
        _NAMED_SOURCE,
        RuleSpec(
            name="line_ledger",
            holds=(
                "n_lines is null or status = 'quarantined' or n_lines = n_lines_blank"
                " + n_lines_card + n_lines_furniture + n_lines_unclaimed"
            ),
            message="every line is blank, part of a card, furniture, or an issue",
        ),
        RuleSpec(
            name="reason_given",
            holds="(status = 'quarantined') = (reason is not null)",
            message="a quarantined dump says why, an extracted one needs no reason",
        ),
        RuleSpec(
            name="declared_count",
            holds="n_declared is null or n_records >= n_declared",
            message="the page declares more papers than it lists (n_declared, n_records)",
            severity="warn",
        ),
    ),
)

PAGES = TableSpec(
    layer="staging",
    name="pages",
    description="What each page says about itself: whose page, declared counts, figures.",
    grain="one row per extracted dump",
    key=("dump_id",),
    columns=(
        _col("dump_id", "VARCHAR", "The dump, see raw.dumps.", references="raw.dumps.dump_id"),
        _col("source", "VARCHAR", "The site the page is from.", required=True),
        _col("page_subject", "VARCHAR", "The author whose page this is."),
        _col(
            "page_subject_basis",
            "VARCHAR",
            "stated: the page names its author; inferred: the name most of its cards share.",
            values=("stated", "inferred"),
        ),
        _col("page_subject_key", "VARCHAR", "The subject's name in ASCII words, for matching."),
        _col("declared_papers", "INTEGER", "How many papers the page says it lists."),
        _col("h_index", "INTEGER", "The author's h-index as the page shows it."),
        _col("citations", "INTEGER", "The author's citations as the page shows them."),
        _col("novelty_pct", "INTEGER", "Scholar Feed's novelty figure, in percent."),
        _col("ai_score", "INTEGER", "Scholar Feed's AI score of the author."),
        _col("n_author_rows", "INTEGER", "Arrow's count of author rows behind the name."),
        _col("query", "VARCHAR", "The search the page answers."),
        _col("page_month_day", "VARCHAR", "The day the page shows for itself, MM-DD, no year."),
    ),
    rules=(_NAMED_SOURCE,),
)

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
        _col("line_start", "INTEGER", "First line of the card.", required=True, minimum=1),
        _col("line_end", "INTEGER", "Last line of the card.", required=True, minimum=1),
        _col("raw_title", "VARCHAR", "The title's line as it stands in the dump.", required=True),
        _col("title", "VARCHAR", "The title with white space folded.", required=True),
        _col("title_key", "VARCHAR", "The title in ASCII words, for matching."),
        _col("raw_authors", "VARCHAR", "The author lines as they stand in the dump."),
        _col("n_authors_listed", "INTEGER", "Names the card shows.", required=True, minimum=0),
        _col("n_authors_total", "INTEGER", "Authors the paper has, where the card tells."),
        _col(
            "authors_complete",
            "BOOLEAN",
            "True: all named; false: none named or openly cut; NULL: may be cut silently.",
        ),
        _col("affiliations", "VARCHAR[]", "Affiliation slugs the card shows."),
        _col("organization", "VARCHAR", "The organisation shown in place of authors."),
        _col("abstract", "VARCHAR", "The abstract with white space folded."),
        _col("is_abstract_complete", "BOOLEAN", "False where the page cuts it; NULL: none shown."),
        _col("arxiv_id", "VARCHAR", "arXiv identifier without version, e.g. 2407.21783."),
        _col("arxiv_version", "INTEGER", "arXiv version number.", minimum=1),
        _col("doi", "VARCHAR", "DOI without resolver address."),
        _col("url", "VARCHAR", "Address of the paper the page links to."),
        _col("primary_category", "VARCHAR", "arXiv category as shown: LG or cs.LG."),
        _col("categories", "VARCHAR[]", "All arXiv categories as shown, the primary first."),
        _col("venue", "VARCHAR", "Conference or journal as shown."),
        _col("venue_type", "VARCHAR", "Kind of venue.", values=("conference", "journal")),
        _col(
            "record_type",
            "VARCHAR",
            "What the site says the paper is.",
            values=("conference_paper", "journal_article", "preprint"),
        ),
        _col(
            "published_date",
            "DATE",
            "The date the page gives for the paper; on arXiv the first version's.",
        ),
        _col("updated_date", "DATE", "Date of the latest version the page speaks of."),
        _col("announced_month", "VARCHAR", "Month of announcement on arXiv, YYYY-MM."),
        _col(
            "year",
            "INTEGER",
            "Year of published_date, or the venue's where only that is given.",
            minimum=1800,
            maximum=2200,
        ),
        _col(
            "is_year_inferred",
            "BOOLEAN",
            "True where the page omits the year and its other dates supplied it; NULL: no date.",
        ),
        _col("has_code", "BOOLEAN", "The card shows a code badge."),
        _col("ai_score", "DOUBLE", "Scholar Feed's score of the paper.", minimum=0, maximum=100),
        _col("n_comments", "INTEGER", "Comments shown.", minimum=0),
        _col("n_upvotes", "INTEGER", "Upvotes shown.", minimum=0),
        _col("comments", "VARCHAR", "The authors' comments line on arXiv."),
        _col("journal_ref", "VARCHAR", "The journal reference line on arXiv."),
        _col(
            "split_confidence",
            "DOUBLE",
            "How sure the parting of a glued title and author line is; NULL: nothing was glued.",
            minimum=0,
            maximum=1,
        ),
        _col("flags", "VARCHAR[]", "What was odd or mended in this card, as short codes."),
    ),
    rules=(
        _NAMED_SOURCE,
        RuleSpec(
            name="lines_in_order",
            holds="line_start <= line_end",
            message="a card ends before it starts",
        ),
        RuleSpec(
            name="year_of_date",
            holds="published_date is null or year = year(published_date)",
            message="year differs from the date's year",
        ),
        RuleSpec(
            name="authors_add_up",
            holds="n_authors_total is null or n_authors_total >= n_authors_listed",
            message="more authors are listed than the paper has",
        ),
    ),
)

RECORD_AUTHORS = TableSpec(
    layer="staging",
    name="record_authors",
    description="Every author name on every card, in the order shown.",
    grain="one row per name in a record",
    key=("record_id", "author_order"),
    columns=(
        _col("record_id", "VARCHAR", "The card.", references="staging.records.record_id"),
        _col("author_order", "INTEGER", "Place in the list shown, from 1.", minimum=1),
        _col("raw_name", "VARCHAR", "The name as it stands in the dump.", required=True),
        _col("name", "VARCHAR", "The name without homonym number.", required=True),
        _col("homonym_id", "VARCHAR", "DBLP's four digits that tell equal names apart."),
        _col("name_key", "VARCHAR", "The name in ASCII words, for matching."),
    ),
)

ISSUES = TableSpec(
    layer="staging",
    name="issues",
    description="Whatever was not understood or looked wrong, with its lines.",
    grain="one row per issue",
    key=("dump_id", "issue_index"),
    columns=(
        _col("dump_id", "VARCHAR", "The dump, see raw.dumps.", references="raw.dumps.dump_id"),
        _col("issue_index", "INTEGER", "Place among the dump's issues, from 1.", minimum=1),
        _col("line_start", "INTEGER", "First line concerned; NULL: the whole dump."),
        _col("line_end", "INTEGER", "Last line concerned; NULL: the whole dump."),
        _col("kind", "VARCHAR", "Short code of what is wrong.", required=True),
        _col("message", "VARCHAR", "What is wrong and what to do, in words.", required=True),
        _col("text", "VARCHAR", "The text concerned, at most 500 characters."),
    ),
    rules=(
        RuleSpec(
            name="note_read",
            holds="kind <> 'bad_note'",
            message="a note beside a page cannot be read; see kind = 'bad_note' in issues",
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


class AuthorName(NamedTuple):
    """A name as a card shows it, and what it says.

    Attributes:
        raw_name: verbatim, e.g. `Fan Yang 0024`.
        name: without the homonym number, white space folded.
        homonym_id: DBLP's four digits, or None.
    """

    raw_name: str
    name: str
    homonym_id: str | None = None


class Record(NamedTuple):
    """One card. Fields are the columns of `staging.records` that a parser knows.

    Lines are 1-based and inclusive; `authors` holds the names shown, in order. A tuple, so that
    the cards of a page become columns by transposing them.
    """

    line_start: int
    line_end: int
    raw_title: str
    title: str
    raw_authors: str | None = None
    authors: tuple[AuthorName, ...] = ()
    n_authors_total: int | None = None
    authors_complete: bool | None = None
    affiliations: tuple[str, ...] = ()
    organization: str | None = None
    abstract: str | None = None
    is_abstract_complete: bool | None = None
    arxiv_id: str | None = None
    arxiv_version: int | None = None
    doi: str | None = None
    url: str | None = None
    primary_category: str | None = None
    categories: tuple[str, ...] = ()
    venue: str | None = None
    venue_type: str | None = None
    record_type: str | None = None
    published_date: date | None = None
    updated_date: date | None = None
    announced_month: str | None = None
    year: int | None = None
    is_year_inferred: bool | None = None
    has_code: bool | None = None
    ai_score: float | None = None
    n_comments: int | None = None
    n_upvotes: int | None = None
    comments: str | None = None
    journal_ref: str | None = None
    split_confidence: float | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFacts:
    """What a page says about itself; fields are columns of `staging.pages`."""

    page_subject: str | None = None
    page_subject_basis: str | None = None
    declared_papers: int | None = None
    h_index: int | None = None
    citations: int | None = None
    novelty_pct: int | None = None
    ai_score: int | None = None
    n_author_rows: int | None = None
    query: str | None = None
    page_month_day: str | None = None
    captured_on: date | None = None
    captured_on_basis: str | None = None


class Furniture(NamedTuple):
    """Lines of a page that carry no paper, and the name of what they are."""

    line_start: int
    line_end: int
    name: str


class Issue(NamedTuple):
    """Something a person should know. `unclaimed_lines` issues enter the line ledger."""

    kind: str
    message: str
    line_start: int | None = None
    line_end: int | None = None
    text: str | None = None


UNCLAIMED = "unclaimed_lines"


@dataclass(frozen=True, slots=True)
class ParseResult:
    """All that a site's parser found in one dump.

    Lines inside a record that an `unclaimed_lines` issue names count as unclaimed; non-blank
    lines in no record, furniture or issue become `unclaimed_lines` issues in extraction.
    """

    page: PageFacts
    records: tuple[Record, ...]
    furniture: tuple[Furniture, ...] = ()
    issues: tuple[Issue, ...] = field(default=())
