"""Weights of linkage: labelled pairs in, one weight for each level out."""

import csv
import math
import random

import match_weights
import polars as pl
import pytest
from match_weights import BASE

from pipeline.models.catalogue import load_models
from pipeline.models.reference import read_reference

TRUE = {("title", "equal"): 3.0, ("title", "other"): -2.0, ("year", "equal"): 1.0}
WORDS = ("deep", "nets", "tired", "pets", "shallow", "lakes", "sparse", "stores", "robust", "rank")


def examples(n=20_000):
    """Return made-up pairs, the same papers as the log odds have it."""
    chance = random.Random(3)
    rows = []
    for number in range(n):
        title, year = chance.choice(["equal", "other"]), chance.choice(["equal", "further apart"])
        odds = -1.0 + TRUE["title", title] + TRUE.get(("year", year), 0.0)
        is_same = chance.random() < 1 / (1 + math.exp(-odds))
        rows.append((title, year, is_same, f"p{number}"))
    return pl.DataFrame(
        rows, schema=["title_level", "year_level", "is_same", "entity"], orient="row"
    )


@pytest.fixture(scope="module")
def labelled(tmp_path_factory):
    """Records of forty papers, each on two sites, one of them twice; and which are one paper."""
    folder = tmp_path_factory.mktemp("labelled")
    chance = random.Random(4)
    records, labels = [], []
    for n in range(40):
        title = " ".join(chance.sample(WORDS, 5)).capitalize()
        authors = [f"{chance.choice(WORDS)} {chance.choice(WORDS)}{n}".title()]
        for site, shown in (("a", title), ("b", title + " revisited" * (n % 4 == 0))):
            records.append((f"{site}{n}", site, shown, authors, 2020))
            labels.append((f"{site}{n}", f"p{n}"))
    records.append(("c39", *records[-1][1:]))  # equal in all, so no example
    labels.append(("c39", "p39"))
    columns = ["record_id", "source", "title", "authors", "year"]
    pl.DataFrame(records, schema=columns, orient="row").write_parquet(folder / "records.parquet")
    pl.DataFrame(labels, schema=["record_id", "entity_id"], orient="row").write_parquet(
        folder / "truth.parquet"
    )
    return folder / "records.parquet", folder / "truth.parquet"


def test_known_odds_are_found_again():
    weights = match_weights.fit(examples())
    assert set(weights) == {BASE, *TRUE, ("year", "further apart")}
    # One level of each comparison is known by the others; differences are what counts.
    assert weights["title", "equal"] - weights["title", "other"] == pytest.approx(5.0, abs=0.2)
    difference = weights["year", "equal"] - weights["year", "further apart"]
    assert difference == pytest.approx(1.0, abs=0.2)


def test_calibration_counts_the_pairs_of_each_bin():
    weights = {BASE: 0.0, ("title", "equal"): 5.0, ("title", "other"): -5.0}
    shown = pl.DataFrame(
        {
            "title_level": ["equal", "equal", "other", "never seen"],
            "is_same": [True, False, False, True],
            "entity": ["a", "b", "c", "d"],
        }
    )
    loss, bins = match_weights.measure(weights, shown)
    assert bins == ["0/1", "", "", "1/1", "", "", "1/2"]
    low, high = math.log1p(math.exp(-5)), math.log1p(math.exp(5))
    assert loss == pytest.approx((low + high + low + math.log(2)) / 4)


def test_halves_share_no_paper():
    shown = examples(200)
    halves = [match_weights.half(shown, n)["entity"] for n in (0, 1)]
    assert sorted([*halves[0], *halves[1]]) == sorted(shown["entity"])
    assert min(map(len, halves)) > 50


def test_written_weights_are_a_reference_table(tmp_path):
    file = tmp_path / "match_weights.csv"
    match_weights.write({BASE: -5.5512, ("title", "equal"): 3.456}, file)
    spec = load_models()[match_weights.REFERENCE].spec
    rows = {
        (r["comparison"], r["level"]): r["weight"] for r in read_reference(file, spec).to_pylist()
    }
    assert rows["base", "all"] == -555
    assert rows["title", "equal"] == 346
    with match_weights.WEIGHTS.open(encoding="utf-8", newline="") as lines:
        known = {(row["comparison"], row["level"]) for row in csv.DictReader(lines)}
    assert rows.keys() == known | {("title", "equal")}
    assert {rows[term] for term in known - {BASE, ("title", "equal")}} == {0}


def test_records_become_labelled_pairs(labelled):
    found = match_weights.read_examples(*labelled)
    names = ("title", "authors", "abstract", "year", "venue", "rivals")
    assert {f"{name}_level" for name in names} < set(found.columns)
    assert set(found.filter("is_same")["entity"]) == {f"p{n}" for n in range(40)}
    assert found["is_same"].sum() == 40


def test_what_is_printed_names_every_set_and_half(labelled, capsys):
    match_weights.main([labelled], halves=False, replace=False)
    shown = capsys.readouterr().out
    assert "half 0 of all" in shown
    assert "half 1 of all" in shown
    assert "the other sets" not in shown  # there is no other


def test_half_of_the_papers_is_linked_by_the_weights_given(labelled):
    weights = {("year", "equal"): 0.0}
    found = {
        base: match_weights.link_half(*labelled, 0, {**weights, BASE: base}) for base in (-9.0, 9.0)
    }
    assert 0 < found[9.0].n_records < 81
    assert found[9.0].n_unlabelled == 0
    assert found[9.0].n_right == found[9.0].n_true
    assert found[-9.0].n_right < found[9.0].n_right
