"""The report as a reader meets it: one file, in a real browser, with the network cut."""

import csv
import io
import json
import re
import shlex
import shutil
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest
from helpers import (
    assert_clean_failure,
    copy_of,
    needs_sample,
    papermart,
    put,
    sample_warehouse,
    scratch,
    small_build,
)
from selectolax.lexbor import LexborHTMLParser

from pipeline.build import build
from pipeline.errors import PipelineError
from pipeline.export import write_csv
from pipeline.report import page as report_page
from pipeline.report.figures import measured_accuracy
from pipeline.report.page import write_report
from pipeline.warehouse import Warehouse

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
MOST_BYTES = 3_000_000
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}

pytestmark = [needs_sample, pytest.mark.slow]


@pytest.fixture(scope="module")
def published() -> Path:
    return (sample_warehouse() / "warehouse.duckdb").resolve()


@pytest.fixture(scope="module")
def report(published) -> Path:
    target = scratch() / "report.html"
    write_report(published, target)
    return target


@pytest.fixture(scope="module")
def html(report) -> LexborHTMLParser:
    return LexborHTMLParser(report.read_text("utf-8"))


def changed(published: Path, folder: Path, *statements: str) -> Path:
    """Return a copy of a published file with some rows changed."""
    file = Path(shutil.copy(published, folder / "changed.duckdb"))
    with duckdb.connect(str(file)) as con:
        for statement in statements:
            con.execute(statement)
    return file


# ---------------------------------------------------------------- the file


def test_the_command_writes_the_same_small_file_every_time(report, tmp_path):
    done = papermart("report", "--to", tmp_path / "r.html", "--warehouse", sample_warehouse())
    assert done.returncode == 0, done.stderr
    assert str(tmp_path / "r.html") in done.stdout
    assert (tmp_path / "r.html").read_bytes() == report.read_bytes()
    assert report.stat().st_size < MOST_BYTES
    assert [path.name for path in tmp_path.iterdir()] == ["r.html"]


def test_every_figure_names_the_query_that_gives_its_rows(html, published):
    shown = {node.css_first("code").text(): node.parent for node in html.css("details.how")}
    assert len(shown) >= 12
    with duckdb.connect(str(published), read_only=True) as con:
        for command, block in shown.items():
            program, verb, sql, *options = shlex.split(command)
            # Between double quotes a shell would read these.
            assert not set('"$`\\') & set(sql)
            assert (program, verb, options) == ("papermart", "query", ["--format", "csv"])
            stream = io.StringIO()
            write_csv(con, sql, stream)
            rows = list(csv.DictReader(io.StringIO(stream.getvalue())))
            lines = block.css("tbody tr")
            if block.css_first("table"):
                assert len(lines) == len(rows), sql
            for row, line in zip(rows, lines, strict=False):
                numbers = {cell.attributes["data-key"] for cell in line.css("td.number")} - {""}
                assert numbers <= set(row.values()), sql


def test_headline_and_citation_are_those_of_the_build(html, published):
    with duckdb.connect(str(published), read_only=True) as con:
        build_id, n_papers = con.execute(
            "select build_id, (select count(*) from papers) from build_info"
        ).fetchone()
    assert html.css_first(".cards .value").text() == str(n_papers)
    assert build_id in html.css_first("title").text()
    assert f"@misc{{papermart-{build_id}," in html.css_first("#cite ~ pre").text()


def test_tables_and_charts_speak_to_screen_readers(html):
    assert html.css_first("html").attributes["lang"] == "en"
    assert html.css_first("a.skip").attributes["href"] == "#main"
    assert html.css_first("main#main")
    levels = [int(node.tag[1]) for node in html.css("h1, h2, h3")]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    for table in html.css("table"):
        assert table.css_first("caption").text().strip()
        assert {th.attributes.get("scope") for th in table.css("thead th")} == {"col"}
        assert {th.attributes.get("scope") for th in table.css("tbody th")} == {"row"}
    charts = html.css("[data-chart]")
    assert len(charts) >= 15
    for chart in charts:
        assert chart.attributes["role"] == "img"
        assert re.search(r"\d", chart.attributes["aria-label"])
        assert chart.css_first("svg.fallback")
    ids = [node.attributes["id"] for node in html.css("[id]")]
    assert len(ids) == len(set(ids))
    anchors = {node.attributes["href"][1:] for node in html.css("nav a")}
    assert anchors <= set(ids)


def test_a_year_that_is_not_over_is_hollow_dashed_and_in_no_line_of_full_years(html):
    specs = [json.loads(node.text()) for node in html.css("#topic-trends [data-chart] script")]
    assert specs
    for spec in specs:
        area, rule, line, points = spec["layer"]
        assert (area["mark"]["type"], rule["mark"]["type"]) == ("area", "rule")
        assert 2026 not in [value["year"] for value in area["data"]["values"]]
        assert 2026 in {value["year"] for value in rule["data"]["values"]}
        last = [value["state"] for value in line["data"]["values"] if value["year"] == 2026]
        assert set(last) == {"so far"}
        scale = points["encoding"]["fill"]["scale"]
        assert dict(zip(scale["domain"], scale["range"], strict=True))["so far"].startswith(
            "var(--paper"
        )
    assert (
        html.css_first("#topic-trends [data-chart]")
        .attributes["aria-label"]
        .endswith("2026 not over.")
    )


def test_trends_of_years_venues_categories_and_phrases_have_their_place(html):
    ids = {node.attributes["id"] for node in html.css("[id]")}
    assert ids >= {"years", "venue-trends", "category-trends"}
    assert html.css("#venue-trends [data-chart]")
    assert html.css("#category-trends [data-chart]")
    assert html.css("#years tbody tr")


def test_a_warehouse_without_papers_has_a_report_too(tmp_path):
    build(put(tmp_path / "raw", {}), Warehouse(tmp_path / "wh"))
    write_report(tmp_path / "wh" / "warehouse.duckdb", tmp_path / "r.html")
    page = LexborHTMLParser((tmp_path / "r.html").read_text("utf-8"))
    assert page.css_first(".cards .value").text() == "0"
    assert not page.css("[data-chart]")


# ---------------------------------------------------------------- faults


def test_faults_are_told_and_leave_the_last_report(published, tmp_path, monkeypatch):
    failed = papermart("report", "--warehouse", tmp_path / "none", "--to", tmp_path / "r.html")
    assert_clean_failure(failed, "nothing is published", "papermart build")
    with pytest.raises(PipelineError, match=r"is a folder; name a file"):
        write_report(published, tmp_path)
    (tmp_path / "r.html").write_text("the last good one", "utf-8")

    def full_disk(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipeline.warehouse.sync", full_disk)
    monkeypatch.setattr(report_page, "render", lambda _: "x")
    with pytest.raises(PipelineError, match="no space left on device"):
        write_report(published, tmp_path / "r.html")
    assert (tmp_path / "r.html").read_text("utf-8") == "the last good one"
    assert [path.name for path in tmp_path.iterdir()] == ["r.html"]


def test_a_version_that_lacks_a_mart_is_told(published, tmp_path):
    file = changed(published, tmp_path, "drop table yearly_topic_trends")
    with pytest.raises(PipelineError, match=r"cannot be made of this version .*; build again"):
        write_report(file, tmp_path / "r.html")


def test_a_wrong_line_of_measured_accuracy_is_named(tmp_path):
    head = "measure,value,n,unit,data,command,measured_on\n"
    file = tmp_path / "accuracy.csv"
    file.write_text(head + "x,0.5,10,papers,d,c,2026-01-01\nx,1.5,10,papers,d,c,2026-01-01\n")
    with pytest.raises(PipelineError, match=r"accuracy.csv, line 3, value: .* less than or equal"):
        measured_accuracy(file)
    assert measured_accuracy(tmp_path / "none.csv") == []
    assert measured_accuracy()


def test_the_manifest_says_what_the_report_says(tmp_path):
    root = copy_of(small_build()[0], tmp_path / "wh")
    done = papermart("export", "papers", "--to", tmp_path / "out", "--warehouse", root)
    assert done.returncode == 0
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    coverage = manifest["coverage"]
    assert (coverage["n_papers"], coverage["first_year"], coverage["last_year"]) == (6, 2020, 2024)
    assert [site["site"] for site in coverage["sites"]] == ["arrow", "scholar_feed"]
    assert coverage["n_pages_undated"] == 3
    limits = {limit["limitation"]: limit["n"] for limit in manifest["known_limits"]}
    assert limits["pages with no day of saving known"] == 3
    columns = {"measure", "value", "n", "unit", "data", "command", "measured_on"}
    assert manifest["measured_accuracy"]
    assert all(set(measured) == columns for measured in manifest["measured_accuracy"])


# ---------------------------------------------------------------- in a browser


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("no chromium here (apt-get install chromium): no browser has opened the report")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()


ALL_DRAWN = "[...document.querySelectorAll('[data-chart]')].every(c => c.dataset.drawn)"


@contextmanager
def opened(browser, file: Path, size=None, **options):
    """Open a file; yields the page and what it said and asked of the network meanwhile."""
    context = browser.new_context(viewport=size or DESKTOP, **options)
    page = context.new_page()
    said, asked = [], []
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"error: {error}"))
    page.on("dialog", lambda dialog: (said.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    if options.get("java_script_enabled", True):
        page.wait_for_function(ALL_DRAWN, timeout=60_000)
    yield page, said, asked
    context.close()


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")])
def test_every_chart_is_drawn_without_a_word_or_a_request(browser, report, size, scheme):
    with opened(browser, report, size, color_scheme=scheme) as (page, said, asked):
        drawn = page.evaluate(
            """[...document.querySelectorAll('[data-chart]')].map(chart => {
                 const svg = chart.querySelector('.live svg');
                 const box = svg.getBoundingClientRect();
                 return [svg.querySelectorAll('.role-mark path, .role-mark line').length,
                         box.width, box.height, box.right];
               })"""
        )
        assert len(drawn) >= 15
        for n_marks, width, height, right in drawn:
            assert n_marks > 0
            assert width > 200
            assert height > 80
            assert right <= size["width"]
        assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
    assert said == []
    assert asked == [report.as_uri()]


def test_tables_sort_by_click_and_by_keyboard(browser, report):
    with opened(browser, report) as (page, said, _):
        table = page.locator("#authors table")
        heading = table.locator("thead th", has_text="As first author")
        cells = "#authors tbody tr td:nth-child(4)"
        heading.locator("button").click()
        values = [int(text) for text in page.locator(cells).all_inner_texts()]
        assert values == sorted(values, reverse=True)
        assert values != sorted(values)
        assert heading.get_attribute("aria-sort") == "descending"
        heading.locator("button").focus()
        page.keyboard.press("Enter")
        assert [int(t) for t in page.locator(cells).all_inner_texts()] == sorted(values)
        assert heading.get_attribute("aria-sort") == "ascending"
        assert "sorted by As first author, ascending" in page.locator("#status").inner_text()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Space")
        names = page.locator("#authors tbody th").all_inner_texts()
        assert names == sorted(names, key=str.casefold)
        assert table.locator("th[aria-sort]").count() == 1
    assert said == []


def test_absent_values_stay_last_whatever_the_direction(browser, report):
    with opened(browser, report) as (page, _, _asked):
        button = page.locator("#coverage thead th", has_text="First page saved").locator("button")
        for _ in range(2):
            button.click()
            cells = page.locator("#coverage tbody tr td:nth-child(6)").all_inner_texts()
            assert cells[0] == "2024-10-15"
            assert set(cells[1:]) == {"–"}


def test_the_first_tab_skips_to_the_figures_and_focus_is_seen(browser, report):
    with opened(browser, report) as (page, _, _asked):
        page.keyboard.press("Tab")
        skip = page.locator("a.skip")
        assert skip.evaluate("node => node === document.activeElement")
        assert skip.bounding_box()["x"] >= 0
        assert skip.evaluate("node => getComputedStyle(node).outlineStyle") == "solid"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        for _ in range(20):  # past the links of the introduction
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.tagName") == "SUMMARY":
                break
        assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
        page.keyboard.press("Enter")
        assert page.locator("details.how").first.get_attribute("open") is not None


def test_without_scripts_the_drawn_charts_and_all_tables_stand(browser, report):
    with opened(browser, report, PHONE, java_script_enabled=False) as (page, said, asked):
        charts = page.locator("[data-chart] svg.fallback")
        assert charts.count() >= 15
        assert all(charts.nth(n).bounding_box()["width"] > 200 for n in range(charts.count()))
        assert page.locator("#movers tbody tr").count() > 1
    assert said == []
    assert asked == [report.as_uri()]


HOSTILE = "</script><img src=x onerror=alert(1)><!--<script>alert(2)</script> '\"&"


def test_hostile_text_stays_text(browser, published, tmp_path):
    quoted = HOSTILE.replace("'", "''")
    file = changed(
        published,
        tmp_path,
        f"update yearly_topic_trends set topic = '{quoted}' where topic = 'Machine learning'",
        f"update topics set topic = '{quoted}' where topic = 'Machine learning'",
        f"update papers set venue = '{quoted}' where venue = 'ICLR'",
        f"update authors set author_name = '{quoted}' where author_name = 'Weijie Liu'",
        f"update issues set kind = '{quoted}', message = '{quoted}'",
        f"update dumps set status = 'quarantined', path = '{quoted}', reason = '{quoted}'",
    )
    write_report(file, tmp_path / "hostile.html")
    with opened(browser, tmp_path / "hostile.html") as (page, said, asked):
        assert page.locator("#authors tbody th").first.inner_text() == HOSTILE
        assert page.locator("#set-aside tbody tr").count() > 1
        assert page.locator("img").count() == 0
    assert said == []
    assert len(asked) == 1
