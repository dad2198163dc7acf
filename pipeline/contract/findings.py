"""What a site's reader finds on a page: frozen values on their way to tables.

What belongs here: the values that pass from `sources` to `extraction`, each field with the
meaning that it has as a column. What does not: the columns that extraction adds, such as keys
and ids (`tables`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any, Literal, NamedTuple

Form = Literal["spaced", "compact", "html"]
FORMS = ("spaced", "compact", "html")
ListingKind = Literal["author", "search", "category", "daily"]
LISTING_KINDS = ("author", "search", "category", "daily")


class Column:
    """The meaning of a field as a column, and what must hold of its values.

    Args:
        description: the meaning in words.
        limits: `values`, `minimum`, `maximum` as in `specs.ColumnSpec`.
    """

    def __init__(self, description: str, **limits: Any) -> None:  # noqa: ANN401
        """Keep the words and limits; `tables` makes the column of them."""
        self.description = description
        self.limits: Mapping[str, Any] = MappingProxyType(limits)


class AuthorName(NamedTuple):
    """A name as a card shows it, and what it says.

    Attributes:
        raw_name: verbatim, e.g. `Fan Yang 0024`.
        name: without the homonym number, white space folded.
        homonym_id: DBLP's four digits, or None.
    """

    raw_name: Annotated[str, Column("The name as it stands in the dump.")]
    name: Annotated[str, Column("The name without homonym number.")]
    homonym_id: Annotated[str | None, Column("DBLP's four digits that tell equal names apart.")] = (
        None
    )


class Record(NamedTuple):
    """One card. Fields are the columns of `staging.records` that a reader fills.

    Lines are 1-based and inclusive; `authors` holds the names shown, in order. A tuple, so that
    the cards of a page become columns by transposing them.
    """

    line_start: Annotated[int, Column("First line of the card.", minimum=1)]
    line_end: Annotated[int, Column("Last line of the card.", minimum=1)]
    raw_title: Annotated[str, Column("The title's line as it stands in the dump.")]
    title: Annotated[str, Column("The title with white space folded.")]
    raw_authors: Annotated[str | None, Column("The author lines as they stand in the dump.")] = None
    authors: tuple[AuthorName, ...] = ()
    n_authors_total: Annotated[
        int | None, Column("Authors the paper has, where the card tells.")
    ] = None
    authors_complete: Annotated[
        bool | None,
        Column("True: all named; false: none named or openly cut; NULL: may be cut silently."),
    ] = None
    affiliations: Annotated[tuple[str, ...], Column("Affiliation slugs the card shows.")] = ()
    organization: Annotated[str | None, Column("The organisation shown in place of authors.")] = (
        None
    )
    abstract: Annotated[str | None, Column("The abstract with white space folded.")] = None
    is_abstract_complete: Annotated[
        bool | None, Column("False where the page cuts it; NULL: none shown.")
    ] = None
    arxiv_id: Annotated[
        str | None, Column("arXiv identifier without version, e.g. 2407.21783.")
    ] = None
    arxiv_version: Annotated[int | None, Column("arXiv version number.", minimum=1)] = None
    doi: Annotated[str | None, Column("DOI without resolver address.")] = None
    url: Annotated[str | None, Column("Address of the paper the page links to.")] = None
    primary_category: Annotated[str | None, Column("arXiv category as shown: LG or cs.LG.")] = None
    categories: Annotated[
        tuple[str, ...], Column("All arXiv categories as shown, the primary first.")
    ] = ()
    venue: Annotated[str | None, Column("Conference or journal as shown.")] = None
    volume: Annotated[str | None, Column("Volume of the journal, as shown.")] = None
    issue: Annotated[str | None, Column("Issue of the volume, as shown.")] = None
    pages: Annotated[str | None, Column("Pages, or the article's number, as shown.")] = None
    venue_type: Annotated[
        str | None, Column("Kind of venue.", values=("conference", "journal"))
    ] = None
    record_type: Annotated[
        str | None,
        Column(
            "What the site says the paper is.",
            values=("conference_paper", "journal_article", "preprint"),
        ),
    ] = None
    published_date: Annotated[
        date | None, Column("The date the page gives for the paper; on arXiv the first version's.")
    ] = None
    updated_date: Annotated[
        date | None, Column("Date of the latest version the page speaks of.")
    ] = None
    announced_month: Annotated[str | None, Column("Month of announcement on arXiv, YYYY-MM.")] = (
        None
    )
    year: Annotated[
        int | None,
        Column(
            "Year of published_date, or the venue's where only that is given.",
            minimum=1800,
            maximum=2200,
        ),
    ] = None
    is_year_inferred: Annotated[
        bool | None,
        Column(
            "True where the page omits the year and its other dates supplied it; NULL: no date."
        ),
    ] = None
    has_code: Annotated[bool | None, Column("The card shows a code badge.")] = None
    ai_score: Annotated[
        float | None, Column("Scholar Feed's score of the paper.", minimum=0, maximum=100)
    ] = None
    n_comments: Annotated[int | None, Column("Comments shown.", minimum=0)] = None
    n_upvotes: Annotated[int | None, Column("Upvotes shown.", minimum=0)] = None
    comments: Annotated[str | None, Column("The authors' comments line on arXiv.")] = None
    journal_ref: Annotated[str | None, Column("The journal reference line on arXiv.")] = None
    split_confidence: Annotated[
        float | None,
        Column(
            "How sure the split of a glued title and author line is; NULL: nothing was glued.",
            minimum=0,
            maximum=1,
        ),
    ] = None
    flags: Annotated[
        tuple[str, ...], Column("What was odd or repaired in this card, as short codes.")
    ] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFacts:
    """What a page says about itself; fields are columns of `staging.pages`."""

    page_subject: Annotated[str | None, Column("The author whose page this is.")] = None
    page_subject_basis: Annotated[
        str | None,
        Column(
            "stated: the page names its author; inferred: the name most of its cards share.",
            values=("stated", "inferred"),
        ),
    ] = None
    declared_papers: Annotated[int | None, Column("How many papers the page says it lists.")] = None
    h_index: Annotated[int | None, Column("The author's h-index as the page shows it.")] = None
    citations: Annotated[int | None, Column("The author's citations as the page shows them.")] = (
        None
    )
    novelty_pct: Annotated[int | None, Column("Scholar Feed's novelty figure, in percent.")] = None
    ai_score: Annotated[int | None, Column("Scholar Feed's AI score of the author.")] = None
    n_author_rows: Annotated[
        int | None, Column("Arrow's count of author rows behind the name.")
    ] = None
    query: Annotated[str | None, Column("The search the page answers.")] = None
    listing_kind: Annotated[
        str | None,
        Column(
            "What the page lists: an author's papers, a search's, a category's, those of days; "
            "NULL: the page does not say, or is no list.",
            values=LISTING_KINDS,
        ),
    ] = None
    listing_subject: Annotated[
        str | None,
        Column("Whose papers, of which search or category; NULL where listing_kind is."),
    ] = None
    page_month_day: Annotated[
        str | None, Column("The day the page shows for itself, MM-DD, no year.")
    ] = None
    captured_on: date | None = None
    captured_on_basis: str | None = None


class Furniture(NamedTuple):
    """Lines of a page that carry no paper, and the name of what they are."""

    line_start: int
    line_end: int
    name: str


class Issue(NamedTuple):
    """Something a person should know. `unclaimed_lines` issues enter the line ledger."""

    kind: Annotated[str, Column("Short code of what is wrong.")]
    message: Annotated[str, Column("What is wrong and what to do, in words.")]
    line_start: Annotated[int | None, Column("First line concerned; NULL: the whole dump.")] = None
    line_end: Annotated[int | None, Column("Last line concerned; NULL: the whole dump.")] = None
    text: Annotated[str | None, Column("The text concerned, at most 500 characters.")] = None


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
