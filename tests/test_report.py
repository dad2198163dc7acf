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


def charts_of(html: LexborHTMLParser, section: str) -> dict[str, list[list[dict]]]:
    """The values of each layer of each chart of a section, by the name above the chart."""
    charts = {}
    for figure in html.css(f"#{section} figure"):
        name = figure.css_first("figcaption").text().removeprefix("▲ rising: ")
        spec = json.loads(figure.css_first("[data-chart] script").text())
        charts[name.removeprefix("▼ falling: ")] = spec["layer"]
    return charts


def test_a_year_that_is_not_over_is_hollow_dashed_and_in_no_line_of_full_years(html, published):
    with duckdb.connect(str(published), read_only=True) as con:
        sql = "select distinct year from yearly_topic_trends where is_partial_year"
        not_over = {year for (year,) in con.execute(sql).fetchall()}
    assert not_over == {2025, 2026}
    charts = charts_of(html, "topic-trends")
    assert len(charts) == 9
    full = {2019, 2020, 2021, 2022, 2023, 2024}
    for area, rule, line, points in charts.values():
        assert (area["mark"]["type"], rule["mark"]["type"]) == ("area", "rule")
        assert {value["year"] for value in area["data"]["values"]} == full
        assert {value["year"] for value in rule["data"]["values"]} == not_over
        # A segment is dashed when one of its ends is not over.
        dashed = [v["year"] for v in line["data"]["values"] if v["state"] == "so far"]
        assert dashed == [2024, 2025, 2025, 2026]
        hollow = [v["year"] for v in points["data"]["values"] if v["state"] == "so far"]
        assert hollow == [2025, 2026]
        scale = points["encoding"]["fill"]["scale"]
        assert dict(zip(scale["domain"], scale["range"], strict=True))["so far"].startswith(
            "var(--paper"
        )
    for chart in html.css("#topic-trends [data-chart]"):
        assert chart.attributes["aria-label"].endswith("; 2025 and 2026 not over.")


# Each section of charts with its mart, what names a chart, and what its points stand for.
TREND_SECTIONS = {
    "topic-trends": ("yearly_topic_trends", "topic", "year", 9),
    "category-trends": ("yearly_category_trends", "category", "year", 6),
    "venue-trends": ("yearly_venue_trends", "venue", "year", 6),
    "site-trends": ("yearly_source_topic_trends", "topic || ' on ' || source", "year", 8),
    "field-trends": ("monthly_topic_trends", "topic", "month", 3),
}
SITES = {"Arrow": "arrow", "arXiv search": "arxiv_search", "Hugging Face": "huggingface_papers"}


@pytest.mark.parametrize("section", TREND_SECTIONS)
def test_the_points_of_trends_are_the_rows_of_their_mart(html, published, section):
    mart, name, period, n_charts = TREND_SECTIONS[section]
    charts = charts_of(html, section)
    assert len(charts) == n_charts
    since = "(select max(month) - interval 36 month from monthly_topic_trends)"
    sql = f"""
        select strftime(make_date({period}, 1, 1), '%Y') as period, * exclude ({period})
        from {mart} where {name} = ? and n_papers_in_year > 0 order by 1
    """ if period == "year" else f"""
        select strftime(month, '%Y-%m') as period, * exclude (month)
        from {mart} where {name} = ? and month > {since} and n_papers_in_month > 0 order by 1
    """  # fmt: skip
    with duckdb.connect(str(published), read_only=True) as con:
        for shown, layers in charts.items():
            topic, _, site = shown.partition(" on ")
            key = f"{topic} on {SITES.get(site, 'scholar_feed')}" if site else topic
            cursor = con.execute(sql, [key])
            columns = [column[0] for column in cursor.description]
            rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
            n_all, is_partial = f"n_papers_in_{period}", f"is_partial_{period}"
            most = max(row[n_all] for row in rows)
            expected = [
                (
                    row["period"],
                    "so far" if row[is_partial] else "full",
                    f"{row['n_papers']} of {row[n_all]}",
                    *(row[column] for column in ("share", "share_low", "share_high")),
                )
                for row in rows
                if row[is_partial] or row[n_all] * 10 >= most
            ]
            columns = ("when", "state", "papers", "share", "share_low", "share_high")
            drawn = [tuple(v[c] for c in columns) for v in layers[-1]["data"]["values"]]
            assert drawn == expected, shown


def test_what_was_collected_of_each_year_is_told(html, published):
    with duckdb.connect(str(published), read_only=True) as con:
        sql = "select year, n_papers, n_sources from yearly_coverage where n_papers > 0"
        rows = con.execute(f"{sql} order by year desc").fetchall()
    lines = [[cell.text() for cell in row.css("th, td")] for row in html.css("#years tbody tr")]
    assert [tuple(map(int, line[:3])) for line in lines] == rows


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
