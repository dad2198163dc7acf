"""Weights of linkage: labelled pairs in, one weight for each level out."""

import csv
import math
import random

import match_examples
import match_weights
import polars as pl
import pytest
from labelled_bench import write_bench
from match_examples import BASE, DECIDED, GENERAL, SITES, priors
from match_weights import PENALTIES, USUAL

from pipeline.models.catalogue import load_models
from pipeline.models.reference import read_reference

TRUE = {("title", "equal"): 3.0, ("title", "other"): -2.0, ("year", "equal"): 1.0}
SHOWN = {"title_level": pl.String, "year_level": pl.String, "match_rule": pl.String}
SCHEMA = SHOWN | {"is_same": pl.Boolean}


def pairs(*rows):
    """Return compared pairs: level of the title, of the year, rule, whether they are one paper."""
    return pl.DataFrame(rows, schema=SCHEMA, orient="row").with_columns(weight=pl.lit(1.0))


def examples(n=20_000):
    """Return made-up pairs, the same papers as the log odds have it."""
    chance = random.Random(3)
    rows = []
    for _ in range(n):
        title, year = chance.choice(["equal", "other"]), chance.choice(["equal", "further apart"])
        odds = -1.0 + TRUE["title", title] + TRUE.get(("year", year), 0.0)
        rows.append((title, year, "evidence", chance.random() < 1 / (1 + math.exp(-odds))))
    return pairs(*rows)


# ---------------------------------------------------------------- fitting


@pytest.mark.parametrize("profile", [SITES, GENERAL])
def test_known_odds_are_found_again(profile):
    weights = match_weights.fit(examples(), profile)
    # One level of each comparison is known by the others; differences are what counts.
    assert weights["title", "equal"] - weights["title", "other"] == pytest.approx(5.0, abs=0.2)
    difference = weights["year", "equal"] - weights["year", "further apart"]
    assert difference == pytest.approx(1.0, abs=0.2)


def test_what_is_not_shown_weighs_what_a_person_would_say():
    known, weights = priors(), match_weights.fit(examples(100), SITES)
    shown = {BASE, *TRUE, ("year", "further apart")}
    assert weights.keys() == known.keys()
    assert {term: weights[term] for term in known if term not in shown} == {
        term: weight for term, weight in known.items() if term not in shown
    }


def test_what_few_pairs_show_stays_near_what_a_person_would_say():
    """A hundred pairs against what is said of equal years: in general more is asked to believe."""
    contrary = pairs(
        *[("equal", "equal", "evidence", n % 4 == 0) for n in range(100)],
        *[("equal", "further apart", "evidence", n % 4 > 0) for n in range(100)],
    )
    said = priors()
    moved = {}
    for profile in (SITES, GENERAL):
        weights = match_weights.fit(contrary, profile)
        moved[profile] = said["year", "equal"] - weights["year", "equal"]
    assert PENALTIES[SITES] < PENALTIES[GENERAL]
    assert 0 < moved[GENERAL] < moved[SITES]


def test_a_pair_that_counts_twice_is_like_two():
    few = examples(300)
    doubled = match_weights.fit(few.with_columns(weight=pl.lit(2.0)), SITES)
    assert doubled == pytest.approx(match_weights.fit(pl.concat([few, few]), SITES), abs=1e-3)


# ---------------------------------------------------------------- what a rule is worth


def shares(sets, weights=None):
    """Return probability and `is_at_most` of each rule."""
    known = weights or {BASE: 0.0, ("title", "equal"): 3.0, ("title", "other"): -3.0} | {
        ("year", "equal"): 0.0
    }
    rows = match_weights.rule_rows({SITES: sets}, {SITES: known})
    assert {profile for profile, *_ in rows} == {SITES}
    return {rule: (probability, is_at_most) for _, rule, is_at_most, probability in rows}


def seen(rule, n_true, n_false, title="equal"):
    rows = [(title, "equal", rule, True)] * n_true + [(title, "equal", rule, False)] * n_false
    return pairs(*rows)


def test_a_rule_is_worth_the_share_of_its_pairs_that_are_one_paper():
    found = shares([seen("other_code", 1, 17)])
    assert found["other_code"] == (0.1, True)  # one more of each than was seen
    assert shares([seen("same_values", 17, 1)])["same_values"] == (0.9, False)


def test_data_sets_count_alike_whatever_their_size():
    found = shares([seen("same_values", 98, 0), seen("same_values", 8, 10)])
    assert found["same_values"][0] == pytest.approx((0.99 + 0.45) / 2)


def test_a_rule_that_few_pairs_show_is_worth_what_is_usual():
    found = shares([seen("other_code", 0, 9), seen("evidence", 50, 0)])
    assert {rule: probability for rule, (probability, _) in found.items()} == USUAL


def test_pairs_that_evidence_already_takes_for_two_papers_say_nothing_of_a_rule():
    found = shares([seen("other_code", 2, 16), seen("other_code", 0, 500, title="other")])
    assert found["other_code"][0] == pytest.approx(0.15)


def test_what_a_rule_holds_down_is_never_likelier_than_not():
    assert shares([seen("other_code", 50, 0)])["other_code"] == (0.45, True)


@pytest.mark.parametrize("rule", ["same_arxiv_id", "other_arxiv_id", "same_doi", "other_doi"])
def test_an_identifier_is_what_it_says_whatever_the_labels(rule):
    assert shares([seen(rule, 50, 50)])[rule] == (USUAL[rule], rule not in DECIDED)


# ---------------------------------------------------------------- the whole


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Fit, judge and write on a small bench: what is printed, and the two files."""
    folder = tmp_path_factory.mktemp("fitted")
    printed = folder / "printed"
    with pytest.MonkeyPatch.context() as patch, printed.open("w", encoding="utf-8") as stream:
        patch.setattr(match_examples, "_SIZE", 60)
        patch.setattr(match_examples, "_SIZES", {})
        patch.setattr(match_weights, "WEIGHTS", folder / "match_weights.csv")
        patch.setattr(match_weights, "RULES", folder / "match_rules.csv")
        patch.setattr("sys.stdout", stream)
        match_weights.main(write_bench(folder / "bench", 60), is_left_out=False, replace=True)
    return folder, printed.read_text(encoding="utf-8")


@pytest.mark.slow
def test_what_is_printed_names_every_set_and_half(run):
    lines = [line.split("│")[1:3] for line in run[1].splitlines() if line.startswith("│")]
    rows = {(name.strip(), weights.strip()) for name, weights in lines}
    general = {"half 0 of listings", "half 1 of listings", "dblp_acm", "cora", "stroke"}
    general |= {"digital_work"}
    general |= {f"made {kind}" for kind in match_examples.made_kinds.KINDS}
    assert {name for name, weights in rows if weights == GENERAL} == general
    assert {name for name, weights in rows if weights == SITES} == {"linkage", "half 1 of listings"}
    assert "calibration on half 1 of listings" in " ".join(run[1].split())
    assert "fitted without" not in run[1]


@pytest.mark.slow
@pytest.mark.parametrize("table", ["match_weights", "match_rules"])
def test_what_is_written_has_the_rows_of_the_reference_and_no_others(run, table):
    file = run[0] / f"{table}.csv"
    spec = load_models()[f"reference.{table}"].spec
    written = read_reference(file, spec).to_pylist()
    with (match_weights.WEIGHTS.parent / file.name).open(encoding="utf-8", newline="") as lines:
        known = list(csv.DictReader(lines))
    keys = [name for name in written[0] if name in ("profile", "comparison", "level", "match_rule")]
    assert [[row[key] for key in keys] for row in written] == [
        [row[key] for key in keys] for row in known
    ]
