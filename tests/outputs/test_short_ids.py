"""The first signs of an id suffice wherever an id is given; where they do not, the choices come."""

from pathlib import Path

import pytest
from helpers import (
    asked,
    assert_clean_failure,
    copy_of,
    papermart,
    small_build,
    two_versions,
    written,
)

from pipeline.outputs.short_ids import short_id

SURVEY, CODES = "A Survey of Language Models in Law", "Tiny Codes for Big Archives"


@pytest.fixture(scope="module")
def root() -> Path:
    return small_build()[0]


def paper_id(root: Path, title: str) -> str:
    ((found,),) = asked(
        root / "warehouse.duckdb", "select paper_id from papers where title = ?", title
    )
    return found


def explained(root: Path, wanted: str) -> str:
    done = papermart("explain", wanted, "--warehouse", root)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_a_paper_a_record_and_an_author_are_explained(root):
    paper = paper_id(root, CODES)
    file = root / "warehouse.duckdb"
    ((record,),) = asked(file, "select min(record_id) from paper_records where paper_id = ?", paper)
    ((author, name),) = asked(
        file, "select author_id, author_name from authors order by author_id limit 1"
    )
    for wanted in (short_id(paper), f" {short_id(paper).upper()} ", short_id(record)):
        assert explained(root, wanted).startswith(f"{CODES}\n{paper}  ")
    several = papermart("explain", record[:-1], "--warehouse", root)
    assert f"records have ids that begin with '{record[:-1]}'" in several.stderr
    assert f"\n  {record}  " in several.stderr
    assert explained(root, short_id(author)).startswith(f"{name}: the id {author} leads to")


def test_papers_are_decided_on(root, tmp_path):
    one, other = paper_id(root, CODES), paper_id(root, SURVEY)
    places = ("--warehouse", root, "--overrides", tmp_path / "lines.csv")
    done = papermart("same", short_id(one), other[:10], *places, "--who", "ann")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{one},{other},same,ann" in (tmp_path / "lines.csv").read_text("utf-8")
    mixed = papermart("same", short_id(one), short_id(author(root)), *places)
    assert_clean_failure(mixed, "one is an author id, the other is none")


def author(root: Path) -> str:
    return asked(root / "warehouse.duckdb", "select min(author_id) from authors")[0][0]


def test_several_ids_are_listed(root, tmp_path):
    house = copy_of(root, tmp_path / "warehouse")
    one, other = "pabcd000000000001", "pabcd000000000002"
    changes = [
        f"update {table} set {column} = '{new}' where {column} = '{paper_id(root, title)}'"
        for new, title in ((one, CODES), (other, SURVEY))
        for table, column in (
            ("papers", "paper_id"),
            ("paper_ids", "paper_id"),
            ("paper_ids", "known_id"),
        )
    ]
    written((house / "warehouse.duckdb").resolve(), *changes)
    done = papermart("explain", "pabcd0", "--warehouse", house)
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == (
        "error: 2 papers have ids that begin with 'pabcd0'; give more of one:"
    )
    assert [line.split()[0] for line in done.stderr.splitlines()[1:]] == [one, other]
    assert papermart("explain", "pabcd000000000002", "--warehouse", house).returncode == 0


def test_an_author_and_a_record_may_begin_alike(root, tmp_path):
    """Some author and some page have ids that begin alike: which is meant is asked, not guessed."""
    house = copy_of(root, tmp_path / "warehouse")
    file = house / "warehouse.duckdb"
    ((record,),) = asked(file, "select min(record_id) from paper_records")
    alike = "abc1230000000000"
    written(
        file.resolve(),
        f"update author_ids set known_id = '{alike}0' where author_id = '{author(root)}'",
        f"update paper_records set record_id = '{alike}-0001' where record_id = '{record}'",
    )
    done = papermart("explain", "abc123", "--warehouse", house)
    assert done.stderr.splitlines()[0] == (
        "error: 2 authors and records have ids that begin with 'abc123'; give more of one:"
    )
    assert [line.split()[0] for line in done.stderr.splitlines()[1:]] == [
        f"{alike}0",
        f"{alike}-0001",
    ]


def test_what_may_be_an_id_and_is_none_says_why(root, tmp_path):
    places = ("--warehouse", root, "--overrides", tmp_path / "lines.csv")
    for wanted, why in (
        ("p12", "; of an id its letter and 4 more signs are needed"),
        ("p0123abc", "; no id here begins so"),
        ("1234abcd", "; no id here begins so"),
    ):
        assert_clean_failure(papermart("explain", wanted, "--warehouse", root), why)
        assert_clean_failure(papermart("same", wanted, paper_id(root, CODES), *places), why)
    for word in ("20201212", "deface", "kites and quilts"):
        said = papermart("explain", word, "--warehouse", root)
        assert_clean_failure(said, f"no paper is '{word}'")
        assert said.stderr.endswith("or an author's name\n")
    for nothing in ("", " "):
        said = papermart("explain", nothing, "--warehouse", root)
        assert_clean_failure(said, "nothing is asked; give a paper's title or id")


def test_words_come_before_ids(root, tmp_path):
    house = copy_of(root, tmp_path / "warehouse")
    written(
        (house / "warehouse.duckdb").resolve(),
        f"update papers set title = 'In Praise of pabcd' where title = '{SURVEY}'",
        f"update paper_ids set known_id = 'pabcd' || right(known_id, 12) "
        f"where paper_id = '{paper_id(root, CODES)}'",
    )
    assert "In Praise of pabcd" in explained(house, "pabcd")


def test_versions_are_named_by_their_beginning(tmp_path):
    root = copy_of(two_versions(), tmp_path / "w")
    count = ("query", "select count(*) as n from papers", "--format", "csv", "--warehouse", root)
    assert papermart(*count, "--version", "20260301").stdout == "n\n6\n"
    assert papermart(*count, "--version", "20260302T").stdout == "n\n11\n"
    several = papermart(*count, "--version", "2026030")
    assert several.stderr.startswith(
        "error: 2 versions begin with 2026030; give more of one:\n  2026"
    )
    assert_clean_failure(papermart(*count, "--version", " "), "no version")
    assert papermart("changes", "20260301", "20260302", "--warehouse", root).returncode == 0
    assert papermart("rollback", "20260301", "--warehouse", root).returncode == 0
    assert papermart(*count).stdout == "n\n6\n"
