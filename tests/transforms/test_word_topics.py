"""What words say of topics: what cannot count is left out before it is looked at, nothing else."""

import math

import numpy as np
import polars as pl
import pytest

from pipeline.transforms import word_topics
from pipeline.transforms.topic_words import Vocabulary, WordWeights
from pipeline.transforms.topics import topic_paths
from pipeline.transforms.word_topics import candidates, relevant_topics, topic_kinds

N_PAPERS = 40


def given(seed: int):
    rng = np.random.default_rng(seed)
    topics = [f"t{n:02}" for n in range(45)]
    parents = [None if n < 3 else topics[n % 3 if n < 9 else 3 + n % 6] for n in range(45)]
    paths = topic_paths(pl.DataFrame({"topic_id": topics, "parent_topic_id": parents}))
    words = pl.Series("word", [f"w{n:03}" for n in range(120)])
    said = [(t, "*", int(rng.integers(-100, 300))) for t in topics[:-1]]
    # Some words say something of nearly all topics, most of a few; equal weights make equal scores.
    for n, word in enumerate(words):
        chosen = rng.choice(topics[:-1], 40 if n < 10 else 3, replace=False)
        said += [(str(t), word, int(rng.integers(-2, 9)) * 50) for t in chosen]
    weights = pl.DataFrame(said, schema=["topic_id", "word", "weight"], orient="row")
    texts = [" ".join(rng.choice(words, rng.integers(1, 30))) for _ in range(N_PAPERS)]
    papers = pl.DataFrame({"paper": range(N_PAPERS), "title": texts, "abstract": texts[::-1]})
    vocabulary = Vocabulary(words)
    amounts = vocabulary.amounts(papers.with_columns(pl.col("paper").cast(pl.UInt32)))
    kinds = topic_kinds(paths)
    named = [
        (paper, str(topic), bool(rng.integers(2)), bool(rng.integers(2)), False)
        for paper in range(0, N_PAPERS, 2)
        for topic in rng.choice(topics, 4, replace=False)
    ]
    columns = ["paper", "topic_id", "is_strong", "in_title", "is_sure"]
    mentioned = pl.DataFrame(named, schema=columns, orient="row").join(
        kinds.select("topic_id", "field_id"), on="topic_id"
    )
    mentioned = mentioned.with_columns(pl.col("paper").cast(pl.UInt32), behind=pl.lit(0.5))
    mentioned = mentioned.unique(["paper", "field_id", "topic_id"], maintain_order=True)
    return amounts, N_PAPERS, WordWeights(weights, topics, vocabulary), paths, mentioned


@pytest.mark.parametrize("seed", range(8))
def test_only_topics_that_cannot_count_are_left_out(seed, monkeypatch):
    arguments = given(seed)
    found = relevant_topics(*arguments)
    n_asked = len(candidates(*arguments, math.log(0.7 / 0.3)))
    whole = candidates(*arguments)
    assert 0 < n_asked < len(whole)
    monkeypatch.setattr(word_topics, "candidates", lambda *given: candidates(*given[:5]))
    assert found.equals(relevant_topics(*arguments))


def test_ranks_follow_scores_and_of_equal_ones_the_first_id():
    amounts, n_papers, weights, paths, _ = given(0)
    scores = weights.scores(amounts, n_papers)
    scores[:, np.isneginf(weights.bases)] = 0
    scores = scores.clip(0, 12)
    none = given(0)[4].clear()
    found = candidates(amounts, n_papers, weights, paths, none)
    place = {topic: n for n, topic in enumerate(weights.topics)}
    for (paper,), rows in found.group_by(["paper"]):
        order = sorted(range(len(place)), key=lambda n: (-scores[paper][n], n))
        likely = [n for n in order[:30] if scores[paper][n] > 0]
        ranked = rows.sort("rank")["topic_id"].to_list()
        assert [place[topic] for topic in ranked] == likely


def test_scores_are_sums_of_weights_times_amounts():
    amounts, n_papers, weights, _, _ = given(1)
    said = np.zeros((120, len(weights.topics)))
    words = weights._words
    place = {topic: n for n, topic in enumerate(weights.topics)}
    for topic, weight, word in words.select("topic_id", "weight", "word").rows():
        said[word, place[topic]] = weight / 100
    expected = np.zeros((n_papers, len(weights.topics)))
    for paper, word, amount in amounts.rows():
        expected[paper] += amount * said[word]
    assert np.abs(weights.scores(amounts, n_papers) - expected).max() < 2e-6


def test_a_space_too_many_in_a_word_changes_nothing_for_others():
    title = pl.DataFrame({"paper": [0], "title": ["Graphs of zebra nets"], "abstract": [None]})
    title = title.cast({"paper": pl.UInt32, "abstract": pl.String})
    for odd in ("deep  net", "net ", " net", ""):
        words = pl.Series("word", [odd, "graph", "zebra", "zebra net"])
        found = words.gather(Vocabulary(words).amounts(title)["word"])
        assert found.to_list() == ["graph", "zebra", "zebra net"], odd
