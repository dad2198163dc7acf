"""`papermart evaluate linkage`: what is counted, what is wrong with a truth, and the floors."""

import csv
import json
from typing import NamedTuple

import pytest
from helpers import ROOT, SHARED, needs_shared, papermart

from pipeline.contract.errors import PipelineError
from pipeline.evaluate.linkage import evaluate_linkage
from pipeline.models.catalogue import SQL_DIR

ROWS = [
    ["r1", "Deep Nets for Tired Pets", "Ana Perez; Bo Lind", "2020"],
    ["r2", "Deep nets for tired pets", "A. Perez and B. Lind", "2021"],
    ["r3", "Deep Nets for Tired Pets II", "Ana Perez, Bo Lind", "2022"],
    ["r4", "Shallow Lakes", "Chen Wu et al.", ""],
]
HEADER = ["record_id", "title", "authors", "year"]


@pytest.fixture
def records(tmp_path):
    file = tmp_path / "records.csv"
    write(file, ROWS)
    return file


def write(file, rows, header=HEADER):
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])


def test_evaluation_counts_pairs_records_and_candidates(records, tmp_path):
    write(
        tmp_path / "truth.csv",
        [["r1", "p"], ["r2", "p"], ["r3", "p"], ["r4", "q"]],
        ["record_id", "entity_id"],
    )
    report = evaluate_linkage(records, tmp_path / "truth.csv")
    assert (report.n_right, report.n_found, report.n_true) == (1, 1, 3)
    assert report.f1 == pytest.approx(0.5)
    assert report.b_cubed_precision == pytest.approx(1)
    assert report.b_cubed_recall == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4)
    assert report.seconds > 0
    result = papermart("evaluate", "linkage", records, tmp_path / "truth.csv", "--json")
    assert json.loads(result.stdout)["precision"]["share"] == 1


def test_only_pairs_across_data_sets_count_where_they_are_named(records, tmp_path):
    write(
        tmp_path / "truth.csv",
        [["r1", "p", "x"], ["r2", "p", "x"], ["r3", "p", "y"], ["r4", "q", "y"]],
        ["record_id", "entity_id", "dataset"],
    )
    report = evaluate_linkage(records, tmp_path / "truth.csv")
    assert (report.n_right, report.n_found, report.n_true) == (0, 0, 2)


@pytest.fixture
def sightings(tmp_path):
    """What two known sites show of one paper in unlike years, and who it is."""
    header = ["record_id", "source", *HEADER[1:]]
    shown = [["r1", "huggingface_papers", *ROWS[0][1:]], ["r2", "scholar_feed", *ROWS[1][1:]]]
    write(tmp_path / "sites.csv", shown, header)
    write(tmp_path / "truth.csv", [["r1", "p"], ["r2", "p"]], ["record_id", "entity_id"])
    return tmp_path / "sites.csv", tmp_path / "truth.csv"


def test_known_sites_are_weighed_as_such_unless_all_pairs_are_to_be_in_general(sightings, tmp_path):
    """With weights by which all pairs of sites are one paper, and no others are."""
    with (SQL_DIR / "reference" / "match_weights.csv").open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    base = {"sites": "3000", "general": "-3000"}
    rows = [[*row[:3], base[row[0]] if row[1] == "base" else "0"] for row in rows]
    write(tmp_path / "match_weights.csv", rows, header)
    weights = {"reference.match_weights": tmp_path / "match_weights.csv"}
    assert evaluate_linkage(*sightings, weights).n_found == 1
    assert evaluate_linkage(*sightings, weights, is_general=True).n_found == 0


def test_the_report_says_whose_weights_decided(sightings):
    usual = papermart("evaluate", "linkage", *sightings).stdout
    assert "weights: for each pair as its sources say\n" in usual
    general = papermart("evaluate", "linkage", *sightings, "--general").stdout
    assert "weights: the general ones for all pairs\n" in general
    assert "probabilities: 0 pairs between .1 and .9: expected calibration error 0.000" in usual
    as_json = json.loads(papermart("evaluate", "linkage", *sightings, "--json").stdout)
    assert as_json["is_general"] is False
    assert as_json["calibration_error"] == as_json["calibration_error_by_chance"] == 0
    as_json = json.loads(papermart("evaluate", "linkage", *sightings, "--general", "--json").stdout)
    assert as_json["is_general"] is True


def test_a_wrong_truth_is_named_by_line_and_column(records, tmp_path):
    truth = tmp_path / "truth.csv"
    for rows, header, message in (
        ([["r1", ""]], ["record_id", "entity_id"], "line 2, column entity_id: is empty"),
        ([["r1", "p"]], ["record_id", "paper"], "the column entity_id is missing"),
        ([["r1", "p"], ["r1", "q"]], ["record_id", "entity_id"], "line 3, column record_id"),
    ):
        write(truth, rows, header)
        with pytest.raises(PipelineError, match=message):
            evaluate_linkage(records, truth)


def test_labels_of_records_that_are_not_there_are_told(records, tmp_path):
    truth = tmp_path / "truth.csv"
    write(truth, [["r1", "p"], ["R2", "p"]], ["record_id", "entity_id"])
    assert evaluate_linkage(records, truth).n_unknown == 1
    said = papermart("evaluate", "linkage", records, truth).stdout
    assert "4 records, 3 without a label; labels of records that are not there: 1\n" in said
    assert "precision: 0 of 0\nrecall: 0 of 0\nF1: of no pairs\n" in said
    write(truth, [["R1", "p"], ["R2", "p"]], ["record_id", "entity_id"])
    with pytest.raises(PipelineError, match="none of its 2 labels is of a record of"):
        evaluate_linkage(records, truth)


# Made-up records: the sightings of a paper differ as those of sites do, and other papers are near.
# 2026-11: all 260 pairs are found, and no other.
def test_made_up_records_are_linked_well_with_the_same_setting():
    folder = ROOT / "tests" / "data" / "linkage"
    report = evaluate_linkage(folder / "labelled_records.csv", folder / "labelled_truth.csv")
    assert report.n_records == 260
    assert report.n_unlabelled == 0
    assert report.n_true >= 250
    assert report.n_right / report.n_found >= 0.995
    assert report.f1 >= 0.99
    assert report.b_cubed_f1 >= 0.99
    assert report.n_candidates <= 5 * report.n_records


class Floor(NamedTuple):
    """What must hold at least: the share of found pairs that are right, and both F1."""

    precision: float
    f1: float
    b_cubed_f1: float = 0.0


# Of listings as their sites say, and of every kind by the general weights, with nothing set for a
# file. Before weights were fitted on several kinds, two bibliographies had .99, by weights that
# found .067 of the citations.
FLOORS = {
    ("linkage/", "as sources say"): Floor(0.995, 0.986),
    ("linkage/", "general"): Floor(0.99, 0.978),
    ("dblp_acm/", "general"): Floor(0.99, 0.986),
    ("cora/", "general"): Floor(0.82, 0.89, 0.914),
    ("reviews/stroke.", "general"): Floor(0.995, 0.995),
    ("reviews/digital_work.", "general"): Floor(0.99, 0.992),
}


@pytest.mark.slow
@needs_shared
@pytest.mark.parametrize("case", FLOORS, ids=" ".join)
def test_labelled_records_of_every_kind_are_linked_well(case):
    name, weights = case
    records, truth = (SHARED / "bench" / f"{name}{part}.parquet" for part in ("records", "truth"))
    report = evaluate_linkage(records, truth, is_general=weights == "general")
    assert report.n_right / report.n_found >= FLOORS[case].precision
    assert report.f1 >= FLOORS[case].f1
    assert report.b_cubed_f1 >= FLOORS[case].b_cubed_f1
    assert report.n_candidates <= 5 * report.n_records


@pytest.mark.slow
@needs_shared
@pytest.mark.xfail(reason="B-cubed F1 of citations is .917 as yet", strict=True)
def test_citations_reach_the_b_cubed_f1_that_is_asked_for():
    folder = SHARED / "bench" / "cora"
    report = evaluate_linkage(folder / "records.parquet", folder / "truth.parquet", is_general=True)
    assert report.b_cubed_f1 >= 0.92
