"""The words beside a chart of shares: they never disagree with what is drawn, nor say too much."""

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.outputs.report.sentences import (
    agrees,
    course_between,
    course_of,
    evidence,
    trend_sentence,
)
from pipeline.outputs.report.tables import percent
from pipeline.transforms.trend_verdicts import TRENDS


def verdict(trend: str, overall: str | None = None, **changed) -> dict:
    """The row of a verdict; the numbers are those of a topic that is well known."""
    ratio, p = {"rising": (1.2, 0.001), "falling": (0.8, 0.001)}.get(trend, (1.1, 0.4))
    moves = trend in ("rising", "falling")
    row = {
        "trend": trend,
        "trend_overall": overall or trend,
        "odds_ratio_per_year": ratio,
        "odds_ratio_low": ratio - 0.1 if moves else 0.9,
        "odds_ratio_high": ratio + 0.1 if moves else 1.3,
        "trend_p": p,
        "trend_p_adjusted": min(1.0, 10 * p),
        "n_papers_tested": 80,
        "n_years": 6,
        "n_listings": 4,
        "holds_without_any_listing": True if moves else None,
    }
    return row | changed


def series(*shares: float, not_over: int = 0) -> list[dict]:
    """The rows of a chart from 2019 on; the last ones are of years not over."""
    return [
        {
            "year": 2019 + n,
            "share": share,
            "share_low": max(0.0, share - 0.02),
            "share_high": min(1.0, share + 0.02),
            "is_partial_year": n >= len(shares) - not_over,
        }
        for n, share in enumerate(shares)
    ]


UNTESTED = {"trend_p": None, "trend_p_adjusted": None, "odds_ratio_per_year": None}
UNTESTED |= {"odds_ratio_low": None, "odds_ratio_high": None}
CLIMBS, FALLS, STAYS = series(0.1, 0.2, 0.3), series(0.3, 0.2, 0.1), series(0.1, 0.1, 0.1)
ENDS = "from 10.0 % in 2019 to 30.0 % in 2021"
NEEDS = "To tell, it needs more pages of its listings or more full years."
GIVEN = [
    (
        "what rises in the chart, too",
        verdict("rising"),
        CLIMBS,
        f"Rising: the share of all papers climbed {ENDS}; the odds grew by a factor of 1.20 a year "
        "within its listings, each compared with itself. It holds without any one of its 4 "
        "listings.",
    ),
    (
        "what falls on the strength of one listing of two",
        verdict("falling", n_listings=2, holds_without_any_listing=False),
        FALLS,
        "Falling: the share of all papers fell from 30.0 % in 2019 to 10.0 % in 2021; the odds "
        "shrank by a factor of 0.80 a year within its listings, each compared with itself. "
        "Without one of its 2 listings the evidence is not enough.",
    ),
    (
        "listings that all rise while more pages of another kind were saved",
        verdict("rising", "falling", n_listings=1, holds_without_any_listing=False),
        FALLS,
        "Rising: the odds grew by a factor of 1.20 a year within its listings, each compared with "
        "itself, though the share of all papers fell from 30.0 % in 2019 to 10.0 % in 2021: what "
        "was collected may have changed. It rests on one listing. The collection as a whole is "
        "falling: what was collected changed against it.",
    ),
    (
        "a trend that the collection as a whole does not show",
        verdict("rising", "inconclusive"),
        [],
        "Rising: the odds grew by a factor of 1.20 a year within its listings, each compared with "
        "itself. It holds without any one of its 4 listings. The collection as a whole does not "
        "show it: what was collected may hide it.",
    ),
    (
        "what is steady",
        verdict("steady"),
        STAYS,
        "Steady: within its listings the odds change by less than 5 % a year, and the share of all "
        "papers is 10.0 % in both 2019 and 2021.",
    ),
    (
        "what is steady, with a little of chance",
        verdict("steady"),
        series(0.1, 0.11, 0.12),
        "Steady: within its listings the odds change by less than 5 % a year; the share of all "
        "papers climbed from 10.0 % in 2019 to 12.0 % in 2021, which chance can do.",
    ),
    (
        "what is steady though the chart climbs: the collector turned to it",
        verdict("steady", "rising"),
        CLIMBS,
        "Steady: within its listings the odds change by less than 5 % a year, though the share of "
        f"all papers climbed {ENDS}: what was collected may have changed. The collection as a "
        "whole is rising, but listings compared with themselves are not shown to be: what was "
        "collected may have changed.",
    ),
    (
        "a chart that climbs from five pages alone",
        verdict("inconclusive", n_papers_tested=31, n_listings=5),
        series(0.0, 0.024, 0.173, 0.381, 0.523, not_over=1),
        "Inconclusive: the share of all papers climbed from 0.0 % in 2019 to 38.1 % in 2022, but "
        "that is no trend yet: on 31 papers of 5 listings, each compared with itself, chance could "
        "do as much. To tell, it needs more pages of its listings, more full years or the same "
        "pages saved again when 2023 is over.",
    ),
    (
        "what would be a trend were it tested alone",
        verdict("inconclusive", trend_p=0.02, odds_ratio_per_year=0.7),
        FALLS,
        "Inconclusive: the share of all papers fell from 30.0 % in 2019 to 10.0 % in 2021, but "
        "that is no trend yet: within its listings the odds shrank, but not enough beside all that "
        f"is tested. {NEEDS}",
    ),
    (
        "a peak between two ends alike",
        verdict("inconclusive"),
        series(0.1, 0.4, 0.02, 0.1),
        "Inconclusive: the share of all papers is 10.0 % in both 2019 and 2022; on 80 papers of 4 "
        f"listings, each compared with itself, chance could do as much. {NEEDS} In between it was "
        "as high as 40.0 % (2020). In between it was as low as 2.0 % (2021).",
    ),
    (
        "two years are no trend",
        verdict("inconclusive", n_years=2, **UNTESTED),
        series(0.1, 0.3),
        "Inconclusive: the share of all papers climbed from 10.0 % in 2019 to 30.0 % in 2020, but "
        f"that is no trend yet: its listings show 2 full years, and a trend needs 3. {NEEDS}",
    ),
    (
        "each listing has it in one year alone",
        verdict("inconclusive", n_listings=0, **UNTESTED),
        CLIMBS,
        f"Inconclusive: the share of all papers climbed {ENDS}, but that is no trend yet: no "
        f"listing shows it beside other papers in more than one full year. {NEEDS}",
    ),
    (
        "one listing, too small to be tested",
        verdict("inconclusive", n_listings=1, n_papers_tested=6, **UNTESTED),
        STAYS,
        "Inconclusive: the share of all papers is 10.0 % in both 2019 and 2021; 6 papers of 1 "
        f"listing are too little to tell it from chance. {NEEDS}",
    ),
    (
        "no year is over",
        verdict("inconclusive", n_years=0, n_listings=0, **UNTESTED),
        series(0.1, 0.3, not_over=2),
        "Inconclusive: no two full years are drawn here, and its listings show 0 full years, and a "
        f"trend needs 3. {NEEDS}",
    ),
    (
        "a handful of papers",
        verdict("too_few_papers", n_papers_tested=4, **UNTESTED),
        CLIMBS,
        "Too few papers: 4 in years that are over where they were seen, and a trend needs 5; that "
        f"the share of all papers climbed {ENDS} is no trend yet.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "drawn", "told"), [case[1:] for case in GIVEN], ids=[case[0] for case in GIVEN]
)
def test_a_verdict_in_words(row, drawn, told):
    assert trend_sentence(row, course_of(drawn)) == told


def test_what_it_rests_on():
    assert evidence(verdict("rising", trend_p_adjusted=0.04996)) == (
        "odds ratio per year 1.20, 95 % interval 1.10 to 1.30; p = 0.001, adjusted = 0.0499; "
        "80 papers, 6 full years, 4 listings; as a whole rising"
    )
    few = verdict("too_few_papers", n_papers_tested=1, n_years=1, n_listings=0, **UNTESTED)
    assert evidence(few) == "1 paper, 1 full year, 0 listings; as a whole too few papers"


def test_shares_are_of_what_the_chart_shows():
    told = trend_sentence(
        verdict("steady", "falling"), course_of(STAYS), "the papers of Arrow", "Arrow as a whole"
    )
    assert "the share of the papers of Arrow is 10.0 %" in told
    assert "Arrow as a whole is falling" in told


# ---------------------------------------------------------------- whatever is drawn

SHARES = st.lists(st.floats(0, 1), max_size=9)
VERDICTS = list(product(TRENDS, TRENDS, (True, False)))
ROWS = st.sampled_from(VERDICTS).flatmap(
    lambda case: st.builds(
        lambda n_years, n_listings, p: verdict(
            case[0],
            case[1],
            n_years=n_years,
            n_listings=n_listings,
            **({} if case[2] and case[0] not in ("inconclusive",) else {"trend_p": p}),
        ),
        st.integers(0, 9),
        st.integers(0, 5),
        st.sampled_from([0.0001, 0.04, 0.06, 0.9]),
    )
)


@given(row=ROWS, shares=SHARES, not_over=st.integers(0, 3))
def test_sentence_and_chart_never_disagree(row, shares, not_over):
    drawn = series(*shares, not_over=not_over)
    course = course_of(drawn)
    told = trend_sentence(row, course)
    first, _, rest = told.partition(": ")
    # The verdict is the one of the tables, and said once.
    assert first.casefold().replace(" ", "_") == row["trend"]
    others = {"Rising", "Falling", "Steady", "Inconclusive", "Too few papers"} - {first}
    assert not any(f"{other}:" in rest for other in others)
    # Every number of a year is one that is drawn, of a year that is over.
    full = [row for row in drawn if not row["is_partial_year"]]
    shown = {row["year"]: percent(row["share"]) for row in full}
    named = re.findall(r"(\d+\.\d %) (?:in |\()(\d{4})", told)
    assert all(shown[int(year)] == share for share, year in named)
    if len(full) < 2:
        assert not named
        assert "climbed" not in told
        assert "fell" not in told
        return
    # The direction is the one between the full years at the ends.
    ends = [shown[full[0]["year"]], shown[full[-1]["year"]]]
    went = "stayed" if ends[0] == ends[1] else "climbed"
    if ends[0] != ends[1] and full[-1]["share"] < full[0]["share"]:
        went = "fell"
    assert (f"climbed from {ends[0]}" in told) == (went == "climbed")
    assert (f"fell from {ends[0]}" in told) == (went == "fell")
    # What goes against the verdict is explained, and what is open says so.
    opposite = {"rising": "fell", "falling": "climbed"}.get(row["trend"])
    if went == opposite:
        assert "what was collected may have changed" in told
        assert not agrees(row["trend"], course)
    if went in ("climbed", "fell") and row["trend"] in ("inconclusive", "too_few_papers"):
        assert "no trend yet" in told
    if row["trend"] == "inconclusive":
        assert "To tell, it needs" in told
    if row["trend_overall"] in ("rising", "falling") and row["trend_overall"] != row["trend"]:
        assert f"The collection as a whole is {row['trend_overall']}" in told
        assert "what was collected" in told


@given(shares=SHARES.filter(lambda shares: len(shares) > 1))
def test_a_row_with_both_ends_tells_what_the_chart_tells(shares):
    drawn = series(*shares)
    ends = {
        f"{end}_year": row["year"] for end, row in (("first", drawn[0]), ("last", drawn[-1]))
    } | {
        f"share_{end}{part}": row[f"share{part}"]
        for end, row in (("first", drawn[0]), ("last", drawn[-1]))
        for part in ("", "_low", "_high")
    }
    assert course_between(ends).direction == course_of(drawn).direction


def test_without_two_full_years_nothing_is_said_of_a_direction():
    nothing = dict.fromkeys(
        (f"share_{end}{part}" for end in ("first", "last") for part in ("", "_low", "_high")), None
    )
    assert course_between({"first_year": None, "last_year": None, **nothing}) is None
    assert course_of(series(0.1, 0.5, not_over=1)) is None
