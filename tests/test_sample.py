"""The sample corpus in `data/raw`: large and varied enough to show what papermart does."""

import pytest
from helpers import SAMPLE, needs_sample, rows, sample_warehouse, table

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


def test_nothing_of_the_shared_dumps_is_copied():
    """Abstracts are this project's own words: no long line stands in the real dumps."""
    shared = SAMPLE.parent.parent.parent / "shared" / "raw"
    if not shared.is_dir():
        pytest.skip(f"no real dumps in {shared} to compare with")
    real = "\n".join(file.read_text("utf-8") for file in sorted(shared.glob("*.txt")))
    for file in sorted(SAMPLE.glob("*.txt")):
        for line in file.read_text("utf-8").split("\n"):
            assert len(line) < 200 or line.strip() not in real, f"{file.name}: {line[:80]}"
