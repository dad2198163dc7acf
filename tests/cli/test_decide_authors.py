"""`papermart same` and `not-same` of two authors: what they write, and what is refused."""

import csv
from pathlib import Path

import pytest
from helpers import assert_clean_failure, papermart, small_build, table

NOBODY = "a0123456789abcdef"


@pytest.fixture
def file(tmp_path):
    return tmp_path / "overrides.csv"


@pytest.fixture(scope="module")
def papers():
    """Lists of authors, by paper: ids in order, of authors of one paper only."""
    lists: dict[str, list[str]] = {}
    rows = table(small_build()[0], "marts.authorships")
    ids = [row["author_id"] for row in rows]
    for row in rows:
        if ids.count(row["author_id"]) == 1:
            lists.setdefault(row["paper_id"], []).append(row["author_id"])
    return lists


@pytest.fixture(scope="module")
def strangers(papers):
    """Authors of two papers."""
    first, second = [ids for ids in papers.values() if ids][:2]
    return first[0], second[0]


@pytest.fixture(scope="module")
def twins(papers):
    """Two who stand in one list."""
    return next(ids for ids in papers.values() if len(ids) > 1)[:2]


def decide(what: str, *words: str, file: Path):
    return papermart(what, *words, "--warehouse", small_build()[0], "--overrides", file, cwd=None)


def lines(file: Path) -> list[list[str]]:
    return list(csv.reader(file.read_text("utf-8").splitlines()))[1:]


def test_a_decision_is_a_line_and_is_written_once(file, strangers):
    one, other = strangers
    said = decide("same", f"'{one.upper()}'", other, "--why", "she married", file=file)
    assert (said.returncode, said.stderr) == (0, "")
    assert f"line 2: {one} and {other} are the same person" in said.stdout
    ((left, right, decision, *_, why),) = lines(file)
    assert (left, right, decision, why) == (one, other, "same", "she married")
    again = decide("same", other, one, file=file)
    assert "nothing to do" in again.stdout
    assert len(lines(file)) == 1


def test_what_contradicts_a_line_is_refused(file, strangers):
    one, other = strangers
    assert decide("not-same", one, other, file=file).returncode == 0
    refused = decide("same", one, other, file=file)
    assert_clean_failure(refused, f"line 2, {one} and {other} are not same", "nothing was written")
    assert len(lines(file)) == 1


def test_what_makes_no_sense_is_refused_in_words(file, strangers, twins):
    one = strangers[0]
    assert_clean_failure(
        decide("same", one, NOBODY, file=file), f"no author here has the id {NOBODY}"
    )
    assert_clean_failure(decide("same", one, one, file=file), f"both ids name {one}")
    paper = table(small_build()[0], "marts.papers")[0]["paper_id"]
    assert_clean_failure(decide("same", one, paper, file=file), "name two papers or two authors")
    assert_clean_failure(decide("same", *twins, file=file), "stand both in the list of the paper p")
    assert not file.exists()
