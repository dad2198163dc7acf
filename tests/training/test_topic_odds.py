"""Odds of topics: labelled papers in, how likely a topic is central out."""

import numpy as np
import polars as pl
import pytest
import topic_odds
import topic_words

from pipeline.transforms.word_topics import ODDS

N = 200


MARKS = ("is_named", "is_strong", "in_title")


@pytest.fixture(scope="module")
def known() -> topic_odds.Judged:
    """Return papers of which what is named in the title is right, whatever its rank."""
    named = [i % 2 == 0 for i in range(N)]
    rows = pl.DataFrame(
        {
            "paper": [i // 2 for i in range(N)],
            "title": [f"paper {i // 2}" for i in range(N)],
            "topic_id": ["graph_algorithms", "grasping"] * (N // 2),
            "base": [0.0] * N,
            "score": [1.0 + (i % 10) / 10 for i in range(N)],
            "rank": [i % 3 for i in range(N)],
            "margin": [-float(i % 3) for i in range(N)],
            "behind": [0.0] * N,
            "n_below": [0] * N,
            "is_sure": [False] * N,
            "is_field": [False] * N,
            "is_area": [i % 4 == 0 for i in range(N)],
            **dict.fromkeys(MARKS, named),
        }
    )
    right = np.array(named)
    return topic_odds.Judged(rows, right, right, right, N // 2 + 20, N // 2)


def test_odds_are_those_of_what_was_right(known):
    odds, bases = topic_odds.fit_odds(known)
    assert set(odds) == set(ODDS)
    # What names it may as well be the topic, which is drawn to nothing more strongly.
    assert sum(odds[name] for name in MARKS) > 2
    assert abs(odds["rank"]) < 0.5
    assert bases["graph_algorithms"] > bases["algebra"] > bases["grasping"]


def test_figures_are_of_papers_that_did_not_fit_the_odds(known):
    likely = topic_odds.probabilities(known, 5)
    assert likely[::2].min() > 0.8 > 0.2 > likely[1::2].max()
    first = next(topic_odds.lines(known, likely))
    assert "100 of 120 central = 83.3%" in first
    assert "100 of 100 judged are right = 100.0%" in first
    assert "1.00 topics a paper" in first


def test_labels_of_several_files_are_one(tmp_path):
    header = "title_hash,topic_ids,reader,labelled_on,why\n"
    (tmp_path / "a.csv").write_text(header + "one,graphs;trees,x,2026,y\n", "utf-8")
    (tmp_path / "b.csv").write_text(header + "two,,x,2026,y\n", "utf-8")
    labels = topic_odds.read_labels([tmp_path / "a.csv", tmp_path / "b.csv"])
    assert labels == {"one": {"graphs", "trees"}, "two": set()}


@pytest.fixture
def papers() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "paper": [0, 1],
            "title": ["Grasping of cups by robot hands", "Of goblins"],
            "abstract": [None, None],
            "hashes": [["h", "again"], ["other"]],
        },
        schema_overrides={"paper": pl.UInt32, "abstract": pl.String},
    )


WORDS = pl.DataFrame(
    {
        "topic_id": ["graph_algorithms", "graph_algorithms", "grasping", "grasping"],
        "word": ["*", "robot", "*", "cup"],
        "weight": [0, 90, 0, 900],
    }
)


def test_candidates_know_what_labels_and_verdicts_say(papers):
    rows = topic_odds.candidates_of(
        papers, [(np.array([True, True]), WORDS)], papers["paper"].head(1)
    )
    known = topic_odds.Judged.of_labels(
        rows,
        papers.head(1),
        {"again": {"grasping", "control"}},
        {("again", "grasping"): True, ("again", "graph_algorithms"): False},
    )
    assert (known.n_papers, known.n_central) == (1, 2)
    named = dict(zip(known.rows["topic_id"], known.rows["is_named"], strict=True))
    assert (named["grasping"], named["graph_algorithms"]) == (True, False)
    said = dict(
        zip(known.rows["topic_id"], zip(known.is_central, known.is_right, strict=True), strict=True)
    )
    assert said["grasping"] == (True, True)
    assert said["graph_algorithms"] == (False, False)


def test_candidates_know_what_readers_of_them_say(papers, tmp_path):
    file = tmp_path / "papers.csv"
    file.write_text("title_hash,central,right\nagain,control;grasping,\nunknown,,\n", "utf-8")
    taught = topic_odds.read_taught(file, papers)
    assert taught.rows() == [(0, ["control", "grasping"], [])]
    # Each paper has the words that its part is for.
    nothing = (np.array([False, True]), WORDS)
    rows = topic_odds.candidates_of(
        papers, [nothing, (np.array([True, False]), WORDS)], taught["paper"]
    )
    known = topic_odds.Judged.of_taught(rows, taught)
    assert (known.n_papers, known.n_central) == (1, 2)
    right = dict(zip(known.rows["topic_id"], known.is_right, strict=True))
    assert (right["grasping"], right["graph_algorithms"]) == (True, False)
    assert known.is_known.all()


def test_the_papers_that_readers_filed_are_known_by_hashes_and_known_topics():
    rows = pl.read_csv(topic_words.PAPERS, schema_overrides=[pl.String] * 3)
    topics = set(topic_odds.reference_table("topics")["topic_id"])
    assert rows["title_hash"].is_unique().all()
    for column in ("central", "right"):
        assert set(rows[column].drop_nulls().str.split(";").explode()) <= topics
