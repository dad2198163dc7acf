"""Every number that the report's text states is asked of its table again, by another query.

All elements with words are walked. One that states a number has to be matched by a pattern below,
whole, and what the pattern finds has to be what its SQL gives; prose without a number of the build
is named by its beginning. So a sentence that is new fails until somebody says how it is checked.
"""

import re
from pathlib import Path

import pytest
from helpers import asked, needs_sample, papermart, sample_report, sample_warehouse, two_versions
from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.outputs.report.page import write_report
from pipeline.sources.registry import display_names

pytestmark = needs_sample

# What says how to read the page; numbers in it are the method's, not the build's.
PROSE = (
    "Shares speak of",
    "Papers by the year of",
    "A paper has a topic when",
    "Topics have three levels",
    "Each chart has its verdict",
    "Share of the papers",
    "Share of all papers.",
    "Among the papers whose cards",
    "A topic rises or falls",
    "How far to believe this",  # numbers: see test_report
    "How to get these numbers",
    "The figures as a table",
    "The factor by which",
    "Words that grow",
    "A row is a person",
    "The people with most papers",
    "Every paper, and where",
    "Measured on labelled data",
    "Quote the build",
    "The same pages and",
    "While the version is kept:",
    "Later, from the pages named below:",
    "Made with",
    "Made by papermart",
    "Year by year, among",
    "papermart changes",
    "No page was set aside.",
    "Nothing odd was found",
    "Nothing is missing or wrong",
    "Nothing needs you",
    "The newest",
    "Warning:",
)
ELEMENTS = "header p, main p, summary, .findings li, .alerts li, .cards div"
# Checked by tests of their own: sentences of verdicts, what they rest on, measured accuracy.
ELSEWHERE = ".verdict, .evidence, .said p, .choice p, .acts"

PARTIAL = "select distinct year from yearly_topic_trends where is_partial_year order by year"
FULL_YEARS = """
(select year from yearly_topic_trends where not is_partial_year group by year
having 10 * max(n_papers_in_year) >= (select max(n_papers_in_year) from yearly_topic_trends))
"""
VERDICTS = f"""
(select topic_id, level, trend, arg_max(share, year) - arg_min(share, year) as moved
from yearly_topic_trends where year in {FULL_YEARS} group by all)
"""
KNOWN = "count(*) filter (where has_code is not null)"

# Each statement: a pattern of the whole element, and SQL that gives what its groups hold.
STATEMENTS: dict[str, str] = {
    r"What (\d+) saved pages? of (\d+) sites? says? about (\d+) papers?\. Build (\S+) of .*":
        "select count(*), count(distinct source), (select count(*) from papers), "
        "(select build_id from build_info) from dumps",
    r"What was saved: (\d+) listings?": "select count(distinct listing_id) from listings",
    r"The (\d+) saved pages? it was made from": "select count(*) from dumps",
    r"Papers (\d+) (\d+) seen on several sites":
        "select count(*), count(*) filter (where len(sources) > 1) from papers",
    r"Years (\d+)–(\d+) .* not over": "select min(year), max(year) from papers",
    r"Authors (\d+) (\d+) authorships":
        "select count(distinct author_id), (select count(*) from authorships) from authors",
    r"Topics (\d+) (\d+) papers have one; (\d+) are fields, (\d+) areas in these":
        "select count(distinct topic_id), count(distinct paper_id), "
        "count(distinct case when level = 'field' then topic_id end), "
        "count(distinct case when level = 'area' then topic_id end) "
        "from paper_topics join topics using (topic_id)",
    r"Saved pages (\d+) (\d+) records, (\d+) cards held back, (\d+) pages set aside":
        "select count(*), sum(n_records), sum(n_held_back), "
        "count(*) filter (where status != 'extracted') from dumps",
    r"Saved (\S+) latest known day; (\d+) pages without one":
        "select max(captured_on), count(*) - count(captured_on) from dumps",
    r"Of (\d+) fields?, (\d+) areas? in these and (\d+) topics? in those with five papers or more, "
    r"none is shown to rise and none to fall\. Without .* of (\d+) climbed and of (\d+) fell .*":
        "select count(*) filter (where level = 'field'), count(*) filter (where level = 'area'), "
        "count(*) filter (where level = 'topic'), count(*) filter (where moved > 0), "
        f"count(*) filter (where moved < 0) from {VERDICTS} where trend != 'too_few_papers'",
    r"(\d{4}(?:, \d{4})*(?: and \d{4})?) (?:was|were) not over for most .*":
        f"select string_agg(year, ' ' order by year) from ({PARTIAL})",
    r"[^:]+: none\.": "",
    r"The pages are what .* these (\d+) papers; .*": "select count(*) from papers",
    r"A check of (\w+) does not hold for (\d+) rows?: the year is known; .*":
        "select 'papers', count(*) from papers where year is null",
    r"A check of (\w+) does not hold for (\d+) rows?: a page lists as many .*":
        "select 'dumps', count(*) from dumps where n_declared > n_records + n_held_back",
    r"(\d+) pairs? of papers may be one .*": "select max(queue_rank) from review_queue",
    r"(\d+) of (\d+) authors are told by the name alone.*":
        "select count(*) filter (where identity_level = 'name_only'), count(*) from authors",
    r"(\d+) and (\d+) were not over when pages were saved: .*":
        f"select min(year), max(year) from ({PARTIAL})",
    r"Of (\d+) of (\d+) saved pages no day .*":
        "select count(*) - count(captured_on), count(*) from dumps",
    r"This is the first version: there is none before it .*": "",
    r"(\d+) of the last (\d+) months have 30 papers or more; the fullest has (\d+)\..*":
        "select count(distinct month) filter (where n_papers_in_month >= 30), "
        "count(distinct month), max(n_papers_in_month) from monthly_topic_trends where month > "
        "(select max(month) - interval 36 month from monthly_topic_trends)",
    r"Of (\d+) of (\d+) papers a page says whether there is code: (\d+) have it, ([\d.]+) % .* "
    r"Of the other (\d+) nothing .*":
        f"select {KNOWN}, count(*), count(*) filter (where has_code), "
        f"printf('%.1f', 100.0 * count(*) filter (where has_code) / {KNOWN}), "
        "count(*) filter (where has_code is null) from papers",
    r"(\d[\d,]*) checks ran on .*":
        "select sum((value->>'n_checks')::int) from build_info, json_each(checks)",
    r"(.+?) \((?:Field|Area|Topic)[^)]*\)\. \w+: the share of all papers \w+ from ([\d.]+) % in "
    r"(\d+) to ([\d.]+) % in (\d+).*": "share",
    r"marts\.papers: .* \((\d+) rows?\)\.": "select count(*) from papers where year is null",
    r"raw\.dumps: .* \((\d+) rows?\)\.":
        "select count(*) from dumps where n_declared > n_records + n_held_back",
    r"Build (\S+) (\S+)":
        "select strftime(built_at, '%Y-%m-%d'), build_id from build_info",
    r"papermart (\S+) Python (\S+), DuckDB (\S+)":
        "select versions->>'papermart', versions->>'python', versions->>'duckdb' from build_info",
    r"Content (\S+) fingerprint of .*": "select content_hash from build_info",
}  # fmt: skip

SHARE = """
select printf('%.1f', 100.0 * count(distinct case when topic = ? then paper_id end)
    / count(distinct paper_id))
from papers left join paper_topics using (paper_id) left join topics using (topic_id)
where year = ?
"""


def statements(html: LexborHTMLParser) -> list[str]:
    """The elements of the page that state something, each as one line."""
    skipped = {id_of(node) for node in html.css(ELSEWHERE)}
    accuracy = html.css("h3")
    measured = next((h for h in accuracy if h.text() == "Measured accuracy"), None)
    known = {id_of(li) for li in measured.parent.css(".findings li")} if measured else set()
    return [
        " ".join(node.text(separator=" ").split())
        for node in html.css(ELEMENTS)
        if id_of(node) not in skipped
        and not (id_of(node) in known and "%" in node.text())
    ]  # fmt: skip


def id_of(node) -> int:
    return node.mem_id


def check(text: str, version: Path) -> None:
    """Fail unless a statement is prose, or is what its table says."""
    text = re.sub(r" ([.,;:)])", r"\1", text).replace("( ", "(")
    if text.startswith(PROSE):
        return
    for pattern, sql in STATEMENTS.items():
        if found := re.fullmatch(pattern, text):
            shown = [re.sub(",| and(?= )", "", group) for group in found.groups()]
            if sql == "share":
                topic, first, year, last, until = shown
                for share, when in ((first, year), (last, until)):
                    assert asked(version, SHARE, topic, int(when)) == [(share,)], text
            elif sql:
                assert [str(value) for value in asked(version, sql)[0]] == shown, text
            return
    pytest.fail(f"nothing says how this is checked: {text}")


@pytest.fixture(scope="module")
def version() -> Path:
    return (sample_warehouse() / "warehouse.duckdb").resolve()


def test_every_statement_is_what_its_table_says(version):
    found = statements(LexborHTMLParser(sample_report().read_text("utf-8")))
    assert len(found) > 40
    for text in found:
        check(text, version)


@pytest.mark.parametrize(
    "text",
    [
        "Papers 138 63 seen on several sites",
        "13 of the authors have a beard.",
        "4 pairs of papers may be one and wait for a decision.",
    ],
)
def test_a_wrong_number_and_a_new_sentence_are_noticed(text, version):
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        check(text, version)


# The charts of shares by year: the table they are of, and the columns that name them.
SHARES = {
    "area-trends": ("yearly_topic_trends", "topic"),
    "topic-trends": ("yearly_topic_trends", "topic"),
    "mover-trends": ("yearly_topic_trends", "topic"),
    "category-trends": ("yearly_category_trends", "category"),
    "venue-trends": ("yearly_venue_trends", "venue"),
    "site-trends": ("yearly_source_topic_trends", "topic"),
}


def rows_of(section: str, figure: LexborNode) -> tuple[str, list[str]]:
    """Return the rows that a chart is of: what stands after `from`, and its parameters."""
    table, column = SHARES[section]
    name = figure.css_first("figcaption a").text()
    name = re.sub("^[▲▼■] .*?: ", "", name)
    if section != "site-trends":
        return f"{table} where {column} = ?", [name]
    topic, _, site = name.rpartition(" on ")
    (source,) = (key for key, title in display_names().items() if title == site)
    return f"{table} where {column} = ? and source = ?", [topic, source]


def evidence_is_of(told: str, rows: str, parameters: list[str], version: Path) -> None:
    """Fail unless odds ratio, interval, p and what they rest on are those of the table."""
    ((odds, low, high, p, adjusted, *rests_on, whole),) = asked(
        version,
        "select distinct odds_ratio_per_year, odds_ratio_low, odds_ratio_high, trend_p, "
        f"trend_p_adjusted, n_papers_tested, n_years, n_listings, trend_overall from {rows}",
        *parameters,
    )
    numbers = re.search(r"(\d+) papers?, (\d+) full years?, (\d+) listings?", told)
    assert [int(number) for number in numbers.groups()] == rests_on
    assert f"as a whole {whole.replace('_', ' ')}" in told
    assert (odds is None) == ("odds ratio" not in told)
    assert (p is None) == ("p = " not in told)
    if odds is not None:
        shown = re.search(r"per year ([\d.]+), 95 % interval ([\d.]+) to ([\d.]+)", told)
        assert [float(n) for n in shown.groups()] == pytest.approx([odds, low, high], abs=0.0051)
    if p is not None:
        shown = re.search(r"p = ([\d.]+), adjusted = ([\d.]+)", told)
        assert [float(n) for n in shown.groups()] == pytest.approx([p, adjusted], abs=0.00051)


@pytest.mark.parametrize("section", SHARES)
def test_the_evidence_beside_each_verdict_is_its_row(section, version):
    figures = charts_of(section)
    assert figures
    for figure in figures:
        evidence_is_of(line_of(figure.css_first(".evidence")), *rows_of(section, figure), version)


def test_the_evidence_of_what_is_said_in_short_is_its_row(version):
    html = LexborHTMLParser(sample_report().read_text("utf-8"))
    found = [node for node in html.css(".findings li") if node.css_first(".evidence")]
    assert found
    for node in found:
        topic, rows = node.css_first("strong").text(), "yearly_topic_trends where topic = ?"
        evidence_is_of(line_of(node.css_first(".evidence")), rows, [topic], version)


SHARE_AND_YEAR = (
    r"([\d.]+) % in (\d{4})",
    r"is ([\d.]+) % in both (\d{4})",
    r"as (?:high|low) as ([\d.]+) % \((\d{4})\)",
)


@pytest.mark.parametrize("section", SHARES)
def test_every_share_said_at_a_chart_is_that_of_its_year(section, version):
    """In the sentence under a chart and in the words that stand for it where it is not seen."""
    n = 0
    for figure in charts_of(section):
        rows, parameters = rows_of(section, figure)
        drawn = figure.css_first("[data-chart]").attributes["aria-label"]
        told = f"{line_of(figure.css_first('.verdict'))} {drawn}"
        for share, year in (pair for form in SHARE_AND_YEAR for pair in re.findall(form, told)):
            sql = f"select printf('%.1f', 100 * share) from {rows} and year = ?"
            assert asked(version, sql, *parameters, int(year)) == [(share,)], told
            n += 1
    assert n > 5


def test_the_largest_are_said_with_their_shares(version):
    """What stands for a chart of shares names the first five of it."""
    for level in ("field", "area", "topic"):
        (figure,) = charts_of(f"largest-{level}s")
        said = figure.css_first("[data-chart]").attributes["aria-label"]
        listed = re.findall(r"([^:,][^:]*?) ([\d.]+) %(?:, |\.)", said.partition("first: ")[2])
        assert len(listed) == 5
        for name, share in listed:
            sql = (
                "select printf('%.1f', 100.0 * count(distinct pt.paper_id) "
                "/ (select count(*) from papers)) from paper_topics as pt "
                "join topics as t on pt.topic_id = t.topic_id "
                "left join topics as a on t.parent_topic_id = a.topic_id "
                "left join topics as f on a.parent_topic_id = f.topic_id "
                "where ? in (t.topic, a.topic, f.topic)"
            )
            assert asked(version, sql, name) == [(share,)], said


def charts_of(*sections: str) -> list[LexborNode]:
    html = LexborHTMLParser(sample_report().read_text("utf-8"))
    return html.css(", ".join(f"#{section} figure" for section in sections))


def line_of(node: LexborNode | None) -> str:
    assert node
    return " ".join(node.text().split())


def test_what_is_new_is_counted_as_the_table_of_changes_counts(tmp_path):
    file = (two_versions() / "warehouse.duckdb").resolve()
    write_report(file, tmp_path / "r.html")
    page = LexborHTMLParser((tmp_path / "r.html").read_text("utf-8"))
    told = page.css_first("#new + p").text()
    ((n_new,),) = asked(
        file, "select count(*) from changes where kind = 'paper' and change = 'new'"
    )
    assert told.startswith("Since the version before, ")
    assert re.search(rf": {n_new} papers? new", told)


def test_the_commands_of_alerts_run():
    html = LexborHTMLParser(sample_report().read_text("utf-8"))
    commands = {node.text() for node in html.css(".alerts code")}
    queries = [text for text in commands if text.startswith("papermart query")]
    assert commands >= {"papermart review", "papermart build"}
    for text in queries:
        done = papermart(
            "query", text.split('"', 1)[1].rstrip('"'), "--warehouse", sample_warehouse()
        )
        assert done.returncode == 0, done.stderr
