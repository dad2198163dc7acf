"""Pages that lie in a store: the same rows as of a folder, whoever reads them.

The objects are the files of a folder; what is built of either is compared row by row. The store is
S3 by moto, the server is Sail.
"""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from helpers import (
    ANN,
    BO,
    DI,
    MORNING,
    PAGES,
    SAMPLE,
    assert_clean_failure,
    copy_of,
    make_only,
    needs_sample,
    papermart,
    put,
    sample_warehouse,
    small_build,
)
from s3 import BUCKET, put_objects
from sail import Sail
from same_tables import differences, leftovers

from pipeline.builds.pending import need_apart
from pipeline.builds.run import BuildReport, build
from pipeline.contract.errors import PipelineError
from pipeline.storage.seen_objects import SEEN
from pipeline.storage.shared_manifest import last_manifest
from pipeline.storage.store import Store
from pipeline.storage.warehouse import Warehouse


@pytest.fixture
def raw(bucket: str, tmp_path: Path) -> str:
    """Where pages lie, and nobody has put any yet."""
    return f"{bucket}/{tmp_path.name}/pages"


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Builds make a few tables: for what is the same with all of them."""
    small_build()  # what tests share has all
    make_only(monkeypatch, "linkage.clusters")


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of pages that are fetched in this process."""
    names: list[str] = []

    def noted(own: Callable[[Store, str], Any]) -> Callable[[Store, str], Any]:
        def do(store: Store, name: str) -> Any:
            if store.url.endswith("/pages"):
                names.append(name)
            return own(store, name)

        return do

    monkeypatch.setattr(Store, "chunks", noted(Store.chunks))
    return names


def built(raw: Path | str, root: Path, hours: int = 0, **where: str) -> BuildReport:
    warehouse = Warehouse(root, **where)
    report = build(raw, warehouse, now=MORNING + timedelta(hours=hours))
    warehouse.close()
    return report


def odd(folder: Path) -> Path:
    """Pages with notes, copies, what browsers save beside them, and what is no page."""
    put(folder, PAGES | {"empty.txt": "", "shot.png": b"\x89PNG\r\n\x1a\n", "gone.meta.json": "{}"})
    put(folder, {"ann.txt.meta.json": '{"captured_on": "2025-06-01"}', "ä 50%.txt": DI})
    put(folder / "again.txt", {"bo copy.txt": BO, "folder.meta.json": '{"listing": "mine"}'})
    put(folder, {"list.html": "<html><p>list"})
    put(folder / "list_files", {"a.css": "b { color: red }", "frame.html": "<p>frame"})
    return folder


# ---------------------------------------------------------------- the same rows


@needs_sample
def test_pages_in_a_store_give_the_tables_that_they_give_in_a_folder(raw, tmp_path, fetched):
    put_objects(SAMPLE, raw)
    report = built(raw, tmp_path / "w")
    assert differences(sample_warehouse(), tmp_path / "w") == []
    assert leftovers(tmp_path / "w") == []
    assert len(fetched) == report.dumps.n_new == report.dumps.n_dumps
    again = built(raw, tmp_path / "w", hours=1)
    assert (again.dumps.is_changed, again.is_published) == (False, False)
    assert len(fetched) == report.dumps.n_new
    # Whoever has them in a folder goes on from there, and nothing is due.
    here = built(SAMPLE, tmp_path / "w", hours=2)
    assert (here.dumps.is_changed, here.is_published) == (False, False)


@pytest.mark.usefixtures("few")
def test_pages_that_come_change_move_and_go_leave_the_same(raw, tmp_path, fetched):
    folder = odd(tmp_path / "pages")
    for hours, change in enumerate(
        (
            lambda: None,
            lambda: put(folder, {"ann.txt": ANN.replace("Law", "the Courts of Law")}),
            lambda: (folder / "bo.txt").rename(folder / "bo moved.txt"),
            lambda: (folder / "list.html").unlink(),
            lambda: put(folder, {"bo moved.txt.meta.json": '{"captured_on": "2024-06-01"}'}),
            lambda: put(folder, {"ann.txt.meta.json": '{"captured_on": "2024-06-02"}'}),
        )
    ):
        change()
        put_objects(folder, raw)
        fetched.clear()
        reports = [built(raw, tmp_path / "there", hours), built(folder, tmp_path / "here", hours)]
        assert reports[0].dumps.reasons == reports[1].dumps.reasons
        assert reports[0].dumps.quarantined == reports[1].dumps.quarantined
        assert differences(tmp_path / "here", tmp_path / "there", published=False) == []
        assert (len(fetched) <= 2) == (hours > 0)  # a note, and the page it speaks of


@pytest.mark.usefixtures("few")
def test_many_pages_are_read_by_several_processes(raw, tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.builds.dumps._PARALLEL_BYTES", 1000)
    put_objects(odd(tmp_path / "pages"), raw)
    built(raw, tmp_path / "there")
    built(tmp_path / "pages", tmp_path / "here")
    assert differences(tmp_path / "here", tmp_path / "there", published=False) == []


@pytest.mark.usefixtures("few")
def test_a_folder_named_by_a_url_is_that_folder(tmp_path):
    folder = odd(tmp_path / "pages")
    (folder / "link.txt").symlink_to("bo.txt")
    Path(os.fsdecode(os.fsencode(folder) + b"/no text \xff.txt")).write_text(DI)
    built(f"file://{folder}", tmp_path / "there")
    built(folder, tmp_path / "here")
    assert differences(tmp_path / "here", tmp_path / "there", published=False) == []


@pytest.mark.usefixtures("few")
def test_who_takes_the_warehouse_from_a_store_fetches_no_page_again(raw, tmp_path, fetched):
    put_objects(odd(tmp_path / "pages"), raw)
    store = f"s3://{BUCKET}/{tmp_path.name}/store"
    built(raw, tmp_path / "one", store=store)
    assert SEEN in last_manifest(Store(store)).files
    fetched.clear()
    report = built(raw, tmp_path / "other", hours=1, store=store)
    assert (fetched, report.dumps.is_changed) == ([], False)
    number = last_manifest(Store(store)).number
    put_objects(put(tmp_path / "pages", {"di.txt": DI}), raw)
    built(raw, tmp_path / "other", hours=2, store=store)
    built(raw, tmp_path / "one", hours=3, store=store)
    assert fetched == ["di.txt"]
    assert last_manifest(Store(store)).number == number + 1


# ---------------------------------------------------------------- faults


def test_a_store_among_pages_is_refused(raw, tmp_path):
    put_objects(put(tmp_path / "pages", PAGES), raw)
    for store in (raw, f"{raw}/store"):
        with pytest.raises(PipelineError, match="lie inside each other"):
            built(raw, tmp_path / "w", store=store)
    assert not (tmp_path / "w").exists()


def test_a_store_among_pages_is_refused_by_whatever_name(tmp_path):
    put(tmp_path / "pages", PAGES)
    (tmp_path / "link").symlink_to(tmp_path / "pages")
    warehouse = Warehouse(tmp_path / "w", store=f"file://{tmp_path}/link/store")
    for raw in (tmp_path / "pages", f"file://{tmp_path}/link", f"file://{tmp_path}/pages"):
        with pytest.raises(PipelineError, match="lie inside each other"):
            need_apart(raw, warehouse)


@pytest.mark.usefixtures("few")
def test_a_store_that_fails_in_the_middle_leaves_all_as_it_was(raw, tmp_path, monkeypatch):
    folder = put(tmp_path / "pages", PAGES)
    put_objects(folder, raw)
    built(raw, tmp_path / "w")
    before = (tmp_path / "w/tables/raw/dumps/dumps.parquet").read_bytes()
    put_objects(put(folder, {"di.txt": DI, "ann.txt": ANN.replace("Law", "Cows")}), raw)
    own = Store.chunks

    def chunks(store: Store, name: str):
        if name == "di.txt":
            monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
            store._opened = None
            monkeypatch.setattr("pipeline.storage.store._MOST_RETRIES", 0)
        return own(store, name)

    monkeypatch.setattr(Store, "chunks", chunks)
    with pytest.raises(PipelineError, match=r"di\.txt cannot be read from s3://.*127\.0\.0\.1:9"):
        built(raw, tmp_path / "w", hours=1)
    assert (tmp_path / "w/tables/raw/dumps/dumps.parquet").read_bytes() == before
    assert leftovers(tmp_path / "w") == []


# ---------------------------------------------------------------- commands


def test_commands_take_the_url_from_the_settings(raw, tmp_path):
    copy_of(small_build()[0], tmp_path / "data/warehouse")
    folder = put(tmp_path / "pages", PAGES)
    put_objects(folder, raw)
    (tmp_path / "papermart.toml").write_text(f'raw = "{raw}/"\n', "utf-8")
    planned = papermart("build", "--explain", cwd=tmp_path)
    assert "raw: would read 3 dumps" in planned.stdout  # nobody has looked at them yet
    done = papermart("build", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "raw: 3 dumps (0 new, 0 gone" in done.stdout
    status = papermart("status", cwd=tmp_path)
    assert f"raw folder {raw}: all pages are in the warehouse" in status.stdout
    put_objects(put(folder, {"di.txt": DI}), raw)
    assert "1 file is new" in papermart("status", "--raw", raw, cwd=tmp_path).stdout
    assert not (tmp_path / "s3:").exists()


def test_a_store_that_cannot_be_asked_is_told_and_nothing_is_begun(bucket, tmp_path):
    put(tmp_path, {"papermart.toml": ""})
    nowhere = f"{bucket}/nobody/pages"
    done = papermart("build", "--raw", nowhere, cwd=tmp_path)
    assert_clean_failure(done, f"there are no saved pages below {nowhere}", "--raw")
    done = papermart("build", "--raw", "s3://no-such-bucket/pages", cwd=tmp_path)
    assert_clean_failure(done, "s3://no-such-bucket/pages cannot be listed: there is no such buck")
    status = papermart("status", "--raw", "s3://no-such-bucket/pages", cwd=tmp_path)
    assert status.returncode == 1
    assert "s3://no-such-bucket/pages cannot be listed" in status.stdout
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    "url",
    ["s3://name:pass-word@bucket/pages", "az://box/pages?sig=pass-word", "ftp://here/pages"],
)
def test_a_url_that_is_none_is_told_without_what_lets_others_in(url, tmp_path):
    done = papermart("build", "--raw", url, cwd=tmp_path)
    assert_clean_failure(done, "error: --raw: '", "is no URL of saved pages; write s3://bucket")
    assert "pass-word" not in done.stderr


@pytest.mark.parametrize("name", ["overrides", "waivers", "warehouse"])
def test_what_may_be_no_url_says_so(name, tmp_path):
    (tmp_path / "papermart.toml").write_text(f'{name} = "s3://bucket/{name}"\n', "utf-8")
    done = papermart("build", cwd=tmp_path)
    assert_clean_failure(done, name, "is a URL, as only raw and store may be")


# ---------------------------------------------------------------- on a server


@pytest.fixture
def sail_that_sees_the_bucket(bucket: str):  # noqa: ARG001 - the environment says where S3 is
    server = Sail()
    yield server.remote
    server.kill()


@pytest.mark.slow
@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("is_shared", [False, True])
def test_workers_of_a_server_read_pages_from_the_store(
    raw, tmp_path, monkeypatch, fetched, is_shared, sail_that_sees_the_bucket
):
    folder = odd(tmp_path / "pages")
    built(folder, tmp_path / "here")
    put_objects(folder, raw)
    monkeypatch.setattr("pipeline.builds.dumps._PARALLEL_BYTES", 1)
    monkeypatch.setattr("pipeline.builds.dumps._BATCH_BYTES", 1000)
    store = f"s3://{BUCKET}/{tmp_path.name}/store" if is_shared else ""
    monkeypatch.setattr("pipeline.extraction.batches.read_batch", None)  # by nobody here
    built(raw, tmp_path / "w", spark_remote=sail_that_sees_the_bucket, store=store)
    assert len(fetched) == len(set(fetched)) == 9  # looked at here, notes and copies, too
    assert differences(tmp_path / "here", tmp_path / "w", published=False) == []
    assert leftovers(tmp_path / "w") == []
    if is_shared:
        names = Store(store).objects("").keys()
        assert not [name for name in names if name.startswith("scratch/")]
