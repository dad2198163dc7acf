"""What the measurements of linking rest on: judging, preparing for others, what must hold."""

import sys

import polars as pl
import pytest
from helpers import ROOT

from pipeline.evaluate.linkage import evaluate_linkage, read_truth
from pipeline.records.link import link

sys.path.append(str(ROOT / "benchmarks"))  # as Python finds them when one of them runs
import linkage
import peers
import variants


def test_clusters_of_others_are_judged_as_ours_are(tmp_path):
    records, truth = linkage.synthetic.write(400, tmp_path)
    labels = pl.read_parquet(truth).with_columns(
        dataset=pl.when(pl.int_range(pl.len()) % 3 == 0).then(None).otherwise(pl.lit("one"))
    )
    labels.write_parquet(truth)
    link(records, tmp_path / "clusters.parquet")
    report = evaluate_linkage(records, truth)
    found = linkage.judged(pl.read_parquet(tmp_path / "clusters.parquet"), read_truth(truth))
    assert found == (report.n_right, report.n_found, report.n_true)
    assert report.n_right > 20


def test_others_are_given_names_they_can_compare(tmp_path):
    listed = {
        "record_id": ["a", "b", "c", "d"],
        "title": ["Of Lamps: A Study", "Of lamps, a study", None, "Of Birds"],
        "authors": [["Ada van Berg", "Li Wei"], ["Berg AV"], [], ["Müller, Jörg"]],
        "year": [2001, None, 2003, 2004],
        "pages": ["S12-9", "p12", None, ""],
    }
    records, truth = tmp_path / "records.parquet", tmp_path / "truth.parquet"
    pl.DataFrame(listed).write_parquet(records)
    labels = {"record_id": ["a", "b"], "entity_id": ["1", "1"]}
    pl.DataFrame(labels).write_parquet(truth)
    given = peers.prepared(records, truth)
    assert given["surnames"].to_list() == [["berg", "wei"], ["berg"], None, ["muller"]]
    assert given["title_start"].to_list()[:3] == ["oflampsastudy", "oflampsastudy", None]
    assert given["first_page"].to_list() == ["12", "12", None, None]
    texts = pl.DataFrame(listed | {"authors": ["Berg, A. and Wei, L.; Li, B", None, "A B", ""]})
    texts.write_parquet(records)
    given = peers.prepared(records, truth)
    assert given["surnames"].to_list() == [["berg", "wei", "li"], None, ["a"], None]


def measured(f1, seconds):
    return linkage.Measured("other", round(1000 * f1), 1000, 1000, seconds)


@pytest.mark.parametrize(
    ("package", "other", "n"),
    [
        ("splink", measured(0.9, 8.0), 0),
        ("splink", measured(0.96, 8.0), 1),
        ("splink", measured(0.96, 3.0), 2),
        ("bib_dedupe", measured(0.954, 20.0), 0),  # as right, but for half a percent
        ("bib_dedupe", measured(0.96, 20.0), 1),
    ],
)
def test_what_falls_short_is_said(package, other, n):
    own = measured(0.95, 1.0)
    assert len(list(linkage.shortfalls("stroke", own, package, [other]))) == n


def test_savings_differ_and_come_back_the_same():
    many = list(variants.variants(60))
    assert many == list(variants.variants(60))
    assert all(sorted(card.paper for card in cards) == [0, 1, 2] for cards in many)
    for place in range(3):
        shown = {
            (card.title, card.authors, card.abstract)
            for cards in many
            for card in cards
            if card.paper == place
        }
        assert len(shown) > 25


@pytest.mark.parametrize(
    "read", [variants.built_papers, lambda n, to: variants.linked_papers(n, "x", to)]
)
def test_a_page_saved_once_is_three_papers(read, tmp_path):
    assert read(1, tmp_path) == len(variants.PAPERS)
