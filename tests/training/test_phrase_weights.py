"""Weights of phrases: papers with a category in, a weight for each phrase out."""

import phrase_weights
import polars as pl
import pytest

from pipeline.evaluate.topics import read_records, reference_table

# Pictures are what diffusion models are met in; here they stand with papers of robots, too.
ROWS = (
    [("Diffusion model policies", "cs.RO")] * 30
    + [("Diffusion model pictures", "cs.CV")] * 5
    + [("Robot grasping", "cs.RO")] * 20
    + [("Of those", "cs.CV")]
    + [("Robot grasping", None)] * 3
)


@pytest.fixture
def records(tmp_path):
    file = tmp_path / "records.parquet"
    rows = [(f"{title}, part {n}", None, category) for n, (title, category) in enumerate(ROWS)]
    columns = {"title": pl.String, "abstract": pl.String, "primary_category": pl.String}
    pl.DataFrame(rows, schema=columns, orient="row").write_parquet(file)
    return read_records(file)


def test_each_paper_with_a_category_is_a_choice_of_its_field(records):
    phrases, choices = phrase_weights.field_choices(records)
    n_papers = sum(category is not None for _, category in ROWS)
    topics = reference_table("topics")
    n_fields = topics["parent_topic_id"].null_count()
    assert choices.sizes.tolist() == [n_fields] * n_papers
    assert choices.evidence.shape == (n_fields * n_papers, len(phrases))
    assert choices.chosen.reshape(n_papers, n_fields).sum(axis=1).tolist() == [1] * n_papers
    assert "diffusion model" in set(phrases)
    # A phrase speaks for one field only, and every paper but the one of birds has one.
    used = choices.evidence.toarray().reshape(n_papers, n_fields, len(phrases)) > 0
    assert (used.any(axis=0).sum(axis=0) == 1).all()
    assert used.any(axis=(1, 2)).sum() == n_papers - 1


def test_a_phrase_met_in_other_fields_weighs_less(records):
    weights = dict(phrase_weights.fit(records).iter_rows())
    assert weights["diffusion model"] < 50
    assert all(isinstance(weight, int) and weight != 100 for weight in weights.values())


def test_every_paper_is_tagged_with_weights_of_others(records):
    report = phrase_weights.held_out(records, 2)
    assert report.covered.of == len(ROWS)
    assert report.main.macro_f1 > 0


def test_written_weights_read_as_they_are(tmp_path):
    file = tmp_path / "weights.csv"
    phrase_weights.write(pl.DataFrame({"phrase": ["a, b", "c"], "weight": [99, -5]}), file)
    assert file.read_text("utf-8") == 'phrase,weight\n"a, b",99\nc,-5\n'
