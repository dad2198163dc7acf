"""Trends of topics: verdicts, partial years, and trends that only seem to be some."""

import json
from datetime import date
from itertools import product

import polars as pl
import pytest
from helpers import (
    MORNING,
    arrow_page,
    feed_page,
    needs_sample,
    put,
    sample_warehouse,
    table,
)

from pipeline.builds.dumps import refresh_dumps
from pipeline.contract.tables import EXTRACTED_TABLES, OVERRIDES
from pipeline.models.catalogue import all_specs, load_models
from pipeline.models.runner import make_tables
from pipeline.storage.warehouse import Warehouse
from pipeline.transforms.statistics import wilson_interval
from pipeline.transforms.trend_notes import trend_note
from pipeline.transforms.trend_verdicts import VERDICT, verdicts
from pipeline.transforms.trends import monthly_topic_trends, topic_trends

# ---------------------------------------------------------------- tables


def trends_of(
    shares: dict[str, list[int]], of: int = 100, n_pages: int = 6, partial: int | None = None
) -> dict:
    """The first row of each topic, from its papers per year on each of some pages alike."""
    years = range(2010, 2010 + len(next(iter(shares.values()))))
    cards = list(product(range(n_pages), years, range(of)))
    sightings = pl.DataFrame(
        [(f"x{p}", f"x{p}", f"{p}-{y}-{n}", y) for p, y, n in cards if y < (partial or 3000)],
        schema=dict.fromkeys(("listing_id", "dump_id", "paper_id"), pl.String) | {"year": pl.Int32},
        orient="row",
    )
    members = pl.DataFrame(
        [
            (f"{p}-{y}-{n}", t)
            for t, counts in shares.items()
            for p, y, n in cards
            if n < counts[y - 2010]
        ],
        schema={"paper_id": pl.String, "topic_id": pl.String},
        orient="row",
    )
    counts = pl.DataFrame(
        [
            (t, t, "topic", y, n * n_pages, float(n * n_pages))
            for t, counts in shares.items()
            for y, n in zip(years, counts, strict=True)
            if n
        ],
        schema={
            **dict.fromkeys(("topic_id", "topic", "level"), pl.String),
            "year": pl.Int32,
            "n_papers": pl.Int32,
            "n_papers_fractional": pl.Float64,
        },
        orient="row",
    )
    found = pl.DataFrame(
        {
            "year": years,
            "n_papers": of * n_pages,
            "is_partial_year": [y >= (partial or 3000) for y in years],
            "coverage_note": pl.Series([None] * len(years), dtype=pl.String),
        },
        schema_overrides={"year": pl.Int32, "n_papers": pl.Int32},
    )
    result = topic_trends(counts, found, sightings, members)
    return {row["topic_id"]: row for row in result.unique("topic_id", keep="first").to_dicts()}


@pytest.mark.parametrize(
    ("counts", "trend"),
    [
        ([10, 20], "inconclusive"),  # two years are no trend
        ([10, 20, 30], "rising"),
        ([10, 20, 30, 40, 50, 60], "rising"),
        ([60, 50, 40, 30, 20, 10], "falling"),
        # A late rise is one: what the median slope does not see counts here.
        ([0, 0, 0, 0, 0, 0, 0, 0, 10, 20], "rising"),
        ([20] * 8, "steady"),
        ([20, 24, 19, 22, 21, 18, 23, 20], "steady"),
        # So few papers leave room for any trend.
        ([0, 1, 0, 0, 1, 0, 0, 1], "inconclusive"),
    ],
)
def test_trend(counts, trend):
    row = trends_of({"t": counts})["t"]
    assert row["trend"] == trend
    if trend in ("rising", "falling"):
        assert row["trend_overall"] == trend
        assert row["holds_without_any_listing"]
        assert row["coverage_note"] is None
    else:
        assert row["holds_without_any_listing"] is None


def test_fewer_than_five_papers_are_not_tested():
    row = trends_of({"t": [0, 0, 1, 3]}, n_pages=1)["t"]
    assert (row["trend"], row["trend_p"]) == ("too_few_papers", None)
    assert row["n_papers_tested"] == 4
    assert "4 papers in full years" in row["coverage_note"]


def test_what_is_missing_is_said():
    two_years = trends_of({"t": [10, 20]})["t"]["coverage_note"]
    assert two_years.startswith("2 full years where it is seen: a trend needs 3")
    one_page = trends_of({"t": [2, 2, 4]}, of=10, n_pages=1)["t"]
    assert one_page["trend_p"] is None
    assert "it is seen in 1 listing, too little" in one_page["coverage_note"]
    alone = trends_of({"t": [10, 20, 30, 40, 50, 60]}, n_pages=1)["t"]
    assert (alone["trend"], alone["coverage_note"]) == ("rising", "it rests on one listing")
    rare = trends_of({"t": [0, 1, 0, 0, 1, 0, 0, 1]})["t"]
    assert "its odds may have changed by a factor from" in rare["coverage_note"]


@pytest.mark.parametrize(
    ("n", "said"),
    [(1, "it rests on one listing"), (3, "without one of its 3 listings it is not shown")],
)
def test_a_trend_that_does_not_hold_is_said_to_be_of_its_listings(n, said):
    verdict = {"trend": "rising", "trend_overall": "rising", "n_listings": n}
    assert noted(verdict | {"holds_without_any_listing": False}) == said


def test_a_small_p_is_not_said_to_be_none():
    verdict = {"trend": "inconclusive", "trend_overall": "steady", "n_years": 9, "n_listings": 9}
    verdict |= {"n_papers_tested": 90, "trend_p": 0.00031}
    verdict |= {f"odds_ratio_{end}": 1.2 for end in ("low", "per_year", "high")}
    assert "(p = 0.00031)" in noted(verdict | {"holds_without_any_listing": None})


def noted(verdict: dict) -> str:
    """What is noted beside a verdict."""
    schema = VERDICT | {"trend_overall": pl.String}
    return pl.DataFrame([verdict], schema=schema).select(trend_note()).item()


def test_interval_p_and_verdict_agree():
    shares = {f"t{n}": [20 + n * y for y in range(5)] for n in range(-4, 12)}
    for row in trends_of(shares, n_pages=7).values():
        low, ratio, high = (row[f"odds_ratio_{c}"] for c in ("low", "per_year", "high"))
        assert low <= ratio <= high
        assert (low > 1 or high < 1) == (row["trend_p"] < 0.05)
        assert row["trend_p"] <= row["trend_p_adjusted"]
        if row["trend"] == "steady":
            assert 1 / 1.05 < low < high < 1.05


def test_pages_that_go_both_ways_alike_are_not_steady():
    """What rises on one half falls on the other: nothing is left, and of that little is known."""
    up, down = [2, 4, 6, 8, 10, 12], [12, 10, 8, 6, 4, 2]
    row = trends_of_pages([up, down] * 8, of=40)
    assert (row["trend"], row["trend_p"]) == ("inconclusive", 1)
    assert row["odds_ratio_low"] < 0.9
    assert row["odds_ratio_high"] > 1.1
    # One paper more is about as much.
    near = trends_of_pages([up, down] * 7 + [up, [13, 10, 8, 6, 4, 2]], of=40)
    assert near["odds_ratio_low"] == pytest.approx(row["odds_ratio_low"], abs=0.01)


def trends_of_pages(counts: list[list[int]], of: int) -> dict:
    """The verdict on a topic, from its papers per year on each page of many papers a year."""
    cards = [
        (f"x{page}", f"{page}-{year}-{n}", 2010 + year, n < count)
        for page, years in enumerate(counts)
        for year, count in enumerate(years)
        for n in range(of)
    ]
    seen = pl.DataFrame(cards, schema=["listing_id", "paper_id", "year", "is_one"], orient="row")
    sightings = seen.select(
        "listing_id", "paper_id", pl.col("year").cast(pl.Int32), dump_id="listing_id"
    )
    members = seen.filter("is_one").select("paper_id", topic_id=pl.lit("t"))
    return verdicts(sightings, members, "topic_id").row(0, named=True)


def test_one_small_p_among_many_topics_is_no_trend():
    noise = {f"t{n}": [20, 22, 19, 21, 20] for n in range(40)}
    slight = [18, 20, 22, 24, 25]
    alone = trends_of({"t": slight})["t"]
    among = trends_of({"t": slight} | noise)["t"]
    assert (alone["trend"], among["trend"]) == ("rising", "inconclusive")
    assert alone["trend_p"] == pytest.approx(among["trend_p"])
    assert among["trend_p"] < 0.05 < among["trend_p_adjusted"]
    assert "which is not enough beside all that is tested" in among["coverage_note"]


def test_a_partial_year_does_not_turn_a_trend():
    rising = [10, 20, 30, 40, 0]
    assert trends_of({"t": rising}, partial=2014)["t"]["trend"] == "rising"
    assert trends_of({"t": rising})["t"]["trend"] != "rising"


def test_growth_from_a_year_of_few_papers_is_not_told():
    assert trends_of({"t": [1, 20, 30]}, n_pages=4)["t"]["cagr"] is None
    assert trends_of({"t": [5, 10, 20]}, n_pages=1)["t"]["cagr"] == pytest.approx(1.0)


def test_months_are_compared_with_the_same_month_of_the_year_before():
    months = pl.date_range(date(2020, 1, 1), date(2025, 3, 1), "1mo", eager=True)
    counts = pl.DataFrame({"topic_id": "t", "topic": "T", "level": "topic", "month": months})
    counts = counts.with_columns(
        n_papers=pl.int_range(1, pl.len() + 1, dtype=pl.Int32), n_papers_fractional=1.0
    )
    totals = pl.DataFrame(
        {"month": months, "n_papers": 100}, schema_overrides={"n_papers": pl.Int32}
    )
    sources = pl.DataFrame({"source": ["x"], "last_covered_on": [months[-1]]})
    result = monthly_topic_trends(counts, totals, sources)
    row = result.row(24, named=True)
    assert row["yoy_change"] == pytest.approx((25 - 13) / 13)
    assert "trend" not in result.columns  # months have seasons
    assert result["is_partial_month"].to_list() == [False] * 62 + [True]


# ---------------------------------------------------------------- what was collected

_SYLLABLES = ("ba", "ko", "ti", "mu", "le", "fo", "ri", "du", "sa", "ne", "pi", "zo")
_WORDS = map("".join, product(_SYLLABLES, repeat=4))


def titles(n: int, topic: str = "") -> list[str]:
    """New titles of words that stand in no other, about a topic or about nothing known."""
    made = [" ".join(next(_WORDS).title() for _ in range(4)) for _ in range(n)]
    return [f"{topic} of {title}" if topic else title for title in made]


def yearly(n_about: dict[int, int], n_others: dict[int, int]) -> list[tuple[str, list[str], int]]:
    """Papers per year, about graph neural networks and about nothing."""
    return [
        (
            title,
            [" ".join(title.split()[-2:]), "Ann Lee"],
            year,
        )  # each has a first author of its own
        for counts, topic in ((n_about, "Graph Neural Networks"), (n_others, ""))
        for year, n in counts.items()
        for title in titles(n, topic)
    ]


def gnn_trend(folder, pages: dict[str, str], captured_on: str) -> dict[int, dict]:
    """The yearly rows of graph neural networks in a warehouse of pages saved on a day."""
    found = all_trends(folder, pages, captured_on)
    return {row["year"]: row for row in found if row["topic_id"] == "graph_learning"}


def all_trends(folder, pages: dict[str, str], captured_on: str) -> list[dict]:
    """The yearly rows of all topics in a warehouse of pages saved on a day."""
    notes = {f"{name}.meta.json": json.dumps({"captured_on": captured_on}) for name in pages}
    raw, warehouse = put(folder / "raw", pages | notes), Warehouse(folder / "warehouse")
    with warehouse.lock():
        refresh_dumps(raw, warehouse, MORNING)
    models, target = load_models(), "marts.yearly_topic_trends"
    given = {spec.full_name: spec for spec in (*EXTRACTED_TABLES, OVERRIDES)}
    recalled = {name: all_specs()[name] for model in models.values() for name in model.recalls}
    with warehouse.engine((given | recalled).values()) as engine:
        make_tables(engine, models, [target], given, folder, MORNING)
        return engine.rows(f"from {target} order by topic_id, year")


def test_a_year_of_two_months_shows_no_fall(tmp_path):
    full = dict.fromkeys(range(2018, 2026), 2)
    page = arrow_page("Ann Lee", yearly(full, dict.fromkeys([*full, 2026], 2)))
    rows = gnn_trend(tmp_path, {"ann.txt": page}, "2026-02-28")
    assert [year for year, row in rows.items() if row["is_partial_year"]] == [2026]
    assert rows[2026]["share"] == 0
    assert {row["sen_slope"] for row in rows.values()} == {0}
    assert not {row["trend"] for row in rows.values()} & {"rising", "falling"}
    assert (rows[2025]["is_burst"], rows[2026]["is_burst"]) == (False, None)
    assert (
        "arrow: most of its papers of 2026 are on pages saved before its end"
        in rows[2026]["coverage_note"]
    )


def feed(papers: list[tuple[str, list[str], int]]) -> str:
    return feed_page([(title, names, f"Jun 3, {year}") for title, names, year in papers])


def search(query: str, papers: list[tuple[str, list[str], int]]) -> str:
    """A page of arXiv's results for a query."""
    n = len(papers)
    lines = [f"Showing 1–{n} of {n} results for all: {query}", ""]
    for number, (title, names, year) in enumerate(papers):
        lines += [f"1. arXiv:{year % 100}06.{number + 10000} [pdf, other] cs.LG", "", title, ""]
        lines += [f"Authors: {', '.join(names)}", "", "Abstract: We look into it with care.", ""]
        lines += [f"Submitted 3 June, {year}; originally announced June {year}.", ""]
    return "\n".join(lines)


_DRIFT = range(2016, 2026)


def drifting(about: float, more: int) -> list[tuple[str, list[str], int]]:
    """Papers of ten years, more or fewer each year, of which always one part is on the topic."""
    sizes = {y: 10 * (y - 2015 if more > 0 else 2026 - y) for y in _DRIFT}
    on = {y: round(about * n) for y, n in sizes.items()}
    return yearly(on, {y: n - on[y] for y, n in sizes.items()})


def test_a_collector_whose_interest_drifts_is_no_trend(tmp_path):
    """Two searches and two authors, each constant for itself; pages of one subject grow, those of
    another shrink: the collection moves, no listing does."""
    pages = {
        "search-robots.txt": search("grasping", drifting(0.1, -1)),
        "search-graphs.txt": search("graphs", drifting(0.8, +1)),
        "arrow-ann.txt": arrow_page("Ann Lee", drifting(0.1, -1)),
        "arrow-bo.txt": arrow_page("Bo Chen", drifting(0.8, +1)),
    }
    found = all_trends(tmp_path, pages, "2026-01-05")
    assert not {row["trend"] for row in found} & {"rising", "falling"}
    of_graphs = [row for row in found if row["topic_id"] == "graph_learning"]
    assert {row["trend_overall"] for row in of_graphs} == {"rising"}
    assert {row["n_listings"] for row in of_graphs} == {4}
    for row in of_graphs:
        assert "the collection as a whole is rising" in row["coverage_note"]
        assert "what was collected may have changed" in row["coverage_note"]


def test_what_listings_show_alike_is_a_trend(tmp_path):
    pages = {f"{n}.txt": arrow_page(f"{n} Lee", rising()) for n in ("Ann", "Bo", "Cy", "Di", "Ed")}
    found = all_trends(tmp_path, pages | {"f.txt": feed(rising())}, "2026-01-05")
    row = next(row for row in found if row["topic_id"] == "graph_learning")
    assert (row["trend"], row["trend_overall"]) == ("rising", "rising")
    assert (row["n_listings"], row["holds_without_any_listing"]) == (6, True)


def rising() -> list[tuple[str, list[str], int]]:
    return yearly({y: y - 2016 for y in _DRIFT}, {y: 2026 - y for y in _DRIFT})


@needs_sample
def test_every_share_of_the_sample_corpus_has_its_wilson_interval():
    rows = table(sample_warehouse(), "marts.yearly_topic_trends")
    n_checked = 0
    for row in rows:
        if row["n_papers_in_year"] == 0:
            assert row["share"] is row["share_low"] is row["share_high"] is None
            continue
        low, high = wilson_interval(row["n_papers"], row["n_papers_in_year"])
        assert row["share"] == pytest.approx(row["n_papers"] / row["n_papers_in_year"])
        assert row["share_low"] == pytest.approx(max(low, 0), abs=1e-9)
        assert row["share_high"] == pytest.approx(min(high, 1), abs=1e-9)
        n_checked += 1
    assert n_checked > 500


@needs_sample
def test_years_have_no_gaps_and_ranks_follow_the_counts():
    rows = table(sample_warehouse(), "marts.yearly_topic_trends", "topic_id, year")
    years = sorted({row["year"] for row in rows})
    assert years == list(range(years[0], years[-1] + 1))
    topics = {row["topic_id"] for row in rows}
    assert len(rows) == len(years) * len(topics)
    for year in years:
        own = [row for row in rows if row["year"] == year]
        for row in own:
            above = [
                r for r in own if r["level"] == row["level"] and r["n_papers"] > row["n_papers"]
            ]
            if row["n_papers"]:
                assert row["rank"] == 1 + len(above)
