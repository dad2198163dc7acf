"""`papermart explain`: one paper on one screen, found by whatever people have in hand."""

import json
from datetime import timedelta

import pytest
from helpers import (
    MORNING,
    assert_clean_failure,
    copy_of,
    needs_sample,
    papermart,
    rows,
    sample_warehouse,
    scratch,
    small_build,
    small_raw,
    table,
    written,
)

from pipeline.builds.run import build
from pipeline.contract.errors import PipelineError
from pipeline.outputs.explain import explain_paper, find_paper
from pipeline.storage.published_file import open_published
from pipeline.storage.warehouse import Warehouse

DRIFT = "Measuring Drift in Recommender Systems"
TWICE = "Federated Learning with Lazy Clients"


@pytest.fixture(scope="module")
def corrected():
    """The small warehouse, one paper merged into another by hand: (root, old id, new id)."""
    first, raw = small_build()[0], small_raw()
    ids = {r["title"]: r["paper_id"] for r in table(first, "marts.papers")}
    line = f"{ids[TWICE]},{ids[DRIFT]},same,ann,2026-03-01,the journal's title"
    file = scratch() / "explained.csv"
    file.write_text(f"left,right,decision,who,when,why\n{line}\n", "utf-8")
    root = copy_of(first, scratch() / "explained")
    build(raw, Warehouse(root), now=MORNING + timedelta(days=1), overrides=file)
    return root, ids[DRIFT], ids[TWICE]


def explain(root, wanted: str) -> dict:
    with open_published(root / "warehouse.duckdb") as engine:
        return explain_paper(engine, find_paper(engine, wanted))


def refused(root, wanted: str) -> str:
    with pytest.raises(PipelineError) as error:
        explain(root, wanted)
    return str(error.value)


def test_everything_known_of_a_paper_is_told(corrected):
    root, old, new = corrected
    found = explain(root, new)
    assert found["paper"]["title"] == TWICE
    title = next(row for row in found["values"] if row["field"] == "title")
    assert (title["value"], title["n_agree"], title["n_conflict"]) == (TWICE, 2, 1)
    assert (title["path"], title["line_start"]) in {("ann.txt", 14), ("cy.txt", 1)}
    others = {(row["field"], row["value"], row["path"]) for row in found["other_values"]}
    assert ("title", DRIFT, "cy.txt") in others, "what a card shows beside the title chosen"
    assert not [row for row in found["other_values"] if row["value"] == TWICE]
    assert {row["path"] for row in found["sightings"]} == {"ann.txt", "cy.txt"}
    assert {row["author_name"] for row in found["authors"]} >= {"Ann Lee", "Cy Roy", "Bo Chen"}
    own = [match for match in found["matches"] if match["other_paper_id"] == new]
    assert {match["match_status"] for match in own} == {"match"}
    assert {m["match_status"] for m in found["matches"] if m not in own} <= {"distinct"}
    told = sorted(match["match_reason"] for match in own)
    by_hand = [reason for reason in told if reason.startswith("decided by hand")]
    assert len(by_hand) == len(told) - 1 == 2, "either old record of one title, and the new one"
    assert told[-1].startswith("same title of 5 words, 3 of 3")
    ((line, why),) = ((row["line"], row["why"]) for row in found["overrides"])
    assert (line, why) == (2, "the journal's title")
    assert [row["topic"] for row in found["topics"]]
    ((frm, to, told),) = (
        (row["from_paper_id"], row["to_paper_id"], row["why"]) for row in found["history"]
    )
    assert (frm, to) == (old, new)
    assert told == "merged: one paper by line 2 of the overrides (ann): the journal's title"
    assert [row["known_id"] for row in found["former_ids"]] == [old]


def test_a_paper_is_found_by_old_id_record_and_title(corrected):
    root, old, new = corrected
    record = explain(root, new)["sightings"][0]["record_id"]
    for wanted in (old, new, record, TWICE.upper(), "lazy clients", " learning-with: LAZY "):
        assert explain(root, wanted)["paper"]["paper_id"] == new


def test_several_or_no_papers_are_said(corrected):
    root = corrected[0]
    several = refused(root, "for")
    assert several.startswith("'for' may be any of 2 papers; give the id of one:\n")
    assert "2021  Deep Kernels for Graph Matching" in several
    assert refused(root, "no such title").startswith("no paper is 'no such title'; give a paper id")
    assert refused(root, "p0123456789abcdef").startswith(
        "nothing here has the id p0123456789abcdef"
    )
    assert "its pages may have been taken away" in refused(root, "0123456789abcdef-0001")
    assert refused(root, "?!").startswith("no paper is")


@needs_sample
def test_an_arxiv_identifier_is_understood_as_people_write_it():
    root = sample_warehouse()
    (wanted,) = rows(
        f"select paper_id from '{root}/tables/marts/papers/*.parquet' where arxiv_id = '2407.21783'"
    )
    for text in ("2407.21783", "arXiv:2407.21783v3", "https://arxiv.org/abs/2407.21783"):
        assert explain(root, text)["paper"]["paper_id"] == wanted["paper_id"]


def test_the_command_is_plain_in_a_pipe_and_whole_as_json(corrected):
    root, old, new = corrected
    shown = papermart("explain", old, "--warehouse", root)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith(f"{TWICE}\n{new}  2022  seen 3 times on arrow, scholar_feed\n")
    assert "\x1b" not in shown.stdout
    for part in ("Values (", "Authors (", "Seen in (3)", "Overrides (1)", "History of its ids (1)"):
        assert f"\n{part}" in shown.stdout
    told = json.loads(papermart("explain", new, "--format", "json", "--warehouse", root).stdout)
    with open_published(root / "warehouse.duckdb") as engine:
        assert told == json.loads(json.dumps(explain_paper(engine, new), default=str))


def test_failures_are_worded(corrected, tmp_path):
    root = corrected[0]
    assert_clean_failure(papermart("explain", "xyz", "--warehouse", root), "no paper is 'xyz'")
    assert_clean_failure(
        papermart("explain", "xyz", "--warehouse", tmp_path / "none"), "nothing is published"
    )
    assert papermart("explain", "--warehouse", root).returncode == 2


def test_a_version_from_before_is_told_apart(tmp_path):
    written(tmp_path / "warehouse.duckdb", "create table papers (paper_id varchar)")
    run = papermart("explain", "p0123456789abcdef", "--warehouse", tmp_path)
    assert_clean_failure(run, "published before papers could be explained; run `papermart build`")
