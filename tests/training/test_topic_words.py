"""Words of topics: papers whose phrases are sure in, a weight for each topic and word out."""

import numpy as np
import polars as pl
import pytest
import topic_words

from pipeline.evaluate.topics import reference_table
from pipeline.transforms.topic_words import EVERY_PAPER

N = 30
SURE = ("Gaussian processes for fairies", "Gnomes interpolate the moorland.")
OTHER = ("Speech recognition of goblins", "Trolls listen in the cave.")


@pytest.fixture(scope="module")
def lessons(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lessons")
    rows = [(f"{t}, part {n}", a) for t, a in (SURE, OTHER) for n in range(N)]
    ids = [f"r{n:02}" for n in range(len(rows))]
    pl.DataFrame(
        {"record_id": ids, "title": [t for t, _ in rows], "abstract": [a for _, a in rows]}
    ).write_parquet(folder / "records.parquet")
    pl.DataFrame({"record_id": ids, "entity_id": ids}).write_parquet(folder / "truth.parquet")
    # What most papers have would be left out, and here half of them are of one kind.
    patch = pytest.MonkeyPatch()
    patch.setattr(topic_words, "MOST_PAPERS", 0.6)
    yield topic_words.Lessons(
        topic_words.read_papers(folder / "records.parquet", folder / "truth.parquet")
    )
    patch.undo()


def weights_of(lessons) -> dict[str, int]:
    weights = topic_words.word_weights(lessons, np.ones(2 * N, dtype=bool))
    table = topic_words.as_table(lessons, weights, np.zeros(len(lessons.topics)))
    found = table.filter(pl.col("topic_id") == "gaussian_processes")
    return dict(found.select("word", "weight").iter_rows())


def test_words_that_go_with_a_sure_topic_are_learned(lessons):
    learned = weights_of(lessons)
    assert {"gnome", "moorland", "fairy" if "fairy" in learned else "fairie"} <= set(learned)
    assert not {"goblin", "cave"} & set(learned)
    assert EVERY_PAPER in learned


def test_phrases_are_hidden_in_one_of_the_two_copies(lessons):
    gnome, phrase = (lessons.words.to_list().index(word) for word in ("gnome", "gaussian"))
    both = [counts.sum(axis=0) for counts in lessons.counts]
    assert [counts[gnome] for counts in both] == [N, N]
    assert both[0][phrase] + both[1][phrase] == N


def test_grammar_is_no_word_and_pairs_stand_next_to_each_other(lessons):
    words = set(lessons.words)
    assert not {"the", "for", "in", "interpolate the"} & words
    assert "gnome interpolate" in words
    assert "gnome moorland" not in words


def test_words_written_down_are_of_known_topics():
    written = pl.read_csv(topic_words.SEEDS)
    topics = reference_table("topics")
    assert set(written["topic_id"]) <= set(topics["topic_id"])
    assert written["topic_id"].is_unique().all()
    below = topics.drop_nulls("parent_topic_id")["topic_id"]
    assert len(set(below) - set(written["topic_id"])) <= 20


def test_odds_are_those_of_what_was_central():
    topic = reference_table("topics").sort("topic_id")["topic_id"][0]
    n = 200
    likely = pl.DataFrame(
        {
            "paper": range(n),
            "topic_id": [topic] * n,
            "score": [1.0 + (i % 10) / 10 for i in range(n)],
            "rank": [i % 3 for i in range(n)],
            "margin": [-float(i % 3) for i in range(n)],
            "is_mentioned": [i % 2 == 0 for i in range(n)],
            "is_in_field": [False] * n,
        }
    )
    logs = {name: np.zeros(len(reference_table("topics"))) for name in ("log_usual", "log_sure")}
    odds = topic_words.fit_odds(likely, np.array([i % 2 == 0 for i in range(n)]), logs)
    assert odds["is_mentioned"] > 2
    assert abs(odds["rank"]) < 0.5


def test_written_weights_read_as_they_are(tmp_path):
    table = pl.DataFrame(
        {"topic_id": ["a", "a"], "word": ["*", "plate bending"], "weight": [-5, 9]}
    )
    topic_words.write(table, tmp_path / "words.csv")
    assert pl.read_csv(tmp_path / "words.csv").equals(table)
