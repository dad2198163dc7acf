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
    papermart,
    put,
    sample_warehouse,
    small_build,
    small_raw,
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
    assert [line[:2] for line in lines] == ["* ", "  "]
    assert lines[0][2:] > lines[1][2:]
    assert "nothing is published yet" in papermart("versions", "--warehouse", tmp_path / "w").stdout


def test_rollback_goes_back_and_survives_an_unchanged_build(tmp_path, monkeypatch):
    root = copy_of(two_versions(), tmp_path / "w")
    latest, first = [v.id for v in versions(Warehouse(root))]
    ask = ("query", "select count(*) as n from papers", "--format", "csv", "--warehouse", root)
    assert papermart("rollback", "--warehouse", root).stdout == f"published is now {first}\n"
    assert papermart(*ask).stdout == "n\n6\n"

    unchanged = build(odd_raw(), Warehouse(root), now=MORNING + timedelta(days=2))
    assert not unchanged.is_published
    assert papermart(*ask).stdout == "n\n6\n"
    assert papermart("versions", "--warehouse", root).stdout == f"  {latest}\n* {first}\n"

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
