"""The report as a reader meets it: one file with every figure, and the query that gives it."""

import csv
import io
import json
import re
import shlex
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from helpers import (
    arrow_page,
    asked,
    assert_clean_failure,
    copy_of,
    needs_sample,
    papermart,
    put,
    sample_report,
    sample_warehouse,
    small_build,
    written,
)
from selectolax.lexbor import LexborHTMLParser

from pipeline.builds.run import build
from pipeline.contract.errors import PipelineError
from pipeline.evaluate.trends import evaluate_trends
from pipeline.outputs.report import page as report_page
from pipeline.outputs.report import trend_size
from pipeline.outputs.report.accuracy import measured_accuracy
from pipeline.outputs.report.page import write_report
from pipeline.outputs.report.trend_size import size_of_the_test
from pipeline.outputs.rows import write_csv
from pipeline.storage.published_file import open_published
from pipeline.storage.warehouse import Warehouse

MOST_BYTES = 3_000_000

pytestmark = needs_sample


@pytest.fixture(scope="module")
def version() -> Path:
    return (sample_warehouse() / "warehouse.duckdb").resolve()


@pytest.fixture(scope="module")
def report() -> Path:
    return sample_report()


@pytest.fixture(scope="module")
def html(report) -> LexborHTMLParser:
    return LexborHTMLParser(report.read_text("utf-8"))


# ---------------------------------------------------------------- the file


def test_the_command_writes_the_same_small_file_every_time(report, tmp_path):
    done = papermart("report", "--to", tmp_path / "r.html", "--warehouse", sample_warehouse())
    assert done.returncode == 0, done.stderr
    assert str(tmp_path / "r.html") in done.stdout
    assert (tmp_path / "r.html").read_bytes() == report.read_bytes()
    assert report.stat().st_size < MOST_BYTES
    assert [path.name for path in tmp_path.iterdir()] == ["r.html"]


def test_every_figure_names_the_query_that_gives_its_rows(html, version):
    shown = {node.css_first("code").text(): node.parent for node in html.css("details.how")}
    assert len(shown) >= 12
    with open_published(version) as engine:
        for command, block in shown.items():
            program, verb, sql, *options = shlex.split(command)
            # Between double quotes a shell would read these.
            assert not set('"$`\\') & set(sql)
            assert (program, verb, options) == ("papermart", "query", ["--format", "csv"])
            stream = io.StringIO()
            write_csv(engine, sql, stream)
            rows = list(csv.DictReader(io.StringIO(stream.getvalue())))
            lines = block.css("tbody tr")
            if block.css_first("table"):
                assert len(lines) == len(rows), sql
            for row, line in zip(rows, lines, strict=False):
                numbers = {cell.attributes["data-key"] for cell in line.css("td.number")} - {""}
                assert numbers <= set(row.values()), sql


def test_headline_and_citation_are_those_of_the_build(html, version):
    ((build_id, n_papers),) = asked(
        version, "select build_id, (select count(*) from papers) from build_info"
    )
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


def title_of(figure) -> str:
    """The name above a chart, without the level that stands over it."""
    caption = figure.css_first("figcaption")
    place = caption.css_first(".place")
    return caption.text().removeprefix(place.text() if place else "").strip()


def charts_of(html: LexborHTMLParser, section: str) -> dict[str, list[dict]]:
    """The values of each layer of each chart of a section, by the name above the chart."""
    charts = {}
    for figure in html.css(f"#{section} figure"):
        name = title_of(figure).removeprefix("▲ rising: ")
        spec = json.loads(figure.css_first("[data-chart] script").text())
        charts[name.removeprefix("▼ falling: ")] = spec["layer"]
    return charts


def test_a_year_that_is_not_over_is_hollow_dashed_and_in_no_line_of_full_years(html, version):
    sql = "select distinct year from yearly_topic_trends where is_partial_year"
    not_over = {year for (year,) in asked(version, sql)}
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
    "area-trends": ("yearly_topic_trends", "topic", "year", 6),
    "topic-trends": ("yearly_topic_trends", "topic", "year", 9),
    "category-trends": ("yearly_category_trends", "category", "year", 6),
    "venue-trends": ("yearly_venue_trends", "venue", "year", 6),
    "site-trends": ("yearly_source_topic_trends", "topic || ' on ' || source", "year", 8),
}
SITES = {"Arrow": "arrow", "arXiv search": "arxiv_search", "Hugging Face": "huggingface_papers"}


@pytest.mark.parametrize("section", TREND_SECTIONS)
def test_the_points_of_trends_are_the_rows_of_their_mart(html, version, section):
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
    with open_published(version) as engine:
        for shown, layers in charts.items():
            topic, _, site = shown.partition(" on ")
            key = f"{topic} on {SITES.get(site, 'scholar_feed')}" if site else topic
            rows = engine.rows(sql, [key])
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


def test_months_are_drawn_where_they_have_papers_enough(html, version, tmp_path):
    """A month needs 30 papers and a line twelve months; the sample has none."""
    assert not html.css("#field-trends [data-chart]")
    (told,) = (p.text() for p in html.css("p") if "months have 30 papers" in p.text())
    assert told.startswith("0 of the last 36 months have 30 papers or more; the fullest has 5.")
    file = written(
        Path(shutil.copy(version, tmp_path / "many.duckdb")),
        "update monthly_topic_trends set n_papers = 20 * n_papers, "
        "n_papers_in_month = 20 * n_papers_in_month",
    )
    write_report(file, tmp_path / "r.html")
    page = LexborHTMLParser((tmp_path / "r.html").read_text("utf-8"))
    charts = charts_of(page, "field-trends")
    assert len(charts) == 3
    assert not page.css("#field-trends .verdict")
    for layers in charts.values():
        assert all(int(v["papers"].split()[-1]) >= 30 for v in layers[-1]["data"]["values"])


def scales_and_ends(spec: dict):
    """The domain of each scale of a chart, with the ends of the intervals it has to hold."""
    for axis in ("x", "y"):
        domains, ends = [], []
        for layer in spec["layer"]:
            channel = layer["encoding"].get(axis, {})
            domains += [channel["scale"]["domain"]] if "domain" in channel.get("scale", {}) else []
            fields = (channel.get("field"), layer["encoding"].get(f"{axis}2", {}).get("field"))
            names = {"share_low", "share_high", "share", "low", "high", "odds"} & set(fields)
            values = layer.get("data", spec.get("data"))["values"]
            ends += [v[name] for v in values for name in names]
        if ends:
            yield domains[0], ends


def test_no_interval_is_cut_by_the_edge_of_its_chart(html):
    n = 0
    for script in html.css("[data-chart] script"):
        for (low, high), ends in scales_and_ends(json.loads(script.text())):
            n += 1
            assert low <= min(ends)
            assert max(ends) <= high
    assert n >= 20


def test_what_was_collected_of_each_year_is_told(html, version):
    sql = "select year, n_papers, n_sources from yearly_coverage where n_papers > 0"
    rows = asked(version, f"{sql} order by year desc")
    lines = [[cell.text() for cell in row.css("th, td")] for row in html.css("#years tbody tr")]
    assert [tuple(map(int, line[:3])) for line in lines] == rows


def test_a_warehouse_without_papers_has_a_report_too(tmp_path):
    build(put(tmp_path / "raw", {}), Warehouse(tmp_path / "wh"))
    write_report(tmp_path / "wh" / "warehouse.duckdb", tmp_path / "r.html")
    page = LexborHTMLParser((tmp_path / "r.html").read_text("utf-8"))
    assert page.css_first(".cards .value").text() == "0"
    assert not page.css("[data-chart]")


def test_what_was_saved_is_listed(html, version):
    sql = "select coalesce(subject, 'not named'), n_dumps, n_papers from listings"
    rows = asked(version, f"{sql} order by n_papers desc, listing_id limit 30")
    lines = [[c.text() for c in row.css("th, td")] for row in html.css("#listings tbody tr")]
    assert [(line[0], int(line[3]), int(line[4])) for line in lines] == rows
    assert html.css_first("#listings summary").text() == f"What was saved: {len(rows)} listings"


def test_of_many_listings_thirty_are_shown_and_the_rest_counted(version, tmp_path):
    file = written(
        Path(shutil.copy(version, tmp_path / "many.duckdb")),
        "insert into listings select l.* replace (listing_id || n as listing_id) "
        "from listings as l, range(99) as t(n)",
    )
    ((n,),) = asked(file, "select count(*) from listings")
    write_report(file, tmp_path / "r.html")
    page = LexborHTMLParser((tmp_path / "r.html").read_text("utf-8"))
    assert len(page.css("#listings tbody tr")) == 30
    told = page.css_first("#listings summary").text()
    assert told == f"What was saved: {n:,} listings, the 30 with most papers of {n:,}"


# ---------------------------------------------------------------- what rises and falls


def rising_warehouse(folder: Path) -> Path:
    """Twelve authors' pages of nine years, on which one topic takes the place of another."""
    pages = {}
    for author in range(12):
        papers = []
        for year in range(2013, 2022):
            for n in range(9):
                what = "Reinforcement Learning" if n < year - 2013 else "Object Detection"
                papers.append(
                    (f"{what} by Way {author}-{year}-{n}", [f"Ann Lee{chr(97 + author)}"], year)
                )
        pages[f"{author}.txt"] = arrow_page(f"Ann Lee{chr(97 + author)}", papers)
    build(put(folder / "raw", pages), Warehouse(folder / "wh"))
    return folder / "wh" / "warehouse.duckdb"


def test_what_rises_is_said_alike_in_short_beside_its_chart_and_in_the_table(tmp_path):
    file = rising_warehouse(tmp_path)
    found = dict(asked(file, "select distinct topic, trend from yearly_topic_trends"))
    assert (found["Reinforcement learning"], found["Object detection"]) == ("rising", "falling")
    write_report(file, tmp_path / "r.html")
    page = LexborHTMLParser((tmp_path / "r.html").read_text("utf-8"))
    short = " ".join(
        node.text() for node in page.css("section[aria-labelledby=overview] .findings li")
    )
    for topic, mark, first in (
        ("Reinforcement learning", "▲ rising: ", "Rising: the share of all papers climbed from 0"),
        ("Object detection", "▼ falling: ", "Falling: the share of all papers fell from 100"),
    ):
        (figure,) = (
            node for node in page.css("#mover-trends figure") if title_of(node) == f"{mark}{topic}"
        )
        sentence = figure.css_first(".verdict").text()
        assert sentence.startswith(first)
        assert re.search(rf"{topic} \((Area|Topic) in [^)]+\)\. {re.escape(sentence)}", short)
        (line,) = (
            row for row in page.css("#movers tbody tr") if row.css_first("th").text() == topic
        )
        assert line.css("td")[1].text() == mark.removesuffix(": ")
        # Its mark among the odds ratios is filled, and on the side of its trend.
        drawn = [json.loads(n.text())["layer"] for n in page.css("#movers [data-chart] script")]
        values = [v for layers in drawn for v in layers[2]["data"]["values"]]
        (value,) = (v for v in values if v["label"] == topic)
        assert value["state"] == "moves"
        assert (value["low"] > 1) == mark.startswith("▲")


def test_a_headline_tells_of_charts_that_climb_without_a_verdict(html, version):
    assert not asked(version, "select 1 from yearly_topic_trends where trend = 'rising'")
    short = [node.text() for node in html.css("section[aria-labelledby=overview] .findings li")]
    assert "none is shown to rise and none to fall" in short[0]
    assert re.search(r"the share of \d+ climbed and of \d+ fell", short[0])
    shown = {
        title_of(node): node.css_first(".verdict").text()
        for node in html.css("#mover-trends figure")
    }
    told = [line for line in short if "no trend yet" in line]
    assert told
    for line in told:
        topic, sentence = re.fullmatch(r"(.+?) \([^)]*\)\. (.*)", line, re.S).groups()
        # The chart's own words add what its hollow years would bring.
        assert shown[topic].startswith(sentence.partition(" To tell")[0])


def test_every_chart_of_years_has_its_sentence_and_months_carry_no_test(html):
    for section in (
        "area-trends",
        "topic-trends",
        "category-trends",
        "venue-trends",
        "site-trends",
    ):
        figures = html.css(f"#{section} figure")
        assert figures
        for figure in figures:
            assert figure.css_first(".verdict").text().split(":")[0] in (
                "Rising", "Falling", "Steady", "Inconclusive", "Too few papers"
            )  # fmt: skip
            assert "as a whole" in figure.css_first(".evidence").text()
    shown = " ".join(node.text() for node in html.css("#venue-trends .verdict"))
    assert "the share of the papers whose cards show a venue" in shown


def test_the_report_states_what_the_test_finds_where_nothing_moves(html, version):
    with open_published(version) as engine:
        dealt = evaluate_trends(engine, n_times=20).dealt[0]
        told = size_of_the_test(engine)
    assert "dealt anew within each listing, 20 times, so that nothing moves, p was" in told
    assert f"below 0.05 in {100 * dealt.small_p.value:.1f} % of the tests" in told
    assert told in [node.text() for node in html.css("p")]


def test_on_large_warehouses_topics_are_dealt_less_often(version, monkeypatch):
    monkeypatch.setattr(trend_size, "_BUDGET", 0)
    with open_published(version) as engine:
        assert "within each listing, 2 times" in size_of_the_test(engine)


# ---------------------------------------------------------------- faults


def test_faults_are_told_and_leave_the_last_report(version, tmp_path, monkeypatch):
    failed = papermart("report", "--warehouse", tmp_path / "none", "--to", tmp_path / "r.html")
    assert_clean_failure(failed, "nothing is published", "papermart build")
    with pytest.raises(PipelineError, match=r"is a folder; name a file"):
        write_report(version, tmp_path)
    (tmp_path / "r.html").write_text("the last good one", "utf-8")

    def full_disk(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipeline.storage.files.sync", full_disk)
    monkeypatch.setattr(report_page, "render", lambda _: "x")
    with pytest.raises(PipelineError, match="no space left on device"):
        write_report(version, tmp_path / "r.html")
    assert (tmp_path / "r.html").read_text("utf-8") == "the last good one"
    assert [path.name for path in tmp_path.iterdir()] == ["r.html"]


def test_a_version_that_lacks_a_mart_is_told(version, tmp_path):
    file = Path(shutil.copy(version, tmp_path / "changed.duckdb"))
    written(file, "drop table yearly_topic_trends")
    with pytest.raises(PipelineError, match=r"cannot be made of this version .*; build again"):
        write_report(file, tmp_path / "r.html")


def test_a_version_from_before_listings_is_told_so(version, tmp_path):
    file = Path(shutil.copy(version, tmp_path / "old.duckdb"))
    written(file, "alter table yearly_topic_trends drop column odds_ratio_per_year")
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
    few = "topics with too few papers of years that are over for a trend"
    ((n,),) = asked(root / "warehouse.duckdb", "select count(distinct topic_id) from paper_topics")
    assert limits[few] == n
    columns = {"measure", "value", "n", "unit", "data", "command", "measured_on"}
    assert manifest["measured_accuracy"]
    assert all(set(measured) == columns for measured in manifest["measured_accuracy"])
