"""Nothing that was read is lost: each value of each card stands in a mart, with its card."""

import re

from helpers import (
    MORNING,
    arrow_page,
    asked,
    make_only,
    needs_sample,
    put,
    sample_warehouse,
    table,
)

from pipeline.builds.run import build
from pipeline.contract.findings import Record
from pipeline.storage.warehouse import Warehouse

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


def test_another_spelling_of_a_value_is_no_disagreement(tmp_path, monkeypatch):
    """Beside a title that differs in more, the capitals of a card that agrees stood as another."""
    authors = ["Ann Lee", "Bo Chen", "Cy Roy"]

    def page(subject: str, *titles: str) -> str:
        said = arrow_page(subject, [(title, authors, 2021) for title in titles])
        return re.sub("We look at .* and find", "We fly kites and find", said)

    kites = "Language Models That Fly Kites"
    raw = put(
        tmp_path / "raw",
        {
            "ann.txt": page("Ann Lee", kites.upper(), kites),
            "bo.txt": page("Bo Chen", "Language Models That Fly Kite", kites),
        },
    )
    make_only(monkeypatch, "marts.papers", "marts.paper_values", "marts.paper_records")
    house = Warehouse(tmp_path / "w")
    build(raw, house, now=MORNING)
    fields = asked(
        house.published, "select n_agree, n_conflict from paper_fields where field = 'title'"
    )
    assert fields == [(3, 1)]
    sql = "select value_not_taken, n_records, path from disagreements where field = 'title'"
    assert asked(house.published, sql) == [("Language Models That Fly Kite", 1, "bo.txt")]
    agreeing = (
        "select value, count(*) from paper_values where field = 'title' and agrees group by 1"
    )
    assert dict(asked(house.published, agreeing)) == {kites: 2, kites.upper(): 1}
    (counted,) = asked(
        house.published,
        "select count(*), count(case when n_conflict = n_others then 1 end) from paper_fields "
        "left join (select paper_id, field, sum(n_records) as n_others from disagreements group by "
        "all) using (paper_id, field) where n_conflict > 0",
    )
    assert counted[0] == counted[1] >= 1, "as many stand there as are counted"
