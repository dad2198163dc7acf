"""What the measurements of people rest on: which name of a list is meant, the two baselines."""

import sys

import polars as pl
import pytest
from helpers import ROOT, needs_shared

sys.path.append(str(ROOT / "benchmarks"))  # as Python finds them when one of them runs
import identity
import identity_cost
import identity_variants
import made_people

HEADER = "name,block,pub_id,title,authors,venue,year,organization,label\n"


@pytest.mark.parametrize(
    ("name", "authors", "found"),
    [
        ("Ana Lund", ["Bo Kask", "Ana Lund"], (2, "as written")),
        ("Ana Lund", ["Ána LUND", "A. Lund"], (1, "same key")),
        ("Ana Lund", ["A. Lund", "Ana Kask"], (1, "compatible")),
        ("A. Lund", ["Bo Lund", "Ana M. Lund"], (2, "compatible")),
        ("A. Lund", ["Ana Lun", "Bo Lund"], (1, "family name")),
        ("Ana Lund", ["Bo Kask", "..."], None),
    ],
)
def test_the_nearest_spelling_of_a_list_is_meant(name, authors, found):
    place = identity.place_of(name, authors)
    assert (place and (place.author_order, place.how)) == found


def test_a_paper_of_two_names_is_two_records_and_none_is_lost(tmp_path):
    rows = (
        'Ana Lund,Ana_Lund,7,On Ropes,"Ana Lund,Bo Kask",ICRA,2001,ETH,1\n'
        'Bo Kask,Bo_Kask,7,On Ropes,"Ana Lund,Bo Kask",ICRA,2001,,1\n'
        'Bo Kask,Bo_Kask,7,On Ropes,"Ana Lund,Bo Kask",ICRA,2001,,1\n'
        'Bo Kask,Bo_Kask,8,Knots,"Bo Kask",ICRA,2002,,2\n'
    )
    (tmp_path / "publications.csv").write_text(HEADER + rows, "utf-8")
    records, truth, how = identity.write(tmp_path / "publications.csv", tmp_path / "made")
    assert how == {"as written": 3}
    listed = pl.read_parquet(records).select("record_id", "affiliations").rows()
    assert listed == [("7:Ana_Lund", ["ETH"]), ("7:Bo_Kask", []), ("8:Bo_Kask", [])]
    assert pl.read_parquet(truth).rows() == [
        ("7:Ana_Lund", 1, "Ana_Lund", "Ana_Lund:1"),
        ("7:Bo_Kask", 2, "Bo_Kask", "Bo_Kask:1"),
        ("8:Bo_Kask", 1, "Bo_Kask", "Bo_Kask:2"),
    ]
    found = identity.baselines(records, identity.read_truth(truth))
    assert (found["one person per name"].n_found, found["shared coauthors"].n_found) == (1, 0)


@needs_shared
def test_the_baselines_come_out_as_others_found_them(tmp_path):
    """One person per name and shared coauthors, as in the notes beside the data."""
    records, truth, how = identity.write(identity.PUBLICATIONS, tmp_path)
    assert not how["not found"]
    found = identity.baselines(records, identity.read_truth(truth))
    one, shared = found["one person per name"], found["shared coauthors"]
    assert (one.f_of_means, one.mean_f) == pytest.approx((0.591, 0.527), abs=0.001)
    assert (shared.f_of_means, shared.mean_f) == pytest.approx((0.779, 0.751), abs=0.002)
    assert one.shares["pair_precision"].value == pytest.approx(0.34, abs=0.005)


def test_made_people_are_those_of_the_lists_and_some_share_a_name(tmp_path):
    files = made_people.write(2_000, tmp_path / "one")
    records, truth = map(pl.read_parquet, files)
    assert records["record_id"].n_unique() == 2_000
    assert truth.height == records["authors"].list.len().sum()
    assert 4 < truth.height / 2_000 < 5
    listed = records.explode("authors").select(
        "record_id", pl.col("authors").str.split(" ").list.last().str.to_lowercase()
    )
    named = truth.select("record_id", authors=pl.col("block").str.split(" ").list.last())
    assert listed.sort(pl.all()).equals(named.sort(pl.all()))
    assert not truth.select(pl.struct("record_id", "person_id").is_duplicated().any()).item()
    bearers = truth.group_by("block").agg(pl.col("person_id").n_unique())["person_id"]
    assert bearers.median() == 1 < 3 < bearers.max()
    again = map(pl.read_parquet, made_people.write(2_000, tmp_path / "two"))
    assert all(one.equals(other) for one, other in zip((records, truth), again, strict=True))


def test_the_budget_is_one_of_a_million_records_and_of_growth():
    def cost(n_records, seconds, gigabytes):
        return identity_cost.Cost(n_records, {"persons": seconds}, int(gigabytes * 1e9))

    small = cost(100_000, 5.5, 9)  # no budget of its own
    assert not [*identity_cost.missed([small, cost(1_000_000, 60, 3)])]
    assert len([*identity_cost.missed([small, cost(1_000_000, 67, 3.1)])]) == 3


@pytest.mark.parametrize("variant", identity_variants.VARIANTS)
def test_every_variant_is_a_table_whose_truth_is_of_its_records(tmp_path, variant):
    records, truth = map(pl.read_parquet, made_people.write(80, tmp_path))
    records, truth = identity_variants.VARIANTS[variant]((records, truth))
    assert 0 < records.height <= 80
    assert truth.height
    assert truth.join(records, on="record_id", how="anti").is_empty()
    assert {"record_id", "title", "authors"} <= {*records.columns}


def test_an_abbreviated_collection_is_measured_beside_plain_methods(tmp_path):
    files = made_people.write(80, tmp_path)
    (found,) = identity_variants.rows("made", files, ["half abbreviated"], tmp_path)
    methods = ["one person per name", "shared coauthors", "or affiliations", "papermart identify"]
    assert [*found[2]] == methods
    assert all(0 < figures.mean_f <= 1 for figures in found[2].values())
