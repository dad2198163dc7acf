"""Every number of `yearly_topic_trends` once more, from its Parquet inputs in plain Python.

Nothing of the package's statistics or SQL is used: loops over rows, scipy for its distributions
and for the root of a likelihood's gradient. The package only builds what is looked at.
"""

import math
from collections import Counter, defaultdict
from statistics import median

import numpy as np
import pytest
from helpers import MORNING, SHARED, needs_sample, needs_shared, sample_warehouse, table
from scipy import optimize, stats

from pipeline.builds.run import build
from pipeline.storage.warehouse import Warehouse

pytestmark = needs_sample


class Inputs:
    """The tables that the mart is made of."""

    def __init__(self, root):
        def rows(name):
            return table(root, f"marts.{name}")

        self.year = {r["paper_id"]: r["year"] for r in rows("papers") if r["year"]}
        self.level = {r["topic_id"]: r["level"] for r in rows("topics")}
        self.topics = defaultdict(set)
        for row in rows("paper_topics"):
            self.topics[row["paper_id"]].add(row["topic_id"])
        coverage = rows("yearly_coverage")
        self.years = sorted(row["year"] for row in coverage)
        self.partial = {row["year"]: row["is_partial_year"] for row in coverage}
        self.note = {row["year"]: row["coverage_note"] for row in coverage}
        over = {
            (r["listing_id"], r["year"])
            for r in rows("yearly_listing_coverage")
            if not r["is_partial_year"]
        }
        pages = defaultdict(set)
        for row in rows("paper_records"):
            seen = (row["listing_id"], self.year.get(row["paper_id"]))
            if seen in over:
                pages[row["listing_id"], row["paper_id"]].add(row["dump_id"])
        # A paper of a listing, on the first of the pages that show it there.
        self.seen = [(a, min(dumps), p, self.year[p]) for (a, p), dumps in sorted(pages.items())]


@pytest.fixture(scope="module")
def sample():
    root = sample_warehouse()
    return Inputs(root), table(root, "marts.yearly_topic_trends", "topic_id, year")


def by_topic(rows):
    found = defaultdict(list)
    for row in rows:
        found[row["topic_id"]].append(row)
    return found


def test_counts_shares_and_ranks(sample):
    inputs, rows = sample
    in_year = Counter(inputs.year.values())
    n, parts = Counter(), defaultdict(float)
    for paper, topics in inputs.topics.items():
        levels = Counter(inputs.level[t] for t in topics)
        for t in topics:
            if paper in inputs.year:
                n[t, inputs.year[paper]] += 1
                parts[t, inputs.year[paper]] += 1 / levels[inputs.level[t]]
    assert {(r["topic_id"], r["year"]) for r in rows} == {
        (t, y) for t in {t for t, _ in n} for y in inputs.years
    }
    for row in rows:
        key, year = (row["topic_id"], row["year"]), row["year"]
        assert row["level"] == inputs.level[row["topic_id"]]
        assert row["n_papers"] == n[key]
        assert row["n_papers_fractional"] == pytest.approx(parts[key], abs=1e-8)
        assert row["n_papers_in_year"] == in_year[year]
        assert row["is_partial_year"] == inputs.partial[year]
        peers = [c for (t, y), c in n.items() if y == year and inputs.level[t] == row["level"]]
        rank = 1 + sum(c > n[key] for c in peers) if n[key] else None
        assert row["rank"] == rank
        if not in_year[year]:
            assert row["share"] is row["share_low"] is row["share_high"] is None
            continue
        wilson = stats.binomtest(n[key], in_year[year]).proportion_ci(method="wilson")
        shown = (row["share"], row["share_low"], row["share_high"])
        expected = (n[key] / in_year[year], wilson.low, wilson.high)
        assert shown == pytest.approx(expected, abs=1e-9)


def test_changes_and_descriptions(sample):
    _, rows = sample
    for series in by_topic(rows).values():
        before = None
        for row in series:
            change = (
                (row["share"] - before) / before if before and row["share"] is not None else None
            )
            assert row["yoy_change"] == pytest.approx(change)
            before = row["share"] if row["share"] is not None else before
        full = [r for r in series if not r["is_partial_year"] and r["share"] is not None]
        slopes = [
            (b["share"] - a["share"]) / (b["year"] - a["year"])
            for i, a in enumerate(full)
            for b in full[i + 1 :]
        ]
        slope = median(slopes) if slopes else None
        shown = [r for r in full if r["n_papers"]]
        growth = None
        if len(shown) > 1 and shown[0]["n_papers"] >= 5:
            years = shown[-1]["year"] - shown[0]["year"]
            growth = (shown[-1]["share"] / shown[0]["share"]) ** (1 / years) - 1
        for row in series:
            assert row["sen_slope"] == pytest.approx(slope)
            assert row["cagr"] == pytest.approx(growth)
            assert (row["is_burst"] is None) == (row not in full)
        flags = dict(zip((r["year"] for r in full), kleinberg(full), strict=True))
        assert {r["year"]: r["is_burst"] for r in full} == flags


def kleinberg(full):
    """Kleinberg's two states over all ways through them: few years, so each way can be priced."""
    n, of = [r["n_papers"] for r in full], [r["n_papers_in_year"] for r in full]
    if not sum(n) or sum(n) >= 0.9999 * sum(of):
        return [False] * len(full)
    low = sum(n) / sum(of)
    high = min(2 * low, 0.9999)
    begin = math.log(max(len(full), 2))

    def fit(k, p):
        return -(n[k] * math.log(p) + (of[k] - n[k]) * math.log(1 - p))

    best = {False: (0.0, []), True: (math.inf, [])}
    for k in range(len(full)):
        calm = min(
            (best[False][0], best[False][1]), (best[True][0], best[True][1]), key=lambda w: w[0]
        )
        busy = min(
            (best[False][0] + begin, best[False][1]),
            (best[True][0], best[True][1]),
            key=lambda w: w[0],
        )
        best = {
            False: (calm[0] + fit(k, low), [*calm[1], False]),
            True: (busy[0] + fit(k, high), [*busy[1], True]),
        }
    return min(best.values(), key=lambda w: w[0])[1]


# ---------------------------------------------------------------- the verdict


def evidence(seen, is_one):
    """Score, variance, degrees of freedom, and the listings that tell: as the module says it."""
    rows = [(a, d, p, y, is_one(p)) for a, d, p, y in seen]
    size, years, ones = Counter(), Counter(), Counter()
    for a, _, _, y, x in rows:
        size[a] += 1
        years[a] += y
        ones[a] += x
    away = [y - years[a] / size[a] for a, _, _, y, _ in rows]
    p = {a: ones[a] / size[a] for a in size}
    square = Counter()
    for (a, *_), t in zip(rows, away, strict=True):
        square[a] += t * t
    plain = {
        a: p[a] * (1 - p[a]) * square[a] * size[a] / (size[a] - 1) if size[a] > 1 else 0.0
        for a in size
    }
    worth = [p[a] * (1 - p[a]) * t * t for (a, *_), t in zip(rows, away, strict=True)]
    score = sum(x * t for (*_, x), t in zip(rows, away, strict=True))
    if not sum(worth):
        return score, 0.0, 0.0, set()
    slope = score / sum(worth)
    left = [(x - p[a]) * t - slope * w for (a, *_, x), t, w in zip(rows, away, worth, strict=True)]

    def clustered(key):
        sums, parts = Counter(), Counter()
        for row, value, w in zip(rows, left, worth, strict=True):
            sums[key(row)] += value
            parts[key(row)] += w
        used = sum(w > 1e-15 for w in parts.values())
        squares = sum(v * v for v in sums.values())
        return squares * used / max(used - 1, 1), sum(parts.values()) ** 2 / sum(
            w * w for w in parts.values()
        )

    pages, n_pages = clustered(lambda row: row[:2])
    cells, n_cells = clustered(lambda row: (row[0], row[1], row[3]))
    listings = sum(plain.values()) ** 2 / sum(v * v for v in plain.values())
    if n_pages >= 5:
        robust, freedom = pages, n_pages - 1
    else:
        robust, freedom = max(pages, cells), n_cells - listings - 1
    papers = defaultdict(list)
    for (_, _, paper, _, _), value in zip(rows, left, strict=True):
        papers[paper].append(value)
    twice = sum(sum(v) ** 2 - sum(x * x for x in v) for v in papers.values())
    telling = {a for a, v in plain.items() if v > 0}
    return score, max(sum(plain.values()), robust) + max(twice, 0), freedom, telling


def slope_of(seen, is_one):
    """The penalised logistic slope, by scipy's root of the gradient."""
    listings = sorted({a for a, *_ in seen})
    telling = [a for a in listings if len({is_one(p) for b, _, p, _ in seen if a == b}) == 2]
    cells = Counter((telling.index(a), y, is_one(p)) for a, _, p, y in seen if a in telling)
    all_years = [y for *_, y in seen]
    middle = sum(all_years) / len(all_years)
    papers, squares, as_mantel = 0.0, 0.0, 0.0
    for listing in telling:
        own = [(y, is_one(p)) for a, _, p, y in seen if a == listing]
        n, share, mean = (
            len(own),
            sum(x for _, x in own) / len(own),
            sum(y for y, _ in own) / len(own),
        )
        square = share * (1 - share) * sum((y - mean) ** 2 for y, _ in own)
        papers += n * share * (1 - share)
        squares += square
        as_mantel += square * n / (n - 1)
    span = 2 * math.sqrt(squares / papers)

    def gradient(values):
        rest = np.zeros(len(values))
        for (a, y, x), n in cells.items():
            left = n * (x - 1 / (1 + math.exp(-values[a] - values[-1] * (y - middle))))
            rest[a] += left
            rest[-1] += left * (y - middle)
        rest[-1] += span * (0.5 - 1 / (1 + math.exp(-values[-1] * span)))
        return rest

    found = optimize.root(gradient, np.zeros(len(telling) + 1), tol=1e-13)
    assert abs(found.fun).max() < 1e-8
    return found.x[-1] * squares / as_mantel


def check_verdicts(inputs, rows):
    n_tested = 0
    expected = {}
    for topic, series in by_topic(rows).items():
        is_one = lambda paper, topic=topic: topic in inputs.topics[paper]  # noqa: E731
        score, variance, freedom, telling = evidence(inputs.seen, is_one)
        papers = {p for _, _, p, _ in inputs.seen if is_one(p)}
        shows = {a for a, _, p, _ in inputs.seen if is_one(p)}
        years = {y for a, _, _, y in inputs.seen if a in shows}
        p = None
        if len(papers) >= 5 and len(years) >= 3 and variance > 0 and freedom >= 1:
            p = 2 * stats.t.sf(abs(score) / math.sqrt(variance), freedom)
            n_tested += 1
        expected[topic] = (score, variance, freedom, p)
        first = series[0]
        assert first["n_papers_tested"] == len(papers), topic
        assert first["n_years"] == len(years), topic
        assert first["n_listings"] == len(telling), topic
        assert first["trend_p"] == pytest.approx(p, abs=1e-9), topic
    known = {t: e[3] for t, e in expected.items() if e[3] is not None}
    if known:
        adjusted = dict(
            zip(known, stats.false_discovery_control(list(known.values())), strict=True)
        )
    for topic, series in by_topic(rows).items():
        first = series[0]
        assert len({(r["trend"], r["trend_p"], r["odds_ratio_per_year"]) for r in series}) == 1
        if topic not in known:
            assert first["trend_p_adjusted"] is first["odds_ratio_per_year"] is None
            few = first["n_papers_tested"] < 5
            assert first["trend"] == ("too_few_papers" if few else "inconclusive")
            continue
        score, variance, freedom, _ = expected[topic]
        slope = slope_of(inputs.seen, lambda paper, topic=topic: topic in inputs.topics[paper])
        error = math.sqrt(variance) * abs(slope / score) if score else 1 / math.sqrt(variance)
        width = stats.t.ppf(0.975, freedom) * error
        low, high = math.exp(slope - width), math.exp(slope + width)
        shown = [first[f"odds_ratio_{c}"] for c in ("per_year", "low", "high")]
        assert shown == pytest.approx([math.exp(slope), low, high], rel=1e-6), topic
        assert first["trend_p_adjusted"] == pytest.approx(adjusted[topic], abs=1e-9)
        if adjusted[topic] < 0.05:
            trend = "rising" if slope > 0 else "falling"
        else:
            trend = "steady" if low > 1 / 1.05 and high < 1.05 else "inconclusive"
        assert first["trend"] == trend
        assert (first["holds_without_any_listing"] is None) == (trend not in ("rising", "falling"))
    return n_tested


def test_verdicts_of_the_sample(sample):
    assert check_verdicts(*sample) > 5


@needs_shared
def test_verdicts_of_real_pages(tmp_path_factory):
    root = tmp_path_factory.mktemp("real")
    build(SHARED / "raw", Warehouse(root), now=MORNING)
    rows = table(root, "marts.yearly_topic_trends", "topic_id, year")
    assert check_verdicts(Inputs(root), rows) > 20


def test_the_collection_as_a_whole(sample):
    _, rows = sample
    found = {}
    for topic, series in by_topic(rows).items():
        full = [r for r in series if not r["is_partial_year"] and r["n_papers_in_year"]]
        n, of = sum(r["n_papers"] for r in full), sum(r["n_papers_in_year"] for r in full)
        if n < 5 or len(full) < 3 or n == of:
            found[topic] = None
            continue
        cards = [
            (r["year"], x)
            for r in full
            for x in [1] * r["n_papers"] + [0] * (r["n_papers_in_year"] - r["n_papers"])
        ]
        r = stats.pearsonr(*zip(*cards, strict=True)).statistic
        found[topic] = (stats.norm.sf(abs(r) * math.sqrt(of - 1)) * 2, r)
    known = {t: v for t, v in found.items() if v}
    adjusted = stats.false_discovery_control([p for p, _ in known.values()])
    moves = {t: (q, r) for (t, (_, r)), q in zip(known.items(), adjusted, strict=True)}
    for topic, series in by_topic(rows).items():
        q, r = moves.get(topic, (1, 0))
        shown = series[0]["trend_overall"]
        if q < 0.05:
            assert shown == ("rising" if r > 0 else "falling")
        else:
            assert shown in ("steady", "inconclusive", "too_few_papers")
