"""Nothing that was read is lost: each value of each card stands in a mart, with its card."""

from helpers import needs_sample, sample_warehouse, table

from pipeline.contract.findings import Record

# Where the marts have each field of a card, by the field of `paper_values`.
CARRIED = {
    "title": "title",
    "authors": "authors",
    "n_authors_total": "n_authors",
    "affiliations": "affiliations",
    "organization": "organization",
    "abstract": "abstract",
    "arxiv_id": "arxiv_id",
    "arxiv_version": "arxiv_version",
    "doi": "doi",
    "url": "url",
    "primary_category": "primary_category",
    "categories": "categories",
    "venue": "venue",
    "volume": "volume",
    "issue": "issue",
    "pages": "pages",
    "venue_type": "venue_type",
    "record_type": "record_type",
    "published_date": "published_date",
    "updated_date": "updated_date",
    "announced_month": "announced_month",
    "year": "year",
    "has_code": "has_code",
    "ai_score": "ai_score",
    "n_comments": "n_comments",
    "n_upvotes": "n_upvotes",
    "comments": "comments",
    "journal_ref": "journal_ref",
}
# How a value was read, and of which lines: that stands in staging, under the same record_id.
HOW_READ = {
    *("line_start", "line_end", "raw_title", "raw_authors", "authors_complete"),
    *("is_abstract_complete", "is_year_inferred", "split_confidence", "flags"),
}
# The marts have their normal form: cs.LG for LG; a list that repeats itself counts once.
NORMAL_FORM = {"primary_category", "categories", "venue", "venue_type", "n_authors_total"}


def test_each_field_of_a_card_has_its_place():
    assert set(Record._fields) == CARRIED.keys() | HOW_READ


@needs_sample
def test_each_value_of_each_card_of_the_sample_is_there():
    shown: dict[tuple[str, str], set[str]] = {}
    for row in table(sample_warehouse(), "marts.paper_values"):
        shown.setdefault((row["record_id"], row["field"]), set()).add(row["value"])
    names: dict[str, list[str]] = {}
    for row in table(sample_warehouse(), "staging.record_authors"):
        names.setdefault(row["record_id"], []).append(row["name"])
    n_found = 0
    for card in table(sample_warehouse(), "staging.records"):
        if card["is_held_back"]:
            continue
        listed = names.get(card["record_id"])
        card["authors"] = "; ".join(listed) if listed else None
        for field, carried in CARRIED.items():
            values = card[field] if isinstance(card[field], list) else [card[field]]
            found = shown.get((card["record_id"], carried), set())
            if field in NORMAL_FORM:
                assert found or not [v for v in values if v is not None], (card, field)
                continue
            for value in values:
                n_found += value is not None
                assert value is None or as_text(value) in found, (card, field)
    assert n_found > 1_000


def as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
