"""What the workers of a server do, wherever they are, and what is told when they fail."""

import time
from collections.abc import Iterator

import pyarrow as pa
import pytest

from pipeline.extraction.batches import BatchReader
from pipeline.inputs.page_places import FolderOfPages
from pipeline.storage.engine import EngineError, ServerMemoryError
from pipeline.storage.handed_segments import HandedSegments
from pipeline.storage.handover import SharedFolder
from pipeline.storage.processes import n_processors
from pipeline.storage.spark_engine import Spark
from pipeline.storage.spark_server import open_spark


@pytest.fixture(scope="module")
def engine(sail: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spark]:
    found = open_spark(sail, SharedFolder(tmp_path_factory.mktemp("spark") / "here"))
    yield found
    found.close()


@pytest.mark.parametrize("items", [[], ["7"], [str(n) for n in range(40)]])
def test_each_item_is_done_once(engine, items):
    assert engine.workers
    assert sorted(engine.workers.each(int, items)) == [(n, int(i)) for n, i in enumerate(items)]


def test_of_the_parts_that_a_server_begins_at_once_as_many_are_at_work_as_it_has_processors(engine):
    def work(_: int) -> tuple[float, float]:
        begun = time.monotonic()
        time.sleep(0.02)
        return begun, time.monotonic()

    assert engine.workers
    spans = [span for _, span in engine.workers.each(work, range(8 * n_processors()))]
    at_work = [sum(begin <= moment < end for begin, end in spans) for moment, _ in spans]
    assert max(at_work) <= n_processors()


def test_rows_of_a_key_are_together_wherever_something_is_done_with_them(engine):
    keys = [f"k{n}" for n in range(100)]
    engine.create_table("given", pa.table({"key": [*keys, *keys, None], "n": range(201)}))
    selects = {
        "all": "select key, n from given",
        "few": "select key from given where n = 7",
        "none": "select key from given where n < 0",
    }
    assert engine.workers
    found = [
        {name: rows["key"].to_pylist() for name, rows in piece.items()}
        for piece in engine.workers.each_piece(dict, selects, "key")
    ]
    assert len(found) > 1
    assert sorted(key for piece in found for key in piece["all"]) == sorted([*keys, *keys])
    assert all(piece["all"].count(key) == 2 for piece in found for key in piece["all"])
    (few,) = [piece for piece in found if piece["few"]]
    assert few["few"] == ["k7"]
    assert "k7" in few["all"]
    assert not any(piece["none"] for piece in found)


def test_many_more_buckets_than_parts_lie_mixed_in_a_part_and_come_apart_again(engine, monkeypatch):
    """What waits for its turn lies on the disk, where it is much."""
    for name, value in (("_ROWS_AT_ONCE", 20), ("_MOST_PARTS", 3)):
        monkeypatch.setattr(f"pipeline.storage.spark_workers.{name}", value)
    keys = [f"k{n % 60}" for n in range(240)]
    given = {"key": keys, "n": range(240), "text": [f"{n} {'x' * 20_000}" for n in range(240)]}
    engine.create_table("given", pa.table(given))
    selects = {
        "all": "select key, n, text from given",
        "odd": "select key from given where n % 2 = 1",
    }
    assert engine.workers
    with engine.sparing_memory():
        pieces = list(engine.workers.each_piece(dict, selects, "key"))
    assert len(pieces) > 40
    assert sorted(n for piece in pieces for n in piece["all"]["n"].to_pylist()) == [*range(240)]
    for piece in pieces:
        found = piece["all"].to_pylist()
        assert all(row["text"].startswith(f"{row['n']} x") for row in found)
        odd = sorted(row["key"] for row in found if row["n"] % 2)
        assert sorted(piece["odd"]["key"].to_pylist()) == odd
        assert all(piece["all"]["key"].to_pylist().count(row["key"]) == 4 for row in found)


def test_a_worker_that_fails_is_told_in_words_without_a_trace(engine):
    assert engine.workers
    with pytest.raises(EngineError) as told:
        list(engine.workers.each(int, ["7", "x"]))
    assert str(told.value) == "ValueError: invalid literal for int() with base 10: 'x'"


def test_a_worker_that_is_short_of_memory_is_the_server_that_is(engine):
    assert engine.workers
    with pytest.raises(ServerMemoryError):
        list(engine.workers.each(bytes, [1 << 60]))


def test_what_a_worker_finds_wrong_is_told_in_its_words(engine, tmp_path):
    reader = BatchReader(FolderOfPages(tmp_path), HandedSegments(tmp_path), "another")
    assert engine.workers
    with pytest.raises(EngineError) as told:
        list(engine.workers.each(reader, [[]]))
    assert str(told.value) == "another papermart reads there: install the one that builds"
