"""The sample corpus in `data/sample`: large and varied enough to show what papermart does."""

import html
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from helpers import (
    ROOT,
    SAMPLE,
    SHARED,
    needs_sample,
    needs_shared,
    rows,
    sample_warehouse,
    table,
)

pytestmark = needs_sample

# Every site in every text form that pages of it come in (LAYOUTS.md).
TEXT_FORMS = {
    ("scholar_feed", "spaced"),
    ("scholar_feed", "compact"),
    ("arrow", "spaced"),
    ("arrow", "compact"),
    ("arxiv_search", "spaced"),
    ("arxiv_search", "compact"),
    ("huggingface_papers", "spaced"),
    ("huggingface_papers", "compact"),
}


@pytest.fixture(scope="module")
def root():
    return sample_warehouse()


def test_it_has_dumps_records_papers_and_years_enough(root):
    papers = table(root, "marts.papers")
    assert len(table(root, "raw.dumps")) >= 8
    assert len(table(root, "staging.records")) >= 120
    assert len(papers) >= 70
    assert len({paper["year"] for paper in papers} - {None}) >= 8


def test_it_has_every_site_in_every_text_form(root):
    forms = {(dump["source"], dump["form"]) for dump in table(root, "raw.dumps")}
    assert forms >= TEXT_FORMS


def test_every_page_is_read_and_every_line_understood(root):
    for dump in table(root, "raw.dumps"):
        assert dump["status"] == "extracted", dump["reason"]
        assert dump["n_lines_unclaimed"] == 0, dump["path"]
        assert dump["n_records"] > 0


def test_at_least_twenty_papers_were_seen_on_several_sites(root):
    assert sum(paper["n_sources"] >= 2 for paper in table(root, "marts.papers")) >= 20


def test_no_paper_is_a_wrong_merge(root):
    """All records of a paper bear the same title, and no two papers the same arXiv identifier."""
    tables = f"{root}/tables"
    mixed = rows(
        f"select paper_id, list(distinct replace(title_key, ' ', '')) as keys"
        f" from '{tables}/marts/paper_records/*.parquet'"
        f" join '{tables}/staging/records/*.parquet' using (record_id)"
        f" group by paper_id having count(distinct replace(title_key, ' ', '')) > 1"
    )
    assert mixed == []
    shared = rows(
        f"select arxiv_id from '{tables}/marts/papers/*.parquet' where arxiv_id is not null"
        f" group by arxiv_id having count(*) > 1"
    )
    assert shared == []


def test_no_title_stands_for_two_papers(root):
    """Real papers: none of them shares its title with another, so none may be left apart."""
    twins = rows(
        f"select lower(title) as title, count(*) as n from '{root}/tables/marts/papers/*.parquet'"
        f" group by lower(title) having count(*) > 1"
    )
    assert twins == []


def test_every_record_is_in_exactly_one_paper(root):
    seen = [row["record_id"] for row in table(root, "marts.paper_records")]
    assert sorted(seen) == sorted(row["record_id"] for row in table(root, "staging.records"))
    papers = {row["paper_id"] for row in table(root, "marts.papers")}
    assert {row["paper_id"] for row in table(root, "marts.paper_records")} == papers


def test_every_value_of_a_paper_is_traced_to_a_record_of_it(root):
    records = {(row["paper_id"], row["record_id"]) for row in table(root, "marts.paper_records")}
    fields = table(root, "marts.paper_fields")
    assert {(row["paper_id"], row["record_id"]) for row in fields} <= records
    papers = {row["paper_id"]: row for row in table(root, "marts.papers")}
    for row in fields:
        value = papers[row["paper_id"]][row["field"]]
        shown = str(value).lower() if isinstance(value, bool) else str(value)
        assert shown == row["value"], row


def test_it_has_topics_and_trends_to_show(root):
    papers = {row["paper_id"] for row in table(root, "marts.papers")}
    tagged = {row["paper_id"] for row in table(root, "marts.paper_topics")}
    assert len(tagged) >= 0.8 * len(papers)
    assert len({row["topic_id"] for row in table(root, "marts.yearly_topic_trends")}) >= 30


@needs_shared
def test_nothing_of_the_shared_dumps_is_copied():
    """Abstracts are this project's own words: no long line or sentence stands in the real pages."""
    own = [*SAMPLE.iterdir(), *(ROOT / "tests" / "data").rglob("*.*")]
    real = [*SHARED.glob("raw/*.txt"), *SHARED.glob("pages/*.*")]
    assert len(own) > 60
    assert len(real) > 10
    assert long_texts(own) & long_texts(real) == set()


def long_texts(files: Iterable[Path]) -> set[str]:
    """The long lines and sentences of some files, without markup."""
    found: set[str] = set()
    for file in files:
        lines = html.unescape(file.read_text("utf-8")).split("\n")
        found.update(line.strip() for line in lines if len(line) >= 200)
        for line in lines:
            # A sentence, not a title: those are facts, and end without a full stop.
            found.update(re.findall(r'[^".<>\\]{80,}(?=\.(?:[\s"<]|$))', line))
    return {text for text in found if text.count(" ") >= 8 and not text.endswith(" et al")}
