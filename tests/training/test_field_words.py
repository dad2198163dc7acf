"""Words of fields: papers of known categories in, the weights of words out."""

import field_words
import numpy as np
import polars as pl
import pytest
from logistic import fit_classes
from scipy.sparse import csr_array

from pipeline.evaluate.topics import read_records
from pipeline.transforms.topic_words import EVERY_PAPER

ROWS = [("Goblins in the moorland", "cs.RO")] * 40 + [("Fairies of a cave", "cs.CV")] * 40
ROWS += [("Of trees", "no.such")]


@pytest.fixture
def records(tmp_path, monkeypatch) -> field_words.Records:
    # What most papers have would be left out, and here half of them are of one kind.
    monkeypatch.setattr("topic_words.MOST_PAPERS", 0.6)
    file = tmp_path / "records.parquet"
    rows = [(f"{title}, part {n}", None, category) for n, (title, category) in enumerate(ROWS)]
    columns = {"title": pl.String, "abstract": pl.String, "primary_category": pl.String}
    pl.DataFrame(rows, schema=columns, orient="row").write_parquet(file)
    return field_words.Records(read_records(file))


def test_words_tell_fields_apart(records):
    assert records.fields == ["robotics", "vision_and_graphics"]
    weights, bases = records.fitted(np.ones(80, dtype=bool))
    table = field_words.as_table(records, weights, bases)
    said = {(field, word): weight for field, word, weight in table.iter_rows()}
    assert said["robotics", "goblin"] > 0 > said["vision_and_graphics", "goblin"]
    assert abs(said["robotics", EVERY_PAPER]) <= 5


def test_records_that_chose_no_weight_are_told_by_words(records):
    by_words, by_phrases = field_words.not_taught(records)
    assert (by_words.argmax(axis=1) == records.field).all()
    assert not by_phrases.any()


def test_the_classes_of_a_fit_are_those_of_the_cases():
    evidence = csr_array(np.array([[1.0, 0], [1, 0], [0, 1], [0, 1]]))
    weights, bases = fit_classes(evidence, np.array([0, 0, 1, 1]), 3, penalty=0.1)
    assert (evidence @ weights + bases).argmax(axis=1).tolist() == [0, 0, 1, 1]
    # A class that no case is of is the least likely of all.
    assert bases.argmin() == 2
