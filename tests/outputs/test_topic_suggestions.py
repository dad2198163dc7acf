"""What is suggested for the topic reference is what the reference accepts."""

import pytest

from pipeline.evaluate.topics import reference_table
from pipeline.outputs.topic_suggestions import accepted
from pipeline.transforms.topic_reference import check_phrases

SEEN = {"n_recent": 4, "n_earlier": 0, "z_score": 3.0, "n_papers_of_topic": 4, "topic": "T"}


@pytest.mark.parametrize(
    ("row", "is_accepted"),
    [
        ({"spelling": "velvet harbour", "topic_id": "machine_translation"}, True),
        # An acronym stays one.
        ({"spelling": "QZPO", "topic_id": "machine_translation"}, True),
        # Half of its papers are of other topics.
        (
            {"spelling": "velvet", "topic_id": "machine_translation", "n_papers_of_topic": 1},
            False,
        ),
        # Spelled as a phrase of another topic is.
        ({"spelling": "federated learnings", "topic_id": "machine_translation"}, False),
    ],
)
def test_only_what_the_reference_accepts_is_suggested(row, is_accepted):
    found = [s[:4] for s in accepted([SEEN | {"example_titles": ["On It"]} | row])]
    assert bool(found) == is_accepted
    known = reference_table("topic_phrases").to_dicts()
    columns = ("topic_id", "phrase", "is_case_sensitive", "is_weak")
    rows = [*known, *(dict(zip(columns, values, strict=True)) for values in found)]
    assert [f for f in check_phrases(list(enumerate(rows))) if f[0] >= len(known)] == []
    if is_accepted:
        assert found == [(row["topic_id"], row["spelling"], row["spelling"] == "QZPO", False)]
