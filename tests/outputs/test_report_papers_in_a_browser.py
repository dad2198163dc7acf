"""A reader goes from a figure to its papers, searches, sorts, chooses and takes files home."""

import csv
import io
import re
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from helpers import asked, needs_sample, sample_report, sample_warehouse, written
from test_report_in_a_browser import PHONE, browser, opened  # noqa: F401 (a fixture)

from pipeline.outputs.report.page import write_report

pytestmark = [needs_sample, pytest.mark.slow]


@pytest.fixture(scope="module")
def version() -> Path:
    return (sample_warehouse() / "warehouse.duckdb").resolve()


@pytest.fixture(scope="module")
def reader(browser):  # noqa: F811
    """The report as one reader has it open, what it said, and what it asked for."""
    with opened(browser, sample_report()) as found:
        yield found


def said(page) -> str:
    return page.locator("#papers-said").inner_text()


def follow(page, link) -> None:
    """Click what changes the address; return when the page has heard of it.

    Browsers tell a page of its new address a moment after the click has ended.
    """
    page.evaluate(
        """() => { window.heard = new Promise((done) =>
             window.addEventListener("hashchange", () => done(), { once: true })); }"""
    )
    link.click()
    page.evaluate("() => window.heard")


def open_choice(page, choice: str) -> None:
    """Open the report anew with a choice in its address: read before the page is there."""
    report = page.url.partition("#")[0]
    page.goto("about:blank")
    page.goto(f"{report}#papers?{choice}")


def titles(page) -> list[str]:
    """Return all titles of the choice, however many are shown."""
    while page.locator("#papers-more").is_visible():
        page.locator("#papers-more").click()
    heads = page.locator("#papers-table tbody th")
    return heads.evaluate_all("all => all.map(th => th.firstChild.textContent.trim())")


def of_query(version: Path, sql: str, *parameters: object) -> list[str]:
    return [title for (title,) in asked(version, sql, *parameters)]


ORDER = "order by year desc nulls last, published_date desc nulls last, title, paper_id"
OF_TOPIC = """
    select title from papers where paper_id in (
        select paper_id from paper_topics join topics using (topic_id) where topic = ?
    )"""


def test_a_topic_leads_to_exactly_its_papers(reader, version):
    page, noise, _ = reader
    page.locator("#largest-topics summary").first.click()
    link = page.locator("#largest-topics td.number a").first
    row = page.locator("#largest-topics tbody tr").first
    topic, n = row.locator("th").inner_text(), int(link.inner_text())
    follow(page, link)
    assert said(page).startswith(f"Showing 25 of {n} papers")
    assert f"topic: {topic}" in said(page)
    assert page.evaluate("document.activeElement.id") == "papers"
    assert page.locator("#papers-topic").input_value() == topic
    found = titles(page)
    assert len(found) == n
    assert found == of_query(version, f"{OF_TOPIC} {ORDER}", topic)
    assert noise == []


def test_every_number_that_is_a_link_is_the_number_of_papers_it_leads_to(reader):
    """Cells of tables, cards, and marks of charts; `papers` of a mark is what its tip shows."""
    page, noise, _ = reader
    checked = page.evaluate(
        """async () => {
             const told = async (choice) => {
               const came = new Promise((done) =>
                 window.addEventListener("hashchange", done, { once: true }));
               history.replaceState(null, "", "#");
               location.hash = `#papers?${choice}`;
               await came;
               return document.getElementById("papers-said").textContent;
             };
             const found = [];
             const links = "td.number a[data-papers], dd a[data-papers]";
             for (const a of document.querySelectorAll(links))
               found.push([a.textContent, a.dataset.papers, await told(a.dataset.papers)]);
             for (const chart of document.querySelectorAll("[data-marks]")) {
               const spec = JSON.parse(chart.querySelector("script").textContent);
               const marks = JSON.parse(chart.dataset.marks);
               for (const layer of spec.layer)
                 for (const value of (layer.data ?? spec.data).values) {
                   const choice = marks[value.label ?? value.when ?? value.year];
                   if ("papers" in value)
                     found.push([`${value.papers}`, choice, await told(choice)]);
                 }
             }
             return found;
           }"""
    )
    assert len(checked) > 500
    asked_for = {choice.split("=")[0] for _, choice, _ in checked}
    assert asked_for >= {"topic", "site", "listing", "year", "venue", "venue_shown", "category"}
    assert asked_for >= {"person", "is", "sort"}
    for number, choice, told in checked:
        first = number.split()[0].replace(",", "")
        shown = told.split(" paper")[0].split()[-1].replace(",", "")
        assert shown == first, (number, choice, told)
    assert noise == []


def test_a_mark_of_a_chart_leads_to_its_papers(reader):
    page, noise, _ = reader
    follow(page, page.locator("#papers-by-site-1 .live svg .mark-rect path").last)
    assert "site" in said(page) or "year" in said(page)
    assert "year: 20" in said(page)
    assert noise == []


def test_words_are_found_whatever_their_accents_and_case(browser, version, tmp_path):  # noqa: F811
    file = written(
        Path(shutil.copy(version, tmp_path / "changed.duckdb")),
        "update papers set title = 'Über Größe and Łódź' where title like 'MemLong%'",
    )
    write_report(file, tmp_path / "r.html")
    with opened(browser, tmp_path / "r.html") as (page, noise, _):
        for typed in ("uber grosse", "GRÖSSE lodz", "łódź über"):
            page.locator("#papers-q").fill(typed)
            assert titles(page) == ["Über Größe and Łódź"]
        page.locator("#papers-q").fill("lodz nothing")
        assert said(page).startswith("Showing 0 papers")
        page.locator("#papers-q").fill("")
        page.locator("#papers-q").press_sequentially("sinong wang")
        sql = """
            with texts as (
                select lower(concat_ws(' ', title, string_agg(author_name, ' '))) as words
                from papers left join authorships using (paper_id)
                group by paper_id, title
            )
            select count(*) from texts
            where contains(words, 'sinong') and contains(words, 'wang')"""
        ((n,),) = asked(file, sql)
        assert said(page).startswith(f"Showing 25 of {n} papers")
        assert noise == []


def test_choices_add_up_and_can_be_taken_back_one_by_one(reader, version):
    page, _, _ = reader
    open_choice(page, "sort=-year")
    page.locator("#papers-topic").select_option("Large language models")
    page.locator("#papers-year").select_option("2024")
    page.locator("#papers-site").select_option("arxiv_search")
    sql = f"{OF_TOPIC} and year = 2024 and list_contains(sources, 'arxiv_search') {ORDER}"
    assert titles(page) == of_query(version, sql, "Large language models")
    page.wait_for_url(re.compile("site=arxiv_search"))
    # The address is enough to see the same again.
    address, before = page.url, said(page)
    page.goto("about:blank")
    page.goto(address)
    assert said(page).partition(";")[2] == before.partition(";")[2]
    page.locator("#papers-clear").click()
    assert "all" in said(page)
    assert page.locator("#papers-clear").is_hidden()


def test_a_person_is_chosen_by_name_and_what_has_no_field_of_its_own_by_a_button(reader, version):
    page, _, _ = reader
    ((author_id, name, n),) = asked(
        version,
        "select author_id, author_name, n_papers from authors "
        "order by n_papers desc, n_first_author desc, author_name, author_id limit 1",
    )
    open_choice(page, "sort=-year")
    page.locator("#papers-person").press_sequentially(name[:6])
    suggested = page.locator("#papers-people option").evaluate_all("all => all.map(o => o.value)")
    # Where several bear the name, the id tells them apart.
    (label,) = {name, f"{name} ({author_id})"} & set(suggested)
    page.locator("#papers-person").fill(label)
    page.locator("#papers-person").press("Enter")
    assert f"of {n} papers" in said(page) or f"Showing {n} papers" in said(page)
    open_choice(page, "is=list_cut")
    chip = page.locator("#papers-chosen button")
    assert "only: author list cut" in chip.inner_text()
    chip.click()
    assert page.locator("#papers-chosen button").count() == 0
    assert author_id not in page.url


def test_papers_sort_by_keyboard_and_the_unknown_stay_last(reader):
    page, noise, _ = reader
    open_choice(page, "sort=-year")
    for key, place in (("title", 0), ("venue", 3)):
        head = page.locator(f"#papers-table th[data-sort={key}]")
        head.locator("button").focus()
        page.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == "ascending"
        assert f"sorted by {key}, ascending" in said(page)
        titles(page)
        cells = page.locator("#papers-table tbody tr").evaluate_all(
            "(rows, n) => rows.map(row => row.cells[n].firstChild.textContent.trim())", place
        )
        known = [cell for cell in cells if cell != "–"]
        assert cells == [*known, *["–"] * (len(cells) - len(known))]
        ordered = page.evaluate(
            "all => all.toSorted(new Intl.Collator('en', {numeric: true}).compare)",
            [cell.casefold() for cell in known],
        )
        assert [cell.casefold() for cell in known] == ordered
        head.locator("button").focus()
        page.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == "descending"
    assert page.locator("#papers-table th[aria-sort]").count() == 1
    assert noise == []


def saved(page, button) -> tuple[str, str]:
    with page.expect_download() as download:
        button.click()
    return download.value.suggested_filename, Path(download.value.path()).read_text("utf-8")


def test_figures_and_papers_are_taken_home_as_files(reader, version):
    page, noise, requests = reader
    build_id = asked(version, "select build_id from build_info")[0][0]
    open_choice(page, "topic=Large%20language%20models&year=2024")
    name, text = saved(page, page.locator("#papers-csv"))
    assert name == f"papermart-{build_id}-papers-chosen.csv"
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text[1:])))
    assert [row["title"] for row in rows] == titles(page)
    sql = "select array_to_string(authors, '; '), link from papers where paper_id = ?"
    for row in rows:
        ((authors, link),) = asked(version, sql, row["paper_id"])
        assert (row["authors"], row["link"]) == (authors or "", link or "")

    name, text = saved(page, page.locator("#coverage .download"))
    assert name == f"papermart-{build_id}-coverage.csv"
    assert text.startswith("\ufeffsite,n_pages,n_papers")
    rows = list(csv.DictReader(io.StringIO(text[1:])))
    shown = page.locator("#coverage tbody tr td:nth-child(3)").all_inner_texts()
    assert [row["n_papers"] for row in rows] == shown

    name, text = saved(page, page.locator("#topic-trends figure .download").first)
    assert name == f"papermart-{build_id}-topic-trends-1.svg"
    drawn = ET.fromstring(text)
    assert drawn.tag == "{http://www.w3.org/2000/svg}svg"
    assert "Share of papers on" in drawn[0].text
    assert "var(" not in text
    assert "currentColor" not in text
    assert noise == []
    assert [url for url in requests if not url.startswith(("file:", "blob:", "about:"))] == []


def test_what_a_spreadsheet_would_run_is_text_in_every_file(browser, version, tmp_path):  # noqa: F811
    file = written(
        Path(shutil.copy(version, tmp_path / "changed.duckdb")),
        "update papers set title = '=1+1, \"x\"' where title like 'MemLong%'",
        "update listings set subject = '=cmd()' where subject = 'Weizhu Chen'",
    )
    write_report(file, tmp_path / "r.html")
    with opened(browser, tmp_path / "r.html") as (page, _, _):
        page.locator("#papers-q").fill("=1+1")
        _, text = saved(page, page.locator("#papers-csv"))
        assert ',"\'=1+1, ""x""",' in text
        page.locator("#listings details summary").first.click()
        _, text = saved(page, page.locator("#listings .download"))
        assert ",'=cmd()," in text


def test_on_a_phone_no_column_of_a_paper_is_lost(browser):  # noqa: F811
    with opened(browser, sample_report(), PHONE) as (page, noise, _):
        page.locator("#papers").scroll_into_view_if_needed()
        row = page.locator("#papers-table tbody tr").first
        for cell in row.locator("th, td").all():
            box = cell.bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= PHONE["width"]
        assert page.locator("#papers-table th[data-sort] button").first.is_visible()
        assert noise == []


def test_without_scripts_links_of_figures_go_to_the_list(browser):  # noqa: F811
    with opened(browser, sample_report(), java_script_enabled=False) as (page, _, _):
        page.locator("#coverage td.number a").first.click()
        assert page.url.endswith("#papers")
        assert page.locator("#papers-choice").is_hidden()
        assert page.locator("#papers-table tbody tr").count() == 25
        assert page.locator("#papers-csv").is_hidden()
