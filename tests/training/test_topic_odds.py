"""Odds of topics: labelled papers in, how likely a topic is central out."""

import numpy as np
import polars as pl
import pytest
import topic_odds

from pipeline.transforms.word_topics import ODDS

N = 200


@pytest.fixture(scope="module")
def known() -> topic_odds.Labelled:
    """Return papers of which what is named in the title is central, whatever its rank."""
    rows = pl.DataFrame(
        {
            "title_hash": [f"paper {i // 2}" for i in range(N)],
            "topic_id": ["graph_algorithms", "grasping"] * (N // 2),
            "score": [1.0 + (i % 10) / 10 for i in range(N)],
            "rank": [i % 3 for i in range(N)],
            "margin": [-float(i % 3) for i in range(N)],
            "behind": [0.0] * N,
            "is_named": [i % 2 == 0 for i in range(N)],
            "is_strong": [i % 2 == 0 for i in range(N)],
            "in_title": [i % 2 == 0 for i in range(N)],
            "rivals": [1] * N,
            "is_area": [False] * N,
            "is_sure": [i == 1 for i in range(N)],
        }
    )
    is_central = np.array([i % 2 == 0 for i in range(N)])
    is_right = np.array([1, 0] + [-1] * (N - 2))
    return topic_odds.Labelled(rows, is_central, is_right, N // 2 + 20, N // 2)


def spoken(known: topic_odds.Labelled) -> tuple[np.ndarray, list[str]]:
    n_topics = len(topic_odds.reference_table("topics"))
    return topic_odds.spoken(
        known.rows, {name: np.zeros(n_topics) for name in ("log_usual", "log_sure")}
    )


def test_odds_are_those_of_what_was_central(known):
    table, names = spoken(known)
    assert {"base", *names} - {"log_sure"} == set(ODDS)
    odds = topic_odds.fit_odds(table, names, known.is_central)
    assert odds["is_named"] + odds["is_strong"] + odds["in_title"] > 4
    assert abs(odds["rank"]) < 0.5


def test_figures_are_of_papers_that_did_not_fit_the_odds(known):
    table, names = spoken(known)
    likely = topic_odds.held_out(known, table, names)
    assert likely[::2].min() > 0.5 > likely[1::2].max()
    # What is sure counts as given, central or not.
    first = next(topic_odds.lines(known, likely))
    assert "100 of 120 central = 83.3%" in first
    assert "1 of 2 judged are right = 50.0%" in first
    assert "1.01 topics a paper" in first


def test_labels_of_several_files_are_one(tmp_path):
    header = "title_hash,topic_ids,reader,labelled_on,why\n"
    (tmp_path / "a.csv").write_text(header + "one,graphs;trees,x,2026,y\n", "utf-8")
    (tmp_path / "b.csv").write_text(header + "two,,x,2026,y\n", "utf-8")
    labels = topic_odds.read_labels([tmp_path / "a.csv", tmp_path / "b.csv"])
    assert labels == {"one": {"graphs", "trees"}, "two": set()}


def test_candidates_of_labelled_papers_know_what_readers_say():
    papers = pl.DataFrame(
        {
            "title": ["Grasping of cups by robot hands", "Of goblins"],
            "abstract": [None, None],
            "hashes": [["h"], ["other"]],
        },
        schema_overrides={"abstract": pl.String},
    )
    table = pl.DataFrame(
        {
            "topic_id": ["grasping", "graph_algorithms"],
            "word": ["cup", "robot"],
            "weight": [900, 90],
        }
    )
    known = topic_odds.labelled(
        papers,
        {"h": {"grasping", "control"}},
        {("h", "grasping"): True, ("h", "graph_algorithms"): False},
        table,
    )
    assert (known.n_papers, known.n_central) == (1, 2)
    assert known.rows["topic_id"].to_list() == ["grasping", "graph_algorithms"]
    assert known.is_central.tolist() == [True, False]
    assert known.is_right.tolist() == [1, 0]
    assert known.rows["is_named"].to_list() == [True, False]
