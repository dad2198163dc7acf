"""A Spark Connect server as an engine: what it is shown it sees, what it writes DuckDB reads."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime
from pathlib import Path
from threading import Thread

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from helpers import MORNING, asked, small_build
from sail import Sail

from pipeline.contract.errors import EngineGoneError, PipelineError
from pipeline.contract.specs import TableSpec
from pipeline.models.catalogue import all_specs
from pipeline.models.keys import of_part
from pipeline.storage.engine import EngineError, ServerMemoryError
from pipeline.storage.files import temporary
from pipeline.storage.handover import SharedFolder
from pipeline.storage.spark_engine import Spark
from pipeline.storage.spark_faults import fault_of
from pipeline.storage.spark_server import open_spark

THINGS = "select * from marts.things order by a nulls last"


def _spec(**columns: str) -> TableSpec:
    return TableSpec.model_validate(
        {
            "layer": "marts",
            "name": "things",
            "description": "Things that are there.",
            "grain": "one row per thing",
            "key": [next(iter(columns))],
            "columns": [
                {"name": name, "type": type_, "description": "What it has."}
                for name, type_ in columns.items()
            ],
        }
    )


SPEC = _spec(a="BIGINT", t="VARCHAR")
ROWS = [{"a": 1, "t": "één"}, {"a": 2, "t": ""}, {"a": None, "t": None}]
TABLE = pa.table({"a": pa.array([1, 2, None], pa.int64()), "t": ["één", "", None]})


@pytest.fixture(scope="module")
def session(sail: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spark]:
    found = open_spark(sail, SharedFolder(tmp_path_factory.mktemp("spark") / "here"))
    yield found
    found.close()


@pytest.fixture
def engine(session: Spark) -> Spark:
    session.show(SPEC, [])
    return session


def _write(file: Path, rows: pa.Table = TABLE) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(rows, file)
    return file


# ---------------------------------------------------------------- what it is shown


def test_files_are_one_table(engine, tmp_path):
    more = pa.table({"a": pa.array([7], pa.int64()), "t": ["x"]})
    engine.show(SPEC, [_write(tmp_path / "one.parquet"), _write(tmp_path / "two.parquet", more)])
    assert engine.rows(THINGS) == [*ROWS[:2], {"a": 7, "t": "x"}, ROWS[2]]


@pytest.mark.parametrize("least", [0, 1_000_000])
def test_only_the_rows_of_a_condition_are_shown(engine, least, tmp_path, monkeypatch):
    """Those of much are kept, for as long as they are shown."""
    monkeypatch.setattr("pipeline.storage.spark_engine._LEAST_BYTES_IN_STEPS", least)
    file = _write(tmp_path / "one.parquet")
    before = set(engine.handover.folder.glob("*"))
    for where, rows in (("t = '' or a is null", ROWS[1:]), ("a = 1", ROWS[:1]), ("a = 7", [])):
        engine.show(SPEC, [file], where)
        assert engine.rows(THINGS) == rows
        kept = set(engine.handover.folder.glob("*")) - before
        assert len(kept) == (least == 0 and rows != []), where  # of no rows Sail writes none
    engine.show(SPEC, [file])
    assert engine.rows(THINGS) == ROWS
    assert set(engine.handover.folder.glob("*")) == before


def test_a_condition_may_ask_another_table(engine, tmp_path):
    engine.create_table("wanted.keys", pa.table({"key": pa.array([2], pa.int64())}))
    engine.show(SPEC, [_write(tmp_path / "a.parquet")], "a in (select key from wanted.keys)")
    assert engine.rows(THINGS) == [ROWS[1]]


def test_without_files_a_table_has_its_columns_and_no_rows(engine):
    spec = _spec(
        a="BIGINT", n="INTEGER", t="VARCHAR", d="DOUBLE", b="BOOLEAN", day="DATE", at="TIMESTAMP",
        names="VARCHAR[]",
    )  # fmt: skip
    engine.show(spec, [])
    assert engine.rows("select * from marts.things") == []
    assert engine.shape("marts.things") == list(spec.shape)


def test_another_file_in_its_place_is_seen(engine, tmp_path):
    file = _write(tmp_path / "one.parquet")
    engine.show(SPEC, [file])
    _write(tmp_path / "new.parquet", TABLE.slice(0, 1)).replace(file)
    engine.show(SPEC, [file])
    assert engine.rows(THINGS) == ROWS[:1]


def test_a_file_on_its_way_into_its_place_is_seen(engine, tmp_path):
    file = temporary(tmp_path / "things.parquet")
    assert file.name.startswith(".")
    engine.show(SPEC, [_write(file)])
    assert engine.rows(THINGS) == ROWS


@pytest.mark.parametrize(
    "folder",
    ["with a space", "year=2026", "o'neil", 'so "called"', "Größe 日本", "50%20", "a#b", "a+b",
     "a:b", "a,b", "_hidden", ".dot"],
)  # fmt: skip
def test_whatever_its_folder_is_called_a_file_is_read_and_nothing_added(engine, tmp_path, folder):
    file = _write(tmp_path / folder / "things.parquet")
    engine.show(SPEC, [file])
    assert engine.rows(THINGS) == ROWS
    assert engine.shape("marts.things") == list(SPEC.shape)


@pytest.mark.parametrize("folder", ["with a space", "year=2026", "o'neil", "Größe 日本"])
def test_whatever_its_own_folder_is_called_rows_are_written(sail, tmp_path, folder):
    here = open_spark(sail, SharedFolder(tmp_path / folder / "spill"))
    here.write("select 1 as a", tmp_path / folder / "out.parquet")
    here.close()
    assert pq.read_table(tmp_path / folder / "out.parquet").to_pylist() == [{"a": 1}]
    assert [file.name for file in (tmp_path / folder).iterdir()] == ["out.parquet"]


def test_arrow_rows_are_a_table_also_where_there_are_none(engine):
    for rows in (TABLE, TABLE.slice(0, 0)):
        engine.show_rows(SPEC, rows)
        assert engine.rows(THINGS) == rows.to_pylist()
        assert engine.shape("marts.things") == list(SPEC.shape)


def test_a_made_table_takes_the_place_of_a_shown_one_until_it_is_shown_again(engine, tmp_path):
    file = _write(tmp_path / "one.parquet")
    engine.show(SPEC, [file])
    engine.create_table("marts.things", pa.table({"a": [9]}))
    assert engine.rows("select * from marts.things") == [{"a": 9}]
    engine.show(SPEC, [file])
    assert engine.rows(THINGS) == ROWS


def test_rows_that_fit_into_no_message_are_a_table(engine, monkeypatch):
    monkeypatch.setattr("pipeline.storage.spark_engine._MOST_SENT_BYTES", 1)
    engine.show_rows(SPEC, TABLE)
    assert engine.rows(THINGS) == ROWS
    assert engine.shape("marts.things") == list(SPEC.shape)


@pytest.mark.parametrize("where", ["true", "a = 7", "false"])
def test_what_is_kept_is_a_table_also_where_there_are_no_rows(engine, where):
    engine.show_rows(SPEC, TABLE)
    engine.keep("kept", f"select a, t from marts.things where {where}")
    assert engine.shape("kept") == list(SPEC.shape)
    assert len(engine.rows("select * from kept")) == {"true": 3}.get(where, 0)


def test_a_view_has_the_rows_of_its_select(engine, tmp_path):
    engine.show(SPEC, [_write(tmp_path / "one.parquet")])
    engine.show_view("marts.seen", "select things.a + 1 as b from marts.things where a is not null")
    assert engine.rows("select * from marts.seen order by b") == [{"b": 2}, {"b": 3}]


def test_a_hidden_table_is_not_there_and_can_be_shown_again(engine, tmp_path):
    file = _write(tmp_path / "one.parquet")
    engine.show(SPEC, [file])
    engine.hide("marts.things")
    with pytest.raises(EngineError):
        engine.rows(THINGS)
    engine.hide("marts.things")
    engine.show(SPEC, [file])
    assert engine.rows(THINGS) == ROWS


# ---------------------------------------------------------------- what it writes


def test_a_written_select_has_the_types_of_the_description(engine, tmp_path):
    spec = _spec(n="BIGINT", i="INTEGER", d="DOUBLE", t="VARCHAR", day="DATE", at="TIMESTAMP",
                 names="VARCHAR[]", b="BOOLEAN")  # fmt: skip
    engine.create_table("wanted.numbers", pa.table({"n": pa.array(range(5000), pa.int32())}))
    engine.write(
        """select n, length('abc') as i, n as d, cast(null as varchar) as t,
            date '2024-02-29' as day, timestamp '2024-02-29 23:59:59.999999' as at,
            ['b', 'é'] as names, n > 1 as b
        from wanted.numbers order by n % 7 desc, n""",
        tmp_path / "out.parquet",
        spec,
    )
    found = pq.read_table(tmp_path / "out.parquet")
    assert [str(field.type) for field in found.schema] == [
        "int64", "int32", "double", "string", "date32[day]", "timestamp[us]",
        "list<element: string>", "bool",
    ]  # fmt: skip
    assert sorted(found["n"].to_pylist()) == list(range(5000))
    last = next(row for row in found.to_pylist() if row["n"] == 6)
    assert (last["day"], last["at"]) == (
        date(2024, 2, 29),
        datetime(2024, 2, 29, 23, 59, 59, 999999),  # noqa: DTZ001
    )
    assert (last["names"], last["t"], last["b"]) == (["b", "é"], None, True)


@pytest.mark.xfail(strict=True, reason="Sail sorts nothing that it writes")
def test_a_written_select_keeps_its_order(engine, tmp_path):
    engine.create_table("wanted.numbers", pa.table({"n": pa.array(range(5000), pa.int32())}))
    engine.write("select n from wanted.numbers order by n % 7 desc, n", tmp_path / "out.parquet")
    found = pq.read_table(tmp_path / "out.parquet")["n"].to_pylist()
    assert found == sorted(range(5000), key=lambda n: (-(n % 7), n))


def test_a_select_without_rows_is_written_with_its_columns(engine, tmp_path):
    engine.write("select * from marts.things where false", tmp_path / "out.parquet", SPEC)
    found = pq.read_table(tmp_path / "out.parquet")
    assert (found.num_rows, found.schema.names) == (0, ["a", "t"])
    assert [str(field.type) for field in found.schema] == ["int64", "string"]


@pytest.mark.parametrize("sql", ["select 1.5 as a, 'x' as t", "select 'one' as a, 'x' as t"])
def test_what_does_not_fit_the_described_type_is_refused(engine, tmp_path, sql):
    with pytest.raises(EngineError):
        engine.write(sql, tmp_path / "out.parquet", SPEC)
    assert not (tmp_path / "out.parquet").exists()


def test_given_rows_are_written_as_they_are(engine, tmp_path):
    engine.write(TABLE, tmp_path / "one.parquet")
    assert pq.read_table(tmp_path / "one.parquet").to_pylist() == ROWS
    engine.write(iter([TABLE, TABLE.slice(0, 1)]), tmp_path / "two.parquet")
    assert pq.read_table(tmp_path / "two.parquet").to_pylist() == [*ROWS, ROWS[0]]


def test_types_are_told_as_duckdb_spells_them(engine):
    asked_types = {
        "cast(1 as integer)": "INTEGER", "cast(1 as bigint)": "BIGINT", "'a'": "VARCHAR",
        "cast(1 as double)": "DOUBLE", "true": "BOOLEAN", "date '2024-01-01'": "DATE",
        "timestamp '2024-01-01 00:00:00'": "TIMESTAMP", "['a']": "VARCHAR[]", "[1]": "INTEGER[]",
    }  # fmt: skip
    columns = ", ".join(f"{sql} as c{n}" for n, sql in enumerate(asked_types))
    assert engine.shape(f"(select {columns}) as asked") == [
        (f"c{n}", type_) for n, type_ in enumerate(asked_types.values())
    ]


# ---------------------------------------------------------------- the last version


def test_the_last_version_is_seen_meanwhile(engine):
    root, report = small_build()
    spec = all_specs()["marts.papers"]
    file = root / "warehouse.duckdb"
    question = "select paper_id, title, authors, first_seen_at from {} order by paper_id"
    with engine.last_version(file, [spec]):
        found = engine.rows(question.format("published.papers"))
    want = asked(file, question.format("papers"))
    assert [tuple(row.values()) for row in found] == want
    assert (len(found), report.version.id) == (6, report.version.id)
    assert {row["first_seen_at"] for row in found} == {MORNING}


def test_without_a_version_its_tables_are_there_and_empty(engine):
    spec = all_specs()["marts.papers"]
    with engine.last_version(None, [spec]):
        assert engine.rows("select * from published.papers") == []
        assert engine.shape("published.papers") == list(spec.shape)


# ---------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize(
    "sql",
    ["select nothing from marts.things", "select * from marts.nowhere", "selec 1",
     "select no_such_function(1)", "select 1 / 0 as a", "select cast('x' as integer) as a"],
)  # fmt: skip
def test_what_does_not_run_is_a_fault_of_what_was_asked(engine, sql):
    with pytest.raises(EngineError):
        engine.rows(sql)


@pytest.mark.parametrize(
    "remote",
    ["", "here", "http://here:1", "sc://", "sc:here", "sc://:1", "sc://here:x", "sc://here:99999",
     "sc://[::1:1", "sc://a..b:1", "sc://here:1;user_id=me"],
)  # fmt: skip
def test_an_address_that_is_none_is_told(remote, tmp_path):
    with pytest.raises(PipelineError, match=r"is no address; write sc://host:port"):
        open_spark(remote, SharedFolder(tmp_path))


@pytest.mark.parametrize("behind", ["/;token=se=cret", "/;token", "/token=secret", "/se/cret"])
def test_what_stands_behind_an_address_is_not_repeated(behind, tmp_path):
    with pytest.raises(EngineGoneError, match=r"behind sc://here:1 cannot be read") as told:
        open_spark(f"sc://here:1{behind}", SharedFolder(tmp_path))
    assert "cret" not in str(told.value)


@pytest.mark.parametrize("folder", ["[b]", "b*", "b?", "{a,b}"])
def test_a_folder_that_a_server_takes_for_a_pattern_is_refused(sail, tmp_path, folder):
    with pytest.raises(PipelineError, match="for a pattern; give the folder another"):
        open_spark(sail, SharedFolder(tmp_path / folder / "spill"))


def test_a_server_that_does_not_see_the_folder_is_refused(sail, tmp_path, monkeypatch):
    # What is written here is not there for it, as in a folder of its own disk.
    monkeypatch.setattr("pipeline.storage.spark_server.write_arrow", lambda *_: None)
    with pytest.raises(
        EngineGoneError, match=f"at {sail}, or a worker of its, does not see .*here; it"
    ):
        open_spark(sail, SharedFolder(tmp_path / "here"))
    assert not (tmp_path / "here").exists()


def test_a_worker_that_writes_to_its_own_disk_is_told(sail, tmp_path, monkeypatch):
    """Spark's driver says that all is written, and the worker's rows would be missing."""
    of_all = Spark.parts

    @contextmanager
    def of_some(self, frame):
        with of_all(self, frame) as parts:
            yield parts[:-1]

    monkeypatch.setattr(Spark, "parts", of_some)
    with pytest.raises(EngineGoneError, match="or a worker of its, does not see"):
        open_spark(sail, SharedFolder(tmp_path / "here"))
    assert not (tmp_path / "here").exists()


@pytest.mark.usefixtures("_impatient")
def test_a_server_that_is_not_there_is_told_with_its_address(tmp_path):
    with pytest.raises(PipelineError, match=r"server at sc://127\.0\.0\.1:9 does not answer"):
        open_spark("sc://127.0.0.1:9", SharedFolder(tmp_path))


@pytest.mark.usefixtures("_impatient")
def test_a_client_asks_no_more_whom_the_server_did_not_understand(tmp_path, monkeypatch):
    left = []
    monkeypatch.setattr("pipeline.storage.spark_server.lose_patience", left.append)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        Thread(target=_hang_up, args=(listening,), daemon=True).start()
        remote = f"sc://127.0.0.1:{listening.getsockname()[1]}"
        with pytest.raises(PipelineError, match="does not answer"):
            open_spark(remote, SharedFolder(tmp_path))
    assert len(left) == 1
    left[0].stop()


def _hang_up(listening: socket.socket) -> None:
    with suppress(OSError):  # at the end nobody listens
        while True:
            listening.accept()[0].close()


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pipeline.storage.spark_server._MOST_RETRIES", 1)


@pytest.mark.usefixtures("_impatient")
def test_a_server_that_goes_down_between_two_questions_is_told(tmp_path):
    server = Sail()
    engine = open_spark(server.remote, SharedFolder(tmp_path / "here"))
    try:
        assert engine.rows("select 1 as a") == [{"a": 1}]
        server.kill()
        for ask in (
            lambda: engine.rows("select 2 as a"),
            lambda: engine.show(SPEC, [_write(tmp_path / "one.parquet")]),
            lambda: engine.write("select 1 as a", tmp_path / "out.parquet"),
            lambda: engine.shape("(select 1 as a) as asked"),
        ):
            with pytest.raises(PipelineError, match="does not answer"):
                ask()
        assert not (tmp_path / "out.parquet").exists()
    finally:
        engine.close()
    assert not (tmp_path / "here").exists()


def test_a_server_that_is_short_of_memory_says_so_and_who_needs_more(tmp_path):
    pool = "SAIL_RUNTIME__MEMORY_POOL__"
    server = Sail(**{f"{pool}TYPE": "greedy", f"{pool}GREEDY__MAX_SIZE": str(10_000_000)})
    engine = open_spark(server.remote, SharedFolder(tmp_path / "here"))
    engine.create_table("given", pa.table({"k": [f"{n} {'x' * 100}" for n in range(300_000)]}))
    with pytest.raises(ServerMemoryError) as told:
        engine.rows("select count(*) as n from given as l inner join given as r on l.k = r.k")
    assert "the server" in told.value.more.lower()
    assert engine.rows("select count(*) as n from given") == [{"n": 300_000}]
    engine.close()
    server.kill()


def test_a_server_started_anew_is_no_fault_of_what_was_asked(tmp_path):
    server = Sail()
    engine = open_spark(server.remote, SharedFolder(tmp_path / "here"))
    engine.create_table("given", pa.table({"k": ["a"]}))
    server.kill()
    server = Sail(server.port)
    with pytest.raises(EngineGoneError, match=f"at {server.remote} was started anew in the middle"):
        engine.rows("select k from given")
    engine.close()
    server.kill()


@pytest.mark.parametrize("lacking", ["pipeline", "pyspark", "polars"])
def test_a_server_without_papermart_is_told_to_lack_it(lacking):
    from pyspark.errors import PySparkException

    said = f"internal error: ModuleNotFoundError: No module named '{lacking}'"
    found = fault_of(PySparkException(said), "sc://here:1")
    assert isinstance(found, EngineGoneError)
    assert f"sc://here:1 lacks what papermart works with (No module named '{lacking}')" in str(
        found
    )


def test_of_what_could_not_be_kept_nothing_stays(engine, monkeypatch):
    before = set(engine.handover.folder.rglob("*"))

    def fail(*_: object) -> None:
        raise EngineError("no view")

    frame = engine.frame("select 1 as a")
    with monkeypatch.context() as patched:
        patched.setattr(type(engine.session.read), "schema", fail)
        with pytest.raises(EngineError, match="no view"):
            engine.keep_frame("kept", frame)
    assert set(engine.handover.folder.rglob("*")) == before


def test_more_text_than_a_column_holds_is_no_lack_of_memory_of_the_servers():
    """It fits in parts; where it does not, more memory would not help."""
    from pyspark.errors import PySparkException

    found = fault_of(PySparkException("Offset overflow error: 2151321369"), "sc://here:1")
    assert isinstance(found, ServerMemoryError)
    assert "is no memory that it lacks" in found.more


def test_of_some_parts_each_row_is_in_one(engine):
    keys = [None, "", "a", "b\n", "\u00e9", *(f"k{n}" for n in range(100))]
    engine.create_table("given", pa.table({"k": keys, "n": range(len(keys))}))
    parts = [
        engine.rows(f"select n from given where {of_part(number, 6)('k')}") for number in range(6)
    ]
    assert sum(map(bool, parts)) == 6
    assert sorted(row["n"] for rows in parts for row in rows) == [*range(len(keys))]
