"""What the figures on labelled topics rest on: the papers, the readers' files, the counting."""

import json
import sys

import polars as pl
import pytest
from helpers import ROOT, SHARED, arrow_page, needs_shared

from pipeline.contract.errors import PipelineError

sys.path.append(str(ROOT / "benchmarks"))  # as Python finds them when one of them runs
import labelled_papers as files
import topic_labels

DEV, DEV2, DEV3, HELD_OUT, SECOND = (
    ROOT / "benchmarks" / f"topic_labels_{name}.csv"
    for name in ("dev", "dev2", "dev3", "held_out", "second")
)
KITCHEN = "Speech recognition in noisy kitchens"
LAMPS = "Why lamps hum"


def hashes(*titles):
    return [files.title_hash(title) for title in titles]


def write_records(folder, rows):
    records, truth = folder / "records.parquet", folder / "truth.parquet"
    names = ("record_id", "entity_id", "title", "abstract")
    table = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    table.drop("entity_id").write_parquet(records)
    table.select("record_id", "entity_id").write_parquet(truth)
    return records, truth


ROWS = [
    ("r1", "e1", "Speech Recognition in noisy kitchens.", None),
    ("r2", "e1", KITCHEN, "We listen to cooks."),
    ("r3", "e2", LAMPS, "They do."),
    ("r4", "e3", "Of birds", "  "),
    ("r5", "e4", " ", "A record without a title is no paper."),
]


def write_labels(file, rows):
    lines = [",".join(files.LABEL_COLUMNS)]
    lines += [f"{paper},{topics},one,2026-11-26,{why}" for paper, topics, why in rows]
    file.write_text("\n".join(lines) + "\n")
    return file


# ---------------------------------------------------------------- papers


def test_a_paper_is_told_by_the_record_that_has_an_abstract(tmp_path):
    papers = files.read_papers(*write_records(tmp_path, ROWS), None)
    by_hash = {row["title_hash"]: row for row in papers.iter_rows(named=True)}
    assert set(by_hash) == set(hashes(KITCHEN, LAMPS, "Of birds"))
    kitchen = by_hash[hashes(KITCHEN)[0]]
    assert (kitchen["title"], kitchen["abstract"]) == (KITCHEN, "We listen to cooks.")
    assert set(kitchen["hashes"]) == set(hashes(KITCHEN, ROWS[0][2]))
    assert by_hash[hashes("Of birds")[0]]["abstract"] is None


def test_without_a_truth_records_of_one_title_are_one_paper(tmp_path):
    records, _ = write_records(tmp_path, ROWS)
    assert len(files.read_papers(records, None, None)) == 3


def test_of_papers_with_the_same_title_the_one_that_goes_by_it_is_meant(tmp_path):
    rows = [("r1", "e1", LAMPS, None), ("r2", "e1", "A lamp hums", "Of the first."), *ROWS[2:]]
    rows += [("r6", "e0", LAMPS, None)]
    papers = files.read_papers(*write_records(tmp_path, rows), None)
    assert papers.filter(title=LAMPS)["abstract"].to_list() == ["They do."]
    tags = topic_labels.tags_of(papers, {hashes(LAMPS)[0]: ()})
    assert tags["abstract"].unique().to_list() == ["They do."]


def test_saved_pages_add_the_papers_that_no_record_has(tmp_path):
    dumps = tmp_path / "dumps"
    dumps.mkdir()
    shown = [(LAMPS.upper(), ["Ada Berg"], 2021), ("On saved moths", ["Li Wei"], 2022)]
    (dumps / "page.txt").write_text(arrow_page("lamps", shown))
    papers = files.read_papers(*write_records(tmp_path, ROWS), dumps)
    assert sorted(papers["title"]) == ["Of birds", "On saved moths", KITCHEN, LAMPS]


def test_a_draw_depends_on_the_seed_and_not_on_the_order_of_the_records(tmp_path):
    rows = [(f"r{i:02}", f"e{i:02}", f"Lamp number {i}", None) for i in range(40)]
    drawn = []
    for n, order in enumerate((rows, rows[::-1])):
        (folder := tmp_path / str(n)).mkdir()
        papers = files.read_papers(*write_records(folder, order), None)
        drawn.append(files.draw(papers, 10, 7, [])["title"].to_list())
    assert drawn[0] == drawn[1]
    assert drawn[0] != files.draw(papers, 10, 8, [])["title"].to_list()


def test_what_was_drawn_before_is_left_out_whichever_title_is_meant(tmp_path):
    papers = files.read_papers(*write_records(tmp_path, ROWS), None)
    left = files.draw(papers, 2, 7, hashes(ROWS[0][2]))  # the other title of the kitchen
    assert sorted(left["title"]) == ["Of birds", LAMPS]
    with pytest.raises(PipelineError, match="3 papers were asked for"):
        files.draw(papers, 3, 7, hashes(ROWS[0][2]))


# ---------------------------------------------------------------- readers' files


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([("a", "speech_recognition;of_lamps", "x")], "no topic is called of_lamps"),
        ([("a", "bandits;bandits", "x")], "stands twice"),
        ([("a", "bandits", "x"), ("a", "", "x")], "stands twice"),
        ([("a", "bandits", " ")], "has a reason"),
    ],
)
def test_labels_that_cannot_be_right_are_refused(tmp_path, rows, fault):
    with pytest.raises(PipelineError, match=fault):
        files.read_labels(write_labels(tmp_path / "labels.csv", rows))


@pytest.mark.parametrize("row", ["a,bandits,perhaps,x", "a,bandits,right,", "a,bandits"])
def test_verdicts_that_cannot_be_right_are_refused(tmp_path, row):
    file = tmp_path / "verdicts.csv"
    file.write_text(f"{','.join(files.VERDICT_COLUMNS)}\n{row}\n")
    with pytest.raises(PipelineError, match="line 2"):
        files.read_verdicts(file)


@pytest.mark.parametrize("file", [DEV, DEV2])
def test_a_development_set_holds_150_papers_with_at_most_four_topics(file):
    labels = files.read_labels(file)
    assert len(labels) == 150
    assert max(map(len, labels.values())) <= 4


def test_no_paper_is_in_two_development_sets():
    papers = [paper for file in (DEV, DEV2, DEV3) for paper in files.read_labels(file)]
    assert len(set(papers)) == len(papers) == 600


def test_papers_that_measure_are_in_no_development_set_and_taught_nothing():
    held_out = files.read_labels(HELD_OUT)
    assert len(held_out) == 300
    taught = ROOT / "training" / "topic_papers.csv"
    for file in (DEV, DEV2, DEV3, taught):
        assert not set(held_out) & files.read_hashes(file)
    assert set(files.read_labels(SECOND)) < set(held_out)
    verdicts = files.read_verdicts(ROOT / "benchmarks" / "topic_verdicts_held_out.csv")
    assert len(verdicts) == 1491
    assert {paper for paper, _ in verdicts} <= set(held_out)


def test_two_readers_agree():
    one, other = files.read_labels(HELD_OUT), files.read_labels(SECOND)
    assert len(other) == 60
    both = sum(len(set(one[paper]) & set(topics)) for paper, topics in other.items())
    given = sum(len(one[paper]) + len(topics) for paper, topics in other.items())
    assert 2 * both / given > 0.85


@needs_shared
@pytest.mark.parametrize("file", [DEV, DEV2])
def test_the_papers_of_a_development_set_are_there(file):
    folder = SHARED / "bench" / "linkage"
    papers = files.read_papers(folder / "records.parquet", folder / "truth.parquet", SHARED / "raw")
    assert set(files.read_labels(file)) <= set(papers["title_hash"])


# ---------------------------------------------------------------- figures

# A paper found by its title, one by its area only, one that nothing is found of, and one of which
# no topic is central.
LABELS = {
    "p1": ("speech_recognition", "bandits"),
    "p2": ("action_recognition",),
    "p3": ("bandits",),
    "p4": (),
}
TAGS = pl.DataFrame(
    [
        ("p1", "speech_recognition", "title", "speech_recognition"),
        ("p1", "speech_processing", "title", "speech_recognition"),
        ("p1", "speech_and_audio", "title", "speech_recognition"),
        ("p1", "ai_and_machine_learning", "abstract", "ai_and_machine_learning"),
        ("p2", "object_tracking", "abstract", "object_tracking"),
        ("p2", "video_understanding", "abstract", "object_tracking"),
        ("p2", "vision_and_graphics", "abstract", "object_tracking"),
        ("p3", None, None, None),
        ("p4", "statistics", "abstract", "statistics"),
    ],
    schema=["title_hash", "topic_id", "evidence", "via_topic_id"],
    orient="row",
).with_columns(title=pl.lit("A title"), abstract=pl.lit(None, pl.String), matched_text=pl.lit("w"))


def test_central_topics_are_found_at_each_level_by_their_evidence():
    report = topic_labels.recall(TAGS, LABELS | {"elsewhere": ("bandits",)}).as_json()
    assert report["papers"] == 4
    assert report["papers of the labels that are not among the records"] == 1
    found = {name: (r["n"], r["of"]) for name, r in report["recall of central topics"].items()}
    assert found == {"topic": (1, 4), "area": (2, 4), "field": (3, 4)}
    evidence = report["central topics by evidence"]
    assert {name: share["n"] for name, share in evidence.items()} == {"title": 1, "missed": 3}
    assert report["tags per paper, found directly"] == 4 / 4
    assert report["of these below the fields"] == 2 / 4
    missed = {topic: (r["n"], r["of"]) for topic, r in report["most missed"].items()}
    assert list(missed.items()) == [("bandits", (2, 2)), ("action_recognition", (1, 1))]
    assert report["papers with a central topic found"]["of"] == 3
    assert report["papers of which no topic is central, with a tag"]["n"] == 1
    by_field = report["recall of central topics by field"]
    assert {field: (r["n"], r["of"]) for field, r in by_field.items()} == {
        "ai_and_machine_learning": (0, 2),
        "speech_and_audio": (1, 1),
        "vision_and_graphics": (0, 1),
    }


def test_an_area_that_is_central_is_found_by_what_is_below_it():
    report = topic_labels.recall(
        TAGS, {"p1": ("speech_processing",)} | {"p2": (), "p3": (), "p4": ()}
    )
    assert report.as_json()["recall of central topics"]["topic"]["n"] == 1


def test_precision_counts_what_was_judged_and_fields_by_themselves():
    verdicts = {
        ("p1", "speech_recognition"): "right",
        ("p1", "ai_and_machine_learning"): "wrong",
        ("p1", "speech_and_audio"): "right",
        ("p4", "statistics"): "wrong",
        ("p9", "bandits"): "right",
    }
    report = topic_labels.precision(TAGS, verdicts).as_json()
    assert (report["tags found directly"], report["of these judged"]) == (4, 3)
    assert (report["precision of tags"]["n"], report["precision of tags"]["of"]) == (1, 3)
    by_evidence = report["precision of tags by evidence"]
    assert {e: (r["n"], r["of"]) for e, r in by_evidence.items()} == {
        "abstract": (0, 2),
        "title": (1, 1),
    }
    assert report["papers of which every judged tag is right"]["n"] == 0
    assert (report["fields given"], report["of these fields judged"]) == (4, 3)
    assert (report["precision of fields"]["n"], report["precision of fields"]["of"]) == (1, 3)
    assert report["verdicts on what is no longer given"] == {"right": 1, "wrong": 0}


def test_readers_agree_more_on_areas_than_on_topics():
    one = {"p1": ("speech_recognition", "bandits"), "p2": (), "p3": ("bandits",)}
    other = {"p1": ("speech_recognition", "policy_optimization"), "p2": (), "p5": ("bandits",)}
    report = topic_labels.agreement(one, other).as_json()
    assert report["papers both read"] == 2
    f1 = {name: (r["n"], r["of"]) for name, r in report["F1"].items()}
    assert f1 == {"topic": (2, 4), "area": (4, 4), "field": (4, 4)}
    assert report["mean Jaccard"]["topic"] == pytest.approx((1 / 3 + 1) / 2)
    with pytest.raises(PipelineError, match="no paper in common"):
        topic_labels.agreement(one, {"p5": ()})


def test_the_interval_draws_papers_and_is_never_empty():
    together = topic_labels.Rate.over([(4, 4), (0, 4)] * 10)
    alone = topic_labels.Rate.over([(1, 1), (0, 1)] * 40)
    assert (together.n, together.of) == (alone.n, alone.of) == (40, 80)
    assert together.high - together.low > 1.5 * (alone.high - alone.low)
    none = topic_labels.Rate.over([(0, 3), (0, 2), (0, 0)])
    assert (none.low, round(none.high, 2)) == (0, 0.66)  # two papers say little
    assert topic_labels.Rate.over([]).as_json() == {
        "n": 0,
        "of": 0,
        "share": 0,
        "low": 0,
        "high": 1,
    }


def test_from_papers_to_figures(tmp_path, capsys, monkeypatch):
    records, truth = map(str, write_records(tmp_path, ROWS))

    def said(*words):
        monkeypatch.setattr(sys, "argv", ["topic_labels.py", *map(str, words)])
        status = topic_labels.main()
        return status, capsys.readouterr().out

    drawn = [json.loads(line) for line in said("--draw", 3, records, truth)[1].splitlines()]
    assert {row["title_hash"] for row in drawn} == set(hashes(KITCHEN, LAMPS, "Of birds"))
    assert set(drawn[0]) == {"title_hash", "title", "abstract"}  # nothing of what is found
    other_title, birds = hashes(ROWS[0][2], "Of birds")
    rows = [(other_title, "speech_recognition", "x"), (birds, "bandits", "y")]
    labels = write_labels(tmp_path / "labels.csv", rows)
    figures = json.loads(said("--measure", labels, "--json", records, truth)[1])
    assert figures["papers"] == 2
    assert figures["recall of central topics"]["topic"]["n"] == 1
    assert figures["central topics by evidence"]["title"]["n"] == 1
    tags = [json.loads(line) for line in said("--tags", labels, records, truth)[1].splitlines()]
    assert ("speech_recognition", "Speech recognition") in {
        (tag["topic_id"], tag["matched_text"]) for tag in tags
    }
    listed = said("--tags", labels, "--fields", records, truth)[1].splitlines()
    assert {json.loads(line)["topic_id"] for line in listed} >= {"speech_and_audio"}
    verdicts = tmp_path / "verdicts.csv"
    judged = f"{','.join(files.VERDICT_COLUMNS)}\n{other_title},speech_recognition,right,x\n"
    verdicts.write_text(judged)
    words = ("--tags", labels, "--verdicts", verdicts, records, truth)
    assert "precision of tags: 1 of 1" in said(*words)[1]
    assert "papers both read: 2" in said("--agreement", labels, labels)[1]
    strange = write_labels(tmp_path / "strange.csv", [("0" * 16, "bandits", "x")])
    assert said("--measure", strange, records, truth) == (2, "")
