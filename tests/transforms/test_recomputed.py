"""Marts that a script of its own recomputes from other marts, row by row (`recompute`)."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from helpers import copy_of, needs_sample, sample_warehouse
from recompute import differences, read_mart

from pipeline.contract.arrow import table_of_rows
from pipeline.models.catalogue import all_specs

MARTS = ("topic_pairs", "yearly_team_sizes", "paper_novelty")


@needs_sample
def test_every_number_comes_out_the_same():
    assert list(differences(sample_warehouse())) == []
    for name in MARTS:
        assert len(read_mart(sample_warehouse(), name)) > 5
    told = [row["n_pairs"] for row in read_mart(sample_warehouse(), "paper_novelty")]
    assert any(told)


@needs_sample
@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("topic_pairs", "association_strength"),
        ("topic_pairs", "n_papers_in_period"),
        ("yearly_team_sizes", "median_authors"),
        ("paper_novelty", "n_pairs"),
    ],
)
def test_a_wrong_number_would_be_found(tmp_path, name, column):
    """Guards the test above: one number in one row is another one."""
    root = copy_of(sample_warehouse(), tmp_path / "warehouse")
    (file,) = Path(root / "tables" / "marts" / name).glob("*.parquet")
    rows = pq.read_table(file).to_pylist()
    (wrong, *_) = (row for row in rows if row[column])
    wrong[column] += 1
    pq.write_table(table_of_rows(all_specs()[f"marts.{name}"], rows), file)
    (found,) = differences(root)
    assert found.startswith(name)
    assert column in found
