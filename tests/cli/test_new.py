"""`papermart new`: what came since the last look, whichever versions are still kept."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from helpers import (
    DI,
    MORNING,
    assert_clean_failure,
    copy_of,
    nobody,
    odd_raw,
    on_terminal,
    open_to_all,
    papermart,
    put,
    small_build,
    two_versions,
)

from pipeline.builds.run import build
from pipeline.storage.versions import versions
from pipeline.storage.warehouse import Warehouse

BIRDS = "Counting Birds from Space"


@pytest.fixture
def root(tmp_path) -> Path:
    """A warehouse published twice: six papers, then five more."""
    return copy_of(two_versions(), tmp_path / "warehouse")


def new(root: Path, *options: str):
    done = papermart("new", *options, "--warehouse", root)
    assert done.returncode == 0, done.stderr
    return done


def with_birds(root: Path, tmp_path: Path, days: int = 2, keep: int = 5) -> Path:
    raw = put(copy_of(odd_raw(), tmp_path / f"raw-{days}"), {"di.txt": DI})
    build(raw, Warehouse(root), now=MORNING + timedelta(days=days), keep_versions=keep)
    return raw


def test_the_first_look_explains_itself_and_the_next_begins_there(root, tmp_path):
    latest, first = [version.id for version in versions(Warehouse(root))]
    look = new(root)
    assert "this is the first look" in look.stderr
    assert look.stdout.startswith(f"5 new papers since version {first}\n")
    again = new(root)
    assert (again.stdout, again.stderr) == (
        f"nothing new since the last look (version {latest})\n",
        "",
    )
    with_birds(root, tmp_path)
    assert new(root).stdout.splitlines() == [
        f"1 new paper since the last look (version {latest})",
        BIRDS,
        *new(root, "--since", latest).stdout.splitlines()[2:],
    ]
    assert new(root).stdout.startswith("nothing new")


def test_a_paper_is_told_with_its_authors_year_and_link(root, tmp_path):
    new(root)
    with_birds(root, tmp_path)
    (row,) = json.loads(new(root, "--since", "20260302", "--format", "json").stdout)
    assert (row["title"], row["year"], row["authors"]) == (BIRDS, 2024, ["Di Wu", "Ann Lee"])
    title, told, *link = new(root).stdout.splitlines()[1:]
    assert (title, told) == (BIRDS, f"    {row['paper_id'][:9]}  2024  Di Wu, Ann Lee")
    assert link == [f"    {row['link']}"] * bool(row["link"])


def test_versions_may_be_gone(root, tmp_path):
    """The last look was at a version that retention took away: pages say when they came."""
    new(root)
    looked = versions(Warehouse(root))[0].id
    with_birds(root, tmp_path, keep=1)
    assert looked not in [version.id for version in versions(Warehouse(root))]
    look = new(root)
    assert look.stdout.startswith(f"1 new paper since the last look (version {looked})\n{BIRDS}\n")
    assert "no version of then is kept" in look.stderr
    assert new(root).stdout.startswith("nothing new")


def test_a_day_or_a_version_can_be_named_and_moves_nothing(root, tmp_path):
    with_birds(root, tmp_path)
    titles = {
        day: {row["title"] for row in csv.DictReader(io.StringIO(look.stdout))}
        for day in ("2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04")
        for look in [new(root, "--since", day, "--format", "csv")]
    }
    assert [len(found) for found in titles.values()] == [12, 6, 1, 0]
    assert titles["2026-03-03"] == {BIRDS}
    assert new(root, "--since", "20260301").stdout.startswith("6 new papers since version 20260301")
    assert not (root / ".last_look").exists()
    for wrong, said in (("2026-02-30", "is no day"), ("x", "a day is written like 2026-03-01")):
        failed = papermart("new", "--since", wrong, "--warehouse", root)
        assert_clean_failure(failed, said)


def test_what_is_merged_or_split_is_not_new(root, tmp_path):
    new(root)
    raw = put(copy_of(odd_raw(), tmp_path / "raw"), {})
    ids = {row["title"]: row["paper_id"] for row in papers(root)}
    one, other = ids["Tiny Codes for Big Archives"], ids["Sparse Attention on Small Devices"]
    lines = tmp_path / "overrides.csv"
    head = "left,right,decision,who,when,why\n"
    for day, text in ((2, f"{head}{one},{other},same,ann,,x\n"), (3, head)):
        lines.write_text(text, "utf-8")
        build(raw, Warehouse(root), now=MORNING + timedelta(days=day), overrides=lines)
        assert new(root).stdout.startswith("nothing new since the last look")


def papers(root: Path) -> list[dict[str, str]]:
    done = papermart("query", "from papers", "--format", "csv", "--warehouse", root)
    return list(csv.DictReader(io.StringIO(done.stdout)))


def test_the_only_version_and_an_earlier_one_have_nothing_new(tmp_path):
    root = copy_of(small_build()[0], tmp_path / "one")
    look = new(root)
    assert look.stdout.startswith("nothing new since version ")
    assert "there is no version before this one" in look.stderr
    two = copy_of(two_versions(), tmp_path / "two")
    latest = versions(Warehouse(two))[0].id
    new(two)
    papermart("rollback", "--warehouse", two)
    look = new(two)
    assert "is earlier than that of the last look" in look.stderr
    assert look.stdout.startswith("nothing new")
    assert (two / ".last_look").read_text("utf-8") == f"{latest}\n", "it was seen all the same"


def test_a_look_is_noted_only_when_it_has_been_shown(root, monkeypatch):
    def broken(*_arguments):
        raise BrokenPipeError

    with monkeypatch.context() as patch:
        patch.setattr("pipeline.cli.new._print", broken)
        papermart("new", "--warehouse", root)
    assert not (root / ".last_look").exists()
    assert "this is the first look" in new(root, "--format", "bibtex").stderr
    (root / ".last_look").write_bytes(b"\xff\x00")
    assert "this is the first look" in new(root).stderr, "a damaged note is none"


def test_a_look_that_cannot_be_noted_is_shown(root, tmp_path):
    open_to_all(tmp_path)
    root.chmod(0o555)
    with nobody():
        look = new(root)
    root.chmod(0o755)
    assert look.stdout.startswith("5 new papers")
    assert "the look cannot be noted (permission denied)" in look.stderr


def test_no_warehouse_is_said(tmp_path):
    failed = papermart("new", "--warehouse", tmp_path / "none")
    assert_clean_failure(failed, "nothing is published")


@pytest.mark.parametrize("width", [40, 80])
def test_it_fits_a_terminal(root, width):
    code, shown = on_terminal(width, "new", "--warehouse", root)
    assert code == 0
    assert max(map(len, shown.splitlines())) <= width
