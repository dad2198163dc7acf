"""A published file asked where it lies: the same answers as of the file here, however asked."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import duckdb
import pytest

from pipeline.contract.errors import PipelineError
from pipeline.storage import connections
from pipeline.storage.published_file import open_published
from pipeline.storage.store import Store, StoreError
from pipeline.storage.stored_files import StoredFile, _Opened

# Enough for many blocks of DuckDB's, in each of which every row says where it stands.
_ROWS = 400_000
_ASKED = [
    f"select count(*), sum(n), sum(length(t)) from things where n % {k} = 0" for k in (1, 3, 7)
]
_ASKED += [f"select t from things where n = {n}" for n in range(0, _ROWS, 9_973)]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("published") / "things.duckdb"
    with duckdb.connect(str(found)) as con:
        con.execute(
            f"create table things as select n, md5(n::varchar) as t from range({_ROWS}) as r (n)"
        )
    return found


@pytest.fixture(scope="module")
def stored(file: Path) -> StoredFile:
    store = Store(f"file://{file.parent}/there")
    store.put("versions/things.duckdb", file)
    return StoredFile(store, "versions/things.duckdb", "things")


@pytest.mark.parametrize("n_threads", [1, 8])
def test_many_who_ask_at_a_time_get_what_the_file_here_says(n_threads, file, stored, monkeypatch):
    monkeypatch.setitem(connections.CONFIG, "threads", n_threads)
    with open_published(file) as here:
        expected = [here.tuples(sql) for sql in _ASKED]

    def asked(sql: str) -> list[tuple[object, ...]]:
        with open_published(stored) as there:
            return there.tuples(sql)

    with open_published(stored) as there:
        assert [there.tuples(sql) for sql in _ASKED] == expected
    with ThreadPoolExecutor(4) as askers:
        assert list(askers.map(asked, _ASKED)) == expected


def test_who_went_to_a_place_reads_from_there_whoever_else_goes_to_another(stored, file):
    """DuckDB goes to a place and reads in two calls, from dozens of threads on one open file."""
    opened, whole, together = _Opened(stored.store, stored.object), file.read_bytes(), Barrier(8)

    def read(place: int) -> bytes:
        opened.seek(place)
        together.wait()
        return opened.read(16)

    places = range(0, 8_000, 1_000)
    with ThreadPoolExecutor(8) as readers:
        assert list(readers.map(read, places)) == [whole[n : n + 16] for n in places]


def test_an_open_file_is_read_from_a_place(stored, file):
    opened, whole = _Opened(stored.store, stored.object), file.read_bytes()
    assert opened.size == len(whole)
    assert (opened.read(4), opened.tell()) == (whole[:4], 4)
    opened.seek(-10, 2)
    assert (opened.read(100), opened.read()) == (whole[-10:], b"")
    opened.seek(100)
    opened.seek(5, 1)
    assert opened.read(3) == whole[105:108]
    opened.seek(len(whole) + 5)
    assert opened.read(3) == b""


def test_what_is_no_published_file_is_said(tmp_path):
    store = Store(f"file://{tmp_path}/there")
    store.put("versions/x.duckdb", b"no database" * 1000)
    with (
        pytest.raises(PipelineError, match=r"there/versions/x.duckdb cannot be opened"),
        open_published(StoredFile(store, "versions/x.duckdb", "x")),
    ):
        pass
    with (
        pytest.raises(StoreError, match=r"none.duckdb cannot be read from .*: it is not there"),
        open_published(StoredFile(store, "versions/none.duckdb", "none")),
    ):
        pass


def test_a_store_that_fails_while_it_is_asked_is_told_as_that(stored, monkeypatch):
    def refuse(*_: object) -> bytes:
        raise StoreError("out of order")

    with open_published(stored) as engine:
        monkeypatch.setattr(Store, "read_part", refuse)
        for ask in (engine.tuples, engine.arrow):
            with pytest.raises(StoreError, match=r"^out of order$"):
                ask("select sum(n), max(t) from things")
    with pytest.raises(StoreError, match=r"^out of order$"), open_published(stored):
        pass


def test_a_published_file_that_was_cut_there_is_damaged(file, tmp_path):
    store = Store(f"file://{tmp_path}/there")
    store.put("versions/x.duckdb", file.read_bytes()[: file.stat().st_size // 2])
    with (
        pytest.raises(StoreError, match="it is damaged there: "),
        open_published(StoredFile(store, "versions/x.duckdb", "x")) as engine,
    ):
        engine.tuples("select sum(n), max(t) from things")


def test_a_published_file_is_only_read(stored):
    with open_published(stored) as engine, pytest.raises(Exception, match="read-only"):
        engine.execute("insert into things values (1, '')")
