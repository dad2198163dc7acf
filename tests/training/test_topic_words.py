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
    papers = topic_words.read_papers(folder / "records.parquet", folder / "truth.parquet")
    yield topic_words.Lessons(papers, read(papers, {}))
    patch.undo()


def read(papers: pl.DataFrame, topics: dict[int, list[str]]) -> pl.DataFrame:
    """Return what readers say of some papers: all these topics are central."""
    schema = {"paper": papers["paper"].dtype, "central": pl.List(pl.String)}
    rows = pl.DataFrame(list(topics.items()), schema=schema, orient="row")
    return rows.with_columns(right=pl.lit([], pl.List(pl.String)))


def weights_of(lessons, topic_id: str = "gaussian_processes") -> dict[str, int]:
    weights = topic_words.word_weights(lessons, np.ones(2 * N, dtype=bool))
    table = topic_words.as_table(lessons, weights, dict.fromkeys(lessons.topics, 0.0))
    found = table.filter(pl.col("topic_id") == topic_id)
    return dict(found.select("word", "weight").iter_rows())


def test_words_that_go_with_a_sure_topic_are_learned(lessons):
    learned = weights_of(lessons)
    assert min(learned[word] for word in ("gnome", "moorland", "fairie")) > 0
    assert max(learned.get(word, 0) for word in ("goblin", "cave")) <= 0
    assert learned[EVERY_PAPER] == 0


def test_what_a_reader_says_of_a_paper_goes_before_its_phrases(lessons):
    papers = lessons.papers
    names = papers.filter(pl.col("title").str.starts_with("Gaussian"))["paper"].to_list()
    said = {paper: ["grasping"] for paper in names}
    taught = topic_words.Lessons(papers, read(papers, said))
    topics = [taught.topics.index(name) for name in ("grasping", "gaussian_processes")]
    assert taught.given[names][:, topics].sum(axis=0).tolist() == [N, 0]
    assert set(taught.counts[names]) == {topic_words.READ}
    assert weights_of(taught, "grasping")["moorland"] > 0


def test_grammar_is_no_word_and_pairs_stand_next_to_each_other(lessons):
    words = set(lessons.words)
    assert not {"the", "for", "in", "interpolate the"} & words
    assert "gnome interpolate" in words
    assert "gnome moorland" not in words


def test_words_written_down_are_of_known_topics():
    written = pl.read_csv(topic_words.TITLES)
    topics = reference_table("topics")
    assert set(written["topic_id"]) <= set(topics["topic_id"])
    assert set(written["kind"]) == {"title", "terms", "words"}
    assert written.is_duplicated().sum() == 0
    below = topics.drop_nulls("parent_topic_id")["topic_id"]
    assert len(set(below) - set(written["topic_id"])) <= 5


WRITTEN = """topic_id,kind,text
plates,terms,shell; plate bending; total finite strain
plates,title,Bending of plates
clay,terms,shell; pottery
"""


def test_what_was_written_down_is_counted_by_what_it_is(tmp_path):
    file = tmp_path / "titles.csv"
    file.write_text(WRITTEN, "utf-8")
    written = topic_words.written_words(file)
    rows = {(t, w): (terms, parts, titles) for t, w, terms, parts, titles in written.iter_rows()}
    assert rows["plates", "shell"] == (1, 0, 0)
    assert rows["plates", "plate bending"] == (1, 0, 0)
    assert rows["plates", "plate"] == (0, 1, 1)
    # Of a term of three words the pairs stand for it.
    assert rows["plates", "finite strain"] == (1, 0, 0)
    assert rows["plates", "strain"] == (0, 1, 0)
    words = pl.Series(["plate bending", "shell", "strain"])
    said = topic_words.said_of_topics(written, words, ["clay", "metal", "plates"])
    # A term says more than a part of one, and more if it is one topic's alone.
    assert said[0, 2] > said[1, 2] > 0
    assert said[0, 2] > said[2, 2] > 0
    assert said[1, 0] == said[1, 2]
    assert not said[:, 1].any()


def test_written_weights_read_as_they_are(tmp_path):
    table = pl.DataFrame(
        {"topic_id": ["a", "a"], "word": ["*", "plate bending"], "weight": [-5, 9]}
    )
    topic_words.write(table, tmp_path / "words.csv")
    assert pl.read_csv(tmp_path / "words.csv").equals(table)
