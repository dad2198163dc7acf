"""Dagster's pages in a real browser, as `make run` and `make dev` leave them for people.

With PAPERMART_SCREENSHOTS set to a folder, what is seen is kept there for people to judge.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from helpers import PAGES, SAMPLE, needs_sample, put
from served import BIN, MEMORY, Server

from pipeline.models.catalogue import all_specs
from pipeline.outputs.project import make_project

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
BROKEN = b"<html><head><title>Sign in</title></head><body>Sign in to go on</body></html>"
NO_YEAR = SAMPLE / "hf-papers-daily.txt"  # its papers have no year
GROUPS = "{ assetNodes { assetKey { path } groupName staleStatus } }"
LATEST = """{ assetsOrError { ... on AssetConnection { nodes { key { path }
  assetMaterializations(limit: 1) { timestamp } } } } }"""
pytestmark = [needs_sample, pytest.mark.slow]


@pytest.fixture(scope="module")
def server():
    """What `make run` does in a folder with a page that cannot be read, then Dagster."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as place:
        home = Path(place)
        make_project(home)
        put(home / "data/raw", PAGES | {"sign-in.html": BROKEN, NO_YEAR.name: NO_YEAR.read_bytes()})
        for command in (["build"], ["export"], ["report"]):
            subprocess.run([BIN / "papermart", *command], cwd=home, check=True)
        record = [sys.executable, "-m", "pipeline.defs.record"]
        environment = {k: v for k, v in os.environ.items() if k != "DAGSTER_HOME"}
        subprocess.run(record, cwd=home, check=True, env=environment)
        running = Server(home)
        running.place()
        yield running
        running.stop()


@pytest.fixture(scope="module")
def page(server):
    if CHROMIUM is None:
        pytest.skip("no chromium here (apt-get install chromium): nobody has looked at the pages")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        opened = browser.new_page(
            viewport={"width": 1500, "height": 950}, base_url=f"http://127.0.0.1:{server.port}"
        )
        opened.set_default_timeout(60_000)
        yield opened
        browser.close()


def seen(page, name: str, address: str, *words: str):
    """Open an address, wait for words on it, and keep what is seen."""
    page.goto(address)
    for word in words:
        page.get_by_text(word).first.wait_for()
    kept(page, name)


def kept(page, name: str):
    if folder := os.environ.get("PAPERMART_SCREENSHOTS"):
        page.wait_for_timeout(3000)  # the graph is still being laid out
        page.screenshot(path=Path(folder, f"{name}.png"))


def test_all_that_was_built_is_materialized_and_in_step_before_any_sensor_looks(server):
    nodes = server.ask(LATEST)["assetsOrError"]["nodes"]
    made = {".".join(n["key"]["path"]) for n in nodes if n["assetMaterializations"]}
    published = {f"published.{name}" for name in ("warehouse", "report", "exports")}
    assert made >= {*all_specs(), *published}
    stale = [n for n in server.ask(GROUPS)["assetNodes"] if n["staleStatus"] == "STALE"]
    assert stale == []


def test_the_graph_and_each_group_are_shown(server, page):
    tables: dict[str, list[str]] = {}
    for node in server.ask(GROUPS)["assetNodes"]:
        tables.setdefault(node["groupName"], []).append(node["assetKey"]["path"][-1])
    seen(page, "graph", "/asset-groups", *sorted(tables)[:3], "published")
    for group, names in sorted(tables.items()):
        place = f"/locations/pipeline.definitions/asset-groups/{group}"
        # A long name is shortened in its middle.
        seen(page, f"list-{group}", f"{place}/list", *(f"/ {name[:8]}" for name in names))
        page.goto(place)
        page.locator("foreignObject").first.wait_for(state="attached")
        kept(page, f"group-{group}")


def test_a_page_set_aside_is_seen_with_its_reason(page):
    check = "/assets/data/raw?view=checks&checkDetail=no_file_is_set_aside"
    seen(page, "page-set-aside", check, "Every file is read", "sign-in.html", "log in in a browser")


def test_a_failing_check_is_seen_with_what_must_hold_and_its_rows(page):
    check = "/assets/marts/papers?view=checks&checkDetail=year_known"
    seen(page, "failing-check", check, "The year is known", "rows at fault", "paper_id")


def test_a_table_tells_why_it_was_rebuilt(page):
    seen(page, "table", "/assets/marts/papers", "Source code", "papers.sql")
    seen(page, "event", "/assets/marts/papers?view=events", "why_rebuilt")


def test_the_published_file_has_blocking_checks(page):
    check = "/assets/published/warehouse?view=checks&checkDetail=emptied"
    seen(page, "blocking-check", check, "blocking", "papermart waive")


def test_a_run_is_seen(server, page):
    run = server.launch("build_warehouse")
    server.wait("run", lambda: {r["runId"]: r["status"] for r in server.runs()}[run] == "SUCCESS")
    seen(page, "run", f"/runs/{run}", "published__warehouse")


def test_the_report_opens_from_its_asset_and_cannot_act_in_dagsters_name(page):
    page.goto("/assets/published/report")
    with page.expect_popup() as popup:
        page.get_by_role("link", name="/papermart/report.html").first.click()
    report = popup.value
    report.wait_for_load_state()
    assert "papermart" in report.title()
    assert report.evaluate("window.origin") == "null"
    kept(report, "report")


def test_exports_are_downloaded_and_nothing_else_is(page):
    answer = page.request.get("/papermart/exports/papers.csv")
    assert answer.ok
    assert "attachment" in answer.headers["content-disposition"]
    for other in ("..%2F..%2Fpapermart.toml", "notes.txt", "%2e%2e/papermart.toml"):
        found = page.request.get(f"/papermart/exports/{other}")
        assert "# Settings of papermart" not in found.text()
