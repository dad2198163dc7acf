"""Readers while versions come and go under them, and sessions that write into a published file."""

import subprocess
import sys
import textwrap
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from helpers import (
    DI,
    MORNING,
    PAGES,
    asked,
    copy_of,
    make_only,
    papermart,
    publish_again,
    put,
    small_build,
)
from same_tables import leftovers

from pipeline.builds.run import build
from pipeline.contract.errors import PipelineError
from pipeline.storage.rollback import rollback
from pipeline.storage.versions import versions
from pipeline.storage.warehouse import Warehouse

LATER = MORNING + timedelta(hours=3)

# Opens the published file over and over, and holds one session open for many questions.
READER = """
    import sys, time, duckdb, pathlib
    SAID = "select comment from duckdb_tables() where table_name = 'papers'"
    DAYS = "select date_diff('day', timestamp '2026-03-01 08:00:00', built_at) from build_info"
    TORN = "select count(*) from issues anti join dumps using (dump_id)"
    link, stop = sys.argv[1], pathlib.Path(sys.argv[2])
    n = 0
    while not stop.exists() or n < 5:
        with duckdb.connect(link, read_only=True) as con:
            for _ in range(3):
                (comment,), (days,) = (con.execute(sql).fetchone() for sql in (SAID, DAYS))
                assert f"as of day {days}." in comment or days == 0, (comment, days)
                assert con.execute(TORN).fetchone() == (0,)
                assert con.execute("select count(title) from papers").fetchone() == (6,)
        n += 1
        time.sleep(0.05)
    print(n)
"""
# Opens a published file as DuckDB's own command line does, says so, and waits to be killed.
WRITER = """
    import sys, duckdb
    con = duckdb.connect(sys.argv[1])
    con.execute(sys.argv[2]) if sys.argv[2] else None
    print("open", flush=True)
    for statement in sys.stdin:
        con.execute(statement)
        print("done", flush=True)
    con.close()
"""


def python(code: str, *arguments: Path | str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def session(file: Path, statement: str = "") -> "Generator[subprocess.Popen[str]]":
    """A user's session that holds a file for writing, killed at the end."""
    process = python(WRITER, file, statement)
    try:
        assert process.stdout.readline() == "open\n", process.stderr.read()
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.slow
def test_four_readers_see_whole_builds_through_fifty_publications(tmp_path):
    """Two versions are kept, so those that readers hold open are pruned under them."""
    house = Warehouse(copy_of(small_build()[0], tmp_path / "warehouse"))
    with session(house.published.resolve()):
        publish_again(house, 1, keep=2)  # DuckDB lets nobody else open what a session holds
        readers = [python(READER, house.published, tmp_path / "stop") for _ in range(4)]
        for day in range(2, 51):
            publish_again(house, day, keep=2)
            assert len(versions(house)) <= 3
        (tmp_path / "stop").touch()
        ended = [reader.communicate(timeout=300) for reader in readers]
    assert [error for _, error in ended] == [""] * 4
    assert sum(int(said) for said, _ in ended) > 20
    assert leftovers(house.root) == []


@pytest.fixture
def house(tmp_path, monkeypatch) -> Warehouse:
    """A warehouse of few tables, built twice: of three pages, and of four."""
    make_only(monkeypatch, "marts.topics", "marts.pages")
    house = Warehouse(tmp_path / "warehouse")
    build(put(tmp_path / "raw", PAGES), house, now=MORNING)
    build(put(tmp_path / "raw", {"di.txt": DI}), house, now=MORNING + timedelta(hours=1))
    return house


PAGES_SHOWN = "select count(*) from pages"
DELETE = "delete from pages"


def test_a_session_that_holds_the_published_file_keeps_nobody_from_asking(house):
    with session(house.published.resolve(), DELETE):
        shown = papermart("query", PAGES_SHOWN, "--warehouse", house.root)
        assert shown.returncode == 0, shown.stderr
        raw = house.root.parent / "raw"
        assert papermart("status", "--raw", raw, "--warehouse", house.root).returncode == 0


@pytest.mark.parametrize("is_closed", [True, False])
def test_what_a_session_wrote_is_never_believed(is_closed, house):
    """Closed, it has changed the file; killed, it leaves a log that the next reader would obey."""
    written, raw = house.published.resolve(), house.root.parent / "raw"
    with session(written, DELETE) as process:
        if is_closed:
            process.communicate("checkpoint\n")
    assert is_closed or written.with_name(written.name + ".wal").exists()
    with pytest.raises(PipelineError, match="is not as it was published"):
        rollback(house, written.stem)
    report = build(raw, house, now=LATER)
    assert report.is_published
    assert not any(table.is_changed for table in report.tables)
    assert asked(house.published, PAGES_SHOWN) == [(4,)]
    assert not written.exists()
    assert leftovers(house.root) == []
    assert len(versions(house)) == 2
    assert not build(raw, house, now=LATER + timedelta(hours=1)).is_published


def test_a_session_that_outlives_its_version_writes_into_nothing(house):
    """It is open while a build publishes, and goes on writing into a file that nobody sees."""
    written, raw = house.published.resolve(), house.root.parent / "raw"
    with session(written, DELETE) as process:
        assert build(raw, house, now=LATER).is_published
        current = house.published.resolve()
        assert current != written
        process.stdin.write("insert into topics select * from topics\n")
        process.stdin.flush()
        assert process.stdout.readline() == "done\n"
        assert asked(house.published, PAGES_SHOWN) == [(4,)]
    build(raw, house, now=LATER + timedelta(hours=1))
    assert house.published.resolve() == current
    assert leftovers(house.root) == []
