"""The fifteen questions of docs/questions.md: each is one query, runs, and answers what it asks."""

import re
from collections import Counter

import pytest
from helpers import ROOT, asked, sample_warehouse

DOCS = (ROOT / "docs/questions.md").read_text("utf-8")
QUESTIONS = {
    int(number): (title, re.findall(r"```sql\n(.*?)```", body, re.DOTALL))
    for number, title, body in re.findall(
        r"^## (\d+)\. (.*?)\n(.*?)(?=^## |\Z)", DOCS, re.MULTILINE | re.DOTALL
    )
}
# The sample has one version, so nothing is new in it since the one before.
WITHOUT_ROWS = {8}


def ask(sql: str) -> list[tuple]:
    return asked(sample_warehouse() / "warehouse.duckdb", sql)


def answer(number: int) -> list[tuple]:
    (sql,) = QUESTIONS[number][1]
    return ask(sql)


@pytest.fixture(scope="module")
def papers() -> dict[str, dict]:
    """The papers by id, with the persons and topics of each, read one table at a time."""
    columns = ("paper_id", "title", "abstract", "year", "venue", "has_code", "n_upvotes")
    rows = ask(f"select {', '.join(columns)} from papers")
    found = {row[0]: dict(zip(columns, row, strict=True)) for row in rows}
    names = {i: (i, name) for i, name in ask("select author_id, author_name from authors")}
    topics = {
        t: (topic, level) for t, topic, level in ask("select topic_id, topic, level from topics")
    }
    for paper in found.values():
        paper |= {"authors": set(), "topics": set()}
    for paper_id, author_id in ask("select paper_id, author_id from authorships"):
        found[paper_id]["authors"].add(names[author_id])
    for paper_id, topic_id in ask("select paper_id, topic_id from paper_topics"):
        found[paper_id]["topics"].add(topics[topic_id])
    return found


def names(paper: dict) -> set[str]:
    return {name for _, name in paper["authors"]}


def test_there_are_fifteen_each_one_query():
    assert list(QUESTIONS) == list(range(1, 16))
    assert all(title.endswith("?") and len(sql) == 1 for title, sql in QUESTIONS.values())


@pytest.mark.parametrize("number", QUESTIONS)
def test_each_is_answered(number):
    assert bool(answer(number)) != (number in WITHOUT_ROWS)


def test_the_top_of_a_topic_wrote_as_many_as_are_counted_by_hand(papers):
    by_year: dict[int, Counter] = {}
    for paper in papers.values():
        if ("Language models", "area") in paper["topics"] and (paper["year"] or 0) >= 2021:
            by_year.setdefault(paper["year"], Counter()).update(paper["authors"])
    expected = Counter(
        (year, name, n)
        for year, counted in by_year.items()
        for (_, name), n in counted.items()
        if sum(other > n for other in counted.values()) < 3
    )
    assert Counter((year, name, n) for year, name, n, _ in answer(1)) == expected


def test_the_papers_of_a_person_and_of_two(papers):
    duan = {p["title"] for p in papers.values() if "Nan Duan" in names(p)}
    both = {p["title"] for p in papers.values() if {"Nan Duan", "Weizhu Chen"} <= names(p)}
    assert len(duan) >= len(both) >= 2
    assert {title for _, title, *_ in answer(2)} == duan
    assert {title for _, title, *_ in answer(3)} == both


def test_the_coauthors_of_a_person(papers):
    counted = Counter(name for p in papers.values() if "Nan Duan" in names(p) for name in names(p))
    del counted["Nan Duan"]
    assert {name: n for name, n, *_ in answer(4)} == counted


def test_new_topics_have_no_paper_of_an_earlier_year(papers):
    last = max(p["year"] for p in papers.values() if p["year"])
    assert answer(5)
    for topic, *_ in answer(5):
        years = [p["year"] for p in papers.values() if topic in {t for t, _ in p["topics"]}]
        assert min(year for year in years if year) == last


def test_a_topic_at_a_venue(papers):
    counted = Counter(
        (topic, p["venue"], p["year"])
        for p in papers.values()
        for topic, level in p["topics"]
        if level == "field" and p["venue"] and p["year"]
    )
    assert {(topic, venue, year): n for topic, venue, year, n in answer(6)} == counted


def test_a_trend_is_told_with_its_shares_and_interval(papers):
    of_topic = Counter(
        p["year"] for p in papers.values() if ("Language models", "area") in p["topics"]
    )
    for year, n_papers, n_all, share, low, high, *_ in answer(7):
        assert n_papers == of_topic[year]
        if n_all:
            assert low <= share <= high
            assert share == pytest.approx(n_papers / n_all, abs=0.001)


def test_votes_affiliations_and_code(papers):
    votes = sorted(
        (p["n_upvotes"] for p in papers.values() if p["n_upvotes"] is not None), reverse=True
    )
    assert [n for _, n, *_ in answer(9)] == votes[:20]
    assert sum(n for _, n, *_ in answer(10)) == len(ask("select * from paper_affiliations"))
    code = {year: (yes, no, unknown) for year, yes, no, unknown, _ in answer(11)}
    for place, known in enumerate((True, False, None)):
        n = sum(p["has_code"] is known for p in papers.values())
        assert sum(counts[place] for counts in code.values()) == n


def test_coverage_disagreements_and_pages_that_need_a_look(papers):
    years = Counter(p["year"] for p in papers.values() if p["year"])
    assert {year: n for year, n, *_ in answer(12) if n} == years
    fields = Counter(field for _, field, *_ in answer(13))
    known = ask("select field, count(*) from paper_fields where n_conflict > 0 group by field")
    assert fields["year"] == dict(known)["year"]
    assert {path for path, *_ in answer(14)} == {
        path
        for (path,) in ask("select path from dumps where dump_id in (select dump_id from issues)")
    }


def test_words_are_found_in_titles_and_abstracts(papers):
    texts = {p["title"]: f"{p['title']} {p['abstract']}".lower() for p in papers.values()}
    expected = {t for t, text in texts.items() if "language model" in text and "reward" in text}
    assert {title for title, *_ in answer(15)} == expected
    assert expected
