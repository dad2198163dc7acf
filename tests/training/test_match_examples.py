"""Labelled pairs of several kinds: halves, what copies hide, and that kinds count alike."""

import csv
from math import prod

import match_examples
import polars as pl
import pytest
from labelled_bench import write_bench
from match_examples import BASE, GENERAL, HIDDEN, JOINT, SITES, DataSet, half_of, hide, weighed

from pipeline.evaluate.linkage import read_truth
from pipeline.models.catalogue import load_models
from pipeline.models.reference import read_reference

# What a pair shows, one column per comparison that a copy may hide.
SHOWN = {
    "title_level": "equal",
    "authors_level": "all, 2",
    "n_authors_level": "equal, up to 3",
    "abstract_level": "80 %",
    "year_level": "one apart",
    "venue_level": "different",
    "pages_level": "page equal",
    "doi_level": "different",
    "rivals_level": "nearest years",
    "title_authors_level": "equal/all",
    "title_abstract_level": "equal/like",
    "title_year_venue_level": "equal/one apart/different",
}


def pairs(n, rule="evidence", *, is_same=True):
    row = {**SHOWN, "match_rule": rule, "is_same": is_same, "entity": "p"}
    return pl.DataFrame([row] * n)


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    return write_bench(tmp_path_factory.mktemp("bench"), 60)


@pytest.fixture(scope="module")
def listings(bench):
    files = (bench / "linkage" / f"{part}.parquet" for part in ("records", "truth"))
    return DataSet("linkage", "listings", *files)


# ---------------------------------------------------------------- copies


@pytest.mark.parametrize(
    ("value", "unknown"),
    [
        ("year", {"year", "rivals", "title_year_venue=equal/unknown/different"}),
        ("venue", {"venue", "title_year_venue=equal/one apart/unknown"}),
        ("abstract", {"abstract", "title_abstract=equal/unknown"}),
        ("authors", {"authors", "n_authors", "title_authors=equal/unknown"}),
        ("pages", {"pages", "doi"}),
    ],
)
def test_a_copy_hides_a_value_wherever_it_shows(value, unknown):
    (found,) = hide(pairs(1), value).to_dicts()
    changed = {each.partition("=")[0]: each.partition("=")[2] or "unknown" for each in unknown}
    assert found == pairs(1).to_dicts()[0] | {f"{name}_level": v for name, v in changed.items()}


def test_a_copy_of_title_and_authors_alone_hides_all_else():
    (found,) = hide(pairs(1), "all but title and authors").to_dicts()
    kept = {name for name in SHOWN if found[name] == SHOWN[name]}
    assert kept == {"title_level", "authors_level", "n_authors_level", "title_authors_level"}
    assert found["title_year_venue_level"] == "equal/unknown/unknown"


def test_what_rivals_say_of_titles_stays_where_years_are_hidden():
    others = pairs(1).with_columns(rivals_level=pl.lit("others are nearer"))
    assert hide(others, "year")["rivals_level"].to_list() == ["others are nearer"]


@pytest.mark.parametrize("value", HIDDEN)
def test_what_a_copy_shows_has_a_weight(value):
    known = match_examples.priors()
    for name, level in hide(pairs(1), value).select(*SHOWN).to_dicts()[0].items():
        assert (name.removesuffix("_level"), level) in known


# ---------------------------------------------------------------- weights of examples


def test_kinds_count_alike_however_many_pairs_they_have():
    kinds = [[pairs(10), pairs(30)], [pairs(4, is_same=False)]]
    for has_copies in (False, True):
        found = weighed(kinds, has_copies=has_copies)
        sums = dict(found.group_by("is_same").agg(pl.col("weight").sum()).iter_rows())
        assert sums[True] == pytest.approx(sums[False])
        assert len(found) == 44 * (1 + has_copies * len(HIDDEN))


def test_copies_count_less_than_what_was_seen():
    found = weighed([[pairs(1)]], has_copies=True)["weight"].to_list()
    assert found[0] > max(found[1:]) > 0


@pytest.mark.parametrize("rule", match_examples.DECIDED)
def test_pairs_that_a_rule_decides_teach_nothing(rule):
    assert len(weighed([[pairs(2), pairs(3, rule)]], has_copies=False)) == 2


# ---------------------------------------------------------------- records and files


def test_halves_share_no_paper_and_leave_none_out(listings, tmp_path):
    halves = [half_of(listings, n, tmp_path) for n in (0, 1)]
    papers = [set(read_truth(half.truth)["entity_id"]) for half in halves]
    assert papers[0].isdisjoint(papers[1])
    assert papers[0] | papers[1] == set(read_truth(listings.truth)["entity_id"])
    assert min(map(len, papers)) > 15
    for half in halves:
        ids = set(read_truth(half.truth)["record_id"])
        assert set(pl.read_parquet(half.records)["record_id"]) == ids


def test_records_become_labelled_pairs_of_the_profile_asked_for(listings):
    for profile in (SITES, GENERAL):
        found = match_examples.read_examples(listings, profile)
        assert set(found["profile"]) == {profile}
        assert {"match_rule", "entity"} | set(SHOWN) <= set(found.columns)
        # Of sixty papers every third has a sequel, which is another one.
        assert found["is_same"].sum() == 40


def test_every_kind_is_read_and_those_that_nobody_labelled_are_made(bench, tmp_path, monkeypatch):
    monkeypatch.setattr(match_examples, "_SIZE", 30)
    monkeypatch.setattr(match_examples, "_SIZES", {})
    found = list(match_examples.data_sets(bench, tmp_path))
    real = {"listings", "dblp_acm", "cora", "reviews"}
    made = {f"made {kind}" for kind in match_examples.made_kinds.KINDS}
    assert {data.kind for data in found} == real | made
    assert len({data.name for data in found}) == len(found) == 10
    assert all(data.records.is_file() and data.truth.is_file() for data in found)


def test_every_level_of_the_reference_has_a_prior_and_no_other():
    with (match_examples.PRIORS.parent.parent / "sql/reference/match_weights.csv").open(
        encoding="utf-8", newline=""
    ) as lines:
        levels = {(row["comparison"], row["level"]) for row in csv.DictReader(lines)}
    assert set(match_examples.priors()) == levels


def test_what_two_comparisons_say_together_has_a_prior_for_every_pair_of_classes():
    levels = [level for name, level in match_examples.priors() if name == "title_year_venue"]
    assert len(levels) == prod(len(side) for side in JOINT["title_year_venue"])
    assert {"equal/one apart/alike", "unknown/unknown/unknown"} <= set(levels)


def test_written_weights_are_a_reference_table():
    weights = match_examples.priors() | {BASE: -5.5512, ("title", "equal"): 3.456}
    spec = load_models()["reference.match_weights"].spec
    with match_examples.tables({SITES: weights, GENERAL: match_examples.priors()}) as files:
        rows = read_reference(files["reference.match_weights"], spec).to_pylist()
    found = {(row["profile"], row["comparison"], row["level"]): row["weight"] for row in rows}
    assert found[SITES, *BASE] == -555
    assert found[SITES, "title", "equal"] == 346
    assert found[GENERAL, "title", "equal"] == 400
    assert found.keys() == {(each, *term) for each in (SITES, GENERAL) for term in weights}
