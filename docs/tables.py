"""Writes docs/tables.md: every table and view of the published file, as its description says.

    python docs/tables.py           # writes the page
    python docs/tables.py --check   # exit code 1 if the page is not as it would be written

What belongs here: the order in which people meet the tables, and the page's shape. What does not:
what a table or a column means, which stands once, beside its SELECT or in `pipeline/contract`.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.contract.specs import LAYERS, TableSpec
from pipeline.models.catalogue import all_specs
from pipeline.models.views import view_specs
from pipeline.outputs.export import exportable

PAGE = Path(__file__).with_name("tables.md")
# Each table of the published file stands under one heading, in this order.
GROUPS = {
    "Papers": (
        *("papers", "paper_relations", "paper_affiliations", "paper_novelty"),
        *("paper_ids", "paper_id_history"),
    ),
    "People": (
        *("authors", "authorships", "author_papers", "author_mentions", "coauthors"),
        *("coauthorships", "author_years", "author_topics", "author_ids", "author_id_history"),
    ),
    "Topics": (
        *("topics", "topic_papers", "paper_topics", "untagged_papers", "topic_pairs"),
        *("topic_first_seen", "emerging_phrases"),
    ),
    "Years and trends": (
        *("yearly_topic_trends", "monthly_topic_trends", "yearly_source_topic_trends"),
        *("yearly_venue_trends", "yearly_category_trends", "yearly_team_sizes"),
    ),
    "What was collected": (
        *("listings", "yearly_coverage", "yearly_source_coverage", "yearly_listing_coverage"),
        *("dumps", "pages", "pages_to_check", "issues"),
    ),
    "Where a value comes from": (
        *("paper_records", "paper_fields", "paper_values", "disagreements"),
        *("matches", "review_queue", "overrides"),
    ),
    "This version": ("build_info", "changes", "guardrails"),
}
_LAYERS = {
    "raw": "the saved pages and the corrections, as found",
    "reference": "what people wrote down and training fitted: topics, weights, venues",
    "staging": "what each page shows, card by card",
    "linkage": "which cards are one paper, and which value of a field is taken",
    "people": "whose the names in lists of authors are",
}
_HEAD = """# The tables

Written by `python docs/tables.py` from the descriptions of the tables; the same words are the
comments of the published file (`select column_name, comment from duckdb_columns() where table_name
= 'papers'`). Unknown is always NULL. Views, marked so, join what belongs together and hold no rows
of their own.

Before you quote:

- `year` is the first publication's (see `papers.year_basis`). Years that were not over when most of
  their pages were saved are marked partial, and a verdict counts a year only in listings for which
  it was over.
- A name may be several persons; `author_id` says which, as sure as `identity_level` says
  ([people.md](people.md)).
- Pages often cut lists of authors (`papers.authors_complete`): arXiv shows 25 of the 561 authors of
  Llama 3, and tells that there are 536 more. Where a site cuts in silence, the teams whose size is
  known are the small ones.
- Scores, upvotes and comments are the latest sighting's, never a sum; `papers.signals_seen_on` is
  their day.
"""


def page() -> str:
    """Return the page as Markdown.

    Raises:
        ValueError: a table of the published file stands under no heading, or one is not there.
    """
    known = exportable()
    grouped = [name for names in GROUPS.values() for name in names]
    if wrong := sorted(known.keys() ^ set(grouped)):
        raise ValueError(
            f"{', '.join(wrong)}: put each table and view of sql/ under one heading of GROUPS in "
            "docs/tables.py, and take out those that are gone"
        )
    views = {spec.name for spec in view_specs()}
    parts = [_HEAD, "\n".join(_contents())]
    for heading, names in GROUPS.items():
        parts.append(f"## {heading}\n")
        parts += ["\n".join(_table(known[name], is_view=name in views)) for name in names]
    parts.append("\n".join(_layers(all_specs().values())))
    return "\n".join(parts)


def _contents() -> Iterator[str]:
    yield "| | tables and views |\n|---|---|"
    for heading, names in GROUPS.items():
        yield f"| {heading} | {' '.join(f'[`{name}`](#{name})' for name in names)} |"
    yield ""


def _table(spec: TableSpec, *, is_view: bool) -> Iterator[str]:
    kind = "View, one" if is_view else "One"
    key = ", ".join(f"`{name}`" for name in spec.key)
    yield f"### {spec.name}\n"
    yield f"{spec.description} {kind}{spec.grain.removeprefix('one')}; key {key}.\n"
    yield "| column | type | meaning |\n|---|---|---|"
    for column in spec.columns:
        yield f"| `{column.name}` | {column.type} | {_cell(column.description)} |"
    yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _layers(specs: Iterable[TableSpec]) -> Iterator[str]:
    specs = list(specs)
    yield "## Before the marts\n"
    yield "Parquet in `data/warehouse/tables/<layer>/<table>/`, not in the published file.\n"
    for layer in LAYERS[:-1]:
        yield f"**{layer}**: {_LAYERS[layer]}.\n"
        yield "| table | a row is | holds |\n|---|---|---|"
        for spec in specs:
            if spec.layer == layer:
                a_row = spec.grain.removeprefix("one row per ")
                yield f"| `{spec.full_name}` | {a_row} | {_cell(spec.description)} |"
        yield ""


def main() -> None:
    """Write the page, or check that it is as it would be written."""
    try:
        text = page()
    except ValueError as error:
        sys.exit(f"error: {error}")
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(text, "utf-8")
    elif not PAGE.exists() or PAGE.read_text("utf-8") != text:
        sys.exit("docs/tables.md is not what the descriptions say; run `python docs/tables.py`")


if __name__ == "__main__":
    main()
