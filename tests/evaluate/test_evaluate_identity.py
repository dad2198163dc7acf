"""`papermart evaluate identity`: figures worked out by hand, and what is wrong with a truth."""

import csv
import json

import polars as pl
import pytest
from helpers import SHARED, assert_clean_failure, needs_shared, papermart

from pipeline.contract.errors import PipelineError
from pipeline.evaluate.identity import evaluate_identity, figures_of

HEADER = ["record_id", "author_order", "block", "person_id"]


def write(file, rows, header):
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])


@pytest.fixture
def records(tmp_path):
    """Four papers of a Wei Wang: two with Mara Ilves, two with Oto Kask."""
    coauthors = ["Mara Ilves", "Mara Ilves", "Oto Kask", "Oto Kask"]
    rows = [[f"r{n}", "T", f"Wei Wang; {other}"] for n, other in enumerate(coauthors, 1)]
    write(tmp_path / "records.csv", rows, ["record_id", "title", "authors"])
    return tmp_path / "records.csv"


def labelled(*rows):
    """Rows of block, record, person, author, level."""
    names = ["block", "record_id", "person_id", "author_id", "identity_level"]
    return pl.DataFrame(rows, schema=names, orient="row")


# Name x: three mentions of p, one of q; the author A has two of p and the one of q.
# Name y: two mentions of p, each an author of its own.
TWO_NAMES = labelled(
    ("x", "1", "p", "A", "verified"),
    ("x", "2", "p", "A", "verified"),
    ("x", "3", "q", "A", "probable"),
    ("x", "4", "p", "B", "name_only"),
    ("y", "5", "p", "C", "probable"),
    ("y", "6", "p", "D", "name_only"),
)


def test_b_cubed_is_of_each_name_and_then_the_mean_over_names():
    found = figures_of(TWO_NAMES)
    assert (found.n_names, found.n_mentions, found.n_persons) == (2, 6, 3)
    x = (2 / 3 + 2 / 3 + 1 / 3 + 1) / 4, (2 / 3 + 2 / 3 + 1 + 1 / 3) / 4
    y = 1.0, 1 / 2
    assert found.b_cubed_precision == pytest.approx((x[0] + y[0]) / 2)
    assert found.b_cubed_recall == pytest.approx((x[1] + y[1]) / 2)
    f_of = [2 * p * r / (p + r) for p, r in (x, y)]
    assert found.mean_f == pytest.approx(sum(f_of) / 2)
    means = (x[0] + y[0]) / 2, (x[1] + y[1]) / 2
    assert found.f_of_means == pytest.approx(2 * means[0] * means[1] / sum(means))
    assert found.f_of_means != pytest.approx(found.mean_f)


def test_pairs_are_counted_over_all_names_and_by_the_lower_level_of_the_two():
    found = figures_of(TWO_NAMES)
    assert (found.n_right, found.n_found, found.n_true) == (1, 3, 3 + 1)
    assert (found.n_right_verified, found.n_found_verified) == (1, 1)
    assert (found.n_right_probable, found.n_found_probable) == (1, 3)
    worse = TWO_NAMES.with_columns(identity_level=pl.lit("name_only"))
    assert (figures_of(worse).n_found, figures_of(worse).n_found_probable) == (3, 0)


def test_levels_are_shares_of_the_mentions_and_of_those_of_people_with_several_papers():
    found = figures_of(TWO_NAMES)
    assert found.n_on_level == {"verified": 2, "probable": 2, "name_only": 2}
    assert (found.n_of_several_told, found.n_of_several) == (3, 5)
    twice = labelled(("x", "1", "p", "A", "probable"), ("x", "1", "p", "B", "probable"))
    assert figures_of(twice).n_of_several == 0, "one paper is not several"


def test_the_order_of_labels_does_not_matter():
    assert figures_of(TWO_NAMES) == figures_of(TWO_NAMES.reverse())


def test_persons_of_two_names_that_are_called_alike_are_two():
    rows = TWO_NAMES.with_columns(author_id=pl.lit("A"))
    assert figures_of(rows).n_found == 6 + 1
    assert figures_of(rows).n_persons == 3


# ---------------------------------------------------------------- the command


def test_a_table_is_told_apart_and_judged(records, tmp_path):
    rows = [["r1", 1, "w", "p"], ["r2", 1, "w", "p"], ["r3", 1, "w", "p"], ["r9", 1, "w", "q"]]
    write(tmp_path / "truth.csv", rows, HEADER)
    report = evaluate_identity(records, tmp_path / "truth.csv")
    assert (report.n_records, report.n_mentions) == (4, 8)
    assert (report.n_unlabelled, report.n_unknown) == (5, 1)
    found = report.figures
    assert (found.n_right, found.n_found, found.n_true) == (1, 1, 3)
    assert found.b_cubed_recall == pytest.approx((2 / 3 + 2 / 3 + 1 / 3) / 3)
    assert report.seconds > 0
    done = papermart("evaluate", "identity", records, tmp_path / "truth.csv")
    assert "4 records, 8 names, 5 without a label; labels of names that are not there: 1" in (
        done.stdout
    )
    assert "mean of the names' F: 0.7143" in done.stdout
    read = json.loads(
        papermart("evaluate", "identity", records, tmp_path / "truth.csv", "--json").stdout
    )
    assert read["pair_precision"]["share"] == 1
    assert read["n_labelled"] == 3


def test_without_blocks_names_spelt_alike_are_one(records, tmp_path):
    rows = [["r1", 1, "p"], ["r3", 1, "q"], ["r1", 2, "p"], ["r2", 2, "p"]]
    write(tmp_path / "truth.csv", rows, ["record_id", "author_order", "person_id"])
    found = evaluate_identity(records, tmp_path / "truth.csv").figures
    assert (found.n_names, found.n_persons) == (2, 3)
    assert (found.n_right, found.n_found, found.n_true) == (1, 1, 1)


@pytest.mark.parametrize(
    ("rows", "header", "message"),
    [
        ([["r1", "w", "p"]], ["record_id", "block", "person_id"], "column author_order is missing"),
        ([["r1", "", "w", "p"]], HEADER, "line 2, column author_order: None is no place"),
        ([["r1", "0", "w", "p"]], HEADER, "line 2, column author_order: '0' is no place"),
        ([["r1", "first", "w", "p"]], HEADER, "column author_order: 'first' is no place in a list"),
        ([["r1", "1.5", "w", "p"]], HEADER, "column author_order: '1.5' is no place in a list"),
        ([["", "1", "w", "p"]], HEADER, "line 2, column record_id: is empty"),
        ([["r1", "1", "w", ""]], HEADER, "line 2, column person_id: is empty"),
        ([["r1", "1", "w", "p"]] * 2, HEADER, "line 3, column author_order: author 1 of 'r1'"),
        ([["r7", "1", "w", "p"]], HEADER, "none of its 1 labels is of a name of"),
    ],
)
def test_a_wrong_truth_is_named_by_line_and_column(records, tmp_path, rows, header, message):
    write(tmp_path / "truth.csv", rows, header)
    done = papermart("evaluate", "identity", records, tmp_path / "truth.csv")
    assert_clean_failure(done, "truth.csv", message)


def test_places_may_be_written_as_floats(records, tmp_path):
    pl.DataFrame(
        {"record_id": ["r1"], "author_order": [1.0], "block": ["w"], "person_id": [7]}
    ).write_parquet(tmp_path / "truth.parquet")
    assert evaluate_identity(records, tmp_path / "truth.parquet").figures.n_mentions == 1


def test_a_truth_of_nothing_is_refused(records, tmp_path):
    write(tmp_path / "truth.csv", [], HEADER)
    with pytest.raises(PipelineError, match="none of its 0 labels"):
        evaluate_identity(records, tmp_path / "truth.csv")


@needs_shared
def test_real_names_are_not_worse_told_apart_than_by_shared_coauthors():
    """The floor of `IDENTITY.md`; its twin of made-up names stands above."""
    bench = SHARED / "bench" / "author_identity_ieee"
    files = (bench / f"ieee.{part}.parquet" for part in ("records", "truth"))
    report = evaluate_identity(*files)
    assert report.n_unknown == 0
    assert report.figures.mean_f > 0.815
