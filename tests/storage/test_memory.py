"""How much memory a build may take: its engine gets a part of it, and the rows are the same."""

import signal

import duckdb
import pytest
from helpers import MORNING, small_build, small_raw

from pipeline.builds.run import build
from pipeline.contract import memory
from pipeline.contract.memory import default_memory, n_bytes, of_engine
from pipeline.inputs.settings import Settings
from pipeline.storage import duckdb_engine
from pipeline.storage.duckdb_engine import open_engine
from pipeline.storage.engine import EngineError, EngineMemoryError, EngineWriteError
from pipeline.storage.warehouse import Warehouse


@pytest.mark.parametrize(
    ("installed", "expected"),
    [(64 * 10**9, "3GB"), (6 * 10**9, "3GB"), (4 * 10**9, "2000MB"), (10**8, "500MB"), (0, "3GB")],
)
def test_the_default_is_half_the_machine_at_most_three_gigabytes(installed, expected, monkeypatch):
    monkeypatch.setattr(memory, "_installed", lambda: installed)
    assert default_memory() == expected
    assert n_bytes(default_memory()) > 0


def test_the_setting_has_the_default():
    assert Settings().memory == default_memory()


@pytest.mark.parametrize("amount", ["500MB", "1.5 gb", "2TB"])
def test_the_engine_of_a_build_keeps_to_its_part_and_may_spill(amount, tmp_path):
    with Warehouse(tmp_path, amount).engine() as engine:
        limit, place = engine.tuples(
            "select current_setting('memory_limit'), current_setting('temp_directory')"
        )[0]
    with Warehouse(tmp_path, "1GB").engine() as engine:
        engine.execute(f"set memory_limit = '{of_engine(amount)}'")
        assert engine.scalar("select current_setting('memory_limit')") == limit
    assert n_bytes(of_engine("1GB")) < n_bytes("1GB")
    assert place.startswith(str(tmp_path))


def test_the_rows_do_not_depend_on_it(tmp_path):
    warehouse = Warehouse(tmp_path, "500MB")
    build(small_raw(), warehouse, MORNING)
    other = Warehouse(small_build()[0])
    names = warehouse.stamped()
    assert names == other.stamped()
    for name in names:
        stamps = warehouse.stamp(name), other.stamp(name)
        assert len({stamp.content for stamp in stamps if stamp}) == 1, name


ONE_LIST = "select len(list(i)) as n from range({}) as t (i)"
LIMIT = "select current_setting('memory_limit') as held, 1 as n"


def test_rows_that_leave_the_engine_lie_beside_half_of_what_it_may_hold(tmp_path):
    with open_engine(tmp_path, "120MB") as engine:
        assert engine.arrow(LIMIT)["held"].to_pylist() == ["57.2 MiB"]  # 60 MB
        assert engine.scalar(LIMIT) == "114.4 MiB"
        # Of what half is too little for, all of it is tried; what is too much is still said.
        assert engine.arrow(ONE_LIST.format(4_000_000))["n"].to_pylist() == [4_000_000]
        with pytest.raises(EngineMemoryError):
            engine.arrow(ONE_LIST.format(8_000_000))
        assert engine.scalar(LIMIT) == "114.4 MiB"
        with engine.cursor() as other:
            assert other.arrow(LIMIT)["held"].to_pylist() == ["57.2 MiB"]
    with open_engine() as engine:
        assert engine.arrow(LIMIT)["held"].to_pylist() == [engine.scalar(LIMIT)]


def test_settings_are_as_they_were_after_a_transaction_that_failed(tmp_path):
    n_threads = "select current_setting('threads')"
    with open_engine(tmp_path, "120MB") as engine:
        before = engine.scalar(LIMIT), engine.scalar(n_threads)
        engine.execute("begin")
        with pytest.raises(EngineMemoryError), engine.sparing_memory():
            engine.tuples(ONE_LIST.format(8_000_000))
        with pytest.raises(EngineError, match="aborted"):
            engine.arrow("select 1 as n")
        engine.execute("rollback")
        assert (engine.scalar(LIMIT), engine.scalar(n_threads)) == before


SHORT = ["Failed to commit: could not allocate block", "Checkpoint failed: failed to pin block"]


@pytest.mark.parametrize("said", SHORT)
def test_short_memory_at_a_commit_is_no_full_disk(said):
    """DuckDB wraps it: the next attempt may go well in less, and more disk would not help."""
    assert isinstance(duckdb_engine._as_ours(duckdb.TransactionException(said)), EngineMemoryError)
    full = duckdb.IOException("Could not write file: no space left")
    assert isinstance(duckdb_engine._as_ours(full), EngineWriteError)


def test_a_disk_that_fills_while_rows_leave_the_engine_is_a_full_disk(tmp_path):
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    rows = "select i, md5(i::varchar) as t, repeat('x' || i, 10) as u from range(1000000) as r(i)"
    try:
        with open_engine(tmp_path, "60MB") as engine:
            engine.execute("set threads = 1")
            resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, before[1]))
            for ask in (engine.arrow, engine.tuples):
                with pytest.raises(EngineWriteError):
                    ask(f"{rows} order by t")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
