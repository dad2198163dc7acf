"""The report of hardly anything: no page, one paper, one row; it reads right and nothing breaks."""

import re
import shlex
import shutil
from pathlib import Path

import pytest
from helpers import arrow_page, made_once, papermart, published, put, small_build, written
from selectolax.lexbor import LexborHTMLParser

from pipeline.builds.run import build
from pipeline.outputs.report.alerts import alerts
from pipeline.outputs.report.figures import Row
from pipeline.outputs.report.interval_charts import interval_chart, odds_chart
from pipeline.outputs.report.news import _change, news
from pipeline.outputs.report.packed_papers import FLAGS, packed
from pipeline.outputs.report.page import write_report
from pipeline.outputs.report.sentences import trend_sentence
from pipeline.storage.published_file import open_published
from pipeline.storage.warehouse import Warehouse

SEVERAL = (
    "are|were|have|papers|pages|sites|cards|records|fields|areas|topics|years|listings|months|"
    "authors|authorships|rows|verdicts|people|pairs|checks"
)


def text_of(html: Path) -> str:
    page = LexborHTMLParser(html.read_text("utf-8"))
    page.strip_tags(["script", "style", "svg"])
    return " ".join(page.body.text(separator=" ").split())


@pytest.fixture(scope="module")
def of_one_paper() -> str:
    """What the report says of one page with one paper, by one author."""

    def make(root: Path) -> None:
        page = arrow_page("Ann Lee", [("Deep Kernels for Graph Matching", ["Ann Lee"], 2021)])
        warehouse = Warehouse(root / "warehouse")
        build(put(root / "raw", {"ann.txt": page}), warehouse)
        write_report(root / "warehouse" / "warehouse.duckdb", root / "report.html")

    return text_of(made_once("one-paper", make)[0] / "report.html")


def without_rows(target: Path) -> Path:
    """A version all of whose tables are empty, as a build of no page publishes it."""
    file = small_build()[0] / "warehouse.duckdb"
    with published(file) as con:
        sql = "select table_name from duckdb_tables() where table_name not in ('build_info')"
        tables = [name for (name,) in con.execute(sql).fetchall()]
    copy = Path(shutil.copy(file.resolve(), target))
    return written(copy, *(f'delete from "{name}"' for name in tables))


@pytest.fixture(scope="module")
def of_nothing(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("nothing")
    write_report(without_rows(folder / "empty.duckdb"), folder / "report.html")
    return folder / "report.html"


def test_one_of_each_is_spoken_of_as_one(of_one_paper):
    assert "What 1 saved page of 1 site says about 1 paper." in of_one_paper
    assert "1 paper has one ; 1 is a field, 1 area in these" in of_one_paper
    assert "2021 was not over for most of its papers" in of_one_paper
    assert "When it is over, save the pages again" in of_one_paper
    assert "Shares speak of this 1 paper;" in of_one_paper
    assert re.findall(rf"(?<![\d.,:=-])1 (?:{SEVERAL})\b(?! seen)", of_one_paper) == []


def test_no_day_of_saving_is_not_called_the_latest_known(of_one_paper):
    assert "day unknown 1 page without one" in of_one_paper


def test_without_a_known_month_nothing_is_said_of_the_last_0_months(of_one_paper):
    assert "Of no paper is the month known, so no line of months is drawn." in of_one_paper


def test_who_wrote_with_a_large_team_is_told_why_nobody_stands_beside_them(of_one_paper):
    assert "Papers that name more than a hundred authors count for no pair." in of_one_paper


def test_a_warehouse_of_no_page_says_so_first(of_nothing):
    text = text_of(of_nothing)
    assert "There is no saved page, so every table is empty." in text
    assert "Nothing needs you" not in text
    assert "all over" not in text
    assert "Phrases whose share grows and that no topic holds yet: none." in text


def test_the_list_of_no_paper_has_the_columns_its_script_asks_for():
    """Without them the script stopped, and with it each link to the list."""
    columns = packed([], {})["papers"]
    absent = ("paper_id", "title", "year", "month", "venue", "venue_type", "link", "topics")
    lists = ("venues_shown", "categories_shown", "topics_above", "people", "places")
    row = dict.fromkeys((*absent, *FLAGS)) | {name: [] for name in lists}
    assert columns.keys() == packed([row], {})["papers"].keys()
    assert all(values == [] for values in columns.values())


@pytest.mark.parametrize("n_rows", [1, 2, 12])
def test_each_row_of_a_chart_of_intervals_has_the_same_room(n_rows):
    """A lone row was drawn flat: its name lay upon the axis, its mark was cut."""
    shares: Row = {"n_papers": 1, "share": 0.5, "share_low": 0.1, "share_high": 0.9}
    odds: Row = {"odds_ratio_low": 0.5, "odds_ratio_per_year": 1.1, "odds_ratio_high": 2.0}
    odds["trend"] = "inconclusive"
    for draw, row in ((interval_chart, shares), (odds_chart, odds)):
        rows = [row | {"topic": f"topic {n}"} for n in range(n_rows)]
        svg = draw(rows, "topic", "in words").svg
        # The frame of the marks, without the axis.
        height = re.findall(r'class="background"[^>]* d="[^"]*v([\d.]+)', svg)[0]
        assert float(height) / n_rows == pytest.approx(40, abs=1)


def test_what_came_or_went_had_no_unknown_value():
    verdict = {"kind": "trend", "field": "trend", "value_before": "steady", "value_now": None}
    assert _change(verdict | {"change": "gone"}) == "gone, before: ■ steady"
    paper = {"kind": "paper", "field": "n_authors", "value_before": "2", "value_now": "3"}
    assert _change(paper | {"change": "changed"}) == "number of authors: 2 → 3"
    assert _change(paper | {"change": "changed", "value_before": None}).endswith("unknown → 3")


@pytest.mark.parametrize(("odds", "told"), [(1e9, "more than 100"), (1e-9, "less than 0.01")])
def test_a_factor_without_a_figure_is_said_in_words(odds, told):
    row: Row = {"trend": "rising", "trend_overall": "rising", "odds_ratio_per_year": odds}
    row |= {"holds_without_any_listing": None, "n_listings": 2}
    assert f"by a factor of {told} a year" in trend_sentence(row, None)


def test_every_command_of_what_needs_a_look_runs_as_it_stands(tmp_path):
    """A name to fill in was none: copied as it stood, the command failed."""
    root = small_build()[0]
    write_report(root / "warehouse.duckdb", tmp_path / "report.html")
    page = LexborHTMLParser((tmp_path / "report.html").read_text("utf-8"))
    commands = {node.text() for node in page.css(".advice code")} - {"papermart build"}
    assert any("name_only" in command for command in commands)
    for command in commands:
        _, *arguments = shlex.split(command)
        done = papermart(*arguments, "--warehouse", root)
        assert done.returncode == 0, done.stderr


def test_a_version_that_keeps_no_changes_is_not_called_the_first(tmp_path):
    copy = shutil.copy((small_build()[0] / "warehouse.duckdb").resolve(), tmp_path / "old.duckdb")
    with open_published(written(Path(copy), "drop table changes")) as engine:
        assert news(engine).told.startswith("This version does not tell what differs")
    with open_published(small_build()[0] / "warehouse.duckdb") as engine:
        assert news(engine).told.startswith("This is the first version")


def test_what_has_words_of_its_own_is_not_told_again_as_a_check():
    """Pages set aside, cards held back and corrections not obeyed fail checks, too."""

    def check(table: str, name: str) -> Row:
        return {"table": table, "name": name, "description": f"{name} holds", "n_failed": 2}

    checks = [
        check("raw.dumps", "no_page_set_aside"),
        check("raw.dumps", "no_card_held_back"),
        check("marts.overrides", "all_applied"),
        check("marts.papers", "year_known"),
    ]
    with open_published((small_build()[0] / "warehouse.duckdb").resolve()) as engine:
        told = [fault.told for fault in alerts(engine, checks, []).faults]
    assert [text for text in told if text.startswith("A check")] == [
        "A check of papers does not hold for 2 rows: year_known holds."
    ]
