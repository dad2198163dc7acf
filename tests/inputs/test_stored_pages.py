"""Pages in a store: which are fetched and when, what is no page, faults of one and of all."""

import os
import pickle
import shutil
from collections import Counter
from pathlib import Path

import pytest
from helpers import ANN, BO, put

from pipeline.contract.errors import PipelineError
from pipeline.extraction.dump_files import DumpFile, find_dumps
from pipeline.extraction.reading import extract_dump
from pipeline.inputs import page_places
from pipeline.inputs.stored_pages import StoreOfPages
from pipeline.storage.seen_objects import SEEN, SeenObjects
from pipeline.storage.store import ObjectClosedError, Store, StoreError

PAGES = {"ann.txt": ANN, "bo.txt": BO}
NOTE = '{"captured_on": "2025-06-01"}'


class Place:
    """Objects that are files of a folder, and a warehouse that remembers what was found in them."""

    def __init__(self, tmp_path: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder, self.root = put(tmp_path / "there", PAGES), tmp_path / "warehouse"
        self.url = f"file://{self.folder}"
        self.fetched: Counter[str] = Counter()
        patch.setattr(Store, "chunks", self._counted(Store.chunks))

    def _counted(self, own):
        def do(store: Store, name: str):
            self.fetched[name] += 1
            return own(store, name)

        return do

    def pages(self, *, fetches: bool = True) -> StoreOfPages:
        return StoreOfPages(self.url, SeenObjects(self.root, self.url), fetches=fetches)

    def found(self, *, fetches: bool = True) -> dict[str, DumpFile]:
        """What a build, or a question, finds there; and what it fetched is counted anew."""
        self.fetched.clear()
        pages = self.pages(fetches=fetches)
        found = {file.path: file for file in find_dumps(pages)}
        pages.remember()
        return found


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    return Place(tmp_path, monkeypatch)


def age(file: Path, seconds: int) -> None:
    """Give a file another time, as one that is written later has."""
    os.utime(file, (file.stat().st_atime, file.stat().st_mtime + seconds))


# ---------------------------------------------------------------- what is fetched


def test_an_object_is_fetched_once_and_again_when_the_store_tells_otherwise_of_it(place):
    first = place.found()
    assert place.fetched == {"ann.txt": 1, "bo.txt": 1}
    assert place.found() == first
    assert not place.fetched
    age(place.folder / "bo.txt", 60)
    put(place.folder, {"cy.txt": ANN.replace("Ann", "Cyd")})
    assert place.found().keys() == first.keys() | {"cy.txt"}
    assert place.fetched == {"bo.txt": 1, "cy.txt": 1}


@pytest.mark.parametrize("chunk", [100, 1_000_000])
def test_pages_are_what_they_are_in_a_folder(chunk, place, monkeypatch):
    monkeypatch.setattr("pipeline.storage.store._CHUNK_BYTES", chunk)
    put(place.folder / "more", {"ann.txt": ANN, "empty.txt": "", "folder.meta.json": NOTE})
    put(place.folder / "more/list_files", {"a.css": "b {}", "frame.html": "<p>"})
    put(place.folder / "more", {"list.html": "<p>list", ".hidden": "x", "x.txt.meta.json": "{}"})
    put(place.folder, {"bo.txt.meta.json": '{"listing": "mine"}', "ä b#[1]%20?.txt": BO})
    there = place.pages()
    here = {file.dump_id: file for file in find_dumps(place.folder)}
    for file in find_dumps(there):
        same = here.pop(file.dump_id)
        assert extract_dump(there, file).dump == extract_dump(place.folder, same).dump
        assert (file.path, file.copies) == (same.path, same.copies)
    assert not here


def test_a_note_is_remembered_with_what_it_says(place):
    put(place.folder, {"ann.txt.meta.json": NOTE, "folder.meta.json": '{"listing": "mine"}'})
    first = place.found()
    assert place.fetched["folder.meta.json"] == 1
    assert place.found() == first
    assert not place.fetched
    assert first["ann.txt"].note_hash == find_dumps(place.folder)[0].note_hash
    assert first["bo.txt"].note_hash


def test_a_note_that_is_too_large_to_be_one_is_not_fetched_whole(place, monkeypatch):
    put(place.folder, {"ann.txt.meta.json": NOTE + " " * 200_000})
    monkeypatch.setattr(page_places, "MAX_PAGE_BYTES", 150_000)
    (there, here) = (files["ann.txt"] for files in (place.found(), _files(place.folder)))
    assert place.fetched["ann.txt.meta.json"] == 0
    assert (there.note, there.note_hash) == (here.note, here.note_hash)


def _files(folder: Path) -> dict[str, DumpFile]:
    return {file.path: file for file in find_dumps(folder)}


def test_a_page_that_is_replaced_while_it_is_fetched_is_set_aside_until_the_next_build(
    place, monkeypatch
):
    found = find_dumps(place.pages())
    monkeypatch.setattr("pipeline.storage.store._CHUNK_BYTES", 100)
    whole = Store.chunks

    def replaced(store, name):
        for n, chunk in enumerate(whole(store, name)):
            if name == "ann.txt" and n == 0:
                put(place.folder, {"ann.txt": ANN[:150]})
            yield chunk

    monkeypatch.setattr(Store, "chunks", replaced)
    read = {f.path: extract_dump(StoreOfPages(place.url), f).dump for f in found}
    assert read["ann.txt"]["reason"] == page_places.CHANGED
    assert read["bo.txt"]["status"] == "extracted"
    put(place.folder, {"ann.txt": ANN})
    looked = {f.path: f for f in find_dumps(StoreOfPages(place.url))}
    assert looked["ann.txt"].fault == page_places.CHANGED
    assert looked["bo.txt"].fault is None


def test_a_page_may_bear_the_name_of_a_folder_in_a_store(bucket, tmp_path):
    url = f"{bucket}/{tmp_path.name}"
    Store(url).put("a.txt", ANN.encode())
    Store(url).put("a.txt/inner.txt", BO.encode())
    found = find_dumps(StoreOfPages(url))
    assert sorted((file.path, file.fault) for file in found) == [
        ("a.txt", None),
        ("a.txt/inner.txt", None),
    ]


def test_few_new_pages_are_fetched_once_to_be_looked_at_and_read(place):
    pages = place.pages()
    found = find_dumps(pages)
    pages.expect([str(file.name) for file in found])
    assert {extract_dump(pages, file).dump["status"] for file in found} == {"extracted"}
    assert place.fetched == {"ann.txt": 1, "bo.txt": 1}


def test_many_are_not_kept_in_memory_and_are_fetched_ahead_where_they_are_read(place, monkeypatch):
    monkeypatch.setattr("pipeline.inputs.stored_pages._MOST_HELD_BYTES", 10)
    found = find_dumps(place.pages())
    place.fetched.clear()
    elsewhere = pickle.loads(pickle.dumps(place.pages()))
    elsewhere.expect([str(file.name) for file in found])
    assert {extract_dump(elsewhere, file).dump["status"] for file in found} == {"extracted"}
    assert place.fetched == {"ann.txt": 1, "bo.txt": 1}


def test_who_only_asks_fetches_nothing(place):
    put(place.folder, {"ann.txt.meta.json": NOTE})
    unseen = place.found(fetches=False)
    assert (unseen.keys(), unseen["ann.txt"].fault) == ({"ann.txt", "bo.txt"}, None)
    assert not (place.root / SEEN).exists()
    known = place.found()
    assert not {file.dump_id for file in known.values()} & {f.dump_id for f in unseen.values()}
    assert place.found(fetches=False) == known
    assert not place.fetched


def test_what_was_found_is_forgotten_with_its_object_and_where_it_is_damaged(place):
    place.found()
    (place.folder / "bo.txt").unlink()
    place.found()
    assert "bo.txt" not in (place.root / SEEN).read_text("utf-8")
    (place.root / SEEN).write_text('{"url": "x", "objects": {', "utf-8")
    assert place.found().keys() == {"ann.txt"}
    assert place.fetched == {"ann.txt": 1}


def test_what_was_found_under_another_url_says_nothing(place, tmp_path):
    place.found()
    shutil.copytree(place.folder, tmp_path / "other", copy_function=shutil.copy2)
    place.url = f"file://{tmp_path}/other"
    place.found()
    assert place.fetched == {"ann.txt": 1, "bo.txt": 1}


# ---------------------------------------------------------------- what is no page


def test_what_stands_for_a_folder_is_no_page(bucket, tmp_path):
    import boto3

    prefix, s3 = tmp_path.name, boto3.client("s3")
    names = ("", "full/", "full/ann.txt", "none/", "deep/er/", "empty.txt", "both", "both/")
    for name in names:
        content = {"full/ann.txt": ANN, "both": BO}.get(name, "")
        s3.put_object(Bucket=bucket[5:], Key=f"{prefix}/{name}", Body=content.encode())
    url = f"{bucket}/{prefix}"
    for _ in range(2):  # looked at, and remembered
        pages = StoreOfPages(url, SeenObjects(tmp_path, url))
        assert {file.path for file in find_dumps(pages)} == {"both", "full/ann.txt", "empty.txt"}
        pages.remember()


def test_a_name_that_no_client_can_say_is_told(bucket, tmp_path):
    import boto3

    key = f"{tmp_path.name}/a//b.txt"
    boto3.client("s3").put_object(Bucket=bucket[5:], Key=key, Body=b"x")
    with pytest.raises(StoreError, match=r"cannot be listed: '.*/a//b\.txt' is no name .*rename"):
        find_dumps(StoreOfPages(f"{bucket}/{tmp_path.name}"))


def test_where_no_object_lies_there_are_no_pages(bucket, tmp_path):
    with pytest.raises(PipelineError, match=r"no saved pages below s3://.*--raw"):
        StoreOfPages(f"{bucket}/{tmp_path.name}").need()
    with pytest.raises(PipelineError, match="s3://no-such-bucket/x cannot be listed: there is no"):
        StoreOfPages("s3://no-such-bucket/x").need()


# ---------------------------------------------------------------- faults


def test_a_page_that_is_too_large_is_told_and_never_fetched(place, monkeypatch):
    monkeypatch.setattr(page_places, "MAX_PAGE_BYTES", len(ANN.encode()) - 1)
    there, here = place.found(), _files(place.folder)
    assert place.fetched == {"bo.txt": 1}
    assert "is larger than 0 MiB; cut it" in there["ann.txt"].fault
    rows = [extract_dump(place.folder, files["ann.txt"]).dump for files in (there, here)]
    assert rows[0] == rows[1]
    assert rows[0]["n_bytes"] == len(ANN.encode())


def test_an_object_that_vanishes_before_it_is_looked_at_is_told_and_tried_again(place, monkeypatch):
    own = Store.listing

    def listing(store: Store):
        listed = list(own(store))
        (place.folder / "bo.txt").unlink(missing_ok=True)
        return iter(listed)

    monkeypatch.setattr(Store, "listing", listing)
    found = place.found()
    assert "vanished while the build was running" in found["bo.txt"].fault
    assert found["ann.txt"].fault is None
    put(place.folder, {"bo.txt": BO})
    monkeypatch.setattr(Store, "listing", own)
    assert place.found()["bo.txt"].fault is None


@pytest.mark.parametrize("change", ["gone", "another"])
def test_an_object_that_is_gone_or_another_when_it_is_read_is_told(place, change, monkeypatch):
    monkeypatch.setattr("pipeline.inputs.stored_pages._MOST_HELD_BYTES", 10)
    pages = place.pages()
    files = {file.path: file for file in find_dumps(pages)}
    if change == "gone":
        (place.folder / "bo.txt").unlink()
    else:
        put(place.folder, {"bo.txt": ANN})
    pages.expect(["ann.txt", "bo.txt"])
    row = extract_dump(pages, files["bo.txt"]).dump
    assert row["status"] == "quarantined"
    assert {"gone": "vanished", "another": "changed"}[change] in row["reason"]
    assert extract_dump(pages, files["ann.txt"]).dump["status"] == "extracted"


def test_an_object_that_is_closed_to_us_is_told_and_stays_so_for_who_asks(place, monkeypatch):
    counted = Store.chunks

    def chunks(store: Store, name: str):
        if name == "bo.txt":
            raise ObjectClosedError("no")
        return counted(store, name)

    monkeypatch.setattr(Store, "chunks", chunks)
    found = place.found()
    assert "cannot be read: the store does not let you" in found["bo.txt"].fault
    assert place.found(fetches=False) == found
    monkeypatch.setattr(Store, "chunks", counted)
    assert place.found()["bo.txt"].fault is None


def test_an_empty_object_that_is_closed_to_us_is_no_folder(place, monkeypatch):
    def closed(*_: object):
        raise ObjectClosedError("no")

    put(place.folder, {"empty.txt": ""})
    monkeypatch.setattr(Store, "chunks", closed)
    monkeypatch.setattr(Store, "holds", closed)
    assert "does not let you" in place.found()["empty.txt"].fault


def test_a_store_that_no_longer_answers_ends_it_and_what_was_found_is_kept(place, monkeypatch):
    monkeypatch.setattr("pipeline.inputs.stored_pages._AT_A_TIME", 1)
    counted = Store.chunks

    def chunks(store: Store, name: str):
        if name == "bo.txt":
            raise StoreError("the network is gone")
        return counted(store, name)

    monkeypatch.setattr(Store, "chunks", chunks)
    pages = place.pages()
    with pytest.raises(StoreError, match="network"):
        find_dumps(pages)
    pages.remember()
    monkeypatch.setattr(Store, "chunks", counted)
    place.found()
    assert place.fetched == {"bo.txt": 1}
