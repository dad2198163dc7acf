"""Manifests: numbered states of a warehouse, of which the last counts and none is torn."""

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.storage.checksums import FileMark
from pipeline.storage.shared_manifest import (
    Manifest,
    SharedFile,
    last_manifest,
    object_name,
    put_next,
)
from pipeline.storage.store import Store, StoreError


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(f"file://{tmp_path}/there")


def state(store: Store, **contents: str) -> Manifest:
    """A state whose files lie in the store: what each holds, by its name."""
    files = {}
    for name, content in contents.items():
        path = f"tables/marts/{name}/{name}.parquet"
        mark = FileMark(len(content), 7, content.rjust(64, "0"))
        files[path] = SharedFile(object_name(path, mark.sha256), mark)
        store.put(files[path].object, content.encode())
    return Manifest(files=files, texts={"tables/marts/papers/_stamp.json": "b"}, published=None)


def age(tmp_path: Path, name: str, by: timedelta) -> None:
    """Make an object look as if it was written some time ago."""
    file = tmp_path / "there" / name
    then = file.stat().st_mtime - by.total_seconds()
    os.utime(file, (then, then))


def test_the_last_state_counts(store):
    assert last_manifest(store) == Manifest()
    one = put_next(store, Manifest(), state(store, papers="1"))
    assert (one.number, last_manifest(store)) == (1, one)
    two = put_next(store, one, state(store, papers="2"))
    assert (two.number, last_manifest(store)) == (2, two)


def test_two_who_follow_the_same_state_are_told(store):
    one = put_next(store, Manifest(), state(store, papers="1"))
    two = put_next(store, one, state(store, papers="2"))
    with pytest.raises(StoreError, match=r"another build shared its warehouse in .* meanwhile"):
        put_next(store, one, state(store, papers="3"))
    assert last_manifest(store) == two


def test_states_are_the_same_if_their_files_are_wherever_these_lie(store):
    one, again = state(store, papers="1"), state(store, papers="1")
    assert one.objects != again.objects
    assert one.holds_same(again)
    assert not one.holds_same(state(store, papers="2"))
    assert not one.holds_same(replace(one, texts={}))
    assert not one.holds_same(replace(one, published="versions/x.duckdb"))


def test_no_two_files_have_one_name_and_none_is_hidden():
    names = {object_name(".marks/a/x.parquet", "f" * 64) for _ in range(50)}
    assert len(names) == 50
    assert all(name.startswith("marks/a/ffffffffffffffff-") for name in names)
    assert all(name.endswith(".parquet") for name in names)


def test_what_is_needed_no_more_stays_for_a_day(store, tmp_path):
    """Who reads a state when the next one comes can go on reading."""
    one = put_next(store, Manifest(), state(store, papers="1", authors="1"))
    kept = {file.object for path, file in one.files.items() if "authors" in path}
    two = put_next(store, one, replace(state(store, papers="2"), files=_with(one, store, "2")))
    assert one.objects < set(store.objects(""))
    for name in ("manifests/00000001.json", "manifests/00000002.json"):
        age(tmp_path, name, timedelta(hours=23))
    three = put_next(store, two, state(store, papers="3"))
    assert one.objects | two.objects < set(store.objects("")), "it is no day since the second came"
    for name in ("manifests/00000001.json", "manifests/00000002.json"):
        age(tmp_path, name, timedelta(hours=2))
    four = put_next(store, three, state(store, papers="4"))
    five = put_next(store, four, state(store, papers="5"))
    left = set(store.objects(""))
    assert not (one.objects - kept) & left
    assert two.objects | three.objects | four.objects | five.objects <= left
    assert {name for name in left if name.startswith("manifests/")} == {
        f"manifests/0000000{n}.json" for n in (2, 3, 4, 5)
    }


def _with(before: Manifest, store: Store, content: str) -> dict[str, SharedFile]:
    """The files of a state, of which papers holds something else."""
    return {**before.files, **state(store, papers=content).files}


def test_what_a_killed_build_left_goes_after_a_week_and_what_is_of_others_never(store, tmp_path):
    left = object_name("tables/marts/papers/papers.parquet", "a" * 64)
    scratch = "scratch/0123456789abcdef/rows/part-0.parquet"
    foreign = ["notes.txt", "tables/marts/mine.parquet", "manifests/mine.json", "scratch/mine/x"]
    foreign.append(f"another/warehouse/{left}")
    for name in (left, scratch, *foreign):
        store.put(name, b"x")
        age(tmp_path, name, timedelta(days=6))
    one = put_next(store, Manifest(), state(store, papers="1"))
    assert {left, scratch} <= set(store.objects(""))
    for name in (left, scratch, *foreign):
        age(tmp_path, name, timedelta(days=2))
    put_next(store, one, state(store, papers="2"))
    assert not {left, scratch} & set(store.objects(""))
    assert set(foreign) <= set(store.objects(""))


def test_a_state_is_put_even_if_nothing_can_be_removed(store, monkeypatch, caplog):
    def refuse(*_: object) -> None:
        raise StoreError("only writing is allowed")

    monkeypatch.setattr(Store, "delete", refuse)
    one = put_next(store, Manifest(), state(store, papers="1"))
    store.put("scratch/0123456789abcdef/y", b"1")
    monkeypatch.setattr("pipeline.storage.shared_manifest._LONGEST_BUILD", timedelta(seconds=-9))
    put_next(store, one, state(store, papers="2"))
    assert last_manifest(store).number == 2
    assert "no longer needs stays there: only writing is allowed" in caplog.text


def test_what_says_yes_to_everything_is_no_store(store, monkeypatch):
    """As the page does that a network shows to guests."""
    now = state(store, papers="1")
    monkeypatch.setattr(Store, "put_new", lambda *_: True)
    with pytest.raises(StoreError, match="said that it took the warehouse, and does not hold it"):
        put_next(store, Manifest(), now)


# ---------------------------------------------------------------- what cannot be read


@pytest.mark.parametrize("path", ["../.profile", "/etc/x", "tables/a/b/../../x.json", "mine"])
def test_a_manifest_writes_nothing_but_files_of_a_warehouse(path, store):
    put_next(store, Manifest(), replace(state(store, papers="1"), texts={path: "x"}))
    with pytest.raises(StoreError, match="which is no file of a warehouse"):
        last_manifest(store)


def test_a_manifest_that_was_damaged_is_named(store):
    store.put("manifests/00000003.json", b'{"files": {}')
    with pytest.raises(StoreError, match=r"manifests/00000003.json is not as it was written"):
        last_manifest(store)


def test_a_manifest_of_another_release_is_not_guessed_at(store, monkeypatch):
    monkeypatch.setattr("pipeline.storage.shared_manifest._FORMAT", 2)
    put_next(store, Manifest(), state(store, papers="1"))
    monkeypatch.undo()
    with pytest.raises(StoreError, match="was written by another release of papermart"):
        last_manifest(store)
