"""What somebody is told who is new to a shared warehouse, and what he cannot do to it unawares.

A colleague has a folder of his own and the URL. What others put into the store is there to be
asked, and to go on from; pages, corrections and the sample are what lies in folders.
"""

from pathlib import Path

import pytest
from helpers import (
    PAGES,
    copy_of,
    make_only,
    papermart,
    put,
    small_build,
)

from pipeline.builds.run import build
from pipeline.contract.errors import PipelineError
from pipeline.defs.resources import Folders
from pipeline.storage import sharing
from pipeline.storage.shared_manifest import last_manifest
from pipeline.storage.store import Store
from pipeline.storage.warehouse import Warehouse

COUNT = ("query", "select count(*) as n from papers", "--format", "csv")


@pytest.fixture
def there(tmp_path: Path) -> str:
    """Where the warehouse is shared."""
    return f"file://{tmp_path}/there"


@pytest.fixture
def shared(tmp_path: Path, there: str) -> str:
    """The same, where others share one of three pages."""
    root = copy_of(small_build()[0], tmp_path / "theirs")
    warehouse = Warehouse(root, store=there)
    build(put(tmp_path / "pages", PAGES), warehouse)
    return there


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with the sample, here of one page, and none of one's own yet."""
    put(tmp_path / "home/data/sample", {"ann.txt": PAGES["ann.txt"]})
    return tmp_path / "home"


# ---------------------------------------------------------------- the sample


def test_the_sample_stays_here(there, home, monkeypatch):
    """A store that began with it would refuse the first pages of anybody's own."""
    make_only(monkeypatch, "marts.papers")
    monkeypatch.setattr("pipeline.cli.build._COUNTED", ("papers",))
    for _ in range(2):
        done = papermart("build", cwd=home, PAPERMART_STORE=there)
        assert done.returncode == 0, done.stderr
        assert f"not shared in {there}, for this is the sample: put pages into" in done.stdout
    assert last_manifest(Store(there)).number == 0
    assert papermart(*COUNT, cwd=home, PAPERMART_STORE=there).stdout == "n\n3\n"

    put(home / "data/raw", {"bo.txt": PAGES["bo.txt"]})
    done = papermart("build", cwd=home, PAPERMART_STORE=there)
    assert f"shared: {there} holds what is built here" in done.stdout
    assert last_manifest(Store(there)).number == 1


def test_whoever_has_only_the_sample_builds_nothing_beside_the_pages_of_others(
    shared, home, monkeypatch
):
    """He may ask without any; asked were the sample, once it is built here."""
    for how in ((), ("--explain",)):
        refused = papermart("build", *how, cwd=home, PAPERMART_STORE=shared)
        assert refused.returncode == 1
        assert f"error: {shared} holds a warehouse of somebody's own pages" in refused.stderr
        assert "put these pages into data/raw, or set raw to their URL" in refused.stderr
    monkeypatch.chdir(home)
    monkeypatch.setenv("PAPERMART_STORE", shared)
    with pytest.raises(PipelineError, match="here is only the sample"):
        Folders().open_to_write()
    assert not (home / "data/sample-warehouse").exists()
    asked = papermart(*COUNT, cwd=home, PAPERMART_STORE=shared)
    assert (asked.stdout, asked.stderr) == ("n\n6\n", ""), "this is not the sample"


def test_a_store_that_was_given_the_sample_before_is_freed_by_hand(there, tmp_path, monkeypatch):
    raw, root = put(tmp_path / "raw", PAGES), copy_of(small_build()[0], tmp_path / "one")
    (root / ".sample").touch()
    with monkeypatch.context() as before:
        before.setattr(sharing, "shared_url", lambda warehouse: warehouse.store)
        before.setattr(sharing, "_SAID", (".rolled_back", ".sample"))
        build(raw, Warehouse(root, store=there))
    assert ".sample" in last_manifest(Store(there)).texts
    with pytest.raises(PipelineError, match=r"built from the sample, .*; remove what lies there"):
        build(raw, Warehouse(tmp_path / "other", store=there))
    assert not (tmp_path / "other/tables").exists()
    build(raw, Warehouse(root, store=there))  # which is shared no more
