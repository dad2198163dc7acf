"""`papermart same` and `not-same`: what they write, what a build makes of it, what is refused."""

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from helpers import (
    MORNING,
    asked,
    assert_clean_failure,
    copy_of,
    made_once,
    papermart,
    small_build,
    small_raw,
    table,
    written,
)

from pipeline.builds.run import build
from pipeline.inputs.overrides import read_overrides
from pipeline.storage.warehouse import Warehouse

LAZY = "Federated Learning with Lazy Clients"
DRIFT = "Measuring Drift in Recommender Systems"
TINY = "Tiny Codes for Big Archives"
SURVEY = "A Survey of Language Models in Law"


@pytest.fixture
def file(tmp_path):
    return tmp_path / "my overrides.csv"


@pytest.fixture(scope="module")
def ids():
    return {row["title"]: row["paper_id"] for row in table(small_build()[0], "marts.papers")}


@pytest.fixture(scope="module")
def records():
    """The records of each paper."""
    found: dict[str, list[str]] = {}
    for row in table(small_build()[0], "marts.paper_records"):
        found.setdefault(row["paper_id"], []).append(row["record_id"])
    return found


@pytest.fixture(scope="module")
def merged(ids):
    """The small warehouse after one paper was merged into another: (root, what its file says)."""
    line = f"{ids[LAZY]},{ids[DRIFT]},same,ann,2026-03-01,\n"

    def make(root: Path) -> None:
        copy_of(small_build()[0], root)
        said = root / "said.csv"
        said.write_text(f"left,right,decision,who,when,why\n{line}", "utf-8")
        build(small_raw(), Warehouse(root), now=MORNING + timedelta(days=1), overrides=said)

    return made_once("merged-by-hand", make)[0], line


def decide(what: str, *words: str, file: Path, root: Path | None = None, **env: str):
    root = root or small_build()[0]
    return papermart(what, *words, "--warehouse", root, "--overrides", file, cwd=None, **env)


def lines(file: Path) -> list[list[str]]:
    return list(csv.reader(file.read_text("utf-8").splitlines()))


def test_a_decision_is_written_with_who_when_and_why(file, ids):
    words = (ids[LAZY], ids[DRIFT], "--why", "retitled, in print")
    done = decide("same", *words, file=file, PAPERMART_WHO="Ann Lee")
    assert done.returncode == 0, done.stderr
    header, line = lines(file)
    assert header == ["left", "right", "decision", "who", "when", "why"]
    assert line == [
        ids[LAZY],
        ids[DRIFT],
        "same",
        "Ann Lee",
        date.today().isoformat(),  # noqa: DTZ011
        "retitled, in print",
    ]
    assert f"{file}, line 2: {ids[LAZY]} and {ids[DRIFT]} are the same paper" in done.stdout
    assert LAZY in done.stdout
    assert "(2 sightings)" in done.stdout
    assert "`papermart build` makes one paper of them" in done.stdout


def test_the_build_obeys_what_was_decided(file, ids, tmp_path):
    root = copy_of(small_build()[0], tmp_path / "warehouse")
    assert decide("same", ids[TINY], ids[DRIFT], file=file, root=root).returncode == 0
    assert decide("not-same", ids[TINY], ids[SURVEY], file=file, root=root).returncode == 0
    report = build(small_raw(), Warehouse(root), now=MORNING + timedelta(days=1), overrides=file)
    assert report.is_published
    told = asked(root / "warehouse.duckdb", "select line, is_applied from overrides order by line")
    assert told == [(2, True), (3, True)]
    assert len(table(root, "marts.papers")) == len(ids) - 1
    again = decide("same", ids[DRIFT], ids[TINY], file=file, root=root)
    assert again.returncode == 0
    assert "nothing to do" in again.stdout
    assert len(lines(file)) == 3


def test_papers_that_nobody_asked_about_leave_no_queue(file, ids, tmp_path):
    """Of two papers that never came near it was said that they leave the queue."""
    root = copy_of(small_build()[0], tmp_path / "warehouse")
    assert not asked(root / "warehouse.duckdb", "select * from review_queue")
    apart = decide("not-same", ids[LAZY], ids[DRIFT], file=file, root=root)
    assert apart.returncode == 0, apart.stderr
    assert apart.stdout.endswith("`papermart build` keeps them so, whatever comes\n")
    pair = sorted((ids[TINY], ids[SURVEY]))
    published = (root / "warehouse.duckdb").resolve()
    published.chmod(0o644)
    written(
        published,
        "insert into review_queue (queue_rank, paper_id_l, paper_id_r) "
        f"values (1, '{pair[0]}', '{pair[1]}')",
    )
    queued = decide("not-same", *reversed(pair), file=file, root=root)
    assert queued.returncode == 0, queued.stderr
    assert "keeps them so, and takes them off the queue" in queued.stdout


def test_ids_are_understood_as_people_paste_them(file, ids, records):
    record = records[ids[DRIFT]][0]
    done = decide("not-same", f' "{ids[LAZY].upper()}", ', f"‘{record}’", file=file)
    assert done.returncode == 0, done.stderr
    assert lines(file)[1][:3] == [ids[LAZY], record, "not_same"]


def test_arxiv_identifiers_and_dois_name_their_paper(file, ids, tmp_path):
    root = copy_of(small_build()[0], tmp_path / "warehouse")
    says = "update papers set {} where paper_id = '{}'"
    published = (root / "warehouse.duckdb").resolve()
    published.chmod(0o644)
    written(
        published,
        says.format("arxiv_id = '2006.03654'", ids[LAZY]),
        says.format("doi = '10.1/ab'", ids[DRIFT]),
        says.format("doi = '10.1/two'", ids[TINY]),
        says.format("doi = '10.1/two'", ids[SURVEY]),
    )
    named = ("https://arxiv.org/abs/2006.03654v2", "doi:10.1/AB")
    assert decide("same", *named, file=file, root=root).returncode == 0
    assert lines(file)[1][:2] == [ids[LAZY], ids[DRIFT]]
    several = decide("same", "10.1/two", ids[LAZY], file=file, root=root)
    assert several.returncode == 1
    assert "may be any of 2 papers" in several.stderr
    assert SURVEY in several.stderr


UNKNOWN = {
    "an id of no paper": ("p0123456789abcdef", "nothing here has the id p0123456789abcdef"),
    "a record of no page": ("4b4fcbdbc598f512-0007", "nothing here has the id 4b4fcbdbc598f512"),
    "a title": (LAZY, "is no id of a paper here; give a paper id, a record id"),
    "nothing": (" ", "is no id of a paper here"),
}


@pytest.mark.parametrize("what", UNKNOWN)
def test_what_names_no_paper_is_refused(file, ids, what):
    wanted, words = UNKNOWN[what]
    for pair in ((wanted, ids[TINY]), (ids[TINY], wanted)):
        assert_clean_failure(decide("same", *pair, file=file), words)
    assert not file.exists()


def test_what_is_so_already_needs_no_line(file, ids, records):
    one, other = records[ids[LAZY]]
    done = decide("same", one, other, file=file)
    assert done.returncode == 0
    assert f"nothing to do: both are the paper {ids[LAZY]} already" in done.stdout
    assert not file.exists()
    decide("not-same", ids[TINY], ids[DRIFT], file=file)
    again = decide("not-same", ids[DRIFT], ids[TINY], file=file)
    assert again.returncode == 0
    assert "nothing to do" in again.stdout
    assert "line 2, says so already" in again.stdout
    assert len(lines(file)) == 2


def test_a_contradiction_names_the_lines(file, ids):
    for pair in ((ids[LAZY], ids[DRIFT]), (ids[DRIFT], ids[TINY])):
        assert decide("same", *pair, file=file, PAPERMART_WHO="Ann").returncode == 0
    before = file.read_bytes()
    done = decide("not-same", ids[LAZY], ids[TINY], file=file)
    assert_clean_failure(done, "says otherwise", "line 2,", "line 3,", "are same (Ann 20")
    assert file.read_bytes() == before
    assert_clean_failure(decide("not-same", ids[LAZY], ids[DRIFT], file=file), "line 2,")


def test_a_record_is_taken_out_of_its_paper_but_not_the_only_one(file, ids, records):
    done = decide("not-same", records[ids[LAZY]][0], ids[LAZY], file=file)
    assert done.returncode == 0
    assert "makes two papers of it" in done.stdout
    assert_clean_failure(
        decide("not-same", records[ids[TINY]][0], ids[TINY], file=file), "its only record"
    )
    assert_clean_failure(
        decide("not-same", ids[TINY], ids[TINY], file=file), "name two", "name the record"
    )


def test_an_id_of_an_earlier_build_leads_to_the_paper_of_today(file, ids, merged):
    root, line = merged
    (gone,) = {ids[LAZY], ids[DRIFT]} - {row["paper_id"] for row in table(root, "marts.papers")}
    (stays,) = {ids[LAZY], ids[DRIFT]} - {gone}
    assert decide("same", gone, ids[TINY], file=file, root=root).returncode == 0
    assert lines(file)[1][:2] == [stays, ids[TINY]]
    one = decide("same", gone, stays, file=file, root=root)
    assert "nothing to do: both are the paper" in one.stdout
    # What was merged by hand is parted by taking that line back.
    said = f"left,right,decision,who,when,why\n{line}"
    file.write_text(said, "utf-8")
    assert_clean_failure(decide("not-same", gone, stays, file=file, root=root), "line 2,")
    assert file.read_text("utf-8") == said


def test_what_was_swallowed_parts_again(file, ids, merged):
    root, _ = merged
    (gone,) = {ids[LAZY], ids[DRIFT]} - {row["paper_id"] for row in table(root, "marts.papers")}
    (stays,) = {ids[LAZY], ids[DRIFT]} - {gone}
    done = decide("not-same", stays, gone, file=file, root=root)
    assert done.returncode == 0, done.stderr
    assert lines(file)[1][:3] == [stays, gone, "not_same"]


def test_without_a_build_and_with_a_wrong_file_it_is_said_what_to_do(file, ids, tmp_path):
    done = decide("same", ids[LAZY], ids[TINY], file=file, root=tmp_path / "none")
    assert_clean_failure(done, "papermart build")
    file.write_text("a,b\n", "utf-8")
    done = decide("same", ids[LAZY], ids[TINY], file=file)
    assert_clean_failure(done, "line 1: the column left is missing")
    assert file.read_text("utf-8") == "a,b\n"


def test_a_file_among_saved_pages_is_refused(ids, tmp_path):
    place = tmp_path / "raw" / "overrides.csv"
    place.parent.mkdir()
    done = decide("same", ids[LAZY], ids[TINY], file=place, PAPERMART_RAW=str(place.parent))
    assert_clean_failure(done, "files are read as pages")
    assert not place.exists()


def test_a_relative_file_lies_in_the_current_folder(ids, tmp_path):
    done = papermart(
        "same", ids[LAZY], ids[TINY], "--warehouse", small_build()[0], "--overrides", "o.csv",
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0
    (row,) = read_overrides(tmp_path / "o.csv")
    assert row["fault"] is None
