"""The example of docs/linkage.md runs and comes out as the page says."""

import csv
import re

import pytest
from helpers import ROOT, papermart

from pipeline.models.catalogue import load_models

DOCS = (ROOT / "docs/linkage.md").read_text("utf-8")
_PAIR = re.compile(r"^\| (\w+) (\w+) \| `(\w+)` \| `(\w+)` \|", re.MULTILINE)


@pytest.fixture(scope="module")
def linked(tmp_path_factory):
    """The folder in which the page's command has run, and what it said."""
    folder = tmp_path_factory.mktemp("linked")
    (table, *_), (session,) = (
        re.findall(rf"```{kind}\n(.*?)```", DOCS, re.DOTALL) for kind in ("csv", "console")
    )
    (folder / "library.csv").write_text(table, "utf-8")
    command, _, shown = session.removeprefix("$ ").partition("\n")
    done = papermart(*command.split()[1:], cwd=folder)
    return folder, done, shown


def test_the_command_says_what_the_page_shows(linked):
    _, done, shown = linked
    assert (done.returncode, done.stdout) == (0, shown)


def test_the_pairs_are_decided_as_the_page_says(linked):
    folder, _, _ = linked
    with (folder / "pairs.csv").open(encoding="utf-8", newline="") as stream:
        pairs = {
            (row["record_id_l"], row["record_id_r"]): (row["match_status"], row["match_rule"])
            for row in csv.DictReader(stream)
        }
    said = {(left, right): (status, rule) for left, right, status, rule in _PAIR.findall(DOCS)}
    assert len(said) == 4
    assert {pair: pairs[pair] for pair in said} == said


def test_only_the_two_showings_of_one_paper_are_joined(linked):
    folder, _, _ = linked
    with (folder / "papers.csv").open(encoding="utf-8", newline="") as stream:
        clusters = {row["record_id"]: row["cluster_id"] for row in csv.DictReader(stream)}
    joined = {record for record, cluster in clusters.items() if record != cluster}
    assert joined == {"w1"}
    assert clusters["w1"] == "s1"


def test_the_reason_that_the_page_quotes_is_given(linked):
    folder, _, _ = linked
    with (folder / "pairs.csv").open(encoding="utf-8", newline="") as stream:
        reasons = {
            (r["record_id_l"], r["record_id_r"]): r["match_reason"] for r in csv.DictReader(stream)
        }
    (quoted,) = re.findall(r"`(share \d+ % of the weight of their words)`", DOCS)
    assert quoted in reasons["s4", "w4"]
    assert "the title of another record is nearer to one" in reasons["s1", "s2"]


def test_the_labels_that_the_page_shows_are_read(linked):
    folder, _, _ = linked
    (labels,) = re.findall(r"equal for records of one paper \((.*?)\)", DOCS, re.DOTALL)
    lines = [" ".join(label.split()) for label in re.findall(r"`([^`]*)`", labels)]
    (folder / "truth.csv").write_text("\n".join(["record_id,entity_id", *lines]), "utf-8")
    done = papermart("evaluate", "linkage", "library.csv", "truth.csv", cwd=folder)
    assert "7 records, 4 without a label\n" in done.stdout
    assert "precision: 1 of 1 " in done.stdout


def test_every_rule_is_explained_and_no_other():
    (rules,) = (
        column.values
        for column in load_models()["linkage.pair_scores"].spec.columns
        if column.name == "match_rule"
    )
    table = DOCS[DOCS.index("| rule | holds back |") : DOCS.index("## How right it is")]
    assert set(re.findall(r"`(\w+)`", table)) == {*rules} - {"evidence"}
    assert (ROOT / "docs/reliability.svg").is_file()
