"""`papermart status`, `versions`, `rollback`: how the warehouse is, and going back."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from helpers import (
    MORNING,
    PAGES,
    SAMPLE,
    copy_of,
    make_only,
    needs_sample,
    odd_raw,
    on_terminal,
    papermart,
    put,
    sample_warehouse,
    small_build,
    small_raw,
    table,
    two_versions,
)

from pipeline.builds.run import build
from pipeline.storage.versions import versions
from pipeline.storage.warehouse import Warehouse


@pytest.fixture
def root(tmp_path) -> Path:
    return copy_of(small_build()[0], tmp_path / "warehouse")


# ---------------------------------------------------------------- status, versions, rollback


def test_status_before_anything_is_built(tmp_path):
    shown = papermart("status", "--raw", small_raw(), "--warehouse", tmp_path / "w")
    assert shown.returncode == 0
    assert "nothing published yet; run `papermart build`" in shown.stdout
    assert "3 files are new, moved or gone" in shown.stdout
    assert not (tmp_path / "w").exists()


def test_status_of_a_fresh_a_stale_and_an_orphaned_warehouse(root, tmp_path):
    fresh = papermart("status", "--raw", small_raw(), "--warehouse", root)
    assert f"published version {small_build()[1].version.id}" in fresh.stdout
    assert "all pages are in the warehouse" in fresh.stdout
    assert "dumps: 3, 8 records, 0 set aside, 0 lines not understood" in fresh.stdout
    raw = put(tmp_path / "raw", PAGES | {"new.txt": "new"})
    (raw / "bo.txt").unlink()
    stale = papermart("status", "--raw", raw, "--warehouse", root)
    assert "2 files are new, moved or gone since the last build" in stale.stdout
    orphaned = papermart("status", "--raw", tmp_path / "nowhere", "--warehouse", root)
    assert orphaned.returncode == 1, "a script that asks must notice"
    assert f"the raw folder {tmp_path / 'nowhere'} is not there" in orphaned.stdout
    nested = papermart("status", "--raw", root.parent, "--warehouse", root)
    assert nested.returncode == 1
    assert "lie inside each other" in nested.stdout


@needs_sample
def test_status_tells_of_checks_that_warn():
    shown = papermart("status", "--raw", SAMPLE, "--warehouse", sample_warehouse())
    (line,) = [line for line in shown.stdout.splitlines() if "the year is known" in line]
    assert re.match(r"  warning: papers: \d+ rows fail the check that the year is known", line)


def test_versions_are_listed_the_latest_first(tmp_path):
    lines = papermart("versions", "--warehouse", two_versions()).stdout.splitlines()
    assert [line[:4] for line in lines] == ["* 20", "    ", "  20", "    "]
    assert lines[0][2:] > lines[2][2:]
    assert "nothing is published yet" in papermart("versions", "--warehouse", tmp_path / "w").stdout


def test_versions_are_listed_with_size_and_age(tmp_path, monkeypatch):
    root = copy_of(two_versions(), tmp_path / "w")
    now = MORNING + timedelta(days=1, hours=2, minutes=9)
    monkeypatch.setattr("pipeline.builds.run.utc_now", lambda: now)
    lines = papermart("versions", "--warehouse", root).stdout.splitlines()
    found = [re.fullmatch(r". (\S+)  (.* ago) +(\d+\.\d MB)", line) for line in lines[::2]]
    assert [line[2] for line in found] == ["2 hours ago", "1 day ago"]
    sizes = [version.path.stat().st_size for version in versions(Warehouse(root))]
    assert [line[3] for line in found] == [f"{size / 1e6:.1f} MB" for size in sizes]
    assert all(len(line) <= 80 for line in lines)


def test_versions_say_what_they_hold_and_what_they_changed(tmp_path):
    root = copy_of(two_versions(), tmp_path / "w")
    listed = papermart("versions", "--warehouse", root).stdout.splitlines()
    assert listed[1] == ("    11 papers, 10 authors, 4 pages; +5 papers; +2 authors; +8 trends")
    assert listed[3] == "    6 papers, 8 authors, 3 pages"
    versions(Warehouse(root))[1].remove()
    assert papermart("versions", "--warehouse", root).stdout.splitlines()[1] == listed[1]
    file = versions(Warehouse(root))[0].path
    file.chmod(0o644)
    file.write_bytes(b"nothing of ours")
    assert "what it holds cannot be read" in papermart("versions", "--warehouse", root).stdout


def test_status_says_how_far_it_can_be_trusted_and_what_to_do_next(tmp_path, monkeypatch):
    house = Warehouse(tmp_path / "w")
    raw = put(tmp_path / "raw", PAGES | {"page.html": "no page of a site\n"})
    put(raw / "page_files", {"a.js": "x"})

    def status() -> list[str]:
        return papermart("status", "--raw", raw, "--warehouse", house.root).stdout.splitlines()

    assert status()[-1] == "next: `papermart build`"
    assert not [line for line in status() if line.startswith("trust: ")]
    build(raw, house, now=MORNING)
    monkeypatch.setattr("pipeline.builds.run.utc_now", lambda: MORNING + timedelta(days=3))
    said = status()
    assert said[0].endswith(", 3 days ago")
    assert [line for line in said if line.startswith("trust: ")] == ["trust: 1 page set aside"]
    assert said[-1] == "next: `papermart new` shows what came, `papermart report` draws it"
    put(raw, {"more.txt": "more"})
    assert status()[-1] == "next: `papermart build`"


def test_status_names_pages_without_a_day_and_the_note_that_gives_it(tmp_path):
    """Their years count as not over, and nobody was told of which pages, or what to do."""
    raw, root = put(tmp_path / "raw", PAGES), tmp_path / "w"

    def days() -> list[str]:
        build(raw, Warehouse(root), now=MORNING)
        lines = papermart("status", "--raw", raw, "--warehouse", root).stdout.splitlines()
        return [line for line in lines if line.startswith("days: ")]

    (line,) = days()
    assert line.startswith("days: of 3 of 3 pages nobody knows the day of saving, ")
    name, note = re.search(r"such as (\S+): (\{.*?\}), or ", line).groups()
    put(raw, {name: note})
    (line,) = days()
    assert line.startswith("days: of 2 of 3 pages ")
    assert "such as bo.txt.meta.json: " in line
    put(raw, {re.search(r"in its (\S+)$", line)[1]: note, "z.txt": "no page of a site\n"})
    assert not days(), "a page that is set aside has no years"
    shown = on_terminal(80, "status", "--raw", raw, "--warehouse", root)[1]
    assert max(map(len, shown.splitlines())) <= 80


def test_status_counts_corrections_that_wait_for_a_build(tmp_path):
    """After `papermart same` status went on to say that there was nothing to do but to look."""
    root, file = copy_of(small_build()[0], tmp_path / "w"), tmp_path / "lines.csv"
    places = ("--raw", small_raw(), "--warehouse", root, "--overrides", file)

    def said() -> tuple[list[str], str]:
        lines = papermart("status", *places).stdout.splitlines()
        return [line for line in lines if line.startswith("corrections: ")], lines[-1]

    assert said() == ([], "next: `papermart new` shows what came, `papermart report` draws it")
    one, other, third, *_ = (row["paper_id"] for row in table(root, "marts.papers"))
    for pair in ((one, other), (one, third)):
        assert papermart("not-same", *pair, *places[2:]).returncode == 0
    new = (
        "corrections: 2 lines are new in lines.csv since the last version; the next build uses them"
    )
    assert said() == ([new], "next: `papermart build`")
    assert papermart("build", *places).returncode == 0
    assert said()[0] == []

    kept = file.read_text("utf-8").splitlines()
    file.write_text(f"{kept[0]}\n\n{kept[2]} reworded\n", "utf-8")
    gone = "1 line was taken out of lines.csv since the last version; the next build takes it back"
    assert said() == ([f"corrections: {gone}"], "next: `papermart build`")
    file.write_text("a,b\n", "utf-8")
    (fault,), _ = said()
    assert fault.startswith("corrections: the next build stops: ")
    assert "the column left is missing" in fault
    first = papermart("status", *places[:2], "--warehouse", tmp_path / "none", *places[4:])
    assert fault in first.stdout, "also before anything is built"


@needs_sample
def test_status_leads_to_pairs_that_wait_for_somebody():
    shown = papermart("status", "--raw", SAMPLE, "--warehouse", sample_warehouse()).stdout
    (n,) = re.findall(r"^trust: (\d+) pairs of papers undecided, 2 checks not met$", shown, re.M)
    assert shown.endswith(
        f"next: `papermart review`, which asks about the {n} pairs that may be one paper\n"
    )
    code, shown = on_terminal(80, "status", "--raw", SAMPLE, "--warehouse", sample_warehouse())
    assert code == 0
    assert max(map(len, shown.splitlines())) <= 80


def test_status_tells_what_takes_the_disk(root, tmp_path, monkeypatch):
    (tmp_path / "papermart.toml").write_text('warehouse = "warehouse"\nraw = "raw"\n')
    put(tmp_path / "raw", PAGES)

    def disk_line() -> str:
        lines = papermart("status", cwd=tmp_path).stdout.splitlines()
        return next((line for line in lines if line.startswith("disk: ")), "")

    total = r"disk: \d+\.\d MB "
    own = r"1 published version \d+\.\d MB, tables \d+\.\d [kM]B"
    assert re.fullmatch(f"{total}\\({own}\\)", before := disk_line())
    put(root / "versions", {"mine.duckdb": b"x" * 9_000_000})
    put(root / "tables/marts/papers", {"mine.parquet": b"x" * 9_000_000})
    assert disk_line() == before, "what is not ours does not count"
    put(tmp_path / "data/.dagster/history", {"runs.db": b"x" * 3_210_000})
    assert "Dagster's history 3.2 MB" in disk_line()
    monkeypatch.setattr("pipeline.builds.disk_use._MUCH", 1_000_000)
    assert disk_line().endswith(
        "; for less, set keep_versions or keep_days in papermart.toml lower"
    )
    put(tmp_path / "data/.dagster/history", {"more.db": b"x" * 90_000_000})
    assert re.match(r"disk: 1\d\d\.\d MB \(Dagster's history 93.2 MB", disk_line())
    assert "starts a new history" in disk_line()


def test_rollback_goes_back_and_survives_an_unchanged_build(tmp_path, monkeypatch):
    root = copy_of(two_versions(), tmp_path / "w")
    latest, first = [v.id for v in versions(Warehouse(root))]
    ask = ("query", "select count(*) as n from papers", "--format", "csv", "--warehouse", root)
    assert papermart("rollback", "--warehouse", root).stdout == f"published is now {first}\n"
    assert papermart(*ask).stdout == "n\n6\n"

    unchanged = build(odd_raw(), Warehouse(root), now=MORNING + timedelta(days=2))
    assert not unchanged.is_published
    assert papermart(*ask).stdout == "n\n6\n"
    listed = papermart("versions", "--warehouse", root).stdout.splitlines()
    assert [line[: 2 + len(latest)] for line in listed[::2]] == [f"  {latest}", f"* {first}"]

    beyond = papermart("rollback", "--warehouse", root)
    assert beyond.returncode == 1
    assert "there is no version before the published one" in beyond.stderr
    unknown = papermart("rollback", "20200101T000000-x", "--warehouse", root)
    assert (unknown.returncode, "no version 20200101T000000-x" in unknown.stderr) == (1, True)
    for command in ("build", "status"):
        said = papermart(command, "--raw", odd_raw(), "--warehouse", root).stdout
        assert "rolled back" in said
        assert f"`papermart rollback {latest}` returns to it" in said

    assert papermart("rollback", latest, "--warehouse", root).returncode == 0
    assert papermart(*ask).stdout == "n\n11\n"
    papermart("rollback", "--warehouse", root)
    put(tmp_path / "raw", {"ann.txt": PAGES["ann.txt"]})
    make_only(monkeypatch, "marts.papers")
    changed = build(tmp_path / "raw", Warehouse(root), now=MORNING + timedelta(days=3))
    assert changed.is_published
    assert papermart(*ask).stdout == "n\n3\n"
