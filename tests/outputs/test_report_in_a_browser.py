"""The report in a real browser with the network cut: drawn, sorted, read out, and never harmful."""

import shutil
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from helpers import needs_sample, sample_report, sample_warehouse, written
from selectolax.lexbor import LexborHTMLParser

from pipeline.outputs.report.page import write_report

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}

pytestmark = [needs_sample, pytest.mark.slow]


@pytest.fixture(scope="module")
def report() -> Path:
    return sample_report()


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("no chromium here (apt-get install chromium): no browser has opened the report")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()


NOT_DRAWN = "[data-chart]:not([data-drawn])"


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
        page.wait_for_selector(NOT_DRAWN, state="detached", timeout=60_000)
    yield page, said, asked
    context.close()


@pytest.fixture(scope="module")
def at_a_desk(browser, report):
    """The report opened once, for tests that do not mind what another has sorted."""
    with opened(browser, report, color_scheme="light") as found:
        yield found


@pytest.mark.parametrize("place", ["at_a_desk", "on_a_phone"])
def test_every_chart_is_drawn_without_a_word_or_a_request(place, browser, report, request):
    with ExitStack() as stack:
        if place == "at_a_desk":
            size, found = DESKTOP, request.getfixturevalue("at_a_desk")
        else:
            size = PHONE
            found = stack.enter_context(opened(browser, report, size, color_scheme="dark"))
        page, said, asked = found
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


def test_the_pages_policy_lets_its_own_scripts_run_and_nothing_else(browser, report, tmp_path):
    text = report.read_text("utf-8")
    policy = LexborHTMLParser(text).css_first("meta[http-equiv]").attributes["content"]
    assert "unsafe" not in policy.replace("style-src 'unsafe-inline'", "")
    smuggled = '<b onclick="0">x</b><script>document.title = "smuggled"</script>'
    before, end, after = text.rpartition("</body>")
    (tmp_path / "smuggled.html").write_text(before + smuggled + end + after, "utf-8")
    with opened(browser, tmp_path / "smuggled.html") as (page, said, _):
        assert "smuggled" not in page.title()
        assert any("Content Security Policy" in line for line in said)


def test_what_a_mark_stands_for_is_shown_where_it_is_pointed_at(at_a_desk):
    """Vega works that out by expressions, which no policy lets it compile."""
    page, said, _ = at_a_desk
    page.locator("[data-chart] .live svg .mark-symbol path").first.hover(force=True)
    page.wait_for_selector("#vg-tooltip-element.visible", timeout=5000)
    assert page.locator("#vg-tooltip-element tr").count() > 1
    assert said == []


def test_tables_sort_by_click_and_by_keyboard(at_a_desk):
    page, said, _ = at_a_desk
    table = page.locator("#authors table")
    heading = table.locator("thead th", has_text="As first author")
    cells = "#authors tbody tr td:nth-child(5)"
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
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    names = page.locator("#authors tbody th").all_inner_texts()
    assert names == sorted(names, key=str.casefold)
    assert table.locator("th[aria-sort]").count() == 1
    assert said == []


def test_absent_values_stay_last_whatever_the_direction(at_a_desk):
    page, _, _ = at_a_desk
    button = page.locator("#coverage thead th", has_text="First known day").locator("button")
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


def test_hostile_text_stays_text(browser, tmp_path):
    quoted = HOSTILE.replace("'", "''")
    version = (sample_warehouse() / "warehouse.duckdb").resolve()
    file = written(
        Path(shutil.copy(version, tmp_path / "changed.duckdb")),
        f"update yearly_topic_trends set topic = '{quoted}' where topic = 'Machine learning'",
        f"update topics set topic = '{quoted}' where topic = 'Machine learning'",
        f"update papers set venue = '{quoted}' where venue = 'ICLR'",
        f"update authors set author_name = '{quoted}' where author_name = 'Weizhu Chen'",
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


# ---------------------------------------------------------------- for everyone


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("place", ["desk", "phone", "paper"])
def test_axe_finds_no_fault(place, scheme, browser, report):
    """The rules of axe-core that a page can be asked for: names, roles, contrast, order."""
    from axe_playwright_python.sync_playwright import Axe

    size = PHONE if place == "phone" else DESKTOP
    # The page's own policy lets no foreign script run, axe's neither.
    with opened(browser, report, size, color_scheme=scheme, bypass_csp=True) as (page, _, _asked):
        if place == "paper":
            page.emulate_media(media="print", color_scheme=scheme)
        found = Axe().run(page).response
    assert len(found["passes"]) > 40
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found["violations"]] == []


def test_on_a_phone_and_on_paper_every_column_is_there(browser, report):
    for size, media in ((PHONE, "screen"), ({"width": 700, "height": 1000}, "print")):
        with opened(browser, report, size) as (page, _, _asked):
            page.emulate_media(media=media)
            right = page.evaluate(
                """Math.max(...[...document.querySelectorAll('table.wide td')]
                     .filter(cell => cell.checkVisibility())
                     .map(cell => cell.getBoundingClientRect().right))"""
            )
            assert 0 < right <= size["width"]


@pytest.mark.parametrize("width", [390, 1024, 1280])
def test_no_table_has_to_be_pushed_aside_to_be_read(width, browser, report):
    """Folded ones are opened: on a phone the last column of the largest topics was cut."""
    with opened(browser, report, {"width": width, "height": 900}) as (page, _, _asked):
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        cut = page.evaluate(
            """[...document.querySelectorAll('.scroll')]
                 .filter(region => region.scrollWidth > region.clientWidth)
                 .map(region => region.getAttribute('aria-labelledby'))"""
        )
        assert cut == []
