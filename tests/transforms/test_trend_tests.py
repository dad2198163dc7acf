"""The test of a trend within listings: other programs, plain loops, data where nothing moves."""

import math
import random
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pytest
from scipy import optimize, stats
from scipy.sparse import csr_array

from pipeline.transforms.trend_slopes import log_odds_per_year
from pipeline.transforms.trend_tests import (
    SIGNIFICANT,
    Sightings,
    holds_without_any,
    mantel_haenszel,
    stratified_trends,
)


@dataclass(frozen=True)
class Seen:
    """One paper in one listing; `x` says of which of the things counted it is one."""

    listing: int
    page: int
    paper: int
    year: int
    x: tuple[bool, ...]


def arrays(seen: list[Seen]) -> tuple[Sightings, csr_array]:
    columns = (
        np.array([getattr(row, name) for row in seen], dtype=np.int64)
        for name in ("listing", "page", "paper", "year")
    )
    listing, page, paper, year = columns
    members = csr_array(np.array([row.x for row in seen], dtype=float))
    return Sightings(listing, page, paper, year.astype(float)), members


def drawn(
    chance: random.Random,
    n_listings: int = 6,
    n_pages: int = 3,
    n_cards: int = 15,
    shared: float = 0.2,
    slope: float = 0.0,
) -> list[Seen]:
    """Papers of listings with a share of each thing of their own; some papers in two listings."""
    seen, n_papers = [], 0
    for listing in range(n_listings):
        shares = [chance.uniform(0.1, 0.6) for _ in range(3)]
        for page in range(n_pages):
            for _ in range(n_cards):
                year = chance.randint(2012, 2022)
                odds = [math.log(p / (1 - p)) + slope * (year - 2017) for p in shares]
                x = tuple(chance.random() < 1 / (1 + math.exp(-o)) for o in odds)
                seen.append(Seen(listing, listing * n_pages + page, n_papers, year, x))
                if chance.random() < shared:
                    other = (listing + 1) % n_listings
                    seen.append(Seen(other, other * n_pages, n_papers, year, x))
                n_papers += 1
    return seen


# ---------------------------------------------------------------- other programs


def test_in_one_listing_it_is_the_correlation_of_topic_and_year():
    """Mantel (1963): the square of the score over its variance is (n - 1) r squared."""
    chance = random.Random(1)
    for _ in range(50):
        seen = drawn(chance, n_listings=1, shared=0, slope=chance.choice([0, 0.2]))
        found = mantel_haenszel(*arrays(seen))
        for k in range(3):
            r = stats.pearsonr([row.year for row in seen], [row.x[k] for row in seen]).statistic
            chi = found.score[k] ** 2 / found.variance[k]
            assert chi == pytest.approx((len(seen) - 1) * r**2, abs=1e-9)
            assert found.p[k] == pytest.approx(stats.chi2.sf(chi, 1), abs=1e-9)


@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")  # scipy's kurtosis of a law
def test_of_two_years_it_is_the_test_of_mantel_and_haenszel():
    """Their expectation and variance of each table's corner are those of its hypergeometric law."""
    chance = random.Random(2)
    for _ in range(20):
        seen = [
            Seen(row.listing, row.page, row.paper, 2020 + row.year % 2, row.x)
            for row in drawn(chance, n_cards=7, shared=0)
        ]
        found = mantel_haenszel(*arrays(seen))
        for k in range(3):
            corner, mean, variance = 0, 0.0, 0.0
            for listing in range(6):
                own = [row for row in seen if row.listing == listing]
                late = sum(row.year == 2021 for row in own)
                law = stats.hypergeom(len(own), sum(row.x[k] for row in own), late)
                corner += sum(row.x[k] and row.year == 2021 for row in own)
                mean, variance = mean + law.mean(), variance + law.var()
            assert found.score[k] == pytest.approx(corner - mean, abs=1e-9)
            assert found.variance[k] == pytest.approx(variance, abs=1e-9)


def test_statsmodels_says_the_same_where_it_is_installed():
    tables = pytest.importorskip("statsmodels.stats.contingency_tables")
    chance = random.Random(3)
    seen = [
        Seen(row.listing, row.page, row.paper, 2020 + row.year % 2, row.x)
        for row in drawn(chance, shared=0)
    ]
    found = mantel_haenszel(*arrays(seen))
    for k in range(3):
        strata = [np.zeros((2, 2)) for _ in range(6)]
        for row in seen:
            strata[row.listing][row.year - 2020, int(row.x[k])] += 1
        expected = tables.StratifiedTable(strata).test_null_odds(correction=False)
        assert found.p[k] == pytest.approx(expected.pvalue, abs=1e-9)


def test_the_odds_ratio_is_that_of_the_model_fitted_by_another_program():
    """The penalised likelihood as it is written down, and scipy's root of its gradient."""
    chance = random.Random(4)
    for slope in (0, 0.3, -0.5):
        seen = drawn(chance, n_listings=4, shared=0, slope=slope)
        found = log_odds_per_year(*arrays(seen))
        for k in range(3):
            telling = [
                0.0,
                0.0,
                0.0,
            ]  # papers, squares of their years, and these as Mantel has them
            for listing in range(4):
                own = [row for row in seen if row.listing == listing]
                share = sum(row.x[k] for row in own) / len(own)
                squares = np.var([row.year for row in own]) * len(own)
                parts = np.array([len(own), squares, squares * len(own) / (len(own) - 1)])
                telling += share * (1 - share) * parts
            span = 2 * math.sqrt(telling[1] / telling[0])

            def gradient(values, k=k, seen=seen, span=span):
                rest = np.zeros(5)
                for row in seen:
                    at = values[row.listing] + values[4] * (row.year - 2017)
                    left = row.x[k] - 1 / (1 + math.exp(-at))
                    rest[row.listing] += left
                    rest[4] += left * (row.year - 2017)
                rest[4] += span * (0.5 - 1 / (1 + math.exp(-values[4] * span)))
                return rest

            fitted = optimize.root(gradient, np.zeros(5), tol=1e-13).x[4]
            assert found[k] == pytest.approx(fitted * telling[1] / telling[2], abs=1e-9)


def test_many_small_listings_do_not_make_a_change_larger():
    """An intercept for each is fitted to few papers: uncorrected, of 1.3 a year 1.42 are made."""
    chance = random.Random(12)
    seen = drawn(chance, n_listings=1500, n_pages=1, n_cards=5, shared=0, slope=math.log(1.3))
    assert np.exp(log_odds_per_year(*arrays(seen))) == pytest.approx([1.3] * 3, abs=0.05)


def test_listings_of_different_times_do_not_make_a_change_smaller():
    """What keeps an odds ratio finite is as weak where each listing spans six years of eighty."""
    chance = random.Random(13)
    seen = [
        Seen(listing, listing, n, year, (chance.random() < 0.3 + 0.08 * (year - begin - 3),))
        for listing, begin in enumerate(range(1940, 2020, 8))
        for n, year in enumerate(begin + i % 6 for i in range(listing * 40, listing * 40 + 40))
    ]
    late = [
        Seen(row.listing, row.page, row.paper, row.year - 8 * row.listing, row.x) for row in seen
    ]
    slopes = log_odds_per_year(*arrays(seen)), log_odds_per_year(*arrays(late))
    assert slopes[0] == pytest.approx(slopes[1], rel=1e-9)
    assert np.exp(slopes[0]) > 1.3


def test_a_topic_of_the_last_year_only_has_a_finite_odds_ratio():
    seen = [Seen(0, 0, n, 2010 + n % 10, (n % 10 == 9, n % 10 > 4)) for n in range(100)]
    slopes = log_odds_per_year(*arrays(seen))
    assert np.isfinite(slopes).all()
    assert (slopes > 0.5).all()


def test_one_paper_long_before_all_others_does_not_lead_the_fit_astray():
    """Newton's method alone swings from side to side here, and ends with the wrong sign."""
    years = [2007, 2011, 2014, 2019, 2020] + [2021] * 6 + [2022] * 7 + [2023] * 14 + [2024] * 9
    first = [Seen(0, 0, n, year, (year == 2007, year == 2011)) for n, year in enumerate(years)]
    small = [Seen(1, 1, 50 + n, 2022 + n // 15, (n in (20, 30),) * 2) for n in range(40)]
    for seen in (first, first + small):
        slopes, scores = log_odds_per_year(*arrays(seen)), stratified_trends(*arrays(seen)).score
        assert (slopes < 0).all()
        assert (scores < 0).all()


def test_slopes_that_are_not_asked_for_are_left_out_and_others_stay():
    seen = drawn(random.Random(14), n_listings=9, shared=0.2, slope=0.2)
    slopes = log_odds_per_year(*arrays(seen))
    asked = np.array([True, False, True])
    found = log_odds_per_year(*arrays(seen), asked)
    assert found[asked].tolist() == slopes[asked].tolist()
    assert np.isnan(found[1])


def test_what_no_listing_can_tell_has_no_odds_ratio():
    seen = [Seen(n % 2, n % 2, n, 2010 + n % 10, (False, n % 2 == 0)) for n in range(100)]
    assert np.isnan(log_odds_per_year(*arrays(seen))).all()
    assert np.isnan(stratified_trends(*arrays(seen)).p).all()


# ---------------------------------------------------------------- plain loops


def by_hand(seen: list[Seen], k: int) -> tuple[float, float, float]:
    """Score, variance and degrees of freedom of one thing, as the module's text says it."""
    listings = defaultdict(list)
    for row in seen:
        listings[row.listing].append(row)
    mean = {a: sum(r.year for r in rows) / len(rows) for a, rows in listings.items()}
    share = {a: sum(r.x[k] for r in rows) / len(rows) for a, rows in listings.items()}
    away = [row.year - mean[row.listing] for row in seen]
    score = sum(row.x[k] * t for row, t in zip(seen, away, strict=True))
    worth = [
        share[row.listing] * (1 - share[row.listing]) * t**2
        for row, t in zip(seen, away, strict=True)
    ]
    slope = score / sum(worth)
    left = [
        (row.x[k] - share[row.listing]) * t - slope * w
        for row, t, w in zip(seen, away, worth, strict=True)
    ]
    plain = 0.0
    for rows in listings.values():
        squares = sum((r.year - mean[r.listing]) ** 2 for r in rows)
        p = share[rows[0].listing]
        plain += p * (1 - p) * squares * len(rows) / (len(rows) - 1)
    sums, parts = defaultdict(float), defaultdict(float)
    for row, value, w in zip(seen, left, worth, strict=True):
        sums[row.page] += value
        parts[row.page] += w
    used = sum(w > 0 for w in parts.values())
    clustered = sum(value**2 for value in sums.values()) * used / (used - 1)
    papers = defaultdict(list)
    for row, value in zip(seen, left, strict=True):
        papers[row.paper].append(value)
    twice = sum(sum(v) ** 2 - sum(x * x for x in v) for v in papers.values())
    freedom = sum(parts.values()) ** 2 / sum(w * w for w in parts.values()) - 1
    return score, max(plain, clustered) + max(twice, 0), freedom


def test_the_variance_is_the_one_that_the_text_describes():
    chance = random.Random(5)
    for slope in (0, 0.3):
        seen = drawn(chance, slope=slope)
        found = stratified_trends(*arrays(seen))
        for k in range(3):
            score, variance, freedom = by_hand(seen, k)
            assert found.score[k] == pytest.approx(score, abs=1e-9)
            assert found.variance[k] == pytest.approx(variance, abs=1e-9)
            assert found.freedom[k] == pytest.approx(freedom, abs=1e-9)
            expected = 2 * stats.t.sf(abs(score) / math.sqrt(variance), freedom)
            assert found.p[k] == pytest.approx(expected, abs=1e-12)


def test_many_things_are_tested_in_blocks_as_one_by_one(monkeypatch):
    seen = drawn(random.Random(6), slope=0.1)
    sightings, members = arrays(seen)
    whole = stratified_trends(sightings, members)
    monkeypatch.setattr("pipeline.transforms.trend_tests._CELLS", 1)
    parts = stratified_trends(sightings, members)
    assert np.allclose(whole.p, parts.p, rtol=1e-12)
    assert np.allclose(whole.parts[0], parts.parts[0])


# ---------------------------------------------------------------- where nothing moves


def small_p(draw, n_times: int = 60) -> float:
    """The share of p-values below 0.05, things that cannot be tested left out."""
    p = np.concatenate([stratified_trends(*arrays(draw())).p for _ in range(n_times)])
    return float((p[~np.isnan(p)] < SIGNIFICANT).mean())


def test_where_nothing_moves_one_in_twenty_is_below_five_percent_at_most():
    chance = random.Random(7)
    assert small_p(lambda: drawn(chance, shared=0)) <= 0.06
    assert small_p(lambda: drawn(chance, n_listings=1, n_pages=12, shared=0)) <= 0.06
    assert small_p(lambda: drawn(chance, n_listings=2, n_pages=1, n_cards=80, shared=0)) <= 0.06


def test_papers_that_two_listings_show_do_not_count_as_two_findings():
    """Every paper stands in two listings: to take that for twice as much evidence is wrong."""
    chance = random.Random(8)
    twice = [arrays(drawn(chance, shared=1)) for _ in range(60)]
    plain = np.concatenate([mantel_haenszel(*data).p for data in twice])
    allowed = np.concatenate([stratified_trends(*data).p for data in twice])
    assert (plain < SIGNIFICANT).mean() > 0.1
    assert (allowed < SIGNIFICANT).mean() <= 0.06


def drifting(chance: random.Random, n_listings: int) -> list[Seen]:
    """Every page's interest drifts its own way, up or down: no trend of all."""
    seen = []
    for listing in range(n_listings):
        drift = chance.choice([-0.5, 0.5])
        for n in range(30):
            year = chance.randint(2012, 2022)
            p = 1 / (1 + math.exp(-drift * (year - 2017)))
            seen.append(Seen(listing, listing, listing * 30 + n, year, (chance.random() < p,)))
    return seen


def test_persons_whose_interests_drift_are_no_trend():
    chance = random.Random(9)
    made = [arrays(drifting(chance, 20)) for _ in range(1000)]
    plain = np.concatenate([mantel_haenszel(*data).p for data in made])
    allowed = np.concatenate([stratified_trends(*data).p for data in made])
    assert (plain < SIGNIFICANT).mean() > 0.2
    assert (allowed < SIGNIFICANT).mean() <= 0.07


# ---------------------------------------------------------------- what a trend rests on


def test_a_trend_that_one_listing_makes_does_not_hold_without_it():
    chance = random.Random(10)
    all_rise = drawn(chance, n_pages=4, n_cards=30, shared=0, slope=0.3)
    found = stratified_trends(*arrays(all_rise))
    assert (found.p < 1e-6).all()
    assert holds_without_any(found, 0.05).all()
    one_rises = [
        Seen(r.listing, r.page, r.paper, r.year, (r.year > 2016 if r.listing == 0 else r.x[0],))
        for r in drawn(chance, n_pages=4, n_cards=30, shared=0)
    ]
    found = stratified_trends(*arrays(one_rises))
    assert not holds_without_any(found, 0.05).any()


def test_a_trend_of_one_listing_does_not_hold_without_it():
    seen = drawn(random.Random(11), n_listings=1, n_pages=8, shared=0, slope=0.5)
    found = stratified_trends(*arrays(seen))
    assert (found.p < 0.01).all()
    assert not holds_without_any(found, 0.05).any()


def test_nothing_comes_of_nothing():
    none = np.zeros(0, dtype=np.int64)
    nothing = Sightings(none, none, none, none.astype(float))
    found = stratified_trends(nothing, csr_array((0, 2)))
    assert np.isnan(found.p).all()
    assert len(log_odds_per_year(nothing, csr_array((0, 2)))) == 2


def test_what_is_said_to_hold_without_any_of_two_listings_mostly_does_when_tested_anew():
    """The other one has half of the pages; it must do with their degrees of freedom."""
    n_said, n_wrong = 0, 0
    for seed in range(40):
        seen = drawn(random.Random(seed), n_listings=2, n_pages=7, n_cards=20, shared=0, slope=0.25)
        said = holds_without_any(stratified_trends(*arrays(seen)), 0.01)
        left = [
            stratified_trends(*arrays([_alone(row) for row in seen if row.listing == listing]))
            for listing in (0, 1)
        ]
        n_said += said.sum()
        n_wrong += (said & ~((left[0].p <= 0.01) & (left[1].p <= 0.01))).sum()
    assert n_said > 5
    assert n_wrong <= 0.2 * n_said


def _alone(row: Seen) -> Seen:
    return Seen(0, row.page % 7, row.paper, row.year, row.x)
