"""The papers on the report's page: all, packed small; the newest for readers without scripts."""

import json
import re
import shutil
from pathlib import Path

import pytest
from helpers import asked, needs_sample, sample_report, sample_warehouse, written
from selectolax.lexbor import LexborHTMLParser

from pipeline.outputs.report import paper_list as papers_on_page
from pipeline.outputs.report.page import write_report
from pipeline.outputs.report.paper_list import AT_A_TIME, paper_list
from pipeline.storage.published_file import open_published

pytestmark = needs_sample

ORDER = "year desc nulls last, published_date desc nulls last, title, paper_id"


@pytest.fixture(scope="module")
def version() -> Path:
    return (sample_warehouse() / "warehouse.duckdb").resolve()


@pytest.fixture(scope="module")
def html() -> LexborHTMLParser:
    return LexborHTMLParser(sample_report().read_text("utf-8"))


@pytest.fixture(scope="module")
def data(html) -> dict:
    return json.loads(html.css_first("#papers-data").text())


def test_every_paper_is_there_the_most_recent_first(data, version):
    papers = data["papers"]
    expected = asked(version, f"select paper_id, title, year from papers order by {ORDER}")
    assert list(zip(papers["id"], papers["title"], papers["year"], strict=True)) == expected


def test_what_is_packed_is_what_the_tables_say(data, version):
    papers = data["papers"]
    for n, paper_id in enumerate(papers["id"]):
        people = [data["people"]["person"][at] for at in papers["people"][n]]
        ((ids, names),) = asked(
            version,
            "select list(author_id order by author_order nulls last, author_name, author_id), "
            "list(author_name order by author_order) filter (where author_order is not null) "
            "from authorships where paper_id = ?",
            paper_id,
        )
        assert [data["persons"]["id"][person] for person in people] == (ids or [])
        listed = papers["people"][n][: papers["n_listed"][n]]
        assert [data["people"]["name"][at] for at in listed] == (names or [])
        ((found, link, venue),) = asked(
            version, "select topics, link, venue from papers where paper_id = ?", paper_id
        )
        topics = [data["topics"][at] for at in papers["topics"][n]]
        assert topics[: papers["n_topics"][n]] == (found or [])
        sql = "select topic from paper_topics join topics using (topic_id) where paper_id = ?"
        assert sorted(topics) == sorted(topic for (topic,) in asked(version, sql, paper_id))
        prefix = papers["prefix"][n]
        assert (None if prefix < 0 else data["prefix"][prefix] + papers["rest"][n]) == link
        place = papers["venue"][n]
        assert (None if place < 0 else data["venue"]["name"][place]) == venue
        numbers = papers["places"][n]
        seen = [
            (data["pages"]["path"][page], data["pages"]["site"][page], first, last)
            for page, first, last in zip(*(numbers[at::3] for at in range(3)), strict=True)
        ]
        sql = "select path, source, line_start, line_end from paper_records where paper_id = ?"
        assert sorted(seen) == sorted(asked(version, sql, paper_id))


def test_a_person_has_the_name_that_authors_gives(data, version):
    names = dict(asked(version, "select author_id, author_name from authors"))
    first: dict[int, str] = {}
    for person, name in zip(data["people"]["person"], data["people"]["name"], strict=True):
        first.setdefault(person, name)
    persons = zip(data["persons"]["id"], data["persons"]["name"], strict=True)
    shown = {key: name or first[n] for n, (key, name) in enumerate(persons)}
    assert shown == names


def test_without_scripts_the_newest_stand_there_and_the_page_says_so(html, version):
    rows = html.css("#papers-table tbody tr")
    expected = asked(
        version, f"select title, year, link from papers order by {ORDER} limit {AT_A_TIME}"
    )
    for row, (title, year, link) in zip(rows, expected, strict=True):
        assert row.css_first("th").text().startswith(title)
        assert row.css("td")[1].text() == str(year)
        leading = [a.attributes["href"] for a in row.css("th > a")]
        assert leading == ([link] if link else [])
        assert re.search(r"\.(txt|html), \d+", row.css("td")[3].text())
    ((n_papers,),) = asked(version, "select count(*) from papers")
    said = html.css_first("#papers-said").text()
    assert said.startswith(f"The newest {AT_A_TIME} of {n_papers} papers.")
    assert "JavaScript" in said


def test_limits_of_papers_lead_to_them(html):
    rows = {row.css_first("th").text(): row for row in html.css("#limits tbody tr")}
    of_papers = [row for name, row in rows.items() if name.startswith("papers")]
    assert len(of_papers) >= 5
    assert all(row.css_first("td a[data-papers]") for row in of_papers)


def test_beyond_the_most_the_older_papers_are_counted_and_told(version, tmp_path, monkeypatch):
    monkeypatch.setattr(papers_on_page, "MOST_PAPERS", 100)
    write_report(version, tmp_path / "r.html")
    page = LexborHTMLParser((tmp_path / "r.html").read_text("utf-8"))
    data = json.loads(page.css_first("#papers-data").text())
    ids = asked(version, f"select paper_id from papers order by {ORDER} limit 100")
    assert data["papers"]["id"] == [paper_id for (paper_id,) in ids]
    ((n_papers,),) = asked(version, "select count(*) from papers")
    told = page.css_first("#papers + p").text()
    assert f"The newest 100 of {n_papers} papers are on this page" in told
    assert f"of the {n_papers - 100} others" in told
    assert "papermart export papers" in told


def test_a_link_that_a_browser_would_run_leads_nowhere(version, tmp_path):
    file = written(
        Path(shutil.copy(version, tmp_path / "changed.duckdb")),
        "update papers set link = 'javascript:alert(1)'",
    )
    with open_published(file) as engine:
        listed = paper_list(engine)
    assert {paper.link for paper in listed.newest} == {None}
    assert "javascript:" not in listed.data
