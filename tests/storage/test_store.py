"""A store of objects: whole or not at all, never twice under one name, faults in words."""

import hashlib
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from obstore.exceptions import GenericError, PermissionDeniedError

from pipeline.storage.store import (
    ObjectChangedError,
    ObjectClosedError,
    Store,
    StoreError,
    in_parts,
)


@pytest.fixture(params=["a folder", "S3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "S3":
        return Store(f"{request.getfixturevalue('bucket')}/{tmp_path.name}/")
    return Store(f"file://{tmp_path}/there/")


def test_what_is_put_is_there(store, tmp_path):
    file = tmp_path / "é.txt"
    file.write_bytes(b"from a file")
    store.put("a/b.txt", file)
    store.put("a/c.txt", b"bytes")
    assert store.read("a/b.txt") == b"from a file"
    assert {name: size for name, (size, _) in store.objects("a").items()} == {
        "a/b.txt": 11,
        "a/c.txt": 5,
    }
    assert store.objects("").keys() == {"a/b.txt", "a/c.txt"}
    assert store.objects("nowhere") == {}


def test_of_those_who_put_something_new_one_succeeds(store):
    assert store.put_new("n/1", b"mine")
    assert not store.put_new("n/1", b"yours")
    assert store.read("n/1") == b"mine"


def test_who_puts_something_new_and_hears_no_answer_may_do_so_again(store):
    """A client does by itself: the server has it, and what it said of that was lost."""
    assert store.put_new("n/1", b"mine")
    assert store.put_new("n/1", b"mine")


def test_all_are_listed_with_what_is_told_of_them(store):
    store.put("a/b.txt", b"bytes")
    store.put("c", b"1")
    first = {one.name: one for one in store.listing()}
    assert {name: one.n_bytes for name, one in first.items()} == {"a/b.txt": 5, "c": 1}
    time.sleep(0.01)
    store.put("c", b"2")
    second = {one.name: one.stamp for one in store.listing()}
    assert second["a/b.txt"] == first["a/b.txt"].stamp
    assert second["c"] != first["c"].stamp
    assert (store.holds("a/b.txt"), store.holds("a")) == (True, False)


def test_a_part_is_read_without_the_rest(store):
    store.put("x", bytes(range(200)))
    assert store.size("x") == 200
    assert store.read_part("x", 100, 3) == bytes([100, 101, 102])


def test_what_is_fetched_is_what_was_meant(store, tmp_path):
    store.put("x", b"some rows" * 1000)
    right = hashlib.sha256(b"some rows" * 1000).hexdigest()
    store.fetch("x", tmp_path / "x", right)
    assert (tmp_path / "x").read_bytes() == b"some rows" * 1000
    with pytest.raises(StoreError, match="x is not as it was written; it is damaged there"):
        store.fetch("x", tmp_path / "x", "0" * 64)


def test_what_is_not_there_is_said_and_may_be_removed(store, tmp_path):
    store.put("a", b"1")
    for ask in (
        lambda: store.read("none"),
        lambda: store.size("none"),
        lambda: store.fetch("none", tmp_path / "none", "0" * 64),
    ):
        with pytest.raises(StoreError, match=r"^none cannot be read from .*: it is not there$"):
            ask()
    store.delete(["a", "none"])
    assert store.objects("") == {}


def test_names_are_removed_some_at_a_time():
    assert list(in_parts("cab", 2)) == [["a", "b"], ["c"]]


def test_a_big_file_may_take_longer_than_a_request(bucket, tmp_path, monkeypatch):
    """Half a minute is a request's time by default: little for a version on a slow line."""
    monkeypatch.setenv("AWS_TIMEOUT", "3s")  # a busy machine needs some
    monkeypatch.setattr("pipeline.storage.store._MOST_RETRIES", 0)
    monkeypatch.setattr("pipeline.storage.store._CHUNK_BYTES", 2_000_000)
    content = bytes(20_000_000)
    store = Store(f"{bucket}/{tmp_path.name}")
    store.put("x", content)

    class Slow:
        def __init__(self) -> None:
            self.hashed = hashlib.blake2b()

        def update(self, chunk: bytes) -> None:
            time.sleep(0.4)
            self.hashed.update(chunk)

    monkeypatch.setattr("pipeline.storage.store.hashlib.sha256", Slow)
    store.fetch("x", tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == content


# ---------------------------------------------------------------- faults


@pytest.mark.usefixtures("bucket")
def test_a_store_that_does_not_answer_is_not_waited_for(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    begun = time.monotonic()
    with pytest.raises(
        StoreError,
        match=r"^x cannot be read from s3://a-bucket: http://127.0.0.1:9: .*send.*AWS_REGION",
    ):
        Store("s3://a-bucket").read("x")
    assert time.monotonic() - begun < 30


@pytest.mark.usefixtures("bucket")
def test_a_server_without_encryption_has_to_be_allowed(monkeypatch):
    """The client says "builder error", and nothing of why."""
    monkeypatch.delenv("AWS_ALLOW_HTTP")
    for ask in (lambda store: store.read("x"), lambda store: list(store.listing())):
        with pytest.raises(
            StoreError,
            match=r"s3://a-bucket.*: http://127.0.0.1:\d+ is not encrypted.*AWS_ALLOW_HTTP=true$",
        ):
            ask(Store("s3://a-bucket"))


@pytest.mark.parametrize(
    ("code", "kind"),
    [("AccessDenied", ObjectClosedError), ("InvalidAccessKeyId", StoreError)],
)
def test_whoever_is_refused_an_object_is_not_whoever_is_refused_all(code, kind, tmp_path):
    class Refusing:
        def get(self, name: str) -> None:
            raise PermissionDeniedError(
                f"Error performing GET https://here/{name}?sig=pass-word in 3 ms - 403: "
                f"<Error><Code>{code}</Code><AWSAccessKeyId>pass-word</AWSAccessKeyId></Error>"
            )

    store = Store(f"file://{tmp_path}")
    store._opened = Refusing()  # ty: ignore[invalid-assignment]
    with pytest.raises(StoreError, match=rf"^x cannot be read from file://.*: {code}$") as told:
        store.read("x")
    assert type(told.value) is kind


def test_an_address_is_told_without_what_lets_others_in(tmp_path):
    class Broken:
        def get(self, name: str) -> None:
            raise GenericError(f"no way to https://here/{name}?sig=pass-word")

    store = Store(f"file://{tmp_path}")
    store._opened = Broken()  # ty: ignore[invalid-assignment]
    with pytest.raises(StoreError, match=r"no way to https://here/x$"):
        store.read("x")


@pytest.mark.parametrize("after", [b"short", b"longer than it was " * 10])
def test_an_object_that_is_replaced_while_it_is_read_is_told(after, store, monkeypatch):
    monkeypatch.setattr("pipeline.storage.store._CHUNK_BYTES", 10)
    store.put("a", b"of three parts in all")
    parts = store.chunks("a")
    assert next(parts) == b"of three p"
    store.put("a", after)
    with pytest.raises(ObjectChangedError, match=r"a cannot be read from .*: it was replaced"):
        next(parts)


@pytest.mark.parametrize("tag", ['W/"1"', None])
def test_an_object_whose_tag_tells_nothing_is_read_part_by_part(tag, store, monkeypatch):
    """A weak tag was asked for as none, which the client refuses."""
    monkeypatch.setattr("pipeline.storage.store._CHUNK_BYTES", 10)
    store.put("a", b"of three parts in all")
    client = store._client

    class Weak:
        def get(self, name: str, **more: Any) -> Any:
            found = client.get(name, **more)
            return SimpleNamespace(meta=found.meta | {"e_tag": tag}, bytes=found.bytes)

    monkeypatch.setattr(store, "_opened", Weak())
    assert b"".join(store.chunks("a")) == b"of three parts in all"


def test_a_name_that_no_client_can_read_is_told_as_it_is(tmp_path):
    class Odd:
        def get(self, name: str) -> None:
            raise GenericError(
                f'object with invalid path: Error parsing Path "{name}": illegal sign'
            )

    store = Store(f"file://{tmp_path}")
    store._opened = Odd()  # ty: ignore[invalid-assignment]
    with pytest.raises(StoreError, match=r"'a\\\\t  b.txt' is no name that can be read"):
        store.read("a\t  b.txt")


@pytest.mark.usefixtures("bucket")
def test_a_bucket_that_is_not_there_is_named():
    with pytest.raises(StoreError, match="s3://no-such-bucket: there is no such bucket"):
        Store("s3://no-such-bucket").put("x", b"1")


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match=r"file://.*/file/there cannot be made: not a directory"):
        Store(f"file://{tmp_path}/file/there").put("x", b"1")


def test_of_a_drive_that_is_not_there_no_folder_is_made_here(tmp_path):
    with pytest.raises(StoreError, match=r"there is no .*/drive/team; is its drive there"):
        Store(f"file://{tmp_path}/drive/team/there").put("x", b"1")
    assert not (tmp_path / "drive").exists()


def test_who_only_looks_makes_no_folder(tmp_path):
    store = Store(f"file://{tmp_path}/there")
    assert store.objects("") == {}
    with pytest.raises(StoreError, match="cannot be opened"):
        store.read("x")
    assert not (tmp_path / "there").exists()


@pytest.mark.parametrize("url", ["s3://a-bucket", "file://{there}"])
def test_what_is_not_installed_is_named(url, tmp_path, monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "obstore"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(StoreError, match=r"more packages \(obstore.* is missing\): pip install"):
        Store(url.format(there=tmp_path)).objects("")
