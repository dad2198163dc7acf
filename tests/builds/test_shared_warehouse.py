"""A warehouse shared in a store: whoever builds, wherever, goes on from what the last one made.

Two machines are two folders. What both of them made in turns is compared with what one alone made
of the same pages: all rows, and what the stamps say of them.
"""

import json
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from helpers import (
    ANN,
    DI,
    MORNING,
    PAGES,
    SAMPLE,
    asked,
    assert_clean_failure,
    copy_of,
    make_only,
    needs_sample,
    papermart,
    publish_again,
    put,
    small_build,
    snapshot,
)
from same_tables import differences, leftovers

from pipeline.builds.run import BuildReport, build
from pipeline.contract.errors import GuardrailError, PipelineError
from pipeline.storage import sharing
from pipeline.storage.rollback import rollback
from pipeline.storage.shared_manifest import last_manifest
from pipeline.storage.store import Store, StoreError
from pipeline.storage.versions import versions
from pipeline.storage.warehouse import Warehouse


@pytest.fixture(params=["a folder", "S3"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where the warehouse is shared."""
    if request.param == "S3":
        return f"{request.getfixturevalue('bucket')}/{tmp_path.name}"
    return f"file://{tmp_path}/there"


@pytest.fixture
def there(tmp_path: Path) -> str:
    """Where the warehouse is shared, for what is the same in all stores."""
    return f"file://{tmp_path}/there"


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    return put(tmp_path / "raw", PAGES)


def shared_first(raw: Path, root: Path, store: str) -> Path:
    """A warehouse of the three pages, built before by itself, and shared now."""
    copy_of(small_build()[0], root)
    built(raw, root, store)
    return root


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Builds make a few tables: for what is the same with all of them."""
    small_build()  # what tests share has all
    make_only(monkeypatch, "linkage.clusters")


def built(raw: Path, root: Path, store: str = "", hours: int = 0) -> BuildReport:
    warehouse = Warehouse(root, store=store)
    report = build(raw, warehouse, now=MORNING + timedelta(hours=hours))
    warehouse.close()
    return report


def contents(root: Path) -> dict[str, object]:
    """What the stamps of a warehouse say of its rows and of what these were made from."""
    found = {}
    for file in sorted(root.glob("tables/*/*/_stamp.json")):
        stamp = json.loads(file.read_text("utf-8"))
        found[file.parent.name] = stamp["content"], stamp["origin"]["inputs"]
    return found


# ---------------------------------------------------------------- from one to the other


@pytest.mark.slow
def test_another_machine_goes_on_from_there(there, raw, tmp_path):
    one, other, alone = (tmp_path / name for name in ("one", "other", "alone"))
    built(raw, one, there)
    report = built(raw, other, there)
    assert not any(table.is_changed for table in report.tables)
    assert not report.is_published
    built(raw, alone)
    put(raw, {"di.txt": DI})
    built(raw, other, there, hours=1)
    built(raw, alone, hours=1)
    (raw / "bo.txt").unlink()
    built(raw, one, there, hours=2)
    built(raw, alone, hours=2)
    built(raw, other, there, hours=2)
    for root in (one, other):
        assert differences(alone, root) == []
        assert leftovers(root) == []
        assert contents(root) == contents(alone)
    ids = "select author_id, author_name from authors order by all"
    assert asked(one / "warehouse.duckdb", ids) == asked(alone / "warehouse.duckdb", ids)


@pytest.mark.usefixtures("few")
def test_what_did_not_change_is_not_sent_and_not_fetched(there, raw, tmp_path):
    built(raw, tmp_path / "one", there)
    first = last_manifest(Store(there))
    before = snapshot(tmp_path / "one", "tables", "versions")
    built(raw, tmp_path / "other", there, hours=1)
    built(raw, tmp_path / "one", there, hours=2)
    assert last_manifest(Store(there)) == first
    assert snapshot(tmp_path / "one", "tables", "versions") == before
    put(raw, {"di.txt": DI})
    built(raw, tmp_path / "one", there, hours=3)
    second = last_manifest(Store(there))
    stayed = {path for path, file in second.files.items() if first.files.get(path) == file}
    assert "tables/reference/venues/venues.parquet" in stayed
    assert "tables/linkage/clusters/clusters.parquet" not in stayed
    assert all(second.files[path].object == first.files[path].object for path in stayed)


@pytest.mark.slow
@needs_sample
def test_statistics_that_stay_do_so_wherever_the_next_build_is(there, tmp_path):
    """How far they have drifted travels, too: else they would be counted anew, and rows differ."""
    pages = Path(shutil.copytree(SAMPLE, tmp_path / "pages"))
    built(pages, tmp_path / "one", there)
    (pages / "arrow-chao-huang.txt").unlink()
    built(pages, tmp_path / "one", there, hours=1)
    report = built(pages, tmp_path / "other", there, hours=2)
    assert [table.name for table in report.tables if table.is_changed] == []


@pytest.mark.usefixtures("few")
def test_going_back_is_shared_and_so_is_that_builds_do_not_return(there, raw, tmp_path):
    built(raw, tmp_path / "one", there)
    put(raw, {"di.txt": DI})
    built(raw, tmp_path / "one", there, hours=1)
    first = rollback(Warehouse(tmp_path / "one", store=there)).id
    report = built(raw, tmp_path / "other", there, hours=2)
    assert not report.is_published
    (current,) = [v.id for v in versions(Warehouse(tmp_path / "other")) if v.is_current]
    assert current == first
    assert [v.is_intact() for v in versions(Warehouse(tmp_path / "other"))] == [True, True]


# ---------------------------------------------------------------- at the same time, cut off


@pytest.mark.usefixtures("few")
def test_who_comes_second_is_told_and_goes_on_from_the_first(there, raw, tmp_path, monkeypatch):
    built(raw, tmp_path / "one", there)
    built(raw, tmp_path / "other", there)
    theirs = put(tmp_path / "theirs", {**PAGES, "di.txt": DI})
    put(raw, {"cy.txt": ANN})
    own_give = sharing.Sharing.give

    def late(self: sharing.Sharing) -> None:
        monkeypatch.setattr(sharing.Sharing, "give", own_give)
        built(theirs, tmp_path / "other", there, hours=1)
        own_give(self)

    monkeypatch.setattr(sharing.Sharing, "give", late)
    with pytest.raises(StoreError, match="meanwhile, so this one is not shared; build again"):
        built(raw, tmp_path / "one", there, hours=2)
    assert last_manifest(Store(there)).number == 2
    built(theirs, tmp_path / "one", there, hours=3)
    assert last_manifest(Store(there)).number == 2
    assert differences(tmp_path / "one", tmp_path / "other", published=False) == []
    assert contents(tmp_path / "one") == contents(tmp_path / "other")
    ids = [[v.id for v in versions(Warehouse(tmp_path / root))] for root in ("one", "other")]
    assert ids[0] == ids[1], "a version that was not shared is none"


@pytest.mark.usefixtures("few")
def test_who_comes_second_with_the_very_first_build_goes_on_as_well(
    there, raw, tmp_path, monkeypatch
):
    """What it made is no warehouse that was built by itself."""
    own_give = sharing.Sharing.give

    def late(self: sharing.Sharing) -> None:
        monkeypatch.setattr(sharing.Sharing, "give", own_give)
        built(raw, tmp_path / "other", there)
        own_give(self)

    monkeypatch.setattr(sharing.Sharing, "give", late)
    with pytest.raises(StoreError, match="meanwhile, so this one is not shared; build again"):
        built(raw, tmp_path / "one", there, hours=1)
    built(raw, tmp_path / "one", there, hours=2)
    assert last_manifest(Store(there)).number == 1
    assert contents(tmp_path / "one") == contents(tmp_path / "other")


@pytest.mark.usefixtures("few")
def test_one_killed_while_it_takes_goes_on_taking(there, raw, tmp_path, monkeypatch):
    built(raw, tmp_path / "one", there)
    put(raw, {"di.txt": DI})
    built(raw, tmp_path / "other", there, hours=1)
    own_fetch = Store.fetch
    for root in ("one", "new"):
        for most in (0, 1, 5, 9):
            fetched = []

            def fetch(self: Store, *asked_for: Any) -> None:
                fetched.append(asked_for)  # noqa: B023 - called within the turn
                if len(fetched) > most:  # noqa: B023
                    raise KeyboardInterrupt
                own_fetch(self, *asked_for)

            monkeypatch.setattr(Store, "fetch", fetch)
            with pytest.raises(KeyboardInterrupt):
                built(raw, tmp_path / root, there, hours=2)
        monkeypatch.setattr(Store, "fetch", own_fetch)
        report = built(raw, tmp_path / root, there, hours=3)
        assert not any(table.is_changed for table in report.tables)
        assert differences(tmp_path / root, tmp_path / "other", published=False) == []
        assert leftovers(tmp_path / root) == []
    assert last_manifest(Store(there)).number == 2


@pytest.mark.usefixtures("few")
def test_one_killed_while_it_gives_is_as_if_it_had_not_begun(there, raw, tmp_path, monkeypatch):
    built(raw, tmp_path / "one", there)
    before = last_manifest(Store(there))
    put(raw, {"di.txt": DI})
    own_put, n_put = Store.put, 0

    def put_some(self: Store, *what: Any) -> None:
        nonlocal n_put
        n_put += 1
        if n_put > 5:
            raise KeyboardInterrupt
        own_put(self, *what)

    monkeypatch.setattr(Store, "put", put_some)
    with pytest.raises(KeyboardInterrupt):
        built(raw, tmp_path / "one", there, hours=1)
    monkeypatch.setattr(Store, "put", own_put)
    assert last_manifest(Store(there)) == before
    built(raw, tmp_path / "one", there, hours=2)
    assert last_manifest(Store(there)).number == 2
    built(raw, tmp_path / "other", there, hours=3)
    assert differences(tmp_path / "one", tmp_path / "other", published=False) == []


@pytest.mark.slow
def test_what_no_version_may_lose_is_not_shared_either(there, raw, tmp_path):
    shared_first(raw, tmp_path / "one", there)
    before = last_manifest(Store(there))
    for page in PAGES:
        (raw / page).unlink()
    with pytest.raises(GuardrailError, match=r"is shared in .*, so whoever builds needs all pages"):
        built(raw, tmp_path / "one", there, hours=1)
    assert last_manifest(Store(there)) == before


# ---------------------------------------------------------------- of others


def test_a_warehouse_that_was_built_by_itself_is_not_replaced(there, raw, tmp_path):
    shared_first(raw, tmp_path / "one", there)
    copy_of(small_build()[0], tmp_path / "own")
    before = snapshot(tmp_path / "own", "tables", "versions")
    with pytest.raises(PipelineError, match=r"was built by itself, and .* holds another one"):
        built(raw, tmp_path / "own", there)
    assert snapshot(tmp_path / "own", "tables", "versions") == before


def test_a_warehouse_that_was_built_by_itself_may_be_shared_where_none_is(there, raw, tmp_path):
    copy_of(small_build()[0], tmp_path / "own")
    built(raw, tmp_path / "own", there, hours=1)
    built(raw, tmp_path / "other", there, hours=2)
    assert differences(tmp_path / "own", tmp_path / "other") == []


def test_a_folder_is_shared_in_one_store(there, raw, tmp_path):
    shared_first(raw, tmp_path / "one", there)
    with pytest.raises(PipelineError, match=r"is shared in file://.*/there; to share it in .*2 in"):
        built(raw, tmp_path / "one", f"{there}2")
    (tmp_path / "one/.shared.json").unlink()
    built(raw, tmp_path / "one", f"{there}2", hours=1)
    assert last_manifest(Store(f"{there}2")).number == 1


def test_a_store_that_was_emptied_is_not_filled_unasked(there, raw, tmp_path):
    shared_first(raw, tmp_path / "one", there)
    shutil.rmtree(tmp_path / "there")
    with pytest.raises(StoreError, match=r"nothing lies in .* remove .*json"):
        built(raw, tmp_path / "one", there, hours=1)
    (tmp_path / "one/.shared.json").unlink()
    built(raw, tmp_path / "one", there, hours=2)
    assert last_manifest(Store(there)).number == 1


def test_a_store_that_was_emptied_and_filled_by_others_is_another(there, raw, tmp_path):
    """The number alone would not tell."""
    shared_first(raw, tmp_path / "one", there)
    shutil.rmtree(tmp_path / "there")
    shared_first(raw, tmp_path / "other", there)
    with pytest.raises(StoreError, match="no longer holds what this warehouse was shared as"):
        built(raw, tmp_path / "one", there, hours=1)


def test_a_file_that_is_damaged_there_is_named_and_takes_no_place(there, raw, tmp_path):
    shared_first(raw, tmp_path / "one", there)
    papers = last_manifest(Store(there)).files["tables/marts/papers/papers.parquet"].object
    file = tmp_path / "there" / papers
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(StoreError, match=rf"{papers} is not as it was written; it is damaged"):
        built(raw, tmp_path / "other", there)
    assert not (tmp_path / "other/tables/marts/papers/papers.parquet").exists()


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("is_changed", [True, False], ids=["another state", "the same"])
def test_what_was_lost_there_is_given_again_by_the_next_build(is_changed, there, raw, tmp_path):
    """Who tidies a bucket by the age of what lies there takes what has not changed for long."""
    built(raw, tmp_path / "one", there)
    venues = last_manifest(Store(there)).files["tables/reference/venues/venues.parquet"].object
    Store(there).delete([venues])
    with pytest.raises(StoreError, match=rf"{venues} cannot be read from .*: it is not there"):
        built(raw, tmp_path / "other", there)
    if is_changed:
        put(raw, {"di.txt": DI})
    built(raw, tmp_path / "one", there, hours=1)
    built(raw, tmp_path / "other", there, hours=2)
    assert contents(tmp_path / "one") == contents(tmp_path / "other")


@pytest.mark.parametrize("what", ["all", "a table", "a stamp", "a damaged table", "versions"])
def test_what_was_lost_here_is_taken_from_there(what, there, raw, tmp_path):
    """Made anew, persons and papers would be given other ids."""
    root = shared_first(raw, tmp_path / "one", there)
    before = contents(root)
    if what == "all":
        for name in ("tables", "versions", ".marks"):
            shutil.rmtree(root / name)
        (root / "warehouse.duckdb").unlink()
    elif what == "a table":
        shutil.rmtree(root / "tables/people/identities")
    elif what == "a stamp":
        (root / "tables/people/identities/_stamp.json").unlink()
    elif what == "a damaged table":
        (root / "tables/people/identities/identities.parquet").write_bytes(b"PAR1 nothing PAR1")
    else:
        shutil.rmtree(root / "versions")
    report = built(raw, root, there, hours=1)
    assert not any(table.is_changed for table in report.tables)
    assert not report.is_published
    assert contents(root) == before
    assert differences(root, small_build()[0]) == []
    assert last_manifest(Store(there)).number == 1


# ---------------------------------------------------------------- asked where it lies


def test_whoever_has_no_warehouse_asks_that_in_the_store(url, raw, tmp_path):
    shared_first(raw, tmp_path / "one", url)
    publish_again(Warehouse(tmp_path / "one"), 1)
    built(raw, tmp_path / "one", url, hours=1)
    reader = tmp_path / "reader"
    reader.mkdir()
    env = {"PAPERMART_STORE": url}
    last, *_, first = (version.id for version in versions(Warehouse(tmp_path / "one")))
    which = ("query", "select build_id from build_info", "--format", "csv")
    done = papermart(*which, cwd=reader, **env)
    assert (done.stdout, done.stderr) == (f"build_id\n{last}\n", "")
    done = papermart(*which, "--version", first[:15], cwd=reader, **env)
    assert done.stdout == f"build_id\n{first}\n"
    done = papermart("explain", "Sparse Attention on Small Devices", cwd=reader, **env)
    assert "Sparse Attention on Small Devices" in done.stdout
    assert papermart("export", "papers", "--to", "out", cwd=reader, **env).returncode == 0
    here = papermart("export", "papers", "--to", tmp_path / "out", "--warehouse", tmp_path / "one")
    assert here.returncode == 0
    assert (reader / "out/papers.csv").read_bytes() == (tmp_path / "out/papers.csv").read_bytes()
    done = papermart("report", "--to", "report.html", cwd=reader, **env)
    assert "build" in done.stdout
    assert sorted(path.name for path in reader.iterdir()) == ["out", "report.html"]


def test_what_is_asked_there_sees_no_other_file(there, raw, tmp_path):
    shared_first(raw, tmp_path / "one", there)
    secret = put(tmp_path, {"secret.csv": "a\n1\n"}) / "secret.csv"
    for sql in (f"from '{secret}'", "from read_parquet('papermart://manifests/00000001.json')"):
        done = papermart("query", sql, cwd=tmp_path, PAPERMART_STORE=there)
        assert done.returncode == 1
        assert done.stderr.startswith("error: the query cannot be answered")
        assert "Traceback" not in done.stderr
    done = papermart("query", "create table t as select 1", cwd=tmp_path, PAPERMART_STORE=there)
    assert_clean_failure(done, "is only read")


def test_a_version_that_is_not_there_is_named_with_those_that_are(there, raw, tmp_path):
    shared_first(raw, tmp_path / "one", there)
    done = papermart("query", "select 1", "--version", "1999", cwd=tmp_path, PAPERMART_STORE=there)
    assert done.returncode == 1
    assert f"no version 1999 in {there}; there are" in done.stderr
    assert versions(Warehouse(tmp_path / "one"))[0].id in done.stderr


def test_what_looks_at_the_folder_alone_says_so(there, raw, tmp_path):
    shared_first(raw, tmp_path / "one", there)
    for command in ("status", "versions", "changes", "new"):
        done = papermart(command, cwd=tmp_path, PAPERMART_STORE=there)
        assert f"what is shared in {there} is asked by query, explain, export" in done.stderr


def test_a_store_in_which_nothing_is_published_may_be_a_slip_of_the_pen(there, tmp_path):
    done = papermart("query", "select 1", cwd=tmp_path, PAPERMART_STORE=there)
    assert_clean_failure(done, f"nothing is published in {there}: is that the right URL?")


def test_the_command_takes_and_gives(url, raw, tmp_path):
    copy_of(small_build()[0], tmp_path / "one")
    env = {"PAPERMART_STORE": url, "PAPERMART_RAW": raw}
    for root in ("one", "other"):
        done = papermart("build", "--warehouse", tmp_path / root, cwd=tmp_path, **env)
        assert done.returncode == 0, done.stderr
    assert "nothing new to publish" in done.stdout
    assert f"shared: {url} holds what is built here" in done.stdout
    assert differences(tmp_path / "one", tmp_path / "other") == []


def test_a_build_in_steps_gives_back_at_its_end_and_puts_nothing_twice(there, raw, tmp_path):
    """Each step looked what the one before had put there up in the last manifest alone."""
    root = shared_first(raw, tmp_path / "one", there)
    before = last_manifest(Store(there))
    made = put(root / "tables/marts/papers", {"new.parquet": "of this step"}) / "new.parquet"
    put_there = []
    for _ in range(2):
        warehouse = Warehouse(root, store=there)
        with sharing.locked(warehouse, is_last=False):
            assert warehouse.copies
            put_there.append(warehouse.copies.object_of(made))
    assert put_there[0] == put_there[1]
    assert Store(there).read(put_there[0]) == b"of this step"
    assert last_manifest(Store(there)) == before
